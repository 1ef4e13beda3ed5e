//! `task-api workflow export`: a workflow as a DAG or a picture.

use task_api_core::workflow::Workflow;
use task_api_dag::Docker;

use super::source::{workflow, write};
use crate::args::{ExportTo, WorkflowExportArgs};
use crate::containers::{ContainerFile, Containers};
use crate::exit::Failure;
use crate::flow_files::{FlowFiles, Search};
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
    let containers = Containers::default();
    let named = args.container.as_ref().map(|path| containers.named(&io.absolute(path), io));
    let for_all = named.transpose()?;
    let search = Search {
        path: &args.file,
        directory: Some(&directory),
        containers: &containers,
        place: io,
        is_usable: &ContainerFile::is_json,
    };
    let found = FlowFiles::find(workflow.wanted(), for_all, &search);
    for unusable in &found.unusable {
        io.warning(&format!("{unusable} is not JSON, and is left out"));
    }
    let runs = match &args.runs {
        Some(runs) => io.absolute(runs),
        None => directory.join("runs"),
    };
    let (directory, runs) = (prepare::utf8(&directory)?, prepare::utf8(&runs)?);
    let known = found.containers(|at| found.files.get(at).map_or("", ContainerFile::text));
    let docker = Docker { directory: &directory, runs: &runs, containers: &known };
    told(task_api_dag::airflow_docker(workflow, &docker), args, io)
}
