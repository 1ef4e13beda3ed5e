//! The templates of a container, with what each takes and gives at a glance.

import { localized, msg, str } from "@lit/localize";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { TemplateSummary } from "task-api-wasm";

import { emit } from "../core/events.js";
import { icon } from "../core/icons.js";
import { base, page, tokens } from "../core/theme.js";

@localized()
@customElement("task-api-choose-template")
export class TaskApiChooseTemplate extends LitElement {
  static override styles = [
    tokens,
    base,
    page,
    css`
      h2 {
        margin-top: 32px;
        font-size: 13px;
        line-height: 20px;
        font-weight: 600;
        color: var(--_text-quiet);
      }

      button.template {
        display: block;
        width: 100%;
        margin-top: 8px;
        padding: 16px;
        border: 1px solid var(--_border);
        border-radius: var(--_radius);
        background: var(--_surface);
        color: var(--_text);
        font: 14px/20px var(--_font);
        text-align: start;
        cursor: pointer;
        overflow-wrap: anywhere;
        transition: border-color var(--_motion);
      }

      button.template:hover {
        border-color: var(--_accent);
      }

      strong {
        font-size: 16px;
        line-height: 24px;
        font-weight: 600;
      }

      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 0 12px;
        margin-top: 8px;
        font-size: 13px;
      }

      dt {
        color: var(--_text-quiet);
      }

      dd {
        font-family: var(--_font-mono);
      }

      .back {
        margin-top: 24px;
      }
    `,
  ];

  @property() name = "";
  @property() description = "";
  @property({ attribute: false }) templates: readonly TemplateSummary[] = [];

  protected override render(): unknown {
    return html`<main class="page">
      <h1>${this.name}</h1>
      <p class="lead">${this.description}</p>
      <h2>${msg("Choose a template")}</h2>
      ${this.templates.map(
        (template) => html`<button class="template" @click=${() => emit(this, "template-chosen", template.identifier)}>
          <strong>${template.identifier}</strong>
          <div class="quiet">${template.description}</div>
          <dl>
            ${template.inputs.length === 0 ? nothing : html`<dt>${msg("Inputs")}</dt><dd>${template.inputs.join(", ")}</dd>`}
            ${template.outputs.length === 0 ? nothing : html`<dt>${msg("Outputs")}</dt><dd>${template.outputs.join(", ")}</dd>`}
            <dt>${msg("Parameters")}</dt><dd>${template.parameters === 0 ? msg("none") : msg(str`${template.parameters}`)}</dd>
          </dl>
        </button>`,
      )}
      <button class="action plain back" @click=${() => emit(this, "template-chosen", undefined)}>${icon("undo")}${msg("Open something else")}</button>
    </main>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-choose-template": TaskApiChooseTemplate;
  }
}
