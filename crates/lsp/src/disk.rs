//! The files around what a client shows: behind a trait, for a worker in a page has none.

/// Where the server finds files that no client has opened.
pub trait Disk: Send {
    /// The text of a file; `None` where there is none that could be read as text. Files of this machine are known by
    /// `file://` and their decoded path, documents of other kinds by their URI as the client writes it.
    fn read(&self, key: &str) -> Option<String>;

    /// Begins to search these folders. What is found is given to [`Session::found`](crate::Session::found) under
    /// this number, and the last of it says so; a search with a smaller number may stop. Whether there is anything
    /// to search.
    fn search(&self, number: u64, folders: Vec<String>) -> bool;

    /// Whether a search of the folder would come upon this file.
    fn would_find(&self, folder: &str, key: &str) -> bool;

    /// A search is no longer wanted.
    fn stop_search(&self);
}

/// What a search has come to so far.
#[derive(Debug, Default)]
pub struct Found {
    /// The number of the search.
    pub number: u64,
    /// Names and texts of files.
    pub files: Vec<(String, String)>,
    pub is_end: bool,
    /// At the end: there were more files than a server can keep.
    pub is_cut: bool,
}

/// No files but those that the client opens.
#[derive(Debug)]
pub struct NoDisk;

impl Disk for NoDisk {
    fn read(&self, _key: &str) -> Option<String> {
        None
    }

    fn search(&self, _number: u64, _folders: Vec<String>) -> bool {
        false
    }

    fn would_find(&self, _folder: &str, _key: &str) -> bool {
        false
    }

    fn stop_search(&self) {}
}
