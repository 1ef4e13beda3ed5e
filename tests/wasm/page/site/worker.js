import init, { validate } from "/task-api-wasm/index.js";

await init();
postMessage(validate("{}").kind);
