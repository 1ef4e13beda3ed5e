//! Edits of a text: the only way in which anything here changes a user's file.

use crate::Span;

/// Replace the bytes of `span` by `new_text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    pub span: Span,
    pub new_text: String,
}

impl TextEdit {
    pub fn replace(span: Span, new_text: impl Into<String>) -> TextEdit {
        TextEdit { span, new_text: new_text.into() }
    }

    pub fn insert(offset: u32, new_text: impl Into<String>) -> TextEdit {
        TextEdit::replace(Span::empty(offset), new_text)
    }

    pub fn delete(span: Span) -> TextEdit {
        TextEdit::replace(span, "")
    }
}

/// The text after all edits, or `None` if two overlap or one does not fit the text.
///
/// The order of the edits does not matter; two insertions at one place keep theirs.
pub fn apply_edits(text: &str, edits: &[TextEdit]) -> Option<String> {
    let mut sorted: Vec<&TextEdit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut result = String::with_capacity(text.len());
    let mut copied = 0usize;
    for edit in sorted {
        let range = edit.span.range();
        if range.start > range.end || range.start < copied {
            return None;
        }
        text.get(range.clone())?;
        result.push_str(text.get(copied..range.start)?);
        result.push_str(&edit.new_text);
        copied = range.end;
    }
    result.push_str(text.get(copied..)?);
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_in_any_order_and_never_overlap() {
        let edits = [TextEdit::insert(5, "!"), TextEdit::replace(Span::new(0, 1), "J")];
        assert_eq!(apply_edits("hello", &edits).as_deref(), Some("Jello!"));
        let overlapping = [TextEdit::delete(Span::new(0, 3)), TextEdit::delete(Span::new(2, 4))];
        assert_eq!(apply_edits("hello", &overlapping), None);
        assert_eq!(apply_edits("é", &[TextEdit::insert(1, "x")]), None);
        assert_eq!(apply_edits("a", &[TextEdit::insert(9, "x")]), None);
    }
}
