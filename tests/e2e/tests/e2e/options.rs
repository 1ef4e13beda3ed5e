//! Options of `run` and resources, as the engine and the directories show them.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Bench, OwnImage, Running};

/// A mount that ends with the test.
struct Mount(PathBuf);

impl Mount {
    #[track_caller]
    fn bind(source: PathBuf, target: PathBuf) -> Mount {
        let mounted = Command::new("mount").arg("--bind").args([source, target.clone()]).status().unwrap();
        assert!(mounted.success(), "this test mounts a directory, which needs root");
        Mount(target)
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn resources_reach_the_engine() {
    let bench = Bench::new();
    bench.task(json!({ "resources": {
        "limits": { "memory": "64Mi", "cpu": "500m", "ephemeral-storage": "1Gi" },
        "requests": { "memory": "32M", "cpu": "0.25" },
    } }));
    let ended = bench.run(&["run", "--watch", "--network", "none", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("`ephemeral-storage` in `resources.limits` has no effect with Docker"), "{ended:?}");
    let host = bench.container()["HostConfig"].take();
    let expected = [
        ("Memory", json!(64 << 20)),
        ("MemorySwap", json!(64 << 20)),
        ("MemoryReservation", json!(32_000_000)),
        ("NanoCpus", json!(500_000_000)),
        ("CpuShares", json!(256)),
        ("NetworkMode", json!("none")),
    ];
    for (field, value) in expected {
        assert_eq!(host[field], value, "{field}");
    }
}

#[test]
fn a_container_has_no_privileges() {
    let bench = Bench::new();
    bench.script("grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status; id -u");
    let ended = bench.run(&["run", "--watch", "--user", "1000:1000", "task.json"]);
    let words = "NoNewPrivs:\t1\nSeccomp:\t2\n1000\n";
    assert_eq!(
        (ended.code, ended.text()),
        (Some(0), format!("CapEff:\t0000000000000000\n{words}").as_str()),
        "{ended:?}"
    );
    let host = bench.container()["HostConfig"].take();
    assert_eq!((&host["Privileged"], &host["SecurityOpt"]), (&json!(false), &json!(["no-new-privileges"])));
    for field in ["CapAdd", "Devices", "Binds", "VolumesFrom", "GroupAdd"] {
        let is_empty = host[field].as_array().is_none_or(Vec::is_empty);
        assert!(is_empty, "{field}: {}", host[field]);
    }
    for field in ["PidMode", "UTSMode", "UsernsMode"] {
        assert_eq!(host[field], "", "{field}");
    }
    assert_ne!(host["IpcMode"], "host");
    for option in ["--privileged", "--cap-add=ALL", "--pid=host", "--device=/dev/sda", "--volume=/:/host"] {
        let refused = bench.run(&["run", option, "task.json"]);
        assert_eq!((refused.code, refused.text()), (Some(2), ""), "{refused:?}");
    }
}

#[test]
fn a_limit_below_the_engines_least_is_raised() {
    let bench = Bench::new();
    bench.task(json!({ "resources": { "limits": { "memory": "1Mi" } } }));
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let words = "the memory limit of 1048576 bytes is below the engine's minimum and was raised to 6291456 bytes";
    assert!(ended.err.contains(words), "{ended:?}");
    assert_eq!(bench.container()["HostConfig"]["Memory"], 6 << 20);
}

#[test]
fn gpus_are_asked_for() {
    let bench = Bench::new();
    bench.task(json!({ "resources": { "limits": { "nvidia.com/gpu": "2" } } }));
    let spec = |options: &[&str]| {
        let ended = bench.run(&[&["run", "--dry-run"], options, &["task.json"]].concat());
        ended.json()["spec"]["resources"]["gpus"].take()
    };
    assert_eq!((spec(&[]), spec(&["--gpus", "all"]), spec(&["--gpus", "0"])), (json!(2), json!("all"), Value::Null));
    // This machine has none: the engine says so in words of its own, which shows that it was asked.
    let ended = bench.run(&["run", "--gpus", "all", "task.json"]);
    assert_eq!(ended.code, Some(125), "{ended:?}");
    assert!(ended.err.contains("could not select device driver"), "{ended:?}");
    let ended = bench.run(&["run", "--gpus", "0", "--watch", "task.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn an_entry_point_is_kept_replaced_or_cleared() {
    let instructions = "COPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n\
        ENTRYPOINT [\"/bin/echo\", \"entry\"]\n";
    let image = OwnImage::build("entrypoint", instructions, |context| {
        fs::copy("/bin/busybox", context.join("busybox")).unwrap();
    });
    let bench = Bench::new();
    let template = json!({ "identifier": "t", "description": "For tests.", "inputs": [], "outputs": [], "env": [] });
    bench.task(json!({ "image": image.tag(), "taskTemplate": template, "command": ["/bin/echo", "command"] }));
    for (options, words) in [
        (&[][..], "entry /bin/echo command\n"),
        (&["--entrypoint", ""], "command\n"),
        (&["--entrypoint", "/bin/basename"], "command\n"),
    ] {
        let bench_command: &[&str] = if options.last() == Some(&"/bin/basename") { &["/x/command"] } else { &[] };
        if !bench_command.is_empty() {
            bench.task(json!({ "image": image.tag(), "taskTemplate": template, "command": bench_command }));
        }
        let ended = bench.run(&[&["run", "--watch", "--rm"], options, &["task.json"]].concat());
        assert_eq!((ended.code, ended.text()), (Some(0), words), "{ended:?}");
    }
}

#[test]
fn rm_removes_the_container_and_keeps_the_record() {
    let bench = Bench::new();
    bench.script("echo out; exit 3");
    let ended = bench.run(&["run", "--watch", "--rm", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(3), "out\n"), "{ended:?}");
    assert_eq!(bench.containers(), Vec::<String>::new());
    let record = bench.record();
    assert_eq!((&record["state"], &record["exitCode"]), (&json!("removed"), &json!(3)));
    let status = bench.run(&["status", record["id"].as_str().unwrap()]);
    assert_eq!(status.code, Some(3), "{status:?}");
}

#[test]
fn json_for_programs() {
    let bench = Bench::new();
    bench.script("echo out; echo err >&2");
    let ended = bench.run(&["run", "--format", "json", "task.json"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let started = ended.json();
    let record = started["recordPath"].as_str().unwrap();
    assert_eq!(started["record"]["id"], started["id"]);
    assert!(PathBuf::from(record).exists());
    let watched = Bench::new();
    watched.script("echo out; echo err >&2");
    let ended = watched.run(&["run", "--watch", "--format", "json", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(0), "out\n"), "{ended:?}");
    let (first, rest) = ended.err.split_once('\n').unwrap();
    let started: Value = serde_json::from_str(first).unwrap();
    assert_eq!((&started["id"], rest), (&watched.record()["id"], "err\n"));
}

#[test]
fn a_trigger_request_reaches_the_container() {
    let bench = Bench::new();
    bench.script("echo $A $B");
    let conf = json!({ "conf": { "task_form": { "e2e": { "A": "conf", "B": "conf" } } } });
    fs::write(bench.path("conf.json"), conf.to_string()).unwrap();
    let ended = bench.run(&["run", "--watch", "--conf", "conf.json", "--env", "B=option", "task.json"]);
    assert_eq!(ended.text(), "conf option\n", "{ended:?}");
    let record = bench.record();
    assert_eq!(record["origins"]["/env/0/value"]["from"], "conf");
}

#[test]
fn outputs_are_emptied_and_what_is_mounted_or_linked_is_not() {
    let bench = Bench::new();
    for file in ["in/a", "elsewhere/keep", "out/old", "out/deep/er/old", "out/mounted/hidden"] {
        let file = bench.path(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, "x").unwrap();
    }
    symlink(bench.path("elsewhere"), bench.path("out/deep/link")).unwrap();
    fs::create_dir(bench.path("out/mount")).unwrap();
    let mount = Mount::bind(bench.path("elsewhere"), bench.path("out/mount"));
    bench.script_with_channels("ls /out");
    let kept = bench.run(&["run", "--watch", "--rm", "task.json"]);
    assert_eq!(kept.text(), "deep\nmount\nmounted\nold\n", "{kept:?}");
    let dry = bench.run(&["run", "--dry-run", "--clean-outputs", "task.json"]);
    assert_eq!((dry.code, bench.path("out/old").exists()), (Some(0), true), "{dry:?}");
    fs::write(bench.path("taken.json"), "{}").unwrap();
    let taken = bench.run(&["run", "--clean-outputs", "-o", "taken.json", "task.json"]);
    assert!(taken.code != Some(0) && taken.err.contains("taken.json exists already"), "{taken:?}");
    assert!(bench.path("out/old").exists());
    let ended = bench.run(&["run", "--watch", "--rm", "--clean-outputs", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(0), "mount\n"), "{ended:?}");
    let words =
        format!("warning: {} was left as it is, because something is mounted there", bench.path("out/mount").display());
    assert!(ended.err.contains(&words), "{ended:?}");
    drop(mount);
    assert_eq!(fs::read_to_string(bench.path("elsewhere/keep")).unwrap(), "x");
    fs::rename(bench.path("out"), bench.path("real")).unwrap();
    symlink("real", bench.path("out")).unwrap();
    fs::write(bench.path("real/old"), "x").unwrap();
    let refused = bench.run(&["run", "--clean-outputs", "task.json"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("it is a link; name the directory itself"), "{refused:?}");
    assert!(bench.path("real/old").exists());
}

#[test]
fn the_engines_socket_stays_outside() {
    let bench = Bench::new();
    bench.script_with_channels("true");
    let task = fs::read_to_string(bench.path("task.json")).unwrap();
    for path in ["/var/run", "/run", "/", "/proc/self/root/run"] {
        fs::write(bench.path("task.json"), task.replace("\"./in\"", &format!("{path:?}"))).unwrap();
        let ended = bench.run(&["run", "--dry-run", "task.json"]);
        assert_eq!(ended.code, Some(1), "{path}: {ended:?}");
        assert!(ended.err.contains("holds the engine's socket /var/run/docker.sock"), "{path}: {ended:?}");
    }
}

#[test]
fn a_directory_that_cannot_be_read_is_named() {
    let bench = Bench::new();
    for directory in ["in/a/secret", "in/b"] {
        fs::create_dir_all(bench.path(directory)).unwrap();
    }
    fs::write(bench.path("in/b/c"), "x").unwrap();
    fs::set_permissions(bench.path("in/a/secret"), fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(bench.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let channel = |name: &str| json!([{ "name": name, "mounted_path": format!("/{name}") }]);
    let template =
        json!({ "identifier": "t", "description": "For tests.", "inputs": channel("in"), "outputs": [], "env": [] });
    bench.task(json!({ "taskTemplate": template, "inputs": [{ "name": "in", "input": { "host_path": "./in" } }] }));
    let original = bench.command(&["estimate", "task.json"]);
    let program = bench.path("task-api");
    fs::copy(original.get_args().nth(1).unwrap(), &program).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=12345", "--regid=12345", "--clear-groups"]).arg(program).args(["estimate", "task.json"]);
    command.current_dir(bench.path(""));
    let ended = Running::of(command).wait();
    let words = format!("error: input `in`: {}: permission denied\n", bench.path("in/a/secret").display());
    assert_eq!((ended.code, ended.err), (Some(1), words));
}
