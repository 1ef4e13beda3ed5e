//! An engine beside the system's, which a test may stop, kill and start again.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Bench, eventually};

/// Stopped at the end, with everything that it made, also when the test fails.
pub(crate) struct OwnEngine {
    // Short: the engine makes sockets below it, whose paths must be.
    directory: tempfile::TempDir,
    options: Vec<String>,
    daemon: Option<Child>,
}

impl OwnEngine {
    /// With the bench's image in it, and the bench's program connected to it.
    pub(crate) fn for_bench(bench: &mut Bench, options: &[&str]) -> OwnEngine {
        assert!(rustix::process::getuid().is_root(), "this test starts a Docker Engine, which needs root");
        let directory = tempfile::Builder::new().prefix("te").tempdir_in("/tmp").unwrap();
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut engine = OwnEngine { directory, options, daemon: None };
        engine.start();
        let archive = engine.path("image.tar");
        let archive = archive.to_str().unwrap();
        crate::support::docker(&["save", "-o", archive, bench.image()]);
        engine.docker(&["load", "-q", "-i", archive]);
        bench.env("DOCKER_HOST", &engine.address());
        engine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn address(&self) -> String {
        format!("unix://{}", self.path("s").display())
    }

    /// Returns when it answers.
    pub(crate) fn start(&mut self) {
        let log = File::options().create(true).append(true).open(self.path("log")).unwrap();
        // `unshare`: an engine without a bridge removes `docker0`, and that must not be the system's.
        // `setpriv`: the engine ends with the tests, whatever they end of.
        let mut command = Command::new("unshare");
        command.args(["--net", "setpriv", "--pdeathsig", "TERM", "dockerd", "--bridge", "none", "--iptables=false"]);
        command.args(["--host", &self.address(), "--shutdown-timeout", "2", "--debug"]);
        for (option, name) in [("--data-root", "d"), ("--exec-root", "x"), ("--pidfile", "p")] {
            command.arg(option).arg(self.path(name));
        }
        // A pid file of an engine that was killed names a process that is another's by now.
        let _ = std::fs::remove_file(self.path("p"));
        command.args(&self.options).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.daemon = Some(command.spawn().expect("apt-get install docker.io"));
        eventually("the engine answers", || {
            let ended = self.daemon.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "dockerd ended: {}", std::fs::read_to_string(self.path("log")).unwrap());
            self.ask(&["version"]).is_some()
        });
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(&mut self) {
        self.end(Signal::TERM);
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.end(Signal::KILL);
    }

    fn end(&mut self, signal: Signal) {
        let Some(mut daemon) = self.daemon.take() else { return };
        let _ = kill_process(Pid::from_child(&daemon), signal);
        let _ = daemon.wait();
        // The containerd of an engine that was killed is killed with it. Where nobody buries the dead,
        // the next engine takes it for alive, and waits for it.
        let pid_file = self.path("x/containerd/containerd.pid");
        let pid = std::fs::read_to_string(&pid_file).unwrap_or_default();
        let stat = std::path::Path::new("/proc").join(pid.trim()).join("stat");
        let lives = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
        if !pid.is_empty() {
            eventually("containerd has ended", || !lives());
            let _ = std::fs::remove_file(&pid_file);
        }
    }

    /// The daemon's process; the network that it is in is its own.
    pub(crate) fn pid(&self) -> u32 {
        self.daemon.as_ref().unwrap().id()
    }

    /// How many have asked to be told when a container ends.
    pub(crate) fn waits(&self) -> usize {
        std::fs::read_to_string(self.path("log")).unwrap().matches("/wait?condition=").count()
    }

    fn ask(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("docker").args(["--host", &self.address()]).args(arguments).output().unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    #[track_caller]
    pub(crate) fn docker(&self, arguments: &[&str]) -> String {
        self.ask(arguments).unwrap_or_else(|| panic!("docker {arguments:?}"))
    }
}

impl Drop for OwnEngine {
    fn drop(&mut self) {
        if self.daemon.is_none() && !std::thread::panicking() {
            self.start();
        }
        let containers = self.ask(&["ps", "-aq"]).unwrap_or_default();
        for container in containers.lines() {
            self.ask(&["rm", "-f", "-v", container]);
        }
        self.stop();
        // What a killed engine has mounted keeps its directory.
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let ours = self.directory.path().to_str().unwrap_or_default();
        let ours = mounts.lines().filter_map(|line| line.split(' ').nth(1)).filter(|path| path.starts_with(ours));
        for mount in ours.collect::<Vec<_>>().into_iter().rev() {
            let _ = Command::new("umount").args(["-l", mount]).output();
        }
    }
}
