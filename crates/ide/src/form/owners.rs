//! Which field a finding belongs to.

use std::collections::HashMap;

use task_api_core::diagnostic::{Diagnostic, DocumentRef};
use task_api_json::{Node, Span};

use super::id::{FieldId, ResourceSide};
use super::reading::name_of;
use super::scale_rules::law_field;
use super::types::Direction;
use super::view::View;

/// What tells the field of a place in the task: made once for all findings, of which there may be thousands.
pub(super) struct Owners<'a> {
    view: &'a View<'a>,
    inputs: Vec<Node<'a>>,
    outputs: Vec<Node<'a>>,
    env: Vec<Node<'a>>,
    /// Channels by where their names are declared, which is in the task if the first is `true`.
    declarations: HashMap<(bool, Span), FieldId>,
}

impl<'a> Owners<'a> {
    pub(super) fn new(view: &'a View<'a>) -> Owners<'a> {
        let list = |name: &str| view.now.root.get(name).into_iter().flat_map(Node::elements).collect();
        let is_inline = view.template.as_ref().is_some_and(|template| template.is_inline);
        let declared = Direction::BOTH.into_iter().flat_map(|direction| {
            let channels = view.template().into_iter().flat_map(move |template| template.channels(direction));
            channels.filter_map(move |(name, mount)| {
                let place = (is_inline, mount.get("name")?.span());
                Some((place, FieldId::HostPath(direction, name.to_owned())))
            })
        });
        Owners {
            view,
            inputs: list("inputs"),
            outputs: list("outputs"),
            env: list("env"),
            declarations: declared.collect(),
        }
    }

    pub(super) fn field_of(&self, diagnostic: &Diagnostic) -> Option<FieldId> {
        if diagnostic.rule.name == "unbound-channel" {
            let declared = diagnostic.related.first()?;
            return self.declarations.get(&(declared.document == DocumentRef::This, declared.span)).cloned();
        }
        if diagnostic.pointer.is_empty() {
            // What is missing is nowhere: the message begins with its name.
            let name = diagnostic.message.strip_prefix('`').filter(|_| diagnostic.rule.name == "missing-field")?;
            return self.at(&[name.split('`').next()?]);
        }
        let steps = diagnostic.pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
        let steps: Vec<String> = steps.collect();
        self.at(&steps.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn at(&self, steps: &[&str]) -> Option<FieldId> {
        let named = |list: &[Node<'_>], index: &str| {
            let entry = list.get(index.parse::<usize>().ok()?)?;
            Some(name_of(*entry)?.into_owned())
        };
        Some(match *steps {
            ["name"] => FieldId::Name,
            ["image"] => FieldId::Image,
            ["taskTemplate", ..] => FieldId::Template,
            ["command", ..] => FieldId::Command,
            ["env", index, ..] => FieldId::Env(named(&self.env, index)?),
            ["inputs", index, "scale_rule", ref field @ ..] => {
                let field = field.first().copied().unwrap_or_else(|| law_field(self.view.version()));
                FieldId::RuleField(named(&self.inputs, index)?, field.to_owned())
            }
            ["inputs", index, ..] => FieldId::HostPath(Direction::Input, named(&self.inputs, index)?),
            ["outputs", index, ..] => FieldId::HostPath(Direction::Output, named(&self.outputs, index)?),
            ["resources", "limits", name, ..] => FieldId::Resource(ResourceSide::Limits, name.to_owned()),
            ["resources", "requests", name, ..] => FieldId::Resource(ResourceSide::Requests, name.to_owned()),
            ["config", list @ ("labels" | "annotations"), name, ..] => {
                FieldId::Config(vec![list.to_owned(), name.to_owned()])
            }
            ["config", name, ..] => FieldId::Config(vec![name.to_owned()]),
            _ => return None,
        })
    }
}
