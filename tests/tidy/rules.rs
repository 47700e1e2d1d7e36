//! What single files may name: crates, real time, locks.

use syn::visit::{self, Visit};

use super::{
    references::references,
    source::{Source, text},
};

/// Crates that the pure rooms may use: data, dates, text.
const PURE_CRATES: [&str; 14] = [
    "base64",
    "chrono",
    "csv",
    "form_urlencoded",
    "hmac",
    "pdf_writer",
    "regex",
    "serde",
    "serde_json",
    "sha2",
    "strum",
    "thiserror",
    "utoipa",
    "uuid",
];

/// Parts of the standard library that reach out of the process or wait.
const IMPURE_STD: [&str; 6] = ["env", "fs", "net", "process", "thread", "time"];

/// Names of crates that the pure rooms name and should not.
pub fn impure(sources: &[Source], rooms: &[&str]) -> Vec<String> {
    let crates = dependencies();
    let mut found = Vec::new();
    for reference in references(sources) {
        if !reference.module.first().is_some_and(|room| rooms.contains(&room.as_str())) {
            continue;
        }
        let first = reference.path[0].as_str();
        let is_crate = crates.iter().any(|name| name == first) && !PURE_CRATES.contains(&first);
        let is_std = first == "std" && reference.path.get(1).is_some_and(|part| IMPURE_STD.contains(&part.as_str()));
        if is_crate || is_std {
            found.push(format!("{} names {}", reference.file, reference.path.join("::")));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The dependencies in Cargo.toml, as code names them.
fn dependencies() -> Vec<String> {
    let manifest = text("Cargo.toml");
    let section = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let names = section.lines().filter_map(|line| line.split_once('=').map(|(name, _)| name.trim()));
    let names: Vec<String> = names.filter(|name| !name.starts_with('#')).map(|name| name.replace('-', "_")).collect();
    assert!(names.iter().any(|name| name == "axum"), "{names:?}");
    names
}

/// Places that read real time or draw random numbers.
pub fn real_time(sources: &[Source]) -> Vec<String> {
    named(sources, |path| match path {
        [.., owner, "now"] => ["Utc", "Local", "SystemTime", "Instant"].contains(owner),
        [.., "Uuid", made] => ["new_v1", "new_v4", "new_v6", "now_v1", "now_v6", "now_v7"].contains(made),
        [".", method] => *method == "elapsed",
        _ => false,
    })
}

/// Places that wait for a time to pass.
pub fn sleeps(sources: &[Source]) -> Vec<String> {
    named(sources, |path| {
        let [.., owner, called] = path else { return false };
        ["time", "thread"].contains(owner) && called.starts_with("sleep")
    })
}

/// Places that do something after a time: they sleep, tick, or give up waiting.
pub fn timers(sources: &[Source]) -> Vec<String> {
    named(sources, |path| {
        let [.., owner, called] = path else { return false };
        let is_timer = ["sleep", "interval", "timeout"].iter().any(|timer| called.starts_with(timer));
        ["time", "thread"].contains(owner) && is_timer
    })
}

/// The files that name such a path, each once.
fn named(sources: &[Source], wanted: impl Fn(&[&str]) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for reference in references(sources) {
        let path: Vec<&str> = reference.path.iter().map(String::as_str).collect();
        if wanted(&path) {
            found.push(reference.file);
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Every lock in a field or a static, as `file: Owner.field`.
pub fn locks(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        let mut locks = Locks { file: &source.file, owner: String::new(), found: Vec::new() };
        locks.visit_file(&source.ast);
        found.extend(locks.found);
    }
    found.sort();
    found
}

struct Locks<'a> {
    file: &'a str,
    owner: String,
    found: Vec<String>,
}

impl Locks<'_> {
    fn look(&mut self, name: &str, is: &syn::Type) {
        let mut holds = HoldsLock(false);
        holds.visit_type(is);
        if holds.0 {
            self.found.push(format!("{}: {}{name}", self.file, self.owner));
        }
    }
}

impl<'ast> Visit<'ast> for Locks<'_> {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.owner = format!("{}.", item.ident);
        visit::visit_item_struct(self, item);
        self.owner.clear();
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.owner = format!("{}.", item.ident);
        visit::visit_item_enum(self, item);
        self.owner.clear();
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        let name = field.ident.as_ref().map_or("0".to_owned(), ToString::to_string);
        self.look(&name, &field.ty);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.look(&item.ident.to_string(), &item.ty);
    }
}

struct HoldsLock(bool);

impl<'ast> Visit<'ast> for HoldsLock {
    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        let name = segment.ident.to_string();
        self.0 |= name.ends_with("Mutex") || name.ends_with("RwLock");
        visit::visit_path_segment(self, segment);
    }
}
