//! What is made of broken text: one defect, one error, and the tree that was meant.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "tests read fixtures and print figures")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: a panic is the failure")]

mod damage;

use std::fmt::Write;

use expect_test::{Expect, expect};
use task_api_json::{Kind, Node, Tree, apply_edits, parse};

/// A node as the value that it stands for; what is missing is `?`.
fn value(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Null => "null".to_owned(),
        Kind::False => "false".to_owned(),
        Kind::True => "true".to_owned(),
        Kind::Number => node.source().to_owned(),
        Kind::String | Kind::Key => task_api_json::quote(&node.as_str().unwrap()),
        Kind::Array => format!("[{}]", node.elements().map(value).collect::<Vec<_>>().join(",")),
        Kind::Object => {
            let members = node.members().map(|(key, member)| format!("{}:{}", value(key), value(member)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Kind::Missing => "?".to_owned(),
        Kind::Template => "<template>".to_owned(),
    }
}

fn tree_of(text: &str) -> (Tree, String) {
    let tree = parse(text);
    let value = value(tree.root(text));
    (tree, value)
}

/// Each text with the tree that is made of it, its errors, and what their edits make of the text.
#[track_caller]
fn check(texts: &[&str], expected: &Expect) {
    let mut found = String::new();
    for text in texts {
        let (tree, value) = tree_of(text);
        writeln!(found, "{} => {value}", text.escape_debug().to_string().replace("\\\"", "\"")).unwrap();
        for error in tree.errors() {
            write!(found, "    {:?}: {}", error.span.range(), error.message(text)).unwrap();
            if !error.edits.is_empty() {
                let mended = apply_edits(text, &error.edits).unwrap();
                write!(found, " -> {}", mended.escape_debug().to_string().replace("\\\"", "\"")).unwrap();
            }
            found.push('\n');
        }
    }
    expected.assert_eq(&found);
}

#[test]
fn commas() {
    check(
        &[
            "[1 2]",
            "[\"a\" \"b\"]",
            "{\"a\": 1 \"b\": 2}",
            "{\"a\": 1\n \"b\": 2\n \"c\": 3}",
            "[{} {}]",
            "[1,]",
            "{\"a\": 1,}",
            "[1,,2]",
            "[,1]",
            "{,\"a\": 1}",
            "{\"a\": 1,,\"b\": 2}",
            "[1,,]",
            "[1; 2]",
            "{\"a\": 1; \"b\": 2}",
        ],
        &expect![[r#"
            [1 2] => [1,2]
                2..2: a comma is missing here -> [1, 2]
            ["a" "b"] => ["a","b"]
                4..4: a comma is missing here -> ["a", "b"]
            {"a": 1 "b": 2} => {"a":1,"b":2}
                7..7: a comma is missing here -> {"a": 1, "b": 2}
            {"a": 1\n "b": 2\n "c": 3} => {"a":1,"b":2,"c":3}
                7..7: a comma is missing here -> {"a": 1,\n "b": 2\n "c": 3}
                15..15: a comma is missing here -> {"a": 1\n "b": 2,\n "c": 3}
            [{} {}] => [{},{}]
                3..3: a comma is missing here -> [{}, {}]
            [1,] => [1]
                2..3: trailing comma -> [1]
            {"a": 1,} => {"a":1}
                7..8: trailing comma -> {"a": 1}
            [1,,2] => [1,2]
                3..4: a comma with nothing before it -> [1,2]
            [,1] => [1]
                1..2: a comma with nothing before it -> [1]
            {,"a": 1} => {"a":1}
                1..2: a comma with nothing before it -> {"a": 1}
            {"a": 1,,"b": 2} => {"a":1,"b":2}
                8..9: a comma with nothing before it -> {"a": 1,"b": 2}
            [1,,] => [1]
                2..3: trailing comma -> [1,]
                3..4: a comma with nothing before it -> [1,]
            [1; 2] => [1,2]
                2..3: `;` does not separate anything in JSON -> [1, 2]
            {"a": 1; "b": 2} => {"a":1,"b":2}
                7..8: `;` does not separate anything in JSON -> {"a": 1, "b": 2}
        "#]],
    );
}

#[test]
fn colons() {
    check(
        &[
            "{\"a\" 1}",
            "{\"a\" \"b\"}",
            "{\"a\" = 1}",
            "{\"a\" => 1}",
            "{\"a\":: 1}",
            "{\"a\", \"b\": 1}",
            "{\"a\"}",
            "{\"a\": }",
            "{\"a\": , \"b\": 1}",
            "[\"a\": 1]",
            "{: 1}",
        ],
        &expect![[r#"
            {"a" 1} => {"a":1}
                1..4: no `:` after the key "a" -> {"a": 1}
            {"a" "b"} => {"a":"b"}
                1..4: no `:` after the key "a" -> {"a": "b"}
            {"a" = 1} => {"a":1}
                5..6: `=` does not separate anything in JSON -> {"a" : 1}
            {"a" => 1} => {"a":1}
                5..7: `=>` does not separate anything in JSON -> {"a" : 1}
            {"a":: 1} => {"a":1}
                5..6: `:` does not belong here
            {"a", "b": 1} => {"a":?,"b":1}
                4..4: a value is missing here
            {"a"} => {"a":?}
                4..4: a value is missing here
            {"a": } => {"a":?}
                6..6: a value is missing here
            {"a": , "b": 1} => {"a":?,"b":1}
                6..6: a value is missing here
            ["a": 1] => ["a",1]
                4..5: `:` does not belong here
                5..5: a comma is missing here -> ["a":, 1]
            {: 1} => {"":1}
                1..2: a value without a key
        "#]],
    );
}

#[test]
fn brackets_in_one_line() {
    check(
        &[
            "[1, 2",
            "{\"a\": 1",
            "{\"a\": {\"b\": 1}",
            "{\"a\": [1, 2}",
            "[{\"a\": 1, {\"a\": 2}]",
            "[{\"a\": 1}, {\"a\": 2]",
            "{\"a\": [1, 2, \"b\": 3}",
            "[1, 2]]",
            "{\"a\": 1}}",
            "[1, 2}",
            "{\"a\": 1]",
            "{\"a\": 1}, {\"b\": 2}",
            "]",
            "}",
            "{\"a\": \"b\": 1}}",
            "{\"a\": 1, 2], \"b\": 3}",
            "[{{\"a\": 1}]",
            "[[1, 2, 3]",
        ],
        &expect![[r#"
            [1, 2 => [1,2]
                5..5: the file ends too early -> [1, 2]
            {"a": 1 => {"a":1}
                7..7: the file ends too early -> {"a": 1}
            {"a": {"b": 1} => {"a":{"b":1}}
                14..14: the file ends too early -> {"a": {"b": 1}}
            {"a": [1, 2} => {"a":[1,2]}
                6..7: this array is not closed: `]` is missing -> {"a": [1, 2]}
            [{"a": 1, {"a": 2}] => [{"a":1},{"a":2}]
                1..2: this object is not closed: `}` is missing -> [{"a": 1}, {"a": 2}]
            [{"a": 1}, {"a": 2] => [{"a":1},{"a":2}]
                11..12: this object is not closed: `}` is missing -> [{"a": 1}, {"a": 2}]
            {"a": [1, 2, "b": 3} => {"a":[1,2],"b":3}
                6..7: this array is not closed: `]` is missing -> {"a": [1, 2], "b": 3}
            [1, 2]] => [1,2]
                6..7: this `]` is one too many -> [1, 2]
            {"a": 1}} => {"a":1}
                8..9: this `}` is one too many -> {"a": 1}
            [1, 2} => [1,2]
                5..6: `}` cannot close what is open here -> [1, 2]
            {"a": 1] => {"a":1}
                7..8: `]` cannot close what is open here -> {"a": 1}
            {"a": 1}, {"b": 2} => {"a":1}
                8..18: the file goes on after its end
            ] => ?
                0..1: `]` does not belong here
            } => ?
                0..1: `}` does not belong here
            {"a": "b": 1}} => {"a":{"b":1}}
                5..6: an object begins here without `{` -> {"a":{ "b": 1}}
            {"a": 1, 2], "b": 3} => {"a":[1,2],"b":3}
                5..6: an array begins here without `[` -> {"a":[ 1, 2], "b": 3}
            [{{"a": 1}] => [{"a":1}]
                2..3: this `{` is one too many -> [{"a": 1}]
            [[1, 2, 3] => [1,2,3]
                1..2: this `[` is one too many -> [1, 2, 3]
        "#]],
    );
}

#[test]
fn brackets_in_lines() {
    check(
        &[
            "{\n  \"a\": {\n    \"b\": 1\n  ,\n  \"c\": 2\n}",
            "{\n  \"a\": { \"b\": 1 ,\n  \"c\": 2\n}",
            "{\n  \"a\": [\n    1\n  ,\n  \"c\": 2\n}",
            "{\n  \"a\": [\n    {\n      \"b\": 1\n    ,\n    {\n      \"b\": 2\n    }\n  ]\n}",
            "{\n  \"a\": [\n    {\n      \"b\": 1\n    }\n  ,\n  \"c\": 2\n}",
            "{\n  \"a\": \n    { \"b\": 1 },\n    { \"b\": 2 }\n  ],\n  \"c\": 3\n}",
            "{\n  \"a\": \n    \"b\": 1\n  },\n  \"c\": 3\n}",
            "{\n  \"a\": {\n    \"b\": 1\n  }},\n  \"c\": 3\n}",
        ],
        &expect![[r#"
            {\n  "a": {\n    "b": 1\n  ,\n  "c": 2\n} => {"a":{"b":1},"c":2}
                9..10: this object is not closed: `}` is missing -> {\n  "a": {\n    "b": 1}\n  ,\n  "c": 2\n}
            {\n  "a": { "b": 1 ,\n  "c": 2\n} => {"a":{"b":1},"c":2}
                9..10: this object is not closed: `}` is missing -> {\n  "a": { "b": 1 },\n  "c": 2\n}
            {\n  "a": [\n    1\n  ,\n  "c": 2\n} => {"a":[1],"c":2}
                9..10: this array is not closed: `]` is missing -> {\n  "a": [\n    1]\n  ,\n  "c": 2\n}
            {\n  "a": [\n    {\n      "b": 1\n    ,\n    {\n      "b": 2\n    }\n  ]\n} => {"a":[{"b":1},{"b":2}]}
                15..16: this object is not closed: `}` is missing -> {\n  "a": [\n    {\n      "b": 1}\n    ,\n    {\n      "b": 2\n    }\n  ]\n}
            {\n  "a": [\n    {\n      "b": 1\n    }\n  ,\n  "c": 2\n} => {"a":[{"b":1}],"c":2}
                9..10: this array is not closed: `]` is missing -> {\n  "a": [\n    {\n      "b": 1\n    }]\n  ,\n  "c": 2\n}
            {\n  "a": \n    { "b": 1 },\n    { "b": 2 }\n  ],\n  "c": 3\n} => {"a":[{"b":1},{"b":2}],"c":3}
                8..9: an array begins here without `[` -> {\n  "a":[ \n    { "b": 1 },\n    { "b": 2 }\n  ],\n  "c": 3\n}
            {\n  "a": \n    "b": 1\n  },\n  "c": 3\n} => {"a":{"b":1},"c":3}
                8..9: an object begins here without `{` -> {\n  "a":{ \n    "b": 1\n  },\n  "c": 3\n}
            {\n  "a": {\n    "b": 1\n  }},\n  "c": 3\n} => {"a":{"b":1},"c":3}
                25..26: this `}` is one too many -> {\n  "a": {\n    "b": 1\n  },\n  "c": 3\n}
        "#]],
    );
}

#[test]
fn comments() {
    check(
        &[
            "// a\n{}",
            "{} // a",
            "{\"a\": 1 /* b */, \"c\": 2}",
            "[1, # b\n 2]",
            "{\n  // a\n  \"b\": 1\n}",
            "{\"a\": /* b */ 1}",
            "{\"a\" /* b */ : 1}",
            "[/* a */]",
            "{\"a\": 1 /* b",
            "/* a */",
            "# a",
            "{\"a\": 1 // b\n  , \"c\": 2}",
            "[1, // a\n]",
        ],
        &expect![[r#"
            // a\n{} => {}
                0..4: comments are not part of JSON -> {}
            {} // a => {}
                3..7: comments are not part of JSON -> {}
            {"a": 1 /* b */, "c": 2} => {"a":1,"c":2}
                8..15: comments are not part of JSON -> {"a": 1, "c": 2}
            [1, # b\n 2] => [1,2]
                4..7: comments are not part of JSON -> [1,\n 2]
            {\n  // a\n  "b": 1\n} => {"b":1}
                4..8: comments are not part of JSON -> {\n  "b": 1\n}
            {"a": /* b */ 1} => {"a":1}
                6..13: comments are not part of JSON -> {"a": 1}
            {"a" /* b */ : 1} => {"a":1}
                5..12: comments are not part of JSON -> {"a" : 1}
            [/* a */] => []
                1..8: comments are not part of JSON -> []
            {"a": 1 /* b => {"a":1}
                8..12: this comment has no end
            /* a */ => ?
                0..7: comments are not part of JSON -> 
            # a => ?
                0..3: comments are not part of JSON -> 
            {"a": 1 // b\n  , "c": 2} => {"a":1,"c":2}
                8..12: comments are not part of JSON -> {"a": 1\n  , "c": 2}
            [1, // a\n] => [1]
                2..3: trailing comma -> [1 // a\n]
                4..8: comments are not part of JSON -> [1,\n]
        "#]],
    );
}

#[test]
fn quotes() {
    check(
        &[
            "{'a': 'b'}",
            "['it\\'s \"x\"']",
            "['a]",
            "{'a: 1}",
            "{a: 1}",
            "{a: b}",
            "[abc, def]",
            "{\"a\": hello world}",
            "{\"a\": \"b}",
            "{\n  \"a\": \"b,\n  \"c\": 1\n}",
            "{\n  \"a\": \"b\n}",
            "[\"a, \"b\"]",
            "{\"a: 1}",
            "{\"a: \"b\", \"c\": 1}",
            "{a\": \"b\", \"c\": 1}",
            "{\"a\": b\", \"c\": 1}",
            "{\"a\": \"b, \"c\": 1}",
            "{\"a\": \"b\"\", \"c\": 1}",
            "{\"a\": \"\"b\", \"c\": 1}",
            "{\"\"a\": \"b\", \"c\": 1}",
            "{\"a\"\": \"b\", \"c\": 1}",
            "{\"a\": 5\", \"c\": 1}",
            "[\"a\", b\", \"c\"]",
            "{“a”: “b”}",
            "{\"a\": /x/y\", \"c\": 1}",
        ],
        &expect![[r#"
            {\'a\': \'b\'} => {"a":"b"}
                1..4: single quotes around a string -> {"a": \'b\'}
                6..9: single quotes around a string -> {\'a\': "b"}
            [\'it\\\'s "x"\'] => ["it's \"x\""]
                1..12: single quotes around a string -> ["it\'s \\"x\\""]
            [\'a] => ["a]"]
                1..4: this string has no closing quote
            {\'a: 1} => {"a: 1}":?}
                1..7: this string has no closing quote
            {a: 1} => {"a":1}
                1..2: the key `a` has no quotes -> {"a": 1}
            {a: b} => {"a":"b"}
                1..2: the key `a` has no quotes -> {"a": b}
                4..5: the text `b` has no quotes -> {a: "b"}
            [abc, def] => ["abc","def"]
                1..4: the text `abc` has no quotes -> ["abc", def]
                6..9: the text `def` has no quotes -> [abc, "def"]
            {"a": hello world} => {"a":"hello world"}
                6..17: the text `hello world` has no quotes -> {"a": "hello world"}
            {"a": "b} => {"a":"b"}
                6..8: this string has no closing quote -> {"a": "b"}
            {\n  "a": "b,\n  "c": 1\n} => {"a":"b","c":1}
                9..11: this string has no closing quote -> {\n  "a": "b",\n  "c": 1\n}
            {\n  "a": "b\n} => {"a":"b"}
                9..11: this string has no closing quote -> {\n  "a": "b"\n}
            ["a, "b"] => ["a","b"]
                1..3: this string has no closing quote -> ["a", "b"]
            {"a: 1} => {"a":1}
                1..3: this string has no closing quote -> {"a": 1}
            {"a: "b", "c": 1} => {"a":"b","c":1}
                1..3: this string has no closing quote -> {"a": "b", "c": 1}
            {a": "b", "c": 1} => {"a":"b","c":1}
                1..3: this string has no opening quote -> {"a": "b", "c": 1}
            {"a": b", "c": 1} => {"a":"b","c":1}
                6..8: this string has no opening quote -> {"a": "b", "c": 1}
            {"a": "b, "c": 1} => {"a":"b","c":1}
                6..8: this string has no closing quote -> {"a": "b", "c": 1}
            {"a": "b"", "c": 1} => {"a":"b","c":1}
                9..10: this `"` is one too many -> {"a": "b", "c": 1}
            {"a": ""b", "c": 1} => {"a":"b","c":1}
                6..7: this `"` is one too many -> {"a": "b", "c": 1}
            {""a": "b", "c": 1} => {"a":"b","c":1}
                1..2: this `"` is one too many -> {"a": "b", "c": 1}
            {"a"": "b", "c": 1} => {"a":"b","c":1}
                4..5: this `"` is one too many -> {"a": "b", "c": 1}
            {"a": 5", "c": 1} => {"a":"5","c":1}
                6..8: this string has no opening quote -> {"a": "5", "c": 1}
            ["a", b", "c"] => ["a","b","c"]
                6..8: this string has no opening quote -> ["a", "b", "c"]
            {“a”: “b”} => {"a":"b"}
                1..8: typographic quotes around a string -> {"a": “b”}
                10..17: typographic quotes around a string -> {“a”: "b"}
            {"a": /x/y", "c": 1} => {"a":"/x/y","c":1}
                6..11: this string has no opening quote -> {"a": "/x/y", "c": 1}
        "#]],
    );
}

#[test]
fn literals() {
    check(
        &["[True, False, None]", "[TRUE, nil, undefined, Null]", "{\"a\": yes}", "[tru]", "[nulll]"],
        &expect![[r#"
            [True, False, None] => [true,false,null]
                1..5: `True` is not written like this in JSON -> [true, False, None]
                7..12: `False` is not written like this in JSON -> [True, false, None]
                14..18: `None` is not written like this in JSON -> [True, False, null]
            [TRUE, nil, undefined, Null] => [true,null,null,null]
                1..5: `TRUE` is not written like this in JSON -> [true, nil, undefined, Null]
                7..10: `nil` is not written like this in JSON -> [TRUE, null, undefined, Null]
                12..21: `undefined` is not written like this in JSON -> [TRUE, nil, null, Null]
                23..27: `Null` is not written like this in JSON -> [TRUE, nil, undefined, null]
            {"a": yes} => {"a":"yes"}
                6..9: the text `yes` has no quotes -> {"a": "yes"}
            [tru] => ["tru"]
                1..4: the text `tru` has no quotes -> ["tru"]
            [nulll] => ["nulll"]
                1..6: the text `nulll` has no quotes -> ["nulll"]
        "#]],
    );
}

#[test]
fn numbers() {
    check(
        &[
            "[+1]",
            "[01]",
            "[-01.50]",
            "[.5]",
            "[5.]",
            "[1e]",
            "[0x1F]",
            "[1_000]",
            "[1,5]",
            "[NaN, Infinity, -Infinity]",
            "[--1]",
            "[1.2.3]",
            "[12px]",
        ],
        &expect![[r#"
            [+1] => [+1]
                1..3: `+1` is no JSON number -> [1]
            [01] => [01]
                1..3: `01` is no JSON number -> [1]
            [-01.50] => [-01.50]
                1..7: `-01.50` is no JSON number -> [-1.50]
            [.5] => [.5]
                1..3: `.5` is no JSON number -> [0.5]
            [5.] => [5.]
                1..3: `5.` is no JSON number -> [5]
            [1e] => [1e]
                1..3: `1e` is no JSON number
            [0x1F] => [0x1F]
                1..5: `0x1F` is no JSON number
            [1_000] => [1_000]
                1..6: `1_000` is no JSON number
            [1,5] => [1,5]
            [NaN, Infinity, -Infinity] => [NaN,Infinity,-Infinity]
                1..4: `NaN` is no JSON number
                6..14: `Infinity` is no JSON number
                16..25: `-Infinity` is no JSON number
            [--1] => [--1]
                1..4: `--1` is no JSON number
            [1.2.3] => [1.2.3]
                1..6: `1.2.3` is no JSON number
            [12px] => [12px]
                1..5: `12px` is no JSON number
        "#]],
    );
}

#[test]
fn strings() {
    check(
        &[
            "[\"a\tb\"]",
            "[\"\\x\"]",
            "[\"C:\\data\"]",
            "[\"\\'\"]",
            "[\"\\ud83d\"]",
            "[\"\\u12\"]",
            "[\"a\\\nb\"]",
            "[\"\u{1}\"]",
            "[\u{a0}1]",
            "{\"a\":\u{a0}\"b\"}",
        ],
        &expect![[r#"
            ["a\tb"] => ["a\tb"]
                3..4: the control character U+0009 stands in a string -> ["a\\tb"]
            ["\\x"] => ["\\x"]
                2..4: `\x` is no escape sequence -> ["\\\\x"]
            ["C:\\data"] => ["C:\\data"]
                4..6: `\d` is no escape sequence -> ["C:\\\\data"]
            ["\\\'"] => ["'"]
                2..4: `\'` is no escape sequence -> ["\'"]
            ["\\ud83d"] => ["�"]
                2..8: `\ud83d` is one half of a character
            ["\\u12"] => ["\\u12"]
                2..4: `\u` is no escape sequence -> ["\\\\u12"]
            ["a\\\nb"] => ["a\\","b","]"]
                1..4: this string has no closing quote -> ["a\\"\nb"]
                1..4: this string has no closing quote -> ["a\\"\nb"]
                4..4: a comma is missing here -> ["a\\,\nb"]
                5..6: the text `b` has no quotes -> ["a\\\n"b""]
                6..6: a comma is missing here -> ["a\\\nb,"]
                6..8: this string has no closing quote
            ["\u{1}"] => ["\u0001"]
                2..3: the control character U+0001 stands in a string -> ["\\u0001"]
            [\u{a0}1] => [1]
                1..3: the character U+00A0 is no white space in JSON -> [ 1]
            {"a":\u{a0}"b"} => {"a":"b"}
                5..7: the character U+00A0 is no white space in JSON -> {"a": "b"}
        "#]],
    );
}

#[test]
fn templates() {
    check(
        &[
            "{{ a }}",
            "{\"a\": {{ b }}}",
            "[{{ a }}, {{ b }}]",
            "{\"a\": {{ b }}, \"c\": 1}",
            "[{% for a in b %}{\"c\": 1},{% endfor %}]",
            "{# a #}{\"b\": 1}",
            "{\"a\": 1{% if b %}, \"c\": 2{% endif %}}",
            "{{ a",
            "{\"a\": {{ b }",
            "{\"a\": {% b %}}",
            "{\"a\": {{b}}-{{c}}}",
        ],
        &expect![[r#"
            {{ a }} => <template>
                0..7: a template expression stands outside of a string
            {"a": {{ b }}} => {"a":<template>}
                6..13: a template expression stands outside of a string
            [{{ a }}, {{ b }}] => [<template>,<template>]
                1..8: a template expression stands outside of a string
                10..17: a template expression stands outside of a string
            {"a": {{ b }}, "c": 1} => {"a":<template>,"c":1}
                6..13: a template expression stands outside of a string
            [{% for a in b %}{"c": 1},{% endfor %}] => [<template>,{"c":1},<template>]
                1..17: a template expression stands outside of a string
                17..17: a comma is missing here -> [{% for a in b %},{"c": 1},{% endfor %}]
                26..38: a template expression stands outside of a string
            {# a #}{"b": 1} => <template>
                0..7: a template expression stands outside of a string
                7..15: the file goes on after its end
            {"a": 1{% if b %}, "c": 2{% endif %}} => {"a":1,"c":2}
                7..17: a template expression stands outside of a string
                25..36: a template expression stands outside of a string
            {{ a => {"a":?}
                1..2: this `{` is one too many -> { a
                3..4: the key `a` has no quotes -> {{ "a"
                4..4: the file ends too early
            {"a": {{ b } => {"a":"b"}
                6..7: this `{` is one too many -> {"a": { b }
                7..8: this `{` is one too many -> {"a": { b }
                9..10: the text `b` has no quotes -> {"a": {{ "b" }
            {"a": {% b %}} => {"a":<template>}
                6..13: a template expression stands outside of a string
            {"a": {{b}}-{{c}}} => {"a":<template>}
                6..11: a template expression stands outside of a string
                12..17: a template expression stands outside of a string
        "#]],
    );
}

#[test]
fn ends() {
    check(
        &[
            "",
            "  \n",
            "{",
            "[",
            "{\"a\"",
            "{\"a\":",
            "{\"a\": 1,",
            "[1,",
            "\"a",
            "[tr",
            "{} x",
            "{}{}",
            "1 2",
            "\u{feff}",
            "\u{feff}{",
            "\0",
            "{\0}",
        ],
        &expect![[r#"
             => ?
                0..0: the file is empty
              \n => ?
                0..0: the file is empty
            { => {}
                1..1: the file ends too early -> {}
            [ => []
                1..1: the file ends too early -> []
            {"a" => {"a":?}
                4..4: the file ends too early
            {"a": => {"a":?}
                5..5: the file ends too early
            {"a": 1, => {"a":1}
                8..8: the file ends too early
            [1, => [1]
                3..3: the file ends too early
            "a => "a"
                0..2: this string has no closing quote -> "a"
            [tr => ["tr"]
                1..3: the text `tr` has no quotes -> ["tr"
                3..3: the file ends too early -> [tr]
            {} x => {}
                3..4: the file goes on after its end
            {}{} => {}
                2..4: the file goes on after its end
            1 2 => 1
                2..3: the file goes on after its end
            \u{feff} => ?
                0..3: the file begins with a byte order mark -> 
                0..0: the file is empty
            \u{feff}{ => {}
                0..3: the file begins with a byte order mark -> {
                4..4: the file ends too early -> \u{feff}{}
            \0 => ?
                0..1: ` ` does not belong here
            {\0} => {}
                1..2: ` ` does not belong here
        "#]],
    );
}
