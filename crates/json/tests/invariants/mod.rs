//! What holds for every text, whether JSON or not; property tests and the fuzz target check it.

#![allow(clippy::expect_used, reason = "helpers of tests: a panic is the failure")]

use task_api_json::{Kind, LineIndex, Node, SyntaxErrorKind, Tree, apply_edits, parse};

/// Checks everything that must hold for any text.
pub(crate) fn check_invariants(text: &str) {
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
        assert!(error.related.is_none_or(|related| text.get(related.range()).is_some()), "{error:?} of {text:?}");
        if !error.edits.is_empty() {
            let mended = apply_edits(text, &error.edits).expect("edits of one error fit the text");
            assert_ne!(mended, text);
            assert!(error.fix_title().is_some());
        }
    }
    agrees_with_serde_json(text, &tree);
}

fn check_subtree(root: Node<'_>, text: &str) {
    let tree_is_valid = root.tree().is_valid();
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
        if matches!(node.kind(), Kind::String | Kind::Key) {
            let (inner, value) = (node.inner(), node.as_str().expect("it is a string"));
            assert_eq!(inner, node.inner_span().of(text));
            assert!(node.is_str(&value) && !node.is_str(&format!("{value}x")), "{node:?} of {text:?}");
            // With quotes, but for what is without one or both of them.
            let quotes = node.source().len() - inner.len();
            assert!(quotes <= 2 && (quotes == 2 || !tree_is_valid), "{node:?} of {text:?}");
        }
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
