// Modules of the page's source that need no other, for tests in Node.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import typescript from "typescript";

const ROOT = new URL("../../", import.meta.url);

export const read = (path) => readFileSync(new URL(path, ROOT), "utf8");

/** By its path in the project. Test files run side by side, so each process has a copy of its own. */
export function load(path) {
  const { outputText } = typescript.transpileModule(read(path), { compilerOptions: { module: "ESNext", target: "ES2022" } });
  const copies = new URL(`web/node_modules/.cache/task-api-words/${process.pid}/`, ROOT);
  const module = new URL(`${basename(path, ".ts")}.mjs`, copies);
  mkdirSync(copies, { recursive: true });
  writeFileSync(module, outputText);
  return import(module);
}
