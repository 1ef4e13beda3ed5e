//! Names of tasks and channels as names of directories.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Longer names are cut, and told apart by a hash: file systems take 255 bytes.
const LONGEST: usize = 120;

/// A name of one directory for any text. Letters, digits, `-`, `_` and `.` stay, everything else becomes `%` and the
/// number of each byte, so that different texts have different names and none leads out of its directory.
pub(crate) fn directory_name(text: &str) -> String {
    let mut name = String::new();
    for (at, char) in text.char_indices() {
        let stays = char.is_alphanumeric() || char == '-' || char == '_' || (char == '.' && at > 0);
        if stays {
            name.push(char);
            continue;
        }
        for byte in char.encode_utf8(&mut [0; 4]).bytes() {
            let _ = write!(name, "%{byte:02X}");
        }
    }
    if name.is_empty() {
        return "%".to_owned();
    }
    if name.len() <= LONGEST {
        return name;
    }
    let hash = hex(&Sha256::digest(text.as_bytes())[..8]);
    let end = (0..=LONGEST).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    // No other name has two of these in a row.
    format!("{}%%{hash}", &name[..end])
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_single_directories_and_differ() {
        let long = "x".repeat(300);
        let longer = "x".repeat(301);
        let texts = [
            "get-data",
            "a.b",
            "..",
            ".",
            "",
            "%",
            "%%",
            "/",
            "../../etc",
            "a/b",
            "a%2Fb",
            "a\nb",
            " ",
            "-",
            "~",
            "é",
            "a b",
            "A",
            "%2E",
            &long,
            &longer,
            "\u{1b}[2J",
            "🫁",
        ];
        let names: Vec<String> = texts.iter().map(|text| directory_name(text)).collect();
        for name in &names {
            let is_safe = !name.is_empty()
                && name.len() < 200
                && !name.starts_with('.')
                && !name.contains(['/', '\0', '\n', ' ']);
            assert!(is_safe, "{name:?}");
        }
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), texts.len(), "{names:?}");
        assert_eq!(&names[..4], ["get-data", "a.b", "%2E.", "%2E"]);
        assert_eq!(names[19].len(), 120 + 2 + 16);
    }
}
