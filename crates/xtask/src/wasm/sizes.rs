//! How large the package is, as files and as a browser loads it.

use crate::process::{Result, failure, run};

use super::MODULES;

pub(crate) struct Size {
    pub(crate) file: String,
    pub(crate) raw: u64,
    pub(crate) gzip: u64,
    pub(crate) brotli: u64,
}

/// Node has brotli and gzip: sizes are at the highest quality of each, as a server that compresses
/// ahead of time sends them.
const SCRIPT: &str = "\
const { readFileSync } = require('node:fs');
const { gzipSync, brotliCompressSync, constants: c } = require('node:zlib');
for (const file of process.argv.slice(1)) {
  const bytes = readFileSync(file);
  const params = { [c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  console.log(bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes, { params }).length);
}";

/// What a page loads: each module and its JavaScript.
pub(crate) fn of_package() -> Result<Vec<Size>> {
    let directory = super::package_directory();
    let of_module = |module: &super::Module| [format!("{}_bg.wasm", module.glue), format!("{}.js", module.glue)];
    let files: Vec<String> = MODULES.iter().flat_map(of_module).collect();
    let paths = files.iter().map(|file| directory.join(file));
    let output = run("node").args(["-e", SCRIPT, "--"]).args(paths).quietly().output()?;
    let mut sizes = Vec::new();
    for (file, line) in files.into_iter().zip(output.lines()) {
        let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        let [raw, gzip, brotli] = numbers[..] else {
            return failure(format!("unexpected sizes from node: `{line}`"));
        };
        sizes.push(Size { file, raw, gzip, brotli });
    }
    Ok(sizes)
}

/// As text, in bytes.
pub(crate) fn table(sizes: &[Size]) -> String {
    let mut text = format!("{:<32}{:>10}{:>10}{:>10}\n", "bytes", "raw", "gzip", "brotli");
    for size in sizes {
        let Size { file, raw, gzip, brotli } = size;
        text.push_str(&format!("{file:<32}{raw:>10}{gzip:>10}{brotli:>10}\n"));
    }
    text
}
