// {module}, for Node, whose `fetch` does not read files: the module comes from disk.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

import * as generated from "./{glue}.js";
import { starter } from "./start.js";

{exports}
const module = new URL("{glue}_bg.wasm", import.meta.url);

const { init, initSync } = starter(
  generated,
  (input = module) => (isFile(input) ? readFile(new URL(input)) : input),
  (input = module) => (isFile(input) ? readFileSync(new URL(input)) : input),
);

export { init as default, initSync };

function isFile(input) {
  return (typeof input === "string" || input instanceof URL) && String(input).startsWith("file:");
}
