// The language server, from the extension's side: which one, its start, its end, and its start after a failure.

import {
  type Disposable,
  EventEmitter,
  type ExtensionContext,
  type OutputChannel,
  type TextDocument,
  Uri,
  window,
  workspace,
} from "vscode";
import type {
  BaseLanguageClient,
  ClientCapabilities,
  DocumentSelector,
  LanguageClientOptions,
  StaticFeature,
} from "vscode-languageclient";

import { Backoff } from "./backoff.js";
import { findFiles, textOf } from "./files.js";
import type { Host, Native, OptionsOf, Words } from "./host.js";
import { FIND_FILES, READ_FILE } from "./protocol.js";
import { isMatching } from "./version.js";

/** Lenses of the server that call these are given to whoever can. */
const LENSES_THAT_RUN = ["taskApi.run", "taskApi.estimate"];
const LENSES = ["taskApi.showReferences"];

const NAMES =
  "**/{processing-container,task,task-*,*-task,*.task,workflow,workflow-*,*-workflow,*.workflow}.json";

export class LanguageServer implements Disposable {
  readonly #context: ExtensionContext;
  readonly #host: Host;
  readonly #output: OutputChannel;
  readonly #trace: OutputChannel;
  readonly #changed = new EventEmitter<void>();
  #client: BaseLanguageClient | undefined;
  #native: Native | undefined;
  #isDisposed = false;
  /** Starts and stops come one after the other. */
  #last: Promise<void> = Promise.resolve();

  /** Another program, or none. */
  readonly onDidChange = this.#changed.event;

  constructor(context: ExtensionContext, host: Host, output: OutputChannel) {
    this.#context = context;
    this.#host = host;
    this.#output = output;
    this.#trace = window.createOutputChannel("Task API (trace)");
  }

  /** The program that runs tasks, if there is one and this folder is trusted. */
  get native(): Native | undefined {
    return this.#native;
  }

  get client(): BaseLanguageClient | undefined {
    return this.#client;
  }

  /** When what was begun is done. */
  get settled(): Promise<void> {
    return this.#last;
  }

  start(): Promise<void> {
    return this.#then(() => this.#start());
  }

  restart(): Promise<void> {
    return this.#then(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  async stop(): Promise<void> {
    this.#isDisposed = true;
    await this.#then(() => this.#stop());
  }

  dispose(): void {
    void this.stop();
    this.#trace.dispose();
    this.#changed.dispose();
  }

  #then(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work).catch((error: unknown) => this.#log(`The server did not start: ${String(error)}`));
    return this.#last;
  }

  async #start(): Promise<void> {
    if (this.#isDisposed) return;
    this.#native = await this.#find();
    this.#changed.fire();
    const { programs } = this.#host;
    if (this.#native !== undefined && programs !== undefined && isOnDisk()) {
      this.#log(`Starting ${this.#native.path} ${this.#native.version}`);
      this.#client = await programs.nativeClient(this.#native, (words) => this.#options(true, words));
    } else {
      this.#log(`Starting the server within the extension, ${this.#version}`);
      const options: OptionsOf = (words) => this.#options(false, words);
      this.#client = await this.#host.workerClient(this.#context, options, (line) => this.#log(line));
      this.#client.onRequest(FIND_FILES, ({ folders, patterns }: { folders: string[]; patterns: string[] }) =>
        findFiles(folders, patterns),
      );
      this.#client.onRequest(READ_FILE, async ({ uri }: { uri: string }) => {
        const text = await textOf(Uri.parse(uri));
        return text === undefined ? null : { text };
      });
    }
    this.#client.registerFeature(this.#abilities());
    await this.#client.start();
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    if (client.isRunning()) await client.stop();
    await client.dispose();
  }

  /** The program that the settings name, or one in the PATH that belongs to this version. */
  async #find(): Promise<Native | undefined> {
    const { programs } = this.#host;
    if (programs === undefined || !workspace.isTrusted) return undefined;
    const path = workspace.getConfiguration("taskApi").get("server.path", "").trim();
    const native = await programs.find(path);
    if (native === undefined) {
      if (path !== "") {
        const message = `${path} of taskApi.server.path is no task-api that starts; the server within the extension is used instead.`;
        this.#log(message);
        void window.showWarningMessage(`Task API: ${message}`);
      }
      return undefined;
    }
    if (path === "" && !isMatching(native.version, this.#version)) {
      this.#log(`${native.path} is version ${native.version} and not used: this extension is version ${this.#version}`);
      return undefined;
    }
    return native;
  }

  get #version(): string {
    return (this.#context.extension.packageJSON as { version: string }).version;
  }

  #options(isNative: boolean, { CloseAction, ErrorAction }: Words): LanguageClientOptions {
    const backoff = new Backoff();
    return {
      documentSelector: selector(isNative),
      outputChannel: this.#output,
      traceOutputChannel: this.#trace,
      diagnosticCollectionName: "task-api",
      middleware: {
        workspace: {
          // A server that is being ended does not take it, and the one that follows asks by itself.
          didChangeConfiguration: (sections, next) => next(sections).catch((error: unknown) => this.#log(String(error))),
        },
      },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: async () => {
          const delay = this.#isDisposed ? undefined : backoff.next();
          if (delay === undefined) {
            const message = "Task API: the server has ended several times and is not started again.";
            if (!this.#isDisposed) void this.#offerRestart(message);
            return { action: CloseAction.DoNotRestart, message, handled: true };
          }
          const when = delay === 0 ? "at once" : `in ${delay / 1000} s`;
          this.#log(`The server has ended; it is started again ${when}`);
          await new Promise((resolve) => setTimeout(resolve, delay));
          return { action: CloseAction.Restart, message: "Starting the server again", handled: true };
        },
      },
    };
  }

  async #offerRestart(message: string): Promise<void> {
    const [restart, show] = ["Start It", "Show Output"];
    const chosen = await window.showErrorMessage(message, restart, show);
    if (chosen === restart) await this.restart();
    if (chosen === show) this.#output.show();
  }

  #abilities(): StaticFeature {
    const commands = this.#native === undefined ? LENSES : [...LENSES, ...LENSES_THAT_RUN];
    return {
      fillClientCapabilities: (capabilities: ClientCapabilities) => {
        const known = capabilities.experimental as object | undefined;
        capabilities.experimental = { ...known, commands: { commands } };
      },
      initialize: () => undefined,
      getState: () => ({ kind: "static" }),
      clear: () => undefined,
    };
  }

  #log(line: string): void {
    this.#output.appendLine(line);
  }
}

/** Whether there is a folder, or nothing at all, that a program could read. */
function isOnDisk(): boolean {
  const folders = workspace.workspaceFolders ?? [];
  return folders.length === 0 || folders.every(({ uri }) => uri.scheme === "file");
}

/** Documents of the workspace and of no other kind: those of `git:` and such are old versions of the same files. */
function selector(isNative: boolean): DocumentSelector {
  return [...schemes(isNative)].flatMap((scheme) => [
    { scheme, language: "task-api-container" },
    { scheme, language: "task-api-task" },
    { scheme, language: "task-api-workflow" },
    { scheme, language: "json", pattern: NAMES },
    { scheme, language: "jsonc", pattern: NAMES },
    { scheme, language: "json", pattern: "**/workflows/*.json" },
    { scheme, pattern: "**/task-api.toml" },
    { scheme, pattern: "**/{Dockerfile,Containerfile,*.Dockerfile}" },
    // DAGs; the module has no parser of Python.
    ...(isNative ? [{ scheme, language: "python" }] : []),
  ]);
}

export function schemes(isNative: boolean): Set<string> {
  const folders = isNative ? [] : (workspace.workspaceFolders ?? []);
  return new Set(["file", "untitled", ...folders.map(({ uri }) => uri.scheme)]);
}

export function isOurs(document: TextDocument): boolean {
  return ["task-api-container", "task-api-task", "task-api-workflow"].includes(document.languageId);
}
