// What a TypeScript user writes. It is compiled, not run: with the types of a page, of a worker, and
// of Node without those of the DOM.

import init, {
  type ContainerChange,
  ContainerForm,
  type ContainerFormState,
  TaskForm,
  WorkflowForm,
  type WorkflowState,
  applyFix,
  complete,
  explain,
  format,
  hover,
  initSync,
  migrate,
  resolve,
  symbols,
  validate,
} from "task-api-wasm";
import type {
  Change,
  CompletionItem,
  Conf,
  Diagnostic,
  Field,
  FieldKind,
  FormState,
  Hover,
  InitInput,
  MigrationResult,
  Options,
  ResolveResult,
  RuleDocumentation,
  Symbol as OutlineSymbol,
  SyncInitInput,
  TextEdit,
  ValidationResult,
} from "task-api-wasm";
import initValidator, { validate as validateAlone } from "task-api-wasm/validator";
import initForm, { TaskForm as FormAlone } from "task-api-wasm/form";
import initServer, { createServer } from "task-api-wasm/lsp";
import type { Host, Message, Server } from "task-api-wasm/lsp";

declare const bytes: Uint8Array;
declare const url: URL;
declare const response: Response;

export async function start(): Promise<void> {
  await init();
  await init(url);
  await init("https://example.org/task_api_wasm_bg.wasm");
  await init(response);
  await init(Promise.resolve(response));
  await init(bytes);
  await init(new ArrayBuffer(8));
  const input: InitInput = url;
  await init(input);
  const nothing: void = await init();
  return nothing;
}

export function startAtOnce(): void {
  initSync();
  initSync(bytes);
  const input: SyncInitInput = bytes;
  initSync(input);
}

export function messages(text: string): string[] {
  const options: Options = { kind: "task", schemaOnly: true };
  const result: ValidationResult = validate(text, options);
  const kind: "processing-container" | "task" | "workflow" = result.kind;
  return result.diagnostics.map((diagnostic: Diagnostic) => {
    const severity: "error" | "warning" | "info" = diagnostic.severity;
    const { line, character, offset } = diagnostic.range.start;
    const note: string | undefined = diagnostic.note;
    return `${kind} ${line + 1}:${character + 1} ${offset} ${severity} ${diagnostic.rule} ${note ?? ""}`;
  });
}

export function everything(text: string, container: string): unknown[] {
  const edits: TextEdit[] = format(text);
  const laid: string = applyFix(text, { edits });
  const [fix] = validate(text).diagnostics.flatMap(({ fixes }) => fixes);
  const mended: string = fix === undefined ? text : applyFix(text, fix);
  const moved: MigrationResult = migrate(text, 1);
  const movedText: string | undefined = moved.text;
  const conf: Conf = { task_form: { segment: { FOLDS: "3" } } };
  const resolved: ResolveResult = resolve(text, container, { conf });
  const from: "option" | "conf" | "task" | "template" | "default" | undefined = resolved.origins["/image"]?.from;
  const memory: string | undefined = resolved.taskInstance?.resources?.limits["memory"];
  const items: CompletionItem[] = complete(text, 0, { container });
  const found: Hover | undefined = hover(text, 0);
  const outline: OutlineSymbol[] = symbols(text);
  const documentation: RuleDocumentation | undefined = explain("unbound-channel");
  const same: ValidationResult = validateAlone(text);
  return [laid, mended, movedText, from, memory, items, found, outline, documentation, same, initValidator];
}

export function formOf(container: string, task?: string): unknown[] {
  const form = new TaskForm(container, "segment", task);
  const state: FormState = form.state();
  const fields: Field[] = state.sections.parameters.fields;
  const kinds: FieldKind[] = fields.map(({ kind }) => kind);
  const value: string | string[] | undefined = fields[0]?.value;
  const change: Change = form.set("env/FOLDS", 3);
  form.set("command", ["a"]);
  form.add("config/labels", "a", "b");
  const kept: { id: string; name: string; reason: string }[] = form.changeTemplate("other").kept;
  form.applyEdits(change.inverse);
  const line: string | null = form.whatWillRun({ sizes: { images: 5 } }).docker;
  const at: string | undefined = state.diagnostics[0]?.field;
  return [kinds, value, kept, line, at, form.triggerBody({ taskId: "a" }).curl, form.operatorSnippet().code];
}

export function containerFormOf(text: string): unknown[] {
  const form = new ContainerForm(text);
  const { entry, problem }: ContainerChange = form.add("templates/0/env", "A", "1");
  const change: ContainerChange = form.set(`${entry ?? ""}/adjustable`, false);
  form.applyEdits(change.inverse);
  form.move(entry ?? "", 0);
  const state: ContainerFormState = form.state(["templates/0"]);
  const names: string[] | undefined = state.templates[0]?.parts?.env.map(({ name }) => name);
  return [problem, names, state.fields[0]?.value, state.diagnostics[0]?.field];
}

export function workflowOf(text: string, container: string): unknown[] {
  const form = new WorkflowForm(text, [{ path: "a.json", text: container }]);
  const { problem, edits } = form.connect("tasks/0", "a", "tasks/1", "b");
  const state: WorkflowState = form.state();
  const step: number | null | undefined = state.tasks[0]?.step;
  return [problem, edits, step, state.edges[0]?.output, form.connect("tasks/0", undefined, "tasks/1", undefined)];
}

export async function languageServer(send: (message: object) => void): Promise<void> {
  await initServer();
  const host: Host = { send, findFiles: async (folders) => [{ uri: `${folders[0] ?? ""}task.json`, text: "{}" }] };
  const server: Server = createServer(host);
  server.receive({ jsonrpc: "2.0", method: "initialized", params: {} } as Message);
  server.dispose();
}

// Each of these is an error, and it is an error if one is not.
// @ts-expect-error: not a kind
validate("", { kind: "tusk" });
// @ts-expect-error: an option that does not exist
validate("", { knid: "task" });
// @ts-expect-error: not a text
validate(5);
// @ts-expect-error: there is no version 2
migrate("", 2);
// @ts-expect-error: a value that is no string
resolve("", "", { task_form: { a: { X: 5 } } });
// @ts-expect-error: no list of a form
new TaskForm("", "").add("command", "a", "b");
// @ts-expect-error: an option that does not exist
new TaskForm("", "").whatWillRun({ size: 5 });
// @ts-expect-error: a place that is no number
new ContainerForm("").move("templates/0", "1");
// @ts-expect-error: a number is no module
void init(5);
