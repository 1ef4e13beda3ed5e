//! How much findings of each rule weigh.

use crate::diagnostic::Severity;

/// Severity by rule name; `None` switches a rule off.
///
/// There are a few of them, and each is of another rule, so this is a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels(Vec<(String, Option<Severity>)>);

impl Levels {
    pub fn new() -> Levels {
        Levels::default()
    }

    pub fn get(&self, rule: &str) -> Option<&Option<Severity>> {
        Some(&self.0[self.place(rule).ok()?].1)
    }

    /// In place of what was said of the rule before.
    pub fn insert(&mut self, rule: String, level: Option<Severity>) {
        match self.place(&rule) {
            Ok(at) => self.0[at].1 = level,
            Err(at) => self.0.insert(at, (rule, level)),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<Severity>)> {
        self.0.iter().map(|(rule, level)| (rule.as_str(), *level))
    }

    fn place(&self, rule: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(rule))
    }
}

impl IntoIterator for Levels {
    type Item = (String, Option<Severity>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Extend<(String, Option<Severity>)> for Levels {
    fn extend<T: IntoIterator<Item = (String, Option<Severity>)>>(&mut self, levels: T) {
        for (rule, level) in levels {
            self.insert(rule, level);
        }
    }
}

impl FromIterator<(String, Option<Severity>)> for Levels {
    fn from_iter<T: IntoIterator<Item = (String, Option<Severity>)>>(levels: T) -> Levels {
        let mut all = Levels::new();
        all.extend(levels);
        all
    }
}
