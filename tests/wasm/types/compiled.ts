// As consumer.ts, with a compiled module: a type that pages and workers know, and Node 20 does not.

import init, { initSync } from "task-api-wasm";

export async function start(compiled: WebAssembly.Module): Promise<void> {
  initSync(compiled);
  await init(compiled);
  await init(WebAssembly.compileStreaming(fetch("/task_api_wasm_bg.wasm")));
}
