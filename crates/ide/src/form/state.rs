//! All that a form shows at once, and which findings belong to which field.

use std::collections::HashMap;

use task_api_core::diagnostic::Severity;
use task_api_core::model::{Container, Template};
use task_api_json::Node;

use super::TaskForm;
use super::fields::Around;
use super::id::FieldId;
use super::owners::Owners;
use super::types::*;
use super::view::View;

impl TaskForm {
    pub fn state(&self) -> FormState {
        let view = self.view();
        let mut sections = view.sections();
        let checked = self.checked();
        let mut field_of: Vec<Option<String>> = vec![None; checked.diagnostics.len()];
        if !checked.diagnostics.is_empty() {
            let owners = Owners::new(&view);
            field_of = checked.diagnostics.iter().map(|found| Some(owners.field_of(found)?.text())).collect();
            attach(&mut sections, &mut field_of);
        }
        let reported = self.diagnostics().diagnostics;
        let diagnostics = reported.into_iter().zip(field_of);
        let missing = sections.all().iter().map(|section| section.missing).sum();
        FormState {
            api_version: view.version().number(),
            template: view.template.as_ref().map(|bound| summary(bound.reading.root, bound.is_inline)),
            templates: self.container.iter().flat_map(|document| templates(document.root())).collect(),
            container: self.container.as_ref().map(|document| {
                let container = Container::read(document.root());
                let text = |text: Option<task_api_core::model::Text<'_>>| {
                    text.map(|text| text.value.into_owned()).unwrap_or_default()
                };
                ContainerSummary {
                    name: text(container.name),
                    description: text(container.description),
                    api_version: document.version().number(),
                }
            }),
            sections,
            missing,
            valid: checked.count(Severity::Error) == 0,
            diagnostics: diagnostics.map(|(diagnostic, field)| FieldDiagnostic { diagnostic, field }).collect(),
            template_name: view.template_name,
            broken: view.broken,
        }
    }

    /// One field as [`TaskForm::state`] has it, without the others where that can be.
    pub fn field(&self, id: &str) -> Option<Field> {
        let id = FieldId::parse(id)?;
        let view = self.view();
        let mut field = view.field_of(&id)?;
        let diagnostics = &self.checked().diagnostics;
        if !diagnostics.is_empty() {
            let owners = Owners::new(&view);
            let is_here = |index: &usize| owners.field_of(&diagnostics[*index]).is_some_and(|owner| owner == id);
            field.diagnostics = (0..diagnostics.len()).filter(is_here).collect();
        }
        Some(field)
    }
}

impl View<'_> {
    fn sections(&self) -> Sections {
        let inputs = self.channels(Direction::Input);
        let outputs = self.channels(Direction::Output);
        let mut advanced = vec![self.command()];
        advanced.extend(self.config());
        advanced.extend(self.scale_rules());
        Sections {
            task: section(SectionId::Task, self.task_fields(), Vec::new(), Vec::new()),
            inputs: section(SectionId::Inputs, Vec::new(), inputs, vec!["inputs"]),
            outputs: section(SectionId::Outputs, Vec::new(), outputs, vec!["outputs"]),
            parameters: section(SectionId::Parameters, self.parameters(), Vec::new(), vec!["env"]),
            resources: section(
                SectionId::Resources,
                self.resources(),
                Vec::new(),
                vec!["resources/limits", "resources/requests"],
            ),
            advanced: section(SectionId::Advanced, advanced, Vec::new(), self.open_config_lists()),
        }
    }

    pub(super) fn field_of(&self, id: &FieldId) -> Option<Field> {
        match id {
            FieldId::Name | FieldId::Image | FieldId::Template => {
                let name = id.to_string();
                self.task_fields().into_iter().find(|field| field.id == name)
            }
            FieldId::Command => Some(self.command()),
            FieldId::HostPath(direction, name) => {
                let is_known = self.channel_names(*direction).iter().any(|known| known == name);
                is_known.then(|| self.host_path(*direction, name))
            }
            FieldId::Env(name) => self.parameter(name),
            FieldId::Resource(..) => {
                let name = id.to_string();
                self.resources().into_iter().find(|field| field.id == name)
            }
            FieldId::Config(way) => self.config_field(way),
            FieldId::RuleField(channel, name) => self.rule_field(channel, name),
            FieldId::Channel(..) | FieldId::AllEnv | FieldId::AllResources | FieldId::Rule(_) => None,
        }
    }

    fn task_fields(&self) -> Vec<Field> {
        let fields = [(FieldId::Template, "taskTemplate"), (FieldId::Name, "name"), (FieldId::Image, "image")];
        let field = |(id, name): (FieldId, &str)| {
            let around = Around { required: true, ..Around::default() };
            let property = self.root_property(name)?;
            let mut field = self.contract_field(&id, name, property.schema, around);
            field.kind = FieldKind::Text;
            if id == FieldId::Template {
                field.kind = FieldKind::Choice;
                field.choices = self.template_choices.clone();
            }
            Some(field)
        };
        fields.into_iter().filter_map(field).collect()
    }

    fn command(&self) -> Field {
        let default = self.template().and_then(|template| template.value(&FieldId::Command));
        let around = Around { is_templates: default.is_some(), default, ..Around::default() };
        let mut field = match self.root_property("command") {
            Some(property) => self.contract_field(&FieldId::Command, "command", property.schema, around),
            None => self.field(&FieldId::Command, "command", FieldKind::Words, around),
        };
        field.kind = FieldKind::Words;
        field
    }
}

impl Sections {
    fn all(&self) -> [&FormSection; 6] {
        [&self.task, &self.inputs, &self.outputs, &self.parameters, &self.resources, &self.advanced]
    }

    #[cfg(test)]
    pub(super) fn fields(&self) -> impl Iterator<Item = &Field> {
        let sections = self.all().into_iter();
        sections.flat_map(|section| section.fields.iter().chain(section.channels.iter().map(|one| &one.host_path)))
    }

    fn fields_mut(&mut self) -> Vec<&mut Field> {
        let sections = [
            &mut self.task,
            &mut self.inputs,
            &mut self.outputs,
            &mut self.parameters,
            &mut self.resources,
            &mut self.advanced,
        ];
        let mut fields = Vec::new();
        for section in sections {
            fields.extend(section.fields.iter_mut());
            fields.extend(section.channels.iter_mut().map(|channel| &mut channel.host_path));
        }
        fields
    }
}

fn section(id: SectionId, fields: Vec<Field>, channels: Vec<FormChannel>, can_add: Vec<&'static str>) -> FormSection {
    let mut section = FormSection { id, missing: 0, changed: 0, fields, channels, can_add };
    let all = || section.fields.iter().chain(section.channels.iter().map(|channel| &channel.host_path));
    let counts = (all().filter(|field| field.is_missing).count(), all().filter(|field| field.is_changed).count());
    (section.missing, section.changed) = counts;
    section
}

/// Gives fields the numbers of their findings, and takes the field from those whose field is none of the form's.
fn attach(sections: &mut Sections, field_of: &mut [Option<String>]) {
    let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, field) in field_of.iter().enumerate() {
        if let Some(field) = field {
            found.entry(field).or_default().push(index);
        }
    }
    for field in sections.fields_mut() {
        field.diagnostics = found.remove(field.id.as_str()).unwrap_or_default();
    }
    let homeless: Vec<usize> = found.into_values().flatten().collect();
    for index in homeless {
        field_of[index] = None;
    }
}

pub(super) fn template_choices(container: Node<'_>) -> Vec<Choice> {
    let choice = |summary: TemplateSummary| Choice {
        label: summary.identifier.clone(),
        value: summary.identifier,
        description: Some(summary.description).filter(|text| !text.trim().is_empty()),
    };
    templates(container).into_iter().map(choice).collect()
}

fn templates(container: Node<'_>) -> Vec<TemplateSummary> {
    let identified = |template: &Template<'_>| template.identifier.is_some();
    Container::read(container).templates().filter(identified).map(|template| summary(template.node, false)).collect()
}

fn summary(template: Node<'_>, is_inline: bool) -> TemplateSummary {
    let text = |field: &str| template.get(field).and_then(Node::as_str).map(String::from).unwrap_or_default();
    let names = |list: &str| {
        let entries = template.get(list).into_iter().flat_map(Node::elements);
        entries.filter_map(|entry| Some(entry.get("name")?.as_str()?.into_owned())).collect()
    };
    TemplateSummary {
        identifier: text("identifier"),
        description: text("description"),
        is_inline,
        inputs: names("inputs"),
        outputs: names("outputs"),
        parameters: template.get("env").map_or(0, |env| env.elements().count()),
    }
}
