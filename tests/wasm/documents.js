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

/** The diagnostic of a result that is about `pointer`. */
export function diagnosticAt(result, pointer) {
  return result.diagnostics.find((diagnostic) => diagnostic.pointer === pointer);
}
