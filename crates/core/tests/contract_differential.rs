//! The verdict of `check` against that of the `jsonschema` crate, over mutated files.
//!
//! Every valid file of `tests/fixtures` is changed at every place in every way that the contract
//! could care about, one at a time and two at a time. The verdicts must be equal but for the
//! deviations listed below. The same documents show that spans fit and that fixes keep their word.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests read fixtures and print figures")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: a panic is the failure")]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::{Value, json};
use task_api_core::diagnostic::{Applicability, Diagnostic, Severity};
use task_api_core::rules::Group;
use task_api_core::schema::schema_text;
use task_api_core::{ApiVersion, CheckOptions, Checked, Kind, check};
use task_api_json::{Kind as NodeKind, TextEdit, apply_edits, parse, rewrite};

mod invariants;

/// The string may be rendered to an allowed value, so only a value that can never fit is an error.
const EXPRESSION_IN_RESTRICTED_STRING: &str = "template expression where an enum or a pattern restricts";
/// Nothing can be said about such a file before it is rendered, so nothing is said but that.
const JSON_AFTER_RENDERING: &str = "JSON only after rendering";
/// A byte order mark is accepted with a note, because the reference's reader skips it.
const BYTE_ORDER_MARK: &str = "byte order mark";
/// We judge the digits as written; the other side reads a double first, which rounds or overflows.
const BEYOND_DOUBLE: &str = "number that a double cannot hold";

const KINDS: [Kind; 3] = [Kind::ProcessingContainer, Kind::Task, Kind::Workflow];
const VERSIONS: [ApiVersion; 2] = [ApiVersion::V0, ApiVersion::V1];

/// A valid file.
struct Seed {
    kind: Kind,
    version: ApiVersion,
    value: Value,
}

/// The other side: one compiled validator for each schema.
struct Oracle {
    validators: Vec<Validator>,
}

impl Oracle {
    fn new() -> Oracle {
        let compile = |(kind, version)| {
            let schema: Value = serde_json::from_str(schema_text(kind, version)).unwrap();
            jsonschema::draft202012::new(&schema).unwrap()
        };
        let all = KINDS.into_iter().flat_map(|kind| VERSIONS.map(|version| (kind, version)));
        Oracle { validators: all.map(compile).collect() }
    }

    fn accepts(&self, kind: Kind, version: ApiVersion, value: &Value) -> bool {
        let of_kind = KINDS.iter().position(|known| *known == kind).unwrap();
        let index = of_kind * 2 + usize::from(version == ApiVersion::V1);
        self.validators[index].is_valid(value)
    }

    /// Whether some rendering of the expressions in restricted strings is accepted.
    fn accepts_rendered(&self, kind: Kind, version: ApiVersion, value: &Value) -> bool {
        const RENDERED: &[&str] = &["limit", "sum", "max_item_sum", "n", "string", "docker"];
        let mut open = Vec::new();
        for_each_place(value, &mut |pointer, value| {
            let restricted = ["/type", "/mode", "/complexity"].iter().any(|end| pointer.ends_with(end));
            if restricted && value.as_str().is_some_and(has_expression) {
                open.push(pointer.to_owned());
            }
        });
        let Some(first) = open.first() else { return false };
        RENDERED.iter().any(|rendered| {
            let mut value = value.clone();
            *value.pointer_mut(first).unwrap() = json!(rendered);
            self.accepts(kind, version, &value) || self.accepts_rendered(kind, version, &value)
        })
    }
}

fn has_expression(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|opening| text.contains(opening))
}

fn seeds() -> Vec<Seed> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let directories = [
        ("guide", ApiVersion::V0),
        ("minimal/v0", ApiVersion::V0),
        ("minimal/v1", ApiVersion::V1),
        ("valid/v0", ApiVersion::V0),
        ("valid/v1", ApiVersion::V1),
        ("workflows", ApiVersion::V1),
    ];
    let mut seeds = Vec::new();
    for (directory, version) in directories {
        for (name, text) in files_in(&fixtures.join(directory)) {
            let kind = match name.as_str() {
                name if name.contains("container") => Kind::ProcessingContainer,
                name if name.contains("workflow") => Kind::Workflow,
                _ => Kind::Task,
            };
            seeds.push(Seed { kind, version, value: serde_json::from_str(&text).unwrap() });
        }
    }
    assert_eq!(seeds.len(), 16);
    seeds
}

fn broken_files() -> Vec<(String, String)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut files = files_in(&fixtures.join("broken"));
    files.extend(files_in(&fixtures.join("templated")));
    assert!(files.len() > 40);
    files
}

fn files_in(directory: &Path) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Calls `visit` with the JSON Pointer of each place, the root first.
fn for_each_place(value: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    fn walk(pointer: &mut String, value: &Value, visit: &mut dyn FnMut(&str, &Value)) {
        visit(pointer, value);
        let length = pointer.len();
        let mut child = |step: &str, value: &Value| {
            task_api_json::push_segment(pointer, step);
            walk(pointer, value, visit);
            pointer.truncate(length);
        };
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| child(name, value)),
            Value::Array(elements) => {
                elements.iter().enumerate().for_each(|(index, value)| child(&index.to_string(), value));
            }
            _ => {}
        }
    }
    walk(&mut String::new(), value, visit);
}

/// One change of a document.
#[derive(Debug, Clone)]
enum Mutation {
    Remove(String),
    Replace(String, Value),
    /// Adds a field to an object, or an element to an array (whose name counts for nothing).
    Add(String, &'static str, Value),
    /// Gives a field another name.
    Rename(String, &'static str),
}

impl Mutation {
    fn apply(&self, value: &mut Value) {
        match self {
            Mutation::Remove(pointer) => {
                let (parent, last) = pointer.rsplit_once('/').unwrap();
                match value.pointer_mut(parent) {
                    Some(Value::Object(members)) => drop(members.remove(&unescaped(last))),
                    Some(Value::Array(elements)) => {
                        if let Some(index) = last.parse().ok().filter(|&index: &usize| index < elements.len()) {
                            elements.remove(index);
                        }
                    }
                    _ => {}
                }
            }
            Mutation::Replace(pointer, new) => {
                if let Some(place) = value.pointer_mut(pointer) {
                    *place = new.clone();
                }
            }
            Mutation::Add(pointer, name, new) => match value.pointer_mut(pointer) {
                Some(Value::Object(members)) => drop(members.insert((*name).to_owned(), new.clone())),
                Some(Value::Array(elements)) => elements.push(new.clone()),
                _ => {}
            },
            Mutation::Rename(pointer, name) => {
                let (parent, last) = pointer.rsplit_once('/').unwrap();
                if let Some(Value::Object(members)) = value.pointer_mut(parent)
                    && let Some(member) = members.remove(&unescaped(last))
                {
                    members.insert((*name).to_owned(), member);
                }
            }
        }
    }
}

fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// What any value may be replaced by.
fn replacements() -> Vec<Value> {
    vec![
        json!("5"),
        json!(""),
        json!("{{ custom.x }}"),
        json!("{% if env.A %}1{% endif %}"),
        json!(5),
        json!(0),
        json!(-3),
        json!(1.0),
        json!(1.5),
        json!(1e20),
        json!(u64::MAX),
        json!(true),
        json!(false),
        json!(null),
        json!([]),
        json!({}),
        json!([1, null]),
        json!(["a"]),
        json!([{}]),
        json!({"a": 1}),
        json!({"name": "x"}),
        json!({"type": "docker"}),
    ]
}

/// What stands in the restricted fields, rightly or wrongly.
const RESTRICTED: &[&str] = &[
    "limit",
    "request",
    "limits",
    "Limit",
    "sum",
    "max_file_size",
    "max_item_sum",
    "max-item-sum",
    "boolean",
    "string",
    "int",
    "integer",
    "docker",
    "k8s",
    "K8s",
    "podman",
    "sum ",
    "{{ env.X }}",
    "{sum}",
];

const COMPLEXITIES: &[&str] = &[
    "n",
    "2n",
    "2*n",
    "1.5*n**2",
    ".5n",
    "+3*n",
    "-n",
    "*n",
    "n**0",
    "n**10",
    "",
    "2",
    "n^2",
    "2 * n",
    "n*2",
    "n**1.5",
    "1.n",
    "N",
    "log(n)",
    " n",
    "n ",
    "n\n",
    "\nn",
    "n**",
    "n**-1",
    "1e3*n",
    "--n",
    "2**n",
    "٣n",
    "n**٣",
    "{{ k }}*n",
    "{% k %}",
    "{n}",
];

const NAMES: &[&str] = &[
    "api_version",
    "input",
    "volume_source",
    "complexity",
    "scale_factor",
    "adjustable",
    "type",
    "naem",
    "Name",
    "host_path",
    "labels",
    "inputs",
    "extra",
    "mounted_pth",
    "$schema",
    "",
];

fn single_mutations(value: &Value) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    let replacements = replacements();
    for_each_place(value, &mut |pointer, here| {
        let name = pointer.rsplit('/').next().unwrap_or_default();
        if !pointer.is_empty() {
            mutations.push(Mutation::Remove(pointer.to_owned()));
        }
        for new in &replacements {
            mutations.push(Mutation::Replace(pointer.to_owned(), new.clone()));
        }
        let spellings: &[&str] = match name {
            "type" | "mode" => RESTRICTED,
            "complexity" => COMPLEXITIES,
            _ => &[],
        };
        for spelling in spellings {
            mutations.push(Mutation::Replace(pointer.to_owned(), json!(spelling)));
        }
        if name == "api_version" {
            for version in [json!(1), json!(2), json!(1.0), json!(1.5), json!("1"), json!(-1), json!(10e-1)] {
                mutations.push(Mutation::Replace(pointer.to_owned(), version));
            }
        }
        // The whole, the part and a neighbour in one another's places.
        mutations.push(Mutation::Replace(pointer.to_owned(), value.clone()));
        mutations.push(Mutation::Replace(pointer.to_owned(), json!([here])));
        if let Some(inner) = here.as_object().and_then(|members| members.values().next()) {
            mutations.push(Mutation::Replace(pointer.to_owned(), inner.clone()));
        }
        if here.is_object() {
            for name in NAMES {
                for new in [json!("x"), json!(1), json!(null), json!({"host_path": "./x"})] {
                    mutations.push(Mutation::Add(pointer.to_owned(), name, new));
                }
            }
        }
        if here.is_array() {
            for new in [json!("x"), json!(1), json!(null), json!({}), json!([])] {
                mutations.push(Mutation::Add(pointer.to_owned(), "", new));
            }
        }
        if pointer.rsplit_once('/').and_then(|(parent, _)| value.pointer(parent)).is_some_and(Value::is_object) {
            for name in NAMES {
                mutations.push(Mutation::Rename(pointer.to_owned(), name));
            }
        }
    });
    mutations
}

/// The version that the file's fields tell, once more and without the schemas.
fn expected_version(kind: Kind, value: &Value) -> ApiVersion {
    let (mut old, mut new) = (false, false);
    let elements = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut rule = |holder: &Value| {
        if let Some(rule) = holder.get("scale_rule").filter(|rule| rule.is_object()) {
            old |= rule.get("complexity").is_some();
            new |= rule.get("scale_factor").is_some() || rule.get("mode").is_some_and(|mode| mode == "max_item_sum");
        }
    };
    let mut templates = Vec::new();
    if kind == Kind::Task {
        templates.extend(value.get("taskTemplate").cloned());
        for side in ["inputs", "outputs"] {
            elements(value, side).iter().for_each(&mut rule);
        }
    } else {
        templates = elements(value, "templates");
    }
    for template in &templates {
        for side in ["inputs", "outputs"] {
            elements(template, side).iter().for_each(&mut rule);
        }
    }
    for env in templates.iter().flat_map(|template| elements(template, "env")) {
        old |= env.get("type").is_some() || env.get("adjustable").is_some();
    }
    if kind == Kind::Task {
        for volume in ["inputs", "outputs"].iter().flat_map(|side| elements(value, side)) {
            old |= volume.get("input").is_some();
            new |= volume.get("volume_source").is_some();
        }
    }
    let is_new = value.get("api_version").is_some() || (new && !old);
    if is_new { ApiVersion::V1 } else { ApiVersion::V0 }
}

#[derive(Default)]
struct Tally {
    documents: HashSet<String>,
    valid: usize,
    invalid: usize,
    deviations: BTreeMap<&'static str, usize>,
    failures: Vec<String>,
}

impl Tally {
    /// Compares the verdicts on one text: as every kind and version, and as detected.
    fn compare(&mut self, oracle: &Oracle, kind: Kind, text: &str) {
        if !self.documents.insert(text.to_owned()) {
            return;
        }
        let theirs = serde_json::from_str::<Value>(text).ok();
        for version in [None, Some(ApiVersion::V0), Some(ApiVersion::V1)] {
            let options = CheckOptions { kind: Some(kind), version, schema_only: true, ..CheckOptions::default() };
            let checked = check(text, &options);
            let ours = checked.is_valid();
            let found = checked.version.unwrap_or(ApiVersion::V0);
            let theirs_valid = theirs.as_ref().is_some_and(|value| oracle.accepts(kind, found, value));
            if let (None, Some(value)) = (version, &theirs)
                && kind != Kind::Workflow
                && found != expected_version(kind, value)
            {
                self.fail("detected as", &format!("{found:?}"), text, &checked);
            }
            if ours == theirs_valid {
                if ours {
                    self.valid += 1;
                } else {
                    self.invalid += 1;
                }
                continue;
            }
            match deviation(oracle, kind, found, text, theirs.as_ref(), &checked) {
                Some(class) => *self.deviations.entry(class).or_default() += 1,
                None => self.fail("we say", if ours { "valid" } else { "invalid" }, text, &checked),
            }
        }
    }

    fn fail(&mut self, what: &str, verdict: &str, text: &str, checked: &Checked) {
        if self.failures.len() < 20 {
            let found: Vec<&str> = checked.diagnostics.iter().map(|found| found.message.as_str()).collect();
            self.failures.push(format!("{what} {verdict}, {:?}: {found:?}\n{text}", checked.kind));
        }
    }
}

/// Why we mean to differ here, if we do.
fn deviation(
    oracle: &Oracle,
    kind: Kind,
    version: ApiVersion,
    text: &str,
    theirs: Option<&Value>,
    checked: &Checked,
) -> Option<&'static str> {
    let rules: BTreeSet<&str> = checked.diagnostics.iter().map(|found| found.rule.name).collect();
    if let Some(text) = text.strip_prefix('\u{FEFF}') {
        let value = serde_json::from_str(text).ok()?;
        return (oracle.accepts(kind, version, &value) == checked.is_valid()).then_some(BYTE_ORDER_MARK);
    }
    let Some(value) = theirs else {
        if checked.version.is_none() && rules.into_iter().eq(["unrendered-template"]) {
            return Some(JSON_AFTER_RENDERING);
        }
        let error = serde_json::from_str::<Value>(text).unwrap_err().to_string();
        return error.starts_with("number out of range").then_some(BEYOND_DOUBLE);
    };
    if checked.is_valid() {
        let may_be_rendered = oracle.accepts_rendered(kind, version, value);
        return may_be_rendered.then_some(EXPRESSION_IN_RESTRICTED_STRING);
    }
    let only_rounded = PRECISE.iter().any(|number| text.contains(number));
    (only_rounded && rules.is_subset(&["wrong-type", "unsupported-api-version"].into())).then_some(BEYOND_DOUBLE)
}

/// Numbers that are no integers, but that a double rounds to one.
const PRECISE: &[&str] = &["1.00000000000000000000001", "4503599627370497.500001", "1e-400"];

/// Numbers as nobody writes them, for the places where an integer is wanted.
const NUMBERS: &[&str] = &["10e-1", "1E0", "0.1e1", "1e-1", "-0", "-0.0", "1e400", "100000000000000000000"];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

/// The documents with one change each, and as many again with two.
fn mutated(seed: &Seed, random: &mut Random) -> Vec<String> {
    let mutations = single_mutations(&seed.value);
    let mut texts = vec![seed.value.to_string()];
    for mutation in &mutations {
        let mut value = seed.value.clone();
        mutation.apply(&mut value);
        texts.push(value.to_string());
    }
    for _ in 0..mutations.len() {
        let mut value = seed.value.clone();
        for _ in 0..2 {
            mutations[random.below(mutations.len())].apply(&mut value);
        }
        texts.push(value.to_string());
    }
    texts
}

/// Changes that only show in the text: duplicate and escaped keys, odd numbers, expressions.
fn mutated_texts(seed: &Seed) -> Vec<String> {
    let text = serde_json::to_string_pretty(&seed.value).unwrap();
    let tree = parse(&text);
    let root = tree.root(&text);
    let mut texts = vec![format!("\u{FEFF}{text}"), format!("\u{FEFF}{}", text.replacen("name", "naem", 1))];
    let mut push = |edit: TextEdit| texts.push(apply_edits(&text, &[edit]).unwrap());
    for node in root.descendants() {
        match node.kind() {
            NodeKind::Object => {
                for (key, value) in node.members() {
                    let name = key.as_str().unwrap();
                    for new in ["5", "null", "\"x\"", "{}", value.source()] {
                        push(rewrite::insert_member(node, &name, new));
                        let first = format!("{}: {new}, ", key.source());
                        push(TextEdit::insert(key.span().start, first));
                    }
                }
            }
            NodeKind::Key => {
                let escaped: String = node.as_str().unwrap().chars().fold(String::new(), |mut escaped, letter| {
                    write!(escaped, "\\u{:04x}", u32::from(letter)).unwrap();
                    escaped
                });
                push(TextEdit::replace(node.span(), format!("\"{escaped}\"")));
            }
            _ => {
                push(TextEdit::replace(node.span(), "{{ custom.value }}"));
            }
        }
        if node.kind() == NodeKind::Number {
            for number in NUMBERS.iter().chain(PRECISE) {
                push(TextEdit::replace(node.span(), *number));
            }
        }
    }
    texts
}

#[test]
fn verdicts_are_those_of_json_schema() {
    let oracle = Oracle::new();
    let mut tally = Tally::default();
    let mut random = Random(7);
    for seed in &seeds() {
        assert!(oracle.accepts(seed.kind, seed.version, &seed.value));
        for text in mutated(seed, &mut random).into_iter().chain(mutated_texts(seed)) {
            tally.compare(&oracle, seed.kind, &text);
        }
        // Each kind of file as the other.
        let other = if seed.kind == Kind::Task { Kind::ProcessingContainer } else { Kind::Task };
        tally.documents.remove(&seed.value.to_string());
        tally.compare(&oracle, other, &seed.value.to_string());
    }
    for (name, text) in broken_files() {
        let kind = if name.contains("container") { Kind::ProcessingContainer } else { Kind::Task };
        tally.compare(&oracle, kind, &text);
    }
    println!("{} documents, {} valid verdicts, {} invalid", tally.documents.len(), tally.valid, tally.invalid);
    println!("deviations: {:#?}", tally.deviations);
    assert!(tally.failures.is_empty(), "{}", tally.failures.join("\n\n"));
    assert!(tally.documents.len() >= 20_000);
    assert!(tally.valid >= 5_000 && tally.invalid >= 20_000);
    let classes: Vec<&str> = tally.deviations.keys().copied().collect();
    let mut expected = [EXPRESSION_IN_RESTRICTED_STRING, JSON_AFTER_RENDERING, BYTE_ORDER_MARK, BEYOND_DOUBLE];
    expected.sort_unstable();
    assert_eq!(classes, expected, "every deviation is met");
}

/// How often each error is there that a fix of `of` must not add.
///
/// What a syntax error hid, its fix brings to light, and likewise what a misspelt field hid from the
/// rules beyond the contract; so a fix answers for its own layer and those below.
fn errors_in_reach(checked: &Checked, of: &Diagnostic) -> BTreeMap<(&'static str, String), usize> {
    let layer = |found: &Diagnostic| match (found.rule.name, found.rule.group) {
        ("syntax-error", _) => 0,
        (_, Group::Contract) => 1,
        _ => 2,
    };
    messages(checked, |found| found.severity == Severity::Error && layer(found) <= layer(of))
}

/// How often each message is there.
fn messages(checked: &Checked, filter: impl Fn(&Diagnostic) -> bool) -> BTreeMap<(&'static str, String), usize> {
    let mut messages = BTreeMap::new();
    for found in checked.diagnostics.iter().filter(|found| filter(found)) {
        *messages.entry((found.rule.name, found.message.clone())).or_default() += 1;
    }
    messages
}

/// One case of each class: the rule whose fix it is, and the rules of the errors that the fix adds.
type Failures = BTreeMap<String, String>;

/// Applies each safe fix of a text alone; returns how many there were.
fn fixes_keep_their_word(text: &str, options: &CheckOptions<'_>, failures: &mut Failures) -> usize {
    let before = invariants::check_invariants(text, options);
    let all = messages(&before, |_| true);
    let mut count = 0;
    for found in &before.diagnostics {
        for fix in found.fixes.iter().filter(|fix| fix.applicability == Applicability::Safe) {
            count += 1;
            let fixed = apply_edits(text, &fix.edits).unwrap();
            let after = check(&fixed, options);
            let key = (found.rule.name, found.message.clone());
            let remaining = messages(&after, |_| true).get(&key).copied().unwrap_or(0);
            let errors = errors_in_reach(&before, found);
            let mut added = errors_in_reach(&after, found);
            added.retain(|key, count| *count > errors.get(key).copied().unwrap_or(0));
            if remaining >= all[&key] || !added.is_empty() {
                let class = format!("{}: {:?}", found.rule.name, added.keys().map(|key| key.0).collect::<Vec<_>>());
                failures.entry(class).or_insert_with(|| {
                    let what = format!("{} ({}): {}", found.message, found.rule.name, fix.title);
                    format!("{what}\nadds {added:?}, {remaining} remain\n{text}\n--- becomes\n{fixed}")
                });
            }
        }
    }
    count
}

#[test]
fn a_safe_fix_removes_its_diagnostic_and_adds_no_error() {
    let mut random = Random(11);
    let mut failures = Failures::new();
    let (mut documents, mut fixes) = (0, 0);
    for seed in &seeds() {
        for text in mutated(seed, &mut random).into_iter().chain(mutated_texts(seed)) {
            let version = Some(seed.version);
            let options = CheckOptions { kind: Some(seed.kind), version, schema_only: true, ..CheckOptions::default() };
            fixes += fixes_keep_their_word(&text, &options, &mut failures);
            let options = CheckOptions { kind: Some(seed.kind), ..CheckOptions::default() };
            fixes += fixes_keep_their_word(&text, &options, &mut failures);
            documents += 1;
        }
    }
    println!("{fixes} safe fixes in {documents} documents");
    assert!(failures.is_empty(), "{}", failures.into_values().collect::<Vec<_>>().join("\n\n"));
    assert!(documents >= 20_000 && fixes >= 5_000);
}

/// Damages the text rather than the values: each byte that means something, removed or doubled, and
/// some of them together, so that what was meant cannot be told any more.
#[test]
fn a_safe_fix_of_a_syntax_error_mends_it() {
    let mut failures = Failures::new();
    let (mut documents, mut fixes) = (0, 0);
    let mut random = Random(13);
    let broken = broken_files().into_iter().map(|(_, text)| text);
    let damaged = seeds().into_iter().flat_map(|seed| {
        let text = serde_json::to_string_pretty(&seed.value).unwrap();
        let places: Vec<usize> =
            text.bytes().enumerate().filter(|(_, byte)| b"{}[]:,\"".contains(byte)).map(|(at, _)| at).collect();
        let damage = |at: usize| {
            let without = format!("{}{}", &text[..at], &text[at + 1..]);
            let doubled = format!("{}{}", &text[..at], &text[at..=at]) + &text[at..];
            let commented = format!("{} // remark\n{}", &text[..at], &text[at..]);
            [without, doubled, commented]
        };
        let several = (0..200).map(|_| {
            let mut damaged = text.clone().into_bytes();
            for _ in 0..3 {
                let at = places[random.below(places.len())];
                // Still one byte, so that the other places stay where they are.
                damaged[at] = b' ';
            }
            String::from_utf8(damaged).unwrap()
        });
        let several: Vec<String> = several.collect();
        places.clone().into_iter().flat_map(damage).chain(several).collect::<Vec<_>>()
    });
    for text in broken.chain(damaged) {
        fixes += fixes_keep_their_word(&text, &CheckOptions::default(), &mut failures);
        documents += 1;
    }
    println!("{fixes} safe fixes in {documents} damaged documents");
    assert!(failures.is_empty(), "{}", failures.into_values().collect::<Vec<_>>().join("\n\n"));
    assert!(documents >= 5_000 && fixes >= 1_000);
}
