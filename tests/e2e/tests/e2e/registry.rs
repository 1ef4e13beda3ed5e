//! A private registry with a password, as a hospital has one: Debian's `docker-registry`, on a port
//! of its own.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{build_image, docker, eventually};

const NO_REGISTRY: &str =
    "these tests need a registry: `apt-get install -y --no-install-recommends docker-registry apache2-utils`";

pub(crate) const USER: &str = "radiology";
/// Its characters are those that credentials are sent in wrongly if they are encoded as of old.
pub(crate) const PASSWORD: &str = "hunter?~>??~~>>two";

pub(crate) struct Registry {
    child: Child,
    directory: tempfile::TempDir,
    address: SocketAddr,
}

impl Registry {
    pub(crate) fn start() -> Registry {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let hashed = Command::new("htpasswd").args(["-Bbn", "-C", "4", USER, PASSWORD]).output().expect(NO_REGISTRY);
        assert!(hashed.status.success(), "{hashed:?}");
        fs::write(path("htpasswd"), hashed.stdout).unwrap();
        loop {
            let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let config = json!({
                "version": "0.1",
                "log": { "level": "error" },
                "storage": { "filesystem": { "rootdirectory": path("data") }, "delete": { "enabled": true } },
                "http": { "addr": address.to_string() },
                "auth": { "htpasswd": { "realm": directory.path(), "path": path("htpasswd") } },
            });
            fs::write(path("config.yml"), config.to_string()).unwrap();
            let log = fs::File::create(path("log")).unwrap();
            // It ends with the thread that started it, whatever that ends of.
            let mut child = Command::new("setpriv")
                .args(["--pdeathsig", "KILL", "docker-registry", "serve"])
                .arg(path("config.yml"))
                .stdin(Stdio::null())
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .spawn()
                .expect("setpriv, of Debian's util-linux");
            let mut has_ended = false;
            let realm = directory.path().display().to_string();
            eventually("the registry answers", || {
                has_ended = child.try_wait().unwrap().is_some();
                has_ended || request(address, "GET", "/v2/", &[], "").is_some_and(|answer| answer.contains(&realm))
            });
            if !has_ended {
                let registry = Registry { child, directory, address };
                registry.log_in();
                return registry;
            }
            // Somebody else was faster to take the port; everything else is an error.
            let log = fs::read_to_string(path("log")).unwrap();
            assert!(log.contains("address already in use"), "{NO_REGISTRY}\n{log}");
        }
    }

    /// Host and port, as images name it.
    pub(crate) fn name(&self) -> String {
        self.address.to_string()
    }

    /// Docker's configuration with a login for this registry, as Docker itself wrote it.
    pub(crate) fn docker_config(&self) -> PathBuf {
        self.directory.path().join("docker")
    }

    fn log_in(&self) {
        let config = self.docker_config();
        let mut login = Command::new("docker")
            .args(["--config", config.to_str().unwrap(), "login", "--username", USER, "--password-stdin", &self.name()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        login.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        assert!(login.wait().unwrap().success(), "docker login {}", self.name());
    }

    /// Builds an image, pushes it and removes it from the engine. Gives reference and digest.
    pub(crate) fn publish(&self, name: &str, instructions: &str, files: impl FnOnce(&Path)) -> (String, String) {
        let reference = format!("{}/{name}", self.name());
        // First, so that no layer is another image's, which a test could remove meanwhile.
        let instructions = format!("LABEL task-api-e2e.published={reference}\n{instructions}");
        build_image(&reference, &instructions, files);
        let config = self.docker_config();
        let pushed = docker(&["--config", config.to_str().unwrap(), "push", &reference]);
        docker(&["rmi", "-f", &reference]);
        let digest = pushed.split("digest: ").nth(1).and_then(|rest| rest.split(' ').next());
        (reference, digest.expect("the digest of what was pushed").to_owned())
    }

    /// Says that the image of this digest is for a machine that nobody has.
    pub(crate) fn publish_for_other_platform(&self, repository: &str, digest: &str) -> String {
        let types = "application/vnd.docker.distribution.manifest";
        let accept = format!("Accept: {types}.v2+json");
        let path = |reference: &str| format!("/v2/{repository}/manifests/{reference}");
        let got = request(self.address, "GET", &path(digest), &[&authorization(), &accept], "").unwrap();
        let manifest = got.split_once("\r\n\r\n").unwrap().1;
        let list = json!({
            "schemaVersion": 2,
            "mediaType": format!("{types}.list.v2+json"),
            "manifests": [{
                "mediaType": format!("{types}.v2+json"), "digest": digest, "size": manifest.len(),
                "platform": { "os": "plan9", "architecture": "mips" },
            }],
        });
        let content_type = format!("Content-Type: {types}.list.v2+json");
        let headers = [authorization(), content_type];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let put = request(self.address, "PUT", &path("other"), &headers, &list.to_string()).unwrap();
        assert!(put.starts_with("HTTP/1.1 201"), "{put}");
        format!("{}/{repository}:other", self.name())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let images = Command::new("docker")
            .args(["images", "-a", "--format", "{{.Repository}}:{{.Tag}}@{{.Digest}} {{.ID}}", "--digests"])
            .output();
        let images = images.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let prefix = format!("{}/", self.address);
        for (_, id) in images.lines().filter(|line| line.starts_with(&prefix)).filter_map(|line| line.split_once(' ')) {
            let _ = Command::new("docker").args(["rmi", "-f", id]).output();
        }
    }
}

/// Docker's configuration with nothing but this in it.
pub(crate) fn write_docker_config(directory: &Path, config: &Value) {
    fs::create_dir_all(directory).unwrap();
    fs::write(directory.join("config.json"), config.to_string()).unwrap();
}

fn authorization() -> String {
    format!("Authorization: Basic {}", base64(format!("{USER}:{PASSWORD}").as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().chain([0, 0].iter()).take(3).fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        for place in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize] as char;
            text.push(if place <= three.len() as u32 { letter } else { '=' });
        }
    }
    text
}

/// The whole answer; `None` if nobody answers.
fn request(address: SocketAddr, method: &str, path: &str, headers: &[&str], body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
