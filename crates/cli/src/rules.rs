//! Every rule that `task-api` reports: those of the core, and those that take what the core must not know.

use task_api_core::rules::{ALL, Rule};

use crate::{policy, render};

/// The rules that are looked at here.
static OWN: &[&Rule] = &[&policy::RULE, &render::RULE];

pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    ALL.iter().chain(OWN).copied()
}

pub(crate) fn find(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name)
}
