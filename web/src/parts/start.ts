//! What is there before a file is open.

import { localized, msg, str } from "@lit/localize";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { chooseFile } from "../core/clipboard.js";
import type { Draft } from "../core/drafts.js";
import { emit } from "../core/events.js";
import { icon } from "../core/icons.js";
import { base, page, tokens } from "../core/theme.js";
import { examples } from "../examples/index.js";

export type StartRequest =
  | { kind: "author" }
  | { kind: "text"; text: string }
  | { kind: "draft"; draft: Draft }
  | { kind: "delete"; draft: Draft };

@localized()
@customElement("task-api-start")
export class TaskApiStart extends LitElement {
  static override styles = [
    tokens,
    base,
    page,
    css`
      h1 {
        letter-spacing: -0.01em;
      }

      .drop {
        display: flex;
        flex-direction: column;
        align-items: center;
        gap: 4px;
        width: 100%;
        margin-top: 32px;
        padding: 32px 16px;
        border: 1px dashed var(--_border-control);
        border-radius: var(--_radius);
        background: var(--_surface);
        color: var(--_text);
        font: 14px/20px var(--_font);
        cursor: pointer;
        transition: background-color var(--_motion), border-color var(--_motion);
      }

      .drop:hover,
      .drop.over {
        border-color: var(--_accent);
        background: var(--_accent-quiet);
      }

      .drop svg {
        width: 24px;
        height: 24px;
        margin-bottom: 4px;
        color: var(--_accent);
      }

      .drop strong {
        font-size: 16px;
        line-height: 24px;
        font-weight: 600;
      }

      .paste {
        display: flex;
        justify-content: center;
        margin-top: 8px;
      }

      textarea {
        display: block;
        width: 100%;
        min-height: 160px;
        padding: 8px 12px;
        border: 1px solid var(--_border-control);
        border-radius: var(--_radius);
        background: var(--_surface);
        color: var(--_text);
        font: 13px/20px var(--_font-mono);
        resize: vertical;
      }

      form {
        display: grid;
        gap: 8px;
        margin-top: 16px;
      }

      form > div {
        display: flex;
        justify-content: flex-end;
        gap: 8px;
      }

      h2 {
        margin-top: 32px;
        font-size: 13px;
        line-height: 20px;
        font-weight: 600;
        color: var(--_text-quiet);
      }

      ul {
        margin-top: 8px;
        border: 1px solid var(--_border);
        border-radius: var(--_radius);
        background: var(--_surface);
        overflow: hidden;
      }

      li {
        display: flex;
        align-items: center;
        gap: 4px;
      }

      li + li {
        border-top: 1px solid var(--_border);
      }

      li .item {
        flex: 1;
        min-width: 0;
        display: flex;
        align-items: center;
        gap: 12px;
        padding: 8px 16px;
        border: none;
        background: none;
        color: inherit;
        font: 14px/20px var(--_font);
        text-align: start;
        cursor: pointer;
      }

      li .item:hover {
        background: var(--_sunken);
      }

      li .item:focus-visible {
        outline-offset: -2px;
      }

      li .item svg {
        color: var(--_text-quiet);
      }

      li .item > span {
        min-width: 0;
        overflow-wrap: anywhere;
      }

      li .item strong {
        display: block;
        font-weight: 600;
      }

      li > .action {
        margin-inline-end: 8px;
      }

      .private {
        display: flex;
        align-items: center;
        gap: 8px;
        margin-top: 24px;
        color: var(--_text-quiet);
        font-size: 13px;
      }

      .error {
        display: flex;
        gap: 8px;
        margin-top: 16px;
        padding: 12px 16px;
        border-radius: var(--_radius);
        background: var(--_error-quiet);
        overflow-wrap: anywhere;
      }

      .error svg {
        margin-top: 2px;
        color: var(--_error);
      }
    `,
  ];

  @property({ attribute: false }) drafts: readonly Draft[] = [];
  /** Why the last file could not be opened. */
  @property() problem = "";
  @property({ type: Boolean }) over = false;

  @state() private isPasting = false;

  protected override render(): unknown {
    return html`<main class="page">
      <h1>${msg("Fill in a task")}</h1>
      <p class="lead">
        ${msg("Open the processing-container.json of an image, fill in what its task needs, and take the task.json away.")}
      </p>
      <button class="drop ${this.over ? "over" : ""}" @click=${this.choose}>
        ${icon("open")}
        <strong>${msg("Drop a file here, or choose one")}</strong>
        <span class="quiet">${msg("processing-container.json, a task.json that goes with it, or a workflow.json")}</span>
      </button>
      ${this.problem === "" ? nothing : html`<p class="error" role="alert">${icon("error")}<span>${this.problem}</span></p>`}
      ${this.isPasting
        ? html`<form @submit=${this.paste}>
            <textarea name="text" aria-label=${msg("Text of the file")} spellcheck="false" required></textarea>
            <div>
              <button class="action" type="button" @click=${() => (this.isPasting = false)}>${msg("Cancel")}</button>
              <button class="action primary" type="submit">${msg("Open")}</button>
            </div>
          </form>`
        : html`<div class="paste">
            <button class="action plain" @click=${this.startPasting}>${icon("text")}${msg("Paste text instead")}</button>
          </div>`}
      ${this.drafts.length === 0
        ? nothing
        : html`<h2>${msg("Go on with a draft")}</h2>
            <ul role="list">
              ${this.drafts.slice(0, 5).map((draft) => this.draft(draft))}
            </ul>`}
      <h2>${msg("Or try an example")}</h2>
      <ul role="list">
        ${examples().map(
          (example) => html`<li>
            <button class="item" data-example=${example.id} @click=${async () => this.open(await example.load())}>
              ${icon("container")}
              <span><strong>${example.name}</strong><span class="quiet">${example.description}</span></span>
            </button>
          </li>`,
        )}
      </ul>
      <h2>${msg("Or describe an image of your own")}</h2>
      <ul role="list">
        <li>
          <button class="item" data-author @click=${() => emit(this, "start-request", { kind: "author" } satisfies StartRequest)}>
            ${icon("form")}
            <span>
              <strong>${msg("Write a processing-container.json")}</strong>
              <span class="quiet">${msg("Say what your image can do, and see the form that its users get.")}</span>
            </span>
          </button>
        </li>
      </ul>
      <p class="private">${icon("lock")}${msg("Your files stay in this browser.")}</p>
    </main>`;
  }

  private draft(draft: Draft): TemplateResult {
    const date = new Date(draft.saved).toLocaleString(document.documentElement.lang || undefined, { dateStyle: "medium", timeStyle: "short" });
    return html`<li>
      <button class="item" @click=${() => emit(this, "start-request", { kind: "draft", draft } satisfies StartRequest)}>
        ${icon("file")}
        <span><strong>${draft.name}</strong><span class="quiet">${date}</span></span>
      </button>
      <button
        class="action plain icon-only"
        title=${msg("Delete")}
        aria-label=${msg(str`Delete the draft ${draft.name}`)}
        @click=${() => emit(this, "start-request", { kind: "delete", draft } satisfies StartRequest)}
      >
        ${icon("trash")}
      </button>
    </li>`;
  }

  private open(text: string): void {
    emit(this, "start-request", { kind: "text", text } satisfies StartRequest);
  }

  private choose(): void {
    chooseFile((text) => this.open(text));
  }

  private async startPasting(): Promise<void> {
    this.isPasting = true;
    await this.updateComplete;
    this.renderRoot.querySelector("textarea")?.focus();
  }

  private paste(event: SubmitEvent): void {
    event.preventDefault();
    const text = this.renderRoot.querySelector("textarea")?.value ?? "";
    this.open(text);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-start": TaskApiStart;
  }
}
