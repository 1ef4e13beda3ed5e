// What the page weighs, how soon it answers, and how long a keystroke takes. Prints a line of JSON for each figure.
//
// In Chromium as it is, but for the start, which is measured with a processor that is four times slower.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { brotliCompressSync, constants } from "node:zlib";

import { launch } from "../test/browser.js";
import { DIST, fillIn, input, SEGMENTATION } from "../test/pages.js";
import { POLICY } from "../test/server.js";

const TYPES = { js: "text/javascript", html: "text/html", css: "text/css", wasm: "application/wasm", svg: "image/svg+xml", json: "application/json", png: "image/png", webmanifest: "application/manifest+json" };

const packed = new Map();

/** As a server that compresses ahead of time. */
function brotli(path) {
  if (!packed.has(path)) {
    const bytes = readFileSync(new URL(`.${path}`, DIST));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    packed.set(path, brotliCompressSync(bytes, { params }));
  }
  return packed.get(path);
}

let transferred = 0;
let given = SEGMENTATION;

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://127.0.0.1");
  const path = pathname === "/" ? "/index.html" : pathname;
  response.setHeader("Content-Security-Policy", POLICY);
  if (path === "/given.json") return response.writeHead(200, { "Content-Type": "application/json" }).end(given);
  try {
    const body = brotli(path);
    transferred += body.length;
    response.writeHead(200, { "Content-Type": TYPES[path.split(".").pop()] ?? "text/plain", "Content-Encoding": "br" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${server.address().port}/`;
const browser = await launch();
const report = (subject, value, unit, target) =>
  console.log(JSON.stringify({ subject, who: "builder page", value: Math.round(value * 10) / 10, unit, better: "lower", target }));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function page(path = "") {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, serviceWorkers: "block" });
  const opened = await context.newPage();
  opened.setDefaultTimeout(60_000);
  return { context, opened, go: () => opened.goto(address + path) };
}

// The start: until an example can be clicked.
const starts = [];
const forms = [];
for (let round = 0; round < 5; round += 1) {
  const { context, opened, go } = await page();
  const session = await context.newCDPSession(opened);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  transferred = 0;
  await go();
  await opened.locator("[data-example]").first().waitFor();
  starts.push(await opened.evaluate(() => performance.now()));
  if (round === 0) report("transfer until the page can be used", transferred / 1000, "kB brotli", 400);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  const before = performance.now();
  await opened.locator("[data-example=hello]").click();
  await opened.locator("task-api-field").first().waitFor();
  forms.push(performance.now() - before);
  if (round === 0) {
    await opened.waitForTimeout(1000);
    report("transfer with form, editor and checks at work", transferred / 1000, "kB brotli", 400);
  }
  await context.close();
}
report("first interactive, 4× slower processor", median(starts), "ms", 1000);
report("from an example to its form", median(forms), "ms");

/**
 * Milliseconds of script, style and layout that a key costs the page's thread, what comes of it later included. Painting
 * is left out: without a graphics processor, it measures the machine.
 */
async function keystroke(context, opened, focus) {
  await focus();
  const session = await context.newCDPSession(opened);
  await session.send("Performance.enable");
  const worked = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const parts = ["ScriptDuration", "LayoutDuration", "RecalcStyleDuration"];
    return 1000 * metrics.filter(({ name }) => parts.includes(name)).reduce((sum, { value }) => sum + value, 0);
  };
  const pressed = async (count) => {
    const before = await worked();
    for (let index = 0; index < count; index += 1) {
      await opened.keyboard.press("a");
      await opened.waitForTimeout(100);
    }
    return (await worked()) - before;
  };
  await pressed(5);
  const rounds = [];
  for (let round = 0; round < 5; round += 1) rounds.push((await pressed(10)) / 10);
  return median(rounds);
}

async function typing(label, target, container, { task, fill } = {}) {
  given = container;
  const { context, opened, go } = await page("?container=given.json");
  await go();
  if (container === SEGMENTATION) await opened.locator("button.template").first().click();
  await opened.locator("task-api-field").first().waitFor();
  if (fill === true) await fillIn(opened);
  if (task !== undefined) {
    await opened.evaluate((text) => (document.querySelector("task-api-builder").value = text), task);
    await input(opened, "name").waitFor();
    await opened.waitForFunction(() => document.querySelector("task-api-builder").value.length > 500_000);
    await opened.waitForTimeout(3000);
  }
  const inField = await keystroke(context, opened, () => input(opened, "name").focus());
  report(`a keystroke in the form, ${label}`, inField, "ms", target);
  const editor = opened.locator("task-api-editor#task .cm-content");
  const inText = await keystroke(context, opened, () => editor.click({ position: { x: 90, y: 40 } }));
  report(`a keystroke in the text, ${label}`, inText, "ms", target);
  await context.close();
}

/** The same for who writes a container. */
async function authoring(label, target, container, entry) {
  given = container;
  const { context, opened, go } = await page("?container=given.json");
  await go();
  if (container === SEGMENTATION) await opened.locator("button.template").first().click();
  await opened.locator("task-api-field").first().waitFor();
  await opened.getByRole("button", { name: "More", exact: true }).click();
  await opened.getByRole("menuitem", { name: "Edit the container" }).click();
  await opened.locator(`.toggle[data-entry="${entry}"]`).click();
  const inField = await keystroke(context, opened, () => input(opened, `${entry}/description`).focus());
  report(`a keystroke in an author's form, ${label}`, inField, "ms", target);
  const editor = opened.locator("task-api-editor#container .cm-content");
  const inText = await keystroke(context, opened, () => editor.click({ position: { x: 90, y: 24 } }));
  report(`a keystroke in an author's text, ${label}`, inText, "ms", target);
  await context.close();
}

await typing("60 lines", 16, SEGMENTATION, { fill: true });
await authoring("60 lines", 16, SEGMENTATION, "templates/0/inputs/0");

const VARIABLES = 10_000;
const many = JSON.parse(SEGMENTATION);
many.templates.length = 1;
many.templates[0].env = Array.from({ length: VARIABLES }, (_, index) => ({ name: `V_${index}`, value: "1", description: `The number ${index}, of many that there are.` }));
const container = JSON.stringify(many, null, 2);
const size = (text) => `${Math.round(text.length / 1e5) / 10} MB`;
await typing(`container of ${size(container)}, 10 000 variables`, 50, container);
await authoring(`${size(container)}, 10 000 variables`, 50, container, "templates/0/inputs/0");

// Each of them set, so that the task is large itself.
const task = JSON.stringify(
  {
    name: "large",
    image: "registry.example.org/organs:1.2.0",
    taskTemplate: "segment",
    inputs: [],
    outputs: [],
    env: Array.from({ length: VARIABLES }, (_, index) => ({ name: `V_${index}`, value: `A value of some length, as the number ${index} has it.` })),
  },
  null,
  2,
);
await typing(`task of ${size(task)}`, 50, container, { task });

await browser.close();
server.closeAllConnections();
server.close();
