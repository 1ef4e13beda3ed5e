//! The processing-container.json of each image.

use task_api_core::image;
use task_api_json::{apply_edits, format, parse, quote};

use super::operators::{Operator, Resources};

/// Gives operators that run the same image in different ways different templates.
pub(super) fn tell_apart(operators: &mut [Operator]) {
    let mut seen: Vec<(Option<String>, String, Vec<String>)> = Vec::new();
    for operator in operators {
        let content = template(operator);
        let same = |(image, name, _): &&mut (Option<String>, String, Vec<String>)| {
            *image == operator.image && *name == operator.template
        };
        let Some((_, name, contents)) = seen.iter_mut().find(same) else {
            seen.push((operator.image.clone(), operator.template.clone(), vec![content]));
            continue;
        };
        let at = contents.iter().position(|known| *known == content).unwrap_or_else(|| {
            contents.push(content);
            contents.len() - 1
        });
        if at > 0 {
            operator.template = format!("{name}-{}", at + 1);
        }
    }
}

/// One file for each image, by its short name; operators of one image are templates of one container.
pub(super) fn files(operators: &[Operator]) -> Vec<(String, String)> {
    let mut images: Vec<(&Option<String>, Vec<&Operator>)> = Vec::new();
    for operator in operators {
        match images.iter_mut().find(|(image, _)| **image == operator.image) {
            Some((_, list)) => list.push(operator),
            None => images.push((&operator.image, vec![operator])),
        }
    }
    let file = |(image, list): (&Option<String>, Vec<&Operator>)| {
        let name = image.as_deref().map(short_name).unwrap_or_else(|| list[0].template.clone());
        let mut seen = std::collections::HashSet::new();
        // The same class with the same values is one template.
        let templates: Vec<String> = list.iter().map(|operator| template(operator)).collect();
        let templates: Vec<String> = templates.into_iter().filter(|template| seen.insert(template.clone())).collect();
        let description = list.iter().find_map(|operator| operator.description.clone()).unwrap_or_default();
        let text = format!(
            "{{\"name\": {}, \"description\": {}, \"api_version\": 1, \"templates\": [{}]}}",
            quote(&name),
            quote(&description),
            templates.join(", ")
        );
        let tree = parse(&text);
        let laid_out = format(tree.root(&text)).and_then(|edits| apply_edits(&text, &edits)).unwrap_or(text);
        (name, format!("{}\n", laid_out.trim_end()))
    };
    images.into_iter().map(file).collect()
}

/// `lungs` of `registry/of/lungs:1.0`.
fn short_name(image: &str) -> String {
    let without_tag = image.rsplit('/').next().unwrap_or(image);
    let name = without_tag.split([':', '@', '{']).next().unwrap_or(without_tag).trim();
    match image::parse(name) {
        Ok(_) => name.to_owned(),
        Err(_) => "container".to_owned(),
    }
}

fn template(operator: &Operator) -> String {
    let channel = |name: &str, description: &str| {
        format!(
            "{{\"name\": {}, \"mounted_path\": {}, \"description\": {}}}",
            quote(name),
            quote(&format!("/data/{name}")),
            quote(description)
        )
    };
    let inputs: Vec<String> = operator.inputs.iter().map(|input| channel(&input.name, &input.description)).collect();
    let outputs = channel(&operator.output, "One directory per item, named like the item of the input.");
    let env: Vec<String> = operator
        .env
        .iter()
        .map(|(name, value)| format!("{{\"name\": {}, \"value\": {}}}", quote(name), quote(value)))
        .collect();
    let mut fields = vec![
        format!("\"identifier\": {}", quote(&operator.template)),
        format!("\"description\": {}", quote(operator.description.as_deref().unwrap_or_default())),
        format!("\"inputs\": [{}]", inputs.join(", ")),
        format!("\"outputs\": [{outputs}]"),
        format!("\"env\": [{}]", env.join(", ")),
    ];
    if let Some(command) = &operator.command {
        let words: Vec<String> = command.iter().map(|word| quote(word)).collect();
        fields.push(format!("\"command\": [{}]", words.join(", ")));
    }
    fields.push(format!("\"resources\": {}", resources(&operator.resources)));
    format!("{{{}}}", fields.join(", "))
}

fn resources(resources: &Resources) -> String {
    let mut limits = vec![format!("\"memory\": \"{}Mi\"", resources.memory_limit)];
    let mut requests = vec![format!("\"memory\": \"{}Mi\"", resources.memory)];
    if let Some(cpu) = resources.cpu {
        limits.push(format!("\"cpu\": \"{}m\"", cpu.saturating_add(100)));
        requests.push(format!("\"cpu\": \"{cpu}m\""));
    }
    if resources.has_gpu {
        limits.push("\"nvidia.com/gpu\": 1".to_owned());
    }
    format!("{{\"limits\": {{{}}}, \"requests\": {{{}}}}}", limits.join(", "), requests.join(", "))
}
