// The entry for Node, whose `fetch` does not read files: the module comes from disk.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

import initialise, { initSync as initialiseSync } from "./task_api_wasm.js";

export * from "./task_api_wasm.js";

const module = new URL("task_api_wasm_bg.wasm", import.meta.url);

let started;

export default function init(input = module) {
  // A failed start can be tried again.
  started ??= start(input).catch((error) => {
    started = undefined;
    throw error;
  });
  return started;
}

async function start(input) {
  const given = await input;
  const source = isFile(given) ? await readFile(new URL(given)) : given;
  await initialise({ module_or_path: source });
}

export function initSync(input = module) {
  initialiseSync({ module: isFile(input) ? readFileSync(new URL(input)) : input });
}

function isFile(input) {
  return (typeof input === "string" || input instanceof URL) && String(input).startsWith("file:");
}
