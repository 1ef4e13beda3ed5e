//! `cargo xtask wasm`: from crates/wasm to the npm package in target/npm/task-api-wasm/.
//!
//! wasm-pack compiles and writes the JavaScript side, binaryen's wasm-opt makes the module small
//! and fast, and [`package`] puts an entry for Node and one for everything else around it.

mod package;
pub(crate) mod sizes;

use std::path::{Path, PathBuf};

use crate::process::{Result, remove_directory, run, say};
use crate::project;
use crate::setup;

/// The generated files are called `<NAME>.js` and `<NAME>_bg.wasm`.
pub(crate) const NAME: &str = "task_api_wasm";

/// Measured on the parser: 8 % faster than `-Oz`, and not larger. (The compiler's own `opt-level = "z"`
/// would take 11 % off the compressed size, and a third off the speed.)
const OPTIMISATION: &str = "-O3";

pub(crate) fn package_directory() -> PathBuf {
    project::target().join("npm/task-api-wasm")
}

/// The module as it is shipped.
pub(crate) fn module() -> PathBuf {
    package_directory().join(format!("{NAME}_bg.wasm"))
}

/// Builds the package and prints its sizes.
pub(crate) fn build() -> Result<PathBuf> {
    let wasm_opt = setup::ensure_wasm_tools()?;
    let generated = project::target().join("wasm/generated");
    remove_directory(&generated)?;
    compile()?;
    let directory = package::write(&generated)?;
    let raw = generated.join(format!("{NAME}_bg.wasm"));
    optimise(&wasm_opt, &raw, &module())?;
    say(&format!("The npm package is in {}", project::shown(&directory)));
    print!("{}", sizes::table(&sizes::of_package()?));
    Ok(directory)
}

/// Packs the package and installs it in a folder's node_modules, so that tests see just what users
/// get. Kept out of that folder's lock file, which would have to change with every build.
pub(crate) fn install_into(folder: &str) -> Result<()> {
    let packed = project::target().join("npm");
    let pack = run("npm").args(["pack", "--silent", "--pack-destination"]).arg(&packed);
    let name = pack.arg(package_directory()).output()?;
    run("npm")
        .args(["install", "--silent", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"])
        .arg(packed.join(name.trim()))
        .current_dir(&project::root().join(folder))
        .done()
}

/// wasm-pack takes wasm-bindgen from PATH (`no-install`: it would download one otherwise), and
/// leaves optimising and package.json to us.
fn compile() -> Result<()> {
    let tools = setup::tools_directory().join("bin");
    run(tools.join("wasm-pack"))
        .args(["--log-level", "warn", "build", "crates/wasm", "--release", "--target", "web"])
        .args(["--mode", "no-install", "--no-opt", "--no-pack", "--no-gitignore"])
        .args(["--out-name", NAME, "--out-dir", "../../target/wasm/generated"])
        .with_path(&tools)
        .done()
}

/// Which features the module uses (bulk memory, sign extension, …) stands in its `target_features`
/// section, which the compiler writes and wasm-opt reads: flags here would only repeat it. The
/// section is lost with `strip = true` in the profile; wasm-opt then fails on the first such
/// instruction.
pub(crate) fn optimise(wasm_opt: &Path, from: &Path, to: &Path) -> Result<()> {
    run(wasm_opt).args([OPTIMISATION, "--strip-debug", "--strip-producers"]).arg(from).arg("--output").arg(to).done()
}
