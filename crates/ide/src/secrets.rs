//! Which values of a file are secrets. Nothing here shows one, wherever it comes from.

use std::borrow::Cow;

use task_api_core::secret::{REDACTED, is_secret_name};
use task_api_json::Node;

/// Whether a value stands below the name of a secret, or in a variable that has such a name.
pub(crate) fn is_secret(node: Node<'_>) -> bool {
    let value = node.value_of_key().unwrap_or(node);
    std::iter::successors(Some(value), |node| node.container()).any(is_named_as_secret)
}

/// Whether a value has the name of a secret itself, or is that of a variable which has.
pub(crate) fn is_named_as_secret(node: Node<'_>) -> bool {
    let Some(key) = node.key().and_then(Node::as_str) else { return false };
    // Names of secrets that are kept elsewhere, as in `imagePullSecrets`, are none themselves.
    let is_named = is_secret_name(&key) && key != "imagePullSecrets";
    is_named || (matches!(&*key, "value" | "choices") && node.container().is_some_and(is_variable_of_secret))
}

/// Whether an object is a variable with the name of a secret.
pub(crate) fn is_variable_of_secret(node: Node<'_>) -> bool {
    node.get("name").and_then(Node::as_str).is_some_and(|name| is_secret_name(&name))
        && node.members().any(|(key, _)| key.is_str("value") || key.is_str("choices"))
}

/// A variable's value as it may be shown.
pub(crate) fn shown_value<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    let is_hidden = is_secret_name(name) && !value.is_empty();
    if is_hidden { Cow::Borrowed(REDACTED) } else { Cow::Borrowed(value) }
}

/// The words of a command as they may be shown: what an option of a secret's name is given is left out.
pub(crate) fn shown_words<'a>(words: impl Iterator<Item = Cow<'a, str>>) -> Vec<String> {
    let mut is_value_of_secret = false;
    let shown = |word: Cow<'a, str>| {
        let is_hidden = std::mem::take(&mut is_value_of_secret) && !word.starts_with('-');
        if is_hidden {
            return REDACTED.to_owned();
        }
        match word.split_once('=') {
            Some((name, value)) if is_secret_name(name) && !value.is_empty() => format!("{name}={REDACTED}"),
            _ => {
                is_value_of_secret = word.starts_with('-') && !word.contains([' ', '=']) && is_secret_name(&word);
                without_password(&word)
            }
        }
    };
    words.map(shown).collect()
}

/// A URL without what stands before its host.
fn without_password(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) if rest[..at].contains(':') => format!("{scheme}://{REDACTED}{}", &rest[at..]),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_below_and_beside_names_of_secrets() {
        let text = r#"{"env": [{"name": "API_TOKEN", "value": "a", "choices": ["b"]}, {"name": "UNIT", "value": "c"}],
            "config": {"registryPassword": "d", "labels": {"db_secret": {"e": 1}}, "imagePullSecrets": ["f"]}}"#;
        let tree = task_api_json::parse(text);
        let root = tree.root(text);
        let is = |pointer: &str| root.resolve(pointer).is_some_and(is_secret);
        assert!(is("/env/0/value") && is("/env/0/choices/0") && is("/config/registryPassword"));
        assert!(is("/config/labels/db_secret/e"));
        assert!(!is("/env/1/value") && !is("/config/imagePullSecrets/0") && !is("/env"));
    }

    #[test]
    fn words_of_commands_lose_their_secrets() {
        let words = ["run", "--token", "t0p", "--password=hunter2", "https://me:pw@host/x", "--token", "--fast", "a=b"];
        assert_eq!(
            shown_words(words.into_iter().map(Cow::Borrowed)),
            [
                "run",
                "--token",
                REDACTED,
                "--password=[redacted]",
                "https://[redacted]@host/x",
                "--token",
                "--fast",
                "a=b"
            ]
        );
    }
}
