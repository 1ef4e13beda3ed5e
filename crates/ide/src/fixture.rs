//! Several files in one literal, with the cursor as `$0`.
//!
//! ```text
//! //- /processing-container.json
//! {"name": "a"}
//! //- /task.json
//! {"taskTemplate": "$0"}
//! ```

use crate::workspace::{Facts, Workspace};

/// A workspace and where its cursor is.
pub(crate) struct Fixture {
    pub(crate) workspace: Workspace,
    pub(crate) uri: String,
    pub(crate) offset: u32,
}

/// Reads a literal; one without a header is `/task.json`. URIs begin with `file://`.
#[track_caller]
pub(crate) fn fixture(literal: &str) -> Fixture {
    let literal = if literal.trim_start().starts_with("//- ") {
        literal.to_owned()
    } else {
        format!("//- /task.json\n{literal}")
    };
    let mut workspace = Workspace::default();
    let mut cursor = None;
    for file in literal.split("//- ").skip(1) {
        let (path, text) = file.split_once('\n').unwrap_or((file, ""));
        let uri = format!("file://{}", path.trim());
        if let Some(offset) = text.find("$0") {
            assert!(cursor.is_none(), "one cursor is enough");
            cursor = Some((uri.clone(), offset as u32));
        }
        workspace.set(&uri, text.replacen("$0", "", 1), Facts::default());
    }
    let (uri, offset) = cursor.unwrap_or_default();
    Fixture { workspace, uri, offset }
}
