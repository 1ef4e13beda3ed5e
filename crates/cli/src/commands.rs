//! One module a command, or a family of commands.

pub(crate) mod calibrate;
pub(crate) mod check_data;
pub(crate) mod completions;
pub(crate) mod estimate;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod init;
pub(crate) mod lsp;
pub(crate) mod migrate;
pub(crate) mod migrate_operator;
pub(crate) mod processing_container;
pub(crate) mod resolve;
pub(crate) mod rm;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod schema;
pub(crate) mod validate;
pub(crate) mod workflow;
