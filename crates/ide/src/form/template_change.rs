//! Another template for a task: what fits stays, what can move moves, and what has no place any more is kept and named.

use std::collections::HashSet;

use task_api_core::model::Container;
use task_api_json::{Kind as NodeKind, Node, quote};

use super::TaskForm;
use super::changes::{finished, refused, way};
use super::draft::{Draft, Pick, Refusal, Step, member};
use super::id::FieldId;
use super::reading::Reading;
use super::types::{Change, Direction, FieldValue, Kept, Moved, TemplateChange};

impl TaskForm {
    pub fn change_template(&mut self, identifier: &str) -> TemplateChange {
        let Some(container) = &self.container else {
            return of(refused("There is no container, so there is no other template."));
        };
        let Some(template) = Container::read(container.root()).template(identifier) else {
            return of(refused(&format!("The container has no template `{identifier}`.")));
        };
        let template = Reading::new(template.node, container.version());
        let view = self.view();
        let mut notes = Vec::new();
        let was_inline = view.template.as_ref().is_some_and(|template| template.is_inline);
        if was_inline {
            notes.push("The template that was written out in the task is replaced; undoing brings it back.".to_owned());
        }
        let mut draft = Draft::new(self.text());
        let moves = moves(&view.now, &template);
        let done = draft
            .put(&way(&FieldId::Template, &view.now), &quote(identifier))
            .and_then(|()| moves.iter().try_for_each(|(from, to)| move_volume(&mut draft, from, to)));
        let taken = finished(done, draft);
        let wanted = (FieldId::Template, FieldValue::Text(identifier.to_owned()));
        let kept = taken.as_ref().map(|(text, _)| kept(text, &view.now, &template)).unwrap_or_default();
        let moved = moves.iter().map(|(from, to)| Moved { from: from.to_string(), to: to.to_string() }).collect();
        let change = self.take(taken, Some(wanted), notes);
        if change.problem.is_some() {
            return of(change);
        }
        TemplateChange { moved, kept, ..of(change) }
    }
}

fn of(change: Change) -> TemplateChange {
    let Change { edits, inverse, problem, notes } = change;
    TemplateChange { edits, inverse, problem, notes, moved: Vec::new(), kept: Vec::new() }
}

/// Volumes that fit elsewhere: on the other side, where the template has a channel of their name; or, if there is one
/// channel and one volume left over on a side, there.
fn moves(task: &Reading<'_>, template: &Reading<'_>) -> Vec<(FieldId, FieldId)> {
    let fits = |direction: Direction, name: &str| template.channel(direction, name).is_some();
    let mut moves = Vec::new();
    let mut taken: HashSet<(Direction, &str)> = HashSet::new();
    for direction in Direction::BOTH {
        for (name, _) in task.channels(direction).filter(|(name, _)| !fits(direction, name)) {
            let other = direction.other();
            if fits(other, name) && task.channel(other, name).is_none() {
                taken.extend([(direction, name), (other, name)]);
                moves.push((FieldId::Channel(direction, name.to_owned()), FieldId::Channel(other, name.to_owned())));
            }
        }
    }
    for direction in Direction::BOTH {
        let is_left = |(name, _): &(&str, Node<'_>)| !fits(direction, name) && !taken.contains(&(direction, *name));
        let is_free = |(name, _): &(&str, Node<'_>)| {
            task.channel(direction, name).is_none() && !taken.contains(&(direction, *name))
        };
        let left: Vec<&str> = task.channels(direction).filter(is_left).map(|(name, _)| name).collect();
        let free: Vec<&str> = template.channels(direction).filter(is_free).map(|(name, _)| name).collect();
        if let ([from], [to]) = (&left[..], &free[..]) {
            moves
                .push((FieldId::Channel(direction, (*from).to_owned()), FieldId::Channel(direction, (*to).to_owned())));
        }
    }
    moves
}

fn move_volume(draft: &mut Draft<'_>, from: &FieldId, to: &FieldId) -> Result<(), Refusal> {
    let (FieldId::Channel(from_side, old), FieldId::Channel(to_side, new)) = (from, to) else { return Ok(()) };
    let entry = |side: &Direction, name: &String| [member(side.list()), Step::Entry(name.clone(), Pick::First)];
    let source = entry(from_side, old);
    let Some(volume) = draft.at(&source) else { return Ok(()) };
    if from_side == to_side {
        let name = [member(from_side.list()), Step::Entry(old.clone(), Pick::First), member("name")];
        return draft.put(&name, &quote(new));
    }
    let json = volume.source().to_owned();
    draft.remove(&source)?;
    draft.put(&entry(to_side, new), &json)
}

/// What a task says that its template has no place for.
fn kept(text: &str, before: &Reading<'_>, template: &Reading<'_>) -> Vec<Kept> {
    let tree = task_api_json::parse(text);
    let task = Reading::new(tree.root(text), before.version);
    let mut kept = Vec::new();
    for direction in Direction::BOTH {
        let reason = match direction {
            Direction::Input => "The template has no input of this name, so it is not mounted.",
            Direction::Output => "The template has no output of this name, so it is not mounted.",
        };
        for (name, _) in task.channels(direction).filter(|(name, _)| template.channel(direction, name).is_none()) {
            kept.push(Kept {
                id: FieldId::HostPath(direction, name.to_owned()).to_string(),
                name: name.to_owned(),
                reason: reason.to_owned(),
            });
        }
    }
    for (name, node) in task.variables() {
        let reason = match template.variable(name) {
            None => "The template does not declare this variable; the program gets it all the same.",
            Some(declared) if !is_allowed(declared, node.get("value")) => "The template does not allow this value.",
            Some(_) => continue,
        };
        kept.push(Kept {
            id: FieldId::Env(name.to_owned()).to_string(),
            name: name.to_owned(),
            reason: reason.to_owned(),
        });
    }
    let replaces = |name: &'static str, id: FieldId, reason: &str| {
        let has = |reading: &Reading<'_>| {
            reading.root.get(name).is_some_and(|node| !matches!(node.kind(), NodeKind::Null | NodeKind::Missing))
        };
        (has(&task) && has(template)).then(|| Kept {
            id: id.to_string(),
            name: name.to_owned(),
            reason: reason.to_owned(),
        })
    };
    let command = "The task's command of its own still replaces that of the template.";
    let resources = "The task's resources of its own still replace those of the template.";
    kept.extend(replaces("command", FieldId::Command, command));
    kept.extend(replaces("resources", FieldId::AllResources, resources));
    kept
}

fn is_allowed(declared: Node<'_>, value: Option<Node<'_>>) -> bool {
    let (Some(declared), Some(value)) = (task_api_core::model::Env::read(declared), value.and_then(Node::as_str))
    else {
        return true;
    };
    let kind = declared.kind.as_ref().map_or("", |kind| &*kind.value);
    let is_choice = declared.choices.is_empty() || declared.choices.iter().any(|choice| choice.value == value);
    let is_default = declared.value.as_ref().is_some_and(|default| default.value == value);
    is_choice && task_api_core::fits_env_type(kind, &value) && (is_default || !declared.is_fixed())
}
