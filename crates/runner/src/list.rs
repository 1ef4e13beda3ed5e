//! All runs: the records of a directory together with the engine's containers of ours.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use bollard::query_parameters::ListContainersOptionsBuilder;

use crate::{
    LABEL_RECORD, LABEL_RUN_ID, LABEL_TASK,
    answers::list,
    engine::{Engine, engine_error},
    error::{Error, Result},
    rebuild::is_lost,
    run_id::RunId,
    store::{Run, RunStore, choose, names_a_file},
};

/// A run that has a record, a container, or both.
#[derive(Debug)]
pub struct ListedRun {
    pub id: RunId,
    pub task: Option<String>,
    pub image: Option<String>,
    /// Without a record only the container is left to say something.
    pub run: Option<Run>,
    /// The container's label says where the record is, or was.
    pub record_path: Option<PathBuf>,
    /// The container is there, and nothing is where its record was.
    pub is_record_lost: bool,
    /// The engine's words for the container's state; `None` if there is no container.
    pub container_status: Option<String>,
}

#[derive(Debug, Default)]
pub struct Listing {
    /// Oldest first.
    pub runs: Vec<ListedRun>,
    /// Records that could not be read or brought up to date.
    pub problems: Vec<Error>,
}

struct OurContainer {
    task: Option<String>,
    image: Option<String>,
    record: Option<String>,
    status: Option<String>,
}

impl Engine {
    /// The records in `store`, and every container of ours on this engine, whoever started it.
    pub async fn list(&self, store: &RunStore) -> Result<Listing> {
        let mut containers = self.our_containers().await?;
        let (runs, problems) = store.list()?;
        let mut listing = Listing { runs: Vec::new(), problems };
        for mut run in runs {
            let container = containers.remove(run.id());
            if let Err(problem) = self.reconcile(&mut run).await {
                listing.problems.push(problem);
            }
            listing.runs.push(listed(run.id().clone(), Some(run), container));
        }
        for (id, container) in containers {
            let mut run = container.record.as_deref().and_then(|path| load_if_of(Path::new(path), &id));
            if let Some(run) = &mut run
                && let Err(problem) = self.reconcile(run).await
            {
                listing.problems.push(problem);
            }
            listing.runs.push(listed(id, run, Some(container)));
        }
        listing.runs.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(listing)
    }

    /// As [`RunStore::find`], and also finds runs whose record is in another directory or lost, as
    /// long as they have a container.
    pub async fn find(&self, store: &RunStore, query: &str) -> Result<Run> {
        match store.find(query) {
            Err(Error::RunNotFound { .. } | Error::RecordIo { .. }) if !names_a_file(query) => {}
            found => return found,
        }
        let containers = self.our_containers().await?;
        let ids: Vec<RunId> = containers.keys().cloned().collect();
        let not_found = || Error::RunNotFound { query: query.to_owned(), dir: store.dir().to_owned() };
        let Some(id) = choose(query, &ids)? else {
            return Err(not_found());
        };
        let path = containers.get(&id).and_then(|container| container.record.as_deref()).ok_or_else(not_found)?;
        match Run::load(Path::new(path)) {
            Ok(run) if run.id() == &id => Ok(run),
            // Another run's record is there now, and must not be written to.
            Ok(_) => self.rebuilt(&id, &store.path_of(&id)).await,
            Err(Error::RecordIo { .. }) => self.rebuilt(&id, Path::new(path)).await,
            Err(error) => Err(error),
        }
    }

    async fn our_containers(&self) -> Result<HashMap<RunId, OurContainer>> {
        let filters = HashMap::from([("label", vec![LABEL_RUN_ID])]);
        let options = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
        let containers =
            list(&self.docker, options).await.map_err(|error| engine_error("to list containers", &error))?;
        let ours = containers.into_iter().filter_map(|container| {
            let mut labels = container.labels?;
            let id = RunId::parse(&labels.remove(LABEL_RUN_ID)?)?;
            let ours = OurContainer {
                task: labels.remove(LABEL_TASK),
                record: labels.remove(LABEL_RECORD),
                image: container.image,
                status: container.status,
            };
            Some((id, ours))
        });
        Ok(ours.collect())
    }
}

fn load_if_of(path: &Path, id: &RunId) -> Option<Run> {
    Run::load(path).ok().filter(|run| run.id() == id)
}

fn listed(id: RunId, run: Option<Run>, container: Option<OurContainer>) -> ListedRun {
    let from_record = |pointer: &str| Some(run.as_ref()?.record.task_instance.pointer(pointer)?.as_str()?.to_owned());
    let (task, image, status, path) = match container {
        Some(container) => (container.task, container.image, container.status, container.record.map(PathBuf::from)),
        None => (None, None, None, None),
    };
    ListedRun {
        is_record_lost: run.is_none() && path.as_deref().is_some_and(is_lost),
        record_path: path,
        task: task.or_else(|| from_record("/name")),
        image: image.or_else(|| Some(run.as_ref()?.record.image.reference.clone())),
        id,
        container_status: status,
        run,
    }
}
