//! A task beside its template: which channels its volumes are, and which they were meant to be.

use task_api_json::{Kind as NodeKind, TextEdit, rewrite};

use crate::model::{Mount, Task, Template, Volume};
use crate::names::Names;
use crate::suggest::Suggestions;

/// The inputs or the outputs of a task and of its template.
pub(crate) struct Side<'a, 'd> {
    /// The field that holds them.
    pub(crate) name: &'static str,
    pub(crate) noun: &'static str,
    pub(crate) volumes: &'a [Volume<'d>],
    pub(crate) mounts: &'a [Mount<'d>],
    /// The template's channels of the other direction.
    pub(crate) other_mounts: &'a [Mount<'d>],
    volume_names: Names<'a>,
    pub(crate) mount_names: Names<'a>,
    other_volume_names: Names<'a>,
    pub(crate) other_mount_names: Names<'a>,
    /// For each volume of no channel, the unbound channel that its name is nearly that of.
    pub(crate) meant: Vec<Option<&'a str>>,
}

impl<'a, 'd> Side<'a, 'd> {
    pub(crate) fn of(name: &'static str, task: &'a Task<'d>, template: &'a Template<'d>) -> Side<'a, 'd> {
        let (noun, volumes, other_volumes, mounts, other_mounts) = match name {
            "inputs" => ("input", &task.inputs, &task.outputs, &template.inputs, &template.outputs),
            _ => ("output", &task.outputs, &task.inputs, &template.outputs, &template.inputs),
        };
        let of_volumes = |list: &'a [Volume<'d>]| Names::new(list.iter().map(|volume| &*volume.name.value));
        let of_mounts = |list: &'a [Mount<'d>]| Names::new(list.iter().map(|mount| &*mount.name.value));
        let mut side = Side {
            name,
            noun,
            volumes,
            mounts,
            other_mounts,
            volume_names: of_volumes(volumes),
            mount_names: of_mounts(mounts),
            other_volume_names: of_volumes(other_volumes),
            other_mount_names: of_mounts(other_mounts),
            meant: Vec::new(),
        };
        side.meant = side.find_meant();
        side
    }

    /// Each channel is meant by one volume at most: two of a name would be wrong again.
    fn find_meant(&self) -> Vec<Option<&'a str>> {
        let mut unbound: Vec<&'a str> = self
            .unbound()
            .filter(|mount| !self.is_elsewhere(&mount.name.value))
            .map(|mount| &*mount.name.value)
            .collect();
        let mut suggestions = Suggestions::default();
        let meant = |volume: &Volume<'_>| {
            let name = &*volume.name.value;
            if self.mount_names.contains(name) || self.other_mount_names.contains(name) {
                return None;
            }
            let nearest = suggestions.nearest(name, unbound.iter().copied())?;
            unbound.retain(|other| *other != nearest);
            Some(nearest)
        };
        self.volumes.iter().map(meant).collect()
    }

    /// The template's channels that the task does not bind.
    pub(crate) fn unbound(&self) -> impl Iterator<Item = &'a Mount<'d>> {
        self.mounts.iter().filter(|mount| !self.volume_names.contains(&mount.name.value))
    }

    /// Whether the task binds a channel of this side on the other one.
    pub(crate) fn is_elsewhere(&self, channel: &str) -> bool {
        self.other_volume_names.contains(channel) && !self.other_mount_names.contains(channel)
    }
}

/// Adds a volume to `inputs` or `outputs`; `None` where that is no list, so that nothing fits in.
pub(crate) fn insert_volume(task: &Task<'_>, side: &str, volume: &str) -> Option<TextEdit> {
    match task.node.get(side) {
        Some(list) if list.kind() == NodeKind::Array => Some(rewrite::insert_element(list, volume)),
        None if task.node.kind() == NodeKind::Object => {
            Some(rewrite::insert_member(task.node, side, &format!("[{volume}]")))
        }
        _ => None,
    }
}

/// "template `segment`", or "the template" if it has no name.
pub(crate) fn template_in_words(template: &Template<'_>) -> String {
    match &template.identifier {
        Some(identifier) => format!("template `{}`", identifier.value),
        None => "the template".to_owned(),
    }
}
