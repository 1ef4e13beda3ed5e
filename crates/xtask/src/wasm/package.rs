//! The files of the npm package around the generated ones.

use std::path::{Path, PathBuf};

use super::NAME;
use crate::process::{self, Result, copy, failure, read, remove_directory};
use crate::project;

/// Uses of the module before `init` has brought it: the generated code fails on them with
/// "Cannot read properties of undefined". With this in place of `undefined` it says what to do.
const NOT_INITIALISED: &str = "\
const notInitialised = new Proxy({}, {
    get() {
        throw new Error('task-api-wasm: call `await init()` before anything else');
    },
});
";

/// Writes everything but the module itself.
pub(crate) fn write(generated: &Path) -> Result<PathBuf> {
    let directory = super::package_directory();
    remove_directory(&directory)?;
    let name = |suffix: &str| format!("{NAME}{suffix}");
    let glue = read(&generated.join(name(".js")))?;
    write_file(&directory, &name(".js"), &with_clear_error(&glue)?)?;
    let types = read(&generated.join(name(".d.ts")))?;
    write_file(&directory, "index.d.ts", &with_own_init(&types)?)?;
    write_file(&directory, "index.js", include_str!("index.js"))?;
    write_file(&directory, "node.js", include_str!("node.js"))?;
    write_file(&directory, "package.json", &package_json()?)?;
    copy(&project::root().join("LICENSE"), &directory.join("LICENSE"))?;
    copy(&project::root().join("crates/wasm/README.md"), &directory.join("README.md"))?;
    Ok(directory)
}

fn write_file(directory: &Path, name: &str, content: &str) -> Result<()> {
    process::write(&directory.join(name), content)
}

/// Each replacement must find what it replaces: a new wasm-bindgen that writes something else
/// fails the build instead of bringing the unclear error back.
fn with_clear_error(glue: &str) -> Result<String> {
    let glue = replaced(
        glue,
        "let wasmModule, wasmInstance, wasm;",
        &format!("{NOT_INITIALISED}let wasmModule, wasmInstance, wasm = notInitialised;"),
        1,
    )?;
    replaced(&glue, "if (wasm !== undefined) return wasm;", "if (wasm !== notInitialised) return wasm;", 2)
}

/// The generated declarations end with those of its own `init`, which shows the module's raw
/// exports; ours replace them.
fn with_own_init(types: &str) -> Result<String> {
    match types.split_once("export type InitInput =") {
        Some((api, _)) => Ok(format!("{}\n\n{}", api.trim_end(), include_str!("init.d.ts"))),
        None => failure("wasm-bindgen's declarations have no `export type InitInput` any more"),
    }
}

fn replaced(text: &str, from: &str, to: &str, times: usize) -> Result<String> {
    match text.matches(from).count() {
        count if count == times => Ok(text.replace(from, to)),
        count => failure(format!("`{from}` is there {count} times, not {times}: see {}", file!())),
    }
}

/// A text and not a `Value`, which would sort its keys: the order of `exports` has a meaning.
fn package_json() -> Result<String> {
    let text = replaced(include_str!("package.template.json"), "{version}", env!("CARGO_PKG_VERSION"), 1)?;
    replaced(&text, "{license}", env!("CARGO_PKG_LICENSE"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_generator_fails_the_build() {
        let error = with_clear_error("let wasm;").unwrap_err().to_string();
        assert!(error.contains("0 times, not 1"), "{error}");
        assert!(with_own_init("export default function init(): void;").is_err());
    }

    #[test]
    fn package_json_is_complete_json() {
        let text = package_json().unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(value["license"], "Apache-2.0");
        // Node takes the first condition that holds, and `default` always does.
        assert!(text.find("\"node\": \"./").unwrap() < text.find("\"default\":").unwrap(), "{text}");
    }

    #[test]
    fn declarations_keep_the_api_and_lose_the_raw_exports() {
        let types = "export function validate(text: string): R;\n\n\
                     export type InitInput = X;\nexport interface InitOutput {}\n";
        let types = with_own_init(types).unwrap();
        assert!(types.starts_with("export function validate(text: string): R;\n\n"), "{types}");
        assert!(types.contains("export default function init("), "{types}");
        assert!(!types.contains("InitOutput"), "{types}");
    }
}
