import init, { validate } from "task-api-wasm";

await init();
const { kind, diagnostics } = validate('{"taskTemplate": "segment"}');
document.querySelector("#result").textContent = `${kind}: ${diagnostics.length} problems`;
