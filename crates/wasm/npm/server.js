// The language server around the module: what is handled when, and where files come from.

import { guarding } from "./guard.js";

/** While messages keep coming, diagnostics wait no longer than this, in milliseconds. */
const LONGEST_WAIT = 150;

const INTERNAL_ERROR = -32603;

export function serving(generated) {
  const { guarded } = guarding(() => generated.__wbg_reset_state());

  return function createServer(host) {
    const { send, findFiles, readFile, onExit, onFailure, now = () => performance.now() } = checked(host);
    const call = (work) => guarded(work)();
    const server = call(() => new generated.Server());
    call(() => server.set_files(findFiles !== undefined));

    /** What has come and is not handled. */
    const waiting = [];
    let isScheduled = false;
    let hasMore = false;
    let settledAt = now();
    let failure;
    let isEnded = false;

    function receive(message) {
      if (typeof message !== "object" || message === null) {
        throw new TypeError("receive: `message` is not an object");
      }
      if (isEnded) return;
      if (message.method === "workspace/didChangeWatchedFiles" && readFile !== undefined) {
        return void readChanged(message);
      }
      enqueue(message);
    }

    function enqueue(message) {
      const text = textOf(message);
      if (message.method === "$/cancelRequest") attempt(() => server.cancel(text));
      waiting.push({ text, id: message.method === undefined ? undefined : message.id });
      schedule();
    }

    function schedule() {
      if (isScheduled || isEnded) return;
      isScheduled = true;
      soon(step);
    }

    /** One message, so that what cancels the next one can come in between. */
    function step() {
      isScheduled = false;
      if (isEnded) return;
      const message = waiting.shift();
      if (message !== undefined) {
        const { text, id } = message;
        attempt(() => server.receive(text), id);
        if (waiting.length === 0) hasMore = true;
        if (now() - settledAt > LONGEST_WAIT) settle();
      } else if (hasMore) {
        settle();
      }
      deliver();
      if (waiting.length > 0 || hasMore) schedule();
    }

    function settle() {
      hasMore = attempt(() => server.settle()) ?? false;
      settledAt = now();
    }

    function deliver() {
      for (const message of attempt(() => server.take_messages()) ?? []) {
        send(JSON.parse(message));
      }
      const search = attempt(() => server.take_search());
      if (search !== undefined) void find(JSON.parse(search));
      if (attempt(() => server.is_ended())) {
        dispose();
        onExit?.();
      }
    }

    async function find({ number, folders, patterns }) {
      const files = await Promise.resolve()
        .then(() => findFiles(folders, patterns))
        .catch((error) => void complain(`the files of the workspace could not be read: ${error}`));
      const known = Array.from(files ?? [], ({ uri, text }) => ({ uri: String(uri), text: String(text) }));
      if (isEnded) return;
      attempt(() => server.found(number, JSON.stringify(known)));
      hasMore = true;
      schedule();
    }

    /** The message goes on when the texts are there; those of documents do not wait for it. */
    async function readChanged(message) {
      const DELETED = 3;
      const changes = Array.isArray(message.params?.changes) ? message.params.changes : [];
      await Promise.all(
        changes.map(async ({ uri, type }) => {
          const text = type === DELETED ? undefined : await Promise.resolve(readFile(uri)).catch(() => undefined);
          if (!isEnded) attempt(() => server.provide(uri, text ?? undefined));
        }),
      );
      if (!isEnded) enqueue(message);
    }

    /** A server that has failed does not know its documents any more, and says so whenever it is asked. */
    function attempt(work, id) {
      try {
        if (failure === undefined) return call(work);
      } catch (error) {
        failure = error;
        waiting.length = 0;
        hasMore = false;
        if (onFailure !== undefined) {
          onFailure(error);
          return undefined;
        }
        const message = "task-api: the language server has failed, which is a defect of its own; start it again";
        send({ jsonrpc: "2.0", method: "window/showMessage", params: { type: 1, message } });
      }
      if (id !== undefined && id !== null) {
        const message = "the language server has failed and has to be started again";
        send({ jsonrpc: "2.0", id, error: { code: INTERNAL_ERROR, message } });
      }
      return undefined;
    }

    function complain(message) {
      send({ jsonrpc: "2.0", method: "window/logMessage", params: { type: 2, message } });
    }

    function dispose() {
      if (isEnded) return;
      isEnded = true;
      waiting.length = 0;
      if (failure === undefined) server.free();
    }

    return { receive, dispose };
  };
}

function textOf(message) {
  try {
    return JSON.stringify(message);
  } catch {
    throw new TypeError("receive: `message` is not an object of plain values");
  }
}

function checked(host) {
  if (typeof host !== "object" || host === null) {
    throw new TypeError("createServer: `host` is not an object");
  }
  for (const name of ["send", "findFiles", "readFile", "onExit", "onFailure", "now"]) {
    if (typeof host[name] !== "function" && (name === "send" || host[name] !== undefined)) {
      throw new TypeError(`createServer: \`host.${name}\` is not a function`);
    }
  }
  return host;
}

/** After what has come by now, and without the waiting that browsers put upon timers. */
const soon =
  globalThis.setImmediate ??
  /* @__PURE__ */ (() => {
    const { port1, port2 } = new MessageChannel();
    const works = [];
    port1.onmessage = () => works.shift()();
    return (work) => {
      works.push(work);
      port2.postMessage(undefined);
    };
  })();
