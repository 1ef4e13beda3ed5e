// How long VS Code waits for the extension, and when it and VS Code's own JSON support show what is wrong with ten files.
// Prints a line of JSON for each figure; the table of what is shown goes into the file that TABLE names.
//
// VS Code's JSON support has the extension's schemas in `json.schemas`, which is all that it can be told.

import { readFile, writeFile } from "node:fs/promises";

import { activation, TASK_API, workbench } from "../test/workbench/desktop.mjs";
import { FILES, MISTAKES } from "../test/workbench/mistakes.mjs";

const ROUNDS = 5;
/** Milliseconds without a word after which nothing comes any more. */
const REST = 1500;

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const shown = (value) => Math.round(value * 10) / 10;
const report = (subject, who, value, target) =>
  console.log(JSON.stringify({ subject, who, value: shown(value), unit: "ms", better: "lower", ...(target ? { target } : {}) }));

async function activations() {
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await workbench({ files: { "task.json": "{}" }, only: true }, async ({ page, ask }) => {
      await ask("open", "task.json");
      times.push(await activation(page, ask));
    });
  }
  return times;
}

/** For each file the first milliseconds of three times, and what is there in the end. */
async function problems(options) {
  const all = new Map();
  await workbench({ ...options, files: FILES, only: true }, async ({ ask }) => {
    for (let round = 0; round < 3; round += 1) {
      for (const { file, mistaken } of MISTAKES) {
        const { milliseconds, found } = await ask("timed", file, mistaken, REST);
        all.set(file, { found, times: [...(all.get(file)?.times ?? []), milliseconds] });
      }
    }
  });
  return all;
}

async function schemas() {
  const read = async (kind) => JSON.parse(await readFile(new URL(`../dist/schemas/${kind}.schema.json`, import.meta.url), "utf8"));
  return [
    { fileMatch: ["processing-container.json"], schema: await read("processing-container") },
    { fileMatch: ["task.json", "task-*.json", "*-task.json", "*.task.json"], schema: await read("task") },
  ];
}

const WHO = [
  ["extension", await problems({})],
  ["extension, with task-api", await problems({ settings: { "taskApi.server.path": TASK_API } })],
  ["VS Code's JSON support", await problems({ installed: false, settings: { "json.schemas": await schemas() } })],
];

report("activation in VS Code", "extension", median(await activations()), 50);

const time = ({ times }) => median(times.filter((it) => it !== null && it !== undefined));
for (const [who, all] of WHO) {
  const times = [...all.values()].filter(({ found }) => found.length > 0).map(time);
  report("a mistake to its problem in VS Code, median of files with one", who, median(times));
}

const cell = ({ found, times }) => {
  if (found.length === 0) return "nothing";
  const messages = found.map(({ message }) => message.split("\n", 1)[0].replaceAll("|", "\\|"));
  return `${messages.join("; ")} (${Math.round(time({ times }))} ms)`;
};
const [[, ours], , [, theirs]] = WHO;
const rows = MISTAKES.map(({ file, mistake }) => `| ${mistake} | ${cell(ours.get(file))} | ${cell(theirs.get(file))} |`);
const table = ["| mistake | the extension | VS Code's JSON support |", "|---|---|---|", ...rows].join("\n");
if (process.env.TABLE) await writeFile(process.env.TABLE, `${table}\n`);
