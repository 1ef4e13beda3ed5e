//! What in a document leads somewhere else.

use std::borrow::Cow;

use task_api_core::image;
use task_api_core::plan::absolute_path;
use task_api_core::template::has_expression;
use task_api_json::{Kind as NodeKind, Node, Span};

use crate::document::Document;
use crate::structure::is_container;
use crate::typed::Typed;
use crate::uri;
use crate::workspace::{Workspace, directory_of, resolve};

/// A place that leads to a file or a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentLink {
    /// Without the quotes.
    pub span: Span,
    /// A URI.
    pub target: String,
    pub tooltip: Option<String>,
}

/// Directories of the host, the image's page where it is a public one, and the schema.
pub fn document_links(workspace: &Workspace, document: &Document) -> Vec<DocumentLink> {
    let Some(root) = Typed::root(document) else { return Vec::new() };
    let mut links = Links { workspace, document, found: Vec::new() };
    links.below(root);
    links.found
}

struct Links<'a> {
    workspace: &'a Workspace,
    document: &'a Document,
    found: Vec<DocumentLink>,
}

impl<'a> Links<'a> {
    fn below(&mut self, above: Typed<'a>) {
        for typed in above.children() {
            if is_container(typed.node) {
                // Only there does anything lead elsewhere.
                if typed.meant().is_some() {
                    self.below(typed);
                }
            } else if typed.node.kind() == NodeKind::String {
                let link = self.of_value(above, typed.node);
                self.found.extend(link);
            }
        }
    }

    fn of_value(&self, above: Typed<'a>, node: Node<'a>) -> Option<DocumentLink> {
        let key = node.key()?;
        let is_root = above.node.parent().is_none();
        let (target, tooltip) = match above.definition() {
            "HostPathVolume" | "SourceInput" if key.is_str("host_path") => self.host_path(node)?,
            "ContainerFile" if key.is_str("path") => self.container_file(node)?,
            "Task" | "WorkflowTask" if key.is_str("image") => registry_page(&node.as_str()?)?,
            _ if is_root && key.is_str("$schema") => self.schema(&node.as_str()?)?,
            _ => return None,
        };
        Some(DocumentLink { span: node.inner_span(), target, tooltip: Some(tooltip) })
    }

    fn host_path(&self, node: Node<'_>) -> Option<(String, String)> {
        let path = node.as_str()?;
        let directory = self.document.directory.as_deref()?;
        if path.is_empty() || has_expression(&path) {
            return None;
        }
        let absolute = absolute_path(directory, &path);
        Some((uri::of_document(&format!("file://{absolute}")), absolute))
    }

    /// The file, seen from this document, whether that is on a disk or not.
    fn container_file(&self, node: Node<'_>) -> Option<(String, String)> {
        let path = node.as_str().filter(|path| !path.is_empty() && !has_expression(path))?;
        let target = resolve(directory_of(self.document.uri()), &self.as_in_names(&path));
        Some((uri::of_document(&target), "The container file of the image".to_owned()))
    }

    /// A path as it stands in the name of this document: of files, as it is.
    fn as_in_names<'p>(&self, path: &'p str) -> Cow<'p, str> {
        if self.document.uri().starts_with("file://") { Cow::Borrowed(path) } else { Cow::Owned(uri::encode(path)) }
    }

    fn schema(&self, written: &str) -> Option<(String, String)> {
        if written.is_empty() || written.contains(char::is_whitespace) || written.contains(char::is_control) {
            return None;
        }
        let scheme = written.split_once(':').map_or("", |(scheme, _)| scheme);
        let target = match scheme {
            "http" | "https" | "file" => written.to_owned(),
            "" => uri::of_document(&resolve(directory_of(self.document.uri()), &self.as_in_names(written))),
            // What else an editor would do with a URI, nobody knows.
            _ => return None,
        };
        let is_known = self.workspace.documents().any(|document| uri::of_document(document.uri()) == target);
        Some((target, if is_known { "The schema, in this workspace" } else { "The schema" }.to_owned()))
    }
}

/// The page of a public image: private registries have none, or none that one may see.
fn registry_page(text: &str) -> Option<(String, String)> {
    if has_expression(text) {
        return None;
    }
    let image = image::parse(text).ok()?;
    let repository = image.repository;
    Some(match image.registry {
        None | Some("docker.io" | "index.docker.io" | "registry-1.docker.io") => {
            let official = repository.strip_prefix("library/").or((!repository.contains('/')).then_some(repository));
            let target = match official {
                Some(name) => format!("https://hub.docker.com/_/{name}"),
                None => format!("https://hub.docker.com/r/{repository}"),
            };
            (target, "The image on Docker Hub".to_owned())
        }
        Some("ghcr.io") if repository.contains('/') => {
            (format!("https://ghcr.io/{repository}"), "The image in GitHub's registry".to_owned())
        }
        Some("quay.io") if repository.contains('/') => {
            (format!("https://quay.io/repository/{repository}"), "The image on Quay".to_owned())
        }
        Some(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::fixture;

    #[track_caller]
    fn check(literal: &str, expected: &[(&str, &str)]) {
        let mut fixture = fixture(literal);
        fixture.workspace.get_mut("file:///work/task.json").unwrap().directory = Some("/work".to_owned());
        let document = fixture.workspace.get("file:///work/task.json").unwrap();
        let links = document_links(&fixture.workspace, document);
        let shown: Vec<_> = links.iter().map(|link| (link.span.of(document.text()), &*link.target)).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn directories_and_schemas() {
        check(
            r#"//- /work/task.json
{"$schema": "../schemas/task.json", "inputs": [{"name": "a", "input": {"host_path": "./a b/ä%"}}],
 "outputs": [{"name": "b", "volume_source": {"host_path": "/x"}}, {"name": "c", "input": {"host_path": "{{ env.A }}"}}]}"#,
            &[("../schemas/task.json", "file:///schemas/task.json"), ("./a b/ä%", "file:///work/a%20b/%C3%A4%25")],
        );
        check(
            "//- /work/task.json\n{\"$schema\": \"https://x.org/s.json\", \"config\": {\"$schema\": \"https://y\"}}",
            &[("https://x.org/s.json", "https://x.org/s.json")],
        );
        check("//- /work/task.json\n{\"$schema\": \"command:evil\"}", &[]);
    }

    #[test]
    fn pages_of_public_images() {
        let page = |image| registry_page(image).map(|(target, _)| target);
        assert_eq!(page("python:3").as_deref(), Some("https://hub.docker.com/_/python"));
        assert_eq!(page("docker.io/library/python").as_deref(), Some("https://hub.docker.com/_/python"));
        assert_eq!(page("kaapana/example:1").as_deref(), Some("https://hub.docker.com/r/kaapana/example"));
        assert_eq!(
            page("ghcr.io/a/b@sha256:7173b809ca12ec5dee4506cd86be934c4596dd234ee82c0662eac04a8c2c71dc"),
            Some("https://ghcr.io/a/b".to_owned())
        );
        assert_eq!(page("quay.io/a/b:1").as_deref(), Some("https://quay.io/repository/a/b"));
        for private in ["registry.example.org/a/b", "localhost:5000/a", "quay.io.evil.org/a/b", "{{ env.R }}/a", "A"] {
            assert_eq!(page(private), None, "{private}");
        }
    }

    #[test]
    fn without_a_directory_paths_lead_nowhere() {
        let fixture = fixture(r#"{"inputs": [{"name": "a", "input": {"host_path": "./a"}}]}"#);
        let document = fixture.workspace.get("file:///task.json").unwrap();
        assert_eq!(document_links(&fixture.workspace, document), []);
    }
}
