// The language server behind a port: LSP both ways, files through the client, and a word before it ends by failing.

import init, { createServer, type File, type Message, type Server } from "task-api-extension";

import { FIND_FILES, READ_FILE, isStart, type Failed } from "../common/protocol.js";

/** Either kind of worker, from within. */
export interface Outside {
  readonly post: (message: unknown) => void;
  readonly close: () => void;
}

interface Answer {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

const PREFIX = "task-api/files/";

/** What is to be done with each message from outside. */
export function serve(outside: Outside): (message: unknown) => void {
  const asked = new Map<unknown, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  const early: Message[] = [];
  let count = 0;
  let server: Server | undefined;

  function ask(method: string, params: unknown): Promise<unknown> {
    count += 1;
    const id = `${PREFIX}${count}`;
    outside.post({ jsonrpc: "2.0", id, method, params });
    return new Promise((resolve, reject) => asked.set(id, { resolve, reject }));
  }

  function failed(error: unknown): void {
    const message: Failed = { taskApi: "failed", reason: error instanceof Error ? error.message : String(error) };
    outside.post(message);
    outside.close();
  }

  async function start(module: Uint8Array): Promise<void> {
    await init(module);
    server = createServer({
      send: (message) => outside.post(message),
      findFiles: async (folders, patterns) => (await ask(FIND_FILES, { folders, patterns })) as File[],
      readFile: async (uri) => ((await ask(READ_FILE, { uri })) as { text: string } | null)?.text,
      onExit: () => outside.close(),
      onFailure: failed,
    });
    for (const message of early.splice(0)) server.receive(message);
  }

  return (message) => {
    if (isStart(message)) {
      start(message.module).catch(failed);
      return;
    }
    const { id, method, result, error } = message as Answer;
    const waiting = method === undefined ? asked.get(id) : undefined;
    if (waiting !== undefined) {
      asked.delete(id);
      if (error === undefined) waiting.resolve(result);
      else waiting.reject(new Error(error.message));
    } else if (server === undefined) {
      early.push(message as Message);
    } else {
      server.receive(message as Message);
    }
  };
}
