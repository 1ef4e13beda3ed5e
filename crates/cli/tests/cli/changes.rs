//! Commands that change files, or would: `validate --fix`, `fmt`, `migrate`, `init`.

use std::os::unix::fs::{PermissionsExt, symlink};

use expect_test::expect;

use crate::support::{CONTAINER, Project, TASK};

fn read(project: &Project, path: &str) -> String {
    std::fs::read_to_string(project.path(path)).unwrap()
}

#[test]
fn safe_fixes_are_applied_and_named() {
    let task =
        TASK.replace("\"1\"", "1").replace("\"outputs\": [{ \"name\": \"masks\"", "\"outputs\": [{ \"name\": \"mask\"");
    let project = Project::with_task().file("task.json", &task);
    project.check(
        "validate --fix task.json",
        expect![[r#"
            exit code 0
            stdout:
            task.json: valid task.json of version 0
            stderr:
            task.json: fixed: bind `masks` [unknown-channel]
            task.json: fixed: write "1" [wrong-type]
        "#]],
    );
    assert_eq!(read(&project, "task.json"), TASK);
}

#[test]
fn a_fix_keeps_permissions_and_links() {
    let project = Project::with_task().file("real.json", TASK.replace("\"1\"", "1"));
    std::fs::set_permissions(project.path("real.json"), std::fs::Permissions::from_mode(0o640)).unwrap();
    std::fs::remove_file(project.path("task.json")).unwrap();
    symlink("real.json", project.path("task.json")).unwrap();
    let ran = project.run(["validate", "--fix", "task.json"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(read(&project, "real.json"), TASK);
    assert!(project.path("task.json").is_symlink());
    assert_eq!(std::fs::metadata(project.path("real.json")).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_diff_changes_nothing() {
    let task = TASK.replace("\"1\"", "1");
    let project = Project::with_task().file("task.json", &task);
    let ran = project.run(["validate", "--diff", "task.json"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.out().contains("-  \"env\": [{ \"name\": \"FOLDS\", \"value\": 1 }]\n"), "{}", ran.out());
    assert_eq!(read(&project, "task.json"), task);
    assert_eq!(Project::with_task().run(["validate", "--diff", "task.json"]).code, 0);
}

#[test]
fn a_read_only_file_stays_as_it_is() {
    let task = TASK.replace("\"1\"", "1");
    let project = Project::with_task().file("task.json", &task);
    std::fs::set_permissions(project.path("task.json"), std::fs::Permissions::from_mode(0o444)).unwrap();
    project.check(
        "validate --fix task.json",
        expect![[r#"
            exit code 2
            stderr:
            error: cannot write task.json: it is read-only
        "#]],
    );
    assert_eq!(read(&project, "task.json"), task);
}

#[test]
fn fmt_lays_out_and_checks() {
    let project = Project::new().file("task.json", "{\"a\" :1,\n\"b\":[ 1,2 ]}").file("x.json", "[1,]");
    assert_eq!(project.run(["fmt", "--check", "task.json"]).code, 1);
    assert_eq!(project.run(["fmt", "task.json"]).code, 0);
    assert_eq!(read(&project, "task.json"), "{\n  \"a\": 1,\n  \"b\": [1, 2]\n}\n");
    assert_eq!(project.run(["fmt", "--check", "task.json"]).code, 0);
    project.check(
        "fmt x.json",
        expect![[r#"
            exit code 1
            stderr:
            error: x.json is not JSON and stays as it is; `task-api validate` says why
        "#]],
    );
    assert_eq!(read(&project, "x.json"), "[1,]");
}

#[test]
fn migrate_writes_the_other_version_and_back() {
    let project = Project::with_task();
    assert_eq!(project.run(["migrate", "--to", "1", "--check", "task.json"]).code, 1);
    assert_eq!(project.run(["migrate", "--to", "1", "--write", "task.json"]).code, 0);
    assert!(read(&project, "task.json").contains("\"volume_source\""));
    assert_eq!(project.run(["validate", "--schema-only", "task.json"]).code, 0);
    assert_eq!(project.run(["migrate", "--to", "0", "--write", "task.json"]).code, 0);
    assert_eq!(read(&project, "task.json"), TASK);
}

#[test]
fn migrate_says_what_has_no_form() {
    let rule =
        r#""mounted_path": "/data/images", "scale_rule": {"complexity": "n**2", "type": "limit", "mode": "sum"}"#;
    let container = CONTAINER.replace(r#""mounted_path": "/data/images""#, rule);
    let project = Project::new().file("processing-container.json", &container);
    project.check(
        "migrate --to 1 --write processing-container.json",
        expect![[r#"
            exit code 1
            stderr:
            error: processing-container.json: /templates/0/inputs/0/scale_rule/complexity: version 1 has no form for "n**2": it knows multiples of n only
            warning: processing-container.json: /templates/0/env/0/type: version 1 has no `type`; it was removed
            warning: processing-container.json: /templates/0/env/0/adjustable: version 1 has no `adjustable`; it was removed
            warning: processing-container.json: /templates/0/env/1/type: version 1 has no `type`; it was removed
            warning: processing-container.json: /templates/0/env/1/adjustable: version 1 has no `adjustable`; it was removed
            error: processing-container.json has no form in version 1; nothing was changed
        "#]],
    );
    assert_eq!(read(&project, "processing-container.json"), container);
}

#[test]
fn init_writes_valid_files_once() {
    for version in ["0", "1"] {
        let project = Project::new();
        let ran = project.run(["init", "--name", "Lung \"x\"", "--api-version", version, "new"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let ran = project.run(["validate", "--deny-warnings", "--check-paths", "new"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert!(ran.out().contains(&format!("of version {version}")), "{}", ran.out());
        assert!(read(&project, "new/task.json").contains("\"image\": \"lung-x:0.1.0\""));
        assert_eq!(project.run(["resolve", "new/task.json"]).code, 0);
        let again = project.run(["init", "new"]);
        assert_eq!((again.code, again.out()), (2, ""), "{}", again.shown());
    }
}
