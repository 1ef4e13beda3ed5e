//! `validate --watch`: what is checked again, and when it ends.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use expect_test::expect;
use task_api_cli::Io;

use crate::support::{CONTAINER, Project, TASK};

/// Far more than a check takes, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

struct Watched {
    project: Project,
    out: Receiver<String>,
    err: Receiver<String>,
    thread: JoinHandle<u8>,
}

/// Hands on what is written; when nobody listens any longer, it is a broken pipe.
struct Pipe(Sender<String>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        self.0.send(text).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn watch(project: Project, arguments: &[&str]) -> Watched {
    let (out_sender, out) = mpsc::channel();
    let (err_sender, err) = mpsc::channel();
    let directory: PathBuf = project.path("");
    let line = ["task-api", "validate", "--watch", "--format", "concise", "--rule", "relative-host-path=off"];
    let line: Vec<_> = line.iter().chain(arguments).map(Into::into).collect();
    let thread = thread::spawn(move || {
        let mut io = Io::new(io::empty(), Pipe(out_sender), Pipe(err_sender), directory, Vec::new());
        task_api_cli::run(line, &mut io)
    });
    Watched { project, out, err, thread }
}

impl Watched {
    /// What is printed until the line that says that it watches again.
    fn round(&self) -> String {
        self.until("watching ")
    }

    fn until(&self, sign: &str) -> String {
        let mut err = String::new();
        while !err.contains(sign) {
            match self.err.recv_timeout(PATIENCE) {
                Ok(text) => err.push_str(&text),
                Err(RecvTimeoutError::Timeout) => panic!("nothing happened after {err:?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended with {err:?}"),
            }
        }
        let out: String = self.out.try_iter().collect();
        format!("{out}{}", err.trim_start())
    }

    fn write(&self, path: &str, text: &str) {
        // As editors do: another file takes its place.
        let new = self.project.path("new");
        fs::write(&new, text).unwrap();
        fs::rename(new, self.project.path(path)).unwrap();
    }
}

#[test]
fn what_a_change_concerns_is_checked_again() {
    let container = CONTAINER
        .replace("\"adjustable\": true", "\"adjustable\": true, \"description\": \"d\"")
        .replace("\"mounted_path\"", "\"description\": \"d\", \"mounted_path\"");
    let project = Project::new().file("processing-container.json", &container).file("a/task.json", TASK);
    let watched = watch(project.file("b/task.json", TASK), &[]);
    expect!["watching 3 of 3 files are valid: 0 errors, 0 warnings\n"].assert_eq(&watched.round());

    watched.write("a/task.json", &TASK.replace("\"masks\"", "\"mask\""));
    let first = watched.round();
    assert!(first.contains("a/task.json:6:25: error: "), "{first}");
    assert!(!first.contains("b/task.json"), "{first}");
    assert!(first.ends_with("watching 2 of 3 files are valid: 1 error, 0 warnings\n"), "{first}");

    watched.write("processing-container.json", &container.replace("\"masks\"", "\"mask\""));
    let second = watched.round();
    assert!(second.contains("b/task.json:6:25: error: "), "{second}");
    assert!(!second.contains("a/task.json"), "{second}");

    fs::remove_file(watched.project.path("b/task.json")).unwrap();
    expect!["watching 2 of 2 files are valid: 0 errors, 0 warnings\n"].assert_eq(&watched.round());

    fs::create_dir(watched.project.path("c")).unwrap();
    watched.write("c/task.json", "{");
    let third = watched.round();
    assert!(third.contains("c/task.json:1:"), "{third}");

    // The reader goes: it ends at the next result.
    drop((watched.out, watched.err));
    fs::write(watched.project.path("c/task.json"), "[").unwrap();
    assert_eq!(watched.thread.join().unwrap(), 0);
}

#[test]
fn a_change_of_the_settings_is_heeded_wherever_they_stand() {
    let task = TASK.replacen("{\n", "{\n  \"comment\": 1,\n", 1);
    let project = Project::new().file("task-api.toml", "").file("p/task.json", task).file("p/b-task.json", TASK);
    let watched = watch(project, &["p"]);
    let first = watched.round();
    assert!(first.ends_with("watching 2 of 2 files are valid: 0 errors, 1 warning\n"), "{first}");

    watched.write("task-api.toml", "[rules]\nunknown-field = \"error\"\n");
    let second = watched.round();
    assert!(second.ends_with("watching 1 of 2 files are valid: 1 error, 0 warnings\n"), "{second}");

    watched.write("task-api.toml", "[rules]\nunknown-feild = \"error\"\n");
    let wrong = watched.until("nothing was done");
    assert!(wrong.contains("there is no rule `unknown-feild`"), "{wrong}");

    watched.write("task-api.toml", "[rules]\nunknown-field = \"off\"\n");
    let mended = watched.round();
    assert!(mended.ends_with("watching 2 of 2 files are valid: 0 errors, 0 warnings\n"), "{mended}");

    drop((watched.out, watched.err));
    fs::write(watched.project.path("p/task.json"), "[").unwrap();
    assert_eq!(watched.thread.join().unwrap(), 0);
}

#[test]
fn what_cannot_be_watched_is_said() {
    Project::with_task().stdin(TASK).check(
        "validate --watch -",
        expect![[r#"
            exit code 2
            stderr:
            error: --watch cannot watch standard input; name files or directories
        "#]],
    );
    Project::with_task().check(
        "validate --watch --format json",
        expect![[r#"
            exit code 2
            stderr:
            error: --watch prints for people: use it with --format full or concise
        "#]],
    );
}
