/** The body of a trigger request, or the `conf` in it: what its `task_form` sets for the tasks by their names. */
export type Conf = TaskForms | { readonly conf: TaskForms };

export interface TaskForms {
  readonly task_form: Readonly<Record<string, TaskFormEnv>>;
}

/** Values of environment variables, by name or as in a task.json. */
export type TaskFormEnv =
  | Readonly<Record<string, string>>
  | { readonly env: readonly { readonly name: string; readonly value: string }[] };
