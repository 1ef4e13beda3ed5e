//! The groups of an expression: which are open, and which of them something refers to.

use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Groups {
    /// What is not closed yet.
    open: Vec<Open>,
    /// Of all groups that can be referred to, in their order: whether their end is known.
    are_closed: Vec<bool>,
    /// Of those with a name. An expression may be made of names alone, so none is compared with all others.
    numbers: HashMap<String, usize>,
    /// The last group that a condition asks for, which may follow it.
    conditions: usize,
}

struct Open {
    /// The number of the group, if it can be referred to.
    number: Option<usize>,
    /// How it was before.
    is_verbose: bool,
    /// How many more alternatives it may have.
    alternatives: usize,
}

/// What a group is opened as.
pub(super) enum Opening {
    /// With its number.
    Numbered(usize),
    Conditional,
    Other,
}

impl Groups {
    /// The number of a group that begins.
    pub(super) fn next_number(&mut self) -> usize {
        self.are_closed.push(false);
        self.are_closed.len()
    }

    /// The same, of one with a name.
    pub(super) fn next_named(&mut self, name: String) -> Result<usize, String> {
        if self.numbers.contains_key(&name) {
            return Err(format!("two groups have the name `{name}`"));
        }
        let number = self.next_number();
        self.numbers.insert(name, number);
        Ok(number)
    }

    pub(super) fn open(&mut self, opening: Opening, is_verbose: bool) {
        let (number, alternatives) = match opening {
            Opening::Numbered(number) => (Some(number), usize::MAX),
            Opening::Conditional => (None, 1),
            Opening::Other => (None, usize::MAX),
        };
        self.open.push(Open { number, is_verbose, alternatives });
    }

    /// Behind a `|`.
    pub(super) fn alternative(&mut self) -> Result<(), String> {
        if let Some(group) = self.open.last_mut() {
            let left = group.alternatives.checked_sub(1);
            group.alternatives = left.ok_or("a condition has more than two alternatives")?;
        }
        Ok(())
    }

    /// Behind a `)`; whether space means nothing, as it was before the group.
    pub(super) fn close(&mut self) -> Result<bool, String> {
        let group = self.open.pop().ok_or("a `)` closes nothing")?;
        if let Some(is_closed) = group.number.and_then(|number| self.are_closed.get_mut(number - 1)) {
            *is_closed = true;
        }
        Ok(group.is_verbose)
    }

    /// A reference is to a group that ends before it.
    pub(super) fn refer_to(&self, number: Option<usize>) -> Result<(), String> {
        match number.and_then(|number| self.are_closed.get(number.checked_sub(1)?)) {
            None => Err("it refers to a group that is not there".to_owned()),
            Some(false) => Err("it refers to a group from within".to_owned()),
            Some(true) => Ok(()),
        }
    }

    pub(super) fn refer_to_named(&self, name: &str) -> Result<(), String> {
        self.refer_to(self.numbers.get(name).copied())
    }

    /// A condition is on the number of a group, or on the name of one that is known.
    pub(super) fn ask_for(&mut self, asked: &str) -> Result<(), String> {
        let known = self.numbers.get(asked).copied();
        let number = known.or_else(|| asked.parse().ok().filter(|number| *number > 0));
        let number = number.ok_or_else(|| format!("a condition asks for the group `{asked}`, which is not there"))?;
        self.conditions = self.conditions.max(number);
        Ok(())
    }

    /// At the end of the expression.
    pub(super) fn end(&self) -> Result<(), String> {
        match self.open.is_empty() {
            true if self.conditions > self.are_closed.len() => {
                Err("a condition asks for a group that is not there".to_owned())
            }
            true => Ok(()),
            false => Err("a `(` is not closed".to_owned()),
        }
    }
}
