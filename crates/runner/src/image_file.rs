//! Reading one file out of an image. Engines read files of containers only, so a container is
//! created, never started, and removed in every case, also when the caller stops waiting: the work
//! is done on a thread of its own, and dropping the future waits until that thread has cleaned up.

use std::{
    collections::HashMap,
    io::{self, Read},
    sync::{Arc, mpsc},
    time::Duration,
};

use bollard::{
    Docker,
    container::PathStatResponse,
    models::{ContainerCreateBody, HostConfig},
    query_parameters::{
        ContainerArchiveInfoOptionsBuilder, CreateContainerOptionsBuilder, DownloadFromContainerOptionsBuilder,
        ListContainersOptionsBuilder,
    },
};
use futures_util::StreamExt;
use jiff::Timestamp;
use tokio::sync::{Notify, oneshot};

use crate::{
    answers::list,
    engine::{Engine, ImageInfo, engine_error, status, words},
    error::{Error, Result},
    image_cache::ImageCache,
    owner::Owner,
    run_id::RunId,
    start::removal,
};

const CONTAINER_FILE: &str = "/processing-container.json";
const LIMIT: u64 = 4 * 1024 * 1024;
/// What tar adds to one file.
const TAR_OVERHEAD: u64 = 64 * 1024;
const LABEL_LOOKUP: &str = "task-api.lookup";
/// A look-up takes a second; what is this old, of another machine or of an old version of this
/// program, was left by a process that was killed.
const STALE_SECONDS: i64 = 10 * 60;
const LONGEST_CLEAN_UP: Duration = Duration::from_secs(30);

/// Bits of Go's `os.FileMode`, which the archive API speaks.
const MODE_DIRECTORY: u32 = 1 << 31;
const MODE_LINK: u32 = 1 << 27;
const MODE_IRREGULAR: u32 = (1 << 26) | (1 << 25) | (1 << 24) | (1 << 21) | (1 << 19);

impl Engine {
    /// The text of the image's `/processing-container.json`.
    pub async fn processing_container_of(&self, image: &str) -> Result<String> {
        let info = self.image(image).await?;
        self.look_into(image, &info).await
    }

    /// Likewise, from the cache if it is there, which is given it otherwise.
    pub async fn cached_processing_container_of(&self, image: &str, cache: &ImageCache) -> Result<String> {
        let info = self.image(image).await?;
        let engine = self.identity.address.as_str();
        if let Some(text) = cache.get(engine, &info) {
            return Ok(text);
        }
        let text = self.look_into(image, &info).await?;
        cache.put(engine, &info, &text);
        Ok(text)
    }

    async fn look_into(&self, image: &str, info: &ImageInfo) -> Result<String> {
        // By its id: the name can be another image's by now.
        let id = Some(&info.id).filter(|id| !id.is_empty()).map_or(image, |id| id);
        let (answer, answered) = oneshot::channel();
        let (finished_sender, finished) = mpsc::channel();
        let cancel = Arc::new(Notify::new());
        let work = look_up(self.docker.clone(), image.to_owned(), id.to_owned(), Arc::clone(&cancel));
        let lost = |words: String| Error::EngineLost { doing: format!("reading {CONTAINER_FILE}"), words };
        std::thread::Builder::new()
            .name("image-file".to_owned())
            .spawn(move || {
                let result = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                    Ok(runtime) => runtime.block_on(work),
                    Err(error) => {
                        Err(Error::EngineLost { doing: format!("reading {CONTAINER_FILE}"), words: error.to_string() })
                    }
                };
                // Nobody listens any more if the caller has stopped waiting.
                let _ = answer.send(result);
                let _ = finished_sender.send(());
            })
            .map_err(|error| lost(error.to_string()))?;
        let _guard = CleanedUp { cancel, finished };
        answered.await.unwrap_or_else(|_| Err(lost("the look-up ended early".to_owned())))
    }
}

/// Waits for the look-up's container to be gone, however the waiting ended.
struct CleanedUp {
    cancel: Arc<Notify>,
    finished: mpsc::Receiver<()>,
}

impl Drop for CleanedUp {
    fn drop(&mut self) {
        self.cancel.notify_one();
        // An error means that the thread is gone or the engine hangs; there is no more to do here.
        let _ = self.finished.recv_timeout(LONGEST_CLEAN_UP);
    }
}

async fn look_up(docker: Docker, image: String, id: String, cancel: Arc<Notify>) -> Result<String> {
    remove_stale(&docker).await;
    let name = format!("task-api-lookup-{}", RunId::new());
    let options = CreateContainerOptionsBuilder::new().name(&name).build();
    let body = ContainerCreateBody {
        image: Some(id),
        // Never started; but an image without a command is otherwise refused.
        cmd: Some(vec![CONTAINER_FILE.to_owned()]),
        labels: Some(HashMap::from([(LABEL_LOOKUP.to_owned(), owner_label())])),
        host_config: Some(HostConfig { network_mode: Some("none".to_owned()), ..HostConfig::default() }),
        ..ContainerCreateBody::default()
    };
    let created = docker.create_container(Some(options), body).await;
    let result = match created {
        Ok(_) => tokio::select! {
            result = read(&docker, &name, &image) => result,
            () = cancel.notified() => Err(Error::EngineLost {
                doing: format!("reading {CONTAINER_FILE}"),
                words: "nobody waits for it any more".to_owned(),
            }),
        },
        Err(error) => Err(engine_error("to create a container from the image", &error)),
    };
    match docker.remove_container(&name, Some(removal())).await {
        Err(error) if status(&error) != Some(404) && result.is_ok() => {
            Err(engine_error(&format!("to remove the container {name}"), &error))
        }
        _ => result,
    }
}

/// Empty where processes cannot be told apart; age alone counts then.
fn owner_label() -> String {
    Owner::this_process().map(|owner| owner.to_text()).unwrap_or_default()
}

/// What a killed process left behind. Best effort: the look-up itself does not depend on it.
async fn remove_stale(docker: &Docker) {
    let filters = HashMap::from([("label", vec![LABEL_LOOKUP]), ("status", vec!["created"])]);
    let options = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
    let old = Timestamp::now().as_second() - STALE_SECONDS;
    for container in list(docker, options).await.unwrap_or_default() {
        let label = container.labels.as_ref().and_then(|labels| labels.get(LABEL_LOOKUP));
        let is_left = label.and_then(|label| Owner::parse(label)).is_some_and(|owner| owner.is_gone());
        let is_old = container.created.is_some_and(|created| created < old);
        if let Some(id) = container.id
            && (is_left || is_old)
        {
            let _ = docker.remove_container(&id, Some(removal())).await;
        }
    }
}

async fn read(docker: &Docker, container: &str, image: &str) -> Result<String> {
    let (image_name, path) = (|| image.to_owned(), || CONTAINER_FILE.to_owned());
    let stat = match stat(docker, container, CONTAINER_FILE).await {
        Ok(Some(stat)) => stat,
        Ok(None) => {
            return Err(Error::ImageFileAbsent { image: image_name(), path: path() });
        }
        Err(Error::EngineRefused { words, .. }) if words.contains("too many links") => {
            let target = "itself".to_owned();
            return Err(Error::ImageFileDangling { image: image_name(), path: path(), target });
        }
        Err(error) => return Err(error),
    };
    let (stat, place) = if stat.file_mode & MODE_LINK == 0 {
        (stat, path())
    } else {
        // The engine has followed the link to its end, within the image.
        let target = stat.link_target;
        match self::stat(docker, container, &target).await? {
            Some(stat) if stat.file_mode & MODE_LINK == 0 => (stat, target),
            Some(_) | None => {
                return Err(Error::ImageFileDangling { image: image_name(), path: path(), target });
            }
        }
    };
    if stat.file_mode & MODE_DIRECTORY != 0 {
        return Err(Error::ImageFileIsDirectory { image: image_name(), path: path() });
    }
    if stat.file_mode & MODE_IRREGULAR != 0 {
        return Err(Error::ImageFileIsSpecial { image: image_name(), path: path() });
    }
    let too_large = || Error::ImageFileTooLarge { image: image_name(), path: path(), limit: LIMIT };
    if u64::try_from(stat.size).is_ok_and(|size| size > LIMIT) {
        return Err(too_large());
    }
    let options = DownloadFromContainerOptionsBuilder::new().path(&place).build();
    let mut stream = docker.download_from_container(container, Some(options));
    let mut archive = Vec::new();
    while let Some(piece) = stream.next().await {
        archive.extend_from_slice(&piece.map_err(|error| engine_error(&format!("to give {place}"), &error))?);
        if archive.len() as u64 > LIMIT + TAR_OVERHEAD {
            return Err(too_large());
        }
    }
    let unreadable = |error: io::Error| Error::EngineLost {
        doing: format!("reading {place}"),
        words: format!("its archive is broken: {error}"),
    };
    let Some(bytes) = only_file(&archive).map_err(unreadable)? else {
        return Err(Error::ImageFileIsSpecial { image: image_name(), path: path() });
    };
    String::from_utf8(bytes).map_err(|error| Error::ImageFileNotUtf8 {
        image: image_name(),
        path: path(),
        offset: error.utf8_error().valid_up_to(),
    })
}

async fn stat(docker: &Docker, container: &str, path: &str) -> Result<Option<PathStatResponse>> {
    let options = ContainerArchiveInfoOptionsBuilder::new().path(path).build();
    match docker.get_container_archive_info(container, Some(options)).await {
        Ok(stat) => Ok(Some(stat)),
        Err(error) if status(&error) == Some(404) => Ok(None),
        // The answer has no body, so the reason has to be asked for in another way.
        Err(error) if status(&error).is_some() => {
            let options = DownloadFromContainerOptionsBuilder::new().path(path).build();
            let words = match docker.download_from_container(container, Some(options)).next().await {
                Some(Err(error)) => words(&error),
                Some(Ok(_)) | None => words(&error),
            };
            Err(Error::EngineRefused { doing: format!("to look at {path}"), words })
        }
        Err(error) => Err(engine_error(&format!("to look at {path}"), &error)),
    }
}

fn only_file(archive: &[u8]) -> io::Result<Option<Vec<u8>>> {
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        if entry.header().entry_type().is_file() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}
