import { BrowserMessageReader, BrowserMessageWriter, createMessageConnection } from "vscode-jsonrpc/browser";

const worker = new Worker("/node_modules/task-api-wasm/lsp-worker.js", { type: "module" });
const client = createMessageConnection(new BrowserMessageReader(worker), new BrowserMessageWriter(worker));
const container = `{"name": "c", "description": "d", "templates": [{"identifier": "segment", "description": "d",
  "inputs": [], "outputs": [{"name": "masks", "mounted_path": "/m", "description": "d"}], "env": []}]}`;
const folder = "vscode-vfs://github/owner/name";

client.onRequest("task-api/findFiles", ({ folders, patterns }) => {
  document.body.dataset.asked = `${folders} ${patterns.length > 0}`;
  return [{ uri: `${folder}/processing-container.json`, text: container }];
});
client.onRequest("task-api/readFile", ({ uri }) => (uri.endsWith("container.json") ? { text: container } : null));
client.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => {
  const name = uri.slice(folder.length + 1);
  document.querySelector("#result").textContent += `${name}: ${diagnostics.map(({ code }) => code).join()}; `;
});
client.listen();

await client.sendRequest("initialize", {
  processId: null,
  rootUri: null,
  capabilities: { experimental: { taskApiFiles: true } },
  workspaceFolders: [{ uri: folder, name: "name" }],
});
await client.sendNotification("initialized", {});
await client.sendNotification("textDocument/didOpen", {
  textDocument: {
    uri: `${folder}/task.json`,
    languageId: "json",
    version: 1,
    text: '{"name": "n", "image": "i:1", "taskTemplate": "segment", "inputs": [], "outputs": []}',
  },
});
