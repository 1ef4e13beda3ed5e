//! What a run used and made, as a Process Run Crate: `ro-crate-metadata.json` beside the outputs.

mod graph;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};
use task_api_core::plan::absolute_path;
use task_api_core::resolve::{Channel, TaskInstance};
use task_api_runner::{Record, State};

use crate::Io;
use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::Signals;
use crate::host::in_words;

pub(crate) const FILE_NAME: &str = "ro-crate-metadata.json";

/// Where the description of a run will be.
pub(crate) struct Provenance {
    root: PathBuf,
}

/// A channel's directory, and every file in it.
pub(crate) struct Directory {
    pub(crate) channel: String,
    pub(crate) description: Option<String>,
    pub(crate) path: PathBuf,
    pub(crate) files: Vec<Checked>,
}

pub(crate) struct Checked {
    /// Relative to the channel's directory.
    pub(crate) path: String,
    pub(crate) bytes: u64,
    /// In hexadecimal digits.
    pub(crate) sha256: String,
}

impl Provenance {
    /// Decides on the place before anything runs. `directory` is the task file's.
    pub(crate) fn plan(
        place: Option<&Path>,
        instance: &TaskInstance,
        directory: &str,
        io: &Io,
    ) -> Result<Provenance, Failure> {
        let root = match place {
            Some(place) => PathBuf::from(absolute_path(&io.directory.to_string_lossy(), &place.to_string_lossy())),
            None => {
                let outputs = instance.outputs.iter().map(|channel| absolute_path(directory, &channel.host_path));
                let beside: Vec<PathBuf> =
                    outputs.filter_map(|path| Some(Path::new(&path).parent()?.to_owned())).collect();
                common(&beside).unwrap_or_else(|| io.directory.clone())
            }
        };
        let file = root.join(FILE_NAME);
        let is_ours = |text: &[u8]| {
            let found: Option<Value> = serde_json::from_slice(text).ok();
            found.is_some_and(|found| graph::is_ours(&found))
        };
        match fs::read(&file) {
            Ok(text) if !is_ours(&text) => Err(Failure::usage(format!(
                "{} describes something else and stays as it is; name another directory with --provenance=DIR",
                file.display()
            ))),
            _ => Ok(Provenance { root }),
        }
    }

    /// Reads all files of the channels, and writes the description.
    pub(crate) fn write(
        &self,
        instance: &TaskInstance,
        directory: &str,
        record: &Record,
        signals: &mut Signals,
        access: &EngineAccess,
        io: &mut Io,
    ) -> Result<(), Failure> {
        if matches!(record.state, State::Created | State::Running) {
            io.warning("the run has not ended, so it is not described");
            return Ok(());
        }
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let (channels, place) = (instance.clone(), directory.to_owned());
        // On a thread of its own, which nobody waits for after an interrupt.
        std::thread::spawn(move || sender.send(read_channels(&channels, &place)).is_ok());
        let read = signals.unless_interrupted(access, receiver);
        let read =
            read.map_err(|failure| Failure { message: "interrupted; the run is not described".to_owned(), ..failure })?;
        let (inputs, outputs) = read.map_err(|_| Failure::usage("the channels could not be read"))??;
        let agent = ["USER", "LOGNAME"].into_iter().find_map(|name| io.variable(name)).filter(|name| !name.is_empty());
        let run = graph::RunOf { instance, record, inputs: &inputs, outputs: &outputs, agent, root: &self.root };
        let text = format!("{:#}\n", graph::describe(&run));
        let file = self.root.join(FILE_NAME);
        write_whole(&self.root, &file, &text)
            .map_err(|error| Failure::usage(format!("cannot write {}: {}", file.display(), in_words(&error))))?;
        io.err(&format!("provenance {}\n", file.display()));
        Ok(())
    }
}

fn write_whole(root: &Path, file: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(root)?;
    let new = tempfile::NamedTempFile::new_in(root)?;
    fs::write(new.path(), text)?;
    // As any other file that describes data.
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    new.as_file().set_permissions(mode)?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

/// The deepest directory that all are in.
fn common(directories: &[PathBuf]) -> Option<PathBuf> {
    let (first, others) = directories.split_first()?;
    let holds_all = |ancestor: &&Path| others.iter().all(|other| other.starts_with(ancestor));
    first.ancestors().find(holds_all).map(Path::to_owned)
}

fn read_channels(instance: &TaskInstance, directory: &str) -> Result<(Vec<Directory>, Vec<Directory>), Failure> {
    let read = |channels: &[Channel]| channels.iter().map(|channel| read_channel(channel, directory)).collect();
    let inputs: Result<Vec<Directory>, Failure> = read(&instance.inputs);
    Ok((inputs?, read(&instance.outputs)?))
}

fn read_channel(channel: &Channel, directory: &str) -> Result<Directory, Failure> {
    let path = PathBuf::from(absolute_path(directory, &channel.host_path));
    let failed = |path: &Path, error: io::Error| {
        Failure::usage(format!("channel `{}`: {}: {}", channel.name, path.display(), in_words(&error)))
    };
    let mut found = files_below(&path).map_err(|error| failed(&path, error))?;
    // What describes an earlier run is not part of this one.
    found.retain(|name| name != Path::new(FILE_NAME));
    found.sort();
    let files = found.into_iter().map(|name| {
        let (bytes, sha256) = checksum(&path.join(&name)).map_err(|error| failed(&path.join(&name), error))?;
        Ok(Checked { path: name.to_string_lossy().into_owned(), bytes, sha256 })
    });
    Ok(Directory {
        channel: channel.name.clone(),
        description: channel.description.clone(),
        files: files.collect::<Result<_, Failure>>()?,
        path,
    })
}

/// Files by their relative paths. Links to files are files, links to directories are not followed.
fn files_below(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        for entry in fs::read_dir(root.join(&below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() || kind.is_symlink() && fs::metadata(entry.path()).is_ok_and(|m| m.is_file()) {
                files.push(path);
            }
        }
    }
    Ok(files)
}

fn checksum(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((bytes, format!("{:x}", hash.finalize()))),
            count => {
                hash.update(&buffer[..count]);
                bytes += count as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_the_outputs_is_what_holds_all_of_them() {
        let common = |paths: &[&str]| super::common(&paths.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(common(&["/a/b"]), Some("/a/b".into()));
        assert_eq!(common(&["/a/b", "/a/bc"]), Some("/a".into()));
        assert_eq!(common(&["/a/b/c", "/a/b"]), Some("/a/b".into()));
        assert_eq!(common(&["/a", "/b"]), Some("/".into()));
        assert_eq!(common(&[]), None);
    }

    #[test]
    fn names_that_are_no_text_are_files_like_others() {
        use std::os::unix::ffi::OsStrExt;
        let directory = tempfile::tempdir().unwrap();
        let name = Path::new("item").join(std::ffi::OsStr::from_bytes(b"\xffx"));
        fs::create_dir(directory.path().join("item")).unwrap();
        fs::write(directory.path().join(&name), "abc").unwrap();
        std::os::unix::fs::symlink(".", directory.path().join("item/again")).unwrap();
        assert_eq!(files_below(directory.path()).unwrap(), std::slice::from_ref(&name));
        assert_eq!(checksum(&directory.path().join(name)).unwrap().0, 3);
    }

    #[test]
    fn checksums_are_those_of_others() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("f");
        fs::write(&file, "abc").unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(checksum(&file).unwrap(), (3, expected.to_owned()));
    }
}
