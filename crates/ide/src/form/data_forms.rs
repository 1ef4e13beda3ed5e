//! What is expected to lie in a channel's directory: the data structure convention, with what the template says.

use task_api_core::scale::Mode;
use task_api_json::Node;

use super::types::{DataForm, Direction, TreeKind, TreeNode};
use super::view::View;

/// Paths in a description that anybody reads.
const MOST_PATHS: usize = 12;
const ITEM: &str = "<item>";

impl View<'_> {
    pub(super) fn data_forms(&self, direction: Direction, name: &str) -> Vec<DataForm> {
        let mount = self.template().and_then(|template| template.channel(direction, name));
        let text = |field: &str| mount.and_then(|mount| mount.get(field)).and_then(Node::as_str);
        let root = text("mounted_path").map_or_else(|| name.to_owned(), String::from);
        let mut paths = paths_in(&text("description").unwrap_or_default());
        let per_item = paths.iter().any(|path| is_item(path.first().map_or("", String::as_str)));
        paths.extend(self.measured_path(direction, name).filter(|_| paths.is_empty()));
        let items = |title: &str, first: &str, note: Option<&str>| {
            let mut tree = node(&root, TreeKind::Directory);
            for path in &paths {
                add(&mut tree, path);
            }
            if tree.children.is_empty() {
                add(&mut tree, &[first.to_owned(), "…".to_owned()]);
            }
            note_items(&mut tree, note);
            tree.children.push(node("…", TreeKind::More));
            DataForm { title: title.to_owned(), tree }
        };
        let has_inputs = self.template().is_some_and(|template| template.channels(Direction::Input).next().is_some());
        if !paths.is_empty() && !per_item && direction == Direction::Output {
            return vec![items("One result over all items", "<result>", None)];
        }
        if direction == Direction::Input || !has_inputs {
            return vec![items("One directory for each item", ITEM, Some("named by the item's identifier"))];
        }
        let each = items("One directory for each item of the input", ITEM, Some("named as the item of the input"));
        if per_item {
            return vec![each];
        }
        let mut tree = node(&root, TreeKind::Directory);
        add(&mut tree, &["<result>".to_owned(), "…".to_owned()]);
        note_items(&mut tree, Some("one directory, not named as any item of the input"));
        vec![each, DataForm { title: "One result over all items".to_owned(), tree }]
    }

    /// What the scale rule measures tells which files there are.
    fn measured_path(&self, direction: Direction, name: &str) -> Option<Vec<String>> {
        let (rule, _) = self.rule_of(name).filter(|_| direction == Direction::Input)?;
        let file = if rule.target_glob == "*" { "…" } else { rule.target_glob.as_str() };
        let directory = rule.target_dir.trim_matches('/');
        let is_plain = |directory: &str| !directory.is_empty() && directory != ".";
        if rule.mode != Mode::MaxItemSum || !is_plain(directory) {
            return (file != "…").then(|| vec![ITEM.to_owned(), file.to_owned()]);
        }
        let directories = directory.split('/').map(str::to_owned);
        Some([ITEM.to_owned()].into_iter().chain(directories).chain([file.to_owned()]).collect())
    }
}

/// Relative paths that a description speaks of: those that begin with a placeholder, as `<item>/note.txt`, or lead to a
/// file, as `summary/counts.csv`.
fn paths_in(description: &str) -> Vec<Vec<String>> {
    let words = description.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '`' | '"' | '\''));
    let trimmed = words.map(|word| word.trim_end_matches(['.', ':', '!', '?']));
    let is_path = |word: &&str| {
        let Some((first, rest)) = word.split_once('/') else { return false };
        let leads_to_file = rest.rsplit('/').next().is_some_and(|last| {
            last.rsplit_once('.').is_some_and(|(stem, extension)| {
                !stem.is_empty() && extension.len() > 1 && extension.chars().all(|c| c.is_ascii_alphanumeric())
            })
        });
        !first.is_empty() && !rest.is_empty() && !word.contains("//") && (is_item(first) || leads_to_file)
    };
    let parts = |word: &str| word.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    trimmed.filter(is_path).take(MOST_PATHS).map(parts).collect()
}

fn is_item(part: &str) -> bool {
    (part.starts_with('<') && part.ends_with('>')) || (part.starts_with('{') && part.ends_with('}'))
}

fn node(name: &str, kind: TreeKind) -> TreeNode {
    TreeNode { name: name.to_owned(), kind, note: None, children: Vec::new() }
}

fn add(tree: &mut TreeNode, path: &[String]) {
    let Some((first, rest)) = path.split_first() else { return };
    let kind = match (first.as_str(), rest.is_empty()) {
        ("…", _) => TreeKind::More,
        (_, true) => TreeKind::File,
        (_, false) => TreeKind::Directory,
    };
    let children = &mut tree.children;
    let place = match children.iter().position(|child| child.name == *first) {
        Some(place) => place,
        None => {
            children.push(node(first, kind));
            children.len() - 1
        }
    };
    if let Some(child) = children.get_mut(place) {
        add(child, rest);
    }
}

fn note_items(tree: &mut TreeNode, note: Option<&str>) {
    if let Some(first) = tree.children.first_mut() {
        first.note = note.map(str::to_owned);
    }
}
