//! The editor's parts that nobody needs before the editor has the focus: completion from the worker, and search.

import {
  autocompletion,
  type Completion,
  type CompletionContext,
  completionKeymap,
  type CompletionResult,
  snippet,
  startCompletion,
} from "@codemirror/autocomplete";
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";
import type { CompletionItem } from "task-api-wasm";

import { changesOf } from "../core/changes.js";
import { type Knowledge, rendered } from "./setup.js";

/** A document longer than this has no matches of the selection. */
const LONG = 500_000;

export function assistance(knowledge: Knowledge, length: number): Extension {
  return [
    autocompletion({ override: [(context) => completions(knowledge, context)], icons: false }),
    length > LONG ? [] : highlightSelectionMatches(),
    search({ top: true }),
    keymap.of([...searchKeymap, ...completionKeymap]),
  ];
}

export { openSearchPanel, startCompletion };

async function completions(knowledge: Knowledge, context: CompletionContext): Promise<CompletionResult | null> {
  const before = context.state.sliceDoc(Math.max(0, context.pos - 1), context.pos);
  if (!context.explicit && !/[\w"{,:[]/u.test(before)) return null;
  const items = await knowledge.complete(context.pos);
  if (items.length === 0 || context.aborted) return null;
  const from = Math.min(...items.map(({ edit }) => edit.range.start.offset));
  return { from, options: items.map(completion), filter: true, validFor: /^"?[\w.$/-]*$/u };
}

function completion(item: CompletionItem, index: number): Completion {
  return {
    label: item.filterText ?? item.label,
    displayLabel: item.label,
    apply: (view, chosen, _from, to) => applyCompletion(view, chosen, to, item),
    boost: item.isPreselected ? 99 : -Math.min(index, 99),
    ...(item.detail === undefined ? {} : { detail: item.detail }),
    ...(item.documentation === undefined ? {} : { info: () => rendered(item.documentation ?? "") }),
  };
}

function applyCompletion(view: EditorView, chosen: Completion, cursor: number, item: CompletionItem): void {
  const additional = view.state.changes(changesOf(item.additionalEdits));
  const { start, end } = item.edit.range;
  const from = additional.mapPos(start.offset, 1);
  // What was typed since the list was made belongs to the word as well.
  const to = additional.mapPos(Math.max(cursor, end.offset), 1);
  if (!additional.empty) view.dispatch({ changes: additional, userEvent: "input.complete" });
  // CodeMirror knows `${1:name}` as `${name}`, and has no `$0`.
  const template = item.isSnippet ? item.edit.newText.replaceAll("$0", "${}") : escaped(item.edit.newText);
  snippet(template)(view, chosen, from, to);
  if (item.retrigger) startCompletion(view);
}

function escaped(text: string): string {
  return text.replaceAll(/[#$]\{|\\/gu, "\\$&");
}
