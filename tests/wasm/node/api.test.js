// Each function of the package, by what it answers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";

import init, {
  applyFix,
  complete,
  explain,
  format,
  hover,
  migrate,
  resolve,
  symbols,
  validate,
} from "task-api-wasm";

import { CONTAINER, TASK, VALID, WRONG_NAME, diagnosticAt } from "../documents.js";

before(() => init());

/** The offset behind a piece of a text. */
function behind(text, piece) {
  const at = text.indexOf(piece);
  assert.ok(at >= 0, piece);
  return at + piece.length;
}

test("a task is checked against its container", () => {
  assert.deepEqual(validate(TASK, { container: CONTAINER }).diagnostics, []);
  const unbound = TASK.replace(/"outputs": \[.*\]/, '"outputs": []');
  const [diagnostic] = validate(unbound, { container: CONTAINER }).diagnostics;
  assert.equal(diagnostic.rule, "unbound-channel");
  assert.equal(CONTAINER.slice(diagnostic.related[0].range.start.offset, diagnostic.related[0].range.end.offset), '"masks"');
  assert.equal(validate(unbound).valid, true, "without the container, nobody knows");
});

test("a fix mends what it was found for, behind characters of any width", () => {
  const wrong = '{"name": "🧠🧠 é", "image": "lungs:1.0", "taskTemplate": "segment", "inputs": [], "outputs": [], "env": [{"name": "FOLDS", "value": 5}]}';
  const { fixes } = validate(wrong).diagnostics.find(({ rule }) => rule === "wrong-type");
  const mended = applyFix(wrong, fixes[0]);
  assert.equal(mended, wrong.replace(": 5", ': "5"'));
  assert.equal(validate(mended).valid, true);
});

test("a fix keeps what cannot be written in UTF-8", () => {
  const wrong = '{"name": "\ud83e", "image": "lungs:1.0", "taskTemplate": "segment", "inputs": [], "outputs": [],}';
  const { fixes } = validate(wrong).diagnostics.find(({ rule }) => rule === "syntax-error");
  assert.equal(applyFix(wrong, fixes[0]), wrong.replace("],}", "]}"));
});

test("a fix of another text is refused", () => {
  const { fixes } = diagnosticAt(validate(WRONG_NAME), "/name");
  assert.throws(() => applyFix("{}", fixes[0]), { name: "TypeError", message: /`fix` does not fit `text`/ });
  const [edit] = fixes[0].edits;
  assert.throws(() => applyFix(WRONG_NAME, { edits: [edit, edit] }), { name: "TypeError", message: /`fix`/ });
});

test("insertions at one place keep their order", () => {
  const at = { start: { offset: 1 }, end: { offset: 1 } };
  assert.equal(applyFix("ad", { edits: [{ range: at, newText: "b" }, { range: at, newText: "c" }] }), "abcd");
});

test("a layout is what `task-api fmt` makes, and settles at once", () => {
  const dense = JSON.stringify(JSON.parse(VALID));
  const laid = applyFix(dense, { edits: format(dense) });
  assert.notEqual(laid, dense);
  assert.deepEqual(JSON.parse(laid), JSON.parse(dense));
  assert.deepEqual(format(laid), []);
  assert.deepEqual(format("{"), [], "what is broken is left alone");
});

test("a text moves to the other version and back", () => {
  const there = migrate(TASK, 1);
  assert.deepEqual([there.kind, there.from, there.notes], ["task", 0, []]);
  assert.equal(validate(there.text).apiVersion, 1);
  assert.equal(migrate(there.text, 0).text, TASK);
});

test("what cannot move has no text, and notes that say why", () => {
  const squared = TASK.replace('{"host_path": "./images"}}', '{"host_path": "./images"}, "scale_rule": {"complexity": "n**2", "type": "limit", "mode": "sum"}}');
  const { text, notes } = migrate(squared, 1);
  assert.equal(text, undefined);
  assert.deepEqual(notes.map(({ pointer, prevents }) => [pointer, prevents]), [["/inputs/0/scale_rule/complexity", true]]);
  assert.match(migrate('{"name": ', 1).notes[0].message, /not JSON/);
});

test("a task comes to an instance, with the origin of each value", () => {
  const { taskInstance, origins, diagnostics, containerDiagnostics, notices } = resolve(TASK, CONTAINER);
  assert.deepEqual([diagnostics, containerDiagnostics, notices], [[], [], []]);
  assert.deepEqual(taskInstance.env, [
    { name: "THRESHOLD", value: "0.5" },
    { name: "FOLDS", value: "3" },
  ]);
  assert.equal(taskInstance.inputs[0].mounted_path, "/data/images");
  assert.equal(taskInstance.inputs[0].host_path, "./images");
  assert.deepEqual(origins["/env/0/value"], { from: "template", pointer: "/templates/0/env/0/value" });
  assert.deepEqual(origins["/env/1/value"], { from: "task", pointer: "/env/0/value" });
});

test("a trigger request wins over the task, as body or as its conf, by name or as a list", () => {
  const conf = { task_form: { "lungs of study 7": { FOLDS: "5" } } };
  const list = { task_form: { "lungs of study 7": { env: [{ name: "FOLDS", value: "5" }] } } };
  for (const given of [conf, { conf }, list]) {
    const { taskInstance, origins } = resolve(TASK, CONTAINER, given);
    assert.equal(taskInstance.env[1].value, "5");
    assert.deepEqual(origins["/env/1/value"], { from: "conf" });
  }
});

test("what a request may not set is said, and nothing is resolved", () => {
  const of = (form) => resolve(TASK, CONTAINER, form);
  const wrong = of({ task_form: { "lungs of study 7": { FOLDS: "4" } } });
  assert.equal(wrong.taskInstance, undefined);
  assert.match(wrong.notices[0].message, /`conf`: `FOLDS` has to be one of "1", "3", "5"/);
  assert.match(of({ task_form: { "lungs of study 8": {} } }).notices[0].message, /did you mean `lungs of study 8`/);
  assert.match(of({}).notices[0].message, /`conf`: it has no `task_form`/);
  assert.equal(of({}).notices[0].severity, "error");
});

test("what is wrong with task or container is in their diagnostics, and nothing is resolved", () => {
  const wrongTask = resolve(TASK.replace('"3"', "3"), CONTAINER);
  assert.equal(wrongTask.taskInstance, undefined);
  assert.deepEqual(wrongTask.diagnostics.map(({ rule }) => rule), ["wrong-type"]);
  const wrongContainer = resolve(TASK, CONTAINER.replace('"Segments lungs."', "5"));
  assert.equal(wrongContainer.taskInstance, undefined);
  assert.deepEqual(wrongContainer.containerDiagnostics.map(({ rule }) => rule), ["wrong-type"]);
  assert.match(resolve(TASK, "").notices[0].message, /there is no container/);
});

test("a task with its template written out needs no container", () => {
  const { templates } = JSON.parse(CONTAINER);
  const task = JSON.stringify({ ...JSON.parse(TASK), taskTemplate: templates[0] });
  assert.equal(resolve(task, "").taskInstance.taskTemplate, "segment");
});

test("secrets are not shown", () => {
  const secret = TASK.replace('{"name": "FOLDS", "value": "3"}', '{"name": "API_TOKEN", "value": "t0p"}');
  const { taskInstance } = resolve(secret, CONTAINER);
  assert.ok(!JSON.stringify(taskInstance).includes("t0p"));
  assert.ok(taskInstance.env.some(({ name, value }) => name === "API_TOKEN" && value === "[redacted]"));
});

test("names of the container are offered, and accepting one gives a valid task", () => {
  const open = TASK.replace('"segment"', '""');
  const offset = behind(open, '"taskTemplate": "');
  const item = complete(open, offset, { container: CONTAINER }).find(({ label }) => label === "segment");
  assert.equal(item.kind, "template");
  assert.match(item.documentation, /Writes one mask/);
  const accepted = applyFix(open, { edits: [item.edit, ...item.additionalEdits] });
  assert.equal(validate(accepted, { container: CONTAINER }).valid, true);
});

test("fields are offered with the contract's description, of the version that is wanted", () => {
  const text = '{"name": "🧠", "image": "a:1", "inputs": [{"name": "b", }]}';
  const labels = (apiVersion) => complete(text, behind(text, '"b", '), { kind: "task", apiVersion }).map(({ label }) => label);
  assert.ok(labels(0).includes("input") && !labels(0).includes("volume_source"), labels(0).join());
  assert.ok(labels(1).includes("volume_source") && !labels(1).includes("input"), labels(1).join());
  assert.ok(complete(text, behind(text, '"b", '), { kind: "task" }).every(({ documentation }) => documentation?.length > 0));
});

test("a hover says what a place is, and what is wrong there with the container at hand", () => {
  const at = behind(TASK, '"FOL');
  const { range, markdown } = hover(TASK, at, { container: CONTAINER });
  assert.equal(TASK.slice(range.start.offset, range.end.offset), '"FOLDS"');
  assert.match(markdown, /Networks/);
  const wrong = TASK.replace('"FOLDS"', '"FOLD"');
  assert.match(hover(wrong, at, { container: CONTAINER }).markdown, /unknown-env/);
  assert.doesNotMatch(hover(wrong, at, { container: CONTAINER, rules: { "unknown-env": "off" } }).markdown, /unknown-env/);
  assert.equal(hover("{  }", 2), undefined);
});

test("the outline is nested as the text", () => {
  const [template] = symbols(CONTAINER).flatMap((symbol) => [symbol, ...symbol.children]).filter(({ kind }) => kind === "template");
  assert.equal(template.name, "segment");
  const { start, end } = template.selectionRange;
  assert.match(CONTAINER.slice(start.offset, end.offset), /segment/);
  assert.ok(template.children.length > 0);
});

test("a rule that is reported can be explained, and its examples are true", () => {
  for (const { rule } of validate(WRONG_NAME).diagnostics) {
    const { name, explanation, bad, good } = explain(rule);
    assert.equal(name, rule);
    assert.ok(explanation.length > 20);
    const options = ({ kind, container }) => ({ kind, ...(container === undefined ? {} : { container }) });
    assert.ok(validate(bad.text, options(bad)).diagnostics.some((found) => found.rule === rule));
    assert.deepEqual(validate(good.text, options(good)).diagnostics, []);
  }
  assert.equal(explain("no-such-rule"), undefined);
});

test("offsets beyond the text are its end, and those within a character its beginning", () => {
  const text = '{"name": "🧠"}';
  assert.deepEqual(complete(text, 1e15), complete(text, text.length));
  assert.deepEqual(hover(text, text.indexOf("🧠") + 1), hover(text, text.indexOf("🧠")));
});

const WRONG_CALLS = {
  text: [
    [applyFix, [5, { edits: [] }]],
    [format, []],
    [migrate, [{}, 1]],
    [complete, [null, 0]],
    [hover, [Symbol.iterator, 0]],
    [symbols, [new Uint8Array(1)]],
  ],
  fix: [
    [applyFix, ["", undefined]],
    [applyFix, ["", {}]],
    [applyFix, ["", { edits: [5] }]],
    [applyFix, ["", { edits: [{ range: { start: { offset: 1 }, end: { offset: 0 } }, newText: "" }] }]],
    [applyFix, ["", { edits: [{ range: { start: { offset: NaN }, end: { offset: 0 } }, newText: "" }] }]],
  ],
  to: [
    [migrate, ["{}"]],
    [migrate, ["{}", 2]],
    [migrate, ["{}", "1"]],
  ],
  offset: [
    [complete, ["{}"]],
    [complete, ["{}", -1]],
    [hover, ["{}", 0.5]],
    [hover, ["{}", NaN]],
    [hover, ["{}", Infinity]],
    [hover, ["{}", "0"]],
    [hover, ["{}", 0n]],
  ],
  options: [
    [complete, ["{}", 0, 5]],
    [hover, ["{}", 0, []]],
    [validate, ["{}", { rules: { "no-such-rule": "off" } }]],
    [complete, ["{}", 0, { container: 5 }]],
  ],
  rule: [[explain, []], [explain, [5]]],
  task: [[resolve, [undefined, ""]]],
  container: [[resolve, ["{}"]]],
  conf: [
    [resolve, ["{}", "", 5]],
    [resolve, ["{}", "", []]],
    [resolve, ["{}", "", { task_form: 5n }]],
    [resolve, ["{}", "", () => {}]],
  ],
};

for (const [name, calls] of Object.entries(WRONG_CALLS)) {
  test(`a wrong \`${name}\` is a TypeError that names it`, () => {
    for (const [work, passed] of calls) {
      assert.throws(() => work(...passed), { name: "TypeError", message: new RegExp(`\`${name}[\`.]`) }, `${work.name} ${String(passed[0])}`);
    }
  });
}

test("an object that goes round in circles, or throws, is a TypeError too", () => {
  const circle = {};
  circle.task_form = circle;
  assert.throws(() => resolve("{}", "", circle), { name: "TypeError", message: /`conf`/ });
  const hostile = new Proxy({}, { ownKeys: () => { throw new RangeError("mine"); } });
  assert.throws(() => validate("{}", hostile), { name: "TypeError", message: /`options`/ });
  const getter = { get kind() { throw new Error("mine"); } };
  assert.throws(() => validate("{}", getter), { name: "TypeError", message: /`options/ });
});

test("the guide's files are as the command line finds them", () => {
  const read = (path) => readFileSync(new URL(`../../fixtures/${path}`, import.meta.url), "utf8");
  const container = read("guide/processing-container.json");
  assert.equal(validate(container).valid, true);
});
