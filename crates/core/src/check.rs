//! The one function that looks at a document.

use std::collections::BTreeMap;

use task_api_json::{Node, Tree, parse};

use crate::diagnostic::{Applicability, Diagnostic, DocumentRef, Severity};
use crate::model::{Container, Task};
use crate::rules::{self, Group, duplicate_key, syntax_error, unrendered_template};
use crate::schema::{Schema, schema};
use crate::suppress::{Scope, Suppression, suppress};
use crate::walk::{self, Walk};
use crate::{ApiVersion, Kind, version};

/// Severity by rule name; `None` switches a rule off.
pub type Levels = BTreeMap<String, Option<Severity>>;

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
    pub around: Surroundings<'a>,
    pub levels: Levels,
    /// What of the findings is wanted, and so neither reported nor fixed.
    pub suppressions: Vec<Suppression>,
}

/// A document and what was found in it.
#[derive(Debug)]
pub struct Checked {
    pub tree: Tree,
    pub kind: Kind,
    /// `None` where the file is not JSON before it is rendered.
    pub version: Option<ApiVersion>,
    /// Sorted by position.
    pub diagnostics: Vec<Diagnostic>,
    /// So many syntax errors came after those in `diagnostics`.
    pub dropped: usize,
}

impl Checked {
    /// No diagnostic of severity error.
    pub fn is_valid(&self) -> bool {
        self.count(Severity::Error) == 0
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Adds what a shell has found by rules of its own, at the levels that are set for them.
    pub fn add(&mut self, mut found: Vec<Diagnostic>, levels: &Levels) {
        set_levels(&mut found, levels);
        self.diagnostics.append(&mut found);
        walk::sort(&mut self.diagnostics);
    }
}

/// Checks the text of a processing-container.json or task.json.
pub fn check(text: &str, options: &CheckOptions<'_>) -> Checked {
    let tree = parse(text);
    let root = tree.root(text);
    let kind = options.kind.unwrap_or_else(|| version::detect_kind(root, options.kind_hint));
    let mut diagnostics = Vec::new();
    let mut found_version = None;
    let mut with_template = false;
    if tree.has_template_blocks() {
        unrendered_template::check(root, &mut diagnostics);
    } else {
        let version = options.version.unwrap_or_else(|| version::detect_version(root, kind));
        found_version = Some(version);
        if !tree.errors().is_empty() {
            syntax_error::check(root, &mut diagnostics);
        }
        contract(root, kind, version, &mut diagnostics);
        if !options.schema_only {
            match kind {
                Kind::ProcessingContainer => {
                    rules::container(&Container::read(root), &options.around, &mut diagnostics);
                }
                Kind::Task => with_template = task_rules(root, version, options, &mut diagnostics),
            }
        }
    }
    if tree.errors().iter().any(|error| error.kind.leaves_structure_in_doubt()) {
        distrust_fixes(&mut diagnostics);
    }
    if options.schema_only {
        diagnostics.retain(|diagnostic| diagnostic.rule.group == Group::Contract);
    }
    let (schema_only, is_whole) = (options.schema_only, tree.is_valid() && !tree.has_template_blocks());
    let scope = Scope { kind, schema_only, with_template, is_whole, around: &options.around };
    suppress(root, &options.suppressions, &scope, &mut diagnostics);
    configure(&mut diagnostics, options);
    walk::sort(&mut diagnostics);
    let dropped = tree.dropped_errors();
    Checked { kind, version: found_version, diagnostics, dropped, tree }
}

/// Checks what stands before the first byte of a file that is not UTF-8, and says so.
pub fn check_broken_utf8(valid_part: &str, options: &CheckOptions<'_>) -> Checked {
    let tree = parse(valid_part);
    let root = tree.root(valid_part);
    let kind = options.kind.unwrap_or_else(|| version::detect_kind(root, options.kind_hint));
    let mut diagnostics = vec![syntax_error::broken_utf8(root)];
    configure(&mut diagnostics, options);
    Checked { kind, version: None, diagnostics, dropped: 0, tree }
}

fn contract(root: Node<'_>, kind: Kind, version: ApiVersion, diagnostics: &mut Vec<Diagnostic>) {
    duplicate_key::check(root, diagnostics);
    let (schema, other) = (schema(kind, version), schema(kind, version.other()));
    Walk { schema, other, version, diagnostics }.value(root, Schema::ROOT);
}

/// Whether the task could be compared with its template.
fn task_rules(
    root: Node<'_>,
    version: ApiVersion,
    options: &CheckOptions<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let task = Task { version, ..Task::read(root) };
    rules::task(&task, &options.around, diagnostics);
    let Some(container_text) = options.container else {
        let Some(template) = task.inline_template() else { return false };
        rules::task_with_template(&task, template, DocumentRef::This, diagnostics);
        return true;
    };
    let tree = parse(container_text);
    if tree.has_template_blocks() || tree.root(container_text).is_recovered() {
        return false;
    }
    let container = Container::read(tree.root(container_text));
    rules::task_with_container(&task, &container, diagnostics)
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

fn configure(diagnostics: &mut Vec<Diagnostic>, options: &CheckOptions<'_>) {
    set_levels(diagnostics, &options.levels);
}

fn set_levels(diagnostics: &mut Vec<Diagnostic>, levels: &Levels) {
    if levels.is_empty() {
        return;
    }
    diagnostics.retain_mut(|diagnostic| match levels.get(diagnostic.rule.name) {
        Some(None) => false,
        Some(Some(severity)) => {
            diagnostic.severity = *severity;
            true
        }
        None => true,
    });
}
