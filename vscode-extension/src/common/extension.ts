// What both hosts start.

import { commands, type ExtensionContext, window, workspace } from "vscode";

import { registerBuilder } from "./builder.js";
import { registerCommands } from "./commands.js";
import type { Host } from "./host.js";
import { registerLastRun } from "./last-run.js";
import { registerOverview } from "./overview-view.js";
import { registerRuns } from "./runs.js";
import { LanguageServer, schemes } from "./server.js";
import { registerTasks } from "./tasks.js";

/** For tests, and for other extensions. */
export interface Api {
  /** When the server has started, or has failed to. */
  readonly ready: () => Promise<void>;
  /** The program that is used; nothing for the server within the extension. */
  readonly native: () => string | undefined;
}

let running: LanguageServer | undefined;

/** Returns at once; the server starts meanwhile. */
export function start(context: ExtensionContext, host: Host): Api {
  const output = window.createOutputChannel("Task API");
  const server = new LanguageServer(context, host, output);
  running = server;
  context.subscriptions.push(
    output,
    server,
    ...registerCommands(server, output),
    ...registerBuilder(context, output),
    ...registerOverview(),
    ...registerLastRun(),
    ...registerRuns(server, host, output),
    ...registerTasks(server),
    workspace.onDidGrantWorkspaceTrust(() => void server.restart()),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("taskApi.server.path")) void server.restart();
    }),
    watchSchemes(server),
    // In a browser, the far side of a remote window may run what the page cannot.
    server.onDidChange(() => void commands.executeCommand("setContext", "taskApi.canRun", server.native !== undefined)),
  );
  void commands.executeCommand("setContext", "taskApi.isActive", true);
  void server.start();
  return { ready: () => server.settled, native: () => server.native?.path };
}

export async function stop(): Promise<void> {
  await running?.stop();
  running = undefined;
}

/** Documents are chosen by the file systems of the folders, and those may change. */
function watchSchemes(server: LanguageServer): { dispose(): void } {
  let known = [...schemes(false)].sort().join();
  return workspace.onDidChangeWorkspaceFolders(() => {
    const now = [...schemes(false)].sort().join();
    if (now === known) return;
    known = now;
    void server.restart();
  });
}
