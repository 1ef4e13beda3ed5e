// What all three examples fill in: the container of the guide.

export const CONTAINER = `{
  "name": "my_algorithm",
  "description": "Example processing-container for demonstration",
  "templates": [
    {
      "identifier": "default",
      "description": "Performs example data processing.",
      "inputs": [],
      "outputs": [{ "name": "results", "mounted_path": "/home/results" }],
      "env": [{ "name": "TIME_SLEEP", "value": "5", "type": "int", "adjustable": true }]
    }
  ]
}
`;

// For the other elements: a workflow of it, and a plot.

export const WORKFLOW = `{
  "name": "example",
  "tasks": [{ "task_id": "sleep", "image": "example:1.0", "taskTemplate": "default" }]
}
`;

export const CONTAINERS = [{ path: "processing-container.json", text: CONTAINER }];

/** As `memory` of `TaskForm.whatWillRun()` has it. */
export const PLAN = {
  limit: 2 ** 30,
  request: null,
  sizes: [0, 2 ** 29, 2 ** 30],
  curves: [
    {
      channel: "images",
      target: "limit",
      law: "2*n",
      size: "the total size of its files",
      rule: "asks for 2 × the total size of its files",
      origin: "template",
      memory: [0, 2 ** 30, 2 ** 31],
      crossing: 2 ** 29,
    },
  ],
  effectiveLimit: [2 ** 30, 2 ** 30, 2 ** 31],
  effectiveRequest: [null, null, null],
};
