//! An editor's session: our language server and the one for JSON that editors come with, which is given our schema.
//!
//! Both have the same files open, and are told and asked the same, in turns. The other waits half a second before it
//! pushes diagnostics, so that each is measured in a second session too, in which the client asks for them.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::lsp_client::Client;
use super::report::{Better, Measurement};
use super::{Inputs, TASK_API};
use crate::process::{Result, failure, read, run as command};
use crate::{project, setup};

const STARTS: usize = 20;
/// Of these many rounds nothing is counted: Node compiles what is called often.
const WARM_UP: usize = 5;
/// In so many rounds the other requests are made as well; a round more costs half a second.
const WITH_REQUESTS: usize = 30;

/// Between the turns: Node cleans up behind an answer, on all cores, and the next server should not pay for it.
const REST: Duration = Duration::from_millis(150);

const SCHEMA: &str = "schemas/processing-container.v0.schema.json";

/// A file to measure with, and milliseconds and megabytes that we want to stay below with it.
struct Size {
    name: &'static str,
    rounds: usize,
    diagnostics: f64,
    completion: Option<f64>,
    hover: Option<f64>,
    symbols: Option<f64>,
    memory: Option<f64>,
}

const SMALL: Size = Size {
    name: "60 lines",
    rounds: 100,
    diagnostics: 5.0,
    completion: None,
    hover: None,
    symbols: None,
    memory: None,
};
const LARGE: Size = Size {
    name: "1 MB",
    rounds: 30,
    diagnostics: 20.0,
    completion: Some(5.0),
    hover: Some(3.0),
    symbols: Some(30.0),
    memory: Some(64.0),
};
const START: f64 = 20.0;

struct Server {
    who: &'static str,
    words: Vec<String>,
    /// Ours knows it.
    is_told_the_schema: bool,
}

pub(super) fn measure(inputs: &Inputs) -> Result<Vec<Measurement>> {
    command("cargo").args(["build", "--release", "-p", "task-api-cli"]).done()?;
    let anchors = setup::npm_install(super::ANCHORS, "the benchmark compares with them")?;
    let theirs = anchors.join(".bin/vscode-json-language-server").display().to_string();
    let servers = [
        Server {
            who: "task-api lsp",
            words: vec![project::root().join(TASK_API).display().to_string(), "lsp".to_owned()],
            is_told_the_schema: false,
        },
        Server {
            who: "vscode-json-language-server",
            words: vec!["node".to_owned(), theirs, "--stdio".to_owned()],
            is_told_the_schema: true,
        },
    ];
    let mut rows = starts(&servers, &inputs.small)?;
    rows.extend(sessions(&servers, &inputs.small, &SMALL)?);
    rows.extend(sessions(&servers, &inputs.large, &LARGE)?);
    Ok(rows)
}

/// The fastest of some, as with other commands.
fn starts(servers: &[Server], file: &Path) -> Result<Vec<Measurement>> {
    let mut fastest = vec![f64::INFINITY; servers.len()];
    for _ in 0..STARTS {
        for (server, fastest) in servers.iter().zip(&mut fastest) {
            let start = Instant::now();
            let mut client = Client::start(&server.words, settings())?;
            let answer = client.ask("initialize", initialize(file, Form::Pushed))?;
            *fastest = fastest.min(milliseconds(start, answer.came));
            client.notify("initialized", json!({}))?;
            client.stop()?;
        }
    }
    let row = |server: &Server, value| row("editor: start to initialised", server.who, value, "ms");
    let rows = servers.iter().zip(fastest).map(|(server, value)| row(server, value)).collect();
    Ok(with_target(rows, Some(START)))
}

fn sessions(servers: &[Server], file: &Path, size: &Size) -> Result<Vec<Measurement>> {
    let mut sessions = Vec::new();
    for form in [Form::Pushed, Form::Asked] {
        for server in servers {
            sessions.push(Session::open(server, file, form)?);
        }
    }
    for round in 0..WARM_UP + size.rounds {
        if round == WARM_UP {
            sessions.iter_mut().for_each(|session| session.samples = Samples::default());
        }
        for session in &mut sessions {
            thread::sleep(REST);
            session.change_and_wait()?;
            if session.form == Form::Pushed && round < WARM_UP + WITH_REQUESTS {
                session.look_around()?;
            }
        }
    }
    let pushed = &sessions[..servers.len()];
    let mut rows = Vec::new();
    for (name, share, target) in [("p50", 0.5, None), ("p95", 0.95, Some(size.diagnostics))] {
        let subject = format!("editor, {}: change to diagnostics, {name}", size.name);
        let row = |session: &Session| {
            let who = match session.form {
                Form::Pushed => format!("{}, pushed", session.who),
                Form::Asked => format!("{}, asked for", session.who),
            };
            row(&subject, &who, percentile(&session.samples.diagnostics, share), "ms")
        };
        rows.extend(with_target(sessions.iter().map(row).collect(), target));
    }
    type Taken = fn(&Samples) -> &[f64];
    let requests: [(&str, Taken, _); 3] = [
        ("completion after a change", |samples| &samples.completion, size.completion),
        ("hover", |samples| &samples.hover, size.hover),
        ("symbols", |samples| &samples.symbols, size.symbols),
    ];
    for (request, samples, target) in requests {
        for (name, share, target) in [("p50", 0.5, None), ("p95", 0.95, target)] {
            let subject = format!("editor, {}: {request}, {name}", size.name);
            let row =
                |session: &Session| row(&subject, session.who, percentile(samples(&session.samples), share), "ms");
            rows.extend(with_target(pushed.iter().map(row).collect(), target));
        }
    }
    let mut memory = Vec::new();
    for session in pushed {
        let megabytes = session.client.peak_memory()? as f64 / 1e6;
        memory.push(row(&format!("editor, {}: peak memory", size.name), session.who, megabytes, "MB"));
    }
    rows.extend(with_target(memory, size.memory));
    for session in sessions {
        session.client.stop()?;
    }
    Ok(rows)
}

fn row(subject: &str, who: &str, value: f64, unit: &str) -> Measurement {
    let (subject, who, unit) = (subject.to_owned(), who.to_owned(), unit.to_owned());
    Measurement { subject, who, value, unit, better: Better::Lower, target: None }
}

/// The target is ours.
fn with_target(mut rows: Vec<Measurement>, target: Option<f64>) -> Vec<Measurement> {
    if let Some(ours) = rows.first_mut() {
        ours.target = target;
    }
    rows
}

/// How diagnostics come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Pushed,
    Asked,
}

/// A server with one file open, in which a word is changed to and fro.
struct Session {
    who: &'static str,
    client: Client,
    form: Form,
    uri: String,
    version: i64,
    spot: Spot,
    /// The word in the file is one that the schema does not allow.
    is_mistaken: bool,
    /// How many findings the file has as it was.
    findings: usize,
    samples: Samples,
}

/// Milliseconds.
#[derive(Debug, Default)]
struct Samples {
    diagnostics: Vec<f64>,
    completion: Vec<f64>,
    hover: Vec<f64>,
    symbols: Vec<f64>,
}

impl Session {
    fn open(server: &Server, file: &Path, form: Form) -> Result<Session> {
        let text = read(file)?;
        let spot = Spot::of(&text).ok_or_else(|| format!("{}: nothing to change", project::shown(file)))?;
        let mut client = Client::start(&server.words, settings())?;
        client.ask("initialize", initialize(file, form))?;
        client.notify("initialized", json!({}))?;
        if server.is_told_the_schema {
            client.notify("workspace/didChangeConfiguration", json!({ "settings": settings() }))?;
        }
        let uri = uri(file);
        let document = json!({ "uri": uri, "languageId": "json", "version": 1, "text": text });
        client.notify("textDocument/didOpen", json!({ "textDocument": document }))?;
        let (version, samples) = (1, Samples::default());
        let who = server.who;
        let mut session = Session { who, client, form, uri, version, spot, is_mistaken: false, findings: 0, samples };
        session.findings = session.diagnostics(|_| true)?.1;
        Ok(session)
    }

    fn change_and_wait(&mut self) -> Result<()> {
        let start = Instant::now();
        self.change()?;
        let came = self.wait_for_diagnostics()?;
        self.samples.diagnostics.push(milliseconds(start, came));
        Ok(())
    }

    /// Asks for what is shown of the file where it is.
    fn look_around(&mut self) -> Result<()> {
        let document = json!({ "uri": self.uri });
        let at = json!({ "line": self.spot.line, "character": self.spot.key });
        let hover = self.ask("textDocument/hover", json!({ "textDocument": document, "position": at }))?;
        self.samples.hover.push(hover);
        let symbols = self.ask("textDocument/documentSymbol", json!({ "textDocument": document }))?;
        self.samples.symbols.push(symbols);
        let after = json!({ "line": self.spot.line, "character": self.spot.column + 1 });
        let start = Instant::now();
        self.change()?;
        let sent = milliseconds(start, Instant::now());
        let completion = self.ask("textDocument/completion", json!({ "textDocument": document, "position": after }))?;
        self.samples.completion.push(sent + completion);
        self.wait_for_diagnostics().map(drop)
    }

    /// The milliseconds until the answer, which has to say something.
    fn ask(&mut self, method: &str, params: Value) -> Result<f64> {
        let start = Instant::now();
        let answer = self.client.ask(method, params)?;
        let items = answer.value.get("items").unwrap_or(&answer.value);
        if items.is_null() || items.as_array().is_some_and(Vec::is_empty) {
            return failure(format!("{} has nothing to say to {method}", self.who));
        }
        Ok(milliseconds(start, answer.came))
    }

    fn change(&mut self) -> Result<()> {
        // Diagnostics of the text before.
        self.client.forget();
        self.version += 1;
        self.is_mistaken = !self.is_mistaken;
        let Spot { line, column, .. } = self.spot;
        let range = json!({
            "start": { "line": line, "character": column }, "end": { "line": line, "character": column + 1 },
        });
        let params = json!({
            "textDocument": { "uri": self.uri, "version": self.version },
            "contentChanges": [{ "range": range, "text": if self.is_mistaken { WRONG } else { RIGHT } }],
        });
        self.client.notify("textDocument/didChange", params)
    }

    /// Until those of the text as it is now have come: they are more where the word is wrong.
    fn wait_for_diagnostics(&mut self) -> Result<Instant> {
        let (before, is_mistaken) = (self.findings, self.is_mistaken);
        let fits = move |found: usize| if is_mistaken { found > before } else { found == before };
        let (came, found) = self.diagnostics(fits)?;
        if !fits(found) {
            return failure(format!("{}: {found} findings after {before}, mistaken: {is_mistaken}", self.who));
        }
        Ok(came)
    }

    /// When they came, and how many they are.
    fn diagnostics(&mut self, fits: impl Fn(usize) -> bool) -> Result<(Instant, usize)> {
        let count = |found: &Value| found.as_array().map_or(0, Vec::len);
        let arrival = match self.form {
            Form::Pushed => {
                let uri = &self.uri;
                self.client.wait_for(|message| {
                    let is_pushed = message["method"] == "textDocument/publishDiagnostics";
                    is_pushed && message["params"]["uri"] == **uri && fits(count(&message["params"]["diagnostics"]))
                })?
            }
            Form::Asked => {
                let params = json!({ "textDocument": { "uri": self.uri } });
                self.client.ask("textDocument/diagnostic", params)?
            }
        };
        let found = match self.form {
            Form::Pushed => &arrival.value["params"]["diagnostics"],
            Form::Asked => &arrival.value["items"],
        };
        Ok((arrival.came, count(found)))
    }
}

const LINE: &str = "\"type\": \"limit\"";
const RIGHT: &str = "t";
const WRONG: &str = "u";

/// Where a letter is changed: the last of a word that the schema has a choice of words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spot {
    line: usize,
    column: usize,
    /// Inside the name of the value.
    key: usize,
}

impl Spot {
    /// In the middle of the file.
    fn of(text: &str) -> Option<Spot> {
        let places: Vec<Spot> = text
            .lines()
            .enumerate()
            .filter_map(|(line, content)| {
                let at = content.find(LINE)?;
                Some(Spot { line, column: at + LINE.len() - 2, key: at + 2 })
            })
            .collect();
        places.get(places.len() / 2).copied()
    }
}

/// What an editor of today is able to, as far as it changes what a server does.
fn initialize(file: &Path, form: Form) -> Value {
    let folder = uri(file.parent().unwrap_or(file));
    let mut text_document = json!({
        "synchronization": { "didSave": true },
        "publishDiagnostics": { "relatedInformation": true, "versionSupport": true },
        "completion": { "completionItem": { "snippetSupport": true, "documentationFormat": ["markdown"] } },
        "hover": { "contentFormat": ["markdown"] },
        "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
    });
    if form == Form::Asked {
        text_document["diagnostic"] = json!({});
    }
    json!({
        "processId": std::process::id(),
        "rootUri": folder,
        "workspaceFolders": [{ "uri": folder, "name": "bench" }],
        "capabilities": {
            "workspace": { "configuration": true, "workspaceFolders": true },
            "textDocument": text_document,
        },
    })
}

/// Where the schema is; with no other limits than those it has by itself.
fn settings() -> Value {
    let schema = json!({ "fileMatch": ["processing-container.json"], "url": uri(&project::root().join(SCHEMA)) });
    json!({ "json": { "validate": { "enable": true }, "schemas": [schema] } })
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

fn milliseconds(from: Instant, to: Instant) -> f64 {
    to.duration_since(from).as_secs_f64() * 1e3
}

/// The smallest sample that at least this share of them do not exceed.
fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::documents;
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_samples() {
        let samples: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&samples, 0.5), 50.0);
        assert_eq!(percentile(&samples, 0.95), 95.0);
        assert_eq!(percentile(&[3.0], 0.95), 3.0);
        assert_eq!(percentile(&[2.0, 1.0, 3.0], 0.5), 2.0);
    }

    #[test]
    fn both_files_have_a_letter_to_change() {
        for text in [documents::container_of_60_lines(), documents::container_of_a_megabyte()] {
            let spot = Spot::of(&text).unwrap();
            let line = text.lines().nth(spot.line).unwrap();
            assert_eq!(&line[spot.column..spot.column + 2], "t\"");
            assert!(line[spot.key..].starts_with("ype"), "{line}");
        }
        assert_eq!(Spot::of("{}"), None);
    }
}
