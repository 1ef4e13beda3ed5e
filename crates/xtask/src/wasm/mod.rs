//! `cargo xtask wasm`: the npm package in target/npm/task-api-wasm/.
//!
//! Each of [`MODULES`] is compiled, gets its JavaScript side from wasm-bindgen, and is made small and fast by
//! binaryen's wasm-opt. [`package`] puts entries for Node and for everything else around them.

mod glue;
mod package;
pub(crate) mod sizes;

use std::path::{Path, PathBuf};

use crate::process::{Result, remove_directory, run, say};
use crate::project;
use crate::setup;

/// A wasm module of the package, with the entry that brings it.
pub(crate) struct Module {
    /// What the package exports it as; nothing for the package itself.
    pub(crate) entry: &'static str,
    summary: &'static str,
    package: &'static str,
    features: &'static str,
    /// What is compiled for speed in the validator is compiled for size as well.
    is_small: bool,
    /// The generated files are called `<glue>.js` and `<glue>_bg.wasm`.
    pub(crate) glue: &'static str,
    api: Api,
    /// Declarations beside the generated ones, or in their place.
    declarations: &'static [&'static str],
}

/// What an entry exports.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Api {
    /// The functions and classes of the module.
    Generated,
    /// `createServer`, which has the module inside.
    Server,
    /// Both.
    Everything,
}

pub(crate) const MODULES: &[Module] = &[
    Module {
        entry: "index",
        summary: "The whole API",
        package: "task-api-wasm",
        features: "editor",
        is_small: true,
        glue: "task_api_wasm",
        api: Api::Generated,
        declarations: &[include_str!("../../../wasm/npm/apply-fix.d.ts"), include_str!("../../../wasm/npm/conf.d.ts")],
    },
    Module {
        entry: "form",
        summary: "The form of a task, and the checks of its files",
        package: "task-api-wasm",
        features: "form",
        is_small: true,
        glue: "task_api_form",
        api: Api::Generated,
        declarations: &[include_str!("../../../wasm/npm/apply-fix.d.ts")],
    },
    Module {
        entry: "validator",
        summary: "The validator alone",
        package: "task-api-wasm",
        features: "",
        is_small: false,
        glue: "task_api_validator",
        api: Api::Generated,
        declarations: &[include_str!("../../../wasm/npm/apply-fix.d.ts")],
    },
    Module {
        entry: "lsp",
        summary: "The language server",
        package: "task-api-wasm-lsp",
        features: "",
        is_small: true,
        glue: "task_api_lsp",
        api: Api::Server,
        declarations: &[include_str!("../../../wasm/npm/lsp.d.ts")],
    },
];

/// What the extension for VS Code has: server and builder are one module, which is half the size of two.
const EXTENSION: Module = Module {
    entry: "index",
    summary: "The whole API and the language server",
    package: "task-api-wasm-lsp",
    features: "builder",
    is_small: true,
    glue: "task_api_extension",
    api: Api::Everything,
    declarations: &[include_str!("../../../wasm/npm/apply-fix.d.ts"), include_str!("../../../wasm/npm/lsp.d.ts")],
};

/// In Cargo.toml.
const PROFILE: &str = "wasm";

/// The standard library is compiled along, with panics that say nothing: nobody would read it, and its words and their
/// formatting are a tenth of a module. Both are to be had on a stable compiler under this name alone, of which the
/// version is pinned.
const UNSTABLE: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");
const SILENT_PANICS: &str = "-Zunstable-options -Cpanic=immediate-abort";
/// Where code is compiled for speed, functions are put in line up to half the usual size (225): 2% smaller, and as fast.
const IN_LINE: &str = "-Cllvm-args=-inline-threshold=120";
const SMALL: [&str; 4] = [
    "--config",
    "profile.wasm.package.task-api-core.opt-level=\"z\"",
    "--config",
    "profile.wasm.package.task-api-wasm.opt-level=\"z\"",
];
const SMALL_LIBRARY: [&str; 2] = ["-Zbuild-std=std", "-Zbuild-std-features=optimize_for_size"];

/// Measured, as all here, once compressed: `-Oz` is not smaller than `-O3`. Functions that are called from one place are left
/// as the compiler left them, and those of one name stand beside each other, so that the same is near the same. Nothing of
/// a module is in the first kilobyte, where the stack ends.
const OPTIMISATIONS: [&str; 4] =
    ["-O3", "--low-memory-unused", "--one-caller-inline-max-function-size=1", "--reorder-functions-by-name"];

pub(crate) fn package_directory() -> PathBuf {
    project::target().join("npm/task-api-wasm")
}

/// Builds the package and prints its sizes.
pub(crate) fn build() -> Result<PathBuf> {
    let wasm_opt = setup::ensure_wasm_tools()?;
    let generated = project::target().join("wasm/generated");
    remove_directory(&generated)?;
    for module in MODULES {
        compile(module, &generated)?;
    }
    let directory = package::write(&generated)?;
    for module in MODULES {
        let name = format!("{}_bg.wasm", module.glue);
        optimise(&wasm_opt, &generated.join(&name), &directory.join(&name))?;
    }
    say(&format!("The npm package is in {}", project::shown(&directory)));
    print!("{}", sizes::table(&sizes::of_package()?));
    Ok(directory)
}

/// Where `vscode-extension/esbuild.mjs` looks for it.
fn extension_directory() -> PathBuf {
    project::target().join("wasm/extension")
}

/// Builds the module of the extension for VS Code.
pub(crate) fn build_for_extension() -> Result<()> {
    let wasm_opt = setup::ensure_wasm_tools()?;
    let generated = project::target().join("wasm/generated-extension");
    remove_directory(&generated)?;
    compile(&EXTENSION, &generated)?;
    let directory = extension_directory();
    package::write_alone(&EXTENSION, &generated, &directory)?;
    let name = format!("{}_bg.wasm", EXTENSION.glue);
    optimise(&wasm_opt, &generated.join(&name), &directory.join(&name))
}

/// Packs the package and installs it in a folder's node_modules, so that tests see just what users
/// get. Kept out of that folder's lock file, which would have to change with every build.
pub(crate) fn install_into(folder: &str) -> Result<()> {
    let packed = pack()?;
    run("npm")
        .args(["install", "--silent", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"])
        .arg(packed)
        .current_dir(&project::root().join(folder))
        .done()
}

/// The package as it is published.
fn pack() -> Result<PathBuf> {
    let directory = project::target().join("npm");
    let pack = run("npm").args(["pack", "--silent", "--pack-destination"]).arg(&directory);
    let name = pack.arg(package_directory()).output()?;
    Ok(directory.join(name.trim()))
}

fn compile(module: &Module, to: &Path) -> Result<()> {
    run("cargo")
        .args(["build", "--target", setup::WASM_TARGET, "--profile", PROFILE, "--package", module.package, "--lib"])
        .args(["--no-default-features", "--features", module.features])
        .args(SMALL_LIBRARY)
        .args(if module.is_small { &SMALL[..] } else { &[] })
        .env(UNSTABLE.0, UNSTABLE.1)
        .env("RUSTFLAGS", if module.is_small { SILENT_PANICS.to_owned() } else { format!("{SILENT_PANICS} {IN_LINE}") })
        .done()?;
    let built = project::target().join(setup::WASM_TARGET).join(PROFILE);
    let built = built.join(format!("{}.wasm", module.package.replace('-', "_")));
    // A module that has failed is replaced by a fresh one, see npm/guard.js.
    run(setup::tools_directory().join("bin/wasm-bindgen"))
        .args(["--target", "web", "--experimental-reset-state-function", "--out-name", module.glue, "--out-dir"])
        .arg(to)
        .arg(built)
        .done()
}

/// Which features the module uses (bulk memory, sign extension, …) stands in its `target_features`
/// section, which the compiler writes and wasm-opt reads: flags here would only repeat it. The
/// section is lost with `strip = true` in the profile; wasm-opt then fails on the first such
/// instruction.
pub(crate) fn optimise(wasm_opt: &Path, from: &Path, to: &Path) -> Result<()> {
    run(wasm_opt)
        .args(OPTIMISATIONS)
        .args(["--strip-debug", "--strip-producers"])
        .arg(from)
        .arg("--output")
        .arg(to)
        .done()
}
