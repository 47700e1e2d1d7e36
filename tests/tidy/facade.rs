//! The public API of the library: what rustdoc shows at its root and in its two public modules.

use syn::{Attribute, Item, UseTree, Visibility};

use super::source::{Source, parse, root};

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("doc")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|argument| argument == "hidden")
    })
}

fn names(tree: &UseTree, found: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => names(&path.tree, found),
        UseTree::Group(group) => group.items.iter().for_each(|tree| names(tree, found)),
        UseTree::Name(name) => found.push(name.ident.to_string()),
        UseTree::Rename(rename) => found.push(rename.rename.to_string()),
        UseTree::Glob(_) => found.push("*".to_owned()),
    }
}

/// The public items of a file that rustdoc shows, sorted.
pub fn shown(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for item in &source.ast.items {
        let (name, visibility, attributes) = match item {
            Item::Use(item) if matches!(item.vis, Visibility::Public(_)) && !is_hidden(&item.attrs) => {
                names(&item.tree, &mut found);
                continue;
            }
            Item::Mod(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Struct(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Enum(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Const(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Type(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Trait(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Fn(item) => (&item.sig.ident, &item.vis, &item.attrs),
            _ => continue,
        };
        if matches!(visibility, Visibility::Public(_)) && !is_hidden(attributes) {
            found.push(name.to_string());
        }
    }
    found.sort();
    found
}

#[track_caller]
fn check(file: &str, expected: &[&str]) {
    let text = std::fs::read_to_string(root().join(file)).unwrap();
    assert_eq!(shown(&parse(file, &text)), expected, "the public API of {file} has changed");
}

#[test]
fn the_public_api_is_a_facade() {
    check("src/lib.rs", &["Auth", "Kept", "MockServer", "Settings", "Simulator", "Style", "faults", "journal"]);
    check(
        "src/faults/mod.rs",
        &[
            "ActivityWord",
            "AnswerBody",
            "Conflict",
            "Counts",
            "CutAt",
            "Delay",
            "Duration",
            "Effect",
            "InvalidRule",
            "LostHow",
            "Match",
            "RateLimit",
            "Rule",
            "Where",
            "sets",
        ],
    );
    check("src/journal/mod.rs", &["Excerpt", "Journal", "Limits", "Match", "RecordedRequest", "verify"]);
}

#[test]
fn an_item_is_shown_if_it_is_public_and_not_hidden() {
    let text = "pub use a::{B, c::D as E};\n#[doc(hidden)] pub use a::Hidden;\nuse a::Private;\n\
                pub mod m;\n#[doc(hidden)] pub mod n;\n#[doc = \"A.\"] pub struct S;\nstruct P;\npub fn f() {}";
    assert_eq!(shown(&parse("src/planted.rs", text)), ["B", "E", "S", "f", "m"]);
}
