//! `schema`: the JSON Schema of a format, byte for byte as it is kept.

use expect_test::expect;

use crate::support::Project;

#[test]
fn schemas_are_those_of_the_repository() {
    let schemas = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas");
    for (line, file) in [
        ("schema pc", "processing-container.v1.schema.json"),
        ("schema pc --api-version 1", "processing-container.v1.schema.json"),
        ("schema pc --api-version auto", "processing-container.v1.schema.json"),
        ("schema pc --api-version 0", "processing-container.v0.schema.json"),
        ("schema task", "task.v1.schema.json"),
        ("schema task --api-version 0", "task.v0.schema.json"),
        ("schema workflow", "workflow.schema.json"),
    ] {
        let ran = Project::new().run(line.split(' '));
        assert_eq!((ran.code, ran.err()), (0, ""), "{line}");
        assert_eq!(ran.out(), std::fs::read_to_string(format!("{schemas}/{file}")).unwrap(), "{line}");
    }
}

#[test]
fn a_kind_is_needed() {
    Project::new().check(
        "schema",
        expect![[r#"
        exit code 2
        stderr:
        error: the following required arguments were not provided:
          <KIND>

        Usage: task-api schema <KIND>

        For more information, try '--help'.
    "#]],
    );
    Project::new().check(
        "schema auto",
        expect![[r#"
            exit code 2
            stderr:
            error: invalid value 'auto' for '<KIND>'
              [possible values: pc, task, workflow, config]

            For more information, try '--help'.
        "#]],
    );
}
