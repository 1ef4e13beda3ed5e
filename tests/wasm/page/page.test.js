// The package in a page and in a worker, in Chromium, under a strict content security policy.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { VALID, WRONG_NAME } from "../documents.js";
import { launch, watched } from "./browser.js";
import { serve } from "./server.js";

const SCREENSHOTS = fileURLToPath(new URL("../../../target/screenshots/", import.meta.url));

let server;
let browser;

before(async () => {
  server = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

async function open() {
  const { page, complaints } = await watched(browser);
  await page.goto(server.address);
  await page.waitForSelector("body[data-ready]");
  return { page, complaints };
}

test("a mistake is marked where it stands, and gone when it is mended", async () => {
  const { page, complaints } = await open();
  await page.fill("#text", WRONG_NAME);
  const item = page.locator('#diagnostics li[data-pointer="/name"]');
  assert.match(await item.textContent(), /^2:49 error: .* \[wrong-type\]$/);
  assert.ok((await page.locator("#marked mark").allTextContents()).includes("5"));
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}wasm-page.png` });

  await page.fill("#text", VALID);
  assert.equal(await page.locator("#diagnostics li").count(), 0);
  assert.equal(await page.locator("#marked mark").count(), 0);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("the package works in a module worker", async () => {
  const { page, complaints } = await open();
  await page.locator("#worker", { hasText: "In a worker: processing-container" }).waitFor();
  assert.deepEqual(complaints, []);
  await page.close();
});
