//! The examples of the rules, and what they stand in.

use crate::{Kind, Suppression};

/// A whole file that shows a rule, or directories that do.
#[derive(Debug)]
pub struct Example {
    /// `None` for the trees of channels: each begins with "input" or "output" and the directory's name.
    pub kind: Option<Kind>,
    pub text: &'static str,
    /// The processing-container.json beside a task.json.
    pub container: Option<&'static str>,
    /// What the file stands in, where the rule looks at that.
    pub around: Around,
}

/// The surroundings of an example.
#[derive(Debug)]
pub enum Around {
    Nothing,
    /// The file's directory.
    Directory(&'static str),
    /// The variables of the environment that are set.
    Variables(&'static [&'static str]),
    /// The text of the Dockerfile beside the file.
    Dockerfile(&'static str),
    /// The directories of the host that exist.
    Directories(&'static [&'static str]),
    /// Rule and JSON Pointer of each suppression in the project's task-api.toml.
    Suppressions(&'static [(&'static str, &'static str)]),
    /// A site's own JSON Schema, to which a shell holds the file.
    Policy(&'static str),
    /// Paths of a workflow's `containers` at which there is no file.
    NoFiles(&'static [&'static str]),
    /// The text is a DAG in Python.
    Dag,
}

impl Example {
    pub(crate) const fn container(text: &'static str) -> Example {
        Example { kind: Some(Kind::ProcessingContainer), text, container: None, around: Around::Nothing }
    }

    pub const fn task(text: &'static str) -> Example {
        Example { kind: Some(Kind::Task), text, container: None, around: Around::Nothing }
    }

    pub(crate) const fn channels(trees: &'static str) -> Example {
        Example { kind: None, text: trees, container: None, around: Around::Nothing }
    }

    pub const fn around(self, around: Around) -> Example {
        Example { kind: self.kind, text: self.text, container: self.container, around }
    }

    pub(crate) const fn task_in(container: &'static str, text: &'static str) -> Example {
        Example { kind: Some(Kind::Task), text, container: Some(container), around: Around::Nothing }
    }

    /// A workflow.json, all of whose tasks run templates of one container.
    #[cfg(feature = "workflow")]
    pub(crate) const fn workflow(container: &'static str, text: &'static str) -> Example {
        Example { kind: Some(Kind::Workflow), text, container: Some(container), around: Around::Nothing }
    }

    #[cfg(feature = "workflow")]
    pub(crate) const fn workflow_alone(text: &'static str) -> Example {
        Example { kind: Some(Kind::Workflow), text, container: None, around: Around::Nothing }
    }

    /// What stands for the file in the project's task-api.toml.
    pub fn suppressions(&self) -> Vec<Suppression> {
        let Around::Suppressions(written) = self.around else { return Vec::new() };
        let suppression = |&(rule, pointer): &(&str, &str)| Suppression {
            rule: rule.to_owned(),
            pointer: Some(pointer.to_owned()),
            origin: "task-api.toml:1".to_owned(),
            is_expected: true,
        };
        written.iter().map(suppression).collect()
    }

    /// The same as it is written there.
    pub fn suppressions_as_toml(&self) -> String {
        let file = self.kind.map_or("", Kind::file_name);
        let entry = |Suppression { rule, pointer, .. }: Suppression| {
            let pointer = pointer.unwrap_or_default();
            format!("[[suppress]]\nfile = \"{file}\"\nrule = \"{rule}\"\npointer = \"{pointer}\"\nreason = \"ours\"\n")
        };
        self.suppressions().into_iter().map(entry).collect()
    }
}

/// The container that examples of task rules are checked against.
pub(crate) const EXAMPLE_CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Segments lungs.",
  "templates": [
    {
      "identifier": "segment",
      "description": "Writes one mask per image.",
      "inputs": [{"name": "images", "mounted_path": "/data/images", "description": "CT volumes."}],
      "outputs": [{"name": "masks", "mounted_path": "/data/masks", "description": "Masks."}],
      "env": [
        {"name": "THRESHOLD", "value": "0.5", "description": "Probability."},
        {"name": "FOLDS", "value": "1", "type": "int", "choices": ["1", "3", "5"], "description": "Networks."},
        {"name": "MODEL", "value": "v2", "adjustable": false, "description": "Weights."}
      ]
    }
  ]
}"#;

/// The container that examples of workflow rules are checked against.
#[cfg(feature = "workflow")]
pub(crate) const EXAMPLE_WORKFLOW_CONTAINER: &str = r#"{
  "name": "lungs",
  "description": "Downloads, segments and stores.",
  "templates": [
    {
      "identifier": "check",
      "description": "Looks whether the service is there.",
      "inputs": [],
      "outputs": [],
      "env": []
    },
    {
      "identifier": "download",
      "description": "Downloads images.",
      "inputs": [],
      "outputs": [{"name": "downloads", "mounted_path": "/data/downloads", "description": "Images."}],
      "env": []
    },
    {
      "identifier": "segment",
      "description": "Writes one mask per image.",
      "inputs": [{"name": "images", "mounted_path": "/data/images", "description": "CT volumes."}],
      "outputs": [{"name": "masks", "mounted_path": "/data/masks", "description": "Masks."}],
      "env": [{"name": "FOLDS", "value": "1", "type": "int", "choices": ["1", "3", "5"], "description": "Networks."}]
    },
    {
      "identifier": "store",
      "description": "Uploads results.",
      "inputs": [{"name": "results", "mounted_path": "/data/results", "description": "Whatever there is."}],
      "outputs": [],
      "env": []
    }
  ]
}"#;
