//! `mapping-without-edge`: a task of a DAG reads from another and does not wait for it.

use std::collections::HashSet;

use super::{Around, Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::workflow::{Context, Language, Leads, Way};

pub(crate) static RULE: Rule = Rule {
    name: "mapping-without-edge",
    group: Group::Workflow,
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a task of a DAG reads from another and does not wait for it",
    explanation: "`iochannel_maps` order nothing: the operator reads the record of the other task when it runs, and fails \
        where there is none yet. The order has to be said beside: `get_data >> store`.",
    bad: Example::workflow_alone(
        r#"from airflow.models import DAG
from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator

with DAG("lungs") as dag:
    get_data = KaapanaTaskOperator(task_id="get-data", image="download:1.0", taskTemplate="download")
    store = KaapanaTaskOperator(
        task_id="store",
        image="store:1.0",
        taskTemplate="store",
        iochannel_maps=[
            IOMapping(upstream_operator=get_data, upstream_output_channel="downloads", input_channel="results")
        ],
    )"#,
    )
    .around(Around::Dag),
    good: Example::workflow_alone(
        r#"from airflow.models import DAG
from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator

with DAG("lungs") as dag:
    get_data = KaapanaTaskOperator(task_id="get-data", image="download:1.0", taskTemplate="download")
    store = KaapanaTaskOperator(
        task_id="store",
        image="store:1.0",
        taskTemplate="store",
        iochannel_maps=[
            IOMapping(upstream_operator=get_data, upstream_output_channel="downloads", input_channel="results")
        ],
    )
    get_data >> store"#,
    )
    .around(Around::Dag),
};

/// So many steps are gone in all, so that a file made for the purpose does not keep anybody waiting.
const MANY: usize = 1 << 22;

pub(crate) fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    if context.workflow.language != Language::Python {
        return;
    }
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); context.workflow.tasks.len()];
    for edge in context.graph.edges.iter().filter(|edge| matches!(edge.way, Way::Order(_))) {
        before[edge.downstream].push(edge.upstream);
    }
    let mut steps = 0;
    for (position, task) in context.workflow.tasks.iter().enumerate() {
        // An edge to what is not known may lead there.
        let is_known = |name: &crate::workflow::Value<String>| {
            name.known().is_some_and(|name| context.tasks.contains_key(name.as_str()))
        };
        if task.maps.is_empty() || !task.upstream.iter().all(is_known) {
            continue;
        }
        let mut ancestors = HashSet::new();
        let mut open = before[position].clone();
        while let Some(task) = open.pop() {
            steps += 1;
            if ancestors.insert(task) {
                open.extend(&before[task]);
            }
        }
        if steps > MANY {
            return;
        }
        for map in &task.maps {
            let Leads::To(upstream) = context.task_named(&map.upstream_operator) else { continue };
            if upstream == position || ancestors.contains(&upstream) {
                continue;
            }
            findings.report(&RULE, || {
                let of = &context.workflow.tasks[upstream];
                let span = map.upstream_operator.as_ref().map_or(map.span, |name| name.span);
                let message = format!("{} reads from {} and does not wait for it", task.in_words(), of.in_words());
                let diagnostic =
                    Diagnostic::at(&RULE, format!("{}/upstream_operator", map.pointer(task)), span, message)
                        .note("a mapping orders nothing: where the other task is not done, this one fails");
                match (of.variable.as_ref(), task.variable.as_ref()) {
                    (Some(first), Some(second)) => {
                        diagnostic.label(format!("write `{} >> {}` as well", first.value, second.value))
                    }
                    _ => diagnostic,
                }
            });
        }
    }
}
