/** A message of LSP: a request, an answer or a notification, as a plain object. */
export interface Message {
  readonly jsonrpc: string;
}

/** A file of the workspace. */
export interface File {
  readonly uri: string;
  readonly text: string;
}

/** What the server needs of where it runs. */
export interface Host {
  /** Takes a message for the client. */
  readonly send: (message: Message) => void;
  /**
   * Finds the files of these folders, which are URIs with a slash at the end, whose names fit one of the patterns
   * (such as `**\/task-api.toml`). Without it, the server knows the documents that are open.
   */
  readonly findFiles?: (
    folders: readonly string[],
    patterns: readonly string[],
  ) => Promise<Iterable<File>> | Iterable<File>;
  /** The text of a file of which the client has said that it changed; nothing if it is gone. */
  readonly readFile?: (uri: string) => Promise<string | undefined> | string | undefined;
  /** The client has told the server to exit. */
  readonly onExit?: () => void;
  /**
   * The server has failed by a defect of its own, and is to be made anew. Without it, the client is told by a message,
   * and each of its requests is answered with an error.
   */
  readonly onFailure?: (error: unknown) => void;
  /** A clock in milliseconds; `performance.now` by default. */
  readonly now?: () => number;
}

export interface Server {
  /** Takes a message of the client. What the server says to it comes later, by `send`. */
  receive(message: Message): void;
  /** Ends the server, and gives its memory back. */
  dispose(): void;
}

/** A language server for one client. */
export function createServer(host: Host): Server;
