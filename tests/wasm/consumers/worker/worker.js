import init, { validate } from "/node_modules/task-api-wasm/validator.js";

const ready = init();
onmessage = async ({ data }) => {
  await ready;
  postMessage(validate(data));
};
