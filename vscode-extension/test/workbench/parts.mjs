// The parts that the tests in the workbench are made of: folders to work in, a page, and an end to what was started.

import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";

import { chromium } from "playwright-core";

const FILES = {
  "processing-container.json": `{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes one mask for each volume.",
      "inputs": [{ "name": "images", "description": "Scans.", "mounted_path": "/data/images" }],
      "outputs": [{ "name": "masks", "description": "Masks.", "mounted_path": "/data/masks" }],
      "env": [],
      "command": ["segment"]
    }
  ]
}
`,
  "task.json": `{
  "name": 7,
  "image": "lungs:1",
  "taskTemplate": "segment",
  "inputs": [{ "name": "images", "input": { "host_path": "/data/images" } }],
  "outputs": [{ "name": "masks", "input": { "host_path": "/data/masks" } }]
}
`,
  "b-task.json": `{
  "name": "{{ env.STUDY }}",
  "image": "lungs",
  "taskTemplate": "segment",
  "inputs": [{ "name": "images", "input": { "host_path": "./images" } }],
  "outputs": [{ "name": "masks", "input": { "host_path": "/data/masks" } }]
}
`,
};

export { FILES };

export async function writeFiles(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Asks again and again: for what happens in another process. */
export async function eventually(what, ask, patience = 120_000) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`in vain: ${typeof what === "function" ? what() : what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The frame of a webview, by what is in it. */
export async function webview(page, selector) {
  return eventually(`a webview with ${selector}`, async () => {
    for (const frame of page.frames()) {
      if ((await frame.locator(selector).count()) > 0) return frame;
    }
    return undefined;
  }, 30_000);
}

export function checkSteps(assert, steps) {
  for (const { name, milliseconds, failed } of steps) console.log(`  ${failed ? "FAILED" : "ok"} ${name} (${milliseconds} ms)`);
  assert.deepEqual(steps.filter(({ failed }) => failed).map(({ failed }) => failed), []);
}
