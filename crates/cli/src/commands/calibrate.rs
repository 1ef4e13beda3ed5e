//! `task-api calibrate`: runs a task over inputs of several sizes, and finds the scale rule that its memory needs.

mod rule;
mod runs;

use std::path::PathBuf;

use task_api_core::ApiVersion;
use task_api_core::calibrate::{BesideFixed, Calibration, Demand, Fit, Point, Proposal, TooLittle, calibrate};
use task_api_core::plan::absolute_path;
use task_api_core::quantity::human_bytes;
use task_api_core::resolve::{Channel, Resolution, Source, TaskInstance};
use task_api_core::scale::{Law, Mode, ScaleRule, Target};
use task_api_runner::WantedImage;

use crate::args::{CalibrateArgs, PullArg, RuleTarget, SizeMode};
use crate::commands::run::caller;
use crate::engine::EngineAccess;
use crate::exit::Failure;
use crate::follow::Signals;
use crate::memory::{columns, percent};
use crate::plot::{Curve, plot};
use crate::prepare::{ContainerSource, prepare};
use crate::pull::Pulling;
use crate::subsets::Variant;
use crate::{DONE, Io, host, python_regex, subsets};

use rule::RuleFile;
use runs::{Ending, Measured};

pub(crate) fn run(args: &CalibrateArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut access = EngineAccess::to_start(io)?;
    let mut signals = Signals::listen(&access)?;
    let file = RuleFile::find(&args.task, io)?;
    let mut pulling = Pulling::new(PullArg::Missing);
    let mut from_image = |wanted: &WantedImage, io: &mut Io| {
        pulling.ensure(wanted, &mut access, &mut signals, io)?;
        access.processing_container_of(&wanted.reference, &mut signals)
    };
    let mut source = if file.is_some() { ContainerSource::Files } else { ContainerSource::Image(&mut from_image) };
    let prepared = prepare(&args.task, &mut source, io)?;
    if args.write && file.is_none() {
        return Err(Failure::usage(
            "there is no file to write the rule into: the container file is in the image; name one with --container",
        ));
    }
    let directory = prepared.directory_text()?;
    let instance = &prepared.resolution.instance;
    let channel = channel(instance, args.channel.as_deref())?;
    let file =
        if has_own_rule(&prepared.resolution, channel) { Some(RuleFile::of_task(&args.task, io)?) } else { file };
    let rule = rule_of(channel, args);
    let measure =
        rule.measure(python_regex::compile).map_err(|error| Failure::usage(format!("the scale rule: {error}")))?;
    host::check_inputs(&others(instance, channel), &directory)?;

    let root = PathBuf::from(absolute_path(&directory, &channel.host_path));
    let place = runs::Place::new(&root)?;
    let variants = if args.inputs.is_empty() {
        subsets::of_items(&root, &place.inputs()?, &measure)?
    } else {
        let named = |path: &PathBuf| {
            let absolute = io.absolute(path);
            let size = crate::measure::size_of(&absolute, None, &measure)?;
            Ok(Variant { name: path.display().to_string(), path: absolute, size })
        };
        args.inputs.iter().map(named).collect::<Result<Vec<Variant>, Failure>>()?
    };
    enough(&variants.iter().map(|variant| Point { size: variant.size, peak: 1 }).collect::<Vec<_>>(), &rule, args)?;
    let owner = match args.user {
        crate::args::UserArg::Caller => Some(caller()),
        crate::args::UserArg::Ids(user, group) => Some((user, group)),
        crate::args::UserArg::Image => None,
    };
    let bench =
        runs::Bench { instance, channel: &channel.name, directory: &directory, owner, limit: args.memory_limit };
    let measured = runs::all(&bench, &variants, args.repeat, &place, &mut access, &mut signals, io);
    place.remove(io);
    let measured = measured?;

    io.out(&table(&measured));
    let points: Vec<Point> = measured.iter().filter_map(Measured::point).collect();
    let calibration = enough(&points, &rule, args)?;
    let demand = Demand { margin: args.margin, up_to: args.up_to };
    let proposal = calibration.propose(demand);
    io.out(&format!("\n{}\n{}\n", drawing(&calibration, &proposal), fit_in_words(&calibration)));
    let law = match proposal {
        Proposal::Fixed { bytes } => {
            let words = format!(
                "memory does not grow with the data, so a scale rule would not help; set `resources.limits.memory` to \
                 {} ({} and {:.0} %)",
                quantity(bytes),
                human_bytes((bytes as f64 / (1.0 + args.margin)) as u64),
                args.margin * 100.0
            );
            if args.write {
                return Err(Failure::invalid(format!("{words}; nothing was written")));
            }
            io.out(&format!("{words}\n"));
            return Ok(DONE);
        }
        Proposal::Rule { law, beside_fixed } => {
            io.out(&proposal_in_words(law, &calibration, args));
            beside_in_words(beside_fixed, io);
            law
        }
    };
    let Some(file) = file else {
        io.out("the container file is in the image; copy it out with `task-api processing-container`, and name it with --container to see the change\n");
        return Ok(DONE);
    };
    let law = match (file.version(), law.exponent) {
        (ApiVersion::V0, _) => law,
        (ApiVersion::V1, 1) => Law { coefficient: law.coefficient.ceil(), ..law },
        (ApiVersion::V1, _) => return without_form(law, calibration.propose_factor(demand), &calibration, args, io),
    };
    file.change(&channel.name, &ScaleRule { law, ..rule }, args.write, io)
}

/// Memory that grows faster than the data cannot be said in version 1.
fn without_form(
    law: Law,
    factor: Law,
    calibration: &Calibration,
    args: &CalibrateArgs,
    io: &mut Io,
) -> Result<u8, Failure> {
    let largest = human_bytes(args.up_to.unwrap_or(0).max(calibration.largest_size()));
    let words = format!(
        "`{law}` has no form in version 1, which knows whole multiples of n alone; \"scale_factor\": {} covers what was \
         measured, and data up to {largest} but no more",
        factor.coefficient
    );
    if args.write {
        return Err(Failure::invalid(format!("{words}; nothing was written")));
    }
    io.out(&format!("{words}\n"));
    Ok(DONE)
}

fn channel<'a>(instance: &'a TaskInstance, name: Option<&str>) -> Result<&'a Channel, Failure> {
    let names = || instance.inputs.iter().map(|channel| channel.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(name) = name {
        let found = instance.inputs.iter().find(|channel| channel.name == name);
        return found.ok_or_else(|| Failure::usage(format!("the task has no input `{name}`, but {}", names())));
    }
    let with_rule: Vec<&Channel> = instance.inputs.iter().filter(|channel| channel.scale_rule.is_some()).collect();
    match (instance.inputs.as_slice(), with_rule.as_slice()) {
        ([], _) => Err(Failure::usage("the task has no input that its memory could depend on")),
        ([only], _) => Ok(only),
        (_, [only]) => Ok(only),
        _ => Err(Failure::usage(format!("the task has several inputs ({}); choose one with --channel", names()))),
    }
}

fn has_own_rule(resolution: &Resolution, channel: &Channel) -> bool {
    let index = resolution.instance.inputs.iter().position(|input| input.name == channel.name).unwrap_or_default();
    let origin = resolution.origins.get(&format!("/inputs/{index}/scale_rule"));
    origin.is_some_and(|origin| origin.from == Source::Task)
}

/// How the size is measured: as the rule that is there does, where no option says otherwise.
fn rule_of(channel: &Channel, args: &CalibrateArgs) -> ScaleRule {
    let there = channel.scale_rule.as_ref();
    let text = |option: &Option<String>, there: Option<&String>, default: &str| {
        option.as_ref().or(there).map_or_else(|| default.to_owned(), String::clone)
    };
    let mode = args.size_mode.map(|mode| match mode {
        SizeMode::Sum => Mode::Sum,
        SizeMode::MaxFileSize => Mode::MaxFileSize,
        SizeMode::MaxItemSum => Mode::MaxItemSum,
    });
    let target = args.target.map(|target| match target {
        RuleTarget::Limit => Target::Limit,
        RuleTarget::Request => Target::Request,
    });
    ScaleRule {
        law: there.map_or(Law { coefficient: 1.0, exponent: 1 }, |rule| rule.law),
        target: target.or(there.map(|rule| rule.target)).unwrap_or(Target::Limit),
        mode: mode.or(there.map(|rule| rule.mode)).unwrap_or(Mode::Sum),
        target_dir: text(&args.target_dir, there.map(|rule| &rule.target_dir), ""),
        target_regex: text(&args.target_regex, there.map(|rule| &rule.target_regex), ".*"),
        target_glob: text(&args.target_glob, there.map(|rule| &rule.target_glob), "*"),
    }
}

/// The inputs that stay as they are; with `--inputs`, the channel's own directory need not be there.
fn others(instance: &TaskInstance, channel: &Channel) -> TaskInstance {
    let inputs = instance.inputs.iter().filter(|other| other.name != channel.name).cloned().collect();
    TaskInstance { inputs, ..instance.clone() }
}

fn enough(points: &[Point], rule: &ScaleRule, args: &CalibrateArgs) -> Result<Calibration, Failure> {
    calibrate(points).map_err(|error| {
        let why = match error {
            TooLittle::Sizes(count) => {
                format!("a law needs inputs of at least 3 different sizes, and these have {count}")
            }
            TooLittle::Range { smallest, largest } => format!(
                "a law needs inputs of which the largest is at least 4 times the smallest, and these are from {} to {}",
                human_bytes(smallest),
                human_bytes(largest)
            ),
        };
        let counted = match rule.target_glob.as_str() {
            "*" => String::new(),
            glob => format!(" (files that match `{glob}` are counted)"),
        };
        let how = if args.inputs.is_empty() {
            "; add items to the input's directory, or name other directories with --inputs"
        } else {
            "; name further directories with --inputs"
        };
        Failure::invalid(format!("{why}{counted}{how}"))
    })
}

fn table(measured: &[Measured]) -> String {
    let mut rows = vec![["INPUT", "n", "PEAK", ""].map(str::to_owned)];
    for run in measured {
        let (peak, remark) = match &run.ending {
            Ending::Peak(bytes) => (human_bytes(*bytes), String::new()),
            Ending::Excluded(why) => ("-".to_owned(), format!("not counted: {why}")),
        };
        rows.push([run.name.clone(), human_bytes(run.size), peak, remark]);
    }
    columns(&rows)
}

fn drawing(calibration: &Calibration, proposal: &Proposal) -> String {
    let points: Vec<(u64, u64)> = calibration.points.iter().map(|point| (point.size, point.peak)).collect();
    let fit = |size: f64| calibration.fit.at(size as u64);
    let mut curves = vec![Curve { mark: '·', name: formula(&calibration.fit), at: &fit }];
    let law = match proposal {
        Proposal::Rule { law, .. } => Some(*law),
        Proposal::Fixed { .. } => None,
    };
    let proposed = |size: f64| law.map_or(f64::NAN, |law| law.apply(size as u64) as f64);
    if let Some(law) = law {
        curves.insert(0, Curve { mark: '-', name: format!("{law} (proposed)"), at: &proposed });
    }
    plot(&points, &curves)
}

fn fit_in_words(calibration: &Calibration) -> String {
    let fit = &calibration.fit;
    let quality = format!("the runs are {} from this on average", percent(fit.deviation));
    let mut words = format!("measured: {}; {quality}", formula(fit));
    if fit.base > 0.0 && fit.exponent > 0 {
        let base = human_bytes(fit.base as u64);
        let without = &calibration.without_base;
        words.push_str(&format!(
            "\n{base} of it is needed whatever the data (the program, its libraries); without a constant part, the best \
             law is {}, {} from the runs",
            formula(without),
            percent(without.deviation)
        ));
    }
    if fit.deviation > 0.1 {
        words.push_str("\nthe runs follow no such law closely; more sizes, or --repeat, may show one");
    }
    words
}

/// As a rule is written, with what is constant before it.
fn formula(fit: &Fit) -> String {
    let base = (fit.base > 0.0).then(|| human_bytes(fit.base as u64));
    let law = (fit.exponent > 0).then(|| Law { coefficient: three_digits(fit.coefficient), ..fit.law() }.to_string());
    [base, law].into_iter().flatten().collect::<Vec<_>>().join(" + ")
}

fn three_digits(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

fn proposal_in_words(law: Law, calibration: &Calibration, args: &CalibrateArgs) -> String {
    let largest = args.up_to.unwrap_or(0).max(calibration.largest_size());
    let beyond = if args.up_to.is_some() { "" } else { "; --up-to says what is expected" };
    format!(
        "proposed: {law}, which covers every run and data up to {} with {:.0} % to spare ({} there{beyond})\n",
        human_bytes(largest),
        args.margin * 100.0,
        human_bytes(law.apply(largest)),
    )
}

fn beside_in_words(beside: Option<BesideFixed>, io: &mut Io) {
    let Some(BesideFixed { bytes, law }) = beside else { return };
    io.out(&format!(
        "a rule has no constant part, so this one is generous for large data; with `resources.limits.memory` of {}, \
         {law} is enough\n",
        quantity(bytes)
    ));
}

/// In the unit that people write, rounded up.
fn quantity(bytes: u64) -> String {
    format!("{}Mi", bytes.div_ceil(1 << 20))
}
