//! Sizes, names and headers of files.

use syn::Item;

use super::source::{rust_files, sources, text};

/// Files longer than this are split.
const LONGEST: usize = 400;

/// Files that are still too long. Nothing may be added.
const LONG_TODAY: &[&str] = &[];

#[test]
fn no_file_is_longer_than_400_lines_and_nine_in_ten_have_at_most_300() {
    let lengths: Vec<(usize, String)> = ["src", "tests", "benches"]
        .into_iter()
        .flat_map(rust_files)
        .map(|file| (text(&file).lines().count(), file))
        .collect();
    let long: Vec<_> = lengths.iter().filter(|(lines, _)| *lines > LONGEST).map(|(_, file)| file).collect();
    assert_eq!(long, LONG_TODAY);
    let many = lengths.iter().filter(|(lines, _)| *lines > 300).count();
    assert!(many * 10 <= lengths.len(), "{many} of {} files have more than 300 lines", lengths.len());
}

#[test]
fn every_file_says_first_what_is_in_it() {
    let without: Vec<_> = ["src", "tests", "benches"]
        .into_iter()
        .flat_map(rust_files)
        .filter(|file| !text(file).starts_with("//! "))
        .collect();
    assert_eq!(without, [""; 0]);
}

#[test]
fn names_of_tests_are_sentences() {
    let mut short = Vec::new();
    for source in sources("tests").iter().chain(&sources("src")) {
        names(&source.ast.items, &mut |name| {
            if name.split('_').count() < 4 {
                short.push(format!("{}: {name}", source.file));
            }
        });
    }
    assert_eq!(short, [""; 0]);
}

/// The names of the tests among these items, and in modules among them.
fn names(items: &[Item], found: &mut impl FnMut(String)) {
    for item in items {
        match item {
            Item::Fn(item)
                if item
                    .attrs
                    .iter()
                    .any(|attribute| attribute.path().segments.last().is_some_and(|last| last.ident == "test")) =>
            {
                found(item.sig.ident.to_string());
            }
            Item::Mod(item) => names(item.content.as_ref().map_or(&[], |(_, items)| items.as_slice()), found),
            _ => {}
        }
    }
}

#[test]
fn every_handler_file_is_mirrored_by_a_test_file() {
    // The reports have a folder of tests.
    let elsewhere = ["mod", "entitlements_reports"];
    let tests = rust_files("tests/api");
    for file in rust_files("src/api/handlers") {
        let name = file.rsplit('/').next().unwrap().trim_end_matches(".rs");
        let mirror = format!("tests/api/{name}.rs");
        assert!(tests.contains(&mirror) || elsewhere.contains(&name), "{mirror} is missing");
    }
}
