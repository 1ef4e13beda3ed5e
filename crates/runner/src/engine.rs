//! The connection to a container engine, and the translation of its errors into ours.

use std::{path::Path, sync::Arc, time::Duration};

use bollard::{Docker, errors::Error as ClientError};

use crate::{
    create::Capabilities,
    error::{Attempt, Error, Result},
    patience::Patience,
    record::EngineIdentity,
    registry::digest_of,
    ssh::SshAddress,
    surroundings::{Candidate, Surroundings},
    tls::{self, TlsClient, TlsFiles},
    tunnel::{self, Reach},
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
    /// Bytes.
    pub(crate) memory: Option<u64>,
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
const PODMAN: &str = "Podman";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A whole login is part of it.
const SSH_CONNECT_TIMEOUT: Duration = Duration::from_secs(35);
const DEFAULT_PORT: u16 = 2375;
const TLS_FILES: &str =
    "; DOCKER_CERT_PATH, or the Docker context, names the directory of ca.pem, cert.pem and key.pem";
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
            match connect_to(&candidate, surroundings, is_to_start).await {
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

    /// The memory of the engine's machine in bytes, if it says.
    pub async fn memory(&self) -> Result<Option<u64>> {
        match &self.holdings {
            Some(holdings) => Ok(holdings.memory),
            None => Ok(holdings(&self.docker).await?.memory),
        }
    }

    /// Podman's Docker API has ways of its own.
    pub(crate) fn is_podman(&self) -> bool {
        self.identity.name.contains(PODMAN)
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

async fn connect_to(
    candidate: &Candidate,
    surroundings: &Surroundings,
    is_to_start: bool,
) -> Result<Engine, ConnectError> {
    let unsupported = |reason: &str| {
        ConnectError::Fatal(Error::UnsupportedAddress {
            source_name: candidate.source.clone(),
            address: candidate.address.clone(),
            reason: reason.to_owned(),
        })
    };
    let address = candidate.address.as_str();
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let version = bollard::API_DEFAULT_VERSION;
    let docker = match scheme {
        "unix" if cfg!(unix) => {
            if !Path::new(&address["unix://".len()..]).exists() {
                return Err(ConnectError::Unreachable("there is no such socket".to_owned()));
            }
            Docker::connect_with_socket(address, REQUEST_TIMEOUT_SECONDS, version)
        }
        "npipe" if cfg!(windows) => Docker::connect_with_socket(address, REQUEST_TIMEOUT_SECONDS, version),
        "tcp" | "http" | "https" => match tls_files(candidate, scheme, surroundings) {
            Some(files) => {
                let client =
                    TlsClient::new(rest, files).map_err(|problem| unsupported(&format!("{problem}{TLS_FILES}")))?;
                tunnel::open(Reach::Tls(Arc::new(client)), REQUEST_TIMEOUT_SECONDS)
            }
            None => {
                let address = format!("tcp://{}", tls::with_port(rest, DEFAULT_PORT));
                Docker::connect_with_http(&address, REQUEST_TIMEOUT_SECONDS, version)
            }
        },
        "ssh" => {
            let mut ssh = SshAddress::parse(rest).map_err(|problem| unsupported(&problem))?;
            ssh.path = surroundings.path.clone();
            tunnel::open(Reach::Ssh(Arc::new(ssh)), REQUEST_TIMEOUT_SECONDS)
        }
        "" => {
            return Err(unsupported("an address begins with unix://, tcp://, http:// or ssh://"));
        }
        other => {
            return Err(unsupported(&format!("{other}:// is not supported, only unix://, tcp://, http:// and ssh://")));
        }
    };
    let docker = docker.map_err(|error| ConnectError::Unreachable(words(&error)))?;
    let limit = if scheme == "ssh" { SSH_CONNECT_TIMEOUT } else { CONNECT_TIMEOUT };
    let holdings = async {
        // Who starts something asks again if this fails, and says why.
        if is_to_start { holdings(&docker).await.ok() } else { None }
    };
    let answers = async { tokio::join!(docker.version(), holdings) };
    let (answer, holdings) = match tokio::time::timeout(limit, answers).await {
        Ok((Ok(answer), holdings)) => (answer, holdings),
        Ok((Err(error), _)) => return Err(ConnectError::Unreachable(with_advice(words(&error)))),
        Err(_) => {
            return Err(ConnectError::Unreachable(format!("no answer within {limit:?}")));
        }
    };
    let name = answer
        .components
        .unwrap_or_default()
        .into_iter()
        .map(|component| component.name)
        .find(|name| name == "Engine" || name.contains(PODMAN));
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
    let memory = info.mem_total.and_then(|bytes| u64::try_from(bytes).ok()).filter(|bytes| *bytes > 0);
    Ok(Holdings { id: info.id, memory, capabilities: Capabilities { processors, log_driver: info.logging_driver } })
}

/// `https://` is as good as `DOCKER_TLS_VERIFY`.
fn tls_files(candidate: &Candidate, scheme: &str, surroundings: &Surroundings) -> Option<TlsFiles> {
    candidate.tls.clone().or_else(|| {
        let directory = surroundings.docker_cert_path.clone().or_else(|| surroundings.config_dir());
        (scheme == "https").then(|| TlsFiles { directory: directory.unwrap_or_default(), verifies: true })
    })
}

fn with_advice(problem: String) -> String {
    if problem.contains("HTTP request to an HTTPS server") {
        return format!(
            "{problem} (set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the directory of the certificates)"
        );
    }
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

pub(crate) fn status(error: &ClientError) -> Option<u16> {
    match error {
        ClientError::DockerResponseServerError { status_code, .. } => Some(*status_code),
        _ => None,
    }
}

/// `doing` completes "the engine refused …".
pub(crate) fn engine_error(doing: &str, error: &ClientError) -> Error {
    let (doing, words) = (doing.to_owned(), words(error));
    match error {
        ClientError::DockerResponseServerError { .. } => Error::EngineRefused { doing, words },
        ClientError::JsonDataError { .. }
        | ClientError::JsonSerdeError { .. }
        | ClientError::HttpHeaderNotFoundError(_)
        | ClientError::HttpHeaderToStrError { .. }
        | ClientError::Base64DecodeError { .. } => Error::EngineAnswer { doing, words },
        _ => Error::EngineLost { doing: format!("asking it {doing}"), words },
    }
}

/// The engine's own words where it spoke, else the whole chain of causes.
pub(crate) fn words(error: &ClientError) -> String {
    if let ClientError::DockerResponseServerError { status_code, message } = error {
        return match message.trim() {
            "" => format!("status {status_code}"),
            message if is_page(message) => format!("status {status_code}: {}", beginning(message)),
            message => message.to_owned(),
        };
    }
    match error {
        ClientError::JsonDataError { contents, message, .. } => return unreadable(contents, message),
        ClientError::JsonSerdeError { err } => return unreadable("", &err.to_string()),
        ClientError::RequestTimeoutError => return format!("no answer within {REQUEST_TIMEOUT_SECONDS} seconds"),
        _ => {}
    }
    if let Some(words) = tunnel::words(error) {
        return words;
    }
    // What the layers in between say of themselves tells nobody anything.
    let mut error: &dyn std::error::Error = error;
    if let Some(ClientError::HyperLegacyError { err }) = error.downcast_ref()
        && let Some(cause) = std::error::Error::source(err)
    {
        error = cause;
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

/// What is not JSON is somebody else's answer, and its beginning says whose; JSON can hold secrets.
fn unreadable(contents: &str, problem: &str) -> String {
    match contents.trim_start().chars().next() {
        None => format!("it is empty or cut off ({problem})"),
        Some('{' | '[') => format!("it does not have the expected form ({problem})"),
        Some(_) => format!("it is no JSON, and begins with `{}`", beginning(contents)),
    }
}

/// Of a proxy or a web server.
fn is_page(message: &str) -> bool {
    message.starts_with('<')
}

/// The first printable characters, on one line.
fn beginning(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = line.chars().map(|char| if char.is_control() { '?' } else { char }).take(LONGEST).collect();
    if shown.len() < line.len() { format!("{shown} …") } else { shown }
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
    fn answers_of_others_are_told_by_their_beginning() {
        let data = |contents: &str| ClientError::JsonDataError {
            contents: contents.to_owned(),
            message: "expected value at line 1 column 1".to_owned(),
            column: 1,
        };
        let page = format!("<html>\n<title>502 Bad\u{7} Gateway</title>{}", "x".repeat(100));
        assert_eq!(
            words(&data(&page)),
            "it is no JSON, and begins with `<html> <title>502 Bad? Gateway</title>xxxxxxxxxxxxxxxxxxxxxx …`"
        );
        assert!(!words(&data(r#"{"Env": ["PASSWORD=hush"]}"#)).contains("hush"));
        assert!(words(&data("")).starts_with("it is empty or cut off"));
        let refused =
            ClientError::DockerResponseServerError { status_code: 502, message: "<html>bad</html>".to_owned() };
        assert_eq!(words(&refused), "status 502: <html>bad</html>");
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(parse_api_version("1.9") < parse_api_version("1.41"));
        assert_eq!(parse_api_version("odd"), None);
    }
}
