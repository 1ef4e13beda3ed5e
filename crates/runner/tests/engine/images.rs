//! Images: `/processing-container.json` in all the ways it can be there, and images that are not.

use std::{fs, path::Path};

use task_api_runner::{Engine, Error, Surroundings};

use crate::support::{build_image, docker, eventually, import_image, on_engine};

const FILE: &str = "/processing-container.json";

fn image_with(name: &str, entries: &[(&str, Entry)]) -> String {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, entry) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o755);
        let content: &[u8] = match entry {
            Entry::File(content) => content,
            Entry::Directory => {
                header.set_entry_type(tar::EntryType::Directory);
                b""
            }
            Entry::Fifo => {
                header.set_entry_type(tar::EntryType::Fifo);
                b""
            }
            Entry::Link(target) => {
                header.set_entry_type(tar::EntryType::Symlink);
                header.set_size(0);
                archive.append_link(&mut header, path, target).expect("appended");
                continue;
            }
        };
        header.set_size(content.len() as u64);
        archive.append_data(&mut header, path, content).expect("appended");
    }
    import_image(name, &archive.into_inner().expect("an archive"))
}

enum Entry {
    File(Vec<u8>),
    Directory,
    Fifo,
    Link(&'static str),
}

async fn look_up(engine: &Engine, image: &str) -> Result<String, Error> {
    let result = engine.processing_container_of(image).await;
    assert_eq!(leftovers(image), "", "containers of {image}");
    result
}

fn leftovers(image: &str) -> String {
    docker(&["ps", "-aq", "--filter", &format!("ancestor={image}")])
}

fn file(text: &str) -> Entry {
    Entry::File(text.as_bytes().to_vec())
}

#[test]
fn the_file_is_read_with_its_bytes() {
    on_engine(|bench| async move {
        let text = "{\"ü\": 1}\r\n\n";
        let image = image_with("plain", &[("processing-container.json", file(text))]);
        assert_eq!(look_up(&bench.engine, &image).await.expect("the file"), text);
        let image = image_with("empty", &[("processing-container.json", file(""))]);
        assert_eq!(look_up(&bench.engine, &image).await.expect("the file"), "");
        let largest = "x".repeat(4 * 1024 * 1024);
        let image = image_with("largest", &[("processing-container.json", file(&largest))]);
        assert_eq!(look_up(&bench.engine, &image).await.expect("the file").len(), largest.len());
    });
}

#[test]
fn links_are_followed_within_the_image() {
    on_engine(|bench| async move {
        for (name, target) in [
            ("link-relative", "opt/real.json"),
            ("link-absolute", "/opt/real.json"),
            ("link-upwards", "../../../opt/real.json"),
            ("link-twice", "opt/again.json"),
            ("link-through-directory", "/directory/real.json"),
        ] {
            let image = image_with(
                name,
                &[
                    ("opt/real.json", file("{\"real\": true}")),
                    ("opt/again.json", Entry::Link("real.json")),
                    ("directory", Entry::Link("/opt")),
                    ("processing-container.json", Entry::Link(target)),
                ],
            );
            let text = look_up(&bench.engine, &image).await;
            assert_eq!(text.unwrap_or_else(|error| panic!("{name}: {error}")), "{\"real\": true}");
        }
    });
}

#[test]
fn a_link_never_leaves_the_image() {
    on_engine(|bench| async move {
        // This file is on the host and not in the image.
        assert!(Path::new("/bin/busybox").exists());
        let image = image_with("link-to-host", &[("processing-container.json", Entry::Link("/bin/busybox"))]);
        let error = look_up(&bench.engine, &image).await.expect_err("it dangles");
        assert!(matches!(&error, Error::ImageFileDangling { target, .. } if target == "/bin/busybox"), "{error}");
    });
}

#[test]
fn each_way_to_have_no_file_is_told_apart() {
    on_engine(|bench| async move {
        let image = image_with("absent", &[("other", file(""))]);
        let error = look_up(&bench.engine, &image).await.expect_err("absent");
        assert!(matches!(error, Error::ImageFileAbsent { .. }), "{error}");
        assert_eq!(error.exit_code(), 1);
        assert_eq!(error.to_string(), format!("the image `{image}` has no file {FILE}"));

        let image = image_with("directory", &[("processing-container.json", Entry::Directory)]);
        let error = look_up(&bench.engine, &image).await.expect_err("a directory");
        assert!(matches!(error, Error::ImageFileIsDirectory { .. }), "{error}");

        let entries = [("opt", Entry::Directory), ("processing-container.json", Entry::Link("opt"))];
        let error = look_up(&bench.engine, &image_with("link-directory", &entries)).await.expect_err("a directory");
        assert!(matches!(error, Error::ImageFileIsDirectory { .. }), "{error}");

        let image = image_with("dangling", &[("processing-container.json", Entry::Link("opt/absent.json"))]);
        let error = look_up(&bench.engine, &image).await.expect_err("dangling");
        assert!(matches!(&error, Error::ImageFileDangling { target, .. } if target == "/opt/absent.json"), "{error}");

        let image = image_with("fifo", &[("processing-container.json", Entry::Fifo)]);
        let error = look_up(&bench.engine, &image).await.expect_err("a pipe");
        assert!(matches!(error, Error::ImageFileIsSpecial { .. }), "{error}");

        let content = vec![b' '; 4 * 1024 * 1024 + 1];
        let image = image_with("large", &[("processing-container.json", Entry::File(content))]);
        let error = look_up(&bench.engine, &image).await.expect_err("too large");
        assert!(matches!(error, Error::ImageFileTooLarge { limit: 4194304, .. }), "{error}");

        let image = image_with("latin", &[("processing-container.json", Entry::File(b"{\"caf\xe9\"}".to_vec()))]);
        let error = look_up(&bench.engine, &image).await.expect_err("not UTF-8");
        assert!(matches!(error, Error::ImageFileNotUtf8 { offset: 5, .. }), "{error}");

        let image = image_with("loop", &[("processing-container.json", Entry::Link("processing-container.json"))]);
        let error = look_up(&bench.engine, &image).await.expect_err("a loop");
        assert!(matches!(error, Error::ImageFileDangling { .. }), "{error}");
    });
}

#[test]
fn anonymous_volumes_do_not_stay() {
    on_engine(|bench| async move {
        let image = build_image("volume", "COPY processing-container.json /\nVOLUME /data\n", |dir| {
            fs::write(dir.join("processing-container.json"), "{}").expect("written");
        });
        // Other tests make and remove volumes as well, so only what stays counts.
        let before = docker(&["volume", "ls", "-q"]);
        assert_eq!(look_up(&bench.engine, &image).await.expect("the file"), "{}");
        eventually("no new volume stays", async || {
            docker(&["volume", "ls", "-q"]).lines().all(|volume| before.lines().any(|old| old == volume))
        })
        .await;
    });
}

#[test]
fn a_look_up_that_nobody_waits_for_leaves_nothing() {
    on_engine(|bench| async move {
        let image = image_with("cancelled", &[("processing-container.json", file("{}"))]);
        let mut look_up = Box::pin(bench.engine.processing_container_of(&image));
        tokio::select! {
            biased;
            () = eventually("the container is there", async || !leftovers(&image).is_empty()) => {}
            _ = &mut look_up => {}
        }
        drop(look_up);
        assert_eq!(leftovers(&image), "");
        for steps in 0..20 {
            // Dropped after so many steps, wherever that is.
            let mut look_up = Box::pin(bench.engine.processing_container_of(&image));
            for _ in 0..steps {
                tokio::select! {
                    biased;
                    _ = &mut look_up => break,
                    () = tokio::time::sleep(std::time::Duration::from_millis(2)) => {}
                }
            }
            drop(look_up);
            assert_eq!(leftovers(&image), "", "after {steps} steps");
        }
    });
}

#[test]
fn a_missing_image_is_an_error_of_its_own() {
    on_engine(|bench| async move {
        let missing = "task-api-runner-test-missing:1";
        let mut request = bench.request(&["true"]);
        request.spec.image = missing.to_owned();
        for error in [
            bench.refused(request.clone()).await,
            bench.engine.image(missing).await.expect_err("missing"),
            bench.engine.processing_container_of(missing).await.expect_err("missing"),
        ] {
            assert!(matches!(&error, Error::ImageMissing { reference } if reference == missing), "{error}");
            assert_eq!(error.exit_code(), 125);
        }
        request.spec.image = "../containers".to_owned();
        assert!(matches!(bench.refused(request).await, Error::ImageName { .. }));
        assert_eq!(bench.store.list().expect("a list").0.len(), 0, "nothing is recorded");
    });
}

#[test]
fn no_engine_says_what_was_tried() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let connect = |host: &str| {
        let surroundings = Surroundings { docker_host: Some(host.to_owned()), ..Surroundings::default() };
        runtime.block_on(Engine::connect(&surroundings)).expect_err("no engine")
    };
    let dir = tempfile::tempdir().expect("a directory");
    let dead = dir.path().join("dead.sock");
    drop(std::os::unix::net::UnixListener::bind(&dead).expect("a socket"));
    for (host, problem) in [
        ("unix:///nowhere/docker.sock".to_owned(), "there is no such socket"),
        (format!("unix://{}", dead.display()), "onnection refused"),
        ("tcp://127.0.0.1:1".to_owned(), "onnection refused"),
    ] {
        let error = connect(&host);
        let text = error.to_string();
        assert!(text.contains(&format!("{host} (DOCKER_HOST): ")) && text.contains(problem), "{text}");
        assert!(text.contains("systemctl start docker") && text.contains("install"), "{text}");
        assert_eq!(error.exit_code(), 125);
    }
    for host in ["ssh://user:word@far", "https://far", "odd://far", "far"] {
        let error = connect(host);
        assert!(matches!(&error, Error::UnsupportedAddress { address, .. } if address == host), "{error}");
        assert_eq!(error.exit_code(), 125);
    }
}
