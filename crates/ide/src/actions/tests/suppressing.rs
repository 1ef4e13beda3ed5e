//! Findings that somebody does not want to see.

use super::*;

#[test]
fn a_finding_is_suppressed_where_the_project_decides() {
    let literal = bound_task(",\n \"$0zzz\": 1");
    check_action(
        &literal,
        "Suppress `unknown-field` here, in task-api.toml",
        expect![[r#"
        //- /p/task-api.toml
        [[suppress]]
        file = "a/task.json"
        rule = "unknown-field"
        pointer = "/zzz"
        reason = "TODO: say why this is wanted"
    "#]],
    );
    check_action(
        &literal,
        "Suppress `unknown-field` in this file, in task-api.toml",
        expect![[r#"
        //- /p/task-api.toml
        [[suppress]]
        file = "a/task.json"
        rule = "unknown-field"
        reason = "TODO: say why this is wanted"
    "#]],
    );
    let with_settings = format!("//- /p/task-api.toml\n[rules]\nblank-description = \"off\"\n{literal}");
    check_action(
        &with_settings,
        "Suppress `unknown-field` here, in task-api.toml",
        expect![[r#"
        //- /p/task-api.toml
        [rules]
        blank-description = "off"

        [[suppress]]
        file = "a/task.json"
        rule = "unknown-field"
        pointer = "/zzz"
        reason = "TODO: say why this is wanted"
    "#]],
    );
    let odd_path = literal.replace("/p/a/task.json", "/p/a%20%5Bb%5D/task.json");
    check_action(
        &odd_path,
        "Suppress `unknown-field` in this file, in task-api.toml",
        expect![[r#"
        //- /p/task-api.toml
        [[suppress]]
        file = "/a \\[b\\]/task.json"
        rule = "unknown-field"
        reason = "TODO: say why this is wanted"
    "#]],
    );
    let broken = format!("//- /p/task-api.toml\n[ruls]\n{literal}");
    assert!(!titles(&broken, &[ActionKind::QuickFix]).contains("Suppress"));
    let inline = format!("//- /p/task-api.toml\nsuppress = []\n{literal}");
    assert!(!titles(&inline, &[ActionKind::QuickFix]).contains("Suppress"));
}

#[test]
fn a_suppression_of_nothing_is_removed() {
    let entry = |rule: &str| format!("[[suppress]]\nfile = \"a/task.json\"\nrule = \"{rule}\"\nreason = \"b\"\n");
    let settings = format!("//- /p/task-api.toml\n{}\n{}\n# end\n", entry("duplicate-volume"), entry("unknown-field"));
    let literal = format!(
        "{settings}{}",
        bound_task(",\n \"zzz\": 1").replace("{\"name\": \"a\", \"im", "$0{\"name\": \"a\", \"im")
    );
    check_action(
        &literal,
        "Remove the suppression of `duplicate-volume` from task-api.toml",
        expect![[r#"
        //- /p/task-api.toml
        [[suppress]]
        file = "a/task.json"
        rule = "unknown-field"
        reason = "b"

        # end
    "#]],
    );
}
