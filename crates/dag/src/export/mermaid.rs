//! A flowchart in Mermaid's language, which many sites draw.

use task_api_core::workflow::Workflow;

use super::picture::Picture;

pub fn mermaid(workflow: &Workflow) -> String {
    let picture = Picture::of(workflow);
    let mut out = String::from("flowchart LR\n");
    for (number, node) in picture.nodes.iter().enumerate() {
        let title = escaped(&node.title);
        let label = match node.subtitle.is_empty() {
            true => title,
            false => format!("{title}<br><small>{}</small>", escaped(&node.subtitle)),
        };
        let (open, close) = if node.is_source { ("[(", ")]") } else { ("[", "]") };
        out.push_str(&format!("    n{number}{open}\"{label}\"{close}\n"));
    }
    for edge in &picture.edges {
        let arrow = match &edge.label {
            Some(label) => format!("-->|\"{}\"|", escaped(label)),
            None => "-.->".to_owned(),
        };
        out.push_str(&format!("    n{} {arrow} n{}\n", edge.from, edge.to));
    }
    out
}

/// With the entities of Mermaid, between `#` and `;`.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            letter if letter.is_alphanumeric() || " -_./:→?=,+@".contains(letter) => escaped.push(letter),
            letter => escaped.push_str(&format!("#{};", u32::from(letter))),
        }
    }
    escaped
}
