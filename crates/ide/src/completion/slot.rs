//! Where a cursor stands: what may be written there, and what it takes for the result to be JSON.
//!
//! The tokens around the cursor say which commas, colons and quotes are missing. With these and a marker in the place
//! of the word the text is parsed, so that everything else reads a tree in which the cursor is a node like any other,
//! also where the text as it stands is no JSON.

use task_api_core::{ApiVersion, Kind};
use task_api_json::{Kind as NodeKind, Node, Span, TextEdit};

use super::lexer::{self, Token, TokenKind};
use crate::document::Document;

/// A character that no file has: it is for private use.
const MARKER: char = '\u{e000}';
/// Lines that are longer are read from the innermost object or array on.
const LONG_LINE: usize = 2000;
/// The version of a longer text is not found out again.
const SMALL: usize = 1 << 16;
/// In broken text, the bracket around the cursor is looked for so far back.
const BACK: usize = 1 << 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The whole document.
    File,
    /// A key; its value may be there already.
    Key { has_value: bool },
    /// The value of a member.
    Value,
    /// An element of an array.
    Element,
}

/// The place of the cursor, with what is missing around it.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) role: Role,
    /// What is replaced.
    pub(super) word: Span,
    /// The quote that the word begins with.
    pub(super) quote: Option<char>,
    /// The word has no closing quote.
    pub(super) is_unclosed: bool,
    /// A comma or colon that is missing before, and where.
    separator_before: Option<(u32, char)>,
    /// Text that follows: a comma, or a colon after a key.
    separator_after: Option<char>,
    needs_space_before: bool,
    needs_space_after: bool,
}

/// A slot in the document that it makes sense in.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) slot: Slot,
    pub(super) kind: Kind,
    pub(super) version: ApiVersion,
    /// The text with the marker in the place of the word.
    pub(super) mended: Document,
    marker_at: u32,
    pub(super) offset: u32,
}

impl Site {
    pub(super) fn find(document: &Document, offset: u32) -> Option<Site> {
        let kind = document.kind()?;
        let text = document.text();
        if !text.is_char_boundary(offset as usize) {
            return None;
        }
        let slot = Slot::find(document, offset as usize)?;
        let (mended, marker_at) = slot.mend(document)?;
        // What is written tells the version, where that can be read.
        let is_better = !document.tree().is_valid() && document.text().len() < SMALL && mended.tree().is_valid();
        let version = if is_better { mended.version() } else { document.version() };
        Some(Site { slot, kind, version, mended, marker_at, offset })
    }

    /// The key or value that the cursor is at.
    pub(super) fn marker(&self) -> Option<Node<'_>> {
        let node = self.mended.root().node_at(self.marker_at + 1);
        let fits = match self.slot.role {
            Role::File => false,
            Role::Key { .. } => node.kind() == NodeKind::Key,
            Role::Value => node.kind() == NodeKind::String && node.key().is_some(),
            Role::Element => node.parent().is_some_and(|parent| parent.kind() == NodeKind::Array),
        };
        (fits && node.inner().starts_with(MARKER)).then_some(node)
    }
}

impl Slot {
    fn find(document: &Document, offset: usize) -> Option<Slot> {
        let text = document.text();
        let from = start_of_reading(document, offset);
        let lexer::Around { mut word, mut before } = lexer::around(text, from, offset);
        let begins_in_line = from != lexer::start_of_line(text, offset);
        if !begins_in_line {
            lexer::look_back(text, from, &mut before);
        }
        let behind = |word: Option<Token>| {
            let next = lexer::following(text, word.map_or(offset, |word| word.end));
            (next, next.and_then(|next| lexer::following(text, next.end)))
        };
        let (mut next, mut after_next) = behind(word);
        let is_colon = |token: Option<Token>| token.is_some_and(|token| token.kind == TokenKind::Colon);
        let previous = before.last().copied();
        let one_before = before.iter().rev().nth(1).copied();
        let start = |word: Option<Token>| word.map_or(offset, |word: Token| word.start);
        let Some(previous) = previous else {
            let is_alone = next.is_none() && word.is_none_or(|word| word.kind == TokenKind::Word);
            return is_alone.then(|| Slot::new(Role::File, offset, word, None, None));
        };
        let is_in_object = match previous.kind {
            TokenKind::Open(bracket) => bracket == b'{',
            TokenKind::Colon => true,
            _ if is_colon(next) => true,
            _ => bracket_around(document, start(word))? == b'{',
        };
        let comma_before = previous.ends_item().then_some(',');
        let slot = |role, word: Option<Token>, next: Option<Token>, mark: Option<char>| {
            let mut slot = Slot::new(role, offset, word, Some(previous), mark);
            if next.is_some_and(Token::begins_item) {
                slot.separator_after = Some(',');
            }
            slot.needs_space_after = next.is_some_and(|next| next.start as u32 == slot.word.end);
            slot
        };
        if !is_in_object {
            return Some(slot(Role::Element, word, next, comma_before));
        }
        if previous.kind == TokenKind::Colon {
            let is_value = next.is_some_and(Token::begins_item) && !is_colon(after_next);
            if word.is_none() && is_value {
                // What follows is the value. It can be replaced where the cursor touches it.
                word = next.filter(|next| next.start == offset && !matches!(next.kind, TokenKind::Open(_)));
                word?;
                (next, after_next) = behind(word);
                if is_colon(after_next) && is_colon(next) {
                    return None;
                }
            }
            return Some(slot(Role::Value, word, next, None));
        }
        if is_colon(next) {
            let is_key = word.is_some() || !previous.ends_item();
            return is_key.then(|| slot(Role::Key { has_value: true }, word, next, comma_before));
        }
        let same_line = |from: usize, to: usize| text.get(from..to).is_some_and(|blank| !blank.contains(['\n', '\r']));
        let is_name = matches!(previous.kind, TokenKind::Text { .. } | TokenKind::Word);
        if is_name && !is_colon(one_before) && same_line(previous.end, start(word)) {
            // Of a member without a colon the value may be there already.
            let is_value = next.is_some_and(|next| next.begins_item() && same_line(offset, next.start));
            if word.is_none() && is_value && !is_colon(after_next) {
                return None;
            }
            return Some(slot(Role::Value, word, next, Some(':')));
        }
        let follows = |next: &Token| word.is_some_and(|word| same_line(word.end, next.start));
        if next.filter(follows).is_some_and(Token::begins_item) && !is_colon(after_next) {
            // `"na| "value"`: the colon is missing, the value is there.
            let mut slot = slot(Role::Key { has_value: true }, word, next, comma_before);
            slot.separator_after = Some(':');
            return Some(slot);
        }
        Some(slot(Role::Key { has_value: false }, word, next, comma_before))
    }

    fn new(role: Role, offset: usize, word: Option<Token>, previous: Option<Token>, mark: Option<char>) -> Slot {
        let (start, end) = word.map_or((offset, offset), |word| (word.start, word.end));
        let touches = previous.is_some_and(|previous| previous.end == start);
        let separates = previous.is_some_and(|previous| matches!(previous.kind, TokenKind::Comma | TokenKind::Colon));
        Slot {
            role,
            word: Span::new(start as u32, end as u32),
            quote: word.filter(|word| matches!(word.kind, TokenKind::Text { .. })).map(|_| '"'),
            is_unclosed: word.is_some_and(|word| word.kind == TokenKind::Text { is_closed: false }),
            separator_before: previous.zip(mark).map(|(previous, mark)| (previous.end as u32, mark)),
            separator_after: None,
            needs_space_before: word.is_none() && touches && separates,
            needs_space_after: false,
        }
    }

    /// The edit that puts `item` (a key with or without its value, a value, an element) into the slot, and those that
    /// it takes elsewhere.
    pub(super) fn edits(&self, item: &str) -> (TextEdit, Vec<TextEdit>) {
        let mut text = String::with_capacity(item.len() + 4);
        let mut elsewhere = Vec::new();
        match self.separator_before {
            // Edits that touch would be refused.
            Some((at, mark)) if at == self.word.start => text.extend([mark, ' ']),
            Some((at, mark)) => elsewhere.push(TextEdit::insert(at, mark)),
            None if self.needs_space_before => text.push(' '),
            None => {}
        }
        text.push_str(item);
        if let Some(mark) = self.separator_after {
            text.push(mark);
            if self.needs_space_after {
                text.push(' ');
            }
        }
        (TextEdit::replace(self.word, text), elsewhere)
    }

    /// What stands behind a string that is completed without its end.
    pub(super) fn end_of_string(&self) -> String {
        let mut end = String::new();
        if self.is_unclosed {
            end.push('"');
            end.extend(self.separator_after);
        }
        end
    }

    /// What the text needs before a string of which only a part is replaced.
    pub(super) fn edits_before(&self) -> Vec<TextEdit> {
        self.separator_before.map(|(at, mark)| TextEdit::insert(at, mark)).into_iter().collect()
    }

    /// The document with the marker in it, and where the marker's token begins.
    fn mend(&self, document: &Document) -> Option<(Document, u32)> {
        let text = document.text();
        let (before, behind) = (text.get(..self.word.start as usize)?, text.get(self.word.end as usize..)?);
        let mut mended = String::with_capacity(text.len() + 16);
        mended.push_str(before);
        mended.extend(self.separator_before.map(|(_, mark)| mark));
        let marker_at = mended.len() as u32;
        mended.extend(['"', MARKER, '"']);
        if self.role == (Role::Key { has_value: false }) {
            mended.push_str(":null");
        }
        mended.extend(self.separator_after);
        mended.push_str(behind);
        let mut mended = Document::new(document.uri().clone(), document.role(), mended);
        mended.wanted_version = document.wanted_version;
        mended.directory.clone_from(&document.directory);
        Some((mended, marker_at))
    }
}

/// The start of the cursor's line; in a long line, a place nearer to the cursor where no string is open.
fn start_of_reading(document: &Document, offset: usize) -> usize {
    let line = lexer::start_of_line(document.text(), offset);
    if offset - line < LONG_LINE {
        return line;
    }
    let Some(container) = container_around(document, offset) else { return line };
    let items: Box<dyn Iterator<Item = (Node<'_>, Node<'_>)>> = match container.kind() {
        NodeKind::Object => Box::new(container.members()),
        _ => Box::new(container.elements().map(|element| (element, element))),
    };
    let mut near = [None, None];
    for item in items.take_while(|(first, _)| (first.span().start as usize) < offset) {
        near = [near[1], Some(item)];
    }
    // Of an item that is closed the closing bracket is enough.
    let from = |(first, value): (Node<'_>, Node<'_>)| match value.kind() {
        NodeKind::Array | NodeKind::Object => value.span().end.saturating_sub(1),
        _ => first.span().start,
    };
    let [before, last] = near;
    let is_closed = |(_, value): &(Node<'_>, Node<'_>)| {
        matches!(value.kind(), NodeKind::Array | NodeKind::Object) && value.span().end as usize <= offset
    };
    let from = last.filter(is_closed).or(before).map_or(container.span().start, from);
    line.max(from as usize)
}

fn bracket_around(document: &Document, at: usize) -> Option<u8> {
    let of_tree = || match container_around(document, at)?.kind() {
        NodeKind::Object => Some(b'{'),
        _ => Some(b'['),
    };
    if document.tree().is_valid() {
        return of_tree();
    }
    lexer::enclosing_bracket(document.text(), at, BACK).or_else(of_tree)
}

fn container_around(document: &Document, at: usize) -> Option<Node<'_>> {
    let is_around = |node: &Node<'_>| {
        let span = node.span();
        let is_open = !node.source().ends_with(['}', ']']);
        let is_before_end = at < span.end as usize || is_open && at == span.end as usize;
        matches!(node.kind(), NodeKind::Array | NodeKind::Object) && (span.start as usize) < at && is_before_end
    };
    let innermost = document.root().node_at(at as u32);
    std::iter::successors(Some(innermost), |node| node.parent()).find(is_around)
}
