// The entry for browsers, bundlers and workers.

import initialise, { initSync as initialiseSync } from "./task_api_wasm.js";

export * from "./task_api_wasm.js";

let started;

export default function init(input) {
  // A failed start (no network, say) can be tried again.
  started ??= start(input).catch((error) => {
    started = undefined;
    throw error;
  });
  return started;
}

async function start(input) {
  await initialise(input === undefined ? undefined : { module_or_path: await input });
}

export function initSync(input) {
  if (input === undefined) {
    throw new TypeError("initSync: `input` is missing: the module's bytes or a WebAssembly.Module");
  }
  initialiseSync({ module: input });
}
