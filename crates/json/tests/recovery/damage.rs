//! Whole files, damaged at each of their places.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use expect_test::expect;
use task_api_json::{SyntaxErrorKind, parse};

use super::tree_of;

/// A file of sixty lines, as a person lays it out.
fn sixty_lines() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/valid/v0/processing-container.json");
    let text = fs::read_to_string(path).unwrap();
    assert!(text.lines().count() >= 60);
    text
}

#[test]
fn a_file_cut_at_any_byte_ends_too_early_and_keeps_what_is_there() {
    use SyntaxErrorKind::{
        Empty, InvalidNumber, MissingValue, UnclosedAtEnd, UnquotedString, UnterminatedString, WrongLiteral,
    };
    let text = sixty_lines();
    let mut counts = (0, 0);
    for end in 0..text.trim_end().len() {
        let Some(cut) = text.get(..end) else { continue };
        let tree = parse(cut);
        let kinds: Vec<SyntaxErrorKind> = tree.errors().iter().map(|error| error.kind).collect();
        let between_tokens = parse(&format!("{cut} \n")).errors().len() == 1;
        match kinds[..] {
            [UnclosedAtEnd] => counts.0 += 1,
            [Empty] => assert!(cut.trim().is_empty()),
            // Inside a string, the string is what ends too early.
            [UnterminatedString] => counts.1 += 1,
            // Inside a literal, what is there of it is no literal.
            [UnquotedString | WrongLiteral | InvalidNumber, UnclosedAtEnd] => {}
            [MissingValue, UnclosedAtEnd] => panic!("{cut}"),
            _ => panic!("{kinds:?} (between tokens: {between_tokens}) of\n{cut}"),
        }
    }
    let (between, inside) = counts;
    println!("{between} cuts between tokens, {inside} inside strings");
    assert!(between > 500 && inside > 500);
}

/// One token of the text changed: how, and what became of it.
#[derive(Default)]
struct Score {
    cases: usize,
    /// One error, and the values of the text before.
    right: usize,
    one_error: usize,
    same_values: usize,
    most_errors: usize,
    worst: String,
}

impl Score {
    fn count(&mut self, damaged: &str, expected: &str) {
        let (tree, value) = tree_of(damaged);
        let errors = tree.errors().iter().filter(|error| !error.kind.is_note()).count();
        assert!(errors > 0, "{damaged} is accepted");
        let (one_error, same_values) = (errors == 1, value == expected);
        self.cases += 1;
        self.one_error += usize::from(one_error);
        self.same_values += usize::from(same_values);
        self.right += usize::from(one_error && same_values);
        if errors > self.most_errors {
            self.most_errors = errors;
            self.worst = damaged.to_owned();
        }
        if std::env::var("SHOW_RECOVERY").is_ok() && !(one_error && same_values) {
            let listed: Vec<String> =
                tree.errors().iter().map(|e| format!("{:?} {}", e.span.range(), e.message(damaged))).collect();
            println!("--- {errors} errors, same values: {same_values}: {listed:#?}\n{damaged}");
        }
    }
}

/// Offsets of the tokens of this first byte, outside of strings (quotes: the bounds of strings).
fn places(text: &str, token: u8) -> Vec<usize> {
    let (mut places, mut in_string, mut escaped) = (Vec::new(), false, false);
    for (at, byte) in text.bytes().enumerate() {
        let is_bound = byte == b'"' && !escaped;
        if (is_bound || !in_string) && byte == token {
            places.push(at);
        }
        escaped = in_string && byte == b'\\' && !escaped;
        in_string ^= is_bound;
    }
    places
}

fn valid_files() -> Vec<String> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut paths: Vec<_> = ["valid/v0", "valid/v1"]
        .iter()
        .flat_map(|directory| fs::read_dir(fixtures.join(directory)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert_eq!(paths.len(), 8);
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn one_token_too_few_or_too_many_is_one_error_and_the_same_tree() {
    let mut report = String::new();
    for (how, removed) in [("removed", true), ("doubled", false)] {
        for token in *b",:{}[]\"" {
            let mut score = Score::default();
            for text in valid_files() {
                let (_, expected) = tree_of(&text);
                for at in places(&text, token) {
                    let (before, after) = text.split_at(at);
                    let damaged = match removed {
                        true => format!("{before}{}", &after[1..]),
                        false => format!("{before}{}{after}", char::from(token)),
                    };
                    score.count(&damaged, &expected);
                }
            }
            let Score { cases, right, one_error, same_values, most_errors, .. } = score;
            let token = char::from(token);
            writeln!(
                report,
                "{token} {how}: {right} of {cases} right ({one_error} with one error, {same_values} with the same \
                 values, at most {most_errors} errors)"
            )
            .unwrap();
        }
    }
    println!("{report}");
    expect![[r#"
        , removed: 269 of 269 right (269 with one error, 269 with the same values, at most 1 errors)
        : removed: 336 of 336 right (336 with one error, 336 with the same values, at most 1 errors)
        { removed: 88 of 92 right (88 with one error, 88 with the same values, at most 3 errors)
        } removed: 90 of 92 right (92 with one error, 90 with the same values, at most 1 errors)
        [ removed: 46 of 46 right (46 with one error, 46 with the same values, at most 1 errors)
        ] removed: 46 of 46 right (46 with one error, 46 with the same values, at most 1 errors)
        " removed: 1112 of 1112 right (1112 with one error, 1112 with the same values, at most 1 errors)
        , doubled: 269 of 269 right (269 with one error, 269 with the same values, at most 1 errors)
        : doubled: 336 of 336 right (336 with one error, 336 with the same values, at most 1 errors)
        { doubled: 92 of 92 right (92 with one error, 92 with the same values, at most 1 errors)
        } doubled: 92 of 92 right (92 with one error, 92 with the same values, at most 1 errors)
        [ doubled: 46 of 46 right (46 with one error, 46 with the same values, at most 1 errors)
        ] doubled: 46 of 46 right (46 with one error, 46 with the same values, at most 1 errors)
        " doubled: 1112 of 1112 right (1112 with one error, 1112 with the same values, at most 1 errors)
    "#]]
    .assert_eq(&report);
}

/// 8 MB of each would take minutes if any of it were looked at again and again.
#[test]
fn hostile_text_takes_one_pass() {
    const SIZE: usize = 8 << 20;
    let deep = "[".repeat(500);
    let many_errors = format!("[{}", ",".repeat(1100));
    for (start, unit) in [
        ("", "{{"),
        ("", "["),
        ("", "\""),
        ("", "'"),
        ("", "/*"),
        ("", "{\"a\""),
        ("", ","),
        ("", "}"),
        ("", "]"),
        ("", "{%"),
        ("", "{{ \"a"),
        ("", "a "),
        ("[", "a "),
        ("[", "a,"),
        ("[", "\"a\":"),
        ("{\"a\":[", "\"a\":"),
        ("{\"a\":", "[\"a\":"),
        ("[", "[1,2}"),
        ("[", "{\"a\":1,"),
        ("[", "//\n"),
        ("[", "/* */"),
        ("[", "\\"),
        ("[\"", "\\u"),
        ("[\"", "\u{1}"),
        ("[", "\"\n"),
        ("[", "'a\n"),
        ("[", "[],"),
        (&deep, "}"),
        (&deep, "},"),
        (&deep, "[[[]]],"),
        (&many_errors, "[[]]"),
        ("{", "\"a\" 1,\n"),
        ("{", "a\": "),
        ("{", "\"a: \"b"),
        ("[", "\u{a0}"),
        ("[", "\n"),
        ("[", "1\n"),
        ("[", "{% },"),
        ("[", "{# },"),
        ("[", "{{ } },"),
        ("", "{]"),
        ("", "[}"),
        ("", "{]a:'b\"c[,}1:;x\n"),
    ] {
        let text = start.to_owned() + &unit.repeat(SIZE / unit.len());
        let tree = parse(&text);
        assert!(!tree.is_valid() && tree.errors().len() <= task_api_json::MAX_ERRORS, "{start:.9} {unit}");
        assert!(tree.node_count() <= text.len() + 1, "{start:.9} {unit}");
    }
}
