//! Suppressions: findings that a project has declared wanted, outside of the file, which has no comments.

use task_api_json::Node;

use crate::diagnostic::Diagnostic;
use crate::rules::{self, Group, Rule, syntax_error, unused_suppression};
use crate::{Kind, Surroundings};

/// Findings of one rule that are not to be reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub rule: String,
    /// JSON Pointer of the value that the findings are in; `*` stands for any one segment. By default the whole file.
    pub pointer: Option<String>,
    /// Where it is written, for messages: `task-api.toml:14`.
    pub origin: String,
    /// Whether it is reported where it suppresses nothing. Not where it is for many files, some of which may do
    /// without.
    pub is_expected: bool,
}

impl Suppression {
    fn is_of_unused(&self) -> bool {
        self.rule == unused_suppression::RULE.name
    }

    fn covers(&self, diagnostic: &Diagnostic) -> bool {
        // A file that cannot be read as what it says is no matter of taste.
        self.rule == diagnostic.rule.name
            && self.rule != syntax_error::RULE.name
            && self.pointer.as_deref().is_none_or(|pattern| leads_to(pattern, &diagnostic.pointer))
    }
}

/// What a check could look at: only where a rule could have found something, its suppression can be unused.
pub(crate) struct Scope<'a> {
    pub(crate) kind: Kind,
    /// Nothing but the contract was checked.
    pub(crate) schema_only: bool,
    /// A task was compared with its template.
    pub(crate) with_template: bool,
    /// The text is JSON, and no expression stands in place of a value.
    pub(crate) is_whole: bool,
    pub(crate) around: &'a Surroundings<'a>,
}

impl Scope<'_> {
    fn includes(&self, rule: &Rule) -> bool {
        // What these find depends on the machine.
        const ELSEWHERE: [&str; 2] = [rules::undefined_variable::RULE.name, rules::missing_host_path::RULE.name];
        let is_of_shell = rules::OF_SHELLS.iter().any(|other| other.name == rule.name);
        if !self.is_whole || is_of_shell || ELSEWHERE.contains(&rule.name) {
            return false;
        }
        if rule.group == Group::Contract || self.schema_only {
            return rule.group == Group::Contract;
        }
        if rule.name == rules::relative_host_path::RULE.name {
            return self.around.directory.is_some();
        }
        match rule.group {
            Group::Contract | Group::Task => true,
            // Some of the container's rules look at what a task makes of a template.
            Group::Container | Group::TaskWithContainer => self.kind == Kind::ProcessingContainer || self.with_template,
            Group::Workflow => self.kind == Kind::Workflow && self.with_template,
            Group::Project => {
                rule.name == rules::missing_dockerfile_copy::RULE.name && self.around.dockerfile.is_some()
            }
        }
    }
}

/// The suppressions of one check, and which of them there was something for.
pub(crate) struct Suppressions<'a> {
    all: &'a [Suppression],
    is_used: Vec<bool>,
}

impl<'a> Suppressions<'a> {
    pub(crate) fn new(all: &'a [Suppression]) -> Suppressions<'a> {
        Suppressions { all, is_used: vec![false; all.len()] }
    }

    /// Whether findings of this rule have to be asked about.
    pub(crate) fn are_about(&self, rule: &Rule) -> bool {
        self.all.iter().any(|suppression| suppression.rule == rule.name)
    }

    /// Whether this finding is not to be reported.
    pub(crate) fn cover(&mut self, diagnostic: &Diagnostic) -> bool {
        let mut is_covered = false;
        for (suppression, is_used) in self.all.iter().zip(&mut self.is_used) {
            if suppression.covers(diagnostic) {
                *is_used = true;
                is_covered = true;
            }
        }
        is_covered
    }

    /// Those that there was nothing for, though there could have been.
    pub(crate) fn unused(&self, scope: &Scope<'_>) -> Vec<&'a Suppression> {
        let could_be_used = |suppression: &Suppression| {
            !suppression.is_of_unused() && rules::find(&suppression.rule).is_none_or(|rule| scope.includes(rule))
        };
        self.idle().filter(|suppression| could_be_used(suppression)).collect()
    }

    /// The same for those of the rule that reports them.
    pub(crate) fn unused_of_unused(&self, scope: &Scope<'_>) -> Vec<&'a Suppression> {
        self.idle().filter(|suppression| suppression.is_of_unused() && scope.is_whole).collect()
    }

    fn idle(&self) -> impl Iterator<Item = &'a Suppression> {
        let all = self.all.iter().zip(&self.is_used);
        all.filter(|(suppression, is_used)| !**is_used && suppression.is_expected).map(|(suppression, _)| suppression)
    }
}

/// Whether the value at `pointer` is one that the pattern names, or is inside of one.
fn leads_to(pattern: &str, pointer: &str) -> bool {
    let mut steps = pointer.split('/');
    pattern.split('/').all(|wanted| steps.next().is_some_and(|step| wanted == "*" || wanted == step))
}

/// The first value that the pattern names.
pub(crate) fn first_match<'a>(root: Node<'a>, pattern: &str) -> Option<Node<'a>> {
    let Some((before, after)) =
        pattern.split_once("/*").filter(|(_, after)| after.is_empty() || after.starts_with('/'))
    else {
        return root.resolve(pattern);
    };
    let parent = root.resolve(before)?;
    let mut values = parent.members().map(|(_, value)| value).chain(parent.elements());
    values.find_map(|value| first_match(value, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Applicability, Severity};
    use crate::fix::fix;
    use crate::rules::EXAMPLE_CONTAINER;
    use crate::{CheckOptions, Levels, check};

    const TASK: &str = r#"{
  "name": "a",
  "image": "lungs:1.0",
  "taskTemplate": "segment",
  "inputs": [{"name": "images", "input": {"host_path": "/data/images"}, "x": 1, "y": 2}],
  "outputs": [],
  "z": 3,
  "env": [{"name": "FOLDS", "value": 5}]
}"#;

    fn suppression(rule: &str, pointer: Option<&str>) -> Suppression {
        let (rule, pointer) = (rule.to_owned(), pointer.map(str::to_owned));
        Suppression { rule, pointer, origin: "task-api.toml:3".to_owned(), is_expected: true }
    }

    fn options(suppressions: &[(&str, Option<&str>)]) -> CheckOptions<'static> {
        let suppressions = suppressions.iter().map(|&(rule, pointer)| suppression(rule, pointer)).collect();
        CheckOptions {
            kind: Some(Kind::Task),
            container: Some(EXAMPLE_CONTAINER),
            suppressions,
            ..CheckOptions::default()
        }
    }

    #[track_caller]
    fn check_found(text: &str, options: &CheckOptions<'_>, expected: &[(&str, &str)]) {
        let checked = check(text, options);
        let found: Vec<_> = checked.diagnostics.iter().map(|d| (d.rule.name, d.pointer.as_str())).collect();
        assert_eq!(found, expected);
    }

    const ALL_OF_TASK: [(&str, &str); 5] = [
        ("unknown-field", "/inputs/0/x"),
        ("unknown-field", "/inputs/0/y"),
        ("unbound-channel", "/outputs"),
        ("unknown-field", "/z"),
        ("wrong-type", "/env/0/value"),
    ];

    #[test]
    fn a_suppression_is_for_a_value_and_what_is_in_it() {
        let [x, y, unbound, z, wrong] = ALL_OF_TASK;
        check_found(TASK, &options(&[]), &ALL_OF_TASK);
        check_found(TASK, &options(&[("unknown-field", None)]), &[unbound, wrong]);
        check_found(TASK, &options(&[("unknown-field", Some(""))]), &[unbound, wrong]);
        check_found(TASK, &options(&[("unknown-field", Some("/inputs"))]), &[unbound, z, wrong]);
        check_found(TASK, &options(&[("unknown-field", Some("/inputs/0/x"))]), &[y, unbound, z, wrong]);
        check_found(TASK, &options(&[("unknown-field", Some("/*/*/y"))]), &[x, unbound, z, wrong]);
        check_found(TASK, &options(&[("wrong-type", Some("/env/*")), ("unbound-channel", None)]), &[x, y, z]);
    }

    #[test]
    fn a_name_that_only_begins_alike_is_another() {
        let [x, y, unbound, z, wrong] = ALL_OF_TASK;
        let unused = ("unused-suppression", "");
        check_found(TASK, &options(&[("unknown-field", Some("/in"))]), &[unused, x, y, unbound, z, wrong]);
        check_found(TASK, &options(&[("unknown-field", Some("/*/1"))]), &[unused, x, y, unbound, z, wrong]);
    }

    #[test]
    fn what_is_suppressed_does_not_count_and_is_not_fixed() {
        let options = options(&[("wrong-type", None), ("unbound-channel", None)]);
        assert!(check(TASK, &options).is_valid());
        assert_eq!(fix(TASK, &options, Applicability::Unsafe).text, TASK);
    }

    #[test]
    fn a_suppression_of_nothing_is_shown_where_it_points() {
        let unused = options(&[("duplicate-volume", Some("/inputs/0"))]);
        let checked = check(TASK, &unused);
        let found = checked.diagnostics.iter().find(|d| d.rule.name == "unused-suppression").unwrap();
        assert_eq!((found.pointer.as_str(), found.severity), ("/inputs/0", Severity::Warning));
        assert_eq!(found.span.of(TASK), "{");
        assert!(found.message.contains("task-api.toml:3") && found.message.contains("`duplicate-volume`"));
        let starred = check(TASK, &options(&[("duplicate-volume", Some("/*/*/name"))]));
        assert!(starred.diagnostics.iter().any(|d| d.pointer == "/inputs/0/name"));
        let mut quiet = options(&[("duplicate-volume", None)]);
        quiet.suppressions[0].is_expected = false;
        check_found(TASK, &quiet, &ALL_OF_TASK);
    }

    #[test]
    fn a_syntax_error_stays() {
        check_found(
            "{\"name\": 1,,}",
            &options(&[("syntax-error", None), ("missing-field", None)]),
            &[("wrong-type", "/name"), ("syntax-error", "/name"), ("syntax-error", "")],
        );
    }

    #[test]
    fn a_rule_that_could_not_look_leaves_its_suppression_alone() {
        let of = |rule| [(rule, None)];
        let without_container = |rule| CheckOptions { container: None, ..options(&of(rule)) };
        let valid = r#"{"name": "a", "image": "b:1", "taskTemplate": "segment", "inputs": [], "outputs": []}"#;
        for rule in ["unbound-channel", "unknown-template", "env-type-mismatch", "missing-host-path"] {
            check_found(valid, &without_container(rule), &[]);
        }
        check_found(valid, &without_container("undefined-variable"), &[]);
        check_found(valid, &without_container("relative-host-path"), &[]);
        check_found(valid, &without_container("missing-dockerfile-copy"), &[]);
        check_found(valid, &without_container("duplicate-volume"), &[("unused-suppression", "")]);
        check_found(valid, &CheckOptions { schema_only: true, ..options(&of("duplicate-volume")) }, &[]);
        let contract = CheckOptions { schema_only: true, ..options(&of("unknown-field")) };
        check_found(valid, &contract, &[("unused-suppression", "")]);
        let other = valid.replace("segment", "other");
        check_found(&other, &options(&of("unbound-channel")), &[("unknown-template", "/taskTemplate")]);
        check_found("{{ whole }}", &options(&of("duplicate-volume")), &[("unrendered-template", "")]);
        check_found("{,", &options(&of("duplicate-volume")), &[("syntax-error", ""), ("syntax-error", "")]);
    }

    #[test]
    fn a_level_leaves_suppressions_used_and_is_for_the_unused_as_well() {
        let mut levels = Levels::new();
        levels.insert("unknown-field".to_owned(), None);
        let off = CheckOptions { levels, ..options(&[("unknown-field", Some("/z"))]) };
        check_found(TASK, &off, &[ALL_OF_TASK[2], ALL_OF_TASK[4]]);
        let mut levels = Levels::new();
        levels.insert("unused-suppression".to_owned(), None);
        check_found(TASK, &CheckOptions { levels, ..options(&[("duplicate-volume", None)]) }, &ALL_OF_TASK);
    }

    #[test]
    fn that_a_suppression_is_unused_can_be_suppressed() {
        let both = [("duplicate-volume", Some("/inputs")), ("unused-suppression", Some("/inputs"))];
        check_found(TASK, &options(&both), &ALL_OF_TASK);
        let [x, y, unbound, z, wrong] = ALL_OF_TASK;
        let alone = options(&[("unused-suppression", None)]);
        check_found(TASK, &alone, &[("unused-suppression", ""), x, y, unbound, z, wrong]);
    }

    #[test]
    fn steps_with_slashes_and_stars_in_names() {
        assert!(leads_to("/a~1b/*", "/a~1b/c/d"));
        assert!(!leads_to("/a~1b/*", "/a~1b"));
        assert!(!leads_to("/a/b", "/a~1b"));
    }
}
