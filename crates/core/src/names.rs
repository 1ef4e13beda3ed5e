//! Looking up names in lists that are usually short and may be long.

use std::collections::HashMap;

/// Up to here, looking at each name is quicker than hashing.
const FEW: usize = 12;

/// A list of names; of equal ones the first is found.
pub(crate) struct Names<'a> {
    names: Vec<&'a str>,
    /// Empty where there are few.
    positions: HashMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(names: impl Iterator<Item = &'a str>) -> Names<'a> {
        let names: Vec<&str> = names.collect();
        let mut positions = HashMap::new();
        if names.len() > FEW {
            positions.reserve(names.len());
            for (position, name) in names.iter().enumerate() {
                positions.entry(*name).or_insert(position);
            }
        }
        Names { names, positions }
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        if self.positions.is_empty() {
            return self.names.iter().position(|known| *known == name);
        }
        self.positions.get(name).copied()
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.position(name).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_names_the_first_is_found() {
        for number in [3, 30] {
            let texts: Vec<String> = (0..number).map(|index| format!("n{}", index % (number - 1))).collect();
            let names = Names::new(texts.iter().map(String::as_str));
            assert_eq!(names.position("n0"), Some(0));
            assert_eq!(names.position("n1"), Some(1));
            assert!(!names.contains("n"));
        }
        assert!(!Names::new(std::iter::empty()).contains(""));
    }
}
