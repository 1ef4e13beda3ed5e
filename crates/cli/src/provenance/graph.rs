//! The metadata of a Process Run Crate (RO-Crate 1.1), as a value.

use std::fmt::Display;
use std::path::Path;

use serde_json::{Map, Value, json};
use task_api_core::resolve::TaskInstance;
use task_api_runner::{Outcome, Record};

use super::{Checked, Directory, FILE_NAME};
use crate::follow::ending_in_words;

/// All that is described.
pub(super) struct RunOf<'a> {
    pub(super) instance: &'a TaskInstance,
    pub(super) record: &'a Record,
    pub(super) inputs: &'a [Directory],
    pub(super) outputs: &'a [Directory],
    /// Who ran it.
    pub(super) agent: Option<&'a str>,
    pub(super) root: &'a Path,
}

const CRATE: &str = "https://w3id.org/ro/crate/1.1";
const PROFILE: &str = "https://w3id.org/ro/wfrun/process/0.5";
const TERMS: &str = "https://w3id.org/ro/terms/workflow-run";
const WRITER: &str = "#task-api";
const ROOT: &str = "./";

/// Whether this program has written it.
pub(super) fn is_ours(metadata: &Value) -> bool {
    let entities = metadata["@graph"].as_array().map(Vec::as_slice).unwrap_or_default();
    entities.iter().any(|entity| entity["@id"] == FILE_NAME && entity["creator"]["@id"] == WRITER)
}

pub(super) fn describe(run: &RunOf<'_>) -> Value {
    let mut graph = Graph { root: run.root, entities: Vec::new(), parts: Vec::new() };
    let objects: Vec<Value> = run.inputs.iter().map(|directory| graph.directory(directory)).collect();
    let results: Vec<Value> = run.outputs.iter().map(|directory| graph.directory(directory)).collect();
    let environment = graph.environment(run.instance);
    let action = graph.action(run, objects, results, environment);
    let record = run.record;
    let ended = time(record.finished_at.unwrap_or(record.created_at));
    let name = format!("Run {} of {}", record.id, run.instance.name);
    let license = graph.add(json!({
        "@id": "#license", "@type": "CreativeWork", "name": "License of the data", "description": "Not stated.",
    }));
    let author = graph.agent(run.agent);
    let parts = std::mem::take(&mut graph.parts);
    graph.add(json!({
        "@id": ROOT, "@type": "Dataset", "name": name,
        "description": format!("Inputs and outputs of the task `{}`, and how the outputs were made.", run.instance.name),
        "datePublished": ended, "conformsTo": { "@id": PROFILE }, "hasPart": parts, "mentions": action,
        "license": license, "author": author,
    }));
    graph.add(json!({
        "@id": FILE_NAME, "@type": "CreativeWork", "conformsTo": { "@id": CRATE }, "about": { "@id": ROOT },
        "creator": { "@id": WRITER },
    }));
    graph.add(json!({ "@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5" }));
    let version = record.tool.strip_prefix("task-api ").unwrap_or(&record.tool);
    graph.add(json!({ "@id": WRITER, "@type": "SoftwareApplication", "name": "task-api", "version": version }));
    // The description of the file itself comes first, by custom.
    graph.entities.reverse();
    graph.entities.sort_by_key(|entity| entity["@id"] != FILE_NAME);
    json!({ "@context": [format!("{CRATE}/context"), format!("{TERMS}/context")], "@graph": graph.entities })
}

struct Graph<'a> {
    root: &'a Path,
    entities: Vec<Value>,
    /// What the crate consists of.
    parts: Vec<Value>,
}

impl Graph<'_> {
    /// Adds an entity without what is not known of it; gives a reference to it.
    fn add(&mut self, mut entity: Value) -> Value {
        if let Value::Object(members) = &mut entity {
            members.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
            // One value is written without a list, by the recommendation of RO-Crate.
            for value in members.values_mut() {
                if value.as_array().is_some_and(|list| list.len() == 1) {
                    *value = value[0].take();
                }
            }
        }
        let reference = json!({ "@id": entity["@id"] });
        if !self.entities.iter().any(|known| known["@id"] == entity["@id"]) {
            self.entities.push(entity);
        }
        reference
    }

    fn directory(&mut self, directory: &Directory) -> Value {
        let files: Vec<Value> = directory.files.iter().map(|file| self.file(directory, file)).collect();
        if directory.path == self.root {
            self.parts.extend(files);
            return json!({ "@id": ROOT });
        }
        let dataset = self.add(json!({
            "@id": self.id(&format!("{}/", directory.path.display())), "@type": "Dataset",
            "name": directory.channel, "description": directory.description, "hasPart": files,
        }));
        if !self.parts.contains(&dataset) {
            self.parts.push(dataset.clone());
        }
        dataset
    }

    fn file(&mut self, directory: &Directory, file: &Checked) -> Value {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        self.add(json!({
            "@id": self.id(&format!("{}/{}", directory.path.display(), file.path)), "@type": "File", "name": name,
            "contentSize": file.bytes.to_string(), "sha256": file.sha256,
        }))
    }

    /// Secrets are redacted by their type.
    fn environment(&mut self, instance: &TaskInstance) -> Vec<Value> {
        let variables = instance.env.iter().map(|variable| {
            json!({
                "@id": format!("#env-{}", encoded(&variable.name)), "@type": "PropertyValue",
                "name": variable.name, "value": variable.value,
            })
        });
        variables.map(|variable| self.add(variable)).collect()
    }

    fn action(
        &mut self,
        run: &RunOf<'_>,
        mut objects: Vec<Value>,
        results: Vec<Value>,
        environment: Vec<Value>,
    ) -> Value {
        let (record, instance) = (run.record, run.instance);
        let image = self.image(record);
        let digest = record.image.digest.as_deref();
        let application = self.add(json!({
            "@id": "#application", "@type": "SoftwareApplication",
            "name": format!("{} of {}", instance.template, record.image.reference),
            "description": format!("The template `{}` of the processing-container {}.", instance.template, record.image.reference),
            "version": digest.unwrap_or(&record.image.reference), "identifier": digest,
        }));
        objects.push(self.value("template", json!(instance.template), "The template of the container that was run."));
        let agent = self.agent(run.agent);
        let end = Outcome::of(record).and_then(|outcome| ending_in_words(&outcome, record));
        let status = if end.is_none() { "CompletedActionStatus" } else { "FailedActionStatus" };
        let exit_code =
            record.exit_code.map(|code| self.value("exitCode", json!(code.to_string()), "Of the container."));
        let peak = record.peak_memory_bytes.map(|bytes| {
            self.add(json!({
                "@id": "#peakMemory", "@type": "PropertyValue", "name": "peakMemory", "value": bytes.to_string(),
                "unitText": "byte", "measurementTechnique": record.peak_memory_source,
            }))
        });
        self.add(json!({
            "@id": format!("#run-{}", record.id), "@type": "CreateAction", "name": format!("Run of {}", instance.name),
            "description": format!("Run {} of the task `{}` by {}.", record.id, instance.name, record.tool),
            "startTime": record.started_at.map(time), "endTime": record.finished_at.map(time),
            "instrument": application, "containerImage": image, "environment": environment,
            "object": objects, "result": results, "agent": agent,
            "actionStatus": format!("http://schema.org/{status}"), "error": end,
            "additionalProperty": exit_code, "resourceUsage": peak,
        }))
    }

    fn agent(&mut self, name: Option<&str>) -> Option<Value> {
        let name = name?;
        Some(self.add(json!({ "@id": format!("#user-{}", encoded(name)), "@type": "Person", "name": name })))
    }

    fn value(&mut self, name: &str, value: Value, description: &str) -> Value {
        let id = format!("#{name}");
        self.add(
            json!({ "@id": id, "@type": "PropertyValue", "name": name, "value": value, "description": description }),
        )
    }

    fn image(&mut self, record: &Record) -> Value {
        let (registry, name, tag) = parts_of(&record.image.reference);
        let mut image = Map::new();
        let digest = record.image.digest.as_deref();
        let sha256 = digest.and_then(|digest| digest.rsplit_once("sha256:")).map(|(_, digits)| digits);
        image.insert("@id".to_owned(), json!("#image"));
        image.insert("@type".to_owned(), json!("ContainerImage"));
        image.insert("additionalType".to_owned(), json!({ "@id": format!("{TERMS}#DockerImage") }));
        for (key, value) in [
            ("registry", Some(registry)),
            ("name", Some(name)),
            ("tag", tag),
            ("sha256", sha256),
            ("identifier", digest),
        ] {
            image.insert(key.to_owned(), json!(value));
        }
        self.add(Value::Object(image))
    }

    /// Relative to the crate where it is in it, else as a URL.
    fn id(&self, path: &str) -> String {
        let root = format!("{}/", self.root.display().to_string().trim_end_matches('/'));
        match path.strip_prefix(&root) {
            Some(below) => encoded(below),
            None => format!("file://{}", encoded(path)),
        }
    }
}

/// To the millisecond and with an offset: the profile's validator takes no other form.
fn time(time: impl Display) -> String {
    format!("{time:.3}").replace('Z', "+00:00")
}

/// Registry, name and tag of a reference.
fn parts_of(reference: &str) -> (&str, &str, Option<&str>) {
    let name = reference.split('@').next().unwrap_or_default();
    let (name, tag) = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (name, None),
    };
    match name.split_once('/') {
        Some((registry, rest)) if registry.contains(['.', ':']) || registry == "localhost" => (registry, rest, tag),
        _ => ("docker.io", name, tag),
    }
}

/// A path as it may stand in a URL.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_have_parts() {
        assert_eq!(parts_of("a/b:1"), ("docker.io", "a/b", Some("1")));
        assert_eq!(parts_of("localhost:5000/a/b"), ("localhost:5000", "a/b", None));
        assert_eq!(parts_of("r.example/a:2@sha256:00"), ("r.example", "a", Some("2")));
        assert_eq!(parts_of("a"), ("docker.io", "a", None));
    }

    #[test]
    fn paths_are_relative_in_the_crate_and_urls_outside() {
        let graph = Graph { root: Path::new("/a/b"), entities: Vec::new(), parts: Vec::new() };
        assert_eq!(graph.id("/a/b/c d/ü#"), "c%20d/%C3%BC%23");
        assert_eq!(graph.id("/a/bc"), "file:///a/bc");
        assert_eq!(Graph { root: Path::new("/"), ..graph }.id("/x"), "x");
    }

    #[test]
    fn only_what_this_program_wrote_is_replaced() {
        assert!(!is_ours(&json!({})));
        let other = json!({ "@graph": [{ "@id": FILE_NAME, "creator": { "@id": "#somebody" } }] });
        assert!(!is_ours(&other));
    }
}
