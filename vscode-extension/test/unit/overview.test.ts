import assert from "node:assert/strict";
import { test } from "node:test";

import { containerOf, type Run, runOf, taskOf } from "../../src/common/model.js";
import { type Entry, iconOf, outcome, overview } from "../../src/common/overview.js";
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
  const run = (id: string, createdAt: string): Run => ({ uri: `file:///w/${id}`, id, state: "exited", exitCode: 0, name: id, createdAt, duration: 1240, template: undefined, sources: [] });
  assert.ok(container && inner && tasks[0] && tasks[1] && tasks[2]);
  const entries = overview([container, inner], [tasks[0], tasks[1], tasks[2]], [run("old", "2026-01"), run("new", "2026-02")], () => "1 error");
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

test("entries of one name are told apart, and have the same ids the next time", () => {
  const container = containerOf("file:///w/processing-container.json", CONTAINER.replace(/"templates":\[(.*)\]/, '"templates":[$1,$1]'));
  assert.ok(container);
  assert.equal(container.templates.length, 2);
  const idsOf = (): string[] => overview([container], [], [], () => "").flatMap(({ id, children }) => [id, ...children.map((child) => child.id)]);
  assert.equal(new Set(idsOf()).size, 3);
  assert.deepEqual(idsOf(), idsOf());
});

test("a run says in few words how it ended", () => {
  const record = (fields: object): string => {
    const found = runOf("file:///r.json", JSON.stringify({ id: "a1", ...fields }));
    assert.ok(found);
    return `${iconOf(found)} ${outcome(found)}`;
  };
  const times = { startedAt: "2026-01-01T10:00:00Z", finishedAt: "2026-01-01T10:00:01.24Z" };
  assert.equal(record({ state: "exited", exitCode: 0, ...times }), "pass done in 1.2 s");
  assert.equal(record({ state: "exited", exitCode: 0, ...times, finishedAt: "2026-01-01T10:00:00.04Z" }), "pass done in 40 ms");
  assert.equal(record({ state: "exited", exitCode: 0, ...times, finishedAt: "2026-01-01T10:02:05Z" }), "pass done in 2 min 5 s");
  assert.equal(record({ state: "exited", exitCode: 0, ...times, finishedAt: times.startedAt }), "pass done");
  assert.equal(record({ state: "exited", exitCode: 3, ...times }), "error exit code 3");
  assert.equal(record({ state: "failed" }), "error failed");
  assert.equal(record({ state: "running", startedAt: times.startedAt }), "sync~spin running");
});
