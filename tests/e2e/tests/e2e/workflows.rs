//! Workflows on a real engine: a diamond of five tasks over 50 items, what a failure stops, and that nothing is lost or
//! done twice, whenever the program is killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::proxy::{Gate, Proxy};
use crate::support::{Bench, Ended, OwnImage, docker, eventually};

static IMAGE: Mutex<Weak<OwnImage>> = Mutex::new(Weak::new());

/// An image with a shell and the templates `copy` and `join`, as long as any test holds it.
fn image() -> Arc<OwnImage> {
    let mut image = IMAGE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(image) = image.upgrade() {
        return image;
    }
    let channel = |name: &str| json!({ "name": name, "mounted_path": format!("/{name}") });
    let template = |name: &str, inputs: &[&str]| {
        let inputs: Vec<Value> = inputs.iter().map(|name| channel(name)).collect();
        json!({ "identifier": name, "description": "For tests.", "inputs": inputs, "outputs": [channel("out")],
            "env": [{ "name": "WORD", "value": "template" }] })
    };
    let container = json!({ "name": "workflows", "description": "For tests.",
        "templates": [template("copy", &["in"]), template("join", &["left", "right"])] });
    let instructions = "COPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n\
        COPY processing-container.json /processing-container.json\n";
    let made = Arc::new(OwnImage::build("workflows", instructions, |context| {
        fs::copy("/bin/busybox", context.join("busybox")).expect("apt-get install busybox-static");
        fs::write(context.join("processing-container.json"), container.to_string()).unwrap();
    }));
    *image = Arc::downgrade(&made);
    made
}

/// Copies each item, and writes who did.
fn copy(word: &str) -> String {
    format!(
        "for d in /in/*; do mkdir -p /out/${{d##*/}}; cat $d/f > /out/${{d##*/}}/f; echo {word} >> /out/${{d##*/}}/f; done"
    )
}

const JOIN: &str = "for d in /left/*; do mkdir -p /out/${d##*/}; cat $d/f /right/${d##*/}/f > /out/${d##*/}/f; done";
const REPORT: &str = "mkdir -p /out/report; cat /in/*/f > /out/report/f; echo reported";
/// Waits until it is asked to end, and then does its work.
fn on_request(work: &str) -> String {
    format!("trap '{work}; exit 0' TERM; echo waits; while :; do sleep 0.02; done")
}

struct Flow {
    bench: Bench,
    image: Arc<OwnImage>,
}

fn map(upstream: &str, channel: &str) -> Value {
    json!({ "upstream_operator": upstream, "upstream_output_channel": "out", "input_channel": channel })
}

impl Flow {
    fn new() -> Flow {
        Flow { bench: Bench::new(), image: image() }
    }

    fn task(&self, id: &str, script: &str, maps: &[Value]) -> Value {
        let template = if maps.len() == 2 { "join" } else { "copy" };
        json!({ "task_id": id, "image": self.image.tag(), "taskTemplate": template, "command": ["/bin/sh", "-c", script],
            "iochannel_maps": maps })
    }

    /// `get`, then `left` and `right` at once, then `join` and `report`; over 50 items.
    fn diamond(left: &str, right: &str) -> Flow {
        let flow = Flow::new();
        flow.items(50);
        flow.write(&[
            flow.task("get", &copy("get"), &[]),
            flow.task("left", left, &[map("get", "in")]),
            flow.task("right", right, &[map("get", "in")]),
            flow.task("join", JOIN, &[map("left", "left"), map("right", "right")]),
            flow.task("report", REPORT, &[map("join", "in")]),
        ]);
        flow
    }

    fn items(&self, count: usize) {
        for item in 0..count {
            let directory = self.bench.path(&format!("data/item{item:02}"));
            fs::create_dir_all(&directory).unwrap();
            fs::write(directory.join("f"), format!("{item}\n")).unwrap();
        }
    }

    /// Those without mappings read `data`.
    fn write(&self, tasks: &[Value]) {
        let sources = tasks.iter().filter(|task| task["iochannel_maps"].as_array().unwrap().is_empty());
        let inputs: Vec<Value> = sources
            .map(|task| json!({ "task_id": task["task_id"], "input_channel": "in", "host_path": "./data" }))
            .collect();
        let workflow = json!({ "name": "e2e", "tasks": tasks, "inputs": inputs });
        fs::write(self.bench.path("workflow.json"), format!("{workflow:#}")).unwrap();
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Ended {
        let mut all = vec!["workflow", "run", "workflow.json"];
        all.extend(arguments);
        self.bench.run(&all)
    }

    fn record_path(&self) -> Option<PathBuf> {
        let entries = fs::read_dir(self.bench.path("")).unwrap().map(|entry| entry.unwrap().path());
        let is_record = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with("workflow_run-") && name.ends_with(".json")
        };
        entries.filter(is_record).max()
    }

    #[track_caller]
    fn record(&self) -> Value {
        let path = self.record_path().expect("a record");
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    #[track_caller]
    fn of_task(&self, id: &str) -> Value {
        let record = self.record();
        record["tasks"].as_array().unwrap().iter().find(|task| task["taskId"] == id).expect("the task").clone()
    }

    /// The tasks' states, in the order of the file.
    #[track_caller]
    fn states(&self) -> Vec<String> {
        let record = self.record();
        let state = |task: &Value| {
            let unchanged = if task["isUnchanged"] == true { " unchanged" } else { "" };
            format!("{}{unchanged}", task["state"].as_str().unwrap())
        };
        record["tasks"].as_array().unwrap().iter().map(state).collect()
    }

    fn runs(&self) -> Vec<Value> {
        self.record()["tasks"].as_array().unwrap().iter().map(|task| task["run"].clone()).collect()
    }

    fn output(&self, path: &str) -> PathBuf {
        Path::new(self.record()["directory"].as_str().unwrap()).join(path)
    }

    #[track_caller]
    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.output(path)).unwrap()
    }

    #[track_caller]
    fn until_running(&self, ids: &[&str]) {
        eventually("the tasks run", || {
            self.record_path().is_some()
                && ids.iter().all(|id| {
                    let task = self.of_task(id);
                    task["state"] == "running" && self.has_written(id, "waits")
                })
        });
    }

    fn has_written(&self, id: &str, words: &str) -> bool {
        docker(&["logs", &self.container(id)]).contains(words)
    }

    fn container(&self, id: &str) -> String {
        format!("task-api-{}", self.of_task(id)["run"].as_str().unwrap())
    }

    fn terminate(&self, id: &str) {
        docker(&["kill", "--signal", "TERM", &self.container(id)]);
    }

    /// What `diamond` comes to.
    #[track_caller]
    fn is_whole(&self) {
        let expected: String = (0..50).map(|item| format!("{item}\nget\nleft\n{item}\nget\nright\n")).collect();
        assert_eq!(self.text("report/out/report/f"), expected);
        assert_eq!(fs::read_dir(self.output("join/out")).unwrap().count(), 50);
    }
}

#[test]
fn a_diamond_over_fifty_items() {
    let flow = Flow::diamond(&copy("left"), &copy("right"));
    let dry = flow.run(&["--dry-run"]);
    let order: Vec<&str> = dry.text().lines().filter(|line| line.starts_with('#')).collect();
    let expected = [
        "# level 1: get",
        "# level 2: left, after get",
        "# level 2: right, after get",
        "# level 3: join, after left, right",
        "# level 4: report, after join",
    ];
    assert_eq!(order, expected, "{dry:?}");
    assert_eq!((flow.record_path(), flow.bench.containers()), (None, vec![]));
    let ended = flow.run(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    flow.is_whole();
    let record = flow.record();
    assert_eq!(
        (&record["state"], &record["exitCode"], &record["version"]),
        (&json!("succeeded"), &json!(0), &json!(1))
    );
    assert_eq!(flow.states(), ["succeeded"; 5]);
    assert_eq!(flow.of_task("join")["items"]["inputs"], json!({ "left": 50, "right": 50 }));
    // Each has a record of its own, as any run.
    for task in record["tasks"].as_array().unwrap() {
        let path = flow.output(&format!("task_run-{}.json", task["run"].as_str().unwrap()));
        let run: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert_eq!((&run["taskInstance"]["name"], &run["exitCode"]), (&task["taskId"], &json!(0)));
    }
    let logs = flow.bench.run(&["workflow", "logs", record["id"].as_str().unwrap(), "report"]);
    assert_eq!(logs.text(), "reported\n");
    let all = flow.bench.run(&["workflow", "logs", record["id"].as_str().unwrap()]);
    assert_eq!(all.text(), "report | reported\n");
    let status = flow.bench.run(&["workflow", "status", record["id"].as_str().unwrap()]);
    assert_eq!((status.code, status.text()), (Some(0), ended.text()));
    // Nothing has changed.
    let again = flow.run(&["--resume"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!((flow.states(), flow.bench.containers().len()), (vec!["succeeded unchanged".to_owned(); 5], 5));
}

#[test]
fn by_content_alone_is_decided_what_runs_again() {
    let flow = Flow::diamond(&copy("left"), &copy("right"));
    assert_eq!(flow.run(&[]).code, Some(0));
    let before = flow.runs();
    // Written again with the same content.
    fs::write(flow.bench.path("data/item07/f"), "7\n").unwrap();
    assert_eq!(flow.run(&["--resume"]).code, Some(0));
    assert_eq!(flow.runs(), before);
    // `report` alone has another parameter.
    let text = fs::read_to_string(flow.bench.path("workflow.json")).unwrap();
    fs::write(flow.bench.path("workflow.json"), text.replace("echo reported", "echo reports")).unwrap();
    assert_eq!(flow.run(&["--resume"]).code, Some(0));
    let after = flow.runs();
    assert_eq!((&after[..4], after[4] == before[4]), (&before[..4], false));
    // What `left` wrote is not what it was, so it runs again, and comes to what it was.
    fs::remove_dir_all(flow.output("left/out/item03")).unwrap();
    assert_eq!(flow.run(&["--resume"]).code, Some(0));
    let mended = flow.runs();
    assert_eq!((&mended[0], mended[1] == after[1], &mended[2..]), (&after[0], false, &after[2..]));
    flow.is_whole();
    // Another input: everything.
    fs::write(flow.bench.path("data/item07/f"), "8\n").unwrap();
    assert_eq!(flow.run(&["--resume"]).code, Some(0));
    assert!(flow.runs().iter().zip(&mended).all(|(now, then)| now != then));
    assert!(flow.text("report/out/report/f").contains("8\nget\nleft\n8\nget\nright\n8\nget"));
}

#[test]
fn a_failure_stops_what_is_behind_it_and_nothing_else() {
    let flow = Flow::diamond("echo broken >&2; exit 3", &copy("right"));
    let ended = flow.run(&["--jobs", "1"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert_eq!(flow.states(), ["succeeded", "failed", "succeeded", "not-run", "not-run"]);
    assert!(ended.err.contains("task `left`: the last lines that it wrote:\n  | broken\n"), "{ended:?}");
    assert!(ended.err.contains("error: task `left`: the container exited with 3\n"), "{ended:?}");
    assert_eq!(flow.of_task("join")["message"], "task `left` failed");
    assert_eq!(flow.bench.containers().len(), 3);
    let status = flow.bench.run(&["workflow", "status", flow.record()["id"].as_str().unwrap()]);
    assert_eq!(status.code, Some(3), "{status:?}");
    // Mended, the rest runs.
    let text = fs::read_to_string(flow.bench.path("workflow.json")).unwrap();
    fs::write(flow.bench.path("workflow.json"), text.replace("echo broken >&2; exit 3", &copy("left"))).unwrap();
    assert_eq!(flow.run(&["--resume"]).code, Some(0));
    flow.is_whole();
    assert_eq!(flow.states(), ["succeeded unchanged", "succeeded", "succeeded unchanged", "succeeded", "succeeded"]);
    assert_eq!(flow.of_task("left")["earlierRuns"].as_array().unwrap().len(), 1);
}

#[test]
fn killed_in_the_middle_and_resumed_nothing_runs_twice() {
    let flow = Flow::diamond(&on_request(&copy("left")), &on_request(&copy("right")));
    let running = flow.bench.start(&["workflow", "run", "workflow.json", "--jobs", "4"]);
    flow.until_running(&["left", "right"]);
    running.kill();
    let before = flow.runs();
    // One ends while nobody looks, the other goes on.
    flow.terminate("left");
    eventually("its end", || {
        docker(&["inspect", "--format", "{{.State.Status}}", &flow.container("left")]) == "exited"
    });
    let id = flow.record()["id"].as_str().unwrap().to_owned();
    let status = flow.bench.run(&["workflow", "status", "--no-watch", &id]);
    assert!(status.text().contains("left    ended"), "{status:?}");
    assert!(status.text().contains(&format!("--resume={id}")), "{status:?}");
    let resumed = flow.bench.start(&["workflow", "run", "workflow.json", "--resume"]);
    eventually("it is taken up", || {
        resumed.err().contains(&format!("task `right`: goes on, run {}", before[2].as_str().unwrap()))
    });
    // Two of them would be in each other's way.
    let second = flow.run(&["--resume"]);
    assert_eq!(second.code, Some(2), "{second:?}");
    assert!(second.err.contains("is still running"), "{second:?}");
    flow.terminate("right");
    let ended = resumed.wait();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    flow.is_whole();
    assert_eq!(flow.states(), ["succeeded unchanged", "succeeded", "succeeded", "succeeded", "succeeded"]);
    assert_eq!((&flow.runs()[..3], flow.bench.containers().len()), (&before[..3], 5));
    let again = flow.run(&["--resume"]);
    assert_eq!((again.code, flow.bench.containers().len()), (Some(0), 5), "{again:?}");
}

/// What a container reads that went on alone is about to be written anew: it has to end first, and is no result.
#[test]
fn a_container_that_went_on_gives_way_to_what_it_reads() {
    let flow = Flow::diamond(&on_request(&copy("left")), &on_request(&copy("right")));
    let running = flow.bench.start(&["workflow", "run", "workflow.json", "--jobs", "4"]);
    flow.until_running(&["left", "right"]);
    running.kill();
    let before = flow.runs();
    let text = fs::read_to_string(flow.bench.path("workflow.json")).unwrap();
    let text =
        text.replace(&on_request(&copy("left")), &copy("left")).replace(&on_request(&copy("right")), &copy("right"));
    fs::write(flow.bench.path("workflow.json"), text).unwrap();
    let ended = flow.run(&["--resume", "--from", "get"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    flow.is_whole();
    assert_eq!(flow.states(), ["succeeded"; 5]);
    assert!(flow.runs().iter().zip(&before).all(|(now, then)| now != then));
    assert_eq!((flow.of_task("left")["earlierRuns"][0].clone(), flow.bench.containers().len()), (before[1].clone(), 8));
    let record = |run: &Value| -> Value {
        let path = flow.output(&format!("task_run-{}.json", run.as_str().unwrap()));
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    };
    let time = |time: &Value| time.as_str().unwrap().trim_end_matches('Z').to_owned();
    let began = time(&record(&flow.runs()[0])["startedAt"]);
    for left in &before[1..3] {
        assert!(time(&record(left)["finishedAt"]) < began, "{left}");
    }
}

/// Killed when it comes to a request of the first task.
#[track_caller]
fn resumed_after(method: &str, part: &str, gate: Gate, containers: usize) {
    let mut flow = Flow::diamond(&copy("left"), &copy("right"));
    let proxy = Proxy::new(&flow.bench.path(""));
    flow.bench.env("DOCKER_HOST", &proxy.address());
    proxy.close(method, part, gate);
    let running = flow.bench.start(&["workflow", "run", "workflow.json"]);
    proxy.wait_until_held();
    running.kill();
    flow.bench.env("DOCKER_HOST", "");
    assert_eq!(flow.states(), ["starting", "waiting", "waiting", "waiting", "waiting"]);
    let ended = flow.run(&["--resume"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    flow.is_whole();
    assert_eq!(flow.bench.containers().len(), containers);
}

#[test]
fn killed_before_a_container_is_made() {
    resumed_after("POST ", "/containers/create?name=task-api-1", Gate::Request, 5);
}

#[test]
fn killed_before_it_hears_of_a_container() {
    // The container that was never started gives way.
    resumed_after("POST ", "/containers/create?name=task-api-1", Gate::Answer, 5);
}

#[test]
fn killed_before_it_hears_that_a_container_runs() {
    // Nobody wrote down that this run is the task's: its own record says so.
    resumed_after("POST ", "/start", Gate::Answer, 5);
}

#[test]
fn some_tasks_alone() {
    let flow = Flow::diamond(&copy("left"), &copy("right"));
    let refused = flow.run(&["--only", "join"]);
    assert_eq!((refused.code, flow.record_path()), (Some(2), None), "{refused:?}");
    assert!(refused.err.contains("task `join` reads what `left` writes"), "{refused:?}");
    assert!(refused.err.contains("no run is resumed: add --resume"), "{refused:?}");
    let ended = flow.run(&["--only", "get", "left"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(flow.states(), ["succeeded", "succeeded", "left-out", "left-out", "left-out"]);
    let before = flow.runs();
    let refused = flow.run(&["--resume", "--from", "join"]);
    assert!(refused.err.contains("`right` writes, which is not among the tasks to run, and in run"), "{refused:?}");
    // The named task runs though nothing has changed; those behind it, as far as they have to.
    let ended = flow.run(&["--resume", "--from", "left", "right"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    flow.is_whole();
    let after = flow.runs();
    assert_eq!((after[0] == before[0], after[1] == before[1]), (true, false));
    let ended = flow.run(&["--resume", "--from", "left"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(flow.states()[1..], ["succeeded", "succeeded", "succeeded unchanged", "succeeded unchanged"]);
    let unknown = flow.run(&["--only", "lift"]);
    assert!(unknown.err.contains("the workflow has no task `lift`; did you mean `left`?"), "{unknown:?}");
}

#[test]
fn stopped_from_elsewhere() {
    let flow =
        Flow::diamond(&on_request(&copy("left")), "trap 'exit 7' TERM; echo waits; while :; do sleep 0.02; done");
    let running = flow.bench.start(&["workflow", "run", "workflow.json", "--jobs", "4"]);
    flow.until_running(&["left", "right"]);
    let id = flow.record()["id"].as_str().unwrap().to_owned();
    let stop = flow.bench.run(&["workflow", "stop", &id]);
    assert_eq!((stop.code, stop.text()), (Some(0), format!("workflow run {id} has ended\n").as_str()), "{stop:?}");
    let ended = running.wait();
    assert_eq!(ended.code, Some(7), "{ended:?}");
    assert_eq!(flow.states(), ["succeeded", "succeeded", "failed", "not-run", "not-run"]);
    assert_eq!(flow.record()["state"], "stopped");
    let again = flow.bench.run(&["workflow", "stop", &id]);
    assert_eq!(again.text(), format!("workflow run {id} had ended before\n"), "{again:?}");
}

#[test]
fn stopped_when_nobody_drives_it_any_more() {
    let waits = "trap 'exit 7' TERM; echo waits; while :; do sleep 0.02; done";
    let flow = Flow::diamond(waits, waits);
    let running = flow.bench.start(&["workflow", "run", "workflow.json", "--jobs", "4"]);
    flow.until_running(&["left", "right"]);
    running.kill();
    let id = flow.record()["id"].as_str().unwrap().to_owned();
    let stop = flow.bench.run(&["workflow", "stop", &id]);
    assert_eq!((stop.code, stop.text()), (Some(0), format!("workflow run {id} has ended\n").as_str()), "{stop:?}");
    assert_eq!(flow.states(), ["succeeded", "failed", "failed", "waiting", "waiting"]);
    assert_eq!(docker(&["inspect", "--format", "{{.State.ExitCode}}", &flow.container("left")]), "7");
    let status = flow.bench.run(&["workflow", "status", &id]);
    assert_eq!(status.code, Some(7), "{status:?}");
}

#[test]
fn interrupted_once_twice_and_three_times() {
    let deaf = "trap 'echo term' TERM; echo waits; while :; do sleep 0.02; done";
    let mut flow = Flow::diamond(deaf, deaf);
    let proxy = Proxy::new(&flow.bench.path(""));
    flow.bench.env("DOCKER_HOST", &proxy.address());
    let running = flow.bench.start(&["workflow", "run", "workflow.json", "--jobs", "4"]);
    flow.until_running(&["left", "right"]);
    // An engine that does not answer must not keep anybody.
    proxy.close("POST ", "signal=SIGKILL", Gate::Request);
    running.signal(Signal::INT);
    eventually("both have heard of it", || ["left", "right"].iter().all(|id| flow.has_written(id, "term")));
    running.signal(Signal::INT);
    proxy.wait_until_held();
    running.signal(Signal::INT);
    let ended = running.wait();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.err.contains("task-api: starting no more tasks, and asking the containers to end"), "{ended:?}");
    assert!(ended.err.contains("task-api: killing the containers; once more leaves them behind\n"), "{ended:?}");
    assert!(ended.err.contains("left the containers of workflow run"), "{ended:?}");
    flow.bench.env("DOCKER_HOST", "");
    assert_eq!(flow.states(), ["succeeded", "running", "running", "waiting", "waiting"]);
    let id = flow.record()["id"].as_str().unwrap().to_owned();
    let stop = flow.bench.run(&["workflow", "stop", "--time", "0", &id]);
    assert_eq!(stop.code, Some(0), "{stop:?}");
    assert_eq!(flow.states(), ["succeeded", "failed", "failed", "waiting", "waiting"]);
}

#[test]
fn items_that_got_lost_are_named_where_it_happened() {
    let lossy = format!("{}; rm -r /out/item07 /out/item13", copy("right"));
    let flow = Flow::diamond(&copy("left"), &lossy);
    let script = "for d in /right/*; do mkdir -p /out/${d##*/}; cp $d/f /out/${d##*/}/f; done";
    let text = fs::read_to_string(flow.bench.path("workflow.json")).unwrap();
    fs::write(flow.bench.path("workflow.json"), text.replace(JOIN, script)).unwrap();
    let ended = flow.run(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let lost: Vec<&str> = ended.text().lines().filter(|line| line.contains(" lost ")).collect();
    assert_eq!(lost, ["task `right` lost 2 of 50 items of `in` on the way to `out`: `item07`, `item13`"], "{ended:?}");
    assert_eq!(flow.of_task("right")["items"]["lost"][0]["items"], json!(["item07", "item13"]));
    assert!(ended.text().contains("50, 48 → 48"), "{ended:?}");
}

#[test]
fn the_memory_of_the_machine_is_not_given_twice() {
    let flow = Flow::new();
    flow.items(1);
    let mut tasks: Vec<Value> =
        (0..3).map(|n| flow.task(&format!("t{n}"), &format!("sleep 0.3; {}", copy("t")), &[])).collect();
    for task in &mut tasks {
        task["resources"] = json!({ "requests": { "memory": "64Mi" }, "limits": { "memory": "64Mi" } });
    }
    flow.write(&tasks);
    let ended = flow.run(&["--jobs", "3", "--memory", "100Mi"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    // Each starts when the one before is done.
    let times = |field: &str| -> Vec<String> {
        let record = flow.record();
        let mut times: Vec<String> =
            record["tasks"].as_array().unwrap().iter().map(|task| task[field].as_str().unwrap().to_owned()).collect();
        times.sort();
        times
    };
    let (started, finished) = (times("startedAt"), times("finishedAt"));
    assert!(started[1] > finished[0] && started[2] > finished[1], "{started:?} {finished:?}");
}

#[test]
fn hostile_names_stay_in_their_directory() {
    let flow = Flow::new();
    flow.items(2);
    let hostile = "../../up\n\u{1b}[2J";
    let mut second = flow.task("-rf /", REPORT, &[map(hostile, "in")]);
    second["env"] = json!([{ "name": "WORD", "value": "$(touch /out/pwned) `id` \"'" }]);
    second["command"] = json!(["/bin/sh", "-c", "mkdir /out/x; printf %s \"$WORD\" > /out/x/f"]);
    flow.write(&[flow.task(hostile, &copy("x"), &[]), second]);
    let ended = flow.run(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!ended.text().contains('\u{1b}') && !ended.err.contains('\u{1b}'), "{ended:?}");
    let mut names: Vec<String> = fs::read_dir(flow.output("."))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("task_run-"))
        .collect();
    names.sort();
    assert_eq!(names, ["%2E.%2F..%2Fup%0A%1B%5B2J", "-rf%20%2F", ".lock"]);
    assert_eq!(flow.text("-rf%20%2F/out/x/f"), "$(touch /out/pwned) `id` \"'");
    let mut around: Vec<String> = fs::read_dir(flow.bench.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    around.retain(|name| !name.starts_with("workflow_run-"));
    around.sort();
    assert_eq!(around, ["data", "workflow.json"]);
}

#[test]
fn a_directory_of_others_is_left_alone() {
    let flow = Flow::diamond(&copy("left"), &copy("right"));
    fs::create_dir_all(flow.bench.path("results/join/out/mine")).unwrap();
    let refused = flow.run(&["--directory", "results"]);
    assert_eq!((refused.code, flow.record_path()), (Some(2), None), "{refused:?}");
    assert!(refused.err.contains("of its output `out` is not empty"), "{refused:?}");
    fs::remove_dir(flow.bench.path("results/join/out/mine")).unwrap();
    assert_eq!(flow.run(&["--directory", "results"]).code, Some(0));
    flow.is_whole();
    assert!(flow.bench.path("results/report/out/report/f").is_file());
}

#[test]
fn nothing_starts_that_cannot_run() {
    let flow = Flow::diamond(&copy("left"), &copy("right"));
    fs::rename(flow.bench.path("data"), flow.bench.path("elsewhere")).unwrap();
    let ended = flow.run(&[]);
    assert_eq!((ended.code, flow.record_path(), flow.bench.containers().len()), (Some(1), None, 0), "{ended:?}");
    assert!(ended.err.contains("task `get`: input `in`: "), "{ended:?}");
    fs::rename(flow.bench.path("elsewhere"), flow.bench.path("data")).unwrap();
    let text = fs::read_to_string(flow.bench.path("workflow.json")).unwrap();
    fs::write(flow.bench.path("workflow.json"), text.replacen(flow.image.tag(), "task-api-e2e-absent:1", 1)).unwrap();
    let ended = flow.run(&["--pull", "never"]);
    assert_eq!((ended.code, flow.record_path(), flow.bench.containers().len()), (Some(125), None, 0), "{ended:?}");
}

#[test]
fn secrets_are_in_no_record_of_a_workflow() {
    use std::os::unix::fs::PermissionsExt;
    let flow = Flow::new();
    flow.items(1);
    let script = "mkdir -p /out/x; printf %s \"$API_TOKEN\" | wc -c > /out/x/f";
    let mut task = flow.task("get", script, &[]);
    task["env"] = json!([{ "name": "API_TOKEN", "value": "{{ custom.token }}" }]);
    flow.write(&[task]);
    let arguments = ["--var", "token=hunter2-hunter2", "--format", "json"];
    let ended = flow.run(&arguments);
    assert_eq!((ended.code, ended.json()), (Some(0), flow.record()), "{ended:?}");
    assert_eq!(flow.text("get/out/x/f"), "15\n");
    let dry = flow.run(&[&arguments[..], &["--dry-run"]].concat());
    for said in [ended, dry] {
        assert!(!said.text().contains("hunter2") && !said.err.contains("hunter2"), "{said:?}");
    }
    let records =
        fs::read_dir(flow.output(".")).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    for path in records.chain(flow.record_path()) {
        let is_record = path.extension().is_some_and(|extension| extension == "json");
        assert!(!fs::read_to_string(&path).unwrap().contains("hunter2"), "{path:?}");
        assert!(!is_record || fs::metadata(&path).unwrap().permissions().mode() & 0o777 == 0o600, "{path:?}");
    }
    // Another token is no other parameter.
    let again = flow.run(&["--resume", "--var", "token=other"]);
    assert_eq!((again.code, flow.states()), (Some(0), vec!["succeeded unchanged".to_owned()]), "{again:?}");
}
