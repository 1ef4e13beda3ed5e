//! `task-api workflow export`: a workflow as a DAG or a picture.

use std::path::Path;

use task_api_core::workflow::{ContainerText, Containers as Known, Workflow};
use task_api_dag::Docker;

use super::source::{workflow, write};
use crate::args::{ExportTo, WorkflowExportArgs};
use crate::containers::{ContainerFile, Containers};
use crate::exit::Failure;
use crate::{DONE, Io, load, prepare};

pub(crate) fn run(args: &WorkflowExportArgs, io: &mut Io) -> Result<u8, Failure> {
    let workflow = workflow(&args.file, args.dag.as_deref(), io)?;
    let text = match args.to {
        ExportTo::Airflow => told(task_api_dag::airflow(&workflow, &args.operator_module), args, io)?,
        ExportTo::AirflowDocker => docker(&workflow, args, io)?,
        ExportTo::Mermaid => task_api_dag::mermaid(&workflow),
        ExportTo::Dot => task_api_dag::dot(&workflow),
        ExportTo::Svg => task_api_dag::svg(&workflow),
    };
    write(&text, args.output.as_deref(), args.force, io)?;
    Ok(DONE)
}

fn told(result: Result<String, Vec<String>>, args: &WorkflowExportArgs, io: &mut Io) -> Result<String, Failure> {
    result.map_err(|problems| {
        for problem in &problems {
            io.error(problem);
        }
        Failure::invalid(format!("{} cannot be exported", args.file.display()))
    })
}

fn docker(workflow: &Workflow, args: &WorkflowExportArgs, io: &mut Io) -> Result<String, Failure> {
    let directory = load::directory_of(&args.file, io);
    let found = Found::of(workflow, args, &directory, io)?;
    let runs = match &args.runs {
        Some(runs) => io.absolute(runs),
        None => directory.join("runs"),
    };
    let (directory, runs) = (prepare::utf8(&directory)?, prepare::utf8(&runs)?);
    let containers = found.known();
    let docker = Docker { directory: &directory, runs: &runs, containers: &containers };
    told(task_api_dag::airflow_docker(workflow, &docker), args, io)
}

/// The container files of a workflow's tasks.
#[derive(Default)]
struct Found {
    files: Vec<ContainerFile>,
    by_path: std::collections::HashMap<String, Option<usize>>,
    by_template: std::collections::HashMap<String, usize>,
    for_all: Option<usize>,
}

impl Found {
    fn of(workflow: &Workflow, args: &WorkflowExportArgs, directory: &Path, io: &Io) -> Result<Found, Failure> {
        let mut found = Found::default();
        let containers = Containers::default();
        let wanted = workflow.wanted();
        for path in wanted.paths {
            let at = found.add(containers.named(&directory.join(&path), io)?);
            found.by_path.insert(path, Some(at));
        }
        if let Some(named) = &args.container {
            found.for_all = Some(found.add(containers.named(&io.absolute(named), io)?));
            return Ok(found);
        }
        for template in wanted.templates {
            let nearest = containers.nearest(&args.file, directory, &template, io);
            if let Some(file) = nearest.or_else(|| containers.below(directory, &template, io)) {
                let at = found.add(file);
                found.by_template.insert(template, at);
            }
        }
        Ok(found)
    }

    fn add(&mut self, file: ContainerFile) -> usize {
        self.files.push(file);
        self.files.len() - 1
    }

    fn known(&self) -> Known<'_> {
        Known {
            files: self.files.iter().map(|file| ContainerText { name: &file.name, text: file.text() }).collect(),
            by_path: self.by_path.clone(),
            by_template: self.by_template.clone(),
            for_all: self.for_all,
        }
    }
}
