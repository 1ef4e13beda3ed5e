//! The outline of a document, and the names of a workspace.

use std::borrow::Cow;
use std::sync::Arc;

use task_api_core::model::{Container, Env, Mount, Task, Template, Volume};
use task_api_core::template::is_part_of_name;
use task_api_core::{Kind, secret::REDACTED};
use task_api_json::{Kind as NodeKind, Node, Span};

use crate::document::Document;
use crate::secrets::{is_named_as_secret, shown_value, shown_words};
use crate::typed::Typed;
use crate::workspace::Workspace;

/// An entry of the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Never empty.
    pub name: String,
    pub detail: Option<String>,
    pub kind: SymbolKind,
    pub span: Span,
    /// Within `span`.
    pub name_span: Span,
    pub children: Vec<Symbol>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    File,
    Template,
    Channel,
    Env,
    Command,
    Resource,
    Object,
    Array,
    String,
    Number,
    Boolean,
    Null,
    Key,
}

/// A name that is found from anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceSymbol {
    pub uri: Arc<str>,
    pub name: String,
    /// The template or task that it belongs to.
    pub container_name: Option<String>,
    pub kind: SymbolKind,
    pub span: Span,
}

/// How many names a search brings up.
const MOST_SYMBOLS: usize = 500;

/// Characters of a value that an outline has room for.
const LONGEST_DETAIL: usize = 80;

/// In a document with more values than this, an outline of all of them would bury what it is to show.
const MOST_VALUES: usize = 10_000;

/// The outline of a file of the contract, nested as the document is. That of a very large one has no entries for the
/// texts and numbers below its topmost fields.
pub fn document_symbols(document: &Document) -> Vec<Symbol> {
    let is_brief = document.tree().node_count() > MOST_VALUES;
    let outline = Outline { is_brief };
    Typed::root(document).map(|root| outline.children(root, false, false)).unwrap_or_default()
}

/// Templates, channels, variables and tasks whose names have the letters of the query in its order, the best first.
pub fn workspace_symbols(workspace: &Workspace, query: &str) -> Vec<WorkspaceSymbol> {
    let query: Vec<char> = query.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    let mut search = Search { query, found: Vec::new() };
    for document in workspace.documents() {
        match document.kind() {
            Some(Kind::ProcessingContainer) => {
                for template in Container::read(document.root()).templates() {
                    search.template(document, &template);
                }
            }
            Some(Kind::Task) => search.task(document),
            #[cfg(feature = "workflow")]
            Some(Kind::Workflow) => search.workflow(document),
            #[cfg(not(feature = "workflow"))]
            Some(Kind::Workflow) => {}
            None => {}
        }
    }
    search.finish()
}

#[derive(Debug, Clone, Copy)]
struct Outline {
    /// Only what has something in it.
    is_brief: bool,
}

impl Outline {
    /// What is in an object or an array; below the name of a secret, all is secret.
    fn children(self, typed: Typed<'_>, is_secret: bool, is_below: bool) -> Vec<Symbol> {
        let is_list = typed.node.kind() == NodeKind::Array;
        let is_shown = |child: &Typed<'_>| {
            !(self.is_brief && is_below) || matches!(child.node.kind(), NodeKind::Object | NodeKind::Array)
        };
        let of = |(index, child)| self.symbol(typed, child, is_list.then_some(index), is_secret);
        typed.children().enumerate().filter(|(_, child)| is_shown(child)).map(of).collect()
    }

    fn symbol(self, above: Typed<'_>, typed: Typed<'_>, index: Option<usize>, is_below_secret: bool) -> Symbol {
        let node = typed.node;
        let is_secret = is_below_secret || is_named_as_secret(node);
        let kind = kind_of(above, typed);
        let name_node = match typed.key() {
            Some(key) => Some(key),
            None => ["identifier", "task_id", "name"]
                .iter()
                .find_map(|name| node.get(name))
                .filter(|name| name.kind() == NodeKind::String),
        };
        let name = match (name_node.and_then(Node::as_str), index) {
            (Some(name), _) if !name.trim().is_empty() => shortened(&name),
            (Some(_), _) => "\"\"".to_owned(),
            (None, Some(index)) => index.to_string(),
            (None, None) => "?".to_owned(),
        };
        let start = typed.key().map_or(node.span().start, |key| key.span().start);
        let end = node.span().end.max(typed.key().map_or(0, |key| key.span().end));
        let span = Span::new(start, end.max(start));
        let name_span = name_node.map_or(span, Node::span);
        let detail = detail(above, typed, kind, is_secret).filter(|detail| !detail.is_empty());
        // The words of a command stand in its detail.
        let children = if kind == SymbolKind::Command { Vec::new() } else { self.children(typed, is_secret, true) };
        let is_inside = span.start <= name_span.start && name_span.end <= span.end;
        Symbol { name, detail, kind, span, name_span: if is_inside { name_span } else { span }, children }
    }
}

fn kind_of(above: Typed<'_>, typed: Typed<'_>) -> SymbolKind {
    match (typed.node.kind(), typed.definition()) {
        (NodeKind::Object, "TaskTemplate") => return SymbolKind::Template,
        (NodeKind::Object, "WorkflowTask") => return SymbolKind::File,
        (NodeKind::Object, "IOMount" | "IOVolume" | "IOMapping" | "SourceInput") => return SymbolKind::Channel,
        (NodeKind::Object, "TaskTemplateEnv" | "BaseEnv") => return SymbolKind::Env,
        (NodeKind::Object, "Resources") => return SymbolKind::Resource,
        _ => {}
    }
    let owner = above.definition();
    if typed.node.kind() == NodeKind::Array
        && matches!(owner, "Task" | "WorkflowTask" | "TaskTemplate")
        && typed.is_field("command")
    {
        return SymbolKind::Command;
    }
    if is_quantity(above) {
        return SymbolKind::Resource;
    }
    match typed.node.kind() {
        NodeKind::Object => SymbolKind::Object,
        NodeKind::Array => SymbolKind::Array,
        NodeKind::String => SymbolKind::String,
        NodeKind::Number => SymbolKind::Number,
        NodeKind::True | NodeKind::False => SymbolKind::Boolean,
        NodeKind::Null => SymbolKind::Null,
        NodeKind::Key | NodeKind::Missing | NodeKind::Template => SymbolKind::Key,
    }
}

/// Whether the values of an object are amounts of resources.
pub(crate) fn is_quantity(above: Typed<'_>) -> bool {
    let is_side = above.is_field("limits") || above.is_field("requests");
    // Only there does the contract know a field of this name.
    is_side && above.place().is_some_and(|place| place.property("memory").is_some())
}

fn detail(above: Typed<'_>, typed: Typed<'_>, kind: SymbolKind, is_secret: bool) -> Option<String> {
    let node = typed.node;
    let text = |node: Node<'_>, name: &str| Some(node.get(name)?.as_str()?.into_owned());
    match kind {
        SymbolKind::Template => text(node, "description").map(|text| shortened(&text)),
        SymbolKind::File => {
            let template = node.get("taskTemplate")?;
            text(node, "taskTemplate").or_else(|| text(template, "identifier")).map(|name| shortened(&name))
        }
        SymbolKind::Channel if typed.definition() == "IOMapping" => {
            let (operator, output) = (text(node, "upstream_operator")?, text(node, "upstream_output_channel")?);
            let input = text(node, "input_channel").unwrap_or_default();
            Some(shortened(&format!("{operator}.{output} → {input}")))
        }
        SymbolKind::Channel => {
            let source = || node.get("volume_source").or_else(|| node.get("input"));
            let path = text(node, "mounted_path").or_else(|| text(source()?, "host_path"));
            path.map(|path| shortened(&path))
        }
        SymbolKind::Env => {
            let value = text(node, "value")?;
            Some(shortened(&shown_value(&text(node, "name").unwrap_or_default(), &value)))
        }
        SymbolKind::Command => {
            let words = shown_words(node.elements().take(50).map(|word| word.as_str().unwrap_or(Cow::Borrowed("…"))));
            Some(shortened(&words.join(" ")))
        }
        _ if matches!(node.kind(), NodeKind::Object | NodeKind::Array) => {
            let is_required = typed.key().and_then(|key| above.property(key)).is_some_and(|property| property.required);
            is_required.then(|| "required".to_owned())
        }
        _ if node.kind() == NodeKind::Null => None,
        _ if is_secret => Some(REDACTED.to_owned()),
        _ => Some(shortened(&node.as_str().unwrap_or(Cow::Borrowed(node.source())))),
    }
}

fn shortened(text: &str) -> String {
    if text.len() <= LONGEST_DETAIL && !text.contains(char::is_control) {
        return text.to_owned();
    }
    let is_long = text.len() > LONGEST_DETAIL && text.chars().nth(LONGEST_DETAIL).is_some();
    let mut shown: String = text.chars().take(LONGEST_DETAIL).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if is_long {
        shown.push('…');
    }
    shown
}

struct Search {
    query: Vec<char>,
    /// With how well they match: less is better.
    found: Vec<(u32, WorkspaceSymbol)>,
}

impl Search {
    fn template(&mut self, document: &Document, template: &Template<'_>) {
        let identifier = template.identifier.as_ref();
        if let Some(identifier) = identifier {
            self.add(document, SymbolKind::Template, &identifier.value, None, identifier.span());
        }
        let container = identifier.map(|identifier| &*identifier.value);
        for Mount { name, .. } in template.inputs.iter().chain(&template.outputs) {
            self.add(document, SymbolKind::Channel, &name.value, container, name.span());
        }
        for Env { name, .. } in &template.env {
            self.add(document, SymbolKind::Env, &name.value, container, name.span());
        }
    }

    fn task(&mut self, document: &Document) {
        let task = Task::read_as(document.root(), document.version());
        let container = task.name.as_ref().map(|name| &*name.value);
        if let Some(name) = &task.name {
            self.add(document, SymbolKind::File, &name.value, None, name.span());
        }
        for Volume { name, .. } in task.inputs.iter().chain(&task.outputs) {
            self.add(document, SymbolKind::Channel, &name.value, container, name.span());
        }
        for Env { name, .. } in &task.env {
            self.add(document, SymbolKind::Env, &name.value, container, name.span());
        }
        if let Some(template) = task.inline_template() {
            self.template(document, template);
        }
    }

    #[cfg(feature = "workflow")]
    fn workflow(&mut self, document: &Document) {
        let name = document.root().get("name").and_then(Node::as_str);
        for id in crate::flow::tasks(document).filter_map(|task| task.get("task_id")) {
            if let Some(text) = id.as_str() {
                self.add(document, SymbolKind::File, &text, name.as_deref(), id.span());
            }
        }
    }

    fn add(&mut self, document: &Document, kind: SymbolKind, name: &str, container: Option<&str>, span: Span) {
        if name.is_empty() {
            return;
        }
        let Some(badness) = badness(&self.query, name) else { return };
        self.found.push((
            badness,
            WorkspaceSymbol {
                uri: Arc::clone(document.uri()),
                name: shortened(name),
                container_name: container.filter(|name| !name.is_empty()).map(shortened),
                kind,
                span,
            },
        ));
    }

    fn finish(mut self) -> Vec<WorkspaceSymbol> {
        let rank = |kind: SymbolKind| match kind {
            SymbolKind::Template => 0,
            SymbolKind::File => 1,
            SymbolKind::Channel => 2,
            _ => 3,
        };
        // Stable: what is equally good stays in the order of documents.
        self.found.sort_by(|(left, a), (right, b)| {
            (left, rank(a.kind), a.name.len()).cmp(&(right, rank(b.kind), b.name.len()))
        });
        self.found.truncate(MOST_SYMBOLS);
        self.found.into_iter().map(|(_, symbol)| symbol).collect()
    }
}

/// How far a name is from what was asked for, in letters of which those of ASCII are small: the tables of Unicode for the
/// others are a hundredth of a module. `None` if it lacks one of them.
fn badness(query: &[char], name: &str) -> Option<u32> {
    let mut wanted = query.iter();
    let mut next = wanted.next();
    let mut badness = 0;
    let mut is_word_start = true;
    let mut was_hit = true;
    for character in name.chars() {
        let Some(letter) = next else {
            // What follows the last hit counts little.
            badness += 1;
            continue;
        };
        if character.to_ascii_lowercase() == *letter {
            badness += if was_hit || is_word_start { 0 } else { 20 };
            next = wanted.next();
            was_hit = true;
        } else {
            badness += 4;
            was_hit = false;
        }
        is_word_start = character == '_' || !is_part_of_name(character);
    }
    next.is_none().then_some(badness)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use expect_test::{Expect, expect};

    use super::*;
    use crate::fixture::fixture;

    fn write_symbols(symbols: &[Symbol], text: &str, depth: usize, shown: &mut String) {
        for symbol in symbols {
            let detail = symbol.detail.as_ref().map(|detail| format!(" = {detail}")).unwrap_or_default();
            let place = symbol.name_span.of(text).lines().next().unwrap_or_default();
            writeln!(shown, "{}{:?} {}{detail} @ {place}", "  ".repeat(depth), symbol.kind, symbol.name).unwrap();
            write_symbols(&symbol.children, text, depth + 1, shown);
        }
    }

    #[track_caller]
    fn check(path: &str, literal: &str, expected: Expect) {
        let fixture = fixture(literal);
        let document = fixture.workspace.get(path).unwrap();
        let mut shown = String::new();
        write_symbols(&document_symbols(document), document.text(), 0, &mut shown);
        expected.assert_eq(&shown);
    }

    #[track_caller]
    fn check_search(literal: &str, query: &str, expected: Expect) {
        let fixture = fixture(literal);
        let mut shown = String::new();
        for symbol in workspace_symbols(&fixture.workspace, query) {
            let container = symbol.container_name.map(|name| format!(" in {name}")).unwrap_or_default();
            writeln!(shown, "{:?} {}{container} {}", symbol.kind, symbol.name, symbol.uri).unwrap();
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn the_outline_of_a_container() {
        check(
            "file:///processing-container.json",
            r#"//- /processing-container.json
{"name": "lungs", "templates": [{"identifier": "segment", "description": "Writes masks.",
  "inputs": [{"name": "images", "mounted_path": "/in", "scale_rule": {"complexity": "n"}}],
  "outputs": [],
  "env": [{"name": "UNIT", "value": "mm", "choices": ["mm"]}, {"name": "API_TOKEN", "value": "t0p"}],
  "command": ["run", "--password=x"],
  "resources": {"limits": {"memory": "1Gi"}}}, {}, 5]}
"#,
            expect![[r#"
                String name = lungs @ "name"
                Array templates = required @ "templates"
                  Template segment = Writes masks. @ "segment"
                    String identifier = segment @ "identifier"
                    String description = Writes masks. @ "description"
                    Array inputs = required @ "inputs"
                      Channel images = /in @ "images"
                        String name = images @ "name"
                        String mounted_path = /in @ "mounted_path"
                        Object scale_rule @ "scale_rule"
                          String complexity = n @ "complexity"
                    Array outputs = required @ "outputs"
                    Array env = required @ "env"
                      Env UNIT = mm @ "UNIT"
                        String name = UNIT @ "name"
                        String value = mm @ "value"
                        Array choices @ "choices"
                          String 0 = mm @ "mm"
                      Env API_TOKEN = [redacted] @ "API_TOKEN"
                        String name = API_TOKEN @ "name"
                        String value = [redacted] @ "value"
                    Command command = run --password=[redacted] @ "command"
                    Resource resources @ "resources"
                      Object limits @ "limits"
                        Resource memory = 1Gi @ "memory"
                  Template 1 @ {}
                  Number 2 = 5 @ 5
            "#]],
        );
    }

    #[test]
    fn the_outline_of_a_task() {
        check(
            "file:///task.json",
            r#"{"name": "", "taskTemplate": {"identifier": "t"}, "": null, "inputs": [{"name": "a", "input": {"host_path": "./a"}}],
  "env": [{"name": "A", "value": "1"}], "config": {"registryPassword": "hunter2"}, "broken": }"#,
            expect![[r#"
                String name @ "name"
                Template taskTemplate @ "taskTemplate"
                  String identifier = t @ "identifier"
                Null "" @ ""
                Array inputs = required @ "inputs"
                  Channel a = ./a @ "a"
                    String name = a @ "name"
                    Object input = required @ "input"
                      String host_path = ./a @ "host_path"
                Array env @ "env"
                  Env A = 1 @ "A"
                    String name = A @ "name"
                    String value = 1 @ "value"
                Object config @ "config"
                  String registryPassword = [redacted] @ "registryPassword"
                Key broken @ "broken"
            "#]],
        );
    }

    #[test]
    fn the_outline_of_a_very_large_document_has_what_has_names() {
        let variables: Vec<String> =
            (0..MOST_VALUES / 4).map(|index| format!(r#"{{"name": "V{index}", "value": ""}}"#)).collect();
        let fixture = fixture(&format!(r#"{{"name": "a", "env": [{}]}}"#, variables.join(",")));
        let outline = document_symbols(fixture.workspace.get("file:///task.json").unwrap());
        let [name, env] = outline.as_slice() else { panic!("{outline:?}") };
        assert_eq!((&*name.name, &*env.name), ("name", "env"));
        assert_eq!(env.children.len(), variables.len());
        assert_eq!((&*env.children[3].name, env.children[3].children.len()), ("V3", 0));
    }

    const WORKSPACE: &str = r#"//- /processing-container.json
{"templates": [{"identifier": "segment-lungs", "inputs": [{"name": "images"}], "env": [{"name": "SEGMENTS"}]}]}
//- /a/task.json
{"name": "long segment", "env": [{"name": "SLOW_GPU"}], "outputs": [{"name": "segs"}]}
"#;

    #[test]
    fn names_are_found_by_some_of_their_letters_and_the_best_come_first() {
        check_search(
            WORKSPACE,
            "seg",
            expect![[r#"
                Channel segs in long segment file:///a/task.json
                Env SEGMENTS in segment-lungs file:///processing-container.json
                Template segment-lungs file:///processing-container.json
                File long segment file:///a/task.json
            "#]],
        );
        check_search(
            WORKSPACE,
            "s Gp",
            expect![[r#"
                Env SLOW_GPU in long segment file:///a/task.json
            "#]],
        );
        check_search(WORKSPACE, "xyz", expect![""]);
        check_search(
            r#"{"env": [{"name": "SxExG"}, {"name": "xxSEG"}, {"name": "s_e_g"}]}"#,
            "seg",
            expect![[r#"
                Env s_e_g file:///task.json
                Env xxSEG file:///task.json
                Env SxExG file:///task.json
            "#]],
        );
        assert_eq!(workspace_symbols(&fixture(WORKSPACE).workspace, "").len(), 6);
    }

    #[test]
    fn letters_beyond_ascii_are_found_as_they_are_written() {
        let names = r#"{"env": [{"name": "GRÖSSE"}, {"name": "Größe"}, {"name": "groesse"}]}"#;
        check_search(
            names,
            "gRöß",
            expect![[r#"
                Env Größe file:///task.json
            "#]],
        );
        check_search(
            names,
            "gÖs",
            expect![[r#"
                Env GRÖSSE file:///task.json
            "#]],
        );
    }

    #[test]
    fn a_search_is_bounded() {
        let variables: Vec<String> = (0..600).map(|index| format!(r#"{{"name": "V{index}", "value": ""}}"#)).collect();
        let fixture = fixture(&format!(r#"{{"name": "a", "env": [{}]}}"#, variables.join(",")));
        assert_eq!(workspace_symbols(&fixture.workspace, "").len(), MOST_SYMBOLS);
        assert_eq!(workspace_symbols(&fixture.workspace, "v599").len(), 1);
    }
}
