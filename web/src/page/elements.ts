//! The page that shows the elements, each alone, connected by their properties and events only.

import "../elements/builder.js";
import "../elements/container-form.js";
import "../elements/editor.js";
import "../elements/form.js";
import "../elements/problems.js";
import "../elements/scale-chart.js";
import "../elements/workflow.js";

import { newId, service } from "../core/service.js";
import container from "../examples/segmentation.json?raw";
import workflow from "../examples/workflow.json?raw";

function element<Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] {
  const found = document.querySelector(name);
  if (found === null) throw new Error(`the page has no ${name}`);
  return found;
}

const form = element("task-api-form");
const editor = element("task-api-editor");
const problems = element("task-api-problems");
const chart = element("task-api-scale-chart");

form.container = container;
form.template = "segment";
editor.container = container;

form.addEventListener("task-api-change", () => {
  editor.value = form.value;
  void draw();
});
editor.addEventListener("task-api-change", (event) => {
  if (event.detail.byUser) form.value = editor.value;
});
editor.addEventListener("task-api-diagnostics", (event) => {
  problems.text = editor.value;
  problems.diagnostics = event.detail.diagnostics;
});
problems.addEventListener("task-api-fix", (event) => editor.applyFix(event.detail.fix));
problems.addEventListener("task-api-go-to", (event) => editor.goTo(event.detail.start, event.detail.end));

const author = element("task-api-container-form");
author.value = container;
author.addEventListener("task-api-change", () => {
  form.container = author.value;
  editor.container = author.value;
});

element("task-api-workflow").value = workflow;

const drawn = newId();

async function draw(): Promise<void> {
  await service().call("openForm", drawn, container, "", form.value);
  const { memory } = await service().call("whatWillRun", drawn, {});
  chart.plan = memory;
}
