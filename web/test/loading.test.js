// What the page fetches, and when.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch } from "./browser.js";
import { DIST, edit, input, openExample, status } from "./pages.js";
import { serve } from "./server.js";

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

function modules() {
  return server.asked.flatMap((path) => /(task_api_\w+)_bg-[^/]*\.wasm$/u.exec(path)?.[1] ?? []);
}

test("a form and its checks take the smaller module, and help in the text brings the whole", async () => {
  // A service worker fetches everything, once the page is there.
  const { page, context } = await openExample(browser, server.address, { serviceWorkers: "block" });
  await input(page, "name").fill("study");
  await status(page, /still missing/u);
  await edit(page, '"study"', '"study", "x": 1');
  await status(page, /warning|error/u);
  assert.deepEqual(modules(), ["task_api_form"]);

  await edit(page, '"x": 1', '"co"');
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Control+Space");
  await page.locator(".cm-tooltip-autocomplete", { hasText: "command" }).waitFor();
  assert.deepEqual(modules(), ["task_api_form", "task_api_wasm"]);
  await context.close();
});
