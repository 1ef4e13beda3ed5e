//! Image references, as Docker writes them: `registry/path:tag@digest`.

/// The parts of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageReference<'a> {
    /// Host and port of the registry, where one is named.
    pub registry: Option<&'a str>,
    pub repository: &'a str,
    pub tag: Option<&'a str>,
    pub digest: Option<&'a str>,
}

/// Takes a reference apart, or says why it is none.
pub fn parse(text: &str) -> Result<ImageReference<'_>, &'static str> {
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.contains("://") {
        return Err("it is written without `https://`");
    }
    if text.contains(char::is_whitespace) {
        return Err("it has a space in it");
    }
    let (name, digest) = match text.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (text, None),
    };
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Err("what stands behind `@` is no digest such as sha256:…");
    }
    let last_slash = name.rfind('/').map_or(0, |at| at + 1);
    let (path, tag) = match name[last_slash..].rfind(':') {
        Some(colon) => (&name[..last_slash + colon], Some(&name[last_slash + colon + 1..])),
        None => (name, None),
    };
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Err("what stands behind `:` is no tag");
    }
    let (registry, repository) = match path.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), rest),
        _ => (None, path),
    };
    if repository.split('/').any(str::is_empty) {
        return Err("a part between the slashes is empty");
    }
    if repository.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err("the name of an image is in lower case");
    }
    if !repository.split('/').all(is_component) {
        return Err("its name has a character that is not allowed");
    }
    Ok(ImageReference { registry, repository, tag, digest })
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_component(part: &str) -> bool {
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = part.as_bytes();
    let ends_well = |byte: Option<&u8>| byte.is_some_and(|&byte| is_alphanumeric(byte));
    ends_well(bytes.first())
        && ends_well(bytes.last())
        && bytes.iter().all(|&byte| is_alphanumeric(byte) || matches!(byte, b'.' | b'_' | b'-'))
        && !part.contains("..")
}

fn is_tag(tag: &str) -> bool {
    let starts_well = tag.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_');
    starts_well
        && tag.len() <= 128
        && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    !algorithm.is_empty() && hex.len() >= 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart() {
        let digest = "sha256:7173b809ca12ec5dee4506cd86be934c4596dd234ee82c0662eac04a8c2c71dc";
        let text = format!("localhost:5000/a/b_c:1.0@{digest}");
        let image = parse(&text).unwrap();
        assert_eq!(image.registry, Some("localhost:5000"));
        assert_eq!((image.repository, image.tag, image.digest), ("a/b_c", Some("1.0"), Some(digest)));
        assert_eq!(parse("lungs").unwrap().tag, None);
        assert_eq!(parse("kaapana/example:latest").unwrap().registry, None);
    }

    #[test]
    fn what_is_no_reference_is_told_why() {
        let bad =
            ["", "https://a/b", "a b", "/dummy:latest", "Lungs:1", "a//b", "a:", "a@sha256:12", "a:b:c/", "-a", "a..b"];
        for text in bad {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
