//! The environment variables that a trigger request sets for a task.

use task_api_json::{Kind, Node, parse, quote};

use crate::suggest::nearest;

/// What `task_form` says of a task.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Form {
    pub env: Vec<(String, String)>,
    /// Fields that are there, and that nothing reads.
    pub without_effect: Vec<String>,
}

/// Why nothing can be taken from a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    UnknownTask {
        /// The names that there are, between backquotes.
        known: Vec<String>,
        nearest: Option<String>,
    },
    Other(String),
}

/// Reads the text of a request's body, or of the `conf` in it.
pub fn read(text: &str, task: &str) -> Result<Form, Problem> {
    let tree = parse(text);
    match tree.errors().iter().find(|error| !error.kind.is_note()) {
        Some(error) => Err(Problem::Other(format!("it is no JSON: {}", error.message(text)))),
        None => variables(tree.root(text), task),
    }
}

/// What a request's body, or the `conf` in it, says of all tasks.
#[cfg(feature = "workflow")]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AllForms {
    pub settings: Vec<crate::workflow::trigger::Setting>,
    /// Fields that are there and that nothing reads, each behind its task.
    pub without_effect: Vec<(String, String)>,
}

/// Reads what a request sets for all tasks, in either form.
#[cfg(feature = "workflow")]
pub fn read_all(text: &str) -> Result<AllForms, String> {
    let tree = parse(text);
    if let Some(error) = tree.errors().iter().find(|error| !error.kind.is_note()) {
        return Err(format!("it is no JSON: {}", error.message(text)));
    }
    let in_words = |problem| match problem {
        Problem::Other(message) => message,
        Problem::UnknownTask { .. } => String::new(),
    };
    let root = tree.root(text);
    let mut all = AllForms::default();
    let mut seen = std::collections::HashSet::new();
    for (key, _) in forms(root).map_err(in_words)?.members() {
        let task = name_of(key);
        if !seen.insert(task.clone()) {
            continue;
        }
        let form = variables(root, &task).map_err(in_words)?;
        all.without_effect.extend(form.without_effect.into_iter().map(|field| (task.clone(), field)));
        let setting = |(name, value)| crate::workflow::trigger::Setting { task: task.clone(), name, value };
        all.settings.extend(form.env.into_iter().map(setting));
    }
    Ok(all)
}

fn variables(body: Node<'_>, task: &str) -> Result<Form, Problem> {
    let forms = forms(body)?;
    let form = match forms.get(task) {
        Some(form) if form.kind() == Kind::Object => form,
        Some(_) => return Err(other(format!("`task_form` of the task `{task}` must be an object"))),
        None => return Err(unknown_task(forms, task)),
    };
    match form.get("env") {
        Some(list) if list.kind() == Kind::Array => listed(form, list),
        _ => {
            let members = form.members().map(|(key, value)| variable(&name_of(key), value));
            Ok(Form { env: members.collect::<Result<_, _>>()?, ..Form::default() })
        }
    }
}

fn forms(body: Node<'_>) -> Result<Node<'_>, Problem> {
    let conf = body.get("conf").unwrap_or(body);
    match conf.get("task_form") {
        Some(forms) if forms.kind() == Kind::Object => Ok(forms),
        Some(_) => Err(other("`task_form` must be an object")),
        None => Err(other("it has no `task_form`, neither in `conf` nor by itself")),
    }
}

/// `{"env": [{"name": "VAR", "value": "value"}]}`
fn listed(form: Node<'_>, list: Node<'_>) -> Result<Form, Problem> {
    let mut env = Vec::new();
    for (index, entry) in list.elements().enumerate() {
        let name = entry.get("name").filter(|name| name.kind() == Kind::String).and_then(|name| name.as_str());
        let Some(name) = name else {
            return Err(other(format!("number {} of `env` has no `name` that is a string", index + 1)));
        };
        let value = entry.get("value").ok_or_else(|| other(format!("`{name}` in `env` has no `value`")))?;
        env.push(variable(&name, value)?);
    }
    let names = form.members().map(|(key, _)| name_of(key));
    Ok(Form { env, without_effect: names.filter(|name| name != "env").collect() })
}

fn variable(name: &str, value: Node<'_>) -> Result<(String, String), Problem> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(other(format!("`{name}` cannot be the name of an environment variable")));
    }
    match value.kind() {
        Kind::String => Ok((name.to_owned(), value.as_str().unwrap_or_default().into_owned())),
        Kind::Number | Kind::True | Kind::False => {
            let quoted = quote(value.source());
            Err(other(format!("the value of `{name}` must be a string: write {quoted} in quotes")))
        }
        _ => Err(other(format!("the value of `{name}` must be a string"))),
    }
}

fn unknown_task(forms: Node<'_>, task: &str) -> Problem {
    let names: Vec<String> = forms.members().map(|(key, _)| name_of(key)).collect();
    let nearest = nearest(task, names.iter().map(String::as_str)).map(str::to_owned);
    Problem::UnknownTask { known: names.iter().map(|name| format!("`{name}`")).collect(), nearest }
}

fn name_of(key: Node<'_>) -> String {
    key.as_str().unwrap_or_default().into_owned()
}

fn other(message: impl Into<String>) -> Problem {
    Problem::Other(message.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn both_forms_with_and_without_the_body_around() {
        let map = r#"{"task_form": {"a": {"X": "1", "env": "prod"}, "b": {}}}"#;
        let expected = env(&[("X", "1"), ("env", "prod")]);
        assert_eq!(read(map, "a").unwrap().env, expected);
        assert_eq!(read(&format!(r#"{{"dag_run_id": "r", "conf": {map}}}"#), "a").unwrap().env, expected);
        assert_eq!(read(map, "b").unwrap(), Form::default());
        let list = r#"{"task_form": {"a": {"env": [{"name": "X", "value": "1"}], "command": ["x"]}}}"#;
        let form = read(list, "a").unwrap();
        assert_eq!((form.env, form.without_effect), (env(&[("X", "1")]), vec!["command".to_owned()]));
    }

    #[test]
    fn what_is_no_form_is_said() {
        let problem = |body: &str| match read(body, "a").unwrap_err() {
            Problem::Other(message) => message,
            Problem::UnknownTask { .. } => panic!("the task is there"),
        };
        let form = |form: &str| problem(&format!(r#"{{"task_form": {{"a": {form}}}}}"#));
        assert!(problem("{").contains("it is no JSON"));
        assert!(problem("{}").contains("no `task_form`"));
        assert!(problem("[]").contains("no `task_form`"));
        assert!(problem(r#"{"conf": {"task_form": 5}}"#).contains("must be an object"));
        assert!(form(r#""x""#).contains("must be an object"));
        assert!(form(r#"{"X": 5}"#).contains("write \"5\" in quotes"));
        assert!(form(r#"{"X": null}"#).contains("must be a string"));
        assert!(form(r#"{"X=Y": "z"}"#).contains("cannot be the name"));
        assert!(form(r#"{"env": [{"value": "x"}]}"#).contains("number 1 of `env`"));
        assert!(form(r#"{"env": [{"name": "X"}]}"#).contains("has no `value`"));
    }

    #[test]
    fn a_task_that_is_not_there_comes_with_those_that_are() {
        let problem = read(r#"{"task_form": {"segment": {}}}"#, "segmnt").unwrap_err();
        let nearest = Some("segment".to_owned());
        assert_eq!(problem, Problem::UnknownTask { known: vec!["`segment`".to_owned()], nearest });
    }
}
