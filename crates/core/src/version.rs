//! Which version of the format a file has, and which of the files it is.

use std::sync::LazyLock;

use task_api_json::{Kind as NodeKind, Node};

use crate::schema::{AllowedValue, Property, Schema, SchemaId, Subschema, schema};
use crate::{API_VERSION, ApiVersion, Kind};

/// The kind whose fields the file's root has more of; `hint` (from a file name) where that is even.
pub fn detect_kind(root: Node<'_>, hint: Option<Kind>) -> Kind {
    // Of kinds that are even, the first is the likelier.
    const KINDS: [Kind; 3] = [Kind::ProcessingContainer, Kind::Task, Kind::Workflow];
    let fields = KINDS.map(|kind| schema(kind, ApiVersion::V1).get(Schema::ROOT));
    let mut known = [0; KINDS.len()];
    for (key, _) in root.members() {
        let Some(name) = key.as_str() else { continue };
        for (known, fields) in known.iter_mut().zip(fields) {
            *known += usize::from(fields.property(&name).is_some());
        }
    }
    let most = known.into_iter().max();
    let mut likely = KINDS.into_iter().zip(known).filter(|(_, known)| Some(*known) == most).map(|(kind, _)| kind);
    let first = likely.next().unwrap_or(Kind::ProcessingContainer);
    hint.filter(|hint| *hint == first || likely.any(|kind| kind == *hint)).unwrap_or(first)
}

/// The version that the file's own signs tell.
pub fn detect_version(root: Node<'_>, kind: Kind) -> ApiVersion {
    if kind == Kind::Workflow || root.get(API_VERSION).is_some() {
        return ApiVersion::V1;
    }
    let telling = telling(kind);
    let is_word = |node: Node<'_>| {
        if !matches!(node.kind(), NodeKind::Key | NodeKind::String) {
            return false;
        }
        let length = node.span().len() as usize;
        // The words have no character that must be escaped, so only `\u` can hide one.
        let longest = |word: &str| if node.has_escapes() { word.len() * 6 } else { word.len() } + 2;
        let cannot_be = || node.has_escapes() && !node.source().contains("\\u");
        let may_be = |word: &&String| (word.len()..=longest(word)).contains(&length) && !cannot_be();
        telling.words_of_v1.iter().filter(may_be).any(|word| node.is_str(word))
    };
    if !root.descendants().any(is_word) {
        return ApiVersion::V0;
    }
    let mut signs = Signs::default();
    signs.collect(root, Schema::ROOT, kind);
    if signs.of_v1 && !signs.of_v0 { ApiVersion::V1 } else { ApiVersion::V0 }
}

/// What differs between the versions, derived from the schemas.
struct Telling {
    words_of_v1: Vec<String>,
}

fn telling(kind: Kind) -> &'static Telling {
    static TELLING: [LazyLock<Telling>; 2] =
        [LazyLock::new(|| Telling::derive(Kind::ProcessingContainer)), LazyLock::new(|| Telling::derive(Kind::Task))];
    &TELLING[usize::from(kind == Kind::Task)]
}

impl Telling {
    fn derive(kind: Kind) -> Telling {
        let (v0, v1) = (schema(kind, ApiVersion::V0), schema(kind, ApiVersion::V1));
        let mut words_of_v1 = Vec::new();
        for definition in v1.subschemas() {
            let Some(before) = definition.definition.as_deref().and_then(|name| v0.definition(name)) else { continue };
            for property in &definition.properties {
                if before.property(&property.name).is_none() {
                    words_of_v1.push(property.name.clone());
                }
                for allowed in &v1.deref(property.schema).allowed {
                    if let AllowedValue::Text(text) = &allowed.value
                        && before.property(&property.name).is_some()
                        && !has_value(v0, before, &property.name, &allowed.value)
                    {
                        words_of_v1.push(text.clone());
                    }
                }
            }
        }
        Telling { words_of_v1 }
    }
}

#[derive(Default)]
struct Signs {
    of_v0: bool,
    of_v1: bool,
}

impl Signs {
    fn collect(&mut self, node: Node<'_>, id: SchemaId, kind: Kind) {
        let (v0, v1) = (schema(kind, ApiVersion::V0), schema(kind, ApiVersion::V1));
        let mut subschema = v1.deref(id);
        if let [only] = subschema.any_of.iter().filter(|id| v1.deref(**id).is_record()).collect::<Vec<_>>()[..] {
            subschema = v1.deref(*only);
        }
        match node.kind() {
            NodeKind::Array => {
                if let Some(items) = subschema.items {
                    node.elements().for_each(|element| self.collect(element, items, kind));
                }
            }
            NodeKind::Object => {
                let before = subschema.definition.as_deref().and_then(|name| v0.definition(name));
                for (key, value) in node.members() {
                    let Some(name) = key.as_str() else { continue };
                    let after = subschema.property(&name);
                    if let Some(before) = before {
                        let was = before.property(&name).is_some();
                        self.of_v0 |= was && after.is_none();
                        self.of_v1 |= !was && after.is_some();
                        if was && let Some(property) = after {
                            let is_new = v1.deref(property.schema).allowed.iter().any(|allowed| {
                                allowed.value.matches(value) && !has_value(v0, before, &name, &allowed.value)
                            });
                            self.of_v1 |= is_new;
                        }
                    }
                    if let Some(property) = after {
                        self.collect(value, property.schema, kind);
                    }
                }
            }
            _ => {}
        }
    }
}

fn has_value(schema: &Schema, object: &Subschema, name: &str, value: &AllowedValue) -> bool {
    object.property(name).is_some_and(|property| {
        let allowed = &schema.deref(property.schema).allowed;
        allowed.is_empty() || allowed.iter().any(|allowed| allowed.value == *value)
    })
}

/// The field of a channel that holds its directory, which the schemas know.
pub fn volume_field(version: ApiVersion) -> &'static str {
    let schema = schema(Kind::Task, version);
    let list = schema.get(Schema::ROOT).property("inputs").and_then(|inputs| schema.deref(inputs.schema).items);
    let channel = list.map(|channel| schema.deref(channel));
    let mut fields = channel.iter().flat_map(|channel| &channel.properties);
    let holds_a_path = |field: &&Property| schema.deref(field.schema).property("host_path").is_some();
    fields.find(holds_a_path).map_or("input", |field| &field.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn version_of_env(fields: &str) -> ApiVersion {
        let text = format!(
            r#"{{"name": "", "image": "", "taskTemplate": {{"identifier": "", "description": "", "outputs": [], "env": [],
                "inputs": [{{"name": "", "mounted_path": "", "scale_rule": {{{fields}}}}}]}}}}"#
        );
        let tree = task_api_json::parse(&text);
        assert!(tree.is_valid(), "{text}");
        detect_version(tree.root(&text), Kind::Task)
    }

    #[test]
    fn what_differs_is_derived_from_the_schemas() {
        let mut words = telling(Kind::Task).words_of_v1.clone();
        words.sort();
        assert_eq!(words, ["api_version", "max_item_sum", "scale_factor", "volume_source"]);
    }

    #[test]
    fn a_field_of_version_1_alone_tells() {
        assert_eq!(version_of_env(r#""scale_factor": 1"#), ApiVersion::V1);
        assert_eq!(version_of_env(r#""mode": "max_item_sum""#), ApiVersion::V1);
        assert_eq!(version_of_env(r#""mode": "max_item_sum", "complexity": "n""#), ApiVersion::V0);
        assert_eq!(version_of_env(r#""scale_factor": 1, "complexity": "n""#), ApiVersion::V0);
        assert_eq!(version_of_env(r#""note": "scale_factor""#), ApiVersion::V0);
        assert_eq!(version_of_env(""), ApiVersion::V0);
    }
}
