// The extension on a desktop, and on the far side of a remote window.

import { execFile } from "node:child_process";
import { delimiter, isAbsolute, join } from "node:path";
import { Worker } from "node:worker_threads";

import { Uri, workspace, type ExtensionContext } from "vscode";
import { LanguageClient } from "vscode-languageclient/node";

import { start, stop, type Api } from "../common/extension.js";
import { CLIENT_ID, CLIENT_NAME, type Host, MODULE, type Native, type Run } from "../common/host.js";
import { transports } from "../common/transport.js";
import { versionIn } from "../common/version.js";

export function activate(context: ExtensionContext): Api {
  return start(context, host);
}

export function deactivate(): Promise<void> {
  return stop();
}

const host: Host = {
  workerClient: (context, options, log) =>
    new LanguageClient(
      CLIENT_ID,
      CLIENT_NAME,
      async () => {
        const module = await workspace.fs.readFile(Uri.joinPath(context.extensionUri, "dist", MODULE));
        const worker = new Worker(context.asAbsolutePath("dist/server.node.js"));
        return transports(
          {
            post: (message) => worker.postMessage(message),
            onMessage: (take) => void worker.on("message", take),
            onEnd: (take) => {
              worker.on("error", (error) => take(error instanceof Error ? error.message : String(error)));
              worker.on("exit", () => take(undefined));
            },
          },
          module,
          log,
        );
      },
      options,
    ),
  programs: {
    nativeClient: ({ path }, options) =>
      new LanguageClient(CLIENT_ID, CLIENT_NAME, { command: path, args: ["lsp"] }, options),
    find,
    run: ({ path }, words, folder) => run(path, words, folder),
  },
};

async function find(path: string): Promise<Native | undefined> {
  const name = process.platform === "win32" ? "task-api.exe" : "task-api";
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  // What is relative in the PATH depends on the folder that is open.
  const places = path === "" ? directories.filter(isAbsolute).map((directory) => join(directory, name)) : [path];
  for (const place of places) {
    const version = await versionOf(place);
    if (version !== undefined) return { path: place, version };
  }
  return undefined;
}

async function versionOf(path: string): Promise<string | undefined> {
  const { code, out } = await run(path, ["--version"]);
  return code === 0 ? versionIn(out) : undefined;
}

const NOT_STARTED = -1;

function run(path: string, words: readonly string[], folder?: string): Promise<Run> {
  return new Promise((resolve) => {
    execFile(path, words, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (error, out, errors) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : NOT_STARTED;
      resolve({ code, out, error: code === NOT_STARTED ? (error?.message ?? "") : errors });
    });
  });
}
