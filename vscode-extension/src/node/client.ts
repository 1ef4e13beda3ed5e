// Clients of both servers, as a desktop has them. Loaded when the first one is wanted: VS Code waits for `activate`.

import { Worker } from "node:worker_threads";

import { type ExtensionContext, Uri, workspace } from "vscode";
import { CloseAction, ErrorAction, LanguageClient } from "vscode-languageclient/node";

import { CLIENT_ID, CLIENT_NAME, MODULE, type Native, type OptionsOf } from "../common/host.js";
import { transports } from "../common/transport.js";

const WORDS = { CloseAction, ErrorAction };

export function nativeClient({ path }: Native, options: OptionsOf): LanguageClient {
  return new LanguageClient(CLIENT_ID, CLIENT_NAME, { command: path, args: ["lsp"] }, options(WORDS));
}

export function workerClient(
  context: ExtensionContext,
  options: OptionsOf,
  log: (line: string) => void,
): LanguageClient {
  return new LanguageClient(CLIENT_ID, CLIENT_NAME, () => connected(context, log), options(WORDS));
}

async function connected(context: ExtensionContext, log: (line: string) => void): Promise<ReturnType<typeof transports>> {
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
}
