// The pictures of docs/builder.md are what the page looks like.
//
// After a change that is meant: UPDATE_SCREENSHOTS=1 node --test test/screenshots.test.js, look at them, commit them.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

import { launch, open } from "./browser.js";
import { DIST, edit, field, fillIn, input, openExample, status, tab } from "./pages.js";
import { serve } from "./server.js";

const IMAGES = new URL("../../docs/images/", import.meta.url);
const FOUND = new URL("../../target/screenshots/", import.meta.url);

/** The part of the pixels that may differ: fonts are drawn a little differently from machine to machine. */
const TOLERANCE = 0.02;

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

async function valid(options) {
  const opened = await openExample(browser, server.address, options);
  const { page } = opened;
  await fillIn(page);
  await field(page, "env/MODEL").getByRole("radio", { name: "full", exact: true }).click();
  await input(page, "env/BATCH_SIZE").fill("8");
  await page.waitForFunction(() => /"full"[\s\S]*"8"/u.test(document.querySelector("task-api-builder").value));
  await page.locator("footer", { hasText: "Saved in this browser" }).waitFor();
  await status(page, /Valid/u);
  return opened;
}

/** Scrolls the form, so that a section is at its top. */
function showSection(page, name) {
  return page.evaluate((name) => {
    const workbench = document.querySelector("task-api-builder").shadowRoot.querySelector("task-api-workbench");
    const form = workbench.shadowRoot.querySelector("task-api-form");
    const section = form.shadowRoot.querySelector(`[aria-label="${name}"]`);
    form.scrollTop = section.offsetTop - 72;
  }, name);
}

const STATES = {
  empty: async (options) => {
    const opened = await open(browser, server.address, options);
    await opened.page.locator("[data-example]").first().waitFor();
    return opened;
  },
  valid: async (options) => {
    const opened = await valid(options);
    await showSection(opened.page, "Outputs");
    return opened;
  },
  errors: async (options) => {
    const opened = await valid(options);
    const { page } = opened;
    await edit(page, '"full"', '"ful"');
    await edit(page, '"./atlas"', "5");
    await edit(page, '"taskTemplate"', '"resources": { "limits": { "memory": "4GB" } },\n  "lables": {},\n  "taskTemplate"');
    await status(page, /3 errors, 1 warning/u);
    await page.getByRole("button", { name: "Download", exact: true }).click();
    await tab(page, /Problems/u).click();
    await page.locator("task-api-problems .message").nth(3).waitFor();
    await showSection(page, "Inputs");
    return opened;
  },
  run: async (options) => {
    const opened = await valid(options);
    const { page } = opened;
    await tab(page, /^(What will run|Run)$/u).click();
    await page.locator("task-api-scale-chart canvas").waitFor();
    await showSection(page, "Parameters");
    await page.locator("task-api-scale-chart .legend").evaluate((legend) => legend.scrollIntoView({ block: "center" }));
    return opened;
  },
  author: async (options) => {
    const opened = await openExample(browser, server.address, options);
    const { page } = opened;
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Edit the container" }).click();
    await page.locator('.toggle[data-entry="templates/0/env/2"]').click();
    await field(page, "templates/0/env/2/value").waitFor();
    await status(page, /Valid/u);
    await page.locator("task-api-container-form").evaluate((form) => {
      form.scrollTop = form.shadowRoot.querySelector('[data-entry="templates/0/inputs/0"]').closest(".list").offsetTop - 72;
    });
    return opened;
  },
  workflow: async (options) => {
    const opened = await open(browser, server.address, { ...options, viewport: { width: 1920, height: 800 } });
    const { page } = opened;
    await page.locator("[data-example=workflow]").click();
    await page.locator('task-api-workflow [data-task="tasks/3"] .title').click();
    await page.locator("task-api-workflow-panel").waitFor();
    await status(page, /Valid/u);
    return opened;
  },
  narrow: async (options) => {
    const opened = await valid({ ...options, viewport: { width: 360, height: 740 } });
    await showSection(opened.page, "Parameters");
    return opened;
  },
};

for (const [state, reach] of Object.entries(STATES)) {
  test(`the picture of the state: ${state}`, async () => {
    mkdirSync(FOUND, { recursive: true });
    for (const colorScheme of ["light", "dark"]) {
      const { page, context } = await reach({ colorScheme });
      await page.mouse.move(0, 0);
      await page.evaluate(() => document.fonts.ready);
      const name = `builder-${state}-${colorScheme}.png`;
      const found = await page.screenshot({ animations: "disabled" });
      await context.close();
      writeFileSync(new URL(name, FOUND), found);
      const known = new URL(name, IMAGES);
      if (process.env.UPDATE_SCREENSHOTS === "1") {
        mkdirSync(IMAGES, { recursive: true });
        writeFileSync(known, found);
      }
      assert.ok(existsSync(known), `docs/images/${name} is missing`);
      const [a, b] = [PNG.sync.read(found), PNG.sync.read(readFileSync(known))];
      assert.deepEqual([a.width, a.height], [b.width, b.height]);
      const different = pixelmatch(a.data, b.data, undefined, a.width, a.height, { threshold: 0.2 });
      const part = different / (a.width * a.height);
      assert.ok(part <= TOLERANCE, `${name}: ${(100 * part).toFixed(1)} % of the pixels differ; see target/screenshots/${name}`);
    }
  });
}
