// What the view shows, as a tree.

import type { Container, Run, Task } from "./model.js";

export interface Entry {
  /** Of this one alone, and the same the next time. */
  readonly id: string;
  readonly kind: "container" | "template" | "task" | "run" | "group";
  readonly label: string;
  readonly detail?: string;
  readonly uri?: string;
  readonly state?: "passed" | "failed" | "running" | "created";
  readonly children: readonly Entry[];
}

type WithoutId = Omit<Entry, "id" | "children"> & { readonly children: readonly WithoutId[] };

/** Tasks stand under the template that they name in the nearest container above them, and else by themselves. */
export function overview(
  containers: readonly Container[],
  tasks: readonly Task[],
  runs: readonly Run[],
  problemsOf: (uri: string) => string,
): Entry[] {
  const taskEntry = (task: Task): WithoutId => {
    const file = fileName(task.uri);
    const detail = [file, problemsOf(task.uri)].filter(Boolean).join(" · ");
    return { kind: "task", label: task.name || file, detail, uri: task.uri, children: [] };
  };
  const placed = new Set<Task>();
  const entries: WithoutId[] = [...containers].sort(byUri).map((container) => {
    const { uri } = container;
    const templates = container.templates.map(({ identifier }): WithoutId => {
      const own = tasks.filter((task) => task.template === identifier && nearest(containers, task.uri) === container);
      own.forEach((task) => placed.add(task));
      return { kind: "template", label: identifier, uri, children: own.sort(byUri).map(taskEntry) };
    });
    return { kind: "container", label: container.name || fileName(uri), detail: problemsOf(uri), uri, children: templates };
  });
  const others = tasks.filter((task) => !placed.has(task)).sort(byUri);
  if (others.length > 0) {
    entries.push({ kind: "group", label: "Tasks without a template here", children: others.map(taskEntry) });
  }
  if (runs.length > 0) {
    const latest = [...runs].sort((one, other) => other.createdAt.localeCompare(one.createdAt));
    entries.push({ kind: "group", label: "Runs", children: latest.map(runEntry) });
  }
  return withIds(entries, "");
}

function withIds(entries: readonly WithoutId[], above: string): Entry[] {
  const known = new Map<string, number>();
  return entries.map((entry) => {
    const name = `${above}/${entry.kind} ${entry.label} ${entry.uri ?? ""}`;
    const count = known.get(name) ?? 0;
    known.set(name, count + 1);
    const id = count === 0 ? name : `${name} ${count}`;
    return { ...entry, id, children: withIds(entry.children, id) };
  });
}

function runEntry(run: Run): WithoutId {
  return { kind: "run", label: run.name, detail: outcome(run), uri: run.uri, state: stateOf(run), children: [] };
}

function stateOf(run: Run): NonNullable<Entry["state"]> {
  if (run.state === "running" || run.state === "created") return run.state;
  return run.exitCode === 0 ? "passed" : "failed";
}

/** How it ended, and how long it took. */
export function outcome(run: Run): string {
  // Clocks of engines are coarse: one says of short runs that they took no time.
  const took = run.duration === undefined || run.duration < 1 ? "" : ` in ${timeInWords(run.duration)}`;
  return stateOf(run) === "passed" ? `${stateInWords(run)}${took}` : stateInWords(run);
}

/** By its name in VS Code. */
export function iconOf(run: Run): string {
  const state = stateOf(run);
  return state === "passed" ? "pass" : state === "failed" ? "error" : "sync~spin";
}

function timeInWords(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export function stateInWords(run: Run): string {
  if (run.state === "exited" && run.exitCode !== undefined) return run.exitCode === 0 ? "done" : `exit code ${run.exitCode}`;
  return run.state;
}

function nearest(containers: readonly Container[], uri: string): Container | undefined {
  const above = containers.filter((container) => uri.startsWith(folderOf(container.uri)));
  return above.sort((one, other) => folderOf(other.uri).length - folderOf(one.uri).length)[0];
}

function folderOf(uri: string): string {
  return uri.slice(0, uri.lastIndexOf("/") + 1);
}

function fileName(uri: string): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1));
}

function byUri(one: { readonly uri: string }, other: { readonly uri: string }): number {
  return one.uri < other.uri ? -1 : 1;
}
