//! Laws through points, by medians of slopes (Theil and Sen): a run that was disturbed does not bend the law.

use super::{Fit, Point, power};

const EXPONENTS: [u32; 3] = [1, 2, 3];
/// A lower exponent is taken as long as its error is below this part of the growth …
const GOOD: f64 = 0.003;
/// … beyond this multiple of the best one's.
const NEARLY_AS_GOOD: f64 = 1.25;
/// Less growth than this part of the peak is none …
const LEAST_GROWTH: f64 = 0.03;
/// … and neither is what is not clearly larger than what runs differ by.
const CLEARLY: f64 = 2.0;

/// The law with the simplest exponent that fits.
pub(super) fn best(points: &[Point]) -> Fit {
    let laws = EXPONENTS.map(|exponent| with_base(points, exponent));
    let errors = laws.map(|law| error(points, &law));
    let least = errors.iter().copied().fold(f64::INFINITY, f64::min);
    let growth = laws.iter().map(|law| growth(points, law)).fold(0.0, f64::max);
    let typical = median(points.iter().map(|point| point.peak as f64).collect());
    if growth <= typical * LEAST_GROWTH || growth <= least * CLEARLY {
        return constant(points);
    }
    let enough = least * NEARLY_AS_GOOD + growth * GOOD;
    let simplest = laws.into_iter().zip(errors).find(|(_, error)| *error <= enough);
    simplest.map_or_else(|| constant(points), |(law, _)| law)
}

/// Larger sizes count for more, as they do for memory.
pub(super) fn without_base(points: &[Point], exponent: u32) -> Fit {
    let ratios = points.iter().map(|point| {
        let x = power(point.size, exponent);
        (point.peak as f64 / x, x)
    });
    judged(points, Fit { base: 0.0, coefficient: weighted_median(ratios.collect()), exponent, deviation: 0.0 })
}

fn with_base(points: &[Point], exponent: u32) -> Fit {
    let mut slopes = Vec::new();
    for (index, one) in points.iter().enumerate() {
        for other in &points[index + 1..] {
            let run = power(other.size, exponent) - power(one.size, exponent);
            if run > 0.0 {
                slopes.push(((other.peak as f64 - one.peak as f64) / run, run));
            }
        }
    }
    let coefficient = weighted_median(slopes).max(0.0);
    let rests = points.iter().map(|point| point.peak as f64 - coefficient * power(point.size, exponent));
    let base = median(rests.collect());
    // There is no less than nothing.
    if base <= 0.0 {
        return without_base(points, exponent);
    }
    judged(points, Fit { base, coefficient, exponent, deviation: 0.0 })
}

fn constant(points: &[Point]) -> Fit {
    let base = median(points.iter().map(|point| point.peak as f64).collect());
    judged(points, Fit { base, coefficient: 0.0, exponent: 0, deviation: 0.0 })
}

fn judged(points: &[Point], fit: Fit) -> Fit {
    let deviations = points.iter().map(|point| (fit.at(point.size) / (point.peak as f64).max(1.0) - 1.0).abs());
    Fit { deviation: deviations.sum::<f64>() / points.len().max(1) as f64, ..fit }
}

/// Bytes that a run is away from the law, on average.
fn error(points: &[Point], law: &Fit) -> f64 {
    let errors = points.iter().map(|point| (law.at(point.size) - point.peak as f64).abs());
    errors.sum::<f64>() / points.len().max(1) as f64
}

fn growth(points: &[Point], law: &Fit) -> f64 {
    match (points.first(), points.last()) {
        (Some(first), Some(last)) => law.at(last.size) - law.at(first.size),
        _ => 0.0,
    }
}

fn median(values: Vec<f64>) -> f64 {
    weighted_median(values.into_iter().map(|value| (value, 1.0)).collect())
}

/// Values with their weights; where the middle is between two, it is the mean of both.
fn weighted_median(mut values: Vec<(f64, f64)>) -> f64 {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    for (index, &(value, weight)) in values.iter().enumerate() {
        sum += weight;
        if sum > half {
            return value;
        }
        if sum == half {
            return values.get(index + 1).map_or(value, |next| (value + next.0) / 2.0);
        }
    }
    values.last().map_or(0.0, |(value, _)| *value)
}
