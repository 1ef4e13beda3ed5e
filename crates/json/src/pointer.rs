//! JSON Pointer (RFC 6901), from a node and to a node.

use crate::{Kind, Node};

/// One step of a pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment<'a> {
    Key(std::borrow::Cow<'a, str>),
    Index(usize),
}

/// Appends `/segment` in a pointer's escaping.
pub fn push_segment(pointer: &mut String, segment: &str) {
    pointer.push('/');
    if !segment.contains(['~', '/']) {
        pointer.push_str(segment);
        return;
    }
    for character in segment.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

impl<'a> Node<'a> {
    /// The steps from the root to this node. A key has the steps of its value.
    pub fn path(self) -> Vec<Segment<'a>> {
        let mut steps = Vec::new();
        let mut node = if self.kind() == Kind::Key { self.value_of_key().unwrap_or(self) } else { self };
        while let Some(parent) = node.parent() {
            if parent.kind() == Kind::Key {
                steps.push(Segment::Key(parent.as_str().unwrap_or_default()));
                node = parent.parent().unwrap_or(parent);
            } else {
                steps.push(Segment::Index(node.index_in_array(parent)));
                node = parent;
            }
        }
        steps.reverse();
        steps
    }

    fn index_in_array(self, array: Node<'a>) -> usize {
        // Longer ones are counted once for all of their elements: thousands of diagnostics may ask.
        const FEW: usize = 8;
        if let Some(index) = array.elements().take(FEW).position(|element| element == self) {
            return index;
        }
        self.tree().element_index(self.id())
    }

    /// The node's JSON Pointer; the root's is empty.
    pub fn pointer(self) -> String {
        let mut pointer = String::new();
        for step in self.path() {
            match step {
                Segment::Key(key) => push_segment(&mut pointer, &key),
                Segment::Index(index) => push_segment(&mut pointer, &index.to_string()),
            }
        }
        pointer
    }

    /// The node at a JSON Pointer relative to this one.
    pub fn resolve(self, pointer: &str) -> Option<Node<'a>> {
        if pointer.is_empty() {
            return Some(self);
        }
        let mut node = self;
        for segment in pointer.strip_prefix('/')?.split('/') {
            node = match node.kind() {
                Kind::Object => node.get(&segment.replace("~1", "/").replace("~0", "~"))?,
                Kind::Array => node.elements().nth(array_index(segment)?)?,
                _ => return None,
            };
        }
        Some(node)
    }
}

/// RFC 6901 knows no sign and no leading zero.
fn array_index(segment: &str) -> Option<usize> {
    let canonical = segment == "0" || !segment.starts_with(['0', '+']);
    canonical.then(|| segment.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use crate::parse;

    #[test]
    fn long_arrays_are_counted_right() {
        for text in [format!("[{}0]", "[0],".repeat(50)), format!("{{\"a\": [{}0]}}", "{\"b\": [1, 2]},".repeat(50))] {
            let tree = parse(&text);
            let root = tree.root(&text);
            for node in root.descendants().filter(|node| node.kind() != crate::Kind::Key) {
                assert_eq!(root.resolve(&node.pointer()), Some(node));
            }
        }
    }

    #[test]
    fn pointers_lead_back_to_their_node() {
        let text = r#"{"a/b": [1, {"m~n": null, "": [true]}], "a/b": [[0]]}"#;
        let tree = parse(text);
        let root = tree.root(text);
        let last = root.members().last().map(|(_, value)| value);
        assert_eq!(root.resolve("/a~1b"), last);
        assert_eq!(root.resolve("/a~1b/0/0").map(|node| node.pointer()).as_deref(), Some("/a~1b/0/0"));
        assert_eq!(root.resolve("/a~1b/00"), None);
        assert_eq!(root.resolve("/a~1b/-"), None);
        assert_eq!(root.resolve("a"), None);
        assert_eq!(root.pointer(), "");
    }
}
