//! `task-api.toml`: what is read from it, what is said of a wrong one, and its JSON Schema.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in the helpers of a test is its failure")]

mod problems;
mod schema;
mod settings;

/// The example of the documentation.
pub(crate) fn documented() -> &'static str {
    let page = include_str!("../../../../docs/configuration.md");
    let (_, behind) = page.split_once("```toml\n").unwrap();
    behind.split_once("```").unwrap().0
}
