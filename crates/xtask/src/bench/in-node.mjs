// The rows of `cargo xtask bench` that are measured inside one Node process, each printed as one
// line of JSON: node in-node.mjs PACKAGE PARSER.wasm LARGE SMALL ANCHORS SCHEMA
//
// A subject is one call of `throughput` or `time` at the end; its first row is ours.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [packagePath, parserPath, largePath, smallPath, anchorsPath, schemaPath] = process.argv.slice(2);
const { default: init, validate } = await import(pathToFileURL(resolve(packagePath)));
await init();
const large = readFileSync(largePath, "utf8");
const small = readFileSync(smallPath, "utf8");

const { exports: parser } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(parserPath)));
const encoder = new TextEncoder();

/** From a JavaScript string, as `JSON.parse`: bringing the text into the module is part of it. */
function parseInWasm(text) {
  const room = text.length * 3;
  const at = parser.buffer(room);
  const { written } = encoder.encodeInto(text, new Uint8Array(parser.memory.buffer, at, room));
  if (parser.parse(written) !== 0) {
    throw new Error("the parser met errors in the benchmark's own input");
  }
}

// The anchors, with the JSON Schema of the contract: that is all they can check.
const require = createRequire(resolve(anchorsPath, "package.json"));
const schema = JSON.parse(readFileSync(schemaPath, "utf8"));
const { Ajv2020 } = require("ajv/dist/2020");
const { parse: parseWithPlaces } = require("json-source-map");
const { getLanguageService } = require("vscode-json-languageservice");
const { TextDocument } = require("vscode-languageserver-textdocument");
const ajv = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
const service = getLanguageService({});

function ajvWithoutPlaces(text) {
  return ajv(JSON.parse(text)) ? [] : ajv.errors;
}

/** JSON.parse knows no places, so another parser has to find them. */
function ajvWithPlaces(text) {
  const { data, pointers } = parseWithPlaces(text);
  return ajv(data) ? [] : ajv.errors.map(({ instancePath, message }) => ({ message, at: pointers[instancePath] }));
}

function languageService(text) {
  const document = TextDocument.create("file:///processing-container.json", "json", 1, text);
  return service.doValidation(document, service.parseJSONDocument(document), {}, schema);
}

const TIME_PER_SUBJECT = 4000;

/**
 * The fastest call of each, in milliseconds: what else runs on the machine only ever adds to a time,
 * and more to a long call than to a short one. (It also leaves garbage collection out, which is to the
 * advantage of whoever makes garbage.) They take turns.
 */
async function fastest(works) {
  const best = works.map(() => Infinity);
  const start = performance.now();
  while (performance.now() - start < TIME_PER_SUBJECT) {
    for (const [index, work] of works.entries()) {
      const start = performance.now();
      const result = work();
      if (result instanceof Promise) await result;
      best[index] = Math.min(best[index], performance.now() - start);
    }
  }
  return best;
}

function throughput(subject, text, competitors) {
  return rows(subject, "MB/s", "higher", competitors, (time) => Buffer.byteLength(text) / 1e3 / time);
}

function time(subject, competitors, target) {
  return rows(subject, "ms", "lower", competitors, (time) => time, target);
}

async function rows(subject, unit, better, competitors, valueOf, target) {
  const times = await fastest(Object.values(competitors));
  Object.keys(competitors).forEach((who, index) => {
    const ours = index === 0 && target !== undefined ? { target } : {};
    console.log(JSON.stringify({ subject, who, value: valueOf(times[index]), unit, better, ...ours }));
  });
}

await throughput("parse 1 MB of JSON, in Node", large, {
  "task-api-json in wasm (spanned tree)": () => parseInWasm(large),
  "JSON.parse (objects)": () => JSON.parse(large),
});

// Who accepts what is wrong does not check anything: its time would say nothing.
const wrong = small.replace('"templates"', '"template"');
for (const [who, found] of Object.entries({
  ours: validate(wrong).diagnostics,
  ajv: ajvWithoutPlaces(JSON.stringify(JSON.parse(wrong))),
  ajvWithPlaces: ajvWithPlaces(wrong),
  languageService: await languageService(wrong),
})) {
  if (found.length === 0) throw new Error(`${who} finds nothing wrong with a file that has no templates`);
}

for (const [subject, text, target] of [
  ["validate 60 lines, in Node", small, 0.013],
  ["validate 1 MB, in Node", large, 9],
]) {
  await time(
    subject,
    {
      "task-api-wasm, all rules, with places": () => validate(text),
      "ajv, schema only, with places": () => ajvWithPlaces(text),
      "ajv, schema only, without places": () => ajvWithoutPlaces(text),
      "vscode-json-languageservice, schema only": () => languageService(text),
      "JSON.parse only": () => JSON.parse(text),
    },
    target,
  );
}
