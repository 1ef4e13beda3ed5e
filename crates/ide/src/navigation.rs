//! From a name to its declaration and to all places that speak of it.

use task_api_core::Kind;
use task_api_json::{Kind as NodeKind, Span};

use crate::Location;
use crate::document::{Document, Role};
use crate::entity::{Form, Occurrence, entity_at, occurrences};
use crate::workspace::{Place, Workspace, directory_of, resolve};

/// A place in the same document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Highlight {
    pub span: Span,
    pub is_declaration: bool,
}

/// Where what stands at a place is declared.
pub fn definition(workspace: &Workspace, at: Place<'_>) -> Vec<Location> {
    if let Some(document) = workspace.get(at.uri).filter(|document| document.role() == Role::Dockerfile) {
        let copied = copied_container(workspace, document, at.offset);
        return copied
            .map(|container| Location { uri: container.uri().clone(), span: Span::empty(0) })
            .into_iter()
            .collect();
    }
    #[cfg(feature = "python")]
    if let Some(document) = workspace.get(at.uri).filter(|document| document.role() == Role::Dag) {
        return crate::dag::definition(workspace, document, at.offset);
    }
    let Some((entity, here)) = entity_at(workspace, at) else { return Vec::new() };
    if here.form == Form::Declaration {
        return vec![location(&here)];
    }
    let home = Some(entity.home);
    let declared = occurrences(workspace, &entity, home).into_iter().find(|found| found.form == Form::Declaration);
    declared.iter().map(location).collect()
}

/// All places that speak of what stands at a place, sorted by document and position.
pub fn references(workspace: &Workspace, at: Place<'_>, with_declaration: bool) -> Vec<Location> {
    let Some((entity, _)) = entity_at(workspace, at) else { return Vec::new() };
    let found = occurrences(workspace, &entity, None);
    found.iter().filter(|found| with_declaration || found.form != Form::Declaration).map(location).collect()
}

/// The template that says what a name at a place may be; of a template, itself.
pub fn type_definition(workspace: &Workspace, at: Place<'_>) -> Vec<Location> {
    let template = entity_at(workspace, at).and_then(|(entity, _)| Some((entity.home, entity.template?)));
    let Some((document, template)) = template else { return Vec::new() };
    let identifier = template.get("identifier").filter(|node| node.kind() == NodeKind::String);
    let span = identifier.map_or(Span::empty(template.span().start), |node| node.inner_span());
    vec![Location { uri: document.uri().clone(), span }]
}

/// Where tasks fill in what a container declares: they name its template, bind its channel, set its variable.
pub fn implementations(workspace: &Workspace, at: Place<'_>) -> Vec<Location> {
    let Some((entity, _)) = entity_at(workspace, at) else { return Vec::new() };
    occurrences(workspace, &entity, None).iter().filter(|found| found.form == Form::Use).map(location).collect()
}

/// Those of them in the same document.
pub fn highlights(workspace: &Workspace, at: Place<'_>) -> Vec<Highlight> {
    let Some((entity, here)) = entity_at(workspace, at) else { return Vec::new() };
    let found = occurrences(workspace, &entity, Some(here.document));
    let highlight =
        |found: Occurrence<'_>| Highlight { span: found.span, is_declaration: found.form == Form::Declaration };
    found.into_iter().map(highlight).collect()
}

fn location(occurrence: &Occurrence<'_>) -> Location {
    Location { uri: occurrence.document.uri().clone(), span: occurrence.span }
}

/// The container that the word at a place of a Dockerfile stands for, where that is a word of a COPY or ADD.
fn copied_container<'a>(workspace: &'a Workspace, dockerfile: &Document, offset: u32) -> Option<&'a Document> {
    let name = Kind::ProcessingContainer.file_name();
    let (text, offset) = (dockerfile.text(), offset as usize);
    let words = words_of_copy(text, instruction_around(text, offset)?);
    let is_name = |word: &str| word == name || word.strip_suffix(name).is_some_and(|before| before.ends_with('/'));
    let is_here = |&(at, word): &(usize, &str)| at <= offset && offset <= at + word.len();
    words.iter().copied().find(|word| is_here(word) && is_name(word.1))?;
    // Paths of the context begin where the Dockerfile is, or above it.
    let named = words
        .iter()
        .filter(|(_, word)| is_name(word))
        .find_map(|(_, word)| workspace.get(&resolve(directory_of(dockerfile.uri()), word.trim_start_matches('/'))));
    let belongs = |container: &&Document| {
        let is_container = container.kind() == Some(Kind::ProcessingContainer);
        is_container && workspace.dockerfile_of(container).is_some_and(|found| found.uri() == dockerfile.uri())
    };
    named.or_else(|| workspace.documents().find(belongs))
}

/// The words of a Dockerfile that are copied into an image from where it stands, with where they are.
pub(crate) fn copied_words(text: &str) -> Vec<(Span, &str)> {
    let mut copied = Vec::new();
    let mut at = 0;
    while let Some(instruction) = instruction_around(text, at).filter(|found| found.end > at) {
        at = instruction.end;
        let mut words = words_of_copy(text, instruction);
        words.retain(|(_, word)| !word.is_empty() && *word != "\\");
        let is_from_elsewhere = words.iter().any(|(_, word)| word.starts_with("--from"));
        // The first is the instruction itself, the last is the place in the image.
        if let (false, [_, sources @ .., _]) = (is_from_elsewhere, &*words) {
            let span = |at: usize, word: &str| Span::new(at as u32, (at + word.len()) as u32);
            copied.extend(sources.iter().map(|(at, word)| (span(*at, word), *word)));
        }
    }
    copied
}

/// The words of a COPY or ADD and where they begin, empty ones too; none of another instruction.
fn words_of_copy(text: &str, instruction: std::ops::Range<usize>) -> Vec<(usize, &str)> {
    let (mut at, written) = (instruction.start, &text[instruction]);
    let command = written.split_whitespace().next().unwrap_or_default();
    if !command.eq_ignore_ascii_case("COPY") && !command.eq_ignore_ascii_case("ADD") {
        return Vec::new();
    }
    let is_separator = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"' | '\'');
    let mut words = Vec::new();
    for word in written.split(is_separator) {
        words.push((at, word));
        at += word.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    words
}

/// The lines of an instruction, which goes on behind a `\` at the end of a line.
fn instruction_around(text: &str, offset: usize) -> Option<std::ops::Range<usize>> {
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.trim_end().ends_with('\\') {
            continue;
        }
        if offset < at || at == text.len() {
            return (start <= offset && offset <= at).then_some(start..at);
        }
        start = at;
    }
    (start <= offset && offset <= text.len()).then_some(start..text.len())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::fixture::{Fixture, fixture};

    const FILES: &str = r#"//- /p/Dockerfile
FROM scratch
COPY --chown=1:1 \
  processing-container.json /processing-container.json
# processing-container.json
ADD start.py /app/
//- /p/processing-container.json
{"name": "lungs", "description": "{{ env.FOLDS }}", "templates": [
  {"identifier": "segment", "description": "Segments.",
   "inputs": [{"name": "images", "mounted_path": "/in"}],
   "outputs": [{"name": "masks", "mounted_path": "/out"}],
   "env": [{"name": "FOLDS", "value": "5"}, {"name": "MODEL", "value": "{{ env.FOLDS | default('1') }}"}]},
  {"identifier": "other", "description": "Does not.", "inputs": [{"name": "images", "mounted_path": "/in"}],
   "outputs": [], "env": []}]}
//- /p/a/task.json
{"name": "a", "image": "{{ env.FOLDS }}/x:1", "taskTemplate": "segment",
 "inputs": [{"name": "images", "input": {"host_path": "/images"}}],
 "outputs": [{"name": "images", "input": {"host_path": "/masks"}}],
 "env": [{"name": "FOLDS", "value": "3"}, {"name": "OWN", "value": "{{ env.OWN }}"}]}
//- /p/b/task.json
{"name": "b", "image": "x:1", "taskTemplate": "segmnt", "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
 "outputs": []}
//- /p/c/task.json
{"name": "c", "image": "x:1", "taskTemplate": {"identifier": "segment", "description": "Inline.",
 "inputs": [{"name": "images", "mounted_path": "/in"}], "outputs": [], "env": []},
 "inputs": [{"name": "images", "input": {"host_path": "/images"}}], "outputs": []}
"#;

    /// A cursor in the middle of the `number`-th text of this kind, counted from 0 over the file.
    fn at(uri: &str, text: &str, number: usize) -> Fixture {
        let mut fixture = fixture(FILES);
        fixture.uri = format!("file:///p/{uri}");
        let whole = fixture.workspace.get(&fixture.uri).unwrap().text();
        let start = whole.match_indices(text).nth(number).unwrap().0;
        fixture.offset = (start + text.len() / 2) as u32;
        fixture
    }

    fn place(fixture: &Fixture) -> Place<'_> {
        Place { uri: &fixture.uri, offset: fixture.offset }
    }

    fn shown(fixture: &Fixture, location: &Location) -> String {
        let document = fixture.workspace.get(&location.uri).unwrap();
        let position = document.lines().position(location.span.start);
        let text = location.span.of(document.text());
        let path = location.uri.trim_start_matches("file:///p/");
        format!("{path}:{}:{} {text}\n", position.line + 1, position.character + 1)
    }

    #[track_caller]
    fn check_definition(uri: &str, text: &str, number: usize, expected: Expect) {
        let fixture = at(uri, text, number);
        let found = definition(&fixture.workspace, place(&fixture));
        expected.assert_eq(&found.iter().map(|location| shown(&fixture, location)).collect::<String>());
    }

    #[track_caller]
    fn check_references(uri: &str, text: &str, number: usize, expected: Expect) {
        let fixture = at(uri, text, number);
        let found = references(&fixture.workspace, place(&fixture), true);
        expected.assert_eq(&found.iter().map(|location| shown(&fixture, location)).collect::<String>());
        let here = highlights(&fixture.workspace, place(&fixture));
        let uses = references(&fixture.workspace, place(&fixture), false);
        let declared: Vec<&Location> = found.iter().filter(|location| !uses.contains(location)).collect();
        for location in found.iter().filter(|location| *location.uri == *fixture.uri) {
            let is_declaration = declared.contains(&location);
            assert!(
                here.contains(&Highlight { span: location.span, is_declaration }),
                "{location:?} is not highlighted"
            );
        }
        assert!(here.iter().all(|highlight| found.iter().any(|location| location.span == highlight.span)));
    }

    #[test]
    fn from_a_task_to_the_container_and_no_further() {
        check_definition(
            "a/task.json",
            "\"segment\"",
            0,
            expect![[r#"
            processing-container.json:2:19 segment
        "#]],
        );
        check_definition(
            "a/task.json",
            "\"images\"",
            0,
            expect![[r#"
            processing-container.json:3:25 images
        "#]],
        );
        check_definition(
            "a/task.json",
            "\"FOLDS\"",
            0,
            expect![[r#"
            processing-container.json:5:22 FOLDS
        "#]],
        );
        check_definition(
            "processing-container.json",
            "masks",
            0,
            expect![[r#"
            processing-container.json:4:26 masks
        "#]],
        );
        check_definition(
            "c/task.json",
            "\"images\"",
            1,
            expect![[r#"
            c/task.json:2:23 images
        "#]],
        );
    }

    #[track_caller]
    fn check_others(uri: &str, text: &str, number: usize, kind: Expect, filled_in: Expect) {
        let fixture = at(uri, text, number);
        let show = |found: Vec<Location>| found.iter().map(|location| shown(&fixture, location)).collect::<String>();
        kind.assert_eq(&show(type_definition(&fixture.workspace, place(&fixture))));
        filled_in.assert_eq(&show(implementations(&fixture.workspace, place(&fixture))));
    }

    #[test]
    fn from_a_name_to_its_template_and_to_the_tasks_that_fill_it_in() {
        check_others(
            "a/task.json",
            "\"FOLDS\"",
            0,
            expect![[r#"
            processing-container.json:2:19 segment
        "#]],
            expect![[r#"
            a/task.json:4:20 FOLDS
        "#]],
        );
        check_others(
            "processing-container.json",
            "masks",
            0,
            expect![[r#"
            processing-container.json:2:19 segment
        "#]],
            expect![[r#""#]],
        );
        check_others(
            "processing-container.json",
            "\"segment\"",
            0,
            expect![[r#"
            processing-container.json:2:19 segment
        "#]],
            expect![[r#"
            a/task.json:1:64 segment
        "#]],
        );
        check_others(
            "c/task.json",
            "\"images\"",
            0,
            expect![[r#"
            c/task.json:1:63 segment
        "#]],
            expect![[r#"
            c/task.json:3:23 images
        "#]],
        );
        check_others("a/task.json", "\"OWN\"", 0, expect![[r#""#]], expect![[r#""#]]);
        check_others("b/task.json", "segmnt", 0, expect![[r#""#]], expect![[r#""#]]);
    }

    #[test]
    fn what_is_misspelt_or_on_the_wrong_side_leads_nowhere() {
        check_definition("b/task.json", "segmnt", 0, expect![[""]]);
        check_definition("a/task.json", "\"images\"", 1, expect![[""]]);
        check_definition("a/task.json", "\"name\"", 0, expect![[""]]);
        check_definition("processing-container.json", "\"lungs\"", 0, expect![[""]]);
    }

    #[test]
    fn expressions_lead_to_the_variable_of_their_name() {
        check_definition(
            "a/task.json",
            "env.FOLDS",
            0,
            expect![[r#"
            processing-container.json:5:22 FOLDS
        "#]],
        );
        check_definition(
            "a/task.json",
            "OWN }}",
            0,
            expect![[r#"
            a/task.json:4:53 OWN
        "#]],
        );
        check_definition("processing-container.json", "env.FOLDS", 0, expect![[""]]);
        check_definition(
            "processing-container.json",
            "env.FOLDS",
            1,
            expect![[r#"
            processing-container.json:5:22 FOLDS
        "#]],
        );
    }

    #[test]
    fn a_dockerfile_leads_to_the_container_that_it_copies() {
        check_definition(
            "Dockerfile",
            "processing-container.json",
            0,
            expect![[r#"
            processing-container.json:1:1 
        "#]],
        );
        check_definition(
            "Dockerfile",
            "processing-container.json",
            1,
            expect![[r#"
            processing-container.json:1:1 
        "#]],
        );
        check_definition("Dockerfile", "processing-container.json", 2, expect![[""]]);
        check_definition("Dockerfile", "start.py", 0, expect![[""]]);
        check_definition("Dockerfile", "chown", 0, expect![[""]]);
    }

    #[test]
    fn all_places_of_a_template() {
        check_references(
            "processing-container.json",
            "segment",
            0,
            expect![[r#"
            a/task.json:1:64 segment
            processing-container.json:2:19 segment
        "#]],
        );
        check_references(
            "c/task.json",
            "segment",
            0,
            expect![[r#"
            c/task.json:1:63 segment
        "#]],
        );
    }

    #[test]
    fn all_places_of_a_channel() {
        check_references(
            "processing-container.json",
            "images",
            0,
            expect![[r#"
            a/task.json:2:23 images
            processing-container.json:3:25 images
        "#]],
        );
        check_references(
            "processing-container.json",
            "images",
            1,
            expect![[r#"
            processing-container.json:6:76 images
        "#]],
        );
        check_references(
            "c/task.json",
            "\"images\"",
            0,
            expect![[r#"
            c/task.json:2:23 images
            c/task.json:3:23 images
        "#]],
        );
    }

    #[test]
    fn all_places_of_a_variable() {
        check_references(
            "processing-container.json",
            "FOLDS",
            1,
            expect![[r#"
            a/task.json:1:32 FOLDS
            a/task.json:4:20 FOLDS
            processing-container.json:5:22 FOLDS
            processing-container.json:5:80 FOLDS
        "#]],
        );
        check_references(
            "a/task.json",
            "\"OWN\"",
            0,
            expect![[r#"
            a/task.json:4:53 OWN
            a/task.json:4:76 OWN
        "#]],
        );
    }
}
