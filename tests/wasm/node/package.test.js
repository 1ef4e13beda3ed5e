// The package in Node, as `npm install task-api-wasm` brings it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import init, { initSync, validate } from "task-api-wasm";

import { VALID, WRONG_NAME, diagnosticAt } from "../documents.js";

const require = createRequire(import.meta.url);

/** A fresh process, with nothing initialised. */
function node(script, flags = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, "--input-type=module", "-e", script], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, "", "nothing is printed");
  return stdout.trim();
}

const IMPORT = 'import init, { initSync, validate } from "task-api-wasm";';
const MODULE = 'import.meta.resolve("task-api-wasm/task_api_wasm_bg.wasm")';

test("init without arguments reads the module from disk, and resolves to nothing", async () => {
  assert.equal(await init(), undefined);
  assert.equal(validate(VALID).valid, true);
});

test("a diagnostic's range is in UTF-16 units", async () => {
  await init();
  const result = validate(WRONG_NAME);
  assert.equal(result.valid, false);
  assert.equal(result.kind, "processing-container");
  const { rule, severity, range } = diagnosticAt(result, "/name");
  assert.equal(rule, "wrong-type");
  assert.equal(severity, "error");
  assert.equal(WRONG_NAME.slice(range.start.offset, range.end.offset), "5");
  const line = WRONG_NAME.split("\n")[range.start.line];
  assert.equal(line.slice(range.start.character, range.end.character), "5");
});

test("results are plain data", async () => {
  await init();
  const result = validate(WRONG_NAME);
  assert.deepEqual(structuredClone(result), result);
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
});

test("options may be left out, undefined, null or empty", async () => {
  await init();
  const result = validate(VALID);
  for (const options of [undefined, null, {}, { kind: "auto" }]) {
    assert.deepEqual(validate(VALID, options), result);
  }
  assert.equal(validate(VALID, { kind: "task" }).kind, "task");
});

test("a wrong argument is a TypeError that names it", async () => {
  await init();
  for (const text of [undefined, null, 5, {}, new Uint8Array(1)]) {
    assert.throws(() => validate(text), { name: "TypeError", message: /`?text`?/ });
  }
  assert.throws(() => validate(VALID, 5), { name: "TypeError", message: /options/ });
  assert.throws(() => validate(VALID, { kind: "tusk" }), { name: "TypeError", message: /kind|tusk/ });
});

test("a text with a lone surrogate, and an empty one, are answered", async () => {
  await init();
  for (const text of ["", "\ud83e", `{"name": "\udde0"}`]) {
    assert.ok(Array.isArray(validate(text).diagnostics));
  }
});

test("init may be called often, at once and again", async () => {
  await Promise.all([init(), init(), init()]);
  await init();
  initSync();
  assert.equal(validate(VALID).valid, true);
});

test("initSync without arguments works in Node", () => {
  assert.equal(node(`${IMPORT} initSync(); initSync(); console.log(validate("{}").kind)`), "processing-container");
});

test("the module can be given as address, bytes, compiled module or a promise", () => {
  const inputs = [
    MODULE,
    `new URL(${MODULE})`,
    `readFileSync(new URL(${MODULE}))`,
    `new WebAssembly.Module(readFileSync(new URL(${MODULE})))`,
    `WebAssembly.compile(readFileSync(new URL(${MODULE})))`,
    `new Response(readFileSync(new URL(${MODULE})), { headers: { "content-type": "application/wasm" } })`,
  ];
  for (const input of inputs) {
    const script = `${IMPORT} import { readFileSync } from "node:fs"; await init(${input}); console.log(validate("{}").kind)`;
    assert.equal(node(script), "processing-container", input);
  }
});

test("what is no module is a TypeError that names it", () => {
  for (const input of ["5", "{}", "null", "true"]) {
    const script = `${IMPORT} await init(${input}).catch((e) => console.log(e.name, /input/.test(e.message)))`;
    assert.equal(node(script), "TypeError true", input);
    const sync = `${IMPORT} try { initSync(${input}) } catch (e) { console.log(e.name, /input/.test(e.message)) }`;
    assert.equal(node(sync), "TypeError true", input);
  }
});

test("a module that has no memory left says so, and goes on", () => {
  const script = `${IMPORT} await init();
    try { validate("[" + "1,".repeat(5e6) + "1]"); console.log("it did not fail") } catch (e) { console.log(e.name, e.message, e.cause.name) }
    console.log(validate("{}").kind, validate("{").valid);`;
  assert.equal(
    node(script, ["--wasm-max-mem-pages=200"]),
    "Error task-api-wasm: the module failed and was started anew; it can be used further RuntimeError\n" +
      "processing-container false",
  );
});

test("a call that finds no room on the stack does no harm", () => {
  const script = `${IMPORT} await init();
    const text = JSON.stringify({ name: "a", image: "b:1", taskTemplate: "c", inputs: [], outputs: [], env: [{ name: "E", value: 5 }] });
    const expected = JSON.stringify(validate(text));
    const names = new Set();
    function deep() {
      try { deep() } catch {}
      try { if (JSON.stringify(validate(text)) !== expected) names.add("another answer") } catch (e) { names.add(e.name) }
      if (names.size > 0 && validates()) throw 0;
    }
    function validates() { try { return JSON.stringify(validate(text)) === expected } catch { return false } }
    try { deep() } catch {}
    console.log([...names].join(), validates());`;
  assert.match(node(script), /^(Error|RangeError|Error,RangeError|RangeError,Error) true$/);
});

test("a failed init can be tried again", () => {
  const script = `${IMPORT} await init("file:///no/such/file").catch((e) => console.log(e.code)); await init(); console.log(validate("{}").kind)`;
  assert.equal(node(script), "ENOENT\nprocessing-container");
});

test("a call before init says what to do", () => {
  const script = `${IMPORT} try { validate("{}") } catch (error) { console.log(error.message) }`;
  assert.equal(node(script), "task-api-wasm: call `await init()` before anything else");
});

test("the package works in a worker thread", async () => {
  const script = `
    import { parentPort } from "node:worker_threads";
    import init, { validate } from "task-api-wasm";
    await init();
    parentPort.postMessage(validate("{}"));`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script.replace('"task-api-wasm"', JSON.stringify(import.meta.resolve("task-api-wasm"))))}`));
  const result = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  assert.equal(result.kind, "processing-container");
  await worker.terminate();
});

test("the declarations know no `any`, `Map` or `bigint`, and nothing of what is inside", () => {
  for (const entry of ["task-api-wasm", "task-api-wasm/form", "task-api-wasm/validator"]) {
    const path = import.meta.resolve(entry).replace(/(\.node)?\.js$/, ".d.ts");
    const code = readFileSync(new URL(path), "utf8").replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
    assert.doesNotMatch(code, /\b(any|Map|bigint|__wb\w*)\b/, entry);
    assert.match(code, /export function validate\(text: string, options\?: Options\): ValidationResult;/);
  }
});

test("package.json is that of a typed ES module without side effects", () => {
  const manifest = require("task-api-wasm/package.json");
  assert.equal(manifest.type, "module");
  assert.deepEqual(manifest.sideEffects, ["./lsp-worker.js"]);
  assert.equal(manifest.license, "Apache-2.0");
  assert.deepEqual(Object.keys(manifest.exports["."]), ["types", "browser", "node", "default"]);
  assert.equal(manifest.dependencies, undefined);
  const root = new URL(".", import.meta.resolve("task-api-wasm"));
  for (const name of ["LICENSE", "README.md", "CHANGELOG.md", "index.d.ts", "form.d.ts", "validator.d.ts"]) {
    assert.ok(readFileSync(new URL(name, root)).length > 0, name);
  }
});
