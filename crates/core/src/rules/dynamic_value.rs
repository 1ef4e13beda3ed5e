//! `dynamic-value`: a part of a DAG that only a run can tell.

use super::{Around, Example, Group, Rule};
use crate::diagnostic::Severity;

/// Who reads the DAG finds it.
pub static RULE: Rule = Rule {
    name: "dynamic-value",
    group: Group::Workflow,
    severity: Severity::Info,
    since: "0.1.0",
    summary: "a part of a DAG that only a run can tell",
    explanation: "A DAG file is read and not executed. What stands in a loop, under a condition or in a function, and what a \
        call returns, is not known before it runs: no other rule judges it, and a workflow.json is made without it.",
    bad: Example::workflow_alone(
        r#"from airflow.models import DAG
from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator

with DAG("lungs") as dag:
    for number in range(3):
        KaapanaTaskOperator(task_id=f"check-{number}", image="lungs:1.0", taskTemplate="check")"#,
    )
    .around(Around::Dag),
    good: Example::workflow_alone(
        r#"from airflow.models import DAG
from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator

with DAG("lungs") as dag:
    check_0 = KaapanaTaskOperator(task_id="check-0", image="lungs:1.0", taskTemplate="check")
    check_1 = KaapanaTaskOperator(task_id="check-1", image="lungs:1.0", taskTemplate="check")
    check_2 = KaapanaTaskOperator(task_id="check-2", image="lungs:1.0", taskTemplate="check")"#,
    )
    .around(Around::Dag),
};
