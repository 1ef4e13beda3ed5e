//! `<task-api-editor>`: the text of a file, with its problems, completion, hover and fixes.

import { isolateHistory, redo, redoDepth, undo, undoDepth } from "@codemirror/commands";
import { type Action, type Diagnostic as Lint, setDiagnostics } from "@codemirror/lint";
import { Annotation, Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { css, html, LitElement, type PropertyValues, render } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Diagnostic, Fix, Kind, Options } from "task-api-wasm";

import { type Change, changesOf, difference } from "../core/changes.js";
import { type ChangeDetail, emit } from "../core/events.js";
import { message } from "../core/markdown.js";
import { newId, service } from "../core/service.js";
import { severityWord } from "../core/severity.js";
import { base, tokens } from "../core/theme.js";
import { extensions, flash, type Knowledge } from "../editor/setup.js";

/** Changes that the page makes, and not the person in the editor. */
const fromOutside = Annotation.define<boolean>();

/** Completion and search, once an editor has had the focus. */
let helpers: typeof import("../editor/assistance.js") | undefined;

/** How long what changed stays marked. */
const FLASH = 1200;

@customElement("task-api-editor")
export class TaskApiEditor extends LitElement {
  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: block;
        min-height: 120px;
        overflow: hidden;
        background: var(--_surface);
      }

      .frame {
        height: 100%;
      }

      .frame:focus-within {
        outline: none;
      }

      :host(:focus-within) .frame {
        box-shadow: inset 2px 0 0 var(--_accent);
      }
    `,
  ];

  /** Which of the two files it is. */
  @property() kind: Kind | "auto" = "auto";
  /** The text of the processing-container.json that a task is checked against. */
  @property() container = "";
  /** What the editor is called for those who do not see it. */
  @property() label = "";
  @property({ type: Boolean, attribute: "readonly" }) readOnly = false;
  /** Problems that the page knows already; `undefined`: the editor checks for itself. */
  @property({ attribute: false }) diagnostics: readonly Diagnostic[] | undefined;

  private readonly document = newId();
  private readonly settings = new Compartment();
  private readonly assistance = new Compartment();
  private readonly view: EditorView;
  private isChecking = false;
  private askedAt = 0;
  private nextCheck: ReturnType<typeof setTimeout> | undefined;
  private endOfFlash: ReturnType<typeof setTimeout> | undefined;

  private readonly root: HTMLElement | DocumentFragment;

  constructor() {
    super();
    void service().call("openDocument", this.document, "");
    // CodeMirror is told at once in which root it stands: it would add a `<style>` to the page otherwise, which a
    // content security policy may forbid.
    this.root = super.createRenderRoot();
    this.view = new EditorView({ state: this.newState(""), root: this.root as ShadowRoot });
  }

  /** The text. Setting it changes only what differs, so that cursor and scroll stay. */
  @property()
  get value(): string {
    return this.view.state.doc.toString();
  }

  set value(text: string) {
    const change = difference(this.value, text);
    if (change === undefined) return;
    this.view.dispatch({ changes: change, annotations: fromOutside.of(true), userEvent: "input.outside" });
  }

  get canUndo(): boolean {
    return undoDepth(this.view.state) > 0;
  }

  get canRedo(): boolean {
    return redoDepth(this.view.state) > 0;
  }

  /** Another file: nothing of the text before can be brought back by undo. */
  load(text: string): void {
    this.view.setState(this.newState(text));
    void service().call("openDocument", this.document, text);
    this.check();
  }

  /**
   * Changes made elsewhere, for example in a form. They are in the same history; those of one `group` that follow each
   * other are undone together.
   */
  apply(changes: readonly Change[], options: { startsGroup?: boolean; showChange?: boolean } = {}): void {
    const set = this.view.state.changes(changes);
    let shown: { from: number; to: number } | undefined;
    set.iterChangedRanges((_fromA, _toA, from, to) => {
      shown = { from: Math.min(shown?.from ?? from, from), to: Math.max(shown?.to ?? to, to) };
    });
    const annotations = [fromOutside.of(true)];
    const isolate = options.startsGroup === true ? [isolateHistory.of("before")] : [];
    this.view.dispatch({
      changes: set,
      annotations: [...annotations, ...isolate],
      userEvent: "input.type.form",
      effects: options.showChange === true && shown !== undefined ? [flash.of(shown)] : [],
    });
    if (options.showChange === true) this.forgetFlash();
  }

  /** Applies a fix as the person's own change, and shows where. */
  applyFix(fix: Fix): void {
    const changes = this.view.state.changes(changesOf(fix.edits));
    let shown = { from: 0, to: 0 };
    changes.iterChangedRanges((_fromA, _toA, from, to) => (shown = { from, to }));
    this.view.dispatch({
      changes,
      annotations: isolateHistory.of("full"),
      userEvent: "input.fix",
      effects: [flash.of(shown), EditorView.scrollIntoView(shown.from, { y: "nearest" })],
    });
    this.forgetFlash();
  }

  /** Lays the text out. */
  async format(): Promise<void> {
    const before = this.view.state.doc;
    const edits = await service().call("format", this.document);
    if (this.view.state.doc !== before) return;
    this.view.dispatch({ changes: changesOf(edits), annotations: isolateHistory.of("full"), userEvent: "input.format" });
  }

  undo(): void {
    undo(this.view);
  }

  redo(): void {
    redo(this.view);
  }

  /** Puts the selection there, and shows it. */
  goTo(start: number, end = start): void {
    const { length } = this.view.state.doc;
    this.view.dispatch({
      selection: { anchor: Math.min(start, length), head: Math.min(end, length) },
      effects: EditorView.scrollIntoView(Math.min(start, length), { y: "center" }),
    });
    this.view.focus();
  }

  override focus(): void {
    this.view.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Another root may have taken it over since.
    if (this.hasUpdated) this.view.requestMeasure();
    this.check();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.nextCheck);
    clearTimeout(this.endOfFlash);
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    return this.root;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("readOnly") || changed.has("label")) {
      this.view.dispatch({ effects: this.settings.reconfigure(this.currentSettings()) });
    }
    if (changed.has("diagnostics") && this.diagnostics !== undefined) this.show(this.diagnostics);
    if (this.hasUpdated && (changed.has("kind") || changed.has("container"))) this.check();
  }

  protected override render(): unknown {
    return html`<div class="frame" part="frame">${this.view.dom}</div>`;
  }

  private newState(text: string): EditorState {
    const { document } = this;
    const { length } = text;
    // What is wanted by key before it is there comes when it is.
    const summon = (key: string, act: (loaded: NonNullable<typeof helpers>, view: EditorView) => unknown) => ({
      key,
      run: (view: EditorView) => {
        void this.assist().then((loaded) => act(loaded, view));
        return true;
      },
    });
    return EditorState.create({
      doc: text,
      extensions: [
        this.settings.of(this.currentSettings()),
        this.assistance.of(helpers?.assistance(this.knowledge, length) ?? []),
        extensions(this.knowledge),
        keymap.of([
          summon("Ctrl-Space", (loaded, view) => loaded.startCompletion(view)),
          summon("Mod-f", (loaded, view) => loaded.openSearchPanel(view)),
        ]),
        EditorView.domEventHandlers({ focus: () => void this.assist() }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          const changes: Change[] = [];
          update.changes.iterChanges((from, to, _fromB, _toB, insert) =>
            changes.push({ from, to, insert: insert.toString() }),
          );
          void service().call("changeDocument", document, changes);
          const byUser = !update.transactions.some((transaction) => transaction.annotation(fromOutside));
          emit(this, "task-api-change", { changes, byUser } satisfies ChangeDetail);
          this.check();
        }),
      ],
    });
  }

  private get knowledge(): Knowledge {
    return {
      complete: (offset) => service().call("complete", this.document, offset, this.options()),
      hover: (offset) => service().call("hover", this.document, offset, this.options()),
    };
  }

  private async assist(): Promise<NonNullable<typeof helpers>> {
    helpers ??= await import("../editor/assistance.js");
    const present = this.assistance.get(this.view.state);
    if (Array.isArray(present) && present.length === 0) {
      const extension = helpers.assistance(this.knowledge, this.view.state.doc.length);
      this.view.dispatch({ effects: this.assistance.reconfigure(extension) });
    }
    return helpers;
  }

  private currentSettings() {
    return [
      EditorState.readOnly.of(this.readOnly),
      EditorView.contentAttributes.of({ "aria-label": this.label || "JSON", tabindex: "0" }),
    ];
  }

  private options(): Options {
    return this.container === "" ? { kind: this.kind } : { kind: this.kind, container: this.container };
  }

  /** Checks when there is a moment's rest; never two at a time. */
  private check(): void {
    if (this.diagnostics !== undefined || !this.isConnected) return;
    this.askedAt += 1;
    clearTimeout(this.nextCheck);
    this.nextCheck = setTimeout(() => void this.checkNow(), 60);
  }

  private async checkNow(): Promise<void> {
    if (this.isChecking) return;
    this.isChecking = true;
    const asked = this.askedAt;
    const result = await service().call("check", this.document, this.options());
    this.isChecking = false;
    // Changes that came meanwhile have asked for the next check; positions of this one would be off.
    if (this.askedAt !== asked) void this.checkNow();
    else {
      this.show(result.diagnostics);
      emit(this, "task-api-diagnostics", result);
    }
  }

  private show(diagnostics: readonly Diagnostic[]): void {
    const { length } = this.view.state.doc;
    const lints = diagnostics.slice(0, 1000).map((diagnostic): Lint => {
      const from = Math.min(diagnostic.range.start.offset, length);
      const actions = diagnostic.fixes.map(
        (fix): Action => ({ name: fix.title, apply: () => this.applyFix(fix) }),
      );
      return {
        from,
        to: Math.max(from, Math.min(diagnostic.range.end.offset, length)),
        severity: diagnostic.severity,
        message: `${severityWord(diagnostic.severity)}: ${diagnostic.message}`,
        renderMessage: () => lintMessage(diagnostic),
        actions: this.readOnly ? [] : actions,
      };
    });
    this.view.dispatch(setDiagnostics(this.view.state, lints));
  }

  private forgetFlash(): void {
    clearTimeout(this.endOfFlash);
    this.endOfFlash = setTimeout(() => this.view.dispatch({ effects: flash.of(null) }), FLASH);
  }
}

function lintMessage(diagnostic: Diagnostic): HTMLElement {
  const element = document.createElement("div");
  const { severity, note } = diagnostic;
  render(
    html`<span class="severity ${severity}">${severityWord(severity)}</span> ${message(diagnostic.message)}
      ${note === undefined ? "" : html`<div class="note">${message(note)}</div>`}`,
    element,
  );
  return element;
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-editor": TaskApiEditor;
  }
}
