//! The one function that looks at a document.

use task_api_json::{Node, Tree, parse};

use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::findings::{Counts, Findings, keep_the_heaviest};
pub use crate::levels::Levels;
use crate::model::{Container, Task};
use crate::rules::{self, duplicate_key, syntax_error, unrendered_template};
use crate::schema::{Schema, schema};
use crate::suppress::{Scope, Suppression};
use crate::walk::{Contract, Walk};
use crate::{ApiVersion, Kind, version};

/// What is known of where a document stands. Rules that need what is not known say nothing.
#[derive(Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// The document's absolute directory.
    pub directory: Option<&'a str>,
    /// Whether a variable of the environment is set.
    pub is_set: Option<&'a dyn Fn(&str) -> bool>,
    /// Text of the Dockerfile that belongs to a processing-container.json.
    pub dockerfile: Option<&'a str>,
    /// Whether a path of the host is a directory.
    pub is_directory: Option<&'a dyn Fn(&str) -> bool>,
}

/// How to look at a document. The default finds everything out by itself.
#[derive(Clone, Default)]
pub struct CheckOptions<'a> {
    /// The kind of the file; by default what its fields tell.
    pub kind: Option<Kind>,
    /// What the file's name tells, for when its fields do not.
    pub kind_hint: Option<Kind>,
    /// The version of the format; by default what the file tells.
    pub version: Option<ApiVersion>,
    /// Only the rules of the contract group.
    pub schema_only: bool,
    /// Text of the processing-container.json that a task is to be checked against.
    pub container: Option<&'a str>,
    /// What a workflow's tasks are to be checked against.
    #[cfg(feature = "workflow")]
    pub containers: Option<&'a crate::workflow::Containers<'a>>,
    pub around: Surroundings<'a>,
    /// Rules of a shell's own, which take what this crate must not know.
    pub own: Option<&'a OwnRules<'a>>,
    pub levels: Levels,
    /// What of the findings is wanted, and so neither reported nor fixed.
    pub suppressions: Vec<Suppression>,
}

/// Finds what a shell's own rules have to say.
pub type OwnRules<'a> = dyn Fn(&Parsed<'_>) -> Vec<Diagnostic> + 'a;

/// What a shell's own rules look at.
#[derive(Clone, Copy)]
pub struct Parsed<'a> {
    pub root: Node<'a>,
    pub kind: Kind,
    pub version: ApiVersion,
}

/// A document and what was found in it.
#[derive(Debug)]
pub struct Checked {
    pub tree: Tree,
    pub kind: Kind,
    /// `None` for a workflow, and where the file is not JSON before it is rendered.
    pub version: Option<ApiVersion>,
    /// Sorted by position; at most [`crate::MAX_DIAGNOSTICS`].
    pub diagnostics: Vec<Diagnostic>,
    /// How many were found, those included that `diagnostics` has no room for.
    pub found: Counts,
}

impl Checked {
    /// No diagnostic of severity error.
    pub fn is_valid(&self) -> bool {
        self.count(Severity::Error) == 0
    }

    /// How many were found, in `diagnostics` or not.
    pub fn count(&self, severity: Severity) -> usize {
        self.found.of(severity)
    }

    /// How many were found that are not in `diagnostics`.
    pub fn left_out(&self) -> Counts {
        let mut left_out = self.found;
        for diagnostic in &self.diagnostics {
            let count = match diagnostic.severity {
                Severity::Error => &mut left_out.errors,
                Severity::Warning => &mut left_out.warnings,
                Severity::Info => &mut left_out.infos,
            };
            *count = count.saturating_sub(1);
        }
        left_out
    }

    /// Adds what a shell has found by rules of its own behind the check, as the options have it.
    pub fn add(&mut self, found: Vec<Diagnostic>, options: &CheckOptions<'_>) {
        let mut findings = Findings::new(&options.levels, options.schema_only, &options.suppressions);
        for diagnostic in found {
            findings.report_as(diagnostic.rule, diagnostic.severity, || Box::new(diagnostic));
        }
        let (diagnostics, counts) = findings.finish();
        self.diagnostics.extend(diagnostics);
        self.found.add(counts);
        keep_the_heaviest(&mut self.diagnostics);
    }
}

/// Checks the text of a processing-container.json, task.json or workflow.json.
pub fn check(text: &str, options: &CheckOptions<'_>) -> Checked {
    check_parsed(parse(text), text, options)
}

/// Checks a text of which the tree is at hand.
pub fn check_parsed(tree: Tree, text: &str, options: &CheckOptions<'_>) -> Checked {
    let root = tree.root(text);
    let kind = options.kind.unwrap_or_else(|| version::detect_kind(root, options.kind_hint));
    let mut findings = Findings::new(&options.levels, options.schema_only, &options.suppressions);
    let mut found_version = None;
    let mut with_template = false;
    if tree.has_template_blocks() {
        unrendered_template::check(root, &mut findings);
    } else {
        let version = options.version.unwrap_or_else(|| version::detect_version(root, kind));
        found_version = Some(version);
        if !tree.errors().is_empty() {
            syntax_error::check(root, &mut findings);
        }
        // What seems to be a value in a file of another language is none.
        let is_json_at_all = tree.errors().is_empty() || !syntax_error::is_yaml(text);
        if is_json_at_all {
            contract(root, kind, version, &mut findings);
        }
        if !options.schema_only && is_json_at_all {
            match kind {
                Kind::ProcessingContainer => {
                    rules::container(&Container::read(root), &options.around, &mut findings);
                }
                Kind::Task => with_template = task_rules(root, version, options, &mut findings),
                #[cfg(feature = "workflow")]
                Kind::Workflow => with_template = crate::workflow::check_json(root, options, &mut findings),
                #[cfg(not(feature = "workflow"))]
                Kind::Workflow => {}
            }
        }
    }
    if let (Some(version), Some(own), false) = (found_version, options.own, options.schema_only) {
        for diagnostic in own(&Parsed { root, kind, version }) {
            findings.report_as(diagnostic.rule, diagnostic.severity, || Box::new(diagnostic));
        }
    }
    let (schema_only, is_whole) = (options.schema_only, tree.is_valid() && !tree.has_template_blocks());
    let scope = Scope { kind, schema_only, with_template, is_whole, around: &options.around };
    findings.report_unused_suppressions(root, &scope);
    let (mut diagnostics, found) = findings.finish();
    if tree.errors().iter().any(|error| error.kind.leaves_structure_in_doubt()) {
        distrust_fixes(&mut diagnostics);
    }
    // Workflows have no versions.
    let version = found_version.filter(|_| kind != Kind::Workflow);
    Checked { kind, version, diagnostics, found, tree }
}

/// Checks what stands before the first byte of a file that is not UTF-8, and says so.
pub fn check_broken_utf8(valid_part: &str, options: &CheckOptions<'_>) -> Checked {
    let tree = parse(valid_part);
    let root = tree.root(valid_part);
    let kind = options.kind.unwrap_or_else(|| version::detect_kind(root, options.kind_hint));
    let mut findings = Findings::new(&options.levels, options.schema_only, &options.suppressions);
    findings.report(&syntax_error::RULE, || syntax_error::broken_utf8(root));
    let (diagnostics, found) = findings.finish();
    Checked { kind, version: None, diagnostics, found, tree }
}

fn contract(root: Node<'_>, kind: Kind, version: ApiVersion, findings: &mut Findings<'_>) {
    duplicate_key::check(root, findings);
    let (schema, other) = (schema(kind, version), schema(kind, version.other()));
    Walk { contract: Contract { schema, other, version }, findings }.value(root, Schema::ROOT);
}

/// Whether the task could be compared with its template.
fn task_rules(root: Node<'_>, version: ApiVersion, options: &CheckOptions<'_>, findings: &mut Findings<'_>) -> bool {
    let task = Task::read_as(root, version);
    rules::task(&task, &options.around, findings);
    let Some(container_text) = options.container else {
        let Some(template) = task.inline_template() else { return false };
        rules::task_with_template(&task, template, DocumentRef::This, findings);
        return true;
    };
    let tree = parse(container_text);
    if tree.has_template_blocks() || tree.root(container_text).is_recovered() {
        return false;
    }
    let container = Container::read(tree.root(container_text));
    rules::task_with_container(&task, &container, findings)
}

/// In broken text a value may only seem to be where it is, so nothing but its syntax is safe to mend:
/// behind a missing brace, the second `name` is that of the next object.
fn distrust_fixes(diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.rule.name != syntax_error::RULE.name) {
        for fix in &mut diagnostic.fixes {
            fix.applicability = Applicability::Unsafe;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_a_shell_is_not_lost_behind_what_was_found_before_it() {
        let text = format!("{{\"name\": \"a\"{}}}", ", \"x\": 1".repeat(20_000));
        let options = CheckOptions { kind: Some(Kind::Task), ..CheckOptions::default() };
        let mut checked = check(&text, &options);
        assert_eq!(checked.diagnostics.len(), crate::MAX_DIAGNOSTICS);
        let tree = parse(&text);
        let end = task_api_json::Span::empty(text.len() as u32);
        let late = Diagnostic::new(&rules::policy_violation::RULE, tree.root(&text), end, "late");
        checked.add(vec![*late], &options);
        assert_eq!(checked.diagnostics.len(), crate::MAX_DIAGNOSTICS);
        assert_eq!(checked.diagnostics.last().map(|last| last.message.as_str()), Some("late"));
    }
}
