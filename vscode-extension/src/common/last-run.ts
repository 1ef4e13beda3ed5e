// The last run: of a task in a lens above it, of the workspace in the status bar. Both say what the records say.

import {
  CodeLens,
  type CodeLensProvider,
  EventEmitter,
  languages,
  Range,
  StatusBarAlignment,
  type TextDocument,
  Uri,
  window,
  workspace,
} from "vscode";

import { find, textOf } from "./files.js";
import { isRunOf, type Run, runOf, taskOf } from "./model.js";
import { iconOf, outcome } from "./overview.js";

export const RECORDS = "**/task_run-*.json";

/** A record is written several times while a run starts. */
const PATIENCE = 150;

export async function readRuns(): Promise<Run[]> {
  const uris = await find(RECORDS);
  const read = await Promise.all(uris.map(async (uri) => runOf(uri.toString(), (await textOf(uri)) ?? "")));
  const runs = read.filter((run) => run !== undefined);
  return runs.sort((one, other) => other.createdAt.localeCompare(one.createdAt));
}

export function latestOf(runs: readonly Run[], uri: Uri, text: string): Run | undefined {
  const task = taskOf(uri.toString(), text);
  return task && runs.find((run) => isRunOf(run, task));
}

export function registerLastRun(): { dispose(): unknown }[] {
  const lastRun = new LastRun();
  const watcher = workspace.createFileSystemWatcher(RECORDS);
  return [
    lastRun,
    watcher,
    watcher.onDidChange(() => lastRun.refreshSoon()),
    watcher.onDidCreate(() => lastRun.refreshSoon()),
    watcher.onDidDelete(() => lastRun.refreshSoon()),
    workspace.onDidChangeWorkspaceFolders(() => lastRun.refreshSoon()),
    languages.registerCodeLensProvider({ language: "task-api-task" }, lastRun),
  ];
}

class LastRun implements CodeLensProvider {
  readonly #changed = new EventEmitter<void>();
  readonly #status = window.createStatusBarItem("taskApi.run", StatusBarAlignment.Left);
  #runs: Run[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor() {
    this.#status.name = "Task API: last run";
    this.refreshSoon();
  }

  refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), PATIENCE);
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    if (!workspace.getConfiguration("taskApi", document).get<boolean>("codeLens.enabled", true)) return [];
    const run = latestOf(this.#runs, document.uri, document.getText());
    if (run === undefined) return [];
    // A lens swallows the blank behind an icon.
    const title = `$(${iconOf(run)})\u00a0Last run: ${outcome(run)}`;
    const command = { title, tooltip: `Opens the record of ${run.createdAt}`, command: "taskApi.openRecord", arguments: [{ uri: run.uri }] };
    return [new CodeLens(new Range(0, 0, 0, 0), command)];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#status.dispose();
    this.#changed.dispose();
  }

  async #refresh(): Promise<void> {
    this.#runs = await readRuns();
    this.#changed.fire();
    const [run] = this.#runs;
    if (run === undefined) {
      this.#status.hide();
      return;
    }
    this.#status.text = `$(${iconOf(run)}) ${run.name}: ${outcome(run)}`;
    this.#status.tooltip = `The last run, ${run.createdAt}. Opens ${workspace.asRelativePath(Uri.parse(run.uri))}`;
    this.#status.command = { title: "Open Record", command: "taskApi.openRecord", arguments: [{ uri: run.uri }] };
    this.#status.show();
  }
}
