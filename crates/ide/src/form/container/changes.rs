//! Changes: each is made on a draft, looked at again, and taken over only if the text says afterwards what was meant.

use task_api_json::{Kind as NodeKind, Node, TextEdit, Tree, apply_edits, parse, quote};

use super::ContainerForm;
use super::fields::walk;
use super::place::Place;
use super::types::ContainerChange;
use crate::form::Input;
use crate::form::changes::{finished, inverse, refused, value_for};
use crate::form::draft::{Draft, Refusal, Step, member};
use crate::form::fields::is_list;
use crate::form::types::{Change, Field, FieldKind, FieldValue};

impl ContainerForm {
    /// Writes a value. An optional field that is emptied is taken out.
    pub fn set(&mut self, id: &str, input: &Input) -> ContainerChange {
        let Some(place) = Place::parse(id) else { return unknown(id) };
        let view = self.view();
        let Some(field) = view.field_at(&place) else { return unknown(id) };
        let default = field.value.clone().or_else(|| field.default.clone());
        let value = match value_for(&field, input, default) {
            Ok(value) => value,
            Err(problem) => return refused(&problem).into(),
        };
        let says_nothing = match &value {
            FieldValue::Text(text) => text.is_empty(),
            FieldValue::Words(words) => words.is_empty(),
        };
        if says_nothing && !field.required {
            return self.reset(id);
        }
        let mut draft = Draft::new(self.text());
        let way = place.way();
        let done = match &value {
            FieldValue::Words(words) => draft.put_words(&way, words),
            FieldValue::Text(text) => {
                let json = json_of(&field, &place, text, walk(draft.root(), &place));
                draft.put(&way, &json)
            }
        };
        self.take(finished(done, draft), Some((place, value)), None)
    }

    /// Takes an optional field out, so that what the contract says holds.
    pub fn reset(&mut self, id: &str) -> ContainerChange {
        let Some(place) = Place::parse(id) else { return unknown(id) };
        match self.view().field_at(&place) {
            Some(field) if field.required => return refused("A container cannot do without this.").into(),
            Some(_) => {}
            None => return unknown(id),
        }
        self.take_out(&place)
    }

    /// Takes out an entry, a scale rule or an optional field.
    pub fn remove(&mut self, id: &str) -> ContainerChange {
        match Place::parse(id) {
            Some(place @ (Place::Template(_) | Place::Entry(..) | Place::Rule(..))) => self.take_out(&place),
            _ => self.reset(id),
        }
    }

    fn take_out(&mut self, place: &Place) -> ContainerChange {
        let mut draft = Draft::new(self.text());
        let mut done = draft.remove(&place.way());
        if let (Place::Resource(template, side, _), Ok(())) = (place, &done) {
            let side = Place::Resources(*template, *side).way();
            let whole = [Place::Template(*template).way(), vec![member("resources")]].concat();
            done = remove_if_bare(&mut draft, &side).and_then(|()| remove_if_bare(&mut draft, &whole));
        }
        if let (Some((list, _)), Ok(())) = (place.of_list(), &done) {
            let is_blank = walk(draft.root(), &list).is_some_and(|list| {
                let inside = list.source().strip_prefix('[').and_then(|inside| inside.strip_suffix(']'));
                inside.is_some_and(|inside| !inside.is_empty() && inside.trim().is_empty())
            });
            if is_blank {
                done = draft.put(&list.way(), "[]");
            }
        }
        self.take(finished(done, draft), None, None)
    }

    /// Takes a draft over, unless the text is worse for it.
    pub(super) fn take(
        &mut self,
        draft: Result<(String, Vec<TextEdit>), Refusal>,
        wanted: Option<(Place, FieldValue)>,
        entry: Option<Place>,
    ) -> ContainerChange {
        let (text, edits) = match draft {
            Ok(draft) => draft,
            Err(refusal) => return refused(&self.with_error(&refusal)).into(),
        };
        let entry = entry.map(|entry| entry.to_string());
        if edits.is_empty() {
            return ContainerChange { entry, ..ContainerChange::default() };
        }
        if apply_edits(self.text(), &edits).as_deref() != Some(&text) || !self.is_kept(&text, wanted) {
            return refused(&self.with_error("The text cannot be changed here")).into();
        }
        let inverse = inverse(self.text(), &edits);
        let reported = self.report_document().edits(&edits);
        self.set_text(text);
        let inverse = self.report_document().edits(&inverse);
        ContainerChange { edits: reported, inverse, problem: None, entry }
    }

    /// Whether a text is no more broken than the present one, and says what it is meant to say.
    fn is_kept(&self, text: &str, wanted: Option<(Place, FieldValue)>) -> bool {
        let tree = parse(text);
        if errors(&tree) > errors(self.document.tree()) {
            return false;
        }
        let Some((place, value)) = wanted else { return true };
        match (walk(tree.root(text), &place), value) {
            (Some(node), FieldValue::Text(text)) => match node.kind() {
                NodeKind::Missing => false,
                NodeKind::String => node.is_str(&text),
                _ => node.source() == text,
            },
            (Some(node), FieldValue::Words(words)) => {
                node.kind() == NodeKind::Array
                    && node.elements().count() == words.len()
                    && node.elements().zip(&words).all(|(node, word)| node.is_str(word))
            }
            (None, _) => false,
        }
    }

    fn with_error(&self, refusal: &str) -> String {
        let sentence = format!("{}.", refusal.trim_end_matches('.'));
        match self.view().broken {
            Some(broken) => format!("{sentence} The text has an error in line {}: {}.", broken.line, broken.message),
            None => sentence,
        }
    }
}

impl From<Change> for ContainerChange {
    fn from(change: Change) -> ContainerChange {
        ContainerChange { edits: change.edits, inverse: change.inverse, problem: change.problem, entry: None }
    }
}

pub(super) fn unknown(id: &str) -> ContainerChange {
    refused(&format!("The form has no field `{id}`.")).into()
}

/// Takes out an object that holds nothing any more.
fn remove_if_bare(draft: &mut Draft<'_>, way: &[Step]) -> Result<(), Refusal> {
    let is_bare =
        |node: Node<'_>| node.kind() == NodeKind::Object && node.source().trim_matches(['{', '}']).trim().is_empty();
    if draft.at(way).is_some_and(is_bare) { draft.remove(way) } else { Ok(()) }
}

fn errors(tree: &Tree) -> usize {
    tree.errors().iter().filter(|error| !error.kind.is_note()).count() + tree.dropped_errors()
}

fn json_of(field: &Field, place: &Place, text: &str, present: Option<Node<'_>>) -> String {
    let is_number = || {
        let tree = parse(text);
        let root = tree.root(text);
        tree.is_valid() && root.kind() == NodeKind::Number && root.source() == text
    };
    let was_number = present.is_some_and(|node| node.kind() == NodeKind::Number);
    let stays = match (place, field.kind) {
        // A default is a text, whatever the control.
        (Place::EntryField(_, _, _, name), _) if name == "value" => false,
        (Place::Resource(..), _) => was_number && is_number(),
        (_, kind) if is_list(kind) => false,
        (_, FieldKind::Integer | FieldKind::Number) => is_number(),
        (_, FieldKind::Switch) => text == "true" || text == "false",
        _ => false,
    };
    if stays { text.to_owned() } else { quote(text) }
}
