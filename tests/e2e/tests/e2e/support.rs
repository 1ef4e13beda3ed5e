//! Directories, images and processes for the tests.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_task-api-under-test");

const NO_ENGINE: &str = "these tests need a Docker Engine on its default socket: \
    `apt-get install -y --no-install-recommends docker.io iptables busybox-static`, then start `dockerd &` as root";

/// On the tests' images, with the id of the process that made them.
const LABEL_OWNER: &str = "task-api-e2e.owner";
/// On every container that the program makes for a run.
const LABEL_RECORD: &str = "task-api.record";

/// Long enough for a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(90);

/// A directory with a task in it, and the image that the task names.
pub(crate) struct Bench {
    directory: tempfile::TempDir,
    /// For what the program keeps of images.
    cache: tempfile::TempDir,
    image: Arc<Image>,
    env: Vec<(String, String)>,
}

/// The image of all tests: a shell, and a container file with two templates.
struct Image {
    tag: String,
}

static IMAGE: Mutex<Weak<Image>> = Mutex::new(Weak::new());

/// The program, running.
pub(crate) struct Running {
    child: Child,
    /// Filled by files, so that nothing waits for a reader.
    out: PathBuf,
    err: PathBuf,
}

/// What a finished program has left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        Bench {
            image: Image::shared(),
            directory: tempfile::tempdir().unwrap(),
            cache: tempfile::tempdir().unwrap(),
            env: Vec::new(),
        }
    }

    /// With an image of its own, so that [`Bench::lookups`] are this test's alone.
    pub(crate) fn with_own_image() -> Bench {
        let _lock = IMAGE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        Bench {
            image: Arc::new(Image::build()),
            directory: tempfile::tempdir().unwrap(),
            cache: tempfile::tempdir().unwrap(),
            env: Vec::new(),
        }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    pub(crate) fn image(&self) -> &str {
        &self.image.tag
    }

    /// Sets a variable of the program's environment.
    pub(crate) fn env(&mut self, name: &str, value: &str) {
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// Writes a task.json that runs a script of the shell in the template without channels.
    pub(crate) fn script(&self, script: &str) {
        self.task(json!({ "command": ["/bin/sh", "-c", script] }));
    }

    /// Writes a task.json; `fields` go over the usual ones.
    pub(crate) fn task(&self, fields: Value) {
        let mut task = json!({
            "name": "e2e", "image": self.image(), "taskTemplate": "script",
            "inputs": [], "outputs": [], "env": [], "command": ["/bin/true"],
        });
        let Value::Object(fields) = fields else { panic!("an object") };
        task.as_object_mut().unwrap().extend(fields);
        fs::write(self.path("task.json"), format!("{task:#}")).unwrap();
    }

    /// Writes a task.json for the template with an input `in` on /in and an output `out` on /out.
    pub(crate) fn script_with_channels(&self, script: &str) {
        let channel = |name: &str| json!([{ "name": name, "input": { "host_path": format!("./{name}") } }]);
        let (inputs, outputs) = (channel("in"), channel("out"));
        let command = ["/bin/sh", "-c", script];
        self.task(json!({ "taskTemplate": "channels", "inputs": inputs, "outputs": outputs, "command": command }));
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        // Whatever starts the tests in the background may have told them to ignore interrupts, and
        // that is inherited. `env` becomes the program.
        let mut command = Command::new("/usr/bin/env");
        command
            .args(["--default-signal=INT", PROGRAM])
            .args(arguments)
            .current_dir(self.directory.path())
            .stdin(Stdio::null());
        // Neither the developer's engine elsewhere nor the configuration at home.
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.directory.path());
        command.env("XDG_CACHE_HOME", self.cache.path()).envs(self.env.clone());
        command
    }

    /// Runs the program to its end.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).wait()
    }

    #[track_caller]
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running::of(self.command(arguments))
    }

    /// `run` without `--watch`; gives the id.
    #[track_caller]
    pub(crate) fn run_detached(&self) -> String {
        let ended = self.run(&["run", "task.json"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let out = ended.text();
        let id = out.strip_prefix("run ").and_then(|rest| rest.split_once('\n')).expect("the run's id").0;
        assert_eq!(out, format!("run {id}\nrecord {}\n", self.path(&format!("task_run-{id}.json")).display()));
        id.to_owned()
    }

    /// The only record in the directory.
    #[track_caller]
    pub(crate) fn record(&self) -> Value {
        let records = self.records();
        let [record] = records.as_slice() else { panic!("not one record: {records:?}") };
        serde_json::from_slice(&fs::read(record).unwrap()).unwrap()
    }

    pub(crate) fn records(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.directory.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("task_run-")).collect()
    }

    /// Ids of the containers whose record is in this directory.
    pub(crate) fn containers(&self) -> Vec<String> {
        let marker = format!("{}/", self.directory.path().display());
        let format = format!("{{{{.ID}}}} {{{{.Label \"{LABEL_RECORD}\"}}}}");
        let listed =
            docker(&["ps", "-a", "--no-trunc", "--filter", &format!("label={LABEL_RECORD}"), "--format", &format]);
        let ours = listed.lines().filter_map(|line| line.split_once(' ')).filter(|(_, path)| path.starts_with(&marker));
        ours.map(|(id, _)| id.to_owned()).collect()
    }

    /// The only container of this directory, as the engine describes it.
    #[track_caller]
    pub(crate) fn container(&self) -> Value {
        let containers = self.containers();
        let [container] = containers.as_slice() else { panic!("not one container: {containers:?}") };
        serde_json::from_str::<Value>(&docker(&["inspect", container])).unwrap()[0].take()
    }

    /// Containers that the program made to read this image's container file.
    pub(crate) fn lookups(&self) -> Vec<String> {
        let filters =
            ["--filter", "label=task-api.lookup", "--filter", &format!("ancestor={}", self.image())].map(String::from);
        let mut arguments = vec!["ps", "-aq"];
        arguments.extend(filters.iter().map(String::as_str));
        docker(&arguments).lines().map(str::to_owned).collect()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        for container in self.containers() {
            docker(&["rm", "-f", "-v", &container]);
        }
    }
}

impl Running {
    #[track_caller]
    pub(crate) fn of(mut command: Command) -> Running {
        let place = tempfile::tempdir().unwrap().keep();
        let (out, err) = (place.join("out"), place.join("err"));
        command.stdout(fs::File::create(&out).unwrap()).stderr(fs::File::create(&err).unwrap());
        Running { child: command.spawn().unwrap(), out, err }
    }

    /// How long it has worked so far, in the kernel's hundredths of a second.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        let ticks: u64 = fields[11..13].iter().map(|field| field.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    pub(crate) fn id(&self) -> i32 {
        rustix::process::Pid::from_child(&self.child).as_raw_pid()
    }

    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.out).unwrap()).into_owned()
    }

    pub(crate) fn err(&self) -> String {
        fs::read_to_string(&self.err).unwrap()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    #[track_caller]
    pub(crate) fn wait(mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "the program does not end: {}\n{}", self.out(), self.err());
            std::thread::sleep(Duration::from_millis(2));
        };
        Ended { code: status.code(), out: fs::read(&self.out).unwrap(), err: self.err() }
    }

    /// `kill -9`, and waits until the process is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed leaves its program behind; one that has ended is not there to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(self.out.parent().unwrap());
    }
}

impl Ended {
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        let err = String::from_utf8(output.stderr).unwrap();
        Ended { code: output.status.code(), out: output.stdout, err }
    }
}

impl Image {
    /// The image, as long as any test holds it.
    fn shared() -> Arc<Image> {
        let mut image = IMAGE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(image) = image.upgrade() {
            return image;
        }
        let made = Arc::new(Image::build());
        *image = Arc::downgrade(&made);
        made
    }

    fn build() -> Image {
        remove_images_of_the_dead();
        static BUILT: AtomicU32 = AtomicU32::new(0);
        let (owner, number) = (std::process::id(), BUILT.fetch_add(1, Ordering::Relaxed));
        let channel = |name: &str| json!([{ "name": name, "mounted_path": format!("/{name}") }]);
        let template = |identifier: &str, inputs: Value, outputs: Value| json!({ "identifier": identifier, "description": "For tests.", "inputs": inputs, "outputs": outputs, "env": [] });
        let templates =
            json!([template("script", json!([]), json!([])), template("channels", channel("in"), channel("out"))]);
        let container = json!({ "name": "e2e", "description": "For tests.", "templates": templates });
        let instructions = "COPY busybox /bin/busybox\n\
            RUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n\
            COPY processing-container.json /processing-container.json\n";
        let tag = build_image(&format!("task-api-e2e:{owner}-{number}"), instructions, |context| {
            fs::copy("/bin/busybox", context.join("busybox")).expect("apt-get install busybox-static");
            fs::write(context.join("processing-container.json"), container.to_string()).unwrap();
        });
        Image { tag }
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // Not while it is built anew: the layers are the same.
        let _lock = IMAGE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        remove_image(&self.tag);
    }
}

/// An image that lives as long as its owner.
pub(crate) struct OwnImage(String);

impl OwnImage {
    /// `name` is the test's own.
    pub(crate) fn build(name: &str, instructions: &str, files: impl FnOnce(&Path)) -> OwnImage {
        OwnImage(build_image(&format!("task-api-e2e-{name}:{}", std::process::id()), instructions, files))
    }

    pub(crate) fn tag(&self) -> &str {
        &self.0
    }
}

impl Drop for OwnImage {
    fn drop(&mut self) {
        remove_image(&self.0);
    }
}

pub(crate) fn build_image(tag: &str, instructions: &str, files: impl FnOnce(&Path)) -> String {
    let context = tempfile::tempdir().unwrap();
    files(context.path());
    // The tag makes it an image of its own even where the files are another's.
    let label = format!("{LABEL_OWNER}={} task-api-e2e.tag={tag}", std::process::id());
    let dockerfile = format!("FROM scratch\n{instructions}LABEL {label}\n");
    fs::write(context.path().join("Dockerfile"), dockerfile).unwrap();
    // Not from the cache: the engine looks through all images there, and fails if a test removes one meanwhile.
    docker(&["build", "-q", "--force-rm", "--no-cache", "-t", tag, context.path().to_str().unwrap()]);
    tag.to_owned()
}

fn remove_image(tag: &str) {
    // With what a program that failed has left of its look-ups.
    let left = Command::new("docker").args(["ps", "-aq", "--filter", &format!("ancestor={tag}")]).output();
    let left = left.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    for container in left.lines() {
        let _ = Command::new("docker").args(["rm", "-f", "-v", container]).output();
    }
    // Not in use any more, or somebody else's business.
    let _ = Command::new("docker").args(["rmi", "-f", tag]).output();
}

/// Images of test processes that were killed.
fn remove_images_of_the_dead() {
    for image in docker(&["images", "-q", "--filter", &format!("label={LABEL_OWNER}")]).lines() {
        let format = format!("{{{{index .Config.Labels \"{LABEL_OWNER}\"}}}}");
        let owner = Command::new("docker").args(["inspect", "--format", &format, image]).output().unwrap();
        // Somebody else may have removed it meanwhile.
        let owner = String::from_utf8_lossy(&owner.stdout).trim().to_owned();
        if !owner.is_empty() && !Path::new("/proc").join(&owner).exists() {
            remove_image(image);
        }
    }
}

/// Runs the Docker command line, which the program under test does not use.
#[track_caller]
pub(crate) fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker").env("DOCKER_BUILDKIT", "0").args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("docker: {error}\n{NO_ENGINE}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let words = text(&output.stderr);
    let advice = if words.contains("Cannot connect") { NO_ENGINE } else { "" };
    assert!(output.status.success(), "docker {arguments:?}: {words}\n{advice}");
    text(&output.stdout)
}

/// Asks again until the answer is yes; fails if it never is.
#[track_caller]
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Reads to the end without an opinion on how it ends.
pub(crate) fn read_all(mut source: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = source.read_to_end(&mut bytes);
    bytes
}
