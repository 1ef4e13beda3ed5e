//! A text while it is changed: values are put in and taken out by where they belong, and what is not changed stays.

use task_api_json::{Kind as NodeKind, Node, Span, TextEdit, Tree, apply_edits, parse, quote, rewrite};

use super::reading::name_of;
use crate::actions::layout::{indent_of, line_ending};
use crate::text_diff::edits_between;

/// Where a value belongs, from the root on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Member(&'static str),
    Field(String),
    /// The entry of this name in a list: of several the last one, where that is the one that counts.
    Entry(String, Pick),
    /// The entry at this place in a list. It is never made.
    Index(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pick {
    First,
    Last,
}

pub(super) struct Draft<'a> {
    original: &'a str,
    text: String,
    tree: Tree,
    /// The only edits so far; with more than one step they are found by comparing the texts.
    edits: Vec<TextEdit>,
    steps: usize,
}

/// Why a change cannot be made, in words for the user.
pub(super) type Refusal = String;

impl<'a> Draft<'a> {
    pub(super) fn new(original: &'a str) -> Draft<'a> {
        Draft { original, text: original.to_owned(), tree: parse(original), edits: Vec::new(), steps: 0 }
    }

    pub(super) fn root(&self) -> Node<'_> {
        self.tree.root(&self.text)
    }

    /// All that was changed, in offsets of the original.
    pub(super) fn finish(self) -> (String, Vec<TextEdit>) {
        let edits = match self.steps {
            0 => Vec::new(),
            1 if self.text != self.original => self.edits,
            _ => edits_between(self.original, &self.text),
        };
        (self.text, edits)
    }

    pub(super) fn apply(&mut self, edits: Vec<TextEdit>) -> Result<(), Refusal> {
        if edits.is_empty() {
            return Ok(());
        }
        let text = apply_edits(&self.text, &edits).ok_or("the changes get into each other's way")?;
        self.tree = parse(&text);
        self.text = text;
        self.edits = edits;
        self.steps += 1;
        Ok(())
    }

    /// The value at the end of a way.
    pub(super) fn at(&self, way: &[Step]) -> Option<Node<'_>> {
        way.iter().try_fold(self.root(), step_into)
    }

    /// Writes a value, with all that is not there yet on the way to it. `json` is JSON text.
    pub(super) fn put(&mut self, way: &[Step], json: &str) -> Result<(), Refusal> {
        let edit = put(self.root(), way, json)?;
        self.apply(edit.into_iter().collect())
    }

    /// Takes out a value, all of its duplicates included.
    pub(super) fn remove(&mut self, way: &[Step]) -> Result<(), Refusal> {
        let edits = removal(self.root(), way);
        self.apply(edits)
    }

    /// Adds entries at the end of a list of the root. Each is JSON text.
    pub(super) fn put_entries(&mut self, list: &'static str, entries: &[String]) -> Result<(), Refusal> {
        if entries.is_empty() {
            return Ok(());
        }
        let root = self.root();
        let edits = match root.get(list) {
            Some(present) if present.kind() == NodeKind::Array && present.elements().next().is_some() => {
                entries.iter().map(|entry| rewrite::insert_element(present, entry)).collect()
            }
            Some(present) if !matches!(present.kind(), NodeKind::Array | NodeKind::Null | NodeKind::Missing) => {
                return Err(something_else(present, NodeKind::Array));
            }
            Some(present) => {
                vec![TextEdit::replace(present.span(), Layout::of(root, present).list(entries))]
            }
            None => vec![rewrite::insert_member(root, list, &Layout::of(root, root).list(entries))],
        };
        self.apply(edits)
    }

    /// Makes a list of strings say these words, and keeps the layout of those that are there.
    pub(super) fn put_words(&mut self, way: &[Step], words: &[String]) -> Result<(), Refusal> {
        let whole = || format!("[{}]", words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(", "));
        let Some(list) = self.at(way).filter(|node| node.kind() == NodeKind::Array) else {
            return self.put(way, &whole());
        };
        let present: Vec<Node<'_>> = list.elements().collect();
        let is_same = |(node, word): &(&Node<'_>, &String)| node.kind() == NodeKind::String && node.is_str(word);
        let replaced: Vec<TextEdit> = present
            .iter()
            .zip(words)
            .filter(|pair| !is_same(pair))
            .map(|(node, word)| TextEdit::replace(node.span(), quote(word)))
            .collect();
        let (old, new) = (present.len(), words.len());
        if old == 0 || new == 0 {
            return self.put(way, &whole());
        }
        self.apply(replaced)?;
        for word in words.iter().skip(old) {
            let Some(list) = self.at(way) else { break };
            let edit = rewrite::insert_element(list, &quote(word));
            self.apply(vec![edit])?;
        }
        for _ in new..old {
            let Some(last) = self.at(way).and_then(|list| list.elements().last()) else { break };
            let edits = rewrite::remove_element(last);
            self.apply(edits)?;
        }
        Ok(())
    }
}

pub(super) fn member(name: &'static str) -> Step {
    Step::Member(name)
}

pub(super) fn step_into<'a>(node: Node<'a>, step: &Step) -> Option<Node<'a>> {
    match step {
        Step::Member(name) => node.get(name),
        Step::Field(name) => node.get(name),
        Step::Entry(name, pick) => {
            let mut entries = node.elements().filter(|entry| name_of(*entry).is_some_and(|own| own == *name));
            if *pick == Pick::First { entries.next() } else { entries.last() }
        }
        Step::Index(index) => node.elements().nth(*index),
    }
}

/// In one go, as a text may have thousands of duplicates.
fn removal(root: Node<'_>, way: &[Step]) -> Vec<TextEdit> {
    let Some((last, above)) = way.split_last() else { return Vec::new() };
    let Some(container) = above.iter().try_fold(root, step_into) else { return Vec::new() };
    if let Step::Entry(name, _) = last {
        let is_meant = |entry: &Node<'_>| name_of(*entry).is_some_and(|own| own == *name);
        let found: Vec<Node<'_>> = container.elements().filter(is_meant).take(2).collect();
        return match found[..] {
            [] => Vec::new(),
            [only] => rewrite::remove_element(only),
            _ => rewrite::remove_elements(container, |entry| is_meant(&entry)),
        };
    }
    if let Step::Index(index) = last {
        return container.elements().nth(*index).map(rewrite::remove_element).unwrap_or_default();
    }
    let is_meant = |key: Node<'_>| match last {
        Step::Member(name) => key.is_str(name),
        Step::Field(name) | Step::Entry(name, _) => key.is_str(name),
        Step::Index(_) => false,
    };
    let found: Vec<Node<'_>> = container.members().map(|(key, _)| key).filter(|key| is_meant(*key)).take(2).collect();
    match found[..] {
        [] => Vec::new(),
        [only] => rewrite::remove_member(only),
        _ => rewrite::remove_members(container, is_meant),
    }
}

fn put(root: Node<'_>, way: &[Step], json: &str) -> Result<Option<TextEdit>, Refusal> {
    let mut here = root;
    for (done, step) in way.iter().enumerate() {
        if let Step::Index(index) = step {
            here = here.elements().nth(*index).ok_or_else(|| no_entry(here))?;
            continue;
        }
        let wanted = if matches!(step, Step::Entry(..)) { NodeKind::Array } else { NodeKind::Object };
        if here.kind() != wanted {
            // What says nothing may be replaced. Anything else is the user's.
            if !matches!(here.kind(), NodeKind::Null | NodeKind::Missing) {
                return Err(something_else(here, wanted));
            }
            let value = built(&way[done..], json, &Layout::of(root, here));
            return Ok(Some(TextEdit::replace(here.span(), value)));
        }
        if let Some(next) = step_into(here, step) {
            here = next;
            continue;
        }
        let layout = Layout::of(root, here);
        let edit = match step {
            Step::Member(name) => rewrite::insert_member(here, name, &built(&way[done + 1..], json, &layout)),
            Step::Field(name) => rewrite::insert_member(here, name, &built(&way[done + 1..], json, &layout)),
            Step::Entry(..) => insert_entry(here, built_entry(&way[done..], json), &layout),
            Step::Index(_) => return Err(no_entry(here)),
        };
        return Ok(Some(edit));
    }
    let is_same = here.source() == json;
    Ok((!is_same).then(|| TextEdit::replace(here.span(), json)))
}

/// How lines are laid out around an object or a list.
struct Layout {
    /// Of the lines of the members of the root, where each has its own.
    indent: Option<String>,
    line_ending: &'static str,
    is_member_of_root: bool,
}

impl Layout {
    fn of(root: Node<'_>, here: Node<'_>) -> Layout {
        let first = root.members().next().map(|(key, _)| key.span().start);
        let own_line = |start: &u32| {
            let text = root.text();
            let line = text.get(..*start as usize).unwrap_or_default();
            let begin = line.rfind(['\n', '\r']).map_or(0, |at| at + 1);
            begin > root.span().start as usize && line[begin..].trim().is_empty()
        };
        Layout {
            indent: first.filter(own_line).map(|start| indent_of(root.text(), start).to_owned()),
            line_ending: line_ending(root.text()),
            is_member_of_root: here == root || here.container() == Some(root),
        }
    }

    /// A list with entries: each on a line of its own, where lists may be broken.
    fn list(&self, entries: &[String]) -> String {
        match &self.indent {
            Some(indent) if self.is_member_of_root && !indent.is_empty() => {
                let end = self.line_ending;
                format!("[{end}{indent}{indent}{}{end}{indent}]", entries.join(&format!(",{end}{indent}{indent}")))
            }
            _ => format!("[{}]", entries.join(", ")),
        }
    }
}

fn insert_entry(list: Node<'_>, entry: String, layout: &Layout) -> TextEdit {
    let span = list.span();
    let inside = Span::new(span.start + 1, span.end.saturating_sub(1).max(span.start + 1));
    let is_blank = list.source().ends_with(']') && inside.of(list.text()).trim().is_empty();
    if list.elements().next().is_none() && is_blank {
        return TextEdit::replace(span, layout.list(&[entry]));
    }
    rewrite::insert_element(list, &entry)
}

/// The value at the begin of a way of which nothing is there yet.
fn built(way: &[Step], json: &str, layout: &Layout) -> String {
    match way.first() {
        None => json.to_owned(),
        Some(Step::Entry(..)) => layout.list(&[built_entry(way, json)]),
        Some(_) => format!("{{{}}}", built_member(way, json)),
    }
}

pub(super) fn built_entry(way: &[Step], json: &str) -> String {
    let Some((Step::Entry(name, _), rest)) = way.split_first() else { return json.to_owned() };
    if rest.is_empty() {
        return json.to_owned();
    }
    format!("{{\"name\": {}, {}}}", quote(name), built_member(rest, json))
}

fn built_member(way: &[Step], json: &str) -> String {
    let Some((step, rest)) = way.split_first() else { return String::new() };
    let name = match step {
        Step::Member(name) => name,
        Step::Field(name) | Step::Entry(name, _) => name.as_str(),
        Step::Index(_) => return String::new(),
    };
    let value = if rest.is_empty() { json.to_owned() } else { format!("{{{}}}", built_member(rest, json)) };
    format!("{}: {value}", quote(name))
}

/// These are written out, each as a whole: that is how they are translated.
fn something_else(here: Node<'_>, wanted: NodeKind) -> Refusal {
    match (here.key().and_then(Node::as_str), wanted) {
        (Some(key), NodeKind::Array) => format!("`{key}` is something else than a list"),
        (Some(key), _) => format!("`{key}` is something else than an object"),
        (None, NodeKind::Array) => "The text is something else than a list".to_owned(),
        (None, _) => "The text is something else than an object".to_owned(),
    }
}

fn no_entry(here: Node<'_>) -> Refusal {
    match here.key().and_then(Node::as_str) {
        Some(key) => format!("`{key}` has no such entry"),
        None => "There is no such entry".to_owned(),
    }
}
