//! The host's side of a run: directories that must be there.

use std::fs;
use std::path::Path;

use task_api_core::plan::absolute_path;
use task_api_core::resolve::TaskInstance;

use crate::exit::Failure;

/// Every input must be a directory that is there; all that are not are named.
pub(crate) fn check_inputs(instance: &TaskInstance, directory: &str) -> Result<(), Failure> {
    let mut problems = Vec::new();
    for channel in &instance.inputs {
        let path = absolute_path(directory, &channel.host_path);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => problems.push(format!("input `{}`: {path} is no directory", channel.name)),
            Err(error) => problems.push(format!("input `{}`: {path}: {}", channel.name, in_words(&error))),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::invalid(problems.join("\n"))) }
}

/// Makes the output directories that are not there yet, owned by whoever will write to them.
pub(crate) fn make_outputs(instance: &TaskInstance, directory: &str, owner: Option<(u32, u32)>) -> Result<(), Failure> {
    for channel in &instance.outputs {
        let path = absolute_path(directory, &channel.host_path);
        let missing: Vec<&Path> = Path::new(&path).ancestors().take_while(|ancestor| !ancestor.exists()).collect();
        let made = fs::create_dir_all(&path).and_then(|()| {
            missing.iter().try_for_each(|made| match owner {
                Some((user, group)) => std::os::unix::fs::chown(made, Some(user), Some(group)),
                None => Ok(()),
            })
        });
        if let Err(error) = made {
            let message = format!("output `{}`: cannot make {path}: {}", channel.name, in_words(&error));
            return Err(Failure::invalid(message));
        }
    }
    Ok(())
}

pub(crate) fn in_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
