//! A directory with files, and the program run in it.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use expect_test::Expect;
use task_api_cli::Io;

/// A container of version 0 with one channel on each side.
pub(crate) const CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes one mask for each volume.",
      "inputs": [{ "name": "images", "mounted_path": "/data/images" }],
      "outputs": [{ "name": "masks", "mounted_path": "/data/masks" }],
      "env": [
        { "name": "MODEL", "value": "accurate", "type": "string", "choices": ["fast", "accurate"], "adjustable": true },
        { "name": "FOLDS", "value": "5", "type": "int", "adjustable": true }
      ],
      "command": ["segment"],
      "resources": { "limits": { "memory": "64Mi" } }
    }
  ]
}
"#;

/// A task for [`CONTAINER`].
pub(crate) const TASK: &str = r#"{
  "name": "study-7",
  "image": "lungs:1",
  "taskTemplate": "segment",
  "inputs": [{ "name": "images", "input": { "host_path": "./images" } }],
  "outputs": [{ "name": "masks", "input": { "host_path": "./masks" } }],
  "env": [{ "name": "FOLDS", "value": "1" }]
}
"#;

pub(crate) struct Project {
    directory: tempfile::TempDir,
    env: Vec<(String, String)>,
    stdin: Vec<u8>,
    /// Where the program is run, below the directory.
    inside: PathBuf,
}

pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) out: Vec<u8>,
    pub(crate) err: Vec<u8>,
    root: PathBuf,
}

impl Project {
    pub(crate) fn new() -> Project {
        // An engine that a developer has must not be asked: what these tests show needs none.
        let env = vec![("DOCKER_HOST".to_owned(), "unix:///nonexistent/engine.sock".to_owned())];
        let directory = tempfile::tempdir().unwrap();
        Project { directory, env, stdin: Vec::new(), inside: PathBuf::new() }
    }

    /// With [`CONTAINER`] and [`TASK`].
    pub(crate) fn with_task() -> Project {
        Project::new().file("processing-container.json", CONTAINER).file("task.json", TASK)
    }

    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Project {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn directory(self, path: &str) -> Project {
        fs::create_dir_all(self.path(path)).unwrap();
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Project {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn stdin(mut self, content: impl AsRef<[u8]>) -> Project {
        self.stdin = content.as_ref().to_owned();
        self
    }

    /// Runs the program in a directory below.
    pub(crate) fn inside(mut self, path: &str) -> Project {
        self.inside = path.into();
        self.directory(path)
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    pub(crate) fn run<A: Into<OsString>>(&self, arguments: impl IntoIterator<Item = A>) -> Ran {
        let (out, err) = (Shared::default(), Shared::default());
        let stdin = Cursor::new(self.stdin.clone());
        let mut io = Io::new(stdin, out.clone(), err.clone(), self.path("").join(&self.inside), self.env.clone());
        let program = [OsString::from("task-api")];
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        // What most of these tests are not about would stand in all of them.
        let quiet: &[&str] = match arguments.first() {
            Some(command) if command == "validate" => {
                &["--rule", "relative-host-path=off", "--rule", "blank-description=off"]
            }
            _ => &[],
        };
        let arguments = program.into_iter().chain(arguments).chain(quiet.iter().map(OsString::from));
        let code = task_api_cli::run(arguments, &mut io);
        Ran { code, out: out.0.take(), err: err.0.take(), root: self.directory.path().to_owned() }
    }

    /// Runs a line of arguments, separated by spaces, and compares everything that a user gets.
    #[track_caller]
    pub(crate) fn check(&self, line: &str, expected: Expect) {
        expected.assert_eq(&self.run(line.split_whitespace()).shown());
    }

    /// Names below the directory, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names = Vec::new();
        list(self.directory.path(), self.directory.path(), &mut names);
        names.sort();
        names
    }
}

impl Ran {
    pub(crate) fn out(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    pub(crate) fn err(&self) -> &str {
        std::str::from_utf8(&self.err).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.out).unwrap()
    }

    /// Exit code and both streams, with the temporary directory as `[dir]` and trailing blanks cut.
    pub(crate) fn shown(&self) -> String {
        let mut shown = format!("exit code {}\n", self.code);
        for (name, text) in [("stdout", self.out()), ("stderr", self.err())] {
            if !text.is_empty() {
                shown.push_str(&format!("{name}:\n"));
                let text = text.replace(self.root.to_str().unwrap(), "[dir]");
                let ends = text.ends_with('\n');
                for line in text.lines() {
                    shown.push_str(line.trim_end());
                    shown.push('\n');
                }
                if !ends {
                    shown.push_str("(no newline at the end)\n");
                }
            }
        }
        shown
    }
}

fn list(root: &Path, directory: &Path, names: &mut Vec<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        names.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
        if path.is_dir() {
            list(root, &path, names);
        }
    }
}

#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
