//! The form of a task, as a class: its text stays on this side of the boundary, so that a change is not a copy of it.

#[cfg(feature = "editor")]
mod container;
mod options;
#[cfg(feature = "editor")]
mod workflow;

use task_api_core::ApiVersion;
use task_api_core::report::OffsetUnit;
use task_api_ide::form::{self, Input, minimal_task};
use task_api_json::{LineIndex, Span, TextEdit};
use wasm_bindgen::prelude::*;

use crate::arguments::{self, type_error};
use crate::options::{entries, plain_object};
use crate::plain::plain;

/// A task.json as a form: what can be filled in, what it is set to, and what each change does to the text.
///
/// The text is the state. Every change is applied to the form's own text and given back as edits for an editor's, which
/// keep comments, unknown fields and layout.
#[wasm_bindgen]
pub struct TaskForm {
    form: form::TaskForm,
}

#[wasm_bindgen]
impl TaskForm {
    /// `container` is the text of a processing-container.json, or empty if the task has its template written out.
    /// `template` is the identifier of the template for a new task, or empty for the container's only one; with
    /// `task`, it counts where the task names none. Without `task`, the form has the smallest task for the template.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "string")] container: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] template: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "string")] task: JsValue,
    ) -> Result<TaskForm, JsValue> {
        let container = arguments::text("TaskForm", "container", &container)?;
        let template = arguments::text("TaskForm", "template", &template)?;
        let task = match task.is_undefined() || task.is_null() {
            true => None,
            false => Some(arguments::text("TaskForm", "task", &task)?),
        };
        Ok(TaskForm { form: form::TaskForm::new(&container, &template, task.as_deref(), OffsetUnit::Utf16) })
    }

    /// The smallest task for a template: what must be there, with nothing bound. By default of the container's version.
    #[wasm_bindgen(js_name = minimalTask)]
    pub fn minimal_task(
        #[wasm_bindgen(unchecked_param_type = "string")] container: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] template: JsValue,
        #[wasm_bindgen(js_name = apiVersion, unchecked_optional_param_type = "0 | 1")] api_version: JsValue,
    ) -> Result<String, JsValue> {
        let container = arguments::text("TaskForm.minimalTask", "container", &container)?;
        let template = arguments::text("TaskForm.minimalTask", "template", &template)?;
        let known = [ApiVersion::V0, ApiVersion::V1];
        let version = match (api_version.is_undefined() || api_version.is_null(), api_version.as_f64()) {
            (true, _) => None,
            (false, number) => {
                let version = known.into_iter().find(|version| Some(f64::from(version.number())) == number);
                Some(version.ok_or_else(|| type_error("TaskForm.minimalTask: `apiVersion` is not 0 or 1"))?)
            }
        };
        Ok(minimal_task(&container, &template, version))
    }

    /// The task's text.
    #[wasm_bindgen(js_name = toText)]
    pub fn to_text(&self) -> String {
        self.form.text().to_owned()
    }

    /// Another text, as from an editor. What could be read last is remembered while a text is broken.
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

    /// The text of the processing-container.json.
    #[wasm_bindgen(js_name = containerText)]
    pub fn container_text(&self) -> String {
        self.form.container_text().to_owned()
    }

    #[wasm_bindgen(js_name = setContainer)]
    pub fn set_container(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    ) -> Result<(), JsValue> {
        self.form.set_container(&arguments::text("setContainer", "text", &text)?);
        Ok(())
    }

    /// Everything there is to show.
    #[wasm_bindgen(unchecked_return_type = "FormState")]
    pub fn state(&self) -> Result<JsValue, JsValue> {
        plain(&self.form.state())
    }

    /// One field as `state()` has it; nothing if there is none of this id.
    #[wasm_bindgen(unchecked_return_type = "Field | undefined")]
    pub fn field(&self, #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue) -> Result<JsValue, JsValue> {
        match self.form.field(&arguments::text("field", "id", &id)?) {
            Some(field) => plain(&field),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// As `validate(text, { kind: "task", container })`.
    #[wasm_bindgen(unchecked_return_type = "ValidationResult")]
    pub fn diagnostics(&self) -> Result<JsValue, JsValue> {
        plain(&self.form.diagnostics())
    }

    /// Writes a value: a string for all kinds of fields but lists, also a boolean for a switch and a number for numbers.
    #[wasm_bindgen(unchecked_return_type = "Change")]
    pub fn set(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | number | boolean | string[]")] value: JsValue,
    ) -> Result<JsValue, JsValue> {
        let id = arguments::text("set", "id", &id)?;
        let wrong = || type_error("set: `value` is not a string, a finite number, true, false or an array of strings");
        let input = input(&value).ok_or_else(wrong)?;
        plain(&self.form.set(&id, &input))
    }

    /// Back to what holds without the task's word: the template's value, or none.
    #[wasm_bindgen(unchecked_return_type = "Change")]
    pub fn reset(&mut self, #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue) -> Result<JsValue, JsValue> {
        plain(&self.form.reset(&arguments::text("reset", "id", &id)?))
    }

    /// Adds an entry to a list; one of this name that is there already gets the value.
    #[wasm_bindgen(unchecked_return_type = "Change")]
    pub fn add(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "AddableList")] list: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] value: JsValue,
    ) -> Result<JsValue, JsValue> {
        let list = arguments::text("add", "list", &list)?;
        let name = arguments::text("add", "name", &name)?;
        plain(&self.form.add(&list, &name, &arguments::text("add", "value", &value)?))
    }

    /// Takes an entry out of the task, whatever the template says.
    #[wasm_bindgen(unchecked_return_type = "Change")]
    pub fn remove(&mut self, #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue) -> Result<JsValue, JsValue> {
        plain(&self.form.remove(&arguments::text("remove", "id", &id)?))
    }

    /// Gives an entry that only the task speaks of another name.
    #[wasm_bindgen(unchecked_return_type = "Change")]
    pub fn rename(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
    ) -> Result<JsValue, JsValue> {
        let id = arguments::text("rename", "id", &id)?;
        plain(&self.form.rename(&id, &arguments::text("rename", "name", &name)?))
    }

    /// Another template: what fits stays or moves, what does not fit any more is kept in the text and named.
    #[wasm_bindgen(js_name = changeTemplate, unchecked_return_type = "TemplateChange")]
    pub fn change_template(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] identifier: JsValue,
    ) -> Result<JsValue, JsValue> {
        plain(&self.form.change_template(&arguments::text("changeTemplate", "identifier", &identifier)?))
    }

    /// Binds each channel without a directory to `./<name>`.
    #[wasm_bindgen(js_name = bindMissing, unchecked_return_type = "Change")]
    pub fn bind_missing(&mut self) -> Result<JsValue, JsValue> {
        plain(&self.form.bind_missing())
    }

    /// The merged task, the lines that run it, the memory that it asks for and what its directories hold.
    #[wasm_bindgen(js_name = whatWillRun, unchecked_return_type = "WhatWillRun")]
    pub fn what_will_run(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "RunOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        plain(&self.form.what_will_run(&options::run(&options)?))
    }

    /// The request that triggers a workflow with the values of this task.
    #[wasm_bindgen(js_name = triggerBody, unchecked_return_type = "TriggerBody")]
    pub fn trigger_body(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "TriggerOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        plain(&self.form.trigger_body(&options::trigger(&options)?))
    }

    /// The task as a `KaapanaTaskOperator` in a workflow's Python file.
    #[wasm_bindgen(js_name = operatorSnippet, unchecked_return_type = "OperatorSnippet")]
    pub fn operator_snippet(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "OperatorOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        plain(&self.form.operator_snippet(&options::operator(&options)?))
    }
}

#[wasm_bindgen(typescript_custom_section)]
const LISTS: &str = r#"
/** The lists of a form that take more entries. */
export type AddableList =
    | "env"
    | "inputs"
    | "outputs"
    | "config/labels"
    | "config/annotations"
    | "resources/limits"
    | "resources/requests";
"#;

/// The edits that `applyEdits` is given, in bytes of a text.
fn read_edits(text: &str, edits: &JsValue) -> Result<Vec<TextEdit>, JsValue> {
    let list = edits.dyn_ref::<js_sys::Array>().ok_or_else(|| wrong_edits("is not an array"))?;
    let index = LineIndex::new(text);
    let length = index.utf16_offset(u32::MAX);
    let read = |edit: JsValue| {
        let field = |object: &JsValue, name: &str| js_sys::Reflect::get(object, &name.into()).ok();
        let range = field(&edit, "range")?;
        let offset = |end: &str| {
            let units = field(&field(&range, end)?, "offset")?.as_f64()?;
            let is_place = units.trunc() == units && (0.0..=f64::from(length)).contains(&units);
            is_place.then(|| index.byte_of_utf16(units as u32))
        };
        let (start, end) = (offset("start")?, offset("end")?);
        let new_text = field(&edit, "newText")?.as_string()?;
        (start <= end).then(|| TextEdit::replace(Span::new(start, end), new_text))
    };
    let edits: Option<Vec<TextEdit>> = list.iter().map(read).collect();
    edits.ok_or_else(|| wrong_edits("are not all `TextEdit`s within the text"))
}

fn wrong_edits(what: &str) -> JsValue {
    type_error(&format!("applyEdits: `edits` {what}"))
}

fn overlapping() -> JsValue {
    wrong_edits("overlap")
}

fn input(value: &JsValue) -> Option<Input> {
    if let Some(list) = value.dyn_ref::<js_sys::Array>() {
        return list.iter().map(|word| word.as_string()).collect::<Option<Vec<String>>>().map(Input::Words);
    }
    if let Some(number) = value.as_f64() {
        // JavaScript writes it: the standard library's code for that is a hundredth of the module.
        let written = js_sys::JSON::stringify(value).ok().filter(|_| number.is_finite())?;
        return written.as_string().map(Input::Text);
    }
    value.as_bool().map(Input::Switch).or_else(|| value.as_string().map(Input::Text))
}

/// The fields of an object of options; nothing for `undefined` and `null`.
fn fields(function: &str, options: &JsValue) -> Result<Vec<(String, JsValue)>, JsValue> {
    if options.is_undefined() || options.is_null() {
        return Ok(Vec::new());
    }
    let object = plain_object(options).ok_or_else(|| type_error(&format!("{function}: `options` is not an object")))?;
    let fields = entries(object).ok_or_else(|| type_error(&format!("{function}: `options` cannot be read")))?;
    Ok(fields.into_iter().filter(|(_, value)| !value.is_undefined()).collect())
}
