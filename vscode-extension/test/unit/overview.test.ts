import assert from "node:assert/strict";
import { test } from "node:test";

import { containerOf, type Run, taskOf } from "../../src/common/model.js";
import { type Entry, overview } from "../../src/common/overview.js";
import { CONTAINER } from "./common.js";

function shown(entries: readonly Entry[], depth = 0): string {
  return entries.map((entry) => `${"  ".repeat(depth)}${entry.kind} ${entry.label}\n${shown(entry.children, depth + 1)}`).join("");
}

test("tasks stand under their templates, runs from the latest on", () => {
  const container = containerOf("file:///w/processing-container.json", CONTAINER);
  const inner = containerOf("file:///w/inner/processing-container.json", CONTAINER.replace("Lungs", "Inner"));
  const tasks = [
    taskOf("file:///w/task.json", '{"name": "outer", "taskTemplate": "segment"}'),
    taskOf("file:///w/inner/task.json", '{"name": "inner task", "taskTemplate": "segment"}'),
    taskOf("file:///w/b%20task.json", '{"taskTemplate": "other"}'),
  ];
  const run = (id: string, createdAt: string): Run => ({ uri: `file:///w/${id}`, id, state: "exited", exitCode: 0, name: id, createdAt });
  assert.ok(container && inner && tasks[0] && tasks[1] && tasks[2]);
  const entries = overview([container, inner], [tasks[0], tasks[1], tasks[2]], [run("old", "2026-01"), run("new", "2026-02")]);
  assert.equal(
    shown(entries),
    `container Inner
  template segment
    task inner task
container Lungs
  template segment
    task outer
group Tasks without a template here
  task b task.json
group Runs
  run new
  run old
`,
  );
});
