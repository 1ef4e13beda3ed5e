//! The form of a processing-container.json, for those who write one.

use task_api_core::report::OffsetUnit;
use task_api_ide::form;
use wasm_bindgen::prelude::*;

use super::{input, overlapping, read_edits};
use crate::arguments::{self, type_error};
use crate::plain::plain;

/// A processing-container.json as a form: its templates, their channels, variables, command and resources.
///
/// The text is the state, as in a `TaskForm`. What is in it is known by its place: `templates/0/env/2/value`.
#[wasm_bindgen]
pub struct ContainerForm {
    form: form::ContainerForm,
}

#[wasm_bindgen]
impl ContainerForm {
    /// `text` is that of a processing-container.json; an empty one is `{}`.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "string")] text: JsValue) -> Result<ContainerForm, JsValue> {
        let text = arguments::text("ContainerForm", "text", &text)?;
        let text = if text.trim().is_empty() { "{}" } else { &text };
        Ok(ContainerForm { form: form::ContainerForm::new(text, OffsetUnit::Utf16) })
    }

    /// The container's text.
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

    /// Everything there is to show. Templates and entries have their fields if `open` has their ids.
    #[wasm_bindgen(unchecked_return_type = "ContainerFormState")]
    pub fn state(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "string[]")] open: JsValue,
    ) -> Result<JsValue, JsValue> {
        let wrong = || type_error("state: `open` is not an array of strings");
        let ids = match open.dyn_ref::<js_sys::Array>() {
            Some(list) => list.iter().map(|id| id.as_string()).collect::<Option<Vec<String>>>().ok_or_else(wrong)?,
            None if open.is_undefined() || open.is_null() => Vec::new(),
            None => return Err(wrong()),
        };
        plain(&self.form.state(&ids))
    }

    /// As `validate(text, { kind: "processing-container" })`.
    #[wasm_bindgen(unchecked_return_type = "ValidationResult")]
    pub fn diagnostics(&self) -> Result<JsValue, JsValue> {
        plain(&self.form.diagnostics())
    }

    /// Writes a value, as `TaskForm.set`. An optional field that is emptied is taken out.
    #[wasm_bindgen(unchecked_return_type = "ContainerChange")]
    pub fn set(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | number | boolean | string[]")] value: JsValue,
    ) -> Result<JsValue, JsValue> {
        let id = arguments::text("set", "id", &id)?;
        let wrong = || type_error("set: `value` is not a string, a finite number, true, false or an array of strings");
        plain(&self.form.set(&id, &input(&value).ok_or_else(wrong)?))
    }

    /// Takes an optional field out, so that what the contract says holds.
    #[wasm_bindgen(unchecked_return_type = "ContainerChange")]
    pub fn reset(&mut self, #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue) -> Result<JsValue, JsValue> {
        plain(&self.form.reset(&arguments::text("reset", "id", &id)?))
    }

    /// Adds an entry at the end of a list: `templates` (`value` is its description), `templates/0/inputs` and `outputs`
    /// (its path in the container; empty: `/data/<name>`), `templates/0/env` (its default), `templates/0/resources/limits`
    /// and `requests` (its quantity), `templates/0/inputs/0/scale_rule` (a rule, for which both are empty).
    #[wasm_bindgen(unchecked_return_type = "ContainerChange")]
    pub fn add(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] list: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] value: JsValue,
    ) -> Result<JsValue, JsValue> {
        let list = arguments::text("add", "list", &list)?;
        let name = arguments::text("add", "name", &name)?;
        plain(&self.form.add(&list, &name, &arguments::text("add", "value", &value)?))
    }

    /// Takes out a template, a channel, a variable, a scale rule or an optional field.
    #[wasm_bindgen(unchecked_return_type = "ContainerChange")]
    pub fn remove(&mut self, #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue) -> Result<JsValue, JsValue> {
        plain(&self.form.remove(&arguments::text("remove", "id", &id)?))
    }

    /// Copies a template, a channel or a variable under a name that is free, behind the one that it is copied from.
    #[wasm_bindgen(unchecked_return_type = "ContainerChange")]
    pub fn duplicate(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue,
    ) -> Result<JsValue, JsValue> {
        plain(&self.form.duplicate(&arguments::text("duplicate", "id", &id)?))
    }

    /// Puts a template, a channel or a variable to another place in its list, counting from 0.
    #[wasm_bindgen(js_name = move, unchecked_return_type = "ContainerChange")]
    pub fn move_entry(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] to: JsValue,
    ) -> Result<JsValue, JsValue> {
        let id = arguments::text("move", "id", &id)?;
        let place = to.as_f64().filter(|place| place.trunc() == *place && (0.0..=f64::from(u32::MAX)).contains(place));
        let place = place.ok_or_else(|| type_error("move: `to` is not a whole number from 0"))?;
        plain(&self.form.move_entry(&id, place as usize))
    }
}
