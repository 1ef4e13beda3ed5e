//! The form of a container.

import type { ContainerChange, ContainerFormState } from "task-api-wasm";

import { type Change, editsOf } from "./changes.js";
import { service } from "./service.js";
import { type FieldValue, TextSession } from "./text-session.js";
import { ContainerViewReceiver } from "./views.js";

const BY_ITSELF = { startsGroup: true, showChange: true };

export class ContainerSession extends TextSession<ContainerFormState> {
  /** Templates and entries whose fields are shown. Of templates, there is one at a time. */
  readonly open = new Set<string>();

  private views = new ContainerViewReceiver();

  /** Begins anew, with the first template open. */
  async begun(text: string): Promise<void> {
    this.begin();
    this.open.clear();
    this.open.add("templates/0");
    const opening = service().call("openContainerForm", this.id, text);
    this.opened = opening;
    await opening;
    this.views = new ContainerViewReceiver();
    await this.refresh();
  }

  close(): void {
    void service().call("closeContainerForm", this.id);
  }

  set(field: string, value: FieldValue): void {
    const startsGroup = this.typed(field, value);
    const ask = () => service().call("setContainerField", this.id, field, value);
    void this.edit(ask, field, { startsGroup, showChange: false });
  }

  reset(field: string): void {
    this.drafts.delete(field);
    void this.edit(() => service().call("resetContainerField", this.id, field), field, BY_ITSELF);
  }

  /** The id of the new entry, when it can be seen. */
  async add(list: string, name: string, value: string): Promise<string | undefined> {
    return this.shown(await this.edit(() => service().call("addContainerEntry", this.id, list, name, value), list, BY_ITSELF));
  }

  async duplicate(id: string): Promise<string | undefined> {
    const change = await this.edit(() => service().call("duplicateContainerEntry", this.id, id), id, BY_ITSELF);
    const [list, index] = placeOf(id);
    if (change !== undefined) this.renumber(list, (other) => (other > index ? other + 1 : other));
    return this.shown(change);
  }

  async move(id: string, to: number): Promise<string | undefined> {
    const change = await this.edit(() => service().call("moveContainerEntry", this.id, id, to), id, BY_ITSELF);
    if (change === undefined) return undefined;
    const [list, from] = placeOf(id);
    this.renumber(list, (other) => {
      if (other === from) return to;
      const before = other > from ? other - 1 : other;
      return before >= to ? before + 1 : before;
    });
    await this.refresh();
    return change.entry;
  }

  async remove(id: string): Promise<void> {
    this.drafts.delete(id);
    const change = await this.edit(() => service().call("removeContainerEntry", this.id, id), id, BY_ITSELF);
    if (change === undefined || !isEntry(id)) return;
    const [list, index] = placeOf(id);
    this.renumber(list, (other) => (other === index ? undefined : other > index ? other - 1 : other));
    await this.refresh();
  }

  /** Shows the fields of an entry, or hides them. */
  async toggle(id: string, isOpen = !this.open.has(id)): Promise<void> {
    if (isOpen) {
      if (placeOf(id)[0] === "templates") this.keep((other) => placeOf(other)[0] !== "templates");
      this.open.add(id);
    } else {
      this.open.delete(id);
    }
    await this.refresh();
  }

  /** Opens all that a field stands in. */
  async reveal(field: string): Promise<void> {
    const parts = field.split("/");
    for (const length of [2, 4]) {
      const id = parts.slice(0, length).join("/");
      if (parts.length >= length && isEntry(id) && !this.open.has(id)) await this.toggle(id, true);
    }
  }

  protected override async fetchView(): Promise<ContainerFormState> {
    return this.views.view(await service().call("viewContainerForm", this.id, [...this.open]));
  }

  protected override sendText(text: string): Promise<void> {
    return service().call("setContainerFormText", this.id, text);
  }

  protected override sendChanges(changes: Change[]): Promise<void> {
    return service().call("changeContainerFormText", this.id, editsOf(changes));
  }

  private async shown(change: ContainerChange | undefined): Promise<string | undefined> {
    if (change?.entry === undefined) return undefined;
    await this.reveal(change.entry);
    await this.refresh();
    return change.entry;
  }

  /** The entries of a list have other places now; what is known of them goes along. */
  private renumber(list: string, place: (index: number) => number | undefined): void {
    for (const ids of [this.open, this.touched]) {
      const renumbered = [...ids].flatMap((id): string[] => {
        if (!id.startsWith(`${list}/`)) return [id];
        const [index = "", ...rest] = id.slice(list.length + 1).split("/");
        const to = place(Number(index));
        return to === undefined ? [] : [[list, String(to), ...rest].join("/")];
      });
      ids.clear();
      for (const id of renumbered) ids.add(id);
    }
  }

  private keep(isKept: (id: string) => boolean): void {
    for (const id of [...this.open]) if (!isKept(id)) this.open.delete(id);
  }
}

/** Whether an id is that of a template, a channel or a variable. */
export function isEntry(id: string): boolean {
  return /^templates\/\d+(\/(inputs|outputs|env)\/\d+)?$/u.test(id);
}

/** The list of an entry, and its place there. */
export function placeOf(id: string): [string, number] {
  const end = id.lastIndexOf("/");
  return [id.slice(0, end), Number(id.slice(end + 1))];
}
