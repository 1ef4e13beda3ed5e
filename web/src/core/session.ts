//! The form of a task.

import type { AddableList, FormState } from "task-api-wasm";

import { type Change, editsOf } from "./changes.js";
import { service } from "./service.js";
import { type FieldValue, TextSession } from "./text-session.js";
import { ViewReceiver } from "./views.js";

const BY_ITSELF = { startsGroup: true, showChange: true };

export class FormSession extends TextSession<FormState> {
  private views = new ViewReceiver();

  /** Begins anew; returns the task's text. */
  async open(container: string, template: string, task?: string): Promise<string> {
    this.begin();
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

  setContainer(text: string): void {
    void service().call("setFormContainer", this.id, text);
    void this.refresh();
  }

  set(field: string, value: FieldValue): void {
    const startsGroup = this.typed(field, value);
    if (field === "template") {
      void this.edit(() => service().call("changeTemplate", this.id, String(value)), field, { startsGroup, showChange: true });
    } else {
      void this.edit(() => service().call("setField", this.id, field, value), field, { startsGroup, showChange: false });
    }
  }

  reset(field: string): void {
    this.drafts.delete(field);
    void this.edit(() => service().call("resetField", this.id, field), field, BY_ITSELF);
  }

  add(list: AddableList, name: string, value: string): void {
    void this.edit(() => service().call("addEntry", this.id, list, name, value), list, BY_ITSELF);
  }

  remove(field: string): void {
    void this.edit(() => service().call("removeEntry", this.id, field), field, BY_ITSELF);
  }

  bindMissing(): void {
    void this.edit(() => service().call("bindMissing", this.id), "", BY_ITSELF);
  }

  protected override async fetchView(): Promise<FormState> {
    return this.views.view(await service().call("viewForm", this.id));
  }

  protected override sendText(text: string): Promise<void> {
    return service().call("setFormText", this.id, text);
  }

  protected override sendChanges(changes: Change[]): Promise<void> {
    return service().call("changeFormText", this.id, editsOf(changes));
  }
}
