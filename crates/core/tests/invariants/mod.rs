//! What holds for every checked document; the differential test and the fuzz target check it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: a panic is the failure")]

use task_api_core::diagnostic::DocumentRef;
use task_api_core::report::{Document, OffsetUnit, validation_result};
use task_api_core::{CheckOptions, Checked, check};
use task_api_json::{Span, apply_edits};

/// Checks `text` and that what was found can be shown and applied.
pub(crate) fn check_invariants(text: &str, options: &CheckOptions<'_>) -> Checked {
    let checked = check(text, options);
    let container = options.container.unwrap_or("");
    let mut previous = 0;
    for diagnostic in &checked.diagnostics {
        assert!(diagnostic.span.start >= previous, "diagnostics are in order: {text:?}");
        previous = diagnostic.span.start;
        assert_fits(diagnostic.span, text);
        assert!(!diagnostic.message.is_empty());
        for related in &diagnostic.related {
            let document = if related.document == DocumentRef::This { text } else { container };
            assert_fits(related.span, document);
        }
        for fix in &diagnostic.fixes {
            assert!(!fix.title.is_empty());
            let fixed = apply_edits(text, &fix.edits);
            assert!(fixed.is_some_and(|fixed| fixed != text), "{diagnostic:?} does not fit {text:?}");
        }
    }
    for unit in [OffsetUnit::Bytes, OffsetUnit::Utf16] {
        let (document, container) = (Document::new(None, text, unit), Document::new(None, container, unit));
        let report = serde_json::to_value(validation_result(&checked, &document, &[container])).unwrap();
        assert_eq!(report["diagnostics"].as_array().map(Vec::len), Some(checked.diagnostics.len()));
    }
    checked
}

#[track_caller]
fn assert_fits(span: Span, text: &str) {
    assert!(text.get(span.range()).is_some(), "{span:?} does not fit {text:?}");
}
