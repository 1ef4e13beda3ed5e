//! Where an engine may be, and the Docker configuration: what `DOCKER_HOST`, the Docker contexts and the usual sockets say, in
//! the order in which the Docker command line looks.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    error::{Error, Result},
    tls::TlsFiles,
};

/// The part of the environment that says where the engine is, read by the caller.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    pub home: Option<PathBuf>,
    /// `DOCKER_HOST`
    pub docker_host: Option<String>,
    /// `DOCKER_CONTEXT`
    pub docker_context: Option<String>,
    /// `DOCKER_CONFIG`, the directory
    pub docker_config: Option<PathBuf>,
    /// `DOCKER_TLS` is set: encrypted, for whoever answers
    pub docker_tls: bool,
    /// `DOCKER_TLS_VERIFY` is set: encrypted, and the engine shows who it is
    pub docker_tls_verify: bool,
    /// `DOCKER_CERT_PATH`, the directory of `ca.pem`, `cert.pem` and `key.pem`
    pub docker_cert_path: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`
    pub xdg_runtime_dir: Option<PathBuf>,
    /// `PATH`, where credential helpers are looked for; `None` leaves it as it is.
    pub path: Option<OsString>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) source: String,
    pub(crate) address: String,
    pub(crate) tls: Option<TlsFiles>,
}

const DEFAULT_CONTEXT: &str = "default";

impl Surroundings {
    /// Where sockets of engines may be on this machine: the one that is asked, and the usual ones.
    pub fn sockets(&self) -> Vec<PathBuf> {
        let asked = self.candidates().unwrap_or_default();
        let asked = asked.iter().filter_map(|candidate| candidate.address.strip_prefix("unix://")).map(PathBuf::from);
        let containerd = PathBuf::from("/run/containerd/containerd.sock");
        asked.chain(self.default_sockets().into_iter().map(|(_, path)| path)).chain([containerd]).collect()
    }

    /// What is named explicitly is the only candidate; nothing else is tried behind the user's
    /// back.
    pub(crate) fn candidates(&self) -> Result<Vec<Candidate>> {
        if let Some(host) = self.docker_host.as_deref().filter(|host| !host.is_empty()) {
            let directory = self.docker_cert_path.clone().or_else(|| self.config_dir());
            let tls = (self.docker_tls || self.docker_tls_verify)
                .then(|| TlsFiles { directory: directory.unwrap_or_default(), verifies: self.docker_tls_verify });
            return Ok(vec![Candidate { source: "DOCKER_HOST".to_owned(), address: host.to_owned(), tls }]);
        }
        if let Some((source, name)) = self.current_context()? {
            return Ok(vec![self.context(source, &name)?]);
        }
        Ok(self
            .default_sockets()
            .into_iter()
            .map(|(source, path)| Candidate {
                source: source.to_owned(),
                address: format!("unix://{}", path.display()),
                tls: None,
            })
            .collect())
    }

    /// Docker's configuration.
    pub(crate) fn config_dir(&self) -> Option<PathBuf> {
        self.docker_config
            .clone()
            .filter(|dir| !dir.as_os_str().is_empty())
            .or_else(|| Some(self.home.as_ref()?.join(".docker")))
    }

    fn current_context(&self) -> Result<Option<(&'static str, String)>> {
        let is_named = |name: &String| !name.is_empty() && name != DEFAULT_CONTEXT;
        if let Some(name) = self.docker_context.clone().filter(|name| !name.is_empty()) {
            return Ok(Some(("DOCKER_CONTEXT", name)).filter(|(_, name)| is_named(name)));
        }
        let Some(config) = self.config_dir().map(|dir| dir.join("config.json")) else {
            return Ok(None);
        };
        let Ok(text) = fs::read(&config) else {
            return Ok(None);
        };
        let json: Value = serde_json::from_slice(&text).map_err(|error| Error::Context {
            context: DEFAULT_CONTEXT.to_owned(),
            problem: format!("{} is not JSON: {error}", config.display()),
        })?;
        let name = json.get("currentContext").and_then(Value::as_str).map(str::to_owned);
        Ok(name.filter(is_named).map(|name| ("the current Docker context", name)))
    }

    /// Contexts live in directories named by a hash of their name, and name themselves inside.
    fn context(&self, source: &str, name: &str) -> Result<Candidate> {
        let problem = |problem: String| Error::Context { context: name.to_owned(), problem };
        let Some(contexts) = self.config_dir().map(|dir| dir.join("contexts")) else {
            return Err(problem("there is no home directory to look for it in".to_owned()));
        };
        let meta = contexts.join("meta");
        let entries = fs::read_dir(&meta).map_err(|error| problem(format!("{}: {error}", meta.display())))?;
        for entry in entries.flatten() {
            let Some(json) = read_json(&entry.path().join("meta.json")) else {
                continue;
            };
            if json.get("Name").and_then(Value::as_str) != Some(name) {
                continue;
            }
            let Some(address) = json.pointer("/Endpoints/docker/Host").and_then(Value::as_str) else {
                return Err(problem("it has no Docker endpoint".to_owned()));
            };
            let directory = contexts.join("tls").join(entry.file_name()).join("docker");
            let skips = json.pointer("/Endpoints/docker/SkipTLSVerify").and_then(Value::as_bool).unwrap_or_default();
            let tls = (directory.is_dir() || skips).then_some(TlsFiles { directory, verifies: !skips });
            return Ok(Candidate { source: format!("{source} `{name}`"), address: address.to_owned(), tls });
        }
        Err(problem(format!("{} does not have it", meta.display())))
    }

    fn default_sockets(&self) -> Vec<(&'static str, PathBuf)> {
        let mut sockets = vec![("Docker's default", PathBuf::from("/var/run/docker.sock"))];
        if let Some(runtime) = &self.xdg_runtime_dir {
            sockets.push(("rootless Docker's default", runtime.join("docker.sock")));
        }
        if let Some(home) = &self.home {
            sockets.push(("Docker Desktop's default", home.join(".docker/run/docker.sock")));
            sockets.push(("Docker Desktop's default", home.join(".docker/desktop/docker.sock")));
        }
        if let Some(runtime) = &self.xdg_runtime_dir {
            sockets.push(("Podman's default", runtime.join("podman/podman.sock")));
        }
        sockets.push(("Podman's default for root", PathBuf::from("/run/podman/podman.sock")));
        sockets
    }
}

fn read_json(path: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(surroundings: &Surroundings) -> Vec<String> {
        let candidates = surroundings.candidates().expect("candidates");
        candidates.into_iter().map(|it| format!("{} ({})", it.address, it.source)).collect()
    }

    fn with_context(config: &str) -> (tempfile::TempDir, Surroundings) {
        let home = tempfile::tempdir().expect("a directory");
        let meta = home.path().join(".docker/contexts/meta/0123abcd");
        fs::create_dir_all(&meta).expect("created");
        fs::write(home.path().join(".docker/config.json"), config).expect("written");
        let text = r#"{"Name": "far away", "Endpoints": {"docker": {"Host": "tcp://far:2375"}}}"#;
        fs::write(meta.join("meta.json"), text).expect("written");
        let surroundings = Surroundings { home: Some(home.path().to_owned()), ..Surroundings::default() };
        (home, surroundings)
    }

    #[test]
    fn the_environment_wins_over_the_context() {
        let (_home, mut surroundings) = with_context(r#"{"currentContext": "far away"}"#);
        assert_eq!(addresses(&surroundings), ["tcp://far:2375 (the current Docker context `far away`)"]);
        surroundings.docker_context = Some("default".to_owned());
        assert_eq!(addresses(&surroundings)[0], "unix:///var/run/docker.sock (Docker's default)");
        surroundings.docker_context = Some("far away".to_owned());
        assert_eq!(addresses(&surroundings), ["tcp://far:2375 (DOCKER_CONTEXT `far away`)"]);
        surroundings.docker_host = Some("unix:///x".to_owned());
        assert_eq!(addresses(&surroundings), ["unix:///x (DOCKER_HOST)"]);
    }

    #[test]
    fn a_context_that_is_missing_is_an_error() {
        let (_home, surroundings) = with_context(r#"{"currentContext": "gone"}"#);
        let error = surroundings.candidates().expect_err("no such context");
        assert!(error.to_string().starts_with("the Docker context `gone` cannot be used: "), "{error}");
        let (_home, surroundings) = with_context("{");
        let error = surroundings.candidates().expect_err("broken configuration");
        assert!(error.to_string().contains("config.json is not JSON"), "{error}");
    }

    #[test]
    fn docker_comes_before_podman() {
        let surroundings = Surroundings {
            home: Some("/nowhere/home".into()),
            xdg_runtime_dir: Some("/nowhere/run".into()),
            ..Surroundings::default()
        };
        assert_eq!(
            addresses(&surroundings),
            [
                "unix:///var/run/docker.sock (Docker's default)",
                "unix:///nowhere/run/docker.sock (rootless Docker's default)",
                "unix:///nowhere/home/.docker/run/docker.sock (Docker Desktop's default)",
                "unix:///nowhere/home/.docker/desktop/docker.sock (Docker Desktop's default)",
                "unix:///nowhere/run/podman/podman.sock (Podman's default)",
                "unix:///run/podman/podman.sock (Podman's default for root)",
            ]
        );
    }

    #[test]
    fn a_context_with_certificates_needs_tls() {
        let (home, surroundings) = with_context(r#"{"currentContext": "far away"}"#);
        let tls = || surroundings.candidates().expect("candidates")[0].tls.clone();
        assert_eq!(tls(), None);
        let directory = home.path().join(".docker/contexts/tls/0123abcd/docker");
        fs::create_dir_all(&directory).expect("created");
        assert_eq!(tls(), Some(TlsFiles { directory: directory.clone(), verifies: true }));
        let text =
            r#"{"Name": "far away", "Endpoints": {"docker": {"Host": "tcp://far:2375", "SkipTLSVerify": true}}}"#;
        fs::write(home.path().join(".docker/contexts/meta/0123abcd/meta.json"), text).expect("written");
        assert_eq!(tls(), Some(TlsFiles { directory: directory.clone(), verifies: false }));
        fs::remove_dir(&directory).expect("removed");
        assert_eq!(tls(), Some(TlsFiles { directory, verifies: false }));
    }

    #[test]
    fn the_environment_says_what_of_tls_is_wanted() {
        let of = |tls: bool, verify: bool, path: Option<&str>| {
            let surroundings = Surroundings {
                home: Some("/home/me".into()),
                docker_host: Some("tcp://far".to_owned()),
                docker_tls: tls,
                docker_tls_verify: verify,
                docker_cert_path: path.map(PathBuf::from),
                ..Surroundings::default()
            };
            surroundings.candidates().expect("candidates")[0].tls.clone()
        };
        let files = |directory: &str, verifies| Some(TlsFiles { directory: directory.into(), verifies });
        assert_eq!(of(false, false, Some("/c")), None);
        assert_eq!(of(true, false, Some("/c")), files("/c", false));
        assert_eq!(of(true, true, None), files("/home/me/.docker", true));
    }
}
