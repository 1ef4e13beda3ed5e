//! From one version of the format to the other, touching nothing else.

use task_api_json::{Kind as NodeKind, Node, TextEdit, apply_edits, parse, quote, rewrite};

use crate::scale::{self, Translated};
use crate::schema::{Schema, SchemaId, Subschema, schema};
use crate::{API_VERSION, ApiVersion, Kind, version};

/// What a migration comes to.
#[derive(Debug)]
pub struct Migration {
    pub from: ApiVersion,
    pub kind: Kind,
    /// The whole text in the other version; `None` if it has no form there.
    pub text: Option<String>,
    /// What was changed or lost beyond renaming, and why it is not possible if it is not.
    pub notes: Vec<MigrationNote>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationNote {
    /// JSON Pointer of the value.
    pub pointer: String,
    pub message: String,
    /// The value has no form in the other version.
    pub prevents: bool,
}

/// Moves a valid file to a version. A file that has the version already stays as it is.
pub fn migrate(text: &str, kind: Option<Kind>, to: ApiVersion) -> Migration {
    let tree = parse(text);
    let root = tree.root(text);
    let kind = kind.unwrap_or_else(|| version::detect_kind(root, None));
    let from = version::detect_version(root, kind);
    let mut mover =
        Mover { from: schema(kind, from), to: schema(kind, to), target: to, edits: Vec::new(), notes: Vec::new() };
    // In broken text, nodes are not where they seem to be.
    if from != to && tree.is_valid() {
        mover.value(root, Schema::ROOT);
        mover.root(root);
    }
    if kind == Kind::Workflow && from != to {
        let message = "a workflow has no versions; the containers and tasks around it have".to_owned();
        mover.note(root, message, true);
    }
    let is_possible = tree.is_valid() && mover.notes.iter().all(|note| !note.prevents);
    let text = if is_possible { apply_edits(text, &mover.edits) } else { None };
    Migration { from, kind, text, notes: mover.notes }
}

struct Mover {
    from: &'static Schema,
    to: &'static Schema,
    target: ApiVersion,
    edits: Vec<TextEdit>,
    notes: Vec<MigrationNote>,
}

impl Mover {
    fn root(&mut self, root: Node<'_>) {
        let first = root.members().next().filter(|_| self.target == ApiVersion::V1 && root.get(API_VERSION).is_none());
        if let Some((first, _)) = first {
            let separator = root.text()[root.span().start as usize + 1..first.span().start as usize].to_owned();
            let separator = if separator.is_empty() { " ".to_owned() } else { separator };
            self.edits.push(TextEdit::insert(first.span().start, format!("\"{API_VERSION}\": 1,{separator}")));
        }
        let target = self.to.get(Schema::ROOT);
        let missing =
            target.properties.iter().filter(|property| property.required && root.get(&property.name).is_none());
        let lists: Vec<String> = missing.map(|property| format!("{}: []", quote(&property.name))).collect();
        if let Some((_, last)) = root.members().last().filter(|_| !lists.is_empty()) {
            self.edits.push(TextEdit::insert(last.span().end, format!(", {}", lists.join(", "))));
        }
    }

    fn value(&mut self, node: Node<'_>, id: SchemaId) {
        let mut subschema = self.from.deref(id);
        let records = subschema.any_of.iter().filter(|id| self.from.deref(**id).is_record()).collect::<Vec<_>>();
        if let [only] = records[..] {
            subschema = self.from.deref(*only);
        }
        match node.kind() {
            NodeKind::Array => {
                if let Some(items) = subschema.items {
                    node.elements().for_each(|element| self.value(element, items));
                }
            }
            NodeKind::Object => {
                let definition = subschema.definition.as_deref().and_then(|name| self.to.definition(name));
                let mut removed = Vec::new();
                for (key, value) in node.members() {
                    let Some(name) = key.as_str() else { continue };
                    let Some(property) = subschema.property(&name) else { continue };
                    self.value(value, property.schema);
                    let Some(target) = definition else { continue };
                    match target.property(&name) {
                        Some(kept) => self.allowed(value, kept.schema),
                        None if name != API_VERSION && self.renamed(key, value, property.schema, target) => {}
                        None => removed.push(key),
                    }
                }
                self.edits.extend(rewrite::remove_members(node, |key| removed.contains(&key)));
            }
            _ => {}
        }
    }

    /// A value that the other version does not allow.
    fn allowed(&mut self, value: Node<'_>, id: SchemaId) {
        let allowed = &self.to.deref(id).allowed;
        if allowed.is_empty() || allowed.iter().any(|allowed| allowed.value.matches(value)) {
            return;
        }
        let message = format!("version {} has no {}", self.target.number(), value.source());
        self.note(value, message, true);
    }

    /// A field that the other version calls otherwise; `false` if it does not have it at all.
    fn renamed(&mut self, key: Node<'_>, value: Node<'_>, id: SchemaId, target: &Subschema) -> bool {
        let written = key.as_str().unwrap_or_default();
        let successor = target.properties.iter().find(|property| {
            let formerly = self.to.get(property.schema).formerly.as_deref();
            formerly == Some(&*written) || self.from.get(id).formerly.as_deref() == Some(&property.name)
        });
        let Some(successor) = successor else {
            let message = format!("version {} has no `{written}`; it was removed", self.target.number());
            self.note(value, message, false);
            return false;
        };
        let name = successor.name.as_str();
        match scale::translated(value, name) {
            Some(Translated::Exactly(converted)) => self.edits.push(TextEdit::replace(value.span(), converted)),
            Some(Translated::RoundedUp(converted)) => {
                self.edits.push(TextEdit::replace(value.span(), converted));
                let message = format!("{} was rounded up: version 1 has whole factors only", value.source());
                self.note(value, message, false);
            }
            Some(Translated::NoForm) => {
                let version = self.target.number();
                let message = match self.target {
                    ApiVersion::V0 => {
                        format!("version {version} has no form for {}: it wants a whole factor", value.source())
                    }
                    ApiVersion::V1 => {
                        format!("version {version} has no form for {}: it knows multiples of n only", value.source())
                    }
                };
                self.note(value, message, true);
            }
            None => {}
        }
        self.edits.push(rewrite::rename_key(key, name));
        true
    }

    fn note(&mut self, node: Node<'_>, message: String, prevents: bool) {
        self.notes.push(MigrationNote { pointer: node.pointer(), message, prevents });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckOptions, check};
    use expect_test::expect;

    const V0: &str = r#"{
  "name": "a", "image": "b:1",   "taskTemplate": "c",
  "inputs": [{"name": "d", "input": {"host_path": "./d"}, "scale_rule": {"complexity": "2*n", "type": "limit", "mode": "sum"}}],
  "outputs": []
}"#;

    #[test]
    fn a_round_trip_gives_the_same_bytes() {
        let there = migrate(V0, None, ApiVersion::V1);
        let v1 = there.text.unwrap();
        expect![[r#"
            {
              "api_version": 1,
              "name": "a", "image": "b:1",   "taskTemplate": "c",
              "inputs": [{"name": "d", "volume_source": {"host_path": "./d"}, "scale_rule": {"scale_factor": 2, "type": "limit", "mode": "sum"}}],
              "outputs": []
            }"#]]
        .assert_eq(&v1);
        assert!(there.notes.is_empty(), "{:?}", there.notes);
        let checked = check(&v1, &CheckOptions::default());
        assert_eq!(checked.diagnostics.len(), 0, "{:?}", checked.diagnostics);
        assert_eq!(migrate(&v1, None, ApiVersion::V0).text.unwrap(), V0);
        assert_eq!(migrate(&v1, None, ApiVersion::V1).text.unwrap(), v1);
    }

    #[test]
    fn what_has_no_form_is_said_and_nothing_is_changed() {
        let squared = V0.replace("2*n", "2*n**2");
        let migration = migrate(&squared, None, ApiVersion::V1);
        assert!(migration.text.is_none());
        assert!(migration.notes[0].prevents);
        assert_eq!(migration.notes[0].pointer, "/inputs/0/scale_rule/complexity");
        let fraction = V0.replace("2*n", "1.5*n");
        let migration = migrate(&fraction, None, ApiVersion::V1);
        assert!(migration.text.unwrap().contains("\"scale_factor\": 2,"));
        assert!(migration.notes[0].message.contains("rounded up"));
    }

    #[test]
    fn fields_that_version_1_dropped_are_named() {
        let text = r#"{"name": "a", "description": "b", "templates": [{"identifier": "c", "description": "d", "inputs": [], "outputs": [],
            "env": [{"name": "E", "value": "1", "type": "int", "adjustable": true}]}]}"#;
        let migration = migrate(text, None, ApiVersion::V1);
        let migrated = migration.text.unwrap();
        assert!(migrated.contains(r#"[{"name": "E", "value": "1"}]"#), "{migrated}");
        assert_eq!(migration.notes.len(), 2);
    }

    #[test]
    fn numbers_become_laws_that_are_laws() {
        let v1 = |factor: &str| {
            V0.replace("\"input\":", "\"volume_source\":")
                .replace("\"complexity\": \"2*n\"", &format!("\"scale_factor\": {factor}"))
        };
        let text = migrate(&v1("1e2"), None, ApiVersion::V0).text.unwrap();
        assert!(text.contains("\"complexity\": \"100*n\""), "{text}");
        assert!(migrate(&v1("1e30"), None, ApiVersion::V0).text.is_none());
        let huge = V0.replace("2*n", &format!("{}*n", "9".repeat(400)));
        assert!(migrate(&huge, None, ApiVersion::V1).text.is_none());
    }

    #[test]
    fn a_version_that_is_given_twice_goes_as_a_whole() {
        let text = r#"{"api_version": 1, "name": "a", "api_version": 1, "image": "b:1", "taskTemplate": "c"}"#;
        let migrated = migrate(text, None, ApiVersion::V0).text.unwrap();
        assert_eq!(migrated, r#"{"name": "a", "image": "b:1", "taskTemplate": "c", "inputs": [], "outputs": []}"#);
    }
}
