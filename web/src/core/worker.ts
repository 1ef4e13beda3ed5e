//! The worker: everything that knows the files runs here, so that typing never waits for a check.
//!
//! It keeps the texts and forms that the page works on; the page sends what changed.

import init, { complete, ContainerForm, explain, format, hover, migrate, TaskForm, validate, WorkflowForm } from "task-api-wasm";

import { applyChanges } from "./changes.js";
import type { Answer, Call, Calls } from "./protocol.js";
import { ContainerViewSender, type ViewMessage, ViewSender } from "./views.js";

const started = init();
const documents = new Map<number, string>();
const forms = new Map<number, TaskForm>();
const senders = new Map<number, ViewSender>();
const workflows = new Map<number, WorkflowForm>();
const containers = new Map<number, { form: ContainerForm; sender: ContainerViewSender }>();

const calls: { [Name in keyof Calls]: (...args: Parameters<Calls[Name]>) => ReturnType<Calls[Name]> } = {
  openDocument: (id, text) => void documents.set(id, text),
  changeDocument: (id, changes) => void documents.set(id, applyChanges(document(id), changes)),
  closeDocument: (id) => void documents.delete(id),
  check: (id, options) => validate(document(id), options),
  complete: (id, offset, options) => complete(document(id), offset, options),
  hover: (id, offset, options) => hover(document(id), offset, options),
  format: (id) => format(document(id)),
  migrate: (id, to) => migrate(document(id), to),
  validate: (text, options) => validate(text, options),
  explain: (rule) => explain(rule),
  minimalTask: (container, template) => TaskForm.minimalTask(container, template),

  openForm: (id, container, template, task) => {
    forms.get(id)?.free();
    forms.set(id, task === undefined ? new TaskForm(container, template) : new TaskForm(container, template, task));
    senders.set(id, new ViewSender());
    return { text: form(id).toText(), view: view(id) };
  },
  closeForm: (id) => {
    forms.get(id)?.free();
    forms.delete(id);
    senders.delete(id);
  },
  setFormText: (id, text) => form(id).setText(text),
  changeFormText: (id, edits) => form(id).applyEdits(edits),
  setFormContainer: (id, text) => form(id).setContainer(text),
  viewForm: view,
  setField: (id, field, value) => form(id).set(field, value),
  resetField: (id, field) => form(id).reset(field),
  addEntry: (id, list, name, value) => form(id).add(list, name, value),
  removeEntry: (id, field) => form(id).remove(field),
  renameEntry: (id, field, name) => form(id).rename(field, name),
  changeTemplate: (id, template) => form(id).changeTemplate(template),
  bindMissing: (id) => form(id).bindMissing(),
  whatWillRun: (id, options) => form(id).whatWillRun(options),
  triggerBody: (id, options) => form(id).triggerBody(options),
  operatorSnippet: (id, options) => form(id).operatorSnippet(options),

  openContainerForm: (id, text) => {
    containers.get(id)?.form.free();
    containers.set(id, { form: new ContainerForm(text), sender: new ContainerViewSender() });
  },
  closeContainerForm: (id) => {
    containers.get(id)?.form.free();
    containers.delete(id);
  },
  setContainerFormText: (id, text) => container(id).form.setText(text),
  changeContainerFormText: (id, edits) => container(id).form.applyEdits(edits),
  viewContainerForm: (id, open) => container(id).sender.message(container(id).form.state(open)),
  setContainerField: (id, field, value) => container(id).form.set(field, value),
  resetContainerField: (id, field) => container(id).form.reset(field),
  addContainerEntry: (id, list, name, value) => container(id).form.add(list, name, value),
  removeContainerEntry: (id, entry) => container(id).form.remove(entry),
  duplicateContainerEntry: (id, entry) => container(id).form.duplicate(entry),
  moveContainerEntry: (id, entry, to) => container(id).form.move(entry, to),

  openWorkflow: (id, text, files) => {
    workflows.get(id)?.free();
    workflows.set(id, new WorkflowForm(text, files));
  },
  closeWorkflow: (id) => {
    workflows.get(id)?.free();
    workflows.delete(id);
  },
  setWorkflowText: (id, text) => workflow(id).setText(text),
  changeWorkflowText: (id, edits) => workflow(id).applyEdits(edits),
  setWorkflowContainers: (id, files) => workflow(id).setContainers(files),
  viewWorkflow: (id) => workflow(id).state(),
  setInWorkflow: (id, field, value) => workflow(id).set(field, value),
  connectInWorkflow: (id, from, output, to, input) => workflow(id).connect(from, output, to, input),
  removeFromWorkflow: (id, entry) => workflow(id).remove(entry),
  addTaskToWorkflow: (id, template) => workflow(id).addTask(template),
  addSourceToWorkflow: (id, to, input, hostPath) => workflow(id).addSource(to, input, hostPath),
};

addEventListener("message", (event: MessageEvent<Call>) => {
  const { id, name, args } = event.data;
  started
    .then(() => (calls[name] as (...args: unknown[]) => unknown)(...args))
    .then(
      (value) => answer({ id, value }),
      (error: unknown) => answer({ id, error: error instanceof Error ? error.message : String(error) }),
    );
});

function answer(message: Answer): void {
  postMessage(message);
}

function document(id: number): string {
  const text = documents.get(id);
  if (text === undefined) throw new Error(`there is no document ${id}`);
  return text;
}

function form(id: number): TaskForm {
  const found = forms.get(id);
  if (found === undefined) throw new Error(`there is no form ${id}`);
  return found;
}

function container(id: number): { form: ContainerForm; sender: ContainerViewSender } {
  const found = containers.get(id);
  if (found === undefined) throw new Error(`there is no form ${id}`);
  return found;
}

function workflow(id: number): WorkflowForm {
  const found = workflows.get(id);
  if (found === undefined) throw new Error(`there is no workflow ${id}`);
  return found;
}

function view(id: number): ViewMessage {
  const sender = senders.get(id);
  if (sender === undefined) throw new Error(`there is no form ${id}`);
  return sender.message(form(id).state());
}
