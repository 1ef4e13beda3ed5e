//! `<task-api-problems>`: every problem of a file in one list, each fix one click.

import { localized, msg, str } from "@lit/localize";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Diagnostic, Fix } from "task-api-wasm";

import { emit, type GoToDetail } from "../core/events.js";
import { icon } from "../core/icons.js";
import { LONG, longList } from "../core/long-list.js";
import { message } from "../core/markdown.js";
import { severityLabel } from "../core/severity.js";
import { base, tokens } from "../core/theme.js";

type Problem = Diagnostic & { field?: string };

declare global {
  interface HTMLElementEventMap {
    "task-api-fix": CustomEvent<{ fix: Fix }>;
  }
}

@localized()
@customElement("task-api-problems")
export class TaskApiProblems extends LitElement {
  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: block;
        overflow: auto;
        background: var(--_surface);
      }

      li,
      .row {
        display: block;
        width: 100%;
        padding: 12px 16px;
        border-bottom: 1px solid var(--_border);
      }

      .where {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
      }

      .place {
        padding: 0;
        border: none;
        border-radius: 4px;
        background: none;
        color: var(--_accent);
        font: 13px/20px var(--_font);
        text-decoration: underline;
        text-underline-offset: 3px;
        cursor: pointer;
        min-height: 24px;
      }

      .rule {
        margin-inline-start: auto;
        color: var(--_text-quiet);
        overflow-wrap: anywhere;
      }

      .message {
        overflow-wrap: anywhere;
      }

      .note {
        color: var(--_text-quiet);
        font-size: 13px;
        overflow-wrap: anywhere;
      }

      .fix {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        margin-top: 8px;
      }

      .fix button {
        max-width: 100%;
        white-space: normal;
        text-align: start;
      }

      .preview {
        min-width: 0;
        font-family: var(--_font-mono);
        font-size: 13px;
        overflow-wrap: anywhere;
        color: var(--_text-quiet);
      }

      del,
      ins {
        padding: 0 4px;
        border-radius: 4px;
        text-decoration: none;
      }

      del {
        background: var(--_error-quiet);
        color: var(--_error);
        text-decoration: line-through;
      }

      ins {
        background: var(--_accent-quiet);
        color: var(--_accent);
      }

      .empty {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 16px;
        color: var(--_text-quiet);
      }

      .empty svg {
        color: var(--_success);
      }
    `,
  ];

  @property({ attribute: false }) diagnostics: readonly Problem[] = [];
  /** The text that they are about, for what a fix replaces. */
  @property({ attribute: false }) text = "";

  protected override render(): unknown {
    const { diagnostics } = this;
    if (diagnostics.length === 0) {
      return html`<p class="empty">${icon("check")}${msg("No problems found.")}</p>`;
    }
    if (diagnostics.length < LONG) {
      return html`<ul part="list" aria-label=${msg("Problems")}>
        ${diagnostics.map((problem) => html`<li part="problem">${this.problem(problem)}</li>`)}
      </ul>`;
    }
    return html`<div part="list" role="list" aria-label=${msg("Problems")}>
      ${longList(this, {
        items: [...diagnostics],
        keyFunction: (problem) => problem,
        renderItem: (problem) => html`<div class="row" role="listitem" part="problem">${this.problem(problem)}</div>`,
      })}
    </div>`;
  }

  private problem(problem: Problem): TemplateResult {
    const { start } = problem.range;
    return html`<div class="where">
        ${severityLabel(problem.severity)}
        <button class="place" @click=${() => this.goTo(problem)}>
          ${msg(str`Line ${start.line + 1}, column ${start.character + 1}`)}
        </button>
        <code class="rule">${problem.rule}</code>
      </div>
      <p class="message">${message(problem.message)}</p>
      ${problem.note === undefined ? nothing : html`<p class="note">${message(problem.note)}</p>`}
      ${problem.fixes.map(
        (fix) => html`<div class="fix">
          <button class="action small" @click=${() => emit(this, "task-api-fix", { fix })}>
            ${icon("wrench")}${fix.title}
          </button>
          <span class="preview">${this.preview(fix)}</span>
        </div>`,
      )}`;
  }

  /** What a fix changes; of one with several places, how many. */
  private preview(fix: Fix): TemplateResult | string {
    const [edit, ...more] = fix.edits;
    if (edit === undefined) return "";
    if (more.length > 0) return msg(str`changes ${fix.edits.length} places`);
    const before = shortened(this.text.slice(edit.range.start.offset, edit.range.end.offset));
    const after = shortened(edit.newText);
    return html`${before === "" ? nothing : html`<del>${before}</del>`}
    ${after === "" ? nothing : html`<ins>${after}</ins>`}`;
  }

  private goTo(problem: Problem): void {
    const detail: GoToDetail = { start: problem.range.start.offset, end: problem.range.end.offset };
    if (problem.field !== undefined) detail.field = problem.field;
    emit(this, "task-api-go-to", detail);
  }
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ").trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-problems": TaskApiProblems;
  }
}
