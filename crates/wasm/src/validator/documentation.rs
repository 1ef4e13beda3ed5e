//! The documentation of a rule.

use serde::Serialize;
use task_api_core::Kind as FileKind;
use task_api_core::report::{Kind, Severity};
use task_api_core::rules::{Around, Example, Rule};
use tsify::Tsify;

/// What a rule is about, as `task-api explain` prints it.
#[derive(Serialize, Tsify)]
pub(crate) struct RuleDocumentation {
    name: &'static str,
    group: &'static str,
    /// Unless configured otherwise.
    severity: Severity,
    /// First version that has the rule.
    since: &'static str,
    summary: &'static str,
    /// Why it matters and what to do, in a few sentences.
    explanation: &'static str,
    /// Reports this rule.
    bad: RuleExample,
    /// The same, mended.
    good: RuleExample,
}

/// A file that shows a rule, with what it stands in where the rule looks at that.
#[derive(Serialize, Tsify)]
pub(crate) struct RuleExample {
    /// Not there for a rule of the items of channels, whose `text` draws directories.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    kind: Option<Kind>,
    text: &'static str,
    /// Text of the processing-container.json beside a task.json.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    container: Option<&'static str>,
    /// The file's directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    directory: Option<&'static str>,
    /// The variables of the environment that are set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional, type = "string[]")]
    variables: Option<&'static [&'static str]>,
    /// Text of the Dockerfile beside the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    dockerfile: Option<&'static str>,
    /// The directories of the host that exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional, type = "string[]")]
    directories: Option<&'static [&'static str]>,
    /// Text of the task-api.toml.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    settings: Option<String>,
    /// The site's own JSON Schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    policy: Option<&'static str>,
}

pub(crate) fn of(rule: &'static Rule) -> RuleDocumentation {
    RuleDocumentation {
        name: rule.name,
        group: rule.group.name(),
        severity: rule.severity.into(),
        since: rule.since,
        summary: rule.summary,
        explanation: rule.explanation,
        bad: example(&rule.bad),
        good: example(&rule.good),
    }
}

fn example(example: &'static Example) -> RuleExample {
    let mut shown = RuleExample {
        kind: example.kind.map(FileKind::into),
        text: example.text,
        container: example.container,
        directory: None,
        variables: None,
        dockerfile: None,
        directories: None,
        settings: None,
        policy: None,
    };
    match example.around {
        Around::Nothing => {}
        Around::Directory(directory) => shown.directory = Some(directory),
        Around::Variables(names) => shown.variables = Some(names),
        Around::Dockerfile(text) => shown.dockerfile = Some(text),
        Around::Directories(paths) => shown.directories = Some(paths),
        Around::Suppressions(_) => shown.settings = Some(example.suppressions_as_toml()),
        Around::Policy(schema) => shown.policy = Some(schema),
        // The message says it.
        Around::NoFiles(_) | Around::Dag => {}
    }
    shown
}
