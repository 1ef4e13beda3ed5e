// What is fetched: without a network, with a strict policy, and as little as can be.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { launch, open } from "./browser.js";
import { DIST, edit, input, openExample, status } from "./pages.js";
import { POLICY, serve } from "./server.js";

let server;
let browser;

before(async () => {
  server = await serve(DIST);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** Asks for completion within a new key. */
async function complete(page, find) {
  await edit(page, find, `${find}, "co"`);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Control+Space");
  await page.locator(".cm-tooltip-autocomplete", { hasText: "command" }).waitFor();
}

test("after one visit, the page works without its server", async () => {
  const site = await serve(DIST);
  const { page, context, complaints, foreign } = await open(browser, site.address);
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    if (registration.active.state !== "activated") {
      await new Promise((resolve) => registration.active.addEventListener("statechange", resolve));
    }
  });
  await page.reload();
  site.close();
  await page.reload();
  await page.locator("[data-example=hello]").click();
  await page.locator("task-api-field").first().waitFor();
  await input(page, "image").fill("offline:1");
  await page.waitForFunction(() => document.querySelector("task-api-builder").value.includes("offline:1"));
  await complete(page, '"offline:1"');
  assert.deepEqual(complaints, []);
  assert.deepEqual(foreign, []);
  await context.close();
});

test("a form and its checks take the smaller module, and help in the text brings the whole", async () => {
  const site = await serve(DIST);
  const modules = () => site.asked.flatMap((path) => /(task_api_\w+)_bg-[^/]*\.wasm$/u.exec(path)?.[1] ?? []);
  // A service worker fetches everything, once the page is there.
  const { page, context } = await openExample(browser, site.address, { serviceWorkers: "block" });
  await input(page, "name").fill("study");
  await edit(page, '"study"', '"study", "x": 1');
  await status(page, /warning|error/u);
  assert.deepEqual(modules(), ["task_api_form"]);

  await complete(page, '"x": 1');
  assert.deepEqual(modules(), ["task_api_form", "task_api_wasm"]);
  await context.close();
  site.close();
});

test("the policy allows WebAssembly and nothing else that is unsafe", async () => {
  const response = await fetch(server.address);
  const header = response.headers.get("content-security-policy");
  assert.equal(header, POLICY);
  const page = await response.text();
  const meta = /content="(default-src[^"]+)"/u.exec(page)[1];
  for (const policy of [header, meta]) {
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/u);
    assert.doesNotMatch(policy, /'unsafe-(inline|eval)'|\*|https?:/u);
  }
});

test("the manifest makes the page installable", async () => {
  const manifest = JSON.parse(readFileSync(new URL("manifest.webmanifest", DIST), "utf8"));
  assert.equal(manifest.display, "standalone");
  for (const { src, sizes } of manifest.icons.filter(({ type }) => type === "image/png")) {
    const icon = readFileSync(new URL(src, DIST));
    assert.equal(`${icon.readUInt32BE(16)}x${icon.readUInt32BE(20)}`, sizes);
  }
});

