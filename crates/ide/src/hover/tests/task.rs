//! In a task: what wins, and where it is from.

use super::*;

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
