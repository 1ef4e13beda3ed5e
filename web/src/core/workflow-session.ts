//! The graph of a workflow.

import type { WorkflowChange, WorkflowContainer, WorkflowState } from "task-api-wasm";

import { type Change, editsOf } from "./changes.js";
import { service } from "./service.js";
import { TextSession } from "./text-session.js";

const BY_ITSELF = { startsGroup: true, showChange: true };

export class WorkflowSession extends TextSession<WorkflowState> {
  async begun(text: string, containers: WorkflowContainer[]): Promise<void> {
    this.begin();
    const opening = service().call("openWorkflow", this.id, text, containers);
    this.opened = opening;
    await opening;
    await this.refresh();
  }

  close(): void {
    void service().call("closeWorkflow", this.id);
  }

  setContainers(containers: WorkflowContainer[]): void {
    void service().call("setWorkflowContainers", this.id, containers);
    void this.refresh();
  }

  set(field: string, value: string): void {
    const startsGroup = this.typed(field, value);
    void this.edit(() => service().call("setInWorkflow", this.id, field, value), field, { startsGroup, showChange: false });
  }

  async connect(from: string, output: string | undefined, to: string, input: string | undefined): Promise<boolean> {
    const ask = () => service().call("connectInWorkflow", this.id, from, output, to, input);
    return (await this.shown(await this.edit(ask, `${from}>${to}`, BY_ITSELF))) !== undefined;
  }

  async remove(id: string): Promise<void> {
    await this.shown(await this.edit(() => service().call("removeFromWorkflow", this.id, id), id, BY_ITSELF));
  }

  /** The id of the new task, when it can be seen. */
  async addTask(template: string): Promise<string | undefined> {
    const change = await this.edit(() => service().call("addTaskToWorkflow", this.id, template), "tasks", BY_ITSELF);
    return (await this.shown(change))?.entry;
  }

  async addSource(to: string, input: string, hostPath: string): Promise<void> {
    const ask = () => service().call("addSourceToWorkflow", this.id, to, input, hostPath);
    await this.shown(await this.edit(ask, "inputs", BY_ITSELF));
  }

  protected override fetchView(): Promise<WorkflowState> {
    return service().call("viewWorkflow", this.id);
  }

  protected override sendText(text: string): Promise<void> {
    return service().call("setWorkflowText", this.id, text);
  }

  protected override sendChanges(changes: Change[]): Promise<void> {
    return service().call("changeWorkflowText", this.id, editsOf(changes));
  }

  private async shown(change: WorkflowChange | undefined): Promise<WorkflowChange | undefined> {
    if (change !== undefined) await this.refresh();
    return change;
  }
}
