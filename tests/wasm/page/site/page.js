// The page: what is typed is validated, and what a diagnostic is about is marked in the text.

import init, { validate } from "/task-api-wasm/index.js";

const text = document.getElementById("text");
const marked = document.getElementById("marked");
const list = document.getElementById("diagnostics");

function show() {
  const { diagnostics } = validate(text.value);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  marked.replaceChildren();
  let end = 0;
  for (const { range } of errors.toSorted((a, b) => a.range.start.offset - b.range.start.offset)) {
    if (range.start.offset < end) continue;
    const mark = document.createElement("mark");
    mark.textContent = text.value.slice(range.start.offset, range.end.offset);
    marked.append(text.value.slice(end, range.start.offset), mark);
    end = range.end.offset;
  }
  marked.append(text.value.slice(end));
  list.replaceChildren(
    ...errors.map(({ rule, message, pointer, range }) => {
      const item = document.createElement("li");
      item.dataset.pointer = pointer;
      item.textContent = `${range.start.line + 1}:${range.start.character + 1} error: ${message} [${rule}]`;
      return item;
    }),
  );
}

await init();
text.addEventListener("input", show);
document.body.dataset.ready = "true";

const worker = new Worker("/worker.js", { type: "module" });
worker.onmessage = ({ data }) => {
  document.getElementById("worker").textContent = `In a worker: ${data}`;
};
