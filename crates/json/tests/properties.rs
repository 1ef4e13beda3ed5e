//! Properties that hold for every text: nothing panics, spans fit, the tree is one, and exactly
//! what `serde_json` accepts is accepted, with the same values.

use proptest::prelude::*;
use task_api_json::{Kind, MAX_DEPTH, SyntaxErrorKind, parse};

mod invariants;

use invariants::check_invariants;

/// Texts made of the tokens that matter to a JSON parser.
fn token_soup() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"b\\n\"",
        "'c'",
        "key",
        "1",
        "-",
        "0.5",
        "1e3",
        "01",
        "true",
        "True",
        "null",
        "\"",
        "\\",
        "\n",
        " ",
        "//x\n",
        "/*",
        "*/",
        "#",
        "{{",
        "}}",
        "{%",
        "%}",
        "é",
        "😀",
        "\u{0}",
        "\t",
        "\"\\ud800\"",
        "=",
        ";",
    ]);
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn token_soup_keeps_the_invariants(text in token_soup()) {
        check_invariants(&text);
    }

    #[test]
    fn any_text_keeps_the_invariants(text in any::<String>()) {
        check_invariants(&text);
    }

    #[test]
    fn damaged_json_keeps_the_invariants(value in json_value(), at in any::<prop::sample::Index>(), noise in token_soup(), cut in 0usize..4) {
        let mut text = serde_json::to_string_pretty(&value).expect("a value serialises");
        let mut start = at.index(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = (start + cut).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        text.replace_range(start..end, &noise);
        check_invariants(&text);
    }

    #[test]
    fn valid_json_parses_to_the_same_values(value in json_value()) {
        let text = serde_json::to_string_pretty(&value).expect("a value serialises");
        let tree = parse(&text);
        prop_assert_eq!(tree.errors(), &[]);
        check_invariants(&text);
        for node in tree.root(&text).descendants() {
            if node.kind() != Kind::Key {
                let found = tree.root(&text).resolve(&node.pointer());
                prop_assert!(found.is_some());
            }
        }
    }
}

#[test]
fn nesting_is_bounded_and_said_once() {
    let deepest = MAX_DEPTH as usize;
    let fits = "[".repeat(deepest) + &"]".repeat(deepest);
    assert!(parse(&fits).is_valid());
    for text in ["[".repeat(1_000_000), "{\"a\":".repeat(300_000), "[".repeat(deepest + 1) + &"]".repeat(deepest + 1)] {
        let tree = parse(&text);
        let kinds: Vec<_> = tree.errors().iter().map(|error| error.kind).collect();
        assert_eq!(kinds, [SyntaxErrorKind::TooDeep]);
    }
}

/// Found by the fuzz target: the word of nothing but white space was cut to nothing, for ever.
#[test]
fn white_space_beyond_ascii_is_passed() {
    for text in ["[\u{2000}", "{\"\"[\"\"\u{2000}", "[1,\u{a0}2]", "{\u{3000}\"a\": 1}", "\u{85}"] {
        check_invariants(text);
        assert!(!parse(text).is_valid());
    }
}

/// Found by the fuzz target: the apostrophe was taken for the quote that is missing.
#[test]
fn a_string_without_its_opening_quote_may_begin_with_an_apostrophe() {
    let text = "{'a\": 1}";
    check_invariants(text);
    let tree = parse(text);
    let keys: Vec<_> = tree.root(text).members().map(|(key, _)| (key.as_str(), key.inner_span().range())).collect();
    assert_eq!(keys, [(Some("'a".into()), 1..3)]);
}
