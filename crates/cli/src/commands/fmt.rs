//! `task-api fmt`: lays out files.

use task_api_json::{apply_edits, format, parse};

use crate::args::FmtArgs;
use crate::exit::Failure;
use crate::settings::Settings;
use crate::{DONE, INVALID, Io, USAGE, load, save, search};

pub(crate) fn run(args: &FmtArgs, io: &mut Io) -> Result<u8, Failure> {
    let mut code = DONE;
    let settings = Settings::new(false, None, io.place());
    let found = search::files(&args.paths, &settings, io)?;
    // Who names files is not bound by what a search leaves out.
    if args.paths.iter().any(|path| io.absolute(path).is_dir()) {
        settings.usable(&found.files, io)?;
    }
    for problem in &found.problems {
        io.error(problem);
        code = USAGE;
    }
    for path in found.files {
        let loaded = match load::load(&path, io) {
            Ok(loaded) => loaded,
            Err(failure) => {
                io.error(&failure.message);
                code = USAGE;
                continue;
            }
        };
        let tree = parse(&loaded.text);
        let edits = format(tree.root(&loaded.text)).filter(|_| !loaded.broken_utf8);
        let Some(text) = edits.and_then(|edits| apply_edits(&loaded.text, &edits)) else {
            io.error(&format!("{} is not JSON and stays as it is; `task-api validate` says why", loaded.name));
            code = code.max(INVALID);
            continue;
        };
        let is_stdin = path.as_os_str() == "-";
        if args.diff {
            io.out(&save::diff(&loaded.name, &loaded.text, &text));
        } else if is_stdin && !args.check {
            io.out(&text);
        }
        if text == loaded.text {
            continue;
        }
        if args.check || args.diff {
            io.err(&format!("{} is not laid out\n", loaded.name));
            code = code.max(INVALID);
        } else if !is_stdin {
            save::replace(&io.absolute(&path), &loaded, &text)?;
            io.err(&format!("laid out {}\n", loaded.name));
        }
    }
    Ok(code)
}
