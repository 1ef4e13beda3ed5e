use proptest::prelude::*;

use super::*;
use crate::plan::Estimate;
use crate::scale::Target;

const MARGIN: Demand = Demand { margin: 0.2, up_to: None };

/// Sizes that double, and peaks of the law.
fn points(base: f64, coefficient: f64, exponent: u32, first: u64, count: usize) -> Vec<Point> {
    let law = Fit { base, coefficient, exponent, deviation: 0.0 };
    (0..count).map(|step| first << step).map(|size| Point { size, peak: law.at(size).round() as u64 }).collect()
}

#[track_caller]
fn law_of(proposal: &Proposal) -> Law {
    match proposal {
        Proposal::Rule { law, .. } => *law,
        Proposal::Fixed { .. } => panic!("{proposal:?}"),
    }
}

#[test]
fn exact_laws_are_found_exactly() {
    for (base, coefficient, exponent) in
        [(0.0, 2.0, 1), (5e6, 2.5, 1), (0.0, 0.001, 2), (3e6, 0.0001, 2), (1e6, 1e-9, 3)]
    {
        let found = calibrate(&points(base, coefficient, exponent, 100_000, 5)).unwrap().fit;
        assert_eq!(found.exponent, exponent, "{found:?}");
        assert!((found.coefficient / coefficient - 1.0).abs() < 1e-3, "{found:?}");
        assert!((found.base - base).abs() <= base * 1e-3 + 1.0 && found.deviation < 1e-3, "{found:?}");
    }
}

#[test]
fn a_disturbed_run_does_not_bend_the_law() {
    let mut points = points(1e6, 2.0, 1, 1 << 20, 6);
    points[4].peak *= 3;
    let calibration = calibrate(&points).unwrap();
    assert!((calibration.fit.coefficient - 2.0).abs() < 0.2, "{:?}", calibration.fit);
    // And yet the rule covers it: it has happened.
    let law = law_of(&calibration.propose(MARGIN));
    assert!(points.iter().all(|point| law.apply(point.size) >= point.peak), "{law}");
}

#[test]
fn too_little_is_refused() {
    assert_eq!(calibrate(&[]), Err(TooLittle::Sizes(0)));
    assert_eq!(calibrate(&points(0.0, 1.0, 1, 100, 2)), Err(TooLittle::Sizes(2)));
    let repeated = [points(0.0, 1.0, 1, 100, 2), points(0.0, 1.0, 1, 100, 2)].concat();
    assert_eq!(calibrate(&repeated), Err(TooLittle::Sizes(2)));
    let near = [100, 200, 399].map(|size| Point { size, peak: size });
    assert_eq!(calibrate(&near), Err(TooLittle::Range { smallest: 100, largest: 399 }));
    assert!(calibrate(&points(0.0, 1.0, 1, 100, 3)).is_ok());
    assert_eq!(calibrate(&[Point { size: 0, peak: 5 }; 4]), Err(TooLittle::Sizes(0)));
}

#[test]
fn memory_that_does_not_grow_needs_no_rule() {
    let flat = [100, 101, 100, 99].iter().enumerate().map(|(step, peak)| Point { size: 1 << step, peak: peak << 20 });
    let calibration = calibrate(&flat.collect::<Vec<_>>()).unwrap();
    assert_eq!(calibration.fit.exponent, 0);
    let bytes = (101 << 20) * 12 / 10;
    assert_eq!(calibration.propose(MARGIN), Proposal::Fixed { bytes: bytes + 1 });
}

#[test]
fn what_goes_up_and_down_does_not_grow() {
    let peaks = [300, 100, 280, 120, 310, 110];
    let flat = peaks.iter().enumerate().map(|(step, peak)| Point { size: 1 << step, peak: peak << 20 });
    assert_eq!(calibrate(&flat.collect::<Vec<_>>()).unwrap().fit.exponent, 0);
}

#[test]
fn a_base_makes_the_rule_generous_unless_it_stands_elsewhere() {
    let mebi = f64::from(1 << 20);
    let calibration = calibrate(&points(50.0 * mebi, 2.0, 1, 1 << 20, 7)).unwrap();
    let Proposal::Rule { law, beside_fixed: Some(beside) } = calibration.propose(MARGIN) else { panic!() };
    // 52 MiB for 1 MiB, and a fifth.
    assert_eq!(law.to_string(), "63*n");
    assert_eq!(beside.law.to_string(), "3.4*n");
    assert_eq!(beside.bytes, (178.0 * mebi * 1.2).ceil() as u64);
    for size in (1..=8192).map(|mebis| mebis << 20) {
        assert!(beside.bytes.max(beside.law.apply(size)) as f64 >= calibration.fit.at(size));
    }
    let exact = calibrate(&points(0.0, 2.0, 1, 1 << 20, 7)).unwrap();
    assert!(matches!(exact.propose(MARGIN), Proposal::Rule { beside_fixed: None, .. }));
}

#[test]
fn what_is_expected_is_covered() {
    let calibration = calibrate(&points(0.0, 0.001, 2, 1000, 4)).unwrap();
    let demand = Demand { margin: 0.0, up_to: Some(1_000_000) };
    let factor = calibration.propose_factor(demand);
    assert_eq!(factor.to_string(), "1000*n");
    assert_eq!(calibration.propose_factor(Demand { up_to: None, ..demand }).to_string(), "8*n");
    assert_eq!(law_of(&calibration.propose(demand)).to_string(), "0.001*n**2");
}

#[test]
fn numbers_are_readable() {
    let shown =
        [0.0, 1.0, 1.21, 2.0, 9.99, 12.4, 137.0, 0.000_123_4, 1.2, 0.1 + 0.2].map(|value| readable(value).to_string());
    assert_eq!(shown, ["0", "1", "1.3", "2", "10", "13", "140", "0.00013", "1.2", "0.3"]);
    assert_eq!(readable(f64::NAN), 0.0);
    assert_eq!(readable(f64::INFINITY), 0.0);
}

#[test]
fn rules_beside_a_run() {
    let estimate = |law: &str, size, memory| Estimate {
        channel: "in".to_owned(),
        target: Target::Limit,
        law: law.to_owned(),
        size,
        memory,
    };
    let found = compare(&[estimate("2*n", 100, 200), estimate("n**2", 100, 10_000), estimate("n", 0, 0)], 400);
    assert_eq!(found[0].verdict, Verdict::TooSmall { bytes: 200, part: 0.5 });
    assert_eq!(found[0].fitting.unwrap().to_string(), "4*n");
    assert_eq!(found[1].verdict, Verdict::Generous { bytes: 9600, part: 24.0 });
    assert_eq!(found[1].fitting.unwrap().to_string(), "0.04*n**2");
    assert_eq!((found[2].verdict, found[2].fitting), (Verdict::TooSmall { bytes: 400, part: 1.0 }, None));
}

proptest! {
    #[test]
    fn laws_are_found_through_noise(
        exponent in 1u32..=3,
        first in 10_000u64..10_000_000,
        count in 4usize..8,
        largest in 1e8..1e12f64,
        base_part in 0.0..0.4f64,
        noise in proptest::collection::vec(-0.02..0.02f64, 3 * 8),
    ) {
        let growth = largest * (1.0 - base_part);
        let coefficient = growth / power(first << (count - 1), exponent);
        let exact = points(largest * base_part, coefficient, exponent, first, count);
        let runs: Vec<Point> = exact
            .iter()
            .flat_map(|point| [*point; 3])
            .zip(&noise)
            .map(|(point, noise)| Point { peak: (point.peak as f64 * (1.0 + noise)) as u64, ..point })
            .collect();
        let calibration = calibrate(&runs).unwrap();
        prop_assert_eq!(calibration.fit.exponent, exponent);
        let ratio = calibration.fit.coefficient / coefficient;
        prop_assert!((0.85..1.15).contains(&ratio), "{} {:?}", ratio, calibration.fit);
        prop_assert!((calibration.fit.base - largest * base_part).abs() < largest * 0.1);
    }

    #[test]
    fn proposals_cover_everything(
        points in proptest::collection::vec((1u64..1 << 40, 1u64..1 << 45), 0..12),
        margin in 0.0..1.0f64,
        up_to in proptest::option::of(0u64..1 << 50),
    ) {
        let points: Vec<Point> = points.into_iter().map(|(size, peak)| Point { size, peak }).collect();
        let Ok(calibration) = calibrate(&points) else { return Ok(()) };
        let demand = Demand { margin, up_to };
        let factor = calibration.propose_factor(demand);
        let enough = |law: Law, point: &Point| law.apply(point.size) as f64 >= (point.peak as f64).min(u64::MAX as f64) * (1.0 + margin) * (1.0 - 1e-9);
        prop_assert!(points.iter().all(|point| enough(factor, point)));
        prop_assert!(factor.exponent == 1 && factor.coefficient.fract() == 0.0);
        match calibration.propose(demand) {
            Proposal::Rule { law, beside_fixed } => {
                prop_assert!(points.iter().all(|point| enough(law, point)));
                prop_assert_eq!(Law::parse(&law.to_string()), Some(law));
                if let Some(size) = up_to.filter(|size| *size > 0) {
                    prop_assert!(law.apply(size) as f64 >= calibration.fit.at(size).min(u64::MAX as f64) * (1.0 - 1e-9));
                }
                if let Some(beside) = beside_fixed {
                    prop_assert!(points.iter().all(|point| beside.bytes >= point.peak || enough(beside.law, point)));
                }
            }
            Proposal::Fixed { bytes } => prop_assert!(points.iter().all(|point| bytes >= point.peak)),
        }
    }
}
