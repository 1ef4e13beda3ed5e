//! Registries: which one an image reference names, and which digest is the reference's own.

use task_api_core::image::{self, ImageReference};

/// Docker's own registry, which is meant where a reference names none.
const HUB: &str = "docker.io";
const HUB_HOSTS: [&str; 3] = [HUB, "index.docker.io", "registry-1.docker.io"];
/// What it is called where Docker keeps credentials.
const HUB_KEY: &str = "https://index.docker.io/v1/";
const DEFAULT_TAG: &str = "latest";

/// A registry, by host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registry(String);

/// Where an image is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repository {
    pub(crate) registry: Registry,
    pub(crate) path: String,
    /// Whether the reference says so, or the registry is Docker's because it names none.
    pub(crate) is_registry_named: bool,
}

impl Registry {
    /// The registry of an address as people write it: `https://registry.example.com/project`.
    pub(crate) fn of_address(address: &str) -> Registry {
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        let is_hub = HUB_HOSTS.contains(&host.as_str());
        Registry(if is_hub { HUB.to_owned() } else { host })
    }

    /// As messages call it.
    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// As Docker's configuration and credential helpers call it.
    pub(crate) fn key(&self) -> &str {
        if self.0 == HUB { HUB_KEY } else { &self.0 }
    }

    /// What `docker login` is given.
    pub(crate) fn login_argument(&self) -> String {
        if self.0 == HUB { String::new() } else { format!(" {}", self.0) }
    }
}

impl Repository {
    /// `None` for what is no reference.
    pub(crate) fn of(reference: &str) -> Option<Repository> {
        Some(Repository::of_parts(&image::parse(reference).ok()?))
    }

    fn of_parts(image: &ImageReference<'_>) -> Repository {
        let registry = Registry::of_address(image.registry.unwrap_or(HUB));
        let is_official = registry.0 == HUB && !image.repository.contains('/');
        let path = if is_official { format!("library/{}", image.repository) } else { image.repository.to_owned() };
        Repository { registry, path, is_registry_named: image.registry.is_some() }
    }
}

/// An image's id, which no registry knows: `sha256:…` or the digits alone.
pub(crate) fn is_image_id(reference: &str) -> bool {
    let digits = reference.strip_prefix("sha256:").unwrap_or(reference);
    digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The tag to ask for where the reference names neither tag nor digest: without one, the engine
/// would pull every tag of the repository.
pub(crate) fn tag_to_add(reference: &str) -> Option<&'static str> {
    let image = image::parse(reference).ok()?;
    (image.tag.is_none() && image.digest.is_none()).then_some(DEFAULT_TAG)
}

/// The one of an image's digests, `repository@sha256:…`, that is in the repository which the
/// reference names, however the engine writes that.
pub(crate) fn digest_of(reference: &str, digests: &[String]) -> Option<String> {
    let wanted = image::parse(reference).ok()?;
    let repository = Repository::of_parts(&wanted);
    let ours: Vec<&String> = digests
        .iter()
        .filter(|digest| {
            Repository::of(digest)
                .is_some_and(|known| (&known.registry, &known.path) == (&repository.registry, &repository.path))
        })
        .collect();
    let exact = ours.iter().find(|digest| image::parse(digest).is_ok_and(|known| known.digest == wanted.digest));
    exact.or(ours.first()).map(|digest| (*digest).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    fn registry(reference: &str) -> (String, String) {
        let repository = Repository::of(reference).expect(reference);
        (repository.registry.key().to_owned(), repository.path)
    }

    #[test]
    fn a_reference_without_registry_is_docker_hubs() {
        for reference in ["busybox", "busybox:1", "docker.io/busybox", "index.docker.io/library/busybox"] {
            assert_eq!(registry(reference), (HUB_KEY.to_owned(), "library/busybox".to_owned()), "{reference}");
        }
        assert_eq!(registry("example/tools:1"), (HUB_KEY.to_owned(), "example/tools".to_owned()));
        assert_eq!(registry("localhost/tools"), ("localhost".to_owned(), "tools".to_owned()));
        assert_eq!(registry("127.0.0.1:5000/a/tools:1"), ("127.0.0.1:5000".to_owned(), "a/tools".to_owned()));
        assert!(Repository::of("busybox").is_some_and(|it| !it.is_registry_named));
        assert_eq!(Repository::of("/x"), None);
    }

    #[test]
    fn addresses_come_down_to_their_host() {
        for address in [
            "registry.example.com:8443",
            "https://registry.example.com:8443",
            "https://Registry.example.com:8443/v2/project?x",
            "https://user:word@registry.example.com:8443/",
        ] {
            assert_eq!(Registry::of_address(address).name(), "registry.example.com:8443", "{address}");
        }
        assert_eq!(Registry::of_address("https://index.docker.io/v1/").key(), HUB_KEY);
        assert_eq!(Registry::of_address("https://index.docker.io/v1/").name(), HUB);
    }

    #[test]
    fn the_digest_is_that_of_the_repository() {
        let digests = [format!("x/a@{A}"), format!("localhost:5000/a@{B}"), format!("docker.io/library/b@{B}")];
        let of = |reference: &str| digest_of(reference, &digests);
        assert_eq!(of("localhost:5000/a:tag"), Some(format!("localhost:5000/a@{B}")));
        assert_eq!(of("localhost:5000/a"), Some(format!("localhost:5000/a@{B}")));
        assert_eq!(of("docker.io/x/a:1"), Some(format!("x/a@{A}")));
        assert_eq!(of("b:1"), Some(format!("docker.io/library/b@{B}")));
        assert_eq!(of("other"), None, "the digest of another repository names an image that may not be there");
        let two = [format!("a@{A}"), format!("a@{B}")];
        assert_eq!(digest_of(&format!("a@{B}"), &two), Some(format!("a@{B}")));
        assert_eq!(digest_of("a:1", &two), Some(format!("a@{A}")));
    }

    #[test]
    fn one_image_is_pulled_and_not_a_repository() {
        assert_eq!(tag_to_add("localhost:5000/a"), Some("latest"));
        assert_eq!(tag_to_add("a:1"), None);
        assert_eq!(tag_to_add(&format!("a@{A}")), None);
        assert!(is_image_id(A) && is_image_id(&A[7..]) && !is_image_id("a:1"));
    }
}
