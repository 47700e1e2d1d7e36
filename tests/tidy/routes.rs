//! I5: the routers serve what the documents describe.

use std::collections::BTreeSet;

use r1_entitlements_mock::{api, catalogue::OPERATIONS, control};
use serde_json::Value;
use syn::visit::{self, Visit};

use super::source::sources;

/// Paths that a router serves outside the document, or the constants that hold them.
#[derive(Default)]
struct Routes(Vec<String>);

impl<'ast> Visit<'ast> for Routes {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method.to_string().starts_with("route") {
            match call.args.first() {
                Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(path), .. })) => self.0.push(path.value()),
                Some(syn::Expr::Path(constant)) => {
                    self.0.push(constant.path.segments.last().unwrap().ident.to_string());
                }
                _ => {}
            }
        }
        visit::visit_expr_method_call(self, call);
    }
}

fn undocumented(under: &str) -> Vec<String> {
    let mut routes = Routes::default();
    for source in &sources(under) {
        routes.visit_file(&source.ast);
    }
    routes.0.sort();
    routes.0
}

/// Functions that describe themselves as operations.
#[derive(Default)]
struct Described(usize);

impl<'ast> Visit<'ast> for Described {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let is_utoipa = |path: &syn::Path| path.segments.len() == 2 && path.segments[0].ident == "utoipa";
        self.0 += item.attrs.iter().filter(|attribute| is_utoipa(attribute.path())).count();
        visit::visit_item_fn(self, item);
    }
}

fn described(under: &str) -> usize {
    let mut described = Described::default();
    for source in &sources(under) {
        described.visit_file(&source.ast);
    }
    described.0
}

fn operations(document: &Value) -> usize {
    document["paths"].as_object().unwrap().values().map(|item| item.as_object().unwrap().len()).sum()
}

#[test]
fn i5_the_document_has_every_operation_of_the_catalogue_and_no_other() {
    let document = api::document();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let deprecated = operation["deprecated"].as_bool().unwrap_or_default();
            documented.insert(format!("{id}: {} {path} {deprecated}", method.to_uppercase()));
        }
    }
    let catalogued = OPERATIONS.iter().map(|own| format!("{}: {own} {}", own.id, own.is_deprecated())).collect();
    assert_eq!(documented, catalogued);
}

#[test]
fn i5_every_route_of_the_vendors_api_is_in_its_document() {
    assert_eq!(undocumented("src/api"), ["DOCUMENT", "LOGIN_PAGE"]);
    assert_eq!(described("src/api"), OPERATIONS.len(), "every handler that is described is routed");
}

#[test]
fn i5_every_route_of_the_control_api_is_in_its_document() {
    // A page, the document itself, and what answers every other path.
    assert_eq!(undocumented("src/control"), ["/_mock/openapi.json", "/_mock/{*path}"]);
    let document = control::document();
    assert_eq!(described("src/control") + described("src/console"), operations(&document));
}
