//! A command line in one piece, as words, or for a shell.

use task_api_core::command_line::words;
use task_api_core::template::has_expression;
use task_api_json::{Kind as NodeKind, Node, TextEdit, quote};

use super::{ActionKind, CodeAction, Context, action};
use crate::entity::{is_shell, template_around};

pub(super) fn add(context: &Context<'_>, actions: &mut Vec<CodeAction>) {
    let Some(command) = command_around(context) else { return };
    let Some((line, has_shell)) = one_line(command) else { return };
    let mut offer = |title: &str, words: Vec<String>| {
        let list: Vec<String> = words.iter().map(|word| quote(word)).collect();
        let edits = context.edit(vec![TextEdit::replace(command.span(), format!("[{}]", list.join(", ")))]);
        actions.push(action(ActionKind::RefactorRewrite, title, edits));
    };
    // What an expression becomes may be several words, or none.
    let split = words(&line).filter(|words| !words.is_empty() && !has_expression(&line));
    if let Some(words) = split {
        offer(if has_shell { "Run the command without a shell" } else { "Split the command into words" }, words);
    }
    if !has_shell && !line.trim().is_empty() {
        offer("Run the command in a shell", vec!["sh".to_owned(), "-c".to_owned(), line]);
    }
}

fn command_around<'a>(context: &Context<'a>) -> Option<Node<'a>> {
    let values = std::iter::successors(Some(context.node), |node| node.parent());
    let value = values.filter_map(|node| if node.kind() == NodeKind::Key { node.value_of_key() } else { Some(node) });
    let is_command = |node: &Node<'a>| {
        let owner = node.key().filter(|key| key.is_str("command")).and_then(Node::parent);
        owner.is_some_and(|owner| owner == context.root() || template_around(context.document, owner) == Some(owner))
    };
    value.into_iter().find(is_command)
}

/// The line that is written in one piece, and whether a shell gets it.
fn one_line(command: Node<'_>) -> Option<(String, bool)> {
    if command.kind() == NodeKind::String {
        return Some((command.as_str()?.into_owned(), false));
    }
    let words: Option<Vec<_>> = command.elements().map(Node::as_str).collect();
    match &words?[..] {
        [line] if line.trim().contains(char::is_whitespace) => Some((line.to_string(), false)),
        [shell, option, line] if option == "-c" => is_shell(shell).then(|| (line.to_string(), true)),
        _ => None,
    }
}
