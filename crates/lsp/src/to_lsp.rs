//! From our types to those of LSP.

use ls_types::{
    CodeActionKind, CompletionItemKind, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    DocumentHighlight, DocumentHighlightKind, DocumentSymbol, InsertTextFormat, InsertTextMode, Location,
    MarkupContent, MarkupKind, Position, Range, SelectionRange, SemanticToken, SymbolInformation, SymbolKind, TextEdit,
    Uri,
};
use serde_json::value::RawValue;
use task_api_core::diagnostic::{DocumentRef, Severity};
use task_api_ide::uri;
use task_api_ide::{self as ide, Document, DocumentEdit, Span};

use crate::abilities::{Abilities, VALIDATE};
use crate::from_lsp::Encoding;
use crate::json::read;
use crate::params::CompletionData;
use crate::results::{
    Argument, CodeLens, Command, CompletionItem, Diagnostic, DocumentChange, DocumentLink, FoldingRange, InlayHint,
    SymbolLocation, VersionedDocument, WorkspaceEdit, WorkspaceSymbol,
};
use crate::state::State;

/// What diagnostics are from.
pub(crate) const SOURCE: &str = "task-api";

/// `None` where a name is no URI, which then no client has given.
pub(crate) fn uri(key: &str) -> Option<Uri> {
    uri::of_document(key).parse().ok()
}

/// Total, as the way back: a place inside a letter, or between the two letters that end a line, is moved to the nearest
/// before it that a client can name.
pub(crate) fn position(document: &Document, offset: u32, encoding: Encoding) -> Position {
    let (lines, text) = (document.lines(), document.text());
    let mut at = text.floor_char_boundary(offset as usize);
    // Between the two characters of a line end is its beginning.
    if text[..at].ends_with('\r') && text[at..].starts_with('\n') {
        at -= 1;
    }
    let position = match encoding {
        Encoding::Utf8 => lines.position(at as u32),
        Encoding::Utf16 => lines.position_utf16(at as u32),
        Encoding::Utf32 => {
            let position = lines.position(at as u32);
            let before = &text[at - position.character as usize..at];
            task_api_json::Position { line: position.line, character: before.chars().count() as u32 }
        }
    };
    Position { line: position.line, character: position.character }
}

pub(crate) fn range(document: &Document, span: Span, encoding: Encoding) -> Range {
    Range { start: position(document, span.start, encoding), end: position(document, span.end, encoding) }
}

/// A finding; `containers` are the documents that its related places may be in.
pub(crate) fn diagnostic(
    found: &task_api_core::diagnostic::Diagnostic,
    document: (&Document, &Uri),
    containers: &[(&Document, &Uri)],
    abilities: &Abilities,
) -> Diagnostic {
    let encoding = abilities.encoding;
    let related = found.related.iter().filter_map(|related| {
        let (document, uri) = match related.document {
            DocumentRef::This => document,
            DocumentRef::Container(position) => *containers.get(position as usize)?,
        };
        let location = Location { uri: uri.clone(), range: range(document, related.span, encoding) };
        Some(DiagnosticRelatedInformation { location, message: related.message.clone() })
    });
    let related = if abilities.related_information { related.collect() } else { Vec::new() };
    let message = match &found.note {
        Some(note) => format!("{}\n{note}", found.message),
        None => found.message.clone(),
    };
    Diagnostic {
        range: range(document.0, found.span, encoding),
        severity: severity(found.severity),
        // The rules have no page of their own; a hover says what one is for.
        code: Some(found.rule.name),
        source: SOURCE,
        message,
        related_information: related,
        tags: tags(found.rule.name).filter(|_| abilities.diagnostic_tags).map(|tag| [tag]),
    }
}

/// A finding that is of no rule.
pub(crate) fn plain_diagnostic(
    document: &Document,
    span: Span,
    severity: DiagnosticSeverity,
    message: String,
    encoding: Encoding,
) -> Diagnostic {
    Diagnostic {
        range: range(document, span, encoding),
        severity,
        code: None,
        source: SOURCE,
        message,
        related_information: Vec::new(),
        tags: None,
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
    }
}

/// What has no effect is shown faded, what has been replaced is struck through.
fn tags(rule: &str) -> Option<DiagnosticTag> {
    match rule {
        "duplicate-key" | "unknown-field" | "scale-rule-on-output" | "unused-suppression" => {
            Some(DiagnosticTag::UNNECESSARY)
        }
        "legacy-env" | "field-of-other-version" => Some(DiagnosticTag::DEPRECATED),
        _ => None,
    }
}

/// A range of a document as the client knows it.
pub(crate) fn location(state: &State, found: &ide::Location) -> Option<Location> {
    let document = state.workspace.get(&found.uri)?;
    Some(Location { uri: state.uri(&found.uri)?, range: range(document, found.span, state.abilities.encoding) })
}

pub(crate) fn text_edit(document: &Document, edit: &ide::TextEdit, encoding: Encoding) -> TextEdit {
    TextEdit { range: range(document, edit.span, encoding), new_text: edit.new_text.clone() }
}

pub(crate) fn text_edits(document: &Document, edits: &[ide::TextEdit], encoding: Encoding) -> Vec<TextEdit> {
    edits.iter().map(|edit| text_edit(document, edit, encoding)).collect()
}

/// Edits of several documents: with their versions, where the client can tell them.
pub(crate) fn workspace_edit(state: &State, edits: &[DocumentEdit]) -> WorkspaceEdit {
    let encoding = state.abilities.encoding;
    let of_document = |edit: &DocumentEdit| {
        let uri = state.uri(&edit.uri)?;
        let edits = match state.workspace.get(&edit.uri) {
            Some(document) => text_edits(document, &edit.edits, encoding),
            // A new document: its whole text.
            None => edit
                .edits
                .iter()
                .map(|edit| TextEdit { range: Range::default(), new_text: edit.new_text.clone() })
                .collect(),
        };
        Some((uri, edits))
    };
    if !state.abilities.document_changes {
        return WorkspaceEdit::Changes(edits.iter().filter_map(of_document).collect());
    }
    let mut changes = Vec::new();
    for edit in edits {
        let Some((uri, edits)) = of_document(edit) else { continue };
        if edit.creates {
            changes.push(DocumentChange::Create { kind: "create", uri: uri.clone() });
        }
        let version = state.open.get(&*edit.uri).map(|open| open.version);
        changes.push(DocumentChange::Edit { text_document: VersionedDocument { uri, version }, edits });
    }
    WorkspaceEdit::DocumentChanges(changes)
}

pub(crate) fn markup(text: String, is_plain: bool) -> MarkupContent {
    let kind = if is_plain { MarkupKind::PlainText } else { MarkupKind::Markdown };
    MarkupContent { kind, value: text }
}

/// A completion; `rank` keeps the order in which they are given.
pub(crate) fn completion(
    document: &Document,
    completion: ide::Completion,
    rank: usize,
    abilities: &Abilities,
) -> CompletionItem {
    let encoding = abilities.encoding;
    let mut edit = text_edit(document, &completion.edit, encoding);
    let is_snippet = completion.is_snippet && abilities.snippets;
    if completion.is_snippet && !is_snippet {
        edit.new_text = without_tab_stops(&edit.new_text);
    }
    let again = Command { title: "Suggest".to_owned(), command: "editor.action.triggerSuggest", arguments: None };
    let uri = || document.uri().to_string();
    CompletionItem {
        label: completion.label,
        kind: completion_kind(completion.kind),
        detail: completion.detail,
        sort_text: format!("{rank:05}"),
        filter_text: completion.filter_text,
        preselect: completion.is_preselected.then_some(true),
        insert_text_format: is_snippet.then_some(InsertTextFormat::SNIPPET),
        insert_text_mode: abilities.adjusts_indentation.then_some(InsertTextMode::ADJUST_INDENTATION),
        text_edit: edit,
        additional_text_edits: text_edits(document, &completion.additional_edits, encoding),
        command: (completion.retrigger && abilities.runs(again.command)).then_some(again),
        data: completion.documentation_key.map(|key| CompletionData { uri: uri(), key }),
    }
}

fn completion_kind(kind: ide::CompletionKind) -> CompletionItemKind {
    match kind {
        ide::CompletionKind::Field => CompletionItemKind::FIELD,
        ide::CompletionKind::Value => CompletionItemKind::VALUE,
        ide::CompletionKind::EnumMember => CompletionItemKind::ENUM_MEMBER,
        ide::CompletionKind::Template => CompletionItemKind::CLASS,
        ide::CompletionKind::Channel => CompletionItemKind::INTERFACE,
        ide::CompletionKind::Variable => CompletionItemKind::VARIABLE,
        ide::CompletionKind::Unit => CompletionItemKind::UNIT,
        ide::CompletionKind::Snippet => CompletionItemKind::SNIPPET,
        ide::CompletionKind::Image => CompletionItemKind::MODULE,
        ide::CompletionKind::File => CompletionItemKind::FILE,
    }
}

/// The text of a snippet for a client that knows none: `$0` and `${1:word}` become what stands in them.
fn without_tab_stops(snippet: &str) -> String {
    let mut text = String::new();
    let mut letters = snippet.chars().peekable();
    // Tab stops that are open. In one, a brace of the text is escaped; outside, braces are text.
    let mut depth = 0usize;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next()),
            '$' if letters.peek().is_some_and(|next| next.is_ascii_digit() || *next == '{') => {
                let is_braced = letters.next_if_eq(&'{').is_some();
                while letters.next_if(char::is_ascii_digit).is_some() {}
                if is_braced {
                    depth += 1;
                    if letters.next_if_eq(&'|').is_some() {
                        // Of choices, the first.
                        while let Some(letter) = letters.next_if(|letter| *letter != ',' && *letter != '|') {
                            text.push(letter);
                        }
                        while letters.next_if(|letter| *letter != '|').is_some() {}
                        letters.next();
                    } else {
                        letters.next_if_eq(&':');
                    }
                }
            }
            '}' if depth > 0 => depth -= 1,
            other => text.push(other),
        }
    }
    text
}

pub(crate) fn document_symbol(document: &Document, symbol: ide::Symbol, encoding: Encoding) -> DocumentSymbol {
    let children: Vec<_> =
        symbol.children.into_iter().map(|child| document_symbol(document, child, encoding)).collect();
    #[expect(deprecated, reason = "a field of the type")]
    DocumentSymbol {
        name: named(symbol.name),
        detail: symbol.detail,
        kind: symbol_kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: range(document, symbol.span, encoding),
        selection_range: range(document, symbol.name_span, encoding),
        children: (!children.is_empty()).then_some(children),
    }
}

/// A symbol for a client that knows no tree: with all that is in it, each with the name of what it is in.
pub(crate) fn flat_symbols(
    document: &Document,
    uri: &Uri,
    symbol: ide::Symbol,
    parent: Option<&str>,
    encoding: Encoding,
    into: &mut Vec<SymbolInformation>,
) {
    let location = Location { uri: uri.clone(), range: range(document, symbol.span, encoding) };
    let name = named(symbol.name);
    into.push(symbol_information(name.clone(), symbol.kind, location, parent.map(str::to_owned)));
    for child in symbol.children {
        flat_symbols(document, uri, child, Some(&name), encoding, into);
    }
}

pub(crate) fn symbol_information(
    name: String,
    kind: ide::SymbolKind,
    location: Location,
    container_name: Option<String>,
) -> SymbolInformation {
    #[expect(deprecated, reason = "a field of the type")]
    SymbolInformation { name, kind: symbol_kind(kind), tags: None, deprecated: None, location, container_name }
}

/// A symbol without its range; `data` tells where that is.
pub(crate) fn workspace_symbol(state: &State, symbol: ide::WorkspaceSymbol) -> Option<WorkspaceSymbol> {
    Some(WorkspaceSymbol {
        name: symbol.name,
        kind: symbol_kind(symbol.kind),
        container_name: symbol.container_name,
        location: SymbolLocation { uri: state.uri(&symbol.uri)? },
        data: [symbol.span.start, symbol.span.end],
    })
}

/// The place that the `data` of a symbol tells of, in the text as it is now.
pub(crate) fn location_of_symbol(state: &State, uri: &Uri, data: &RawValue) -> Option<Location> {
    let [start, end]: [u32; 2] = read::<Vec<u32>>(data.get()).ok()?.try_into().ok()?;
    let span = (start <= end).then_some(Span::new(start, end))?;
    let document = state.document(uri)?;
    Some(Location { uri: uri.clone(), range: range(document, span, state.abilities.encoding) })
}

/// Clients refuse symbols without a name.
fn named(name: String) -> String {
    if name.trim().is_empty() { "(without a name)".to_owned() } else { name }
}

fn symbol_kind(kind: ide::SymbolKind) -> SymbolKind {
    match kind {
        ide::SymbolKind::File => SymbolKind::FILE,
        ide::SymbolKind::Template => SymbolKind::CLASS,
        ide::SymbolKind::Channel => SymbolKind::INTERFACE,
        ide::SymbolKind::Env => SymbolKind::VARIABLE,
        ide::SymbolKind::Command => SymbolKind::FUNCTION,
        ide::SymbolKind::Resource => SymbolKind::PROPERTY,
        ide::SymbolKind::Object => SymbolKind::OBJECT,
        ide::SymbolKind::Array => SymbolKind::ARRAY,
        ide::SymbolKind::String => SymbolKind::STRING,
        ide::SymbolKind::Number => SymbolKind::NUMBER,
        ide::SymbolKind::Boolean => SymbolKind::BOOLEAN,
        ide::SymbolKind::Null => SymbolKind::NULL,
        ide::SymbolKind::Key => SymbolKind::KEY,
    }
}

pub(crate) fn highlight(document: &Document, found: &ide::Highlight, encoding: Encoding) -> DocumentHighlight {
    let kind = if found.is_declaration { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ };
    DocumentHighlight { range: range(document, found.span, encoding), kind: Some(kind) }
}

/// A chain of ranges, of which the spans begin with the innermost.
pub(crate) fn selection_range(document: &Document, spans: &[Span], at: u32, encoding: Encoding) -> SelectionRange {
    let mut chain: Option<SelectionRange> = None;
    for span in spans.iter().rev() {
        chain = Some(SelectionRange { range: range(document, *span, encoding), parent: chain.map(Box::new) });
    }
    chain.unwrap_or_else(|| SelectionRange { range: range(document, Span::empty(at), encoding), parent: None })
}

pub(crate) fn folding_range(found: &ide::FoldingRange) -> FoldingRange {
    FoldingRange { start_line: found.start_line, end_line: found.end_line }
}

/// What the numbers of token types stand for.
#[cfg(test)]
pub(crate) fn token_types() -> Vec<ls_types::SemanticTokenType> {
    use ls_types::SemanticTokenType;
    vec![
        SemanticTokenType::OPERATOR,
        SemanticTokenType::VARIABLE,
        SemanticTokenType::PROPERTY,
        SemanticTokenType::FUNCTION,
        SemanticTokenType::KEYWORD,
        SemanticTokenType::STRING,
        SemanticTokenType::NUMBER,
        SemanticTokenType::COMMENT,
    ]
}

/// Tokens, each by its distance from the one before.
pub(crate) fn semantic_tokens(
    document: &Document,
    tokens: &[ide::SemanticToken],
    encoding: Encoding,
) -> Vec<SemanticToken> {
    let mut before = Position::default();
    let mut encoded = Vec::with_capacity(tokens.len());
    for token in tokens {
        let Range { start, end } = range(document, token.span, encoding);
        if start.line != end.line || start < before {
            continue;
        }
        let delta_start = if start.line == before.line { start.character - before.character } else { start.character };
        encoded.push(SemanticToken {
            delta_line: start.line - before.line,
            delta_start,
            length: end.character - start.character,
            token_type: token_type(token.kind),
            token_modifiers_bitset: 0,
        });
        before = start;
    }
    encoded
}

fn token_type(kind: ide::TokenKind) -> u32 {
    match kind {
        ide::TokenKind::Delimiter | ide::TokenKind::Operator => 0,
        ide::TokenKind::Variable => 1,
        ide::TokenKind::Property => 2,
        ide::TokenKind::Filter => 3,
        ide::TokenKind::Keyword => 4,
        ide::TokenKind::String => 5,
        ide::TokenKind::Number => 6,
        ide::TokenKind::Comment => 7,
    }
}

pub(crate) fn action_kind(kind: ide::ActionKind) -> CodeActionKind {
    match kind {
        ide::ActionKind::QuickFix => CodeActionKind::QUICKFIX,
        ide::ActionKind::Refactor => CodeActionKind::REFACTOR,
        ide::ActionKind::RefactorExtract => CodeActionKind::REFACTOR_EXTRACT,
        ide::ActionKind::RefactorInline => CodeActionKind::REFACTOR_INLINE,
        ide::ActionKind::RefactorRewrite => CodeActionKind::REFACTOR_REWRITE,
        ide::ActionKind::SourceFixAll => CodeActionKind::new("source.fixAll.task-api"),
        ide::ActionKind::SourceOrganize => CodeActionKind::new("source.organizeImports.task-api"),
    }
}

#[cfg(test)]
pub(crate) fn action_kinds() -> Vec<CodeActionKind> {
    use ide::ActionKind::*;
    let kinds = [QuickFix, Refactor, RefactorExtract, RefactorInline, RefactorRewrite, SourceFixAll, SourceOrganize];
    kinds.map(action_kind).to_vec()
}

pub(crate) fn inlay_hint(document: &Document, hint: ide::InlayHint, encoding: Encoding) -> InlayHint {
    InlayHint {
        position: position(document, hint.offset, encoding),
        label: hint.label,
        tooltip: hint.tooltip,
        padding_left: hint.before.then_some(true),
        padding_right: (!hint.before).then_some(true),
    }
}

/// A lens, if somebody runs its command: the server, or a client that has said so.
pub(crate) fn code_lens(state: &State, document: &Document, lens: ide::CodeLens) -> Option<CodeLens> {
    let range = range(document, lens.span, state.abilities.encoding);
    let uri = state.uri(document.uri())?;
    let (command, arguments) = match lens.command {
        ide::LensCommand::Validate => (VALIDATE, Vec::new()),
        ide::LensCommand::Run => ("taskApi.run", vec![Argument::Uri(uri)]),
        ide::LensCommand::Estimate => ("taskApi.estimate", vec![Argument::Uri(uri)]),
        ide::LensCommand::References(places) => {
            let places: Vec<Location> = places.iter().filter_map(|place| location(state, place)).collect();
            (
                "taskApi.showReferences",
                vec![Argument::Uri(uri), Argument::Position(range.start), Argument::Locations(places)],
            )
        }
    };
    if command != VALIDATE && !state.abilities.runs(command) {
        return None;
    }
    Some(CodeLens { range, command: Command { title: lens.title, command, arguments: Some(arguments) } })
}

pub(crate) fn document_link(state: &State, document: &Document, link: ide::DocumentLink) -> Option<DocumentLink> {
    Some(DocumentLink {
        range: range(document, link.span, state.abilities.encoding),
        target: link.target.parse().ok()?,
        tooltip: link.tooltip,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_a_client_cannot_name_are_moved() {
        let document = Document::new("file:///x", task_api_ide::Role::Other, "a😀\r\nb".to_owned());
        let at = |offset, encoding| position(&document, offset, encoding);
        let columns = [0, 1, 3, 5, 6, 7, 8, 99]
            .map(|offset| (at(offset, Encoding::Utf16).line, at(offset, Encoding::Utf16).character));
        assert_eq!(columns, [(0, 0), (0, 1), (0, 1), (0, 3), (0, 3), (1, 0), (1, 1), (1, 1)]);
        assert_eq!(at(6, Encoding::Utf8), Position::new(0, 5));
        let characters = [0, 1, 3, 5, 6, 7, 8, 99].map(|offset| at(offset, Encoding::Utf32).character);
        assert_eq!(characters, [0, 1, 1, 2, 2, 0, 1, 1]);
    }

    #[test]
    fn a_snippet_is_a_text_without_tab_stops() {
        let plain = [
            ("\"name\": \"$1\",$0", "\"name\": \"\","),
            ("{\"a\": ${1:{\"b\": ${2:x}\\}}, \"c\": {$0}}", "{\"a\": {\"b\": x}, \"c\": {}}"),
            ("${1|int,string|}!", "int!"),
            ("\\$HOME costs 5$", "$HOME costs 5$"),
            ("${", ""),
        ];
        for (snippet, text) in plain {
            assert_eq!(without_tab_stops(snippet), text, "{snippet}");
        }
    }
}
