use expect_test::{Expect, expect};
use task_api_core::diagnostic::Severity;
use task_api_core::rules::{ALL, Around, OF_SHELLS, Rule};
use task_api_core::workflow::{ContainerText, Containers};
use task_api_json::{LineIndex, apply_edits};

use super::*;
use crate::read;

fn found(text: &str, containers: Option<&Containers<'_>>) -> Vec<Diagnostic> {
    let options = CheckOptions { containers, ..CheckOptions::default() };
    check(&read(text), &options).diagnostics
}

fn told(text: &str, containers: Option<&Containers<'_>>) -> String {
    let index = LineIndex::new(text);
    let mut told = String::new();
    for diagnostic in found(text, containers) {
        let place = index.position(diagnostic.span.start);
        let (severity, rule, message) = (diagnostic.severity.name(), diagnostic.rule.name, &diagnostic.message);
        let (line, column, at) = (place.line + 1, place.character + 1, diagnostic.span.of(text));
        told.push_str(&format!("{line}:{column} `{at}` {severity}[{rule}] {message} {}\n", diagnostic.pointer));
        for fix in &diagnostic.fixes {
            let mended = apply_edits(text, &fix.edits).unwrap();
            let line = mended.lines().nth(place.line as usize).unwrap_or_default();
            told.push_str(&format!("    {}: {}\n", fix.title, line.trim()));
        }
    }
    told
}

fn expect_of(body: &str, expected: Expect) {
    expected.assert_eq(&told(&format!("{HEAD}{body}"), None));
}

const HEAD: &str = "\
from airflow.models import DAG
from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator
";

const GUIDE: &str = include_str!("../../../../tests/fixtures/dags/guide/my_dag.py");
const FILES: [(&str, &str); 3] = [
    ("download-from-url", include_str!("../../../../tests/fixtures/dags/guide/my-get-data/processing-container.json")),
    ("my-algorithm", include_str!("../../../../tests/fixtures/dags/guide/my-processing/processing-container.json")),
    ("send-to-minio", include_str!("../../../../tests/fixtures/dags/guide/my-upload/processing-container.json")),
];

fn guides_containers() -> Containers<'static> {
    let files = FILES.map(|(name, text)| ContainerText { name, text });
    let by_template = FILES.iter().enumerate().map(|(at, (name, _))| ((*name).to_owned(), at)).collect();
    Containers { files: files.to_vec(), by_template, ..Containers::default() }
}

#[test]
fn the_guides_dag_has_its_three_defects_and_no_more() {
    expect![[r#"
        26:35 `task1` error[undefined-name] `task1` is not defined /tasks/1/iochannel_maps/0/upstream_operator
            use `download`: upstream_operator=download,
        39:35 `task2` error[undefined-name] `task2` is not defined /tasks/2/iochannel_maps/0/upstream_operator
            use `processing`: upstream_operator=processing,
        40:41 `"results"` error[unknown-upstream-channel] no task of this workflow has an output `results` /tasks/2/iochannel_maps/0/upstream_output_channel
    "#]]
    .assert_eq(&told(GUIDE, Some(&guides_containers())));
}

#[test]
fn the_guides_dag_mended_has_none() {
    let mended = GUIDE.replace("task1", "download").replace("task2", "processing").replace("results", "outputs");
    assert_eq!(told(&mended, Some(&guides_containers())), "");
}

#[test]
fn without_containers_the_names_are_found_all_the_same() {
    let rules: Vec<&str> = found(GUIDE, None).iter().map(|diagnostic| diagnostic.rule.name).collect();
    assert_eq!(rules, ["undefined-name", "undefined-name"]);
}

#[test]
fn examples_of_the_documentation_do_what_they_say() {
    let is_dag = |rule: &&&Rule| matches!(rule.bad.around, Around::Dag);
    let rules: Vec<&&Rule> = ALL.iter().filter(is_dag).collect();
    assert!(rules.len() >= 4);
    for rule in rules {
        assert!(OF_SHELLS.iter().any(|other| other.name == rule.name));
        let reported = |text: &str| found(text, None).iter().map(|d| d.rule.name).collect::<Vec<_>>();
        assert_eq!(reported(rule.bad.text), [rule.name], "bad example of {}", rule.name);
        assert_eq!(reported(rule.good.text), [] as [&str; 0], "good example of {}", rule.name);
    }
}

#[test]
fn parameters_are_those_of_the_operator() {
    expect_of(
        r#"
with DAG("d") as dag:
    a = KaapanaTaskOperator(task_id="a", Image="a:1", taskTemplate=5, env={"A": "1"}, command="run", retries=2, ui="x")
    b = KaapanaTaskOperator(task_id="b", image="b:1", taskTemplate="t", resources=None, iochannel_maps=[
        IOMapping(upstream_operator="a", upstream_channel="out", input_channel=1), {"upstream_operator": a}])
    a >> b
"#,
        expect![[r#"
            5:9 `KaapanaTaskOperator` error[missing-field] the operator has no `image` /tasks/0
            5:42 `Image` warning[unknown-field] `KaapanaTaskOperator` has no parameter `Image` /tasks/0/Image
                rename to `image`: a = KaapanaTaskOperator(task_id="a", image="a:1", taskTemplate=5, env={"A": "1"}, command="run", retries=2, ui="x")
            5:68 `5` error[wrong-type] `taskTemplate` must be a text, the name of a template, and is a number /tasks/0/taskTemplate
            5:75 `{"A": "1"}` error[wrong-type] `env` must be a list, and is a dict /tasks/0/env
            5:95 `"run"` error[wrong-type] `command` must be a list, and is a text /tasks/0/command
            5:113 `ui` warning[unknown-field] `KaapanaTaskOperator` has no parameter `ui` /tasks/0/ui
            7:9 `IOMapping(upstream_operator="a", upstream_channel="out", input_channel=1)` error[missing-field] the `IOMapping` has no `upstream_output_channel` /tasks/1/iochannel_maps/0
            7:37 `"a"` error[wrong-type] `upstream_operator` must be an operator, and is a text /tasks/1/iochannel_maps/0/upstream_operator
            7:42 `upstream_channel` warning[unknown-field] `IOMapping` has no parameter `upstream_channel` /tasks/1/iochannel_maps/0/upstream_channel
            7:80 `1` error[wrong-type] `input_channel` must be a text, and is a number /tasks/1/iochannel_maps/0/input_channel
            7:84 `{"upstream_operator": a}` error[wrong-type] this must be an `IOMapping`, and is a dict /tasks/1/iochannel_maps/1
        "#]],
    );
}

#[test]
fn undefined_names_are_said_once_with_what_was_meant() {
    expect_of(
        r#"
with DAG("d") as dag:
    download = KaapanaTaskOperator(task_id="a", image=f"{REGISTRY}/a:1", taskTemplate="t")
    b = KaapanaTaskOperator(task_id="b", image="b:1", taskTemplate="t")
    c = KaapanaTaskOperator(task_id="c", image="c:1", taskTemplate="t", iochannel_maps=[
        IOMapping(upstream_operator=b, upstream_output_channel="o", input_channel="i"),
        IOMapping(upstream_operator=task1, upstream_output_channel="o", input_channel="j")])
    [b, download] >> c
    dwnload >> late
late = c
REGISTRY2 = "x"
"#,
        expect![[r#"
            5:58 `REGISTRY` error[undefined-name] `REGISTRY` is not defined /tasks/0
                use `REGISTRY2`: download = KaapanaTaskOperator(task_id="a", image=f"{REGISTRY2}/a:1", taskTemplate="t")
            9:37 `task1` error[undefined-name] `task1` is not defined /tasks/2/iochannel_maps/1/upstream_operator
                use `download`: IOMapping(upstream_operator=download, upstream_output_channel="o", input_channel="j")])
            11:5 `dwnload` error[undefined-name] `dwnload` is not defined 
                use `download`: download >> late
            11:16 `late` error[undefined-name] `late` is not defined 
        "#]],
    );
}

#[test]
fn broken_python_is_said_and_the_rest_is_judged() {
    expect_of(
        "
with DAG('d') as dag:
    a = KaapanaTaskOperator(task_id='a', image='a:1', taskTemplate='t')
    b = KaapanaTaskOperator(task_id='a', image='b:1', taskTemplate='t', env=[)
    c >> a
",
        expect![[r#"
            6:37 `'a'` error[duplicate-task-id] there are two tasks `a` /tasks/1/task_id
            6:78 `)` error[syntax-error] a value is missing here 
            7:5 `c` error[undefined-name] `c` is not defined 
        "#]],
    );
}

#[test]
fn the_rules_of_tasks_hold_at_pythons_places() {
    expect_of(
        r#"
NAME = "ä"
with DAG("d") as dag:
    a = KaapanaTaskOperator(task_id="a", image="Upper/a", taskTemplate="t", env=[{"name": NAME, "value": "1"}],
        resources={"limits": {"memory": "1Gx"}}, command=["sh -c x"], registryPassword="secret")
"#,
        expect![[r#"
            6:48 `"Upper/a"` error[invalid-image-reference] "Upper/a" is no image reference: the name of an image is in lower case /tasks/0/image
            6:91 `NAME` warning[invalid-env-name] shells cannot read a variable called "ä" /tasks/0/env/0/name
            7:41 `"1Gx"` error[invalid-quantity] "1Gx" is no amount of `memory`: `Gx` is no unit /tasks/0/resources/limits/memory
            7:58 `["sh -c x"]` warning[shell-string-command] the whole command line is one word /tasks/0/command/0
            7:88 `"secret"` warning[plain-text-registry-password] the registry's password stands in the file /tasks/0/registryPassword
        "#]],
    );
}

#[test]
fn two_dags_of_a_file_are_judged_each() {
    let body =
        |id: &str| format!("with DAG('{id}'):\n    KaapanaTaskOperator(task_id='a', image='a', taskTemplate='t')\n");
    let text = format!("{HEAD}{}{}", body("x"), body("y"));
    let rules: Vec<&str> = found(&text, None).iter().map(|diagnostic| diagnostic.rule.name).collect();
    assert_eq!(rules, ["floating-image-tag", "floating-image-tag"]);
    let levels = [("floating-image-tag".to_owned(), Some(Severity::Error))].into_iter().collect();
    let options = CheckOptions { levels, ..CheckOptions::default() };
    let checked = super::check(&read(&text), &options);
    assert_eq!((checked.count(Severity::Error), checked.is_valid()), (2, false));
}

#[test]
fn files_about_something_else_are_told_by_their_imports() {
    assert!(crate::is_dag_file(GUIDE));
    assert!(crate::is_dag_file("import task_api_operators.KaapanaTaskOperator as k\n"));
    assert!(crate::is_dag_file(
        "try:\n    from x.KaapanaTaskOperator import KaapanaTaskOperator as T\nexcept A:\n    pass\n"
    ));
    assert!(!crate::is_dag_file("# KaapanaTaskOperator\nimport os\n"));
    assert!(!crate::is_dag_file("class KaapanaTaskOperator:\n    pass\n"));
}
