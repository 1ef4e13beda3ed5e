use expect_test::{Expect, expect};
use proptest::prelude::*;
use task_api_core::workflow::{ContainerText, Containers, Workflow};
use task_api_json::{parse, quote};

use super::*;
use crate::plain::Plain;

fn workflow(text: &str) -> Workflow {
    let tree = parse(text);
    assert!(tree.is_valid(), "{text}");
    Workflow::read(tree.root(text))
}

fn same_again(text: &str) -> String {
    let python = airflow(&workflow(text), OPERATOR_MODULE).unwrap();
    let file = crate::read(&python);
    assert_eq!((&file.errors[..], &file.unread[..]), (&[][..], &[][..]), "{python}");
    assert!(crate::is_dag_file(&python));
    let imported = crate::import(&file.workflows[0]);
    assert_eq!(imported.left_out, [], "{python}");
    let plain = |text: &str| {
        let mut plain = Plain::of(&workflow(text)).unwrap();
        plain.tasks.iter_mut().for_each(|task| {
            task.before.sort_unstable();
            if let crate::plain::PlainTemplate::Inline(json) = &mut task.template {
                json.retain(|letter| !letter.is_whitespace());
            }
            // However an expression is written.
            let env = task.env.iter_mut().flat_map(|(name, value)| [name, value]);
            let values = env.chain(task.command.iter_mut().flatten());
            for text in values.chain([&mut task.image]).chain(task.registry.iter_mut().flatten()) {
                *text = format!("{:?}", crate::template::pieces(text));
            }
        });
        plain.name = format!("{:?}", crate::template::pieces(&plain.name));
        plain
    };
    assert_eq!(plain(&imported.text), plain(text), "{python}");
    python
}

const GUIDE: &str = r#"{
  "name": "my-dag",
  "description": "Downloads, \"processes\" and uploads.",
  "tasks": [
    {"task_id": "get-data", "image": "{{ env.DEFAULT_REGISTRY }}/my-get-data:{{ env.KAAPANA_BUILD_VERSION }}",
     "taskTemplate": "download-from-url", "env": [{"name": "URL", "value": "https://example.org/{x}"},
     {"name": "TOKEN", "value": "{{ env.TOKEN }}"}]},
    {"task_id": "process-data", "image": "{{ env.REGISTRY | default('local') }}/my-processing:1.0",
     "taskTemplate": "my-algorithm", "command": ["python3", "-u", "start.py", "--message", "a very long text that has no room", "in one line"],
     "resources": {"limits": {"memory": "4Gi", "nvidia.com/gpu": 1}, "requests": {"cpu": "500m"}},
     "registryUrl": "https://registry.example.org", "registryPassword": "{{ env.PASSWORD }}",
     "iochannel_maps": [{"upstream_operator": "get-data", "upstream_output_channel": "downloads", "input_channel": "inputs"}]},
    {"task_id": "check", "image": "check:1", "taskTemplate": {"identifier": "c", "description": "Checks.", "inputs": [],
      "outputs": [], "env": [{"name": "A", "value": "1", "adjustable": true, "choices": null}]}},
    {"task_id": "upload-data", "image": "my-upload:0.1", "taskTemplate": "send-to-minio", "upstream_task_ids": ["check"],
     "iochannel_maps": [{"upstream_operator": "process-data", "upstream_output_channel": "outputs", "input_channel": "inputs"}]}
  ],
  "inputs": [{"task_id": "get-data", "input_channel": "list", "host_path": "./data"}],
  "containers": [{"image": "{{ env.DEFAULT_REGISTRY }}/my-get-data:{{ env.KAAPANA_BUILD_VERSION }}", "path": "./my-get-data/processing-container.json"}]
}"#;

fn check(text: &str, expected: Expect) {
    expected.assert_eq(text);
}

#[test]
fn a_workflow_is_a_readable_dag() {
    check(
        &same_again(GUIDE),
        expect![[r#"
        import os

        from airflow.models import DAG
        from kaapana.blueprints.kaapana_global_variables import (
            DEFAULT_REGISTRY,
            KAAPANA_BUILD_VERSION,
        )
        from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator

        PASSWORD = os.environ["PASSWORD"]
        REGISTRY = os.getenv("REGISTRY", "local")
        TOKEN = os.environ["TOKEN"]

        # Read by task-api alone.
        TASK_API = {
            "containers": [
                {
                    "image": "{{ env.DEFAULT_REGISTRY }}/my-get-data:{{ env.KAAPANA_BUILD_VERSION }}",
                    "path": "./my-get-data/processing-container.json",
                },
            ],
            "inputs": [{"task_id": "get-data", "input_channel": "list", "host_path": "./data"}],
        }

        args = {
            "ui_visible": True,
            "owner": "kaapana",
        }

        with DAG(
            "my-dag",
            default_args=args,
            description="Downloads, \"processes\" and uploads.",
        ) as dag:
            get_data = KaapanaTaskOperator(
                task_id="get-data",
                image=f"{DEFAULT_REGISTRY}/my-get-data:{KAAPANA_BUILD_VERSION}",
                taskTemplate="download-from-url",
                env=[
                    {"name": "URL", "value": "https://example.org/{x}"},
                    {"name": "TOKEN", "value": TOKEN},
                ],
            )

            process_data = KaapanaTaskOperator(
                task_id="process-data",
                image=f"{REGISTRY}/my-processing:1.0",
                taskTemplate="my-algorithm",
                command=[
                    "python3",
                    "-u",
                    "start.py",
                    "--message",
                    "a very long text that has no room",
                    "in one line",
                ],
                resources={
                    "limits": {"memory": "4Gi", "nvidia.com/gpu": "1"},
                    "requests": {"cpu": "500m"},
                },
                registryUrl="https://registry.example.org",
                registryPassword=PASSWORD,
                iochannel_maps=[
                    IOMapping(
                        upstream_operator=get_data,
                        upstream_output_channel="downloads",
                        input_channel="inputs",
                    ),
                ],
            )

            check = KaapanaTaskOperator(
                task_id="check",
                image="check:1",
                taskTemplate={
                    "identifier": "c",
                    "description": "Checks.",
                    "inputs": [],
                    "outputs": [],
                    "env": [{"name": "A", "value": "1", "adjustable": True, "choices": None}],
                },
            )

            upload_data = KaapanaTaskOperator(
                task_id="upload-data",
                image="my-upload:0.1",
                taskTemplate="send-to-minio",
                iochannel_maps=[
                    IOMapping(
                        upstream_operator=process_data,
                        upstream_output_channel="outputs",
                        input_channel="inputs",
                    ),
                ],
            )

        get_data >> process_data
        [process_data, check] >> upload_data
    "#]],
    );
}

const CONTAINER: &str = r#"{"name": "c", "description": "d", "templates": [
  {"identifier": "download-from-url", "description": "d", "env": [{"name": "URL", "value": "x"}, {"name": "FAST", "value": "1"}],
   "inputs": [{"name": "list", "mounted_path": "/data/list"}],
   "outputs": [{"name": "downloads", "mounted_path": "/data/downloads"}], "command": ["get", "{{ no jinja }}"]},
  {"identifier": "my-algorithm", "description": "d", "env": [],
   "inputs": [{"name": "inputs", "mounted_path": "/in"}], "outputs": [{"name": "outputs", "mounted_path": "/out"}],
   "resources": {"limits": {"memory": "1Gi"}}},
  {"identifier": "send-to-minio", "description": "d", "env": [],
   "inputs": [{"name": "inputs", "mounted_path": "/in"}], "outputs": [], "resources": {"limits": {"memory": "1Gi"}}}]}"#;

fn containers() -> Containers<'static> {
    let files = vec![ContainerText { name: "processing-container.json", text: CONTAINER }];
    let by_path = [("./my-get-data/processing-container.json".to_owned(), Some(0))].into();
    Containers { files, by_path, for_all: Some(0), ..Containers::default() }
}

fn docker<'a>(containers: &'a Containers<'a>) -> Docker<'a> {
    Docker { directory: "/home/me/project", runs: "/home/me/project/runs", containers }
}

#[test]
fn a_workflow_is_a_dag_for_docker() {
    let text = GUIDE.replace("{{ no jinja }}", "x");
    let containers = containers();
    let docker = docker(&containers);
    let problems = airflow_docker(&workflow(&text), &docker).unwrap_err();
    assert_eq!(problems, ["task `get-data`: `{{ no jinja }}` has no form in a DAG"]);
    let container = CONTAINER.replace("{{ no jinja }}", "{no jinja}");
    let containers = Containers { files: vec![ContainerText { name: "c", text: &container }], ..containers.clone() };
    let docker = Docker { containers: &containers, ..docker };
    check(
        &airflow_docker(&workflow(&text), &docker).unwrap(),
        expect![[r#"
        import os
        import shutil
        from pathlib import Path

        from airflow.providers.docker.operators.docker import DockerOperator
        from airflow.sdk import DAG
        from docker.types import DeviceRequest, Mount

        # The directories of runs, on the machine with the engine.
        DIRECTORY = Path(os.getenv("TASK_API_RUNS", "/home/me/project/runs"))

        DEFAULT_REGISTRY = os.environ["DEFAULT_REGISTRY"]
        KAAPANA_BUILD_VERSION = os.environ["KAAPANA_BUILD_VERSION"]
        REGISTRY = os.getenv("REGISTRY", "local")
        TOKEN = os.environ["TOKEN"]


        class TaskOperator(DockerOperator):
            """Runs a container with a directory for each of its channels.

            `inputs` is, for each path in the container, a directory of this machine or the
            task and channel to read; `outputs` is the channel for each path.
            """

            # What a workflow says is no template of Airflow.
            template_fields = ()

            def __init__(self, *, inputs, outputs, **kwargs):
                super().__init__(
                    auto_remove="force",
                    mount_tmp_dir=False,
                    skip_on_exit_code=126,
                    user=f"{os.getuid()}:{os.getgid()}",
                    **kwargs,
                )
                self.inputs = inputs
                self.outputs = outputs

            def execute(self, context):
                run = DIRECTORY / self.dag_id / context["run_id"]
                self.mounts = []
                for path, source in self.inputs.items():
                    if isinstance(source, tuple):
                        source = run.joinpath(*source)
                    mount = Mount(path, str(source), type="bind", read_only=True)
                    self.mounts.append(mount)
                for path, channel in self.outputs.items():
                    target = run / self.task_id / channel
                    shutil.rmtree(target, ignore_errors=True)
                    target.mkdir(parents=True, exist_ok=True)
                    self.mounts.append(Mount(path, str(target), type="bind"))
                # What the trigger says of this task, as a list of variables or as a map.
                forms = (context["dag_run"].conf or {}).get("task_form", {})
                form = forms.get(self.task_id, {})
                env = form.get("env", form)
                if isinstance(env, list):
                    env = {variable["name"]: variable["value"] for variable in env}
                self.environment = {**self.environment, **env}
                return super().execute(context)


        with DAG(
            "my-dag",
            schedule=None,
            description="Downloads, \"processes\" and uploads.",
        ) as dag:
            get_data = TaskOperator(
                task_id="get-data",
                image=f"{DEFAULT_REGISTRY}/my-get-data:{KAAPANA_BUILD_VERSION}",
                command=["get", "{no jinja}"],
                environment={"URL": "https://example.org/{x}", "FAST": "1", "TOKEN": TOKEN},
                inputs={"/data/list": "/home/me/project/data"},
                outputs={"/data/downloads": "downloads"},
            )

            process_data = TaskOperator(
                task_id="process-data",
                image=f"{REGISTRY}/my-processing:1.0",
                command=[
                    "python3",
                    "-u",
                    "start.py",
                    "--message",
                    "a very long text that has no room",
                    "in one line",
                ],
                inputs={"/in": ("get-data", "downloads")},
                outputs={"/out": "outputs"},
                mem_limit=4294967296,
                cpus=0.5,
                device_requests=[DeviceRequest(count=1, capabilities=[["gpu"]])],
            )

            check = TaskOperator(
                task_id="check",
                image="check:1",
                environment={"A": "1"},
                inputs={},
                outputs={},
            )

            upload_data = TaskOperator(
                task_id="upload-data",
                image="my-upload:0.1",
                inputs={"/in": ("process-data", "outputs")},
                outputs={},
                mem_limit=1073741824,
            )

            get_data >> process_data
            [process_data, check] >> upload_data
    "#]],
    );
}

#[test]
fn what_cannot_be_exported_is_named() {
    let broken = r#"{"name": "w", "tasks": [
        {"task_id": "a", "image": "{{ custom.x }}", "taskTemplate": "t", "upstream_task_ids": ["b"]},
        {"task_id": "b", "taskTemplate": "t", "upstream_task_ids": ["a"], "iochannel_maps": [
          {"upstream_operator": "nobody", "upstream_output_channel": "o", "input_channel": "{{ env.X }}"}]}]}"#;
    let problems = airflow(&workflow(broken), OPERATOR_MODULE).unwrap_err();
    check(
        &problems.join("\n"),
        expect![[r#"
        the tasks `a`, `b` wait for each other
        an `input_channel` of task `b` is not known: it holds a template expression
        task `b` reads from a task that there is not
        the `image` of task `b` is missing"#]],
    );
    let text = r#"{"name": "w", "tasks": [{"task_id": "a", "image": "{{ custom.x }}", "taskTemplate": "t"}]}"#;
    let problems = airflow(&workflow(text), OPERATOR_MODULE).unwrap_err();
    assert_eq!(problems, ["`{{ custom.x }}` in the task `a` has no form in a DAG"]);
    let nothing = Containers::default();
    let text = r#"{"name": "w", "tasks": [{"task_id": "a", "image": "i", "taskTemplate": "t"}]}"#;
    assert!(airflow_docker(&workflow(text), &docker(&nothing)).unwrap_err()[0].contains("the template is not known"));
    let text = r#"{"name": "w", "tasks": [{"task_id": "a", "image": "i", "taskTemplate": "send-to-minio"}]}"#;
    let problems = airflow_docker(&workflow(text), &docker(&containers())).unwrap_err();
    assert_eq!(problems, ["task `a`: its input `inputs` is fed by no task, and `inputs` gives it no directory"]);
}

/// A run empties the directory of each channel before it begins.
#[test]
fn no_name_leads_out_of_the_directory_of_runs() {
    let text = |name: &str, task: &str, channel: &str| {
        format!(
            r#"{{"name": "{name}", "tasks": [{{"task_id": "{task}", "image": "i:1", "taskTemplate": {{
                "identifier": "t", "description": "d", "inputs": [], "env": [],
                "outputs": [{{"name": "{channel}", "mounted_path": "/o", "description": "d"}}]}}}}]}}"#
        )
    };
    let problems = |name, task, channel| {
        airflow_docker(&workflow(&text(name, task, channel)), &docker(&containers())).err().unwrap_or_default().len()
    };
    assert_eq!(problems("my.dag", "a", "o"), 0);
    for name in ["..", ".", "a/../..", "/etc", ""] {
        assert_eq!(problems("dag", "a", name), 1, "channel {name}");
    }
    for name in ["..", ".", "a/b"] {
        assert_eq!(problems("dag", name, "o"), 1, "task {name}");
        assert_eq!(problems(name, "a", "o"), 1, "workflow {name}");
    }
    assert_eq!(problems("..", "..", "../.."), 3);
}

#[test]
fn edges_are_written_as_chains_and_lists() {
    let task = |id: &str, before: &[&str]| {
        let before: Vec<String> = before.iter().map(|id| quote(id)).collect();
        format!(
            r#"{{"task_id": "{id}", "image": "i", "taskTemplate": "t", "upstream_task_ids": [{}]}}"#,
            before.join(", ")
        )
    };
    let edges = |tasks: &[(&str, &[&str])]| {
        let tasks: Vec<String> = tasks.iter().map(|(id, before)| task(id, before)).collect();
        let python = same_again(&format!(r#"{{"name": "w", "tasks": [{}]}}"#, tasks.join(", ")));
        python.lines().filter(|line| line.contains(" >> ")).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(edges(&[("a", &[]), ("b", &["a"]), ("c", &["b"]), ("d", &["c"])]), "a >> b >> c >> d");
    assert_eq!(
        edges(&[("a", &[]), ("b", &["a"]), ("c", &["a"]), ("d", &["b", "c"]), ("e", &["d"])]),
        "a >> b; a >> c; [b, c] >> d >> e"
    );
    assert_eq!(edges(&[("d", &["b"]), ("b", &["a"]), ("a", &[]), ("x", &["b"])]), "a >> b; b >> d; b >> x");
}

#[test]
fn a_workflow_is_a_picture() {
    let workflow = workflow(GUIDE);
    check(
        &mermaid(&workflow),
        expect![[r#"
        flowchart LR
            n0["get-data<br><small>download-from-url</small>"]
            n1["process-data<br><small>my-algorithm</small>"]
            n2["check"]
            n3["upload-data<br><small>send-to-minio</small>"]
            n4[("./data")]
            n0 -->|"downloads → inputs"| n1
            n1 -->|"outputs → inputs"| n3
            n2 -.-> n3
            n4 -->|"list"| n0
    "#]],
    );
    check(
        &dot(&workflow),
        expect![[r#"
        digraph "my-dag" {
            rankdir=LR;
            node [shape=box];
            n0 [label="get-data\ndownload-from-url"];
            n1 [label="process-data\nmy-algorithm"];
            n2 [label="check"];
            n3 [label="upload-data\nsend-to-minio"];
            n4 [label="./data", shape=folder];
            n0 -> n1 [label="downloads → inputs"];
            n1 -> n3 [label="outputs → inputs"];
            n2 -> n3 [style=dashed];
            n4 -> n0 [label="list"];
        }
    "#]],
    );
    let svg = svg(&workflow);
    assert_eq!(svg.matches("<rect").count(), 5);
    assert_eq!(svg.matches("marker-end").count(), 4);
    assert_eq!(svg.matches("stroke-dasharray").count(), 1);
    assert!(svg.contains(">downloads → inputs</text>"));
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        "[ -~]{0,12}",
        "\\PC{0,8}",
        Just("{{ env.A }}".to_owned()),
        Just("{{ env.B | default('x') }}{".to_owned()),
        Just("'''\"\"\"\\\n\r\t\u{0}".to_owned()),
        Just("{DEFAULT_REGISTRY}".to_owned()),
        Just("{{ '{{' }}".to_owned())
    ]
}

prop_compose! {
    fn any_task()(image in any_text(), template in "[ -z]{1,6}", env in prop::collection::vec((any_text(), any_text()), 0..3),
        command in prop::option::of(prop::collection::vec(any_text(), 0..4)), maps in prop::collection::vec((0usize..9, "[ -z]{1,6}", "[ -z]{1,6}"), 0..3),
        before in prop::collection::vec(0usize..9, 0..3), memory in prop::option::of("[0-9]Gi"), url in prop::option::of(any_text())) -> String
    {
        let env: Vec<String> = env.iter().map(|(name, value)| format!("{{\"name\": {}, \"value\": {}}}", quote(name), quote(value))).collect();
        let maps: Vec<String> = maps.iter().map(|(at, output, input)| format!(
            "{{\"upstream_operator\": \"@{at}\", \"upstream_output_channel\": {}, \"input_channel\": {}}}", quote(output), quote(input))).collect();
        let before: Vec<String> = before.iter().map(|at| format!("\"@{at}\"")).collect();
        let command = command.map(|words| format!(", \"command\": [{}]", words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(", ")));
        let memory = memory.map(|memory| format!(", \"resources\": {{\"limits\": {{\"memory\": \"{memory}\"}}}}"));
        let url = url.map(|url| format!(", \"registryUrl\": {}", quote(&url)));
        format!("\"image\": {}, \"taskTemplate\": {}, \"env\": [{}], \"iochannel_maps\": [{}], \"upstream_task_ids\": [{}]{}{}{}",
            quote(&image), quote(&template), env.join(", "), maps.join(", "), before.join(", "),
            command.unwrap_or_default(), memory.unwrap_or_default(), url.unwrap_or_default())
    }
}

/// A workflow whose tasks read from and wait for those above them alone, so that it has no cycle.
fn put_together(name: &str, ids: &[String], tasks: &[String]) -> String {
    let mut all = Vec::new();
    for (at, (id, task)) in ids.iter().zip(tasks).enumerate() {
        let mut task = task.clone();
        for (number, wanted) in (0..9).map(|number| (number, format!("\"@{number}\""))) {
            let other = ids.get(number).filter(|_| number < at).map_or_else(|| wanted.clone(), |id| quote(id));
            task = task.replace(&wanted, &other);
        }
        all.push(format!("{{\"task_id\": {}, {task}}}", quote(id)));
    }
    format!("{{\"name\": {}, \"tasks\": [{}]}}", quote(name), all.join(", "))
}

proptest! {
    #[test]
    fn import_of_an_export_is_the_same_workflow(
        name in any_text(),
        ids in prop::collection::hash_set("[a-z][a-z._ -]{0,6}|class|dag|[0-9]{1,3}|ä|[\"'\\\\]", 1..6),
        tasks in prop::collection::vec(any_task(), 6),
    ) {
        let ids: Vec<String> = ids.into_iter().collect();
        let text = put_together(&name, &ids, &tasks);
        let given = workflow(&text);
        let python = match airflow(&given, OPERATOR_MODULE) {
            Ok(python) => python,
            // References to tasks that are not there, and expressions of other forms.
            Err(_) => return Ok(()),
        };
        prop_assert!(python.is_ascii() || !text.is_ascii());
        let file = crate::read(&python);
        prop_assert_eq!(&file.errors, &[]);
        // A task's name may hold what is none before it is rendered: that is not written.
        same_again(&text);
        let _ = (mermaid(&given), dot(&given), svg(&given), airflow_docker(&given, &docker(&Containers::default())));
    }

    #[test]
    fn any_python_is_read(text in "\\PC{0,200}", words in "(with DAG\\('a'\\) as dag:|\n|    |KaapanaTaskOperator\\(|\\)|[a-z]|=|>>|\\[|\\]|,|\"){0,60}") {
        for text in [text, format!("from x import *\nfrom airflow import DAG\nfrom y import KaapanaTaskOperator\n{words}")] {
            let file = crate::read(&text);
            let checked = crate::check(&file, &task_api_core::CheckOptions::default());
            for diagnostic in &checked.diagnostics {
                prop_assert!(text.get(diagnostic.span.range()).is_some());
            }
            for workflow in &file.workflows {
                let imported = crate::import(workflow);
                prop_assert!(parse(&imported.text).is_valid(), "{}", imported.text);
                let _ = (mermaid(workflow), dot(workflow), svg(workflow), airflow(workflow, "m"));
            }
        }
    }
}
