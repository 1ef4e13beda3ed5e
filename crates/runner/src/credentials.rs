//! Who we are to a registry: what the task says, else what Docker's configuration says.
//!
//! Crates for this exist, but they read the environment themselves, run credential helpers without
//! a way to stop waiting for them, and do not tell a helper that is missing from one that fails.

use std::path::Path;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bollard::auth::DockerCredentials;
use serde::Deserialize;
use std::collections::BTreeMap;
use task_api_core::secret::Secret;

use crate::{
    credential_helper,
    error::{Error, Result},
    registry::Registry,
    surroundings::Surroundings,
};

/// What a task's `config` says about the registry of its image.
#[derive(Debug, Clone, Default)]
pub struct TaskLogin {
    /// `registryUrl`
    pub url: Option<String>,
    /// `registryUsername`
    pub username: Option<String>,
    /// `registryPassword`
    pub password: Option<Secret>,
}

/// Credentials for one registry.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    /// Who gave them, for messages.
    pub(crate) source: String,
    pub(crate) username: Option<String>,
    password: Option<Secret>,
    identity_token: Option<Secret>,
    registry_token: Option<Secret>,
}

/// What came of looking for credentials.
#[derive(Debug, Clone)]
pub(crate) enum Login {
    With(Credentials),
    /// With where was looked, for messages.
    Anonymous {
        looked: String,
    },
}

/// What a helper answers in place of a user name if the secret is an identity token.
const TOKEN_USER: &str = "<token>";
/// Docker's configuration is written with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The parts of Docker's `config.json` that are about credentials.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    auths: Option<BTreeMap<String, Entry>>,
    cred_helpers: Option<BTreeMap<String, String>>,
    creds_store: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
    registrytoken: Option<String>,
}

impl TaskLogin {
    /// `None` if they are none, or another registry's: those are not sent to this one.
    fn credentials_for(&self, registry: &Registry) -> Result<Option<Credentials>> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if filled(&self.url).is_some_and(|url| Registry::of_address(&url) != *registry) {
            return Ok(None);
        }
        let password = self.password.clone().filter(|password| !password.reveal().is_empty());
        let incomplete = |given, missing| Err(Error::TaskLoginIncomplete { given, missing });
        match (filled(&self.username), password) {
            (Some(username), Some(password)) => Ok(Some(Credentials {
                source: "the task's `config`".to_owned(),
                username: Some(username),
                password: Some(password),
                identity_token: None,
                registry_token: None,
            })),
            (Some(_), None) => incomplete("registryUsername", "registryPassword"),
            (None, Some(_)) => incomplete("registryPassword", "registryUsername"),
            (None, None) => Ok(None),
        }
    }

    fn is_for_another(&self, registry: &Registry) -> Option<Registry> {
        let url = self.url.as_deref().filter(|url| !url.is_empty())?;
        let named = Registry::of_address(url);
        (self.username.is_some() && named != *registry).then_some(named)
    }
}

impl Credentials {
    pub(crate) fn for_engine(&self, registry: &Registry) -> DockerCredentials {
        let text = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.reveal().to_owned());
        DockerCredentials {
            username: self.username.clone(),
            password: text(&self.password),
            identitytoken: text(&self.identity_token),
            registrytoken: text(&self.registry_token),
            serveraddress: Some(registry.key().to_owned()),
            ..DockerCredentials::default()
        }
    }

    /// A registry's words could repeat what it was sent.
    pub(crate) fn removed_from(&self, words: &str) -> String {
        let secrets = [&self.password, &self.identity_token, &self.registry_token];
        secrets
            .into_iter()
            .flatten()
            .filter(|secret| !secret.reveal().is_empty())
            .fold(words.to_owned(), |words, it| words.replace(it.reveal(), task_api_core::secret::REDACTED))
    }
}

/// The task's own credentials, else those of the credential helper that Docker's configuration
/// names for the registry, else those in the configuration itself, else none.
pub(crate) async fn find(registry: &Registry, task: &TaskLogin, surroundings: &Surroundings) -> Result<Login> {
    if let Some(credentials) = task.credentials_for(registry)? {
        return Ok(Login::With(credentials));
    }
    let another = match task.is_for_another(registry) {
        Some(named) => format!("the task's are for {}", named.name()),
        None => "the task names none".to_owned(),
    };
    let Some(path) = surroundings.config_dir().map(|dir| dir.join("config.json")) else {
        return Ok(Login::Anonymous { looked: format!("{another}, and there is no Docker configuration") });
    };
    let problem = |problem: String| Error::Credentials { registry: registry.name().to_owned(), problem };
    let Some(config) = read(&path).map_err(problem)? else {
        return Ok(Login::Anonymous { looked: format!("{another}, and there is no {}", path.display()) });
    };
    let mut looked = format!("{another}, and {} has none", path.display());
    if let Some(helper) = config.helper(registry) {
        match credential_helper::ask(helper, registry.key(), surroundings).await.map_err(problem)? {
            Some(answer) => {
                let is_token = answer.username == TOKEN_USER;
                let secret = Some(answer.secret);
                return Ok(Login::With(Credentials {
                    source: format!("the credential helper `{helper}`"),
                    username: Some(answer.username).filter(|_| !is_token),
                    password: secret.clone().filter(|_| !is_token),
                    identity_token: secret.filter(|_| is_token),
                    registry_token: None,
                }));
            }
            None => looked = format!("{another}, and the credential helper `{helper}` has none"),
        }
    }
    let Some(entry) = config.entry(registry) else { return Ok(Login::Anonymous { looked }) };
    let credentials = entry.credentials(&path).map_err(problem)?;
    Ok(credentials.map_or(Login::Anonymous { looked }, Login::With))
}

fn read(path: &Path) -> Result<Option<Config>, String> {
    match std::fs::read(path) {
        // Not with serde's own words: they quote what stands there, which can be a secret.
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| {
            format!("{} is not as Docker writes it (line {}, column {})", path.display(), error.line(), error.column())
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}

impl Config {
    fn helper(&self, registry: &Registry) -> Option<&str> {
        let own = self.cred_helpers.as_ref().and_then(|helpers| lookup(helpers, registry)).map(String::as_str);
        own.or(self.creds_store.as_deref()).filter(|name| !name.is_empty())
    }

    fn entry(&self, registry: &Registry) -> Option<&Entry> {
        lookup(self.auths.as_ref()?, registry)
    }
}

/// By the exact key, else by one that means the same registry: old clients wrote addresses.
fn lookup<'a, T>(map: &'a BTreeMap<String, T>, registry: &Registry) -> Option<&'a T> {
    let same = || map.iter().find(|(key, _)| Registry::of_address(key) == *registry).map(|(_, value)| value);
    map.get(registry.key()).or_else(same)
}

impl Entry {
    /// An entry without content says that a helper has the credentials.
    fn credentials(&self, path: &Path) -> Result<Option<Credentials>, String> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (mut username, mut password) = (filled(&self.username), filled(&self.password));
        if let Some(auth) = filled(&self.auth) {
            let problem = || format!("an `auth` in {} is not base64 of `name:password`; log in anew", path.display());
            let text = BASE64.decode(auth.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let text = text.ok_or_else(problem)?;
            let (name, word) = text.split_once(':').ok_or_else(problem)?;
            username = Some(name.to_owned());
            password = Some(word.trim_end_matches('\0').to_owned()).filter(|word| !word.is_empty());
        }
        let (identity_token, registry_token) = (filled(&self.identitytoken), filled(&self.registrytoken));
        if password.is_none() && identity_token.is_none() && registry_token.is_none() {
            return Ok(None);
        }
        Ok(Some(Credentials {
            source: path.display().to_string(),
            username,
            password: password.map(Secret::new),
            identity_token: identity_token.map(Secret::new),
            registry_token: registry_token.map(Secret::new),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(url: &str, username: &str, password: &str) -> TaskLogin {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        TaskLogin { url: text(url), username: text(username), password: text(password).map(Secret::new) }
    }

    /// User, password and identity token for a registry, or where was looked.
    fn found(config: &str, address: &str, task: &TaskLogin) -> Result<[String; 3], String> {
        let dir = tempfile::tempdir().expect("a directory");
        if !config.is_empty() {
            std::fs::write(dir.path().join("config.json"), config).expect("written");
        }
        let surroundings = Surroundings { docker_config: Some(dir.path().to_owned()), ..Surroundings::default() };
        let registry = Registry::of_address(address);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        match runtime.block_on(find(&registry, task, &surroundings)) {
            Ok(Login::With(credentials)) => {
                let sent = credentials.for_engine(&registry);
                Ok([sent.username, sent.password, sent.identitytoken].map(Option::unwrap_or_default))
            }
            Ok(Login::Anonymous { looked }) => Err(looked),
            Err(error) => Err(error.to_string()),
        }
        .map_err(|words| words.replace(&dir.path().display().to_string(), "DIR"))
    }

    #[test]
    fn the_tasks_credentials_go_to_its_registry_only() {
        let config = r#"{"auths": {"r.example.com": {"auth": "Y29uZmlnOndvcmQ="}}}"#;
        let own = Ok(["me", "hush", ""].map(str::to_owned));
        assert_eq!(found(config, "r.example.com", &login("", "me", "hush")), own);
        assert_eq!(found(config, "r.example.com", &login("https://r.example.com/v2", "me", "hush")), own);
        let configured = Ok(["config", "word", ""].map(str::to_owned));
        assert_eq!(found(config, "r.example.com", &login("https://other.example.com", "me", "hush")), configured);
        assert_eq!(found(config, "r.example.com", &login("https://r.example.com", "", "")), configured);
        assert_eq!(
            found("{}", "r.example.com", &login("https://other.example.com", "me", "hush")),
            Err("the task's are for other.example.com, and DIR/config.json has none".to_owned())
        );
    }

    #[test]
    fn half_a_login_is_an_error() {
        let error = found("{}", "r.example.com", &login("", "me", "")).expect_err("half");
        assert!(
            error.starts_with("the task has `config.registryUsername` but no `config.registryPassword`"),
            "{error}"
        );
        let error = found("{}", "r.example.com", &login("", "", "hush")).expect_err("half");
        assert!(error.contains("no `config.registryUsername`") && !error.contains("hush"), "{error}");
    }

    #[test]
    fn dockers_configuration_is_read_as_docker_writes_it() {
        let none = TaskLogin::default();
        let user = Ok(["user", "a:b", ""].map(str::to_owned));
        for config in [
            r#"{"auths": {"https://r.example.com/v1/": {"auth": "dXNlcjphOmI="}}}"#,
            r#"{"auths": {"r.example.com": {"auth": "dXNlcjphOmI"}}, "credsStore": ""}"#,
            r#"{"auths": {"r.example.com": {"username": "user", "password": "a:b"}}, "credHelpers": null}"#,
        ] {
            assert_eq!(found(config, "r.example.com", &none), user, "{config}");
            assert!(found(config, "r.example.com:5000", &none).is_err(), "{config}");
        }
        let hub = r#"{"auths": {"https://index.docker.io/v1/": {"auth": "dXNlcjo=", "identitytoken": "t"}}}"#;
        assert_eq!(found(hub, "docker.io", &none), Ok(["user", "", "t"].map(str::to_owned)));
        let empty = r#"{"auths": {"r.example.com": {}}}"#;
        let looked = "the task names none, and DIR/config.json has none";
        assert_eq!(found(empty, "r.example.com", &none), Err(looked.to_owned()));
        let looked = "the task names none, and there is no DIR/config.json";
        assert_eq!(found("", "r.example.com", &none), Err(looked.to_owned()));
    }

    #[test]
    fn a_broken_configuration_is_an_error_without_its_content() {
        let none = TaskLogin::default();
        for config in [
            r#"{"auths": {"r.example.com": {"auth": "hunter2"}}}"#,
            r#"{"auths": {"r.example.com": "hunter2"}}"#,
            r#"{"auths": hunter2}"#,
        ] {
            let error = found(config, "r.example.com", &none).expect_err("broken");
            assert!(error.contains("DIR/config.json") && !error.contains("hunter2"), "{error}");
        }
    }
}
