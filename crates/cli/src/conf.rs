//! `--conf`: the environment variables that a trigger request sets for a task.

use std::path::Path;

use task_api_core::conf::{self, Problem};

use crate::Io;
use crate::exit::Failure;
use crate::load;

/// Reads what `conf.task_form` of a file says of a task.
pub(crate) fn read(file: &Path, task: &str, io: &mut Io) -> Result<Vec<(String, String)>, Failure> {
    let loaded = load::load(file, io)?;
    let name = &loaded.name;
    let invalid = |problem: String| Failure::invalid(format!("{name}: {problem}"));
    if loaded.broken_utf8 {
        return Err(invalid("it is not UTF-8".to_owned()));
    }
    let form = conf::read(&loaded.text, task).map_err(|problem| invalid(in_words(problem, task)))?;
    for field in form.without_effect {
        io.warning(&format!("{name}: `{field}` of the task `{task}` has no effect here; only its `env` is used"));
    }
    Ok(form.env)
}

fn in_words(problem: Problem, task: &str) -> String {
    let (known, nearest) = match problem {
        Problem::Other(message) => return message,
        Problem::UnknownTask { known, nearest } => (known, nearest),
    };
    let hint = match nearest {
        Some(nearest) => format!("; did you mean `--task-id {nearest}`?"),
        None if known.is_empty() => "; it is empty".to_owned(),
        None => format!("; it has {}, one of which --task-id can name", known.join(", ")),
    };
    format!("`task_form` has nothing for the task `{task}`{hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_that_is_not_there_is_hinted_at() {
        let problem = |body: &str| in_words(conf::read(body, "a").unwrap_err(), "a");
        assert!(problem(r#"{"task_form": {"xyz": {}}}"#).contains("it has `xyz`, one of which --task-id"));
        assert!(problem(r#"{"task_form": {}}"#).contains("it is empty"));
    }
}
