//! `<task-api-adder>`: a button that becomes the two fields of a new entry.

import { localized, msg } from "@lit/localize";
import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../core/controls.js";
import { emit } from "../core/events.js";
import { icon } from "../core/icons.js";
import { base, controls, tokens } from "../core/theme.js";

export interface AddDetail {
  name: string;
  value: string;
}

declare global {
  interface HTMLElementEventMap {
    "entry-added": CustomEvent<AddDetail>;
  }
}

@localized()
@customElement("task-api-adder")
export class TaskApiAdder extends LitElement {
  static override styles = [
    tokens,
    controls,
    base,
    css`
      :host {
        display: block;
      }

      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: flex-end;
        padding-block: 4px;
      }

      wa-input {
        flex: 1 1 160px;
        min-width: 0;
      }

      button.plain {
        margin-inline-start: -9px;
      }
    `,
  ];

  /** What the button says, and the fields. */
  @property() label = "";
  @property() nameLabel = "";
  @property() valueLabel = "";
  /** What stands in the second field while it is empty; `*` for the name. */
  @property() valueHint = "";

  @state() private isOpen = false;
  @state() private name = "";

  protected override render(): unknown {
    if (!this.isOpen) {
      return html`<button class="action plain small" @click=${this.open}>${icon("add")}${this.label}</button>`;
    }
    return html`<form @submit=${this.onSubmit} @keydown=${this.onKey}>
      <wa-input
        name="name"
        size="s"
        required
        label=${this.nameLabel}
        autocomplete="off"
        spellcheck="false"
        @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)}
      ></wa-input>
      <wa-input
        name="value"
        size="s"
        label=${this.valueLabel}
        placeholder=${this.valueHint.replace("*", this.name)}
        autocomplete="off"
        spellcheck="false"
      ></wa-input>
      <button class="action primary" type="submit">${msg("Add")}</button>
      <button class="action" type="button" @click=${this.close}>${msg("Cancel")}</button>
    </form>`;
  }

  private async open(): Promise<void> {
    this.isOpen = true;
    this.name = "";
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("[name=name]")?.focus();
  }

  private async close(): Promise<void> {
    this.isOpen = false;
    await this.updateComplete;
    this.renderRoot.querySelector("button")?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    void this.close();
  }

  private onSubmit(event: SubmitEvent): void {
    event.preventDefault();
    const value = (name: string) => this.renderRoot.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? "";
    if (value("name").trim() === "") return;
    emit(this, "entry-added", { name: value("name"), value: value("value") } satisfies AddDetail);
    void this.close();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-adder": TaskApiAdder;
  }
}
