import init, { validate } from "/node_modules/task-api-wasm/index.js";

await init();
const { kind, diagnostics } = validate('{"taskTemplate": "segment"}');
document.querySelector("#result").textContent = `${kind}: ${diagnostics.length} problems`;
