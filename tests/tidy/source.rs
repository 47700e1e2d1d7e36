//! The sources of the crate, parsed.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One parsed file.
pub struct Source {
    /// Relative to the root of the project, such as `src/model/tenant.rs`.
    pub file: String,
    /// The module that the file is, such as `["model", "tenant"]`; empty for `lib.rs`.
    pub module: Vec<String>,
    pub ast: syn::File,
}

pub fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

/// Parses a file of the crate. Its module follows from its path.
pub fn parse(file: &str, text: &str) -> Source {
    let ast = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let inner = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
    let mut module: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod" || last == "lib") {
        module.pop();
    }
    Source { file: file.to_owned(), module, ast }
}

/// The paths of all Rust files under a folder, sorted.
pub fn rust_files(under: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut todo = vec![root().join(under)];
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(relative(&path));
        }
    }
    assert!(!found.is_empty(), "no sources under {under}");
    found.sort();
    found
}

/// The text of a file of the project.
pub fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every file under a folder, parsed.
pub fn sources(under: &str) -> Vec<Source> {
    rust_files(under).iter().map(|file| parse(file, &text(file))).collect()
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}
