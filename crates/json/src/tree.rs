//! The tree: one flat `Vec` in document order, and the cursor that reads it.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::{Span, SyntaxError, number, string};

/// What a node is.
///
/// A [`Kind::Key`] stands between an object and each of its values, so that a member is one
/// subtree and duplicate keys are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    Null,
    False,
    True,
    Number,
    String,
    Array,
    Object,
    Key,
    /// A value that the text lacks (`{"a": }`), with an empty span where it would stand.
    Missing,
    /// A template expression in place of a value (`{{ … }}`), whose value nobody knows yet.
    Template,
}

/// Index of a node in its tree, stable for the life of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

/// The text of the node has escapes (`\n`).
pub(crate) const ESCAPED: u8 = 1;
/// A string without double quotes: quoted by `'`, or not at all.
pub(crate) const BARE: u8 = 2;
/// The node stands in broken text: what it contains is the parser's best guess.
pub(crate) const RECOVERED: u8 = 4;

/// One node, twenty bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawNode {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Index of the first node behind this subtree: of the next sibling, if there is one.
    pub(crate) next: u32,
    pub(crate) parent: u32,
    pub(crate) kind: Kind,
    pub(crate) flags: u8,
}

const _: () = assert!(size_of::<RawNode>() == 20);

/// A parsed text, without the text itself.
#[derive(Debug, Clone)]
pub struct Tree {
    pub(crate) nodes: Vec<RawNode>,
    pub(crate) errors: Vec<SyntaxError>,
    pub(crate) dropped_errors: usize,
    pub(crate) has_template_blocks: bool,
    /// Position of each node among its siblings, counted when first asked for.
    pub(crate) positions: OnceLock<Vec<u32>>,
}

impl Tree {
    /// The topmost value of `text`, which must be the text that was parsed.
    pub fn root<'a>(&'a self, text: &'a str) -> Node<'a> {
        Node { tree: self, text, id: NodeId(0) }
    }

    pub fn node<'a>(&'a self, text: &'a str, id: NodeId) -> Node<'a> {
        Node { tree: self, text, id }
    }

    /// What is wrong with the text, in order of position.
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// How many errors came after the first [`crate::MAX_ERRORS`].
    pub fn dropped_errors(&self) -> usize {
        self.dropped_errors
    }

    /// Whether the text is JSON (a byte order mark is accepted).
    pub fn is_valid(&self) -> bool {
        self.errors.iter().all(|error| error.kind.is_note())
    }

    /// Whether template expressions or control blocks stand outside of strings.
    pub fn has_template_blocks(&self) -> bool {
        self.has_template_blocks
    }

    /// Position of a node among its siblings.
    pub(crate) fn element_index(&self, id: NodeId) -> usize {
        let positions = self.positions.get_or_init(|| {
            let mut children = vec![0; self.nodes.len()];
            let parents = self.nodes.iter().map(|node| node.parent as usize);
            let mut positions: Vec<u32> = parents
                .map(|parent| {
                    children[parent] += 1;
                    children[parent] - 1
                })
                .collect();
            // The root counts as its own first child.
            for (position, node) in positions.iter_mut().zip(&self.nodes).skip(1) {
                *position -= u32::from(node.parent == 0);
            }
            positions
        });
        positions.get(id.0 as usize).map_or(0, |&position| position as usize)
    }

    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }
}

/// A node with the tree and the text it belongs to. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    tree: &'a Tree,
    text: &'a str,
    id: NodeId,
}

impl<'a> Node<'a> {
    // Small and asked often: where the rest is compiled for size, these still go in line.
    #[inline(always)]
    pub fn id(self) -> NodeId {
        self.id
    }

    #[inline(always)]
    pub fn kind(self) -> Kind {
        self.raw().kind
    }

    #[inline(always)]
    pub fn span(self) -> Span {
        let raw = self.raw();
        Span::new(raw.start, raw.end)
    }

    /// The node as it is written.
    pub fn source(self) -> &'a str {
        self.span().of(self.text)
    }

    /// The whole text that the node is part of.
    pub fn text(self) -> &'a str {
        self.text
    }

    pub fn tree(self) -> &'a Tree {
        self.tree
    }

    /// Whether the parser had to guess inside this node.
    pub fn is_recovered(self) -> bool {
        self.raw().flags & RECOVERED != 0
    }

    /// The enclosing array, object or (for a member's value) key.
    pub fn parent(self) -> Option<Node<'a>> {
        if self.id.0 == 0 {
            return None;
        }
        Some(self.at(self.raw().parent))
    }

    /// The key of the member that this node is the value of.
    pub fn key(self) -> Option<Node<'a>> {
        self.parent().filter(|parent| parent.kind() == Kind::Key)
    }

    /// The array or object that this value stands in.
    pub fn container(self) -> Option<Node<'a>> {
        let parent = self.parent()?;
        if parent.kind() == Kind::Key { parent.parent() } else { Some(parent) }
    }

    /// `(key, value)` of each member of an object, duplicates included; nothing for other kinds.
    pub fn members(self) -> Members<'a> {
        Members(self.children_if(Kind::Object))
    }

    /// The elements of an array; nothing for other kinds.
    pub fn elements(self) -> Children<'a> {
        self.children_if(Kind::Array)
    }

    /// The value of a key's member.
    pub fn value_of_key(self) -> Option<Node<'a>> {
        (self.kind() == Kind::Key).then(|| self.at(self.id.0 + 1))
    }

    /// The value that counts for a key: of duplicates, the last.
    pub fn get(self, name: &str) -> Option<Node<'a>> {
        self.member(name).map(|(_, value)| value)
    }

    /// Like [`Node::get`], with the key.
    pub fn member(self, name: &str) -> Option<(Node<'a>, Node<'a>)> {
        let mut found = None;
        for member in self.members() {
            if member.0.is_str(name) {
                found = Some(member);
            }
        }
        found
    }

    /// The text of a string or key, with escapes resolved.
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        let raw = self.raw();
        if !matches!(raw.kind, Kind::String | Kind::Key) {
            return None;
        }
        let inner = self.inner();
        Some(if raw.flags & ESCAPED == 0 { Cow::Borrowed(inner) } else { string::unescape(inner) })
    }

    /// Whether a string or key reads `expected`, without allocating.
    #[inline(always)]
    pub fn is_str(self, expected: &str) -> bool {
        let raw = self.raw();
        // Of what is asked, nearly all differs in length: but for two quotes at most, that must be the same.
        let quotes = ((raw.end - raw.start) as usize).wrapping_sub(expected.len());
        (quotes <= 2 || raw.flags & ESCAPED != 0) && self.reads(expected)
    }

    fn reads(self, expected: &str) -> bool {
        let raw = self.raw();
        if !matches!(raw.kind, Kind::String | Kind::Key) {
            return false;
        }
        let inner = self.inner();
        if raw.flags & ESCAPED != 0 { string::unescape(inner) == expected } else { inner == expected }
    }

    /// What stands between the quotes of a string or key, as written.
    pub fn inner(self) -> &'a str {
        let raw = self.raw();
        let (start, end) = (raw.start as usize, raw.end as usize);
        let bytes = self.text.as_bytes();
        // As nearly all are: in double quotes, which are characters by themselves.
        if raw.flags & BARE == 0
            && end > start + 1
            && bytes.get(start) == Some(&b'"')
            && bytes.get(end - 1) == Some(&b'"')
            && let Some(inner) = self.text.get(start + 1..end - 1)
        {
            return inner;
        }
        self.inner_of_other()
    }

    #[cold]
    fn inner_of_other(self) -> &'a str {
        let source = self.source();
        let quote = self.quote();
        let bytes = source.as_bytes();
        let is_opened = bytes.first() == Some(&quote);
        // Without its opening quote, a string may have the closing one; bare text has neither.
        let may_be_closed = is_opened || quote == b'"';
        let start = usize::from(is_opened);
        let is_closed = may_be_closed && bytes.len() > start && bytes.last() == Some(&quote);
        source.get(start..bytes.len() - usize::from(is_closed)).unwrap_or_default()
    }

    /// Whether a string or key is written with escapes (`\n`).
    pub fn has_escapes(self) -> bool {
        self.raw().flags & ESCAPED != 0
    }

    fn quote(self) -> u8 {
        if self.raw().flags & BARE == 0 { b'"' } else { b'\'' }
    }

    /// Span of [`Node::inner`].
    pub fn inner_span(self) -> Span {
        let span = self.span();
        let quote = u32::from(self.source().as_bytes().first() == Some(&self.quote()));
        let start = span.start + quote;
        Span::new(start, start + self.inner().len() as u32)
    }

    pub fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// The value of a number that is mathematically an integer (`1.0` and `1e2` are).
    pub fn as_integer(self) -> Option<i64> {
        (self.kind() == Kind::Number).then(|| number::as_integer(self.source())).flatten()
    }

    /// Whether a number is mathematically an integer, of any size.
    pub fn is_integer(self) -> bool {
        self.kind() == Kind::Number && number::is_integer(self.source())
    }

    /// Whether a number is more than zero.
    pub fn is_positive(self) -> bool {
        self.kind() == Kind::Number && number::is_positive(self.source())
    }

    /// All nodes of the subtree in document order, itself first, keys included.
    pub fn descendants(self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        (self.id.0..self.raw().next).map(move |index| self.at(index))
    }

    /// The innermost node around `offset` (its end included).
    pub fn node_at(self, offset: u32) -> Node<'a> {
        let mut best = self;
        let mut index = self.id.0 + 1;
        let end = self.raw().next;
        while index < end {
            let node = self.at(index);
            let raw = node.raw();
            let covers = raw.start <= offset && offset <= raw.end;
            if covers {
                best = node;
            }
            // A key's span is the key alone, so its value is looked at in any case.
            index = if covers || raw.kind == Kind::Key { index + 1 } else { raw.next };
        }
        best
    }

    fn children_if(self, kind: Kind) -> Children<'a> {
        let raw = self.raw();
        let end = if raw.kind == kind { raw.next } else { 0 };
        Children { next: self.at(self.id.0 + 1), end }
    }

    #[inline(always)]
    fn at(self, index: u32) -> Node<'a> {
        Node { id: NodeId(index), ..self }
    }

    #[inline(always)]
    fn raw(self) -> &'a RawNode {
        &self.tree.nodes[self.id.0 as usize]
    }
}

/// See [`Node::elements`].
#[derive(Clone)]
pub struct Children<'a> {
    next: Node<'a>,
    end: u32,
}

// With names of their own: closures would be compiled as those who use them are, not as this crate is.
impl<'a> Iterator for Children<'a> {
    type Item = Node<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<Node<'a>> {
        let child = self.next;
        if child.id.0 >= self.end {
            return None;
        }
        self.next = child.at(child.raw().next);
        Some(child)
    }
}

/// See [`Node::members`].
#[derive(Clone)]
pub struct Members<'a>(Children<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (Node<'a>, Node<'a>);

    #[inline(always)]
    fn next(&mut self) -> Option<(Node<'a>, Node<'a>)> {
        let key = self.0.next()?;
        Some((key, key.at(key.id.0 + 1)))
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.id == other.id
    }
}

impl Eq for Node<'_> {}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}@{}..{}", self.kind(), self.span().start, self.span().end)
    }
}
