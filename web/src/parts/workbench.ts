//! The workbench: a form and a text that are two views of one file, what will run, and the problems.

import "@awesome.me/webawesome/dist/components/divider/divider.js";
import "@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js";
import "@awesome.me/webawesome/dist/components/dropdown/dropdown.js";
import "@awesome.me/webawesome/dist/components/split-panel/split-panel.js";
import { localized, msg, str } from "@lit/localize";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { ContainerFormState, Diagnostic, FormState } from "task-api-wasm";

import { saveFile } from "../core/clipboard.js";
import { ContainerSession } from "../core/container-session.js";
import "../core/controls.js";
import type { Draft } from "../core/drafts.js";
import { type ChangeDetail, emit, type GoToDetail } from "../core/events.js";
import { icon, type IconName } from "../core/icons.js";
import { LANGUAGES } from "../core/localisation.js";
import { service } from "../core/service.js";
import { FormSession } from "../core/session.js";
import { count, type Counts } from "../core/severity.js";
import { base, controls, tokens } from "../core/theme.js";
import type { TaskApiContainerForm } from "../elements/container-form.js";
import type { TaskApiEditor } from "../elements/editor.js";
import "../elements/editor.js";
import type { TaskApiForm } from "../elements/form.js";
import "../elements/form.js";
import type { TaskApiShareDialog } from "./share-dialog.js";
import { workbenchStyles } from "./workbench.styles.js";

export type Mode = Exclude<Draft["mode"], "workflow">;

/** What the workbench asks of the page around it. */
export type WorkbenchRequest =
  | { kind: "new" | "save" }
  | { kind: "draft"; draft: Draft }
  | { kind: "theme"; theme: string }
  | { kind: "language"; language: string };

type Tab = "form" | "text" | "run" | "preview" | "problems";

@localized()
@customElement("task-api-workbench")
export class TaskApiWorkbench extends LitElement {
  static override styles = [tokens, controls, base, workbenchStyles];

  /** The files to begin with; `generation` tells one beginning from the next. */
  @property({ attribute: false }) container = "";
  @property({ attribute: false }) task: string | undefined;
  @property({ attribute: false }) template = "";
  @property({ attribute: false }) mode: Mode = "task";
  @property({ attribute: false }) generation = 0;
  @property({ attribute: false }) drafts: readonly Draft[] = [];
  /** What the status line says about saving. */
  @property() saved = "";
  @property({ attribute: false }) themeName = "";
  @property({ attribute: false }) language = "en";

  @state() private tab: Tab = "text";
  @state() private note = "";
  @state() private previewTemplate = "";

  @query("#task") private readonly taskEditor!: TaskApiEditor;
  @query("#container") private readonly containerEditor!: TaskApiEditor | null;
  @query(".start > task-api-form") private readonly form!: TaskApiForm;
  @query("task-api-container-form") private readonly containerForm!: TaskApiContainerForm | null;
  @query("task-api-share-dialog") private readonly shareDialog!: TaskApiShareDialog;

  readonly session = new FormSession({
    text: () => this.taskEditor.value,
    apply: (changes, options) => this.taskEditor.apply(changes, options),
  });

  readonly containerSession = new ContainerSession({
    text: () => this.containerEditor?.value ?? this.container,
    apply: (changes, options) => this.containerEditor?.apply(changes, options),
  });

  private hasAuthored = false;
  private noteTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly narrow = matchMedia("(max-width: 1099px)");
  private readonly onWidth = () => {
    if (!this.narrow.matches && this.tab === "form") this.tab = "text";
    this.requestUpdate();
  };

  constructor() {
    super();
    this.session.addEventListener("change", () => this.requestUpdate());
    this.containerSession.addEventListener("change", () => this.requestUpdate());
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("task-api-fix", (event) => this.editor.applyFix(event.detail.fix));
    this.addEventListener("task-api-go-to", (event) => this.goTo(event.detail));
  }

  /** The text of the task.json as it stands. */
  get taskText(): string {
    return this.hasUpdated ? this.taskEditor.value : (this.task ?? "");
  }

  /** The text of the processing-container.json as it stands. */
  get containerText(): string {
    return this.containerEditor?.value ?? this.container;
  }

  /** What a list of drafts calls it. */
  get draftName(): string {
    const view = this.session.view;
    if (this.mode === "author") {
      const name = this.containerSession.view?.fields[0]?.value;
      return (typeof name === "string" ? name : "") || msg("Container");
    }
    const name = view?.sections.task.fields.find(({ id }) => id === "name")?.effective;
    return (typeof name === "string" ? name : "") || (view?.templateName ?? msg("Task"));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.narrow.addEventListener("change", this.onWidth);
    if (this.narrow.matches) this.tab = "form";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.narrow.removeEventListener("change", this.onWidth);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.tab === "run") void import("./what-will-run.js");
    else if (this.tab === "problems") void import("../elements/problems.js");
    if (!changed.has("mode")) return;
    if (this.mode === "author") {
      this.hasAuthored = true;
      void import("../elements/container-form.js");
    }
    if (this.tab === "run" || this.tab === "preview" || this.narrow.matches) this.tab = this.narrow.matches ? "form" : "text";
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("generation")) void this.begin();
    else if (changed.has("mode") && this.mode === "author") this.loadContainer();
    // Its users' form waits until somebody looks at it.
    else if (changed.has("mode")) this.session.setContainer(this.container);
  }

  protected override render(): unknown {
    const view = this.session.view;
    return html`${this.header(view)} ${this.body(view)} ${this.footer()}
      <task-api-share-dialog></task-api-share-dialog>`;
  }

  private get isAuthor(): boolean {
    return this.mode === "author";
  }

  private get editor(): TaskApiEditor {
    return (this.isAuthor ? this.containerEditor : null) ?? this.taskEditor;
  }

  private get diagnostics(): readonly Diagnostic[] {
    return this.shownView?.diagnostics ?? [];
  }

  private get shownView(): FormState | ContainerFormState | undefined {
    return this.isAuthor ? this.containerSession.view : this.session.view;
  }

  private async begin(): Promise<void> {
    const text = await this.session.open(this.container, this.template, this.task);
    this.taskEditor.load(text);
    this.loadContainer();
    this.requestUpdate();
    emit(this, "workbench-ready", undefined);
  }

  private loadContainer(): void {
    const { containerEditor } = this;
    if (containerEditor === null || (containerEditor.value === this.container && this.containerSession.view !== undefined)) return;
    containerEditor.load(this.container);
    void this.containerSession.begun(this.container);
  }

  private header(view: FormState | undefined): TemplateResult {
    const templates = view?.templates ?? [];
    const editor = this.hasUpdated ? this.editor : undefined;
    return html`<header part="header">
      <h1>
        <wa-dropdown placement="bottom-start" @wa-select=${this.onDraft}>
          <button slot="trigger" class="action plain draft-name" title=${msg("Drafts")}>
            <strong>${this.draftName}</strong>${icon("down")}
          </button>
          <wa-dropdown-item value="new"><span slot="icon">${icon("add")}</span>${msg("Open something else")}</wa-dropdown-item>
          ${this.drafts.slice(0, 12).map(
            (draft) => html`<wa-dropdown-item value=${`draft:${draft.id}`}><span slot="icon">${icon("file")}</span>${draft.name}</wa-dropdown-item>`,
          )}
        </wa-dropdown>
      </h1>
      ${view?.container == null || this.isAuthor
        ? nothing
        : html`<div class="container-name">${icon("container")}<span title=${view.container.description}>${view.container.name}</span></div>`}
      ${this.isAuthor || templates.length < 2
        ? nothing
        : html`<wa-select
            label=${msg("Template")}
            .value=${String(templates.findIndex(({ identifier }) => identifier === view?.templateName))}
            @change=${(event: Event) => this.session.set("template", templates[Number((event.target as HTMLInputElement).value)]?.identifier ?? "")}
          >
            ${templates.map(({ identifier }, index) => html`<wa-option value=${String(index)}>${identifier}</wa-option>`)}
          </wa-select>`}
      <div class="space"></div>
      ${iconButton("undo", msg("Undo"), () => this.editor.undo(), editor?.canUndo !== true)}
      ${iconButton("redo", msg("Redo"), () => this.editor.redo(), editor?.canRedo !== true)}
      <button class="action only-wide" @click=${() => this.request({ kind: "new" })}>${icon("open")}${msg("Open")}</button>
      <button class="action only-wide" @click=${this.share}>${icon("share")}${msg("Share")}</button>
      <button class="action primary" aria-label=${msg("Download")} @click=${this.download}>${icon("download")}<span>${msg("Download")}</span></button>
      ${this.moreMenu()}
    </header>`;
  }

  private moreMenu(): TemplateResult {
    const check = (isOn: boolean) => (isOn ? html`<span slot="details">${icon("check")}</span>` : nothing);
    return html`<wa-dropdown placement="bottom-end" @wa-select=${this.onMore}>
      <button slot="trigger" class="action plain icon-only" aria-label=${msg("More")} title=${msg("More")}>${icon("more")}</button>
      <wa-dropdown-item value="copy"><span slot="icon">${icon("copy")}</span>${msg("Copy the file")}</wa-dropdown-item>
      ${this.narrow.matches
        ? html`<wa-dropdown-item value="open"><span slot="icon">${icon("open")}</span>${msg("Open")}</wa-dropdown-item>
            <wa-dropdown-item value="share"><span slot="icon">${icon("share")}</span>${msg("Share")}</wa-dropdown-item>`
        : nothing}
      <wa-dropdown-item value="format"><span slot="icon">${icon("code")}</span>${msg("Lay the text out")}</wa-dropdown-item>
      <wa-dropdown-item value="mode"><span slot="icon">${icon("container")}</span>${this.isAuthor ? msg("Fill in a task") : msg("Edit the container")}</wa-dropdown-item>
      <wa-divider></wa-divider>
      <wa-dropdown-item value="theme:">${msg("Colours of the system")}${check(this.themeName === "")}</wa-dropdown-item>
      <wa-dropdown-item value="theme:light">${msg("Light")}${check(this.themeName === "light")}</wa-dropdown-item>
      <wa-dropdown-item value="theme:dark">${msg("Dark")}${check(this.themeName === "dark")}</wa-dropdown-item>
      <wa-divider></wa-divider>
      ${LANGUAGES.map(
        ({ code, name }) => html`<wa-dropdown-item value=${`language:${code}`} lang=${code}>${name}${check(this.language === code)}</wa-dropdown-item>`,
      )}
    </wa-dropdown>`;
  }

  private body(view: FormState | undefined): TemplateResult {
    const shows = this.tab === "form" ? "shows-form" : "shows-end";
    return html`<wa-split-panel role="main" class=${shows} position="50">
      <div class="start" slot="start">
        <task-api-form ?hidden=${this.isAuthor} .session=${this.session}></task-api-form>
        ${this.hasAuthored
          ? html`<task-api-container-form ?hidden=${!this.isAuthor} .session=${this.containerSession}></task-api-container-form>`
          : nothing}
      </div>
      <div class="end" slot="end">
        ${this.narrow.matches ? nothing : this.tabs()}
        <div class="panel" role="tabpanel" id="panel-text" aria-labelledby="tab-text" ?hidden=${this.tab !== "text"}>
          <task-api-editor
            id="task"
            ?hidden=${this.isAuthor}
            kind="task"
            label="task.json"
            .container=${this.container}
            .diagnostics=${view?.diagnostics ?? []}
            @task-api-change=${this.onTask}
          ></task-api-editor>
          ${this.hasAuthored
            ? html`<task-api-editor
                id="container"
                ?hidden=${!this.isAuthor}
                kind="processing-container"
                label="processing-container.json"
                .diagnostics=${this.containerSession.view?.diagnostics ?? []}
                @task-api-change=${this.onContainer}
              ></task-api-editor>`
            : nothing}
        </div>
        ${this.isAuthor
          ? html`<div class="panel" role="tabpanel" id="panel-preview" aria-labelledby="tab-preview" ?hidden=${this.tab !== "preview"}>
              ${this.tab === "preview" ? this.preview() : nothing}
            </div>`
          : html`<div class="panel" role="tabpanel" id="panel-run" aria-labelledby="tab-run" ?hidden=${this.tab !== "run"}>
              <task-api-what-will-run .session=${this.session} ?active=${this.tab === "run"}></task-api-what-will-run>
            </div>`}
        <div class="panel" role="tabpanel" id="panel-problems" aria-labelledby="tab-problems" ?hidden=${this.tab !== "problems"}>
          ${this.tab === "problems"
            ? html`<task-api-problems .diagnostics=${this.diagnostics} .text=${this.editor.value}></task-api-problems>`
            : nothing}
        </div>
      </div>
    </wa-split-panel>
    ${this.narrow.matches ? this.tabs() : nothing}`;
  }

  /** The form that users will see. What they fill in here goes nowhere. */
  private preview(): TemplateResult {
    const templates = this.containerSession.view?.templates ?? [];
    const chosen = templates.find(({ id }) => id === this.previewTemplate) ?? templates.find(({ parts }) => parts !== undefined) ?? templates[0];
    return html`<div class="preview">
      <div class="bar">
        <span>${msg("The form that users see")}</span>
        ${templates.length < 2
          ? nothing
          : html`<wa-select
              label=${msg("Template")}
              .value=${chosen?.id ?? ""}
              @change=${(event: Event) => (this.previewTemplate = (event.target as HTMLInputElement).value)}
            >
              ${templates.map(({ id, identifier }) => html`<wa-option value=${id}>${identifier}</wa-option>`)}
            </wa-select>`}
      </div>
      <task-api-form .container=${this.container} .template=${chosen?.identifier ?? ""} @task-api-change=${stop}></task-api-form>
    </div>`;
  }

  /** Where there is little room, the name of the file is too long for a tab. */
  private get textName(): string {
    if (!this.isAuthor) return "task.json";
    return this.narrow.matches ? msg("Text") : "processing-container.json";
  }

  private tabs(): TemplateResult {
    const counts = count(this.diagnostics);
    const worst = counts.errors > 0 ? "error" : counts.warnings > 0 ? "warning" : "info";
    const all: { id: Tab; label: string; icon: IconName }[] = [
      ...(this.narrow.matches ? [{ id: "form", label: msg("Form"), icon: "form" } as const] : []),
      { id: "text", label: this.textName, icon: "code" },
      ...(this.isAuthor ? [{ id: "preview", label: msg("Preview"), icon: "play" } as const] : [{ id: "run", label: this.narrow.matches ? msg("Run") : msg("What will run"), icon: "play" } as const]),
      { id: "problems", label: msg("Problems"), icon: "warning" },
    ];
    return html`<div role="tablist" aria-label=${msg("Views")} @keydown=${this.onTabKey}>
      ${all.map(
        ({ id, label, icon: name }) => html`<button
          role="tab"
          id="tab-${id}"
          aria-controls=${id === "form" ? nothing : `panel-${id}`}
          aria-selected=${this.tab === id ? "true" : "false"}
          tabindex=${this.tab === id ? 0 : -1}
          @click=${() => (this.tab = id)}
        >
          ${icon(name)}<span>${label}</span>
          ${id === "problems" && this.diagnostics.length > 0 ? html`<span class="badge ${worst}">${this.diagnostics.length}</span>` : nothing}
        </button>`,
      )}
    </div>`;
  }

  private footer(): TemplateResult {
    const counts = count(this.diagnostics);
    const shown = this.shownView;
    const missing = shown?.missing ?? 0;
    const [kind, name] = counts.errors > 0 && counts.errors > missing ? (["invalid", "error"] as const) : missing > 0 || counts.errors > 0 ? (["open", "info"] as const) : (["valid", "check"] as const);
    return html`<footer part="status">
      <button class="verdict ${kind}" ?disabled=${this.diagnostics.length === 0} @click=${this.goToFirst}>
        ${icon(name)}<span role="status">${verdict(counts, missing)}</span>
      </button>
      <span class="version">${msg(str`Format version ${shown?.apiVersion ?? 0}`)}</span>
      <span class="space"></span>
      <span class="note" role="status">${this.note === "" ? this.saved : this.note}</span>
    </footer>`;
  }

  private onTask(event: CustomEvent<ChangeDetail>): void {
    if (event.detail.byUser) this.session.textChanged(event.detail.changes);
    this.request({ kind: "save" });
    this.requestUpdate();
  }

  private onContainer(event: CustomEvent<ChangeDetail>): void {
    this.container = this.containerText;
    if (event.detail.byUser) this.containerSession.textChanged(event.detail.changes);
    this.request({ kind: "save" });
  }

  private goTo(detail: GoToDetail): void {
    if (this.narrow.matches || this.tab !== "text") this.tab = "text";
    void this.updateComplete.then(() => this.editor.goTo(detail.start, detail.end));
  }

  private goToFirst(): void {
    const problems = this.diagnostics;
    const first = problems.find(({ severity }) => severity === "error") ?? problems[0];
    if (first === undefined) return;
    const field = "field" in first && typeof first.field === "string" ? first.field : undefined;
    if (field !== undefined) {
      (this.isAuthor ? this.containerSession : this.session).touch(field);
      if (this.narrow.matches) this.tab = "form";
      void this.updateComplete.then(() => (this.isAuthor ? this.containerForm : this.form)?.goTo(field));
    } else {
      this.goTo({ start: first.range.start.offset, end: first.range.end.offset });
    }
  }

  private onTabKey(event: KeyboardEvent): void {
    const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role=tab]")];
    const now = buttons.indexOf(event.target as HTMLElement);
    const forward = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const next = { ArrowRight: now + forward, ArrowLeft: now - forward, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const button = buttons[(next + buttons.length) % buttons.length];
    button?.click();
    button?.focus();
  }

  /** One history for both sides: a field's own undo would know nothing of the text. */
  private onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.editor.undo();
    else if ((key === "z" && event.shiftKey) || key === "y") this.editor.redo();
    else if (key === "s") this.download();
    else return;
    event.preventDefault();
  }

  private onDraft(event: CustomEvent<{ item: { value: string } }>): void {
    const { value } = event.detail.item;
    const draft = this.drafts.find(({ id }) => `draft:${id}` === value);
    this.request(draft === undefined ? { kind: "new" } : { kind: "draft", draft });
  }

  private onMore(event: CustomEvent<{ item: { value: string } }>): void {
    const { value } = event.detail.item;
    const [name, argument = ""] = value.split(":");
    if (name === "theme") this.request({ kind: "theme", theme: argument });
    else if (name === "language") this.request({ kind: "language", language: argument });
    else if (name === "copy") void this.copy();
    else if (name === "open") this.request({ kind: "new" });
    else if (name === "share") void this.share();
    else if (name === "format") void this.editor.format();
    else this.mode = this.isAuthor ? "task" : "author";
  }

  private get file(): { name: string; text: string } {
    return this.isAuthor
      ? { name: "processing-container.json", text: this.containerText }
      : { name: "task.json", text: this.taskText };
  }

  private download(): void {
    const { name, text } = this.file;
    saveFile(name, text);
    this.taken(msg(str`${name} was downloaded`));
  }

  private async copy(): Promise<void> {
    const { name, text } = this.file;
    await navigator.clipboard.writeText(text);
    this.taken(msg(str`${name} was copied`));
  }

  private async share(): Promise<void> {
    this.session.showAll();
    await import("./share-dialog.js");
    await this.shareDialog.updateComplete;
    await this.shareDialog.open({ container: this.containerText, task: this.taskText });
  }

  /** From now on the problems of all fields are shown: this is the moment at which they matter. */
  private taken(what: string): void {
    (this.isAuthor ? this.containerSession : this.session).showAll();
    const { errors } = count(this.diagnostics);
    this.note = errors === 0 ? what : msg(str`${what}, with ${errors} errors`);
    clearTimeout(this.noteTimer);
    this.noteTimer = setTimeout(() => (this.note = ""), 6000);
  }

  private request(detail: WorkbenchRequest): void {
    emit(this, "workbench-request", detail);
  }
}

/** Whether the worker is there at all; for the page to say so if it is not. */
export async function ready(): Promise<void> {
  await service().call("validate", "{}", {});
}

function verdict({ errors, warnings, infos }: Counts, missing: number): string {
  const parts: string[] = [];
  if (missing > 0) parts.push(msg(str`${missing} still missing`));
  // What is merely missing is an error of the file as well, and is said once.
  if (errors > missing) parts.push(errors === 1 ? msg("1 error") : msg(str`${errors} errors`));
  if (warnings > 0) parts.push(warnings === 1 ? msg("1 warning") : msg(str`${warnings} warnings`));
  if (infos > 0) parts.push(infos === 1 ? msg("1 note") : msg(str`${infos} notes`));
  if (errors === 0 && missing === 0) parts.unshift(msg("Valid"));
  return parts.join(", ");
}

function iconButton(name: IconName, label: string, onClick: () => void, isDisabled: boolean): TemplateResult {
  return html`<button class="action plain icon-only" title=${label} aria-label=${label} ?disabled=${isDisabled} @click=${onClick}>${icon(name)}</button>`;
}

function stop(event: Event): void {
  event.stopPropagation();
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-workbench": TaskApiWorkbench;
  }
}
