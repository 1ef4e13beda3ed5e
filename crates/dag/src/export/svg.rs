//! A picture as SVG, which needs no program to be drawn.

use task_api_core::workflow::Workflow;

use super::layout::{Slot, layout};
use super::picture::Picture;

const ROW: f64 = 84.0;
const BEND_ROW: f64 = 28.0;
const GAP: f64 = 150.0;
const BOX_HEIGHT: f64 = 48.0;
const MARGIN: f64 = 20.0;
/// The width of a letter, about.
const LETTER: f64 = 8.0;
const LONGEST_LABEL: usize = 40;

pub fn svg(workflow: &Workflow) -> String {
    let picture = Picture::of(workflow);
    let layout = layout(&picture);
    let widths: Vec<f64> = picture.nodes.iter().map(|node| box_width(&node.title, &node.subtitle)).collect();
    let mut centre = vec![(0.0, 0.0); picture.nodes.len()];
    let mut bends: Vec<Vec<(f64, f64)>> = vec![Vec::new(); picture.edges.len()];
    let row = |slot: &Slot| if matches!(slot, Slot::Node(_)) { ROW } else { BEND_ROW };
    let heights: Vec<f64> = layout.columns.iter().map(|column| column.iter().map(row).sum()).collect();
    let height = heights.iter().copied().fold(ROW, f64::max);
    let mut left = MARGIN;
    for (column, own) in layout.columns.iter().zip(&heights) {
        let of_column = |slot: &Slot| if let Slot::Node(node) = slot { widths[*node] } else { 0.0 };
        let width = column.iter().map(of_column).fold(0.0, f64::max);
        let mut top = MARGIN + (height - own) / 2.0;
        for slot in column {
            let place = (left + width / 2.0, top + row(slot) / 2.0);
            match slot {
                Slot::Node(node) => centre[*node] = place,
                Slot::Bend(edge) => bends[*edge].push(place),
            }
            top += row(slot);
        }
        left += width + GAP;
    }
    let (width, height) = ((left - GAP + MARGIN).max(2.0 * MARGIN), height + 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0 8 4 0 8Z\" fill=\"#555\"/></marker></defs>\n"
    );
    // Several edges between two tasks get a label each, one below the other.
    let mut labels_between: std::collections::HashMap<(usize, usize), u32> = std::collections::HashMap::new();
    for (number, edge) in picture.edges.iter().enumerate() {
        let (from, to) = (centre[edge.from], centre[edge.to]);
        let mut through = bends[number].clone();
        if from.0 > to.0 {
            through.reverse();
        }
        let start = (from.0 + widths[edge.from] / 2.0, from.1);
        let end = (to.0 - widths[edge.to] / 2.0, to.1);
        let mut path = format!("M{} {}", start.0, start.1);
        let mut before = start;
        for &next in through.iter().chain([&end]) {
            let middle = (before.0 + next.0) / 2.0;
            path.push_str(&format!(" C{middle} {} {middle} {} {} {}", before.1, next.1, next.0, next.1));
            before = next;
        }
        let dashes = if edge.label.is_some() { "" } else { " stroke-dasharray=\"5 4\"" };
        out.push_str(&format!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"#555\" marker-end=\"url(#arrow)\"{dashes}/>\n"
        ));
        if let Some(label) = &edge.label {
            let last = through.last().copied().unwrap_or(start);
            let place = labels_between.entry((edge.from, edge.to)).or_insert(0);
            let (x, y) = ((last.0 + end.0) / 2.0, (last.1 + end.1) / 2.0 - 5.0 + f64::from(*place) * 14.0);
            *place += 1;
            out.push_str(&format!(
                "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" font-size=\"11\" fill=\"#333\">{}</text>\n",
                escaped(&shortened(label))
            ));
        }
    }
    for (number, node) in picture.nodes.iter().enumerate() {
        let ((x, y), width) = (centre[number], widths[number]);
        let (fill, round) = if node.is_source { ("#f4f4f4", 14.0) } else { ("#eef4ff", 4.0) };
        out.push_str(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{BOX_HEIGHT}\" rx=\"{round}\" fill=\"{fill}\" \
             stroke=\"#555\"/>\n",
            x - width / 2.0,
            y - BOX_HEIGHT / 2.0
        ));
        let title = if node.subtitle.is_empty() { y + 4.0 } else { y - 3.0 };
        out.push_str(&format!(
            "<text x=\"{x}\" y=\"{title}\" text-anchor=\"middle\">{}</text>\n",
            escaped(&shortened(&node.title))
        ));
        if !node.subtitle.is_empty() {
            out.push_str(&format!(
                "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\" fill=\"#555\">{}</text>\n",
                y + 14.0,
                escaped(&shortened(&node.subtitle))
            ));
        }
    }
    out.push_str("</svg>\n");
    out
}

fn box_width(title: &str, subtitle: &str) -> f64 {
    let letters = title.chars().count().max(subtitle.chars().count()).clamp(6, LONGEST_LABEL);
    letters as f64 * LETTER + 24.0
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_LABEL {
        return text.to_owned();
    }
    text.chars().take(LONGEST_LABEL - 1).chain(['…']).collect()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no place for these, however written.
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}
