// LSP over a worker of either kind.

import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageTransports,
} from "vscode-languageclient";

import { isFailed, type Start } from "./protocol.js";

/** A worker, from outside. */
export interface Worker {
  readonly post: (message: unknown) => void;
  readonly onMessage: (take: (message: unknown) => void) => void;
  /** By itself or by a failure, which has a reason. */
  readonly onEnd: (take: (reason: string | undefined) => void) => void;
}

class Reader extends AbstractMessageReader {
  readonly #worker: Worker;

  constructor(worker: Worker, log: (line: string) => void) {
    super();
    this.#worker = worker;
    let isClosed = false;
    const close = (reason: string | undefined): void => {
      if (isClosed) return;
      isClosed = true;
      if (reason !== undefined) log(`The server failed: ${reason}`);
      this.fireClose();
    };
    worker.onEnd(close);
    worker.onMessage((message) => {
      if (isFailed(message)) close(message.reason);
    });
  }

  listen(take: DataCallback): Disposable {
    this.#worker.onMessage((message) => {
      if (!isFailed(message)) take(message as Message);
    });
    return { dispose: () => undefined };
  }
}

class Writer extends AbstractMessageWriter {
  readonly #worker: Worker;

  constructor(worker: Worker) {
    super();
    this.#worker = worker;
  }

  write(message: Message): Promise<void> {
    this.#worker.post(message);
    return Promise.resolve();
  }

  end(): void {
    // The worker ends by `exit`.
  }
}

export function transports(worker: Worker, module: Uint8Array, log: (line: string) => void): MessageTransports {
  const start: Start = { taskApi: "start", module };
  worker.post(start);
  return { reader: new Reader(worker, log), writer: new Writer(worker) };
}
