//! The one type that holds secrets. It cannot be printed by accident: `Debug`, `Display` and
//! serialisation all show a placeholder, and the text comes out through [`Secret::reveal`] only.

use std::fmt;

use serde::{Serialize, Serializer};

/// What is shown in place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Whether a variable of this name usually holds a secret.
pub fn is_secret_name(name: &str) -> bool {
    const MARKS: [&str; 9] =
        ["password", "passwd", "secret", "token", "apikey", "accesskey", "privatekey", "credential", "passphrase"];
    // Outlines ask this of every name in a document.
    MARKS.iter().any(|mark| has_letters(name.as_bytes(), mark.as_bytes()))
}

/// Whether the Latin letters and digits of a name have those of a mark among them, in whatever case.
fn has_letters(name: &[u8], mark: &[u8]) -> bool {
    let begins = |at: usize| {
        let mut letters = name[at..].iter().filter(|byte| byte.is_ascii_alphanumeric());
        mark.iter().all(|wanted| letters.next().is_some_and(|letter| letter.eq_ignore_ascii_case(wanted)))
    };
    let first = mark.first().copied().unwrap_or_default();
    (0..name.len()).any(|at| name[at].eq_ignore_ascii_case(&first) && begins(at))
}

#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself, for the one place that must send it on.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_itself_to_nobody_who_does_not_ask() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?}"), "[redacted] [redacted]");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"[redacted]\"");
        assert_eq!(secret.reveal(), "hunter2");
    }

    #[test]
    fn names_of_secrets_are_recognised() {
        assert!(
            ["DB_PASSWORD", "apiKey", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "_p-a.s s_WORD", "ä_Token", "ttoken"]
                .iter()
                .all(|name| is_secret_name(name))
        );
        assert!(
            !["THRESHOLD", "KEYCLOAK_URL", "MONKEY", "tokn", "passwor", "", "--", "ä"]
                .iter()
                .any(|name| is_secret_name(name))
        );
    }
}
