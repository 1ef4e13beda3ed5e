//! The Rust side of the wasm build: the target, and wasm-bindgen's command line tool.

use std::path::PathBuf;

use crate::process::{Result, read, run, say, write};
use crate::project;

/// The tool is built without heavy optimisation: it runs for seconds, and is compiled for minutes.
const FAST_BUILD: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_LTO", "false"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
];

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Tools are installed here, never globally, and kept between runs.
pub(crate) fn tools_directory() -> PathBuf {
    project::target().join("tools")
}

/// `targets` in rust-toolchain.toml installs the target only together with the toolchain.
pub(crate) fn ensure_wasm_target() -> Result<()> {
    let sysroot = run("rustc").args(["--print", "sysroot"]).quietly().output()?;
    let library = PathBuf::from(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET).join("lib");
    if library.is_dir() {
        return Ok(());
    }
    say(&format!("Installing the Rust target {WASM_TARGET}: the npm package is compiled for it"));
    run("rustup").args(["target", "add", WASM_TARGET]).done()
}

/// The tool must be of exactly the version of the library in Cargo.lock. Not `--locked`: the lock
/// file that wasm-bindgen-cli is published with can name crates that a registry mirror lacks.
pub(crate) fn ensure_wasm_bindgen() -> Result<()> {
    let version = project::locked_version("wasm-bindgen")?;
    install("wasm-bindgen-cli", "wasm-bindgen", &version, "it writes the JavaScript side")
}

/// The stamp says which version `target/tools/bin` holds; it is written last, so an interrupted
/// installation is repeated.
fn install(package: &str, program: &str, version: &str, why: &str) -> Result<()> {
    let root = tools_directory();
    let stamp = root.join(format!("{package}.version"));
    let binary = root.join("bin").join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    if binary.is_file() && read(&stamp).is_ok_and(|text| text.trim() == version) {
        return Ok(());
    }
    say(&format!("Installing {package} {version} into {}: {why} (some minutes, once)", project::shown(&root)));
    let mut install = run("cargo").args(["install", "--quiet", package, "--version", version]);
    install = install.args(["--force", "--root"]).arg(&root);
    for (name, value) in FAST_BUILD {
        install = install.env(name, value);
    }
    install.done()?;
    write(&stamp, format!("{version}\n"))
}
