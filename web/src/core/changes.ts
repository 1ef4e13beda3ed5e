//! Edits of a text, as lists of replacements.

import type { TextEdit } from "task-api-wasm";

/** A replacement; offsets are UTF-16 units of the text before all replacements of its list. */
export interface Change {
  from: number;
  to: number;
  insert: string;
}

/** Applies changes that are sorted and do not overlap. */
export function applyChanges(text: string, changes: readonly Change[]): string {
  let result = "";
  let end = 0;
  for (const { from, to, insert } of changes) {
    result += text.slice(end, from) + insert;
    end = to;
  }
  return result + text.slice(end);
}

/** The package's edits, sorted. */
export function changesOf(edits: readonly TextEdit[]): Change[] {
  return edits
    .map(({ range, newText }) => ({ from: range.start.offset, to: range.end.offset, insert: newText }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

/** As the package takes them. Only offsets count for it, so lines are left at zero. */
export function editsOf(changes: readonly Change[]): TextEdit[] {
  const position = (offset: number) => ({ line: 0, character: 0, offset });
  return changes.map(({ from, to, insert }) => ({
    range: { start: position(from), end: position(to) },
    newText: insert,
  }));
}

/** The smallest replacement that makes one text of the other: what is the same at both ends stays. */
export function difference(before: string, after: string): Change | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end += 1;
  }
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
