//! What of wasm-bindgen's code the package replaces: an error that nobody understands, and a slow copy.
//!
//! Each replacement must find just what it replaces: a new wasm-bindgen that writes something else fails the build
//! instead of bringing the old behaviour back, or being patched wrongly.

use crate::process::{Result, failure};

/// Uses of the module before `init` has brought it: the generated code fails on them with
/// "Cannot read properties of undefined". With this in place of `undefined` it says what to do.
const NOT_INITIALISED: &str = "\
const notInitialised = new Proxy({}, {
    get() {
        throw new Error('task-api-wasm: call `await init()` before anything else');
    },
});
";

/// A function of the generated code, as it is, with ours.
struct Function {
    name: &'static str,
    generated: &'static str,
    ours: &'static str,
}

const PASS_STRING: Function = Function {
    name: "passStringToWasm0",
    generated: include_str!("generated/pass-string.js"),
    ours: include_str!("../../../wasm/npm/pass-string.js"),
};

/// For engines without `encodeInto`, which could not load the module anyway: its references are newer. It has no answer
/// for a text that does not fit, with which our `passStringToWasm0` reckons.
const STAND_IN: Function =
    Function { name: "encodeInto", generated: include_str!("generated/encode-into.js"), ours: "" };

pub(super) fn with_replacements(glue: &str) -> Result<String> {
    let glue = with_clear_error(glue)?;
    [PASS_STRING, STAND_IN].iter().try_fold(glue, |glue, function| function.replaced_in(&glue))
}

pub(super) fn replaced(text: &str, from: &str, to: &str, times: usize) -> Result<String> {
    match text.matches(from).count() {
        count if count == times => Ok(text.replace(from, to)),
        count => failure(format!("`{from}` is there {count} times, not {times}: see {}", file!())),
    }
}

fn with_clear_error(glue: &str) -> Result<String> {
    let glue = replaced(
        glue,
        "let wasmModule, wasmInstance, wasm;",
        &format!("{NOT_INITIALISED}let wasmModule, wasmInstance, wasm = notInitialised;"),
        1,
    )?;
    replaced(&glue, "if (wasm !== undefined) return wasm;", "if (wasm !== notInitialised) return wasm;", 2)
}

impl Function {
    fn replaced_in(&self, glue: &str) -> Result<String> {
        let Function { name, generated, ours } = self;
        if glue.matches(generated).count() == 1 {
            return Ok(glue.replace(generated, without_head(ours)));
        }
        failure(format!(
            "wasm-bindgen's code for `{name}` is not what the package replaces: compare it with that in \
             crates/xtask/src/wasm/generated/, see in {} whether the replacement still holds, and put the new code there",
            file!()
        ))
    }
}

/// The comment at the top of a file is for those who change it.
fn without_head(code: &str) -> &str {
    match code.split_once("\n\n") {
        Some((head, code)) if head.lines().all(|line| line.starts_with("//")) => code,
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glue() -> String {
        let [pass_string, stand_in] = [PASS_STRING, STAND_IN].map(|function| function.generated);
        format!(
            "{pass_string}\nconst cachedTextEncoder = new TextEncoder();\n\n{stand_in}\n\
             let wasmModule, wasmInstance, wasm;\n\
             if (wasm !== undefined) return wasm;\nif (wasm !== undefined) return wasm;\n"
        )
    }

    #[test]
    fn what_is_known_is_replaced() {
        let glue = with_replacements(&glue()).unwrap();
        let ours = without_head(PASS_STRING.ours);
        assert!(glue.starts_with(ours) && !glue.contains(PASS_STRING.generated), "{glue}");
        assert!(ours.starts_with("/** ") && ours.contains("\n  return ptr;\n}\n"), "{ours}");
        assert!(glue.contains("new TextEncoder();\n") && !glue.contains("in cachedTextEncoder"), "{glue}");
        assert!(glue.contains("wasm = notInitialised;"), "{glue}");
    }

    #[test]
    fn the_replacement_is_a_function_of_the_same_name_and_parameters() {
        let head = PASS_STRING.generated.lines().next().unwrap();
        assert_eq!(head, "function passStringToWasm0(arg, malloc, realloc) {");
        assert_eq!(PASS_STRING.ours.lines().filter(|line| *line == head).count(), 1);
    }

    #[test]
    fn a_changed_generator_fails_the_build() {
        let error = |glue: &str| with_replacements(glue).unwrap_err().to_string();
        assert!(error("let wasm;").contains("0 times, not 1"), "{}", error("let wasm;"));
        let glue = glue();
        for (name, from, to) in [
            ("passStringToWasm0", "code > 0x7F", "code > 0x7f"),
            ("passStringToWasm0", "    return ptr;\n}\n", "    return ptr;\n\n}\n"),
            ("passStringToWasm0", "passStringToWasm0", "passStringToWasm1"),
            ("passStringToWasm0", PASS_STRING.generated, ""),
            ("encodeInto", "view.set(buf);", "view.set(buf, 0);"),
            ("encodeInto", STAND_IN.generated, &STAND_IN.generated.repeat(2)),
        ] {
            let changed = glue.replace(from, to);
            assert_ne!(changed, glue, "{from}");
            let error = error(&changed);
            assert!(error.contains(&format!("wasm-bindgen's code for `{name}` is not what")), "{from}: {error}");
        }
    }
}
