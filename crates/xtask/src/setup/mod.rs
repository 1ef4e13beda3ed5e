//! What the commands need on the machine. Each component is looked for first; a missing one is
//! installed with a line that says what is done and why, or, where that cannot be done, is an error
//! that names exactly what to install. Nothing is installed globally but Debian packages, as root.

mod debian;
mod npm;
mod python;
mod rust;
mod workbench;

use std::path::PathBuf;

use crate::process::{Result, failure, run};
use crate::project;

pub(crate) use debian::{Program, ensure_program};
pub(crate) use npm::install as npm_install;
pub(crate) use python::install as python_install;
pub(crate) use rust::{WASM_TARGET, ensure_library_source, ensure_wasm_bindgen, ensure_wasm_target, tools_directory};
pub(crate) use workbench::ensure_workbench;

/// Drives the page test.
pub(crate) const CHROMIUM: Program =
    Program { name: "chromium", packages: &["chromium"], reason: "the npm package is tested in a page" };

/// The client; [`crate::engine`] cares for the engine.
pub(crate) const DOCKER: Program =
    Program { name: "docker", packages: &["docker.io", "iptables"], reason: "tasks run in containers" };

/// The example image is `FROM scratch` plus this.
pub(crate) const BUSYBOX: Program = Program {
    name: "busybox",
    packages: &["busybox-static"],
    reason: "the example image is made of it, so that no image has to be pulled",
};

/// The tests' private registry.
pub(crate) const REGISTRY: Program = Program {
    name: "docker-registry",
    packages: &["docker-registry"],
    reason: "pulling is tested with a registry of our own",
};

/// Hashes the registry's password.
pub(crate) const HTPASSWD: Program =
    Program { name: "htpasswd", packages: &["apache2-utils"], reason: "the tests' registry has a password" };

/// The other engine. `runc` beside it, because Podman's usual `crun` refuses machines with both versions of control groups.
pub(crate) const PODMAN: Program =
    Program { name: "podman", packages: &["podman", "runc"], reason: "runs are tested on Podman as well" };

/// Makes the certificates of the tests' engine.
pub(crate) const OPENSSL: Program = Program {
    name: "openssl",
    packages: &["openssl"],
    reason: "engines behind TLS are tested with certificates of our own",
};

/// Sets up the network of the tests' engine.
pub(crate) const IP: Program =
    Program { name: "ip", packages: &["iproute2"], reason: "engines behind TLS are tested in a network of their own" };

/// The editor in which the language server is tested.
pub(crate) const NEOVIM: Program =
    Program { name: "nvim", packages: &["neovim"], reason: "the language server is tested in an editor" };

/// The other one. From 29 on, it has eglot within.
pub(crate) const EMACS: Program = Program {
    name: "emacs",
    packages: &["emacs-nox", "elpa-eglot"],
    reason: "the language server is tested in a second editor",
};

/// Packages of VS Code are archives.
pub(crate) const UNZIP: Program =
    Program { name: "unzip", packages: &["unzip"], reason: "the extension is tested as its package has it" };

/// Finds the language server that a test kills.
pub(crate) const PGREP: Program =
    Program { name: "pgrep", packages: &["procps"], reason: "a language server is killed in a test" };

/// Times whole commands.
pub(crate) const HYPERFINE: Program =
    Program { name: "hyperfine", packages: &["hyperfine"], reason: "it times whole commands" };

/// GNU time, which tells the peak memory of a command.
pub(crate) const TIME: Program =
    Program { name: "time", packages: &["time"], reason: "it measures the memory of commands" };

/// What the benchmark compares with is partly written in it, and it is the judge of which files a scale rule selects.
pub(crate) const PYTHON: Program =
    Program { name: "python3", packages: &["python3", "python3-venv"], reason: "tests and benchmarks compare with it" };

const NODE_MAJOR: u32 = 20;

/// The package of others that reads descriptions of runs; the end-to-end tests look for it there.
pub(crate) fn ensure_rocrate() -> Result<()> {
    let requirements = project::root().join("tests/e2e/requirements.txt");
    let why = "the descriptions of runs are read by a package of others";
    python_install(&tools_directory().join("rocrate"), &requirements, why).map(drop)
}

/// The Airflow that exported DAGs run in: the directory of its programs.
pub(crate) fn ensure_airflow() -> Result<PathBuf> {
    let requirements = project::root().join("tests/airflow/requirements.txt");
    python_install(&tools_directory().join("airflow"), &requirements, "exported DAGs are run in it")
}

/// `cargo xtask setup`.
pub(crate) fn everything() -> Result<()> {
    ensure_node()?;
    ensure_wasm_tools()?;
    ensure_rocrate()?;
    ensure_airflow()?;
    ensure_workbench()?;
    for program in [
        &CHROMIUM, &DOCKER, &BUSYBOX, &REGISTRY, &HTPASSWD, &PODMAN, &OPENSSL, &IP, &PYTHON, &NEOVIM, &EMACS,
        &HYPERFINE, &TIME, &UNZIP, &PGREP,
    ] {
        ensure_program(program)?;
    }
    Ok(())
}

/// What `cargo xtask wasm` needs: target, source of the standard library, wasm-bindgen, and wasm-opt (which is returned).
pub(crate) fn ensure_wasm_tools() -> Result<PathBuf> {
    ensure_node()?;
    ensure_wasm_target()?;
    ensure_library_source()?;
    ensure_wasm_bindgen()?;
    let modules = npm_install("crates/xtask", "wasm-opt makes the module smaller and faster")?;
    Ok(modules.join(".bin").join("wasm-opt"))
}

/// Node and npm, of a version that the package supports.
pub(crate) fn ensure_node() -> Result<()> {
    let wanted = format!("install Node.js {NODE_MAJOR} or newer with npm (https://nodejs.org)");
    let Ok(version) = run("node").arg("--version").quietly().output() else {
        return failure(format!("Node.js is missing: {wanted}"));
    };
    let version = version.trim();
    let major = version.trim_start_matches('v').split('.').next().and_then(|n| n.parse().ok());
    if major.is_none_or(|major: u32| major < NODE_MAJOR) {
        return failure(format!("Node.js {version} is too old: {wanted}"));
    }
    if !run("npm").arg("--version").succeeds() {
        return failure(format!("npm is missing: {wanted}"));
    }
    Ok(())
}
