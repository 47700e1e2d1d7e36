//! Each row of docs/FIDELITY.md links to the tests that fail when its rule is broken.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::source::{parse, root, text};

const DOCUMENT: &str = "docs/FIDELITY.md";

/// What each row of evidence begins with.
const MARKS: [&str; 5] = ["D", "P", "O", "I", "C"];

/// Only so many rows may say that nothing can test them.
const UNTESTABLE: usize = 10;

#[test]
fn every_row_of_fidelity_names_tests_that_exist() {
    let tests_of = |file: &str| root().join(file).is_file().then(|| tests(&text(file)));
    let found = unproved(&text(DOCUMENT), &tests_of);
    assert!(found.is_empty(), "{found:#?}");
}

/// What is wrong with the tables of a document. `tests_of` gives the tests of a file, if it exists.
pub fn unproved(document: &str, tests_of: &impl Fn(&str) -> Option<BTreeSet<String>>) -> Vec<String> {
    let mut found = Vec::new();
    let (mut untestable, mut line_of_table) = (0, 0);
    for (number, line) in (1..).zip(document.lines()) {
        let Some(cells) = line.strip_prefix('|') else {
            line_of_table = 0;
            continue;
        };
        line_of_table += 1;
        let cells: Vec<&str> = cells.trim_end().trim_end_matches('|').split('|').map(str::trim).collect();
        let mut problems = match (line_of_table, cells.as_slice()) {
            (1, [.., "evidence", "test"]) | (2, _) => Vec::new(),
            (1, _) => vec!["the table has no last columns `evidence` and `test`; add them".to_owned()],
            (_, [.., evidence, test]) if is_mark(evidence) => {
                untestable += usize::from(is_untestable(test));
                if is_untestable(test) { Vec::new() } else { links(test, tests_of) }
            }
            _ => vec![format!("the row has no evidence before its last cell; write one of {MARKS:?}")],
        };
        if cells.last().is_some_and(|test| is_untestable(test)) && untestable > UNTESTABLE {
            problems.push(format!("more than {UNTESTABLE} rows are untestable; write a test, or drop the row"));
        }
        let row = cells[..cells.len() - 1].join(" | ");
        found.extend(problems.into_iter().map(|problem| format!("{DOCUMENT}:{number}: \"{row}\": {problem}")));
    }
    found
}

fn is_mark(evidence: &str) -> bool {
    evidence.split([' ', ',']).next().is_some_and(|first| MARKS.contains(&first))
}

fn is_untestable(test: &str) -> bool {
    test.strip_prefix("untestable:").is_some_and(|reason| !reason.trim().is_empty())
}

/// What is wrong with a cell of links to tests.
fn links(cell: &str, tests_of: &impl Fn(&str) -> Option<BTreeSet<String>>) -> Vec<String> {
    const HOW: &str = "[banners](../tests/api/banners.rs#the_name_of_the_test)";
    let mut problems = Vec::new();
    for link in cell.split(", ") {
        let parts = link.strip_prefix('[').and_then(|link| link.strip_suffix(')'));
        let parts = parts.and_then(|link| link.split_once("](../")).and_then(|(label, target)| {
            let (file, name) = target.split_once('#')?;
            Some((label, file, name))
        });
        let Some((label, file, name)) = parts else {
            problems.push(format!("\"{link}\" names no test; end the row with a link to one, such as {HOW}"));
            continue;
        };
        if label != stem(file) {
            problems.push(format!("the link to {file} has the text \"{label}\"; write \"{}\"", stem(file)));
        }
        match tests_of(file) {
            None => problems.push(format!("{file} does not exist; name the file of the test")),
            Some(tests) if !tests.contains(name) => {
                problems.push(format!("{file} has no test \"{name}\"; name one that fails when the rule is broken"));
            }
            Some(_) => {}
        }
    }
    problems
}

/// The name of a file without its ending; of `mod.rs` and `tests.rs` that of the folder.
fn stem(file: &str) -> &str {
    let (path, _) = file.rsplit_once('.').unwrap_or((file, ""));
    let mut names = path.rsplit('/');
    let last = names.next().unwrap_or_default();
    if ["mod", "tests"].contains(&last) { names.next().unwrap_or(last) } else { last }
}

/// The names of the tests of a file: `#[test]`, `#[tokio::test]`, and those in `proptest!`; not those that are ignored.
pub fn tests(source: &str) -> BTreeSet<String> {
    let mut found = Tests::default();
    found.visit_file(&parse("tests/file.rs", source).ast);
    found.0
}

#[derive(Default)]
struct Tests(BTreeSet<String>);

impl Tests {
    /// The functions in the tokens of a macro that have the attribute.
    fn in_tokens(&mut self, tokens: TokenStream) {
        let (mut is_test, mut is_name) = (false, false);
        for token in tokens {
            match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                    is_test |= group.stream().to_string() == "test";
                }
                TokenTree::Ident(ident) if is_name => {
                    if is_test {
                        self.0.insert(ident.to_string());
                    }
                    (is_test, is_name) = (false, false);
                }
                TokenTree::Ident(ident) => is_name = ident == "fn",
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Tests {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let has = |name: &str| {
            item.attrs.iter().any(|attribute| attribute.path().segments.last().is_some_and(|last| last.ident == name))
        };
        if has("test") && !has("ignore") {
            self.0.insert(item.sig.ident.to_string());
        }
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        if item.path.segments.last().is_some_and(|last| last.ident == "proptest") {
            self.in_tokens(item.tokens.clone());
        }
        visit::visit_macro(self, item);
    }
}
