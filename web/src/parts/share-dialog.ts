//! The link that holds everything.

import "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import { localized, msg, str } from "@lit/localize";
import { css, html, LitElement, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { formatBytes } from "../core/bytes.js";
import { icon } from "../core/icons.js";
import { LONG_LINK, shareLink, type Shared } from "../core/share.js";
import { base, controls, tokens } from "../core/theme.js";
import "./copyable.js";

@localized()
@customElement("task-api-share-dialog")
export class TaskApiShareDialog extends LitElement {
  static override styles = [
    tokens,
    controls,
    base,
    css`
      wa-dialog {
        --width: 520px;
      }

      .content {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
      }

      task-api-copyable::part(text) {
        max-height: 124px;
      }

      .warning {
        display: flex;
        gap: 8px;
        padding: 12px 16px;
        border-radius: var(--_radius);
        background: var(--_warning-quiet);
      }

      .warning svg {
        margin-top: 2px;
        color: var(--_warning);
      }
    `,
  ];

  @state() private link = "";
  @query("wa-dialog") private readonly dialog!: HTMLElement & { open: boolean };

  async open(shared: Shared): Promise<void> {
    const { origin, pathname } = location;
    this.link = await shareLink(shared, origin + pathname);
    await this.updateComplete;
    this.dialog.open = true;
  }

  protected override render(): unknown {
    const { length } = this.link;
    return html`<wa-dialog label=${msg("Share")} light-dismiss>
      <div class="content">
        <p>${msg("The link holds the task and its container, values included. They are in the part behind #, which browsers send to no server.")}</p>
        <task-api-copyable label=${msg(str`Link, ${formatBytes(length)}`)} .text=${this.link}></task-api-copyable>
        ${length > LONG_LINK
          ? html`<p class="warning">${icon("warning")}<span>${msg("The link is long: some mail programs and chats cut it. Send the files instead.")}</span></p>`
          : nothing}
      </div>
    </wa-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-share-dialog": TaskApiShareDialog;
  }
}
