//! The host's side of a run: directories that must be there, and what is in them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use task_api_core::plan::absolute_path;
use task_api_core::resolve::{Channel, TaskInstance};
use task_api_core::scale::FileSize;
use task_api_runner::ChannelSize;

use crate::exit::Failure;

/// What the input channels hold.
pub(crate) struct Inputs {
    pub(crate) channels: Vec<ChannelSize>,
    /// The size `n` of each channel with a scale rule.
    pub(crate) sizes: BTreeMap<String, u64>,
}

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

/// Walks the inputs: files and bytes of each, and the sizes that scale rules ask for.
pub(crate) fn measure(instance: &TaskInstance, directory: &str) -> Result<Inputs, Failure> {
    let mut inputs = Inputs { channels: Vec::new(), sizes: BTreeMap::new() };
    for channel in &instance.inputs {
        let root = absolute_path(directory, &channel.host_path);
        let mut files = Vec::new();
        collect(Path::new(&root), String::new(), &mut files)
            .map_err(|error| Failure::invalid(format!("input `{}`: {root}: {}", channel.name, in_words(&error))))?;
        let bytes = files.iter().map(|(_, bytes)| bytes).sum();
        inputs.channels.push(ChannelSize { channel: channel.name.clone(), files: files.len() as u64, bytes });
        if let Some(size) = size(channel, &files)? {
            inputs.sizes.insert(channel.name.clone(), size);
        }
    }
    Ok(inputs)
}

fn size(channel: &Channel, files: &[(String, u64)]) -> Result<Option<u64>, Failure> {
    let Some(rule) = &channel.scale_rule else { return Ok(None) };
    let measure =
        rule.measure().map_err(|error| Failure::invalid(format!("scale rule of input `{}`: {error}", channel.name)))?;
    Ok(Some(measure.size(files.iter().map(|(path, bytes)| FileSize { path, bytes: *bytes }))))
}

/// Files below a directory by relative path. Links to files count with the target's size; links to
/// directories are not followed.
pub(crate) fn collect(directory: &Path, prefix: String, files: &mut Vec<(String, u64)>) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let path = format!("{prefix}{}", name.to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), format!("{path}/"), files)?;
        } else if kind.is_file() {
            files.push((path, entry.metadata()?.len()));
        } else if kind.is_symlink()
            && let Ok(target) = fs::metadata(entry.path())
            && target.is_file()
        {
            files.push((path, target.len()));
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
