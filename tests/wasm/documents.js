// Files to validate, for all tests here.

export const VALID = `{
  "name": "count-items",
  "description": "Counts what is in the items.",
  "templates": []
}
`;

/** One number where a string belongs, after characters that UTF-8 and UTF-16 count differently. */
export const WRONG_NAME = `{
  "description": "Größe der Organe 🧠", "name": 5,
  "templates": []
}
`;

export const CONTAINER = `{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes one mask per image.",
      "inputs": [{"name": "images", "mounted_path": "/data/images", "description": "CT volumes."}],
      "outputs": [{"name": "masks", "mounted_path": "/data/masks", "description": "Masks."}],
      "env": [
        {"name": "THRESHOLD", "value": "0.5", "description": "Probability."},
        {"name": "FOLDS", "value": "1", "type": "int", "choices": ["1", "3", "5"], "description": "Networks."}
      ]
    }
  ]
}
`;

/** Of that container. */
export const TASK = `{
  "name": "lungs of study 7",
  "image": "lungs:1.0",
  "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}],
  "env": [{"name": "FOLDS", "value": "3"}]
}
`;

/** The diagnostic of a result that is about `pointer`. */
export function diagnosticAt(result, pointer) {
  return result.diagnostics.find((diagnostic) => diagnostic.pointer === pointer);
}
