//! Large tasks: the work grows with the text, not with its square. Each of these would take minutes otherwise.

use std::fmt::Write;

use super::*;

const MANY: usize = 10_000;

fn repeated(unit: impl Fn(usize) -> String) -> String {
    (0..MANY).map(unit).collect::<Vec<_>>().join(",")
}

/// A template with this many variables and inputs, and a task that sets all variables, half of them to something else.
fn many() -> TaskForm {
    let declared =
        repeated(|n| format!(r#"{{"name": "VARIABLE_{n}", "value": "{n}", "description": "The variable {n}."}}"#));
    let inputs = repeated(|n| format!(r#"{{"name": "in{n}", "mounted_path": "/in{n}"}}"#));
    let container = format!(
        r#"{{"name": "a", "description": "b", "templates": [{{"identifier": "t", "description": "d", "outputs": [],
        "inputs": [{inputs}], "env": [{declared}]}}]}}"#
    );
    let mut task = minimal_task(&container, "t", None);
    let set = repeated(|n| format!(r#"{{"name": "VARIABLE_{n}", "value": "{}"}}"#, n / 2 * 2));
    task.truncate(task.trim_end().len() - 1);
    let _ = write!(task, ", \"env\": [{set}]}}");
    TaskForm::new(&container, "", Some(&task), OffsetUnit::Utf16)
}

#[test]
fn ten_thousand_of_everything() {
    let mut form = many();
    assert!(form.bind_missing().problem.is_none());
    let state = form.state();
    assert_eq!(state.sections.parameters.fields.len(), MANY);
    assert_eq!(state.sections.parameters.changed, MANY / 2);
    assert_eq!((state.sections.inputs.channels.len(), state.sections.inputs.missing), (MANY, 0));
    assert_eq!(form.what_will_run(&RunOptions::default()).values.len(), 3 + MANY + MANY);
    assert!(form.set("env/VARIABLE_9999", &text_input("y")).problem.is_none());
    assert_eq!(form.field("env/VARIABLE_9999").unwrap().value, Some(FieldValue::Text("y".to_owned())));
    form.trigger_body(&TriggerOptions::default());
    form.operator_snippet(&OperatorOptions::default());
}

#[test]
fn a_name_ten_thousand_times() {
    let task = format!(r#"{{"env": [{}]}}"#, repeated(|n| format!(r#"{{"name": "A", "value": "{n}"}}"#)));
    let mut form = form(&task);
    let field = form.field("env/A").unwrap();
    assert_eq!(field.value, Some(FieldValue::Text((MANY - 1).to_string())), "the last one counts");
    form.reset("env/A");
    assert_eq!(form.text(), r#"{"env": []}"#);
    let labels = repeated(|n| format!(r#""l{n}": "x""#));
    let mut form = self::form(&format!(r#"{{"config": {{"labels": {{{labels}}}}}}}"#));
    assert_eq!(form.state().sections.advanced.changed, MANY);
    assert!(form.remove("config/labels/l5").problem.is_none());
}
