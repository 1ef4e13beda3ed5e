//! The worker: everything that knows the files runs here, so that typing never waits for a check.
//!
//! It keeps the texts and forms that the page works on; the page sends what changed.

import initForm, * as formModule from "task-api-wasm/form";
import type { ContainerForm, Options, WorkflowForm } from "task-api-wasm";

import { applyChanges } from "./changes.js";
import { isWorkflow } from "./files.js";
import type { Answer, Call, Calls } from "./protocol.js";
import { ContainerViewSender, type ViewMessage, ViewSender } from "./views.js";

type Some = Pick<typeof formModule, "explain" | "TaskForm" | "validate">;
type All = typeof import("task-api-wasm");

let some: Promise<Some> | undefined;
let all: Promise<All> | undefined;

/** What the form of a task and its checks take: two thirds of all, or all where that has come before. */
function forTasks(): Promise<Some> {
  some ??= (all ?? initForm().then(() => formModule)).catch((error: unknown) => {
    // The next call tries again.
    some = undefined;
    throw error;
  });
  return some;
}

function forAll(): Promise<All> {
  all ??= load().catch((error: unknown) => {
    all = undefined;
    throw error;
  });
  return all;
}

async function load(): Promise<All> {
  const module = await import("task-api-wasm");
  await module.default();
  return module;
}

const documents = new Map<number, string>();
const forms = new Map<number, formModule.TaskForm>();
const senders = new Map<number, ViewSender>();
const workflows = new Map<number, WorkflowForm>();
const containers = new Map<number, { form: ContainerForm; sender: ContainerViewSender }>();

type Result<Name extends keyof Calls> = ReturnType<Calls[Name]>;
type OfDocuments = "openDocument" | "changeDocument" | "closeDocument" | "check" | "complete" | "hover" | "format" | "migrate" | "validate";
type OfAll = Extract<keyof Calls, `${string}Workflow${string}` | `${string}Container${"Form" | "Field" | "Entry"}${string}`>;
type OfTasks = Exclude<keyof Calls, OfDocuments | OfAll>;

/** A text is taken as it is when the call comes: the module that answers may come later than the next change. */
const ofDocuments: { [Name in OfDocuments]: (...args: Parameters<Calls[Name]>) => Result<Name> | Promise<Result<Name>> } = {
  openDocument: (id, text) => void documents.set(id, text),
  changeDocument: (id, changes) => void documents.set(id, applyChanges(document(id), changes)),
  closeDocument: (id) => void documents.delete(id),
  check: (id, options) => validate(document(id), options),
  complete: (id, offset, options) => withText(id, (text, module) => module.complete(text, offset, options)),
  hover: (id, offset, options) => withText(id, (text, module) => module.hover(text, offset, options)),
  format: (id) => withText(id, (text, module) => module.format(text)),
  migrate: (id, to) => withText(id, (text, module) => module.migrate(text, to)),
  validate,
};

async function withText<T>(id: number, ask: (text: string, module: All) => T): Promise<T> {
  const text = document(id);
  return ask(text, await forAll());
}

async function validate(text: string, options: Options) {
  const { kind = "auto" } = options;
  const module = await (kind === "workflow" || (kind === "auto" && isWorkflow(text)) ? forAll() : forTasks());
  return module.validate(text, options);
}

/** In the order in which they come: all wait for the same. */
const ofTasks: { [Name in OfTasks]: (module: Some, ...args: Parameters<Calls[Name]>) => Result<Name> } = {
  explain: ({ explain }, rule) => explain(rule),
  minimalTask: ({ TaskForm }, container, template) => TaskForm.minimalTask(container, template),
  openForm: ({ TaskForm }, id, container, template, task) => {
    forms.get(id)?.free();
    forms.set(id, task === undefined ? new TaskForm(container, template) : new TaskForm(container, template, task));
    senders.set(id, new ViewSender());
    return { text: form(id).toText(), view: view(id) };
  },
  closeForm: (_, id) => {
    forms.get(id)?.free();
    forms.delete(id);
    senders.delete(id);
  },
  setFormText: (_, id, text) => form(id).setText(text),
  changeFormText: (_, id, edits) => form(id).applyEdits(edits),
  setFormContainer: (_, id, text) => form(id).setContainer(text),
  viewForm: (_, id) => view(id),
  setField: (_, id, field, value) => form(id).set(field, value),
  resetField: (_, id, field) => form(id).reset(field),
  addEntry: (_, id, list, name, value) => form(id).add(list, name, value),
  removeEntry: (_, id, field) => form(id).remove(field),
  renameEntry: (_, id, field, name) => form(id).rename(field, name),
  changeTemplate: (_, id, template) => form(id).changeTemplate(template),
  bindMissing: (_, id) => form(id).bindMissing(),
  whatWillRun: (_, id, options) => form(id).whatWillRun(options),
  triggerBody: (_, id, options) => form(id).triggerBody(options),
  operatorSnippet: (_, id, options) => form(id).operatorSnippet(options),
};

const ofAll: { [Name in OfAll]: (module: All, ...args: Parameters<Calls[Name]>) => Result<Name> } = {
  openContainerForm: ({ ContainerForm }, id, text) => {
    containers.get(id)?.form.free();
    containers.set(id, { form: new ContainerForm(text), sender: new ContainerViewSender() });
  },
  closeContainerForm: (_, id) => {
    containers.get(id)?.form.free();
    containers.delete(id);
  },
  setContainerFormText: (_, id, text) => container(id).form.setText(text),
  changeContainerFormText: (_, id, edits) => container(id).form.applyEdits(edits),
  viewContainerForm: (_, id, open) => container(id).sender.message(container(id).form.state(open)),
  setContainerField: (_, id, field, value) => container(id).form.set(field, value),
  resetContainerField: (_, id, field) => container(id).form.reset(field),
  addContainerEntry: (_, id, list, name, value) => container(id).form.add(list, name, value),
  removeContainerEntry: (_, id, entry) => container(id).form.remove(entry),
  duplicateContainerEntry: (_, id, entry) => container(id).form.duplicate(entry),
  moveContainerEntry: (_, id, entry, to) => container(id).form.move(entry, to),

  openWorkflow: ({ WorkflowForm }, id, text, files) => {
    workflows.get(id)?.free();
    workflows.set(id, new WorkflowForm(text, files));
  },
  closeWorkflow: (_, id) => {
    workflows.get(id)?.free();
    workflows.delete(id);
  },
  setWorkflowText: (_, id, text) => workflow(id).setText(text),
  changeWorkflowText: (_, id, edits) => workflow(id).applyEdits(edits),
  setWorkflowContainers: (_, id, files) => workflow(id).setContainers(files),
  viewWorkflow: (_, id) => workflow(id).state(),
  setInWorkflow: (_, id, field, value) => workflow(id).set(field, value),
  connectInWorkflow: (_, id, from, output, to, input) => workflow(id).connect(from, output, to, input),
  removeFromWorkflow: (_, id, entry) => workflow(id).remove(entry),
  addTaskToWorkflow: (_, id, template) => workflow(id).addTask(template),
  addSourceToWorkflow: (_, id, to, input, hostPath) => workflow(id).addSource(to, input, hostPath),
};

type Unknown = (...args: unknown[]) => unknown;

async function run({ name, args }: Call): Promise<unknown> {
  if (name in ofDocuments) return (ofDocuments[name as OfDocuments] as Unknown)(...args);
  if (name in ofTasks) return (ofTasks[name as OfTasks] as Unknown)(await forTasks(), ...args);
  return (ofAll[name as OfAll] as Unknown)(await forAll(), ...args);
}

addEventListener("message", ({ data }: MessageEvent<Call>) => {
  const { id } = data;
  run(data).then(
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

function form(id: number): formModule.TaskForm {
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
