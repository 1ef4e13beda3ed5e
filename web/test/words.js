// Modules of the page's source that need no other, for tests in Node.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import typescript from "typescript";

const ROOT = new URL("../../", import.meta.url);

export const read = (path) => readFileSync(new URL(path, ROOT), "utf8");

/** Test files run side by side, so each process has copies of its own. */
const COPIES = new URL(`web/node_modules/.cache/task-api-words/${process.pid}/`, ROOT);
process.on("exit", () => rmSync(COPIES, { recursive: true, force: true }));

/** By its path in the project. */
export function load(path) {
  const { outputText } = typescript.transpileModule(read(path), { compilerOptions: { module: "ESNext", target: "ES2022" } });
  const module = new URL(`${basename(path, ".ts")}.mjs`, COPIES);
  mkdirSync(COPIES, { recursive: true });
  writeFileSync(module, outputText);
  return import(module);
}
