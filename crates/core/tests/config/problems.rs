//! What is said of a wrong file: every problem, at its place, with the remedy.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use task_api_core::config::read;
use task_api_json::LineIndex;

#[track_caller]
fn check(text: &str, expected: Expect) {
    let index = LineIndex::new(text);
    let shown: String = read(text)
        .problems
        .iter()
        .map(|problem| {
            let at = index.position(problem.span.start);
            let place = problem.span.of(text).escape_debug();
            let help = problem.help.as_deref().unwrap_or("-");
            format!("{}:{} {place}: {}; {help}\n", at.line + 1, at.character + 1, problem.message)
        })
        .collect();
    expected.assert_eq(&shown);
}

#[test]
fn unknown_names() {
    check(
        "[rule]\n[valdiate]\nx = 1\n[rules]\nunknown-feild = \"off\"\nnonsense = \"off\"\nunknown-field = \"warn\"\nlegacy-env = \"loud\"\n[whatever]\n",
        expect![[r#"
            1:2 rule: task-api.toml has no `rule`; it has `rules`, `validate`, `overrides`, `suppress`
            2:2 valdiate: task-api.toml has no `valdiate`; did you mean `validate`?
            5:1 unknown-feild: there is no rule `unknown-feild`; did you mean `unknown-field`?
            6:1 nonsense: there is no rule `nonsense`; `task-api explain` lists the rules
            7:17 \"warn\": `warn` is no level; did you mean `warning`?
            8:14 \"loud\": `loud` is no level; a level is off, info, warning or error
            9:2 whatever: task-api.toml has no `whatever`; it has `rules`, `validate`, `overrides`, `suppress`
        "#]],
    );
    check(
        "[validate]\ndeny_warnings = true\ncolour = true\n[[overrides]]\nfile = \"a\"\n[[suppress]]\nfile = \"a\"\nrules = \"unknown-field\"\nreason = \"b\"\n",
        expect![[r#"
            2:1 deny_warnings: [validate] has no `deny_warnings`; did you mean `deny-warnings`?
            3:1 colour: [validate] has no `colour`; it has `deny-warnings`, `check-paths`, `container`, `policy`, `exclude`
            4:1 [[overrides]]: `files` is missing; add files = ["examples/**"]
            4:1 [[overrides]]: `rules` is missing; add rules = { plain-text-secret = "off" }
            5:1 file: [[overrides]] has no `file`; did you mean `files`?
            6:1 [[suppress]]: `rule` is missing; add rule = "unbound-channel"
            8:1 rules: [[suppress]] has no `rules`; did you mean `rule`?
        "#]],
    );
}

#[test]
fn wrong_types() {
    check(
        "rules = [1]\nsuppress = 5\noverrides = { files = \"a\" }\n[validate]\ndeny-warnings = \"yes\"\ncheck-paths = 1\ncontainer = [\"a\"]\npolicy = { a = 1 }\nexclude = [1, true]\n",
        expect![[r#"
            1:9 [1]: `rules` must be one table, but is a list; write [rules], in one bracket, once
            2:12 5: `suppress` must be a list of tables, but is the number 5; write [[suppress]], in two brackets, for each
            3:13 { files = \"a\" }: `overrides` must be a list of tables, but is a table; write [[overrides]], in two brackets, for each
            5:17 \"yes\": `deny-warnings` must be true or false, but is the text "yes"; write true or false, without quotes
            6:15 1: `check-paths` must be true or false, but is the number 1; write true or false, without quotes
            7:13 [\"a\"]: `container` must be a text, but is a list; a text stands in quotes
            8:10 { a = 1 }: `policy` must be a text or a list of texts, but is a table; write policy = ["…"]
            9:12 1: `exclude` must be a text, but is the number 1; a text stands in quotes
            9:15 true: `exclude` must be a text, but is true; a text stands in quotes
        "#]],
    );
    check(
        "validate = 2026-01-01\noverrides = [1]\n[rules]\nunknown-field = false\n[suppress]\nfile = \"a\"\n",
        expect![[r#"
            1:12 2026-01-01: `validate` must be a table, but is a date; a table has names and values: { name = value }
            2:14 1: `overrides` must be a table, but is the number 1; a table has names and values: { name = value }
            4:17 false: `unknown-field` must be a text, but is false; a text stands in quotes
            5:1 [suppress]: `suppress` must be a list of tables, but is a table; write [[suppress]], in two brackets, for each
        "#]],
    );
    check(
        "[[rules]]\n[[validate]]\n",
        expect![[r#"
        1:1 [[rules]]: `rules` must be one table, but is a list; write [rules], in one bracket, once
        2:1 [[validate]]: `validate` must be one table, but is a list; write [validate], in one bracket, once
    "#]],
    );
}

#[test]
fn suppressions() {
    check(
        "[[suppress]]\n[[suppress]]\nfile = \"\"\nrule = \"unbound-chanel\"\npointer = \"outputs.0\"\nreason = \" \"\n\
         [[suppress]]\nfile = \"!a.json\"\nrule = \"syntax-error\"\npointer = \"/a~b\"\nreason = 5\n\
         [[suppress]]\nfile = \"../a.json\"\nrule = \"unknown-field\"\npointer = \"/a/\"\nreason = \"x\"\n\
         [[suppress]]\nfile = \"a[\"\nrule = \"unknown-field\"\npointer = \"#/a\"\nreason = \"x\"\n",
        expect![[r##"
            1:1 [[suppress]]: `file` is missing; add file = "task.json"
            1:1 [[suppress]]: `rule` is missing; add rule = "unbound-channel"
            1:1 [[suppress]]: `reason` is missing; add reason = "why the finding is wanted"
            3:8 \"\": `file` is blank; write a path that is relative to this file
            4:8 \"unbound-chanel\": there is no rule `unbound-chanel`; did you mean `unbound-channel`?
            5:11 \"outputs.0\": `outputs.0` is no JSON Pointer; it begins with `/`: `/outputs/0`
            6:10 \" \": the reason is blank; say why the finding is wanted, for whoever reads this next
            8:8 \"!a.json\": a suppression cannot be for all files but some; name the files that it is for; a name that begins with `!` is written `\!`
            9:8 \"syntax-error\": `syntax-error` cannot be suppressed; what is not JSON cannot be checked at all; leave the file out by `exclude` under [validate]
            10:11 \"/a~b\": `/a~b` is no JSON Pointer; in a pointer, `~` is written `~0`, and a `/` in a name `~1`
            11:10 5: `reason` must be a text, but is the number 5; a text stands in quotes
            13:8 \"../a.json\": `../a.json` leads out of the directory of this file; a task-api.toml is for what is beside it and below
            15:11 \"/a/\": `/a/` is no JSON Pointer; without the `/` at the end: `/a`
            18:8 \"a[\": `a[` is no pattern; `[` has no `]`; a bracket itself is written `\[`
            20:11 \"#/a\": `#/a` is no JSON Pointer; it begins with `/`: `/a`
        "##]],
    );
}

#[test]
fn patterns() {
    check(
        "[validate]\nexclude = [\"a[\", \"{a\", \"\", \"../x\", \"[z-a]\", \"a\\\\\"]\n[[overrides]]\nfiles = []\nrules = {}\n",
        expect![[r#"
            2:12 \"a[\": `a[` is no pattern; `[` has no `]`; a bracket itself is written `\[`
            2:18 \"{a\": `{a` is no pattern; `{` has no `}`; a brace itself is written `\{`
            2:24 \"\": the pattern is blank; write a path or a pattern such as `examples/**`
            2:28 \"../x\": `../x` leads out of the directory of this file; a task-api.toml is for what is beside it and below
            2:36 \"[z-a]\": `[z-a]` is no pattern; in `[z-a]`, `z` comes after `a`
            2:45 \"a\\\\\": `a\` is no pattern; there is nothing behind `\`; a path has `/` between its parts
            4:9 []: this override is for no files; name files or a pattern such as `examples/**`, or remove the override
        "#]],
    );
}

#[test]
fn what_is_not_toml() {
    check(
        "[rules\nunknown-field = off\na = \"x\n",
        expect![[r#"
        1:7 : this is not TOML: unclosed table, expected `]`; -
    "#]],
    );
    check(
        "[rules]\nunknown-field = \"off\"\nunknown-field = \"error\"\n",
        expect![[r#"
        3:1 unknown-field: `unknown-field` is here for the second time; a name may be given once; put the values together
    "#]],
    );
    check(
        "[rules]\n[rules]\n",
        expect![[r#"
        2:2 rules: `rules` is here for the second time; a name may be given once; put the values together
    "#]],
    );
    check(
        "\u{1f600} = 1",
        expect![[r#"
        1:1 😀: this is not TOML: invalid unquoted key, expected letters, numbers, `-`, `_`; -
    "#]],
    );
}

#[test]
fn hostile_texts_are_answered() {
    let deep = 100_000;
    let texts = [
        format!("a{} = 1", ".a".repeat(deep)),
        format!("[a{}]", ".a".repeat(deep)),
        format!("[[a{}]]", ".a".repeat(deep)),
        format!("a = {}", "[".repeat(deep)),
        format!("a = {}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("a = {}", "{a=".repeat(deep)),
        format!("[validate]\nexclude = \"{}{}\"", "{".repeat(500), "}".repeat(500)),
        format!("[validate]\nexclude = \"{}\"", "[!a-z]*".repeat(140)),
        format!("[validate]\nexclude = \"{}\"", "**/".repeat(300)),
        "[validate]\n".repeat(50_000),
        "\u{0}".repeat(1000),
        "x".repeat(2 << 20),
    ];
    for text in &texts {
        let reading = read(text);
        for problem in &reading.problems {
            assert!(text.get(problem.span.range()).is_some());
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        check_spans(&text);
    }

    #[test]
    fn any_damage_is_answered(from in 0usize..2000, length in 0usize..40, with in "[\\[\\]{}=\"'.,#\na~0-9é]{0,6}") {
        let documented = crate::documented();
        let at = documented.floor_char_boundary(from);
        let end = documented.floor_char_boundary(at + length);
        check_spans(&format!("{}{with}{}", &documented[..at], &documented[end..]));
    }
}

fn check_spans(text: &str) {
    for problem in read(text).problems {
        assert!(text.get(problem.span.range()).is_some());
    }
}
