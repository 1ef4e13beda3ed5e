//! `task-api check-data`: what channels hold, against the data structure convention.

use std::path::{Path, PathBuf};

use serde::Serialize;
use task_api_core::Levels;
use task_api_core::data::{self, Channel, Finding, Layout, Verdict};
use task_api_core::diagnostic::Severity;
use task_api_core::report;

use crate::args::{CheckDataArgs, DataFormat};
use crate::exit::Failure;
use crate::{DONE, INVALID, Io, USAGE, display, listing, prepare};

#[derive(Serialize)]
struct Report {
    version: u32,
    summary: Summary,
    channels: Vec<ChannelReport>,
}

#[derive(Default, Serialize)]
struct Summary {
    channels: usize,
    /// Channels without a finding.
    conforming: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
}

#[derive(Serialize)]
struct ChannelReport {
    path: String,
    direction: &'static str,
    /// The channel's name in the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    layout: Option<Layout>,
    items: Vec<ItemReport>,
    findings: Vec<FindingReport>,
}

#[derive(Serialize)]
struct ItemReport {
    name: String,
    files: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct FindingReport {
    rule: &'static str,
    severity: report::Severity,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    path: String,
    names: Vec<String>,
}

/// A directory to look at.
struct Place {
    /// The channel's name in the task.
    channel: Option<String>,
    absolute: PathBuf,
    /// As the user would name it.
    shown: String,
}

pub(crate) fn run(args: &CheckDataArgs, io: &mut Io) -> Result<u8, Failure> {
    let levels: Levels = args.rules.iter().cloned().collect();
    let (inputs, outputs) = places(args, io)?;
    let mut summary = Summary::default();
    let mut reports = Vec::new();
    let Some(channels) = walked(&inputs, io) else { return Ok(USAGE) };
    for (place, input) in inputs.iter().zip(&channels) {
        let verdict = data::check_input(input, &levels);
        tell(&verdict, false, args.format, io);
        summary.add(&verdict);
        reports.push(channel_report(place, "input", input, verdict));
    }
    let mut unreadable = false;
    for place in &outputs {
        let output = match listing::channel(&place.absolute, &place.shown) {
            Ok(output) => output,
            Err(failure) => {
                io.error(&failure.message);
                unreadable = true;
                continue;
            }
        };
        let verdict = data::check(&output, &channels, &levels);
        tell(&verdict, true, args.format, io);
        summary.add(&verdict);
        reports.push(channel_report(place, "output", &output, verdict));
    }
    if let (Some(task), [], DataFormat::Full) = (&args.task, outputs.as_slice(), args.format) {
        io.out(&format!("{}: no output to check\n", display::line(&task.display().to_string())));
    }
    let passed = summary.errors == 0 && !(args.deny_warnings && summary.warnings > 0);
    if args.format == DataFormat::Json {
        let report = Report { version: 1, summary, channels: reports };
        let json = serde_json::to_string_pretty(&report)
            .map_err(|error| Failure::usage(format!("cannot write the report: {error}")))?;
        io.out(&format!("{json}\n"));
    }
    Ok(match (unreadable, passed) {
        (true, _) => USAGE,
        (false, true) => DONE,
        (false, false) => INVALID,
    })
}

/// The directories of inputs and outputs, as arguments or a task name them.
fn places(args: &CheckDataArgs, io: &mut Io) -> Result<(Vec<Place>, Vec<Place>), Failure> {
    if let Some(task) = &args.task {
        let directories = prepare::directories(task, io)?;
        let of_task = |(name, path): (String, String)| {
            let shown = match Path::new(&path).strip_prefix(&io.directory) {
                Ok(below) if below.as_os_str().is_empty() => ".".to_owned(),
                Ok(below) => below.display().to_string(),
                Err(_) => path.clone(),
            };
            Place { channel: Some(name), absolute: path.into(), shown }
        };
        let inputs = directories.inputs.into_iter().map(of_task).collect();
        return Ok((inputs, directories.outputs.into_iter().map(of_task).collect()));
    }
    let named = |path: &PathBuf| {
        let text = path.display().to_string();
        let trimmed = text.trim_end_matches('/');
        let shown = if trimmed.is_empty() { text } else { trimmed.to_owned() };
        Place { channel: None, absolute: io.absolute(path), shown }
    };
    Ok((args.inputs.iter().map(named).collect(), args.directory.iter().map(named).collect()))
}

/// What inputs hold; `None` if one cannot be read: without it, every output would seem to be wrong.
fn walked(inputs: &[Place], io: &mut Io) -> Option<Vec<Channel>> {
    let walked = inputs.iter().map(|place| listing::channel(&place.absolute, &place.shown));
    let channels = walked.filter_map(|channel| channel.map_err(|failure| io.error(&failure.message)).ok());
    let channels: Vec<Channel> = channels.collect();
    (channels.len() == inputs.len()).then_some(channels)
}

/// Prints what was found, and for an output that it was looked at.
fn tell(verdict: &Verdict, is_output: bool, format: DataFormat, io: &mut Io) {
    match format {
        DataFormat::Json => {}
        DataFormat::Concise => {
            for Finding { rule, severity, path, message, .. } in &verdict.findings {
                let (path, message) = (display::line(path), display::line(message));
                io.out(&format!("{path}: {}: {message} [{}]\n", severity.name(), rule.name));
            }
        }
        DataFormat::Full => {
            for finding in &verdict.findings {
                io.out(&frame(finding, io.colour_out));
            }
            if is_output {
                let counts = counts(&verdict.findings);
                io.out(&format!("{}{counts}\n", display::line(&verdict.summary)));
            }
        }
    }
}

/// As the frames of `validate`, with a path in the place of the source.
pub(crate) fn frame(finding: &Finding, colour: bool) -> String {
    let (code, name) = match finding.severity {
        Severity::Error => ("31", "error"),
        Severity::Warning => ("33", "warning"),
        Severity::Info => ("32", "note"),
    };
    let paint =
        |code: &str, text: &str| if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    let head = paint(&format!("1;{code}"), &format!("{name}[{}]", finding.rule.name));
    let message = paint("1", &format!(": {}", display::line(&finding.message)));
    let mut text = format!("{head}{message}\n  {} {}\n", paint("34", "┌─"), display::line(&finding.path));
    for (word, of) in [("note", &finding.note), ("help", &finding.help)] {
        if let Some(of) = of {
            text.push_str(&format!("  {} {word}: {}\n", paint("34", "="), display::line(of)));
        }
    }
    text.push('\n');
    text
}

fn counts(findings: &[Finding]) -> String {
    let nouns = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")];
    let counts = nouns.map(|(severity, noun)| (findings.iter().filter(|f| f.severity == severity).count(), noun));
    let words = counts.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| {
        let ending = if *count == 1 { "" } else { "s" };
        format!(", {count} {noun}{ending}")
    });
    words.collect()
}

fn channel_report(place: &Place, direction: &'static str, channel: &Channel, verdict: Verdict) -> ChannelReport {
    let items = channel.items.iter();
    let findings = verdict.findings.into_iter();
    ChannelReport {
        path: channel.path.clone(),
        direction,
        channel: place.channel.clone(),
        layout: verdict.layout,
        items: items.map(|item| ItemReport { name: item.name.clone(), files: item.files, bytes: item.bytes }).collect(),
        findings: findings
            .map(|Finding { rule, severity, path, message, note, help, names }| FindingReport {
                rule: rule.name,
                severity: severity.into(),
                message,
                note,
                help,
                path,
                names,
            })
            .collect(),
    }
}

impl Summary {
    fn add(&mut self, verdict: &Verdict) {
        let count = |severity| verdict.findings.iter().filter(|finding| finding.severity == severity).count();
        self.channels += 1;
        self.conforming += usize::from(verdict.findings.is_empty());
        self.errors += count(Severity::Error);
        self.warnings += count(Severity::Warning);
        self.infos += count(Severity::Info);
    }
}
