//! Scale rules from measurements: the law that a program's memory follows, the rule that covers it, and how a rule
//! that is there compares with what was needed.
//!
//! A program needs a constant amount (its interpreter, its libraries) and one that grows with its data. A rule has no
//! constant part, so the law is fitted with one, and a rule is proposed that lies above everything measured.

mod compare;
mod fit;

use crate::scale::Law;

pub use compare::{Comparison, Verdict, compare};

/// One run: the size `n` of the data, and the peak of memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    pub size: u64,
    pub peak: u64,
}

/// `base + coefficient * n ** exponent`, in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    pub base: f64,
    pub coefficient: f64,
    /// 0 where memory does not grow with the data: all of it is `base`.
    pub exponent: u32,
    /// How far a run is from the law on average, as a part of its peak.
    pub deviation: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// By size.
    pub points: Vec<Point>,
    pub fit: Fit,
    /// The best law without a constant amount, of the same exponent.
    pub without_base: Fit,
}

/// Why nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooLittle {
    /// So many different sizes, of three at least.
    Sizes(usize),
    /// The largest is not four times the smallest.
    Range { smallest: u64, largest: u64 },
}

/// What a proposed rule has to cover beside everything measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// Added to what is needed: 0.2 for a fifth.
    pub margin: f64,
    /// The largest data that is expected.
    pub up_to: Option<u64>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Proposal {
    Rule {
        law: Law,
        /// A smaller law that covers larger data, where a fixed amount in `resources` covers the smaller.
        beside_fixed: Option<BesideFixed>,
    },
    /// Memory does not grow with the data: a fixed amount of so many bytes.
    Fixed { bytes: u64 },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BesideFixed {
    pub bytes: u64,
    pub law: Law,
}

const LEAST_SIZES: usize = 3;
const LEAST_FACTOR: u64 = 4;

/// Finds the law of the points. Those without data say nothing about growth and are left out.
pub fn calibrate(points: &[Point]) -> Result<Calibration, TooLittle> {
    let mut points: Vec<Point> = points.iter().copied().filter(|point| point.size > 0).collect();
    points.sort_unstable();
    let mut sizes: Vec<u64> = points.iter().map(|point| point.size).collect();
    sizes.dedup();
    let (Some(&smallest), Some(&largest)) = (sizes.first(), sizes.last()) else { return Err(TooLittle::Sizes(0)) };
    if sizes.len() < LEAST_SIZES {
        return Err(TooLittle::Sizes(sizes.len()));
    }
    if largest / LEAST_FACTOR < smallest {
        return Err(TooLittle::Range { smallest, largest });
    }
    let fit = fit::best(&points);
    Ok(Calibration { fit, without_base: fit::without_base(&points, fit.exponent.max(1)), points })
}

impl Fit {
    pub fn at(&self, size: u64) -> f64 {
        self.base + self.coefficient * power(size, self.exponent)
    }

    pub fn law(&self) -> Law {
        Law { coefficient: self.coefficient, exponent: self.exponent }
    }
}

impl Calibration {
    pub fn largest_size(&self) -> u64 {
        self.points.last().map_or(0, |point| point.size)
    }

    /// The smallest rule of the law's exponent that covers what is demanded.
    pub fn propose(&self, demand: Demand) -> Proposal {
        if self.fit.exponent == 0 {
            return Proposal::Fixed { bytes: self.needed_up_to(self.largest_size(), demand) };
        }
        let law = self.covering(self.fit.exponent, 0, demand);
        let fixed = self.needed_up_to(self.largest_size(), demand);
        let smaller = self.covering(self.fit.exponent, self.largest_size(), demand);
        // Else a second thing to set is not worth it.
        let is_worth_it = smaller.coefficient < law.coefficient * 0.8;
        Proposal::Rule { law, beside_fixed: is_worth_it.then_some(BesideFixed { bytes: fixed, law: smaller }) }
    }

    /// The smallest rule that a file of version 1 can hold, whatever the law's exponent is: it covers the sizes that
    /// were measured or demanded, and nothing beyond them.
    pub fn propose_factor(&self, demand: Demand) -> Law {
        let law = self.covering(1, 0, demand);
        Law { coefficient: law.coefficient.ceil(), ..law }
    }

    fn covering(&self, exponent: u32, from: u64, demand: Demand) -> Law {
        let measured = self.points.iter().filter(|point| point.size >= from).map(|p| (p.size, p.peak as f64));
        let expected = demand.up_to.filter(|size| *size > 0).map(|size| (size, self.fit.at(size)));
        let ratios = measured.chain(expected).map(|(size, needed)| needed / power(size, exponent));
        let coefficient = readable(ratios.fold(0.0, f64::max) * (1.0 + demand.margin));
        Law { coefficient, exponent }
    }

    fn needed_up_to(&self, size: u64, demand: Demand) -> u64 {
        let peaks = self.points.iter().filter(|point| point.size <= size).map(|point| point.peak);
        let bytes = peaks.max().unwrap_or(0) as f64 * (1.0 + demand.margin);
        bytes.ceil() as u64
    }
}

/// Two digits that count, rounded up.
pub fn readable(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 0.0;
    }
    let magnitude = value.log10().floor() as i32 - 1;
    // Powers of ten are exact where they are whole, so the result prints as short as it should.
    let scale = 10f64.powi(magnitude.abs());
    let digits = if magnitude >= 0 { value / scale } else { value * scale };
    // What is above a digit only by the error of the calculation stays.
    let digits = (digits * (1.0 - 1e-12)).ceil();
    if magnitude >= 0 { digits * scale } else { digits / scale }
}

fn power(size: u64, exponent: u32) -> f64 {
    (size as f64).powi(i32::try_from(exponent).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests;
