//! Whether a text can be read without fear for the stack.
//!
//! The parser bounds its own recursion, but the tree that it returns is freed by recursion as well. A tree is no
//! deeper than there are tokens that can nest: those since the last comma or end of a statement, in each bracket
//! that is open, with the bracket itself. `lambda` nests over commas.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};
use task_api_json::Span;

/// So many tokens may nest. People come to hundreds.
const MAX_NESTED: usize = 3000;
/// So many blocks in blocks; Python itself reads 100.
const MAX_INDENT: usize = 100;

/// The line in which a statement gets too deep.
pub(super) fn too_deep(text: &str) -> Option<Span> {
    if !is_too_deep(text) {
        return None;
    }
    // The lexer does not tell its place, so the line is found by halves: what is too deep stays so with more behind it.
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).chain([text.len()]).collect();
    let line = ends.partition_point(|&end| !is_too_deep(text.get(..end).unwrap_or(text)));
    let end = ends.get(line).copied().unwrap_or(text.len());
    let start = line.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |before| before + 1);
    Some(Span::new(start as u32, end as u32))
}

/// What can nest in one open bracket, or outside of all.
#[derive(Default)]
struct Level {
    /// Tokens since the last comma.
    run: usize,
    /// What nests over commas: the bracket itself, and lambdas.
    lasting: usize,
}

fn is_too_deep(text: &str) -> bool {
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut outside = Level::default();
    let mut brackets: Vec<Level> = Vec::new();
    let (mut nested, mut indent) = (0usize, 0usize);
    loop {
        let kind = lexer.next_token();
        let level = brackets.last_mut().unwrap_or(&mut outside);
        match kind {
            TokenKind::EndOfFile => return false,
            TokenKind::Newline => {
                brackets.clear();
                outside = Level::default();
                nested = 0;
            }
            TokenKind::Indent => indent += 1,
            TokenKind::Dedent => indent = indent.saturating_sub(1),
            TokenKind::Comment | TokenKind::NonLogicalNewline => {}
            TokenKind::Comma | TokenKind::Semi => nested -= std::mem::take(&mut level.run),
            TokenKind::Lambda => {
                level.lasting += 1;
                nested += 1;
            }
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                brackets.push(Level { run: 0, lasting: 1 });
                nested += 1;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                let closed = brackets.pop().unwrap_or_default();
                // `a(1)(2)(3)`: what is closed is below what comes next.
                brackets.last_mut().unwrap_or(&mut outside).run += 1;
                nested = nested + 1 - (closed.run + closed.lasting);
            }
            _ => {
                level.run += 1;
                nested += 1;
            }
        }
        if nested > MAX_NESTED || indent > MAX_INDENT {
            return true;
        }
    }
}
