//! Applying fixes: pass after pass until nothing changes, and never for the worse.

use task_api_json::{TextEdit, apply_edits};

use crate::diagnostic::{Applicability, Diagnostic, Fix, Severity};
use crate::{CheckOptions, Checked, check};

/// A text with its fixes applied.
#[derive(Debug)]
pub struct Fixed {
    pub text: String,
    /// Rule and title of each fix, in the order of application.
    pub applied: Vec<(&'static str, String)>,
}

/// Fixes that make room for others take a few passes; more than this is a pair that undo each other.
const MAX_PASSES: usize = 32;

/// Applies all fixes that are safe, and with `Applicability::Unsafe` the others as well.
///
/// No fix is kept that adds an error, so a valid file stays valid.
pub fn fix(text: &str, options: &CheckOptions<'_>, up_to: Applicability) -> Fixed {
    fix_some(text, options, up_to, |_| true)
}

/// Like [`fix`], for some of the diagnostics.
pub fn fix_some(
    text: &str,
    options: &CheckOptions<'_>,
    up_to: Applicability,
    is_wanted: impl Fn(&Diagnostic) -> bool,
) -> Fixed {
    fix_by(text, &|text| check(text, options), up_to, &is_wanted)
}

/// Like [`fix`], for a text of another language, by the check of that.
pub fn fix_by(
    text: &str,
    check: &dyn Fn(&str) -> Checked,
    up_to: Applicability,
    is_wanted: &dyn Fn(&Diagnostic) -> bool,
) -> Fixed {
    let mut fixed = Fixed { text: text.to_owned(), applied: Vec::new() };
    for _ in 0..MAX_PASSES {
        if !pass(&mut fixed, check, up_to, is_wanted) {
            break;
        }
    }
    fixed
}

/// Applies the fixes that do not get into each other's way; whether there was one.
fn pass(
    fixed: &mut Fixed,
    check: &dyn Fn(&str) -> Checked,
    up_to: Applicability,
    is_wanted: &dyn Fn(&Diagnostic) -> bool,
) -> bool {
    let checked = check(&fixed.text);
    let state = State::of(&checked);
    let is_allowed = |fix: &&Fix| up_to == Applicability::Unsafe || fix.applicability == Applicability::Safe;
    let mut chosen: Vec<(&'static str, &Fix)> = Vec::new();
    for diagnostic in checked.diagnostics.iter().filter(|diagnostic| is_wanted(diagnostic)) {
        let Some(fix) = diagnostic.fixes.iter().find(is_allowed) else { continue };
        if chosen.iter().all(|(_, other)| are_disjoint(&fix.edits, &other.edits)) {
            chosen.push((diagnostic.rule.name, fix));
        }
    }
    if try_together(fixed, &chosen, check, state) {
        return true;
    }
    // Together they made it worse: one by one, the first that does not.
    chosen.iter().any(|one| try_together(fixed, std::slice::from_ref(one), check, state))
}

fn try_together(
    fixed: &mut Fixed,
    chosen: &[(&'static str, &Fix)],
    check: &dyn Fn(&str) -> Checked,
    before: State,
) -> bool {
    let edits: Vec<TextEdit> = chosen.iter().flat_map(|(_, fix)| fix.edits.iter().cloned()).collect();
    let Some(text) = apply_edits(&fixed.text, &edits).filter(|text| *text != fixed.text) else { return false };
    if !State::of(&check(&text)).is_no_worse_than(before) {
        return false;
    }
    fixed.text = text;
    fixed.applied.extend(chosen.iter().map(|(rule, fix)| (*rule, fix.title.clone())));
    true
}

/// How bad a text is. Mended syntax brings errors to light that could not be seen before, so broken
/// syntax weighs more than any other error.
#[derive(Clone, Copy)]
struct State {
    syntax_errors: usize,
    errors: usize,
}

impl State {
    fn of(checked: &Checked) -> State {
        let errors = checked.tree.errors().iter().filter(|error| !error.kind.is_note());
        State { syntax_errors: errors.count() + checked.tree.dropped_errors(), errors: checked.count(Severity::Error) }
    }

    fn is_no_worse_than(self, before: State) -> bool {
        self.syntax_errors < before.syntax_errors
            || (self.syntax_errors == before.syntax_errors && self.errors <= before.errors)
    }
}

/// Whether no edit of one touches an edit of the other. Insertions at one place do.
fn are_disjoint(ours: &[TextEdit], theirs: &[TextEdit]) -> bool {
    ours.iter().all(|our| theirs.iter().all(|their| our.span.end < their.span.start || their.span.end < our.span.start))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Kind;
    use crate::rules::EXAMPLE_CONTAINER;

    #[track_caller]
    fn check_fix(text: &str, up_to: Applicability, expected: Expect) {
        let options =
            CheckOptions { kind: Some(Kind::Task), container: Some(EXAMPLE_CONTAINER), ..CheckOptions::default() };
        let fixed = fix(text, &options, up_to);
        expected.assert_eq(&fixed.text);
        assert_eq!(fix(&fixed.text, &options, up_to).applied, [], "a second run finds nothing to do");
    }

    #[test]
    fn safe_fixes_mend_what_is_certain() {
        check_fix(
            r#"{
  'name': "a", // the run
  "image": "lungs:1.0"
  "taskTemplate": "Segment",
  "inputs": [],
  "outputs": [{"name": "mask", "input": {"host_path": "./masks"}},],
  "env": [{"name": "FOLDS", "value": 5}]
}"#,
            Applicability::Safe,
            expect![[r#"
                {
                  "name": "a",
                  "image": "lungs:1.0",
                  "taskTemplate": "segment",
                  "inputs": [{"name": "images", "input": {"host_path": "./images"}}],
                  "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}],
                  "env": [{"name": "FOLDS", "value": "5"}]
                }"#]],
        );
    }

    #[test]
    fn unsafe_fixes_are_left_to_the_user() {
        let text = r#"{"name": "a", "image": "lungs:1.0", "taskTemplate": "segment", "outputs": []}"#;
        let options = CheckOptions { kind: Some(Kind::Task), ..CheckOptions::default() };
        assert_eq!(fix(text, &options, Applicability::Safe).text, text);
        assert!(fix(text, &options, Applicability::Unsafe).text.contains("\"inputs\": []"));
    }
}
