//! A Docker Engine for the commands that run containers: the one that answers, or, on Debian as
//! root, one started here and stopped at the end, also when a step fails.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::process::{Result, failure, make_directory, read, run, say};
use crate::project;
use crate::setup::{self, DOCKER};

const READY_DEADLINE: Duration = Duration::from_secs(60);
const STOP_DEADLINE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(200);

/// An engine that answers for as long as this lives. One that was started here stops with it.
#[must_use]
pub(crate) struct Engine {
    started: Option<Child>,
}

/// Finds or starts the engine.
pub(crate) fn ensure() -> Result<Engine> {
    setup::ensure_program(&DOCKER)?;
    if let Some(version) = server_version() {
        say(&format!("Docker Engine {version} answers"));
        return Ok(Engine { started: None });
    }
    let host = Host::of_environment();
    if let Host::Remote(address) = &host {
        return failure(format!("the Docker Engine that DOCKER_HOST names ({address}) does not answer"));
    }
    if !setup::ensure_program(&DOCKERD).is_ok_and(|_| is_root()) {
        return failure(
            "no Docker Engine answers: start one (sudo systemctl start docker), or install one \
             (Debian, Ubuntu: sudo apt-get install --no-install-recommends docker.io iptables); \
             to use one elsewhere, set DOCKER_HOST",
        );
    }
    start(&host)
}

/// The engine's program comes with the client's package.
const DOCKERD: setup::Program =
    setup::Program { name: "dockerd", packages: DOCKER.packages, reason: "tasks run in containers" };

/// Where the client looks, and so where an engine of ours must listen.
#[derive(Debug, PartialEq, Eq)]
enum Host {
    Default,
    /// The path of a socket.
    Local(String),
    Remote(String),
}

impl Host {
    fn of_environment() -> Host {
        Host::parse(&std::env::var("DOCKER_HOST").unwrap_or_default())
    }

    fn parse(value: &str) -> Host {
        match value.strip_prefix("unix://") {
            _ if value.is_empty() => Host::Default,
            Some("/var/run/docker.sock" | "/run/docker.sock") => Host::Default,
            Some(path) => Host::Local(path.to_owned()),
            None => Host::Remote(value.to_owned()),
        }
    }
}

fn start(host: &Host) -> Result<Engine> {
    let directory = project::target().join("engine");
    make_directory(&directory)?;
    let log = directory.join("dockerd.log");
    // Of our own, and removed first: nothing answers, so the pid in a left-over file is of an
    // engine that was killed, or by now of a stranger, for which dockerd would refuse to start.
    let pid_file = directory.join("dockerd.pid");
    let _ = std::fs::remove_file(&pid_file);
    say(&format!("No Docker Engine answers: starting one, stopped again at the end (log: {})", project::shown(&log)));

    // The engine gets a signal when we die, whatever we die of. The signal is sent when the
    // *thread* that started it ends: this must be the main thread.
    let mut words: Vec<&str> = Vec::new();
    if matches!(host, Host::Local(_)) {
        // Beside the system's engine; one without a bridge removes `docker0`, wherever that is from.
        words.extend(["unshare", "--net"]);
    }
    if run("setpriv").args(["--pdeathsig", "TERM", "true"]).succeeds() {
        words.extend(["setpriv", "--pdeathsig", "TERM"]);
    }
    words.push("dockerd");
    let mut dockerd = run(words[0]).args(&words[1..]);
    dockerd = dockerd.arg("--pidfile").arg(&pid_file);
    if let Host::Local(socket) = host {
        // An engine beside the system's: nothing may be shared with that.
        let address = format!("unix://{socket}");
        dockerd = dockerd.args(["--host", &address, "--data-root"]).arg(directory.join("data"));
        dockerd = dockerd.arg("--exec-root").arg(directory.join("exec"));
        dockerd = dockerd.args(["--bridge", "none", "--iptables=false"]);
    }
    let output = File::create(&log).map_err(|error| format!("cannot write {}: {error}", log.display()))?;
    let errors = output.try_clone().map_err(|error| format!("cannot write {}: {error}", log.display()))?;
    let mut command = dockerd.into_command();
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    let child = command.spawn().map_err(|error| format!("cannot run dockerd: {error}"))?;
    let mut engine = Engine { started: Some(child) };
    engine.wait_until_ready(&log)?;
    Ok(engine)
}

impl Engine {
    /// The process that was started here.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.started.as_ref().map(std::process::Child::id)
    }

    fn wait_until_ready(&mut self, log: &Path) -> Result<()> {
        let start = Instant::now();
        loop {
            if let Some(version) = server_version() {
                let seconds = start.elapsed().as_secs_f64();
                say(&format!("Docker Engine {version} is ready after {seconds:.1} s"));
                return Ok(());
            }
            let ended = self.started.as_mut().and_then(|child| child.try_wait().ok().flatten());
            if let Some(status) = ended {
                self.started = None;
                return failure(format!("dockerd ended ({status})\n{}", tail(log)));
            }
            if start.elapsed() > READY_DEADLINE {
                return failure(format!("dockerd is not ready after {} s\n{}", READY_DEADLINE.as_secs(), tail(log)));
            }
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Engine {
    /// Asks first, so that the engine ends its containers and its containerd.
    fn drop(&mut self) {
        let Some(mut child) = self.started.take() else { return };
        say("Stopping the Docker Engine that was started here");
        let asked = run("kill").args(["-TERM", &child.id().to_string()]).succeeds();
        let start = Instant::now();
        while asked && start.elapsed() < STOP_DEADLINE {
            if let Ok(Some(_)) = child.try_wait() {
                return;
            }
            std::thread::sleep(POLL);
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn server_version() -> Option<String> {
    let version = run("docker").args(["version", "--format", "{{.Server.Version}}"]).quietly().output();
    version.ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn is_root() -> bool {
    run("id").arg("-u").quietly().output().is_ok_and(|id| id.trim() == "0")
}

fn tail(log: &Path) -> String {
    let text = read(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.len().saturating_sub(15);
    format!("the end of {}:\n{}", project::shown(log), lines[start..].join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_listens_where_the_client_looks() {
        assert_eq!(Host::parse(""), Host::Default);
        assert_eq!(Host::parse("unix:///var/run/docker.sock"), Host::Default);
        assert_eq!(Host::parse("unix:///tmp/a.sock"), Host::Local("/tmp/a.sock".to_owned()));
        assert_eq!(Host::parse("tcp://h:2375"), Host::Remote("tcp://h:2375".to_owned()));
        assert_eq!(Host::parse("ssh://h"), Host::Remote("ssh://h".to_owned()));
    }
}
