//! Podman beside the user's: its storage, its network and its mounts are the test's own.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{Bench, eventually};

const NO_PODMAN: &str = "these tests need Podman: `apt-get install -y --no-install-recommends podman runc`";

const PRIVATELY: &str = "for d in /run/netns /var/lib/cni /var/lib/containers; do \
    mkdir -p $d && mount -t tmpfs tmpfs $d || exit; done; exec \"$@\"";

/// Stopped at the end, with everything that was made in it, also when the test fails.
pub(crate) struct Podman {
    // Short: conmon makes sockets below it, whose paths must be.
    directory: tempfile::TempDir,
    service: Option<Child>,
    image: String,
}

impl Podman {
    /// With the bench's image in it, under Podman's own name, and the bench's program connected to it.
    pub(crate) fn for_bench(bench: &mut Bench) -> Podman {
        assert!(rustix::process::getuid().is_root(), "this test starts Podman with a network of its own: as root");
        let directory = tempfile::Builder::new().prefix("tp").tempdir_in("/tmp").unwrap();
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut podman = Podman { directory, service: None, image: format!("localhost/{}", bench.image()) };
        podman.write_configuration();
        podman.start();
        let archive = podman.path("image.tar");
        crate::support::docker(&["save", "-o", archive.to_str().unwrap(), bench.image()]);
        podman.podman(&["load", "--quiet", "--input", archive.to_str().unwrap()]);
        bench.env("DOCKER_HOST", &podman.address());
        podman
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.path("s")
    }

    pub(crate) fn address(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// The bench's image, as Podman calls it.
    pub(crate) fn image(&self) -> &str {
        &self.image
    }

    fn write_configuration(&self) {
        // Podman asks for more than the limits of a process that is not systemd's. `crun`, its usual choice, refuses
        // machines that have both versions of control groups.
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum.unwrap_or(1 << 20);
        let text = format!(
            "[containers]\ndefault_ulimits = [\"nofile={limit}:{limit}\", \"nproc=4096:4096\"]\n\
             [engine]\nruntime = \"runc\"\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\n\
             [network]\nnetwork_config_dir = \"{}\"\n",
            self.path("net").display()
        );
        std::fs::write(self.path("containers.conf"), text).unwrap();
    }

    /// Returns when it answers.
    pub(crate) fn start(&mut self) {
        let log = File::options().create(true).append(true).open(self.path("log")).unwrap();
        let _ = std::fs::remove_file(self.socket());
        // What Podman and its network plugins keep beside their storage is hidden from the system's.
        // `setpriv`: the service ends with the tests, whatever they end of.
        let mut command = Command::new("unshare");
        command.args(["--net", "--mount", "sh", "-c", PRIVATELY, "sh", "setpriv", "--pdeathsig", "TERM", "podman"]);
        for (option, name) in [("--root", "d"), ("--runroot", "r"), ("--tmpdir", "t")] {
            command.arg(option).arg(self.path(name));
        }
        command.args(["system", "service", "--time=0", &self.address()]);
        // Of a container that is out of memory, conmon leaves a file where the service was started.
        command.current_dir(self.directory.path());
        command.env("CONTAINERS_CONF", self.path("containers.conf"));
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.service = Some(command.spawn().expect("`unshare`"));
        eventually("Podman answers", || {
            let ended = self.service.as_mut().unwrap().try_wait().unwrap();
            assert!(
                ended.is_none(),
                "podman ended: {}\n{NO_PODMAN}",
                std::fs::read_to_string(self.path("log")).unwrap()
            );
            self.ask(&["info"]).is_ok()
        });
        std::fs::set_permissions(self.socket(), std::fs::Permissions::from_mode(0o666)).unwrap();
    }

    /// `kill -9`. Containers go on without it.
    pub(crate) fn kill(&mut self) {
        self.end(Signal::KILL);
    }

    fn end(&mut self, signal: Signal) {
        let Some(mut service) = self.service.take() else { return };
        let _ = kill_process(Pid::from_child(&service), signal);
        let _ = service.wait();
    }

    fn ask(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new("podman").args(["--remote", "--url", &self.address()]).args(arguments).output();
        let output = output.expect(NO_PODMAN);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// Runs Podman's command line.
    #[track_caller]
    pub(crate) fn podman(&self, arguments: &[&str]) -> String {
        self.ask(arguments).unwrap_or_else(|words| panic!("podman {arguments:?}: {words}"))
    }

    pub(crate) fn containers(&self) -> Vec<String> {
        self.podman(&["ps", "-aq", "--no-trunc"]).lines().map(str::to_owned).collect()
    }

    /// The only container, as Podman describes it.
    #[track_caller]
    pub(crate) fn container(&self) -> Value {
        let containers = self.containers();
        let [container] = containers.as_slice() else { panic!("not one container: {containers:?}") };
        serde_json::from_str::<Value>(&self.podman(&["inspect", container])).unwrap()[0].take()
    }

    /// Neither container nor volume, and no other image than was brought.
    #[track_caller]
    pub(crate) fn is_empty(&self) {
        assert_eq!(self.containers(), [""; 0]);
        assert_eq!(self.podman(&["volume", "ls", "-q"]), "");
        assert_eq!(self.podman(&["images", "-aq"]).lines().count(), 1);
    }
}

impl Drop for Podman {
    fn drop(&mut self) {
        if self.service.is_none() && !std::thread::panicking() {
            self.start();
        }
        // The service does not take its containers with it.
        let _ = self.ask(&["rm", "--force", "--all", "--volumes", "--time", "0"]);
        self.end(Signal::TERM);
    }
}
