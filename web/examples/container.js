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
