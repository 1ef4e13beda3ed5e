//! One module a command.

pub(crate) mod resolve;
pub(crate) mod schema;
pub(crate) mod validate;
