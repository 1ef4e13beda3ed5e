use expect_test::{Expect, expect};
use task_api_core::{CheckOptions, Kind, check};

use super::*;
use crate::OPERATOR_MODULE;

const CLASSES: &str = r#"
from datetime import timedelta
from kaapana.operators.KaapanaBaseOperator import KaapanaBaseOperator, default_registry, kaapana_build_version
from kaapana.blueprints.kaapana_global_variables import SERVICES_NAMESPACE

class FirstOperator(KaapanaBaseOperator):
    """
    Gets data.

    More of it.
    """

    execution_timeout = timedelta(minutes=10)

    def __init__(self, dag, host, level="element", fast=False, env_vars=None, execution_timeout=execution_timeout, *args, **kwargs):
        if env_vars is None:
            env_vars = {}
        envs = {"HOST": str(host), "LEVEL": str(level), "FAST": str(fast), "NAMESPACE": SERVICES_NAMESPACE}
        env_vars.update(envs)
        super().__init__(
            dag=dag,
            name="first",
            image=f"{default_registry}/first:{kaapana_build_version}",
            env_vars=env_vars,
            execution_timeout=execution_timeout,
            ram_mem_mb=2000,
            *args,
            **kwargs,
        )

class SecondOperator(FirstOperator):
    pass
"#;

fn told(main: &str, others: &[(&str, &str)]) -> String {
    let others: Vec<Source<'_>> = others.iter().map(|(name, text)| Source { name, text }).collect();
    let migration = migrate(Source { name: "main.py", text: main }, &others, OPERATOR_MODULE).unwrap();
    let mut told = String::new();
    for (name, text) in &migration.containers {
        told.push_str(&format!("== {name}\n{text}"));
        let checked = check(text, &CheckOptions { kind: Some(Kind::ProcessingContainer), ..CheckOptions::default() });
        assert!(checked.is_valid(), "{:?}", checked.diagnostics);
    }
    match &migration.dag {
        Ok(dag) => {
            told.push_str(&format!("== dag\n{dag}"));
            let file = crate::read(dag);
            assert_eq!((file.errors.len(), file.unread.len(), file.workflows.len()), (0, 0, 1));
        }
        Err(problems) => told.push_str(&format!("== no dag\n{}\n", problems.join("\n"))),
    }
    told.push_str(&format!("== todo\n{}\n", migration.todo.join("\n")));
    told
}

fn expect_of(main: &str, others: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&told(main, others));
}

#[test]
fn a_dag_with_its_classes_elsewhere() {
    let main = r#"
from airflow.models import DAG
from first import FirstOperator, SecondOperator
from kaapana.operators.LocalCleanerOperator import LocalCleanerOperator
from kaapana.operators.KaapanaBaseOperator import KaapanaBaseOperator
args = {"ui_forms": {"workflow_form": {}}}
dag = DAG(dag_id="old", default_args=args)
get = FirstOperator(dag, "pacs", fast=True)
segment = KaapanaBaseOperator(dag=dag, name="segment", task_id="segment-lungs", image="lungs:1.0", input_operator=get, operator_out_dir="masks",
    cmds=["python3"], arguments=["-u", "run.py"], gpu_mem_mb=4000, cpu_millicores=1000, env_vars={"N": 3}, batch_name="x", retries=2)
merge = SecondOperator(dag=dag, host="b", input_operator=segment, image_operator=get, operator_in_dir="masks", ram_mem_mb_lmt=3000)
clean = LocalCleanerOperator(dag=dag)
get >> segment >> merge >> clean
"#;
    let script = ("start.sh", "#!/bin/sh\nfor item in $WORKFLOW_DIR/$BATCH_NAME/*; do\n  cat /conf/conf.json\ndone\n");
    expect_of(
        main,
        &[("first.py", CLASSES), script],
        expect![[r#"
            == first
            {
              "name": "first",
              "description": "Gets data.",
              "api_version": 1,
              "templates": [
                {
                  "identifier": "first",
                  "description": "Gets data.",
                  "inputs": [],
                  "outputs": [
                    {
                      "name": "outputs",
                      "mounted_path": "/data/outputs",
                      "description": "One directory per item, named like the item of the input."
                    }
                  ],
                  "env": [
                    {"name": "HOST", "value": "pacs"},
                    {"name": "LEVEL", "value": "element"},
                    {"name": "FAST", "value": "True"},
                    {"name": "NAMESPACE", "value": ""}
                  ],
                  "resources": {"limits": {"memory": "2100Mi"}, "requests": {"memory": "2000Mi"}}
                },
                {
                  "identifier": "first-2",
                  "description": "Gets data.",
                  "inputs": [
                    {"name": "masks", "mounted_path": "/data/masks", "description": "One directory per item."},
                    {"name": "image", "mounted_path": "/data/image", "description": "One directory per item."}
                  ],
                  "outputs": [
                    {
                      "name": "outputs",
                      "mounted_path": "/data/outputs",
                      "description": "One directory per item, named like the item of the input."
                    }
                  ],
                  "env": [
                    {"name": "HOST", "value": "b"},
                    {"name": "LEVEL", "value": "element"},
                    {"name": "FAST", "value": "False"},
                    {"name": "NAMESPACE", "value": ""}
                  ],
                  "resources": {"limits": {"memory": "3000Mi"}, "requests": {"memory": "2000Mi"}}
                }
              ]
            }
            == lungs
            {
              "name": "lungs",
              "description": "",
              "api_version": 1,
              "templates": [
                {
                  "identifier": "segment",
                  "description": "",
                  "inputs": [{"name": "inputs", "mounted_path": "/data/inputs", "description": "One directory per item."}],
                  "outputs": [
                    {
                      "name": "masks",
                      "mounted_path": "/data/masks",
                      "description": "One directory per item, named like the item of the input."
                    }
                  ],
                  "env": [{"name": "N", "value": "3"}],
                  "command": ["python3", "-u", "run.py"],
                  "resources": {
                    "limits": {"memory": "600Mi", "cpu": "1100m", "nvidia.com/gpu": 1},
                    "requests": {"memory": "500Mi", "cpu": "1000m"}
                  }
                }
              ]
            }
            == dag
            from airflow.models import DAG
            from kaapana.blueprints.kaapana_global_variables import (
                DEFAULT_REGISTRY,
                KAAPANA_BUILD_VERSION,
                SERVICES_NAMESPACE,
            )
            from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator

            args = {
                "ui_visible": True,
                "owner": "kaapana",
            }

            with DAG("old", default_args=args) as dag:
                get = KaapanaTaskOperator(
                    task_id="first",
                    image=f"{DEFAULT_REGISTRY}/first:{KAAPANA_BUILD_VERSION}",
                    taskTemplate="first",
                    env=[{"name": "NAMESPACE", "value": SERVICES_NAMESPACE}],
                )

                segment = KaapanaTaskOperator(
                    task_id="segment-lungs",
                    image="lungs:1.0",
                    taskTemplate="segment",
                    iochannel_maps=[
                        IOMapping(
                            upstream_operator=get,
                            upstream_output_channel="outputs",
                            input_channel="inputs",
                        ),
                    ],
                )

                merge = KaapanaTaskOperator(
                    task_id="first-2",
                    image=f"{DEFAULT_REGISTRY}/first:{KAAPANA_BUILD_VERSION}",
                    taskTemplate="first-2",
                    env=[{"name": "NAMESPACE", "value": SERVICES_NAMESPACE}],
                    iochannel_maps=[
                        IOMapping(
                            upstream_operator=segment,
                            upstream_output_channel="masks",
                            input_channel="masks",
                        ),
                        IOMapping(
                            upstream_operator=get,
                            upstream_output_channel="outputs",
                            input_channel="image",
                        ),
                    ],
                )

            get >> segment >> merge
            == todo
            main.py:12: `LocalCleanerOperator` is not in the files that were given, and stays out of the new DAG: give its file with --with, or replace it.
            main.py:8: pass `execution_timeout` of `first` to the new operator as before.
            main.py:9: `batch_name` of `segment` has no counterpart; it is left out.
            main.py:9: pass `retries` of `segment` to the new operator as before.
            Describe what `segment` does, in the container file.
            main.py:11: pass `execution_timeout` of `first` to the new operator as before.
            Two tasks are called `first`; the later one is `first-2` now: name it as you like.
            main.py:6: `args = {"ui_forms": {"workflow_form": {}}}` relies on `workflow_form`: `ui_forms` with a `workflow_form` is not supported; values are set by `conf.task_form`, for each task.
            first.py:18: `envs = {"HOST": str(host), "LEVEL": str(level), "FAST": str(fast), "NAMESPACE": ` relies on `SERVICES_NAMESPACE`: it is not set automatically; pass it as a variable.
            start.sh:2: `for item in $WORKFLOW_DIR/$BATCH_NAME/*; do` relies on `WORKFLOW_DIR`: only channels are mounted: take the `mounted_path` of one.
            start.sh:2: `for item in $WORKFLOW_DIR/$BATCH_NAME/*; do` relies on `BATCH_NAME`: items are the subdirectories of an input channel.
            start.sh:3: `cat /conf/conf.json` relies on `conf.json`: the `conf` of a run is not mounted; pass what is needed as variables, which `conf.task_form` can set.
            Copy the container file into the image, in its Dockerfile: `COPY processing-container.json /processing-container.json`; then build and push the image.
            Let the program read items from the subdirectories of its input channel, and write each result below the same name in its output channel.
        "#]],
    );
}

#[test]
fn a_class_alone() {
    expect_of(
        CLASSES,
        &[],
        expect![[r#"
            == first
            {
              "name": "first",
              "description": "Gets data.",
              "api_version": 1,
              "templates": [
                {
                  "identifier": "first",
                  "description": "Gets data.",
                  "inputs": [{"name": "inputs", "mounted_path": "/data/inputs", "description": "One directory per item."}],
                  "outputs": [
                    {
                      "name": "outputs",
                      "mounted_path": "/data/outputs",
                      "description": "One directory per item, named like the item of the input."
                    }
                  ],
                  "env": [
                    {"name": "HOST", "value": ""},
                    {"name": "LEVEL", "value": "element"},
                    {"name": "FAST", "value": "False"},
                    {"name": "NAMESPACE", "value": ""}
                  ],
                  "resources": {"limits": {"memory": "2100Mi"}, "requests": {"memory": "2000Mi"}}
                }
              ]
            }
            == dag
            from airflow.models import DAG
            from kaapana.blueprints.kaapana_global_variables import (
                DEFAULT_REGISTRY,
                KAAPANA_BUILD_VERSION,
                SERVICES_NAMESPACE,
            )
            from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator

            args = {
                "ui_visible": True,
                "owner": "kaapana",
            }

            with DAG("my-dag", default_args=args) as dag:
                first = KaapanaTaskOperator(
                    task_id="first",
                    image=f"{DEFAULT_REGISTRY}/first:{KAAPANA_BUILD_VERSION}",
                    taskTemplate="first",
                    env=[{"name": "NAMESPACE", "value": SERVICES_NAMESPACE}],
                )

                first_2 = KaapanaTaskOperator(
                    task_id="first-2",
                    image=f"{DEFAULT_REGISTRY}/first:{KAAPANA_BUILD_VERSION}",
                    taskTemplate="first",
                    env=[{"name": "NAMESPACE", "value": SERVICES_NAMESPACE}],
                )
            == todo
            main.py:6: give the variable `HOST` of `first` its value: `host` has no default.
            main.py:6: pass `execution_timeout` of `first` to the new operator as before.
            main.py:31: give the variable `HOST` of `first` its value: `host` has no default.
            main.py:31: pass `execution_timeout` of `first` to the new operator as before.
            Two tasks are called `first`; the later one is `first-2` now: name it as you like.
            main.py:18: `envs = {"HOST": str(host), "LEVEL": str(level), "FAST": str(fast), "NAMESPACE": ` relies on `SERVICES_NAMESPACE`: it is not set automatically; pass it as a variable.
            Copy the container file into the image, in its Dockerfile: `COPY processing-container.json /processing-container.json`; then build and push the image.
            Let the program read items from the subdirectories of its input channel, and write each result below the same name in its output channel.
        "#]],
    );
}

#[test]
fn what_is_no_operator_is_refused() {
    let of = |text: &str| migrate(Source { name: "a.py", text }, &[], OPERATOR_MODULE).unwrap_err();
    assert_eq!(of("class A(B):\n    pass\n"), MigrationError::NoOperator);
    assert!(matches!(of("a = (\n"), MigrationError::Syntax(..)));
    assert_eq!(of("class A(B):\n    pass\nclass B(A):\n    pass\n"), MigrationError::NoOperator);
}

/// The blocks of docs/migration.md are what the page says that they are.
#[test]
fn the_worked_example_of_the_documentation_is_so() {
    let page = include_str!("../../../../docs/migration.md");
    let blocks: Vec<&str> = page
        .split("```")
        .skip(1)
        .step_by(2)
        .map(|block| block.split_once('\n').map_or("", |(_, block)| block))
        .collect();
    let [_, operator, dag, script, container, new_dag, todo] = blocks[..] else { panic!("{} blocks", blocks.len()) };
    let others = [Source { name: "MyAlgorithmOperator.py", text: operator }, Source { name: "start.py", text: script }];
    let migration = migrate(Source { name: "dag_my_dag.py", text: dag }, &others, OPERATOR_MODULE).unwrap();
    let written: String = migration.todo.iter().map(|item| format!("- [ ] {item}\n")).collect();
    assert_eq!(migration.containers[0].1, container);
    assert_eq!(migration.dag.as_deref(), Ok(new_dag));
    assert_eq!(written, todo);
}

proptest::proptest! {
    #[test]
    fn any_classes_do_no_harm(words in proptest::collection::vec(0..WORDS.len(), 0..40)) {
        let text: String = words.iter().map(|&word| WORDS[word]).collect();
        let main = format!("class A(KaapanaBaseOperator):\n    def __init__(self, dag, b=1, *c, **d):\n        {text}\nx = A(1, b=2)\n{text}");
        let _ = migrate(Source { name: "a.py", text: &main }, &[], "m");
    }
}

const WORDS: &[&str] = &[
    "super().__init__(",
    "dag=dag",
    "name=",
    "image=",
    "\"a\"",
    "b",
    "d",
    ", ",
    ")",
    "\n        ",
    "\n",
    "env_vars=",
    "{",
    "}",
    "[",
    "]",
    ":",
    "**d",
    "*c",
    "if b is None:\n            ",
    "b.update(",
    "A(",
    " >> ",
    "input_operator=",
    "x",
    " = ",
    "class B(A):\n    pass\n",
    "ram_mem_mb=",
    "99999999999999999999",
];
