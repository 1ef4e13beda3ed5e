//! Files that get another name, and the places in other files that lead to them.

use std::borrow::Cow;
use std::sync::Arc;

use task_api_json::{Kind as NodeKind, Span, TextEdit, quote};

use crate::DocumentEdit;
use crate::document::{Document, Role};
#[cfg(feature = "workflow")]
use crate::flow::container_paths;
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
/// leads to: the paths of a task-api.toml, the COPY lines of a Dockerfile, `$schema`, the container files of a workflow
/// or of DAGs. Paths of the host stay, for nobody knows whether the data moves along.
pub fn moved(workspace: &Workspace, moves: &[Move]) -> Vec<DocumentEdit> {
    let mut all = Vec::new();
    for document in workspace.documents() {
        let new_name = new_name(moves, document.uri());
        let written = match document.role() {
            Role::Settings => paths_of_settings(document),
            Role::Dockerfile => paths_of_dockerfile(document),
            Role::Contract(_) => path_of_schema(document).into_iter().chain(paths_of_workflow(document)).collect(),
            Role::Dag => paths_of_workflow(document),
            Role::Other => Vec::new(),
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
    /// A plain string of Python, in these quotes.
    Python(char),
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
        let is_below_alone = matches!(self.form, Form::QuotedBelow | Form::Word);
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
            Form::Python(_) if path.contains(['"', '\'', '\\']) => None,
            Form::Python(quote) => Some(TextEdit::replace(self.span, format!("{quote}{path}{quote}"))),
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
    (is_path && is_plain(document, &path)).then_some(Written { path, span: node.span(), form: Form::Quoted })
}

/// Whether a path is the same in the name of this document. Elsewhere than in the names of files, paths are encoded.
fn is_plain(document: &Document, path: &str) -> bool {
    document.uri().starts_with("file://") || uri::encode(path) == path && percent_decoded(path) == path
}

/// Of a workflow.json, and of a DAG file.
fn paths_of_workflow(document: &Document) -> Vec<Written<'_>> {
    let mut paths = container_paths(document);
    paths.retain(|(path, _)| !path.is_empty() && is_plain(document, path));
    let written = paths.into_iter().filter_map(|(path, span)| {
        let form = match document.role() {
            Role::Dag => Form::Python(quote_of_python(span.of(document.text()), &path)?),
            _ => Form::Quoted,
        };
        Some(Written { path: Cow::Owned(path), span, form })
    });
    written.collect()
}

#[cfg(not(feature = "workflow"))]
fn container_paths(_document: &Document) -> Vec<(String, Span)> {
    Vec::new()
}

/// What a text of Python has around it, unless it is put together of others or written elsewhere.
fn quote_of_python(source: &str, text: &str) -> Option<char> {
    let quote = source.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    (source.strip_prefix(quote)?.strip_suffix(quote)? == text).then_some(quote)
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

    const FLOWS: &str = r#"//- /p/lungs/processing-container.json
{"templates": []}
//- /p/flows/workflow.json
{"$schema": "../schemas/workflow.json",
 "inputs": [{"task_id": "a", "input_channel": "in", "host_path": "../lungs"}],
 "containers": [
  {"image": "a:1", "path": "../lungs/processing-container.json"},
  {"image": "b:1", "path": "./sub/processing-container.json"},
  {"image": "c:1", "path": "/p/lungs/processing-container.json"},
  {"image": "d:1", "path": "{{ env.X }}/../lungs/processing-container.json"},
  {"image": "e:1", "path": "../l\u0075ngs/processing-container.json"},
  {"image": "f:1", "path": 5}, {"image": "g:1", "path": ""}, {}]}
//- /p/task.json
{"containers": [{"image": "a:1", "path": "lungs/processing-container.json"}]}
//- /p/flows/dag.py
from task_api_operator.KaapanaTaskOperator import KaapanaTaskOperator
from airflow.models import DAG

ELSEWHERE = "../lungs/processing-container.json"
TASK_API = {
    "containers": [
        {"image": "a:1", "path": "../lungs/processing-container.json"},
        {"image": "b:1", "path": '../lungs/processing-container.json'},
        {"image": "c:1", "path": ELSEWHERE},
        {"image": "d:1", "path": "../lungs" "/processing-container.json"},
        {"image": "e:1", "path": """../lungs/processing-container.json"""},
        {"image": "f:1", "path": f"../lungs/processing-container.json"},
    ],
}
with DAG("one") as one:
    pass
with DAG("two") as two:
    pass
"#;

    #[track_caller]
    fn check(moves: &[(&str, &str)], expected: Expect) {
        check_in(FILES, moves, expected);
    }

    #[track_caller]
    fn check_in(files: &str, moves: &[(&str, &str)], expected: Expect) {
        let fixture = fixture(files);
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

    #[test]
    fn a_workflow_leads_to_its_container_files_where_they_go() {
        check_in(
            FLOWS,
            &[("/p/lungs", "/p/organs/lungs")],
            expect![[r#"
            /p/flows/dag.py: "../lungs/processing-container.json" -> "../organs/lungs/processing-container.json"
            /p/flows/dag.py: '../lungs/processing-container.json' -> '../organs/lungs/processing-container.json'
            /p/flows/workflow.json: "../lungs/processing-container.json" -> "../organs/lungs/processing-container.json"
            /p/flows/workflow.json: "/p/lungs/processing-container.json" -> "/p/organs/lungs/processing-container.json"
            /p/flows/workflow.json: "../l\u0075ngs/processing-container.json" -> "../organs/lungs/processing-container.json"
        "#]],
        );
        check_in(
            FLOWS,
            &[("/p/lungs/processing-container.json", "/p/flows/processing-container.json")],
            expect![[r#"
            /p/flows/dag.py: "../lungs/processing-container.json" -> "processing-container.json"
            /p/flows/dag.py: '../lungs/processing-container.json' -> 'processing-container.json'
            /p/flows/workflow.json: "../lungs/processing-container.json" -> "processing-container.json"
            /p/flows/workflow.json: "/p/lungs/processing-container.json" -> "/p/flows/processing-container.json"
            /p/flows/workflow.json: "../l\u0075ngs/processing-container.json" -> "processing-container.json"
        "#]],
        );
    }

    #[test]
    fn a_workflow_that_moves_leads_where_it_did() {
        check_in(
            FLOWS,
            &[("/p/flows/workflow.json", "/p/workflow.json")],
            expect![[r#"
            /p/flows/workflow.json: "../schemas/workflow.json" -> "schemas/workflow.json"
            /p/flows/workflow.json: "../lungs/processing-container.json" -> "lungs/processing-container.json"
            /p/flows/workflow.json: "./sub/processing-container.json" -> "./flows/sub/processing-container.json"
            /p/flows/workflow.json: "../l\u0075ngs/processing-container.json" -> "lungs/processing-container.json"
        "#]],
        );
        check_in(
            FLOWS,
            &[("/p/flows/dag.py", "/p/flows/deep/dag.py")],
            expect![[r#"
            /p/flows/dag.py: "../lungs/processing-container.json" -> "../../lungs/processing-container.json"
            /p/flows/dag.py: '../lungs/processing-container.json' -> '../../lungs/processing-container.json'
        "#]],
        );
        check_in(
            FLOWS,
            &[("/p", "/q")],
            expect![[r#"
            /p/flows/workflow.json: "/p/lungs/processing-container.json" -> "/q/lungs/processing-container.json"
        "#]],
        );
    }

    #[test]
    fn what_a_plain_string_of_python_cannot_hold_stays() {
        check_in(
            FLOWS,
            &[("/p/lungs", "/p/the \"lungs\"")],
            expect![[r#"
            /p/flows/workflow.json: "../lungs/processing-container.json" -> "../the \"lungs\"/processing-container.json"
            /p/flows/workflow.json: "/p/lungs/processing-container.json" -> "/p/the \"lungs\"/processing-container.json"
            /p/flows/workflow.json: "../l\u0075ngs/processing-container.json" -> "../the \"lungs\"/processing-container.json"
        "#]],
        );
    }

    /// Names are encoded there, and paths in a file are not.
    #[test]
    fn elsewhere_than_on_a_disk_only_plain_paths_are_followed() {
        let mut workspace = Workspace::default();
        let text = r#"{"containers": [{"image": "a:1", "path": "a/x.json"}, {"image": "b:1", "path": "b c/x.json"}]}"#;
        workspace.set("vscode-vfs://h/p/workflow.json", text.to_owned(), crate::workspace::Facts::default());
        let edits = |to: &str| {
            let (from, to) = ("vscode-vfs://h/p/workflow.json".to_owned(), format!("vscode-vfs://h/p/{to}"));
            let edits = moved(&workspace, &[Move { from, to }]).into_iter().flat_map(|edits| edits.edits);
            edits.map(|edit| (edit.span.of(text).to_owned(), edit.new_text)).collect::<Vec<_>>()
        };
        assert_eq!(edits("d/workflow.json"), [("\"a/x.json\"".to_owned(), "\"../a/x.json\"".to_owned())]);
    }
}
