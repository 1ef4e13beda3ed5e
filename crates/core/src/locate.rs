//! Which part of the contract a place of a document is held to.

use task_api_json::{Kind as NodeKind, Node};

use crate::schema::{Schema, SchemaId, schema};
use crate::walk::Contract;
use crate::{ApiVersion, Kind};

/// The subschema for a value (or, for a key, for its object), with what stands beside a reference; `None` for what the
/// contract does not know, as what is below an unknown field. Of alternatives, the one that was meant.
pub fn subschema_at(node: Node<'_>, kind: Kind, version: ApiVersion) -> Option<SchemaId> {
    let contract = Contract { schema: schema(kind, version), other: schema(kind, version.other()), version };
    let mut way: Vec<Node<'_>> = std::iter::successors(Some(node), |node| node.container()).collect();
    way.reverse();
    let mut here = Schema::ROOT;
    for (container, value) in way.iter().zip(way.iter().skip(1)) {
        let object = contract.schema.deref(contract.branch(*container, here));
        here = match (container.kind(), value.key()) {
            (NodeKind::Array, _) => object.items?,
            // A key is asked for the object that it stands in.
            _ if value.kind() == NodeKind::Key => return Some(contract.branch(*container, here)),
            (_, Some(key)) => object.property(&key.as_str()?)?.schema,
            _ => return None,
        };
    }
    Some(here)
}

/// The alternative that a value was meant to be; the place's own subschema where it has none.
pub fn branch_of(node: Node<'_>, id: SchemaId, kind: Kind, version: ApiVersion) -> SchemaId {
    Contract { schema: schema(kind, version), other: schema(kind, version.other()), version }.branch(node, id)
}

impl Contract<'_> {
    fn branch(self, node: Node<'_>, id: SchemaId) -> SchemaId {
        let subschema = self.schema.deref(id);
        let fits = |branch: &SchemaId| self.schema.accepted_types(*branch).accepts(node);
        let candidates: Vec<SchemaId> = subschema.any_of.iter().copied().filter(fits).collect();
        match candidates[..] {
            [] => id,
            [only] => only,
            _ => self.meant_alternative(node, &candidates),
        }
    }
}

#[cfg(test)]
mod tests {
    use task_api_json::parse;

    use super::*;

    #[test]
    fn the_way_down_to_a_value_and_to_a_key() {
        let text = r#"{"taskTemplate": {"identifier": "a", "inputs": [{"name": "b", "scale_rule": {}}]}, "x": [1]}"#;
        let tree = parse(text);
        let root = tree.root(text);
        let title = |pointer: &str| {
            let node = root.resolve(pointer)?;
            let schema = schema(Kind::Task, ApiVersion::V0);
            Some(schema.deref(branch_of(
                node,
                subschema_at(node, Kind::Task, ApiVersion::V0)?,
                Kind::Task,
                ApiVersion::V0,
            )))
        };
        let definition = |pointer: &str| title(pointer).and_then(|subschema| subschema.definition.as_deref());
        assert_eq!(definition(""), Some("Task"));
        assert_eq!(definition("/taskTemplate"), Some("TaskTemplate"));
        assert_eq!(definition("/taskTemplate/inputs/0/scale_rule"), Some("ScaleRule"));
        assert!(title("/taskTemplate/inputs/0/name").is_some());
        assert!(title("/x/0").is_none());
        let key = root.get("taskTemplate").and_then(|template| template.get("identifier")).and_then(Node::key);
        let object = subschema_at(key.unwrap_or(root), Kind::Task, ApiVersion::V0);
        let schema = schema(Kind::Task, ApiVersion::V0);
        assert_eq!(object.and_then(|id| schema.deref(id).definition.as_deref()), Some("TaskTemplate"));
    }
}
