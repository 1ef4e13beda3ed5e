//! Why an image could not be pulled, found out from the engine's words, and how to mend it.

use std::fmt;

use crate::{
    credentials::Login,
    registry::{Registry, Repository},
};

#[derive(Debug, Clone)]
pub struct PullError {
    pub(crate) reference: String,
    pub(crate) registry: Registry,
    pub(crate) is_registry_named: bool,
    /// An older image stands under this reference.
    pub(crate) is_present: bool,
    pub(crate) login: Login,
    pub(crate) problem: PullProblem,
    /// The engine's, without secrets.
    pub(crate) words: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullProblem {
    /// The registry wants to know who asks, or does not believe it.
    Unauthorized,
    /// There is no such image for whoever asks, and the registry does not say whether there is one
    /// for others.
    NoAccess,
    NotFound,
    UnknownHost,
    Unreachable,
    /// The registry speaks HTTP, the engine HTTPS.
    PlainHttp,
    Certificate,
    /// The image is for other machines only.
    Platform {
        wanted: String,
        available: Vec<String>,
    },
    DiskFull,
    TooManyRequests,
    Other,
}

impl PullError {
    pub fn problem(&self) -> &PullProblem {
        &self.problem
    }
}

impl PullProblem {
    pub(crate) fn of(words: &str, repository: &Repository) -> PullProblem {
        // An image may be called `denied`.
        let words = words.to_lowercase().replace(&repository.path, "");
        let says = |marks: &[&str]| marks.iter().any(|mark| words.contains(mark));
        if says(&["no space left on device", "disk quota exceeded"]) {
            return PullProblem::DiskFull;
        }
        if says(&["no matching manifest for", "no image found in manifest list", "no image found in image index"]) {
            let wanted = words.split("no matching manifest for ").nth(1).and_then(|rest| rest.split(' ').next());
            return PullProblem::Platform { wanted: wanted.unwrap_or_default().to_owned(), available: Vec::new() };
        }
        if says(&["server gave http response to https client"]) {
            return PullProblem::PlainHttp;
        }
        if says(&["x509:", "certificate", "tls:"]) {
            return PullProblem::Certificate;
        }
        if says(&["no such host", "server misbehaving", "temporary failure in name resolution"]) {
            return PullProblem::UnknownHost;
        }
        if says(&["toomanyrequests", "too many requests", "rate limit"]) {
            return PullProblem::TooManyRequests;
        }
        if says(&["pull access denied", "access to the resource is denied"]) {
            return PullProblem::NoAccess;
        }
        if says(&[
            "no basic auth credentials",
            "unauthorized",
            "authentication required",
            "incorrect username",
            "denied:",
        ]) {
            return PullProblem::Unauthorized;
        }
        if says(&["manifest unknown", "name unknown", "not known to registry", "not found"]) {
            return PullProblem::NotFound;
        }
        if says(&[
            "dial tcp",
            "connection refused",
            "timeout",
            "deadline exceeded",
            "unreachable",
            "reset by peer",
            "eof",
        ]) {
            return PullProblem::Unreachable;
        }
        PullProblem::Other
    }
}

impl std::error::Error for PullError {}

impl fmt::Display for PullError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot pull the image `{}`: ", self.reference)?;
        self.what_is_wrong(f)?;
        self.how_to_mend(f)?;
        write!(f, "\nthe engine says: {}", self.words)
    }
}

impl PullError {
    fn what_is_wrong(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let registry = self.registry.name();
        match (&self.problem, &self.login) {
            (PullProblem::Unauthorized, Login::With(login)) => {
                let user = login.username.as_ref().map(|user| format!(", for the user `{user}`")).unwrap_or_default();
                write!(f, "the registry {registry} refused the credentials from {}{user}", login.source)
            }
            (PullProblem::Unauthorized, Login::Anonymous { looked }) => {
                write!(f, "the registry {registry} wants a login, and there are no credentials for it: {looked}")
            }
            (PullProblem::NoAccess, _) => {
                write!(f, "the registry {registry} has no such image, or does not show it to everybody")
            }
            (PullProblem::NotFound, _) => write!(f, "the registry {registry} has no such image or tag"),
            (PullProblem::UnknownHost, _) => write!(f, "the engine finds no host for the registry {registry}"),
            (PullProblem::Unreachable, _) => write!(f, "the registry {registry} cannot be reached by the engine"),
            (PullProblem::PlainHttp, _) => {
                write!(f, "the registry {registry} speaks HTTP, and the engine insists on HTTPS")
            }
            (PullProblem::Certificate, _) => write!(f, "the engine does not trust the certificate of {registry}"),
            (PullProblem::Platform { wanted, available }, _) => {
                f.write_str("it does not exist for the engine's platform")?;
                if !wanted.is_empty() {
                    write!(f, ", {wanted}")?;
                }
                if !available.is_empty() {
                    write!(f, ", only for {}", available.join(", "))?;
                }
                Ok(())
            }
            (PullProblem::DiskFull, _) => f.write_str("the engine has no space left on its disk"),
            (PullProblem::TooManyRequests, _) => {
                write!(f, "the registry {registry} refuses more requests for the time being")
            }
            (PullProblem::Other, _) => f.write_str("the engine or the registry refused"),
        }
    }

    fn how_to_mend(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let login = format!("`docker login{}`", self.registry.login_argument());
        match (&self.problem, &self.login) {
            (PullProblem::Unauthorized, Login::With(_)) => {
                write!(f, "; check name and password, and that this user may pull it")?;
            }
            (
                PullProblem::Unauthorized | PullProblem::NoAccess | PullProblem::TooManyRequests,
                Login::Anonymous { .. },
            ) => {
                write!(
                    f,
                    "; give the task `config.registryUsername` and `config.registryPassword`, or log in with {login}"
                )?;
            }
            (PullProblem::NoAccess, Login::With(login)) => {
                write!(f, "; check its name, and that the credentials from {} may pull it", login.source)?;
            }
            (PullProblem::NotFound, _) => f.write_str("; check its name and tag, or push it there")?,
            (PullProblem::UnknownHost, _) => f.write_str("; check the image's name and the engine's network")?,
            (PullProblem::Unreachable, _) => {
                f.write_str("; check the image's name, the engine's network, and that the registry is up")?;
            }
            (PullProblem::PlainHttp, _) => write!(
                f,
                "; put a certificate in front of the registry, or name it under `insecure-registries` in the engine's \
                 daemon.json"
            )?,
            (PullProblem::Certificate, _) => write!(
                f,
                "; put its certificate authority into /etc/docker/certs.d/{}/ca.crt on the engine's machine",
                self.registry.name()
            )?,
            (PullProblem::Platform { .. }, _) => f.write_str("; build it for this platform as well")?,
            (PullProblem::DiskFull, _) => f.write_str("; `docker system df` shows what takes it")?,
            (PullProblem::TooManyRequests, Login::With(_)) => f.write_str("; try again later")?,
            (PullProblem::Other, _) => {}
        }
        let is_not_there = !matches!(self.problem, PullProblem::DiskFull | PullProblem::Platform { .. });
        if self.is_present {
            f.write_str("; `--pull missing` uses the one that is present")?;
        } else if !self.is_registry_named && is_not_there {
            f.write_str("; an image without a registry in its name that is to be built here must be built first")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(words: &str, expected: PullProblem) {
        let repository = Repository::of("r.example.com/denied/not-found:1").expect("a reference");
        assert_eq!(PullProblem::of(words, &repository), expected, "{words}");
    }

    #[test]
    fn docker_engines_words_are_understood() {
        let url = "http://r.example.com/v2/denied/not-found/manifests/1";
        is(&format!("Head \"{url}\": no basic auth credentials"), PullProblem::Unauthorized);
        is("unauthorized: authentication required", PullProblem::Unauthorized);
        is(
            "Head \"https://registry-1.docker.io/v2/x\": unauthorized: incorrect username or password",
            PullProblem::Unauthorized,
        );
        is(
            "pull access denied for denied/not-found, repository does not exist or may require 'docker login': denied: \
             requested access to the resource is denied",
            PullProblem::NoAccess,
        );
        is("manifest for denied/not-found:1 not found: manifest unknown: manifest unknown", PullProblem::NotFound);
        is("Get \"https://r/v2/\": dial tcp 127.0.0.1:1: connect: connection refused", PullProblem::Unreachable);
        is("Get \"https://r/v2/\": dial tcp: lookup r on 10.0.0.1:53: no such host", PullProblem::UnknownHost);
        is("Get \"https://r/v2/\": net/http: request canceled (Client.Timeout exceeded)", PullProblem::Unreachable);
        is("Get \"https://r/v2/\": http: server gave HTTP response to HTTPS client", PullProblem::PlainHttp);
        is("Get \"https://r/v2/\": x509: certificate signed by unknown authority", PullProblem::Certificate);
        is("failed to register layer: write /x: no space left on device", PullProblem::DiskFull);
        is("toomanyrequests: You have reached your pull rate limit.", PullProblem::TooManyRequests);
        is(&format!("Get \"{url}\": something new"), PullProblem::Other);
        let platform = PullProblem::Platform { wanted: "linux/amd64".to_owned(), available: Vec::new() };
        is("no matching manifest for linux/amd64 in the manifest list entries", platform);
    }

    #[test]
    fn podmans_words_are_understood() {
        let begin = "initializing source docker://r.example.com/denied/not-found:1: ";
        is(
            &format!(
                "{begin}unable to retrieve auth token: invalid username/password: unauthorized: authentication required"
            ),
            PullProblem::Unauthorized,
        );
        is(
            &format!("{begin}reading manifest 1 in r.example.com/denied/not-found: manifest unknown"),
            PullProblem::NotFound,
        );
        is(
            &format!(
                "{begin}pinging container registry r: Get \"https://r/v2/\": dial tcp 127.0.0.1:1: connect: connection refused"
            ),
            PullProblem::Unreachable,
        );
        let platform = PullProblem::Platform { wanted: String::new(), available: Vec::new() };
        is(
            "choosing an image from manifest list docker://r/a: no image found in manifest list for architecture amd64",
            platform,
        );
    }
}
