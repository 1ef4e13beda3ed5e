//! The options that JavaScript passes in. A wrong one is a `TypeError` that names it.

use std::collections::BTreeMap;

use serde::Deserialize;
use task_api_core::diagnostic::Severity;
use task_api_core::{ApiVersion, CheckOptions, Kind, Levels};
use tsify::Tsify;

/// How to look at a file. Everything may be left out.
#[derive(Debug, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Options {
    /// Which of the two files it is; `"auto"`: what its fields tell.
    #[tsify(optional, type = "Kind | \"auto\"")]
    kind: Option<KindOption>,
    /// Version of the file format; `"auto"`: what the file tells.
    #[tsify(optional, type = "0 | 1 | \"auto\"")]
    api_version: Option<VersionOption>,
    /// Text of the processing-container.json that a task is checked against.
    #[tsify(optional)]
    pub(crate) container: Option<String>,
    /// Severity by rule.
    #[tsify(optional, type = "Record<string, \"off\" | \"info\" | \"warning\" | \"error\">")]
    rules: Option<BTreeMap<String, LevelOption>>,
    /// Only the contract, without the further rules.
    #[tsify(optional)]
    schema_only: Option<bool>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KindOption {
    ProcessingContainer,
    Task,
    Auto,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LevelOption {
    Off,
    Info,
    Warning,
    Error,
}

#[derive(Debug, Clone, Copy)]
struct VersionOption(Option<ApiVersion>);

impl Options {
    pub(crate) fn check_options(&self) -> CheckOptions<'_> {
        let level = |level: &LevelOption| match level {
            LevelOption::Off => None,
            LevelOption::Info => Some(Severity::Info),
            LevelOption::Warning => Some(Severity::Warning),
            LevelOption::Error => Some(Severity::Error),
        };
        let rules = self.rules.iter().flatten();
        CheckOptions {
            kind: match self.kind {
                Some(KindOption::ProcessingContainer) => Some(Kind::ProcessingContainer),
                Some(KindOption::Task) => Some(Kind::Task),
                Some(KindOption::Auto) | None => None,
            },
            kind_hint: None,
            version: self.api_version.and_then(|version| version.0),
            schema_only: self.schema_only.unwrap_or(false),
            container: self.container.as_deref(),
            levels: rules.map(|(name, option)| (name.clone(), level(option))).collect::<Levels>(),
        }
    }

    /// The first rule that does not exist.
    pub(crate) fn unknown_rule(&self) -> Option<&str> {
        let mut names = self.rules.iter().flatten().map(|(name, _)| name.as_str());
        names.find(|name| task_api_core::rules::find(name).is_none())
    }
}

impl<'de> Deserialize<'de> for VersionOption {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = VersionOption;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("0, 1 or \"auto\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<VersionOption, E> {
                if text == "auto" {
                    Ok(VersionOption(None))
                } else {
                    Err(E::invalid_value(serde::de::Unexpected::Str(text), &self))
                }
            }

            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<VersionOption, E> {
                match number {
                    0.0 => Ok(VersionOption(Some(ApiVersion::V0))),
                    1.0 => Ok(VersionOption(Some(ApiVersion::V1))),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Float(number), &self)),
                }
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<VersionOption, E> {
                self.visit_f64(number as f64)
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<VersionOption, E> {
                self.visit_f64(number as f64)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
