//! The memory that the scale rules ask for, as curves over the size of the data.

use task_api_core::quantity::Quantity;
use task_api_core::scale::{Law, ScaleRule, Target};

use super::id::{FieldId, ResourceSide};
use super::reading::value_of;
use super::types::{Direction, FieldOrigin, FieldValue, MemoryCurve, MemoryPlan};
use super::view::View;
use super::words;

/// Places in which each curve is known.
const SAMPLES: u64 = 64;
/// The right end, where nothing tells what would be interesting.
const USUAL_SIZE: u64 = 4 << 30;
/// No file system holds more.
const LARGEST: u64 = 1_000_000_000_000_000_000;

impl View<'_> {
    pub(super) fn memory(&self, largest: Option<u64>) -> MemoryPlan {
        let limit = self.amount(ResourceSide::Limits);
        let request = self.amount(ResourceSide::Requests);
        let inputs = self.channel_names(Direction::Input);
        let is_mounted =
            |name: &&String| self.template().is_none_or(|template| template.channel(Direction::Input, name).is_some());
        let rules: Vec<(&String, ScaleRule, FieldOrigin)> = inputs
            .iter()
            .filter(is_mounted)
            .filter_map(|name| self.rule_of(name).map(|(rule, origin)| (name, rule, origin)))
            .collect();
        let bound = |target: Target| if target == Target::Limit { limit } else { request };
        let crossings: Vec<Option<u64>> =
            rules.iter().map(|(_, rule, _)| bound(rule.target).and_then(|bound| crossing(rule.law, bound))).collect();
        let sizes = if rules.is_empty() { Vec::new() } else { sizes(largest, &crossings) };
        let curve =
            |((name, rule, origin), crossing): (&(&String, ScaleRule, FieldOrigin), &Option<u64>)| MemoryCurve {
                channel: (*name).clone(),
                target: rule.target,
                law: rule.law.to_string(),
                size: words::size(rule),
                rule: words::rule(rule),
                origin: *origin,
                memory: sizes.iter().map(|size| rule.law.apply(*size)).collect(),
                crossing: *crossing,
            };
        let curves: Vec<MemoryCurve> = rules.iter().zip(&crossings).map(curve).collect();
        let effective = |target: Target, bound: Option<u64>| {
            let at = |index: usize| {
                let asked =
                    curves.iter().filter(|curve| curve.target == target).filter_map(|curve| curve.memory.get(index));
                asked.copied().filter(|memory| *memory > 0).chain(bound).max()
            };
            (0..sizes.len()).map(at).collect()
        };
        MemoryPlan {
            effective_limit: effective(Target::Limit, limit),
            effective_request: effective(Target::Request, request),
            limit,
            request,
            sizes,
            curves,
        }
    }

    /// The memory that the resources ask for, in bytes.
    fn amount(&self, side: ResourceSide) -> Option<u64> {
        let id = FieldId::Resource(side, "memory".to_owned());
        let holds = if self.overrules_resources() { Some(&self.now) } else { self.template() };
        let value = holds.and_then(|reading| reading.get(&id)).and_then(value_of)?;
        let bytes = Quantity::parse(FieldValue::text(&value)?).ok()?.ceil();
        (bytes > 0).then_some(bytes)
    }
}

/// The largest size for which a law asks for no more than a bound.
fn crossing(law: Law, bound: u64) -> Option<u64> {
    if law.coefficient <= 0.0 || law.exponent == 0 {
        return None;
    }
    let root = (bound as f64 / law.coefficient).powf(1.0 / f64::from(law.exponent));
    // Casting saturates.
    Some(root.floor() as u64).filter(|size| *size <= LARGEST)
}

/// Evenly spread, with the places at which curves cross their bounds, so that corners are where they are.
fn sizes(largest: Option<u64>, crossings: &[Option<u64>]) -> Vec<u64> {
    let furthest = crossings.iter().flatten().copied().max().unwrap_or(0);
    let usual = if furthest > 0 { furthest * 2 } else { USUAL_SIZE };
    let end = largest.filter(|size| *size > 0).unwrap_or(usual).clamp(1, LARGEST);
    let sample = |at: u64| (u128::from(end) * u128::from(at) / u128::from(SAMPLES)) as u64;
    let mut sizes: Vec<u64> = (0..=SAMPLES).map(sample).collect();
    sizes.extend(crossings.iter().flatten().copied().filter(|size| *size < end));
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}
