//! `task-api conf`: builds and checks the body of a request that triggers a workflow.

use task_api_core::workflow::trigger::{self, Form, Setting};
use task_api_core::workflow::{Templates, Workflow};
use task_api_core::{Kind, conf, version};
use task_api_json::parse;

use crate::args::{TriggerArgs, TriggerForm};
use crate::containers::{ContainerFile, Containers};
use crate::exit::Failure;
use crate::flow_files::{FlowFiles, Search};
use crate::{DONE, INVALID, Io, load};

pub(crate) fn run(args: &TriggerArgs, io: &mut Io) -> Result<u8, Failure> {
    let loaded = load::load(&args.workflow, io)?;
    let name = &loaded.name;
    let tree = parse(&loaded.text);
    let root = tree.root(&loaded.text);
    let is_readable = !loaded.broken_utf8 && tree.is_valid() && !tree.has_template_blocks();
    if !is_readable || version::detect_kind(root, Kind::of_file_name(name)) != Kind::Workflow {
        return Err(Failure::invalid(format!("{name} is no workflow.json; see task-api validate {name}")));
    }
    let workflow = Workflow::read(root);
    let settings = trigger::effective(&workflow, &settings(args, io)?);
    let place = io.place();
    let directory = load::directory_of(&args.workflow, io);
    let search = Search {
        path: &args.workflow,
        directory: (args.workflow.as_os_str() != "-").then_some(directory.as_path()),
        containers: &Containers::default(),
        place: &place,
        is_usable: &ContainerFile::is_json,
    };
    let for_all = args.container.as_ref().map(|path| load::load(path, io).map(ContainerFile::of)).transpose()?;
    let files = FlowFiles::find(workflow.wanted(), for_all, &search);
    for unusable in &files.unusable {
        io.warning(&format!("{unusable} is not JSON; see task-api validate {unusable}"));
    }
    let containers = files.containers(|position| files.files[position].text());
    Templates::of(&workflow, &containers, |templates| {
        let complaints = trigger::check(&workflow, templates, &settings, args.allow_undeclared);
        for complaint in &complaints {
            if complaint.is_error { io.error(&complaint.message) } else { io.warning(&complaint.message) }
        }
        if complaints.iter().any(|complaint| complaint.is_error) {
            return Ok(INVALID);
        }
        if args.origins {
            print_origins(&trigger::origins(&workflow, templates, &settings), io);
            return Ok(DONE);
        }
        let form = if args.form == TriggerForm::List { Form::List } else { Form::Guide };
        let body = trigger::body(&settings, form, args.run_id.as_deref());
        let dag = workflow.name.as_ref().and_then(|name| name.known()).map(String::as_str);
        match (&args.curl, dag) {
            (Some(url), Some(dag)) => io.out(&format!("{}\n", trigger::curl(url, dag, &body))),
            (Some(_), None) => return Err(Failure::invalid(format!("{name} has no `name`, which is that of the DAG"))),
            (None, _) => io.out(&format!("{body}\n")),
        }
        Ok(DONE)
    })
}

/// Those of `--file`, and over them those of `--set`.
fn settings(args: &TriggerArgs, io: &mut Io) -> Result<Vec<Setting>, Failure> {
    let mut settings = Vec::new();
    if let Some(file) = &args.file {
        let loaded = load::load(file, io)?;
        let invalid = |problem: String| Failure::invalid(format!("{}: {problem}", loaded.name));
        if loaded.broken_utf8 {
            return Err(invalid("it is not UTF-8".to_owned()));
        }
        let read = conf::read_all(&loaded.text).map_err(invalid)?;
        for (task, field) in read.without_effect {
            io.warning(&format!("{}: `{field}` of the task `{task}` is left out; only its `env` is used", loaded.name));
        }
        settings.extend(read.settings);
    }
    for written in &args.set {
        settings.push(trigger::setting(written).map_err(Failure::usage)?);
    }
    Ok(settings)
}

/// A line for each variable, with what it would be without the value that counts.
fn print_origins(origins: &[trigger::Origin], io: &mut Io) {
    let named: Vec<(String, String)> = origins
        .iter()
        .filter_map(|origin| {
            let (from, value) = origin.values.first()?;
            let others =
                origin.values.iter().skip(1).map(|(from, value)| format!("{value:?} of the {}", from.in_words()));
            let others: Vec<String> = others.collect();
            let over = if others.is_empty() { String::new() } else { format!(", over {}", others.join(" and ")) };
            Some((format!("{}.{}", origin.task, origin.name), format!("{value:?} of the {}{over}", from.in_words())))
        })
        .collect();
    let width = named.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    for (name, words) in named {
        let gap = " ".repeat(width - name.chars().count());
        io.out(&format!("{}{gap}  {}\n", crate::display::message(&name), crate::display::message(&words)));
    }
}
