//! What values come to, beside them.

use std::collections::HashMap;

use task_api_core::Kind;
use task_api_core::model::Env;
use task_api_core::plan::absolute_path;
use task_api_core::quantity::{Quantity, human_bytes};
use task_api_core::template::has_expression;
use task_api_json::{Node, Span};

use crate::belonging::template_of;
use crate::document::Document;
use crate::hover::values::{Unit, cores, decimal_bytes, law_of, quantity_text, unit_of};
use crate::secrets::shown_value;
use crate::structure::is_container;
use crate::symbols::is_quantity;
use crate::typed::Typed;
use crate::workspace::Workspace;

/// A few words beside a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlayHint {
    pub offset: u32,
    pub label: String,
    /// Plain text.
    pub tooltip: Option<String>,
    /// It belongs to what stands before the place.
    pub before: bool,
}

/// Characters of a default or a path that there is room for.
const LONGEST: usize = 60;

/// Data by which a law is shown.
const EXAMPLE_SIZE: u64 = 1 << 30;

/// The hints in a part of a document, in order.
pub fn inlay_hints(workspace: &Workspace, document: &Document, range: Span) -> Vec<InlayHint> {
    let Some(root) = Typed::root(document) else { return Vec::new() };
    let mut hints = Hints { workspace, document, range, defaults: None, found: Vec::new() };
    hints.below(root);
    hints.found
}

struct Hints<'a> {
    workspace: &'a Workspace,
    document: &'a Document,
    range: Span,
    /// The template's variables with their defaults, read when the first one is asked for.
    defaults: Option<HashMap<String, String>>,
    found: Vec<InlayHint>,
}

impl<'a> Hints<'a> {
    fn below(&mut self, above: Typed<'a>) {
        for child in above.node.members().map(|(_, value)| value).chain(above.node.elements()) {
            let span = child.span();
            if span.end < self.range.start {
                continue;
            }
            if span.start > self.range.end {
                break;
            }
            let typed = above.child(child);
            if is_container(child) {
                self.below(typed);
            } else if let Some(hint) = self.of_value(above, typed) {
                self.found.push(hint);
            }
        }
    }

    fn of_value(&mut self, above: Typed<'a>, typed: Typed<'a>) -> Option<InlayHint> {
        let (label, tooltip) = if is_quantity(above) {
            quantity(typed)?
        } else {
            match above.definition() {
                "BaseEnv" if typed.is_field("value") => self.default(above, typed)?,
                "HostPathVolume" if typed.is_field("host_path") => self.host_path(typed)?,
                "ScaleRule" if typed.is_field("complexity") || typed.is_field("scale_factor") => law(above)?,
                _ => return None,
            }
        };
        Some(InlayHint { offset: typed.node.span().end, label, tooltip: Some(tooltip), before: true })
    }

    fn default(&mut self, env: Typed<'a>, typed: Typed<'a>) -> Option<(String, String)> {
        let name = env.node.get("name")?.as_str()?;
        let value = typed.node.as_str()?;
        let (workspace, document) = (self.workspace, self.document);
        let defaults = self.defaults.get_or_insert_with(|| defaults(workspace, document));
        let default = defaults.get(&*name).filter(|default| **default != *value)?;
        let shown = shown_value(&name, default);
        let shown = if shown.is_empty() { "empty".to_owned() } else { shortened(&shown) };
        Some((format!("default: {shown}"), "What the template sets, and this task does not want".to_owned()))
    }

    fn host_path(&self, typed: Typed<'a>) -> Option<(String, String)> {
        let path = typed.node.as_str()?;
        let directory = self.document.directory.as_deref()?;
        if path.is_empty() || path.starts_with('/') || has_expression(&path) {
            return None;
        }
        let absolute = absolute_path(directory, &path);
        let label = format!("= {}", shortened_path(&absolute));
        Some((label, format!("{absolute}: relative to the directory of this file")))
    }
}

/// The variables that the template of a task declares; none for a container.
fn defaults(workspace: &Workspace, document: &Document) -> HashMap<String, String> {
    let template = (document.kind() == Some(Kind::Task)).then(|| template_of(workspace, document)).flatten();
    let list = template.and_then(|template| template.node.get("env"));
    let declared = list.into_iter().flat_map(Node::elements).filter_map(Env::read);
    declared.filter_map(|env| Some((env.name.value.into_owned(), env.value?.value.into_owned()))).collect()
}

/// What a reader would have to reckon.
fn quantity(typed: Typed<'_>) -> Option<(String, String)> {
    let text = quantity_text(typed.node)?;
    let quantity = Quantity::parse(&text).ok()?;
    let name = typed.key()?.as_str()?;
    let has_binary_unit = text.ends_with('i');
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '+'));
    match unit_of(&name) {
        Unit::Bytes => {
            let bytes = quantity.ceil();
            let number = Quantity::parse(text.trim_end_matches(unit)).map_or(0, Quantity::nanos);
            // Each way of writing is shown the other one; thousands of a unit are shown in the next.
            let amount = match (has_binary_unit, bytes) {
                (_, ..1024) => return None,
                (true, _) if number < 1024 * 1_000_000_000 => decimal_bytes(bytes),
                _ => human_bytes(bytes),
            };
            Some((format!("= {amount}"), format!("{bytes} bytes")))
        }
        Unit::Cores if !unit.is_empty() => {
            Some((format!("= {}", cores(quantity)), "The time of so many processors".to_owned()))
        }
        Unit::Cores | Unit::Pieces => None,
    }
}

fn law(rule: Typed<'_>) -> Option<(String, String)> {
    let law = law_of(rule.node)?;
    let bytes = human_bytes(law.apply(EXAMPLE_SIZE));
    let size = human_bytes(EXAMPLE_SIZE);
    Some((format!("{size} → {bytes}"), format!("With n = {size}, the rule comes to {bytes} of memory")))
}

fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Of a path, the end tells.
fn shortened_path(path: &str) -> String {
    let length = path.chars().count();
    match path.char_indices().nth(length.saturating_sub(LONGEST)).filter(|_| length > LONGEST) {
        Some((start, _)) => format!("…{}", &path[start..]),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use expect_test::{Expect, expect};

    use super::*;
    use crate::fixture::{Fixture, fixture};

    fn shown(fixture: &Fixture, uri: &str, range: Option<Span>) -> String {
        let document = fixture.workspace.get(uri).unwrap();
        let text = document.text();
        let mut shown = String::new();
        for hint in inlay_hints(&fixture.workspace, document, range.unwrap_or(Span::new(0, u32::MAX))) {
            let before = text[..hint.offset as usize].rsplit([' ', '{']).next().unwrap_or_default();
            writeln!(shown, "{before} {}", hint.label).unwrap();
        }
        shown
    }

    #[track_caller]
    fn check(literal: &str, uri: &str, expected: Expect) {
        expected.assert_eq(&shown(&fixture(literal), uri, None));
    }

    const FILES: &str = r#"//- /processing-container.json
{"templates": [{"identifier": "t", "env": [
  {"name": "A", "value": "0.5"}, {"name": "B", "value": "1"}, {"name": "C", "value": ""}, {"name": "MY_TOKEN", "value": "t0p"}]}]}
//- /task.json
{"taskTemplate": "t", "inputs": [{"name": "i", "input": {"host_path": "./data/../x"},
    "scale_rule": {"complexity": "1.5*n"}}, {"name": "j", "input": {"host_path": "/data"}}],
  "env": [{"name": "A", "value": "0.7"}, {"name": "B", "value": "1"}, {"name": "C", "value": "2"},
    {"name": "MY_TOKEN", "value": "x"}, {"name": "E", "value": "3"}]}
"#;

    #[test]
    fn quantities_where_they_are_not_obvious() {
        check(
            r#"{"resources": {"limits": {"memory": "2Gi", "cpu": "500m", "nvidia.com/gpu": 1, "ephemeral-storage": 5000000000},
                "requests": {"memory": "8192Mi", "cpu": 2, "hugepages-2Mi": "129M", "x": "5Gi"}}}"#,
            "file:///task.json",
            expect![[r#"
                "2Gi" = 2.1 GB
                "500m" = 0.5 cores
                5000000000 = 4.7 GiB
                "8192Mi" = 8 GiB
                "129M" = 123 MiB
            "#]],
        );
        check(
            r#"{"resources": {"limits": {"memory": "{{ a }}", "cpu": "lots", "ephemeral-storage": 5}}}"#,
            "file:///task.json",
            expect![""],
        );
    }

    #[test]
    fn defaults_that_a_task_does_not_keep_and_paths() {
        check(
            FILES,
            "file:///task.json",
            expect![[r#"
                "1.5*n" 1 GiB → 1.5 GiB
                "0.7" default: 0.5
                "2" default: empty
                "x" default: [redacted]
            "#]],
        );
        check(FILES, "file:///processing-container.json", expect![""]);
        let mut fixture = fixture(FILES);
        fixture.workspace.get_mut("file:///task.json").unwrap().directory = Some("/work".to_owned());
        let shown = shown(&fixture, "file:///task.json", Some(Span::new(0, 90)));
        expect![[r#"
            "./data/../x" = /work/x
        "#]]
        .assert_eq(&shown);
    }

    #[test]
    fn of_long_paths_the_end_is_kept() {
        let long = format!("/{}/end", "ä".repeat(100));
        assert_eq!(shortened_path(&long).chars().count(), LONGEST + 1);
        assert!(shortened_path(&long).ends_with("/end"));
        assert_eq!(shortened_path("/a"), "/a");
    }
}
