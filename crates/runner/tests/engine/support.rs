//! Images, runs and their removal for the tests.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, OnceLock},
    time::{Duration, Instant},
};

use task_api_core::spec::{BindMount, ContainerSpec, Direction, ResourceSpec};
use task_api_runner::{
    Engine, Error, LogOptions, LogSink, LogSource, Outcome, RecordPlace, Removal, Request, Run, RunStore, Started,
    Surroundings,
};

const NO_ENGINE: &str = "these tests need a Docker engine on its default socket: \
    apt-get install -y --no-install-recommends docker.io iptables busybox-static, then start `dockerd &` as root";

/// Everything that one test makes, removed at its end.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) dir: tempfile::TempDir,
    pub(crate) store: RunStore,
}

/// Runs a test on one thread, as the command line does.
pub(crate) fn on_engine<F: Future<Output = ()>>(test: impl FnOnce(Bench) -> F) {
    on_engine_at(&Surroundings::default(), test);
}

pub(crate) fn on_engine_at<F: Future<Output = ()>>(surroundings: &Surroundings, test: impl FnOnce(Bench) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let engine = match Engine::connect(surroundings).await {
            Ok(engine) => engine,
            Err(error) => panic!("{NO_ENGINE}\n{error}"),
        };
        let dir = tempfile::tempdir().expect("a directory");
        let store = RunStore::new(dir.path());
        let _cleaner = Cleaner { dir: dir.path().to_owned() };
        test(Bench { engine, store: store.clone(), dir }).await;
    });
}

/// Removes the containers whose record is in the test's directory, also when the test fails.
struct Cleaner {
    dir: PathBuf,
}

impl Drop for Cleaner {
    fn drop(&mut self) {
        let marker = format!("{}/", self.dir.display());
        let listed = docker(&[
            "ps",
            "-a",
            "--filter",
            "label=task-api.record",
            "--format",
            "{{.ID}} {{.Label \"task-api.record\"}}",
        ]);
        for line in listed.lines() {
            if let Some((id, record)) = line.split_once(' ')
                && record.starts_with(&marker)
            {
                docker(&["rm", "-f", "-v", id]);
            }
        }
    }
}

impl Bench {
    pub(crate) fn request(&self, command: &[&str]) -> Request {
        Request {
            spec: spec(command),
            task: "a-task".to_owned(),
            task_instance: serde_json::json!({"name": "a-task"}),
            origins: serde_json::json!({}),
            inputs: Vec::new(),
            estimates: Vec::new(),
            outputs: Vec::new(),
            tool: "task-api 0.0.0".to_owned(),
            record: RecordPlace::Directory(self.dir.path().to_owned()),
        }
    }

    pub(crate) async fn start(&self, command: &[&str]) -> Run {
        self.start_request(self.request(command)).await.run
    }

    pub(crate) async fn start_request(&self, request: Request) -> Started {
        self.engine.start(request).await.expect("started")
    }

    /// Runs to the end, and gives what came out.
    pub(crate) async fn follow(&self, run: &mut Run) -> (Outcome, Output) {
        let mut output = Output::default();
        let followed = self.engine.follow(run, &LogOptions::following(), &mut output).await.expect("followed");
        assert_eq!(followed.warnings, []);
        (followed.outcome, output)
    }

    pub(crate) async fn run(&self, request: Request) -> (Outcome, Output, Run) {
        let mut run = self.start_request(request).await.run;
        let (outcome, output) = self.follow(&mut run).await;
        (outcome, output, run)
    }

    pub(crate) async fn run_command(&self, command: &[&str]) -> (Outcome, Output, Run) {
        self.run(self.request(command)).await
    }

    pub(crate) async fn refused(&self, request: Request) -> Error {
        self.engine.start(request).await.expect_err("the start is refused")
    }

    pub(crate) async fn remove(&self, run: &mut Run) {
        let removal = Removal { force: true, delete_record: false };
        self.engine.remove(run, removal).await.expect("removed");
    }
}

#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) out: Vec<u8>,
    pub(crate) err: Vec<u8>,
}

impl Output {
    pub(crate) fn text(&self) -> (&str, &str) {
        (std::str::from_utf8(&self.out).expect("UTF-8"), std::str::from_utf8(&self.err).expect("UTF-8"))
    }
}

impl LogSink for Output {
    async fn write(&mut self, source: LogSource, bytes: &[u8]) -> std::io::Result<()> {
        match source {
            LogSource::Stdout => self.out.extend_from_slice(bytes),
            LogSource::Stderr => self.err.extend_from_slice(bytes),
        }
        Ok(())
    }

    async fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(crate) fn spec(command: &[&str]) -> ContainerSpec {
    ContainerSpec {
        image: busybox(),
        command: Some(command.iter().map(|word| (*word).to_owned()).collect()),
        entrypoint: None,
        env: Vec::new(),
        mounts: Vec::new(),
        user: None,
        network: Some("none".to_owned()),
        resources: ResourceSpec::default(),
        labels: BTreeMap::new(),
    }
}

pub(crate) fn mount(source: &Path, target: &str, direction: Direction) -> BindMount {
    BindMount {
        channel: "channel".to_owned(),
        direction,
        source: source.to_str().expect("UTF-8").to_owned(),
        target: target.to_owned(),
        read_only: direction == Direction::Input,
    }
}

/// An image with a shell and its tools.
pub(crate) fn busybox() -> String {
    static IMAGE: OnceLock<Mutex<Option<String>>> = OnceLock::new();
    let mut image = IMAGE.get_or_init(Mutex::default).lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    image
        .get_or_insert_with(|| {
            build_image(
                "base",
                "COPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n",
                |dir| {
                    fs::copy("/bin/busybox", dir.join("busybox")).expect("busybox: apt-get install busybox-static");
                },
            )
        })
        .clone()
}

/// Builds an image under a tag that says what is in it; building again is answered from the cache.
pub(crate) fn build_image(name: &str, instructions: &str, files: impl FnOnce(&Path)) -> String {
    let context = tempfile::tempdir().expect("a directory");
    fs::write(context.path().join("Dockerfile"), format!("FROM scratch\n{instructions}")).expect("a Dockerfile");
    files(context.path());
    let tag = format!("task-api-runner-test-{name}:1");
    let path = context.path().to_str().expect("UTF-8");
    docker(&["build", "-q", "-t", &tag, path]);
    tag
}

pub(crate) fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker").env("DOCKER_BUILDKIT", "0").args(arguments).output().expect(NO_ENGINE);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    assert!(output.status.success(), "docker {arguments:?}: {}\n{NO_ENGINE}", text(&output.stderr));
    text(&output.stdout)
}

/// An image from a tar archive, for what a Dockerfile cannot put there.
pub(crate) fn import_image(name: &str, archive: &[u8]) -> String {
    let tag = format!("task-api-runner-test-{name}:1");
    let mut child = Command::new("docker")
        .args(["import", "-", &tag])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect(NO_ENGINE);
    child.stdin.take().expect("stdin").write_all(archive).expect("written");
    assert!(child.wait().expect("docker import").success());
    tag
}

pub(crate) fn container_exists(name: &str) -> bool {
    !docker(&["ps", "-aq", "--filter", &format!("name=^/{name}$")]).is_empty()
}

pub(crate) fn record_json(run: &Run) -> serde_json::Value {
    serde_json::from_slice(&fs::read(run.path()).expect("the record")).expect("JSON")
}

/// Asks again until the answer is yes; the test fails if it never is.
pub(crate) async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so().await {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
