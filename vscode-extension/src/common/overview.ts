// What the view shows, as a tree.

import type { Container, Run, Task } from "./model.js";

export interface Entry {
  readonly kind: "container" | "template" | "task" | "run" | "group";
  readonly label: string;
  readonly detail?: string;
  readonly uri?: string;
  readonly state?: "passed" | "failed" | "running" | "created";
  readonly children: readonly Entry[];
}

/** Tasks stand under the template that they name in the nearest container above them, and else by themselves. */
export function overview(
  containers: readonly Container[],
  tasks: readonly Task[],
  runs: readonly Run[],
): Entry[] {
  const placed = new Set<Task>();
  const entries: Entry[] = [...containers].sort(byUri).map((container) => {
    const templates = container.templates.map((template) => {
      const own = tasks.filter(
        (task) => task.template === template.identifier && nearest(containers, task.uri) === container,
      );
      own.forEach((task) => placed.add(task));
      const entry: Entry = { kind: "template", label: template.identifier, uri: container.uri, children: own.sort(byUri).map(taskEntry) };
      return entry;
    });
    return { kind: "container", label: container.name || fileName(container.uri), uri: container.uri, children: templates };
  });
  const others = tasks.filter((task) => !placed.has(task)).sort(byUri);
  if (others.length > 0) {
    entries.push({ kind: "group", label: "Tasks without a template here", children: others.map(taskEntry) });
  }
  if (runs.length > 0) {
    const latest = [...runs].sort((one, other) => other.createdAt.localeCompare(one.createdAt));
    entries.push({ kind: "group", label: "Runs", children: latest.map(runEntry) });
  }
  return entries;
}

function taskEntry(task: Task): Entry {
  return { kind: "task", label: task.name || fileName(task.uri), detail: fileName(task.uri), uri: task.uri, children: [] };
}

function runEntry(run: Run): Entry {
  return { kind: "run", label: run.name, detail: stateInWords(run), uri: run.uri, state: stateOf(run), children: [] };
}

function stateOf(run: Run): NonNullable<Entry["state"]> {
  if (run.state === "running" || run.state === "created") return run.state;
  return run.exitCode === 0 ? "passed" : "failed";
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
