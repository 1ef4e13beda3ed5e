// Checking in a page of Chromium: the package and what it is compared with, in the same page, taking turns. Prints a line
// of JSON for each figure: node speeds.js PACKAGE LARGE SMALL ANCHORS SCHEMA

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";

import { launch } from "../test/browser.js";

const [packagePath, largePath, smallPath, anchorsPath, schemaPath] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(anchorsPath, "package.json"));

const PAGE = `
import init, { validate } from "/package/validator.js";
import { Ajv2020, getLanguageService, parse, TextDocument } from "/anchors.js";

const load = async (path) => (await fetch(path)).text();
const [large, small, schema] = [await load("/large"), await load("/small"), JSON.parse(await load("/schema"))];
await init();
const ajv = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
const service = getLanguageService({});
const subjects = {
  "task-api-wasm, all rules, with places": (text) => validate(text).diagnostics,
  "ajv, schema only, with places": (text) => {
    const { data, pointers } = parse(text);
    return ajv(data) ? [] : ajv.errors.map(({ instancePath, message }) => ({ message, at: pointers[instancePath] }));
  },
  "ajv, schema only, without places": (text) => (ajv(JSON.parse(text)) ? [] : ajv.errors),
  "vscode-json-languageservice, schema only": (text) => {
    const document = TextDocument.create("file:///processing-container.json", "json", 1, text);
    return service.doValidation(document, service.parseJSONDocument(document), {}, schema);
  },
  "JSON.parse only": (text) => JSON.parse(text),
};

/** Who accepts what is wrong does not check anything: its time would say nothing. */
async function assertChecks() {
  const wrong = JSON.stringify({ ...JSON.parse(small), templates: undefined });
  for (const [who, check] of Object.entries(subjects)) {
    if (who !== "JSON.parse only" && (await check(wrong)).length === 0) throw new Error(who + " finds nothing wrong");
  }
}

/** The fastest of each, in milliseconds; several calls at a time where one is shorter than the clock is fine. */
async function fastest(text, calls, time) {
  const best = Object.fromEntries(Object.keys(subjects).map((who) => [who, Infinity]));
  const start = performance.now();
  while (performance.now() - start < time) {
    for (const [who, check] of Object.entries(subjects)) {
      const before = performance.now();
      for (let call = 0; call < calls; call += 1) {
        const result = check(text);
        if (result instanceof Promise) await result;
      }
      best[who] = Math.min(best[who], (performance.now() - before) / calls);
    }
  }
  return best;
}

globalThis.measure = async () => {
  await assertChecks();
  return { small: await fastest(small, 50, 6000), large: await fastest(large, 1, 6000) };
};
document.title = "ready";
`;

const anchors = await require("esbuild").build({
  stdin: {
    contents: `export { Ajv2020 } from "ajv/dist/2020.js"; export { parse } from "json-source-map";
      export { getLanguageService } from "vscode-json-languageservice";
      export { TextDocument } from "vscode-languageserver-textdocument";`,
    resolveDir: anchorsPath,
  },
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  write: false,
  logLevel: "error",
});

const files = {
  "/": ["text/html", '<!doctype html><script type="module" src="/page.js"></script>'],
  "/page.js": ["text/javascript", PAGE],
  "/anchors.js": ["text/javascript", anchors.outputFiles[0].text],
  "/large": ["application/json", readFileSync(largePath)],
  "/small": ["application/json", readFileSync(smallPath)],
  "/schema": ["application/json", readFileSync(schemaPath)],
};
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

const server = createServer((request, response) => {
  // A page of its own has a clock of 5 µs, and others one of 100.
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
  const { pathname } = new URL(request.url, "http://127.0.0.1");
  const name = /^\/package\/([\w.-]+)$/u.exec(pathname)?.[1];
  try {
    const [type, body] = files[pathname] ?? [TYPES[extname(name ?? "")] ?? "text/plain", readFileSync(join(packagePath, name ?? ""))];
    response.writeHead(200, { "Content-Type": type }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await launch();
const page = await browser.newPage();
page.setDefaultTimeout(60_000);
page.on("pageerror", (error) => {
  throw error;
});
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction(() => document.title === "ready");
const times = await page.evaluate(() => globalThis.measure());
for (const [subject, of, target] of [
  ["validate 60 lines, in Chromium", times.small, 0.013],
  ["validate 1 MB, in Chromium", times.large, 9],
]) {
  Object.entries(of).forEach(([who, value], index) => {
    console.log(JSON.stringify({ subject, who, value, unit: "ms", better: "lower", ...(index === 0 ? { target } : {}) }));
  });
}
await browser.close();
server.closeAllConnections();
server.close();
