//! `task-api lsp`: the language server on standard input and output.

use crate::Io;
use crate::args::LspArgs;
use crate::exit::Failure;

pub(crate) fn run(_args: &LspArgs, io: &mut Io) -> Result<u8, Failure> {
    let variables = io.env.iter().map(|(name, _)| name.clone()).collect();
    let (input, output) = io.conversation();
    Ok(task_api_lsp::serve(input, output, variables))
}
