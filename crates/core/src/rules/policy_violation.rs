//! `policy-violation`: found by the command line, which has an engine for JSON Schema of any draft.

use crate::diagnostic::Severity;
use crate::rules::{Around, Example, Group, Rule};

pub static RULE: Rule = Rule {
    name: "policy-violation",
    group: Group::Project,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "what a site's own JSON Schema (`--policy`) does not allow",
    explanation: "A site can ask for more than the contract does: images from its own registry, a memory limit on every \
        template. It writes that down as a JSON Schema of any draft and names the file with `--policy`. The message is \
        the schema's `errorMessage`, where it has one; the note names the place in the policy with its `title` and \
        `description`. With `\"x-task-api-kind\": \"task\"` or `\"processing-container\"` at its top, a policy is for \
        that kind of file alone. A string with a template expression is not known before it is rendered, so nothing is \
        said of it without `--render`.",
    bad: Example::task(
        r#"{"name": "study-7", "image": "lungs:1.0", "taskTemplate": "segment", "inputs": [], "outputs": []}"#,
    )
    .around(Around::Policy(POLICY)),
    good: Example::task(
        r#"{"name": "study-7", "image": "registry.example.org/lungs:1.0", "taskTemplate": "segment", "inputs": [], "outputs": []}"#,
    )
    .around(Around::Policy(POLICY)),
};

const POLICY: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "x-task-api-kind": "task",
  "properties": {
    "image": {
      "description": "Images come from the site's own registry.",
      "pattern": "^registry\\.example\\.org/"
    }
  }
}
"#;
