//! What a right file comes to.

use task_api_core::config::{Config, read};
use task_api_core::diagnostic::Severity;

#[track_caller]
fn config(text: &str) -> Config {
    let reading = read(text);
    assert_eq!(reading.problems, []);
    reading.config
}

#[test]
fn an_empty_file_changes_nothing() {
    for text in ["", "\u{feff}", "# nothing\n", "[rules]\n[validate]\n"] {
        let config = config(text);
        assert!(config.levels(Some("task.json")).is_empty());
        assert!(config.suppressions(Some("task.json"), "task-api.toml").is_empty());
        assert!(!config.validate.deny_warnings && !config.validate.check_paths);
        assert!(config.validate.exclude.is_empty());
    }
}

#[test]
fn the_documented_example_is_read_whole() {
    let config = config(crate::documented());
    assert_eq!(config.rules.len(), 2);
    assert!(config.validate.deny_warnings && !config.validate.check_paths);
    assert!(config.validate.container.is_some() && !config.validate.exclude.is_empty());
    assert_eq!(config.overrides.len(), 1);
    assert_eq!(config.suppressions.len(), 2);
}

#[test]
fn later_levels_win() {
    let config = config(
        "[rules]\nunknown-field = \"error\"\nblank-description = \"off\"\n\
         [[overrides]]\nfiles = [\"a/**\"]\nrules = { unknown-field = \"info\", legacy-env = \"off\" }\n\
         [[overrides]]\nfiles = \"a/b/*.json\"\nrules.unknown-field = \"off\"\n",
    );
    let level = |path: Option<&str>, rule: &str| config.levels(path).get(rule).copied();
    assert_eq!(level(Some("x.json"), "unknown-field"), Some(Some(Severity::Error)));
    assert_eq!(level(Some("a/x.json"), "unknown-field"), Some(Some(Severity::Info)));
    assert_eq!(level(Some("a/b/x.json"), "unknown-field"), Some(None));
    assert_eq!(level(Some("a/b/x.json"), "blank-description"), Some(None));
    assert_eq!(level(Some("a/b/x.json"), "legacy-env"), Some(None));
    assert_eq!(level(Some("x.json"), "legacy-env"), None);
    assert_eq!(level(None, "unknown-field"), Some(Some(Severity::Error)));
}

#[test]
fn suppressions_know_their_files_and_lines() {
    let config = config(
        "[[suppress]]\nfile = \"tasks/a.json\"\nrule = \"unbound-channel\"\npointer = \"/outputs\"\nreason = \"x\"\n\n\
         [[suppress]]\nfile = \"tasks/*.json\"\nrule = \"unknown-field\"\nreason = \"y\"\n",
    );
    let of = |path: &str| config.suppressions(Some(path), "sub/task-api.toml");
    let [first, second] = &of("tasks/a.json")[..] else { panic!("{:?}", of("tasks/a.json")) };
    assert_eq!((first.rule.as_str(), first.pointer.as_deref()), ("unbound-channel", Some("/outputs")));
    assert_eq!((first.origin.as_str(), first.is_expected), ("sub/task-api.toml:1", true));
    assert_eq!((second.rule.as_str(), second.pointer.as_deref()), ("unknown-field", None));
    assert_eq!((second.origin.as_str(), second.is_expected), ("sub/task-api.toml:7", false));
    assert_eq!(of("tasks/b.json").len(), 1);
    assert_eq!(of("x/tasks/a.json"), []);
    assert_eq!(config.suppressions(None, "task-api.toml"), []);
}

#[test]
fn a_path_may_be_one_or_a_list() {
    let one = config("[validate]\npolicy = \"a.json\"\nexclude = \"archive/**\"\n");
    let list = config("[validate]\npolicy = [\"a.json\"]\nexclude = [\"archive/**\"]\n");
    assert_eq!(one.validate.policy[0].path, list.validate.policy[0].path);
    assert_eq!((one.validate.policy[0].line, one.validate.policy.len()), (2, 1));
    assert!(one.validate.exclude.matches("archive/x") && list.validate.exclude.matches("archive/x"));
}
