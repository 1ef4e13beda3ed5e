//! The exit codes, which are part of the interface, and the failure that carries one.

/// What was asked for is done; for `run --watch` and `status`: the container ended with 0.
pub const DONE: u8 = 0;
/// The file or the data is invalid.
pub const INVALID: u8 = 1;
/// With `run --watch` and `status`: the container failed without a code of its own.
pub const CONTAINER_FAILED: u8 = 1;
/// The arguments are wrong, or a file cannot be read or written.
pub const USAGE: u8 = 2;
/// The run took longer than it was allowed to.
pub const TIMEOUT: u8 = 124;
/// The engine or the registry of an image cannot be reached, or refused.
pub const ENGINE_UNREACHABLE: u8 = 125;
/// The container ran out of memory or was killed.
pub const KILLED: u8 = 137;

/// Ends a command: what to say on standard error, and the code to exit with.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure { code: USAGE, message: message.into() }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Failure {
        Failure { code: INVALID, message: message.into() }
    }
}
