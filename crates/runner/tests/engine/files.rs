//! Channels: what a container can read and write on the host.

use std::{fs, os::unix::fs::MetadataExt};

use task_api_core::spec::Direction;
use task_api_runner::{Error, Outcome};

use crate::support::{docker, mount, on_engine};

#[test]
fn outputs_belong_to_the_user_that_the_run_has() {
    on_engine(|bench| async move {
        let dir = bench.dir.path().join("out");
        fs::create_dir(&dir).expect("created");
        std::os::unix::fs::chown(&dir, Some(12345), Some(12346)).expect("these tests run as root");
        let mut request = bench.request(&["sh", "-c", "echo result > /out/result && mkdir /out/more"]);
        request.spec.user = Some("12345:12346".to_owned());
        request.spec.mounts = vec![mount(&dir, "/out", Direction::Output)];
        let (outcome, output, _) = bench.run(request).await;
        assert_eq!((outcome, output.text()), (Outcome::Exited { code: 0 }, ("", "")));
        for name in ["result", "more"] {
            let metadata = fs::metadata(dir.join(name)).expect("an output");
            assert_eq!((metadata.uid(), metadata.gid()), (12345, 12346), "{name}");
        }
        assert_eq!(fs::read_to_string(dir.join("result")).expect("the result"), "result\n");
    });
}

#[test]
fn inputs_are_read_only() {
    on_engine(|bench| async move {
        let dir = bench.dir.path().join("in");
        fs::create_dir(&dir).expect("created");
        fs::write(dir.join("data"), "data\n").expect("written");
        let mut request = bench.request(&["sh", "-c", "cat /in/data; touch /in/new"]);
        request.spec.mounts = vec![mount(&dir, "/in", Direction::Input)];
        let (outcome, output, _) = bench.run(request).await;
        assert_eq!(outcome, Outcome::Exited { code: 1 });
        assert_eq!(output.text().0, "data\n");
        assert!(output.text().1.contains("Read-only file system"), "{:?}", output.text());
        assert!(!dir.join("new").exists());
    });
}

#[test]
fn any_character_may_be_in_a_path() {
    on_engine(|bench| async move {
        let mut request = bench.request(&["sh", "-c", "for d in /m/*; do cat \"$d/data\"; done; ls /m | wc -l"]);
        for (index, name) in ["a b", "a:b", "a,b", "a:ro", "ü=\"'\\", "a\nb"].into_iter().enumerate() {
            let dir = bench.dir.path().join(name);
            fs::create_dir(&dir).expect("created");
            fs::write(dir.join("data"), format!("{index}\n")).expect("written");
            let target = format!("/m/{index} {}", name.replace('\n', " "));
            request.spec.mounts.push(mount(&dir, &target, Direction::Input));
        }
        let (outcome, output, _) = bench.run(request).await;
        assert_eq!(output.text(), ("0\n1\n2\n3\n4\n5\n6\n", ""));
        assert_eq!(outcome, Outcome::Exited { code: 0 });
    });
}

#[test]
fn a_missing_source_is_an_error_and_is_not_made() {
    on_engine(|bench| async move {
        let dir = bench.dir.path().join("absent");
        let mut request = bench.request(&["true"]);
        request.spec.mounts = vec![mount(&dir, "/in", Direction::Input)];
        let error = bench.refused(request).await;
        assert!(matches!(&error, Error::MountSourceMissing { channel, .. } if channel == "channel"), "{error}");
        assert!(error.to_string().contains(dir.to_str().expect("UTF-8")), "{error}");
        assert_eq!(error.exit_code(), 1);
        assert!(!dir.exists());
        assert_eq!(bench.store.list().expect("a list").0.len(), 0, "nothing is recorded");
    });
}

#[test]
fn a_mount_that_the_engine_refuses_leaves_a_failed_record() {
    on_engine(|bench| async move {
        let mut request = bench.request(&["true"]);
        request.spec.mounts = vec![mount(bench.dir.path(), "relative", Direction::Input)];
        let error = bench.refused(request).await;
        assert!(error.to_string().contains("mount path must be absolute"), "{error}");
        assert_eq!(error.exit_code(), 125);
        let (runs, _) = bench.store.list().expect("a list");
        assert_eq!(runs.len(), 1);
        assert_eq!(runs[0].record.state, task_api_runner::State::Failed);
        let name = runs[0].id().container_name();
        assert_eq!(docker(&["ps", "-aq", "--filter", &format!("name={name}")]), "");
    });
}
