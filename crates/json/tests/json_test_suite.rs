//! The public JSONTestSuite: what must be accepted is, what must be rejected is, and what is left
//! open is decided here, case by case.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: a panic is the failure")]

use task_api_json::{Kind, SyntaxErrorKind, parse};

#[path = "data/json_test_suite_cases.rs"]
mod cases;

use cases::CASES;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Accepted,
    Rejected,
    /// A parser of `&str` never sees it.
    NotUtf8,
}

/// Our verdict on the cases that the suite leaves open, in the suite's order.
const UNDECIDED: &[(&str, Verdict)] = &[
    // Numbers are text to this crate, so none is too large or too small.
    ("i_number_double_huge_neg_exp", Verdict::Accepted),
    ("i_number_huge_exp", Verdict::Accepted),
    ("i_number_neg_int_huge_exp", Verdict::Accepted),
    ("i_number_pos_double_huge_exp", Verdict::Accepted),
    ("i_number_real_neg_overflow", Verdict::Accepted),
    ("i_number_real_pos_overflow", Verdict::Accepted),
    ("i_number_real_underflow", Verdict::Accepted),
    ("i_number_too_big_neg_int", Verdict::Accepted),
    ("i_number_too_big_pos_int", Verdict::Accepted),
    ("i_number_very_big_negative_int", Verdict::Accepted),
    // Half a character is no character: serde_json and Python's strict readers refuse it too.
    ("i_object_key_lone_2nd_surrogate", Verdict::Rejected),
    ("i_string_1st_surrogate_but_2nd_missing", Verdict::Rejected),
    ("i_string_1st_valid_surrogate_2nd_invalid", Verdict::Rejected),
    ("i_string_UTF-16LE_with_BOM", Verdict::NotUtf8),
    ("i_string_UTF-8_invalid_sequence", Verdict::NotUtf8),
    ("i_string_UTF8_surrogate_U+D800", Verdict::NotUtf8),
    ("i_string_incomplete_surrogate_and_escape_valid", Verdict::Rejected),
    ("i_string_incomplete_surrogate_pair", Verdict::Rejected),
    ("i_string_incomplete_surrogates_escape_valid", Verdict::Rejected),
    ("i_string_invalid_lonely_surrogate", Verdict::Rejected),
    ("i_string_invalid_surrogate", Verdict::Rejected),
    ("i_string_invalid_utf-8", Verdict::NotUtf8),
    ("i_string_inverted_surrogates_U+1D11E", Verdict::Rejected),
    ("i_string_iso_latin_1", Verdict::NotUtf8),
    ("i_string_lone_second_surrogate", Verdict::Rejected),
    ("i_string_lone_utf8_continuation_byte", Verdict::NotUtf8),
    ("i_string_not_in_unicode_range", Verdict::NotUtf8),
    ("i_string_overlong_sequence_2_bytes", Verdict::NotUtf8),
    ("i_string_overlong_sequence_6_bytes", Verdict::NotUtf8),
    ("i_string_overlong_sequence_6_bytes_null", Verdict::NotUtf8),
    ("i_string_truncated-utf-8", Verdict::NotUtf8),
    // UTF-16 without a mark may be UTF-8 with many NULs.
    ("i_string_utf16BE_no_BOM", Verdict::NotUtf8),
    ("i_string_utf16LE_no_BOM", Verdict::NotUtf8),
    // Below MAX_DEPTH.
    ("i_structure_500_nested_arrays", Verdict::Accepted),
    // Accepted with a note.
    ("i_structure_UTF-8_BOM_empty_object", Verdict::Accepted),
];

fn verdict(content: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(content) else { return Verdict::NotUtf8 };
    if parse(text).is_valid() { Verdict::Accepted } else { Verdict::Rejected }
}

#[test]
fn what_must_be_accepted_is_accepted() {
    let mut count = 0;
    for (name, content) in CASES.iter().filter(|(name, _)| name.starts_with("y_")) {
        assert_eq!(verdict(content), Verdict::Accepted, "{name}");
        let tree = parse(std::str::from_utf8(content).unwrap());
        assert_eq!(tree.errors(), &[], "{name}");
        count += 1;
    }
    assert_eq!(count, 95);
}

#[test]
fn what_must_be_rejected_is_rejected() {
    let (mut rejected, mut not_utf8) = (0, 0);
    for (name, content) in CASES.iter().filter(|(name, _)| name.starts_with("n_")) {
        match verdict(content) {
            Verdict::Accepted => panic!("{name} is accepted"),
            Verdict::Rejected => rejected += 1,
            Verdict::NotUtf8 => not_utf8 += 1,
        }
    }
    assert_eq!((rejected, not_utf8), (181, 12));
}

#[test]
fn what_is_left_open_is_decided_as_listed() {
    let found: Vec<(&str, Verdict)> = CASES
        .iter()
        .filter(|(name, _)| name.starts_with("i_"))
        .map(|(name, content)| (*name, verdict(content)))
        .collect();
    assert_eq!(found, UNDECIDED);
}

#[test]
fn every_case_has_one_of_the_three_prefixes_and_a_name_of_its_own() {
    let mut names: Vec<&str> = CASES.iter().map(|(name, _)| *name).collect();
    assert!(names.iter().all(|name| ["y_", "n_", "i_"].iter().any(|prefix| name.starts_with(prefix))));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CASES.len());
}

#[test]
fn a_byte_order_mark_is_noted_and_the_fix_removes_it() {
    let text = "\u{FEFF}{}";
    let tree = parse(text);
    assert!(tree.is_valid());
    assert_eq!(tree.root(text).kind(), Kind::Object);
    let [note] = tree.errors() else { panic!("{:?}", tree.errors()) };
    assert_eq!(note.kind, SyntaxErrorKind::ByteOrderMark);
    assert_eq!(task_api_json::apply_edits(text, &note.edits).as_deref(), Some("{}"));
}

/// The thread has the stack of a browser's tab, not of a workstation.
#[test]
fn deep_nesting_is_one_error_and_no_stack_overflow() {
    let deep = |name: &str| {
        let (_, content) = CASES.iter().find(|(found, _)| *found == name).unwrap();
        std::str::from_utf8(content).unwrap()
    };
    let texts = [
        deep("n_structure_100000_opening_arrays").to_owned(),
        deep("n_structure_open_array_object").to_owned(),
        "[".repeat(100_000) + &"]".repeat(100_000),
        r#"{"a":"#.repeat(100_000) + "1" + &"}".repeat(100_000),
        r#"[{"a":"#.repeat(50_000) + "null" + &"}]".repeat(50_000),
    ];
    let small = std::thread::Builder::new().stack_size(1 << 20);
    let run = small.spawn(move || {
        for text in &texts {
            let kinds: Vec<SyntaxErrorKind> = parse(text).errors().iter().map(|error| error.kind).collect();
            assert_eq!(kinds, [SyntaxErrorKind::TooDeep], "{:.20}", text);
        }
    });
    run.unwrap().join().unwrap();
}
