//! What a form is made from: the task as it stands, as it last could be read, and its template.

use task_api_core::model::{Container, Template};
use task_api_core::report;
use task_api_core::schema::{Property, Schema, SchemaId, Subschema, schema};
use task_api_core::{ApiVersion, Kind};
use task_api_json::{Kind as NodeKind, Node, Span};

use super::TaskForm;
use super::id::FieldId;
use super::reading::Reading;
use super::state::template_choices;
use super::types::{Broken, Choice, FieldValue, OffsetRange};
use crate::document::Document;

pub(super) struct View<'a> {
    pub(super) now: Reading<'a>,
    /// Only while the text is broken.
    before: Option<Reading<'a>>,
    pub(super) template: Option<BoundTemplate<'a>>,
    pub(super) template_name: Option<String>,
    pub(super) broken: Option<Broken>,
    pub(super) template_choices: Vec<Choice>,
    place: report::Document<'a>,
}

pub(super) struct BoundTemplate<'a> {
    pub(super) reading: Reading<'a>,
    /// Written out in the task.
    pub(super) is_inline: bool,
}

/// What the task says of a field.
pub(super) struct Own<'a> {
    pub(super) value: Option<FieldValue>,
    /// In the present text.
    pub(super) node: Option<Node<'a>>,
    pub(super) broken: Option<Broken>,
}

impl TaskForm {
    pub(super) fn view(&self) -> View<'_> {
        let now = Reading::new(self.task.root(), self.task.version());
        let before = self.readable.as_ref().map(|document| Reading::new(document.root(), document.version()));
        let place = self.report_document();
        let broken = first_error(&self.task, &place);
        let before = before.filter(|_| broken.is_some());
        let (template, template_name) = self.template_of(&now, before.as_ref());
        let container = self.container.as_ref().map(Document::root);
        let template_choices = container.map(template_choices).unwrap_or_default();
        View { now, before, template, template_name, broken, template_choices, place }
    }

    fn template_of<'a>(
        &'a self,
        now: &Reading<'a>,
        before: Option<&Reading<'a>>,
    ) -> (Option<BoundTemplate<'a>>, Option<String>) {
        let says = |reading: &Reading<'a>| {
            let written = reading.get(&FieldId::Template)?;
            match written.kind() {
                NodeKind::Object => Some(Err(written)),
                NodeKind::String if !written.is_recovered() => Some(Ok(written.as_str()?.into_owned())),
                _ => None,
            }
        };
        let said = says(now).or_else(|| says(before?));
        let identifier = match said {
            Some(Err(inline)) => {
                let name = inline.get("identifier").and_then(Node::as_str).map(|name| name.into_owned());
                let reading = Reading::new(inline, now.version);
                return (Some(BoundTemplate { reading, is_inline: true }), name);
            }
            Some(Ok(identifier)) => identifier,
            None => self.template.clone(),
        };
        let container = self.container.as_ref();
        let found = container.and_then(|container| {
            let template = Container::read(container.root()).template(&identifier)?;
            Some(Reading::new(template.node, container.version()))
        });
        (
            found.map(|reading| BoundTemplate { reading, is_inline: false }),
            Some(identifier).filter(|name| !name.is_empty()),
        )
    }
}

impl<'a> View<'a> {
    pub(super) fn version(&self) -> ApiVersion {
        self.now.version
    }

    pub(super) fn schema(&self) -> &'static Schema {
        schema(Kind::Task, self.version())
    }

    pub(super) fn root_property(&self, name: &str) -> Option<&'static Property> {
        self.schema().get(Schema::ROOT).property(name)
    }

    /// A field of a definition of the contract.
    pub(super) fn property(&self, definition: &str, name: &str) -> Option<&'static Property> {
        self.schema().definition(definition)?.property(name)
    }

    pub(super) fn subschema(&self, id: SchemaId) -> &'static Subschema {
        self.schema().get(id)
    }

    pub(super) fn template(&self) -> Option<&Reading<'a>> {
        self.template.as_ref().map(|template| &template.reading)
    }

    /// The template, with all that resolution asks for.
    pub(super) fn template_model(&self) -> Option<Template<'a>> {
        self.template().map(|template| Template::read(template.root))
    }

    pub(super) fn own(&self, id: &FieldId) -> Own<'a> {
        let node = self.now.get(id);
        let is_sound = node.is_some_and(|node| !node.is_recovered() && node.kind() != NodeKind::Missing);
        let value = node.and_then(|node| Reading::value_at(id, node));
        if is_sound || self.broken.is_none() {
            return Own { value, node, broken: None };
        }
        // Here or around it, the text is damaged: a value that was there may only seem to be gone.
        let before = self.before.as_ref().and_then(|before| before.value(id));
        let is_damaged = before.is_some() || node.is_some();
        let broken = self.broken.clone().filter(|_| is_damaged);
        Own { value: before.or(value), node, broken }
    }

    /// The entries of the task, in the present text and, where that is broken, in the one before.
    pub(super) fn all_readings(&self) -> impl Iterator<Item = &Reading<'a>> {
        std::iter::once(&self.now).chain(&self.before)
    }

    pub(super) fn range(&self, span: Span) -> OffsetRange {
        range(&self.place, span)
    }
}

pub(super) fn range(place: &report::Document<'_>, span: Span) -> OffsetRange {
    OffsetRange { start: place.offset(span.start), end: place.offset(span.end) }
}

pub(super) fn first_error(document: &Document, place: &report::Document<'_>) -> Option<Broken> {
    let error = document.tree().errors().iter().find(|error| !error.kind.is_note())?;
    let line = place.place(error.span.start).line.saturating_add(1);
    Some(Broken { message: error.message(document.text()), line, range: range(place, error.span) })
}
