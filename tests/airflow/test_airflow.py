"""Exported DAGs in a real Airflow.

The DAG for plain Airflow runs on the local engine and must leave what `task-api workflow run` leaves. Of the DAG for
Kaapana, every call of the operator is recorded, and must say what the workflow says.

The program is in $TASK_API, and Airflow beside the Python that runs this.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TASK_API = os.environ["TASK_API"]
AIRFLOW = Path(sys.executable).parent / "airflow"
IMAGE = f"task-api-airflow:{os.getpid()}"
ITEMS = 50

PLACE = None
ENVIRONMENT = None


def setUpModule():
    global PLACE, ENVIRONMENT
    PLACE = Path(tempfile.mkdtemp(prefix="task-api-airflow-"))
    ENVIRONMENT = {
        "PATH": os.environ["PATH"],
        "HOME": str(PLACE),
        "AIRFLOW_HOME": str(PLACE / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(PLACE / "dags"),
        "TASK_API_RUNS": str(PLACE / "runs"),
        "PYTHONPATH": str(PLACE / "stand-ins"),
    }
    (PLACE / "dags").mkdir()
    build_image()
    command(AIRFLOW, "db", "migrate")


def tearDownModule():
    for container in subprocess.run(
        ["docker", "ps", "-aq", "--filter", f"ancestor={IMAGE}"], capture_output=True, text=True
    ).stdout.split():
        subprocess.run(["docker", "rm", "-f", "-v", container], capture_output=True)
    subprocess.run(["docker", "rmi", "-f", IMAGE], capture_output=True)
    shutil.rmtree(PLACE, ignore_errors=True)


def command(*arguments):
    """Runs a program that must succeed, and gives its output."""
    ran = subprocess.run([str(argument) for argument in arguments], cwd=PLACE, env=ENVIRONMENT, capture_output=True, text=True)
    if ran.returncode != 0:
        raise AssertionError(f"{arguments} ended with {ran.returncode}\n{ran.stdout}\n{ran.stderr}")
    return ran.stdout


def channel(name):
    return {"name": name, "mounted_path": f"/data/{name}", "description": "Items."}


CONTAINER = {
    "name": "airflow-test",
    "description": "For tests.",
    "templates": [
        {
            "identifier": "copy",
            "description": "Copies items.",
            "inputs": [channel("in")],
            "outputs": [channel("out")],
            "env": [{"name": "WORD", "value": "template"}, {"name": "KEPT", "value": "as it's \"written\" {{ here }}"}],
            "command": [
                "/bin/sh",
                "-c",
                'cd /data/in && for d in *; do mkdir -p "/data/out/$d" && cat "$d/f" >"/data/out/$d/f" && '
                'echo "$WORD $KEPT" >>"/data/out/$d/f"; done',
            ],
            "resources": {"limits": {"memory": "64Mi"}},
        },
        {
            "identifier": "join",
            "description": "Joins items.",
            "inputs": [channel("left"), channel("right")],
            "outputs": [channel("out"), channel("names")],
            "env": [],
            "command": [
                "/bin/sh",
                "-c",
                'cd /data/left && for d in *; do mkdir -p "/data/out/$d" "/data/names/$d" && '
                'cat "$d/f" "/data/right/$d/f" >"/data/out/$d/f" && echo "$d" >"/data/names/$d/name"; done',
            ],
        },
    ],
}


def build_image():
    context = PLACE / "image"
    context.mkdir()
    shutil.copy("/bin/busybox", context / "busybox")
    (context / "processing-container.json").write_text(json.dumps(CONTAINER))
    (context / "Dockerfile").write_text(
        "FROM scratch\n"
        "COPY busybox /bin/busybox\n"
        'RUN ["/bin/busybox", "--install", "-s", "/bin"]\n'
        "COPY processing-container.json /processing-container.json\n"
    )
    built = subprocess.run(
        ["docker", "build", "-q", "-t", IMAGE, str(context)],
        env={**os.environ, "DOCKER_BUILDKIT": "0"},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr


def mapping(upstream, output, into):
    return {"upstream_operator": upstream, "upstream_output_channel": output, "input_channel": into}


def task(task_id, template, maps=(), **fields):
    return {"task_id": task_id, "image": IMAGE, "taskTemplate": template, "iochannel_maps": list(maps), **fields}


def write(name, workflow):
    path = PLACE / name
    path.write_text(json.dumps(workflow, indent=2))
    return path


def tree(directory):
    """The files below a directory with what is in them, and the empty directories."""
    found = {}
    for path in sorted(directory.rglob("*")):
        name = str(path.relative_to(directory))
        found[name] = path.read_bytes() if path.is_file() else None
    return found


class Docker(unittest.TestCase):
    def test_a_diamond_leaves_what_it_leaves_here(self):
        for item in range(ITEMS):
            directory = PLACE / "data" / f"item {item:02}"
            directory.mkdir(parents=True)
            (directory / "f").write_text(f"{item}\n")
        workflow = {
            "name": "diamond",
            "tasks": [
                task("get", "copy", env=[{"name": "WORD", "value": "got $HOME 'it' \"{{ 1 }}\" \\n"}]),
                task("left", "copy", [mapping("get", "out", "in")], env=[{"name": "WORD", "value": "left"}]),
                task("right", "copy", [mapping("get", "out", "in")]),
                task("join", "join", [mapping("left", "out", "left"), mapping("right", "out", "right")]),
                task(
                    "report",
                    "copy",
                    [mapping("join", "names", "in")],
                    command=["/bin/sh", "-c", "mkdir /data/out/report && cat /data/in/*/name >/data/out/report/all"],
                    upstream_task_ids=["get"],
                ),
            ],
            "inputs": [{"task_id": "get", "input_channel": "in", "host_path": "./data"}],
            "containers": [{"image": IMAGE, "path": "./image/processing-container.json"}],
        }
        # An expression in a value is not for Airflow to render; here, it would be rendered first.
        text = json.dumps(workflow).replace("{{ 1 }}", "{ 1 }").replace("{{ here }}", "{ here }")
        workflow = json.loads(text)
        container = json.dumps(CONTAINER).replace("{{ here }}", "{ here }")
        (PLACE / "image" / "processing-container.json").write_text(container)
        file = write("workflow.json", workflow)
        command(TASK_API, "workflow", "run", file, "--directory", "here")
        command(TASK_API, "workflow", "export", file, "--to", "airflow-docker", "--output", PLACE / "dags" / "diamond.py")
        self.assertEqual(import_errors(PLACE / "dags" / "diamond.py"), {"diamond": sorted(t["task_id"] for t in workflow["tasks"])})
        command(AIRFLOW, "dags", "test", "diamond")
        [run] = (PLACE / "runs" / "diamond").iterdir()
        compared = 0
        for task_id, channels in [("get", ["out"]), ("left", ["out"]), ("right", ["out"]), ("join", ["out", "names"]), ("report", ["out"])]:
            for name in channels:
                ours, theirs = tree(PLACE / "here" / task_id / name), tree(run / task_id / name)
                self.assertEqual(ours, theirs, f"{task_id}/{name}")
                compared += len(ours)
        # Five channels with a directory and a file for each item, and the report.
        self.assertEqual(compared, 5 * 2 * ITEMS + 2)


PARSE = """
import json, sys
from airflow.dag_processing.dagbag import DagBag

bag = DagBag(sys.argv[1])
if bag.import_errors:
    sys.exit(str(bag.import_errors))
print("\\n" + json.dumps({name: sorted(dag.task_ids) for name, dag in bag.dags.items()}))
"""


def import_errors(file):
    """The DAGs of a file and their tasks, as Airflow reads it; fails if it does not."""
    return json.loads(command(sys.executable, "-c", PARSE, file).splitlines()[-1])


STAND_IN = """
import json
from airflow.sdk import BaseOperator

CALLS = []


class IOMapping:
    def __init__(self, upstream_operator, upstream_output_channel, input_channel):
        assert isinstance(upstream_operator, KaapanaTaskOperator), upstream_operator
        self.said = {
            "upstream_operator": upstream_operator.task_id,
            "upstream_output_channel": upstream_output_channel,
            "input_channel": input_channel,
        }


class KaapanaTaskOperator(BaseOperator):
    def __init__(
        self, *, task_id, image, taskTemplate, env=None, command=None, resources=None, registryUrl=None,
        registryUsername=None, registryPassword=None, iochannel_maps=None, **kwargs,
    ):
        super().__init__(task_id=task_id, **kwargs)
        said = dict(
            task_id=task_id, image=image, taskTemplate=taskTemplate, env=env, command=command, resources=resources,
            registryUrl=registryUrl, registryUsername=registryUsername, registryPassword=registryPassword,
            iochannel_maps=[mapping.said for mapping in iochannel_maps or []],
        )
        CALLS.append({name: value for name, value in said.items() if value not in (None, [])})
"""

RECORD = """
import json, runpy, sys
import task_api_operator.KaapanaTaskOperator as stand_in

dags = [value for value in runpy.run_path(sys.argv[1]).values() if type(value).__name__ == "DAG"]
[dag] = dags
edges = {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks}
print("\\n" + json.dumps({"dag": dag.dag_id, "calls": stand_in.CALLS, "edges": edges}))
"""


class Kaapana(unittest.TestCase):
    def test_every_call_says_what_the_workflow_says(self):
        stand_ins = PLACE / "stand-ins"
        for name, text in {
            "task_api_operator/KaapanaTaskOperator.py": STAND_IN,
            "kaapana/blueprints/kaapana_global_variables.py": 'DEFAULT_REGISTRY = "registry.example.org/k"\nKAAPANA_BUILD_VERSION = "0.6.0"\n',
        }.items():
            path = stand_ins / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        inline = {"identifier": "inline", "description": "It's \"here\".\n", "inputs": [channel("in")], "outputs": [channel("out")],
                  "env": [{"name": "A", "value": "1", "adjustable": True, "choices": None}]}
        tasks = [
            task("get-data", "copy", env=[{"name": "WORD", "value": "a \"b\" 'c' \\ {x} ü\n"}], image="{{ env.DEFAULT_REGISTRY }}/get:{{ env.KAAPANA_BUILD_VERSION }}"),
            task("class", inline, [mapping("get-data", "out", "in")], command=["sh", "-c", "echo \"$A\" 'x'"],
                 resources={"limits": {"memory": "1Gi", "cpu": "500m"}, "requests": {"memory": "64Mi"}}),
            task("2nd", "copy", [mapping("class", "out", "in")], registryUrl="https://registry.example.org", registryUsername="me"),
            task("join", "join", [mapping("class", "out", "left"), mapping("2nd", "out", "right")], upstream_task_ids=["get-data"]),
        ]
        workflow = {
            "name": "kaapana-dag",
            "tasks": tasks,
            "inputs": [{"task_id": "get-data", "input_channel": "in", "host_path": "./data"}],
            "containers": [{"image": IMAGE, "path": "./image/processing-container.json"}],
        }
        file = write("kaapana.workflow.json", workflow)
        dag = PLACE / "kaapana_dag.py"
        command(TASK_API, "workflow", "export", file, "--to", "airflow", "--output", dag)
        recorded = json.loads(command(sys.executable, "-c", RECORD, dag).splitlines()[-1])
        expected = []
        for said in tasks:
            call = {name: value for name, value in said.items() if name != "upstream_task_ids" and value != []}
            call["image"] = call["image"].replace("{{ env.DEFAULT_REGISTRY }}", "registry.example.org/k")
            call["image"] = call["image"].replace("{{ env.KAAPANA_BUILD_VERSION }}", "0.6.0")
            expected.append(call)
        self.maxDiff = None
        self.assertEqual(recorded["dag"], "kaapana-dag")
        by_id = lambda calls: sorted(calls, key=lambda call: call["task_id"])
        self.assertEqual(by_id(recorded["calls"]), by_id(expected))
        # The operator itself waits for nothing: each mapping is an edge as well.
        edges = {
            said["task_id"]: sorted(
                {map["upstream_operator"] for map in said["iochannel_maps"]} | set(said.get("upstream_task_ids", []))
            )
            for said in tasks
        }
        self.assertEqual(recorded["edges"], edges)


if __name__ == "__main__":
    unittest.main(verbosity=2)
