//! JSON text as a tree with exact positions, also when the text is broken.
//!
//! [`parse`] never fails: it returns a [`Tree`] of everything it could make out and a list of
//! [`SyntaxError`]s. A tree does not own its text; [`Tree::root`] joins the two again.
//!
//! ```
//! let text = r#"{"name": "a", "sizes": [1, 2,]}"#;
//! let tree = task_api_json::parse(text);
//! let sizes = tree.root(text).get("sizes").map(|node| node.elements().count());
//! assert_eq!(sizes, Some(2));
//! assert_eq!(tree.errors()[0].message(text), "trailing comma");
//! ```
//!
//! The crate knows text, bytes and spans, and nothing of what the values mean.

mod edit;
mod error;
mod format;
mod line_index;
mod mend;
mod number;
mod parser;
mod pointer;
mod recovery;
mod recovery_tokens;
pub mod rewrite;
mod span;
mod string;
mod tree;

pub use edit::{TextEdit, apply_edits};
pub use error::{SyntaxError, SyntaxErrorKind};
pub use format::format;
pub use line_index::{LineIndex, Position};
pub use parser::{MAX_DEPTH, MAX_ERRORS, parse};
pub use pointer::{Segment, push_segment};
pub use span::Span;
pub use string::quote;
pub use tree::{Children, Kind, Members, Node, NodeId, Tree};
