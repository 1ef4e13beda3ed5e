//! `reserved-mounted-path`: a mounted path that the container needs for itself.

use super::{Example, Group, MountedPath, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::Findings;

pub(crate) static RULE: Rule = Rule {
    name: "reserved-mounted-path",
    group: Group::Container,
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a mounted path that the container needs for itself",
    explanation: "A mount hides what the image has at its path. At `/`, `/proc`, `/sys` and `/dev` no container can \
        start or work; over `/usr`, `/bin`, `/lib` or `/etc` it hides the programs that the template wants \
        to run, and over the processing-container.json the contract itself.",
    bad: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/dev", "description": "CT."}],
    "outputs": [],
    "env": []"#
    )),
    good: Example::container(container_with!(
        r#"    "inputs": [{"name": "images", "mounted_path": "/data/images", "description": "CT."}],
    "outputs": [],
    "env": []"#
    )),
};

const FORBIDDEN: [&str; 4] = ["/", "/proc", "/sys", "/dev"];
const HIDING: [&str; 6] = ["/processing-container.json", "/etc", "/usr", "/bin", "/lib", "/sbin"];

pub(crate) fn check(paths: &[MountedPath<'_, '_>], findings: &mut Findings<'_>) {
    for MountedPath { path, normal, .. } in paths {
        let below = |reserved: &&str| {
            normal.strip_prefix(reserved).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        const ADVICE: &str = "choose a path of its own, such as /data/…";
        let diagnostic = |message| Diagnostic::new(&RULE, path.node, path.span(), message).label(ADVICE);
        if FORBIDDEN[1..].iter().any(below) || normal == FORBIDDEN[0] {
            findings.report(&RULE, || {
                diagnostic(format!("nothing can be mounted at {normal}"))
                    .note("the container needs what is there to work at all")
            });
        } else if HIDING.contains(&normal.as_str()) {
            findings.report_as(&RULE, Severity::Warning, || {
                diagnostic(format!("the mount at {normal} hides what the image has there"))
                    .note("programs, libraries and settings of the image are not seen any more")
            });
        }
    }
}
