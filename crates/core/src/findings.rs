//! Where rules report to: keeps so many diagnostics, and counts all of them.
//!
//! A file can hold a defect every few bytes. What is beyond the bounds is never built, so that such a
//! file costs little more than a correct one, and its verdict is exact all the same.

use task_api_json::{Node, Span};

use crate::check::Levels;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{Group, Rule, unused_suppression};
use crate::suppress::{Scope, Suppression, Suppressions};

/// So many diagnostics of one document are kept: errors before warnings, warnings before notes, and
/// of one severity those that were found first. The rest is counted.
pub const MAX_DIAGNOSTICS: usize = 10_000;

/// So many bytes of text are kept with the diagnostics of one severity. Only files made for the purpose
/// get there: each of their diagnostics repeats a long name.
const MAX_TEXT: usize = 16 << 20;

/// How many diagnostics there are of each severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub infos: usize,
}

impl Counts {
    pub fn of(self, severity: Severity) -> usize {
        match severity {
            Severity::Error => self.errors,
            Severity::Warning => self.warnings,
            Severity::Info => self.infos,
        }
    }

    pub(crate) fn add(&mut self, other: Counts) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.infos += other.infos;
    }

    pub fn total(self) -> usize {
        self.errors + self.warnings + self.infos
    }
}

/// Makes a diagnostic, the first time that it is called.
type Build<'b> = &'b mut dyn FnMut() -> Option<Box<Diagnostic>>;

pub(crate) struct Findings<'o> {
    /// Severities that the user chose.
    levels: Option<&'o Levels>,
    schema_only: bool,
    suppressions: Suppressions<'o>,
    /// Nothing is more severe than this, but for what the user chose.
    pub(crate) at_most: Severity,
    /// Nothing is kept: just the counts are asked for.
    counts_only: bool,
    /// By severity.
    kept: [Kept; 3],
}

#[derive(Default)]
struct Kept {
    diagnostics: Vec<Diagnostic>,
    bytes: usize,
    found: usize,
}

impl<'o> Findings<'o> {
    pub(crate) fn new(levels: &'o Levels, schema_only: bool, suppressions: &'o [Suppression]) -> Findings<'o> {
        Findings {
            levels: Some(levels).filter(|levels| !levels.is_empty()),
            schema_only,
            suppressions: Suppressions::new(suppressions),
            at_most: Severity::Error,
            counts_only: false,
            kept: Default::default(),
        }
    }

    /// Counts what the rules themselves say, and keeps nothing.
    pub(crate) fn counting() -> Findings<'static> {
        Findings {
            levels: None,
            schema_only: false,
            suppressions: Suppressions::new(&[]),
            at_most: Severity::Error,
            counts_only: true,
            kept: Default::default(),
        }
    }

    /// Reports in the rule's own severity.
    pub(crate) fn report(&mut self, rule: &'static Rule, build: impl FnOnce() -> Box<Diagnostic>) {
        self.report_as(rule, rule.severity, build);
    }

    /// Reports in the severity of the case. `build` is called only if there is room.
    pub(crate) fn report_as(
        &mut self,
        rule: &'static Rule,
        severity: Severity,
        build: impl FnOnce() -> Box<Diagnostic>,
    ) {
        let mut build = Some(build);
        self.report_built(rule, severity, &mut || build.take().map(|build| build()));
    }

    /// Once, and not once for each place that reports something.
    #[inline(never)]
    fn report_built(&mut self, rule: &'static Rule, severity: Severity, build: Build<'_>) {
        if !self.looks_for(rule) {
            return;
        }
        // Before the levels: that a rule is off does not make its suppressions unused.
        if !self.suppressions.are_about(rule) {
            return self.keep(rule, severity, build);
        }
        let mut built = build();
        if built.as_ref().is_some_and(|diagnostic| !self.suppressions.cover(diagnostic)) {
            self.keep(rule, severity, &mut || built.take());
        }
    }

    /// Reports the suppressions that there was nothing for.
    pub(crate) fn report_unused_suppressions(&mut self, root: Node<'_>, scope: &Scope<'_>) {
        for suppression in self.suppressions.unused(scope) {
            self.report(&unused_suppression::RULE, || unused_suppression::report(root, suppression));
        }
        // Whether a suppression of this rule is unused is known only now; it must not hide itself.
        for suppression in self.suppressions.unused_of_unused(scope) {
            let rule = &unused_suppression::RULE;
            self.keep(rule, rule.severity, &mut || Some(unused_suppression::report(root, suppression)));
        }
    }

    fn keep(&mut self, rule: &'static Rule, severity: Severity, build: Build<'_>) {
        let Some(severity) = self.severity(rule, severity) else { return };
        let counts_only = self.counts_only;
        let kept = &mut self.kept[severity as usize];
        kept.found += 1;
        if counts_only || kept.diagnostics.len() >= MAX_DIAGNOSTICS || kept.bytes >= MAX_TEXT {
            return;
        }
        let Some(diagnostic) = build() else { return };
        kept.bytes += size_of_texts(&diagnostic);
        kept.diagnostics.push(Diagnostic { rule, severity, ..*diagnostic });
    }

    /// Takes back what a rule said of a place, where another rule has more to say of the same defect.
    pub(crate) fn withdraw(&mut self, rule: &'static Rule, place: Span) {
        for kept in &mut self.kept {
            let before = kept.diagnostics.len();
            kept.diagnostics.retain(|diagnostic| diagnostic.rule.name != rule.name || diagnostic.span != place);
            kept.found -= before - kept.diagnostics.len();
        }
    }

    /// Counts what is not there to be shown.
    pub(crate) fn count(&mut self, rule: &'static Rule, number: usize) {
        if let Some(severity) = self.severity(rule, rule.severity) {
            self.kept[severity as usize].found += number;
        }
    }

    pub(crate) fn has_error(&self) -> bool {
        self.kept[Severity::Error as usize].found > 0
    }

    /// What is kept, sorted by position and at one position by weight; and how many there were.
    pub(crate) fn finish(self) -> (Vec<Diagnostic>, Counts) {
        let [infos, warnings, errors] = self.kept;
        let counts = Counts { errors: errors.found, warnings: warnings.found, infos: infos.found };
        let mut diagnostics = errors.diagnostics;
        diagnostics.extend(warnings.diagnostics);
        diagnostics.extend(infos.diagnostics);
        keep_the_heaviest(&mut diagnostics);
        (diagnostics, counts)
    }

    fn looks_for(&self, rule: &Rule) -> bool {
        // Suppressions are about what was looked for, whatever that was.
        !self.schema_only || rule.group == Group::Contract || rule.name == unused_suppression::RULE.name
    }

    /// The severity that a case gets; `None` if the rule is not wanted.
    fn severity(&self, rule: &Rule, of_case: Severity) -> Option<Severity> {
        if !self.looks_for(rule) {
            return None;
        }
        match self.levels.and_then(|levels| levels.get(rule.name)) {
            Some(chosen) => *chosen,
            None => Some(of_case.min(self.at_most)),
        }
    }
}

/// Keeps as many as are kept, errors before others.
pub(crate) fn keep_the_heaviest(diagnostics: &mut Vec<Diagnostic>) {
    if diagnostics.len() > MAX_DIAGNOSTICS {
        diagnostics.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
        diagnostics.truncate(MAX_DIAGNOSTICS);
    }
    sort(diagnostics);
}

/// By position, and at one position by weight.
fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|d| (d.span.start, std::cmp::Reverse(d.severity), d.span.end));
}

fn size_of_texts(diagnostic: &Diagnostic) -> usize {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let related = diagnostic.related.iter().map(|related| related.message.len());
    let fixes = diagnostic
        .fixes
        .iter()
        .map(|fix| fix.title.len() + fix.edits.iter().map(|edit| edit.new_text.len()).sum::<usize>());
    diagnostic.message.len()
        + length(&diagnostic.label)
        + length(&diagnostic.note)
        + diagnostic.pointer.len()
        + related.sum::<usize>()
        + fixes.sum::<usize>()
}
