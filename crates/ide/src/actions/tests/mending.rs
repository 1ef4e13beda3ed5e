//! Fixes of findings, one by one and together.

use super::*;

#[test]
fn fixes_of_rules_come_first_and_say_what_they_do() {
    let literal = with_task(
        r#"{"name": 5$0, "image": "x:1", "taskTemplate": "segment", "env": [{"name": "FOLDS", "value": 3}],
 "inputs": [], "outputs": [], "comment": 1}"#,
    );
    expect![[r#"
        * Write "5"
        Mend all 2 findings of `wrong-type` in this file that are safe to mend
        Suppress `wrong-type` here, in task-api.toml
        Suppress `wrong-type` in this file, in task-api.toml
        Mend all that is safe to mend
    "#]]
    .assert_eq(&titles(&literal, &[ActionKind::QuickFix, ActionKind::SourceFixAll]));
    check_action(
        &literal,
        "Write \"5\"",
        expect![[r#"
        {"name": "5", "image": "x:1", "taskTemplate": "segment", "env": [{"name": "FOLDS", "value": 3}],
         "inputs": [], "outputs": [], "comment": 1}"#]],
    );
    check_action(
        &literal,
        "Mend all 2 findings of `wrong-type` in this file that are safe to mend",
        expect![[r#"
        {"name": "5", "image": "x:1", "taskTemplate": "segment", "env": [{"name": "FOLDS", "value": "3"}],
         "inputs": [], "outputs": [], "comment": 1}"#]],
    );
    check_action(
        &literal,
        "Mend all that is safe to mend",
        expect![[r#"
        {"name": "5", "image": "x:1", "taskTemplate": "segment", "env": [{"name": "FOLDS", "value": "3"}],
         "inputs": [{"name": "images", "input": {"host_path": "./images"}}], "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}, {"name": "logs", "input": {"host_path": "./logs"}}], "comment": 1}"#]],
    );
}

#[test]
fn all_missing_channels_are_bound_at_once() {
    let task = r#"{"name": "a", "image": "x:1", "taskTemplate": "seg$0ment", "inputs": []}"#;
    check_action(
        &with_task(task),
        "Bind all 3 missing channels",
        expect![[
            r#"{"name": "a", "image": "x:1", "taskTemplate": "segment", "inputs": [{"name": "images", "input": {"host_path": "./images"}}], "outputs": [{"name": "masks", "input": {"host_path": "./masks"}}, {"name": "logs", "input": {"host_path": "./logs"}}]}"#
        ]],
    );
    let task = r#"{"name": "a", "image": "x:1", "taskTemplate": "segment",
 "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
 "outputs": [
   {"name": "logs", "input": {"host_path": "/l"}}
 $0]}"#;
    check_action(
        &with_task(task),
        "Add {\"name\": \"masks\", \"input\": {\"host_path\": \"./masks\"}}",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [
           {"name": "logs", "input": {"host_path": "/l"}},
           {"name": "masks", "input": {"host_path": "./masks"}}
         ]}"#]],
    );
    let from_afar = task.replace("$0", "").replace("segm", "se$0gm");
    check_action(
        &with_task(&from_afar),
        "Bind the missing channel",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [
           {"name": "logs", "input": {"host_path": "/l"}},
           {"name": "masks", "input": {"host_path": "./masks"}}
         ]}"#]],
    );
}

#[test]
fn all_missing_fields_are_added_at_once() {
    let container = "//- /processing-container.json\n$0{\n  \"name\": \"a\"\n}\n";
    check_action(
        container,
        "Add all 2 missing fields",
        expect![[r#"
        {
          "name": "a",
          "description": "",
          "templates": []
        }
    "#]],
    );
    let two = r#"//- /processing-container.json
{"name": "a", "description": "b", "templates": [$0{"identifier": "a", "description": "b"}, {"identifier": "b"}]}
"#;
    check_action(
        two,
        "Add all 3 missing fields",
        expect![[r#"
        {"name": "a", "description": "b", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}, {"identifier": "b"}]}
    "#]],
    );
    check_action(
        two,
        "Add all 7 missing fields of this file",
        expect![[r#"
        {"name": "a", "description": "b", "templates": [{"identifier": "a", "description": "b", "inputs": [], "outputs": [], "env": []}, {"identifier": "b", "description": "", "inputs": [], "outputs": [], "env": []}]}
    "#]],
    );
}

#[test]
fn the_dockerfile_gets_its_line() {
    let literal = format!("//- /p/Dockerfile\nFROM scratch\n{}", CONTAINER.replacen('{', "$0{", 1));
    let title = "Add `COPY processing-container.json /processing-container.json` to the Dockerfile";
    check_action(
        &literal,
        title,
        expect![[r#"
        //- /p/Dockerfile
        FROM scratch
        COPY processing-container.json /processing-container.json
    "#]],
    );
    let below = literal.replace("/p/processing", "/p/my%20image/processing");
    let title = "Add `COPY [\"my image/processing-container.json\", \"/processing-container.json\"]` to the Dockerfile";
    check_action(
        &below,
        title,
        expect![[r#"
        //- /p/Dockerfile
        FROM scratch
        COPY ["my image/processing-container.json", "/processing-container.json"]
    "#]],
    );
}

#[test]
fn what_has_no_effect_is_removed() {
    check_action(
        &bound_task(",\n \"$0zzz\": 1"),
        "Remove `zzz`, which has no effect",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}]}
    "#]],
    );
    let literal = bound_task("")
        .replace("\"inputs\": [{", "\"inputs\": [{\"name\": \"zz$0z\", \"input\": {\"host_path\": \"/z\"}}, {");
    let literal = literal.replacen(
        "[{\"name\": \"zz$0z\", \"input\": {\"host_path\": \"/z\"}}, {\"name\": \"images\", \"mounted",
        "[{\"name\": \"images\", \"mounted",
        1,
    );
    check_action(
        &literal,
        "Remove this entry for `zzz`",
        expect![[r#"
        {"name": "a", "image": "x:1", "taskTemplate": "segment",
         "inputs": [{"name": "images", "input": {"host_path": "/i"}}],
         "outputs": [{"name": "masks", "input": {"host_path": "/m"}}, {"name": "logs", "input": {"host_path": "/l"}}]}
    "#]],
    );
}

#[test]
fn a_comment_swallows_nothing() {
    let literal = "{\n\"image\": \"x:1\", // pinned\n\"name\": \"a$0\" }";
    assert_eq!(titles(literal, &[ActionKind::SourceOrganize]), "");
}

#[test]
fn a_file_is_mended_and_laid_out_when_it_is_saved() {
    let fixture = opened(&bound_task(r#", "env": [{"name": "FOLDS", "value": 3$0}]"#));
    let document = fixture.workspace.get(&fixture.uri).unwrap();
    let saved = |mends, lays_out| {
        let edits = before_saving(&fixture.workspace, &fixture.uri, mends, lays_out);
        apply_edits(document.text(), &edits).unwrap()
    };
    assert_eq!(saved(false, false), document.text());
    let (mended, laid_out, both) = (saved(true, false), saved(false, true), saved(true, true));
    let has = |text: &str, value, start| text.contains(&format!("\"value\": {value}")) && text.starts_with(start);
    assert!(has(&mended, "\"3\"", "{\"name\""), "{mended}");
    assert!(has(&laid_out, "3", "{\n  \"name\""), "{laid_out}");
    assert!(has(&both, "\"3\"", "{\n  \"name\""), "{both}");
    let broken = opened("{\"name\": 5,, {$0");
    assert_eq!(before_saving(&broken.workspace, &broken.uri, false, true), []);
}
