//! The editor's parts that are there from the beginning: JSON, history, folding, and hover from the worker.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
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

export function extensions(knowledge: Knowledge): Extension {
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
    highlightActiveLine(),
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
      ...historyKeymap,
      ...foldKeymap,
      ...lintKeymap,
    ]),
    json(),
    look,
    flashes,
  ];
}

export function rendered(text: string): HTMLElement {
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
