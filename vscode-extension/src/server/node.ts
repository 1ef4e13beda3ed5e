// The server in a worker thread.

import { parentPort } from "node:worker_threads";

import { serve } from "./serve.js";

const port = parentPort;
if (port !== null) {
  port.on("message", serve({ post: (message) => port.postMessage(message), close: () => port.close() }));
}
