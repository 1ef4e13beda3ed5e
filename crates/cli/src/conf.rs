//! `--conf`: the environment variables that a trigger request sets for a task.

use std::path::Path;

use serde_json::{Map, Value};
use task_api_core::nearest;

use crate::Io;
use crate::exit::Failure;
use crate::load;

/// Reads what `conf.task_form` of a file says of a task.
pub(crate) fn read(file: &Path, task: &str, io: &mut Io) -> Result<Vec<(String, String)>, Failure> {
    let loaded = load::load(file, io)?;
    let name = &loaded.name;
    let invalid = |problem: String| Failure::invalid(format!("{name}: {problem}"));
    if loaded.broken_utf8 {
        return Err(invalid("it is not UTF-8".to_owned()));
    }
    let body: Value = serde_json::from_str(&loaded.text).map_err(|error| invalid(format!("it is no JSON: {error}")))?;
    let form = variables(&body, task).map_err(invalid)?;
    for field in form.without_effect {
        io.warning(&format!("{name}: `{field}` of the task `{task}` has no effect here; only its `env` is used"));
    }
    Ok(form.env)
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Form {
    env: Vec<(String, String)>,
    without_effect: Vec<String>,
}

/// `body` is the request's body, or the `conf` in it.
fn variables(body: &Value, task: &str) -> Result<Form, String> {
    let conf = body.get("conf").unwrap_or(body);
    let forms = match conf.get("task_form") {
        Some(Value::Object(forms)) => forms,
        Some(_) => return Err("`task_form` must be an object".to_owned()),
        None => return Err("it has no `task_form`, neither in `conf` nor by itself".to_owned()),
    };
    let form = match forms.get(task) {
        Some(Value::Object(form)) => form,
        Some(_) => return Err(format!("`task_form` of the task `{task}` must be an object")),
        None => return Err(unknown_task(forms, task)),
    };
    match form.get("env") {
        Some(Value::Array(list)) => listed(form, list),
        _ => Ok(Form { env: form.iter().map(variable).collect::<Result<_, _>>()?, ..Form::default() }),
    }
}

/// `{"env": [{"name": "VAR", "value": "value"}]}`
fn listed(form: &Map<String, Value>, list: &[Value]) -> Result<Form, String> {
    let mut env = Vec::new();
    for (index, entry) in list.iter().enumerate() {
        let Some(name) = entry.get("name").and_then(Value::as_str) else {
            return Err(format!("number {} of `env` has no `name` that is a string", index + 1));
        };
        let value = entry.get("value").ok_or_else(|| format!("`{name}` in `env` has no `value`"))?;
        env.push(variable((&name.to_owned(), value))?);
    }
    let without_effect = form.keys().filter(|key| *key != "env").cloned().collect();
    Ok(Form { env, without_effect })
}

fn variable((name, value): (&String, &Value)) -> Result<(String, String), String> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(format!("`{name}` cannot be the name of an environment variable"));
    }
    match value {
        Value::String(value) => Ok((name.clone(), value.clone())),
        Value::Number(_) | Value::Bool(_) => {
            Err(format!("the value of `{name}` must be a string: write \"{value}\" in quotes"))
        }
        _ => Err(format!("the value of `{name}` must be a string")),
    }
}

fn unknown_task(forms: &Map<String, Value>, task: &str) -> String {
    let known: Vec<String> = forms.keys().map(|name| format!("`{name}`")).collect();
    let hint = match nearest(task, forms.keys().map(String::as_str)) {
        Some(nearest) => format!("; did you mean `--task-id {nearest}`?"),
        None if known.is_empty() => "; it is empty".to_owned(),
        None => format!("; it has {}, one of which --task-id can name", known.join(", ")),
    };
    format!("`task_form` has nothing for the task `{task}`{hint}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn both_forms_with_and_without_the_body_around() {
        let map = json!({ "task_form": { "a": { "X": "1", "env": "prod" }, "b": {} } });
        let expected = env(&[("X", "1"), ("env", "prod")]);
        assert_eq!(variables(&map, "a").unwrap().env, expected);
        assert_eq!(variables(&json!({ "dag_run_id": "r", "conf": map }), "a").unwrap().env, expected);
        assert_eq!(variables(&map, "b").unwrap(), Form::default());
        let list = json!({ "task_form": { "a": { "env": [{ "name": "X", "value": "1" }], "command": ["x"] } } });
        let form = variables(&list, "a").unwrap();
        assert_eq!((form.env, form.without_effect), (env(&[("X", "1")]), vec!["command".to_owned()]));
    }

    #[test]
    fn what_is_no_form_is_said() {
        let problem = |body: Value| variables(&body, "a").unwrap_err();
        let form = |form: Value| problem(json!({ "task_form": { "a": form } }));
        assert!(problem(json!({})).contains("no `task_form`"));
        assert!(problem(json!([])).contains("no `task_form`"));
        assert!(problem(json!({ "conf": { "task_form": 5 } })).contains("must be an object"));
        assert!(problem(json!({ "task_form": { "xyz": {} } })).contains("it has `xyz`, one of which --task-id"));
        assert!(problem(json!({ "task_form": {} })).contains("it is empty"));
        assert!(form(json!("x")).contains("must be an object"));
        assert!(form(json!({ "X": 5 })).contains("write \"5\" in quotes"));
        assert!(form(json!({ "X": null })).contains("must be a string"));
        assert!(form(json!({ "X=Y": "z" })).contains("cannot be the name"));
        assert!(form(json!({ "env": [{ "value": "x" }] })).contains("number 1 of `env`"));
        assert!(form(json!({ "env": [{ "name": "X" }] })).contains("has no `value`"));
    }
}
