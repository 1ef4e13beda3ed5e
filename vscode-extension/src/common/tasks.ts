// Tasks of VS Code that start the program: `validate` for the whole folder, and whatever a tasks.json says.

import {
  type Disposable,
  ProcessExecution,
  Task,
  TaskGroup,
  type TaskDefinition,
  tasks,
  type WorkspaceFolder,
  workspace,
} from "vscode";

import type { Native } from "./host.js";
import type { LanguageServer } from "./server.js";

export const TASK_TYPE = "task-api";
const MATCHER = "$task-api";

interface Definition extends TaskDefinition {
  readonly command: string;
  readonly arguments?: readonly string[];
}

export function registerTasks(server: LanguageServer): Disposable[] {
  const provider = tasks.registerTaskProvider(TASK_TYPE, {
    async provideTasks() {
      await server.settled;
      const { native } = server;
      if (native === undefined) return [];
      const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
      return folders.map((folder) => {
        const task = taskOf(native, { type: TASK_TYPE, command: "validate" }, folder, "validate");
        task.group = TaskGroup.Test;
        return task;
      });
    },
    async resolveTask(task) {
      await server.settled;
      const { native } = server;
      const folder = typeof task.scope === "object" ? task.scope : workspace.workspaceFolders?.[0];
      if (native === undefined || folder === undefined) return undefined;
      // VS Code finds the answer again by the very definition that it asked with.
      return taskOf(native, task.definition as Definition, folder, task.name);
    },
  });
  return [provider];
}

export function taskOf(native: Native, definition: Definition, folder: WorkspaceFolder, name: string): Task {
  const words = wordsOf(definition.command, definition.arguments ?? []);
  const execution = new ProcessExecution(native.path, words, { cwd: folder.uri.fsPath });
  const matchers = definition.command === "validate" && !isAllShown(folder) ? [MATCHER] : [];
  return new Task(definition, folder, name, TASK_TYPE, execution, matchers);
}

/** What the server shows already is not shown again. The matcher is for files that are closed. */
function isAllShown(folder: WorkspaceFolder): boolean {
  return workspace.getConfiguration("taskApi", folder).get<string>("diagnostics.scope") !== "open";
}

/** What the problem matcher reads is one line for each problem. */
export function wordsOf(command: string, words: readonly string[]): string[] {
  return command === "validate" ? [command, "--format", "concise", ...words] : [command, ...words];
}
