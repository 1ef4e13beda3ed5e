// The extension in a browser.

import type { ExtensionContext } from "vscode";

import { start, stop, type Api } from "../common/extension.js";
import type { Host } from "../common/host.js";

export function activate(context: ExtensionContext): Api {
  return start(context, host);
}

export function deactivate(): Promise<void> {
  return stop();
}

const host: Host = {
  workerClient: async (context, options, log) => new (await import("./client.js")).Client(context, options, log),
};
