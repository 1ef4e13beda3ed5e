//! What is refused leaves nothing behind.

use std::fs;

use serde_json::json;

use crate::support::{Bench, OwnImage};

fn names(bench: &Bench) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(bench.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_missing_input_directory() {
    let bench = Bench::with_own_image();
    bench.script_with_channels("true");
    for arguments in [&["run", "task.json"][..], &["run", "--watch", "task.json"], &["run", "--dry-run", "task.json"]] {
        let ended = bench.run(arguments);
        let words = format!("error: input `in`: {}: there is no such directory\n", bench.path("in").display());
        assert_eq!((ended.code, ended.text(), ended.err.as_str()), (Some(1), "", words.as_str()));
    }
    assert_eq!((names(&bench), bench.containers(), bench.lookups()), (vec!["task.json".to_owned()], vec![], vec![]));
}

#[test]
fn an_invalid_task() {
    let bench = Bench::with_own_image();
    bench.task(json!({ "outputs": 5 }));
    let ended = bench.run(&["run", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(1), ""), "{ended:?}");
    assert!(ended.err.contains("error[wrong-type]: `outputs` must be an array"), "{ended:?}");
    bench.task(json!({ "taskTemplate": "scrip" }));
    let ended = bench.run(&["run", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(1), ""), "{ended:?}");
    assert!(ended.err.contains("error[unknown-template]: the container has no template `scrip`"), "{ended:?}");
    assert!(ended.err.contains(&format!("{}:/processing-container.json:", bench.image())), "{ended:?}");
    bench.task(json!({ "taskTemplate": "channels" }));
    let ended = bench.run(&["run", "task.json"]);
    assert_eq!((ended.code, ended.err.matches("error[unbound-channel]").count()), (Some(1), 2), "{ended:?}");
    assert_eq!((names(&bench), bench.containers(), bench.lookups()), (vec!["task.json".to_owned()], vec![], vec![]));
}

#[test]
fn an_engine_that_cannot_be_reached() {
    let mut bench = Bench::new();
    fs::create_dir(bench.path("in")).unwrap();
    bench.script_with_channels("true");
    bench.env("DOCKER_HOST", "unix:///nonexistent");
    for arguments in [&["run", "task.json"][..], &["ps"], &["logs", "x"], &["processing-container", "x"]] {
        let ended = bench.run(arguments);
        assert_eq!((ended.code, ended.text()), (Some(125), ""), "{ended:?}");
        assert!(
            ended.err.contains("tried\n  unix:///nonexistent (DOCKER_HOST): there is no such socket\n"),
            "{ended:?}"
        );
        assert!(ended.err.contains("start one with"), "{ended:?}");
    }
    assert_eq!(names(&bench), ["in", "task.json"]);
}

#[test]
fn an_engine_that_is_something_else() {
    let mut bench = Bench::new();
    bench.script("true");
    let socket = std::os::unix::net::UnixListener::bind(bench.path("engine.sock")).unwrap();
    drop(socket);
    bench.env("DOCKER_HOST", &format!("unix://{}", bench.path("engine.sock").display()));
    let ended = bench.run(&["run", "task.json"]);
    assert_eq!(ended.code, Some(125), "{ended:?}");
    assert!(ended.err.contains("engine.sock (DOCKER_HOST): ") && ended.err.contains("refused"), "{ended:?}");
}

#[test]
fn an_image_that_is_not_there() {
    let bench = Bench::new();
    let image = "task-api-e2e-nowhere:1";
    bench.task(json!({ "image": image }));
    let words =
        format!("error: the image `{image}` is not present on the engine; build or pull it, or use `--pull missing`\n");
    let never = ["--pull", "never"];
    for arguments in
        [&["run", never[0], never[1], "task.json"][..], &["processing-container", never[0], never[1], image]]
    {
        let ended = bench.run(arguments);
        assert_eq!((ended.code, ended.text(), ended.err.as_str()), (Some(125), "", words.as_str()));
    }
    let odd = bench.run(&["processing-container", "../../version"]);
    assert_eq!((odd.code, odd.err.as_str()), (Some(1), "error: `../../version` is not an image reference\n"));
    assert_eq!(names(&bench), ["task.json"]);
}

#[test]
fn a_record_that_exists_already() {
    let bench = Bench::new();
    bench.script("true");
    fs::write(bench.path("mine.json"), "precious").unwrap();
    let ended = bench.run(&["run", "--output", "mine.json", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(2), ""), "{ended:?}");
    assert!(ended.err.contains("mine.json exists already"), "{ended:?}");
    assert_eq!(fs::read_to_string(bench.path("mine.json")).unwrap(), "precious");
    let ended = bench.run(&["run", "--output", "nowhere/mine.json", "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(2), ""), "{ended:?}");
    assert_eq!((bench.containers(), names(&bench)), (vec![], vec!["mine.json".to_owned(), "task.json".to_owned()]));
}

#[test]
fn a_task_against_the_container_in_an_image() {
    let bench = Bench::with_own_image();
    bench.task(json!({ "taskTemplate": "scrip" }));
    let arguments = ["validate", "--format", "concise", "--container"];
    let with = |container: &str| bench.run(&[&arguments[..], &[container, "task.json"]].concat());
    let ended = with(bench.image());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.text().contains("the container has no template `scrip`"), "{ended:?}");
    let ended = with("task-api-e2e-nowhere:1");
    assert_eq!((ended.code, ended.text()), (Some(125), ""), "{ended:?}");
    assert!(ended.err.contains("the image `task-api-e2e-nowhere:1` is not present on the engine"), "{ended:?}");
    // A file of that name is meant first.
    fs::write(bench.path("busybox"), "{}").unwrap();
    assert!(with("busybox").text().contains("the container has no template `scrip`"));
    assert_eq!((bench.containers(), bench.lookups()), (vec![], vec![]));
}

#[test]
fn the_container_file_of_an_image() {
    let bench = Bench::with_own_image();
    let ended = bench.run(&["processing-container", bench.image()]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{ended:?}");
    assert!(ended.out.ends_with(b"}\n"));
    assert_eq!(ended.json()["templates"][1]["identifier"], "channels");
    let text = "{ \"odd\":\t[1] }\r\n";
    let image = OwnImage::build("exact", "COPY f /processing-container.json\n", |context| {
        fs::write(context.join("f"), text).unwrap();
    });
    assert_eq!(bench.run(&["processing-container", image.tag()]).text(), text);
    let none = OwnImage::build("none", "COPY f /other\n", |context| fs::write(context.join("f"), text).unwrap());
    let ended = bench.run(&["processing-container", none.tag()]);
    let words = format!("error: the image `{}` has no file /processing-container.json\n", none.tag());
    assert_eq!((ended.code, ended.text(), ended.err.as_str()), (Some(1), "", words.as_str()));
    assert_eq!(bench.lookups(), [""; 0]);
}
