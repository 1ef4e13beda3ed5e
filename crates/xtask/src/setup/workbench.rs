//! VS Code for the tests of the extension: the server of code-server, whose extension host is Node as on a desktop.

use std::path::PathBuf;

use super::{ensure_node, tools_directory};
use crate::process::{Result, make_directory, read, remove_directory, run, say, write};
use crate::project;

/// VS Code 1.100.
const PACKAGE: &str = "code-server@4.100.3";

/// Compiled here, for the package brings no binaries. Without the first, output channels stay empty; without the last,
/// there are no terminals.
const NATIVE_MODULES: [&str; 3] = ["@vscode/spdlog", "native-watchdog", "node-pty"];

/// The directory of VS Code. `npm install code-server` as such does not work: it downloads and builds too much.
pub(crate) fn ensure_workbench() -> Result<PathBuf> {
    let directory = tools_directory().join("code-server");
    let stamp = directory.join("package.version");
    let wanted = format!("{PACKAGE} with {}", NATIVE_MODULES.join(", "));
    if read(&stamp).is_ok_and(|text| text.trim() == wanted) {
        return Ok(directory);
    }
    ensure_node()?;
    say(&format!("Installing {PACKAGE} into {}: the extension is tested in it", project::shown(&directory)));
    remove_directory(&directory)?;
    make_directory(&directory)?;
    let packed = run("npm").args(["pack", "--silent", PACKAGE, "--pack-destination"]).arg(&directory).output()?;
    let archive = directory.join(packed.trim());
    run("tar")
        .args(["--strip-components=3", "-C"])
        .arg(&directory)
        .arg("-xzf")
        .arg(&archive)
        .arg("package/lib/vscode")
        .done()?;
    let install = ["install", "--silent", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"];
    run("npm").args(install).current_dir(&directory).done()?;
    let modules = directory.join("node_modules");
    let global = run("npm").args(["root", "-g"]).quietly().output()?;
    let gyp = PathBuf::from(global.trim()).join("npm/node_modules/node-gyp/bin/node-gyp.js");
    for module in NATIVE_MODULES {
        run("node")
            .arg(&gyp)
            .args(["rebuild", "--silent", "--nodedir=/usr"])
            .current_dir(&modules.join(module))
            .done()?;
    }
    // By both names the parts of VS Code look for each other.
    run("ln").args(["-sfn", "node_modules", "node_modules.asar"]).current_dir(&directory).done()?;
    write(&stamp, format!("{wanted}\n"))?;
    Ok(directory)
}
