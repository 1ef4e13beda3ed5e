// For everybody: axe on each state, the keyboard alone, small and mirrored windows.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { launch, open } from "./browser.js";
import { DIST, edit, field, fillIn, input, openExample, paste, SEGMENTATION, status, tab } from "./pages.js";
import { serve } from "./server.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

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

/** What axe finds against WCAG 2.2 AA, in a line each. */
async function violations(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
      rules: Object.fromEntries(["landmark-one-main", "landmark-unique", "page-has-heading-one", "heading-order"].map((id) => [id, { enabled: true }])),
    }),
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${JSON.stringify(target)} ${failureSummary}`));
}

const STATES = {
  empty: () => open(browser, server.address),
  "a container with errors": async (options) => {
    const opened = await open(browser, server.address, options);
    await paste(opened.page, SEGMENTATION.replace('"templates"', '"template"'));
    await opened.page.getByRole("heading", { name: /This container has/u }).waitFor();
    return opened;
  },
  "the choice of templates": async (options) => {
    const opened = await open(browser, server.address, options);
    await opened.page.locator("[data-example=segmentation]").click();
    await opened.page.locator("button.template").first().waitFor();
    return opened;
  },
  valid: async (options) => {
    const opened = await openExample(browser, server.address, options);
    await fillIn(opened.page);
    return opened;
  },
  "in German": (options) => openExample(browser, server.address, { ...options, locale: "de-DE" }),
  errors: async (options) => {
    const opened = await STATES.valid(options);
    const { page } = opened;
    await edit(page, '"taskTemplate"', '"resources": { "limits": { "memory": "4GB" } },\n  "taskTemplate"');
    await status(page, /1 error/u);
    await page.getByRole("button", { name: "Download", exact: true }).click();
    await tab(page, /Problems/u).click();
    await page.locator("task-api-problems .message").first().waitFor();
    return opened;
  },
  "what will run": async (options) => {
    const opened = await STATES.valid(options);
    await tab(opened.page, /^(What will run|Run)$/u).click();
    await opened.page.locator("task-api-scale-chart canvas").waitFor();
    return opened;
  },
  author: async (options) => {
    const opened = await openExample(browser, server.address, options);
    await opened.page.getByRole("button", { name: "More" }).click();
    await opened.page.getByRole("menuitem", { name: "Edit the container" }).click();
    await opened.page.locator('.toggle[data-entry="templates/0/inputs/0"]').click();
    await field(opened.page, "templates/0/inputs/0/scale_rule/mode").waitFor();
    return opened;
  },
  "an author's preview": async (options) => {
    const opened = await STATES.author(options);
    await tab(opened.page, "Preview").click();
    await opened.page.locator(".preview task-api-field").first().waitFor();
    return opened;
  },
  share: async (options) => {
    const opened = await openExample(browser, server.address, options);
    await opened.page.getByRole("button", { name: "Share", exact: true }).click();
    await opened.page.locator("task-api-share-dialog pre").waitFor();
    return opened;
  },
};

for (const [name, reach] of Object.entries(STATES)) {
  test(`axe finds nothing: ${name}`, async () => {
    for (const colorScheme of ["light", "dark"]) {
      const { page, context } = await reach({ colorScheme });
      assert.deepEqual(await violations(page), [], colorScheme);
      await context.close();
    }
  });
}

test("the whole way goes by keyboard alone", async () => {
  const { page, context } = await open(browser, server.address);
  const focused = () =>
    page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return `${element?.dataset?.example ?? ""} ${element?.textContent?.trim() ?? ""} ${element?.closest("[data-field]")?.dataset.field ?? ""}`;
    });
  const tabTo = async (words) => {
    for (let step = 0; step < 60; step += 1) {
      if (words.test(await focused())) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab does not reach ${words}`);
  };
  await tabTo(/segmentation/u);
  await page.keyboard.press("Enter");
  await page.locator("button.template").first().waitFor();
  await page.locator("body").press("Tab");
  await tabTo(/Writes one segmentation/u);
  await page.keyboard.press("Enter");
  await page.locator("task-api-field").first().waitFor();
  await input(page, "name").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.type("a:1");
  await page.keyboard.press("Tab");
  await page.keyboard.type("./in");
  await page.waitForFunction(() => /"a:1"[\s\S]*"\.\/in"/u.test(document.querySelector("task-api-builder").value));
  await page.keyboard.press("Control+z");
  await page.waitForFunction(() => !document.querySelector("task-api-builder").value.includes('"./in"'));
  await context.close();
});

test("nothing scrolls sideways at 360 px, and every view is a tab away", async () => {
  const { page, context } = await openExample(browser, server.address, { viewport: { width: 360, height: 740 } });
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.equal(await overflow(), 0);
  for (const name of [/task\.json/u, /Run/u, /Problems/u, /Form/u]) {
    await tab(page, name).click();
    assert.equal(await overflow(), 0);
  }
  assert.deepEqual(await violations(page), []);
  await context.close();
});

test("right to left, everything is in sight", async () => {
  const { page, context } = await open(browser, server.address);
  await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  await page.locator("[data-example=hello]").click();
  await page.locator("task-api-field").first().waitFor();
  const outside = await page.evaluate(() => {
    const workbench = document.querySelector("task-api-builder").shadowRoot.querySelector("task-api-workbench").shadowRoot;
    const all = [...workbench.querySelectorAll("header button, header wa-dropdown, [role=tab], footer *")];
    return all.filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 0 && (left < -1 || right > innerWidth + 1);
    }).length;
  });
  assert.equal(outside, 0);
  await context.close();
});

test("who wants no motion gets none", async () => {
  const { page, context } = await open(browser, server.address, { reducedMotion: "reduce" });
  const durations = await page.evaluate(() => {
    const start = document.querySelector("task-api-builder").shadowRoot.querySelector("task-api-start");
    return [...start.shadowRoot.querySelectorAll("*")].map((element) => getComputedStyle(element).transitionDuration);
  });
  assert.ok(durations.every((duration) => duration.split(", ").every((one) => one === "0s")), durations.join());
  await context.close();
});
