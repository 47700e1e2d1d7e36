//! The documents are true.

mod examples;
mod reference;
mod transcripts;

use std::{fs, path::PathBuf};

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// The pages for readers, by their paths.
fn pages() -> Vec<String> {
    let mut pages: Vec<String> =
        ["README.md", "SECURITY.md", "CONTRIBUTING.md", "fixtures/README.md", "packaging/README.md"]
            .map(ToOwned::to_owned)
            .into();
    for folder in ["docs", "docs/guides", "docs/reference", "clients/javascript", "clients/python"] {
        for entry in fs::read_dir(path(folder)).unwrap() {
            let file = entry.unwrap().path();
            if file.extension().is_some_and(|extension| extension == "md") {
                pages.push(format!("{folder}/{}", file.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    pages
}
