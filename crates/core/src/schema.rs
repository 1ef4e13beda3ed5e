//! The contract, compiled from `schemas/*.schema.json`: the only list of fields there is.
//!
//! Supported is the part of JSON Schema 2020-12 that those files use. A keyword that is not
//! implemented is listed in [`Schema::unsupported_keywords`], and a test wants that list empty.

use std::collections::HashMap;
use std::sync::LazyLock;

use task_api_json::{Kind as NodeKind, Node, parse};

use crate::{ApiVersion, Kind, scale};

/// The schema text of a file kind, as published.
pub fn schema_text(kind: Kind, version: ApiVersion) -> &'static str {
    match (kind, version) {
        (Kind::ProcessingContainer, ApiVersion::V0) => {
            include_str!("../../../schemas/processing-container.v0.schema.json")
        }
        (Kind::ProcessingContainer, ApiVersion::V1) => {
            include_str!("../../../schemas/processing-container.v1.schema.json")
        }
        (Kind::Task, ApiVersion::V0) => include_str!("../../../schemas/task.v0.schema.json"),
        (Kind::Task, ApiVersion::V1) => include_str!("../../../schemas/task.v1.schema.json"),
        (Kind::Workflow, _) => WORKFLOW,
    }
}

/// Workflows have one version, with templates of either.
#[cfg(feature = "workflow")]
const WORKFLOW: &str = include_str!("../../../schemas/workflow.schema.json");
#[cfg(not(feature = "workflow"))]
const WORKFLOW: &str = "{}";

/// The compiled schema of a file kind.
pub fn schema(kind: Kind, version: ApiVersion) -> &'static Schema {
    static SCHEMAS: [LazyLock<Schema>; 5] = [
        LazyLock::new(|| Schema::compile(schema_text(Kind::ProcessingContainer, ApiVersion::V0))),
        LazyLock::new(|| Schema::compile(schema_text(Kind::ProcessingContainer, ApiVersion::V1))),
        LazyLock::new(|| Schema::compile(schema_text(Kind::Task, ApiVersion::V0))),
        LazyLock::new(|| Schema::compile(schema_text(Kind::Task, ApiVersion::V1))),
        LazyLock::new(|| Schema::compile(WORKFLOW)),
    ];
    let index = match kind {
        Kind::ProcessingContainer => usize::from(version == ApiVersion::V1),
        Kind::Task => 2 + usize::from(version == ApiVersion::V1),
        Kind::Workflow => 4,
    };
    &SCHEMAS[index]
}

/// Index of a subschema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SchemaId(u32);

#[derive(Debug)]
pub struct Schema {
    nodes: Vec<Subschema>,
    definitions: HashMap<String, SchemaId>,
    unsupported_keywords: Vec<String>,
}

/// What a schema says of one place of a document.
#[derive(Debug, Default)]
pub struct Subschema {
    pub title: String,
    pub description: String,
    /// Empty: any type.
    pub types: Types,
    pub properties: Vec<Property>,
    /// Fields beyond `properties` are expected here, as in `limits` and `labels`.
    pub is_open: bool,
    pub items: Option<SchemaId>,
    pub any_of: Vec<SchemaId>,
    pub reference: Option<SchemaId>,
    /// Allowed values with their descriptions; empty: no restriction.
    pub allowed: Vec<Allowed>,
    /// The only allowed value tells this branch of an `anyOf` from the others.
    pub is_const: bool,
    pub pattern: Option<Pattern>,
    /// JSON text.
    pub default: Option<String>,
    /// JSON texts.
    pub examples: Vec<String>,
    /// Name of the field in the version before that this field replaces.
    pub formerly: Option<String>,
    /// Name under `$defs`; the root has its title.
    pub definition: Option<String>,
}

#[derive(Debug)]
pub struct Property {
    pub name: String,
    pub schema: SchemaId,
    pub required: bool,
}

#[derive(Debug)]
pub struct Allowed {
    pub value: AllowedValue,
    pub description: String,
}

#[derive(Debug, PartialEq, Eq)]
pub enum AllowedValue {
    Null,
    Text(String),
    Integer(i64),
}

#[derive(Debug)]
pub struct Pattern {
    pub source: &'static str,
    matches: fn(&str) -> bool,
}

/// All patterns of the schemas. An engine for one of them would be a tenth of the validator of the npm package; a test holds
/// the function against the pattern.
const PATTERNS: [Pattern; 1] = [Pattern { source: scale::LAW_PATTERN, matches: scale::is_law }];

impl Pattern {
    pub fn matches(&self, text: &str) -> bool {
        (self.matches)(text)
    }
}

/// A set of JSON types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Types(u8);

impl Types {
    pub const NULL: Types = Types(1);
    pub const BOOLEAN: Types = Types(2);
    pub const INTEGER: Types = Types(4);
    pub const NUMBER: Types = Types(8);
    pub const STRING: Types = Types(16);
    pub const ARRAY: Types = Types(32);
    pub const OBJECT: Types = Types(64);

    const NAMES: [(Types, &'static str, &'static str); 7] = [
        (Types::OBJECT, "object", "an object"),
        (Types::ARRAY, "array", "an array"),
        (Types::STRING, "string", "a string"),
        (Types::INTEGER, "integer", "an integer"),
        (Types::NUMBER, "number", "a number"),
        (Types::BOOLEAN, "boolean", "true or false"),
        (Types::NULL, "null", "null"),
    ];

    pub fn union(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn contains(self, other: Types) -> bool {
        self.0 & other.0 == other.0
    }

    pub fn accepts(self, node: Node<'_>) -> bool {
        if self.is_empty() {
            return true;
        }
        let of_node = match node.kind() {
            NodeKind::Null => Types::NULL,
            NodeKind::True | NodeKind::False => Types::BOOLEAN,
            NodeKind::String | NodeKind::Key => Types::STRING,
            NodeKind::Array => Types::ARRAY,
            NodeKind::Object => Types::OBJECT,
            NodeKind::Number => {
                return self.contains(Types::NUMBER) || (self.contains(Types::INTEGER) && node.is_integer());
            }
            NodeKind::Missing | NodeKind::Template => return true,
        };
        self.contains(of_node)
    }

    /// "a string or null".
    pub fn in_words(self) -> String {
        let words: Vec<&str> =
            Types::NAMES.iter().filter(|(types, ..)| self.contains(*types)).map(|(.., words)| *words).collect();
        words.join(" or ")
    }

    fn named(name: &str) -> Option<Types> {
        Types::NAMES.iter().find(|(_, known, _)| *known == name).map(|(types, ..)| *types)
    }
}

impl Schema {
    pub const ROOT: SchemaId = SchemaId(0);

    pub fn get(&self, id: SchemaId) -> &Subschema {
        &self.nodes[id.0 as usize]
    }

    /// The subschema behind references. Descriptions and defaults beside a reference are not in it.
    pub fn deref(&self, id: SchemaId) -> &Subschema {
        let mut subschema = self.get(id);
        while let Some(target) = subschema.reference {
            subschema = self.get(target);
        }
        subschema
    }

    /// The definition of this name, where the version has it.
    pub fn definition(&self, name: &str) -> Option<&Subschema> {
        self.definitions.get(name).map(|&id| self.get(id))
    }

    /// All types that a place accepts, alternatives included.
    pub fn accepted_types(&self, id: SchemaId) -> Types {
        let subschema = self.deref(id);
        subschema.any_of.iter().fold(subschema.types, |types, &branch| types.union(self.accepted_types(branch)))
    }

    pub fn unsupported_keywords(&self) -> &[String] {
        &self.unsupported_keywords
    }

    pub fn subschemas(&self) -> impl Iterator<Item = &Subschema> {
        self.nodes.iter()
    }

    fn compile(text: &str) -> Schema {
        let tree = parse(text);
        let root = tree.root(text);
        let mut compiler = Compiler { root, by_place: HashMap::new(), nodes: Vec::new(), unsupported: Vec::new() };
        compiler.place(root);
        let mut definitions = HashMap::new();
        if let Some(defs) = root.get("$defs") {
            for (key, value) in defs.members() {
                let name = key.as_str().unwrap_or_default().into_owned();
                let id = compiler.place(value);
                compiler.nodes[id.0 as usize].definition = Some(name.clone());
                definitions.insert(name, id);
            }
        }
        if let Some(first) = compiler.nodes.first_mut() {
            first.definition = Some(first.title.clone());
            definitions.insert(first.title.clone(), Schema::ROOT);
        }
        Schema { nodes: compiler.nodes, definitions, unsupported_keywords: compiler.unsupported }
    }
}

impl Subschema {
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    pub fn property_names(&self) -> impl Iterator<Item = &str> {
        self.properties.iter().map(|property| property.name.as_str())
    }

    /// Whether neither the allowed values nor the pattern forbid a value, written in JSON.
    pub fn may_be(&self, json: &str) -> bool {
        let tree = parse(json);
        let node = tree.root(json);
        let allowed = self.allowed.is_empty() || self.allowed.iter().any(|allowed| allowed.value.matches(node));
        let matches = |pattern: &Pattern| node.as_str().is_none_or(|text| pattern.matches(&text));
        allowed && self.pattern.as_ref().is_none_or(matches)
    }

    /// An object of named fields, as opposed to a map.
    pub fn is_record(&self) -> bool {
        !self.properties.is_empty() && !self.is_open
    }
}

struct Compiler<'a> {
    root: Node<'a>,
    /// Offset of a schema's text to its id, so that definitions may be recursive.
    by_place: HashMap<u32, SchemaId>,
    nodes: Vec<Subschema>,
    unsupported: Vec<String>,
}

impl<'a> Compiler<'a> {
    fn place(&mut self, node: Node<'a>) -> SchemaId {
        if let Some(&id) = self.by_place.get(&node.span().start) {
            return id;
        }
        let id = SchemaId(self.nodes.len() as u32);
        self.by_place.insert(node.span().start, id);
        self.nodes.push(Subschema::default());
        let subschema = self.read(node);
        self.nodes[id.0 as usize] = subschema;
        id
    }

    fn read(&mut self, node: Node<'a>) -> Subschema {
        let mut subschema = Subschema::default();
        let mut required: Vec<String> = Vec::new();
        let mut value_descriptions: Vec<String> = Vec::new();
        for (key, value) in node.members() {
            match &*key.as_str().unwrap_or_default() {
                "$schema" | "$id" | "$defs" => {}
                "title" => subschema.title = text_of(value),
                "description" => subschema.description = text_of(value),
                "type" => subschema.types = self.types(value),
                "properties" => {
                    for (name, property) in value.members() {
                        let schema = self.place(property);
                        subschema.properties.push(Property { name: text_of(name), schema, required: false });
                    }
                }
                "required" => required = value.elements().map(text_of).collect(),
                "additionalProperties" => subschema.is_open = value.as_bool() == Some(true),
                "items" => subschema.items = Some(self.place(value)),
                "anyOf" => subschema.any_of = value.elements().map(|branch| self.place(branch)).collect(),
                "$ref" => subschema.reference = self.reference(value),
                "enum" => subschema.allowed = value.elements().filter_map(|node| self.allowed(node)).collect(),
                "const" => {
                    subschema.is_const = true;
                    subschema.allowed = self.allowed(value).into_iter().collect();
                }
                "enumDescriptions" => value_descriptions = value.elements().map(text_of).collect(),
                "pattern" => {
                    subschema.pattern = PATTERNS.into_iter().find(|pattern| value.is_str(pattern.source));
                    if subschema.pattern.is_none() {
                        self.unsupported.push(format!("pattern {}", value.source()));
                    }
                }
                "default" => subschema.default = Some(value.source().to_owned()),
                "examples" => {
                    subschema.examples = value.elements().map(|example| example.source().to_owned()).collect();
                }
                "x-formerly" => subschema.formerly = Some(text_of(value)),
                other => self.unsupported.push(other.to_owned()),
            }
        }
        if subschema.reference.is_some() {
            // `deref` looks at the target alone; what only describes may stand beside a reference.
            let annotations = ["$ref", "title", "description", "default", "examples", "x-formerly"];
            let others = node.members().map(|(key, _)| text_of(key)).filter(|key| !annotations.contains(&key.as_str()));
            self.unsupported.extend(others.map(|key| format!("{key} beside $ref")));
        }
        for property in &mut subschema.properties {
            property.required = required.contains(&property.name);
        }
        for (allowed, description) in subschema.allowed.iter_mut().zip(value_descriptions) {
            allowed.description = description;
        }
        subschema
    }

    fn types(&mut self, value: Node<'a>) -> Types {
        let names: Vec<Node<'a>> =
            if value.kind() == NodeKind::Array { value.elements().collect() } else { vec![value] };
        let mut types = Types::default();
        for name in names {
            match Types::named(&text_of(name)) {
                Some(known) => types = types.union(known),
                None => self.unsupported.push(format!("type {}", name.source())),
            }
        }
        types
    }

    fn reference(&mut self, value: Node<'a>) -> Option<SchemaId> {
        let text = text_of(value);
        let target = text.strip_prefix('#').and_then(|pointer| self.root.resolve(pointer));
        if target.is_none() {
            self.unsupported.push(format!("$ref {text}"));
        }
        target.map(|node| self.place(node))
    }

    fn allowed(&mut self, value: Node<'a>) -> Option<Allowed> {
        let known = match value.kind() {
            NodeKind::Null => AllowedValue::Null,
            NodeKind::String => AllowedValue::Text(text_of(value)),
            NodeKind::Number => AllowedValue::Integer(value.as_integer()?),
            _ => {
                self.unsupported.push(format!("allowed value {}", value.source()));
                return None;
            }
        };
        Some(Allowed { value: known, description: String::new() })
    }
}

impl AllowedValue {
    pub fn matches(&self, node: Node<'_>) -> bool {
        match self {
            AllowedValue::Null => node.kind() == NodeKind::Null,
            AllowedValue::Text(text) => node.kind() == NodeKind::String && node.is_str(text),
            AllowedValue::Integer(integer) => node.as_integer() == Some(*integer),
        }
    }

    /// As written in JSON.
    pub fn to_json(&self) -> String {
        match self {
            AllowedValue::Null => "null".to_owned(),
            AllowedValue::Text(text) => task_api_json::quote(text),
            AllowedValue::Integer(integer) => integer.to_string(),
        }
    }
}

fn text_of(node: Node<'_>) -> String {
    node.as_str().unwrap_or_default().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_of_our_schemas_is_implemented() {
        for kind in [Kind::ProcessingContainer, Kind::Task, Kind::Workflow] {
            for version in [ApiVersion::V0, ApiVersion::V1] {
                let schema = schema(kind, version);
                assert_eq!(schema.unsupported_keywords(), &[] as &[String], "{kind:?} {version:?}");
                for subschema in schema.subschemas() {
                    assert!(subschema.properties.len() <= crate::walk::MAX_PROPERTIES, "{subschema:?}");
                }
            }
        }
    }

    #[test]
    fn an_unknown_keyword_is_noticed() {
        let schema = Schema::compile(r##"{"minimum": 3, "properties": {"a": {"$ref": "#/$defs/B"}}}"##);
        assert_eq!(schema.unsupported_keywords(), ["minimum", "$ref #/$defs/B"]);
        let schema = Schema::compile(
            r##"{"$defs": {"B": {}}, "properties": {"a": {"$ref": "#/$defs/B", "type": "object", "default": {}}}}"##,
        );
        assert_eq!(schema.unsupported_keywords(), ["type beside $ref"]);
        let schema = Schema::compile(r#"{"pattern": "^a$"}"#);
        assert_eq!(schema.unsupported_keywords(), [r#"pattern "^a$""#]);
    }
}
