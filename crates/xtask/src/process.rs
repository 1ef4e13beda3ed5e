//! Running programs: each is printed as the command that a user could type at the root.

use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::project;

/// What went wrong, in words for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Error(String);

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Error {
    fn from(message: String) -> Error {
        Error(message)
    }
}

pub(crate) fn failure<T>(message: impl Into<String>) -> Result<T> {
    Err(Error(message.into()))
}

/// A program to run in the repository's root.
pub(crate) struct Run {
    command: Command,
    variables: Vec<String>,
    words: Vec<String>,
    directory: PathBuf,
    quiet: bool,
}

/// `run("cargo")`; arguments follow, then one of the endings.
pub(crate) fn run(program: impl AsRef<OsStr>) -> Run {
    let program = program.as_ref();
    let mut command = Command::new(program);
    command.current_dir(project::root());
    Run {
        command,
        variables: Vec::new(),
        words: vec![program.to_string_lossy().into_owned()],
        directory: project::root(),
        quiet: false,
    }
}

impl Run {
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Run {
        let argument = argument.as_ref();
        self.words.push(argument.to_string_lossy().into_owned());
        self.command.arg(argument);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Run {
        arguments.into_iter().fold(self, Run::arg)
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Run {
        let value = value.as_ref();
        self.variables.push(format!("{name}={}", quoted(&value.to_string_lossy())));
        self.command.env(name, value);
        self
    }

    pub(crate) fn current_dir(mut self, directory: &Path) -> Run {
        self.command.current_dir(directory);
        self.directory = directory.to_path_buf();
        self
    }

    /// Does not print the command.
    pub(crate) fn quietly(mut self) -> Run {
        self.quiet = true;
        self
    }

    /// Runs to success, its output on ours.
    pub(crate) fn done(self) -> Result<()> {
        let line = self.line();
        match self.code()? {
            0 => Ok(()),
            code => failure(format!("`{line}` failed with exit code {code}")),
        }
    }

    /// The exit code; a program ended by a signal counts as 128 + its number, as in a shell.
    pub(crate) fn code(mut self) -> Result<i32> {
        self.announce();
        let status = self.command.status().map_err(|error| self.not_started(&error))?;
        Ok(exit_code(status))
    }

    /// Runs to success and returns what it wrote to stdout. Stderr is shown only when it fails.
    pub(crate) fn output(mut self) -> Result<String> {
        self.announce();
        let output = self.command.output().map_err(|error| self.not_started(&error))?;
        if !output.status.success() {
            return failure(format!(
                "`{}` failed with exit code {}\n{}",
                self.line(),
                exit_code(output.status),
                String::from_utf8_lossy(&output.stderr).trim_end()
            ));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs to its end, shows its stdout as it comes, and returns that too, with the exit code.
    pub(crate) fn watched(mut self) -> Result<(i32, String)> {
        self.announce();
        self.command.stdout(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| self.not_started(&error))?;
        let mut text = String::new();
        if let Some(stdout) = child.stdout.take() {
            let mut reader = BufReader::new(stdout);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).unwrap_or(0) > 0 {
                let mut ours = std::io::stdout().lock();
                // A closed terminal is no reason to end the test run.
                let _ = ours.write_all(&line).and_then(|()| ours.flush());
                text.push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        }
        let status = child.wait().map_err(|error| self.not_started(&error))?;
        Ok((exit_code(status), text))
    }

    /// Whether it starts and succeeds; prints nothing.
    pub(crate) fn succeeds(mut self) -> bool {
        let quiet = self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    }

    /// The bare command, for a process that outlives this call.
    pub(crate) fn into_command(self) -> Command {
        self.announce();
        self.command
    }

    /// As typed at the root: paths below it are relative, except where the command runs elsewhere.
    fn line(&self) -> String {
        let at_root = self.directory == project::root();
        let words = self.words.iter().map(|word| match Path::new(word).strip_prefix(project::root()) {
            Ok(path) if at_root && !path.as_os_str().is_empty() => quoted(&path.to_string_lossy()),
            _ => quoted(word),
        });
        let words: Vec<String> = self.variables.iter().cloned().chain(words).collect();
        let words = words.join(" ");
        if at_root { words } else { format!("(cd {} && {words})", project::shown(&self.directory)) }
    }

    fn announce(&self) {
        if !self.quiet {
            say(&format!("$ {}", self.line()));
        }
    }

    fn not_started(&self, error: &std::io::Error) -> Error {
        Error(format!("cannot run `{}`: {error}", self.line()))
    }
}

/// One line of our own, on stderr: results of programs keep stdout to themselves.
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

pub(crate) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| file_error("read", path, &error))
}

/// Writes a file, with the directories above it.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    if let Some(directory) = path.parent() {
        make_directory(directory)?;
    }
    std::fs::write(path, content).map_err(|error| file_error("write", path, &error))
}

pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    match std::fs::copy(from, to) {
        Ok(_) => Ok(()),
        Err(error) => Err(file_error("copy", from, &error)),
    }
}

pub(crate) fn make_directory(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|error| file_error("create", path, &error))
}

/// Removes a file; its absence is fine.
pub(crate) fn remove_file(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file_error("remove", path, &error)),
        _ => Ok(()),
    }
}

/// Removes a directory and everything in it; its absence is fine.
pub(crate) fn remove_directory(path: &Path) -> Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file_error("remove", path, &error)),
        _ => Ok(()),
    }
}

fn file_error(verb: &str, path: &Path, error: &std::io::Error) -> Error {
    Error(format!("cannot {verb} {}: {error}", project::shown(path)))
}

#[cfg(unix)]
fn exit_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1)
}

#[cfg(not(unix))]
fn exit_code(status: std::process::ExitStatus) -> i32 {
    status.code().unwrap_or(1)
}

/// As a shell needs it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_a_shell_would_take_it() {
        let run = run("sh").arg("-c").arg("echo 'a b'").env("A", "1").env("B", "").quietly();
        assert_eq!(run.line(), r"A=1 B='' sh -c 'echo '\''a b'\'''");
    }

    #[test]
    fn a_path_below_the_root_is_shown_relative_to_it() {
        let run = run(project::target().join("x")).arg(project::root().join("y/z"));
        assert_eq!(run.line(), "target/x y/z");
    }

    #[cfg(unix)]
    #[test]
    fn a_signal_counts_as_in_a_shell() {
        assert_eq!(run("sh").args(["-c", "kill -9 $$"]).quietly().code().unwrap(), 137);
    }

    #[cfg(unix)]
    #[test]
    fn a_failure_says_command_code_and_stderr() {
        let error = run("sh").args(["-c", "echo no >&2; exit 3"]).quietly().output().unwrap_err();
        assert_eq!(error.to_string(), "`sh -c 'echo no >&2; exit 3'` failed with exit code 3\nno");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run("no-such-program").quietly().code().unwrap_err().to_string();
        assert!(error.starts_with("cannot run `no-such-program`: "), "{error}");
    }
}
