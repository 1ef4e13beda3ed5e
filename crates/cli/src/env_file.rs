//! Files of variables, as `docker run --env-file` reads them.

use crate::load::Loaded;

/// The variables of a file, in its order. A name alone takes the value that `process` has for it, and
/// is left out where it has none.
pub(crate) fn parse<'p>(
    file: &Loaded,
    process: impl Fn(&str) -> Option<&'p str>,
) -> Result<Vec<(String, String)>, String> {
    let name = &file.name;
    let mut variables = Vec::new();
    let lines = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text).split('\n');
    for (number, line) in lines.enumerate().map(|(index, line)| (index + 1, line)) {
        let line = line.strip_suffix('\r').unwrap_or(line).trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (variable, value) = match line.split_once('=') {
            Some((variable, value)) => (variable, Some(value)),
            None => (line.trim_end(), process(line.trim_end())),
        };
        if variable.is_empty() {
            return Err(format!("{name}:{number}: there is no name before the `=`; write it as NAME=VALUE"));
        }
        if variable.contains(char::is_whitespace) {
            let hint = if variable.starts_with("export ") { ", without `export`" } else { "" };
            return Err(format!(
                "{name}:{number}: the name `{variable}` has a space in it; write it as NAME=VALUE{hint}"
            ));
        }
        if let Some(value) = value {
            variables.push((variable.to_owned(), value.to_owned()));
        }
    }
    if file.broken_utf8 {
        let number = file.text.split('\n').count();
        return Err(format!("{name}:{number}: it is not UTF-8 from here on"));
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<(String, String)>, String> {
        let file = Loaded { name: "x.env".to_owned(), text: text.to_owned(), broken_utf8: false };
        parse(&file, |name| (name == "HOME").then_some("/home/x"))
    }

    #[track_caller]
    fn assert_variables<const N: usize>(text: &str, expected: [(&str, &str); N]) {
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(parsed(text).unwrap(), expected);
    }

    #[test]
    fn lines_are_read_as_docker_reads_them() {
        assert_variables("\u{feff}A=1\r\n# no\n\n  B=a = 'b' #c \nC=\n", [("A", "1"), ("B", "a = 'b' #c "), ("C", "")]);
        assert_variables("A=\"x\"\nA=2", [("A", "\"x\""), ("A", "2")]);
        assert_variables("HOME\n \t HOME  \nMISSING\n", [("HOME", "/home/x"), ("HOME", "/home/x")]);
        assert_variables("a.b-c=1", [("a.b-c", "1")]);
        assert_variables("", []);
    }

    #[test]
    fn what_is_no_variable_is_told_with_its_line() {
        assert_eq!(parsed("A=1\n=2").unwrap_err(), "x.env:2: there is no name before the `=`; write it as NAME=VALUE");
        let export = parsed("\n\nexport A=1").unwrap_err();
        assert_eq!(export, "x.env:3: the name `export A` has a space in it; write it as NAME=VALUE, without `export`");
        let secret = parsed("A PASSWORD = hunter2").unwrap_err();
        assert!(!secret.contains("hunter2"), "{secret}");
        let broken = Loaded { name: "x.env".into(), text: "A=1\nB=".into(), broken_utf8: true };
        assert_eq!(parse(&broken, |_| None).unwrap_err(), "x.env:2: it is not UTF-8 from here on");
    }
}
