// What a workspace has, read loosely: views list also what is wrong.

export interface Container {
  readonly uri: string;
  readonly name: string;
  readonly version: 0 | 1;
  readonly templates: readonly Template[];
}

export interface Template {
  readonly identifier: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface Task {
  readonly uri: string;
  readonly name: string;
  readonly template: string | undefined;
  /** The directories of its channels, as it says them. */
  readonly folders: readonly string[];
}

/** The record of a run. */
export interface Run {
  readonly uri: string;
  readonly id: string;
  readonly state: string;
  readonly exitCode: number | undefined;
  readonly name: string;
  readonly createdAt: string;
  /** Milliseconds from its start to its end; nothing before. */
  readonly duration: number | undefined;
  readonly template: string | undefined;
  /** The directories of this machine that it was given. */
  readonly sources: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

export function containerOf(uri: string, text: string): Container | undefined {
  const fields = parsed(text);
  if (fields === undefined) return undefined;
  const templates = list(fields["templates"]).map((template) => ({
    identifier: words(template["identifier"]) ?? "",
    inputs: names(template["inputs"]),
    outputs: names(template["outputs"]),
  }));
  return { uri, name: words(fields["name"]) ?? "", version: fields["api_version"] === undefined ? 0 : 1, templates };
}

export function taskOf(uri: string, text: string): Task | undefined {
  const fields = parsed(text);
  if (fields === undefined) return undefined;
  const folders = [...list(fields["inputs"]), ...list(fields["outputs"])].flatMap((volume) => folderOf(volume) ?? []);
  return { uri, name: words(fields["name"]) ?? "", template: words(fields["taskTemplate"]), folders };
}

export function runOf(uri: string, text: string): Run | undefined {
  const fields = parsed(text);
  const id = words(fields?.["id"]);
  const state = words(fields?.["state"]);
  if (fields === undefined || id === undefined || state === undefined) return undefined;
  const code = fields["exitCode"];
  const instance = object(fields["taskInstance"]);
  const [start, end] = ["startedAt", "finishedAt"].map((name) => Date.parse(words(fields[name]) ?? ""));
  const duration = (end ?? NaN) - (start ?? NaN);
  return {
    uri,
    id,
    state,
    exitCode: typeof code === "number" ? code : undefined,
    name: words(instance?.["name"]) ?? id,
    createdAt: words(fields["createdAt"]) ?? "",
    duration: Number.isNaN(duration) ? undefined : duration,
    template: words(instance?.["taskTemplate"]),
    sources: list(object(fields["spec"])?.["mounts"]).flatMap((mount) => words(mount["source"]) ?? []),
  };
}

/** The directories that a task writes to, as it says them. */
export function outputsOf(text: string): string[] {
  return list(parsed(text)?.["outputs"]).flatMap((volume) => folderOf(volume) ?? []);
}

function folderOf(volume: Fields): string | undefined {
  const source = object(volume["input"]) ?? object(volume["volume_source"]);
  return words(source?.["host_path"]);
}

/** Whether a run is of a task as it is written now. What is a template expression may have been anything. */
export function isRunOf(run: Run, task: Task): boolean {
  const isFixed = (text: string): boolean => !text.includes("{{");
  if (task.template !== undefined && run.template !== task.template) return false;
  if (isFixed(task.name) && run.name !== task.name) return false;
  const home = decodeURIComponent(new URL(".", task.uri).pathname);
  return task.folders.filter(isFixed).every((folder) => run.sources.includes(resolved(home, folder)));
}

function resolved(home: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${home}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The text of a new task. Channels without a folder keep a place to write it. */
export function newTask(
  container: Container,
  template: Template,
  name: string,
  image: string,
  folders: ReadonlyMap<string, string>,
): string {
  const volume = (channel: string, kind: string): Fields => ({
    name: channel,
    [container.version === 0 ? "input" : "volume_source"]: {
      host_path: folders.get(channel) ?? `./data/${kind}/${channel}`,
    },
  });
  const task = {
    ...(container.version === 1 ? { api_version: 1 } : {}),
    name,
    image,
    taskTemplate: template.identifier,
    inputs: template.inputs.map((channel) => volume(channel, "inputs")),
    outputs: template.outputs.map((channel) => volume(channel, "outputs")),
  };
  return `${JSON.stringify(task, undefined, 2)}\n`;
}

/** The name as the repository of an image: lower case, digits, single hyphens. */
export function imageName(name: string): string {
  const parts = name.toLowerCase().split(/[^a-z0-9]+/);
  return parts.filter((part) => part !== "").join("-") || "my-algorithm";
}

function parsed(text: string): Fields | undefined {
  try {
    return object(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function object(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(object).filter((item) => item !== undefined) : [];
}

function names(value: unknown): string[] {
  return list(value).flatMap((item) => words(item["name"]) ?? []);
}

function words(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
