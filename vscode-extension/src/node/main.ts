// The extension on a desktop, and on the far side of a remote window.

import { execFile } from "node:child_process";
import { delimiter, isAbsolute, join } from "node:path";

import type { ExtensionContext } from "vscode";

import { start, stop, type Api } from "../common/extension.js";
import type { Host, Native, Run } from "../common/host.js";
import { versionIn } from "../common/version.js";

export function activate(context: ExtensionContext): Api {
  return start(context, host);
}

export function deactivate(): Promise<void> {
  return stop();
}

const host: Host = {
  workerClient: async (...passed) => (await import("./client.js")).workerClient(...passed),
  programs: {
    nativeClient: async (...passed) => (await import("./client.js")).nativeClient(...passed),
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
