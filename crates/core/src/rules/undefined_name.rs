//! `undefined-name`: a name in a DAG that nothing defines.

use super::{Around, Example, Group, Rule};
use crate::diagnostic::Severity;

/// Who reads the DAG finds it.
pub static RULE: Rule = Rule {
    name: "undefined-name",
    group: Group::Workflow,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a name in a DAG that nothing defines",
    explanation: "Python fails on such a name when the file is loaded, and Airflow does not show the DAG.",
    bad: Example::workflow_alone(
        r#"from airflow.models import DAG
from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator

with DAG("lungs") as dag:
    check = KaapanaTaskOperator(task_id="check", image="lungs:1.0", taskTemplate="check")
    check >> task2"#,
    )
    .around(Around::Dag),
    good: Example::workflow_alone(
        r#"from airflow.models import DAG
from task_api_operator.KaapanaTaskOperator import IOMapping, KaapanaTaskOperator

with DAG("lungs") as dag:
    check = KaapanaTaskOperator(task_id="check", image="lungs:1.0", taskTemplate="check")"#,
    )
    .around(Around::Dag),
};
