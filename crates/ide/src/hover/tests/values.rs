//! Values that mean more than they say.

use super::*;

#[test]
fn images_are_taken_apart() {
    check(
        r#"{"image": "ghcr.io/a$0/b:1.0"}"#,
        expect![[r#"
        "ghcr.io/a/b:1.0"
        =====
        - Registry: `ghcr.io`
        - Repository: `a/b`
        - Tag: `1.0`

        ---

        **Image** `image`: a string, required

        The image of the processing container, as Docker writes it: registry, name and tag. Give a tag or a digest rather than `latest`, so that a later run uses the same program. With template expressions, mind that a variable that is not set leaves nothing behind, and `{{ env.registryUrl }}/dummy:latest` becomes `/dummy:latest`.

        Examples: `"kaapana/example:latest"`, `"{{ env.registryUrl }}/lung-segmentation:1.2.0"`
    "#]],
    );
    check(
        r#"{"image": "lun$0gs"}"#,
        expect![[r#"
        "lungs"
        =====
        - Registry: `docker.io`, as none is named
        - Repository: `lungs`
        - Tag: `latest`, as none is given: a later run may use another program

        ---

        **Image** `image`: a string, required

        The image of the processing container, as Docker writes it: registry, name and tag. Give a tag or a digest rather than `latest`, so that a later run uses the same program. With template expressions, mind that a variable that is not set leaves nothing behind, and `{{ env.registryUrl }}/dummy:latest` becomes `/dummy:latest`.

        Examples: `"kaapana/example:latest"`, `"{{ env.registryUrl }}/lung-segmentation:1.2.0"`

        ---

        **info** `floating-image-tag`: the image has no tag, which means `latest`

        Without a tag, or with `latest`, a later run may use another program than this one. Name a version or a digest.
    "#]],
    );
}

#[test]
fn expressions_say_whether_their_variables_are_set() {
    let mut fixture = fixture(r#"{"name": "{{ env.HO$0ME }} {{ env.OTHER | default('x') }}"}"#);
    fixture.workspace.variables = Some(["HOME".to_owned()].into());
    expect![[r#"
        env.HOME
        =====
        `env.HOME` is a variable of the environment in which `task-api` runs. It is set.

        A template expression: it is rendered before anything is run.

        ---

        **Name** `name`: a string, required

        The name of this task, for people to read.

        Example: `"segment-lungs-study-7"`
    "#]]
    .assert_eq(&shown(&fixture));
    fixture.offset = 25;
    expect![[r#"
        {{ env.OTHER | default('x') }}
        =====
        - `env.OTHER` is a variable of the environment in which `task-api` runs. It is not set here: the default is taken.

        A template expression: it is rendered before anything is run.

        ---

        **Name** `name`: a string, required

        The name of this task, for people to read.

        Example: `"segment-lungs-study-7"`
    "#]].assert_eq(&shown(&fixture));
    fixture.workspace.variables = None;
    expect![[r#"
        {{ env.OTHER | default('x') }}
        =====
        - `env.OTHER` is a variable of the environment in which `task-api` runs. Where it is not set, the default is taken.

        A template expression: it is rendered before anything is run.

        ---

        **Name** `name`: a string, required

        The name of this task, for people to read.

        Example: `"segment-lungs-study-7"`
    "#]].assert_eq(&shown(&fixture));
    check(
        r#"{"name": "{{ custom['a\u0062'] $0}}"}"#,
        expect![[r#"
        {{ custom['a\u0062'] }}
        =====
        - `custom.ab` is given by the workflow system, or with `--var ab=VALUE`. Where it is not, nothing is left in its place.

        A template expression: it is rendered before anything is run.

        ---

        **Name** `name`: a string, required

        The name of this task, for people to read.

        Example: `"segment-lungs-study-7"`
    "#]],
    );
}

#[test]
fn host_paths_are_shown_as_they_are_on_the_host() {
    let mut fixture = fixture(&format!(
        "{CONTAINER}//- /work/task.json\n{}",
        r#"{"taskTemplate": "segment", "inputs": [{"name": "images", "input": {"host_path": "../$0data"}}]}"#
    ));
    fixture.workspace.get_mut("file:///work/task.json").unwrap().directory = Some("/work".to_owned());
    assert!(shown(&fixture).contains("Bound to `../data`, which is `/data`."), "{}", shown(&fixture));
}

#[test]
fn secrets_are_not_shown() {
    let secrets = ["t0p", "s3cret", "hunter2"];
    let task = r#"//- /work/task.json
{"name": "n", "image": "lungs:1.0", "taskTemplate": "segment", "outputs": [],
  "inputs": [{"name": "images", "input": {"host_path": "./a"}}],
  "env": [{"name": "API_TOKEN", "value": "hunter2"}], "command": ["a", "--token", "hunter2", "--password=hunter2"],
  "config": {"registryPassword": "hunter2", "labels": {"secret": "hunter2"}}}
"#;
    let mut fixture = fixture(&format!("{CONTAINER}{task}"));
    let mut hovers = 0;
    for uri in ["file:///processing-container.json", "file:///work/task.json"] {
        fixture.uri = uri.to_owned();
        let length = fixture.workspace.get(uri).unwrap().text().len() as u32;
        for offset in 0..=length {
            fixture.offset = offset;
            let Some(hover) = hovered(&fixture) else { continue };
            hovers += 1;
            for secret in secrets {
                assert!(!hover.text.contains(secret), "{uri} {offset}: {}", hover.text);
            }
        }
    }
    assert!(hovers > 500, "{hovers}");
}
