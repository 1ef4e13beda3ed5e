// The webview: starts the worker of the builder's elements from what the extension sends, and shows them.

import { startWorkerBy } from "../../../web/src/core/service.js";
import type { FromBuilder, ToBuilder } from "../common/builder-protocol.js";
import { setLocale } from "./localisation.js";
import { TaskApiBuilderPage } from "./page.js";

/** The text of the worker's script, see esbuild.mjs: a webview may start no worker from an address of another origin. */
declare const WORKER: string;

declare function acquireVsCodeApi(): { postMessage(message: FromBuilder): void };

const api = acquireVsCodeApi();
const page = new TaskApiBuilderPage((message) => api.postMessage(message));
document.body.append(page);

addEventListener("message", ({ data }: MessageEvent<ToBuilder>) => {
  if (data.kind === "open") void open(data);
  else page.receive(data);
});

/** The chart is drawn on a canvas, and so by hand. */
new MutationObserver(() => dispatchEvent(new Event("task-api-theme"))).observe(document.body, {
  attributeFilter: ["class"],
});

api.postMessage({ kind: "ready" });

async function open(message: ToBuilder & { kind: "open" }): Promise<void> {
  const module = addressOf(message.module, "application/wasm");
  const script = addressOf(WORKER, "text/javascript");
  startWorkerBy(() => new Worker(script, { name: module }));
  if (message.language === "de") {
    await setLocale("de");
    document.documentElement.lang = "de";
  }
  page.open(message);
}

function addressOf(content: Uint8Array | string, type: string): string {
  return URL.createObjectURL(new Blob([content as BlobPart], { type }));
}
