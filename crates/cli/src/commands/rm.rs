//! `task-api rm`: removes the containers of runs.

use std::time::Duration;

use task_api_runner::{ListedRun, Removal, RunStore, State};

use crate::args::RmArgs;
use crate::engine::{EngineAccess, warn};
use crate::exit::Failure;
use crate::{DONE, Io, time};

pub(crate) fn run(args: &RmArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut access = EngineAccess::new(io)?;
    if !args.all {
        for query in &args.runs {
            remove(query, args, &mut access, io)?;
        }
        return Ok(DONE);
    }
    let engine = access.connect()?.clone();
    let store = RunStore::new(io.directory.clone());
    let listing = access.block_on(engine.list(&store))?;
    for problem in &listing.problems {
        io.warning(&problem.to_string());
    }
    let mut left = 0;
    let here: Vec<&ListedRun> = listing.runs.iter().filter(|run| is_of(run, &store)).collect();
    for listed in here {
        match fate(listed, args, &mut access, io)? {
            Fate::Remove => remove(listed.id.as_str(), args, &mut access, io)?,
            Fate::LeaveRunning => left += 1,
            Fate::Leave => {}
        }
    }
    if left > 0 {
        io.err(&format!(
            "left {left} that {} not ended; --force kills as well\n",
            if left == 1 { "has" } else { "have" }
        ));
    }
    Ok(DONE)
}

enum Fate {
    Remove,
    Leave,
    LeaveRunning,
}

fn remove(query: &str, args: &RmArgs, access: &mut EngineAccess, io: &mut Io) -> Result<(), Failure> {
    let mut run = access.find_run(query, io)?;
    let engine = access.connect()?.clone();
    let removal = Removal { force: args.force, delete_record: args.record };
    let warnings = access.block_on(engine.remove(&mut run, removal))?;
    warn(&warnings, io);
    io.out(&format!("removed {}\n", run.id()));
    Ok(())
}

/// Other directories' runs are others' business, also on the same engine.
fn is_of(run: &ListedRun, store: &RunStore) -> bool {
    let path = run.run.as_ref().map(|run| run.path()).or(run.record_path.as_deref());
    path.and_then(|path| path.parent()) == Some(store.dir())
}

fn fate(listed: &ListedRun, args: &RmArgs, access: &mut EngineAccess, io: &mut Io) -> Result<Fate, Failure> {
    let record = access.find_run(listed.id.as_str(), io)?.record;
    let has_ended = !matches!(record.state, State::Running | State::Created);
    let end = record.finished_at.or(record.started_at).unwrap_or(record.created_at);
    let is_old = time::age(end) >= args.older_than.unwrap_or(Duration::ZERO);
    Ok(match (has_ended, is_old) {
        // One that was never started can be another task-api's, which is about to start it.
        (false, _) if !args.force => Fate::LeaveRunning,
        (_, false) => Fate::Leave,
        // Its record may be the only thing that is left of it.
        (_, true) if listed.container_status.is_none() && !args.record => Fate::Leave,
        (_, true) => Fate::Remove,
    })
}
