// What the program does: run, estimate and resolve tasks, list and stop runs.

import {
  commands,
  type Disposable,
  EventEmitter,
  type OutputChannel,
  ProgressLocation,
  type QuickPickItem,
  type TaskExecution,
  tasks,
  Uri,
  ViewColumn,
  window,
  workspace,
} from "vscode";

import { textOf } from "./files.js";
import type { Host, Native } from "./host.js";
import { latestOf, readRuns } from "./last-run.js";
import { outputsOf, type Run } from "./model.js";
import { stateInWords } from "./overview.js";
import { type Place, taskAt } from "./place.js";
import type { LanguageServer } from "./server.js";
import { TASK_TYPE, taskOf } from "./tasks.js";

const RESOLVED = "task-api-resolved";

export function registerRuns(server: LanguageServer, host: Host, output: OutputChannel): { dispose(): unknown }[] {
  const program = new Program(server, host, output);
  const resolved = new Resolved(program);
  const register = (name: string, work: (place?: Place) => unknown): Disposable =>
    commands.registerCommand(`taskApi.${name}`, work);
  return [
    resolved,
    workspace.registerTextDocumentContentProvider(RESOLVED, resolved),
    workspace.onDidSaveTextDocument(({ uri }) => resolved.refresh(uri)),
    register("run", async (place) => {
      const uri = taskAt(place);
      if (uri !== undefined) await program.runTask(uri);
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

  async runTask(uri: Uri): Promise<void> {
    const native = await this.native();
    const folder = workspace.getWorkspaceFolder(uri) ?? workspace.workspaceFolders?.[0];
    if (native === undefined || folder === undefined) return;
    await (await workspace.openTextDocument(uri)).save();
    const options = workspace.getConfiguration("taskApi").get<string[]>("run.arguments", []);
    const words = [uri.fsPath, "--watch", ...options];
    const name = workspace.asRelativePath(uri);
    const task = taskOf(native, { type: TASK_TYPE, command: "run", arguments: words }, folder, `run ${name}`);
    const begun = new Date().toISOString();
    const code = await window.withProgress(
      { location: ProgressLocation.Notification, title: `Running ${name}`, cancellable: true },
      async (_progress, cancelled) => {
        const ended = new EventEmitter<number | undefined>();
        const code = new Promise<number | undefined>((resolve) => ended.event(resolve));
        const listening = tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
          if (execution.task.definition === task.definition || execution.task.name === task.name) ended.fire(exitCode);
        });
        const execution = await tasks.executeTask(task);
        cancelled.onCancellationRequested(() => void this.#cancel(uri, begun, execution));
        try {
          return await code;
        } finally {
          listening.dispose();
          ended.dispose();
        }
      },
    );
    if (code === 0) await this.#offerOutputs(uri, name);
  }

  /** A terminal that is closed leaves its container running: what is to end is the run. */
  async #cancel(uri: Uri, begun: string, execution: TaskExecution): Promise<void> {
    const latest = latestOf(await readRuns(), uri, (await textOf(uri)) ?? "");
    if (latest === undefined || latest.createdAt < begun) execution.terminate();
    else await this.words(["stop", latest.id], Uri.parse(latest.uri));
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

/** By a name that is not one of a task: it is none any more. */
function resolvedUri(uri: Uri): Uri {
  const name = (uri.path.split("/").at(-1) ?? "").replace(/\.json$/, "");
  return Uri.from({ scheme: RESOLVED, path: `/Resolved ${name}.run.json`, query: uri.toString() });
}

async function runAt(place: Place | undefined, isWanted: (run: Run) => boolean): Promise<Run | undefined> {
  const given = typeof place === "object" && !(place instanceof Uri) ? place.uri : undefined;
  const runs = (await readRuns()).filter(isWanted);
  if (given !== undefined) return runs.find((run) => run.uri === given);
  if (runs.length === 0) {
    void window.showInformationMessage("There is no such run with a record in this workspace.");
    return undefined;
  }
  const items = runs.map((run): QuickPickItem & { run: Run } => ({
    label: run.name,
    description: stateInWords(run),
    detail: `${run.id}  ${run.createdAt}`,
    run,
  }));
  return (await window.showQuickPick(items, { title: "Which run?" }))?.run;
}
