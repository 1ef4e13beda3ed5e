//! Properties that hold for every text: nothing panics, spans fit, the tree is one, and exactly
//! what `serde_json` accepts is accepted, with the same values.

use proptest::prelude::*;
use task_api_json::{Kind, LineIndex, MAX_DEPTH, Node, SyntaxErrorKind, Tree, apply_edits, parse};

/// Checks everything that must hold for any text.
pub fn check_invariants(text: &str) {
    let tree = parse(text);
    let root = tree.root(text);
    check_subtree(root, text);
    let index = LineIndex::new(text);
    let mut previous = 0;
    for error in tree.errors() {
        let (start, end) = (error.span.start, error.span.end);
        assert!(start >= previous, "errors are in order");
        previous = start;
        assert!(text.get(start as usize..end as usize).is_some(), "{error:?} does not fit {text:?}");
        assert_eq!(index.offset_of_utf16(index.position_utf16(start)), start);
        assert!(!error.message(text).is_empty());
        if !error.edits.is_empty() {
            let mended = apply_edits(text, &error.edits).expect("edits of one error fit the text");
            assert_ne!(mended, text);
            assert!(error.fix_title().is_some());
        }
    }
    agrees_with_serde_json(text, &tree);
}

fn check_subtree(root: Node<'_>, text: &str) {
    for node in root.descendants() {
        let span = node.span();
        assert!(text.get(span.range()).is_some(), "{node:?} does not fit {text:?}");
        assert!(text.get(node.inner_span().range()).is_some() || !matches!(node.kind(), Kind::String | Kind::Key));
        if let Some(container) = node.container() {
            assert!(
                container.span().start <= span.start && span.end <= container.span().end,
                "{node:?} in {container:?} of {text:?}"
            );
        }
        if node.kind() == Kind::Key {
            let value = node.value_of_key().expect("a key has a value");
            assert_eq!(value.key(), Some(node));
        }
        let _ = node.as_str();
    }
}

fn agrees_with_serde_json(text: &str, tree: &Tree) {
    if tree.errors().iter().any(|error| matches!(error.kind, SyntaxErrorKind::TooDeep | SyntaxErrorKind::ByteOrderMark))
    {
        return;
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.disable_recursion_limit();
    let theirs = serde::Deserialize::deserialize(&mut deserializer)
        .and_then(|value: serde_json::Value| deserializer.end().map(|()| value));
    match theirs {
        Ok(theirs) => {
            assert!(tree.is_valid(), "serde_json accepts {text:?}, we say {:?}", tree.errors());
            assert_eq!(to_serde(tree.root(text)), theirs, "{text:?}");
        }
        Err(error) if error.to_string().starts_with("number out of range") => {}
        Err(error) => assert!(!tree.is_valid(), "we accept {text:?}, serde_json says {error}"),
    }
}

fn to_serde(node: Node<'_>) -> serde_json::Value {
    match node.kind() {
        Kind::True => true.into(),
        Kind::False => false.into(),
        Kind::Number => serde_json::from_str(node.source()).expect("a valid number"),
        Kind::String | Kind::Key => node.as_str().into(),
        Kind::Array => node.elements().map(to_serde).collect(),
        Kind::Object => {
            let members =
                node.members().map(|(key, value)| (key.as_str().unwrap_or_default().into_owned(), to_serde(value)));
            serde_json::Value::Object(members.collect())
        }
        Kind::Null | Kind::Missing | Kind::Template => serde_json::Value::Null,
    }
}

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
