// The rows of `cargo xtask bench` that are measured inside one Node process, each printed as one
// line of JSON: node in-node.mjs PACKAGE PARSER.wasm LARGE SMALL
//
// A subject is one call of `throughput` or `time` at the end; its first row is ours.

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

const TIME_PER_SUBJECT = 4000;

/**
 * The fastest call of each, in milliseconds: what else runs on the machine only ever adds to a time,
 * and more to a long call than to a short one. (It also leaves garbage collection out, which is to the
 * advantage of whoever makes garbage.) They take turns.
 */
function fastest(works) {
  const best = works.map(() => Infinity);
  const start = performance.now();
  while (performance.now() - start < TIME_PER_SUBJECT) {
    works.forEach((work, index) => {
      const start = performance.now();
      work();
      best[index] = Math.min(best[index], performance.now() - start);
    });
  }
  return best;
}

function throughput(subject, text, competitors) {
  rows(subject, "MB/s", "higher", competitors, (time) => Buffer.byteLength(text) / 1e3 / time);
}

function time(subject, competitors) {
  rows(subject, "ms", "lower", competitors, (time) => time);
}

function rows(subject, unit, better, competitors, valueOf) {
  const times = fastest(Object.values(competitors));
  Object.keys(competitors).forEach((who, index) => {
    console.log(JSON.stringify({ subject, who, value: valueOf(times[index]), unit, better }));
  });
}

throughput("parse 1 MB of JSON, in Node", large, {
  "task-api-json in wasm (spanned tree)": () => parseInWasm(large),
  "JSON.parse (objects)": () => JSON.parse(large),
});

// A package that accepts an empty object does not check anything: its time would say nothing.
if (!validate("{}").valid) {
  time("validate 60 lines, in Node", {
    "task-api-wasm": () => validate(small),
    "JSON.parse only": () => JSON.parse(small),
  });
  time("validate 1 MB, in Node", {
    "task-api-wasm": () => validate(large),
    "JSON.parse only": () => JSON.parse(large),
  });
}
