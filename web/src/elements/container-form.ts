//! `<task-api-container-form>`: a processing-container.json as a form, for those who write it.

import { localized, msg, str } from "@lit/localize";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ContainerFormState, Diagnostic, Field, FormEntry, Severity, TemplateEntry, TemplateParts } from "task-api-wasm";

import { applyChanges, type Change, difference } from "../core/changes.js";
import { ContainerSession, isEntry, placeOf } from "../core/container-session.js";
import { translated, translatedField } from "../core/contract.js";
import "../core/controls.js";
import { type ChangeDetail, emit } from "../core/events.js";
import { icon, type IconName } from "../core/icons.js";
import { LONG, longList } from "../core/long-list.js";
import { message } from "../core/markdown.js";
import { severityLabel, severityWord } from "../core/severity.js";
import { base, controls, tokens } from "../core/theme.js";
import "../parts/adder.js";
import type { AddDetail } from "../parts/adder.js";
import { containerFormStyles } from "../parts/container-form.styles.js";
import "../parts/field.js";
import type { FieldRequest, TaskApiField } from "../parts/field.js";
import { formStyles } from "../parts/form.styles.js";

type ListName = "inputs" | "outputs" | "env";

/** One and the same, so that fields without problems are not drawn again. */
const NONE: Diagnostic[] = [];

@localized()
@customElement("task-api-container-form")
export class TaskApiContainerForm extends LitElement {
  static override styles = [tokens, controls, base, formStyles, containerFormStyles];

  /** Set by a builder that keeps the text and its history. */
  @property({ attribute: false }) session: ContainerSession | undefined;

  @state() private search = "";
  /** What has just happened, for those who do not see it. */
  @state() private said = "";

  private text = "";
  private own: ContainerSession | undefined;
  private listened: ContainerSession | undefined;
  private problems = new Map<string, Diagnostic[]>();
  /** The worst that is in a template, a list or an entry. */
  private worst = new Map<string, Severity>();
  private readonly onSession = () => this.requestUpdate();

  /** The text of the processing-container.json. */
  @property()
  get value(): string {
    return this.text;
  }

  set value(text: string) {
    const change = difference(this.text, text);
    this.text = text;
    if (change !== undefined) this.own?.textChanged([change]);
  }

  /** Shows the problems of all fields, and not only of those that were touched. */
  showAllProblems(): void {
    this.current?.showAll();
  }

  /** Goes to a field or an entry by its id, such as `templates/0/env/2/value`. */
  async goTo(id: string): Promise<void> {
    this.search = "";
    await this.current?.reveal(id);
    await this.updateComplete;
    if (isEntry(id)) {
      this.focusEntry(id);
      return;
    }
    const resources = this.renderRoot.querySelector<HTMLDetailsElement>("details.resources");
    if (resources !== null && id.includes("/resources/")) resources.open = true;
    const field = this.renderRoot.querySelector<TaskApiField>(`task-api-field[data-field="${CSS.escape(id)}"]`);
    field?.scrollIntoView({ block: "center" });
    field?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.listened?.removeEventListener("change", this.onSession);
    this.listened = undefined;
    this.own?.close();
    this.own = undefined;
  }

  protected override willUpdate(): void {
    if (this.session === undefined && this.own === undefined) {
      this.own = new ContainerSession({ text: () => this.text, apply: (changes) => this.applyOwn(changes) });
      void this.own.begun(this.text);
    }
    if (this.listened !== this.current) {
      this.listened?.removeEventListener("change", this.onSession);
      this.listened = this.current;
      this.listened?.addEventListener("change", this.onSession);
    }
    this.sortProblems(this.current?.view?.diagnostics ?? []);
  }

  protected override render(): unknown {
    const view = this.current?.view;
    if (view === undefined) return nothing;
    const notices = this.current?.notices ?? [];
    const name = view.fields.find((field) => field.id === "name")?.value;
    return html`<div class="tools" part="tools">
        <wa-input
          type="search"
          label=${msg("Search channels and variables")}
          placeholder=${msg("Search channels and variables")}
          with-clear
          autocomplete="off"
          .value=${this.search}
          @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
        >
          <span slot="start" class="quiet">${icon("search")}</span>
        </wa-input>
      </div>
      <div class="page" part="page">
        <div class="summary" part="summary">
          <h2>${typeof name === "string" && name !== "" ? name : msg("Container")}</h2>
          <p class="quiet">${msg("What the container can do, for those who run it.")}</p>
        </div>
        ${view.broken === null
          ? nothing
          : html`<p class="notice error" role="status">
              ${icon("error")}<span>${msg(str`The text has an error at line ${view.broken.line}:`)} ${message(view.broken.message)}.
              ${msg("The form shows the last values that could be read.")}</span>
            </p>`}
        ${notices.length === 0 ? nothing : html`<p class="notice" role="status">${icon("info")}<span>${message(notices.map(translated).join(" "))}</span></p>`}
        <p class="hidden-visually" role="status">${this.said}</p>
        <section part="section" aria-label=${msg("About")}>
          <div class="heading"><h3>${msg("About")}</h3></div>
          <div class="card">${view.fields.map((field) => this.fieldElement(field))}</div>
        </section>
        ${this.templates(view)}
      </div>`;
  }

  private get current(): ContainerSession | undefined {
    return this.session ?? this.own;
  }

  private applyOwn(changes: Change[]): void {
    this.text = applyChanges(this.text, changes);
    emit(this, "task-api-change", { changes, byUser: true } satisfies ChangeDetail);
  }

  private sortProblems(all: ContainerFormState["diagnostics"]): void {
    this.problems = new Map();
    this.worst = new Map();
    for (const problem of all) {
      if (problem.field === undefined) continue;
      const same = this.problems.get(problem.field);
      if (same === undefined) this.problems.set(problem.field, [problem]);
      else same.push(problem);
      for (let id = problem.field; id !== ""; id = id.slice(0, Math.max(0, id.lastIndexOf("/")))) {
        if (problem.severity === "error" || !this.worst.has(id)) this.worst.set(id, problem.severity);
      }
    }
  }

  private templates(view: ContainerFormState): TemplateResult {
    const count = view.templates.length;
    return html`<section part="section" aria-label=${msg("Templates")}>
      <div class="heading">
        <h3>${msg("Templates")}</h3>
        <span class="count">${count === 0 ? nothing : count}</span>
      </div>
      ${this.ownProblems("templates")}
      ${view.templates.map((template) => this.template(template, count))}
      ${count === 0 ? html`<div class="card"><p class="empty">${msg("No template yet: without one, nothing can be run.")}</p></div>` : nothing}
      ${this.adder("templates", {
        label: msg("Add a template"),
        name: msg("Identifier"),
        value: msg("Description"),
      })}
    </section>`;
  }

  private template(template: TemplateEntry, count: number): TemplateResult {
    const { id, identifier, parts } = template;
    const numbers = [
      template.inputs === 1 ? msg("1 input") : msg(str`${template.inputs} inputs`),
      template.outputs === 1 ? msg("1 output") : msg(str`${template.outputs} outputs`),
      template.parameters === 1 ? msg("1 variable") : msg(str`${template.parameters} variables`),
    ].join(" · ");
    const head = { id, name: identifier, missing: template.missing, count, isOpen: parts !== undefined, isHeading: true };
    return html`<article class="card template" part="template" aria-label=${identifier}>
      ${this.head(head, html`<span class="about">${numbers}</span>`)}
      ${parts === undefined ? nothing : this.parts(id, parts)}
    </article>`;
  }

  private parts(id: string, parts: TemplateParts): TemplateResult {
    const set = parts.resources.filter(({ isSet }) => isSet === true).length;
    return html`<div class="parts">
      ${this.ownProblems(id)} ${parts.fields.map((field) => this.fieldElement(field))}
      ${this.list(id, "inputs", parts.inputs)} ${this.list(id, "outputs", parts.outputs)} ${this.list(id, "env", parts.env)}
      <div class="list" role="group" aria-label=${msg("Command")}>
        <h5>${msg("Command")}</h5>
        ${this.fieldElement(parts.command)}
      </div>
      <details class="list resources" ?open=${set > 0}>
        <summary><h5>${icon("down")}${msg("Resources")}</h5>${set === 0 ? nothing : html`<span class="count">${msg(str`${set} set`)}</span>`}</summary>
        ${this.grouped(parts.resources)}
      </details>
    </div>`;
  }

  private list(template: string, name: ListName, entries: FormEntry[]): TemplateResult {
    const id = `${template}/${name}`;
    const words = this.search.toLowerCase().split(/\s+/u).filter(Boolean);
    const wanted = words.length === 0 ? entries : entries.filter((entry) => isWanted(entry, words));
    const one = (entry: FormEntry) => this.entry(entry, entries.length);
    return html`<div class="list" part="list" role="group" aria-label=${listName(name)}>
      <h5>${listName(name)}<span class="count">${entries.length === 0 ? nothing : entries.length}</span></h5>
      ${this.ownProblems(id)}
      ${wanted.length < LONG
        ? repeat(wanted, (entry) => entry.id, one)
        : html`<div class="virtual">${longList(this, { items: wanted, keyFunction: (entry) => entry.id, renderItem: (entry) => one(entry) })}</div>`}
      ${wanted.length === 0 ? html`<p class="none">${entries.length === 0 ? emptyWords(name) : msg("None fits the search.")}</p>` : nothing}
      ${this.adder(id, addWords(name))}
    </div>`;
  }

  private entry(entry: FormEntry, count: number): TemplateResult {
    const { id, name, missing } = entry;
    const isOpen = this.current?.open.has(id) === true && entry.fields.length > 0;
    const about = [entry.ofType ?? "", entry.isFixed === true ? msg("fixed") : ""].filter(Boolean);
    const value = html`${entry.value === undefined ? nothing : html`<code>${entry.value === "" ? '""' : entry.value}</code>`}`;
    const line = entry.rule === undefined ? nothing : html`<span class="about whole">${message(translated(entry.rule))}</span>`;
    const summary = isOpen ? value : html`${value}<span class="about">${about.join(" · ")}</span>${line}`;
    const own = entry.fields.filter(({ group }) => group === undefined);
    const rule = entry.fields.filter(({ group }) => group !== undefined);
    const heading = rule[0]?.group ?? "";
    return html`<div class="entry ${isOpen ? "open" : ""}" part="entry" role="group" aria-label=${name}>
      ${this.head({ id, name, missing, count, isOpen }, summary)}
      ${isOpen
        ? html`<div class="body">
            ${this.ownProblems(id)} ${own.map((field) => this.fieldElement(field))}
            ${rule.length === 0
              ? nothing
              : html`<div class="group">
                  ${translated(heading)}
                  <button class="action plain small" @click=${() => void this.current?.remove(`${id}/scale_rule`)}>${icon("trash")}${msg("Remove the scale rule")}</button>
                </div>`}
            ${rule.map((field) => this.fieldElement(field))}
            ${entry.canHaveRule === true
              ? html`<div class="add">
                  <button class="action plain small" @click=${() => void this.add(`${id}/scale_rule`, { name: "", value: "" })}>${icon("add")}${msg("Add a scale rule")}</button>
                </div>`
              : nothing}
          </div>`
        : nothing}
    </div>`;
  }

  private head(
    { id, name, missing, count, isOpen, isHeading }: { id: string; name: string; missing: number; count: number; isOpen: boolean; isHeading?: boolean },
    about: TemplateResult,
  ): TemplateResult {
    const [, index] = placeOf(id);
    const worst = this.worst.get(id);
    const shown = name === "" ? msg("without a name") : name;
    const action = (kind: string, glyph: IconName, label: string, act: () => void, isDisabled = false) =>
      html`<button class="action plain small icon-only" data-action=${kind} title=${label} aria-label=${`${shown}: ${label}`} ?disabled=${isDisabled} @click=${act}>${icon(glyph)}</button>`;
    const toggle = html`<button class="toggle" data-entry=${id} aria-expanded=${isOpen ? "true" : "false"} @click=${() => void this.current?.toggle(id)}>
      ${icon("down")}<span class="name">${shown}</span>${about}
      ${missing > 0 ? html`<span class="chip missing">${msg(str`${missing} missing`)}</span>` : nothing}
      ${worst === undefined || worst === "info" || isOpen ? nothing : html`<span class="severity ${worst}" title=${severityWord(worst)}>${icon(worst)}<span class="hidden-visually">${severityWord(worst)}</span></span>`}
    </button>`;
    return html`<div class="head" @keydown=${(event: KeyboardEvent) => this.onHeadKey(event, id, count)}>
      ${isHeading === true ? html`<h4>${toggle}</h4>` : toggle}
      <span class="actions">
        ${action("raise", "raise", msg("Move up"), () => void this.move(id, index - 1), index === 0)}
        ${action("lower", "lower", msg("Move down"), () => void this.move(id, index + 1), index + 1 >= count)}
        ${action("duplicate", "copy", msg("Duplicate"), () => void this.duplicate(id))}
        ${action("remove", "trash", msg("Remove"), () => void this.removeEntry(id, count))}
      </span>
    </div>`;
  }

  private grouped(fields: Field[]): unknown {
    let group: string | undefined;
    return fields.map((field) => {
      const heading = field.group === group ? nothing : html`<div class="group">${translatedField(field).group}</div>`;
      group = field.group;
      return html`${heading}${this.fieldElement(field)}`;
    });
  }

  private fieldElement(field: Field): TemplateResult {
    const session = this.current;
    const shows = session?.showsAll === true || session?.touched.has(field.id) === true;
    return html`<task-api-field
      data-field=${field.id}
      exportparts="field"
      brief
      .field=${field}
      .draft=${session?.draft(field.id)}
      .problems=${(shows ? this.problems.get(field.id) : undefined) ?? NONE}
      @field-request=${this.onRequest}
    ></task-api-field>`;
  }

  /** Problems of a list or an entry as a whole. */
  private ownProblems(id: string): unknown {
    return (this.problems.get(id) ?? NONE).map(
      (problem) => html`<div class="problem">
        ${severityLabel(problem.severity)} <span>${message(problem.message)}</span>
        ${problem.fixes.map(
          (fix) => html`<button class="action small" @click=${() => emit(this, "task-api-fix", { fix })}>${icon("wrench")}${fix.title}</button>`,
        )}
      </div>`,
    );
  }

  private adder(list: string, words: { label: string; name: string; value: string; hint?: string }): TemplateResult {
    return html`<div class="add">
      <task-api-adder
        data-list=${list}
        label=${words.label}
        .nameLabel=${words.name}
        .valueLabel=${words.value}
        .valueHint=${words.hint ?? ""}
        @entry-added=${(event: CustomEvent<AddDetail>) => {
          event.stopPropagation();
          void this.add(list, event.detail);
        }}
      ></task-api-adder>
    </div>`;
  }

  private async add(list: string, { name, value }: AddDetail): Promise<void> {
    const entry = await this.current?.add(list, name, value);
    if (entry === undefined) return;
    await this.updateComplete;
    if (isEntry(entry)) this.focusEntry(entry);
    else await this.goTo(`${entry}/mode`);
  }

  private async duplicate(id: string): Promise<void> {
    const entry = await this.current?.duplicate(id);
    if (entry === undefined) return;
    await this.updateComplete;
    this.focusEntry(entry);
  }

  private async move(id: string, to: number): Promise<void> {
    const entry = await this.current?.move(id, to);
    if (entry === undefined) return;
    this.said = msg(str`Moved to place ${to + 1}`);
    await this.updateComplete;
    this.focusEntry(entry);
  }

  private async removeEntry(id: string, count: number): Promise<void> {
    const [list, index] = placeOf(id);
    await this.current?.remove(id);
    this.said = msg("Removed. Undo brings it back.");
    await this.updateComplete;
    if (count > 1) this.focusEntry(`${list}/${Math.min(index, count - 2)}`);
    else this.renderRoot.querySelector<HTMLElement>(`task-api-adder[data-list="${list}"]`)?.shadowRoot?.querySelector("button")?.focus();
  }

  private focusEntry(id: string): void {
    const toggle = this.renderRoot.querySelector<HTMLElement>(`.toggle[data-entry="${id}"]`);
    toggle?.scrollIntoView({ block: "nearest" });
    toggle?.focus();
  }

  private onHeadKey(event: KeyboardEvent, id: string, count: number): void {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const [, index] = placeOf(id);
    const to = index + (event.key === "ArrowUp" ? -1 : 1);
    if (to >= 0 && to < count) void this.move(id, to);
  }

  private onRequest(event: CustomEvent<FieldRequest>): void {
    event.stopPropagation();
    const session = this.current;
    const request = event.detail;
    switch (request.kind) {
      case "set":
        session?.set(request.field, request.value);
        break;
      case "reset":
        session?.reset(request.field);
        break;
      case "remove":
        void session?.remove(request.field);
        break;
      case "touch":
        session?.touch(request.field);
        break;
      case "fix":
        emit(this, "task-api-fix", { fix: request.fix });
    }
  }
}

function isWanted(entry: FormEntry, words: readonly string[]): boolean {
  const text = [entry.name, entry.value ?? "", entry.ofType ?? "", translated(entry.rule ?? "")].join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

function listName(name: ListName): string {
  switch (name) {
    case "inputs":
      return msg("Inputs");
    case "outputs":
      return msg("Outputs");
    case "env":
      return msg("Variables");
  }
}

function emptyWords(name: ListName): string {
  switch (name) {
    case "inputs":
      return msg("It reads nothing.");
    case "outputs":
      return msg("It writes no files.");
    case "env":
      return msg("There is nothing to configure.");
  }
}

function addWords(name: ListName): { label: string; name: string; value: string; hint?: string } {
  const path = { value: msg("Path in the container"), hint: "/data/*" };
  switch (name) {
    case "inputs":
      return { label: msg("Add an input"), name: msg("Name"), ...path };
    case "outputs":
      return { label: msg("Add an output"), name: msg("Name"), ...path };
    case "env":
      return { label: msg("Add a variable"), name: msg("Name"), value: msg("Default value") };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-container-form": TaskApiContainerForm;
  }
}
