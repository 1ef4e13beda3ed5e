import init, { validate } from "task-api-wasm";

await init();
const { kind, diagnostics } = validate('{"taskTemplate": "segment"}');
console.log(`${kind}: ${diagnostics.length} problems`);
