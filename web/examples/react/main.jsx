import { useRef, useState } from "react";
import { createRoot } from "react-dom/client";

import { CONTAINER, CONTAINERS, PLAN, WORKFLOW } from "../container.js";

// From version 19 on, React sets properties of custom elements and listens to their events by `on` and the name.
function App() {
  const [task, setTask] = useState("");
  const [container, setContainer] = useState(CONTAINER);
  const [workflow, setWorkflow] = useState(WORKFLOW);
  const [diagnostics, setDiagnostics] = useState([]);
  const editor = useRef(null);
  return (
    <>
      <task-api-form container={container} value={task} ontask-api-change={(event) => setTask(event.target.value)} />
      <button onClick={() => setTask(task.replace(/"name": "[^"]*"/, '"name": "from-react"'))}>Rename</button>
      <output>{task}</output>

      <task-api-editor
        ref={editor}
        kind="task"
        label="task.json"
        container={container}
        value={task}
        ontask-api-change={(event) => setTask(event.target.value)}
        ontask-api-diagnostics={(event) => setDiagnostics(event.detail.diagnostics)}
      />
      <task-api-problems
        diagnostics={diagnostics}
        text={task}
        ontask-api-fix={(event) => editor.current.applyFix(event.detail.fix)}
        ontask-api-go-to={(event) => editor.current.goTo(event.detail.start, event.detail.end)}
      />

      <task-api-container-form value={container} ontask-api-change={(event) => setContainer(event.target.value)} />
      <output id="container">{container}</output>

      <task-api-workflow containers={CONTAINERS} value={workflow} ontask-api-change={(event) => setWorkflow(event.target.value)} />
      <output id="workflow">{workflow}</output>

      <task-api-scale-chart plan={PLAN} />
      <task-api-builder storage="none" style={{ height: 480 }} />
    </>
  );
}

createRoot(document.getElementById("app")).render(<App />);
