//! `<task-api-builder>`: opens files, keeps drafts, and holds the workbench, which is loaded when there is a file.

import { localized, msg } from "@lit/localize";
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { FormState, ValidationResult, WorkflowContainer } from "task-api-wasm";

import { chooseFile } from "../core/clipboard.js";
import { deleteDraft, type Draft, listDrafts, saveDraft } from "../core/drafts.js";
import { isWorkflow } from "../core/files.js";
import { getLocale, preferredLanguage, setLocale } from "../core/localisation.js";
import { newId, service } from "../core/service.js";
import { readShared } from "../core/share.js";
import { base, tokens } from "../core/theme.js";
import "../parts/start.js";
import type { StartRequest } from "../parts/start.js";
import type { TaskApiWorkbench, WorkbenchRequest } from "../parts/workbench.js";
import type { TaskApiWorkflowBench } from "../parts/workflow-bench.js";

type Place =
  | { at: "start" }
  | { at: "choose"; container: string; view: FormState }
  | { at: "problems"; container: string; result: ValidationResult }
  | { at: "work" }
  | { at: "workflow" };

/** How long after the page is there the rest of it is fetched. */
const PREFETCH = 1500;

/** How long after the last change a draft is saved. */
const REST = 400;

@localized()
@customElement("task-api-builder")
export class TaskApiBuilder extends LitElement {
  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: block;
        position: relative;
        min-height: 320px;
        overflow: hidden;
        background: var(--_background);
      }

      :host > *,
      task-api-start,
      task-api-choose-template,
      task-api-container-problems,
      task-api-workbench,
      task-api-workflow-bench {
        height: 100%;
      }

      .hint {
        position: absolute;
        inset: 8px;
        z-index: 10;
        display: grid;
        place-items: center;
        height: auto;
        border: 2px dashed var(--_accent);
        border-radius: var(--_radius);
        background: color-mix(in oklab, var(--_surface), transparent 10%);
        font-size: 20px;
        line-height: 28px;
        font-weight: 600;
        pointer-events: none;
      }
    `,
  ];

  /** The text of a processing-container.json to open. */
  @property() container = "";
  /** The template of a new task; with several and none named, the person chooses. */
  @property() template = "";
  /** "light", "dark", or nothing for what the page says. */
  @property({ reflect: true }) theme = "";
  /** "none" keeps no drafts and no settings, and reads no link. */
  @property() storage: "browser" | "none" = "browser";

  @state() private place: Place = { at: "start" };
  @state() private drafts: Draft[] = [];
  @state() private problem = "";
  @state() private isOver = false;
  @state() private saved = "";
  @state() private generation = 0;

  @query("task-api-workbench") private readonly workbench!: TaskApiWorkbench | null;
  @query("task-api-workflow-bench") private readonly workflowBench!: TaskApiWorkflowBench | null;

  private draft: Draft = newDraft();
  private given = "";
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly onHide = () => this.saveNow();

  constructor() {
    super();
    this.addEventListener("dragover", (event) => this.onDrag(event, true));
    this.addEventListener("dragleave", (event) => this.onDrag(event, false));
    this.addEventListener("drop", (event) => this.onDrop(event));
  }

  /** The text of the task.json. */
  @property()
  get value(): string {
    return this.workflowBench?.text ?? this.workbench?.taskText ?? this.given;
  }

  set value(text: string) {
    this.given = text;
    if (this.workbench !== null && this.workbench.taskText !== text) void this.work(this.workbench.containerText, text);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("pagehide", this.onHide);
    void this.arrive();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("pagehide", this.onHide);
  }

  /** Opens the text of any of the files. A container that comes while a workflow is open is for its tasks. */
  async open(text: string, name = "processing-container.json"): Promise<void> {
    this.problem = "";
    const isOfTasks = isWorkflow(text);
    const result = await service().call("validate", text, isOfTasks ? { kind: "workflow" } : {});
    if (isOfTasks) {
      await this.openWorkflow(text);
      return;
    }
    if (this.place.at === "workflow" && result.kind === "processing-container") {
      const others = (this.draft.containers ?? []).filter(({ path }) => path !== name);
      this.draft = { ...this.draft, containers: [...others, { path: name, text }] };
      this.requestUpdate();
      this.saveSoon();
      return;
    }
    if (result.kind === "task" && text.includes('"taskTemplate"')) {
      await this.work(this.workbench?.containerText ?? this.draft.container, text);
      return;
    }
    if (!text.includes("{")) {
      this.problem = msg("This is no JSON file. A processing-container.json begins with a brace.");
      return;
    }
    if (!result.valid) {
      await import("../parts/container-problems.js");
      this.place = { at: "problems", container: text, result };
      return;
    }
    await this.choose(text);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("container") && this.container !== "" && this.hasUpdated) void this.openGiven();
  }

  protected override render(): unknown {
    return html`${this.content()} ${this.isOver && this.place.at !== "start" ? html`<div class="hint">${msg("Drop to open")}</div>` : nothing}`;
  }

  private content(): unknown {
    const { place } = this;
    switch (place.at) {
      case "start":
        return html`<task-api-start .drafts=${this.drafts} .problem=${this.problem} ?over=${this.isOver} @start-request=${this.onStart}></task-api-start>`;
      case "choose":
        return html`<task-api-choose-template
          .name=${place.view.container?.name ?? ""}
          .description=${place.view.container?.description ?? ""}
          .templates=${place.view.templates}
          @template-chosen=${(event: CustomEvent<string | undefined>) =>
            event.detail === undefined ? this.toStart() : this.work(place.container, undefined, event.detail)}
        ></task-api-choose-template>`;
      case "problems":
        return html`<task-api-container-problems
          .text=${place.container}
          .result=${place.result}
          @container-mended=${(event: CustomEvent<string>) => this.open(event.detail)}
          @container-accepted=${() => this.choose(place.container)}
          @container-edited=${() => this.work(place.container, undefined, "", "author")}
          @container-refused=${() => this.toStart()}
        ></task-api-container-problems>`;
      case "work":
        return html`<task-api-workbench
          .container=${this.draft.container}
          .task=${this.draft.task === "" ? undefined : this.draft.task}
          .template=${this.template}
          .mode=${this.draft.mode}
          .generation=${this.generation}
          .drafts=${this.drafts.filter(({ id }) => id !== this.draft.id)}
          .saved=${this.saved}
          .themeName=${this.theme}
          .language=${getLocale()}
          @workbench-request=${this.onWorkbench}
        ></task-api-workbench>`;
      case "workflow":
        return html`<task-api-workflow-bench
          .workflow=${this.draft.task}
          .containers=${this.draft.containers ?? NO_FILES}
          .generation=${this.generation}
          .saved=${this.saved}
          @workflow-request=${this.onWorkflow}
        ></task-api-workflow-bench>`;
    }
  }

  private async arrive(): Promise<void> {
    if (this.storage === "browser") {
      this.theme = localStorage.getItem("task-api-theme") ?? this.theme;
      await this.setLanguage(localStorage.getItem("task-api-language") ?? preferredLanguage(navigator.languages));
      this.drafts = await listDrafts();
    }
    if (this.container !== "") return;
    if (this.storage === "browser") {
      const shared = await readShared(location.hash);
      if (shared !== undefined) {
        history.replaceState(null, "", location.pathname + location.search);
        await this.work(shared.container, shared.task);
        return;
      }
      if (location.hash.startsWith("#task=")) this.problem = msg("The link is damaged: a part of it is missing.");
      const address = new URL(location.href).searchParams.get("container");
      if (address !== null) await this.fetchContainer(address);
    }
    // What comes next is ready when somebody wants it, and in nobody's way before.
    setTimeout(() => requestIdleCallback(() => void import("../parts/workbench.js")), PREFETCH);
  }

  private async openGiven(): Promise<void> {
    if (this.given === "" && this.template === "") await this.open(this.container);
    else await this.work(this.container, this.given === "" ? undefined : this.given, this.template);
  }

  /** An address of this page's own site: nothing is asked of others. */
  private async fetchContainer(address: string): Promise<void> {
    const url = new URL(address, location.href);
    if (url.origin !== location.origin) {
      this.problem = msg("The address in the link belongs to another site. Download the file there, and open it here.");
      return;
    }
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(String(response.status));
      await this.open(await response.text());
    } catch {
      this.problem = msg("The file that the link names could not be loaded.");
    }
  }

  private async choose(container: string): Promise<void> {
    const id = newId();
    const opened = await service().call("openForm", id, container, this.template);
    void service().call("closeForm", id);
    const view = opened.view.state;
    if (view.templates.length > 1 && this.template === "") {
      await import("../parts/choose-template.js");
      this.place = { at: "choose", container, view };
    } else {
      await this.work(container, undefined, view.templates[0]?.identifier ?? "");
    }
  }

  private async work(container: string, task?: string, template = "", mode: Draft["mode"] = "task"): Promise<void> {
    await import("../parts/workbench.js");
    if (template !== "") task ??= await service().call("minimalTask", container, template);
    this.draft = { ...newDraft(), container, task: task ?? "", mode };
    this.show();
  }

  private async openWorkflow(text: string): Promise<void> {
    await import("../parts/workflow-bench.js");
    this.draft = { ...newDraft(), mode: "workflow", task: text, containers: this.draft.containers ?? [] };
    this.saved = "";
    this.generation += 1;
    this.place = { at: "workflow" };
  }

  private onWorkflow(event: CustomEvent<"new" | "save" | "container">): void {
    if (event.detail === "new") void this.toStart();
    else if (event.detail === "save") this.saveSoon();
    else chooseFile((text, name) => void this.open(text, name));
  }

  private saveSoon(): void {
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => void this.saveNow(), REST);
  }

  private show(): void {
    this.saved = "";
    this.generation += 1;
    this.place = { at: "work" };
  }

  private async toStart(): Promise<void> {
    await this.saveNow();
    this.drafts = this.storage === "browser" ? await listDrafts() : [];
    this.problem = "";
    this.place = { at: "start" };
  }

  private onStart(event: CustomEvent<StartRequest>): void {
    const request = event.detail;
    if (request.kind === "text") void this.open(request.text);
    else if (request.kind === "author") void this.work(NEW_CONTAINER, undefined, "", "author");
    else if (request.kind === "draft") void this.resume(request.draft);
    else {
      this.drafts = this.drafts.filter(({ id }) => id !== request.draft.id);
      void deleteDraft(request.draft.id);
    }
  }

  private async resume(draft: Draft): Promise<void> {
    await this.saveNow();
    if (draft.mode === "workflow") {
      this.draft = { ...newDraft(), containers: draft.containers ?? [] };
      await this.openWorkflow(draft.task);
      this.draft = { ...this.draft, id: draft.id };
      return;
    }
    await import("../parts/workbench.js");
    this.draft = { ...draft };
    this.drafts = await listDrafts();
    this.show();
  }

  private onWorkbench(event: CustomEvent<WorkbenchRequest>): void {
    const request = event.detail;
    switch (request.kind) {
      case "new":
        void this.toStart();
        break;
      case "draft":
        void this.resume(request.draft);
        break;
      case "theme":
        this.setTheme(request.theme);
        break;
      case "language":
        void this.setLanguage(request.language, true);
        break;
      case "save":
        this.saveSoon();
    }
  }

  private async saveNow(): Promise<void> {
    clearTimeout(this.saveTimer);
    const draft = this.currentDraft();
    if (this.saveTimer === undefined || draft === undefined || this.storage === "none") return;
    this.saveTimer = undefined;
    const isKept = await saveDraft(draft);
    this.saved = isKept ? msg("Saved in this browser") : msg("This browser keeps no drafts: download the file before you leave");
  }

  private currentDraft(): Draft | undefined {
    const { workbench, workflowBench } = this;
    const common = { id: this.draft.id, saved: Date.now() };
    if (workflowBench !== null) {
      const { text, draftName } = workflowBench;
      return { ...common, mode: "workflow", container: "", task: text, containers: this.draft.containers ?? [], name: draftName };
    }
    if (workbench === null) return undefined;
    const { taskText, containerText, draftName, mode } = workbench;
    return { ...common, mode, container: containerText, task: taskText, name: draftName };
  }

  private setTheme(theme: string): void {
    this.theme = theme;
    if (this.storage === "browser") localStorage.setItem("task-api-theme", theme);
    dispatchEvent(new Event("task-api-theme"));
  }

  private async setLanguage(language: string, keep = false): Promise<void> {
    await setLocale(language);
    this.lang = language;
    if (keep && this.storage === "browser") localStorage.setItem("task-api-language", language);
    this.requestUpdate();
  }

  private onDrag(event: DragEvent, isOver: boolean): void {
    if (!(event.dataTransfer?.types.includes("Files") ?? false)) return;
    event.preventDefault();
    this.isOver = isOver;
  }

  private onDrop(event: DragEvent): void {
    const [file] = event.dataTransfer?.files ?? [];
    this.isOver = false;
    if (file === undefined) return;
    event.preventDefault();
    void file.text().then((text) => this.open(text, file.name));
  }
}

/** One and the same, so that nothing is checked anew. */
const NO_FILES: WorkflowContainer[] = [];

const NEW_CONTAINER = `{
  "name": "",
  "description": "",
  "templates": []
}
`;

function newDraft(): Draft {
  return { id: crypto.randomUUID(), mode: "task", container: "", task: "", name: "", saved: 0 };
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-builder": TaskApiBuilder;
  }
}

