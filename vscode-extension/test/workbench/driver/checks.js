// What is the same with every server: problems, and what editors ask.

const vscode = require("vscode");

const { EXTENSION, at, check, codes, eventually, execute, open, ours, replace, uriOf } = require("./tools.js");

const { commands, languages, window, workspace } = vscode;

module.exports = {
  async "each file is of its language"() {
    for (const [name, language] of Object.entries({ "a.task.json": "task-api-task", "a.workflow.json": "task-api-workflow", "other.json": "json" })) {
      await workspace.fs.writeFile(uriOf(`languages/${name}`), new TextEncoder().encode("{}"));
      const { languageId } = await workspace.openTextDocument(uriOf(`languages/${name}`));
      check(languageId === language, `${name} is ${languageId}`);
    }
    await workspace.fs.delete(uriOf("languages"), { recursive: true });
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
