//! Which process made something on the engine, so that another one can tell whether that process
//! is still there to remove it.

use std::fs;

use rustix::{
    io::Errno,
    process::{Pid, test_kill_process},
};

/// A process of this machine, told from every other one, also from a later one with the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// Made anew at each start of the machine.
    boot: String,
    /// Ids of processes mean something only within this.
    namespace: String,
    id: i32,
    /// In ticks since the machine started.
    begun: u64,
}

const SEPARATOR: char = ' ';

impl Owner {
    /// `None` where there is no /proc.
    pub(crate) fn this_process() -> Option<Owner> {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned();
        let namespace = fs::read_link("/proc/self/ns/pid").ok()?.to_str()?.to_owned();
        let id = i32::try_from(std::process::id()).ok()?;
        Some(Owner { boot, namespace, id, begun: begun(id)? })
    }

    /// For a label.
    pub(crate) fn to_text(&self) -> String {
        let Owner { boot, namespace, id, begun } = self;
        format!("{id} {begun} {namespace} {boot}")
    }

    pub(crate) fn parse(text: &str) -> Option<Owner> {
        let mut parts = text.split(SEPARATOR);
        let (id, begun) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let (namespace, boot) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        parts.next().is_none().then_some(Owner { boot, namespace, id, begun })
    }

    /// Whether the process has certainly ended. Of another machine's processes, nobody here knows.
    pub(crate) fn is_gone(&self) -> bool {
        let Some(us) = Owner::this_process() else { return false };
        if (&us.boot, &us.namespace) != (&self.boot, &self.namespace) {
            return false;
        }
        let Some(pid) = Pid::from_raw(self.id) else { return false };
        // Where other users' processes are hidden in /proc, they still can be signalled or refuse it.
        if test_kill_process(pid) == Err(Errno::SRCH) {
            return true;
        }
        begun(self.id).is_some_and(|begun| begun != self.begun) || has_ended(self.id)
    }
}

/// Fields of /proc/PID/stat behind the name, which may hold spaces and brackets.
fn stat(id: i32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(") ")?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

fn begun(id: i32) -> Option<u64> {
    const BEGUN: usize = 19;
    stat(id)?.get(BEGUN)?.parse().ok()
}

/// It is listed only until its parent takes notice.
fn has_ended(id: i32) -> bool {
    stat(id).is_some_and(|fields| matches!(fields.first().map(String::as_str), Some("Z" | "X")))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    fn owner_of(id: u32) -> Owner {
        let id = i32::try_from(id).expect("an id");
        Owner { id, begun: begun(id).expect("its start"), ..Owner::this_process().expect("/proc") }
    }

    #[test]
    fn a_process_is_gone_once_it_has_ended() {
        let us = Owner::this_process().expect("/proc");
        assert!(!us.is_gone());
        assert_eq!(Owner::parse(&us.to_text()), Some(us.clone()));
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().expect("cat");
        let owner = owner_of(child.id());
        assert!(!owner.is_gone());
        let later = Owner { begun: owner.begun + 1, ..owner.clone() };
        assert!(later.is_gone(), "the id was given anew");
        for elsewhere in [
            Owner { boot: "another".to_owned(), ..later.clone() },
            Owner { namespace: "pid:[1]".to_owned(), ..later.clone() },
        ] {
            assert!(!elsewhere.is_gone(), "nobody knows: {elsewhere:?}");
        }
        child.kill().expect("killed");
        while !has_ended(owner.id) {
            std::thread::yield_now();
        }
        assert!(owner.is_gone(), "not waited for yet");
        child.wait().expect("its end");
        assert!(owner.is_gone());
    }

    #[test]
    fn odd_labels_name_nobody() {
        for text in ["", "2026-11-22T13:11:53Z", "1 2 3", "a 2 3 4", "1 2 3 4 5"] {
            assert_eq!(Owner::parse(text), None, "{text}");
        }
    }
}
