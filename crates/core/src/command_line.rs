//! Lines for a shell: the `docker run` line that does the same as a `ContainerSpec`, and the words of a line.

use crate::spec::{BindMount, ContainerSpec, EnvValue};

/// A line for a POSIX shell. Secrets stand in it by name only: `docker run --env NAME` takes the
/// value from the environment.
pub fn docker_run(spec: &ContainerSpec) -> String {
    docker_run_with(spec, &[])
}

/// The line for a specification with stand-ins for what only the shell knows, each with the expression that is written
/// in its place.
pub fn docker_run_with(spec: &ContainerSpec, expressions: &[(&str, &str)]) -> String {
    let mut words: Vec<String> =
        ["docker", "run", "--rm", "--security-opt", "no-new-privileges"].map(String::from).into();
    let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
    if let Some(user) = &spec.user {
        option("--user", user.clone());
    }
    if let Some(network) = &spec.network {
        option("--network", network.clone());
    }
    if let Some(bytes) = spec.resources.memory_limit {
        option("--memory", bytes.to_string());
        // Without this, as much again would go to swap.
        option("--memory-swap", bytes.to_string());
    }
    if let Some(bytes) = spec.resources.memory_request {
        option("--memory-reservation", bytes.to_string());
    }
    if let Some(nanos) = spec.resources.cpu_limit_nanos {
        option("--cpus", decimal(nanos));
    }
    if let Some(shares) = spec.resources.cpu_shares() {
        option("--cpu-shares", shares.to_string());
    }
    if let Some(gpus) = spec.resources.gpus {
        option("--gpus", gpus.to_string());
    }
    for mount in &spec.mounts {
        option("--mount", mount_option(mount));
    }
    for env in &spec.env {
        match &env.value {
            EnvValue::Plain(value) => option("--env", format!("{}={value}", env.name)),
            EnvValue::Secret(_) => option("--env", env.name.clone()),
        }
    }
    for (name, value) in &spec.labels {
        option("--label", format!("{name}={value}"));
    }
    if let Some(entrypoint) = &spec.entrypoint {
        option("--entrypoint", entrypoint.first().cloned().unwrap_or_default());
    }
    words.push(spec.image.clone());
    words.extend(spec.entrypoint.iter().flatten().skip(1).cloned());
    words.extend(spec.command.iter().flatten().cloned());
    words.iter().map(|word| word_with(word, expressions)).collect::<Vec<_>>().join(" ")
}

/// A word, quoted around the expressions in it.
fn word_with(word: &str, expressions: &[(&str, &str)]) -> String {
    let found = expressions.iter().filter_map(|expression| Some((word.find(expression.0)?, expression)));
    let Some((at, (stand_in, expression))) = found.min_by_key(|(at, _)| *at) else { return shell_word(word) };
    let (before, behind) = (&word[..at], &word[at + stand_in.len()..]);
    let quoted = |part: &str| if part.is_empty() { String::new() } else { word_with(part, expressions) };
    format!("{}{expression}{}", quoted(before), quoted(behind))
}

/// Docker reads the option as a line of CSV.
fn mount_option(mount: &BindMount) -> String {
    let field = |name: &str, value: &str| {
        let field = format!("{name}={value}");
        if field.contains([',', '"', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
    };
    let read_only = if mount.read_only { ",readonly" } else { "" };
    format!("type=bind,{},{}{read_only}", field("source", &mount.source), field("target", &mount.target))
}

fn decimal(nanos: u64) -> String {
    let text = format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A word as a shell reads it back.
pub fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The words as a shell would see them; `None` where only a shell could tell.
pub fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (_, '\\' | '$' | '`') => return None,
            (None, '|' | '&' | ';' | '<' | '>' | '(' | ')' | '*' | '?' | '~' | '#') => return None,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, character) if character.is_whitespace() => words.extend(word.take()),
            (Some(open), character) if open == character => quote = None,
            (_, character) => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use crate::spec::{Direction, EnvVar, Gpus, ResourceSpec};

    #[test]
    fn values_survive_the_shell_and_secrets_stay_out() {
        let mount = |source: &str, read_only| BindMount {
            channel: String::new(),
            direction: Direction::Input,
            source: source.into(),
            target: "/in".into(),
            read_only,
        };
        let spec = ContainerSpec {
            image: "i:1".into(),
            command: Some(vec!["echo".into(), "it's $HOME".into()]),
            entrypoint: Some(vec![]),
            env: vec![
                EnvVar { name: "A".into(), value: EnvValue::Plain("x y".into()) },
                EnvVar { name: "TOKEN".into(), value: EnvValue::Secret(Secret::new("hunter2")) },
            ],
            mounts: vec![mount("/a b", true), mount("/a,\"b\"", false)],
            user: Some("1:2".into()),
            network: None,
            resources: ResourceSpec {
                memory_limit: Some(1 << 20),
                cpu_limit_nanos: Some(1_500_000_000),
                cpu_request_nanos: Some(500_000_000),
                gpus: Some(Gpus::All),
                ..ResourceSpec::default()
            },
            labels: [("k".to_owned(), "v".to_owned())].into(),
        };
        expect_test::expect![[r#"docker run --rm --security-opt no-new-privileges --user 1:2 --memory 1048576 --memory-swap 1048576 --cpus 1.5 --cpu-shares 512 --gpus all --mount 'type=bind,source=/a b,target=/in,readonly' --mount 'type=bind,"source=/a,""b""",target=/in' --env 'A=x y' --env TOKEN --label k=v --entrypoint '' i:1 echo 'it'\''s $HOME'"#]]
        .assert_eq(&docker_run(&spec));
    }
}
