//! `<task-api-workflow>`: a workflow.json as a graph, in which tasks are chosen, changed and connected.

import { localized, msg, str } from "@lit/localize";
import { html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Severity, WorkflowContainer, WorkflowPort, WorkflowState, WorkflowTask } from "task-api-wasm";

import { applyChanges, type Change, difference } from "../core/changes.js";
import { saveFile } from "../core/clipboard.js";
import { translated } from "../core/contract.js";
import { type ChangeDetail, emit } from "../core/events.js";
import { icon } from "../core/icons.js";
import { type Layout, layOut, path } from "../core/layout.js";
import { message } from "../core/markdown.js";
import { picture } from "../core/picture.js";
import { severityWord } from "../core/severity.js";
import { base, controls, tokens } from "../core/theme.js";
import { WorkflowSession } from "../core/workflow-session.js";
import { workflowStyles } from "../parts/workflow.styles.js";
import "../parts/workflow-panel.js";

/** An output that waits for its input: chosen by a click or a key, or dragged. */
interface Pending {
  task: string;
  output: string;
  /** Where the pointer is, while it drags. */
  at?: { x: number; y: number };
}

interface Shown {
  view: WorkflowState;
  layout: Layout;
}

@localized()
@customElement("task-api-workflow")
export class TaskApiWorkflow extends LitElement {
  static override styles = [tokens, controls, base, workflowStyles];

  /** The processing-container.json files of its images, `{ path, text }`. */
  @property({ attribute: false }) containers: WorkflowContainer[] = [];
  /** Set by a builder that keeps the text and its history. */
  @property({ attribute: false }) session: WorkflowSession | undefined;

  /** The task that is chosen, by its id. */
  @state() private selected: string | undefined;
  @state() private pending: Pending | undefined;
  @state() private drawn: Shown | undefined;
  @state() private said = "";

  private text = "";
  private own: WorkflowSession | undefined;
  private listened: WorkflowSession | undefined;
  private worst = new Map<string, Severity>();
  private laidOut: string | undefined;
  private readonly onSession = () => void this.draw();

  /** The text of the workflow.json. */
  @property()
  get value(): string {
    return this.text;
  }

  set value(text: string) {
    const change = difference(this.text, text);
    this.text = text;
    if (change !== undefined) this.own?.textChanged([change]);
  }

  /** Chooses a task by its id, such as `tasks/0`; that of a connection chooses the task that it leads to. */
  async goTo(id: string): Promise<void> {
    const [list, index] = id.split("/");
    const source = this.current?.view?.sources.find((candidate) => candidate.id === id);
    this.select(source?.to ?? (list === "tasks" && index !== undefined ? `tasks/${index}` : undefined));
    await this.updateComplete;
    const title = this.renderRoot.querySelector<HTMLElement>(`.task[data-task="${this.selected ?? ""}"] .title`);
    title?.scrollIntoView({ block: "nearest", inline: "nearest" });
    title?.focus();
  }

  /** The graph as a picture, in SVG. */
  toSvg(): string {
    return this.drawn === undefined ? "" : picture(this.drawn.view, this.drawn.layout);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.listened?.removeEventListener("change", this.onSession);
    this.listened = undefined;
    this.own?.close();
    this.own = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.session === undefined && this.own === undefined) {
      this.own = new WorkflowSession({ text: () => this.text, apply: (changes) => this.applyOwn(changes) });
      void this.own.begun(this.text, this.containers);
    } else if (changed.has("containers")) {
      this.own?.setContainers(this.containers);
    }
    if (this.listened !== this.current) {
      this.listened?.removeEventListener("change", this.onSession);
      this.listened = this.current;
      this.listened?.addEventListener("change", this.onSession);
      void this.draw();
    }
  }

  protected override render(): unknown {
    const { drawn } = this;
    if (drawn === undefined) return nothing;
    const { view, layout } = drawn;
    const notices = this.current?.notices ?? [];
    const task = view.tasks.find(({ id }) => id === this.selected);
    return html`<div class="tools" part="tools" role="toolbar" aria-label=${msg("Workflow")}>
        ${this.adder(view)}
        <span class="space"></span>
        <button class="action small" ?disabled=${view.tasks.length === 0} @click=${this.export}>${icon("download")}${msg("Picture")}</button>
      </div>
      ${view.broken === null ? nothing : html`<p class="notice error" role="status">${icon("error")}<span>${msg(str`The text has an error at line ${view.broken.line}:`)} ${message(view.broken.message)}</span></p>`}
      ${notices.length === 0 ? nothing : html`<p class="notice" role="status">${icon("info")}<span>${message(notices.map(translated).join(" "))}</span></p>`}
      <p class="hidden-visually" role="status">${this.said}</p>
      ${this.pending === undefined || this.pending.at !== undefined
        ? nothing
        : html`<p class="notice" role="status">${icon("arrow")}<span>${msg(str`Choose the input that ${this.pending.output} feeds, or press Escape.`)}</span></p>`}
      <div class="graph" part="graph" @keydown=${this.onKey}>
        ${view.tasks.length === 0 ? html`<p class="empty">${msg("No task yet. Add one to begin.")}</p>` : nothing}
        <div class="canvas ${this.pending === undefined ? "" : "connecting"}" .style=${box({ width: layout.width, height: layout.height })}>
          ${this.lines(view, layout)}
          ${repeat(view.tasks, ({ id }) => id, (one) => this.task(one, layout))}
          ${view.sources.map((source) => this.source(source.id, source.hostPath, layout))}
        </div>
      </div>
      ${task === undefined
        ? nothing
        : html`<task-api-workflow-panel
            part="panel"
            .task=${task}
            .view=${view}
            .session=${this.current}
            @panel-closed=${(event: Event) => {
              event.stopPropagation();
              this.select(undefined);
            }}
          ></task-api-workflow-panel>`}`;
  }

  private get current(): WorkflowSession | undefined {
    return this.session ?? this.own;
  }

  private applyOwn(changes: Change[]): void {
    this.text = applyChanges(this.text, changes);
    emit(this, "task-api-change", { changes, byUser: true } satisfies ChangeDetail);
  }

  /** Lays out anew only if what is drawn has another shape. */
  private async draw(): Promise<void> {
    const view = this.current?.view;
    if (view === undefined) return;
    this.worst = new Map();
    for (const { field, severity } of view.diagnostics) {
      if (field !== undefined && (severity === "error" || this.worst.get(field) !== "error")) this.worst.set(field, severity);
    }
    for (const edge of view.cycles.flat()) this.worst.set(edge, "error");
    const shape = JSON.stringify([
      view.tasks.map(({ id, inputs, outputs }) => [id, inputs.map(({ name }) => name), outputs.map(({ name }) => name)]),
      view.edges,
      view.sources.map(({ id, to, input }) => [id, to, input]),
    ]);
    if (this.drawn !== undefined && shape === this.laidOut) {
      this.drawn = { view, layout: this.drawn.layout };
      return;
    }
    this.laidOut = shape;
    const layout = await layOut(view);
    if (this.laidOut === shape) this.drawn = { view: this.current?.view ?? view, layout };
  }

  private adder(view: WorkflowState): TemplateResult {
    const add = async (event: Event) => {
      const select = event.currentTarget as HTMLSelectElement;
      const template = select.value;
      select.value = "-";
      const entry = await this.current?.addTask(template);
      if (entry !== undefined) this.select(entry);
    };
    if (view.templates.length === 0) {
      return html`<button class="action small" @click=${async () => this.select(await this.current?.addTask(""))}>${icon("add")}${msg("Add a task")}</button>`;
    }
    return html`<label class="adder">${icon("add")}
      <select aria-label=${msg("Add a task")} @change=${add}>
        <option value="-" selected disabled>${msg("Add a task")}</option>
        ${view.templates.map(({ value, label }) => html`<option value=${value}>${label}</option>`)}
        <option value="">${msg("Another template")}</option>
      </select>
    </label>`;
  }

  private lines(view: WorkflowState, layout: Layout): TemplateResult {
    const order = new Set(view.edges.filter(({ output }) => output === undefined).map(({ id }) => id));
    const near = new Set(view.edges.filter(({ from, to }) => from === this.selected || to === this.selected).map(({ id }) => id));
    const lines = layout.lines.map(({ id, points }) => {
      const worst = this.worst.get(id);
      const classes = `line ${order.has(id) ? "order" : ""} ${near.has(id) ? "near" : ""} ${worst === "error" || worst === "warning" ? worst : ""}`;
      return svg`<path class=${classes} d=${path(points)} marker-end="url(#end)" />`;
    });
    const { pending } = this;
    const begin = pending?.at === undefined ? undefined : this.portPlace(pending.task, pending.output);
    return html`<svg class="lines" width=${layout.width} height=${layout.height} aria-hidden="true">
      <defs><marker id="end" viewBox="0 0 8 8" refX="13" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 0 8 4 0 8z" /></marker></defs>
      ${lines}
      ${begin === undefined || pending?.at === undefined ? nothing : svg`<path class="line drag" d=${`M${begin.x} ${begin.y}L${pending.at.x} ${pending.at.y}`} />`}
    </svg>`;
  }

  private task(task: WorkflowTask, layout: Layout): TemplateResult | typeof nothing {
    const place = layout.places.get(task.id);
    if (place === undefined) return nothing;
    const worst = this.worst.get(task.id);
    const name = task.name === "" ? msg("without a name") : task.name;
    const step = task.step === null ? msg("never runs: it waits for itself") : msg(str`step ${task.step + 1}`);
    return html`<div
      class="task ${task.id === this.selected ? "selected" : ""} ${worst === "error" ? "error" : ""}"
      part="task"
      role="group"
      aria-label=${name}
      data-task=${task.id}
      .style=${box(place)}
    >
      <button class="title" aria-pressed=${task.id === this.selected ? "true" : "false"} @click=${() => this.select(task.id === this.selected ? undefined : task.id)}>
        <span class="step ${task.step === null ? "never" : ""}" title=${step}>${task.step === null ? "!" : task.step + 1}<span class="hidden-visually">${step}</span></span>
        <span class="words"><strong>${name}</strong><span class="template">${task.template === "" ? msg("no template") : task.template}</span></span>
        ${worst === undefined || worst === "info" ? nothing : html`<span class="severity ${worst}" title=${severityWord(worst)}>${icon(worst)}<span class="hidden-visually">${severityWord(worst)}</span></span>`}
      </button>
      <div class="ports">
        <div class="inputs">${task.inputs.map((port) => this.input(task, port))}</div>
        <div class="outputs">${task.outputs.map((port) => this.output(task, port))}</div>
      </div>
    </div>`;
  }

  private input(task: WorkflowTask, port: WorkflowPort): TemplateResult {
    const label = port.isConnected ? msg(str`input ${port.name} of ${task.name}, fed`) : msg(str`input ${port.name} of ${task.name}, fed by nothing`);
    return html`<button
      class="port ${port.isConnected ? "connected" : ""} ${port.isUnknown === true ? "unknown" : ""}"
      data-input=${port.name}
      aria-label=${label}
      title=${port.name}
      aria-disabled=${this.pending === undefined ? "true" : "false"}
      @click=${() => void this.finish(task.id, port.name)}
    >
      <span class="dot"></span><span class="channel">${port.name}</span>
    </button>`;
  }

  private output(task: WorkflowTask, port: WorkflowPort): TemplateResult {
    const isPending = this.pending?.task === task.id && this.pending.output === port.name;
    return html`<button
      class="port ${port.isConnected ? "connected" : ""} ${port.isUnknown === true ? "unknown" : ""} ${isPending ? "pending" : ""}"
      data-output=${port.name}
      aria-label=${msg(str`connect output ${port.name} of ${task.name}`)}
      title=${port.name}
      aria-pressed=${isPending ? "true" : "false"}
      @click=${(event: MouseEvent) => {
        // A key makes a click of its own; that of a pointer follows what the pointer did.
        if (event.detail === 0) this.pending = isPending ? undefined : { task: task.id, output: port.name };
      }}
      @pointerdown=${(event: PointerEvent) => this.drag(event, task.id, port.name)}
    >
      <span class="channel">${port.name}</span><span class="dot"></span>
    </button>`;
  }

  private source(id: string, hostPath: string, layout: Layout): TemplateResult | typeof nothing {
    const place = layout.places.get(id);
    if (place === undefined) return nothing;
    return html`<div
      class="source"
      title=${hostPath}
      .style=${box(place)}
    >
      ${icon("folder")}<span>${hostPath === "" ? msg("no directory") : hostPath}</span>
    </div>`;
  }

  private select(id: string | undefined): void {
    if (id === this.selected) return;
    this.selected = id;
    emit(this, "task-api-select", { id });
  }

  /** From an output to wherever the pointer is let go; a press without a way is a click. */
  private drag(event: PointerEvent, task: string, output: string): void {
    if (event.button !== 0) return;
    event.preventDefault();
    const button = event.currentTarget as HTMLElement;
    const was = this.pending;
    const begin = { x: event.clientX, y: event.clientY };
    button.setPointerCapture(event.pointerId);
    button.focus();
    const move = (moved: PointerEvent) => {
      const isDrag = this.pending?.at !== undefined || Math.hypot(moved.clientX - begin.x, moved.clientY - begin.y) > 4;
      if (!isDrag) return;
      const canvas = this.renderRoot.querySelector(".canvas")?.getBoundingClientRect();
      if (canvas !== undefined) this.pending = { task, output, at: { x: moved.clientX - canvas.left, y: moved.clientY - canvas.top } };
    };
    const end = (ended: PointerEvent) => {
      button.removeEventListener("pointermove", move);
      button.removeEventListener("pointerup", end);
      button.removeEventListener("pointercancel", end);
      const wasDragged = this.pending?.at !== undefined;
      if (!wasDragged) {
        this.pending = was?.task === task && was.output === output ? undefined : { task, output };
        return;
      }
      const under = (this.renderRoot as ShadowRoot).elementFromPoint(ended.clientX, ended.clientY)?.closest<HTMLElement>("[data-input]");
      const to = under?.closest<HTMLElement>("[data-task]")?.dataset["task"];
      if (under === null || under === undefined || to === undefined || ended.type === "pointercancel") this.pending = undefined;
      else void this.finish(to, under.dataset["input"] ?? "");
    };
    button.addEventListener("pointermove", move);
    button.addEventListener("pointerup", end);
    button.addEventListener("pointercancel", end);
  }

  private async finish(to: string, input: string): Promise<void> {
    const { pending } = this;
    this.pending = undefined;
    if (pending === undefined) return;
    const isDone = await this.current?.connect(pending.task, pending.output, to, input);
    if (isDone === true) this.said = msg(str`${pending.output} feeds ${input}`);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Escape" && this.pending !== undefined) {
      event.stopPropagation();
      this.pending = undefined;
    } else if (event.key === "Delete" && event.target instanceof HTMLElement && event.target.classList.contains("title")) {
      const task = event.target.closest<HTMLElement>("[data-task]")?.dataset["task"];
      if (task === undefined) return;
      this.select(undefined);
      void this.current?.remove(task);
    }
  }

  private portPlace(task: string, output: string): { x: number; y: number } | undefined {
    const dot = this.renderRoot.querySelector(`[data-task="${task}"] [data-output="${CSS.escape(output)}"] .dot`)?.getBoundingClientRect();
    const canvas = this.renderRoot.querySelector(".canvas")?.getBoundingClientRect();
    if (dot === undefined || canvas === undefined) return undefined;
    return { x: dot.left + dot.width / 2 - canvas.left, y: dot.top + dot.height / 2 - canvas.top };
  }

  private export(): void {
    saveFile(`${this.drawn?.view.name || "workflow"}.svg`, this.toSvg(), "image/svg+xml");
  }
}

/** Set as a property: a content security policy forbids the attribute. */
function box({ x, y, width, height }: { x?: number; y?: number; width: number; height: number }): string {
  const place = x === undefined || y === undefined ? "" : `left:${x}px;top:${y}px;`;
  return `${place}width:${width}px;height:${height}px`;
}

declare global {
  interface HTMLElementEventMap {
    "task-api-select": CustomEvent<{ id: string | undefined }>;
  }
  interface HTMLElementTagNameMap {
    "task-api-workflow": TaskApiWorkflow;
  }
}
