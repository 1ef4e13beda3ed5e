//! A task of another language than JSON as what a task.json has of it, so that the rules of tasks can look at it.

use task_api_json::{Node, Span, parse, quote};

use super::{Quantity, Task, TemplateRef, Value, known};
use crate::diagnostic::{Diagnostic, DocumentRef};
use crate::findings::Findings;
use crate::model::{self, text};
use crate::rules::{unknown_template, workflow_task};
use crate::workflow::Templates;
use crate::{ApiVersion, Levels};

/// Looks at a task by the rules of tasks. What is found is told of the places of the file.
pub(super) fn check(position: usize, task: &Task, templates: &Templates<'_>, findings: &mut Findings<'_>) {
    let written = Written::of(task);
    let tree = parse(&written.text);
    let root = tree.root(&written.text);
    let levels = Levels::new();
    let mut found = Findings::new(&levels, false, &[]);
    look(position, root, templates, &mut found);
    for diagnostic in found.finish().0 {
        let (rule, severity) = (diagnostic.rule, diagnostic.severity);
        findings.report_as(rule, severity, || written.told_of_file(diagnostic, task));
    }
}

fn look(position: usize, root: Node<'_>, templates: &Templates<'_>, findings: &mut Findings<'_>) {
    let task = model::Task::read_as(root, ApiVersion::V1);
    let password = text(root.get("registryPassword"));
    let template = match task.inline_template() {
        Some(template) => Some((template, DocumentRef::This)),
        None => templates.of_task(position).map(|known| (&known.template, known.document())),
    };
    workflow_task(&task, password.as_ref(), template, findings);
    if let (Some(model::TemplateRef::Identifier(identifier)), Some((container, number))) =
        (&task.template, templates.container_without(position))
    {
        unknown_template::check(identifier, container, number, findings);
    }
}

/// The JSON of a task, and where its values are from.
#[derive(Default)]
struct Written {
    text: String,
    /// In the order of the text: a value's place in it, its place in the file, and whether it is a string there.
    places: Vec<Place>,
}

struct Place {
    here: Span,
    in_file: Span,
    is_string: bool,
}

impl Written {
    fn of(task: &Task) -> Written {
        let mut written = Written::default();
        written.text.push_str("{\"name\": \"\"");
        written.field("image", &task.image);
        match &task.template {
            Some(TemplateRef::Named(name)) => written.field("taskTemplate", &Some(name.clone())),
            Some(TemplateRef::Inline(inline)) => {
                written.text.push_str(", \"taskTemplate\": ");
                written.value(&inline.json, inline.span, false);
            }
            None => {}
        }
        if !task.env.is_empty() {
            written.text.push_str(", \"env\": [");
            for (at, env) in task.env.iter().enumerate() {
                written.text.push_str(if at == 0 { "" } else { ", " });
                let start = written.start();
                written.text.push_str("{\"x\": 0");
                written.field("name", &env.name);
                written.field("value", &env.value);
                written.text.push('}');
                written.place(start, env.span, false);
            }
            written.text.push(']');
        }
        if let Some((words, span)) = task.command.as_ref().and_then(|command| Some((command.known()?, command.span))) {
            let words: Vec<String> = words.iter().map(|word| quote(word)).collect();
            written.text.push_str(", \"command\": ");
            written.value(&format!("[{}]", words.join(", ")), span, false);
        }
        if let Some(resources) = task.resources.as_ref().and_then(Value::known) {
            written.text.push_str(", \"resources\": {");
            written.quantities("limits", &resources.limits);
            written.text.push_str(", ");
            written.quantities("requests", &resources.requests);
            written.text.push('}');
        }
        written.field("registryPassword", &task.registry_password);
        written.text.push('}');
        written
    }

    fn start(&self) -> u32 {
        self.text.len() as u32
    }

    fn place(&mut self, start: u32, in_file: Span, is_string: bool) {
        self.places.push(Place { here: Span::new(start, self.start()), in_file, is_string });
    }

    fn value(&mut self, json: &str, in_file: Span, is_string: bool) {
        let start = self.start();
        self.text.push_str(json);
        self.place(start, in_file, is_string);
    }

    /// A text that is known; another is left out, and no rule looks at it.
    fn field(&mut self, name: &str, value: &Option<Value<String>>) {
        if let Some((value, span)) = known(value) {
            self.text.push_str(&format!(", \"{name}\": "));
            self.value(&quote(value), span, true);
        }
    }

    fn quantities(&mut self, side: &str, list: &[Quantity]) {
        self.text.push_str(&format!("\"{side}\": {{"));
        for (at, quantity) in list.iter().enumerate() {
            self.text.push_str(if at == 0 { "" } else { ", " });
            self.value(&quote(&quantity.name.value), quantity.name.span, true);
            self.text.push_str(": ");
            self.value(&quote(&quantity.value.value), quantity.value.span, true);
        }
        self.text.push('}');
    }

    fn told_of_file(&self, mut diagnostic: Diagnostic, task: &Task) -> Diagnostic {
        diagnostic.pointer.insert_str(0, &task.pointer());
        diagnostic.span = self.in_file(diagnostic.span, task);
        for related in diagnostic.related.iter_mut().filter(|related| related.document == DocumentRef::This) {
            related.span = self.in_file(related.span, task);
        }
        diagnostic.fixes.retain_mut(|fix| fix.edits.iter_mut().all(|edit| self.edit_in_file(&mut edit.span)));
        diagnostic
    }

    /// The place of the smallest value that a span is in.
    fn in_file(&self, span: Span, task: &Task) -> Span {
        let around = self.places.iter().filter(|place| place.here.start <= span.start && span.end <= place.here.end);
        around.min_by_key(|place| place.here.len()).map_or(task.head, |place| place.in_file)
    }

    /// Only where a whole string takes the place of another, an edit is one of the file as well: what JSON writes for a
    /// string, Python reads as the same.
    fn edit_in_file(&self, span: &mut Span) -> bool {
        match self.places.iter().find(|place| place.here == *span && place.is_string) {
            Some(place) => {
                *span = place.in_file;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::EXAMPLE_WORKFLOW_CONTAINER;
    use crate::workflow::{ContainerText, Containers, EnvVar, Language, Placed, Resources, Workflow};
    use crate::{CheckOptions, workflow};

    /// A text with each value at the next place of it.
    struct File<'a> {
        text: &'a str,
    }

    impl File<'_> {
        fn span(&self, part: &str) -> Span {
            let start = self.text.find(part).unwrap() as u32;
            Span::new(start, start + part.len() as u32)
        }

        fn value(&self, part: &str) -> Option<Value<String>> {
            Some(Value::of_known(part.trim_matches('\'').to_owned(), self.span(part)))
        }
    }

    #[test]
    fn findings_are_told_of_the_places_of_the_file() {
        let file = File {
            text: "T('a', 'http://i', template='segmnt', env=[E('FOLDS', '2'), E('MODE', 'x')], limits={'memory': '1GB'})",
        };
        let env = |number, name: &str, value: &str| EnvVar {
            span: file.span(name),
            number,
            name: file.value(name),
            value: file.value(value),
        };
        let mut task = Task {
            span: file.span(file.text),
            head: file.span("T"),
            number: 0,
            variable: None,
            id: file.value("'a'"),
            image: file.value("'http://i'"),
            template: file.value("'segmnt'").map(TemplateRef::Named),
            env: vec![env(0, "'FOLDS'", "'2'"), env(1, "'MODE'", "'x'")],
            command: None,
            resources: Some(Value::of_known(
                Resources {
                    limits: vec![Quantity {
                        name: Placed::new("memory".to_owned(), file.span("'memory'")),
                        value: Placed::new("1GB".to_owned(), file.span("'1GB'")),
                    }],
                    requests: Vec::new(),
                },
                file.span("{"),
            )),
            registry_url: None,
            registry_username: None,
            registry_password: None,
            maps: Vec::new(),
            upstream: Vec::new(),
        };
        let found = |task: &Task| {
            let workflow = Workflow {
                span: file.span(file.text),
                language: Language::Python,
                name: None,
                description: None,
                tasks: vec![task.clone()],
                inputs: Vec::new(),
                containers: Vec::new(),
            };
            let files = vec![ContainerText { name: "c", text: EXAMPLE_WORKFLOW_CONTAINER }];
            let containers = Containers { files, for_all: Some(0), ..Containers::default() };
            let options = CheckOptions { containers: Some(&containers), ..CheckOptions::default() };
            let checked = workflow::check(&workflow, Vec::new(), &options);
            let shown = |d: &Diagnostic| {
                let edits = d.fixes.iter().flat_map(|fix| &fix.edits);
                let edits: Vec<_> =
                    edits.map(|edit| format!("{} -> {}", edit.span.of(file.text), edit.new_text)).collect();
                format!("{} {} {} {}", d.rule.name, d.pointer, d.span.of(file.text), edits.join(", "))
            };
            checked.diagnostics.iter().map(shown).collect::<Vec<_>>()
        };
        assert_eq!(
            found(&task),
            [
                "invalid-image-reference /tasks/0/image 'http://i' 'http://i' -> \"i\"",
                "unknown-template /tasks/0/taskTemplate 'segmnt' 'segmnt' -> \"segment\"",
                "invalid-quantity /tasks/0/resources/limits/memory '1GB' '1GB' -> \"1G\"",
            ]
        );
        task.template = Some(TemplateRef::Named(Value::of_known("segment".to_owned(), file.span("'segmnt'"))));
        task.image = Some(Value::of_unknown("a call", file.span("'http://i'")));
        task.resources = None;
        assert_eq!(
            found(&task),
            [
                "unfed-input /tasks/0 T ",
                "unused-output /tasks/0 T ",
                "env-value-not-in-choices /tasks/0/env/0/value '2' ",
                "unknown-env /tasks/0/env/1/name 'MODE' ",
            ]
        );
    }
}
