//! A form in the worker, beside the text that it is a view of.
//!
//! The host keeps the text and its history. It tells the session what a person changed in the text; the session tells
//! the host what a change in the form does to it.

import type { Diagnostic, TextEdit } from "task-api-wasm";

import { type Change, changesOf } from "./changes.js";
import { newId } from "./service.js";

export type FieldValue = string | number | boolean | string[];

export interface SessionHost {
  text(): string;
  /** To be applied at once. `startsGroup`: not to be undone together with what was before. */
  apply(changes: Change[], options: { startsGroup: boolean; showChange: boolean }): void;
}

/** What the forms of all files answer to a change. */
export interface Answered {
  edits: TextEdit[];
  problem?: string;
  notes?: string[];
}

interface Shown {
  diagnostics: (Diagnostic & { field?: string })[];
}

export abstract class TextSession<View extends Shown> extends EventTarget {
  readonly id = newId();
  /** What there is to show; `undefined` until the worker has answered. */
  view: View | undefined;
  /** What a person is typing into a field, until the form says the same. */
  readonly drafts = new Map<string, FieldValue>();
  /** Fields whose problems are shown. */
  readonly touched = new Set<string>();
  /** Shows the problems of all fields: somebody wants to take the file away. */
  showsAll = false;
  /** The last thing that could not be done, or that one should know. */
  notices: readonly string[] = [];

  protected opened: Promise<unknown> = Promise.resolve();
  private readonly inFlight = new Map<string, number>();
  private textChanges = 0;
  private refreshing: Promise<void> | undefined;
  private isStale = false;
  private lastField: string | undefined;

  constructor(private readonly host: SessionHost) {
    super();
  }

  protected abstract fetchView(): Promise<View>;
  protected abstract sendText(text: string): Promise<void>;
  protected abstract sendChanges(changes: Change[]): Promise<void>;

  /** A person changed the text, or brought it back by undo. */
  textChanged(changes: Change[]): void {
    this.textChanges += 1;
    this.lastField = undefined;
    void this.sendChanges(changes).catch(() => this.sendText(this.host.text()));
    void this.refresh();
  }

  touch(field: string): void {
    if (this.touched.has(field)) return;
    this.touched.add(field);
    this.announce();
  }

  showAll(): void {
    this.showsAll = true;
    this.announce();
  }

  /** When all that was asked of the form is in the text. */
  async settled(): Promise<void> {
    while ([...this.inFlight.values()].some((count) => count > 0)) {
      await new Promise((resolve) => this.addEventListener("change", resolve, { once: true }));
    }
  }

  /** What a field shows: what is being typed, else what the form says. */
  draft(field: string): FieldValue | undefined {
    return this.drafts.get(field);
  }

  protected begin(): void {
    this.drafts.clear();
    this.touched.clear();
    this.inFlight.clear();
    this.showsAll = false;
    this.notices = [];
  }

  /** A value that is being typed; whether it begins what one undo takes back. */
  protected typed(field: string, value: FieldValue): boolean {
    this.drafts.set(field, value);
    this.announce();
    const startsGroup = this.lastField !== field;
    this.lastField = field;
    return startsGroup;
  }

  /** Asks for a change, and has it applied to the text. `undefined`: it could not be made. */
  protected async edit<Answer extends Answered>(
    ask: () => Promise<Answer>,
    field: string,
    { startsGroup, showChange }: { startsGroup: boolean; showChange: boolean },
  ): Promise<Answer | undefined> {
    this.inFlight.set(field, (this.inFlight.get(field) ?? 0) + 1);
    await this.opened;
    let before = this.textChanges;
    let change = await ask();
    // Somebody typed into the text while the form was at it: its answer is about a text that is no more.
    while (before !== this.textChanges) {
      before = this.textChanges;
      await this.sendText(this.host.text());
      change = await ask();
    }
    this.inFlight.set(field, (this.inFlight.get(field) ?? 1) - 1);
    if (change.edits.length > 0) this.host.apply(changesOf(change.edits), { startsGroup, showChange });
    const notices = change.problem === undefined ? (change.notes ?? []) : [change.problem];
    if (notices.length > 0 || startsGroup) this.notices = notices;
    void this.refresh();
    return change.problem === undefined ? change : undefined;
  }

  /** Asks for the state when the last answer is there; never twice at once. Done when the view is that of the text. */
  protected refresh(): Promise<void> {
    this.isStale = true;
    this.refreshing ??= this.refreshNow();
    return this.refreshing;
  }

  private async refreshNow(): Promise<void> {
    await this.opened;
    while (this.isStale) {
      this.isStale = false;
      this.view = await this.fetchView();
    }
    this.refreshing = undefined;
    for (const field of this.drafts.keys()) {
      if ((this.inFlight.get(field) ?? 0) === 0) this.drafts.delete(field);
    }
    this.announce();
  }

  protected announce(): void {
    this.dispatchEvent(new Event("change"));
  }
}
