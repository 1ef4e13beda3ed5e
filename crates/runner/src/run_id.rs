//! Run ids: short, sortable by time, and safe in file names, container names and URLs.

use std::{
    fmt,
    hash::{BuildHasher, Hasher},
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

/// Nine characters of milliseconds since 1970 and four at random, in Crockford's base 32. Two that
/// are equal all the same are told apart by the record file, which is never overwritten, and by
/// the container's name, which the engine gives only once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TIME_CHARACTERS: u32 = 9;
const RANDOM_CHARACTERS: u32 = 4;

impl RunId {
    pub fn new() -> RunId {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        RunId::from_parts(since_1970.as_millis() as u64, random())
    }

    /// `None` for text that is not safe to build a file name, a container name or a URL from.
    pub fn parse(text: &str) -> Option<RunId> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        fits.then(|| RunId(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The container's name follows from the id, so that a record written before the container
    /// exists finds it.
    pub fn container_name(&self) -> String {
        format!("task-api-{}", self.0)
    }

    fn from_parts(millis: u64, random: u64) -> RunId {
        let mut text = String::new();
        push_base32(&mut text, millis, TIME_CHARACTERS);
        push_base32(&mut text, random, RANDOM_CHARACTERS);
        RunId(text)
    }
}

impl Default for RunId {
    fn default() -> RunId {
        RunId::new()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RunId {
    type Error = String;

    fn try_from(text: String) -> Result<RunId, String> {
        RunId::parse(&text).ok_or_else(|| format!("`{text}` is not a run id"))
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> String {
        id.0
    }
}

fn push_base32(text: &mut String, number: u64, characters: u32) {
    for place in (0..characters).rev() {
        let digit = (number >> (5 * place)) & 31;
        text.push(char::from(ALPHABET[digit as usize]));
    }
}

/// The standard library seeds its hashers from the operating system's randomness.
fn random() -> u64 {
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time() {
        let earlier = RunId::from_parts(1_700_000_000_000, u64::MAX);
        let later = RunId::from_parts(1_700_000_000_001, 0);
        assert!(earlier < later, "{earlier} {later}");
        assert_eq!(earlier.as_str().len(), 13);
        assert_eq!(earlier.as_str(), "1hf7yat00zzzz");
    }

    #[test]
    fn ids_made_at_once_differ() {
        let ids: std::collections::BTreeSet<RunId> = (0..100).map(|_| RunId::new()).collect();
        assert!(ids.len() > 98, "{}", ids.len());
    }

    #[test]
    fn ids_that_would_leave_a_path_are_refused() {
        for text in ["", "../x", "a/b", "a?b", "A", "a b", "é", "a.b", &"a".repeat(65)] {
            assert_eq!(RunId::parse(text), None, "{text}");
        }
        assert!(serde_json::from_str::<RunId>("\"../x\"").is_err());
        assert!(serde_json::from_str::<RunId>("\"1hf7yat00zzzz\"").is_ok());
    }
}
