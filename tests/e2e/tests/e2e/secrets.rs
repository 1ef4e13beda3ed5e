//! Secrets reach the container and nothing else.

use std::fs;

use serde_json::json;

use crate::support::Bench;

#[test]
fn secrets_reach_only_the_container() {
    let mut bench = Bench::new();
    let script = "for x in \"$DB_PASSWORD\" \"$API_TOKEN\" \"$MY_SECRET\"; do printf %s \"$x\" | wc -c; done; exit 3";
    bench.task(json!({
        "command": ["/bin/sh", "-c", script],
        "env": [{ "name": "DB_PASSWORD", "value": "hunter-one" }, { "name": "MY_SECRET", "value": "{{ env.HUSH }}" }],
        "config": { "registryUsername": "me", "registryPassword": "hunter-registry" },
    }));
    bench.env("HUSH", "hunter-two\"\\");
    let token = ["--env", "API_TOKEN=hunter-three!"];
    let no_secret = |what: &str, text: &str| assert!(!text.contains("hunter"), "{what}: {text}");
    let dry = bench.run(&["run", "--dry-run", token[0], token[1], "task.json"]);
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert!(dry.text().contains("--env DB_PASSWORD --env MY_SECRET --env API_TOKEN"), "{dry:?}");
    no_secret("--dry-run", &format!("{}{}", dry.text(), dry.err));
    let ended = bench.run(&["run", "--watch", token[0], token[1], "task.json"]);
    assert_eq!((ended.code, ended.text()), (Some(3), "10\n13\n12\n"), "{ended:?}");
    no_secret("stderr", &ended.err);
    no_secret("the record", &fs::read_to_string(&bench.records()[0]).unwrap());
    let record = bench.record();
    assert_eq!(record["taskInstance"]["config"]["registryPassword"], "[redacted]");
    let id = record["id"].as_str().unwrap();
    for arguments in [&["status", id][..], &["status", "--format", "json", id]] {
        let ended = bench.run(arguments);
        no_secret(arguments[0], &format!("{}{}", ended.text(), ended.err));
    }
    // Runs of other tests are listed as well, and are none of this one's business.
    let ps = bench.run(&["ps", "--format", "json"]).json();
    let ours = ps["runs"].as_array().unwrap().iter().find(|run| run["id"] == id).unwrap();
    assert_eq!(ours["record"]["id"], id);
    no_secret("ps", &ours.to_string());
    assert_eq!(bench.run(&["rm", id]).code, Some(0));
    no_secret("the record", &fs::read_to_string(&bench.records()[0]).unwrap());
}

#[test]
fn secrets_stay_out_of_what_the_engine_refuses() {
    let bench = Bench::new();
    let env = json!([{ "name": "DB_PASSWORD", "value": "hunter-one" }]);
    bench.task(json!({ "command": ["/nothing/hunter-one"], "env": env }));
    let ended = bench.run(&["run", "task.json"]);
    assert_eq!(ended.code, Some(127), "{ended:?}");
    assert!(ended.err.contains("[redacted]") && !ended.err.contains("hunter"), "{ended:?}");
    assert!(!bench.record()["error"].as_str().unwrap().contains("hunter"));
}
