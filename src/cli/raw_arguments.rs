//! Single flags out of command lines that clap does not parse: its own one if something in it is wrong, and that of
//! another process.

use std::{
    borrow::Cow,
    ffi::{OsStr, OsString},
};

/// The value of a flag such as `--listen`: of `--listen X` or `--listen=X`.
pub fn value<'a>(arguments: &'a [OsString], flag: &str) -> Option<Cow<'a, str>> {
    let mut arguments = arguments.iter().map(|argument| argument.to_string_lossy());
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix(flag) {
            Some("") => return arguments.next(),
            Some(rest) if rest.starts_with('=') => return Some(rest[1..].to_owned().into()),
            _ => {}
        }
    }
    None
}

/// The value of a flag, or else of its environment variable, unless that is empty.
pub fn value_or_variable<'a>(arguments: &'a [OsString], flag: &str, variable: &str) -> Option<Cow<'a, str>> {
    let from_environment = || std::env::var_os(variable).as_deref().map(OsStr::to_string_lossy).map(Cow::into_owned);
    value(arguments, flag).or_else(|| from_environment().filter(|value| !value.is_empty()).map(Cow::Owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_has_its_value_behind_it_or_behind_an_equals_sign() {
        let found = |line: &str| {
            let arguments: Vec<OsString> = line.split(' ').map(Into::into).collect();
            value(&arguments, "--listen").map(Cow::into_owned)
        };
        assert_eq!(found("mock --auth open --listen :80 --style observed").as_deref(), Some(":80"));
        assert_eq!(found("mock serve --listen=localhost:80").as_deref(), Some("localhost:80"));
        for none in ["mock", "mock --listen", "mock --listener :80", "mock -listen :80"] {
            assert_eq!(found(none), None, "{none}");
        }
    }
}
