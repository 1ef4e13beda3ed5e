//! Whole files, for a document that is empty.

use task_api_core::model::Container;
use task_api_core::schema::{Schema, SchemaId, schema};
use task_api_core::{ApiVersion, Kind};
use task_api_json::quote;

use super::names::with;
use super::sketch::{Sketch, one_line};
use super::{Body, CompletionKind, Context, Offer, Offers};

pub(super) fn offer(context: &Context<'_>, offers: &mut Offers<'_>) {
    let kind = context.site.kind;
    for (container, identifier, description) in context.names.known_templates().filter(|_| kind == Kind::Task) {
        let label = format!("{} for {identifier}", kind.name());
        // A task may have another version than its container; the container's is what its neighbours know.
        let task = file_of(kind, container.version());
        let task = with(&task, "taskTemplate", Sketch::Json(quote(&identifier)));
        let template = Container::read(container.root()).template(&identifier);
        let task = template.map_or(task.clone(), |template| {
            let id = schema(kind, container.version()).get(Schema::ROOT).property("inputs").map(|list| list.schema);
            let names = |names: Vec<String>| volumes(schema(kind, container.version()), id, names);
            let inputs = names(template.inputs.iter().map(|channel| channel.name.value.to_string()).collect());
            let outputs = names(template.outputs.iter().map(|channel| channel.name.value.to_string()).collect());
            with(&with(&task, "inputs", inputs), "outputs", outputs)
        });
        let mut offer = Offer::new(label, CompletionKind::File, Body::Value(task));
        offer.detail = description.map(|description| one_line(&description));
        offers.push(offer);
    }
    // Workflows have one version.
    let versions: &[ApiVersion] =
        if kind == Kind::Workflow { &[ApiVersion::V1] } else { &[ApiVersion::V1, ApiVersion::V0] };
    for &version in versions {
        let label = match version {
            ApiVersion::V1 => kind.name().to_owned(),
            ApiVersion::V0 => format!("{} of version 0", kind.name()),
        };
        let detail = format!("what a {} must have", kind.file_name());
        let body = Body::Value(file_of(kind, version));
        offers.push(Offer::new(label, CompletionKind::File, body).detail(detail));
    }
}

/// The fields that a file must have, and its channels; in a container one template.
fn file_of(kind: Kind, version: ApiVersion) -> Sketch {
    let schema = schema(kind, version);
    let is_in = |name: &str, required: bool| required || ["api_version", "inputs", "outputs"].contains(&name);
    let properties = &schema.get(Schema::ROOT).properties;
    let members = properties.iter().filter(|property| is_in(&property.name, property.required)).map(|property| {
        let value = match property.name.as_str() {
            "templates" | "tasks" => {
                let items = schema.deref(property.schema).items;
                items.map_or(Sketch::Hole('['), |items| Sketch::Array(vec![Sketch::of(schema, items)]))
            }
            _ => Sketch::of(schema, property.schema),
        };
        (property.name.clone(), value)
    });
    Sketch::Object(members.collect())
}

fn volumes(schema: &Schema, list: Option<SchemaId>, names: Vec<String>) -> Sketch {
    let Some(items) = list.and_then(|list| schema.deref(list).items) else { return Sketch::Hole('[') };
    let volume = Sketch::of(schema, items);
    Sketch::Array(names.iter().map(|name| with(&volume, "name", Sketch::Json(quote(name)))).collect())
}
