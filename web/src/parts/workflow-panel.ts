//! What is said of one task of a workflow, and what it is connected with.

import { localized, msg, str } from "@lit/localize";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { WorkflowState, WorkflowTask } from "task-api-wasm";

import "../core/controls.js";
import { emit } from "../core/events.js";
import { icon } from "../core/icons.js";
import { message } from "../core/markdown.js";
import { severityLabel } from "../core/severity.js";
import { base, controls, tokens } from "../core/theme.js";
import type { WorkflowSession } from "../core/workflow-session.js";
import "./adder.js";
import type { AddDetail } from "./adder.js";

@localized()
@customElement("task-api-workflow-panel")
export class TaskApiWorkflowPanel extends LitElement {
  static override styles = [
    tokens,
    controls,
    base,
    css`
      :host {
        display: block;
        overflow: auto;
        padding: 8px 16px 16px;
        border-top: 1px solid var(--_border);
        background: var(--_surface);
      }

      header {
        display: flex;
        align-items: center;
        gap: 4px;
        min-height: 40px;
      }

      h3 {
        flex: 1;
        min-width: 0;
        margin: 0;
        font-size: 16px;
        line-height: 24px;
        overflow-wrap: anywhere;
      }

      h4 {
        margin: 16px 0 4px;
        font-size: 14px;
        line-height: 20px;
      }

      p {
        color: var(--_text-quiet);
        overflow-wrap: anywhere;
      }

      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(220px, 100%), 1fr));
        gap: 12px 16px;
        margin-top: 8px;
      }

      li {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 32px;
        overflow-wrap: anywhere;
      }

      li > span {
        flex: 1;
        min-width: 0;
      }

      .problem {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        padding-block: 4px;
        color: var(--_text);
      }

      .before {
        display: flex;
        gap: 8px;
        align-items: flex-end;
        max-width: 320px;
      }

      .before wa-select {
        flex: 1;
        min-width: 0;
      }
    `,
  ];

  @property({ attribute: false }) task!: WorkflowTask;
  @property({ attribute: false }) view!: WorkflowState;
  @property({ attribute: false }) session: WorkflowSession | undefined;

  protected override render(): unknown {
    const { task, view } = this;
    const problems = view.diagnostics.filter(({ field }) => field === task.id || field?.startsWith(`${task.id}/`) === true);
    const label = task.name === "" ? msg("without a name") : task.name;
    return html`<section aria-label=${label}>
      <header>
        <h3>${label}</h3>
        <button class="action plain small" @click=${() => this.removeTask()}>${icon("trash")}${msg("Remove the task")}</button>
        <button class="action plain small icon-only" title=${msg("Close")} aria-label=${msg("Close")} @click=${() => emit(this, "panel-closed", undefined)}>${icon("close")}</button>
      </header>
      ${task.description === "" ? nothing : html`<p>${task.description}</p>`}
      ${problems.map(
        (problem) => html`<div class="problem">
          ${severityLabel(problem.severity)} <span>${message(problem.message)}</span>
          ${problem.fixes.map((fix) => html`<button class="action small" @click=${() => emit(this, "task-api-fix", { fix })}>${icon("wrench")}${fix.title}</button>`)}
        </div>`,
      )}
      <div class="grid">
        ${this.text("task_id", msg("Name"), task.name)} ${this.text("image", msg("Image"), task.image)}
        ${task.isInline === true ? nothing : this.text("taskTemplate", msg("Template"), task.template)}
      </div>
      ${this.connections()} ${this.variables()}
    </section>`;
  }

  private text(field: string, label: string, value: string, placeholder = ""): TemplateResult {
    const id = `${this.task.id}/${field}`;
    return html`<wa-input
      data-field=${id}
      size="s"
      label=${label}
      autocomplete="off"
      spellcheck="false"
      placeholder=${placeholder}
      .value=${live(String(this.session?.draft(id) ?? value))}
      @input=${(event: Event) => this.session?.set(id, (event.target as HTMLInputElement).value)}
    ></wa-input>`;
  }

  private connections(): TemplateResult {
    const { task, view } = this;
    const name = (id: string) => view.tasks.find((other) => other.id === id)?.name ?? "";
    const row = (id: string, words: string) =>
      html`<li><span>${words}</span><button class="action plain small icon-only" title=${msg("Remove")} aria-label=${msg(str`Remove ${words}`)} @click=${() => void this.session?.remove(id)}>${icon("trash")}</button></li>`;
    const edges = view.edges.filter(({ from, to }) => from === task.id || to === task.id);
    const unfed = task.inputs.filter(({ isConnected }) => !isConnected);
    const others = view.tasks.filter(({ id, name }) => id !== task.id && name !== "" && !view.edges.some((edge) => edge.to === task.id && edge.from === id));
    return html`<h4>${msg("Connections")}</h4>
      <ul role="list">
        ${edges.map(({ id, from, to, output, input }) =>
          row(id, output === undefined ? msg(str`${name(to)} waits for ${name(from)}`) : `${name(from)}: ${output} → ${name(to)}: ${input ?? ""}`),
        )}
        ${view.sources.filter(({ to }) => to === task.id).map(({ id, hostPath, input }) => row(id, `${hostPath} → ${input}`))}
      </ul>
      ${unfed.length === 0
        ? nothing
        : html`<div class="grid">
            ${unfed.map(
              ({ name: input }) => html`<wa-input
                data-source=${input}
                size="s"
                label=${msg(str`Host directory for ${input}`)}
                autocomplete="off"
                @change=${(event: Event) => {
                  const { value } = event.target as HTMLInputElement;
                  if (value !== "") void this.session?.addSource(task.id, input, value);
                }}
              ></wa-input>`,
            )}
          </div>`}
      ${others.length === 0
        ? nothing
        : html`<div class="before">
            <wa-select size="s" label=${msg("Wait for")} placeholder=${msg("Choose")} .value=${live("")} @change=${(event: Event) => void this.waitFor((event.target as HTMLInputElement).value)}>
              ${others.map((other) => html`<wa-option value=${other.id}>${other.name}</wa-option>`)}
            </wa-select>
          </div>`}`;
  }

  private variables(): TemplateResult {
    const { env, id } = this.task;
    return html`<h4>${msg("Variables")}</h4>
      <div class="grid">
        ${env
          .filter(({ isFixed }) => isFixed !== true)
          .map(({ name, value, default: given }) => this.text(`env/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, name, value ?? "", given ?? ""))}
      </div>
      <task-api-adder
        label=${msg("Add a variable")}
        .nameLabel=${msg("Name")}
        .valueLabel=${msg("Value")}
        @entry-added=${(event: CustomEvent<AddDetail>) => {
          event.stopPropagation();
          const name = event.detail.name.replaceAll("~", "~0").replaceAll("/", "~1");
          this.session?.set(`${id}/env/${name}`, event.detail.value);
        }}
      ></task-api-adder>`;
  }

  private async waitFor(other: string): Promise<void> {
    if (other !== "") await this.session?.connect(other, undefined, this.task.id, undefined);
  }

  private removeTask(): void {
    void this.session?.remove(this.task.id);
    emit(this, "panel-closed", undefined);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-workflow-panel": TaskApiWorkflowPanel;
  }
}
