//! Values with what the contract says of them, from the root down.

use task_api_core::locate::branch_of;
use task_api_core::schema::{Property, Schema, SchemaId, Subschema, schema};
use task_api_core::{ApiVersion, Kind};
use task_api_json::{Kind as NodeKind, Node};

use crate::document::Document;

/// A value, or the root, and the part of the contract that it is held to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Typed<'a> {
    pub(crate) node: Node<'a>,
    kind: Kind,
    version: ApiVersion,
    /// Of the place, with what stands beside a reference; `None` for what the contract does not know.
    place: Option<SchemaId>,
    /// What the value was meant to be, of alternatives.
    meant: Option<&'static Subschema>,
}

impl<'a> Typed<'a> {
    /// The topmost value of a file of the contract.
    pub(crate) fn root(document: &'a Document) -> Option<Typed<'a>> {
        Some(Typed::new(document.root(), document.kind()?, document.version(), Some(Schema::ROOT)))
    }

    /// The values from the root to this one, which is the last. A key counts as its value.
    pub(crate) fn way(document: &'a Document, node: Node<'a>) -> Vec<Typed<'a>> {
        let value = node.value_of_key().unwrap_or(node);
        let mut nodes: Vec<Node<'a>> = std::iter::successors(Some(value), |node| node.container()).collect();
        nodes.reverse();
        let Some(root) = Typed::root(document) else { return Vec::new() };
        let mut way = vec![root];
        for node in nodes.into_iter().skip(1) {
            let Some(above) = way.last() else { break };
            way.push(above.child(node));
        }
        way
    }

    fn new(node: Node<'a>, kind: Kind, version: ApiVersion, place: Option<SchemaId>) -> Typed<'a> {
        let schema = schema(kind, version);
        let meant = |place: SchemaId| {
            let subschema = schema.deref(place);
            let has_alternatives = !subschema.any_of.is_empty();
            if has_alternatives { schema.deref(branch_of(node, place, kind, version)) } else { subschema }
        };
        let meant = place.map(meant);
        Typed { node, kind, version, place, meant }
    }

    pub(crate) fn schema(self) -> &'static Schema {
        schema(self.kind, self.version)
    }

    /// What stands at the place itself: titles and descriptions of a field rather than of its type.
    pub(crate) fn place(self) -> Option<&'static Subschema> {
        Some(self.schema().get(self.place?))
    }

    /// What the value is held to, behind references and alternatives.
    pub(crate) fn meant(self) -> Option<&'static Subschema> {
        self.meant
    }

    pub(crate) fn accepted_types(self) -> Option<task_api_core::schema::Types> {
        Some(self.schema().accepted_types(self.place?))
    }

    /// The name of the kind of object that this is, as `IOMount`; empty for others.
    pub(crate) fn definition(self) -> &'static str {
        self.meant.and_then(|meant| meant.definition.as_deref()).unwrap_or_default()
    }

    /// The field of the object above that this is the value of.
    pub(crate) fn key(self) -> Option<Node<'a>> {
        self.node.key()
    }

    pub(crate) fn is_field(self, name: &str) -> bool {
        self.key().is_some_and(|key| key.is_str(name))
    }

    /// How an object's field is declared.
    pub(crate) fn property(self, key: Node<'_>) -> Option<&'static Property> {
        self.meant?.properties.iter().find(|property| key.is_str(&property.name))
    }

    /// The values of an object, or the elements of an array.
    pub(crate) fn children(self) -> impl Iterator<Item = Typed<'a>> + use<'a> {
        self.node.members().map(|(_, value)| value).chain(self.node.elements()).map(move |node| self.child(node))
    }

    /// A member's value or an element.
    pub(crate) fn child(self, node: Node<'a>) -> Typed<'a> {
        let place = match (self.node.kind(), node.key()) {
            (NodeKind::Array, _) => self.meant.and_then(|meant| meant.items),
            (_, Some(key)) => self.property(key).map(|property| property.schema),
            _ => None,
        };
        Typed::new(node, self.kind, self.version, place)
    }
}
