//! Paths as URI references, and back. The one place for it: inside, files are known by their paths as they are.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const MEANS_SOMETHING_ELSE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b'@');

/// A path in a URI reference: what would mean something else there is percent-encoded.
pub fn encode(path: &str) -> String {
    utf8_percent_encode(path, MEANS_SOMETHING_ELSE).to_string()
}

/// The URI of a document, as others read it. Files are known by `file://` and their paths as they are, all else by its
/// URI.
pub fn of_document(name: &str) -> String {
    name.strip_prefix("file://").map_or_else(|| name.to_owned(), |path| format!("file://{}", encode(path)))
}

/// The text of a part of a URI; `None` where that is not UTF-8.
pub fn decode(encoded: &str) -> Option<String> {
    percent_decode_str(encoded).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back() {
        for path in ["a b/ü.json", "/tmp/x", "100%.json", "a:b?c#d", "%41"] {
            assert_eq!(decode(&encode(path)).as_deref(), Some(path));
        }
        assert_eq!(encode("a b/ü%"), "a%20b/%C3%BC%25");
        assert_eq!(decode("50%/%zz%4"), Some("50%/%zz%4".to_owned()));
        assert_eq!(decode("%+1"), Some("%+1".to_owned()));
        assert_eq!(decode("%ff"), None);
    }
}
