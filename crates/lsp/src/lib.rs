//! The language server: LSP around [`task_api_ide`], which knows what there is to say.
//!
//! [`Session`] is the whole server: a message in, messages out, with no thread, clock or stream of its own, so that it
//! runs in a worker of a page as it does here. `stdio` drives one over standard input and output, and is the only
//! module that starts threads. What a client sends is handled one by one, in the order in which it came.
//!
//! Positions and other types of LSP are converted in `from_lsp.rs` and `to_lsp.rs`, and nowhere else.

mod abilities;
mod disk;
mod documents;
mod from_lsp;
mod handlers;
mod json;
mod jsonrpc;
mod outbox;
mod params;
mod reports;
mod results;
mod server;
mod session;
mod settings;
mod state;
#[cfg(feature = "stdio")]
mod stdio;
mod to_lsp;
mod uris;

#[cfg(test)]
mod tests;

pub use abilities::PATTERNS;
pub use disk::{Disk, Found, NoDisk};
pub use jsonrpc::Message;
pub use session::{Options, Session};
#[cfg(feature = "stdio")]
pub use stdio::serve;
pub use uris::key as document_key;
