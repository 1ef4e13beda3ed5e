//! Images that are not there yet: pulled from a private registry, with whatever login there is.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::proxy::{Gate, Proxy};
use crate::registry::{PASSWORD, Registry, USER, write_docker_config};
use crate::support::{Bench, Ended, OwnImage, Running, docker, eventually};

/// An image that prints `words`, with the template `script`.
fn publish(registry: &Registry, name: &str, words: &str) -> (String, String) {
    let template =
        json!([{ "identifier": "script", "description": "For tests.", "inputs": [], "outputs": [], "env": [] }]);
    let container = json!({ "name": "e2e", "description": "For tests.", "templates": template });
    let instructions = "COPY busybox /bin/busybox\nCOPY processing-container.json words /\nVOLUME /volume\n";
    registry.publish(name, instructions, |context| {
        fs::copy("/bin/busybox", context.join("busybox")).expect("apt-get install busybox-static");
        fs::write(context.join("processing-container.json"), container.to_string()).unwrap();
        fs::write(context.join("words"), words).unwrap();
    })
}

fn task(bench: &Bench, image: &str, config: Value) {
    bench.task(json!({ "image": image, "command": ["/bin/busybox", "cat", "/words"], "config": config }));
}

fn own_login(registry: &Registry) -> Value {
    json!({ "registryUrl": format!("http://{}/v2", registry.name()), "registryUsername": USER, "registryPassword": "{{ env.REGISTRY_PASSWORD }}" })
}

fn is_present(image: &str) -> bool {
    !docker(&["images", "-q", image]).is_empty()
}

#[track_caller]
fn is_refused(ended: &Ended, image: &str, words: &str) {
    assert_eq!((ended.code, ended.text()), (Some(125), ""), "{ended:?}");
    let expected = format!("error: cannot pull the image `{image}`: {words}");
    assert!(ended.err.contains(&expected), "{expected}\nis not in\n{}", ended.err);
    assert!(!ended.err.contains("hunter"), "{ended:?}");
}

/// A credential helper in `bin`, in front of PATH.
fn helper(bench: &mut Bench, name: &str, script: &str) {
    let bin = bench.path("bin");
    fs::create_dir_all(&bin).unwrap();
    let (draft, path) = (bin.join("draft"), bin.join(format!("docker-credential-{name}")));
    fs::write(&draft, format!("#!/bin/sh\n{script}\n")).unwrap();
    // Written by another process: one that this process has open could not be executed meanwhile.
    let mut install = Command::new("install");
    assert!(install.args(["-m", "755"]).args([&draft, &path]).status().unwrap().success());
    bench.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
}

fn use_config(bench: &mut Bench, config: PathBuf) {
    bench.env("DOCKER_CONFIG", config.to_str().unwrap());
}

#[test]
fn with_the_tasks_login() {
    let registry = Registry::start();
    let (image, digest) = publish(&registry, "lab/tools:1", "from afar\n");
    let mut bench = Bench::new();
    bench.env("REGISTRY_PASSWORD", PASSWORD);
    task(&bench, &image, own_login(&registry));
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(0), "from afar\n"), "{ended:?}");
    assert!(ended.err.starts_with(&format!("pulling {image}\npulled {image}\nrun ")), "{ended:?}");
    let record = bench.record();
    assert_eq!(
        record["image"],
        json!({ "reference": image, "digest": format!("{}/lab/tools@{digest}", registry.name()) })
    );
    assert_eq!(record["taskInstance"]["config"]["registryPassword"], "[redacted]");
    let container = bench.container().to_string();
    let dry = bench.run(&["run", "--dry-run", "task.json"]);
    let id = record["id"].as_str().unwrap();
    let status = bench.run(&["status", "--format", "json", id]);
    for text in [&record.to_string(), &ended.err, &container, dry.text(), &dry.err, status.text(), &status.err] {
        assert!(!text.contains("hunter"), "{text}");
    }
}

#[test]
fn the_time_to_pull_does_not_count() {
    let registry = Registry::start();
    let (image, _) = publish(&registry, "lab/slow:1", "");
    let mut bench = Bench::new();
    let proxy = Proxy::new(&bench.path(""));
    bench.env("DOCKER_HOST", &proxy.address());
    bench.env("REGISTRY_PASSWORD", PASSWORD);
    let command = ["/bin/busybox", "sh", "-c", "/bin/busybox sleep 0.5; exit 3"];
    bench.task(json!({ "image": image, "command": command, "config": own_login(&registry) }));
    proxy.close("POST ", "/images/create", Gate::Request);
    let running = bench.start(&["run", "--watch", "--timeout", "2s", "task.json"]);
    proxy.wait_until_held();
    let began = Instant::now();
    eventually("more time than is allowed", || began.elapsed() > Duration::from_millis(2200));
    proxy.open();
    let ended = running.wait();
    assert_eq!(ended.code, Some(3), "{ended:?}");
}

#[test]
fn nobody_asks_a_registry_for_what_is_there() {
    let registry = Registry::start();
    let (image, _) = publish(&registry, "lab/tools:1", "once\n");
    let mut bench = Bench::new();
    use_config(&mut bench, registry.docker_config());
    task(&bench, &image, json!({}));
    assert_eq!(bench.run(&["processing-container", &image]).err, format!("pulling {image}\npulled {image}\n"));
    write_docker_config(&bench.path("none"), &json!({}));
    let none = bench.path("none");
    use_config(&mut bench, none);
    for policy in [&[][..], &["--pull", "missing"], &["--pull", "never"]] {
        let ended = bench.run(&[&["run", "--watch", "task.json"], policy].concat());
        assert_eq!((ended.code, ended.text()), (Some(0), "once\n"), "{ended:?}");
        assert!(ended.err.starts_with("run "), "{ended:?}");
    }
    let ended = bench.run(&["run", "--pull", "always", "task.json"]);
    is_refused(&ended, &image, &format!("the registry {} wants a login", registry.name()));
    assert!(ended.err.contains("; `--pull missing` uses the one that is present"), "{ended:?}");
}

#[test]
fn with_the_login_that_docker_has() {
    let registry = Registry::start();
    let (image, _) = publish(&registry, "lab/tools:1", "configured\n");
    let mut bench = Bench::new();
    use_config(&mut bench, registry.docker_config());
    // What is meant for another registry is not sent to this one.
    let config = json!({ "registryUrl": "https://elsewhere.example.com", "registryUsername": USER, "registryPassword": "hunter" });
    task(&bench, &image, config.clone());
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(0), "configured\n"), "{ended:?}");
    docker(&["rm", "-f", "-v", &bench.containers()[0]]);
    docker(&["rmi", "-f", &image]);
    let home = bench.path(".docker");
    fs::create_dir(&home).unwrap();
    fs::copy(registry.docker_config().join("config.json"), home.join("config.json")).unwrap();
    bench.env("DOCKER_CONFIG", "");
    task(&bench, &image, json!({}));
    let ended = bench.run(&["run", "--watch", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(0), "configured\n"), "{ended:?}");
}

#[test]
fn with_a_credential_helper() {
    let registry = Registry::start();
    let (image, _) = publish(&registry, "lab/tools:1", "helped\n");
    let mut bench = Bench::new();
    let name = registry.name();
    let answer = format!(
        "[ \"$1\" = get ] || exit 9\nread -r key\n[ \"$key\" = {name} ] || {{ echo credentials not found in native keychain; exit 1; }}\n\
         echo '{{\"ServerURL\":\"{name}\",\"Username\":\"{USER}\",\"Secret\":\"{PASSWORD}\"}}'"
    );
    helper(&mut bench, "lab", &answer);
    for config in [json!({ "credsStore": "lab" }), json!({ "credsStore": "absent", "credHelpers": { &name: "lab" } })] {
        write_docker_config(&bench.path("config"), &config);
        let directory = bench.path("config");
        use_config(&mut bench, directory);
        let ended = bench.run(&["processing-container", &image]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), format!("pulling {image}\npulled {image}\n").as_str()));
        docker(&["rmi", "-f", &image]);
    }
    let config = json!({ "credsStore": "absent" });
    write_docker_config(&bench.path("config"), &config);
    let ended = bench.run(&["processing-container", &image]);
    let words = format!(
        "error: no credentials for the registry {name} could be read: Docker's configuration names the credential helper `absent`, but there is no program `docker-credential-absent` in PATH"
    );
    assert!(ended.code == Some(125) && ended.err.starts_with(&words), "{ended:?}");
    helper(&mut bench, "absent", "echo the keychain is locked; exit 2");
    let ended = bench.run(&["processing-container", &image]);
    assert!(
        ended.code == Some(125) && ended.err.contains("ended with exit code 2: the keychain is locked"),
        "{ended:?}"
    );
    helper(&mut bench, "absent", "echo credentials not found in native keychain; exit 1");
    let ended = bench.run(&["processing-container", &image]);
    is_refused(&ended, &image, &format!("the registry {name} wants a login"));
    assert!(ended.err.contains("the credential helper `absent` has none"), "{ended:?}");
}

#[test]
fn without_the_right_login() {
    let registry = Registry::start();
    let (image, _) = publish(&registry, "lab/tools:1", "");
    let name = registry.name();
    let bench = Bench::new();
    task(&bench, &image, json!({ "registryUsername": USER, "registryPassword": "hunter-wrong" }));
    let ended = bench.run(&["run", "task.json"]);
    let words = format!(
        "the registry {name} refused the credentials from the task's `config`, for the user `{USER}`; check name and password"
    );
    is_refused(&ended, &image, &words);
    task(&bench, &image, json!({}));
    let ended = bench.run(&["run", "task.json"]);
    let words = format!(
        "the registry {name} wants a login, and there are no credentials for it: the task names none, and there is no {}/.docker/config.json; give the task `config.registryUsername` and `config.registryPassword`, or log in with `docker login {name}`\n",
        bench.path("").display().to_string().trim_end_matches('/')
    );
    is_refused(&ended, &image, &words);
    task(&bench, &image, json!({ "registryUsername": USER, "registryPassword": "{{ env.NOT_SET }}" }));
    let ended = bench.run(&["run", "task.json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("the task has `config.registryUsername` but no `config.registryPassword`"), "{ended:?}");
    assert_eq!((bench.records().len(), is_present(&image)), (0, false));
}

#[test]
fn what_no_registry_has() {
    let registry = Registry::start();
    let (_, digest) = publish(&registry, "lab/tools:1", "");
    let name = registry.name();
    let mut bench = Bench::new();
    use_config(&mut bench, registry.docker_config());
    for image in [format!("{name}/lab/tools:2"), format!("{name}/lab/other:1")] {
        let words = format!("the registry {name} has no such image or tag; check its name and tag");
        is_refused(&bench.run(&["processing-container", &image]), &image, &words);
    }
    let other = registry.publish_for_other_platform("lab/tools", &digest);
    let ended = bench.run(&["processing-container", &other]);
    is_refused(&ended, &other, "it does not exist for the engine's platform, linux/");
    assert!(ended.err.contains(", only for plan9/mips; build it for this platform as well\n"), "{ended:?}");
    let closed = "127.0.0.1:1/lab/tools:1";
    let words = "the registry 127.0.0.1:1 cannot be reached by the engine; check";
    is_refused(&bench.run(&["processing-container", closed]), closed, words);
}

#[test]
fn a_newer_image_under_the_same_tag() {
    let registry = Registry::start();
    let (image, first) = publish(&registry, "lab/tools:latest", "first\n");
    let mut bench = Bench::new();
    use_config(&mut bench, registry.docker_config());
    task(&bench, &image, json!({}));
    let run = |policy: &[&str]| bench.run(&[&["run", "--watch", "--output", "r.json", "task.json"], policy].concat());
    let digest = || {
        let record: Value = serde_json::from_slice(&fs::read(bench.path("r.json")).unwrap()).unwrap();
        fs::remove_file(bench.path("r.json")).unwrap();
        record["image"]["digest"].as_str().unwrap().rsplit_once('@').unwrap().1.to_owned()
    };
    assert_eq!((run(&[]).text(), digest()), ("first\n", first.clone()));
    // Publishing removes what is there under this name.
    docker(&["tag", &image, &format!("{}/lab/kept:1", registry.name())]);
    let (_, second) = publish(&registry, "lab/tools:latest", "second\n");
    docker(&["tag", &format!("{}/lab/kept:1", registry.name()), &image]);
    assert_eq!(run(&[]).text(), "first\n");
    fs::remove_file(bench.path("r.json")).unwrap();
    let always = run(&["--pull", "always"]);
    assert_eq!((always.text(), digest()), ("second\n", second.clone()), "{always:?}");
    assert_eq!(always.err.matches("pulling").count(), 1, "once for template and run: {always:?}");
    let again = run(&["--pull", "always"]);
    assert!(again.err.starts_with(&format!("pulling {image}\n{image} is up to date\nrun ")), "{again:?}");
    assert_ne!(first, second);
}

#[test]
fn one_tag_only() {
    let registry = Registry::start();
    publish(&registry, "lab/tools:latest", "latest\n");
    let (other, digest) = publish(&registry, "lab/tools:other", "other\n");
    let mut bench = Bench::new();
    use_config(&mut bench, registry.docker_config());
    let untagged = format!("{}/lab/tools", registry.name());
    task(&bench, &untagged, json!({}));
    assert_eq!(bench.run(&["run", "--watch", "task.json"]).text(), "latest\n");
    assert!(!is_present(&other));
    let exact = format!("{untagged}@{digest}");
    task(&bench, &exact, json!({}));
    fs::remove_file(&bench.records()[0]).unwrap();
    assert_eq!(bench.run(&["run", "--watch", "task.json"]).text(), "other\n");
    assert_eq!(bench.record()["image"]["digest"], exact);
}

#[test]
fn nothing_is_pulled_where_nothing_may_be() {
    let registry = Registry::start();
    let (image, _) = publish(&registry, "lab/tools:1", "");
    let mut bench = Bench::new();
    use_config(&mut bench, registry.docker_config());
    task(&bench, &image, json!({}));
    let words =
        format!("error: the image `{image}` is not present on the engine; build or pull it, or use `--pull missing`\n");
    let commands = [
        &["run", "--pull", "never", "task.json"][..],
        &["run", "--dry-run", "task.json"],
        &["processing-container", "--pull", "never", &image],
    ];
    for arguments in commands {
        let ended = bench.run(arguments);
        assert_eq!((ended.code, ended.text(), ended.err.as_str()), (Some(125), "", words.as_str()));
        assert!(!is_present(&image));
    }
    let dry = bench.run(&["run", "--dry-run", "--pull", "missing", "task.json"]);
    assert_eq!((dry.code, dry.json()["spec"]["image"].as_str()), (Some(0), Some(image.as_str())), "{dry:?}");
    assert!(is_present(&image) && bench.records().is_empty());
}

#[test]
fn an_interrupt_while_an_image_is_pulled() {
    let registry = Registry::start();
    let (image, _) = publish(&registry, "lab/tools:1", "");
    for gate in [Gate::Request, Gate::Answer] {
        let mut bench = Bench::new();
        let proxy = Proxy::new(&bench.path(""));
        bench.env("DOCKER_HOST", &proxy.address());
        use_config(&mut bench, registry.docker_config());
        task(&bench, &image, json!({}));
        proxy.close("POST ", "/images/create", gate);
        let running = bench.start(&["run", "task.json"]);
        proxy.wait_until_held();
        running.signal(Signal::INT);
        let ended = running.wait();
        assert_eq!(ended.code, Some(130), "{ended:?}");
        assert_eq!(ended.err, format!("pulling {image}\nerror: interrupted; nothing was started\n"));
        assert_eq!((bench.containers().len(), bench.records().len()), (0, 0));
    }
}

#[test]
fn an_interrupt_while_a_credential_helper_waits() {
    let mut bench = Bench::new();
    let id_file = bench.path("helper.pid");
    helper(&mut bench, "locked", &format!("echo $$ > {}; exec sleep 1000", id_file.display()));
    write_docker_config(&bench.path(".docker"), &json!({ "credsStore": "locked" }));
    task(&bench, "127.0.0.1:1/lab/tools:1", json!({}));
    let running = bench.start(&["run", "task.json"]);
    let id = || fs::read_to_string(&id_file).ok().filter(|id| id.ends_with('\n'));
    eventually("the helper runs", || id().is_some());
    running.signal(Signal::INT);
    let ended = running.wait();
    assert_eq!((ended.code, ended.err.as_str()), (Some(130), "error: interrupted; nothing was started\n"));
    let helper = format!("/proc/{}/exe", id().unwrap().trim());
    eventually("the helper is gone", || fs::read_link(&helper).is_err());
}

#[test]
fn progress_on_a_terminal() {
    let registry = Registry::start();
    let (image, _) = publish(&registry, "lab/tools:1", &"x".repeat(3 << 20));
    let mut bench = Bench::new();
    bench.env("TERM", "xterm");
    use_config(&mut bench, registry.docker_config());
    let program = bench.command(&["processing-container", &image]);
    let words: Vec<&str> = program.get_args().map(|word| word.to_str().unwrap()).collect();
    let command = format!("stty cols 80 rows 20; exec /usr/bin/env {}", words.join(" "));
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).stdin(Stdio::null());
    script.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ended = Running::of(script).wait();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let (progress, rest) = ended.text().split_once(&format!("pulled {image}\r\n")).expect("that it is pulled");
    assert!(progress.contains(&format!("pulling {image}")) && progress.contains(" waiting"), "{progress}");
    // What is said in the end is not drawn over.
    assert!(rest.starts_with("{") && !rest.contains('\u{1b}'), "{rest:?}");
}

#[test]
fn an_image_is_looked_into_once() {
    let mut bench = Bench::with_own_image();
    let proxy_place = tempfile::tempdir().unwrap();
    let proxy = Proxy::new(proxy_place.path());
    bench.env("DOCKER_HOST", &proxy.address());
    let image = bench.image().to_owned();
    let first = bench.run(&["processing-container", &image]);
    assert_eq!(first.code, Some(0), "{first:?}");
    // A look-up would now wait for ever.
    proxy.close("POST", "task-api-lookup", Gate::Request);
    let again = bench.run(&["processing-container", &image]);
    assert_eq!((again.code, &again.out), (Some(0), &first.out));
    bench.script("exit 3");
    assert_eq!(bench.run(&["run", "--rm", "--watch", "task.json"]).code, Some(3));
    // The same name, for something else.
    let other = bench.image().replace(':', "-moved:");
    docker(&["tag", &image, &other]);
    assert_eq!(bench.run(&["processing-container", &other]).out, first.out);
    let text = r#"{"name": "other", "description": "For tests.", "templates": []}"#;
    let own = OwnImage::build("moved", "COPY f /processing-container.json\n", |context| {
        std::fs::write(context.join("f"), text).unwrap();
    });
    docker(&["tag", own.tag(), &other]);
    proxy.open();
    let moved = bench.run(&["processing-container", &other]);
    docker(&["rmi", &other]);
    assert_eq!((moved.code, moved.text().trim_end()), (Some(0), text), "{moved:?}");
}
