//! Names of documents. Clients encode one and the same path in several ways, and paths in task-api.toml are not encoded
//! at all; so inside, a file is known by `file://` and its path as it is, decoded.

use task_api_ide::uri;

/// The name of a document inside.
pub fn key(written: &str) -> String {
    let Some(rest) = written.strip_prefix("file://") else { return written.to_owned() };
    match uri::decode(rest) {
        Some(path) => with_small_drive(format!("file://{path}")),
        None => written.to_owned(),
    }
}

/// The name of the file at an absolute path of this machine.
#[cfg(feature = "stdio")]
pub(crate) fn of_path(path: &str) -> String {
    format!("file://{path}")
}

/// The absolute path of a document that is a file of this machine.
pub(crate) fn path_of(key: &str) -> Option<&str> {
    key.strip_prefix("file://").filter(|path| path.starts_with('/'))
}

/// The absolute directory of a document that is a file of this machine.
pub(crate) fn directory_of(key: &str) -> Option<&str> {
    let (directory, _) = path_of(key)?.rsplit_once('/')?;
    Some(if directory.is_empty() { "/" } else { directory })
}

/// A folder's name with its slash at the end, by which the names of all that is in it begin.
pub(crate) fn folder(uri: &str) -> String {
    let key = key(uri);
    if key.ends_with('/') { key } else { format!("{key}/") }
}

/// The directories around a document, the nearest first, each with its slash at the end.
pub(crate) fn directories(key: &str) -> impl Iterator<Item = &str> {
    let start = key.find("://").map_or(0, |scheme| scheme + 3);
    key.char_indices().rev().filter(move |&(at, letter)| letter == '/' && at >= start).map(|(at, _)| &key[..=at])
}

/// Clients do not agree on the case of a drive's letter.
fn with_small_drive(mut key: String) -> String {
    let drive = "file:///".len();
    let bytes = key.as_bytes();
    if bytes.get(drive + 1) == Some(&b':') && bytes.get(drive).is_some_and(u8::is_ascii_uppercase) {
        let letter = key[drive..=drive].to_ascii_lowercase();
        key.replace_range(drive..=drive, &letter);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_one_name() {
        assert_eq!(key("file:///a%20b/%C3%BC.json"), "file:///a b/ü.json");
        assert_eq!(key("file:///a b/ü.json"), "file:///a b/ü.json");
        assert_eq!(key("file:///C%3A/x.json"), key("file:///c:/x.json"));
        assert_eq!(key("file:///%ff.json"), "file:///%ff.json");
        assert_eq!(key("untitled:Untitled-1"), "untitled:Untitled-1");
    }

    #[test]
    fn names_come_back() {
        for path in ["/a b/ü.json", "/100%.json", "/a:b?c#d", "/%41"] {
            let key = format!("file://{path}");
            assert_eq!(super::key(&uri::of_document(&key)), key);
        }
    }

    #[test]
    fn directories_go_up_to_the_root() {
        assert_eq!(directories("file:///a/b.json").collect::<Vec<_>>(), ["file:///a/", "file:///"]);
        assert_eq!(directories("untitled:x").count(), 0);
        assert_eq!(directory_of("file:///a/b.json"), Some("/a"));
        assert_eq!(directory_of("file:///b.json"), Some("/"));
    }
}
