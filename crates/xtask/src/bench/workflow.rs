//! A workflow of a thousand tasks and five thousand mappings, with the containers of its tasks.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::hyperfine::{self, Program, Repeats};
use super::report::Measurement;
use super::{TASK_API, directory};
use crate::process::{Result, run as command, write};
use crate::project;

const TASKS: usize = 1000;
const INPUTS: usize = 5;
const CONTAINERS: usize = 20;

/// On a warm file cache.
pub(super) fn measure() -> Result<Vec<Measurement>> {
    command("cargo").args(["build", "--release"]).done()?;
    let workflow = project::shown(&write_workflow()?);
    let node = format!("node -e 'JSON.parse(fs.readFileSync(\"{workflow}\"))'");
    let mut rows = hyperfine::compare_repeated(
        &format!("a workflow of {TASKS} tasks, start to verdict"),
        &[
            Program { who: "task-api validate", command: format!("{TASK_API} validate --format concise {workflow}") },
            Program { who: "node, JSON.parse only", command: node },
        ],
        Repeats { warm_up: 5, runs: 50 },
    )?;
    if let Some(ours) = rows.first_mut() {
        ours.target = Some(20.0);
    }
    Ok(rows)
}

/// Each task reads the outputs of the five before it, the first ones directories.
fn write_workflow() -> Result<PathBuf> {
    let root = directory().join("workflow");
    let image = |number: usize| format!("registry.example.org/step-{}:1.0", number % CONTAINERS);
    for number in 0..CONTAINERS {
        write(&root.join(format!("step-{number}/processing-container.json")), format!("{:#}\n", container(number)))?;
    }
    let tasks: Vec<Value> = (0..TASKS)
        .map(|number| {
            let maps = (1..=INPUTS).filter_map(|back| {
                let upstream = number.checked_sub(back)?;
                Some(json!({
                    "upstream_operator": format!("task-{upstream}"),
                    "upstream_output_channel": "results",
                    "input_channel": format!("input-{back}"),
                }))
            });
            json!({
                "task_id": format!("task-{number}"),
                "image": image(number),
                "taskTemplate": "step",
                "env": [{ "name": "THRESHOLD", "value": "0.7" }],
                "resources": { "limits": { "memory": "4Gi" } },
                "iochannel_maps": maps.collect::<Vec<_>>(),
            })
        })
        .collect();
    let inputs: Vec<Value> = (0..INPUTS)
        .flat_map(|number| (number + 1..=INPUTS).map(move |back| (number, back)))
        .map(|(number, back)| {
            let host_path = format!("/study/{back}");
            json!({ "task_id": format!("task-{number}"), "input_channel": format!("input-{back}"), "host_path": host_path })
        })
        .collect();
    let containers: Vec<Value> = (0..CONTAINERS)
        .map(|number| json!({ "image": image(number), "path": format!("step-{number}/processing-container.json") }))
        .collect();
    let workflow = json!({ "name": "large", "tasks": tasks, "inputs": inputs, "containers": containers });
    let path = root.join("workflow.json");
    write(&path, format!("{workflow:#}\n"))?;
    Ok(path)
}

fn container(number: usize) -> Value {
    let channel = |name: String| json!({ "name": name, "mounted_path": format!("/data/{name}"), "description": name });
    json!({
        "name": format!("step-{number}"),
        "description": "One step of many.",
        "templates": [{
            "identifier": "step",
            "description": "Reads five channels and writes one.",
            "inputs": (1..=INPUTS).map(|input| channel(format!("input-{input}"))).collect::<Vec<_>>(),
            "outputs": [channel("results".to_owned())],
            "env": [{ "name": "THRESHOLD", "value": "0.5", "description": "Probability." }],
        }],
    })
}
