//! What is in a directory, and what a task comes to, each as one hash: the same content, the same hash.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use task_api_core::spec::ContainerSpec;

use super::names::hex;

/// The hash of each channel's content by its name. `None` where it could not be read, which is like nothing else.
pub(crate) type Contents = BTreeMap<String, Option<String>>;

/// Names, files with what is in them, and where links lead; neither times nor owners.
pub(crate) fn of_directory(root: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    // Deep trees need no deep stack.
    let mut open = vec![root.to_owned()];
    while let Some(directory) = open.pop() {
        let below = directory.strip_prefix(root).unwrap_or(&directory);
        part(&mut hash, b'd', below.as_os_str().as_bytes());
        let mut entries = fs::read_dir(&directory)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let kind = entry.file_type()?;
            let name = entry.file_name();
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_symlink() {
                part(&mut hash, b'l', name.as_bytes());
                part(&mut hash, b't', fs::read_link(&path)?.as_os_str().as_bytes());
                if fs::metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
                    file(&mut hash, &path)?;
                }
            } else if kind.is_file() {
                part(&mut hash, b'f', name.as_bytes());
                file(&mut hash, &path)?;
            } else {
                // Pipes and sockets have nothing to read.
                part(&mut hash, b'o', name.as_bytes());
            }
        }
    }
    Ok(hex(&hash.finalize()))
}

/// What decides about the result of a task: the image, what the container is told, and its inputs. Directories of the
/// host are left out, and so are secrets.
pub(crate) fn of_task(spec: &ContainerSpec, digest: &str, template: &str, inputs: &Contents) -> Option<String> {
    if inputs.values().any(Option::is_none) {
        return None;
    }
    let mut said = json!(spec);
    for mount in said["mounts"].as_array_mut().into_iter().flatten() {
        mount["source"] = Value::Null;
    }
    let all = json!({ "digest": digest, "template": template, "spec": said, "inputs": inputs });
    Some(hex(&Sha256::digest(all.to_string().as_bytes())))
}

/// With its length in front, so that no two lists of parts run together to the same bytes.
fn part(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

fn file(hash: &mut Sha256, path: &Path) -> io::Result<()> {
    let mut file = fs::File::open(path)?;
    let mut content = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => content.update(&buffer[..read]),
        }
    }
    hash.update(content.finalize());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn content_alone_counts() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        let hash = || of_directory(&at("c")).unwrap();
        fs::create_dir_all(at("c/a/deep")).unwrap();
        fs::write(at("c/a/f"), "one").unwrap();
        let mut seen = vec![hash()];
        fs::write(at("c/a/f"), "one").unwrap();
        assert_eq!(hash(), seen[0], "written again, the same");
        let change = |what: &dyn Fn(), seen: &mut Vec<String>| {
            what();
            let now = hash();
            assert!(!seen.contains(&now));
            seen.push(now);
        };
        change(&|| fs::write(at("c/a/f"), "two").unwrap(), &mut seen);
        change(&|| fs::rename(at("c/a/f"), at("c/a/g")).unwrap(), &mut seen);
        change(&|| fs::rename(at("c/a/g"), at("c/a/deep/g")).unwrap(), &mut seen);
        change(&|| fs::create_dir(at("c/empty")).unwrap(), &mut seen);
        change(&|| symlink("a/deep/g", at("c/link")).unwrap(), &mut seen);
        change(&|| fs::write(at("c/a/deep/g"), "three").unwrap(), &mut seen);
        fs::create_dir_all(at("d")).unwrap();
        fs::rename(at("c"), at("d/c")).unwrap();
        assert_eq!(of_directory(&at("d/c")).unwrap(), *seen.last().unwrap(), "wherever it is");
        assert!(of_directory(&at("nowhere")).is_err());
    }
}
