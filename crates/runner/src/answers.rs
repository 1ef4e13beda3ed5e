//! Answers that an engine gives in its own dialect. `bollard` reads what Docker's documentation names; Podman has more
//! states than that, and in one of them is every container for a moment: between the end of its process and the
//! clean-up after it.

use bollard::{
    Docker,
    errors::Error,
    models::{ContainerInspectResponse, ContainerSummary},
    query_parameters::ListContainersOptions,
};
use serde_json::Value;

/// What the engine knows about a container.
pub(crate) async fn inspect(docker: &Docker, container: &str) -> Result<ContainerInspectResponse, Error> {
    match docker.inspect_container(container, None).await {
        Err(Error::JsonDataError { contents, message, column }) => {
            inspected(&contents).ok_or(Error::JsonDataError { contents, message, column })
        }
        answer => answer,
    }
}

/// Containers without their states, which are not looked at.
pub(crate) async fn list(docker: &Docker, options: ListContainersOptions) -> Result<Vec<ContainerSummary>, Error> {
    match docker.list_containers(Some(options)).await {
        Err(Error::JsonDataError { contents, message, column }) => {
            listed(&contents).ok_or(Error::JsonDataError { contents, message, column })
        }
        answer => answer,
    }
}

fn inspected(text: &str) -> Option<ContainerInspectResponse> {
    let mut answer: Value = serde_json::from_str(text).ok()?;
    let status = answer.pointer_mut("/State/Status")?;
    let meant = match status.as_str()? {
        "configured" | "initialized" => "created",
        "stopped" => "exited",
        _ => return None,
    };
    *status = Value::from(meant);
    serde_json::from_value(answer).ok()
}

fn listed(text: &str) -> Option<Vec<ContainerSummary>> {
    let mut answer: Value = serde_json::from_str(text).ok()?;
    for container in answer.as_array_mut()? {
        container.as_object_mut()?.remove("State");
    }
    serde_json::from_value(answer).ok()
}

#[cfg(test)]
mod tests {
    use bollard::models::ContainerStateStatusEnum as Status;

    use super::*;

    fn status(text: &str) -> Option<Status> {
        inspected(text)?.state?.status
    }

    #[test]
    fn states_of_podman_mean_those_of_docker() {
        assert_eq!(status(r#"{"State": {"Status": "stopped", "ExitCode": 3}}"#), Some(Status::EXITED));
        assert_eq!(status(r#"{"State": {"Status": "initialized"}}"#), Some(Status::CREATED));
        assert_eq!(status(r#"{"State": {"Status": "odd"}}"#), None);
        assert_eq!(status(r#"{"State": {}}"#), None);
        assert_eq!(status("<html>"), None);
    }

    #[test]
    fn one_container_in_an_unknown_state_hides_no_other() {
        let containers = listed(r#"[{"Id": "a", "State": "stopped"}, {"Id": "b", "State": "running"}]"#);
        let ids: Vec<_> = containers.expect("containers").into_iter().map(|container| container.id).collect();
        assert_eq!(ids, [Some("a".to_owned()), Some("b".to_owned())]);
        assert_eq!(listed("{}"), None);
    }
}
