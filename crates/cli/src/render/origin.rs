//! Where the parts of a rendered text come from.

use minijinja::{OutputSpan, OutputSpanKind};
use task_api_json::{Span, TextEdit};

/// A rendered text.
#[derive(Debug)]
pub struct Rendered {
    pub text: String,
    /// What is not as it was, in order of position. Between two pieces the text is as it was.
    pieces: Vec<Piece>,
    is_whole: bool,
}

/// A part of the rendered text, and what it was before.
#[derive(Debug, Clone, Copy)]
struct Piece {
    before: Span,
    after: Span,
    /// Written as it stood; only its place is another.
    is_verbatim: bool,
}

/// Where a place of the rendered text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// It stands there as well.
    Verbatim(Span),
    /// From an expression, or a string with one; all that it became.
    Rendered { before: Span, after: Span },
    /// That cannot be told.
    Unknown,
}

impl Rendered {
    pub(super) fn unchanged(text: &str) -> Rendered {
        Rendered { text: text.to_owned(), pieces: Vec::new(), is_whole: false }
    }

    /// A text whose strings were rendered, each by an edit of the text before.
    pub(super) fn of_strings(text: String, edits: Vec<TextEdit>) -> Rendered {
        let mut pieces = Vec::with_capacity(edits.len());
        let mut shift = 0i64;
        for edit in edits {
            let start = i64::from(edit.span.start) + shift;
            let end = start + edit.new_text.len() as i64;
            shift = end - i64::from(edit.span.end);
            pieces.push(Piece { before: edit.span, after: Span::new(start as u32, end as u32), is_verbatim: false });
        }
        Rendered { text, pieces, is_whole: false }
    }

    /// A text that was rendered as a whole.
    pub(super) fn of_text(text: String, spans: &[OutputSpan]) -> Rendered {
        let span = |range: std::ops::Range<usize>| Span::new(range.start as u32, range.end as u32);
        let pieces = spans.iter().map(|output| Piece {
            before: span(output.source_range()),
            after: span(output.output_range()),
            is_verbatim: output.kind() == OutputSpanKind::Raw,
        });
        Rendered { text, pieces: pieces.collect(), is_whole: true }
    }

    /// Whether there was nothing to render.
    pub(crate) fn is_unchanged(&self) -> bool {
        self.pieces.is_empty() && !self.is_whole
    }

    /// Where a place of the rendered text comes from.
    pub(crate) fn came(&self, span: Span) -> Came {
        // At the end of the text there is no piece that goes on.
        let first = self.piece_at(span.start, false).or_else(|| self.piece_at(span.start, true));
        let Some(first) = first else { return Came::Unknown };
        if let Piece { is_verbatim: false, before, after } = first
            && after.start <= span.start
            && span.end <= after.end
        {
            return Came::Rendered { before, after };
        }
        let last = self.piece_at(span.end, true).filter(|last| last.after.end >= span.end);
        let start = first.offset_before(span.start, false);
        let end = last.map_or(start, |last| last.offset_before(span.end, true));
        // What a loop has written may end before the place where it begins.
        if end < start || first.after.start > span.start {
            return Came::Verbatim(Span::empty(start));
        }
        Came::Verbatim(Span::new(start, end))
    }

    /// An edit of the rendered text as one of the text before, where it touches nothing that was rendered.
    pub(crate) fn edit_before(&self, edit: &TextEdit) -> Option<TextEdit> {
        let Span { start, end } = edit.span;
        let touches = |piece: &Piece| piece.after.start < end && start < piece.after.end;
        // An insertion beside a piece is none into it.
        if self.is_whole || self.pieces.iter().any(touches) {
            return None;
        }
        let shift: i64 =
            self.pieces.iter().take_while(|piece| piece.after.end <= start).map(Piece::shift).last().unwrap_or(0);
        let before = |offset: u32| (i64::from(offset) - shift) as u32;
        Some(TextEdit { span: Span::new(before(start), before(end)), new_text: edit.new_text.clone() })
    }

    /// The piece that an offset is in; between two, one for what is as it was.
    fn piece_at(&self, offset: u32, at_end: bool) -> Option<Piece> {
        let is_before = |piece: &Piece| piece.after.end < offset || piece.after.end == offset && !at_end;
        let next = self.pieces.partition_point(is_before);
        if let Some(piece) = self.pieces.get(next) {
            let is_in = piece.after.start < offset || piece.after.start == offset && !at_end;
            if is_in || self.is_whole {
                return Some(*piece);
            }
        }
        if self.is_whole {
            return None;
        }
        let previous = next.checked_sub(1).and_then(|previous| self.pieces.get(previous));
        let shift = previous.map_or(0, Piece::shift);
        let before = |offset: u32| (i64::from(offset) - shift) as u32;
        let start = previous.map_or(0, |previous| previous.after.end);
        let end = self.pieces.get(next).map_or(self.text.len() as u32, |next| next.after.start);
        Some(Piece { before: Span::new(before(start), before(end)), after: Span::new(start, end), is_verbatim: true })
    }
}

impl Piece {
    /// How much further what follows stands than it did.
    fn shift(&self) -> i64 {
        i64::from(self.after.end) - i64::from(self.before.end)
    }

    fn offset_before(&self, offset: u32, at_end: bool) -> u32 {
        if self.is_verbatim {
            let into = offset.saturating_sub(self.after.start);
            return (self.before.start + into).min(self.before.end);
        }
        if at_end { self.before.end } else { self.before.start }
    }
}

#[cfg(test)]
mod tests {
    use task_api_json::{apply_edits, parse};

    use super::super::{Variables, render};
    use super::*;

    fn variables() -> Variables {
        Variables { env: vec![("A".into(), "long ".repeat(9)), ("N".into(), "7".into())], ..Variables::default() }
    }

    /// What each element of the rendered list stands for in the text before.
    fn elements(text: &str) -> Vec<String> {
        let rendered = render(text, &variables()).unwrap();
        let tree = parse(&rendered.text);
        assert!(tree.is_valid(), "{}", rendered.text);
        let shown = |span| match rendered.came(span) {
            Came::Verbatim(span) => span.of(text).to_owned(),
            Came::Rendered { before, after } => format!("{} -> {}", before.of(text), after.of(&rendered.text).len()),
            Came::Unknown => "?".to_owned(),
        };
        tree.root(&rendered.text).elements().map(|node| shown(node.span())).collect()
    }

    #[test]
    fn places_are_found_again_in_the_text_before() {
        assert_eq!(
            elements(r#"["{{ env.A }}", 1, "{{ env.B }}", 2]"#),
            [r#""{{ env.A }}" -> 47"#, "1", r#""{{ env.B }}" -> 2"#, "2"]
        );
        assert_eq!(elements(r#"[1, "a"]"#), ["1", "\"a\""]);
    }

    #[test]
    fn what_encloses_a_rendered_string_is_found_as_well() {
        assert_eq!(
            elements(r#"[["{{ env.A }}", 1], {"b": "{{ env.N }}"}]"#),
            [r#"["{{ env.A }}", 1]"#, r#"{"b": "{{ env.N }}"}"#]
        );
    }

    #[test]
    fn a_text_that_was_rendered_as_a_whole_has_its_places_too() {
        assert_eq!(
            elements("[\n  {%- if env.N %}\n  \"é\", {{ env.N }},{% endif %} [{{ env.N }}], \"x{{ env.A }}\",\n  3]"),
            ["\"é\"", "env.N -> 1", "[{{ env.N }}]", "\"x{{ env.A }}\"", "3"]
        );
        assert_eq!(
            elements("[{% for i in [1, 2] %} \"a\", {{ i }}, {% endfor %} 9]"),
            ["\"a\"", "i -> 1", "\"a\"", "i -> 1", "9"]
        );
    }

    #[test]
    fn every_place_comes_from_somewhere_in_the_text_before() {
        for text in [
            r#"["é{{ env.A }}", "{{ env.N }}", 1, "{{ env.N }}"]"#,
            "[{% for i in [1, 2] %} \"é\", {{ i }}, {% endfor %} {{ env.N }}]\n",
            "{%- set x = [env.N, 2] %}\n{{ x }}",
            "{% filter upper %}[\"é\"]{% endfilter %}",
        ] {
            let rendered = render(text, &variables()).unwrap();
            let places = 0..=rendered.text.len();
            let places: Vec<u32> =
                places.filter(|&at| rendered.text.is_char_boundary(at)).map(|at| at as u32).collect();
            for (index, &start) in places.iter().enumerate() {
                for &end in &places[index..] {
                    if let Came::Verbatim(span) | Came::Rendered { before: span, .. } =
                        rendered.came(Span::new(start, end))
                    {
                        assert!(text.get(span.range()).is_some(), "{text}: {start}..{end} is {span:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn fixes_are_kept_where_they_touch_nothing_rendered() {
        let text = r#"["{{ env.A }}", 1, "{{ env.N }}", {"a": 2}]"#;
        let rendered = render(text, &variables()).unwrap();
        let place = |wanted: &str| rendered.text.find(wanted).unwrap() as u32;
        let at = place("2}");
        let edit = rendered.edit_before(&TextEdit::replace(Span::new(at, at + 1), "55")).unwrap();
        assert_eq!(apply_edits(text, &[edit]).unwrap(), text.replace("2}", "55}"));
        let insertion = rendered.edit_before(&TextEdit::insert(place(", 1"), "!")).unwrap();
        assert_eq!(apply_edits(text, &[insertion]).unwrap(), text.replace(", 1", "!, 1"));
        let first = rendered.edit_before(&TextEdit::insert(0, "!")).unwrap();
        assert_eq!(first, TextEdit::insert(0, "!"));
        assert_eq!(rendered.edit_before(&TextEdit::delete(Span::new(place("1, \"7"), place("7\"")))), None);
        assert_eq!(rendered.edit_before(&TextEdit::insert(place("long"), "x")), None);
    }
}
