//! What the pictures of a workflow show, in whatever language: also of a workflow that is not finished.

use task_api_core::workflow::{Graph, Way, Workflow, known};

pub(super) struct Picture {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
}

pub(super) struct Node {
    pub(super) title: String,
    pub(super) subtitle: String,
    /// A directory of the host rather than a task.
    pub(super) is_source: bool,
}

pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The channels; `None` where there is order alone.
    pub(super) label: Option<String>,
}

impl Picture {
    pub(super) fn of(workflow: &Workflow) -> Picture {
        let graph = Graph::of(workflow);
        let mut nodes: Vec<Node> = Vec::new();
        for (number, task) in workflow.tasks.iter().enumerate() {
            let title = task.id().map(str::to_owned).unwrap_or_else(|| format!("task {}", number + 1));
            let subtitle = task.template_name().unwrap_or_default().to_owned();
            nodes.push(Node { title, subtitle, is_source: false });
        }
        let mut edges: Vec<Edge> = Vec::new();
        for edge in &graph.edges {
            let label = match edge.way {
                Way::Mapping(at) => workflow.tasks.get(edge.downstream).and_then(|task| task.maps.get(at)).map(|map| {
                    let name = |channel| known(channel).map_or("?", |(name, _)| name);
                    channels(name(&map.upstream_output_channel), name(&map.input_channel))
                }),
                Way::Order(_) => None,
            };
            // In Python, an edge stands beside each mapping.
            let is_joined = graph.edges.iter().any(|other| {
                other.upstream == edge.upstream
                    && other.downstream == edge.downstream
                    && other.way != edge.way
                    && matches!(other.way, Way::Mapping(_))
            });
            if label.is_some() || !is_joined {
                edges.push(Edge { from: edge.upstream, to: edge.downstream, label });
            }
        }
        for input in &workflow.inputs {
            let (Some((path, _)), Some((id, _))) = (known(&input.host_path), known(&input.task_id)) else { continue };
            let Some(to) = workflow.tasks.iter().position(|task| task.id() == Some(id)) else { continue };
            let from = nodes.iter().position(|node| node.is_source && node.title == path).unwrap_or(nodes.len());
            if from == nodes.len() {
                nodes.push(Node { title: path.to_owned(), subtitle: String::new(), is_source: true });
            }
            edges.push(Edge { from, to, label: known(&input.input_channel).map(|(name, _)| name.to_owned()) });
        }
        Picture { nodes, edges }
    }
}

fn channels(output: &str, input: &str) -> String {
    if output == input { output.to_owned() } else { format!("{output} → {input}") }
}
