//! A plot of points and laws in characters, for a terminal.

use task_api_core::quantity::human_bytes;

const WIDTH: usize = 56;
const HEIGHT: usize = 14;

/// A line over the sizes from 0, drawn with its own character.
pub(crate) struct Curve<'a> {
    pub(crate) mark: char,
    pub(crate) name: String,
    pub(crate) at: &'a dyn Fn(f64) -> f64,
}

/// Points over the curves: size to the right, memory upwards, both from 0.
pub(crate) fn plot(points: &[(u64, u64)], curves: &[Curve<'_>]) -> String {
    let largest = |values: &mut dyn Iterator<Item = u64>| values.max().unwrap_or(0).max(1) as f64;
    let right = largest(&mut points.iter().map(|point| point.0));
    // A curve that is far above the points leaves at the top.
    let top = largest(&mut points.iter().map(|point| point.1)) * 1.25;
    let row = |memory: f64| {
        let from_below = (memory / top * (HEIGHT - 1) as f64).round();
        (0.0..HEIGHT as f64).contains(&from_below).then(|| HEIGHT - 1 - from_below as usize)
    };
    let mut grid = vec![[' '; WIDTH]; HEIGHT];
    for curve in curves {
        for (column, x) in (0..WIDTH).map(|column| (column, right * column as f64 / (WIDTH - 1) as f64)) {
            if let Some(row) = row((curve.at)(x)) {
                grid[row][column] = curve.mark;
            }
        }
    }
    for &(size, peak) in points {
        let column = (size as f64 / right * (WIDTH - 1) as f64).round() as usize;
        if let Some(row) = row(peak as f64) {
            grid[row][column.min(WIDTH - 1)] = '●';
        }
    }
    let mut text = String::new();
    for (index, line) in grid.iter().enumerate() {
        let label = match index {
            0 => human_bytes(top as u64),
            _ if index == HEIGHT / 2 => human_bytes((top * (HEIGHT - 1 - index) as f64 / (HEIGHT - 1) as f64) as u64),
            _ if index == HEIGHT - 1 => "0".to_owned(),
            _ => String::new(),
        };
        let line: String = line.iter().collect();
        text.push_str(format!("{label:>10} │{line}").trim_end());
        text.push('\n');
    }
    let end = human_bytes(right as u64);
    text.push_str(&format!("{:>10} └{}\n", "", "─".repeat(WIDTH)));
    text.push_str(&format!("{:>10} 0{:>width$}\n", "", format!("n = {end}"), width = WIDTH));
    let names = curves.iter().map(|curve| format!("  {} {}", curve.mark, curve.name));
    text.push_str(&format!("{:>10} ● measured{}\n", "", names.collect::<String>()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_where_their_numbers_say() {
        let double = |size: f64| 2.0 * size;
        let curve = Curve { mark: '·', name: "2*n".to_owned(), at: &double };
        let drawn = plot(&[(1 << 20, 2 << 20), (4 << 20, 8 << 20)], &[curve]);
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines.len(), HEIGHT + 3, "{drawn}");
        assert!(lines[0].starts_with("    10 MiB │"), "{drawn}");
        // 8 of 10 MiB: a fifth below the top, at the right edge.
        assert_eq!(lines[3].chars().last(), Some('●'), "{drawn}");
        assert_eq!(lines[3].chars().count(), 12 + WIDTH, "{drawn}");
        assert_eq!(drawn.matches('●').count(), 3, "{drawn}");
        assert!(lines[HEIGHT - 1].starts_with("         0 │·"), "{drawn}");
        assert!(lines[HEIGHT + 1].ends_with("n = 4 MiB"), "{drawn}");
    }

    #[test]
    fn nothing_to_draw_is_drawn() {
        assert_eq!(plot(&[], &[]).lines().count(), HEIGHT + 3);
        let huge = |_: f64| f64::INFINITY;
        let odd = |_: f64| f64::NAN;
        let curves =
            [Curve { mark: '·', name: String::new(), at: &huge }, Curve { mark: '-', name: String::new(), at: &odd }];
        assert_eq!(plot(&[(0, 0), (u64::MAX, u64::MAX)], &curves).matches('●').count(), 3);
    }
}
