//! Values of arguments, and how they are read.

use clap::ValueEnum;
use task_api_core::diagnostic::Severity;
use task_api_core::quantity::Quantity;
use task_api_core::{ApiVersion, Kind, data, nearest, rules};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KindArg {
    /// Whatever its fields and its name tell
    Auto,
    /// processing-container.json
    Pc,
    /// task.json
    Task,
    /// workflow.json
    Workflow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    /// processing-container.json
    Pc,
    /// task.json
    Task,
    /// workflow.json
    Workflow,
    /// task-api.toml
    Config,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VersionArg {
    /// Whatever the file tells; the newest for a schema
    Auto,
    #[value(name = "0")]
    Zero,
    #[value(name = "1")]
    One,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The places in the source, with what is wrong and how to mend it
    Full,
    /// One line each: `path:line:column: severity: message [rule]`
    Concise,
    /// Everything, for programs
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for CI servers
    Junit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DataFormat {
    /// What is wrong, why it matters and how to mend it
    Full,
    /// One line each: `path: severity: message [rule]`
    Concise,
    /// Everything, for programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// The local engine
    Docker,
    /// A Kubernetes cluster
    K8s,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PullArg {
    /// Each time, so that a newer image under the same tag is noticed
    Always,
    /// If the engine does not have it
    Missing,
    /// Not at all
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecordFormat {
    /// For people
    Full,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserArg {
    Caller,
    Ids(u32, u32),
    Image,
}

/// How many of the last lines; `None` is all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tail(pub(crate) Option<u64>);

impl KindArg {
    pub(crate) fn kind(self) -> Option<Kind> {
        match self {
            KindArg::Auto => None,
            KindArg::Pc => Some(Kind::ProcessingContainer),
            KindArg::Task => Some(Kind::Task),
            KindArg::Workflow => Some(Kind::Workflow),
        }
    }
}

impl VersionArg {
    pub(crate) fn version(self) -> Option<ApiVersion> {
        match self {
            VersionArg::Auto => None,
            VersionArg::Zero => Some(ApiVersion::V0),
            VersionArg::One => Some(ApiVersion::V1),
        }
    }
}

pub(super) fn rule_level(argument: &str) -> Result<(String, Option<Severity>), String> {
    let (name, level) = argument.split_once('=').ok_or("write it as NAME=off|info|warning|error")?;
    if rules::find(name).is_none() {
        let names = rules::ALL.iter().map(|rule| rule.name);
        let hint = nearest(name, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        return Err(format!("there is no rule `{name}`{hint} (`task-api explain` lists them)"));
    }
    let severity = match level {
        "off" => None,
        "info" => Some(Severity::Info),
        "warning" => Some(Severity::Warning),
        "error" => Some(Severity::Error),
        _ => return Err(format!("`{level}` is none of off, info, warning and error")),
    };
    Ok((name.to_owned(), severity))
}

pub(super) fn data_rule_level(argument: &str) -> Result<(String, Option<Severity>), String> {
    let (name, severity) = rule_level(argument)?;
    let names = data::RULES.map(|rule| rule.name);
    if !names.contains(&name.as_str()) {
        return Err(format!("`{name}` is a rule of files; those of data are {}", names.join(" and ")));
    }
    Ok((name, severity))
}

pub(super) fn name_and_value(argument: &str) -> Result<(String, String), String> {
    match argument.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

pub(super) fn percent(argument: &str) -> Result<f64, String> {
    let number = argument.strip_suffix('%').unwrap_or(argument).parse::<f64>();
    match number {
        Ok(number) if (0.0..=1000.0).contains(&number) => Ok(number / 100.0),
        _ => Err("write it as a percentage: 20%".to_owned()),
    }
}

pub(super) fn bytes(argument: &str) -> Result<u64, String> {
    let quantity = Quantity::parse(argument).map_err(|error| format!("write it as 20Gi or 500M; {error}"))?;
    Some(quantity.ceil()).filter(|bytes| *bytes > 0).ok_or_else(|| "it must be more than nothing".to_owned())
}

pub(super) fn user(argument: &str) -> Result<UserArg, String> {
    let ids = |text: &str| {
        let (user, group) = text.split_once(':')?;
        Some(UserArg::Ids(user.parse().ok()?, group.parse().ok()?))
    };
    match argument {
        "" => Ok(UserArg::Caller),
        "image" => Ok(UserArg::Image),
        other => ids(other).ok_or_else(|| "write it as UID:GID in numbers, or `image`".to_owned()),
    }
}

pub(super) fn tail(argument: &str) -> Result<Tail, String> {
    if argument == "all" {
        return Ok(Tail(None));
    }
    argument.parse().map(|lines| Tail(Some(lines))).map_err(|_| "write a number of lines, or `all`".to_owned())
}
