//! The host's directories: read-only inputs, outputs that belong to the caller.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::process::Command;

use serde_json::json;

use crate::proxy::Proxy;
use crate::support::{Bench, Running};

const COPY: &str = "cp /in/a /out/a && mkdir /out/deep && id -u > /out/deep/user && id -g >> /out/deep/user";

#[test]
fn outputs_belong_to_the_caller() {
    let bench = Bench::new();
    fs::create_dir(bench.path("in")).unwrap();
    fs::write(bench.path("in/a"), "content").unwrap();
    bench.script_with_channels(COPY);
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(fs::read_to_string(bench.path("out/a")).unwrap(), "content");
    let (user, group) = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
    for path in ["out", "out/a", "out/deep", "out/deep/user"] {
        let metadata = fs::metadata(bench.path(path)).unwrap();
        assert_eq!((metadata.uid(), metadata.gid()), (user, group), "{path}");
    }
    assert_eq!(fs::read_to_string(bench.path("out/deep/user")).unwrap(), format!("{user}\n{group}\n"));
    assert_eq!(bench.record()["inputs"], json!([{ "channel": "in", "files": 1, "bytes": 7 }]));
}

#[test]
fn outputs_belong_to_a_caller_who_is_not_root() {
    let (user, group) = (12345, 12346);
    assert!(rustix::process::getuid().is_root(), "this test runs the program as another user, which needs root");
    let mut bench = Bench::new();
    fs::create_dir(bench.path("in")).unwrap();
    fs::write(bench.path("in/a"), "content").unwrap();
    bench.script_with_channels(COPY);
    chown(bench.path(""), Some(user), Some(group)).unwrap();
    // The engine's socket is for root; the proxy's is for everybody.
    let proxy = Proxy::new(&bench.path(""));
    bench.env("DOCKER_HOST", &proxy.address());
    let program = bench.path("task-api");
    let original = bench.command(&["run", "--watch", "task.json"]);
    fs::copy(original.get_program(), &program).unwrap();
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".to_owned()]);
    command.arg(program).args(original.get_args()).current_dir(bench.path(""));
    command.env_clear().envs(original.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ended = Running::of(command).wait();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for path in ["out", "out/a", "out/deep", "out/deep/user"] {
        let metadata = fs::metadata(bench.path(path)).unwrap();
        assert_eq!((metadata.uid(), metadata.gid()), (user, group), "{path}");
    }
    assert_eq!(fs::read_to_string(bench.path("out/deep/user")).unwrap(), format!("{user}\n{group}\n"));
    let metadata = fs::metadata(&bench.records()[0]).unwrap();
    assert_eq!((metadata.uid(), metadata.mode() & 0o7777), (user, 0o600));
}

#[test]
fn outputs_belong_to_the_user_that_was_named() {
    let bench = Bench::new();
    fs::create_dir(bench.path("in")).unwrap();
    fs::write(bench.path("in/a"), "content").unwrap();
    bench.script_with_channels(COPY);
    let ended = bench.run(&["run", "--watch", "--user", "4321:8765", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let metadata = fs::metadata(bench.path("out/deep/user")).unwrap();
    assert_eq!((metadata.uid(), metadata.gid()), (4321, 8765));
    let image = Bench::new();
    image.script("id -u");
    assert_eq!(image.run(&["run", "--watch", "--user", "image", "task.json"]).text(), "0\n");
    assert_eq!(image.container()["Config"]["User"], "");
}

#[test]
fn inputs_are_read_only() {
    let bench = Bench::new();
    fs::create_dir(bench.path("in")).unwrap();
    fs::write(bench.path("in/a"), "content").unwrap();
    bench.script_with_channels("echo changed > /in/a; echo new > /in/b; rm -f /in/a; touch /out/reached");
    let ended = bench.run(&["run", "--watch", "--user", "0:0", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.err.matches("Read-only file system").count(), 3, "{ended:?}");
    assert_eq!(fs::read_to_string(bench.path("in/a")).unwrap(), "content");
    assert_eq!(fs::read_dir(bench.path("in")).unwrap().count(), 1);
    assert!(bench.path("out/reached").exists());
}

#[test]
fn paths_are_relative_to_the_task_and_may_be_odd() {
    let bench = Bench::new();
    let odd = "a b:c,d\"e'ü";
    fs::create_dir_all(bench.path("deep").join(odd)).unwrap();
    fs::write(bench.path("deep").join(odd).join("a"), "x").unwrap();
    bench.script_with_channels("cat /in/a > /out/b");
    let task = fs::read_to_string(bench.path("task.json")).unwrap().replace("\"./in\"", &format!("{:?}", odd));
    fs::write(bench.path("deep/task.json"), task).unwrap();
    let ended = bench.run(&["run", "--watch", "deep/task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(fs::read_to_string(bench.path("deep/out/b")).unwrap(), "x");
}
