//! The page's side of the worker: calls become promises. One worker serves all elements of a page.

import type { Answer, Call, Calls } from "./protocol.js";

type Result<Name extends keyof Calls> = Promise<ReturnType<Calls[Name]>>;

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

let startWorker = (): Worker => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });

/** For a host that may not load a worker from beside the script. To be called before any element is made. */
export function startWorkerBy(start: () => Worker): void {
  startWorker = start;
}

export class Service {
  private readonly worker = startWorker();
  private readonly waiting = new Map<number, Waiting>();
  private lastCall = 0;

  constructor() {
    this.worker.addEventListener("message", (event: MessageEvent<Answer>) => this.take(event.data));
    this.worker.addEventListener("error", (event) => this.fail(event.message || "the worker did not start"));
  }

  call<Name extends keyof Calls>(name: Name, ...args: Parameters<Calls[Name]>): Result<Name> {
    this.lastCall += 1;
    const id = this.lastCall;
    const answer = new Promise<unknown>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.worker.postMessage({ id, name, args } satisfies Call);
    return answer as Result<Name>;
  }

  private take(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ("error" in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value);
  }

  private fail(message: string): void {
    for (const { reject } of this.waiting.values()) reject(new Error(message));
    this.waiting.clear();
  }
}

let shared: Service | undefined;

export function service(): Service {
  shared ??= new Service();
  return shared;
}

let lastId = 0;

/** For documents and forms in the worker. */
export function newId(): number {
  lastId += 1;
  return lastId;
}
