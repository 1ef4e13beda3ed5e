//! The form as a user interface sees it.

mod changes;
mod large;
mod properties;
mod run;
mod state;

use std::fmt::Write;

use task_api_core::report::{self, OffsetUnit};
use task_api_json::{Span, TextEdit, apply_edits};

use super::*;

pub(super) const CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes one mask for each image.",
      "inputs": [
        {
          "name": "images",
          "mounted_path": "/data/images",
          "description": "One scan per item: <item>/scan.nii.gz.",
          "scale_rule": {"complexity": "20*n", "type": "limit", "mode": "max_file_size"}
        }
      ],
      "outputs": [{"name": "masks", "mounted_path": "/data/masks"}],
      "env": [
        {"name": "THRESHOLD", "value": "0.5", "description": "Voxels below are background."},
        {"name": "FOLDS", "value": "5", "type": "int"},
        {"name": "FAST", "value": "True", "type": "boolean"},
        {"name": "UNIT", "value": "mm", "type": "string", "choices": ["mm", "cm"]},
        {"name": "MODEL", "value": "v2", "type": "string", "adjustable": false},
        {"name": "API_TOKEN", "value": "t0p"}
      ],
      "command": ["python3", "-u", "segment.py"],
      "resources": {"limits": {"memory": "2Gi", "cpu": "500m"}}
    },
    {
      "identifier": "measure",
      "description": "Measures masks.",
      "inputs": [{"name": "masks", "mounted_path": "/data/masks"}],
      "outputs": [{"name": "volumes", "mounted_path": "/data/volumes", "description": "summary/volumes.csv"}],
      "env": [{"name": "UNIT", "value": "ml", "choices": ["ml", "l"]}]
    }
  ]
}
"#;

pub(super) const TASK: &str = r#"{
  "name": "study 7",
  "image": "registry.example.org/lungs:1.2.0",
  "taskTemplate": "segment",
  "owner": "radiology", // asks for masks
  "inputs": [
    {"name": "images", "input": {"host_path": "./images"}, "note": "from the PACS"}
  ],
  "outputs": [],
  "env": [
    {"name": "THRESHOLD", "value": "0.7"}, // as in the paper
    {"name": "EXTRA", "value": "1"}
  ]
}
"#;

pub(super) fn form(task: &str) -> TaskForm {
    TaskForm::new(CONTAINER, "", Some(task), OffsetUnit::Bytes)
}

/// A text that is JSON, as the one above without its comments.
pub(super) fn plain(text: &str) -> String {
    text.lines().map(|line| line.split(" // ").next().unwrap_or_default()).collect::<Vec<_>>().join("\n") + "\n"
}

pub(super) fn text_input(text: &str) -> Input {
    Input::Text(text.to_owned())
}

/// The edits of a change in bytes, as the form gave them.
pub(super) fn bytes(edits: &[report::TextEdit]) -> Vec<TextEdit> {
    let edit = |edit: &report::TextEdit| {
        TextEdit::replace(Span::new(edit.range.start.offset, edit.range.end.offset), edit.new_text.clone())
    };
    edits.iter().map(edit).collect()
}

/// The form's text changed as the edits say, and their inverse brings the text before back.
#[track_caller]
pub(super) fn assert_fits(before: &str, form: &TaskForm, edits: &[report::TextEdit], inverse: &[report::TextEdit]) {
    assert_eq!(apply_edits(before, &bytes(edits)).as_deref(), Some(form.text()));
    assert_eq!(apply_edits(form.text(), &bytes(inverse)).as_deref(), Some(before));
}

pub(super) fn shown(value: &Option<FieldValue>) -> String {
    match value {
        Some(FieldValue::Text(text)) => format!("{text:?}"),
        Some(FieldValue::Words(words)) => format!("{words:?}"),
        None => "-".to_owned(),
    }
}

/// One line for a field: what it says, what holds, and whatever is out of the ordinary.
pub(super) fn line(field: &Field) -> String {
    let mut line = format!("{} {:?} {:?}: {}", field.id, field.kind, field.label, shown(&field.value));
    let _ = write!(line, " [{} {:?}]", shown(&field.default), field.origin);
    let marks = [
        (field.is_missing, "missing"),
        (field.is_set, "set"),
        (field.is_changed, "changed"),
        (field.locked.is_some(), "locked"),
        (field.is_guessed, "guessed"),
        (field.is_secret, "secret"),
        (field.is_removable, "removable"),
        (field.is_unknown, "unknown"),
        (field.broken.is_some(), "broken"),
    ];
    marks.iter().filter(|(is, _)| *is).for_each(|(_, mark)| line.extend([" ", mark]));
    for index in &field.diagnostics {
        let _ = write!(line, " #{index}");
    }
    line
}

pub(super) fn lines(state: &FormState) -> String {
    let sections = &state.sections;
    let mut text = String::new();
    for section in [
        &sections.task,
        &sections.inputs,
        &sections.outputs,
        &sections.parameters,
        &sections.resources,
        &sections.advanced,
    ] {
        let _ = writeln!(text, "== {:?}: {} missing, {} changed", section.id, section.missing, section.changed);
        for channel in &section.channels {
            let rule = channel.rule.as_deref().unwrap_or("-");
            let path = channel.container_path.as_deref().unwrap_or("-");
            let _ = writeln!(text, "{} at {path}: {rule}\n  {}", channel.id, line(&channel.host_path));
        }
        section.fields.iter().for_each(|field| {
            let _ = writeln!(text, "{}", line(field));
        });
    }
    for (index, found) in state.diagnostics.iter().enumerate() {
        let field = found.field.as_deref().unwrap_or("-");
        let _ = writeln!(text, "#{index} {field}: {} [{}]", found.diagnostic.message, found.diagnostic.rule);
    }
    text
}
