//! The graph of a workflow.json.

use task_api_core::report::OffsetUnit;
use task_api_ide::form::{self, ContainerFileText};
use wasm_bindgen::prelude::*;

use super::{overlapping, read_edits};
use crate::arguments::{self, type_error};
use crate::plain::plain;

/// A workflow.json as a graph: its tasks with their channels, what is connected, and what each change does to the text.
///
/// The text is the state, as in a `TaskForm`. Tasks, connections and sources are known by their places: `tasks/0`,
/// `tasks/1/iochannel_maps/0`, `inputs/0`.
#[wasm_bindgen]
pub struct WorkflowForm {
    form: form::WorkflowForm,
}

#[wasm_bindgen]
impl WorkflowForm {
    /// `containers` are the processing-container.json files that are at hand: `{ path, text }`, with the path that the
    /// workflow's `containers` has for it; others are for tasks that name one of their templates.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "WorkflowContainer[]")] containers: JsValue,
    ) -> Result<WorkflowForm, JsValue> {
        let text = arguments::text("WorkflowForm", "text", &text)?;
        let text = if text.trim().is_empty() { "{}" } else { &text };
        let containers = container_files("WorkflowForm", &containers)?;
        Ok(WorkflowForm { form: form::WorkflowForm::new(text, containers, OffsetUnit::Utf16) })
    }

    /// The workflow's text.
    #[wasm_bindgen(js_name = toText)]
    pub fn to_text(&self) -> String {
        self.form.text().to_owned()
    }

    /// Another text, as from an editor.
    #[wasm_bindgen(js_name = setText)]
    pub fn set_text(&mut self, #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue) -> Result<(), JsValue> {
        self.form.set_text(arguments::text("setText", "text", &text)?);
        Ok(())
    }

    /// Changes that an editor has made, each in offsets of the text before all of them.
    #[wasm_bindgen(js_name = applyEdits)]
    pub fn apply_edits(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "TextEdit[]")] edits: JsValue,
    ) -> Result<(), JsValue> {
        let edits = read_edits(self.form.text(), &edits)?;
        if self.form.apply(&edits) { Ok(()) } else { Err(overlapping()) }
    }

    #[wasm_bindgen(js_name = setContainers)]
    pub fn set_containers(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "WorkflowContainer[]")] containers: JsValue,
    ) -> Result<(), JsValue> {
        self.form.set_containers(container_files("setContainers", &containers)?);
        Ok(())
    }

    /// Everything there is to draw.
    #[wasm_bindgen(unchecked_return_type = "WorkflowState")]
    pub fn state(&self) -> Result<JsValue, JsValue> {
        plain(&self.form.state())
    }

    /// What the rules say of the workflow with its containers.
    #[wasm_bindgen(unchecked_return_type = "ValidationResult")]
    pub fn diagnostics(&self) -> Result<JsValue, JsValue> {
        plain(&self.form.diagnostics())
    }

    /// Feeds an input of a task from an output of another, instead of what fed it before. Without channels, the one
    /// only waits for the other.
    #[wasm_bindgen(unchecked_return_type = "WorkflowChange")]
    pub fn connect(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] from: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | undefined")] output: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] to: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | undefined")] input: JsValue,
    ) -> Result<JsValue, JsValue> {
        let from = arguments::text("connect", "from", &from)?;
        let to = arguments::text("connect", "to", &to)?;
        let optional = |name: &str, value: &JsValue| match value.is_undefined() || value.is_null() {
            true => Ok(None),
            false => arguments::text("connect", name, value).map(Some),
        };
        let (output, input) = (optional("output", &output)?, optional("input", &input)?);
        plain(&self.form.connect(&from, output.as_deref(), &to, input.as_deref()))
    }

    /// Takes out a connection, a source, or a task with its connections.
    #[wasm_bindgen(unchecked_return_type = "WorkflowChange")]
    pub fn remove(&mut self, #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue) -> Result<JsValue, JsValue> {
        plain(&self.form.remove(&arguments::text("remove", "id", &id)?))
    }

    /// Writes `tasks/0/task_id` (and all that refers to it), `tasks/0/image`, `tasks/0/taskTemplate`, `tasks/0/env/NAME`
    /// (empty: as the template has it) or `inputs/0/host_path`.
    #[wasm_bindgen(unchecked_return_type = "WorkflowChange")]
    pub fn set(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] value: JsValue,
    ) -> Result<JsValue, JsValue> {
        let id = arguments::text("set", "id", &id)?;
        plain(&self.form.set(&id, &arguments::text("set", "value", &value)?))
    }

    /// Adds a task at the end, under a name that is free.
    #[wasm_bindgen(js_name = addTask, unchecked_return_type = "WorkflowChange")]
    pub fn add_task(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] template: JsValue,
    ) -> Result<JsValue, JsValue> {
        plain(&self.form.add_task(&arguments::text("addTask", "template", &template)?))
    }

    /// Feeds an input of a task from a directory of the host, instead of what fed it before.
    #[wasm_bindgen(js_name = addSource, unchecked_return_type = "WorkflowChange")]
    pub fn add_source(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] to: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] input: JsValue,
        #[wasm_bindgen(js_name = hostPath, unchecked_param_type = "string")] host_path: JsValue,
    ) -> Result<JsValue, JsValue> {
        let to = arguments::text("addSource", "to", &to)?;
        let input = arguments::text("addSource", "input", &input)?;
        plain(&self.form.add_source(&to, &input, &arguments::text("addSource", "hostPath", &host_path)?))
    }
}

#[wasm_bindgen(typescript_custom_section)]
const CONTAINERS: &str = r#"
/** A processing-container.json that tasks of a workflow may use. */
export interface WorkflowContainer {
    path: string;
    text: string;
}
"#;

fn container_files(function: &str, value: &JsValue) -> Result<Vec<ContainerFileText>, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(Vec::new());
    }
    let wrong = || type_error(&format!("{function}: `containers` is not an array of objects with `path` and `text`"));
    let list = value.dyn_ref::<js_sys::Array>().ok_or_else(wrong)?;
    let field = |file: &JsValue, name: &str| js_sys::Reflect::get(file, &name.into()).ok()?.as_string();
    let read = |file: JsValue| Some(ContainerFileText { path: field(&file, "path")?, text: field(&file, "text")? });
    list.iter().map(read).collect::<Option<Vec<_>>>().ok_or_else(wrong)
}
