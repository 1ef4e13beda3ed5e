// The language server as a worker: messages of LSP come and go by `postMessage`, as `BrowserMessageReader` and
// `BrowserMessageWriter` of vscode-languageclient have them.
//
// A client that declares `capabilities.experimental.taskApiFiles` is asked for files that are not open, by requests:
// `task-api/findFiles` with `{folders, patterns}` gives a list of `{uri, text}`, `task-api/readFile` with `{uri}` gives
// `{text}`, or `null` if there is no such file.

import init, { createServer } from "./lsp.js";

const PREFIX = "task-api/files/";

/** What the client is to answer, by the request's id. */
const asked = new Map();
let count = 0;

function ask(method, params) {
  count += 1;
  const id = `${PREFIX}${count}`;
  postMessage({ jsonrpc: "2.0", id, method, params });
  return new Promise((resolve, reject) => asked.set(id, { resolve, reject }));
}

const files = {
  findFiles: (folders, patterns) => ask("task-api/findFiles", { folders, patterns }),
  readFile: async (uri) => (await ask("task-api/readFile", { uri }))?.text,
};

let server;
let isReady = false;
const early = [];

function receive(message) {
  const answered = message?.method === undefined && asked.get(message?.id);
  if (answered) {
    asked.delete(message.id);
    if (message.error === undefined) answered.resolve(message.result);
    else answered.reject(new Error(message.error.message));
    return;
  }
  // Who can be asked for files is known when the client says what it can do.
  server ??= createServer({
    send: (message) => postMessage(message),
    onExit: () => close(),
    ...(message?.params?.capabilities?.experimental?.taskApiFiles === true ? files : {}),
  });
  server.receive(message);
}

// From the very beginning, for what comes before the module is there would be lost.
addEventListener("message", ({ data }) => {
  if (isReady) receive(data);
  else early.push(data);
});

// No `await` at the top: bundlers make workers of a kind that has none.
init().then(() => {
  isReady = true;
  early.splice(0).forEach(receive);
});
