//! `task-api workflow import`: a DAG as a workflow.json.

use super::source::{at, read_dag, tell_errors, write};
use crate::args::WorkflowImportArgs;
use crate::exit::Failure;
use crate::{DONE, INVALID, Io};

pub(crate) fn run(args: &WorkflowImportArgs, io: &mut Io) -> Result<u8, Failure> {
    let dag = read_dag(&args.file, args.dag.as_deref(), io)?;
    tell_errors(&dag, io);
    let imported = task_api_dag::import(&dag.workflow);
    let unread = dag.file.unread.iter().map(|unread| (unread.span, unread.message.as_str()));
    let left_out = imported.left_out.iter().map(|(span, message)| (*span, message.as_str()));
    let mut missing: Vec<_> = unread.chain(left_out).collect();
    missing.sort_by_key(|(span, _)| span.start);
    for (span, message) in &missing {
        io.warning(&at(&dag.loaded, *span, message));
    }
    write(&imported.text, args.output.as_deref(), args.force, io)?;
    let is_whole = missing.is_empty() && dag.file.errors.is_empty();
    if !is_whole {
        io.err("the workflow is not the whole DAG: see above for what is left out\n");
    }
    Ok(if is_whole { DONE } else { INVALID })
}
