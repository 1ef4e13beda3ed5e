// What is tried in the workbench, with the packed extension installed: the tests that TASK_API_TESTS names, one after the
// other. What they have seen goes into `result.json` of the workspace; afterwards, requests of the test outside are served.

const { createServer } = require("node:http");
const vscode = require("vscode");

const { EXTENSION, at, codes, eventually, open, ours, replace, uriOf } = require("./tools.js");

const { commands, languages, tasks, window, workspace } = vscode;

const TESTS = {
  checks: () => require("./checks.js"),
};

let terminals = "";

exports.run = async () => {
  window.onDidWriteTerminalData(({ terminal, data }) => {
    if (!terminals.includes(terminal.name)) terminals += `\n== ${terminal.name}\n`;
    terminals += data;
  });
  const steps = [];
  for (const group of (process.env.TASK_API_TESTS ?? "").split(" ").filter(Boolean)) {
    for (const [name, test] of Object.entries(TESTS[group]())) {
      const start = Date.now();
      try {
        await test();
        steps.push({ name, milliseconds: Date.now() - start });
      } catch (error) {
        steps.push({ name, milliseconds: Date.now() - start, failed: String(error.stack) });
        break;
      }
    }
  }
  // For the picture, and for who looks for an underline in the page.
  if (steps.length > 0 && !steps.at(-1).failed) {
    const document = await open("task.json");
    await replace(document, '"segment"', '"segmnt"');
    await eventually("a problem", () => codes("task.json").includes("unknown-template"));
  }
  const port = await serve();
  await workspace.fs.writeFile(uriOf("result.json"), new TextEncoder().encode(JSON.stringify({ steps, port })));
  // The page is looked at meanwhile.
  await new Promise(() => {});
};

/** For the test outside, which sees the page, and cannot see documents. */
const REQUESTS = {
  configure: async (name, value) => workspace.getConfiguration().update(name, value ?? undefined, vscode.ConfigurationTarget.Workspace),
  open: async (name) => void (await open(name)),
  text: async (name) => (await workspace.openTextDocument(uriOf(name))).getText(),
  isDirty: async (name) => (await workspace.openTextDocument(uriOf(name))).isDirty,
  replace: async (name, old, text) => replace(await workspace.openTextDocument(uriOf(name)), old, text),
  problems: (name) => ours(name).map(({ message }) => message),
  /** Puts the cursor so far behind the beginning of a text. */
  select: async (name, text, offset) => {
    const place = at(await open(name), text, offset);
    window.activeTextEditor.selection = new vscode.Selection(place, place);
  },
  /** All that everybody says of a file. */
  diagnostics: (name) =>
    languages.getDiagnostics(uriOf(name)).map(({ source, code, severity, message, range }) => {
      const { start, end } = range;
      return { source, code: code?.value ?? code, severity, message, range: [start.line, start.character, end.line, end.character] };
    }),
  timed: (name, text, rest) => timed(name, text, rest),
  /** Of those that are offered for tasks.json; gives its exit code. */
  task: async (type, label) => {
    const found = (await tasks.fetchTasks({ type })).find(({ name }) => name === label);
    const ended = new Promise((resolve) => {
      tasks.onDidEndTaskProcess(({ execution, exitCode }) => execution.task.name === label && resolve(exitCode));
    });
    await tasks.executeTask(found);
    return ended;
  },
  isActive: () => vscode.extensions.getExtension(EXTENSION).isActive,
  execute: async (command, ...passed) => void (await commands.executeCommand(command, ...passed)),
  /** For what ends only when somebody has answered in the page. */
  start: (command, ...passed) => void commands.executeCommand(command, ...passed),
  active: () => window.activeTextEditor?.document.uri.path ?? "",
  activeText: () => window.activeTextEditor?.document.getText() ?? "",
  activeLanguage: () => window.activeTextEditor?.document.languageId,
  terminals: () => terminals,
  editors: () => window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label, input }) => `${label} ${input?.viewType ?? "text"}`)),
};

/** Makes a text another one, and says after how many milliseconds what is there first, and what in the end. */
async function timed(name, text, rest) {
  const document = await open(name);
  const before = document.getText();
  await settled(document.uri, rest);
  const background = REQUESTS.diagnostics(name).map(({ message }) => message);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  let first;
  const start = performance.now();
  const listening = languages.onDidChangeDiagnostics(({ uris }) => {
    const isNew = REQUESTS.diagnostics(name).some(({ message }) => !background.includes(message));
    if (first === undefined && isNew && uris.some((uri) => uri.toString() === document.uri.toString())) {
      first = performance.now() - start;
    }
  });
  await workspace.applyEdit(edit);
  await settled(document.uri, rest);
  listening.dispose();
  const found = REQUESTS.diagnostics(name).filter(({ message }) => !background.includes(message));
  await replace(document, document.getText(), before);
  return { milliseconds: first, found };
}

/** Nothing has been said of the file for so long. */
function settled(uri, rest) {
  return new Promise((resolve) => {
    let timer = setTimeout(done, rest);
    const listening = languages.onDidChangeDiagnostics(({ uris }) => {
      if (!uris.some((changed) => changed.toString() === uri.toString())) return;
      clearTimeout(timer);
      timer = setTimeout(done, rest);
    });
    function done() {
      listening.dispose();
      resolve();
    }
  });
}

function serve() {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    try {
      const [name, ...passed] = JSON.parse(body);
      response.end(JSON.stringify({ value: await REQUESTS[name](...passed) }));
    } catch (error) {
      response.end(JSON.stringify({ error: String(error.stack) }));
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
}
