// What a webview shows: the form of a task, and what will run. The text and its history are VS Code's.

import { localized, msg, str } from "@lit/localize";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Fix, FormState } from "task-api-wasm";

import { type Change, changesOf } from "../../../web/src/core/changes.js";
import { icon, type IconName } from "../../../web/src/core/icons.js";
import { FormSession } from "../../../web/src/core/session.js";
import { count } from "../../../web/src/core/severity.js";
import { base, tokens } from "../../../web/src/core/theme.js";
import "../../../web/src/elements/form.js";
import { lostTemplate } from "../../../web/src/parts/lost-template.js";
import "../../../web/src/parts/what-will-run.js";
import type { FromBuilder, ToBuilder } from "../common/builder-protocol.js";
import { Mirror } from "../common/changes.js";

type Tab = "form" | "run";

/** What is typed until then is one step back. */
const REST = 250;

const UNDO = new Map([
  ["z", "undo"],
  ["y", "redo"],
  ["Z", "redo"],
  ["s", "save"],
] as const);

@localized()
@customElement("task-api-builder-page")
export class TaskApiBuilderPage extends LitElement {
  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
        height: 100vh;
        background: var(--_background);
      }

      header {
        display: flex;
        align-items: stretch;
        gap: 4px;
        min-height: 36px;
        padding-inline: 8px 16px;
        border-bottom: 1px solid var(--_border);
      }

      [role="tablist"] {
        display: flex;
        gap: 4px;
      }

      [role="tab"] {
        display: flex;
        align-items: center;
        gap: 6px;
        padding: 0 8px;
        border: none;
        border-bottom: 2px solid transparent;
        background: none;
        color: var(--_text-quiet);
        font: 13px/20px var(--_font);
        cursor: pointer;
      }

      [role="tab"][aria-selected="true"] {
        border-bottom-color: var(--_accent);
        color: var(--_text);
      }

      .verdict {
        display: flex;
        align-items: center;
        gap: 6px;
        margin-inline-start: auto;
        font-size: 13px;
        color: var(--_text-quiet);
        white-space: nowrap;
      }

      .verdict.error svg {
        color: var(--_error);
      }

      .verdict.check svg {
        color: var(--_success);
      }

      .panel {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
        min-height: 0;
      }

      .panel[hidden] {
        display: none;
      }

      .panel > .lost {
        display: flex;
        gap: 8px;
        padding: 8px 16px;
        border-bottom: 1px solid var(--_border);
        background: var(--_surface);
      }

      .panel > .lost svg {
        margin-top: 2px;
        color: var(--_warning);
      }

      .panel > :last-child {
        grid-row: 2;
        min-height: 0;
      }
    `,
  ];

  @state() private tab: Tab = "form";
  @state() private isOpen = false;

  private readonly session = new FormSession({
    text: () => this.mirror.text,
    apply: (changes, { startsGroup }) => {
      if (startsGroup) this.sendNow();
      this.mirror.apply(changes);
      this.sendSoon();
    },
  });

  private mirror = new Mirror("");
  private file = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly say: (message: FromBuilder) => void) {
    super();
    this.session.addEventListener("change", () => this.requestUpdate());
    this.addEventListener("focusout", () => this.sendNow());
    this.addEventListener("task-api-fix", (event) => this.applyByHand(changesOf((event as CustomEvent<{ fix: Fix }>).detail.fix.edits)));
    // Before VS Code sees the key: what was typed last comes first.
    addEventListener("keydown", (event) => this.onKey(event), { capture: true });
  }

  open({ text, container, file }: ToBuilder & { kind: "open" }): void {
    this.mirror = new Mirror(text);
    this.file = file;
    void this.session.open(container, "", text).then(() => (this.isOpen = true));
  }

  receive(message: Exclude<ToBuilder, { kind: "open" }>): void {
    if (message.kind === "container") {
      this.session.setContainer(message.container);
      return;
    }
    const change = this.mirror.receive(message.text, message.revision, message.taken);
    if (change !== undefined) this.session.textChanged([change]);
  }

  protected override render(): unknown {
    const { view } = this.session;
    if (!this.isOpen || view === undefined) return nothing;
    const isLost = view.template === null && view.templateName !== null;
    return html`<header>
        <div role="tablist" aria-label=${msg("Views")} @keydown=${(event: KeyboardEvent) => this.onTabKey(event)}>
          ${this.tabButton("form", "form", msg("Form"))} ${this.tabButton("run", "play", msg("What will run"))}
        </div>
        ${verdict(view)}
      </header>
      <div class="panel" role="tabpanel" id="panel-form" aria-labelledby="tab-form" ?hidden=${this.tab !== "form"}>
        ${isLost
          ? html`<p class="lost" role="status">
              ${icon("warning")}<span>${lostTemplate(view.templateName ?? "")}</span>
            </p>`
          : nothing}
        <task-api-form .session=${this.session}></task-api-form>
      </div>
      <div class="panel" role="tabpanel" id="panel-run" aria-labelledby="tab-run" ?hidden=${this.tab !== "run"}>
        <task-api-what-will-run .session=${this.session} .file=${this.file} ?active=${this.tab === "run"}></task-api-what-will-run>
      </div>`;
  }

  private tabButton(tab: Tab, name: IconName, label: string): TemplateResult {
    const isChosen = this.tab === tab;
    return html`<button
      role="tab"
      id="tab-${tab}"
      aria-controls="panel-${tab}"
      aria-selected=${isChosen ? "true" : "false"}
      tabindex=${isChosen ? 0 : -1}
      @click=${() => (this.tab = tab)}
    >
      ${icon(name)}${label}
    </button>`;
  }

  private onTabKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    this.tab = this.tab === "form" ? "run" : "form";
    this.renderRoot.querySelector<HTMLElement>(`#tab-${this.tab}`)?.focus();
  }

  /** One history, and it is VS Code's. Its keys wait for what was typed before them. */
  private onKey(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const command = UNDO.get((event.key === "z" && event.shiftKey ? "Z" : event.key) as "z" | "Z" | "y" | "s");
    if (command === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.session.settled().then(() => {
      this.sendNow();
      this.say({ kind: "command", command });
    });
  }

  /** A change that the form does not know yet. */
  private applyByHand(changes: Change[]): void {
    this.sendNow();
    this.mirror.apply(changes);
    this.session.textChanged(changes);
    this.sendNow();
  }

  private sendSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sendNow(), REST);
  }

  private sendNow(): void {
    clearTimeout(this.timer);
    const edit = this.mirror.take();
    if (edit !== undefined) this.say({ kind: "edit", ...edit });
  }
}

function verdict(view: FormState): TemplateResult {
  const { errors, warnings } = count(view.diagnostics);
  const words: string[] = [];
  if (view.missing > 0) words.push(msg(str`${view.missing} still missing`));
  // What is merely missing is an error of the file as well, and is said once.
  if (errors > view.missing) words.push(errors === 1 ? msg("1 error") : msg(str`${errors} errors`));
  if (warnings > 0) words.push(warnings === 1 ? msg("1 warning") : msg(str`${warnings} warnings`));
  if (errors === 0 && view.missing === 0) words.unshift(msg("Valid"));
  const name = errors > view.missing ? "error" : errors + view.missing > 0 ? "info" : "check";
  return html`<span class="verdict ${name}" role="status">${icon(name)}${words.join(", ")}</span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-builder-page": TaskApiBuilderPage;
  }
}
