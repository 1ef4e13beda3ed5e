//! The editor's parts: JSON, history, search, folding, completion and hover from the worker.

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippet,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { render } from "lit";
import type { CompletionItem, Hover } from "task-api-wasm";

import { changesOf } from "../core/changes.js";
import { markdown } from "../core/markdown.js";
import { look } from "./look.js";

/** What the editor asks of whoever knows the files. */
export interface Knowledge {
  complete(offset: number): Promise<CompletionItem[]>;
  hover(offset: number): Promise<Hover | undefined>;
}

/** A document longer than this is not parsed for colours beyond what is seen, and has no matches of the selection. */
const LONG = 500_000;

export function extensions(knowledge: Knowledge, length: number): Extension {
  return [
    lineNumbers(),
    foldGutter({ openText: "▾", closedText: "▸" }),
    highlightActiveLineGutter(),
    history({ newGroupDelay: 600 }),
    codeFolding(),
    drawSelection(),
    EditorState.allowMultipleSelections.of(true),
    indentOnInput(),
    indentUnit.of("  "),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ override: [(context) => completions(knowledge, context)], icons: false }),
    highlightActiveLine(),
    length > LONG ? [] : highlightSelectionMatches(),
    search({ top: true }),
    hoverTooltip(async (view, offset) => {
      const hover = await knowledge.hover(offset);
      if (hover === undefined) return null;
      return {
        pos: hover.range.start.offset,
        end: Math.min(hover.range.end.offset, view.state.doc.length),
        create: () => ({ dom: rendered(hover.markdown) }),
      };
    }),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    json(),
    look,
    flashes,
  ];
}

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

function rendered(text: string): HTMLElement {
  const element = document.createElement("div");
  element.className = "cm-hover";
  render(markdown(text), element);
  return element;
}

/** What has just been changed from elsewhere is marked for a moment. */
export const flash = StateEffect.define<{ from: number; to: number } | null>();

const mark = Decoration.mark({ class: "cm-flash" });

const flashes = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(flash)) continue;
      next =
        effect.value === null || effect.value.from === effect.value.to
          ? Decoration.none
          : Decoration.set([mark.range(effect.value.from, effect.value.to)]);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});
