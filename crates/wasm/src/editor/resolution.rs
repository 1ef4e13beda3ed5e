//! What a task comes to.

use std::collections::BTreeMap;

use serde::Serialize;
use task_api_core::conf::{self, Problem};
use task_api_core::model::{Container, Task, Template};
use task_api_core::report::{Diagnostic, Severity, validation_result};
use task_api_core::resolve::{self, Origin, Overrides, TaskInstance, check_overrides};
use task_api_core::{CheckOptions, Checked, Kind, check};
use tsify::Tsify;

use crate::validator::report_document;

#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResolveResult {
    /// The task with nothing left open; not there if something is wrong. Secrets are not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    task_instance: Option<TaskInstance>,
    /// Where each value is from, by JSON Pointer into the instance.
    #[tsify(type = "Record<string, Origin>")]
    origins: BTreeMap<String, Origin>,
    /// What was found in the task, which is checked against the container.
    diagnostics: Vec<Diagnostic>,
    /// What was found in the container.
    container_diagnostics: Vec<Diagnostic>,
    /// What is to be said that has no place in either.
    notices: Vec<Notice>,
}

#[derive(Serialize, Tsify)]
pub(crate) struct Notice {
    severity: Severity,
    message: String,
}

pub(super) fn resolve(task_text: &str, container_text: &str, conf: Option<&str>) -> ResolveResult {
    let container = (!container_text.is_empty()).then_some(container_text);
    let checked_container = container.map(|text| check(text, &options(Kind::ProcessingContainer, None)));
    let checked_task = check(task_text, &options(Kind::Task, container));
    let container_document = container.map(report_document);
    let diagnostics = |checked: &Checked, text: &str| {
        validation_result(checked, &report_document(text), container_document.as_slice()).diagnostics
    };
    let mut result = ResolveResult {
        task_instance: None,
        origins: BTreeMap::new(),
        diagnostics: diagnostics(&checked_task, task_text),
        container_diagnostics: checked_container.iter().flat_map(|c| diagnostics(c, container_text)).collect(),
        notices: Vec::new(),
    };
    // Without a version, the text is JSON only after it has been rendered.
    let is_ready = |checked: &Checked| checked.is_valid() && checked.version.is_some();
    if !is_ready(&checked_task) || !checked_container.as_ref().is_none_or(is_ready) {
        return result;
    }
    let task = Task::read(checked_task.tree.root(task_text));
    let container = checked_container.as_ref().map(|checked| Container::read(checked.tree.root(container_text)));
    let named = task.template_identifier();
    let of_container = container.as_ref().zip(named).and_then(|(container, named)| container.template(&named.value));
    match task.inline_template().or(of_container.as_ref()) {
        Some(template) => result.merge(&task, template, conf),
        None => {
            let named = named.map_or("", |named| &named.value);
            result.error(format!("the task names the template `{named}`, and there is no container that has it"));
        }
    }
    result
}

fn options(kind: Kind, container: Option<&str>) -> CheckOptions<'_> {
    CheckOptions { kind: Some(kind), container, ..CheckOptions::default() }
}

impl ResolveResult {
    fn merge(&mut self, task: &Task<'_>, template: &Template<'_>, conf: Option<&str>) {
        let name = task.name.as_ref().map_or("", |name| &name.value);
        let overrides = match conf.map(|conf| conf::read(conf, name)).transpose() {
            Ok(form) => {
                let form = form.unwrap_or_default();
                for field in form.without_effect {
                    let message =
                        format!("`conf`: `{field}` of the task `{name}` has no effect; only its `env` is used");
                    self.notices.push(Notice { severity: Severity::Warning, message });
                }
                Overrides { conf: form.env, ..Overrides::default() }
            }
            Err(Problem::Other(message)) => return self.error(format!("`conf`: {message}")),
            Err(Problem::UnknownTask { known, nearest }) => {
                let hint = match nearest {
                    Some(nearest) => format!("; did you mean `{nearest}`?"),
                    None if known.is_empty() => "; it is empty".to_owned(),
                    None => format!("; it has {}", known.join(", ")),
                };
                return self.error(format!("`conf`: `task_form` has nothing for the task `{name}`{hint}"));
            }
        };
        let mut is_allowed = true;
        for problem in check_overrides(template, &overrides) {
            match problem {
                Ok(message) => self.notices.push(Notice { severity: Severity::Warning, message }),
                Err(message) => {
                    is_allowed = false;
                    self.error(format!("`conf`: {message}"));
                }
            }
        }
        if !is_allowed {
            return;
        }
        let resolution = resolve::resolve(task, template, &overrides);
        let notice = |message| Notice { severity: Severity::Warning, message };
        self.notices.extend(resolution.notices.into_iter().map(notice));
        self.task_instance = Some(resolution.instance);
        self.origins = resolution.origins;
    }

    fn error(&mut self, message: String) {
        self.notices.push(Notice { severity: Severity::Error, message });
    }
}
