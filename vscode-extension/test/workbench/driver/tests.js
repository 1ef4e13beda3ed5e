// What is tried in the workbench, with the packed extension installed. Uses only what VS Code gives to every extension,
// so that it is the same in a Node host and in a web worker. What it has seen goes into `result.json` of the workspace.

const vscode = require("vscode");

const EXTENSION = "task-api.task-api";
const PATIENCE = 30_000;

const { commands, languages, Position, Range, Uri, window, workspace } = vscode;

const steps = [];
let root;

const uriOf = (name) => Uri.joinPath(root, name);
const ours = (name) => languages.getDiagnostics(uriOf(name)).filter(({ source }) => source === "task-api");
const codes = (name) => ours(name).map(({ code }) => code?.value ?? code);
const execute = (name, ...passed) => commands.executeCommand(`vscode.${name}`, ...passed);

function check(is, what) {
  if (!is) throw new Error(what);
}

/** Asks again when something has changed, and now and then. */
async function eventually(what, ask) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
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
  check(found >= 0, `${text} is not in ${document.fileName}`);
  return document.positionAt(found + offset);
}

async function replace(document, old, text) {
  const start = at(document, old, 0);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new Range(start, document.positionAt(document.offsetAt(start) + old.length)), text);
  check(await workspace.applyEdit(edit), `the edit of ${old} was refused`);
}

const TESTS = {
  async "the extension is not active before a file of its own is open"() {
    // Something of the workspace activates it, if anything does.
    const { packageJSON } = vscode.extensions.getExtension(EXTENSION);
    check(packageJSON.contributes.languages.length === 2, "not the extension that was meant");
  },

  async "an open task is of its language, and what is wrong in it is a problem"() {
    const document = await open("task.json");
    check(document.languageId === "task-api-task", `language ${document.languageId}`);
    await eventually("problems", () => ours("task.json").length > 0);
    check(codes("task.json").includes("wrong-type"), `problems ${codes("task.json")}`);
    const others = languages.getDiagnostics(document.uri).filter(({ source }) => source !== "task-api");
    check(others.length === 0, `others say ${others.map(({ source, message }) => `${source}: ${message}`)}`);
  },

  async "a file that is closed has problems too"() {
    await eventually("problems of b-task.json", () => codes("b-task.json").length > 0);
  },

  async "the program is used if it is set and the folder is trusted, and else the server within the extension"() {
    const { native } = await vscode.extensions.getExtension(EXTENSION).activate();
    const wanted = workspace.isTrusted ? workspace.getConfiguration("taskApi").get("server.path") || undefined : undefined;
    check(native() === wanted, `native is ${native()}, wanted ${wanted}`);
  },

  async "a hover says what a field is for"() {
    const document = await open("task.json");
    const hovers = await execute("executeHoverProvider", document.uri, at(document, '"taskTemplate"', 3));
    const text = hovers.flatMap(({ contents }) => contents.map((it) => it.value ?? it)).join("\n");
    check(/template/i.test(text), `hover: ${text}`);
  },

  async "a quick fix is applied"() {
    const document = await open("task.json");
    const [finding] = ours("task.json").filter(({ code }) => (code?.value ?? code) === "wrong-type");
    const actions = await execute("executeCodeActionProvider", document.uri, finding.range, "quickfix", 20);
    const fix = actions.find(({ edit, isPreferred }) => edit && isPreferred) ?? actions.find(({ edit }) => edit);
    check(fix, `fixes ${actions.map(({ title }) => title)}`);
    check(await workspace.applyEdit(fix.edit), "the fix was refused");
    await eventually("no such problem", () => !codes("task.json").includes("wrong-type"));
    check(document.getText().includes('"name": "7"'), document.getText());
  },

  async "an edit makes a problem, and the next one clears it"() {
    const document = await open("task.json");
    await replace(document, '"segment"', '"segmnt"');
    await eventually("a problem", () => codes("task.json").includes("unknown-template"));
    await replace(document, '"segmnt"', '"segment"');
    await eventually("no problem", () => !codes("task.json").includes("unknown-template"));
  },

  async "a completion is accepted"() {
    const document = await open("task.json");
    await replace(document, '"segment"', '""');
    const place = at(document, '"taskTemplate": ""', '"taskTemplate": "'.length);
    window.activeTextEditor.selection = new vscode.Selection(place, place);
    const { items } = await execute("executeCompletionItemProvider", document.uri, place);
    check(items.some(({ label }) => /segment/.test(label.label ?? label)), `items ${items.map(({ label }) => label.label ?? label)}`);
    await commands.executeCommand("editor.action.triggerSuggest");
    await eventually("the word", async () => {
      await commands.executeCommand("acceptSelectedSuggestion");
      return document.getText().includes('"taskTemplate": "segment"');
    });
  },

  async "a channel is renamed in the container and in all tasks"() {
    const document = await open("processing-container.json");
    const edit = await execute("executeDocumentRenameProvider", document.uri, at(document, '"images"', 3), "scans");
    check(edit.size === 3, `edits in ${edit.size} files`);
    check(await workspace.applyEdit(edit), "the renaming was refused");
    for (const name of ["processing-container.json", "task.json", "b-task.json"]) {
      const text = (await workspace.openTextDocument(uriOf(name))).getText();
      check(text.includes('"scans"') && !text.includes('"images"'), `${name}: ${text}`);
    }
    await workspace.saveAll(false);
  },

  async "lenses lead to the tasks of a template"() {
    const document = await open("processing-container.json");
    const lenses = await eventually("lenses", async () => {
      const found = await execute("executeCodeLensProvider", document.uri, 20);
      return found.length > 0 && found;
    });
    const names = lenses.map(({ command }) => command?.command);
    check(names.includes("taskApi.showReferences"), `lenses ${names}`);
  },

  async "settings hold at once"() {
    await workspace.getConfiguration("taskApi").update("rules", { "floating-image-tag": "error" }, 2);
    await eventually("the error", () =>
      ours("b-task.json").some(({ code, severity }) => (code?.value ?? code) === "floating-image-tag" && severity === 0),
    );
  },

  async "the workspace is validated, mended and laid out on command"() {
    await commands.executeCommand("taskApi.validateWorkspace");
    const document = await open("b-task.json");
    await replace(document, "\n  ", "\n        ");
    await commands.executeCommand("taskApi.format");
    await eventually("the layout", () => !document.getText().includes("\n        \""));
    await workspace.saveAll(false);
  },

  async "a server that was started again knows its files"() {
    await commands.executeCommand("taskApi.restartServer");
    await open("task.json");
    await eventually("problems", () => codes("b-task.json").includes("floating-image-tag"));
  },
};

exports.run = async () => {
  root = workspace.workspaceFolders[0].uri;
  let failed;
  for (const [name, test] of Object.entries(TESTS)) {
    const start = Date.now();
    try {
      await test();
      steps.push({ name, milliseconds: Date.now() - start });
    } catch (error) {
      failed = `${name}: ${error.message}`;
      steps.push({ name, milliseconds: Date.now() - start, failed: String(error.stack) });
      break;
    }
  }
  // For the picture, and for who looks for an underline in the page.
  if (!failed) {
    const document = await open("task.json");
    await replace(document, '"segment"', '"segmnt"');
    await eventually("a problem", () => codes("task.json").includes("unknown-template"));
  }
  await workspace.fs.writeFile(uriOf("result.json"), new TextEncoder().encode(JSON.stringify(steps)));
  // The page is looked at meanwhile.
  await new Promise(() => {});
};
