//! Any changes to any text: nothing panics, nothing of the user's is lost, and everything can be undone.

use proptest::prelude::*;
use task_api_json::parse;

use super::*;

/// What somebody does in the form.
#[derive(Debug, Clone)]
enum Step {
    Set(usize, Value),
    Reset(usize),
    Remove(usize),
    Add(usize, String, String),
    Template(usize),
    Bind,
}

#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Switch(bool),
    Words(Vec<String>),
}

const LISTS: [&str; 7] =
    ["env", "inputs", "outputs", "config/labels", "config/annotations", "resources/limits", "resources/requests"];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9./]{0,6}",
        Just("4Gi".to_owned()),
        Just("{{ env.A }}".to_owned()),
        "\\PC{0,4}",
        Just("\"\n\\".to_owned())
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![
        4 => text().prop_map(Value::Text),
        1 => any::<bool>().prop_map(Value::Switch),
        1 => prop::collection::vec(text(), 0..4).prop_map(Value::Words),
    ];
    prop_oneof![
        6 => (any::<usize>(), value).prop_map(|(field, value)| Step::Set(field, value)),
        3 => any::<usize>().prop_map(Step::Reset),
        1 => any::<usize>().prop_map(Step::Remove),
        2 => (any::<usize>(), text(), text()).prop_map(|(list, name, value)| Step::Add(list, name, value)),
        1 => any::<usize>().prop_map(Step::Template),
        1 => Just(Step::Bind),
    ]
}

/// A task, whole or damaged at one place.
fn task() -> impl Strategy<Value = String> {
    let whole = prop_oneof![
        Just(TASK.to_owned()),
        Just(plain(TASK)),
        Just(minimal_task(CONTAINER, "segment", Some(ApiVersion::V1))),
        Just(
            r#"{"api_version": 1, "taskTemplate": "measure", "config": {"type": "k8s", "labels": null}, "env": null}"#
                .to_owned()
        ),
    ];
    let damage = prop_oneof![Just(""), Just("\""), Just("}"), Just("["), Just(","), Just("é😀"), Just("//")];
    prop_oneof![
        1 => whole.clone(),
        2 => (whole, any::<prop::sample::Index>(), any::<prop::sample::Index>(), damage).prop_map(|(text, at, length, damage)| {
            let places: Vec<usize> = text.char_indices().map(|(place, _)| place).chain([text.len()]).collect();
            let (start, length) = (at.index(places.len()), length.index(6));
            let end = (start + length).min(places.len() - 1);
            format!("{}{damage}{}", &text[..places[start]], &text[places[end]..])
        }),
    ]
}

fn ids(form: &TaskForm) -> Vec<String> {
    let state = form.state();
    state.sections.fields().map(|field| field.id.clone()).collect()
}

fn make(form: &mut TaskForm, step: &Step) -> Option<(Option<String>, Change)> {
    let ids = ids(form);
    let id = |index: usize| ids[index % ids.len()].clone();
    Some(match step {
        Step::Set(index, value) => {
            let input = match value {
                Value::Text(text) => Input::Text(text.clone()),
                Value::Switch(is_on) => Input::Switch(*is_on),
                Value::Words(words) => Input::Words(words.clone()),
            };
            let id = id(*index);
            let change = form.set(&id, &input);
            (Some(id), change)
        }
        Step::Reset(index) => (None, form.reset(&id(*index))),
        Step::Remove(index) => (None, form.remove(&id(*index))),
        Step::Add(list, name, value) => (None, form.add(LISTS[list % LISTS.len()], name, value)),
        Step::Template(index) => {
            let change = form.change_template(["segment", "measure"][index % 2]);
            (
                None,
                Change { edits: change.edits, inverse: change.inverse, problem: change.problem, notes: change.notes },
            )
        }
        Step::Bind => (None, form.bind_missing()),
    })
}

/// Ranges and pointers are those of the present text.
fn assert_sound(form: &TaskForm) {
    let state = form.state();
    let tree = parse(form.text());
    let root = tree.root(form.text());
    let mut seen = std::collections::HashSet::new();
    for field in state.sections.fields() {
        assert!(seen.insert(&field.id), "{} is there twice", field.id);
        if let Some(range) = field.range {
            assert!(form.text().get(range.start as usize..range.end as usize).is_some(), "{field:?}");
        }
        if let (Some(pointer), true) = (&field.pointer, tree.is_valid()) {
            assert!(root.resolve(pointer).is_some(), "{field:?} in {}", form.text());
        }
        assert!(field.diagnostics.iter().all(|index| *index < state.diagnostics.len()));
    }
    form.what_will_run(&RunOptions::default());
    form.trigger_body(&TriggerOptions::default());
    form.operator_snippet(&OperatorOptions::default());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_changes_keep_the_text_whole(task in task(), steps in prop::collection::vec(step(), 1..8)) {
        let mut form = form(&task);
        for step in &steps {
            let before = form.text().to_owned();
            let was_valid = parse(&before).is_valid();
            let (id, change) = make(&mut form, step).unwrap();
            assert_fits(&before, &form, &change.edits, &change.inverse);
            prop_assert!(change.problem.is_none() || change.edits.is_empty());
            if was_valid {
                prop_assert!(parse(form.text()).is_valid(), "{step:?}: {before}\n{}", form.text());
            }
            // A comment beside an entry goes with it.
            let has_threshold = form.text().contains("THRESHOLD");
            let kept = ["\"owner\": \"radiology\"", "// asks for masks", "// as in the paper"];
            for kept in kept.iter().take(if has_threshold { 3 } else { 2 }) {
                let is_there = !before.contains(kept) || form.text().contains(kept);
                prop_assert!(is_there, "{step:?} lost {kept}: {before}\n{}", form.text());
            }
            if let (Some(id), Step::Set(_, value), None) = (id, step, &change.problem) {
                let read = form.field(&id).and_then(|field| field.value);
                match (value, read) {
                    (Value::Text(text), Some(FieldValue::Text(read))) => prop_assert_eq!(text, &read),
                    (Value::Words(words), Some(FieldValue::Words(read))) => prop_assert_eq!(words, &read),
                    (Value::Text(_), Some(FieldValue::Words(_))) => {}
                    (Value::Switch(is_on), Some(FieldValue::Text(read))) => {
                        prop_assert_eq!(is_on.to_string(), read.to_lowercase());
                    }
                    other => prop_assert!(false, "{id}: {other:?} in {}", form.text()),
                }
            }
            assert_sound(&form);
        }
    }

    #[test]
    fn a_reset_takes_a_first_set_back(index in any::<usize>(), value in text()) {
        let mut form = form(&plain(TASK));
        let fields: Vec<Field> = form.state().sections.fields().filter(|field| !field.is_set).cloned().collect();
        let field = &fields[index % fields.len()];
        let before = lines(&form.state());
        if form.set(&field.id, &Input::Text(value)).problem.is_none() {
            form.reset(&field.id);
            prop_assert_eq!(lines(&form.state()), before, "{}", form.text());
        }
    }
}
