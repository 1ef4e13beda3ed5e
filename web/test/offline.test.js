// Without a network, and with a strict policy.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { launch, open } from "./browser.js";
import { DIST, input } from "./pages.js";
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
  assert.deepEqual(complaints, []);
  assert.deepEqual(foreign, []);
  await context.close();
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

