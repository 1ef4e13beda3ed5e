//! Files that were read out of images before, by the id of their image: what an image holds never
//! changes, and to look into it takes a container.
//!
//! Nothing depends on it. What cannot be read, is damaged or belongs to somebody else counts as
//! absent, and what cannot be written is read out of the image the next time.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{engine::ImageInfo, run_id::RunId};

/// A directory with such files.
#[derive(Debug, Clone)]
pub struct ImageCache {
    directory: PathBuf,
}

/// The oldest go beyond these.
const MOST_FILES: usize = 256;
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// Larger than any file that is read out of an image.
const LARGEST: u64 = 8 * 1024 * 1024;

impl ImageCache {
    /// The directory need not exist, and holds nothing else.
    pub fn new(directory: impl Into<PathBuf>) -> ImageCache {
        ImageCache { directory: directory.into() }
    }

    /// One engine's word on what an image is counts for that engine alone.
    pub(crate) fn get(&self, engine: &str, image: &ImageInfo) -> Option<String> {
        let path = self.path_of(engine, image)?;
        if !is_ours(&path) {
            return None;
        }
        let mut text = String::new();
        fs::File::open(path).ok()?.take(LARGEST).read_to_string(&mut text).ok()?;
        let (checksum, content) = text.split_once('\n')?;
        (checksum == hash(&[content])).then(|| content.to_owned())
    }

    pub(crate) fn put(&self, engine: &str, image: &ImageInfo, content: &str) {
        if let Some(path) = self.path_of(engine, image) {
            // Whoever comes next looks into the image again.
            let _ = self.write(&path, content);
        }
    }

    fn write(&self, path: &Path, content: &str) -> io::Result<()> {
        let existing = self.directory.ancestors().find(|path| path.exists());
        if !existing.is_some_and(is_ours) {
            // As with `sudo`, which would leave files that their owner cannot remove.
            return Ok(());
        }
        make_private_directory(&self.directory)?;
        let temporary = self.directory.join(format!("{}.tmp", RunId::new()));
        let written = fs::File::create_new(&temporary)
            .and_then(|mut file| file.write_all(format!("{}\n{content}", hash(&[content])).as_bytes()))
            .and_then(|()| fs::rename(&temporary, path));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        self.prune();
        written
    }

    fn prune(&self) {
        let entries = fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries
            .filter_map(|entry| {
                let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((metadata.modified().ok()?, metadata.len(), entry.path()))
            })
            .collect();
        files.sort_unstable_by(|one, other| other.cmp(one));
        let mut bytes: u64 = 0;
        for (place, (_, length, path)) in files.into_iter().enumerate() {
            bytes = bytes.saturating_add(length);
            if place >= MOST_FILES || bytes > MOST_BYTES {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// `None` for an image whose id the engine does not say.
    fn path_of(&self, engine: &str, image: &ImageInfo) -> Option<PathBuf> {
        let name = hash(&[engine, &image.id, &image.platform]);
        (!image.id.is_empty()).then(|| self.directory.join(name))
    }
}

fn hash(texts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(unix)]
fn is_ours(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.uid() == rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn is_ours(path: &Path) -> bool {
    path.exists()
}

fn make_private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(id: &str) -> ImageInfo {
        ImageInfo { id: id.to_owned(), digest: String::new(), platform: "linux/amd64".to_owned() }
    }

    fn cache() -> (tempfile::TempDir, ImageCache) {
        let place = tempfile::tempdir().expect("a directory");
        let cache = ImageCache::new(place.path().join("not/there/yet"));
        (place, cache)
    }

    fn files(cache: &ImageCache) -> Vec<PathBuf> {
        fs::read_dir(&cache.directory).expect("a directory").map(|entry| entry.expect("an entry").path()).collect()
    }

    #[test]
    fn what_was_kept_is_that_image_s_on_that_engine() {
        let (_place, cache) = cache();
        assert_eq!(cache.get("unix:///a", &image("1")), None);
        cache.put("unix:///a", &image("1"), "{\n}\n");
        cache.put("unix:///a", &image("2"), "");
        assert_eq!(cache.get("unix:///a", &image("1")).as_deref(), Some("{\n}\n"));
        assert_eq!(cache.get("unix:///a", &image("2")).as_deref(), Some(""));
        assert_eq!(cache.get("unix:///b", &image("1")), None);
        assert_eq!(cache.get("unix:///a", &ImageInfo { platform: "linux/arm64".to_owned(), ..image("1") }), None);
        cache.put("unix:///a", &image(""), "nobody knows whose");
        assert_eq!((cache.get("unix:///a", &image("")), files(&cache).len()), (None, 2));
    }

    #[test]
    fn damage_counts_as_absence() {
        let (_place, cache) = cache();
        let text = r#"{"name": "a"}"#;
        cache.put("e", &image("1"), text);
        let path = files(&cache).pop().expect("a file");
        let whole = fs::read(&path).expect("read");
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            for damaged in [&damaged, &whole[..place]] {
                fs::write(&path, damaged).expect("written");
                assert_eq!(cache.get("e", &image("1")), None, "at {place}");
            }
        }
        cache.put("e", &image("1"), text);
        assert_eq!(cache.get("e", &image("1")).as_deref(), Some(text));
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let (_place, cache) = cache();
        let large = "x".repeat(4 * 1024 * 1024);
        for id in 0..12 {
            cache.put("e", &image(&id.to_string()), &large);
        }
        assert_eq!(files(&cache).len(), 7);
        assert!(cache.get("e", &image("0")).is_none() && cache.get("e", &image("11")).is_some());
        for id in 0..MOST_FILES + 10 {
            cache.put("e", &image(&format!("small {id}")), "");
        }
        assert_eq!(files(&cache).len(), MOST_FILES);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_no_problem() {
        let place = tempfile::NamedTempFile::new().expect("a file");
        let cache = ImageCache::new(place.path().join("below a file"));
        cache.put("e", &image("1"), "text");
        assert_eq!(cache.get("e", &image("1")), None);
    }
}
