//! What is wrong with a container, before its form is shown.

import { localized, msg, str } from "@lit/localize";
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Fix, ValidationResult } from "task-api-wasm";

import { applyChanges, changesOf } from "../core/changes.js";
import { emit } from "../core/events.js";
import { count } from "../core/severity.js";
import { base, page, tokens } from "../core/theme.js";
import "../elements/problems.js";

@localized()
@customElement("task-api-container-problems")
export class TaskApiContainerProblems extends LitElement {
  static override styles = [
    tokens,
    base,
    page,
    css`
      :host {
        --page-width: 720px;
      }

      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 24px;
      }

      task-api-problems {
        margin-top: 24px;
        max-height: 480px;
        border: 1px solid var(--_border);
        border-radius: var(--_radius);
      }
    `,
  ];

  @property({ attribute: false }) text = "";
  @property({ attribute: false }) result!: ValidationResult;

  protected override render(): unknown {
    const { errors } = count(this.result.diagnostics);
    return html`<main class="page">
      <h1>${errors === 1 ? msg("This container has an error") : msg(str`This container has ${errors} errors`)}</h1>
      <p class="lead">${msg("A form of it may lack fields. Mend it first, or go on as it is.")}</p>
      <div class="actions">
        <button class="action primary" @click=${() => emit(this, "container-edited", undefined)}>${msg("Edit the container")}</button>
        <button class="action" @click=${() => emit(this, "container-accepted", undefined)}>${msg("Go on as it is")}</button>
        <button class="action plain" @click=${() => emit(this, "container-refused", undefined)}>${msg("Open something else")}</button>
      </div>
      <task-api-problems
        .diagnostics=${this.result.diagnostics}
        .text=${this.text}
        @task-api-fix=${this.fix}
        @task-api-go-to=${() => emit(this, "container-edited", undefined)}
      ></task-api-problems>
    </main>`;
  }

  private fix(event: CustomEvent<{ fix: Fix }>): void {
    emit(this, "container-mended", applyChanges(this.text, changesOf(event.detail.fix.edits)));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-container-problems": TaskApiContainerProblems;
  }
}
