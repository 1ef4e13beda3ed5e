//! `field-of-other-version`: a field that only the other version of the format has.

use task_api_json::{Node, TextEdit, rewrite};

use super::{Example, Group, Rule};
use crate::ApiVersion;
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::scale::{Translated, translated};

pub(crate) static RULE: Rule = Rule {
    name: "field-of-other-version",
    group: Group::Contract,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a field that only the other version of the format has",
    explanation: "Version 1 renamed `input` to `volume_source` and `complexity` to `scale_factor`, and dropped `type` and \
        `adjustable` of environment variables. A field of the other version is ignored, so it is an error if the field \
        it stands for is missing, and a warning otherwise.",
    bad: Example::task(
        r#"{"api_version": 1, "name": "a", "image": "b:1", "taskTemplate": "c",
  "inputs": [{"name": "d", "input": {"host_path": "./d"}}]}"#,
    ),
    good: Example::task(
        r#"{"api_version": 1, "name": "a", "image": "b:1", "taskTemplate": "c",
  "inputs": [{"name": "d", "volume_source": {"host_path": "./d"}}]}"#,
    ),
};

/// `stands_for` is the field of this version that has its place, and whether the object lacks it;
/// `fits`, whether the value is right under that name as it is.
/// An error if the field that this version has for it is missing. `None`: there is no such field.
pub(crate) fn severity(successor_is_missing: Option<bool>) -> Severity {
    if successor_is_missing == Some(true) { RULE.severity } else { Severity::Warning }
}

pub(crate) fn report(
    key: Node<'_>,
    found: ApiVersion,
    stands_for: Option<(&str, bool)>,
    fits: bool,
) -> Box<Diagnostic> {
    let written = key.as_str().unwrap_or_default();
    let other = found.other();
    let message =
        format!("`{written}` is a field of version {}, and this file has version {}", other.number(), found.number());
    let diagnostic = Diagnostic::new(&RULE, key, key.span(), message);
    let Some((name, missing)) = stands_for else {
        let note = format!("version {} has no such field, so it is ignored", found.number());
        return diagnostic.label("has no effect").note(note);
    };
    if !missing {
        let note = format!("`{name}` is there too, and that one counts");
        return diagnostic.label("has no effect").note(note);
    }
    let diagnostic = diagnostic.label(format!("version {} calls it `{name}`", found.number()));
    match rename(key, name) {
        Some((title, edits)) => {
            let safe = fits || edits.len() > 1;
            diagnostic.fix(if safe { Applicability::Safe } else { Applicability::Unsafe }, title, edits)
        }
        None => diagnostic,
    }
}

fn rename(key: Node<'_>, name: &str) -> Option<(String, Vec<TextEdit>)> {
    let value = key.value_of_key()?;
    let converted = match translated(value, name) {
        Some(Translated::Exactly(converted)) => converted,
        Some(Translated::RoundedUp(_) | Translated::NoForm) => return None,
        None => return Some((format!("rename to `{name}`"), vec![rewrite::rename_key(key, name)])),
    };
    let title = format!("write \"{name}\": {converted}");
    Some((title, vec![rewrite::rename_key(key, name), TextEdit::replace(value.span(), converted)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::fix;
    use crate::{CheckOptions, check};

    #[test]
    fn of_a_field_that_is_given_twice_the_one_that_counts_is_renamed() {
        let task = r#"{"name": "a", "image": "b:1", "taskTemplate": "c", "outputs": [],
            "inputs": [{"name": "d", "volume_source": {"host_path": "./1"}, "volume_source": {"host_path": "./2"}}]}"#;
        let options = CheckOptions { version: Some(ApiVersion::V0), ..CheckOptions::default() };
        let rules: Vec<_> = check(task, &options).diagnostics.iter().map(|diagnostic| diagnostic.rule.name).collect();
        assert_eq!(rules, ["duplicate-key", "field-of-other-version"]);
        let fixed = fix(task, &options, Applicability::Safe).text;
        assert!(fixed.contains(r#"{"name": "d", "input": {"host_path": "./2"}}"#), "{fixed}");
    }
}
