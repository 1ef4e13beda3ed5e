// The commands that need no program of their own.

import {
  CodeActionKind,
  commands,
  type CodeAction,
  type Disposable,
  type OutputChannel,
  type QuickPickItem,
  Range,
  Uri,
  window,
  workspace,
} from "vscode";
import type { Location, Position } from "vscode-languageclient";

import { newContainer, newTaskFromTemplate } from "./create.js";
import { isOurs, type LanguageServer } from "./server.js";

export function registerCommands(server: LanguageServer, output: OutputChannel): Disposable[] {
  const register = (name: string, work: (...passed: never[]) => unknown): Disposable =>
    commands.registerCommand(`taskApi.${name}`, work);
  return [
    register("validateWorkspace", () => validateWorkspace(server)),
    register("fixAll", () => fixAll()),
    register("migrate", () => migrate()),
    register("format", () => commands.executeCommand("editor.action.formatDocument")),
    register("restartServer", () => server.restart()),
    register("showOutput", () => output.show()),
    register("newContainer", (folder?: Uri) => newContainer(folder)),
    register("newTask", (container?: Uri) => newTaskFromTemplate(container)),
    register("showReferences", (uri: string, position: Position, places: Location[]) =>
      showReferences(server, uri, position, places),
    ),
  ];
}

async function validateWorkspace(server: LanguageServer): Promise<void> {
  await server.settled;
  await commands.executeCommand("task-api.validateWorkspace");
  await commands.executeCommand("workbench.actions.view.problems");
}

async function fixAll(): Promise<void> {
  const kind = CodeActionKind.SourceFixAll.append("task-api").value;
  await commands.executeCommand("editor.action.sourceAction", { kind, apply: "first" });
}

const MIGRATION = "Migrate the file to version ";

/** The server offers what it can, with how many values change. */
async function migrate(): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document === undefined || !isOurs(document)) return;
  const start = new Range(0, 0, 0, 0);
  const kind = CodeActionKind.RefactorRewrite.value;
  const actions = await commands.executeCommand<CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    start,
    kind,
    100,
  );
  const found = actions.filter(({ title }) => title.startsWith(MIGRATION));
  const items = found.map((action): QuickPickItem & { action: CodeAction } => ({ label: action.title, action }));
  if (items.length === 0) {
    void window.showInformationMessage("This file cannot be migrated; the problems in it may say why.");
    return;
  }
  const chosen = await window.showQuickPick(items, { title: "Migrate to another version" });
  if (chosen?.action.edit !== undefined) await workspace.applyEdit(chosen.action.edit);
}

async function showReferences(
  server: LanguageServer,
  uri: string,
  position: Position,
  places: readonly Location[],
): Promise<void> {
  const convert = server.client?.protocol2CodeConverter;
  if (convert === undefined) return;
  await commands.executeCommand(
    "editor.action.showReferences",
    Uri.parse(uri),
    convert.asPosition(position),
    places.map((place) => convert.asLocation(place)),
  );
}
