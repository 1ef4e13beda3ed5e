//! The files of the npm package around the generated ones. What is written by hand is in crates/wasm/npm/.

use std::path::{Path, PathBuf};

use super::glue::{replaced, with_replacements};
use super::{Api, MODULES, Module};
use crate::process::{self, Result, copy, failure, read, remove_directory};
use crate::project;

/// Files that are taken as they are.
const FILES: [&str; 6] = ["apply-fix.js", "guard.js", "start.js", "server.js", "lsp-worker.js", "lsp-worker.d.ts"];

/// The language server has one function, and the module inside.
const SERVER: &str = "\
import { serving } from \"./server.js\";

export const createServer = /* @__PURE__ */ serving(generated);

";

/// Writes everything but the modules themselves.
pub(crate) fn write(generated: &Path) -> Result<PathBuf> {
    let directory = super::package_directory();
    remove_directory(&directory)?;
    for module in MODULES {
        write_module(module, generated, &directory)?;
    }
    let ours = project::root().join("crates/wasm/npm");
    for name in FILES {
        copy(&ours.join(name), &directory.join(name))?;
    }
    for name in ["README.md", "CHANGELOG.md"] {
        copy(&ours.join(name), &directory.join(name))?;
    }
    write_file(&directory, "package.json", &package_json()?)?;
    copy(&project::root().join("LICENSE"), &directory.join("LICENSE"))?;
    Ok(directory)
}

/// A module that is not of the package, with what it needs beside it.
pub(super) fn write_alone(module: &Module, generated: &Path, directory: &Path) -> Result<()> {
    remove_directory(directory)?;
    write_module(module, generated, directory)?;
    let ours = project::root().join("crates/wasm/npm");
    FILES.iter().try_for_each(|name| copy(&ours.join(name), &directory.join(name)))
}

fn write_module(module: &Module, generated: &Path, to: &Path) -> Result<()> {
    let Module { entry, glue, api, .. } = module;
    let code = read(&generated.join(format!("{glue}.js")))?;
    write_file(to, &format!("{glue}.js"), &with_replacements(&code)?)?;
    let types = read(&generated.join(format!("{glue}.d.ts")))?;
    write_file(to, &format!("{entry}.d.ts"), &with_own_declarations(&types, *api, module.declarations)?)?;
    let exports = match api {
        Api::Generated => exports(&code)?,
        Api::Server => SERVER.to_owned(),
        Api::Everything => exports(&code)? + SERVER,
    };
    for (suffix, template) in [
        ("", include_str!("../../../wasm/npm/entry.browser.js")),
        (".node", include_str!("../../../wasm/npm/entry.node.js")),
    ] {
        let text = template.replace("{module}", module.summary).replace("{glue}", glue);
        write_file(to, &format!("{entry}{suffix}.js"), &text.replace("{exports}\n", &exports))?;
    }
    Ok(())
}

fn write_file(directory: &Path, name: &str, content: &str) -> Result<()> {
    process::write(&directory.join(name), content)
}

/// Everything that the generated code exports, with a guard around it.
fn exports(glue: &str) -> Result<String> {
    let mut text = "import { guarding } from \"./guard.js\";\n\nexport { applyFix } from \"./apply-fix.js\";\n\nconst \
                    { guarded, guardedClass } = /* @__PURE__ */ guarding(() => generated.__wbg_reset_state());\n\n"
        .to_owned();
    let mut count = 0;
    for line in glue.lines() {
        for (word, guard) in [("function", "guarded"), ("class", "guardedClass")] {
            let rest = line.strip_prefix("export ").and_then(|line| line.strip_prefix(word)?.strip_prefix(' '));
            let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
            let name = rest.map(|rest| rest.split(|c| !is_of_name(c)).next().unwrap_or_default());
            let Some(name) = name.filter(|name| !name.starts_with("__")) else { continue };
            text.push_str(&format!("export const {name} = /* @__PURE__ */ {guard}(generated.{name});\n"));
            count += 1;
        }
    }
    text.push('\n');
    if count == 0 { failure("wasm-bindgen's code exports nothing") } else { Ok(text) }
}

/// The generated declarations end with those of its own `init`, which shows the module's raw
/// exports; ours replace them.
fn with_own_declarations(types: &str, api: Api, ours: &[&str]) -> Result<String> {
    let types = replaced(types, "export function __wbg_reset_state(): void;\n", "", 1)?;
    // Few have the library of TypeScript that knows it; `free` does the same.
    let types = types.replace("    [Symbol.dispose](): void;\n", "");
    match types.split_once("export type InitInput =") {
        Some((generated, _)) => {
            let generated = (api != Api::Server).then(|| without_preamble(generated).trim());
            let mut parts: Vec<&str> = generated.into_iter().collect();
            parts.extend(ours.iter().map(|part| part.trim()));
            parts.push(include_str!("../../../wasm/npm/init.d.ts").trim());
            Ok(format!("{}\n", parts.join("\n\n")))
        }
        None => failure("wasm-bindgen's declarations have no `export type InitInput` any more"),
    }
}

/// The generated declarations switch linters off at their top, which is no business of a package.
fn without_preamble(types: &str) -> &str {
    let mut rest = types;
    while let Some(behind) =
        rest.strip_prefix("/* tslint:disable */\n").or_else(|| rest.strip_prefix("/* eslint-disable */\n"))
    {
        rest = behind;
    }
    rest
}

/// A text and not a `Value`, which would sort its keys: the order of `exports` has a meaning.
fn package_json() -> Result<String> {
    let template = include_str!("../../../wasm/npm/package.template.json");
    let text = replaced(template, "{version}", env!("CARGO_PKG_VERSION"), 1)?;
    replaced(&text, "{license}", env!("CARGO_PKG_LICENSE"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_generator_fails_the_build() {
        assert!(with_own_declarations("export default function init(): void;", Api::Generated, &[]).is_err());
        assert!(exports("function validate() {}").is_err());
    }

    #[test]
    fn everything_is_exported_through_the_guard() {
        let glue = "export class TaskForm {\n}\nexport function validate(text) {\n}\nexport function __wbg_reset_state () {\n}\nexport { initSync, x as default };\n";
        let text = exports(glue).unwrap();
        assert!(text.contains("export const validate = /* @__PURE__ */ guarded(generated.validate);\n"), "{text}");
        assert!(text.contains("export const TaskForm = /* @__PURE__ */ guardedClass(generated.TaskForm);\n"), "{text}");
        assert_eq!(text.matches("export const").count(), 2);
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
        let types = "/* tslint:disable */\n/* eslint-disable */\nexport function validate(text: string): R;\n\n\
                     export function __wbg_reset_state(): void;\n\
                     export type InitInput = X;\nexport interface InitOutput {}\n";
        let types = with_own_declarations(types, Api::Generated, &["export type Ours = 1;\n"]).unwrap();
        assert!(
            types.starts_with("export function validate(text: string): R;\n\nexport type Ours = 1;\n\n"),
            "{types}"
        );
        assert!(types.contains("export default function init("), "{types}");
        assert!(!types.contains("InitOutput") && !types.contains("__wbg"), "{types}");
        let class = "export class C {\n    free(): void;\n    [Symbol.dispose](): void;\n}\n\
                     export function __wbg_reset_state(): void;\nexport type InitInput = X;\n";
        let types = with_own_declarations(class, Api::Generated, &[]).unwrap();
        assert!(types.starts_with("export class C {\n    free(): void;\n}\n"), "{types}");
    }
}
