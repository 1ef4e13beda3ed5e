//! The image of examples/count-items: `FROM scratch` and the system's static busybox, so that it
//! needs no registry.

use std::path::Path;

use crate::process::{Result, copy, failure, make_directory, read, remove_directory, run};
use crate::project;
use crate::setup::{self, BUSYBOX};

pub(crate) const EXAMPLE: &str = "examples/count-items";

/// The name that the example's task files use.
pub(crate) const EXAMPLE_IMAGE: &str = "task-api-example/count-items:1";

/// The files of the example that its Dockerfile copies.
const CONTEXT: &[&str] = &["Dockerfile", "processing-container.json", "count-items.sh"];

/// Builds the image with the legacy builder, which is part of every engine (buildx is not).
pub(crate) fn build_example() -> Result<&'static str> {
    let busybox = setup::ensure_program(&BUSYBOX)?;
    if !is_static(&busybox) {
        return failure(format!(
            "{} is not statically linked, and the example image has no libraries: install a \
             static busybox (Debian, Ubuntu: apt-get install busybox-static)",
            busybox.display()
        ));
    }
    let context = project::target().join("images/count-items");
    remove_directory(&context)?;
    make_directory(&context)?;
    for name in CONTEXT {
        copy(&project::root().join(EXAMPLE).join(name), &context.join(name))?;
    }
    copy(&busybox, &context.join("busybox"))?;
    run("docker")
        .args(["build", "--quiet", "--tag", EXAMPLE_IMAGE])
        .arg(&context)
        .env("DOCKER_BUILDKIT", "0")
        .done()?;
    Ok(EXAMPLE_IMAGE)
}

/// Runs both templates as an arbitrary user with inputs that cannot be written to, without any
/// tool of ours; then `count-items` on data it must refuse.
pub(crate) fn check_example() -> Result<()> {
    let data = project::root().join(EXAMPLE).join("data");
    let output = project::target().join("images/count-items-output");
    remove_directory(&output)?;
    let (items, counts) = (output.join("items"), output.join("counts"));
    for directory in [&items, &counts] {
        make_directory(directory)?;
        run("chmod").arg("0777").arg(directory).quietly().done()?;
    }
    let write_env = ["LETTER_CASE=lower", "SKIP_EMPTY_LINES=true", "MAXIMUM_LINES=3", "RESULT_FILE=lines.txt"];
    let count_env = ["UNIT=words", "MINIMUM=1"];
    expect(0, "write-items", (&data.join("notes"), "notes"), (&items, "items"), &write_env)?;
    expect(0, "count-items", (&items, "items"), (&counts, "counts"), &count_env)?;
    let table = read(&counts.join("summary/counts.csv"))?;
    let wanted = "item,words\nbreakfast,7\ngarden,10\njourney,11\n";
    if table != wanted {
        return failure(format!("count-items wrote\n{table}instead of\n{wanted}"));
    }
    expect(2, "count-items", (&data.join("broken"), "items"), (&counts, "counts"), &count_env)
}

type Channel<'a> = (&'a Path, &'a str);

fn expect(code: i32, template: &str, input: Channel, output: Channel, env: &[&str]) -> Result<()> {
    let mount = |(source, name): Channel, mode: &str| {
        format!("type=bind,source={},target=/data/{name}{mode}", source.display())
    };
    let docker = run("docker").args(["run", "--rm", "--user", &user()?, "--network", "none"]);
    let docker = docker.args(["--read-only", "--mount", &mount(input, ",readonly")]);
    let docker = docker.args(["--mount", &mount(output, "")]);
    let docker = docker.args(env.iter().flat_map(|value| ["--env", value]));
    match docker.args([EXAMPLE_IMAGE, template]).code()? {
        actual if actual == code => Ok(()),
        actual => failure(format!("{template} ended with exit code {actual}, not {code}")),
    }
}

/// Somebody whom the image does not know, and whose output we can remove again.
fn user() -> Result<String> {
    let id = run("id").arg("-u").quietly().output()?;
    Ok(if id.trim() == "0" { "12345:12345".to_owned() } else { format!("{0}:{0}", id.trim()) })
}

/// Whether an ELF file names no interpreter (program header type 3), as dynamically linked ones do.
fn is_static(path: &Path) -> bool {
    let Ok(bytes) = std::fs::read(path) else { return false };
    names_no_interpreter(&bytes).unwrap_or(false)
}

fn names_no_interpreter(elf: &[u8]) -> Option<bool> {
    let little_endian_64_bit = elf.starts_with(b"\x7fELF\x02\x01");
    if !little_endian_64_bit {
        return None;
    }
    let number = |at: usize, length: usize| {
        let bytes = elf.get(at..at + length)?;
        Some(bytes.iter().rev().fold(0usize, |value, byte| value << 8 | usize::from(*byte)))
    };
    let (table, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
    for index in 0..count {
        if number(table + index * size, 4)? == 3 {
            return Some(false);
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_is_not_a_static_program() {
        let this = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        if cfg!(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64")) {
            assert_eq!(names_no_interpreter(&this), Some(false));
        }
        assert_eq!(names_no_interpreter(b"#!/bin/sh"), None);
        assert_eq!(names_no_interpreter(b"\x7fELF\x02\x01"), None);
    }
}
