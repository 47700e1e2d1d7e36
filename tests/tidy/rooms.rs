//! The rooms of the crate (folders and files at the top of `src`) and which may know which.

use std::collections::{BTreeMap, BTreeSet};

use super::{references::references, source::Source};

/// The floors, from the bottom up. A room may know the rooms of the floors below its own, and no other.
pub const FLOORS: [&[&str]; 14] = [
    &["support"],
    &["model"],
    &["catalogue"],
    &["views"],
    &["wire"],
    &["scenario"],
    &["journal"],
    &["faults"],
    &["sandbox"],
    &["proxy"],
    &["console", "socket"],
    &["api", "control"],
    &["embed"],
    &["cli"],
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// Which room knows which, with one place where it says so.
pub fn arrows(sources: &[Source]) -> BTreeMap<(String, String), String> {
    let mut arrows = BTreeMap::new();
    for reference in references(sources) {
        let (Some(from), "crate", Some(to)) =
            (reference.module.first(), reference.path[0].as_str(), reference.path.get(1))
        else {
            continue;
        };
        if from != to {
            let place = format!("{} names {}", reference.file, reference.path.join("::"));
            arrows.entry((from.clone(), to.clone())).or_insert(place);
        }
    }
    arrows
}

/// The arrows that do not point downwards, as `(from, to)`, with a place. `main.rs` may know everything.
pub fn upward(sources: &[Source]) -> BTreeMap<(String, String), String> {
    let mut arrows = arrows(sources);
    arrows.retain(|(from, to), _| {
        let below = floor(from).zip(floor(to)).is_some_and(|(from, to)| to < from);
        from != "main" && !below
    });
    arrows
}

/// Folders that know each other, directly or through others. A folder and one inside it do not count: the module file of
/// the outer one presents the inner one.
pub fn circles(sources: &[Source]) -> BTreeSet<(String, String)> {
    let arrows = folder_arrows(sources);
    let reachable = |from: &str| {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut todo = vec![from];
        while let Some(next) = todo.pop() {
            for (_, to) in arrows.iter().filter(|(from, _)| from == next) {
                if seen.insert(to) {
                    todo.push(to);
                }
            }
        }
        seen
    };
    let folders: BTreeSet<&str> = arrows.iter().map(|(from, _)| from.as_str()).collect();
    let reached: BTreeMap<&str, BTreeSet<&str>> = folders.iter().map(|from| (*from, reachable(from))).collect();
    let knows = |from: &str, to: &str| reached.get(from).is_some_and(|seen| seen.contains(to));
    let pairs = folders.iter().flat_map(|one| folders.iter().map(move |other| (*one, *other)));
    let pairs = pairs.filter(|(one, other)| one < other && knows(one, other) && knows(other, one));
    pairs.map(|(one, other)| (one.to_owned(), other.to_owned())).collect()
}

fn folder_arrows(sources: &[Source]) -> BTreeSet<(String, String)> {
    let folder = |source: &Source| {
        let path = source.file.strip_prefix("src/").unwrap_or(&source.file);
        path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned())
    };
    let folders: BTreeSet<String> = sources.iter().map(folder).filter(|folder| !folder.is_empty()).collect();
    // The longest folder that a path begins with.
    let home = |path: &[String]| {
        let lengths = (1..=path.len()).rev();
        lengths.map(|length| path[..length].join("/")).find(|folder| folders.contains(folder))
    };
    let inside =
        |one: &str, other: &str| one.starts_with(&format!("{other}/")) || other.starts_with(&format!("{one}/"));
    let mut arrows = BTreeSet::new();
    for reference in references(sources).iter().filter(|reference| reference.path[0] == "crate") {
        let from = home(&reference.module);
        let to = home(&reference.path[1..]);
        if let (Some(from), Some(to)) = (from, to)
            && from != to
            && !inside(&from, &to)
        {
            arrows.insert((from, to));
        }
    }
    arrows
}
