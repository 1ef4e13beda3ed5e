//! The connection to a container engine, and the translation of its errors into ours.

use std::{path::Path, time::Duration};

use bollard::Docker;

use crate::{
    create::Capabilities,
    error::{Attempt, Error, Result},
    patience::Patience,
    record::EngineIdentity,
    registry::digest_of,
    surroundings::{Candidate, Surroundings},
};

/// A reachable engine.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) docker: Docker,
    pub(crate) identity: EngineIdentity,
    pub(crate) patience: Patience,
    /// Asked for early by whoever is going to start something.
    pub(crate) holdings: Option<Holdings>,
}

/// What an engine has, as far as it says so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holdings {
    pub(crate) id: Option<String>,
    pub(crate) capabilities: Capabilities,
}

/// An image that is present on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageInfo {
    pub id: String,
    /// See [`crate::ImageRecord::digest`].
    pub digest: String,
    /// Such as `linux/amd64`.
    pub platform: String,
}

/// The name of Docker's own engine.
pub(crate) const DOCKER: &str = "Docker Engine";
/// Requests are sent without a version, so that each engine answers with its newest; what they
/// need is in Docker Engine 20.10.
const MINIMUM_API_VERSION: (u64, u64) = (1, 41);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const REQUEST_TIMEOUT_SECONDS: u64 = 120;

impl Engine {
    /// Connects to the first engine that answers, in the Docker command line's order.
    pub async fn connect(surroundings: &Surroundings) -> Result<Engine> {
        Engine::connect_and_ask(surroundings, false).await
    }

    /// Likewise, and asks at once for what [`Engine::start`] has to know: engines take their time to
    /// answer that.
    pub async fn connect_to_start(surroundings: &Surroundings) -> Result<Engine> {
        Engine::connect_and_ask(surroundings, true).await
    }

    async fn connect_and_ask(surroundings: &Surroundings, is_to_start: bool) -> Result<Engine> {
        let mut tried = Vec::new();
        for candidate in surroundings.candidates()? {
            match connect_to(&candidate, is_to_start).await {
                Ok(engine) => return Ok(engine),
                Err(ConnectError::Fatal(error)) => return Err(error),
                Err(ConnectError::Unreachable(problem)) => {
                    tried.push(Attempt { source: candidate.source, address: candidate.address, problem });
                }
            }
        }
        Err(Error::NoEngine { tried })
    }

    pub fn identity(&self) -> &EngineIdentity {
        &self.identity
    }

    /// Whether paths and process ids mean the same to the engine as to us.
    pub fn is_local(&self) -> bool {
        self.identity.address.starts_with("unix://")
    }

    /// The image, which must be present.
    pub async fn image(&self, reference: &str) -> Result<ImageInfo> {
        check_image_reference(reference)?;
        let image = self.docker.inspect_image(reference).await.map_err(|error| match status(&error) {
            Some(404) => Error::ImageMissing { reference: reference.to_owned() },
            _ => engine_error(&format!("to look at the image `{reference}`"), &error),
        })?;
        let id = image.id.unwrap_or_default();
        let parts = [image.os, image.architecture, image.variant].into_iter().flatten();
        let platform = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        let digest = digest_of(reference, &image.repo_digests.unwrap_or_default());
        Ok(ImageInfo { digest: digest.unwrap_or_else(|| id.clone()), id, platform })
    }
}

enum ConnectError {
    /// Looking further would be wrong.
    Fatal(Error),
    Unreachable(String),
}

async fn connect_to(candidate: &Candidate, is_to_start: bool) -> Result<Engine, ConnectError> {
    let unsupported = |reason: &str| {
        ConnectError::Fatal(Error::UnsupportedAddress {
            source_name: candidate.source.clone(),
            address: candidate.address.clone(),
            reason: reason.to_owned(),
        })
    };
    let address = candidate.address.as_str();
    let scheme = address.split_once("://").map_or("", |(scheme, _)| scheme);
    let version = bollard::API_DEFAULT_VERSION;
    let docker = match scheme {
        "unix" if cfg!(unix) => {
            if !Path::new(&address["unix://".len()..]).exists() {
                return Err(ConnectError::Unreachable("there is no such socket".to_owned()));
            }
            Docker::connect_with_socket(address, REQUEST_TIMEOUT_SECONDS, version)
        }
        "npipe" if cfg!(windows) => Docker::connect_with_socket(address, REQUEST_TIMEOUT_SECONDS, version),
        "tcp" | "http" if candidate.tls => {
            return Err(unsupported("connections with TLS are not supported yet; use a socket or plain tcp://"));
        }
        "tcp" | "http" => Docker::connect_with_http(address, REQUEST_TIMEOUT_SECONDS, version),
        "https" => return Err(unsupported("connections with TLS are not supported yet")),
        "ssh" => {
            return Err(unsupported(
                "ssh:// is not supported yet; forward the socket with `ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock HOST` \
                 and set DOCKER_HOST=unix:///tmp/engine.sock",
            ));
        }
        "" => {
            return Err(unsupported("an address begins with unix://, tcp:// or http://"));
        }
        other => {
            return Err(unsupported(&format!("{other}:// is not supported, only unix://, tcp:// and http://")));
        }
    };
    let docker = docker.map_err(|error| ConnectError::Unreachable(words(&error)))?;
    let holdings = async {
        // Who starts something asks again if this fails, and says why.
        if is_to_start { holdings(&docker).await.ok() } else { None }
    };
    let answers = async { tokio::join!(docker.version(), holdings) };
    let (answer, holdings) = match tokio::time::timeout(CONNECT_TIMEOUT, answers).await {
        Ok((Ok(answer), holdings)) => (answer, holdings),
        Ok((Err(error), _)) => return Err(ConnectError::Unreachable(with_advice(words(&error)))),
        Err(_) => {
            return Err(ConnectError::Unreachable(format!("no answer within {CONNECT_TIMEOUT:?}")));
        }
    };
    let name = answer
        .components
        .unwrap_or_default()
        .into_iter()
        .map(|component| component.name)
        .find(|name| name == "Engine" || name.contains("Podman"));
    let identity = EngineIdentity {
        address: address.to_owned(),
        name: match name.as_deref() {
            Some("Engine") | None => DOCKER.to_owned(),
            Some(name) => name.to_owned(),
        },
        version: answer.version.unwrap_or_default(),
        api_version: answer.api_version.unwrap_or_default(),
        id: None,
    };
    if parse_api_version(&identity.api_version).is_some_and(|version| version < MINIMUM_API_VERSION) {
        let (major, minor) = MINIMUM_API_VERSION;
        return Err(ConnectError::Fatal(Error::EngineTooOld {
            address: identity.address,
            api_version: identity.api_version,
            minimum: format!("{major}.{minor}"),
        }));
    }
    Ok(Engine { docker, identity, patience: Patience::default(), holdings })
}

pub(crate) async fn holdings(docker: &Docker) -> Result<Holdings> {
    let info = docker.info().await.map_err(|error| engine_error("to say what it has", &error))?;
    let processors = info.ncpu.and_then(|count| u64::try_from(count).ok()).filter(|count| *count > 0);
    Ok(Holdings { id: info.id, capabilities: Capabilities { processors, log_driver: info.logging_driver } })
}

fn with_advice(problem: String) -> String {
    if problem.to_lowercase().contains("permission denied") {
        return format!("{problem} (is this user in the group `docker`?)");
    }
    problem
}

fn parse_api_version(text: &str) -> Option<(u64, u64)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// References go into URLs, where a space or `..` would ask for something else.
pub(crate) fn check_image_reference(reference: &str) -> Result<()> {
    let fits = !reference.is_empty()
        && reference.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/:@-".contains(&byte))
        && reference.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if fits { Ok(()) } else { Err(Error::ImageName { reference: reference.to_owned() }) }
}

pub(crate) fn status(error: &bollard::errors::Error) -> Option<u16> {
    match error {
        bollard::errors::Error::DockerResponseServerError { status_code, .. } => Some(*status_code),
        _ => None,
    }
}

/// `doing` completes "the engine refused …".
pub(crate) fn engine_error(doing: &str, error: &bollard::errors::Error) -> Error {
    let words = words(error);
    match status(error) {
        Some(_) => Error::EngineRefused { doing: doing.to_owned(), words },
        None => Error::EngineLost { doing: format!("asking it {doing}"), words },
    }
}

/// The engine's own words where it spoke, else the whole chain of causes.
pub(crate) fn words(error: &bollard::errors::Error) -> String {
    if let bollard::errors::Error::DockerResponseServerError { status_code, message } = error {
        return match message.trim() {
            "" => format!("status {status_code}"),
            message => message.to_owned(),
        };
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_that_would_leave_the_url_are_refused() {
        for reference in ["a", "a:1", "localhost:5000/a/b:1.2", "a@sha256:00ff", "sha256:00ff", "A_b-c.d/e"] {
            assert!(check_image_reference(reference).is_ok(), "{reference}");
        }
        for reference in ["", "a b", "../a", "a/../b", "a//b", "a?b", "a%2e", "ä", "/a", "a\n", "a#b"] {
            assert!(check_image_reference(reference).is_err(), "{reference}");
        }
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(parse_api_version("1.9") < parse_api_version("1.41"));
        assert_eq!(parse_api_version("odd"), None);
    }
}
