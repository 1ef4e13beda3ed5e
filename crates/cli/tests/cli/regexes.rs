//! Which regular expressions are invalid, held against what Python says.

use std::io::Write;
use std::process::{Command, Stdio};

use task_api_core::scale::{RegexVerdict, regex_verdict};

const PYTHON: &str = r"
import json, re, sys, warnings
warnings.simplefilter('ignore')
def reason(pattern):
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
print(json.dumps([reason(pattern) for pattern in json.load(sys.stdin)]))
";

/// What expressions are made of. Left out: flags in the middle, of which versions of Python think differently, and the width
/// of a look-behind, which is not judged here.
const PARTS: [&str; 43] = [
    "a", "z", "é", "*", "+", "?", "{2}", "{3,1}", "{,}", "{", "}", "(", ")", "(?:", "(?i:", "(?-s:", "(?=", "(?>",
    "(?P<n>", "(?P=n)", "(?P<1>", "(?(1)", "(?(2)", "(?(n)", "(?#", "(?#)", "|", "^", "$", ".", "[", "[^", "]", "-",
    r"\", r"\d", r"\b", r"\A", r"\1", r"\x41", r"\p", " ", "#",
];

fn expressions() -> Vec<String> {
    let mut all = vec![String::new()];
    for first in PARTS {
        for second in PARTS {
            all.extend(PARTS.map(|third| format!("{first}{second}{third}")));
        }
    }
    // Longer ones, the same in every run.
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for _ in 0..40_000 {
        let flags = ["", "", "", "(?x)"][random() % 4];
        let length = 4 + random() % 6;
        let parts: String = (0..length).map(|_| PARTS[random() % PARTS.len()]).collect();
        all.push(format!("{flags}{parts}"));
    }
    all
}

fn reasons_of_python(expressions: &[String]) -> Vec<Option<String>> {
    let mut python = Command::new("python3");
    python.args(["-c", PYTHON]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().expect("apt-get install python3");
    python.stdin.take().unwrap().write_all(serde_json::to_string(expressions).unwrap().as_bytes()).unwrap();
    serde_json::from_slice(&python.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn what_is_invalid_is_so_for_python() {
    let expressions = expressions();
    let expected = reasons_of_python(&expressions);
    assert_eq!(expected.len(), expressions.len());
    let valid = expected.iter().filter(|reason| reason.is_none()).count();
    assert!((5_000..expressions.len() - 5_000).contains(&valid), "{valid} of {}", expressions.len());
    let mut differences = Vec::new();
    for (expression, expected) in expressions.iter().zip(expected) {
        let ours = match regex_verdict(expression) {
            RegexVerdict::Invalid(reason) => Some(reason),
            RegexVerdict::Fine | RegexVerdict::PythonOnly(_) => None,
        };
        if ours.is_some() != expected.is_some() {
            differences.push(format!("{expression}: python {expected:?}, ours {ours:?}"));
        }
    }
    let shown = differences.iter().take(40).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{} of {}:\n{shown}", differences.len(), expressions.len());
}
