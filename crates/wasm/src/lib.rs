//! The npm package. A first version whose `validate` knows a single defect, so that packaging and
//! its tests can be exercised end to end; the types are the final ones.

mod types;

use task_api_json as _;
use tsify::{Ts, Tsify as _};
use wasm_bindgen::prelude::*;

use crate::types::{Diagnostic, Options, Position, Range, Severity, ValidationResult};

/// Checks the text of one file.
// `JsValue` and not `&str`: a wrong argument is a `TypeError` that names it.
#[wasm_bindgen]
pub fn validate(
    #[wasm_bindgen(unchecked_param_type = "string")] text: JsValue,
    options: Option<Ts<Options>>,
) -> Result<Ts<ValidationResult>, JsValue> {
    let Some(text) = text.as_string() else {
        return Err(js_sys::TypeError::new("validate: `text` is not a string").into());
    };
    let options = match options {
        None => Options::default(),
        Some(options) => options
            .to_rust()
            .map_err(|error| JsValue::from(js_sys::TypeError::new(&format!("validate: `options`: {error}"))))?,
    };
    check(&text, &options).into_ts().map_err(|error| JsError::new(&error.to_string()).into())
}

fn check(text: &str, options: &Options) -> ValidationResult {
    let defect = "\"name\": 5";
    let diagnostics: Vec<Diagnostic> = text
        .find(defect)
        .map(|at| at + defect.len() - 1)
        .map(|at| Diagnostic {
            rule: "wrong-type".to_owned(),
            severity: Severity::Error,
            group: "contract".to_owned(),
            message: "expected a string, found a number".to_owned(),
            note: None,
            pointer: "/name".to_owned(),
            range: Range { start: position(text, at), end: position(text, at + 1) },
            related: Vec::new(),
            fixes: Vec::new(),
        })
        .into_iter()
        .collect();
    ValidationResult {
        kind: options.kind.unwrap_or_default().resolve(text),
        api_version: 0,
        valid: diagnostics.is_empty(),
        diagnostics,
    }
}

fn position(text: &str, byte: usize) -> Position {
    let before = &text[..byte];
    let line = before.rsplit('\n').next().unwrap_or_default();
    Position {
        line: before.matches('\n').count() as u32,
        character: line.encode_utf16().count() as u32,
        offset: before.encode_utf16().count() as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_utf16() {
        let result = check("{\"x\": \"🧠\",\n \"y\": \"🧠\", \"name\": 5}", &Options::default());
        let range = &result.diagnostics[0].range;
        assert_eq!((range.start.line, range.start.character, range.start.offset), (1, 20, 32));
    }
}
