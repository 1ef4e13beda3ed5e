//! The body of a request that triggers a workflow: the variables that it sets for tasks, held against what the tasks'
//! templates declare.

use std::collections::BTreeMap;

use task_api_json::quote;

use super::{KnownTemplate, Templates, Workflow, known};
use crate::command_line::shell_word;
use crate::resolve::{Overrides, check_overrides};
use crate::secret::{REDACTED, is_secret_name};
use crate::suggest::nearest;
use crate::template::has_expression;

/// A variable that a request sets for a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub task: String,
    pub name: String,
    pub value: String,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `task_form.TASK.VAR = VALUE`, as the guide has it.
    Guide,
    /// `task_form.TASK.env = [{"name", "value"}]`, as the operator reads it.
    List,
}

/// What is wrong with a setting, in words. An error, or else something that only may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub is_error: bool,
    pub message: String,
}

/// Settings from `TASK.VAR=VALUE`. A task's name may have points, a variable's has none.
pub fn setting(written: &str) -> Result<Setting, String> {
    let Some((place, value)) = written.split_once('=') else {
        return Err(format!("`{written}` has no `=`: write TASK.VAR=VALUE"));
    };
    match place.rsplit_once('.') {
        Some((task, name)) if !task.is_empty() && !name.is_empty() => {
            Ok(Setting { task: task.to_owned(), name: name.to_owned(), value: value.to_owned() })
        }
        _ => Err(format!("`{place}` names no variable of a task: write TASK.VAR=VALUE")),
    }
}

/// Of settings of one variable the last, in the order of the tasks and of what was said first.
pub fn effective(workflow: &Workflow, settings: &[Setting]) -> Vec<Setting> {
    let mut last: Vec<Setting> = Vec::new();
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for setting in settings {
        match places.get(&(&*setting.task, &*setting.name)) {
            Some(&place) => last[place] = setting.clone(),
            None => {
                places.insert((&setting.task, &setting.name), last.len());
                last.push(setting.clone());
            }
        }
    }
    let order = |setting: &Setting| {
        let position = workflow.tasks.iter().position(|task| task.id() == Some(setting.task.as_str()));
        position.unwrap_or(usize::MAX)
    };
    last.sort_by_cached_key(order);
    last
}

/// What does not fit the workflow. Variables that nothing declares are passed on where that is wanted.
pub fn check(
    workflow: &Workflow,
    templates: &Templates<'_>,
    settings: &[Setting],
    allows_undeclared: bool,
) -> Vec<Complaint> {
    let complaints = settings.iter().filter_map(|setting| complaint(workflow, templates, setting, allows_undeclared));
    complaints.collect()
}

fn complaint(
    workflow: &Workflow,
    templates: &Templates<'_>,
    setting: &Setting,
    allows_undeclared: bool,
) -> Option<Complaint> {
    let Setting { task, name, value } = setting;
    let error = |message: String| Some(Complaint { is_error: true, message });
    let position = workflow.tasks.iter().position(|known| known.id() == Some(task.as_str()));
    let Some(position) = position else {
        let names = || workflow.tasks.iter().filter_map(|task| task.id());
        let hint = match nearest(task, names()) {
            Some(nearest) => format!("; did you mean `{nearest}`?"),
            None => {
                let names: Vec<String> = names().map(|id| format!("`{id}`")).collect();
                if names.is_empty() { String::new() } else { format!("; its tasks are {}", names.join(", ")) }
            }
        };
        return error(format!("the workflow has no task `{task}`{hint}"));
    };
    if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
        return error(format!("task `{task}`: `{name}` cannot be set as an environment variable"));
    }
    let Some(template) = templates.of_task(position) else {
        let message = format!("task `{task}`: its template is not known here, so `{name}` is not checked");
        return Some(Complaint { is_error: false, message });
    };
    if template.env(name).is_none() {
        let is_set =
            workflow.tasks[position].env.iter().any(|env| known(&env.name).is_some_and(|(set, _)| set == name));
        if is_set {
            return None;
        }
        let declared = template.template.env.iter().map(|env| &*env.name.value);
        let hint = nearest(name, declared).map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
        let message = format!("task `{task}`: its template does not declare the variable `{name}`{hint}");
        return Some(Complaint { is_error: !allows_undeclared, message });
    }
    let overrides = Overrides { conf: vec![(name.clone(), value.clone())], ..Overrides::default() };
    let wrong = check_overrides(&template.template, &overrides).into_iter().next()?;
    let is_error = wrong.is_err();
    let (Ok(message) | Err(message)) = wrong;
    Some(Complaint { is_error, message: format!("task `{task}`: {message}") })
}

/// The body, laid out.
pub fn body(settings: &[Setting], form: Form, run_id: Option<&str>) -> String {
    let mut tasks: Vec<(&str, Vec<&Setting>)> = Vec::new();
    for setting in settings {
        match tasks.iter_mut().find(|(task, _)| *task == setting.task) {
            Some((_, list)) => list.push(setting),
            None => tasks.push((&setting.task, vec![setting])),
        }
    }
    let of_task = |(task, list): &(&str, Vec<&Setting>)| {
        let lines: Vec<String> = match form {
            Form::Guide => list.iter().map(|it| format!("        {}: {}", quote(&it.name), quote(&it.value))).collect(),
            Form::List => list
                .iter()
                .map(|it| format!("          {{ \"name\": {}, \"value\": {} }}", quote(&it.name), quote(&it.value)))
                .collect(),
        };
        let lines = lines.join(",\n");
        match form {
            Form::Guide => format!("      {}: {{\n{lines}\n      }}", quote(task)),
            Form::List => format!("      {}: {{\n        \"env\": [\n{lines}\n        ]\n      }}", quote(task)),
        }
    };
    let tasks: Vec<String> = tasks.iter().map(of_task).collect();
    let form = if tasks.is_empty() { "{}".to_owned() } else { format!("{{\n{}\n    }}", tasks.join(",\n")) };
    let run = run_id.map(|id| format!("  \"dag_run_id\": {},\n", quote(id))).unwrap_or_default();
    format!("{{\n{run}  \"conf\": {{\n    \"task_form\": {form}\n  }}\n}}")
}

/// A `curl` line that sends a body. The URL is that of the platform, of Airflow's API, or of the DAG's runs.
pub fn curl(url: &str, dag: &str, body: &str) -> String {
    let url = url.trim_end_matches('/');
    let dag: String = dag
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let url = if url.ends_with("/dagRuns") {
        url.to_owned()
    } else if url.contains("/api/v") {
        format!("{url}/dags/{dag}/dagRuns")
    } else {
        format!("{url}/flow/api/v1/dags/{dag}/dagRuns")
    };
    format!(
        "curl -X POST {} \\\n  -H 'accept: application/json' \\\n  -H 'Content-Type: application/json' \\\n  -d {}",
        shell_word(&url),
        shell_word(body)
    )
}

/// Where the value of a variable is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    Request,
    Task,
    Template,
}

impl From {
    pub fn in_words(self) -> &'static str {
        match self {
            From::Request => "trigger request",
            From::Task => "task",
            From::Template => "template",
        }
    }
}

/// A variable of a task with all values that it was given, the one that counts first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub task: String,
    pub name: String,
    /// Secrets are not among them.
    pub values: Vec<(From, String)>,
}

/// Where each variable of each task gets its value from: from the request, else the task, else the template.
pub fn origins(workflow: &Workflow, templates: &Templates<'_>, settings: &[Setting]) -> Vec<Origin> {
    let mut all = Vec::new();
    for (position, task) in workflow.tasks.iter().enumerate() {
        let Some(id) = task.id() else { continue };
        let declared = templates.of_task(position).map(declarations).unwrap_or_default();
        let set = task.env.iter().filter_map(|env| Some((known(&env.name)?.0, known(&env.value)?.0, From::Task)));
        let requested = settings.iter().filter(|setting| setting.task == id);
        let requested = requested.map(|setting| (&*setting.name, &*setting.value, From::Request));
        let declared = declared.iter().map(|(name, value)| (name.as_str(), value.as_str(), From::Template));
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, value, from) in declared.chain(set).chain(requested) {
            let place = *places.entry(name).or_insert_with(|| {
                all.push(Origin { task: id.to_owned(), name: name.to_owned(), values: Vec::new() });
                all.len() - 1
            });
            let is_shown = !is_secret_name(name) || value.is_empty() || has_expression(value);
            let value = if is_shown { value } else { REDACTED };
            all[place].values.insert(0, (from, value.to_owned()));
        }
    }
    all
}

fn declarations(template: &KnownTemplate<'_>) -> Vec<(String, String)> {
    let env = template.template.env.iter();
    env.filter_map(|env| Some((env.name.value.to_string(), env.value.as_ref()?.value.to_string()))).collect()
}

#[cfg(test)]
mod tests {
    use task_api_json::parse;

    use super::*;
    use crate::workflow::{ContainerText, Containers};

    const CONTAINER: &str = r#"{"templates": [{"identifier": "segment", "env": [
        {"name": "FOLDS", "value": "5", "type": "int", "choices": ["1", "5"]},
        {"name": "MODEL", "value": "v2", "adjustable": false}, {"name": "API_TOKEN", "value": ""}]}]}"#;

    const WORKFLOW: &str = r#"{"name": "w", "tasks": [
        {"task_id": "a.b", "image": "i:1", "taskTemplate": "segment", "env": [{"name": "FOLDS", "value": "1"}, {"name": "OWN", "value": "x"}]},
        {"task_id": "c", "image": "j:1", "taskTemplate": "other"}]}"#;

    fn with<T>(call: impl FnOnce(&Workflow, &Templates<'_>) -> T) -> T {
        let tree = parse(WORKFLOW);
        let workflow = Workflow::read(tree.root(WORKFLOW));
        let files = vec![ContainerText { name: "c", text: CONTAINER }];
        let containers = Containers { files, by_template: [("segment".to_owned(), 0)].into(), ..Containers::default() };
        Templates::of(&workflow, &containers, |templates| call(&workflow, templates))
    }

    fn complaints(written: &str) -> Vec<(bool, String)> {
        let setting = setting(written).unwrap();
        let of = |complaint: Complaint| (complaint.is_error, complaint.message);
        with(|workflow, templates| check(workflow, templates, &[setting], false).into_iter().map(of).collect())
    }

    #[test]
    fn what_does_not_fit_is_said() {
        assert_eq!(complaints("a.b.FOLDS=5"), []);
        assert_eq!(complaints("a.b.OWN=anything = more"), []);
        assert_eq!(complaints("a.b.MODEL=v2"), []);
        let error = |written: &str, part: &str| {
            let found = complaints(written);
            assert!(found.len() == 1 && found[0].0 && found[0].1.contains(part), "{found:?}");
        };
        error("a.b.FOLDS=x", "`int`");
        error("a.b.FOLDS=3", r#"one of "1", "5""#);
        error("a.b.MODEL=v3", "not adjustable");
        error("a.b.FOLD=1", "did you mean `FOLDS`?");
        error("a.b.ENTIRELY=1", "does not declare the variable `ENTIRELY`");
        error("a_b.FOLDS=1", "no task `a_b`; did you mean `a.b`?");
        error("unlike.FOLDS=1", "its tasks are `a.b`, `c`");
        assert_eq!(complaints("c.X=1").iter().map(|(is_error, _)| *is_error).collect::<Vec<_>>(), [false]);
    }

    #[test]
    fn settings_that_are_none() {
        for written in ["", "a", "a=b", ".A=b", "a.=b"] {
            assert!(setting(written).is_err(), "{written}");
        }
        let found = setting("a.b.C=d=e").unwrap();
        assert_eq!((&*found.task, &*found.name, &*found.value), ("a.b", "C", "d=e"));
    }

    #[test]
    fn bodies_are_what_is_read_again() {
        let settings: Vec<Setting> = ["c.X=\"1\"\n", "a.b.FOLDS=3", "c.X=it's", "c.Y="]
            .iter()
            .map(|written| setting(written).unwrap())
            .collect();
        let settings = with(|workflow, _| effective(workflow, &settings));
        assert_eq!(settings.iter().map(|it| &*it.value).collect::<Vec<_>>(), ["3", "it's", ""]);
        for form in [Form::Guide, Form::List] {
            let text = body(&settings, form, Some("run 1"));
            assert!(text.contains("\"dag_run_id\": \"run 1\""));
            assert!(parse(&text).is_valid(), "{text}");
            assert_eq!(crate::conf::read_all(&text).unwrap().settings, settings, "{text}");
        }
        assert_eq!(body(&[], Form::Guide, None), "{\n  \"conf\": {\n    \"task_form\": {}\n  }\n}");
    }

    #[test]
    fn a_line_for_a_shell() {
        let line = curl("https://k.example.org/", "my dag", "{\"a\": \"it's\"}");
        assert!(
            line.starts_with("curl -X POST https://k.example.org/flow/api/v1/dags/my%20dag/dagRuns \\\n"),
            "{line}"
        );
        assert!(line.ends_with(r#"-d '{"a": "it'\''s"}'"#), "{line}");
        assert!(curl("http://x/api/v2", "d", "").contains("http://x/api/v2/dags/d/dagRuns "));
        assert!(curl("http://x/y/dagRuns", "d", "").contains("http://x/y/dagRuns "));
    }

    #[test]
    fn the_request_wins_over_the_task_and_the_task_over_the_template() {
        let settings = [setting("a.b.FOLDS=5").unwrap(), setting("a.b.API_TOKEN=t0p").unwrap()];
        let found = with(|workflow, templates| origins(workflow, templates, &settings));
        let shown: Vec<_> = found
            .iter()
            .map(|origin| {
                let values: Vec<_> = origin.values.iter().map(|(from, value)| format!("{from:?} {value}")).collect();
                format!("{}.{}: {}", origin.task, origin.name, values.join(", "))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "a.b.FOLDS: Request 5, Task 1, Template 5",
                "a.b.MODEL: Template v2",
                "a.b.API_TOKEN: Request [redacted], Template ",
                "a.b.OWN: Task x",
            ]
        );
    }
}
