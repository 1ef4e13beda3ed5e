const worker = new Worker("/worker.js", { type: "module" });
worker.onmessage = ({ data }) => {
  document.querySelector("#result").textContent = `${data.kind}: ${data.diagnostics.length} problems`;
};
worker.postMessage('{"taskTemplate": "segment"}');
