//! The steps of `cargo xtask test`, in order.

use std::path::PathBuf;

use super::{Context, Step, closing};
use crate::process::{Result, Run, failure, run};
use crate::project;
use crate::setup::{
    self, BUSYBOX, CHROMIUM, EMACS, HTPASSWD, IP, NEOVIM, OPENSSL, PGREP, PODMAN, PYTHON, REGISTRY, UNZIP,
};
use crate::{engine, image, vsix, wasm, web};

/// Crates that know no files, environment, clock or network. That they call none of it is kept by
/// clippy (`disallowed-methods` and its kin in the clippy.toml beside each), and that they build
/// where there is none of it by the step `pure`.
const PURE_CRATES: &[&str] = &["task-api-json", "task-api-core", "task-api-ide", "task-api-dag"];

const WASM_TESTS: &str = "tests/wasm";

pub(super) const STEPS: &[Step] = &[
    Step {
        name: "format",
        summary: "the code is formatted",
        needs: &[],
        run: |_| run("cargo").args(["fmt", "--all", "--check"]).done(),
    },
    Step {
        name: "clippy",
        summary: "no warning from compiler or clippy; the pure crates do no I/O",
        needs: &[],
        run: |_| {
            let clippy = run("cargo").args(["clippy", "--workspace", "--all-targets", "--quiet"]);
            clippy.args(["--", "-D", "warnings"]).done()
        },
    },
    Step {
        name: "pure",
        summary: "the pure crates and the language server build for wasm32",
        needs: &[],
        run: |_| {
            setup::ensure_wasm_target()?;
            let packages = PURE_CRATES.iter().flat_map(|name| ["--package", name]);
            let check = || run("cargo").args(["check", "--quiet", "--target", setup::WASM_TARGET]);
            check().args(packages).done()?;
            // Without the part that knows files and standard input.
            check().args(["--package", "task-api-lsp", "--no-default-features"]).done()
        },
    },
    Step {
        name: "doc",
        summary: "rustdoc without warnings",
        needs: &[],
        run: |_| {
            let doc = run("cargo").args(["doc", "--workspace", "--no-deps", "--quiet"]);
            doc.env("RUSTDOCFLAGS", "-D warnings").done()
        },
    },
    Step {
        name: "engine",
        summary: "a Docker Engine answers",
        needs: &[],
        run: |context| {
            context.engine = Some(engine::ensure()?);
            Ok(())
        },
    },
    Step {
        name: "example",
        summary: "the example's image builds, and its templates do what they say, as any user",
        needs: &["engine"],
        run: |_| {
            image::build_example()?;
            image::check_example()
        },
    },
    Step { name: "cargo", summary: "cargo test", needs: &["engine"], run: cargo_test },
    Step {
        name: "airflow",
        summary: "exported DAGs in Airflow: run on the engine with the outputs of `workflow run`, and call for call",
        needs: &["engine"],
        run: airflow,
    },
    Step {
        name: "package",
        summary: "the npm package builds, and installs as it would from the registry",
        needs: &[],
        run: |_| {
            wasm::build()?;
            setup::npm_install(WASM_TESTS, "the npm package's tests use them")?;
            wasm::install_into(WASM_TESTS)
        },
    },
    Step {
        name: "types",
        summary: "TypeScript users of the package compile: in pages, workers and Node",
        needs: &["package"],
        run: |_| {
            for place in ["browser", "node", "worker"] {
                let project = format!("types/tsconfig.{place}.json");
                let tsc = run("node_modules/.bin/tsc").args(["--project", &project]);
                tsc.current_dir(&wasm_tests()).done()?;
            }
            Ok(())
        },
    },
    Step {
        name: "node",
        summary: "the package in Node",
        needs: &["package"],
        run: |context| node_test(context, "tests/wasm/node"),
    },
    Step {
        name: "page",
        summary: "the package in a page in Chromium",
        needs: &["package"],
        run: |context| {
            setup::ensure_program(&CHROMIUM)?;
            node_test(context, "tests/wasm/page")
        },
    },
    Step {
        name: "web",
        summary: "the builder page: lint, types, and the build into web/dist",
        needs: &["package"],
        run: |_| {
            web::install()?;
            web::check()?;
            web::bundle()
        },
    },
    Step {
        name: "builder",
        summary: "the builder page and its elements in Chromium, and what they make, in the binary",
        needs: &["web"],
        run: |context| {
            setup::ensure_program(&CHROMIUM)?;
            run("cargo").args(["build", "--quiet", "--package", "task-api-cli"]).done()?;
            node_test(context, "web/test")
        },
    },
    Step {
        name: "consumers",
        summary: "the packed package in empty folders: Node, a plain page, a worker, Vite, esbuild, a client of LSP",
        needs: &["package"],
        run: |context| {
            setup::ensure_program(&CHROMIUM)?;
            node_test(context, "tests/wasm/consumers")
        },
    },
    Step {
        name: "extension",
        summary: "the extension for VS Code: types, lint, unit tests, and its package without a warning",
        needs: &["package"],
        run: |context| {
            vsix::install()?;
            let npm = |script: &str| run("npm").args(["run", "--silent", script]).current_dir(&vsix::folder());
            npm("types").done()?;
            npm("lint").done()?;
            watched(context, npm("test"), vsix::FOLDER)?;
            vsix::package()
        },
    },
    Step {
        name: "workbench",
        summary: "the packed extension in VS Code: with a Node host, with runs on an engine, and in a page in Chromium",
        needs: &["extension"],
        run: |context| {
            let workbench = setup::ensure_workbench()?;
            for program in [&CHROMIUM, &UNZIP, &PGREP, &IP] {
                setup::ensure_program(program)?;
            }
            let busybox = setup::ensure_program(&BUSYBOX)?;
            let _engine = engine::ensure()?;
            run("cargo").args(["build", "--quiet", "--package", "task-api-cli"]).done()?;
            let files = ["desktop", "offline", "builder", "commands", "runs", "web"]
                .map(|name| format!("test/workbench/{name}.test.mjs"));
            // One workbench at a time, so that its patience is not spent on another.
            let tests = run("node").args(["--test", "--test-concurrency=1"]).args(files);
            let tests = tests.env("CODE_SERVER", workbench).env("VSIX", vsix::path());
            let tests = tests
                .env("BUSYBOX", busybox)
                .env("TASK_API", project::target().join("debug/task-api"))
                .current_dir(&vsix::folder());
            watched(context, tests, vsix::FOLDER)
        },
    },
];

fn wasm_tests() -> PathBuf {
    project::root().join(WASM_TESTS)
}

fn cargo_test(context: &mut Context) -> Result<()> {
    // What scale rules select is held against Python.
    for program in [&REGISTRY, &HTPASSWD, &PODMAN, &OPENSSL, &IP, &PYTHON, &NEOVIM, &EMACS] {
        setup::ensure_program(program)?;
    }
    setup::ensure_rocrate()?;
    let test = run("cargo").args(["test", "--workspace", "--no-fail-fast"]);
    let (code, output) = test.watched()?;
    let lines = closing::of_cargo_test(&output);
    if code != 0 {
        context.closing_lines.extend(lines.unwrap_or_default());
        return failure(format!("cargo test failed with exit code {code}"));
    }
    context.closing_lines.extend(lines?);
    Ok(())
}

fn airflow(_: &mut Context) -> Result<()> {
    setup::ensure_program(&PYTHON)?;
    let python = setup::ensure_airflow()?.join("python");
    run("cargo").args(["build", "--quiet", "--package", "task-api-cli"]).done()?;
    let tests = run(python).args(["-m", "unittest", "-v", "test_airflow"]);
    tests
        .env("TASK_API", project::target().join("debug/task-api"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(&project::root().join("tests/airflow"))
        .done()
}

/// The `*.test.js` files of a directory, named one by one: what `node --test DIRECTORY`
/// means differs between versions of Node.
fn node_test(context: &mut Context, directory: &str) -> Result<()> {
    let path = project::root().join(directory);
    let entries =
        std::fs::read_dir(&path).map_err(|error| format!("cannot read {}: {error}", project::shown(&path)))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".test.js"))
        .collect();
    files.sort();
    watched(context, run("node").arg("--test").args(&files), directory)
}

fn watched(context: &mut Context, tests: Run, of: &str) -> Result<()> {
    let (code, output) = tests.watched()?;
    let lines = closing::of_node(&output);
    if code != 0 {
        context.closing_lines.extend(lines.unwrap_or_default());
        return failure(format!("the tests of {of} failed with exit code {code}"));
    }
    context.closing_lines.extend(lines?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pure_crates_share_one_list_of_what_they_must_not_call() {
        let lists: Vec<String> = PURE_CRATES
            .iter()
            .map(|name| {
                let directory = name.strip_prefix("task-api-").unwrap();
                crate::process::read(&project::root().join("crates").join(directory).join("clippy.toml")).unwrap()
            })
            .collect();
        assert!(lists.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
