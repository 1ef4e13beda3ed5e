//! Which files a scale rule counts, held against what Python selects.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{CONTAINER, Project};

/// Files of a channel. Each has a size of its own power of two, so that a sum tells which were counted.
const FILES: [&[u8]; 27] = [
    b"loose.dcm",
    b"a/ct/1.dcm",
    b"a/ct/2.DCM",
    b"a/ct/deep/er/3.dcm",
    b"a/seg.nii.gz",
    b"a/seg.nii",
    b"a/.hidden",
    b".dot/file",
    b"b/ct/1.dcm",
    b"b/mr/1.dcm",
    b"b/mr/ct/1.dcm",
    b"ct/ct/ct",
    b"c/[x]",
    b"c/[!]",
    b"c/]",
    b"c/-",
    b"c/^",
    b"c/a&&b",
    b"c/new\nline",
    b"c/ spaces in it ",
    b"c/\xc3\xa4.txt",
    b"c/a\xcc\x88.txt",
    b"c/\xff\xfe.txt",
    b"c/\xf0\x9f\x98\x80",
    b"c/1234-1234",
    b"c/1234-4321",
    b"c/{2}",
];

/// Counts what `pathlib` and `re` select. Links to directories are not followed, which `rglob` does
/// for the part of a pattern that names one.
const PYTHON: &str = r#"
import json, os, pathlib, re, sys
root = pathlib.Path(sys.argv[1])
def selected(base, rule):
    for path in base.rglob(rule["glob"]):
        relative = path.relative_to(base)
        linked = any((base / above).is_symlink() for above in list(relative.parents)[:-1])
        if path.is_file() and not linked and re.fullmatch(rule["regex"], relative.as_posix()):
            yield path.stat().st_size
def size(rule):
    if rule["mode"] == "max_item_sum":
        items = [item for item in root.iterdir() if item.is_dir() and not item.is_symlink()]
        return max([sum(selected(item / rule["dir"], rule)) for item in items], default=0)
    sizes = list(selected(root / rule["dir"], rule))
    return sum(sizes) if rule["mode"] == "sum" else max(sizes, default=0)
print(json.dumps([size(rule) for rule in json.load(sys.stdin)]))
"#;

const GLOBS: [&str; 34] = [
    "*",
    "*.dcm",
    "*.DCM",
    "*.nii*",
    "?.dcm",
    "ct/*",
    "ct/**/*",
    "**/*.dcm",
    "**/ct/*.dcm",
    "a/**/*.dcm",
    "*/ct/*",
    "ct",
    "ct/",
    "*/",
    ".",
    "./*",
    "a//ct/*",
    "[12].dcm",
    "[!1].dcm",
    "[0-9].dcm",
    "[]]",
    "[!]]",
    "[[]x]",
    "[-^]",
    "[^]",
    "[z-a]",
    "[",
    "[!]",
    "?",
    "??",
    "*\u{e4}*",
    "???.txt",
    "[0-9][0-9]*-*",
    ".*",
];

const REGEXES: [&str; 59] = [
    ".*",
    "",
    "a",
    "a/.*",
    r".*\.dcm",
    r"(?i).*\.dcm",
    r"(?!.*seg).*",
    r"(?=a).*gz",
    r".*(?<=\.nii)",
    r".*(?<!\.dcm)",
    r"c/(\d+)-\1",
    r"c/(?P<n>\d+)-(?P=n)",
    r"c/(?P<n>\d+)-(?!(?P=n)).*",
    r".*\.dcm\Z",
    r"\A.*\Z",
    r"a|a/ct/1.dcm|ct/ct/ct",
    r"(ct/?)+",
    r"c/\w\.txt",
    r"c/\w+",
    r"c/\w+\.txt",
    r"c/\W",
    r"c/[\W]",
    r"(?a)c/\w.txt",
    r"(?a)c/\W.txt",
    r"c/\s.*\s",
    r"c/.",
    r"c/..txt",
    r"c/...txt",
    r"(?s)c/.*",
    r"c/new\nline",
    r"c/[^/]*\s[^/]*",
    r"c/[[]x]",
    r"c/[]]",
    r"c/[^]]",
    r"c/[a&&b]+",
    r"c/[-^]",
    r"c/[\]-]",
    r"c/\[x\]",
    r"c/{2}",
    r"c/\{2\}",
    r"c/\d{4}-\d{,4}",
    r"c/\d{2,}?-\d{4}",
    r"[a-c]/ct/\d\.dcm",
    r".*/\d+\.(?:dcm|DCM)",
    r"(?:a|b)/(?#which)(?:ct|mr)/.*",
    r"(?x) a / .* ",
    r"(a/)?(?(1).*nii|.*dcm)",
    r"(?>a/.*)gz",
    r"a++/.*",
    r"c/\u00e4\.txt",
    r"c/\xe4\.txt",
    r"c/\U0001F600",
    r"c/\344\.txt",
    r"\bloose\b.*",
    r".*\Bt/.*",
    r"(?i:A)/CT/.*",
    r"[^\W\d_]+/ct/.*",
    r"[\w-]+/ct/.*",
    r"\.dot\/file",
];

fn tree() -> Project {
    let project = Project::with_task().directory("images/empty");
    for (index, path) in FILES.iter().enumerate() {
        let path = project.path("images").join(OsStr::from_bytes(path));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::File::create(path).unwrap().set_len(1 << index).unwrap();
    }
    let link = |target: &str, name: &str| symlink(target, project.path("images").join(name)).unwrap();
    fs::File::create(project.path("target.dcm")).unwrap().set_len(1 << FILES.len()).unwrap();
    link("../target.dcm", "linked.dcm");
    link("ct", "linked-directory");
    link("../ct", "b/ct-link");
    link("nowhere.dcm", "dangling.dcm");
    project
}

fn rule(glob: &str, regex: &str, dir: &str, mode: &str) -> Value {
    json!({ "glob": glob, "regex": regex, "dir": dir, "mode": mode })
}

/// What the program counts.
fn ours(project: Project, rule: &Value) -> (Project, Result<u64, String>) {
    let scale = json!({ "scale_factor": 1, "type": "limit", "mode": rule["mode"], "target_dir": rule["dir"],
        "target_glob": rule["glob"], "target_regex": rule["regex"] });
    let mount = format!(r#""mounted_path": "/data/images", "scale_rule": {scale}"#);
    let container = CONTAINER
        .replacen('{', r#"{ "api_version": 1,"#, 1)
        .replace(r#", "type": "string""#, "")
        .replace(r#", "type": "int""#, "")
        .replace(r#", "adjustable": true"#, "")
        .replace(r#""mounted_path": "/data/images""#, &mount);
    let project = project.file("processing-container.json", container);
    let ran = project.run(["run", "--dry-run", "--container", "processing-container.json", "task.json"]);
    let size = match ran.code {
        0 => Ok(ran.json()["estimates"][0]["size"].as_u64().unwrap()),
        _ => Err(ran.err().to_owned()),
    };
    (project, size)
}

#[test]
fn rules_count_what_python_selects() {
    let mut rules: Vec<Value> = GLOBS.iter().map(|glob| rule(glob, ".*", "", "sum")).collect();
    rules.extend(REGEXES.iter().map(|regex| rule("*", regex, "", "sum")));
    for mode in ["sum", "max_file_size", "max_item_sum"] {
        for dir in ["", "a", "ct", "a/ct", "./a/../a/ct", "linked", "nowhere"] {
            rules.push(rule("*.dcm", r"(?!3).*", dir, mode));
            rules.push(rule("ct/*", ".*", dir, mode));
        }
    }
    let mut project = tree();
    let mut python = Command::new("python3");
    python.args(["-c", PYTHON]).arg(project.path("images")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().expect("apt-get install python3");
    python.stdin.take().unwrap().write_all(json!(rules).to_string().as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    let expected: Vec<u64> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(expected.iter().filter(|size| **size > 0).count() > rules.len() / 2, "{expected:?}");
    let mut differences = Vec::new();
    for (rule, expected) in rules.iter().zip(expected) {
        let size;
        (project, size) = ours(project, rule);
        if size != Ok(expected) {
            differences.push(format!("{rule}: python {expected:#b}, ours {size:#?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn an_expression_that_is_none_is_named() {
    for (regex, words) in [(r"\p{L}", r"Python knows no `\p`"), ("a**", "one quantifier follows another")] {
        let (_, size) = ours(tree(), &rule("*", regex, "", "sum"));
        let problem = size.unwrap_err();
        assert!(problem.contains("invalid-target-regex") && problem.contains(words), "{problem}");
    }
    // What only the larger engine finds.
    let (_, size) = ours(tree(), &rule("*", "(?:.{1000}){1000}", "", "sum"));
    let problem = size.unwrap_err();
    assert!(problem.contains("scale rule of input `images`: `(?:.{1000}){1000}` is no"), "{problem}");
}
