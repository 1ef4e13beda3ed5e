//! `edge-without-mapping`: a task of a DAG waits for another and reads nothing of it.

use super::{Around, Example, Group, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;
use crate::workflow::{Context, Language, Leads};

pub(crate) static RULE: Rule = Rule {
    name: "edge-without-mapping",
    group: Group::Workflow,
    severity: Severity::Info,
    since: "0.1.0",
    summary: "a task of a DAG waits for another and reads nothing of it",
    explanation: "`a >> b` orders two tasks and hands over no data: what `b` reads is said by its `iochannel_maps` alone. \
        That is right where the order is all that is wanted.",
    bad: Example::workflow_alone(
        r#"from airflow.models import DAG
from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator

with DAG("lungs") as dag:
    check = KaapanaTaskOperator(task_id="check", image="lungs:1.0", taskTemplate="check")
    store = KaapanaTaskOperator(task_id="store", image="store:1.0", taskTemplate="store")
    check >> store"#,
    )
    .around(Around::Dag),
    good: Example::workflow_alone(
        r#"from airflow.models import DAG
from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator

with DAG("lungs") as dag:
    check = KaapanaTaskOperator(task_id="check", image="lungs:1.0", taskTemplate="check")
    store = KaapanaTaskOperator(
        task_id="store",
        image="store:1.0",
        taskTemplate="store",
        iochannel_maps=[
            IOMapping(upstream_operator=check, upstream_output_channel="report", input_channel="results")
        ],
    )
    check >> store"#,
    )
    .around(Around::Dag),
};

pub(crate) fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    if context.workflow.language != Language::Python {
        return;
    }
    for task in &context.workflow.tasks {
        let read: Vec<Leads<usize>> = task.maps.iter().map(|map| context.task_named(&map.upstream_operator)).collect();
        // What is not known may be what was meant.
        if read.iter().any(|read| !matches!(read, Leads::To(_))) {
            continue;
        }
        for (at, name) in task.upstream.iter().enumerate() {
            let Some((id, position)) = name.known().and_then(|id| Some((id, *context.tasks.get(id.as_str())?))) else {
                continue;
            };
            if read.contains(&Leads::To(position)) {
                continue;
            }
            findings.report(&RULE, || {
                let pointer = format!("{}/upstream_task_ids/{at}", task.pointer());
                let message = format!("{} waits for `{id}` and reads nothing of it", task.in_words());
                Diagnostic::at(&RULE, pointer, name.span, message)
                    .note("an edge hands over no data; what a task reads is in its `iochannel_maps`")
            });
        }
    }
}
