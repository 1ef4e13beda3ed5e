//! Docker's credential helpers: programs `docker-credential-NAME` that keep passwords elsewhere.
//! Asked with the registry on standard input, they answer in JSON on standard output, and say there
//! as well why they have no answer.

use std::process::Stdio;

use serde::Deserialize;
use task_api_core::secret::Secret;
use tokio::{io::AsyncWriteExt, process::Command};

use crate::surroundings::Surroundings;

pub(crate) struct Answer {
    pub(crate) username: String,
    pub(crate) secret: Secret,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Json {
    #[serde(default)]
    username: String,
    #[serde(default)]
    secret: String,
}

/// What every helper says if it does not know the registry.
const NOT_FOUND: &str = "credentials not found";
/// Of a helper's words, which may be a program's whole help.
const LONGEST_WORDS: usize = 300;

/// `None` if the helper has no credentials for this registry. The helper ends with the waiting.
pub(crate) async fn ask(name: &str, key: &str, surroundings: &Surroundings) -> Result<Option<Answer>, String> {
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if !is_name {
        return Err(format!("Docker's configuration names the credential helper `{name}`, which is no name"));
    }
    let program = format!("docker-credential-{name}");
    let mut command = Command::new(&program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    if let Some(path) = &surroundings.path {
        command.env("PATH", path);
    }
    let mut child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!(
            "Docker's configuration names the credential helper `{name}`, but there is no program `{program}` in PATH; \
             install it, or take `{name}` out of the configuration"
        ),
        _ => format!("the credential helper `{program}` cannot be run: {error}"),
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that does not listen can have an answer all the same.
        let _ = stdin.write_all(key.as_bytes()).await;
    }
    let output = child.wait_with_output().await;
    let output = output.map_err(|error| format!("the credential helper `{program}` cannot be heard: {error}"))?;
    if !output.status.success() {
        let words = words(&output.stdout).or_else(|| words(&output.stderr));
        let words = words.unwrap_or_else(|| "it says nothing".to_owned());
        if words.to_lowercase().contains(NOT_FOUND) {
            return Ok(None);
        }
        let ending = match output.status.code() {
            Some(code) => format!("with exit code {code}"),
            None => "by a signal".to_owned(),
        };
        return Err(format!("the credential helper `{program}` ended {ending}: {words}"));
    }
    // Its output is not repeated: it may hold the secret.
    let answer: Json = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("the credential helper `{program}` did not answer in JSON as helpers do"))?;
    if answer.secret.is_empty() {
        return Ok(None);
    }
    Ok(Some(Answer { username: answer.username, secret: Secret::new(answer.secret) }))
}

fn words(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(line.chars().take(LONGEST_WORDS).collect())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    fn ask_script(dir: &Path, script: &str) -> Result<Option<(String, String)>, String> {
        let path = dir.join("docker-credential-test");
        let draft = dir.join("draft");
        fs::write(&draft, format!("#!/bin/sh\n{script}\n")).expect("written");
        // Written by another process: a file that this one has open for writing, and any process
        // that another test starts meanwhile, could not be executed.
        let mut install = std::process::Command::new("install");
        assert!(install.args(["-m", "755"]).args([&draft, &path]).status().expect("install").success());
        let search = format!("{}:/usr/bin:/bin", dir.display());
        let surroundings = Surroundings { path: Some(search.into()), ..Surroundings::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let answer = runtime.block_on(ask("test", "https://r.example.com", &surroundings))?;
        Ok(answer.map(|answer| (answer.username, answer.secret.reveal().to_owned())))
    }

    #[test]
    fn a_helper_is_asked_as_docker_asks() {
        let dir = tempfile::tempdir().expect("a directory");
        let script = r#"[ "$1" = get ] || exit 9; read -r key; printf '{"ServerURL":"%s","Username":"me","Secret":"for %s"}' "$key" "$key""#;
        let answer = ask_script(dir.path(), script);
        assert_eq!(answer, Ok(Some(("me".to_owned(), "for https://r.example.com".to_owned()))));
        let deaf = r#"exec <&-; echo '{"Username":"me","Secret":"s"}'"#;
        assert_eq!(ask_script(dir.path(), deaf), Ok(Some(("me".to_owned(), "s".to_owned()))));
    }

    #[test]
    fn a_helper_without_an_answer() {
        let dir = tempfile::tempdir().expect("a directory");
        assert_eq!(ask_script(dir.path(), "echo credentials not found in native keychain; exit 1"), Ok(None));
        let failed = ask_script(dir.path(), "echo 'the keychain is locked'; exit 3").expect_err("failed");
        assert_eq!(
            failed,
            "the credential helper `docker-credential-test` ended with exit code 3: the keychain is locked"
        );
        let failed = ask_script(dir.path(), "echo 'cannot open display' >&2; exit 1").expect_err("failed");
        assert!(failed.ends_with("exit code 1: cannot open display"), "{failed}");
        let odd = ask_script(dir.path(), "echo hunter2").expect_err("no JSON");
        assert!(odd.contains("did not answer in JSON") && !odd.contains("hunter2"), "{odd}");
        fs::remove_file(dir.path().join("docker-credential-test")).expect("removed");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let surroundings = Surroundings { path: Some(dir.path().into()), ..Surroundings::default() };
        let missing = runtime.block_on(ask("test", "r", &surroundings)).err().expect("missing");
        assert!(missing.contains("there is no program `docker-credential-test` in PATH"), "{missing}");
        let odd = runtime.block_on(ask("../x", "r", &surroundings)).err().expect("no name");
        assert!(odd.contains("`../x`, which is no name"), "{odd}");
    }
}
