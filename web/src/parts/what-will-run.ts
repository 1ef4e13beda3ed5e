//! What will run: the resolved task with the origin of each value, the commands, the memory, the directories.

import { localized, msg, str } from "@lit/localize";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { OperatorSnippet, ResolvedValue, TreeNode, TriggerBody, WhatWillRun } from "task-api-wasm";

import { translated } from "../core/contract.js";
import { emit } from "../core/events.js";
import { icon } from "../core/icons.js";
import { message } from "../core/markdown.js";
import { service } from "../core/service.js";
import type { FormSession } from "../core/session.js";
import { base, tokens } from "../core/theme.js";
import { sectionName } from "../elements/form.js";
import "./copyable.js";

/** A table of more rows is shown in pieces. */
const ROWS = 200;

@localized()
@customElement("task-api-what-will-run")
export class TaskApiWhatWillRun extends LitElement {
  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: block;
        overflow: auto;
        background: var(--_background);
      }

      .page {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 24px;
        max-width: 800px;
        padding: 16px;
      }

      h3 {
        padding-bottom: 8px;
        font-size: 16px;
        line-height: 24px;
        font-weight: 600;
      }

      .state {
        display: flex;
        gap: 8px;
        padding: 12px 16px;
        border: 1px solid var(--_border);
        border-radius: var(--_radius);
        background: var(--_surface);
        overflow-wrap: anywhere;
      }

      .state > svg {
        margin-top: 2px;
        color: var(--_success);
      }

      .state.open > svg {
        color: var(--_warning);
      }

      .card {
        border: 1px solid var(--_border);
        border-radius: var(--_radius);
        background: var(--_surface);
        overflow: hidden;
      }

      .card.padded {
        padding: 16px;
      }

      table {
        width: 100%;
        border-collapse: collapse;
        table-layout: fixed;
      }

      th,
      td {
        padding: 8px 16px;
        border-top: 1px solid var(--_border);
        text-align: start;
        vertical-align: top;
        font-weight: 400;
        overflow-wrap: anywhere;
      }

      thead th {
        border-top: none;
        color: var(--_text-quiet);
        font-size: 13px;
      }

      tbody th {
        color: var(--_text-quiet);
        font-size: 13px;
      }

      .section th {
        padding-block: 4px;
        background: var(--_sunken);
        font-weight: 600;
      }

      col.name {
        width: 34%;
      }

      col.from {
        width: 104px;
      }

      .from.task {
        color: var(--_accent);
        font-weight: 600;
      }

      .blocks {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 8px;
      }

      .trees {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(240px, 100%), 1fr));
        gap: 8px;
      }

      .tree ul {
        padding-inline-start: 8px;
        margin-inline-start: 7px;
        border-inline-start: 1px solid var(--_border);
      }

      .tree li > span {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 8px;
        min-height: 24px;
        font-family: var(--_font-mono);
        font-size: 13px;
        overflow-wrap: anywhere;
      }

      .tree svg {
        color: var(--_text-quiet);
      }

      .tree .note {
        font-family: var(--_font);
        color: var(--_text-quiet);
      }

      .title {
        margin-top: 8px;
        color: var(--_text-quiet);
        font-size: 13px;
      }
    `,
  ];

  @property({ attribute: false }) session: FormSession | undefined;
  /** Whether anybody sees it: nothing is computed otherwise. */
  @property({ type: Boolean }) active = false;
  @property() file = "task.json";

  @state() private plan: WhatWillRun | undefined;
  @state() private trigger: TriggerBody | undefined;
  @state() private snippet: OperatorSnippet | undefined;
  @state() private shownRows = ROWS;

  private listened: FormSession | undefined;
  private isAsking = false;
  private isStale = false;
  private readonly onSession = () => this.ask();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.listened?.removeEventListener("change", this.onSession);
    this.listened = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.listened !== this.session) {
      this.listened?.removeEventListener("change", this.onSession);
      this.listened = this.session;
      this.listened?.addEventListener("change", this.onSession);
    }
    if (this.active) void import("../elements/scale-chart.js");
    if (changed.has("active") || changed.has("session")) this.ask();
  }

  protected override render(): unknown {
    const { plan } = this;
    if (plan === undefined) return nothing;
    return html`<div class="page">
      ${this.state(plan)}
      <section aria-label=${msg("Resolved task")}>
        <h3>${msg("Resolved task")}</h3>
        ${this.values(plan.values)}
      </section>
      <section aria-label=${msg("Commands")}>
        <h3>${msg("Commands")}</h3>
        <div class="blocks">
          ${plan.docker === null ? nothing : html`<task-api-copyable label="docker run" .text=${plan.docker}></task-api-copyable>`}
          <task-api-copyable label="task-api run" .text=${plan.taskApi}></task-api-copyable>
        </div>
      </section>
      <section aria-label=${msg("Memory")}>
        <h3>${msg("Memory")}</h3>
        <div class="card padded"><task-api-scale-chart .plan=${plan.memory}></task-api-scale-chart></div>
      </section>
      <section aria-label=${msg("Directories")}>
        <h3>${msg("Directories")}</h3>
        <div class="trees">${plan.channels.map((channel) => this.channel(channel))}</div>
      </section>
      <section aria-label="Kaapana">
        <h3>Kaapana</h3>
        <div class="blocks">
          ${this.trigger === undefined
            ? nothing
            : html`<task-api-copyable label=${msg("Body of the trigger request")} .text=${this.trigger.json}></task-api-copyable>
                <task-api-copyable label="curl" .text=${this.trigger.curl}></task-api-copyable>`}
          ${this.snippet === undefined ? nothing : html`<task-api-copyable label="KaapanaTaskOperator" .text=${this.snippet.code}></task-api-copyable>`}
          ${[...(this.trigger?.notes ?? []), ...(this.snippet?.notes ?? [])].map((note) => html`<p class="quiet small">${message(translated(note))}</p>`)}
        </div>
      </section>
    </div>`;
  }

  private state(plan: WhatWillRun): TemplateResult {
    if (plan.isReady) {
      return html`<div class="state">
        ${icon("check")}
        <div><strong>${msg("It would run as shown.")}</strong>${plan.notices.map((notice) => html`<p>${message(notice)}</p>`)}</div>
      </div>`;
    }
    const [first = "", ...others] = plan.problems;
    return html`<div class="state open">
      ${icon("warning")}
      <div>
        <strong>${msg("It would not run yet.")}</strong>
        <p>${message(translated(first))} ${others.length === 0 ? nothing : html`<span class="quiet">${msg(str`And ${others.length} more.`)}</span>`}</p>
        ${plan.notices.map((notice) => html`<p>${message(notice)}</p>`)}
      </div>
    </div>`;
  }

  private values(values: readonly ResolvedValue[]): TemplateResult {
    const rows: TemplateResult[] = [];
    let section: string | undefined;
    for (const value of values.slice(0, this.shownRows)) {
      if (value.section !== section) {
        rows.push(html`<tr class="section"><th colspan="3" scope="colgroup">${sectionName(value.section)}</th></tr>`);
        section = value.section;
      }
      rows.push(html`<tr>
        <th scope="row"><code>${nameOf(value)}</code></th>
        <td><code>${value.value === "" ? "–" : value.value}</code></td>
        <td class="from small ${value.origin}">${originWord(value.origin)}</td>
      </tr>`);
    }
    const left = values.length - this.shownRows;
    return html`<div class="card">
      <table>
        <colgroup><col class="name" /><col /><col class="from" /></colgroup>
        <thead><tr><th scope="col">${msg("Name")}</th><th scope="col">${msg("Value")}</th><th scope="col">${msg("From")}</th></tr></thead>
        <tbody>${rows}</tbody>
      </table>
      ${left <= 0
        ? nothing
        : html`<button class="action plain" @click=${() => (this.shownRows += 10 * ROWS)}>${msg(str`Show more (${left})`)}</button>`}
    </div>`;
  }

  private channel(channel: WhatWillRun["channels"][number]): TemplateResult {
    return html`<div class="card padded tree">
      <strong>${channel.name}</strong>
      <p class="quiet small mono">${channel.hostPath ?? "–"}</p>
      ${channel.forms.map((form) => html`<p class="title">${translated(form.title)}</p><ul role="list">${node(form.tree)}</ul>`)}
    </div>`;
  }

  private ask(): void {
    if (!this.active || this.session === undefined) return;
    this.isStale = true;
    if (!this.isAsking) void this.askNow();
  }

  private async askNow(): Promise<void> {
    this.isAsking = true;
    while (this.isStale && this.session !== undefined) {
      this.isStale = false;
      const { id } = this.session;
      const [plan, trigger, snippet] = await Promise.all([
        service().call("whatWillRun", id, { file: this.file }),
        service().call("triggerBody", id, {}),
        service().call("operatorSnippet", id, {}),
      ]);
      this.plan = plan;
      this.trigger = trigger;
      this.snippet = snippet;
    }
    this.isAsking = false;
    emit(this, "what-will-run-shown", undefined);
  }
}

/** What has no name in the file is named in words. */
function nameOf({ section, name }: ResolvedValue): string {
  return section === "advanced" ? translated(name) : name;
}

function originWord(origin: ResolvedValue["origin"]): string {
  switch (origin) {
    case "task":
      return msg("this task");
    case "template":
      return msg("template");
    case "nothing":
      return msg("not set");
  }
}

function node(tree: TreeNode): TemplateResult {
  return html`<li>
    <span>${tree.kind === "more" ? nothing : icon(tree.kind === "file" ? "file" : "folder")}${tree.name}${tree.note === undefined ? nothing : html`<span class="note">${translated(tree.note)}</span>`}</span>
    ${tree.children === undefined ? nothing : html`<ul role="list">${tree.children.map(node)}</ul>`}
  </li>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-what-will-run": TaskApiWhatWillRun;
  }
}
