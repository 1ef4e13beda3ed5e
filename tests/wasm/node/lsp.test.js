// The language server in Node: messages in, messages out, with files from the host.

import assert from "node:assert/strict";
import { test } from "node:test";

import init, { createServer } from "task-api-wasm/lsp";

import { CONTAINER, TASK } from "../documents.js";

await init();

const FOLDER = "memfs://workspace/";
const UNBOUND = TASK.replace(/"outputs": \[.*\]/, '"outputs": []');

/** A client that knows what it was told. */
class Client {
  #seen = [];
  #waiting = [];
  #count = 0;

  constructor(host = {}) {
    this.server = createServer({ send: (message) => this.#take(message), ...host });
  }

  #take(message) {
    assert.deepEqual(structuredClone(message), message);
    this.#seen.push(message);
    this.#waiting = this.#waiting.filter(({ fits, resolve }) => !(fits(message) && (resolve(message), true)));
  }

  /** The first message that fits, of those to come or, with `also`, of those that have come. */
  message(fits, also = false) {
    const seen = also && this.#seen.find(fits);
    return seen ? Promise.resolve(seen) : new Promise((resolve) => this.#waiting.push({ fits, resolve }));
  }

  notify(method, params) {
    this.server.receive({ jsonrpc: "2.0", method, params });
  }

  ask(method, params) {
    const id = `a${++this.#count}`;
    const answer = this.message((message) => message.id === id);
    this.server.receive({ jsonrpc: "2.0", id, method, params });
    return Object.assign(answer, { id });
  }

  diagnostics(uri, rules) {
    const codes = ({ params }) => params.diagnostics.map(({ code }) => code);
    const fits = (message) =>
      message.method === "textDocument/publishDiagnostics" && message.params.uri === uri && codes(message).join() === rules.join();
    return this.message(fits, true);
  }

  async start(capabilities = {}) {
    const workspaceFolders = [{ uri: FOLDER.slice(0, -1), name: "workspace" }];
    const { result } = await this.ask("initialize", { processId: null, rootUri: null, capabilities, workspaceFolders });
    this.notify("initialized", {});
    return result;
  }

  open(uri, text) {
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "json", version: 1, text } });
  }
}

test("files that are not open come from the host, and again when they change", async () => {
  const files = new Map([[`${FOLDER}processing-container.json`, CONTAINER]]);
  const asked = [];
  const client = new Client({
    findFiles: async (folders, patterns) => {
      asked.push(folders, patterns);
      return Array.from(files, ([uri, text]) => ({ uri, text }));
    },
    readFile: async (uri) => files.get(uri),
  });
  const { serverInfo, capabilities } = await client.start();
  assert.equal(serverInfo.name, "task-api");
  assert.ok(capabilities.hoverProvider);
  const uri = `${FOLDER}task.json`;
  client.open(uri, UNBOUND);
  await client.diagnostics(uri, ["unbound-channel"]);
  assert.deepEqual(asked[0], [FOLDER]);
  assert.ok(asked[1].includes("**/task-api.toml"));

  files.set(`${FOLDER}processing-container.json`, CONTAINER.replace(/"outputs": \[.*\],/, '"outputs": [],'));
  client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: `${FOLDER}processing-container.json`, type: 2 }] });
  await client.message((m) => m.method === "textDocument/publishDiagnostics" && m.params.uri === uri && m.params.diagnostics.length === 0);
  client.server.dispose();
});

test("without files, open documents are checked against each other", async () => {
  const client = new Client();
  await client.start();
  const uri = `${FOLDER}task.json`;
  client.open(`${FOLDER}processing-container.json`, CONTAINER);
  client.open(uri, UNBOUND);
  await client.diagnostics(uri, ["unbound-channel"]);
  const { result } = await client.ask("textDocument/hover", { textDocument: { uri }, position: { line: 3, character: 20 } });
  assert.match(result.contents.value, /Writes one mask per image/);
});

test("a host that fails to find files is said, and open documents are checked", async () => {
  const client = new Client({ findFiles: () => { throw new Error("no permission"); } });
  const said = client.message(({ method, params }) => method === "window/logMessage" && /no permission/.test(params.message));
  await client.start();
  await said;
  client.open(`${FOLDER}task.json`, TASK.replace('"lungs of study 7"', "5"));
  await client.diagnostics(`${FOLDER}task.json`, ["wrong-type"]);
});

test("what was cancelled before its turn is answered so", async () => {
  const client = new Client();
  await client.start();
  const uri = `${FOLDER}task.json`;
  client.open(uri, TASK);
  const answer = client.ask("textDocument/hover", { textDocument: { uri }, position: { line: 1, character: 3 } });
  client.notify("$/cancelRequest", { id: answer.id });
  assert.equal((await answer).error.code, -32800);
});

test("changes are taken in their order, and what follows them sees them", async () => {
  const client = new Client();
  await client.start();
  const uri = `${FOLDER}task.json`;
  client.open(uri, "");
  const text = TASK;
  for (let version = 0; version < text.length; version += 1) {
    const at = text.slice(0, version).split("\n");
    const position = { line: at.length - 1, character: at.at(-1).length };
    client.notify("textDocument/didChange", {
      textDocument: { uri, version: version + 2 },
      contentChanges: [{ range: { start: position, end: position }, text: text[version] }],
    });
  }
  const { result } = await client.ask("textDocument/documentSymbol", { textDocument: { uri } });
  assert.ok(JSON.stringify(result).includes("FOLDS"));
  await client.diagnostics(uri, []);
});

test("a client that says exit is let go", async () => {
  let isOver = false;
  const client = new Client({ onExit: () => { isOver = true; } });
  await client.start();
  await client.ask("shutdown");
  client.notify("exit");
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.ok(isOver);
  client.notify("textDocument/didOpen", {});
});

test("a wrong argument is a TypeError that names it", () => {
  for (const host of [undefined, null, 5, {}, { send: 5 }]) {
    assert.throws(() => createServer(host), { name: "TypeError", message: /`host/ });
  }
  assert.throws(() => createServer({ send() {}, readFile: 5 }), { name: "TypeError", message: /`host.readFile`/ });
  const { receive } = createServer({ send() {} });
  for (const message of [undefined, null, "{}"]) {
    assert.throws(() => receive(message), { name: "TypeError", message: /`message`/ });
  }
  const circle = { jsonrpc: "2.0" };
  circle.params = circle;
  assert.throws(() => receive(circle), { name: "TypeError", message: /`message`/ });
});

test("messages that are none are answered, and harm nothing", async () => {
  const client = new Client();
  await client.start();
  for (const message of [{}, [], { method: 5 }, { id: 1 }, { jsonrpc: "2.0", id: 7, method: "no/such" }, { method: "textDocument/didOpen", params: 5 }]) {
    client.server.receive(message);
  }
  await client.message(({ id }) => id === 7, true);
  client.open(`${FOLDER}task.json`, UNBOUND);
  await client.diagnostics(`${FOLDER}task.json`, []);
});
