//! schemas/task-api-toml.schema.json is made from the rules: `UPDATE_EXPECT=1 cargo test -p task-api-core --test
//! config` writes it anew. What it rejects, [`read`] rejects.

use expect_test::expect_file;
use serde_json::{Value, json};
use task_api_core::config::read;
use task_api_core::rules::{self, Rule};
use toml::de::{DeTable, DeValue};

const SCHEMA: &str = r##"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://task-api.dev/schemas/task-api-toml.schema.json",
  "title": "task-api.toml",
  "description": "What a project has decided for its processing-container.json and task.json files: severities, defaults of `task-api validate`, and suppressed findings. It holds for the files beside it and below, up to the next task-api.toml. Paths and patterns are relative to its directory.",
  "type": "object",
  "properties": {
    "rules": {
      "title": "Severities",
      "description": "What each rule is reported as.",
      "$ref": "#/$defs/Rules"
    },
    "validate": {
      "title": "Defaults of validate",
      "description": "What `task-api validate` does without being told.",
      "type": "object",
      "properties": {
        "deny-warnings": {
          "title": "Deny warnings",
          "description": "Let warnings fail the check, as with --deny-warnings.",
          "type": "boolean",
          "default": false
        },
        "check-paths": {
          "title": "Check paths",
          "description": "Report input directories that do not exist, as with --check-paths.",
          "type": "boolean",
          "default": false
        },
        "container": {
          "title": "Container",
          "description": "The processing-container.json that tasks are checked against, instead of the nearest one.",
          "$ref": "#/$defs/Path",
          "examples": ["path/processing-container.json"]
        },
        "policy": {
          "title": "Policy",
          "description": "JSON Schemas with what the site demands beyond the contract: a path or a list of paths.",
          "anyOf": [{ "$ref": "#/$defs/Path" }, { "type": "array", "items": { "$ref": "#/$defs/Path" } }],
          "examples": ["site.schema.json"]
        },
        "exclude": {
          "title": "Exclude",
          "description": "What is left out where a directory is searched: patterns as in a .gitignore.",
          "$ref": "#/$defs/Patterns",
          "examples": [["archive/**"]]
        }
      },
      "additionalProperties": false
    },
    "overrides": {
      "title": "Overrides",
      "description": "Severities for some files. Later ones win over earlier ones, and all over `rules`.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "files": {
            "title": "Files",
            "description": "Patterns as in a .gitignore.",
            "$ref": "#/$defs/Patterns",
            "minItems": 1,
            "examples": [["examples/**"]]
          },
          "rules": {
            "title": "Severities",
            "description": "What each rule is reported as in these files.",
            "$ref": "#/$defs/Rules"
          }
        },
        "required": ["files", "rules"],
        "additionalProperties": false
      }
    },
    "suppress": {
      "title": "Suppressions",
      "description": "Findings that are wanted: neither reported nor fixed.",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "file": {
            "title": "File",
            "description": "The file with the finding, or a pattern as in a .gitignore.",
            "$ref": "#/$defs/Path",
            "examples": ["tasks/segment-task.json"]
          },
          "rule": {
            "title": "Rule",
            "description": "The rule whose findings are suppressed. A syntax error cannot be.",
            "type": "string",
            "enum": [NAMES]
          },
          "pointer": {
            "title": "Pointer",
            "description": "JSON Pointer of the value that the findings are in. `*` stands for any one name or position. Without it, the whole file is meant.",
            "type": "string",
            "pattern": "^(/([^~/]|~[01])*)*$",
            "examples": ["/outputs", "/templates/*/env/*"]
          },
          "reason": {
            "title": "Reason",
            "description": "Why the finding is wanted.",
            "type": "string",
            "pattern": "\\S",
            "examples": ["written by hand in a later step"]
          }
        },
        "required": ["file", "rule", "reason"],
        "additionalProperties": false
      }
    }
  },
  "additionalProperties": false,
  "$defs": {
    "Level": {
      "title": "Level",
      "description": "What a rule is reported as. Errors make a file invalid.",
      "type": "string",
      "enum": ["off", "info", "warning", "error"]
    },
    "Path": { "type": "string", "pattern": "\\S" },
    "Patterns": {
      "anyOf": [{ "$ref": "#/$defs/Path" }, { "type": "array", "items": { "$ref": "#/$defs/Path" } }]
    },
    "Rules": {
      "type": "object",
      "properties": {
LEVELS
      },
      "additionalProperties": false
    }
  }
}
"##;

#[test]
fn the_schema_is_fresh_and_a_schema() {
    let names = of_files().filter(|rule| rule.name != "syntax-error").map(|rule| format!("\"{}\"", rule.name));
    let names: Vec<String> = names.map(|name| format!("\n              {name}")).collect();
    let levels: Vec<String> = of_files()
        .map(|rule| {
            let (summary, level) = (Value::from(rule.summary), rule.severity.name());
            format!(
                "        \"{}\": {{ \"description\": {summary}, \"$ref\": \"#/$defs/Level\", \"default\": \"{level}\" }}",
                rule.name
            )
        })
        .collect();
    let names = format!("{}\n            ", names.join(","));
    let text = SCHEMA.replace("NAMES", &names).replace("LEVELS", &levels.join(",\n"));
    expect_file!["../../../../schemas/task-api-toml.schema.json"].assert_eq(&text);
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|error| panic!("{error}"));
}

/// The rules that `validate` has.
fn of_files() -> impl Iterator<Item = &'static Rule> {
    rules::ALL.iter().copied().filter(|rule| rule.bad.kind.is_some())
}

/// Each is wrong, and so say the schema and the program.
const WRONG: &[&str] = &[
    "rule = 1",
    "rules = 1",
    "rules = []",
    "[rules]\nunknown-feild = \"off\"",
    "[rules]\nunknown-field = \"warn\"",
    "[rules]\nunknown-field = false",
    "[rules]\nloose-file = \"off\"",
    "[[suppress]]\nfile = \"a\"\nrule = \"loose-file\"\nreason = \"a\"",
    "validate = []",
    "[validate]\ndeny_warnings = true",
    "[validate]\ndeny-warnings = \"true\"",
    "[validate]\ncheck-paths = 0",
    "[validate]\ncontainer = 1",
    "[validate]\ncontainer = \" \"",
    "[validate]\ncontainer = [\"a\"]",
    "[validate]\npolicy = 1",
    "[validate]\npolicy = [1]",
    "[validate]\npolicy = [\"\"]",
    "[validate]\nexclude = 1",
    "[validate]\nexclude = [true]",
    "[validate]\nexclude = [\"\"]",
    "overrides = 1",
    "overrides = [1]",
    "[overrides]\nfiles = \"a\"\nrules = {}",
    "[[overrides]]\nfiles = \"a\"",
    "[[overrides]]\nrules = {}",
    "[[overrides]]\nfiles = []\nrules = {}",
    "[[overrides]]\nfiles = [\"\"]\nrules = {}",
    "[[overrides]]\nfiles = \"a\"\nrules = { a = \"off\" }",
    "[[overrides]]\nfiles = \"a\"\nrules = {}\nreason = \"b\"",
    "suppress = {}",
    "suppress = [\"a\"]",
    "[[suppress]]\nrule = \"unknown-field\"\nreason = \"a\"",
    "[[suppress]]\nfile = \"a\"\nreason = \"a\"",
    "[[suppress]]\nfile = \"a\"\nrule = \"unknown-field\"",
    "[[suppress]]\nfile = \"a\"\nrule = \"unknown-field\"\nreason = \" \"",
    "[[suppress]]\nfile = \"a\"\nrule = \"unknown-field\"\nreason = 1",
    "[[suppress]]\nfile = \"\"\nrule = \"unknown-field\"\nreason = \"a\"",
    "[[suppress]]\nfile = [\"a\"]\nrule = \"unknown-field\"\nreason = \"a\"",
    "[[suppress]]\nfile = \"a\"\nrule = \"syntax-error\"\nreason = \"a\"",
    "[[suppress]]\nfile = \"a\"\nrule = \"unknown\"\nreason = \"a\"",
    "[[suppress]]\nfile = \"a\"\nrule = \"unknown-field\"\nreason = \"a\"\npointer = \"a\"",
    "[[suppress]]\nfile = \"a\"\nrule = \"unknown-field\"\nreason = \"a\"\npointer = \"/~2\"",
    "[[suppress]]\nfile = \"a\"\nrule = \"unknown-field\"\nreason = \"a\"\npointer = 1",
    "[[suppress]]\nfile = \"a\"\nrule = \"unknown-field\"\nreason = \"a\"\npath = \"/a\"",
];

#[test]
fn what_the_schema_rejects_the_program_rejects() {
    let validator = validator();
    for text in WRONG {
        assert!(!validator.is_valid(&value_of(text)), "the schema accepts {text}");
        assert!(!read(text).problems.is_empty(), "the program accepts {text}");
    }
}

#[test]
fn what_the_program_accepts_the_schema_accepts() {
    let validator = validator();
    let every_rule = of_files().map(|rule| format!("{} = \"info\"\n", rule.name)).collect::<String>();
    let right = [
        crate::documented().to_owned(),
        String::new(),
        format!("[rules]\n{every_rule}"),
        "[validate]\nexclude = []\npolicy = []\ncontainer = \"../a b.json\"".to_owned(),
        "[[overrides]]\nfiles = \"**\"\nrules = {}".to_owned(),
        "[[suppress]]\nfile = \"*\"\nrule = \"unused-suppression\"\nreason = \"a\"\npointer = \"\"".to_owned(),
        "[[suppress]]\nfile = \"*\"\nrule = \"unknown-field\"\nreason = \"a\"\npointer = \"/a~1b/*/0\"".to_owned(),
    ];
    for text in right {
        assert_eq!(read(&text).problems, [], "{text}");
        let value = value_of(&text);
        validator.validate(&value).unwrap_or_else(|error| panic!("{error} at {}: {text}", error.instance_path()));
    }
}

fn validator() -> jsonschema::Validator {
    let schema = serde_json::from_str(task_api_core::config::SCHEMA).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn value_of(text: &str) -> Value {
    json(&DeValue::Table(DeTable::parse(text).unwrap().into_inner()))
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => json!(number.as_str().parse::<i64>().unwrap()),
        DeValue::Boolean(value) => json!(value),
        DeValue::Array(array) => array.iter().map(|element| json(element.get_ref())).collect(),
        DeValue::Table(table) => {
            Value::Object(table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref()))).collect())
        }
        other => panic!("no case has {other:?}"),
    }
}
