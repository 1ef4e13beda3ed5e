// What the tests within VS Code are made of. Only what VS Code gives to every extension is used.

const vscode = require("vscode");

const EXTENSION = "task-api.task-api";
const PATIENCE = 30_000;

const { commands, languages, Range, Uri, window, workspace } = vscode;

const root = () => workspace.workspaceFolders[0].uri;
const uriOf = (name) => Uri.joinPath(root(), name);
const ours = (name) => languages.getDiagnostics(uriOf(name)).filter(({ source }) => source === "task-api");
const codes = (name) => ours(name).map(({ code }) => code?.value ?? code);
const execute = (name, ...passed) => commands.executeCommand(`vscode.${name}`, ...passed);

function check(is, what) {
  if (!is) throw new Error(what);
}

/** Asks again when something has changed, and now and then. */
async function eventually(what, ask, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`in vain: ${typeof what === "function" ? what() : what}`);
    await new Promise((resolve) => {
      const timer = setTimeout(done, 100);
      const listening = languages.onDidChangeDiagnostics(done);
      function done() {
        clearTimeout(timer);
        listening.dispose();
        resolve();
      }
    });
  }
}

async function open(name) {
  const document = await workspace.openTextDocument(uriOf(name));
  await window.showTextDocument(document);
  return document;
}

/** The place in the middle of a word. */
function at(document, text, offset = 1) {
  const found = document.getText().indexOf(text);
  check(found >= 0, `${text} is not in ${document.fileName}: ${document.getText()}`);
  return document.positionAt(found + offset);
}

async function replace(document, old, text) {
  const start = at(document, old, 0);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new Range(start, document.positionAt(document.offsetAt(start) + old.length)), text);
  check(await workspace.applyEdit(edit), `the edit of ${old} was refused`);
}

async function read(name) {
  return new TextDecoder().decode(await workspace.fs.readFile(uriOf(name)));
}

module.exports = { EXTENSION, at, check, codes, eventually, execute, open, ours, read, replace, uriOf };
