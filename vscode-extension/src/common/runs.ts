// What the program does: run, estimate and resolve tasks, list and stop runs.

import {
  commands,
  type Disposable,
  EventEmitter,
  type OutputChannel,
  ProgressLocation,
  type QuickPickItem,
  StatusBarAlignment,
  tasks,
  Uri,
  ViewColumn,
  window,
  workspace,
} from "vscode";

import { find, textOf } from "./files.js";
import type { Host, Native } from "./host.js";
import { outputsOf, type Run, runOf } from "./model.js";
import { stateInWords } from "./overview.js";
import { type Place, taskAt } from "./place.js";
import type { LanguageServer } from "./server.js";
import { TASK_TYPE, taskOf } from "./tasks.js";

const RECORDS = "**/task_run-*.json";
const RESOLVED = "task-api-resolved";

export function registerRuns(server: LanguageServer, host: Host, output: OutputChannel): { dispose(): unknown }[] {
  const program = new Program(server, host, output);
  const status = window.createStatusBarItem("taskApi.run", StatusBarAlignment.Left);
  status.name = "Task API: last run";
  status.command = "taskApi.openRecord";
  const resolved = new Resolved(program);
  const register = (name: string, work: (place?: Place) => unknown): Disposable =>
    commands.registerCommand(`taskApi.${name}`, work);
  return [
    status,
    resolved,
    workspace.registerTextDocumentContentProvider(RESOLVED, resolved),
    workspace.onDidSaveTextDocument(({ uri }) => resolved.refresh(uri)),
    register("run", async (place) => {
      const uri = taskAt(place);
      if (uri !== undefined) await program.runTask(uri, (text) => {
        status.text = text;
        status.show();
      });
    }),
    register("estimate", (place) => program.inTerminal("estimate", taskAt(place))),
    register("resolve", (place) => resolved.show(taskAt(place))),
    register("showRuns", () => program.inTerminal("ps", undefined)),
    register("stopRun", async (place) => program.stopRun(await runAt(place, (run) => run.state === "running"))),
    register("openRecord", async (place) => {
      const run = await runAt(place, () => true);
      if (run !== undefined) await window.showTextDocument(Uri.parse(run.uri));
    }),
  ];
}

class Program {
  readonly #server: LanguageServer;
  readonly #host: Host;
  readonly #output: OutputChannel;

  constructor(server: LanguageServer, host: Host, output: OutputChannel) {
    this.#server = server;
    this.#host = host;
    this.#output = output;
  }

  /** Says what is missing, if it is. */
  async native(): Promise<Native | undefined> {
    await this.#server.settled;
    const { native } = this.#server;
    if (native === undefined) void window.showErrorMessage(this.#missing());
    return native;
  }

  #missing(): string {
    if (this.#host.programs === undefined) return "Tasks cannot be run in a browser: open the folder in VS Code on a machine with task-api.";
    if (!workspace.isTrusted) return "Nothing is run in a folder that you do not trust. Trust it first (Workspaces: Manage Workspace Trust).";
    return "This needs the program task-api: put it in the PATH, or name it in the setting taskApi.server.path.";
  }

  async runTask(uri: Uri, show: (status: string) => void): Promise<void> {
    const native = await this.native();
    const folder = workspace.getWorkspaceFolder(uri) ?? workspace.workspaceFolders?.[0];
    if (native === undefined || folder === undefined) return;
    await (await workspace.openTextDocument(uri)).save();
    const options = workspace.getConfiguration("taskApi").get<string[]>("run.arguments", []);
    const words = [uri.fsPath, "--watch", ...options];
    const name = workspace.asRelativePath(uri);
    const task = taskOf(native, { type: TASK_TYPE, command: "run", arguments: words }, folder, `run ${name}`);
    show(`$(sync~spin) ${name}`);
    const code = await window.withProgress(
      { location: ProgressLocation.Notification, title: `Running ${name}`, cancellable: true },
      async (_progress, cancelled) => {
        const ended = new EventEmitter<number | undefined>();
        const code = new Promise<number | undefined>((resolve) => ended.event(resolve));
        const listening = tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
          if (execution.task.definition === task.definition || execution.task.name === task.name) ended.fire(exitCode);
        });
        const execution = await tasks.executeTask(task);
        cancelled.onCancellationRequested(() => execution.terminate());
        try {
          return await code;
        } finally {
          listening.dispose();
          ended.dispose();
        }
      },
    );
    show(code === 0 ? `$(pass) ${name}` : `$(error) ${name}: ${code === undefined ? "ended" : `exit code ${code}`}`);
    if (code === 0) await this.#offerOutputs(uri, name);
  }

  async #offerOutputs(uri: Uri, name: string): Promise<void> {
    const directories = outputsOf((await textOf(uri)) ?? "").filter((path) => !path.includes("{{"));
    const open = "Open Outputs";
    const chosen = await window.showInformationMessage(`${name} is done.`, ...(directories.length > 0 ? [open] : []));
    if (chosen !== open) return;
    for (const path of directories) {
      const place = path.startsWith("/") ? Uri.file(path) : Uri.joinPath(uri, "..", path);
      await commands.executeCommand(workspace.getWorkspaceFolder(place) ? "revealInExplorer" : "revealFileInOS", place);
    }
  }

  async inTerminal(command: string, uri: Uri | undefined): Promise<void> {
    const native = await this.native();
    const folder = (uri && workspace.getWorkspaceFolder(uri)) ?? workspace.workspaceFolders?.[0];
    if (native === undefined || folder === undefined) return;
    const words = uri === undefined ? [] : [uri.fsPath];
    const name = uri === undefined ? command : `${command} ${workspace.asRelativePath(uri)}`;
    await tasks.executeTask(taskOf(native, { type: TASK_TYPE, command, arguments: words }, folder, name));
  }

  async stopRun(run: Run | undefined): Promise<void> {
    if (run === undefined || (await this.words(["stop", run.id], Uri.parse(run.uri))) === undefined) return;
    void window.showInformationMessage(`${run.name} was stopped.`);
  }

  /** What the program prints; what it complains of is shown. */
  async words(words: readonly string[], beside: Uri): Promise<string | undefined> {
    const native = await this.native();
    const { programs } = this.#host;
    if (native === undefined || programs === undefined) return undefined;
    const { code, out, error } = await programs.run(native, words, Uri.joinPath(beside, "..").fsPath);
    if (code === 0) return out;
    this.#output.appendLine(`task-api ${words.join(" ")}: ${error.trim()}`);
    void window.showErrorMessage(`task-api ${words[0] ?? ""}: ${error.trim().split("\n", 1)[0] ?? ""}`);
    return undefined;
  }
}

/** The task as it would be run, as a document that follows the file. */
class Resolved {
  readonly #program: Program;
  readonly #changed = new EventEmitter<Uri>();
  readonly onDidChange = this.#changed.event;

  constructor(program: Program) {
    this.#program = program;
  }

  async show(uri: Uri | undefined): Promise<void> {
    if (uri === undefined || (await this.#program.native()) === undefined) return;
    await window.showTextDocument(resolvedUri(uri), { preview: true, viewColumn: ViewColumn.Beside });
  }

  refresh(uri: Uri): void {
    this.#changed.fire(resolvedUri(uri));
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const file = Uri.parse(uri.query);
    return (await this.#program.words(["resolve", file.fsPath], file)) ?? "";
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function resolvedUri(uri: Uri): Uri {
  const name = uri.path.split("/").at(-1) ?? "";
  return Uri.from({ scheme: RESOLVED, path: `/resolved ${name}`, query: uri.toString() });
}

async function runAt(
  place: Place | undefined,
  isWanted: (run: Run) => boolean,
): Promise<Run | undefined> {
  const given = typeof place === "object" && !(place instanceof Uri) ? place.uri : undefined;
  const uris = given === undefined ? await find(RECORDS) : [Uri.parse(given)];
  const read = await Promise.all(uris.map(async (uri) => runOf(uri.toString(), (await textOf(uri)) ?? "")));
  const runs = read.filter((run) => run !== undefined && isWanted(run)) as Run[];
  if (given !== undefined) return runs[0];
  if (runs.length === 0) {
    void window.showInformationMessage("There is no such run with a record in this workspace.");
    return undefined;
  }
  runs.sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  const items = runs.map((run): QuickPickItem & { run: Run } => ({
    label: run.name,
    description: stateInWords(run),
    detail: `${run.id}  ${run.createdAt}`,
    run,
  }));
  return (await window.showQuickPick(items, { title: "Which run?" }))?.run;
}
