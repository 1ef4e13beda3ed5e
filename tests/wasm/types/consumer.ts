// What a TypeScript user writes. It is compiled, not run: with the types of a page, of a worker, and
// of Node without those of the DOM.

import init, { initSync, validate } from "task-api-wasm";
import type { Diagnostic, InitInput, Options, SyncInitInput, ValidationResult } from "task-api-wasm";

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
  const kind: "processing-container" | "task" = result.kind;
  return result.diagnostics.map((diagnostic: Diagnostic) => {
    const severity: "error" | "warning" | "info" = diagnostic.severity;
    const { line, character, offset } = diagnostic.range.start;
    const note: string | undefined = diagnostic.note;
    return `${kind} ${line + 1}:${character + 1} ${offset} ${severity} ${diagnostic.rule} ${note ?? ""}`;
  });
}

// Each of these is an error, and it is an error if one is not.
// @ts-expect-error: not a kind
validate("", { kind: "tusk" });
// @ts-expect-error: an option that does not exist
validate("", { knid: "task" });
// @ts-expect-error: not a text
validate(5);
// @ts-expect-error: a number is no module
void init(5);
