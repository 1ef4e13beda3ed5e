// The view of containers, their templates and tasks, and runs, with what is wrong with each.

import {
  commands,
  DiagnosticSeverity,
  type Disposable,
  EventEmitter,
  languages,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeDataProvider,
  Uri,
  window,
  workspace,
} from "vscode";

import { find, textOf } from "./files.js";
import { containerOf, runOf, taskOf } from "./model.js";
import { type Entry, overview } from "./overview.js";

const CONTAINERS = ["**/processing-container.json"];
const TASKS = ["**/{task,task-*,*-task,*.task}.json", "**/tasks/*.json"];
const RUNS = ["**/task_run-*.json"];

/** Many files change together. */
const PATIENCE = 300;

export function registerOverview(): Disposable[] {
  const overviewOfAll = new Overview();
  const view = window.createTreeView("taskApi.overview", { treeDataProvider: overviewOfAll, showCollapseAll: true });
  const refresh = (): void => {
    if (view.visible) overviewOfAll.refreshSoon();
  };
  const watchers = [...CONTAINERS, ...TASKS, ...RUNS].map((pattern) => workspace.createFileSystemWatcher(pattern));
  return [
    view,
    ...watchers,
    ...watchers.flatMap((watcher) => [watcher.onDidChange(refresh), watcher.onDidCreate(refresh), watcher.onDidDelete(refresh)]),
    languages.onDidChangeDiagnostics(refresh),
    view.onDidChangeVisibility(refresh),
    commands.registerCommand("taskApi.refreshOverview", () => overviewOfAll.refresh()),
  ];
}

class Overview implements TreeDataProvider<Entry> {
  readonly #changed = new EventEmitter<void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #entries: readonly Entry[] = [];
  #shown = "";
  #last: Promise<void> | undefined;
  readonly onDidChangeTreeData = this.#changed.event;

  /** All is read first: VS Code gives up on children that are asked for while it is told of others. */
  refresh(): Promise<void> {
    this.#last = (this.#last ?? Promise.resolve()).then(async () => {
      const entries = overview(await read(CONTAINERS, containerOf), await read(TASKS, taskOf), await read(RUNS, runOf), problemsOf);
      const shown = JSON.stringify(entries);
      if (shown === this.#shown) return;
      this.#entries = entries;
      this.#shown = shown;
      this.#changed.fire();
    });
    return this.#last;
  }

  refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), PATIENCE);
  }

  async getChildren(entry?: Entry): Promise<Entry[]> {
    if (entry !== undefined) return [...entry.children];
    if (this.#last === undefined) await this.refresh();
    return [...this.#entries];
  }

  getTreeItem(entry: Entry): TreeItem {
    const state = entry.children.length > 0 ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.None;
    const item = new TreeItem(entry.label, state);
    item.id = entry.id;
    item.contextValue = entry.kind;
    if (entry.uri === undefined) return item;
    const uri = Uri.parse(entry.uri);
    item.description = entry.detail ?? "";
    item.tooltip = workspace.asRelativePath(uri);
    item.iconPath = icon(entry);
    // Problems colour the files.
    if (entry.kind === "container" || entry.kind === "task") item.resourceUri = uri;
    item.command = { command: "vscode.open", title: "Open", arguments: [uri] };
    return item;
  }
}

async function read<T>(patterns: readonly string[], parse: (uri: string, text: string) => T | undefined): Promise<T[]> {
  const uris = await find(...patterns);
  const parsed = await Promise.all(uris.map(async (uri) => parse(uri.toString(), (await textOf(uri)) ?? "")));
  return parsed.filter((it) => it !== undefined);
}

function problemsOf(uri: string): string {
  const all = languages.getDiagnostics(Uri.parse(uri));
  const count = (severity: DiagnosticSeverity): number => all.filter((it) => it.severity === severity).length;
  const say = (number: number, word: string): string => (number === 0 ? "" : `${number} ${word}${number === 1 ? "" : "s"}`);
  const errors = say(count(DiagnosticSeverity.Error), "error");
  return [errors, say(count(DiagnosticSeverity.Warning), "warning")].filter(Boolean).join(", ");
}

function icon({ kind, state }: Entry): ThemeIcon {
  if (kind === "container") return new ThemeIcon("package");
  if (kind === "template") return new ThemeIcon("symbol-class");
  if (kind === "task") return new ThemeIcon("checklist");
  if (state === "running" || state === "created") return new ThemeIcon("sync");
  if (state === "passed") return new ThemeIcon("pass", new ThemeColor("testing.iconPassed"));
  return new ThemeIcon("error", new ThemeColor("testing.iconFailed"));
}
