//! A field of the form: its name on the left, the control that suits its kind on the right.

import { localized, msg, str } from "@lit/localize";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Choice, Diagnostic, Field, Fix } from "task-api-wasm";

import { translatedField } from "../core/contract.js";
import "../core/controls.js";
import { emit } from "../core/events.js";
import { icon } from "../core/icons.js";
import { message } from "../core/markdown.js";
import type { FieldValue } from "../core/text-session.js";
import { severityLabel, severityWord } from "../core/severity.js";
import { base, controls, tokens } from "../core/theme.js";

/** What a field asks of its form. None of it leaves the form. */
export type FieldRequest =
  | { kind: "set"; field: string; value: FieldValue }
  | { kind: "reset" | "remove" | "touch"; field: string }
  | { kind: "fix"; fix: Fix };

/** More choices than this are a list to open. */
const FEW = 4;

interface WithValue extends HTMLElement {
  value: string | null;
}

@localized()
@customElement("task-api-field")
export class TaskApiField extends LitElement {
  static override styles = [
    tokens,
    controls,
    base,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }

      .row {
        display: grid;
        grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
        grid-template-rows: auto 1fr;
        gap: 4px 24px;
        padding: 12px 16px;
        position: relative;
      }

      .row.changed::before {
        content: "";
        position: absolute;
        inset-block: 12px;
        inset-inline-start: 0;
        width: 2px;
        background: var(--_accent);
      }

      .about {
        grid-row: span 2;
        min-width: 0;
        padding-top: 8px;
      }

      .label {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 8px;
        font-weight: 600;
        overflow-wrap: anywhere;
      }

      .label code {
        color: var(--_text-quiet);
        font-weight: 400;
      }

      .info {
        align-self: center;
        margin-block: -4px;
        color: var(--_text-quiet);
      }

      .description {
        color: var(--_text-quiet);
        font-size: 13px;
        overflow-wrap: anywhere;
        white-space: pre-line;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
      }

      .description.whole {
        -webkit-line-clamp: none;
      }

      button.action.more {
        margin-inline-start: -9px;
        color: var(--_accent);
      }

      .control {
        display: flex;
        align-items: flex-start;
        gap: 4px;
        min-width: 0;
      }

      .control > :first-child {
        flex: 1;
        min-width: 0;
      }

      .quantity {
        display: flex;
        gap: 8px;
      }

      .quantity > :first-child {
        flex: 1;
        min-width: 0;
      }

      .quantity > wa-select {
        flex: none;
        width: 104px;
      }

      .below {
        grid-column: 2;
        display: flex;
        flex-wrap: wrap;
        align-content: flex-start;
        align-items: center;
        gap: 4px 8px;
        min-width: 0;
        font-size: 13px;
        color: var(--_text-quiet);
      }

      .below:empty {
        display: none;
      }

      .chip.missing {
        background: none;
        box-shadow: inset 0 0 0 1px var(--_border-control);
      }

      .chip span {
        overflow: hidden;
        text-overflow: ellipsis;
      }

      .problem {
        flex: 1 0 100%;
        color: var(--_text);
        overflow-wrap: anywhere;
      }

      .problem .severity {
        display: inline-flex;
        vertical-align: top;
        line-height: 20px;
        margin-inline-end: 4px;
      }

      .problem button {
        margin-top: 4px;
        white-space: normal;
        text-align: start;
      }

      .locked {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 36px;
        padding: 7px 12px;
        border: 1px dashed var(--_border);
        border-radius: var(--_radius);
        color: var(--_text-quiet);
        overflow-wrap: anywhere;
      }

      .broken {
        opacity: 0.55;
      }

      wa-switch::part(switch) {
        min-height: 36px;
        align-items: center;
      }

      wa-switch {
        --height: 20px;
        --width: 36px;
        --thumb-size: 14px;
      }

      /* The visible label stands on the left; that of the control is for those who do not see it. */
      ::part(form-control-label),
      ::part(hint) {
        position: absolute;
        width: 1px;
        height: 1px;
        margin: 0;
        overflow: hidden;
        clip-path: inset(50%);
        white-space: nowrap;
      }

      wa-switch::part(hint) {
        display: none;
      }

      .mono::part(input),
      .mono::part(textarea) {
        font-family: var(--_font-mono);
        font-size: 13px;
      }

      .invalid {
        --wa-form-control-border-color: var(--_error);
      }

      .unset {
        --wa-form-control-value-color: var(--_text-quiet);
      }

      wa-radio-group::part(form-control-input) {
        flex-wrap: wrap;
        gap: 0;
      }

      @container (max-width: 480px) {
        .row {
          grid-template-columns: minmax(0, 1fr);
        }

        .about {
          grid-row: auto;
          padding-top: 0;
        }

        .below {
          grid-column: 1;
        }
      }
    `,
  ];

  @property({ attribute: false }) field!: Field;
  /** What is being typed, until the form says the same. */
  @property({ attribute: false }) draft: FieldValue | undefined;
  @property({ attribute: false }) problems: readonly Diagnostic[] = [];

  /** Without its description, which the card around it makes superfluous. */
  @property({ type: Boolean }) compact = false;

  /** With its description out of sight until somebody asks for it. */
  @property({ type: Boolean }) brief = false;

  @state() private asText = false;
  @state() private isWhole = false;

  /** The field in the page's language. */
  private view!: Field;

  /** Puts the focus into the control. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>("[data-control]")?.focus();
  }

  protected override willUpdate(): void {
    this.view = translatedField(this.field);
  }

  protected override render(): unknown {
    const { view: field } = this;
    const classes = `row${field.isChanged === true && field.default !== undefined ? " changed" : ""}`;
    return html`<div class=${classes} part="field">
      <div class="about">
        <div class="label" aria-hidden="true">
          ${field.label}${this.brief || isSameName(field) ? nothing : html`<code>${field.name}</code>`}${this.brief && field.description !== undefined ? this.about() : nothing}
        </div>
        ${field.description === undefined || this.compact || (this.brief && !this.isWhole) ? nothing : this.description(field.description)}
      </div>
      <div class="control">
        ${field.locked === undefined ? this.control() : this.lockedValue(field.locked)} ${this.buttons()}
      </div>
      <div class="below">${this.below()}</div>
    </div>`;
  }

  /** In two lines, with the rest for who wants it. For screen readers, all of it is at the control. */
  private description(text: string): TemplateResult {
    const isLong = !this.brief && (text.length > 100 || text.includes("\n"));
    return html`<div class="description ${this.isWhole || !isLong ? "whole" : ""}" aria-hidden="true">${message(text)}</div>
      ${isLong
        ? html`<button class="action plain small more" aria-hidden="true" tabindex="-1" @click=${() => (this.isWhole = !this.isWhole)}>
            ${this.isWhole ? msg("Less") : msg("More")}
          </button>`
        : nothing}`;
  }

  private about(): TemplateResult {
    return html`<button class="action plain small icon-only info" tabindex="-1" title=${msg("What it is")} @click=${() => (this.isWhole = !this.isWhole)}>${icon("info")}</button>`;
  }

  private lockedValue(reason: string): TemplateResult {
    return html`<div class="locked" role="group" aria-label=${this.view.label}>
      ${icon("lock")}
      <span><code>${shown(this.field.effective)}</code><br /><span class="small">${message(reason)}</span></span>
    </div>`;
  }

  private buttons(): unknown {
    const { view: field } = this;
    if (field.isRemovable === true) {
      return html`<button class="action plain icon-only" title=${msg("Remove")} aria-label=${msg(str`Remove ${field.label}`)} @click=${() => this.ask("remove")}>
        ${icon("trash")}
      </button>`;
    }
    if (field.isSet !== true || field.default === undefined) return nothing;
    return html`<button class="action plain icon-only" title=${msg("Back to the default")} aria-label=${msg(str`${field.label}: back to the default`)} @click=${() => this.ask("reset")}>
      ${icon("reset")}
    </button>`;
  }

  private below(): unknown {
    const { view: field } = this;
    const parts: unknown[] = [];
    if (field.isMissing === true) parts.push(html`<span class="chip missing">${msg("still missing")}</span>`);
    if (field.default !== undefined && field.locked === undefined) {
      parts.push(html`<span class="chip" title=${shown(field.default)}><span>${field.isSet === true ? msg(str`default ${shown(field.default)}`) : msg("default")}</span></span>`);
    }
    if (field.quantity?.inWords !== undefined) parts.push(html`<span>${field.quantity.inWords}</span>`);
    if (field.isGuessed === true && field.isExpression !== true && field.locked === undefined) {
      parts.push(html`<button class="action plain small" @click=${() => (this.asText = !this.asText)}>${this.asText ? msg("As a control") : msg("As text")}</button>`);
    }
    if (field.broken !== undefined) {
      parts.push(html`<p class="problem">${severityLabel("error")} ${msg(str`The text has an error at line ${field.broken.line}.`)}</p>`);
    }
    for (const problem of this.problems) {
      parts.push(html`<div class="problem">
        ${severityLabel(problem.severity)} ${message(problem.message)}
        ${problem.fixes.map(
          (fix) => html`<div><button class="action small" @click=${() => this.request({ kind: "fix", fix })}>${icon("wrench")}${fix.title}</button></div>`,
        )}
      </div>`);
    }
    return parts;
  }

  private get text(): string {
    const value = this.draft ?? this.field.value ?? this.field.effective;
    return value === undefined ? "" : Array.isArray(value) ? value.join("\n") : String(value);
  }

  private get hint(): string {
    const problems = this.problems.map(({ severity, message }) => `${severityWord(severity)}: ${message}`);
    const missing = this.field.isMissing === true ? [msg("still missing")] : [];
    return [this.view.description ?? "", ...missing, ...problems].filter((part) => part !== "").join(" ");
  }

  private get classes(): string {
    const { view: field } = this;
    const isInvalid = this.problems.some(({ severity }) => severity === "error");
    return [
      field.broken === undefined ? "" : "broken",
      isInvalid ? "invalid" : "",
      field.isSet === true || this.draft !== undefined ? "" : "unset",
      field.kind === "path" || field.kind === "words" || field.kind === "json" || field.isExpression === true ? "mono" : "",
    ].join(" ");
  }

  private control(): TemplateResult {
    const { view: field } = this;
    if (field.isSecret === true) return this.input("password");
    if (field.isExpression === true || this.asText) return this.input("text");
    switch (field.kind) {
      case "switch":
        return this.switch();
      case "integer":
      case "number":
        return this.number();
      case "choice":
        return this.choice(field.choices ?? []);
      case "quantity":
        return this.quantity();
      case "long-text":
      case "json":
        return this.area(false);
      case "words":
      case "list":
        return this.area(true);
      case "text":
      case "path":
        return this.input("text");
    }
  }

  private input(type: "text" | "password"): TemplateResult {
    const { view: field } = this;
    return html`<wa-input
      data-control
      class=${this.classes}
      type=${type}
      ?password-toggle=${type === "password"}
      label=${field.label}
      hint=${this.hint}
      ?required=${field.required === true}
      placeholder=${field.kind === "path" && field.id.endsWith("/host_path") ? `./${field.id.split("/")[1] ?? ""}` : ""}
      autocomplete="off"
      spellcheck="false"
      .value=${live(this.text)}
      @input=${this.onInput}
      @blur=${this.onBlur}
    ></wa-input>`;
  }

  private number(): TemplateResult {
    const { view: field } = this;
    // What is no number would vanish in such a control.
    if (this.text !== "" && !/^-?\d*\.?\d+(e[-+]?\d+)?$/iu.test(this.text)) return this.input("text");
    return html`<wa-number-input
      data-control
      class=${this.classes}
      label=${field.label}
      hint=${this.hint}
      step=${field.step ?? (field.kind === "integer" ? "1" : "any")}
      .value=${live(this.text)}
      @input=${this.onInput}
      @blur=${this.onBlur}
    ></wa-number-input>`;
  }

  private switch(): TemplateResult {
    const isOn = this.text === "true";
    return html`<wa-switch data-control class=${this.classes} hint=${this.hint} .checked=${live(isOn)} @change=${this.onSwitch} @blur=${this.onBlur}>
      <span aria-hidden="true">${this.text}</span><span class="hidden-visually">${this.view.label}</span>
    </wa-switch>`;
  }

  private choice(choices: readonly Choice[]): TemplateResult {
    const { text } = this;
    const isOffered = choices.some(({ value }) => value === text);
    const short = choices.reduce((length, { label }) => length + label.length, 0) <= 36;
    if (choices.length <= FEW && short && isOffered) {
      return html`<wa-radio-group
        data-control
        class=${this.classes}
        label=${this.view.label}
        hint=${this.hint}
        orientation="horizontal"
        .value=${live(text)}
        @change=${this.onInput}
        @blur=${this.onBlur}
      >
        ${choices.map(({ value, label }) => html`<wa-radio appearance="button" value=${value}>${label}</wa-radio>`)}
      </wa-radio-group>`;
    }
    // Values of options may not contain spaces, and values of a task may: an option's value is its place.
    const all = isOffered || text === "" ? choices : [...choices, { value: text, label: msg(str`${text} (not offered)`) }];
    return html`<wa-select
      data-control
      class=${this.classes}
      label=${this.view.label}
      hint=${this.hint}
      placeholder=${msg("Choose")}
      .value=${live(String(all.findIndex(({ value }) => value === text)))}
      @change=${(event: Event) => this.set(all[Number((event.target as WithValue).value)]?.value ?? "")}
      @blur=${this.onBlur}
    >
      ${all.map(({ label }, index) => html`<wa-option value=${String(index)}>${label}</wa-option>`)}
    </wa-select>`;
  }

  private quantity(): TemplateResult {
    const { quantity } = this.view;
    const parts = /^\s*([-+\d.]*)\s*(.*?)\s*$/u.exec(this.text);
    const [number, unit] = [parts?.[1] ?? "", parts?.[2] ?? ""];
    const units = quantity?.units ?? [];
    if (quantity === undefined || units.length === 0 || !units.some(({ value }) => value === unit)) return this.input("text");
    const unitName = msg(str`${this.view.label}: unit`);
    return html`<div class="quantity">
      <wa-input
        data-control
        class=${this.classes}
        inputmode="decimal"
        label=${this.view.label}
        hint=${this.hint}
        autocomplete="off"
        .value=${live(number)}
        @input=${(event: Event) => this.set(`${(event.target as WithValue).value ?? ""}${unit}`)}
        @blur=${this.onBlur}
      ></wa-input>
      <wa-select
        class=${this.classes}
        label=${unitName}
        .value=${live(String(units.findIndex(({ value }) => value === unit)))}
        @change=${(event: Event) => this.set(`${number || "1"}${units[Number((event.target as WithValue).value)]?.value ?? ""}`)}
      >
        ${units.map(({ label }, index) => html`<wa-option value=${String(index)}>${label}</wa-option>`)}
      </wa-select>
    </div>`;
  }

  private area(isLines: boolean): TemplateResult {
    return html`<wa-textarea
      data-control
      class=${this.classes}
      label=${this.view.label}
      hint=${isLines ? `${this.hint} ${msg("One on each line.")}` : this.hint}
      placeholder=${isLines ? msg("One on each line") : ""}
      resize="auto"
      rows=${isLines ? 2 : 3}
      spellcheck="false"
      .value=${live(this.text)}
      @input=${isLines ? this.onLines : this.onInput}
      @blur=${this.onBlur}
    ></wa-textarea>`;
  }

  private onInput(event: Event): void {
    this.set((event.target as WithValue).value ?? "");
  }

  private onLines(event: Event): void {
    const text = (event.target as WithValue).value ?? "";
    this.set(text === "" ? [] : text.split("\n"));
  }

  private onSwitch(event: Event): void {
    this.set((event.target as HTMLInputElement).checked ? "true" : "false");
  }

  private onBlur(): void {
    this.ask("touch");
  }

  private set(value: FieldValue): void {
    this.request({ kind: "set", field: this.field.id, value });
  }

  private ask(kind: "reset" | "remove" | "touch"): void {
    this.request({ kind, field: this.field.id });
  }

  private request(detail: FieldRequest): void {
    emit(this, "field-request", detail);
  }
}

/** Whether the name in the file says no more than the label. */
function isSameName({ name, label }: Field): boolean {
  return name.replaceAll("_", " ").toLowerCase() === label.toLowerCase();
}

function shown(value: string | string[] | undefined): string {
  if (value === undefined) return "";
  return Array.isArray(value) ? value.join(" ") : value === "" ? '""' : value;
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-field": TaskApiField;
  }
}
