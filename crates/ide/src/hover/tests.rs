use expect_test::{Expect, expect};

use super::*;
use crate::fixture::{Fixture, fixture};

fn hovered(fixture: &Fixture) -> Option<Hover> {
    hover(&fixture.workspace, Place { uri: &fixture.uri, offset: fixture.offset })
}

fn shown(fixture: &Fixture) -> String {
    let document = fixture.workspace.get(&fixture.uri).unwrap();
    hovered(fixture)
        .map_or_else(String::new, |hover| format!("{}\n=====\n{}\n", hover.span.of(document.text()), hover.text))
}

#[track_caller]
fn check(literal: &str, expected: Expect) {
    expected.assert_eq(&shown(&fixture(literal)));
}

/// In a task of version 0 that binds everything in the container's template.
#[track_caller]
fn check_task(fields: &str, expected: Expect) {
    check(
        &format!("{CONTAINER}//- /work/task.json\n{{\"name\": \"n\", \"image\": \"lungs:1.0\", {fields}}}"),
        expected,
    );
}

const CONTAINER: &str = r#"//- /processing-container.json
{"name": "lungs", "description": "d", "templates": [{
  "identifier": "segment", "description": "Writes *masks*.",
  "inputs": [{"name": "images", "mounted_path": "/in", "description": "One file.",
    "scale_rule": {"complexity": "2*n", "type": "limit", "mode": "sum"}}],
  "outputs": [{"name": "masks", "mounted_path": "/out"}],
  "env": [
    {"name": "UNIT", "value": "mm", "choices": ["mm", "cm"], "description": "Of `lengths`."},
    {"name": "API_TOKEN", "value": "t0p", "choices": ["t0p", "s3cret"]}],
  "command": ["run", "--fast"],
  "resources": {"limits": {"memory": "1Gi", "cpu": "500m"}}
}]}
"#;

#[test]
fn a_field_as_the_contract_has_it() {
    check(
        r#"{"na$0me": "a"}"#,
        expect![[r#"
        "name"
        =====
        **Name** `name`: a string, required

        The name of this task, for people to read.

        Example: `"segment-lungs-study-7"`
    "#]],
    );
    check(
        r#"{"inputs": [{"name": "a", "volume_source": {}, "scale_rule": {"scale_factor": 1, "type": "limit", "mod$0e": "sum"}}]}"#,
        expect![[r#"
            "mode"
            =====
            **Mode** `mode`: a string, required

            How the sizes of the matching files become one size `n`. If no file matches, `n` is 0. A compressed file counts with its size on disk, so allow for what it unpacks to.

            Allowed:

            - **`"sum"`** (present): The total size of all matching files: for programs that hold all data in memory at once.
            - `"max_file_size"`: The size of the largest matching file: for programs that read one file after the other.
            - `"max_item_sum"`: The largest total of one item, an item being a subdirectory of the channel: for programs that read one item after the other.

            Example: `"sum"`

            ---

            No container with the template of this task is known here.
        "#]],
    );
    check(
        r#"{"api_version": 1, "inputs": [{"volu$0me_source": {"host_path": "a"}, "name": "a"}]}"#,
        expect![[r#"
        "volume_source"
        =====
        **Volume source** `volume_source`: an object (HostPathVolume), required

        The directory to mount. For an input it holds the data, for an output it is where the results are written.

        Example: `{ "host_path": "./data/images" }`  
        In version 0, it is `input`.

        ---

        No container with the template of this task is known here.
    "#]],
    );
}

#[test]
fn variables_of_a_task() {
    check_task(
        r#""taskTemplate": "segment", "env": [{"name": "UNIT", "value": "c$0m"}]"#,
        expect![[r#"
        "cm"
        =====
        `UNIT` = `cm`, from this task

        Template `segment` ([processing-container.json](file:///processing-container.json#L7)) declares it with the default `mm`.

        Of \`lengths\`.

        Choices:

        - `mm`
        - **`cm`** (present)

        ---

        **Value** `value`: a string, required

        The value that the program gets. It is always a string: write `"5"` and `"true"`, not `5` and `true`. Template expressions are replaced first; a variable that is not set silently becomes an empty string.

        Examples: `"0.5"`, `"{{ custom.threshold }}"`
    "#]],
    );
    check_task(
        r#""taskTemplate": "segment", "env": [{"name": "MO$0RE", "value": "1"}]"#,
        expect![[r#"
        "MORE"
        =====
        `MORE` = `1`, from this task

        Template `segment` ([processing-container.json](file:///processing-container.json#L1)) does not declare it: it is set in addition.

        ---

        **Name** `name`: a string, required

        The name of the environment variable. It has to be spelt as in the template to override it; any other name is passed on as an additional variable.

        Example: `"THRESHOLD"`

        ---

        **info** `unknown-env`: template `segment` does not declare the variable `MORE`

        The variable is passed on to the container all the same. If it was meant to override one of the template's, its name has to be spelt as there.
    "#]],
    );
    check_task(
        r#""taskTemplate": "segment", "e$0nv": [{"name": "MORE", "value": "1"}]"#,
        expect![[r#"
        "env"
        =====
        **Environment variables** `env`: an array or null, may be left out

        Environment variables that override the defaults of the template or are set in addition. Variables that are not listed keep the template's default. Values in a workflow's trigger request win over these.

        Default: `null`  
        Example: `[{ "name": "THRESHOLD", "value": "0.7" }]`

        ---

        What the program gets, beside the image's own variables:

        - `UNIT` = `mm`, from the template
        - `API_TOKEN` = `[redacted]`, from the template
        - `MORE` = `1`, from this task
    "#]],
    );
}

#[test]
fn commands_resources_and_configuration_of_a_task() {
    check_task(
        r#""taskTemplate": "segment", "command": ["run", "--sl$0ow"]"#,
        expect![[r#"
        "--slow"
        =====
        Runs `run --slow`, from this task. Template `segment` ([processing-container.json](file:///processing-container.json#L1)) has `run --fast`.

        ---

        **Command** `command`: an array or null, may be left out

        The command that the container runs in this task, one list entry per word. It replaces the template's command and the image's `CMD` as a whole, while the image's `ENTRYPOINT` stays. Without a command (or with `null`), the template's command is used, and without that the image's own.

        Default: `null`  
        Example: `["python3", "-u", "start.py"]`
    "#]],
    );
    check_task(
        r#""taskTemplate": "segment", "command": nu$0ll"#,
        expect![[r#"
        null
        =====
        Runs `run --fast`, from the template.

        ---

        **Command** `command`: an array or null, may be left out

        The command that the container runs in this task, one list entry per word. It replaces the template's command and the image's `CMD` as a whole, while the image's `ENTRYPOINT` stays. Without a command (or with `null`), the template's command is used, and without that the image's own.

        Default: `null`  
        Example: `["python3", "-u", "start.py"]`
    "#]],
    );
    check_task(
        r#""taskTemplate": "segment", "reso$0urces": {"limits": {"memory": "2Gi"}}"#,
        expect![[r#"
        "resources"
        =====
        **Resources** `resources`: an object or null (Resources), may be left out

        The CPU, memory and GPU for this task. They replace the template's resources as a whole: a limit that is only in the template no longer applies. Scale rules of the inputs still do.

        Default: `null`  
        Example: `{ "limits": { "memory": "8Gi" } }`

        ---

        What counts, from this task:

        - `limits.memory`: `2Gi`

        Mind that the task's `resources` replace the template's as a whole, so its limit of "500m" for cpu is lost.
    "#]],
    );
    check_task(
        r#""taskTemplate": "segment", "resources": {"limits": {"memory": "2$0Gi"}}"#,
        expect![[r#"
        "2Gi"
        =====
        `2Gi` = 2 147 483 648 bytes = 2 GiB = 2.1 GB

        ---

        It counts, as the task's `resources` replace the template's as a whole. Template `segment` ([processing-container.json](file:///processing-container.json#L10)) has `1Gi`.

        ---

        **Memory** `memory`: any value, may be left out

        The memory that the container may use, in bytes or with a unit: `512Mi`, `4Gi`. A container that uses more is ended with exit code 137 (out of memory). Scale rules of type `limit` on the inputs can raise this value, never lower it. Write `Mi` or `Gi`: the reference command line reads no number without a unit and no `M` or `G`.

        Examples: `"512Mi"`, `"4Gi"`
    "#]],
    );
    check_task(
        r#""taskTemplate": "segment", "config": {"labels": {"a": "b$0"}}"#,
        expect![[r#"
        "b"
        =====
        It counts, from this task: templates have no `config`.

        ---

        **Labels** `labels`: an object or null, may be left out

        Labels that are put on the container, to find it again or to tell projects apart. They map names to strings.

        Default: `null`  
        Example: `{ "project": "lung-study" }`
    "#]],
    );
}

#[test]
fn channels_and_templates_of_a_task() {
    check_task(
        r#""taskTemplate": "segment", "inputs": [{"name": "ima$0ges", "input": {"host_path": "./a"}}]"#,
        expect![[r#"
            "images"
            =====
            Template `segment` ([processing-container.json](file:///processing-container.json#L3)) declares this input: it is mounted at `/in`.

            One file.

            Bound to `./a`.

            Memory limit by scale rule `2*n`, from the template.

            ---

            **Name** `name`: a string, required

            The name of the channel as the template declares it. A volume whose name the template does not know is not mounted.

            Example: `"images"`
        "#]],
    );
    check_task(
        r#""taskTemplate": "segment", "inputs": [{"name": "ma$0sks", "input": {"host_path": "./a"}}]"#,
        expect![[r#"
            "masks"
            =====
            Template `segment` ([processing-container.json](file:///processing-container.json#L1)) has no input of this name; it is one of its outputs. It is not mounted.

            ---

            **Name** `name`: a string, required

            The name of the channel as the template declares it. A volume whose name the template does not know is not mounted.

            Example: `"images"`

            ---

            **error** `wrong-direction`: `masks` is an output of the template, but stands under `inputs`

            Inputs are mounted read-only and must exist; outputs are writable and are made if need be. A channel therefore has to stand on the side on which the template declares it.
        "#]],
    );
    check_task(
        r#""taskTemplate": "seg$0ment""#,
        expect![[r#"
        "segment"
        =====
        Template `segment` ([processing-container.json](file:///processing-container.json#L1))

        Writes \*masks\*.

        Inputs:

        - `images` at `/in`: One file.

        Outputs:

        - `masks` at `/out`

        Variables:

        - `UNIT` = `mm`
        - `API_TOKEN` = `[redacted]`

        Command: `run --fast`

        ---

        **Task template** `taskTemplate`: an object or a string, required

        Which of the container's templates to run: either the `identifier` of a template in the image's processing-container.json, or a whole template written here, which is then used instead.

        Example: `"segment-lungs"`
    "#]],
    );
    check_task(
        r#""taskTemplate": "noth$0ing alike""#,
        expect![[r#"
        "nothing alike"
        =====
        No container with this template is known here.

        ---

        **Task template** `taskTemplate`: an object or a string, required

        Which of the container's templates to run: either the `identifier` of a template in the image's processing-container.json, or a whole template written here, which is then used instead.

        Example: `"segment-lungs"`
    "#]],
    );
}

#[test]
fn a_container_knows_its_tasks() {
    let tasks = r#"//- /a/task.json
{"name": "first", "taskTemplate": "segment", "inputs": [{"name": "images", "input": {"host_path": "./a"}}],
  "outputs": [], "env": [{"name": "UNIT", "value": "cm"}, {"name": "API_TOKEN", "value": "hunter2"}],
  "command": ["other"], "resources": {"limits": {"cpu": 2}}}
//- /b/task.json
{"name": "second", "taskTemplate": "segment", "inputs": [], "outputs": []}
//- /c/processing-container.json
{"templates": [{"identifier": "segment"}]}
//- /c/task.json
{"name": "of another container", "taskTemplate": "segment", "env": [{"name": "UNIT", "value": "km"}]}
"#;
    let check = |from: &str, to: &str, expected: Expect| {
        check(&format!("{}{tasks}", CONTAINER.replacen(from, to, 1)), expected)
    };
    check(
        "\"UNIT\"",
        "\"UN$0IT\"",
        expect![[r#"
        "UNIT"
        =====
        Set by:

        - [a/task.json](file:///a/task.json#L2): `cm`

        ---

        **Name** `name`: a string, required

        The name of the environment variable as the program reads it, by custom in capitals. Overrides in a task or in a workflow's trigger request are matched by this name.

        Example: `"THRESHOLD"`
    "#]],
    );
    check(
        "\"segment\"",
        "\"seg$0ment\"",
        expect![[r#"
        "segment"
        =====
        Used by:

        - [a/task.json](file:///a/task.json#L1): first
        - [b/task.json](file:///b/task.json#L1): second

        ---

        **Identifier** `identifier`: a string, required

        The name by which tasks and workflows select this template (`taskTemplate` in task.json). It must be unique within the container; renaming it breaks every task that uses it.

        Example: `"segment-lungs"`
    "#]],
    );
    check(
        "\"images\"",
        "\"ima$0ges\"",
        expect![[r#"
        "images"
        =====
        Bound by:

        - [a/task.json](file:///a/task.json#L1): `./a`

        ---

        **Name** `name`: a string, required

        The name of the channel, unique among the template's channels. A task binds a directory to the channel by this name.

        Example: `"images"`
    "#]],
    );
    check(
        "\"--fast\"",
        "\"--fa$0st\"",
        expect![[r#"
        "--fast"
        =====
        Replaced by:

        - [a/task.json](file:///a/task.json#L3): `other`

        ---

        **Command** `command`: an array or null, may be left out

        The command that the container runs, one list entry per word: nothing splits a word at spaces, and no shell expands variables. It replaces the image's `CMD`, while the image's `ENTRYPOINT` stays and is put in front of it. Without a command (or with `null`), the image's own command runs.

        Default: `null`  
        Example: `["python3", "-u", "start.py"]`
    "#]],
    );
    check(
        "\"1Gi\"",
        "\"1$0Gi\"",
        expect![[r#"
        "1Gi"
        =====
        `1Gi` = 1 073 741 824 bytes = 1 GiB = 1.1 GB

        ---

        Replaced by:

        - [a/task.json](file:///a/task.json#L3): without it

        ---

        **Memory** `memory`: any value, may be left out

        The memory that the container may use, in bytes or with a unit: `512Mi`, `4Gi`. A container that uses more is ended with exit code 137 (out of memory). Scale rules of type `limit` on the inputs can raise this value, never lower it. Write `Mi` or `Gi`: the reference command line reads no number without a unit and no `M` or `G`.

        Examples: `"512Mi"`, `"4Gi"`
    "#]],
    );
    check(
        "\"500m\"",
        "\"500$0m\"",
        expect![[r#"
        "500m"
        =====
        `500m` = 0.5 cores

        ---

        Replaced by:

        - [a/task.json](file:///a/task.json#L3): `2`

        ---

        **CPU** `cpu`: any value, may be left out

        The CPU time that the container may use, in cores: `2` is two cores, `500m` is half a core. A container that wants more is slowed down, not ended.

        Examples: `"500m"`, `"2"`
    "#]],
    );
    check(
        "\"2*n\"",
        "\"2*$0n\"",
        expect![[r#"
        "2*n"
        =====
        Memory limit of at least 2 times `n` (`2*n`), where `n` is the total size of the files, in bytes.

        | n | memory |
        |--:|--:|
        | 1 MiB | 2 MiB |
        | 100 MiB | 200 MiB |
        | 1 GiB | 2 GiB |

        ---

        Bound by:

        - [a/task.json](file:///a/task.json#L1): `./a`

        ---

        **Complexity** `complexity`: a string, required

        Bytes of memory as a function of `n`, the size of the data in bytes: `coefficient*n**exponent`, for example `n`, `2*n`, `1.5*n` or `n**2`. With `2*n`, 3 GiB of data give 6 GiB of memory. A missing coefficient or exponent is 1. Careful with exponents: with `n**2` one megabyte of data already asks for a terabyte.

        Examples: `"n"`, `"2*n"`, `"1.5*n"`
    "#]],
    );
}

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
fn what_is_wrong_stands_below_the_rest() {
    check_task(
        r#""taskTemplate": "segment", "env": [{"name": "UNIT", "value": "in`[x]$0(command:y)"}]"#,
        expect![[r#"
        "in`[x](command:y)"
        =====
        `UNIT` = ``in`[x](command:y)``, from this task

        Template `segment` ([processing-container.json](file:///processing-container.json#L7)) declares it with the default `mm`.

        Of \`lengths\`.

        Choices:

        - `mm`
        - `cm`

        ---

        **Value** `value`: a string, required

        The value that the program gets. It is always a string: write `"5"` and `"true"`, not `5` and `true`. Template expressions are replaced first; a variable that is not set silently becomes an empty string.

        Examples: `"0.5"`, `"{{ custom.threshold }}"`

        ---

        **error** `env-value-not-in-choices`: `UNIT` cannot be "in\[x\](command:y)": the choices are "mm", "cm"

        Choices say which values the program understands; forms offer just these. The default has to be one of them, and so has what a task sets. An empty list means no restriction.
    "#]],
    );
    check(
        "{\"name\": \"a\",$0 }",
        expect![[r#"
        ,
        =====
        **error** `syntax-error`: trailing comma

        Every syntax error is reported, not just the first one: behind an error the reader goes on as if it were mended. Where a single token decides (a missing or trailing comma, single quotes, a comment, a key without quotes), a fix mends it.
    "#]],
    );
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

#[test]
fn findings_are_kept_until_something_changes() {
    let mut fixture = fixture(&format!("{CONTAINER}//- /work/task.json\n{{\"taskTemplate\": \"segment\"}}"));
    let uri = "file:///work/task.json";
    let of = |fixture: &Fixture| checked(&fixture.workspace, fixture.workspace.get(uri).unwrap()).unwrap();
    let first = of(&fixture);
    assert!(Arc::ptr_eq(&first, &of(&fixture)));
    let container = fixture.workspace.get_mut("file:///processing-container.json").unwrap();
    let text = container.text().replace("images", "image");
    container.set_text(text);
    let second = of(&fixture);
    assert!(!Arc::ptr_eq(&first, &second));
    fixture.workspace.levels.insert("missing-field".to_owned(), None);
    let third = of(&fixture);
    assert!(third.diagnostics.len() < second.diagnostics.len());
    fixture.workspace.variables = Some([].into());
    assert!(!Arc::ptr_eq(&third, &of(&fixture)));
}
