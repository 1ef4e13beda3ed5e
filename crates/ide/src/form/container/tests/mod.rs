//! A container's form as an author's user interface sees it.

mod changes;
mod properties;
mod state;

use std::fmt::Write;

use task_api_core::report::OffsetUnit;
use task_api_json::apply_edits;

use super::*;
use crate::form::Input;
use crate::form::tests::{bytes, shown};
use crate::form::types::{Field, FieldValue};

pub(super) const CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Segments lungs.",
  "x-owner": "radiology",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes one mask for each image.",
      "inputs": [
        {
          "name": "images",
          "mounted_path": "/data/images",
          "scale_rule": {"complexity": "20*n", "type": "limit", "mode": "max_file_size"}
        }
      ],
      "outputs": [{"name": "masks", "mounted_path": "/data/masks"}],
      "env": [
        {"name": "THRESHOLD", "value": "0.5", "description": "Voxels below are background."}, // as in the paper
        // Cross-validation.
        {"name": "FOLDS", "value": "5", "type": "int"},
        {"name": "UNIT", "value": "mm", "type": "string", "choices": ["mm", "cm"], "adjustable": false}
      ],
      "command": ["python3", "-u", "segment.py"],
      "resources": {"limits": {"memory": "2Gi"}}
    },
    {
      "identifier": "measure",
      "description": "Measures masks.",
      "inputs": [],
      "outputs": [],
      "env": []
    }
  ]
}
"#;

/// The same in version 1, as far as that has its fields, and as JSON.
pub(super) fn of_version_1() -> String {
    let text = CONTAINER.replace("\"complexity\": \"20*n\"", "\"scale_factor\": 20").replace(", \"type\": \"int\"", "");
    let text = text.replace("\"type\": \"string\", ", "").replace(", \"adjustable\": false", "");
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let lines: Vec<&str> = lines.map(|line| line.split(" // ").next().unwrap_or_default()).collect();
    lines.join("\n").replacen("{\n", "{\n  \"api_version\": 1,\n", 1) + "\n"
}

pub(super) fn form(text: &str) -> ContainerForm {
    ContainerForm::new(text, OffsetUnit::Bytes)
}

pub(super) fn text_input(text: &str) -> Input {
    Input::Text(text.to_owned())
}

/// The form's text changed as the change says, and its inverse brings the text before back.
#[track_caller]
pub(super) fn assert_fits(before: &str, form: &ContainerForm, change: &ContainerChange) {
    assert_eq!(apply_edits(before, &bytes(&change.edits)).as_deref(), Some(form.text()));
    assert_eq!(apply_edits(form.text(), &bytes(&change.inverse)).as_deref(), Some(before));
}

fn line(field: &Field) -> String {
    let mut line = format!("{} {:?} {:?}: {}", field.id, field.kind, field.label, shown(&field.value));
    if field.default.is_some() {
        let _ = write!(line, " [{}]", shown(&field.default));
    }
    let marks = [
        (field.is_missing, "missing"),
        (field.is_changed, "changed"),
        (field.is_guessed, "guessed"),
        (field.is_secret, "secret"),
        (field.is_removable, "removable"),
        (field.broken.is_some(), "broken"),
    ];
    marks.iter().filter(|(is, _)| *is).for_each(|(_, mark)| line.extend([" ", mark]));
    field.diagnostics.iter().for_each(|index| {
        let _ = write!(line, " #{index}");
    });
    line
}

pub(super) fn lines(state: &ContainerFormState) -> String {
    let mut text = format!("version {}, {} missing\n", state.api_version, state.missing);
    let fields = |text: &mut String, fields: &[Field]| {
        fields.iter().for_each(|field| {
            let _ = writeln!(text, "{}", line(field));
        });
    };
    fields(&mut text, &state.fields);
    for template in &state.templates {
        let TemplateEntry { id, identifier, inputs, outputs, parameters, missing, .. } = template;
        let _ = writeln!(text, "== {id} {identifier}: {inputs} in, {outputs} out, {parameters} env, {missing} missing");
        let Some(parts) = &template.parts else { continue };
        fields(&mut text, &parts.fields);
        for entry in parts.inputs.iter().chain(&parts.outputs).chain(&parts.env) {
            let value = entry.value.as_deref().unwrap_or("-");
            let of_type = entry.of_type.as_deref().unwrap_or("-");
            let _ = write!(text, "= {} {}: {value} {of_type}, {} missing", entry.id, entry.name, entry.missing);
            let rule = entry.rule.as_deref().unwrap_or_default();
            let marks = [(entry.is_fixed, "fixed"), (entry.can_have_rule, "can have a rule"), (!rule.is_empty(), rule)];
            marks.iter().filter(|(is, _)| *is).for_each(|(_, mark)| text.extend([", ", mark]));
            text.push('\n');
            fields(&mut text, &entry.fields);
        }
        fields(&mut text, std::slice::from_ref(&parts.command));
        fields(&mut text, &parts.resources);
    }
    for (index, found) in state.diagnostics.iter().enumerate() {
        let field = found.field.as_deref().unwrap_or("-");
        let _ = writeln!(text, "#{index} {field}: {} [{}]", found.diagnostic.message, found.diagnostic.rule);
    }
    text
}
