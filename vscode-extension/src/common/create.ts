// New files: a processing container as `task-api init` begins one, and a task from a template.

import { type QuickPickItem, Uri, window, workspace } from "vscode";

import { filled, type StarterFile } from "./starter.js";
import { find, textOf } from "./files.js";
import { type Container, containerOf, imageName, newTask, type Template } from "./model.js";

export async function newContainer(into?: Uri): Promise<void> {
  const folder = into ?? (await chooseFolder("The folder for the new processing container"));
  if (folder === undefined) return;
  const proposed = folder.path.split("/").filter(Boolean).at(-1) ?? "my-algorithm";
  const name = await window.showInputBox({
    title: "New processing container",
    prompt: "What it is called, for people to read",
    value: proposed,
    validateInput: (value) => (value.trim() === "" ? "A container needs a name." : undefined),
  });
  if (name === undefined) return;
  const files = filled(name.trim());
  const existing = await namesThatExist(folder, files);
  if (existing.length > 0) {
    void window.showErrorMessage(`${folder.path} has ${existing.join(", ")} already; nothing was written.`);
    return;
  }
  for (const { path, text } of files) {
    await workspace.fs.writeFile(Uri.joinPath(folder, path), new TextEncoder().encode(text));
  }
  await workspace.fs.createDirectory(Uri.joinPath(folder, "data/inputs"));
  await window.showTextDocument(Uri.joinPath(folder, "processing-container.json"));
}

async function namesThatExist(folder: Uri, files: readonly StarterFile[]): Promise<string[]> {
  const known = await workspace.fs.readDirectory(folder).then(
    (entries) => new Set(entries.map(([name]) => name)),
    () => new Set<string>(),
  );
  return files.map(({ path }) => path).filter((path) => known.has(path));
}

async function chooseFolder(title: string, near?: Uri): Promise<Uri | undefined> {
  const start = near ?? workspace.workspaceFolders?.[0]?.uri;
  const chosen = await window.showOpenDialog({
    title,
    canSelectFiles: false,
    canSelectFolders: true,
    ...(start === undefined ? {} : { defaultUri: start }),
  });
  return chosen?.[0];
}

interface Choice extends QuickPickItem {
  readonly container: Container;
  readonly template: Template;
}

export async function newTaskFromTemplate(of?: Uri): Promise<void> {
  const choices = await templates(of);
  if (choices.length === 0) {
    void window.showInformationMessage("There is no template: make a processing-container.json first.");
    return;
  }
  const choice = await window.showQuickPick(choices, { title: "New task: of which template?" });
  if (choice === undefined) return;
  const { container, template } = choice;
  const home = Uri.joinPath(Uri.parse(container.uri), "..");
  const folders = await foldersOf(template, home);
  if (folders === undefined) return;
  const text = newTask(container, template, template.identifier, `${imageName(container.name)}:0.1.0`, folders);
  const place = await unusedName(home, template.identifier);
  await workspace.fs.writeFile(place, new TextEncoder().encode(text));
  await window.showTextDocument(place);
}

async function templates(of: Uri | undefined): Promise<Choice[]> {
  const uris = of === undefined ? await find("**/processing-container.json") : [of];
  const choices: Choice[] = [];
  for (const uri of uris) {
    const container = containerOf(uri.toString(), (await textOf(uri)) ?? "");
    for (const template of container?.templates ?? []) {
      if (container === undefined) continue;
      const channels = [...template.inputs, ...template.outputs].join(", ");
      choices.push({
        label: template.identifier,
        description: container.name,
        detail: `${workspace.asRelativePath(uri)}${channels === "" ? "" : `: ${channels}`}`,
        container,
        template,
      });
    }
  }
  return choices;
}

/** One for each channel; one that is passed over gets a place to be written later. Nothing if all is called off. */
async function foldersOf(template: Template, home: Uri): Promise<Map<string, string> | undefined> {
  const folders = new Map<string, string>();
  for (const [kind, channels] of [["Input", template.inputs], ["Output", template.outputs]] as const) {
    for (const channel of channels) {
      const [choose, later] = ["Choose a folder…", "Later"];
      const answer = await window.showQuickPick([choose, later], { title: `${kind} ${channel}` });
      if (answer === undefined) return undefined;
      if (answer === later) continue;
      const folder = await chooseFolder(`${kind} ${channel}`, home);
      if (folder !== undefined) folders.set(channel, seenFrom(home, folder));
    }
  }
  return folders;
}

function seenFrom(home: Uri, folder: Uri): string {
  return folder.path.startsWith(`${home.path}/`) ? `.${folder.path.slice(home.path.length)}` : folder.fsPath;
}

async function unusedName(home: Uri, template: string): Promise<Uri> {
  const known = new Set((await workspace.fs.readDirectory(home)).map(([name]) => name));
  const base = imageName(template);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${base}-task.json` : `${base}-${number}-task.json`;
    if (!known.has(name)) return Uri.joinPath(home, name);
  }
}
