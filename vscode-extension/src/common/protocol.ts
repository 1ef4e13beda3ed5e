// What extension and server say to each other besides LSP.

/** Requests of the server, for files that are not open. */
export const FIND_FILES = "task-api/findFiles";
export const READ_FILE = "task-api/readFile";

/** The first message: the module that the server is made of. */
export interface Start {
  readonly taskApi: "start";
  readonly module: Uint8Array;
}

/** The last message of a server that has failed. */
export interface Failed {
  readonly taskApi: "failed";
  readonly reason: string;
}

export function isStart(message: unknown): message is Start {
  return (message as Partial<Start> | null)?.taskApi === "start";
}

export function isFailed(message: unknown): message is Failed {
  return (message as Partial<Failed> | null)?.taskApi === "failed";
}
