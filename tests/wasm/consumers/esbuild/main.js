import init, { validate } from "task-api-wasm";
import wasm from "task-api-wasm/task_api_wasm_bg.wasm";

await init(new URL(wasm, import.meta.url));
const { kind, diagnostics } = validate('{"taskTemplate": "segment"}');
document.querySelector("#result").textContent = `${kind}: ${diagnostics.length} problems`;
