// The server in a web worker.

import { serve } from "./serve.js";

declare const self: DedicatedWorkerGlobalScope;

const receive = serve({ post: (message) => self.postMessage(message), close: () => self.close() });
self.addEventListener("message", (event: MessageEvent<unknown>) => receive(event.data));
