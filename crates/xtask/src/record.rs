//! `cargo xtask record-lsp`: stands between an editor and our language server, and writes down what they say, for the
//! tests to say it again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, Stdio};
use std::sync::Mutex;
use std::thread;

use serde_json::{Value, json};

use crate::frames::{next_frame, write_frame};
use crate::process::{Result, failure, run as command};
use crate::project;

/// The folder that the editor opens: what is recorded names no other, so that it means the same on any machine.
const FOLDER: &str = "/tmp/task-api-session";
const SERVER: &str = "target/debug/task-api";

/// One line for each message, by whom it is from; one for the files as they are at the beginning, and one where some
/// have changed.
pub(crate) fn record(arguments: &[String]) -> Result<()> {
    let [path] = arguments else { return failure("which file shall be written? `record-lsp FILE`") };
    let server = project::root().join(SERVER);
    if !server.is_file() {
        return failure(format!("there is no {SERVER}: `cargo build -p task-api-cli` makes it"));
    }
    pass_on(Path::new(path), &server).map_err(|error| format!("the session was not recorded: {error}").into())
}

fn pass_on(path: &Path, server: &Path) -> io::Result<()> {
    let recording = Mutex::new(File::create(path)?);
    write_line(&recording, &json!({ "files": files_below(Path::new(FOLDER))? }))?;
    let mut server = command(server).arg("lsp").quietly().into_command();
    let mut server = server.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (Some(to_server), Some(from_server)) = (server.stdin.take(), server.stdout.take()) else {
        return Err(io::Error::other("the server has no standard streams"));
    };
    thread::scope(|scope| {
        scope.spawn(|| from_client(&recording, to_server));
        let mut from_server = BufReader::new(from_server);
        let mut to_client = io::stdout();
        while let Some(body) = next_frame(&mut from_server) {
            note(&recording, "server", &body)?;
            write_frame(&mut to_client, &body)?;
        }
        // The other thread may wait for a client that has nothing more to say.
        std::process::exit(server.wait()?.code().unwrap_or(1))
    })
}

/// Until the client says no more; then the server hears no more, and ends.
fn from_client(recording: &Mutex<File>, mut to_server: ChildStdin) {
    let mut from_client = BufReader::new(io::stdin());
    while let Some(body) = next_frame(&mut from_client) {
        if let Err(error) = note(recording, "client", &body).and_then(|()| write_frame(&mut to_server, &body)) {
            eprintln!("the session was not recorded: {error}");
            return;
        }
    }
}

fn note(recording: &Mutex<File>, who: &str, body: &[u8]) -> io::Result<()> {
    let message: Value = serde_json::from_slice(body)?;
    if message["method"] == "initialize" && !opens_the_folder(&message["params"]) {
        return Err(io::Error::other(format!("open the folder {FOLDER}, and no other")));
    }
    if message["method"] == "workspace/didChangeWatchedFiles" {
        write_line(recording, &json!({ "files": changed_files(&message["params"]) }))?;
    }
    write_line(recording, &json!({ who: message }))
}

/// The texts of files that the client has seen change; null for those that are gone.
fn changed_files(params: &Value) -> BTreeMap<&str, Option<String>> {
    let changes = params["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let uris = changes.iter().filter_map(|change| change["uri"].as_str());
    uris.map(|uri| (uri, fs::read_to_string(uri.trim_start_matches("file://")).ok())).collect()
}

fn opens_the_folder(params: &Value) -> bool {
    let folder = params.pointer("/workspaceFolders/0/uri").or_else(|| params.get("rootUri"));
    folder.and_then(Value::as_str).is_some_and(|uri| uri.trim_end_matches('/') == format!("file://{FOLDER}"))
}

fn write_line(recording: &Mutex<File>, line: &Value) -> io::Result<()> {
    let mut file = recording.lock().map_err(|_| io::Error::other("a thread has failed"))?;
    writeln!(file, "{line}")
}

/// The texts of all files in a folder, by their URIs.
fn files_below(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.insert(format!("file://{}", path.display()), text);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_folder_is_recorded() {
        assert!(opens_the_folder(&json!({"workspaceFolders": [{"uri": "file:///tmp/task-api-session"}]})));
        assert!(opens_the_folder(&json!({"rootUri": "file:///tmp/task-api-session/"})));
        assert!(!opens_the_folder(&json!({"rootUri": "file:///home/somebody"})));
        assert!(!opens_the_folder(&json!({})));
    }
}
