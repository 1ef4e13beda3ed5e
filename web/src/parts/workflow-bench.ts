//! The workbench of a workflow: its graph and its text, which are two views of one file.

import "@awesome.me/webawesome/dist/components/split-panel/split-panel.js";
import { localized, msg, str } from "@lit/localize";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { WorkflowContainer } from "task-api-wasm";

import { saveFile } from "../core/clipboard.js";
import "../core/controls.js";
import { type ChangeDetail, emit, type GoToDetail } from "../core/events.js";
import { icon, type IconName } from "../core/icons.js";
import { count } from "../core/severity.js";
import { base, controls, tokens } from "../core/theme.js";
import { WorkflowSession } from "../core/workflow-session.js";
import type { TaskApiEditor } from "../elements/editor.js";
import "../elements/editor.js";
import "../elements/problems.js";
import type { TaskApiWorkflow } from "../elements/workflow.js";
import "../elements/workflow.js";
import { workbenchStyles } from "./workbench.styles.js";

type Tab = "form" | "text" | "problems";

@localized()
@customElement("task-api-workflow-bench")
export class TaskApiWorkflowBench extends LitElement {
  static override styles = [tokens, controls, base, workbenchStyles];

  /** The text to begin with; `generation` tells one beginning from the next. */
  @property({ attribute: false }) workflow = "";
  @property({ attribute: false }) containers: WorkflowContainer[] = [];
  @property({ attribute: false }) generation = 0;
  /** What the status line says about saving. */
  @property() saved = "";

  @state() private tab: Tab = "text";

  @query("task-api-editor") private readonly editor!: TaskApiEditor;
  @query("task-api-workflow") private readonly graph!: TaskApiWorkflow;

  readonly session = new WorkflowSession({
    text: () => this.editor.value,
    apply: (changes, options) => this.editor.apply(changes, options),
  });

  private readonly narrow = matchMedia("(max-width: 1099px)");
  private readonly onWidth = () => {
    if (!this.narrow.matches && this.tab === "form") this.tab = "text";
    this.requestUpdate();
  };

  constructor() {
    super();
    this.session.addEventListener("change", () => this.requestUpdate());
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("task-api-fix", (event) => this.editor.applyFix(event.detail.fix));
    this.addEventListener("task-api-go-to", (event) => this.goTo(event.detail));
  }

  /** The text of the workflow.json as it stands. */
  get text(): string {
    return this.hasUpdated ? this.editor.value : this.workflow;
  }

  /** What a list of drafts calls it. */
  get draftName(): string {
    return this.session.view?.name || msg("Workflow");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.narrow.addEventListener("change", this.onWidth);
    if (this.narrow.matches) this.tab = "form";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.narrow.removeEventListener("change", this.onWidth);
    this.session.close();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("generation")) {
      this.editor.load(this.workflow);
      void this.session.begun(this.workflow, this.containers);
    } else if (changed.has("containers")) {
      this.session.setContainers(this.containers);
    }
  }

  protected override render(): unknown {
    const editor = this.hasUpdated ? this.editor : undefined;
    const diagnostics = this.session.view?.diagnostics ?? [];
    return html`<header part="header">
        <h1>
          <button class="action plain draft-name" title=${msg("Open something else")} @click=${() => this.request("new")}>
            ${icon("open")}<strong>${this.draftName}</strong>
          </button>
        </h1>
        <div class="container-name">${icon("container")}<span>${this.containers.length === 1 ? msg("1 container file") : msg(str`${this.containers.length} container files`)}</span></div>
        <div class="space"></div>
        ${iconButton("undo", msg("Undo"), () => this.editor.undo(), editor?.canUndo !== true)}
        ${iconButton("redo", msg("Redo"), () => this.editor.redo(), editor?.canRedo !== true)}
        <button class="action only-wide" @click=${() => this.request("container")}>${icon("container")}${msg("Add a container file")}</button>
        <button class="action primary" aria-label=${msg("Download")} @click=${this.download}>${icon("download")}<span>${msg("Download")}</span></button>
      </header>
      <wa-split-panel role="main" class=${this.tab === "form" ? "shows-form" : "shows-end"} position="60">
        <div class="start" slot="start"><task-api-workflow .session=${this.session}></task-api-workflow></div>
        <div class="end" slot="end">
          ${this.narrow.matches ? nothing : this.tabs(diagnostics.length)}
          <div class="panel" role="tabpanel" id="panel-text" aria-labelledby="tab-text" ?hidden=${this.tab !== "text"}>
            <task-api-editor kind="workflow" label="workflow.json" .diagnostics=${diagnostics} @task-api-change=${this.onText}></task-api-editor>
          </div>
          <div class="panel" role="tabpanel" id="panel-problems" aria-labelledby="tab-problems" ?hidden=${this.tab !== "problems"}>
            ${this.tab === "problems" ? html`<task-api-problems .diagnostics=${diagnostics} .text=${this.text}></task-api-problems>` : nothing}
          </div>
        </div>
      </wa-split-panel>
      ${this.narrow.matches ? this.tabs(diagnostics.length) : nothing} ${this.footer()}`;
  }

  private tabs(problems: number): TemplateResult {
    const all: { id: Tab; label: string; icon: IconName }[] = [
      ...(this.narrow.matches ? [{ id: "form", label: msg("Graph"), icon: "form" } as const] : []),
      { id: "text", label: this.narrow.matches ? msg("Text") : "workflow.json", icon: "code" },
      { id: "problems", label: msg("Problems"), icon: "warning" },
    ];
    const { errors, warnings } = count(this.session.view?.diagnostics ?? []);
    const worst = errors > 0 ? "error" : warnings > 0 ? "warning" : "info";
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
          ${id === "problems" && problems > 0 ? html`<span class="badge ${worst}">${problems}</span>` : nothing}
        </button>`,
      )}
    </div>`;
  }

  private footer(): TemplateResult {
    const { errors, warnings, infos } = count(this.session.view?.diagnostics ?? []);
    const parts: string[] = [];
    if (errors > 0) parts.push(errors === 1 ? msg("1 error") : msg(str`${errors} errors`));
    else parts.push(msg("Valid"));
    if (warnings > 0) parts.push(warnings === 1 ? msg("1 warning") : msg(str`${warnings} warnings`));
    if (infos > 0) parts.push(infos === 1 ? msg("1 note") : msg(str`${infos} notes`));
    return html`<footer part="status">
      <button class="verdict ${errors > 0 ? "invalid" : "valid"}" ?disabled=${errors + warnings + infos === 0} @click=${this.goToFirst}>
        ${icon(errors > 0 ? "error" : "check")}<span role="status">${parts.join(", ")}</span>
      </button>
      <span class="space"></span>
      <span class="note" role="status">${this.saved}</span>
    </footer>`;
  }

  private onText(event: CustomEvent<ChangeDetail>): void {
    if (event.detail.byUser) this.session.textChanged(event.detail.changes);
    this.request("save");
    this.requestUpdate();
  }

  private goTo(detail: GoToDetail): void {
    this.tab = "text";
    void this.updateComplete.then(() => this.editor.goTo(detail.start, detail.end));
  }

  private goToFirst(): void {
    const diagnostics = this.session.view?.diagnostics ?? [];
    const first = diagnostics.find(({ severity }) => severity === "error") ?? diagnostics[0];
    if (first === undefined) return;
    if (first.field === undefined) {
      this.goTo({ start: first.range.start.offset, end: first.range.end.offset });
    } else {
      const { field } = first;
      if (this.narrow.matches) this.tab = "form";
      void this.updateComplete.then(() => this.graph.goTo(field));
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

  /** One history for both sides. */
  private onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.editor.undo();
    else if ((key === "z" && event.shiftKey) || key === "y") this.editor.redo();
    else if (key === "s") this.download();
    else return;
    event.preventDefault();
  }

  private download(): void {
    saveFile("workflow.json", this.text);
  }

  private request(kind: "new" | "save" | "container"): void {
    emit(this, "workflow-request", kind);
  }
}

function iconButton(name: IconName, label: string, onClick: () => void, isDisabled: boolean): TemplateResult {
  return html`<button class="action plain icon-only" title=${label} aria-label=${label} ?disabled=${isDisabled} @click=${onClick}>${icon(name)}</button>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-workflow-bench": TaskApiWorkflowBench;
  }
}
