// Ten files as people get them wrong: each is one of the files of examples/count-items with one mistake in it.

import { readFileSync } from "node:fs";

const example = (name) => readFileSync(new URL(`../../../examples/count-items/${name}`, import.meta.url), "utf8");
const CONTAINER = example("processing-container.json");
const TASK = example("write-items.task.json");

const task = (name, mistake, old, wrong) => ({ file: `${name}-task.json`, mistake, text: TASK, mistaken: replaced(TASK, old, wrong) });
const container = (name, mistake, old, wrong) => ({
  file: `${name}/processing-container.json`,
  mistake,
  text: CONTAINER,
  mistaken: replaced(CONTAINER, old, wrong),
});

export const MISTAKES = [
  task("trailing-comma", "a comma before the closing brace", '"lower" }]\n', '"lower" }],\n'),
  task("number-for-text", "a number where a text belongs", '"name": "write-items"', '"name": 7'),
  task("misspelt-required", "`imputs` for `inputs`", '"inputs"', '"imputs"'),
  task("misspelt-optional", "`envs` for `env`", '"env"', '"envs"'),
  task("unknown-template", "a template that the container does not have", '"taskTemplate": "write-items"', '"taskTemplate": "write-itmes"'),
  task("unbound-output", "an output without a folder", '[{ "name": "items", "input": { "host_path": "./output/items" } }]', "[]"),
  task("no-choice", "a value that is not among the choices", '"value": "lower"', '"value": "lowercase"'),
  task("fixed-variable", "a variable that may not be changed", '"name": "LETTER_CASE", "value": "lower"', '"name": "RESULT_FILE", "value": "a.txt"'),
  container("same-template", "two templates of one name", '"identifier": "count-items"', '"identifier": "write-items"'),
  container("request-over-limit", "a request beyond the limit", '"requests": { "memory": "16Mi" }', '"requests": { "memory": "160Mi" }'),
];

/** The files without the mistakes. */
export const FILES = {
  "processing-container.json": CONTAINER,
  ...Object.fromEntries(MISTAKES.map(({ file, text }) => [file, text])),
};

/** The files with them. */
export const MISTAKEN_FILES = {
  "processing-container.json": CONTAINER,
  ...Object.fromEntries(MISTAKES.map(({ file, mistaken }) => [file, mistaken])),
};

function replaced(text, old, wrong) {
  if (!text.includes(old)) throw new Error(`${old} is not in the example any more`);
  return text.replace(old, wrong);
}
