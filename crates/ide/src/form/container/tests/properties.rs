//! Any changes to any text: nothing panics, nothing of the author's is lost, and everything can be undone.

use proptest::prelude::*;
use task_api_json::parse;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Set(usize, String),
    Words(usize, Vec<String>),
    Reset(usize),
    Add(usize, String, String),
    Remove(usize),
    Duplicate(usize),
    Move(usize, usize),
}

const LISTS: [&str; 7] = [
    "templates",
    "templates/0/inputs",
    "templates/0/outputs",
    "templates/1/env",
    "templates/0/env",
    "templates/0/resources/limits",
    "templates/0/inputs/0/scale_rule",
];

const ENTRIES: [&str; 6] = [
    "templates/0",
    "templates/1",
    "templates/0/env/0",
    "templates/0/env/1",
    "templates/0/env/2",
    "templates/0/inputs/0",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9./]{0,6}", Just("4Gi".to_owned()), "\\PC{0,4}", Just("\"\n\\".to_owned())]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (any::<usize>(), text()).prop_map(|(field, value)| Step::Set(field, value)),
        1 => (any::<usize>(), prop::collection::vec(text(), 0..4)).prop_map(|(field, words)| Step::Words(field, words)),
        1 => any::<usize>().prop_map(Step::Reset),
        3 => (any::<usize>(), text(), text()).prop_map(|(list, name, value)| Step::Add(list, name, value)),
        1 => any::<usize>().prop_map(Step::Remove),
        2 => any::<usize>().prop_map(Step::Duplicate),
        3 => (any::<usize>(), 0..4usize).prop_map(|(entry, to)| Step::Move(entry, to)),
    ]
}

fn container() -> impl Strategy<Value = String> {
    let whole = prop_oneof![
        Just(CONTAINER.to_owned()),
        Just(of_version_1()),
        Just("{}".to_owned()),
        Just(r#"{"templates": null}"#.to_owned()),
        Just(CONTAINER.replace('\n', "\r\n")),
    ];
    let damage =
        prop_oneof![Just(""), Just("\""), Just("}"), Just("["), Just(","), Just("é😀"), Just("//"), Just("/*")];
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

fn fields(form: &ContainerForm) -> Vec<Field> {
    let open: Vec<String> = ENTRIES.iter().map(|id| (*id).to_owned()).collect();
    let state = form.state(&open);
    let mut fields = state.fields;
    for parts in state.templates.into_iter().filter_map(|template| template.parts) {
        fields.extend(parts.fields);
        let entries = parts.inputs.into_iter().chain(parts.outputs).chain(parts.env);
        fields.extend(entries.flat_map(|entry| entry.fields));
        fields.push(parts.command);
        fields.extend(parts.resources);
    }
    for field in &fields {
        if let Some(range) = field.range {
            assert!(form.text().get(range.start as usize..range.end as usize).is_some(), "{field:?}");
        }
        assert!(field.diagnostics.iter().all(|index| *index < state.diagnostics.len()));
    }
    fields
}

fn make(form: &mut ContainerForm, step: &Step) -> (Option<(String, String)>, ContainerChange) {
    let fields = fields(form);
    let id = |index: usize| fields[index % fields.len()].id.clone();
    let entry = |index: usize| ENTRIES[index % ENTRIES.len()];
    match step {
        Step::Set(index, value) => {
            let id = id(*index);
            let change = form.set(&id, &text_input(value));
            (Some((id, value.clone())), change)
        }
        Step::Words(index, words) => (None, form.set(&id(*index), &Input::Words(words.clone()))),
        Step::Reset(index) => (None, form.reset(&id(*index))),
        Step::Add(list, name, value) => (None, form.add(LISTS[list % LISTS.len()], name, value)),
        Step::Remove(index) => (None, form.remove(entry(*index))),
        Step::Duplicate(index) => (None, form.duplicate(entry(*index))),
        Step::Move(index, to) => (None, form.move_entry(entry(*index), *to)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_changes_keep_the_text_whole(text in container(), steps in prop::collection::vec(step(), 1..8)) {
        let mut form = form(&text);
        for step in &steps {
            let before = form.text().to_owned();
            let was_valid = parse(&before).is_valid();
            let (written, change) = make(&mut form, step);
            assert_fits(&before, &form, &change);
            prop_assert!(change.problem.is_none() || change.edits.is_empty());
            if was_valid {
                prop_assert!(parse(form.text()).is_valid(), "{step:?}: {before}\n{}", form.text());
            }
            let kept = "\"x-owner\": \"radiology\"";
            prop_assert!(!before.contains(kept) || form.text().contains(kept), "{step:?}: {before}\n{}", form.text());
            if !matches!(step, Step::Remove(_)) {
                for kept in ["// as in the paper", "// Cross-validation."] {
                    let is_there = !before.contains(kept) || form.text().contains(kept);
                    prop_assert!(is_there, "{step:?} lost {kept}: {before}\n{}", form.text());
                }
            }
            if let (Some((id, value)), None) = (written, &change.problem) {
                let read = fields(&form).into_iter().find(|field| field.id == id).and_then(|field| field.value);
                match read {
                    Some(FieldValue::Text(read)) => prop_assert_eq!(value, read, "{} in {}", id, form.text()),
                    Some(FieldValue::Words(_)) => {}
                    None => prop_assert!(value.is_empty(), "{id} in {}", form.text()),
                }
            }
        }
    }

    #[test]
    fn a_move_there_and_back_changes_nothing(from in 0..3usize, to in 0..3usize) {
        for text in [CONTAINER.to_owned(), of_version_1()] {
            let mut form = form(&text);
            form.move_entry(&format!("templates/0/env/{from}"), to);
            form.move_entry(&format!("templates/0/env/{to}"), from);
            prop_assert_eq!(form.text(), &text);
        }
    }
}
