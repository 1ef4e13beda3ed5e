//! The request that triggers a workflow with the values of this task.

use task_api_core::command_line::shell_word;
use task_api_core::secret::is_secret_name;
use task_api_core::template::has_expression;
use task_api_json::quote;

use super::TaskForm;
use super::id::FieldId;
use super::operator::task_id;
use super::reading::value_of;
use super::types::{FieldValue, TriggerBody};
use super::view::View;

#[derive(Debug, Clone, Default)]
pub struct TriggerOptions {
    /// Of the task in the workflow; by default made of the task's name.
    pub task_id: Option<String>,
    pub dag_id: Option<String>,
    /// Where the platform is.
    pub url: Option<String>,
    /// Writes secrets out.
    pub include_secrets: bool,
}

impl TaskForm {
    pub fn trigger_body(&self, options: &TriggerOptions) -> TriggerBody {
        let view = self.view();
        let task = options.task_id.clone().unwrap_or_else(|| view.task_id());
        let (mut withheld, mut notes) = (Vec::new(), Vec::new());
        let mut lines = Vec::new();
        for (name, value) in view.set_variables() {
            let is_hidden = is_secret_name(&name) && !value.is_empty() && !options.include_secrets;
            if has_expression(&value) {
                notes.push(format!(
                    "`{name}` holds a template expression, which a trigger request passes on as it stands."
                ));
            }
            let shown = if is_hidden { format!("<{name}>") } else { value };
            lines.push(format!("        {}: {}", quote(&name), quote(&shown)));
            withheld.extend(is_hidden.then_some(name));
        }
        if lines.is_empty() {
            notes.push("The task sets no variables, so the request changes nothing.".to_owned());
        }
        if !withheld.is_empty() {
            notes.push(format!("Put the value in for {}.", in_words(&withheld)));
        }
        let form = if lines.is_empty() { "{}".to_owned() } else { format!("{{\n{}\n      }}", lines.join(",\n")) };
        let json =
            format!("{{\n  \"conf\": {{\n    \"task_form\": {{\n      {}: {form}\n    }}\n  }}\n}}\n", quote(&task));
        let url = options.url.as_deref().unwrap_or("https://<kaapana-domain>").trim_end_matches('/');
        let dag = options.dag_id.as_deref().unwrap_or("<dag_id>");
        let address = shell_word(&format!("{url}/flow/api/v1/dags/{dag}/dagRuns"));
        let headers = "-H 'accept: application/json' -H 'Content-Type: application/json'";
        let curl = format!("curl -X POST {address} {headers} -d {}", shell_word(json.trim_end()));
        TriggerBody { json, curl, task_id: task, withheld, notes }
    }
}

impl View<'_> {
    /// The variables that the task sets, to another value than the template's.
    pub(super) fn set_variables(&self) -> Vec<(String, String)> {
        let variable = |(name, _): (&str, _)| {
            let id = FieldId::Env(name.to_owned());
            let value = self.now.get(&id).and_then(value_of)?;
            let default = self.template().and_then(|template| template.get(&id)).and_then(value_of);
            let is_default = default.as_ref() == Some(&value);
            let text = FieldValue::text(&value).filter(|_| !is_default)?;
            Some((name.to_owned(), text.to_owned()))
        };
        self.now.variables().filter_map(variable).collect()
    }

    pub(super) fn task_id(&self) -> String {
        let name = self.own(&FieldId::Name).value;
        task_id(name.as_ref().and_then(FieldValue::text).unwrap_or_default())
    }
}

pub(super) fn in_words(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.join(""),
    }
}
