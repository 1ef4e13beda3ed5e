//! A workflow.json as a [`Workflow`].
//!
//! Reading never fails. A field that is absent is `None`, one of another type is unknown; the contract's rules have said
//! so.

use task_api_json::{Kind as NodeKind, Node, Span};

use super::{
    ContainerFile, EnvVar, Inline, IoMap, Language, Placed, Quantity, Resources, SourceInput, Task, TemplateRef, Value,
    Workflow,
};
use crate::model::fields;
use crate::template::has_expression;

impl Workflow {
    pub fn read(root: Node<'_>) -> Workflow {
        let [name, description, tasks, inputs, containers] =
            fields(root, ["name", "description", "tasks", "inputs", "containers"]);
        Workflow {
            span: root.span(),
            language: Language::Json,
            name: text(name),
            description: text(description),
            tasks: objects(tasks).map(|(number, node)| task(number, node)).collect(),
            inputs: objects(inputs).map(|(number, node)| source_input(number, node)).collect(),
            containers: objects(containers).map(|(number, node)| container_file(number, node)).collect(),
        }
    }
}

fn task(number: usize, node: Node<'_>) -> Task {
    let [id, image, template, env, command, resources] =
        fields(node, ["task_id", "image", "taskTemplate", "env", "command", "resources"]);
    let [url, username, password, maps, upstream] =
        fields(node, ["registryUrl", "registryUsername", "registryPassword", "iochannel_maps", "upstream_task_ids"]);
    let template = template.map(|template| match template.kind() {
        NodeKind::Object => TemplateRef::Inline(Inline { span: template.span(), json: template.source().to_owned() }),
        _ => TemplateRef::Named(name_of(template)),
    });
    let start = node.span().start;
    Task {
        span: node.span(),
        head: id.map_or(Span::new(start, start + 1), Node::span),
        number,
        variable: None,
        id: id.map(name_of),
        image: text(image),
        template,
        env: objects(env).map(|(number, node)| env_var(number, node)).collect(),
        command: command.filter(|node| node.kind() != NodeKind::Null).map(command_of),
        resources: resources.filter(|node| node.kind() != NodeKind::Null).map(resources_of),
        registry_url: text(url),
        registry_username: text(username),
        registry_password: text(password),
        maps: objects(maps).map(|(number, node)| io_map(number, node)).collect(),
        upstream: upstream.into_iter().flat_map(Node::elements).map(name_of).collect(),
    }
}

fn io_map(number: usize, node: Node<'_>) -> IoMap {
    let [operator, output, input] = fields(node, ["upstream_operator", "upstream_output_channel", "input_channel"]);
    IoMap {
        span: node.span(),
        number,
        upstream_operator: operator.map(name_of),
        upstream_output_channel: output.map(name_of),
        input_channel: input.map(name_of),
    }
}

fn source_input(number: usize, node: Node<'_>) -> SourceInput {
    let [task_id, input_channel, host_path] = fields(node, ["task_id", "input_channel", "host_path"]);
    SourceInput {
        span: node.span(),
        number,
        task_id: task_id.map(name_of),
        input_channel: input_channel.map(name_of),
        host_path: text(host_path),
    }
}

fn container_file(number: usize, node: Node<'_>) -> ContainerFile {
    let [image, path] = fields(node, ["image", "path"]);
    ContainerFile { span: node.span(), number, image: text(image), path: path.map(name_of) }
}

fn env_var(number: usize, node: Node<'_>) -> EnvVar {
    let [name, value] = fields(node, ["name", "value"]);
    EnvVar { span: node.span(), number, name: text(name), value: text(value) }
}

fn command_of(node: Node<'_>) -> Value<Vec<String>> {
    let words: Option<Vec<String>> = node.elements().map(|word| word.as_str().map(|word| word.into_owned())).collect();
    match words.filter(|_| node.kind() == NodeKind::Array) {
        Some(words) => Value::of_known(words, node.span()),
        None => Value::of_unknown("it is no list of strings", node.span()),
    }
}

fn resources_of(node: Node<'_>) -> Value<Resources> {
    if node.kind() != NodeKind::Object {
        return Value::of_unknown("it is no object", node.span());
    }
    let quantity = |(name, value): (Node<'_>, Node<'_>)| {
        let written = match value.kind() {
            NodeKind::Number => value.source().to_owned(),
            _ => value.as_str()?.into_owned(),
        };
        let name = Placed::new(name.as_str()?.into_owned(), name.span());
        Some(Quantity { name, value: Placed::new(written, value.span()) })
    };
    let side = |name| node.get(name).into_iter().flat_map(Node::members).filter_map(quantity).collect();
    Value::of_known(Resources { limits: side("limits"), requests: side("requests") }, node.span())
}

/// A text as it stands, expressions included.
fn text(node: Option<Node<'_>>) -> Option<Value<String>> {
    let node = node.filter(|node| node.kind() != NodeKind::Null)?;
    Some(match node.as_str() {
        Some(text) => Value::of_known(text.into_owned(), node.span()),
        None => Value::of_unknown("it is no string", node.span()),
    })
}

/// A name that others refer to, which cannot be known before it is rendered.
fn name_of(node: Node<'_>) -> Value<String> {
    match node.as_str() {
        Some(text) if has_expression(&text) => Value::of_unknown("it holds a template expression", node.span()),
        Some(text) => Value::of_known(text.into_owned(), node.span()),
        None => Value::of_unknown("it is no string", node.span()),
    }
}

/// The objects of a list, with their positions in it.
fn objects<'a>(list: Option<Node<'a>>) -> impl Iterator<Item = (usize, Node<'a>)> {
    let elements = list.into_iter().flat_map(Node::elements).enumerate();
    elements.filter(|(_, node)| node.kind() == NodeKind::Object)
}

#[cfg(test)]
mod tests {
    use task_api_json::parse;

    use super::*;
    use crate::workflow::known;

    #[test]
    fn what_is_there_is_read_and_what_is_not_stays_away() {
        let text = r#"{"name": "w", "tasks": [1, {"task_id": "a", "image": "{{ env.R }}/a:1", "taskTemplate": "t",
            "env": [{"name": "X", "value": "1"}], "command": ["run"], "resources": {"limits": {"memory": "1Gi", "cpu": 2}},
            "iochannel_maps": [{"upstream_operator": "{{ env.B }}", "input_channel": 5}], "upstream_task_ids": ["b", 5]},
            {"taskTemplate": {"identifier": "i"}, "command": [5], "registryUrl": null}],
            "inputs": [{"task_id": "a", "input_channel": "in", "host_path": "./x"}], "containers": [{"image": "a:1", "path": "p"}]}"#;
        let tree = parse(text);
        assert!(tree.is_valid());
        let workflow = Workflow::read(tree.root(text));
        let [first, second] = &workflow.tasks[..] else { panic!("{workflow:?}") };
        assert_eq!((first.number, second.number), (1, 2));
        assert_eq!((first.id(), first.template_name()), (Some("a"), Some("t")));
        assert_eq!(first.head.of(text), "\"a\"");
        assert_eq!(known(&first.image).map(|(image, _)| image), Some("{{ env.R }}/a:1"));
        let map = &first.maps[0];
        assert!(map.upstream_output_channel.is_none() && known(&map.upstream_operator).is_none());
        assert!(matches!(&map.input_channel, Some(Placed { value: super::super::Read::Unknown(_), .. })));
        assert_eq!(map.pointer(first), "/tasks/1/iochannel_maps/0");
        assert_eq!(first.upstream.iter().map(|id| id.known().is_some()).collect::<Vec<_>>(), [true, false]);
        let resources = first.resources.as_ref().and_then(Value::known).unwrap();
        let limits: Vec<_> = resources.limits.iter().map(|q| (&*q.name.value, &*q.value.value)).collect();
        assert_eq!(limits, [("memory", "1Gi"), ("cpu", "2")]);
        assert!(matches!(&second.template, Some(TemplateRef::Inline(inline)) if inline.json.contains("\"i\"")));
        assert!(second.command.as_ref().is_some_and(|command| command.known().is_none()));
        assert!(second.registry_url.is_none() && second.head.of(text) == "{");
        assert_eq!(known(&workflow.inputs[0].host_path).map(|(path, _)| path), Some("./x"));
    }
}
