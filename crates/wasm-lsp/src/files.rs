//! The files that JavaScript has handed over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use task_api_core::Kind;
use task_api_core::config::FILE_NAME as SETTINGS_NAME;
use task_api_lsp::Disk;

#[derive(Debug, Default)]
pub(crate) struct Store {
    /// There is somebody to ask.
    pub(crate) are_there: bool,
    /// Number and folders of the search that nobody has taken up yet.
    pub(crate) wanted: Option<(u64, Vec<String>)>,
    /// By name.
    pub(crate) texts: HashMap<String, String>,
}

pub(crate) struct HandedOver {
    store: Arc<Mutex<Store>>,
}

impl HandedOver {
    pub(crate) fn new(store: Arc<Mutex<Store>>) -> HandedOver {
        HandedOver { store }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk for HandedOver {
    fn read(&self, key: &str) -> Option<String> {
        self.store().texts.get(key).cloned()
    }

    fn search(&self, number: u64, folders: Vec<String>) -> bool {
        let mut store = self.store();
        if store.are_there {
            store.wanted = Some((number, folders));
        }
        store.are_there
    }

    fn would_find(&self, folder: &str, key: &str) -> bool {
        key.starts_with(folder) && is_ours(key)
    }

    fn stop_search(&self) {
        self.store().wanted = None;
    }
}

/// Whether a search is for files of this name.
pub(crate) fn is_ours(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or_default();
    name == SETTINGS_NAME || name == "Dockerfile" || name == "Containerfile" || Kind::of_file_name(key).is_some()
}
