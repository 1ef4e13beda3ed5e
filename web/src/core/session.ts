//! A form in the worker, beside the text that it is a view of.
//!
//! The host keeps the text and its history. It tells the session what a person changed in the text; the session tells
//! the host what a change in the form does to it.

import type { AddableList, Change as FormChange, FormState } from "task-api-wasm";

import { type Change, changesOf, editsOf } from "./changes.js";
import type { Calls } from "./protocol.js";
import { newId, service } from "./service.js";
import { ViewReceiver } from "./views.js";

export type FieldValue = string | number | boolean | string[];

export interface SessionHost {
  text(): string;
  /** To be applied at once. `startsGroup`: not to be undone together with what was before. */
  apply(changes: Change[], options: { startsGroup: boolean; showChange: boolean }): void;
}

type Edit = "setField" | "resetField" | "addEntry" | "removeEntry" | "renameEntry" | "changeTemplate" | "bindMissing";

export class FormSession extends EventTarget {
  readonly id = newId();
  /** What there is to show; `undefined` until the worker has answered. */
  view: FormState | undefined;
  /** What a person is typing into a field, until the form says the same. */
  readonly drafts = new Map<string, FieldValue>();
  /** Fields whose problems are shown. */
  readonly touched = new Set<string>();
  /** Shows the problems of all fields: somebody wants to take the file away. */
  showsAll = false;
  /** The last thing that could not be done, or that one should know. */
  notice = "";

  private views = new ViewReceiver();
  private readonly inFlight = new Map<string, number>();
  private textChanges = 0;
  private isRefreshing = false;
  private isStale = false;
  private lastField: string | undefined;
  private opened: Promise<unknown> = Promise.resolve();

  constructor(private readonly host: SessionHost) {
    super();
  }

  /** Begins anew; returns the task's text. */
  async open(container: string, template: string, task?: string): Promise<string> {
    this.drafts.clear();
    this.touched.clear();
    this.inFlight.clear();
    this.showsAll = false;
    this.notice = "";
    const opening = service().call("openForm", this.id, container, template, task);
    this.opened = opening;
    const { text, view } = await opening;
    this.views = new ViewReceiver();
    this.view = this.views.view(view);
    this.announce();
    return text;
  }

  close(): void {
    void service().call("closeForm", this.id);
  }

  /** A person changed the text, or brought it back by undo. */
  textChanged(changes: Change[]): void {
    this.textChanges += 1;
    this.lastField = undefined;
    void service()
      .call("changeFormText", this.id, editsOf(changes))
      .catch(() => service().call("setFormText", this.id, this.host.text()));
    this.refresh();
  }

  setContainer(text: string): void {
    void service().call("setFormContainer", this.id, text);
    this.refresh();
  }

  set(field: string, value: FieldValue): void {
    this.drafts.set(field, value);
    this.announce();
    const startsGroup = this.lastField !== field;
    if (field === "template") void this.edit("changeTemplate", [String(value)], field, startsGroup, true);
    else void this.edit("setField", [field, value], field, startsGroup, false);
    this.lastField = field;
  }

  reset(field: string): void {
    this.drafts.delete(field);
    void this.edit("resetField", [field], field, true, true);
  }

  add(list: AddableList, name: string, value: string): void {
    void this.edit("addEntry", [list, name, value], list, true, true);
  }

  remove(field: string): void {
    void this.edit("removeEntry", [field], field, true, true);
  }

  bindMissing(): void {
    void this.edit("bindMissing", [], "", true, true);
  }

  touch(field: string): void {
    if (this.touched.has(field)) return;
    this.touched.add(field);
    this.announce();
  }

  /** When all that was asked of the form is in the text. */
  async settled(): Promise<void> {
    while ([...this.inFlight.values()].some((count) => count > 0)) {
      await new Promise((resolve) => this.addEventListener("change", resolve, { once: true }));
    }
  }

  showAll(): void {
    this.showsAll = true;
    this.announce();
  }

  /** What a field shows: what is being typed, else what the form says. */
  draft(field: string): FieldValue | undefined {
    return this.drafts.get(field);
  }

  private async edit(
    name: Edit,
    args: unknown[],
    field: string,
    startsGroup: boolean,
    showChange: boolean,
  ): Promise<void> {
    this.inFlight.set(field, (this.inFlight.get(field) ?? 0) + 1);
    await this.opened;
    const call = () =>
      service().call(name, ...([this.id, ...args] as Parameters<Calls[Edit]>)) as Promise<FormChange>;
    let before = this.textChanges;
    let change = await call();
    // Somebody typed into the text while the form was at it: its answer is about a text that is no more.
    while (before !== this.textChanges) {
      before = this.textChanges;
      await service().call("setFormText", this.id, this.host.text());
      change = await call();
    }
    this.inFlight.set(field, (this.inFlight.get(field) ?? 1) - 1);
    if (change.edits.length > 0) this.host.apply(changesOf(change.edits), { startsGroup, showChange });
    const notice = change.problem ?? change.notes.join(" ");
    if (notice !== "" || startsGroup) this.notice = notice;
    this.refresh();
  }

  /** Asks for the state when the last answer is there; never twice at once. */
  private refresh(): void {
    this.isStale = true;
    if (!this.isRefreshing) void this.refreshNow();
  }

  private async refreshNow(): Promise<void> {
    this.isRefreshing = true;
    await this.opened;
    while (this.isStale) {
      this.isStale = false;
      this.view = this.views.view(await service().call("viewForm", this.id));
    }
    this.isRefreshing = false;
    for (const field of this.drafts.keys()) {
      if ((this.inFlight.get(field) ?? 0) === 0) this.drafts.delete(field);
    }
    this.announce();
  }

  private announce(): void {
    this.dispatchEvent(new Event("change"));
  }
}
