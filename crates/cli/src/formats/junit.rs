//! JUnit XML: a file is a test case, its errors are failures.

use task_api_core::report::{Severity, ValidationResult};

use crate::display;

pub(crate) fn report(results: &[ValidationResult]) -> String {
    let failures = results.iter().filter(|result| !result.valid).count();
    let tests = results.len();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.push_str(&format!("<testsuites tests=\"{tests}\" failures=\"{failures}\">\n"));
    xml.push_str(&format!("  <testsuite name=\"task-api validate\" tests=\"{tests}\" failures=\"{failures}\">\n"));
    for result in results {
        let name = escape(result.path.as_deref().unwrap_or_default());
        let lines = |wanted: fn(Severity) -> bool| -> Vec<String> {
            let chosen = result.diagnostics.iter().filter(|diagnostic| wanted(diagnostic.severity));
            chosen
                .map(|d| {
                    let start = d.range.start;
                    let (line, column) = (start.line + 1, start.character + 1);
                    escape(&format!(
                        "{}:{line}:{column}: {} [{}]",
                        result.path.as_deref().unwrap_or_default(),
                        d.message,
                        d.rule
                    ))
                })
                .collect()
        };
        let errors = lines(|severity| severity == Severity::Error);
        let mut others = lines(|severity| severity != Severity::Error);
        others.extend(result.omitted.map(|omitted| display::more(omitted.total())));
        xml.push_str(&format!("    <testcase classname=\"task-api\" name=\"{name}\">\n"));
        if let Some(first) = errors.first() {
            xml.push_str(&format!("      <failure message=\"{first}\">{}</failure>\n", errors.join("\n")));
        }
        if !others.is_empty() {
            xml.push_str(&format!("      <system-out>{}</system-out>\n", others.join("\n")));
        }
        xml.push_str("    </testcase>\n");
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// Text for content and attributes; what XML 1.0 cannot hold at all becomes U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' | '\r' => escaped.push(' '),
            control if control < ' ' || matches!(control, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_break_the_document() {
        assert_eq!(escape("<a b=\"c\">&\u{1}\n"), "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}&#10;");
    }
}
