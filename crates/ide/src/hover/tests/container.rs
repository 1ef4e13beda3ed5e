//! In a container: what its tasks make of it.

use super::*;

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
