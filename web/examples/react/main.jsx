import { useState } from "react";
import { createRoot } from "react-dom/client";

import { CONTAINER } from "../container.js";

// From version 19 on, React sets properties of custom elements and listens to their events by `on` and the name.
function App() {
  const [task, setTask] = useState("");
  return (
    <>
      <task-api-form container={CONTAINER} value={task} ontask-api-change={(event) => setTask(event.target.value)} />
      <button onClick={() => setTask(task.replace(/"name": "[^"]*"/, '"name": "from-react"'))}>Rename</button>
      <output>{task}</output>
    </>
  );
}

createRoot(document.getElementById("app")).render(<App />);
