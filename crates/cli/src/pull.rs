//! Pulling images for commands, with progress for whoever watches.

use std::collections::HashMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use task_api_core::resolve::InstanceConfig;
use task_api_core::{model, secret::Secret};
use task_api_runner::{LayerStage, PullEvent, PullPolicy, Pulled, TaskLogin, WantedImage};

use crate::Io;
use crate::args::PullArg;
use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::Signals;

/// When a command pulls, of which some ask for an image twice: for its container file, and to run it.
pub(crate) struct Pulling {
    policy: PullPolicy,
    asked: Option<String>,
}

impl Pulling {
    pub(crate) fn new(policy: PullArg) -> Pulling {
        let policy = match policy {
            PullArg::Always => PullPolicy::Always,
            PullArg::Missing => PullPolicy::Missing,
            PullArg::Never => PullPolicy::Never,
        };
        Pulling { policy, asked: None }
    }

    /// Sees to it that the image is present.
    pub(crate) fn ensure(
        &mut self,
        wanted: &WantedImage,
        access: &mut EngineAccess,
        signals: &mut Signals,
        io: &mut Io,
    ) -> Result<(), Failure> {
        let engine = access.connect()?.clone();
        let is_asked_again = self.asked.as_ref() == Some(&wanted.reference);
        let policy =
            if is_asked_again && self.policy == PullPolicy::Always { PullPolicy::Missing } else { self.policy };
        let mut drawing = Drawing::new(io);
        let mut progress = |event: PullEvent<'_>| drawing.show(event, io);
        let ensured = engine.ensure_image(wanted, policy, access.surroundings(), &mut progress);
        let ensured = signals.unless_interrupted(access, ensured);
        drawing.clear();
        let reference = &wanted.reference;
        match ensured?? {
            Pulled::NotNeeded(_) => {}
            Pulled::UpToDate(_) => io.err(&format!("{reference} is up to date\n")),
            Pulled::New(_) => io.err(&format!("pulled {reference}\n")),
        }
        self.asked = Some(reference.clone());
        Ok(())
    }
}

/// What a task that is not merged yet says about its image.
pub(crate) fn wanted_by_task(task: &model::Task<'_>) -> Option<WantedImage> {
    let owned = |text: &Option<model::Text<'_>>| text.as_ref().map(|text| text.value.to_string());
    let login = task.config.as_ref().map(|config| TaskLogin {
        url: owned(&config.registry_url),
        username: owned(&config.registry_username),
        password: owned(&config.registry_password).map(Secret::new),
    });
    Some(WantedImage { reference: owned(&task.image)?, login: login.unwrap_or_default() })
}

pub(crate) fn wanted_by_instance(image: &str, config: Option<&InstanceConfig>) -> WantedImage {
    let login = config.map(|config| TaskLogin {
        url: config.registry_url.clone(),
        username: config.registry_username.clone(),
        password: config.registry_password.clone(),
    });
    WantedImage { reference: image.to_owned(), login: login.unwrap_or_default() }
}

/// A line for each layer on a terminal, else one line for the whole.
struct Drawing {
    bars: Option<MultiProgress>,
    head: Option<ProgressBar>,
    layers: HashMap<String, ProgressBar>,
}

const TICK: Duration = Duration::from_millis(120);

impl Drawing {
    fn new(io: &Io) -> Drawing {
        let bars = io.terminal_err.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        // Nothing can be drawn on a terminal without a name: lines it is.
        let bars = bars.filter(|bars| !bars.is_hidden());
        Drawing { bars, head: None, layers: HashMap::new() }
    }

    fn show(&mut self, event: PullEvent<'_>, io: &mut Io) {
        match (event, &self.bars) {
            (PullEvent::Started { reference }, None) => io.err(&format!("pulling {reference}\n")),
            (PullEvent::Started { reference }, Some(bars)) => {
                let head = bars.add(ProgressBar::new_spinner().with_style(style("{spinner} {msg}")));
                head.set_message(format!("pulling {reference}"));
                head.enable_steady_tick(TICK);
                self.head = Some(head);
            }
            (PullEvent::Layer { .. }, None) => {}
            (PullEvent::Layer { id, stage }, Some(bars)) => {
                let bar = self.layers.entry(id.to_owned()).or_insert_with(|| {
                    bars.add(ProgressBar::new(0).with_prefix(id.to_owned()).with_style(style(WITHOUT_AMOUNT)))
                });
                show_layer(bar, stage);
            }
        }
    }

    /// Consumes itself: bars that are dropped clear once more, by then somebody else's lines.
    fn clear(self) {
        if let Some(head) = &self.head {
            head.finish_and_clear();
        }
        if let Some(bars) = &self.bars {
            // A terminal that has gone is not there to be tidied.
            let _ = bars.clear();
        }
    }
}

const WITHOUT_AMOUNT: &str = "{prefix:.dim} {msg}";
const WITH_AMOUNT: &str = "{prefix:.dim} {msg:11} {wide_bar:.dim} {binary_bytes} of {binary_total_bytes}";

fn show_layer(bar: &ProgressBar, stage: LayerStage) {
    let (words, amount) = match stage {
        LayerStage::Waiting => ("waiting", None),
        LayerStage::Downloading { done, total } => ("downloading", total.map(|total| (done, total))),
        LayerStage::Downloaded => ("downloaded", None),
        LayerStage::Extracting { done, total } => ("extracting", total.map(|total| (done, total))),
        LayerStage::Complete => ("done", None),
    };
    if bar.message() != words {
        // In this order: a message is drawn at once, in the style that there is.
        bar.set_style(style(if amount.is_some() { WITH_AMOUNT } else { WITHOUT_AMOUNT }));
        bar.set_message(words);
    }
    if let Some((done, total)) = amount {
        bar.set_length(total);
        bar.set_position(done);
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
