//! The runs of a calibration: each leaves nothing but its peak.

use std::fs;
use std::path::{Path, PathBuf};

use task_api_core::calibrate::Point;
use task_api_core::plan::{Host, plan};
use task_api_core::quantity::human_bytes;
use task_api_core::resolve::TaskInstance;
use task_api_runner::{Engine, Outcome, RecordPlace, Removal, Request, Run};

use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::{Signals, ending_in_words};
use crate::progress::Progress;
use crate::subsets::Variant;
use crate::{Io, host};

/// What is the same for all runs.
pub(super) struct Bench<'a> {
    pub(super) instance: &'a TaskInstance,
    /// The input that varies.
    pub(super) channel: &'a str,
    /// The task file's.
    pub(super) directory: &'a str,
    pub(super) owner: Option<(u32, u32)>,
    pub(super) limit: Option<u64>,
}

pub(super) struct Measured {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) ending: Ending,
}

pub(super) enum Ending {
    Peak(u64),
    /// Why this run says nothing.
    Excluded(String),
}

/// Where inputs are put together and outputs go; removed when it is dropped, however the command ends.
pub(super) struct Place(tempfile::TempDir);

impl Place {
    /// Beside the input, because files are linked on one file system alone; else where temporary files are.
    pub(super) fn new(root: &Path) -> Result<Place, Failure> {
        let name = ".task-api-calibrate-";
        let beside = root.parent().and_then(|parent| tempfile::Builder::new().prefix(name).tempdir_in(parent).ok());
        let place = match beside {
            Some(place) => Ok(place),
            None => tempfile::Builder::new().prefix(name).tempdir(),
        };
        place.map(Place).map_err(|error| Failure::usage(format!("cannot make a temporary directory: {error}")))
    }

    pub(super) fn inputs(&self) -> Result<PathBuf, Failure> {
        self.directory("inputs")
    }

    /// Says so if something stays: files of another user.
    pub(super) fn remove(self, io: &mut Io) {
        let path = self.0.path().display().to_string();
        if let Err(error) = self.0.close() {
            io.warning(&format!("cannot remove {path}: {error}"));
        }
    }

    fn directory(&self, name: &str) -> Result<PathBuf, Failure> {
        let path = self.0.path().join(name);
        fs::create_dir(&path).map_err(|error| Failure::usage(format!("cannot make {}: {error}", path.display())))?;
        Ok(path)
    }
}

impl Measured {
    pub(super) fn point(&self) -> Option<Point> {
        match self.ending {
            Ending::Peak(peak) => Some(Point { size: self.size, peak }),
            Ending::Excluded(_) => None,
        }
    }
}

/// Runs the task on each input so many times.
pub(super) fn all(
    bench: &Bench<'_>,
    variants: &[Variant],
    repeat: u32,
    place: &Place,
    access: &mut EngineAccess,
    signals: &mut Signals,
    io: &mut Io,
) -> Result<Vec<Measured>, Failure> {
    let engine = access.connect()?.clone();
    signals.unless_interrupted(access, engine.image(&bench.instance.image))??;
    let mut progress = Progress::new("run", variants.len() * repeat as usize, io);
    let mut measured = Vec::new();
    for variant in variants {
        for _ in 0..repeat {
            let outputs = place.directory("outputs")?;
            let ending = one(bench, variant, &outputs, &engine, access, signals, io);
            // The next run's outputs are not to stand on these.
            let removed = fs::remove_dir_all(&outputs);
            let ending = ending?;
            removed.map_err(|error| Failure::usage(format!("cannot remove {}: {error}", outputs.display())))?;
            progress.step(|| {});
            measured.push(Measured { name: variant.name.clone(), size: variant.size, ending });
        }
    }
    progress.finish();
    Ok(measured)
}

fn one(
    bench: &Bench<'_>,
    variant: &Variant,
    outputs: &Path,
    engine: &Engine,
    access: &EngineAccess,
    signals: &mut Signals,
    io: &mut Io,
) -> Result<Ending, Failure> {
    let mut instance = bench.instance.clone();
    for channel in &mut instance.outputs {
        channel.host_path = utf8(&outputs.join(&channel.name))?;
    }
    for channel in instance.inputs.iter_mut().filter(|channel| channel.name == bench.channel) {
        channel.host_path = utf8(&variant.path)?;
    }
    let owner = bench.owner;
    host::make_outputs(&instance, bench.directory, owner.filter(|_| super::caller().0 == 0))?;
    let around = Host {
        task_directory: bench.directory.to_owned(),
        user: owner.map(|(user, group)| format!("{user}:{group}")),
        ..Host::default()
    };
    let mut spec = plan(&instance, &around).map_err(|error| Failure::invalid(error.to_string()))?.spec;
    // What is looked for must not be held down by what is there.
    spec.resources.memory_limit = bench.limit;
    spec.resources.memory_request = None;
    let request = Request {
        spec,
        task: instance.name.clone(),
        task_instance: serde_json::json!(instance),
        origins: serde_json::json!({}),
        inputs: Vec::new(),
        estimates: Vec::new(),
        outputs: Vec::new(),
        tool: concat!("task-api ", env!("CARGO_PKG_VERSION")).to_owned(),
        record: RecordPlace::File(outputs.with_extension("json")),
    };
    // Not interrupted: what it begins has to be removed. An interrupt meanwhile is heard right after.
    let mut run = access.block_on(engine.start(request))?.run;
    let waited = signals.unless_interrupted(access, engine.wait(&mut run));
    let removal = Removal { force: true, delete_record: true };
    let removed = access.block_on(engine.remove(&mut run, removal));
    let followed =
        waited.map_err(|failure| Failure { message: "interrupted; nothing was changed".to_owned(), ..failure })??;
    removed?;
    let ending = ending(&followed.outcome, &run);
    if let Ending::Excluded(why) = &ending {
        io.warning(&format!("{} (n = {}) is not counted: {why}", variant.name, human_bytes(variant.size)));
    }
    Ok(ending)
}

fn ending(outcome: &Outcome, run: &Run) -> Ending {
    if let Some(words) = ending_in_words(outcome, &run.record) {
        // The advice is for other commands.
        return Ending::Excluded(words.split("; ").next().unwrap_or_default().to_owned());
    }
    if run.record.oom_killed {
        return Ending::Excluded("a process of the container was killed for memory".to_owned());
    }
    match run.record.peak_memory_bytes {
        Some(peak) => Ending::Peak(peak),
        None => Ending::Excluded("the container ended before its memory could be measured".to_owned()),
    }
}

fn utf8(path: &Path) -> Result<String, Failure> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| Failure::usage(format!("the path {} is not UTF-8", path.display())))
}
