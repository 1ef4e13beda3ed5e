//! DAG files: `validate`, `workflow import` and `export`, `migrate-operator`; what is written is tried in Python itself.

use std::process::Command;

use expect_test::expect;

use crate::support::{Project, Ran};

const GUIDE: &str = include_str!("../../../../tests/fixtures/dags/guide/my_dag.py");

/// The guide's DAG with containers as its text says.
fn guide(dag: &str) -> Project {
    let container = |name: &str| {
        let path =
            format!("{}/../../tests/fixtures/dags/guide/{name}/processing-container.json", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    };
    let mut project = Project::new().file("dags/my_dag.py", dag).file("dags/other.py", "import os\n");
    for name in ["my-get-data", "my-processing", "my-upload"] {
        project = project.file(&format!("dags/{name}/processing-container.json"), container(name));
    }
    project
}

fn run(project: &Project, line: &str) -> Ran {
    project.run(line.split_whitespace())
}

fn mended() -> String {
    GUIDE.replace("task1", "download").replace("task2", "processing").replace("results", "outputs")
}

#[test]
fn the_guides_dag_is_found_and_has_its_three_defects() {
    guide(GUIDE).check(
        "validate --format concise",
        expect![[r#"
        exit code 1
        stdout:
        dags/my_dag.py:26:35: error: `task1` is not defined [undefined-name]
        dags/my_dag.py:39:35: error: `task2` is not defined [undefined-name]
        dags/my_dag.py:40:41: error: no task of this workflow has an output `results` [unknown-upstream-channel]
    "#]],
    );
    guide(GUIDE).check(
        "validate dags/my_dag.py",
        expect![[r#"
        exit code 1
        stdout:
        error[undefined-name]: `task1` is not defined
           ┌─ dags/my_dag.py:26:35
           │
        26 │                 upstream_operator=task1,
           │                                   ^^^^^ `download` is the operator that comes before
           │
           = note: Python fails here when it loads the file, and Airflow shows no DAG
           = help: use `download` (a guess)

        error[undefined-name]: `task2` is not defined
           ┌─ dags/my_dag.py:39:35
           │
        39 │                 upstream_operator=task2,
           │                                   ^^^^^ `processing` is the operator that comes before
           │
           = note: Python fails here when it loads the file, and Airflow shows no DAG
           = help: use `processing` (a guess)

        error[unknown-upstream-channel]: no task of this workflow has an output `results`
           ┌─ dags/my_dag.py:40:41
           │
        40 │                 upstream_output_channel="results",
           │                                         ^^^^^^^^^
           │
           = note: the outputs of its tasks are `downloads`, `outputs`

        dags/my_dag.py: invalid DAG, 3 errors
    "#]],
    );
    guide(&mended()).check(
        "validate dags/my_dag.py",
        expect![[r#"
        exit code 0
        stdout:
        dags/my_dag.py: valid DAG
    "#]],
    );
}

#[test]
fn fixes_are_made_in_python() {
    let dag = mended().replace("\"downloads\"", "\"Downloads\"").replace("taskTemplate=\"my", "tasktemplate=\"my");
    guide(&dag).check(
        "validate dags/my_dag.py --fix",
        expect![[r#"
        exit code 0
        stdout:
        dags/my_dag.py: valid DAG
        stderr:
        dags/my_dag.py: fixed: rename to `taskTemplate` [unknown-field]
        dags/my_dag.py: fixed: read `downloads` [unknown-upstream-channel]
    "#]],
    );
    guide(GUIDE).check(
        "validate dags/my_dag.py --unsafe-fixes --diff",
        expect![[r#"
        exit code 1
        stdout:
        --- dags/my_dag.py
        +++ dags/my_dag.py
        @@ -23,7 +23,7 @@
                 taskTemplate="my-algorithm",
                 iochannel_maps=[
                     IOMapping(
        -                upstream_operator=task1,
        +                upstream_operator=download,
                         upstream_output_channel="downloads",
                         input_channel="inputs",
                     )
        @@ -36,8 +36,8 @@
                 taskTemplate="send-to-minio",
                 iochannel_maps=[
                     IOMapping(
        -                upstream_operator=task2,
        -                upstream_output_channel="results",
        +                upstream_operator=processing,
        +                upstream_output_channel="outputs",
                         input_channel="inputs",
                     )
                 ],
    "#]],
    );
}

#[test]
fn reports_have_the_places_of_the_dag() {
    guide(GUIDE).check("validate dags/my_dag.py --format github", expect![[r#"
        exit code 1
        stdout:
        ::error file=dags/my_dag.py,line=26,endLine=26,col=35,endColumn=40,title=undefined-name::`task1` is not defined%0APython fails here when it loads the file, and Airflow shows no DAG
        ::error file=dags/my_dag.py,line=39,endLine=39,col=35,endColumn=40,title=undefined-name::`task2` is not defined%0APython fails here when it loads the file, and Airflow shows no DAG
        ::error file=dags/my_dag.py,line=40,endLine=40,col=41,endColumn=50,title=unknown-upstream-channel::no task of this workflow has an output `results`%0Athe outputs of its tasks are `downloads`, `outputs`
    "#]]);
    guide("a = 1\n").check(
        "validate dags/my_dag.py",
        expect![[r#"
        exit code 2
        stderr:
        error: dags/my_dag.py has no KaapanaTaskOperator in it: there is nothing to check
    "#]],
    );
    guide(&GUIDE.replace("upload = Kaapana", "upload = = Kaapana")).check(
        "validate dags/my_dag.py --format concise",
        expect![[r#"
            exit code 1
            stdout:
            dags/my_dag.py:26:35: error: `task1` is not defined [undefined-name]
            dags/my_dag.py:33:14: error: a value is missing here [syntax-error]
            dags/my_dag.py:39:35: error: `task2` is not defined [undefined-name]
            dags/my_dag.py:40:41: error: no task of this workflow has an output `results` [unknown-upstream-channel]
        "#]],
    );
}

#[test]
fn a_dag_is_imported_and_what_is_not_known_is_named() {
    guide(&mended()).check(
        "workflow import dags/my_dag.py",
        expect![[r#"
        exit code 0
        stdout:
        {
          "$schema": "https://task-api.dev/schemas/workflow.schema.json",
          "name": "my-dag",
          "tasks": [
            {
              "task_id": "get-data",
              "image": "{{ env.DEFAULT_REGISTRY }}/my-get-data:{{ env.KAAPANA_BUILD_VERSION }}",
              "taskTemplate": "download-from-url"
            },
            {
              "task_id": "process-data",
              "image": "{{ env.DEFAULT_REGISTRY }}/my-processing:{{ env.KAAPANA_BUILD_VERSION }}",
              "taskTemplate": "my-algorithm",
              "iochannel_maps": [
                {
                  "upstream_operator": "get-data",
                  "upstream_output_channel": "downloads",
                  "input_channel": "inputs"
                }
              ]
            },
            {
              "task_id": "upload-data",
              "image": "{{ env.DEFAULT_REGISTRY }}/my-upload:{{ env.KAAPANA_BUILD_VERSION }}",
              "taskTemplate": "send-to-minio",
              "iochannel_maps": [
                {
                  "upstream_operator": "process-data",
                  "upstream_output_channel": "outputs",
                  "input_channel": "inputs"
                }
              ]
            }
          ]
        }
    "#]],
    );
    guide(GUIDE).check(
        "workflow import dags/my_dag.py",
        expect![[r#"
        exit code 1
        stdout:
        {
          "$schema": "https://task-api.dev/schemas/workflow.schema.json",
          "name": "my-dag",
          "tasks": [
            {
              "task_id": "get-data",
              "image": "{{ env.DEFAULT_REGISTRY }}/my-get-data:{{ env.KAAPANA_BUILD_VERSION }}",
              "taskTemplate": "download-from-url"
            },
            {
              "task_id": "process-data",
              "image": "{{ env.DEFAULT_REGISTRY }}/my-processing:{{ env.KAAPANA_BUILD_VERSION }}",
              "taskTemplate": "my-algorithm",
              "iochannel_maps": [{"upstream_output_channel": "downloads", "input_channel": "inputs"}],
              "upstream_task_ids": ["get-data"]
            },
            {
              "task_id": "upload-data",
              "image": "{{ env.DEFAULT_REGISTRY }}/my-upload:{{ env.KAAPANA_BUILD_VERSION }}",
              "taskTemplate": "send-to-minio",
              "iochannel_maps": [{"upstream_output_channel": "results", "input_channel": "inputs"}],
              "upstream_task_ids": ["process-data"]
            }
          ]
        }
        stderr:
        warning: dags/my_dag.py:26:35: `upstream_operator` of task `process-data` is left out: `task1` is not defined
        warning: dags/my_dag.py:39:35: `upstream_operator` of task `upload-data` is left out: `task2` is not defined
        the workflow is not the whole DAG: see above for what is left out
    "#]],
    );
    guide(&mended()).check(
        "workflow import dags/my_dag.py --dag other",
        expect![[r#"
        exit code 2
        stderr:
        error: dags/my_dag.py has no DAG `other`; it has `my-dag`
    "#]],
    );
    guide("x = 1\n").check(
        "workflow import dags/my_dag.py",
        expect![[r#"
        exit code 1
        stderr:
        error: dags/my_dag.py has no DAG in it that can be read
    "#]],
    );
}

#[test]
fn what_is_imported_is_valid_and_what_is_exported_is_the_same() {
    let project = guide(&mended());
    assert_eq!(run(&project, "workflow import dags/my_dag.py -o dags/my.workflow.json").code, 0);
    let validated = run(&project, "validate dags/my.workflow.json");
    assert_eq!(validated.code, 0, "{}", validated.shown());
    assert_eq!(run(&project, "workflow export dags/my.workflow.json --to airflow -o dags/exported.py").code, 0);
    assert_eq!(run(&project, "workflow export dags/my.workflow.json --to airflow -o dags/exported.py").code, 2);
    assert_eq!(run(&project, "validate dags/exported.py").code, 0);
    let again = run(&project, "workflow import dags/exported.py");
    assert_eq!(again.out(), std::fs::read_to_string(project.path("dags/my.workflow.json")).unwrap());
}

#[test]
fn exports_are_python() {
    let nasty = r#"{"name": "näme \"'\\", "tasks": [
        {"task_id": "class", "image": "{{ env.A }}/{x}\"'\n\\:1", "taskTemplate": "my-algorithm", "env": [
          {"name": "PROMPT", "value": "'''\"\"\"\\\u0001\u2028{y}"}]},
        {"task_id": "dag", "image": "i:1", "taskTemplate": "send-to-minio", "iochannel_maps": [
          {"upstream_operator": "class", "upstream_output_channel": "outputs", "input_channel": "inputs"}]}],
        "inputs": [{"task_id": "class", "input_channel": "inputs", "host_path": "./data"}],
        "containers": [{"image": "{{ env.A }}/{x}\"'\n\\:1", "path": "my-processing/processing-container.json"},
          {"image": "i:1", "path": "my-upload/processing-container.json"}]}"#;
    let project = guide(&mended()).file("dags/nasty.workflow.json", nasty);
    for file in ["dags/my_dag.py", "dags/nasty.workflow.json"] {
        for to in ["airflow", "airflow-docker"] {
            let exported = run(&project, &format!("workflow export {file} --to {to} -o out.py --force"));
            assert!(exported.code == 0, "{file} {to}: {}", exported.shown());
            let script = "import ast, sys; tree = ast.parse(open('out.py', encoding='utf-8').read()); \
                          compile(tree, 'out.py', 'exec'); print(len(tree.body) > 3)";
            let python = Command::new("python3").args(["-c", script]).current_dir(project.path("")).output().unwrap();
            assert_eq!(
                String::from_utf8_lossy(&python.stdout),
                "True\n",
                "{}",
                String::from_utf8_lossy(&python.stderr)
            );
        }
        for to in ["mermaid", "dot", "svg"] {
            assert_eq!(run(&project, &format!("workflow export {file} --to {to}")).code, 0);
        }
    }
}

/// The DAG for Kaapana makes the calls that the workflow says, in a Python that has stand-ins for its imports.
#[test]
fn the_exported_dag_makes_the_operators_of_the_workflow() {
    let script = r#"
import json, sys, types
calls = []
class Operator:
    def __init__(self, **parameters):
        self.parameters = parameters
        self.before = []
        calls.append(self)
    def __rshift__(self, other):
        for one in other if isinstance(other, list) else [other]:
            one.before.append(self.parameters["task_id"])
        return other
    def __rrshift__(self, others):
        for one in others:
            self.before.append(one.parameters["task_id"])
        return self
class Mapping(dict):
    def __init__(self, upstream_operator, **parameters):
        super().__init__(upstream_operator=upstream_operator.parameters["task_id"], **parameters)
class DAG:
    def __init__(self, *arguments, **parameters):
        print(json.dumps(arguments))
    def __enter__(self):
        return self
    def __exit__(self, *rest):
        pass
def module(name, **content):
    made = types.ModuleType(name)
    made.__dict__.update(content)
    sys.modules[name] = made
module("airflow")
module("airflow.models", DAG=DAG)
module("kaapana")
module("kaapana.blueprints")
module("kaapana.blueprints.kaapana_global_variables", DEFAULT_REGISTRY="registry", KAAPANA_BUILD_VERSION="1.0")
module("task_api_operator")
module("task_api_operator.KaapanaTaskOperator", KaapanaTaskOperator=Operator, IOMapping=Mapping)
exec(compile(open("out.py").read(), "out.py", "exec"))
for call in calls:
    print(json.dumps(call.parameters), call.before)
"#;
    let project = guide(&mended()).file("run.py", script);
    assert_eq!(run(&project, "workflow export dags/my_dag.py --to airflow -o out.py").code, 0);
    let python = Command::new("python3").arg("run.py").current_dir(project.path("")).output().unwrap();
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
    expect![[r#"
        ["my-dag"]
        {"task_id": "get-data", "image": "registry/my-get-data:1.0", "taskTemplate": "download-from-url"} []
        {"task_id": "process-data", "image": "registry/my-processing:1.0", "taskTemplate": "my-algorithm", "iochannel_maps": [{"upstream_operator": "get-data", "upstream_output_channel": "downloads", "input_channel": "inputs"}]} ['get-data']
        {"task_id": "upload-data", "image": "registry/my-upload:1.0", "taskTemplate": "send-to-minio", "iochannel_maps": [{"upstream_operator": "process-data", "upstream_output_channel": "outputs", "input_channel": "inputs"}]} ['process-data']
    "#]].assert_eq(&String::from_utf8_lossy(&python.stdout));
}

#[test]
fn an_operator_is_migrated_into_files() {
    let operator = "from kaapana.operators.KaapanaBaseOperator import KaapanaBaseOperator\n\n\
        class MineOperator(KaapanaBaseOperator):\n    \"\"\"Does it.\"\"\"\n\n\
        \x20   def __init__(self, dag, **kwargs):\n        super().__init__(dag=dag, name=\"mine\", image=\"mine:1\", **kwargs)\n";
    let project = Project::new().file("MineOperator.py", operator).file("start.sh", "ls $OPERATOR_IN_DIR\n");
    project.check(
        "migrate-operator MineOperator.py --with start.sh -o new",
        expect![[r#"
        exit code 0
        stderr:
        wrote new/processing-container.json
        wrote new/dag.py
        wrote new/TODO.md
    "#]],
    );
    assert_eq!(run(&project, "validate new/processing-container.json").code, 0);
    project.check(
        "migrate-operator MineOperator.py -o new",
        expect![[r#"
        exit code 2
        stderr:
        error: new has processing-container.json, dag.py, TODO.md already; nothing was written
    "#]],
    );
    project.check(
        "migrate-operator start.sh",
        expect![[r#"
        exit code 1
        stderr:
        error: start.sh:1:4: got unexpected token $
    "#]],
    );
}
