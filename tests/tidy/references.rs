//! Which paths a source names: in `use` trees, expressions, types, patterns, macros and attributes.
//!
//! A path is resolved as far as the sources alone allow: `crate`, `self`, `super`, names brought in by `use` (also
//! under another name, and through a glob of a module of this crate), child modules, and re-exports of `lib.rs`.
//! Modules of unit tests (`#[cfg(test)]`) do not count: they build their states from scenarios.
//!
//! `["crate", "model", "Tenant"]` is in this crate, `["axum", "Router"]` in another one, `[".", "elapsed"]` a method.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::source::Source;

/// A path that a source names.
#[derive(Clone, Debug)]
pub struct Reference {
    pub file: String,
    /// The module that names it.
    pub module: Vec<String>,
    pub path: Vec<String>,
}

/// A path as it is written, in its module.
type Written = (Vec<String>, Vec<String>);

/// The name by which the binary knows the library.
const LIBRARY: &str = "r1_entitlements_mock";

/// What `use` brings into a module.
#[derive(Default)]
struct Scope {
    /// Local name to the path that it stands for.
    names: BTreeMap<String, Vec<String>>,
    /// Modules whose names are all brought in.
    globs: Vec<Vec<String>>,
    children: Vec<String>,
}

/// All paths that these sources name, resolved.
pub fn references(sources: &[Source]) -> Vec<Reference> {
    let mut scopes: BTreeMap<Vec<String>, Scope> = BTreeMap::new();
    let mut written: Vec<(String, Written)> = Vec::new();
    for source in sources {
        let mut collector = Collector { module: source.module.clone(), scopes: &mut scopes, written: Vec::new() };
        collector.visit_file(&source.ast);
        written.extend(collector.written.into_iter().map(|written| (source.file.clone(), written)));
    }
    let resolve = |(file, (module, path)): (String, Written)| {
        let path = resolved(&scopes, &module, path, 0);
        Reference { file, module, path }
    };
    written.into_iter().map(resolve).filter(|reference| reference.path != ["crate"]).collect()
}

fn resolved(scopes: &BTreeMap<Vec<String>, Scope>, module: &[String], path: Vec<String>, depth: usize) -> Vec<String> {
    let Some(first) = path.first() else { return path };
    let rest = &path[1..];
    let own = |module: &[String], rest: &[String]| {
        let start = std::iter::once("crate".to_owned());
        start.chain(module.iter().cloned()).chain(rest.iter().cloned()).collect::<Vec<_>>()
    };
    match first.as_str() {
        "crate" => re_exported(scopes, path, depth),
        name if name == LIBRARY => {
            re_exported(scopes, std::iter::once("crate".to_owned()).chain(rest.iter().cloned()).collect(), depth)
        }
        "self" => own(module, rest),
        "super" => {
            let mut parent = module;
            let mut rest = &path[..];
            while rest.first().is_some_and(|segment| segment == "super") {
                parent = &parent[..parent.len().saturating_sub(1)];
                rest = &rest[1..];
            }
            own(parent, rest)
        }
        name => match found(scopes, module, name, depth) {
            Some(Meaning::Child) => own(module, &path),
            Some(Meaning::Brought(mut start)) if depth < 8 => {
                start.extend(rest.iter().cloned());
                resolved(scopes, module, start, depth + 1)
            }
            _ => path,
        },
    }
}

/// A name of `lib.rs` that stands for one of a module.
fn re_exported(scopes: &BTreeMap<Vec<String>, Scope>, path: Vec<String>, depth: usize) -> Vec<String> {
    let root = scopes.get([].as_slice());
    match path.get(1).and_then(|name| root?.names.get(name)) {
        Some(start) if depth < 8 => {
            let full = start.iter().cloned().chain(path[2..].iter().cloned()).collect();
            resolved(scopes, &[], full, depth + 1)
        }
        _ => path,
    }
}

enum Meaning {
    Child,
    Brought(Vec<String>),
}

fn found(scopes: &BTreeMap<Vec<String>, Scope>, module: &[String], name: &str, depth: usize) -> Option<Meaning> {
    let scope = scopes.get(module)?;
    if let Some(path) = scope.names.get(name).filter(|path| path.first().is_none_or(|first| first != name)) {
        return Some(Meaning::Brought(path.clone()));
    }
    if scope.children.iter().any(|child| child == name) {
        return Some(Meaning::Child);
    }
    if depth > 4 {
        return None;
    }
    scope.globs.iter().find_map(|glob| {
        let of = resolved(scopes, module, glob.clone(), depth + 1);
        let of = of.strip_prefix(["crate".to_owned()].as_slice())?;
        match found(scopes, of, name, depth + 1)? {
            Meaning::Child => {
                let start = std::iter::once("crate".to_owned()).chain(of.iter().cloned());
                Some(Meaning::Brought(start.chain([name.to_owned()]).collect()))
            }
            // A path that was written there means the same only when it is absolute.
            Meaning::Brought(path) => Some(Meaning::Brought(resolved(scopes, of, path, depth + 1))),
        }
    })
}

struct Collector<'a> {
    module: Vec<String>,
    scopes: &'a mut BTreeMap<Vec<String>, Scope>,
    written: Vec<Written>,
}

impl Collector<'_> {
    fn scope(&mut self) -> &mut Scope {
        self.scopes.entry(self.module.clone()).or_default()
    }

    fn write(&mut self, path: Vec<String>) {
        self.written.push((self.module.clone(), path));
    }

    fn use_tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| before.iter().cloned().chain([plain(name)]).collect::<Vec<_>>();
        match tree {
            syn::UseTree::Path(path) => self.use_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.bring(before, with(&name.ident), &plain(&name.ident)),
            syn::UseTree::Rename(rename) => self.bring(before, with(&rename.ident), &plain(&rename.rename)),
            syn::UseTree::Glob(_) => {
                self.scope().globs.push(before.to_vec());
                self.write(before.to_vec());
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.use_tree(before, tree)),
        }
    }

    fn bring(&mut self, before: &[String], path: Vec<String>, name: &str) {
        // `use a::b::{self}` brings in `b`.
        let (path, name) = match (path.last().map(String::as_str), before.last()) {
            (Some("self"), Some(last)) => {
                (before.to_vec(), if name == "self" { last.clone() } else { name.to_owned() })
            }
            _ => (path, name.to_owned()),
        };
        self.scope().names.insert(name, path.clone());
        self.write(path);
    }

    /// Paths in tokens that nobody parses: arguments of macros and attributes.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) => {
                    if colons != 2 || path.is_empty() {
                        self.flush(&mut path);
                    }
                    path.push(plain(&ident));
                    colons = 0;
                }
                TokenTree::Group(group) => {
                    // `crate::{a, b}` occurs in no macro of ours; what is inside counts on its own.
                    self.flush(&mut path);
                    colons = 0;
                    self.tokens(group.stream());
                }
                TokenTree::Literal(literal) => {
                    self.flush(&mut path);
                    colons = 0;
                    self.literal(&literal.to_string());
                }
                TokenTree::Punct(_) => {
                    self.flush(&mut path);
                    colons = 0;
                }
            }
        }
        self.flush(&mut path);
    }

    fn flush(&mut self, path: &mut Vec<String>) {
        if path.len() > 1 {
            self.write(std::mem::take(path));
        }
        path.clear();
    }

    /// `"crate::wire::date"`, as serde's attributes name functions.
    fn literal(&mut self, literal: &str) {
        let inner = literal.trim_matches('"');
        if inner.contains("::")
            && let Ok(path) = syn::parse_str::<syn::Path>(inner)
        {
            self.visit_path(&path);
        }
    }
}

fn plain(ident: &proc_macro2::Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

fn is_cfg_test(attribute: &syn::Attribute) -> bool {
    let is_test = |list: &syn::MetaList| list.tokens.to_string() == "test";
    attribute.path().is_ident("cfg") && attribute.meta.require_list().is_ok_and(is_test)
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&[], &item.tree);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.write(vec![plain(&item.ident), "self".to_owned()]);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.attrs.iter().any(is_cfg_test) {
            return;
        }
        let name = plain(&item.ident);
        self.scope().children.push(name.clone());
        self.module.push(name);
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.write(path.segments.iter().map(|segment| plain(&segment.ident)).collect());
        visit::visit_path(self, path);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        // An exported macro has its name at the root of the crate.
        if let Some(name) = &item.ident
            && item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"))
        {
            let home = std::iter::once("crate".to_owned()).chain(self.module.iter().cloned());
            let path = home.chain([plain(name)]).collect();
            self.scopes.entry(Vec::new()).or_default().names.insert(plain(name), path);
        }
        visit::visit_item_macro(self, item);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.write(vec![".".to_owned(), plain(&call.method)]);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.visit_path(&item.path);
        self.tokens(item.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("doc") {
            return;
        }
        match &attribute.meta {
            syn::Meta::List(list) => self.tokens(list.tokens.clone()),
            _ => visit::visit_attribute(self, attribute),
        }
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {
        // `pub(in path)` names a parent.
    }
}
