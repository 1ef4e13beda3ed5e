//! What scale rules computed, beside what a run has needed.

use crate::plan::Estimate;
use crate::scale::{Law, Target};

use super::{power, readable};

/// A rule and a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    pub channel: String,
    pub target: Target,
    pub law: String,
    /// Bytes.
    pub size: u64,
    /// Bytes.
    pub computed: u64,
    pub verdict: Verdict,
    /// The smallest law of the same exponent that would have been enough; `None` if there was no data.
    pub fitting: Option<Law>,
}

/// With the missing or spare bytes as a part of what was needed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    TooSmall { bytes: u64, part: f64 },
    Generous { bytes: u64, part: f64 },
}

/// Compares what rules computed for a run with the peak of its memory.
pub fn compare(estimates: &[Estimate], peak: u64) -> Vec<Comparison> {
    estimates.iter().map(|estimate| one(estimate, peak)).collect()
}

fn one(estimate: &Estimate, peak: u64) -> Comparison {
    let bytes = estimate.memory.abs_diff(peak);
    let part = bytes as f64 / (peak as f64).max(1.0);
    let exponent = Law::parse(&estimate.law).map_or(1, |law| law.exponent);
    let coefficient = readable(peak as f64 / power(estimate.size, exponent));
    Comparison {
        channel: estimate.channel.clone(),
        target: estimate.target,
        law: estimate.law.clone(),
        size: estimate.size,
        computed: estimate.memory,
        verdict: if estimate.memory < peak {
            Verdict::TooSmall { bytes, part }
        } else {
            Verdict::Generous { bytes, part }
        },
        fitting: (coefficient > 0.0).then_some(Law { coefficient, exponent }),
    }
}
