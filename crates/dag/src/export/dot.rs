//! A graph in Graphviz's language.

use task_api_core::workflow::{Workflow, known};

use super::picture::Picture;

pub fn dot(workflow: &Workflow) -> String {
    let picture = Picture::of(workflow);
    let name = known(&workflow.name).map_or("workflow", |(name, _)| name);
    let mut out = format!("digraph {} {{\n    rankdir=LR;\n    node [shape=box];\n", quoted(name));
    for (number, node) in picture.nodes.iter().enumerate() {
        let label = match node.subtitle.is_empty() {
            true => quoted(&node.title),
            false => quoted(&format!("{}\n{}", node.title, node.subtitle)),
        };
        let shape = if node.is_source { ", shape=folder" } else { "" };
        out.push_str(&format!("    n{number} [label={label}{shape}];\n"));
    }
    for edge in &picture.edges {
        let style = match &edge.label {
            Some(label) => format!("label={}", quoted(label)),
            None => "style=dashed".to_owned(),
        };
        out.push_str(&format!("    n{} -> n{} [{style}];\n", edge.from, edge.to));
    }
    out.push_str("}\n");
    out
}

fn quoted(text: &str) -> String {
    let escaped =
        text.replace('\\', "\\\\").replace('"', "\\\"").replace('\r', "").replace('\n', "\\n").replace('\0', "");
    format!("\"{escaped}\"")
}
