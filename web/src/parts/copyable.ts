//! A block of text to copy: a command, a request, a snippet.

import { localized, msg } from "@lit/localize";
import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { copyText } from "../core/clipboard.js";
import { icon } from "../core/icons.js";
import { base, tokens } from "../core/theme.js";

@localized()
@customElement("task-api-copyable")
export class TaskApiCopyable extends LitElement {
  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: block;
        border: 1px solid var(--_border);
        border-radius: var(--_radius);
        background: var(--_surface);
        overflow: hidden;
      }

      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        padding: 4px 4px 4px 12px;
        border-bottom: 1px solid var(--_border);
        font-size: 13px;
        font-weight: 600;
      }

      .head:dir(rtl) {
        padding: 4px 12px 4px 4px;
      }

      pre {
        margin: 0;
        padding: 12px;
        max-height: 320px;
        overflow: auto;
        font: 13px/20px var(--_font-mono);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        direction: ltr;
      }
    `,
  ];

  @property() label = "";
  @property() text = "";
  @state() private isCopied = false;

  protected override render(): unknown {
    return html`<div class="head">
        <span>${this.label}</span>
        <button class="action plain small" aria-label="${msg("Copy")}: ${this.label}" @click=${this.copy}>
          ${icon(this.isCopied ? "check" : "copy")}<span aria-live="polite">${this.isCopied ? msg("Copied") : msg("Copy")}</span>
        </button>
      </div>
      <pre part="text" tabindex="0" role="region" aria-label=${this.label}>${this.text}</pre>`;
  }

  private async copy(): Promise<void> {
    await copyText(this.text);
    this.isCopied = true;
    setTimeout(() => (this.isCopied = false), 2000);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-copyable": TaskApiCopyable;
  }
}
