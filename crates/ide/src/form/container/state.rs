//! All that a form shows at once, and which findings belong to which field.

use std::collections::HashMap;

use task_api_core::diagnostic::{Diagnostic, Severity};
use task_api_json::{Kind as NodeKind, Node};

use super::ContainerForm;
use super::fields::View;
use super::place::{List, Place};
use super::types::{ContainerFormState, FormEntry, TemplateEntry, TemplateParts};
use crate::form::scale_rules::law_field;
use crate::form::types::{Direction, Field, FieldDiagnostic};

impl ContainerForm {
    /// `open` are the templates and entries whose fields are wanted, by their ids: a file may have ten thousand.
    pub fn state(&self, open: &[String]) -> ContainerFormState {
        let view = self.view();
        let open: Vec<Place> = open.iter().filter_map(|id| Place::parse(id)).collect();
        let checked = self.checked();
        let shown_at: Vec<Option<String>> =
            checked.diagnostics.iter().map(|found| Some(view.owner(found)?.to_string())).collect();
        let own = ["name", "description"].into_iter().filter_map(|name| view.field_at(&Place::Container(name)));
        let mut fields: Vec<Field> = own.collect();
        let nodes = view.entries(&Place::Templates);
        let mut templates: Vec<TemplateEntry> =
            nodes.iter().enumerate().map(|(index, node)| view.template(index, *node, &open)).collect();
        attach(&mut fields, &mut templates, &shown_at);
        let missing = fields.iter().filter(|field| field.is_missing).count()
            + templates.iter().map(|template| template.missing).sum::<usize>();
        let reported = self.diagnostics().diagnostics.into_iter().zip(shown_at);
        ContainerFormState {
            api_version: view.version.number(),
            fields,
            templates,
            missing,
            valid: checked.count(Severity::Error) == 0,
            diagnostics: reported.map(|(diagnostic, field)| FieldDiagnostic { diagnostic, field }).collect(),
            broken: view.broken,
        }
    }
}

impl<'a> View<'a> {
    fn template(&self, index: usize, node: Node<'a>, open: &[Place]) -> TemplateEntry {
        let place = Place::Template(index);
        let lists = List::ALL.map(|list| self.entries(&Place::List(index, list)));
        let [inputs, outputs, env] = &lists;
        let of_entries = List::ALL
            .into_iter()
            .zip(&lists)
            .flat_map(|(list, entries)| entries.iter().map(move |entry| self.missing_with_rule(*entry, list)));
        TemplateEntry {
            id: place.to_string(),
            identifier: text(node, "identifier"),
            description: text(node, "description"),
            inputs: inputs.len(),
            outputs: outputs.len(),
            parameters: env.len(),
            missing: self.missing_in(node, "TaskTemplate") + of_entries.sum::<usize>(),
            parts: open.contains(&place).then(|| self.parts(index, &lists, open)).flatten(),
        }
    }

    fn parts(&self, template: usize, lists: &[Vec<Node<'a>>; 3], open: &[Place]) -> Option<TemplateParts> {
        let field = |name: &'static str| self.field_at(&Place::TemplateField(template, name));
        let entries = |list: List, nodes: &[Node<'a>]| {
            let entry = |(index, node): (usize, &Node<'a>)| self.entry(template, list, index, *node, open);
            nodes.iter().enumerate().map(entry).collect()
        };
        let [inputs, outputs, env] = lists;
        Some(TemplateParts {
            fields: ["identifier", "description"].into_iter().filter_map(field).collect(),
            inputs: entries(List::Channels(Direction::Input), inputs),
            outputs: entries(List::Channels(Direction::Output), outputs),
            env: entries(List::Env, env),
            command: field("command")?,
            resources: self.resources(template),
        })
    }

    fn entry(&self, template: usize, list: List, index: usize, node: Node<'a>, open: &[Place]) -> FormEntry {
        let place = Place::Entry(template, list, index);
        let optional = |name: &str| node.get(name).filter(|node| node.kind() == NodeKind::String)?.as_str();
        let rule = node.get("scale_rule").is_some_and(|rule| rule.kind() == NodeKind::Object);
        let direction = match list {
            List::Channels(direction) => Some(direction),
            List::Env => None,
        };
        FormEntry {
            id: place.to_string(),
            name: text(node, "name"),
            value: optional(if list == List::Env { "value" } else { "mounted_path" }).map(String::from),
            of_type: optional("type").filter(|_| list == List::Env).map(String::from),
            rule: self.rule_of(node).filter(|_| direction.is_some()),
            is_fixed: list == List::Env && node.get("adjustable").and_then(Node::as_bool) == Some(false),
            direction,
            missing: self.missing_with_rule(node, list),
            fields: if open.contains(&place) { self.entry_fields(template, list, index) } else { Vec::new() },
            can_have_rule: direction == Some(Direction::Input) && !rule,
        }
    }

    fn missing_with_rule(&self, entry: Node<'_>, list: List) -> usize {
        let rule = entry.get("scale_rule").filter(|rule| list != List::Env && rule.kind() == NodeKind::Object);
        self.missing_in(entry, list.definition()) + rule.map_or(0, |rule| self.missing_in(rule, "ScaleRule"))
    }

    /// Where a finding is shown.
    fn owner(&self, diagnostic: &Diagnostic) -> Option<Place> {
        let place = Place::around(&diagnostic.pointer);
        // What is missing is nowhere: the message begins with its name.
        let missing = diagnostic.message.strip_prefix('`').filter(|_| diagnostic.rule.name == "missing-field");
        let missing = missing.and_then(|name| name.split('`').next());
        let place = match (place, missing) {
            (None, Some(name)) if diagnostic.pointer.is_empty() => Place::parse(name)?,
            (Some(place), Some(name)) => place.child(name).unwrap_or(place),
            // It stands at the name, as the description may be nowhere.
            (Some(Place::EntryField(template, list, index, _)), None)
                if diagnostic.rule.name == "blank-description" =>
            {
                Place::EntryField(template, list, index, "description".to_owned())
            }
            (place, _) => place?,
        };
        Some(self.shown(place))
    }

    /// The place itself if the form shows it, else what is around it.
    fn shown(&self, place: Place) -> Place {
        let has = |definition: &str, name: &str| {
            self.definition(definition).is_some_and(|definition| definition.property(name).is_some())
        };
        match place {
            Place::Rule(template, list, index) => {
                Place::RuleField(template, list, index, law_field(self.version).to_owned())
            }
            Place::RuleField(template, list, index, name) if !has("ScaleRule", &name) => {
                Place::Entry(template, list, index)
            }
            Place::EntryField(template, list, index, name) if !has(list.definition(), &name) => {
                Place::Entry(template, list, index)
            }
            Place::Resources(template, _) => Place::Template(template),
            place => place,
        }
    }
}

/// Gives fields the numbers of their findings.
fn attach(fields: &mut [Field], templates: &mut [TemplateEntry], shown_at: &[Option<String>]) {
    let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, place) in shown_at.iter().enumerate() {
        if let Some(place) = place {
            found.entry(place).or_default().push(index);
        }
    }
    if found.is_empty() {
        return;
    }
    let parts = templates.iter_mut().filter_map(|template| template.parts.as_mut());
    let in_parts = parts.flat_map(|parts| {
        let entries = parts.inputs.iter_mut().chain(&mut parts.outputs).chain(&mut parts.env);
        let of_entries = entries.flat_map(|entry| entry.fields.iter_mut());
        parts.fields.iter_mut().chain(of_entries).chain([&mut parts.command]).chain(&mut parts.resources)
    });
    for field in fields.iter_mut().chain(in_parts) {
        field.diagnostics = found.remove(field.id.as_str()).unwrap_or_default();
    }
}

fn text(node: Node<'_>, name: &str) -> String {
    let text = node.get(name).filter(|node| node.kind() == NodeKind::String);
    text.and_then(Node::as_str).map(String::from).unwrap_or_default()
}
