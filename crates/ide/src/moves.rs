//! Files that get another name, and the places in other files that lead to them.

use std::borrow::Cow;
use std::sync::Arc;

use task_api_json::{Kind as NodeKind, Span, TextEdit, quote};

use crate::DocumentEdit;
use crate::document::{Document, Role};
use crate::navigation::copied_words;
use crate::uri;
use crate::workspace::{Workspace, directory_of, percent_decoded, resolve};

/// A file or a folder, without a slash at its end, and its new name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub from: String,
    pub to: String,
}

/// The edits, before anything moves, after which what leads to a moved file still does, and so does what a moved file
/// leads to: the paths of a task-api.toml, the COPY lines of a Dockerfile, `$schema`. Paths of the host stay, for nobody
/// knows whether the data moves along.
pub fn moved(workspace: &Workspace, moves: &[Move]) -> Vec<DocumentEdit> {
    let mut all = Vec::new();
    for document in workspace.documents() {
        let new_name = new_name(moves, document.uri());
        let written = match document.role() {
            Role::Settings => paths_of_settings(document),
            Role::Dockerfile => paths_of_dockerfile(document),
            Role::Contract(_) => path_of_schema(document).into_iter().collect(),
            Role::Dag | Role::Other => Vec::new(),
        };
        let edits: Vec<TextEdit> =
            written.into_iter().filter_map(|path| path.after(moves, document.uri(), &new_name)).collect();
        if !edits.is_empty() {
            all.push(DocumentEdit { uri: Arc::clone(document.uri()), edits, creates: false });
        }
    }
    all
}

/// A path in a document, relative to its directory.
struct Written<'a> {
    path: Cow<'a, str>,
    /// With its quotes, if it has any.
    span: Span,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In quotes, which JSON and TOML have alike.
    Quoted,
    /// The same, and nothing above the directory can be named.
    QuotedBelow,
    /// A word of a Dockerfile, which has blanks around it. Nothing above the directory can be named.
    Word,
}

impl Written<'_> {
    fn after(self, moves: &[Move], old_place: &str, new_place: &str) -> Option<TextEdit> {
        let old_target = resolve(directory_of(old_place), &self.path);
        let new_target = new_name(moves, &old_target);
        if new_target == old_target && self.path.starts_with('/')
            || resolve(directory_of(new_place), &self.path) == *new_target
        {
            return None;
        }
        let mut path = path_to(directory_of(new_place), &new_target, self.path.starts_with('/'))?;
        let is_below_alone = self.form != Form::Quoted;
        if is_below_alone && path.starts_with("../") || path.contains(char::is_control) {
            return None;
        }
        if self.path.starts_with("./") && !path.starts_with('.') {
            path.insert_str(0, "./");
        }
        match self.form {
            Form::Word if path.contains(|c: char| c.is_whitespace() || "\"'[],$".contains(c)) => None,
            Form::Word => Some(TextEdit::replace(self.span, path)),
            Form::Quoted | Form::QuotedBelow => Some(TextEdit::replace(self.span, quote(&path))),
        }
    }
}

fn new_name<'a>(moves: &[Move], name: &'a str) -> Cow<'a, str> {
    for Move { from, to } in moves {
        match name.strip_prefix(&**from) {
            Some("") => return Cow::Owned(to.clone()),
            Some(rest) if rest.starts_with('/') => return Cow::Owned(format!("{to}{rest}")),
            _ => {}
        }
    }
    Cow::Borrowed(name)
}

/// The path from a directory to a file; `None` where there is none.
fn path_to(directory: &str, file: &str, is_absolute: bool) -> Option<String> {
    let root = |name: &str| {
        let host = name.find("://")? + 3;
        name[host..].find('/').map(|slash| host + slash)
    };
    let (from, to) = (root(directory)?, root(file)?);
    if directory[..from] != file[..to] {
        return None;
    }
    if is_absolute {
        return Some(file[to..].to_owned());
    }
    let from: Vec<&str> = directory[from..].split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = file[to..].split('/').filter(|part| !part.is_empty()).collect();
    let common = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
    // The last part is the file's own name.
    let common = common.min(to.len().checked_sub(1)?);
    Some(format!("{}{}", "../".repeat(from.len() - common), to[common..].join("/")))
}

fn paths_of_settings(document: &Document) -> Vec<Written<'_>> {
    let reading = document.settings();
    if !reading.problems.is_empty() {
        return Vec::new();
    }
    let config = &reading.config;
    let anywhere = config.validate.container.iter().chain(&config.validate.policy).map(|path| (path, Form::Quoted));
    let suppressions = config.suppressions.iter().filter(|one| one.is_literal);
    let below = suppressions.map(|one| (&one.file, Form::QuotedBelow));
    let written = anywhere.chain(below);
    written.map(|(path, form)| Written { path: Cow::Borrowed(&path.path), span: path.span, form }).collect()
}

fn paths_of_dockerfile(document: &Document) -> Vec<Written<'_>> {
    let words = copied_words(document.text()).into_iter().filter(|(_, word)| !word.starts_with("--"));
    let written = words.map(|(span, word)| {
        // The root of what is copied from is the directory itself.
        let path = word.trim_start_matches('/');
        let span = Span::new(span.start + (word.len() - path.len()) as u32, span.end);
        Written { path: Cow::Borrowed(path), span, form: Form::Word }
    });
    written.collect()
}

fn path_of_schema(document: &Document) -> Option<Written<'_>> {
    let node = document.root().get("$schema").filter(|node| node.kind() == NodeKind::String)?;
    let path = node.as_str()?;
    let is_path = !path.is_empty() && !path.contains(':') && !path.contains('#') && !path.contains(char::is_control);
    // Elsewhere than in the names of files, paths are encoded.
    let is_plain =
        document.uri().starts_with("file://") || uri::encode(&path) == path && percent_decoded(&path) == path;
    (is_path && is_plain).then_some(Written { path, span: node.span(), form: Form::Quoted })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::fixture::fixture;

    const FILES: &str = r#"//- /p/processing-container.json
{"$schema": "../schemas/pc.json", "templates": []}
//- /p/task-api.toml
[validate]
container = "processing-container.json"
policy = ["./site policy.json"]

[[suppress]]
file = "a/task.json"
rule = "floating-image-tag"
reason = "moves"
//- /p/Dockerfile
FROM scratch AS a
COPY --chown=1:1 start.py /processing-container.json /
COPY --from=a processing-container.json /
ADD ["processing-container.json", "/processing-container.json"]
//- /p/a/task.json
{"$schema": "https://x/y.json", "inputs": [{"input": {"host_path": "./data"}}]}
//- /p/b/task-api.toml
[validate]
container = "/p/processing-container.json"
//- /q/task-api.toml
[rules]
no-such-rule = "off"
[validate]
container = "../p/processing-container.json"
"#;

    #[track_caller]
    fn check(moves: &[(&str, &str)], expected: Expect) {
        let fixture = fixture(FILES);
        let of_file = |path: &str| format!("file://{path}");
        let moves: Vec<Move> = moves.iter().map(|(from, to)| Move { from: of_file(from), to: of_file(to) }).collect();
        let mut shown = String::new();
        for DocumentEdit { uri, edits, .. } in moved(&fixture.workspace, &moves) {
            let text = fixture.workspace.get(&uri).unwrap().text();
            for edit in edits {
                let path = uri.trim_start_matches("file://");
                shown.push_str(&format!("{path}: {} -> {}\n", edit.span.of(text), edit.new_text));
            }
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn what_leads_to_a_file_leads_to_its_new_name() {
        check(
            &[("/p/processing-container.json", "/p/sub/processing-container.json")],
            expect![[r#"
                /p/Dockerfile: processing-container.json -> sub/processing-container.json
                /p/Dockerfile: processing-container.json -> sub/processing-container.json
                /p/b/task-api.toml: "/p/processing-container.json" -> "/p/sub/processing-container.json"
                /p/processing-container.json: "../schemas/pc.json" -> "../../schemas/pc.json"
                /p/task-api.toml: "processing-container.json" -> "sub/processing-container.json"
            "#]],
        );
        check(
            &[("/p/site policy.json", "/p/a \"b\".json"), ("/p/a/task.json", "/p/a/x-task.json")],
            expect![[r#"
                /p/task-api.toml: "./site policy.json" -> "./a \"b\".json"
                /p/task-api.toml: "a/task.json" -> "a/x-task.json"
            "#]],
        );
    }

    #[test]
    fn what_moves_together_stays_together() {
        check(
            &[("/p", "/r/s")],
            expect![[r#"
                /p/b/task-api.toml: "/p/processing-container.json" -> "/r/s/processing-container.json"
                /p/processing-container.json: "../schemas/pc.json" -> "../../schemas/pc.json"
            "#]],
        );
        check(&[("/p/a/task.json", "/elsewhere/task.json")], expect![""]);
        check(&[("/pp", "/r")], expect![""]);
    }

    #[test]
    fn what_cannot_be_named_in_a_dockerfile_stays() {
        check(
            &[("/p/processing-container.json", "/processing-container.json")],
            expect![[r#"
                /p/b/task-api.toml: "/p/processing-container.json" -> "/processing-container.json"
                /p/task-api.toml: "processing-container.json" -> "../processing-container.json"
            "#]],
        );
    }
}
