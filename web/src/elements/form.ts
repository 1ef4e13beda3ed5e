//! `<task-api-form>`: a task as a form. The fields, and what is missing in them, are what the worker says.

import { localized, msg, str } from "@lit/localize";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { AddableList, Diagnostic, Field, FormChannel, FormSection, FormState } from "task-api-wasm";

import { translated, translatedField } from "../core/contract.js";
import "../core/controls.js";
import { applyChanges, type Change, difference } from "../core/changes.js";
import { type ChangeDetail, emit } from "../core/events.js";
import { icon } from "../core/icons.js";
import { LONG, longList } from "../core/long-list.js";
import { message } from "../core/markdown.js";
import { FormSession } from "../core/session.js";
import { base, controls, tokens } from "../core/theme.js";
import { type SectionId, SECTIONS } from "../core/views.js";
import "../parts/adder.js";
import type { AddDetail } from "../parts/adder.js";
import "../parts/field.js";
import type { FieldRequest, TaskApiField } from "../parts/field.js";
import { formStyles } from "../parts/form.styles.js";

/** One and the same, so that fields without problems are not drawn again. */
const NONE: Diagnostic[] = [];

@localized()
@customElement("task-api-form")
export class TaskApiForm extends LitElement {
  static override styles = [tokens, controls, base, formStyles];

  /** The text of the processing-container.json. */
  @property() container = "";
  /** The template of a new task; a task that is there names its own. */
  @property() template = "";
  /** Set by a builder that keeps the text and its history. */
  @property({ attribute: false }) session: FormSession | undefined;

  @state() private search = "";
  @state() private onlyRequired = false;

  private text = "";
  private given: string | undefined;
  private own: FormSession | undefined;
  private listened: FormSession | undefined;
  private readonly onSession = () => this.requestUpdate();

  /** The text of the task.json. */
  @property()
  get value(): string {
    return this.text;
  }

  set value(text: string) {
    if (text === this.text) return;
    const before = this.text;
    this.text = text;
    if (this.own === undefined) this.given = text;
    else {
      const change = difference(before, text);
      if (change !== undefined) this.own.textChanged([change]);
    }
  }

  /** Shows the problems of all fields, and not only of those that were touched. */
  showAllProblems(): void {
    this.current?.showAll();
  }

  /** Goes to a field by its id, such as `env/THRESHOLD`. */
  async goTo(field: string): Promise<void> {
    this.search = "";
    this.onlyRequired = false;
    const details = this.renderRoot.querySelector<HTMLDetailsElement>("details.section");
    if (details !== null && this.sectionOf(field) === "advanced") details.open = true;
    await this.updateComplete;
    const element = this.field(field);
    element?.scrollIntoView({ block: "center" });
    element?.focus();
  }

  /** Puts the focus into the search. */
  focusSearch(): void {
    this.renderRoot.querySelector<HTMLElement>(".tools wa-input")?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.listened?.removeEventListener("change", this.onSession);
    this.listened = undefined;
    this.own?.close();
    this.own = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.session === undefined && this.own === undefined) {
      this.own = new FormSession({ text: () => this.text, apply: (changes) => this.applyOwn(changes) });
      void this.openOwn();
    } else if (this.own !== undefined && (changed.has("container") || changed.has("template"))) {
      if (changed.has("template")) void this.openOwn();
      else this.own.setContainer(this.container);
    }
    if (this.listened !== this.current) {
      this.listened?.removeEventListener("change", this.onSession);
      this.listened = this.current;
      this.listened?.addEventListener("change", this.onSession);
    }
  }

  protected override render(): unknown {
    const view = this.current?.view;
    if (view === undefined) return nothing;
    const notices = this.current?.notices ?? [];
    return html`<div class="tools" part="tools">
        <wa-input
          type="search"
          label=${msg("Search fields")}
          placeholder=${msg("Search fields")}
          with-clear
          autocomplete="off"
          .value=${this.search}
          @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
        >
          <span slot="start" class="quiet">${icon("search")}</span>
        </wa-input>
        <wa-switch .checked=${this.onlyRequired} @change=${(event: Event) => (this.onlyRequired = (event.target as HTMLInputElement).checked)}>
          ${msg("Required only")}
        </wa-switch>
      </div>
      <div class="page" part="page">
        ${this.summary(view)}
        ${view.broken === null
          ? nothing
          : html`<p class="notice error" role="status">
              ${icon("error")}<span>${msg(str`The text has an error at line ${view.broken.line}:`)} ${message(view.broken.message)}.
              ${msg("The form shows the last values that could be read.")}</span>
            </p>`}
        ${notices.length === 0 ? nothing : html`<p class="notice" role="status">${icon("info")}<span>${message(notices.map(translated).join(" "))}</span></p>`}
        ${SECTIONS.map((id) => this.section(view, view.sections[id]))}
      </div>`;
  }

  private get current(): FormSession | undefined {
    return this.session ?? this.own;
  }

  private async openOwn(): Promise<void> {
    const { own, given } = this;
    if (own === undefined) return;
    this.given = undefined;
    const text = await own.open(this.container, this.template, given === "" ? undefined : given);
    if (text === this.text) return;
    this.text = text;
    emit(this, "task-api-change", { changes: [], byUser: false } satisfies ChangeDetail);
  }

  private applyOwn(changes: Change[]): void {
    this.text = applyChanges(this.text, changes);
    emit(this, "task-api-change", { changes, byUser: true } satisfies ChangeDetail);
  }

  private sectionOf(field: string): SectionId | undefined {
    const sections = this.current?.view?.sections;
    if (sections === undefined) return undefined;
    return SECTIONS.find((id) => fieldsOf(sections[id]).some((candidate) => candidate.id === field));
  }

  private field(id: string): TaskApiField | undefined {
    return this.renderRoot.querySelector<TaskApiField>(`task-api-field[data-field="${CSS.escape(id)}"]`) ?? undefined;
  }

  private summary(view: FormState): TemplateResult {
    const { container, template } = view;
    return html`<div class="summary" part="summary">
      <h2>${template?.identifier ?? view.templateName ?? container?.name ?? msg("Task")}</h2>
      ${template === null ? nothing : html`<p class="quiet">${template.description}</p>`}
    </div>`;
  }

  private section(view: FormState, section: FormSection): unknown {
    const channels = section.channels.filter((channel) => this.isWanted(channel.hostPath, channel));
    const fields = section.fields.filter((field) => this.isWanted(field));
    const isFiltered = this.search !== "" || this.onlyRequired;
    if (channels.length + fields.length === 0 && (isFiltered || section.canAdd.length === 0)) return nothing;
    const body = html`${channels.map((channel) => this.channel(view, channel))}
    ${section.channels.length > 0 && fields.length === 0 && section.canAdd.length === 0
      ? nothing
      : this.fields(view, section, fields, isFiltered)}`;
    const heading = html`<h3>${sectionName(section.id)}</h3>
      ${section.missing > 0 ? html`<span class="chip missing">${msg(str`${section.missing} missing`)}</span>` : nothing}
      <span class="count">${section.changed > 0 ? msg(str`${section.changed} changed`) : nothing}</span>`;
    if (section.id !== "advanced") {
      return html`<section part="section" aria-label=${sectionName(section.id)}><div class="heading">${heading}</div>${body}</section>`;
    }
    return html`<details class="section" part="section" ?open=${isFiltered || section.missing > 0}>
      <summary class="heading">${icon("down")}${heading}</summary>
      ${body}
    </details>`;
  }

  private fields(view: FormState, section: FormSection, fields: Field[], isFiltered: boolean): TemplateResult {
    const add = isFiltered ? nothing : this.adders(section);
    if (section.channels.length > 0 && section.fields.length === 0) return html`<div class="after">${add}</div>`;
    if (fields.length === 0) {
      return html`<div class="card">${section.fields.length === 0 ? html`<p class="empty">${emptyWords(section.id)}</p>` : nothing}${add}</div>`;
    }
    if (fields.length >= LONG) {
      return html`<div class="card virtual">
        ${longList(this, { items: fields, keyFunction: (field) => field.id, renderItem: (field) => this.fieldElement(view, field) })}
      </div>
      ${isFiltered ? nothing : html`<div class="card">${add}</div>`}`;
    }
    let group: string | undefined;
    return html`<div class="card">
      ${repeat(
        fields,
        ({ id }) => id,
        (field) => {
          const heading = field.group === group ? nothing : html`<div class="group">${translatedField(field).group}</div>`;
          group = field.group;
          return html`${heading}${this.fieldElement(view, field)}`;
        },
      )}
      ${add}
    </div>`;
  }

  private channel(view: FormState, channel: FormChannel): TemplateResult {
    return html`<article class="card" part="channel" aria-label=${channel.name}>
      <div class="channel">
        <h4>
          ${channel.name}
          ${channel.containerPath === undefined ? nothing : html`<code>${icon("arrow")}${channel.containerPath}</code>`}
        </h4>
        ${channel.description === undefined ? nothing : html`<p>${channel.description}</p>`}
        ${channel.rule === undefined ? nothing : html`<p class="rule">${icon("chart")}<span>${message(translated(channel.rule))}</span></p>`}
      </div>
      ${this.fieldElement(view, channel.hostPath, true)}
    </article>`;
  }

  private fieldElement(view: FormState, field: Field, compact = false): TemplateResult {
    const session = this.current;
    const shows = session?.showsAll === true || session?.touched.has(field.id) === true;
    const indices = shows ? (field.diagnostics ?? []) : [];
    const problems = indices.length === 0 ? NONE : indices.flatMap((index): Diagnostic[] => {
      const problem = view.diagnostics[index];
      return problem === undefined ? [] : [problem];
    });
    return html`<task-api-field
      data-field=${field.id}
      exportparts="field"
      .field=${field}
      .draft=${session?.draft(field.id)}
      .problems=${problems}
      ?compact=${compact}
      @field-request=${this.onRequest}
    ></task-api-field>`;
  }

  private adders(section: FormSection): unknown {
    return section.canAdd.map((list) => {
      const { title, name, value } = addWords(list);
      return html`<div class="add">
        <task-api-adder
          label=${title}
          .nameLabel=${name}
          .valueLabel=${value}
          @entry-added=${(event: CustomEvent<AddDetail>) => this.onAdd(event, list)}
        ></task-api-adder>
      </div>`;
    });
  }

  private isWanted(field: Field, channel?: FormChannel): boolean {
    const isRequired = field.isMissing === true || (field.required === true && field.default === undefined);
    if (this.onlyRequired && !isRequired) return false;
    const words = this.search.toLowerCase().split(/\s+/u).filter(Boolean);
    if (words.length === 0) return true;
    const effective = field.isSecret === true ? "" : String(field.effective ?? "");
    // By its name in the file, and by its label in both languages.
    const { label, description } = translatedField(field);
    const parts = [label, field.label, field.name, description, effective, channel?.name, channel?.description, channel?.containerPath];
    const text = parts.join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  }

  private onAdd(event: CustomEvent<AddDetail>, list: AddableList): void {
    event.stopPropagation();
    this.current?.add(list, event.detail.name, event.detail.value);
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
        session?.remove(request.field);
        break;
      case "touch":
        session?.touch(request.field);
        break;
      case "fix":
        emit(this, "task-api-fix", { fix: request.fix });
    }
  }
}

function fieldsOf(section: FormSection): Field[] {
  return [...section.channels.map((channel) => channel.hostPath), ...section.fields];
}

export function sectionName(id: SectionId): string {
  switch (id) {
    case "task":
      return msg("Task");
    case "inputs":
      return msg("Inputs");
    case "outputs":
      return msg("Outputs");
    case "parameters":
      return msg("Parameters");
    case "resources":
      return msg("Resources");
    case "advanced":
      return msg("Advanced");
  }
}

function emptyWords(id: SectionId): string {
  switch (id) {
    case "parameters":
      return msg("This template has no parameters.");
    case "resources":
      return msg("No limits and no requests.");
    default:
      return msg("Nothing here.");
  }
}

function addWords(list: AddableList): { title: string; name: string; value: string } {
  switch (list) {
    case "env":
      return { title: msg("Add a variable"), name: msg("Name"), value: msg("Value") };
    case "inputs":
      return { title: msg("Add an input"), name: msg("Channel"), value: msg("Host directory") };
    case "outputs":
      return { title: msg("Add an output"), name: msg("Channel"), value: msg("Host directory") };
    case "config/labels":
      return { title: msg("Add a label"), name: msg("Name"), value: msg("Value") };
    case "config/annotations":
      return { title: msg("Add an annotation"), name: msg("Name"), value: msg("Value") };
    case "resources/limits":
      return { title: msg("Add a limit"), name: msg("Resource"), value: msg("Quantity") };
    case "resources/requests":
      return { title: msg("Add a request"), name: msg("Resource"), value: msg("Quantity") };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-form": TaskApiForm;
  }
}
