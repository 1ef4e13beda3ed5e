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
        create: () => ({ dom: rendered(hover.contents) }),
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
  const [first] = items;
  if (first === undefined || context.aborted) return null;
  const from = Math.min(...items.map((item) => item.range.start.offset));
  return { from, options: items.map(completion), filter: true, validFor: /^"?[\w.$/-]*$/u };
}

function completion(item: CompletionItem, index: number): Completion {
  const apply = (view: EditorView, completion: Completion, _from: number, to: number) => {
    const from = item.range.start.offset;
    const end = Math.max(to, item.range.end.offset);
    if (item.isSnippet === true) snippet(item.newText.replaceAll(/\$\{?(\d+)(?::([^}]*))?\}?/gu, "$${$1:$2}"))(view, completion, from, end);
    else view.dispatch({ changes: { from, to: end, insert: item.newText }, selection: { anchor: from + item.newText.length }, userEvent: "input.complete" });
  };
  return {
    label: item.filterText ?? item.label,
    displayLabel: item.label,
    apply,
    boost: -Math.min(index, 99),
    ...(item.detail === undefined ? {} : { detail: item.detail }),
    ...(item.documentation === undefined ? {} : { info: () => rendered(item.documentation ?? "") }),
  };
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
