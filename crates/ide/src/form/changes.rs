//! Changes: each is made on a draft, looked at again, and taken over only if the text says afterwards what was meant.

use task_api_core::ApiVersion;
use task_api_core::command_line::words;
use task_api_core::version::volume_field;
use task_api_json::{Kind as NodeKind, Node, Span, TextEdit, apply_edits, parse, quote};

use super::draft::{Draft, Pick, Refusal, Step, built_entry, member};
use super::fields::is_list;
use super::id::{FieldId, ResourceSide};
use super::reading::{Reading, name_of, source_of};
use super::scale_rules::law_field;
use super::types::{Change, Direction, Field, FieldKind, FieldValue};
use super::view::View;
use super::{Input, TaskForm};

impl TaskForm {
    /// Writes a value.
    pub fn set(&mut self, id: &str, input: &Input) -> Change {
        let Some(field_id) = FieldId::parse(id) else { return unknown(id) };
        if field_id == FieldId::Template {
            let Input::Text(identifier) = input else { return refused("The name of a template is a text.") };
            let change = self.change_template(identifier);
            return Change {
                edits: change.edits,
                inverse: change.inverse,
                problem: change.problem,
                notes: change.notes,
            };
        }
        let view = self.view();
        let Some(field) = view.field_of(&field_id) else { return unknown(id) };
        if let Some(reason) = &field.locked {
            return refused(reason);
        }
        let default = view.template().and_then(|template| template.value(&field_id));
        let value = match value_for(&field, input, default) {
            Ok(value) => value,
            Err(problem) => return refused(&problem),
        };
        let mut notes = Vec::new();
        let mut draft = Draft::new(self.text());
        let done = view.write(&mut draft, &field_id, &field, &value, &mut notes);
        let wanted = Some((field_id, value));
        self.take(finished(done, draft), wanted, notes)
    }

    /// Back to what holds without the task's word.
    pub fn reset(&mut self, id: &str) -> Change {
        let Some(field_id) = FieldId::parse(id) else { return unknown(id) };
        let view = self.view();
        let mut draft = Draft::new(self.text());
        let done = view.reset(&mut draft, &field_id);
        self.take(finished(done, draft), None, Vec::new())
    }

    /// Takes an entry out of the task, whatever the template says.
    pub fn remove(&mut self, id: &str) -> Change {
        let Some(field_id) = FieldId::parse(id) else { return unknown(id) };
        if matches!(field_id, FieldId::Name | FieldId::Image | FieldId::Template) {
            return refused("A task cannot do without this.");
        }
        let view = self.view();
        let mut draft = Draft::new(self.text());
        let mut notes = Vec::new();
        let done = view.take_over(&mut draft, &field_id, &mut notes).and_then(|()| view.remove(&mut draft, &field_id));
        self.take(finished(done, draft), None, notes)
    }

    /// Adds an entry to a list; one of this name that is there already gets the value.
    pub fn add(&mut self, list: &str, name: &str, value: &str) -> Change {
        let id = match list {
            "env" => FieldId::Env(name.to_owned()),
            "inputs" => FieldId::HostPath(Direction::Input, name.to_owned()),
            "outputs" => FieldId::HostPath(Direction::Output, name.to_owned()),
            "resources/limits" => FieldId::Resource(ResourceSide::Limits, name.to_owned()),
            "resources/requests" => FieldId::Resource(ResourceSide::Requests, name.to_owned()),
            "config/labels" | "config/annotations" => {
                FieldId::Config(list.split('/').skip(1).chain([name]).map(str::to_owned).collect())
            }
            _ => return refused(&format!("There is no list `{list}`.")),
        };
        if name.trim().is_empty() {
            return refused("An entry needs a name.");
        }
        let view = self.view();
        if let Some(reason) = view.field_of(&id).and_then(|field| field.locked) {
            return refused(&reason);
        }
        let (mut draft, mut notes) = (Draft::new(self.text()), Vec::new());
        let done = view.take_over(&mut draft, &id, &mut notes);
        let done = done.and_then(|()| draft.put(&way(&id, &view.now), &quote(value)));
        let wanted = Some((id, FieldValue::Text(value.to_owned())));
        self.take(finished(done, draft), wanted, notes)
    }

    /// Gives an entry that only the task speaks of another name.
    pub fn rename(&mut self, id: &str, name: &str) -> Change {
        let parsed = FieldId::parse(id).and_then(|field_id| Some((field_id.renamed(name)?, field_id)));
        let Some((renamed, field_id)) = parsed else { return unknown(id) };
        let view = self.view();
        if name.trim().is_empty() {
            return refused("An entry needs a name.");
        }
        let is_taken = view.now.get(&renamed).is_some() || view.field_of(&renamed).is_some();
        if is_taken && renamed != field_id {
            return refused(&format!("There is a `{name}` already."));
        }
        let edit = match &field_id {
            FieldId::Env(old) => renamed_entry(view.now.variable(old), name),
            FieldId::Channel(direction, old) | FieldId::HostPath(direction, old) => {
                renamed_entry(view.now.channel(*direction, old), name)
            }
            _ => view.now.get(&field_id).and_then(Node::key).map(|key| task_api_json::rewrite::rename_key(key, name)),
        };
        let Some(edit) = edit else { return unknown(id) };
        let mut draft = Draft::new(self.text());
        let done = draft.apply(vec![edit]);
        self.take(finished(done, draft), None, Vec::new())
    }

    /// Binds each channel without a directory to `./<name>`.
    pub fn bind_missing(&mut self) -> Change {
        let view = self.view();
        let mut draft = Draft::new(self.text());
        let done = Direction::BOTH.into_iter().try_for_each(|direction| {
            let declared = view.template().into_iter().flat_map(|template| template.channels(direction));
            let mut entries = Vec::new();
            for (name, _) in declared {
                let id = FieldId::HostPath(direction, name.to_owned());
                let path = quote(&format!("./{name}"));
                if view.now.channel(direction, name).is_none() {
                    entries.push(built_entry(&way(&id, &view.now)[1..], &path));
                } else if view.own(&id).value.is_none_or(|value| value.is_empty()) {
                    draft.put(&way(&id, &view.now), &path)?;
                }
            }
            draft.put_entries(direction.list(), &entries)
        });
        self.take(finished(done, draft), None, Vec::new())
    }

    /// Takes a draft over, unless the text is worse for it.
    pub(super) fn take(
        &mut self,
        draft: Result<(String, Vec<TextEdit>), Refusal>,
        wanted: Option<(FieldId, FieldValue)>,
        notes: Vec<String>,
    ) -> Change {
        let (text, edits) = match draft {
            Ok(draft) => draft,
            Err(refusal) => return refused(&self.with_error(&refusal)),
        };
        if edits.is_empty() {
            return Change { notes, ..Change::default() };
        }
        if apply_edits(self.text(), &edits).as_deref() != Some(&text) || !self.is_kept(&text, wanted) {
            return refused(&self.with_error("The text cannot be changed here"));
        }
        let inverse = inverse(self.text(), &edits);
        let before = self.report_document();
        let reported = before.edits(&edits);
        self.set_text(text);
        let after = self.report_document();
        Change { edits: reported, inverse: after.edits(&inverse), problem: None, notes }
    }

    /// Whether a text is no more broken than the present one, and says what it is meant to say.
    fn is_kept(&self, text: &str, wanted: Option<(FieldId, FieldValue)>) -> bool {
        let tree = parse(text);
        let errors = |tree: &task_api_json::Tree| {
            tree.errors().iter().filter(|error| !error.kind.is_note()).count() + tree.dropped_errors()
        };
        if errors(&tree) > errors(self.task.tree()) {
            return false;
        }
        let Some((id, value)) = wanted else { return true };
        let root = tree.root(text);
        let reading = Reading::new(root, self.task.version());
        match (reading.get(&id), value) {
            (Some(node), _) if node.kind() == NodeKind::Missing => false,
            (Some(node), FieldValue::Text(text)) => {
                node.as_str().map_or_else(|| node.source() == text, |read| read == text)
            }
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

impl View<'_> {
    fn write(
        &self,
        draft: &mut Draft<'_>,
        id: &FieldId,
        field: &Field,
        value: &FieldValue,
        notes: &mut Vec<String>,
    ) -> Result<(), Refusal> {
        self.take_over(draft, id, notes)?;
        let way = way(id, &self.now);
        match value {
            FieldValue::Words(words) => draft.put_words(&way, words),
            FieldValue::Text(text) => {
                let json = json_of(field, id, text, draft.at(&way));
                draft.put(&way, &json)
            }
        }
    }

    /// What takes the place of something of the template's as a whole begins as a copy of it.
    fn take_over(&self, draft: &mut Draft<'_>, id: &FieldId, notes: &mut Vec<String>) -> Result<(), Refusal> {
        match id {
            FieldId::Resource(..) if !self.overrules_resources() => {
                let Some(theirs) = self.template().and_then(|template| template.get(&FieldId::AllResources)) else {
                    return Ok(());
                };
                if theirs.kind() != NodeKind::Object || theirs.members().next().is_none() {
                    return Ok(());
                }
                notes.push(
                    "A task's resources replace those of its template as a whole, so the others were taken over."
                        .to_owned(),
                );
                draft.put(&[member("resources")], &one_line(theirs))
            }
            FieldId::RuleField(channel, name) => {
                let own = FieldId::Rule(channel.clone());
                if self.now.get(&own).is_some_and(|rule| rule.kind() == NodeKind::Object) {
                    return Ok(());
                }
                if self.now.channel(Direction::Input, channel).is_none() {
                    return Err(format!("The input `{channel}` has no directory yet, and its rule stands beside it"));
                }
                let rule = way(&own, &self.now);
                if let Some(theirs) = self.template_rule_json(channel) {
                    notes.push(
                        "A task's scale rule replaces that of its template as a whole, so the rest was taken over."
                            .to_owned(),
                    );
                    return draft.put(&rule, &theirs);
                }
                let law = law_field(self.version());
                if name == "type" || name == "mode" || name == law {
                    let factor = if self.version() == ApiVersion::V1 { "1" } else { "\"n\"" };
                    return draft
                        .put(&rule, &format!("{{\"{law}\": {factor}, \"type\": \"limit\", \"mode\": \"sum\"}}"));
                }
                Err(format!("The input `{channel}` has no scale rule yet: give its `{law}` first"))
            }
            _ => Ok(()),
        }
    }

    fn reset(&self, draft: &mut Draft<'_>, id: &FieldId) -> Result<(), Refusal> {
        match id {
            FieldId::Resource(..) if self.overrules_resources() => {
                let theirs = self.template().and_then(|template| template.get(id));
                match theirs {
                    Some(theirs) => draft.put(&way(id, &self.now), &one_line(theirs))?,
                    None => self.remove(draft, id)?,
                }
                let whole = self.template().and_then(|template| template.get(&FieldId::AllResources));
                self.remove_if_same(draft, &FieldId::AllResources, whole)
            }
            FieldId::RuleField(channel, name) => {
                let rule = FieldId::Rule(channel.clone());
                let json = self.template_rule_json(channel);
                let theirs = json.as_ref().map(|json| (json, parse(json)));
                let value = theirs.as_ref().and_then(|(json, tree)| Some(one_line(tree.root(json).get(name)?)));
                if draft.at(&way(&rule, &self.now)).is_none_or(|rule| rule.kind() != NodeKind::Object) {
                    return Ok(());
                }
                match value {
                    Some(value) => draft.put(&way(id, &self.now), &value)?,
                    None => self.remove(draft, id)?,
                }
                let whole = theirs.as_ref().map(|(json, tree)| tree.root(json));
                self.remove_if_same(draft, &rule, whole)
            }
            _ => self.remove(draft, id),
        }
    }

    /// Takes out what says no more than the template, or nothing at all.
    fn remove_if_same(&self, draft: &mut Draft<'_>, id: &FieldId, theirs: Option<Node<'_>>) -> Result<(), Refusal> {
        let way = way(id, &self.now);
        let Some(own) = draft.at(&way) else { return Ok(()) };
        let is_same = match theirs {
            Some(theirs) => is_same_value(own, theirs),
            None => says_nothing(own),
        };
        if is_same && !own.source().contains("//") && !own.source().contains("/*") {
            draft.remove(&way)
        } else {
            Ok(())
        }
    }

    fn remove(&self, draft: &mut Draft<'_>, id: &FieldId) -> Result<(), Refusal> {
        match id {
            // Without its value, an entry would be none.
            FieldId::Env(name) => {
                let entry = vec![member("env"), Step::Entry(name.clone(), Pick::Last)];
                draft.remove(&entry)
            }
            FieldId::HostPath(direction, name) => {
                let entry = [member(direction.list()), Step::Entry(name.clone(), Pick::First)];
                let source = [volume_field(self.version()), volume_field(self.version().other())];
                let known = |key: Node<'_>| key.is_str("name") || source.iter().any(|source| key.is_str(source));
                let is_bare = draft.at(&entry).is_some_and(|volume| volume.members().all(|(key, _)| known(key)));
                if is_bare {
                    return draft.remove(&entry);
                }
                draft.remove(&way(id, &self.now))
            }
            FieldId::Channel(direction, name) => {
                draft.remove(&[member(direction.list()), Step::Entry(name.clone(), Pick::First)])
            }
            _ => draft.remove(&way(id, &self.now)),
        }
    }
}

/// Where the value of a field belongs in a task.
pub(super) fn way(id: &FieldId, task: &Reading<'_>) -> Vec<Step> {
    let volume =
        |direction: &Direction, name: &String| vec![member(direction.list()), Step::Entry(name.clone(), Pick::First)];
    match id {
        FieldId::Name => vec![member("name")],
        FieldId::Image => vec![member("image")],
        FieldId::Template => vec![member("taskTemplate")],
        FieldId::Command => vec![member("command")],
        FieldId::AllEnv => vec![member("env")],
        FieldId::AllResources => vec![member("resources")],
        FieldId::Env(name) => vec![member("env"), Step::Entry(name.clone(), Pick::Last), member("value")],
        FieldId::Resource(side, name) => vec![member("resources"), member(side.field()), Step::Field(name.clone())],
        FieldId::Config(way) => [member("config")].into_iter().chain(way.iter().cloned().map(Step::Field)).collect(),
        FieldId::Channel(direction, name) => volume(direction, name),
        FieldId::HostPath(direction, name) => {
            // What is there in the name of the other version is read all the same.
            let written = task.channel(*direction, name).and_then(source_of).and_then(Node::key).and_then(Node::as_str);
            let source = [ApiVersion::V0, ApiVersion::V1].map(volume_field);
            let source = source.into_iter().find(|source| written.as_deref() == Some(source));
            let mut way = volume(direction, name);
            way.extend([member(source.unwrap_or_else(|| volume_field(task.version))), member("host_path")]);
            way
        }
        FieldId::Rule(channel) => {
            let mut way = volume(&Direction::Input, channel);
            way.push(member("scale_rule"));
            way
        }
        FieldId::RuleField(channel, field) => {
            let mut way = volume(&Direction::Input, channel);
            way.extend([member("scale_rule"), Step::Field(field.clone())]);
            way
        }
    }
}

/// What a control hands over as the value of its field.
pub(super) fn value_for(field: &Field, input: &Input, default: Option<FieldValue>) -> Result<FieldValue, Refusal> {
    let switched = |is_on: bool| FieldValue::Text(switched(is_on, default.as_ref().and_then(FieldValue::text)));
    let is_list = is_list(field.kind);
    match input {
        Input::Words(words) if is_list => Ok(FieldValue::Words(words.clone())),
        Input::Words(_) => Err(format!("`{}` is one text, and not a list", field.name)),
        Input::Text(line) if field.kind == FieldKind::Words => words(line)
            .map(FieldValue::Words)
            .ok_or_else(|| "Only a shell could split this line: give the words one by one".to_owned()),
        Input::Text(text) if is_list => Ok(FieldValue::Words(vec![text.clone()])),
        Input::Text(text) if field.kind == FieldKind::Switch && (text == "true" || text == "false") => {
            Ok(switched(text == "true"))
        }
        Input::Text(text) => Ok(FieldValue::Text(text.clone())),
        Input::Switch(_) if is_list => Err(format!("`{}` is a list", field.name)),
        Input::Switch(is_on) => Ok(switched(*is_on)),
    }
}

/// `true` in the letters of the default: some programs know `True` alone.
fn switched(is_on: bool, default: Option<&str>) -> String {
    let word = is_on.to_string();
    match default.unwrap_or_default() {
        "True" | "False" => word.replacen(['t', 'f'], if is_on { "T" } else { "F" }, 1),
        "TRUE" | "FALSE" => word.to_ascii_uppercase(),
        _ => word,
    }
}

fn json_of(field: &Field, id: &FieldId, text: &str, present: Option<Node<'_>>) -> String {
    let is_number = |text: &str| {
        let tree = parse(text);
        tree.is_valid() && tree.root(text).kind() == NodeKind::Number && tree.root(text).source() == text
    };
    let was_number = present.is_some_and(|node| node.kind() == NodeKind::Number);
    let is_json = |text: &str| parse(text).is_valid() && text.trim() == text;
    let stays = match (id, field.kind) {
        (FieldId::Resource(..), _) => was_number && is_number(text),
        (FieldId::Env(_), _) => false,
        (_, FieldKind::Integer | FieldKind::Number) => is_number(text),
        (_, FieldKind::Json) => is_json(text),
        (_, FieldKind::Switch) => text == "true" || text == "false",
        _ => false,
    };
    if stays { text.to_owned() } else { quote(text) }
}

/// JSON without the line breaks between its tokens, so that it stands in any layout.
fn one_line(node: Node<'_>) -> String {
    match node.kind() {
        NodeKind::Object => {
            let members = node.members().map(|(key, value)| format!("{}: {}", key.source(), one_line(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        NodeKind::Array => format!("[{}]", node.elements().map(one_line).collect::<Vec<_>>().join(", ")),
        _ => node.source().to_owned(),
    }
}

fn is_same_value(ours: Node<'_>, theirs: Node<'_>) -> bool {
    match (ours.kind(), theirs.kind()) {
        (NodeKind::Object, NodeKind::Object) => {
            // `"requests": {}` asks for no more than its absence.
            let count = |node: Node<'_>| node.members().filter(|(_, value)| !says_nothing(*value)).count();
            let has = |(key, value): (Node<'_>, Node<'_>)| {
                let other = key.as_str().and_then(|name| theirs.get(&name));
                says_nothing(value) || other.is_some_and(|other| is_same_value(value, other))
            };
            count(ours) == count(theirs) && ours.members().all(has)
        }
        (NodeKind::Array, NodeKind::Array) => {
            ours.elements().count() == theirs.elements().count()
                && ours.elements().zip(theirs.elements()).all(|(ours, theirs)| is_same_value(ours, theirs))
        }
        (NodeKind::String, NodeKind::String) => ours.as_str() == theirs.as_str(),
        (ours_kind, theirs_kind) => ours_kind == theirs_kind && ours.source() == theirs.source(),
    }
}

/// An object without entries, but for objects without entries.
fn says_nothing(node: Node<'_>) -> bool {
    node.kind() == NodeKind::Object && node.members().all(|(_, value)| says_nothing(value))
}

fn renamed_entry(entry: Option<Node<'_>>, name: &str) -> Option<TextEdit> {
    let entry = entry?;
    name_of(entry)?;
    Some(TextEdit::replace(entry.get("name")?.span(), quote(name)))
}

/// The edits that undo others, in offsets of the text after them.
pub(super) fn inverse(before: &str, edits: &[TextEdit]) -> Vec<TextEdit> {
    let mut sorted: Vec<&TextEdit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut shift = 0i64;
    let undo = |edit: &TextEdit| {
        let start = (i64::from(edit.span.start) + shift).max(0) as u32;
        shift += edit.new_text.len() as i64 - i64::from(edit.span.len());
        TextEdit::replace(Span::new(start, start + edit.new_text.len() as u32), edit.span.of(before))
    };
    sorted.into_iter().map(undo).collect()
}

pub(super) fn finished(done: Result<(), Refusal>, draft: Draft<'_>) -> Result<(String, Vec<TextEdit>), Refusal> {
    done.map(|()| draft.finish())
}

pub(super) fn refused(problem: &str) -> Change {
    let sentence = format!("{}.", problem.trim_end_matches('.'));
    Change { problem: Some(sentence), ..Change::default() }
}

fn unknown(id: &str) -> Change {
    refused(&format!("The form has no field `{id}`."))
}
