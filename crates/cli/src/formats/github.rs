//! Annotations of GitHub Actions: one workflow command a diagnostic.

use task_api_core::report::{Severity, ValidationResult};

use crate::display;

pub(crate) fn annotations(result: &ValidationResult) -> String {
    let path = property(result.path.as_deref().unwrap_or_default());
    let mut text = String::new();
    for diagnostic in &result.diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let (start, end) = (diagnostic.range.start, diagnostic.range.end);
        let note = diagnostic.note.as_deref().map(|note| format!("\n{note}")).unwrap_or_default();
        let message = data(&format!("{}{note}", diagnostic.message));
        text.push_str(&format!(
            "::{command} file={path},line={},endLine={},col={},endColumn={},title={}::{message}\n",
            start.line + 1,
            end.line + 1,
            start.character + 1,
            end.character + 1,
            property(diagnostic.rule),
        ));
    }
    if let Some(omitted) = result.omitted {
        text.push_str(&format!("::notice file={path}::{}", data(&display::more(omitted.total()))));
        text.push('\n');
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_end_a_command() {
        assert_eq!(property("a:b,c%\n::error"), "a%3Ab%2Cc%25%0A%3A%3Aerror");
    }
}
