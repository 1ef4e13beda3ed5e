// The rows of `cargo xtask bench` that are measured inside one Node process, each printed as one
// line of JSON: node in-node.mjs PACKAGE PARSER.wasm LARGE SMALL
//
// A row is one call of `throughput` or `time` at the end.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [packagePath, parserPath, largePath, smallPath] = process.argv.slice(2);
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

const TIME_PER_ROW = 1500;

/** In milliseconds. */
function median(work) {
  const times = [];
  const start = performance.now();
  while (performance.now() - start < TIME_PER_ROW || times.length < 11) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1];
}

function throughput(subject, who, text, work) {
  const value = Buffer.byteLength(text) / 1e3 / median(work);
  console.log(JSON.stringify({ subject, who, value, unit: "MB/s", better: "higher" }));
}

function time(subject, who, work) {
  console.log(JSON.stringify({ subject, who, value: median(work), unit: "ms", better: "lower" }));
}

throughput("parse 1 MB of JSON, in Node", "task-api-json in wasm", large, () => parseInWasm(large));
throughput("parse 1 MB of JSON, in Node", "JSON.parse", large, () => JSON.parse(large));
time("validate 60 lines, in Node", "task-api-wasm", () => validate(small));
time("validate 60 lines, in Node", "JSON.parse only", () => JSON.parse(small));
time("validate 1 MB, in Node", "task-api-wasm", () => validate(large));
time("validate 1 MB, in Node", "JSON.parse only", () => JSON.parse(large));
