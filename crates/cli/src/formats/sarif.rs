//! SARIF 2.1.0, as code scanning reads it.

use serde_json::{Value, json};
use task_api_core::diagnostic::Severity as RuleSeverity;
use task_api_core::report::{Diagnostic, Fix, Range, Severity, ValidationResult};

use task_api_core::rules;

use task_api_ide::uri;

use crate::display;

pub(crate) fn log(results: &[ValidationResult]) -> Value {
    let rules: Vec<Value> = rules::ALL
        .iter()
        .map(|rule| {
            let level = match rule.severity {
                RuleSeverity::Error => "error",
                RuleSeverity::Warning => "warning",
                RuleSeverity::Info => "note",
            };
            json!({
                "id": rule.name,
                "shortDescription": { "text": rule.summary },
                "fullDescription": { "text": rule.explanation },
                "help": { "text": rule.explanation },
                "defaultConfiguration": { "level": level },
                "properties": { "group": rule.group.name() },
            })
        })
        .collect();
    let found: Vec<Value> = results
        .iter()
        .flat_map(|result| result.diagnostics.iter().map(|diagnostic| of_diagnostic(diagnostic, result)))
        .collect();
    let notifications: Vec<Value> = results
        .iter()
        .filter_map(|result| {
            let path = result.path.as_deref().unwrap_or_default();
            let text = format!("{path}: {}", display::more(result.omitted?.total()));
            Some(json!({ "level": "note", "message": { "text": text } }))
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "task-api", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notifications }],
            "columnKind": "utf16CodeUnits",
            "results": found,
        }],
    })
}

fn of_diagnostic(diagnostic: &Diagnostic, result: &ValidationResult) -> Value {
    let path = result.path.as_deref().unwrap_or_default();
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let message = match &diagnostic.note {
        Some(note) => format!("{}. {note}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let related: Vec<Value> = diagnostic
        .related
        .iter()
        .map(|related| {
            let mut location = location(related.path.as_deref().unwrap_or(path), related.range);
            location["message"] = json!({ "text": related.message });
            location
        })
        .collect();
    let fixes: Vec<Value> = diagnostic.fixes.iter().map(|fix| of_fix(fix, path)).collect();
    json!({
        "ruleId": diagnostic.rule,
        "ruleIndex": rules::ALL.iter().position(|rule| rule.name == diagnostic.rule),
        "level": level,
        "message": { "text": message },
        "locations": [location(path, diagnostic.range)],
        "relatedLocations": related,
        "fixes": fixes,
    })
}

fn of_fix(fix: &Fix, path: &str) -> Value {
    let replacements: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| json!({ "deletedRegion": region(edit.range), "insertedContent": { "text": edit.new_text } }))
        .collect();
    json!({
        "description": { "text": fix.title },
        "artifactChanges": [{ "artifactLocation": { "uri": reference(path) }, "replacements": replacements }],
    })
}

fn location(path: &str, range: Range) -> Value {
    json!({ "physicalLocation": { "artifactLocation": { "uri": reference(path) }, "region": region(range) } })
}

fn region(range: Range) -> Value {
    json!({
        "startLine": range.start.line + 1,
        "startColumn": range.start.character + 1,
        "endLine": range.end.line + 1,
        "endColumn": range.end.character + 1,
    })
}

/// A path as a relative or absolute URI reference.
fn reference(path: &str) -> String {
    let uri = uri::encode(path.trim_start_matches("./"));
    if path.starts_with('/') { format!("file://{uri}") } else { uri }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(reference("./a b/ü.json"), "a%20b/%C3%BC.json");
        assert_eq!(reference("/tmp/x"), "file:///tmp/x");
    }
}
