//! The table of the vendor's operations: everything about an operation that is not words or code.
//!
//! Routing, OPTIONS, media types, deprecation, error bodies, faults, the journal, the proxy and the OpenAPI document read
//! this table; nothing else tests a path. The `#[utoipa::path]` attribute of a handler adds descriptions and schemas, and
//! `tests/api/openapi.rs` holds the two together.

mod operations;

use std::{fmt, sync::LazyLock};

use axum::http::Method;

pub use self::operations::OPERATIONS;
use crate::model::RefreshKind;

/// An operation of the vendor's surface.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The vendor's operationId.
    pub id: &'static str,
    /// The method. HEAD calls the operation of GET.
    pub method: &'static Method,
    /// The path template, such as `/activities/{activityId}`.
    pub path: &'static str,
    /// What a call does to the state.
    pub effect: Effect,
    /// Which callers it is for.
    pub audience: Audience,
    /// The media types of its answers, the default first. Empty if it answers the same to any `Accept`.
    pub media_types: &'static [&'static str],
    /// The body of its errors.
    pub error_shape: ErrorShape,
    /// Whether answers depend on the state, the tenant, the query and the media type alone, so that they can be kept.
    pub is_kept: bool,
    /// Whether the body may be left out, which asks for the same as `{}`.
    pub has_optional_body: bool,
    /// The operations that replace it (documented). Only deprecated operations have any.
    pub successors: &'static [Successor],
}

/// What a call of an operation does to the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing. A query reads, although its method is POST.
    Read,
    /// It changes the state at once.
    Write,
    /// It starts a refresh.
    Refresh(RefreshKind),
    /// It starts a refresh if the parameter `refresh` says so, and reads otherwise.
    ReadOrRefresh(RefreshKind),
    /// It issues a token.
    Token,
}

/// Which callers an operation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Clients that have no token yet.
    Clients,
    /// Every tenant.
    Tenants,
    /// Tenants with an entitlement ID; 417 for the others (documented).
    Licensed,
    /// MSPs with an entitlement ID; 400 for other tenants (documented).
    Msps,
}

/// The shape of the error bodies of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorShape {
    /// `RestApiErrorDto`: `error` is text.
    Plain,
    /// `RestApiErrorDto`, but `ErrorDto` for a 500 (documented; in the observed style always the former).
    NestedFailures,
    /// `ErrorDto`: `error` is an object.
    Nested,
    /// The refusals of the bulk assignment operations, with an `errorBrief`.
    Assignments,
    /// `RestException`, with an `errorBrief`, where there is no MSP or customer to report on; else as `NestedFailures`.
    UsageReport,
    /// RFC 6749, section 5.2.
    OAuth,
}

/// An operation that replaces a deprecated one.
#[derive(Debug, PartialEq, Eq)]
pub struct Successor {
    /// The HTTP method.
    pub method: &'static Method,
    /// The path, with parameters such as `{activityId}`.
    pub path: &'static str,
    /// A path without parameters that leads to it, for `Link` headers.
    pub link: &'static str,
}

/// The path of the activity socket. Clients may add a slash.
pub const ACTIVITY_SOCKET: &str = "/api/websocket/socket.io";
/// The name of the activity socket beside the operations, for `--only` and `--except`.
pub const ACTIVITY_SOCKET_ID: &str = "activitySocket";
/// The path of the OpenAPI document.
pub const DOCUMENT: &str = "/openapi.json";
/// The page to which wrong credentials lead, where the scenario says so (observed).
pub const LOGIN_PAGE: &str = "/oauth2/authorization/idm";
/// The page that explains the deprecations, without a sandbox's prefix. Every listener serves it.
pub const DEPRECATIONS_PAGE: &str = "/_mock/deprecations/about";
/// All paths of the token service begin so, those that only the upstream knows too.
pub const TOKENS: &str = "/oauth2/";
/// The path parameter that names a tenant.
pub const TENANT_PARAMETER: &str = "tenantId";

/// The media type of answers unless another one is asked for.
pub const JSON: &str = "application/json";
/// The same, by version.
pub const JSON_V1: &str = "application/vnd.ruckus.v1+json";
/// The same, by a later version.
pub const JSON_V1_1: &str = "application/vnd.ruckus.v1.1+json";
/// The second version of a report.
pub const JSON_V2: &str = "application/vnd.ruckus.v2+json";
/// Rows for spreadsheets.
#[cfg(feature = "reports")]
pub const CSV: &str = "text/csv";
/// The media type of printable reports.
#[cfg(feature = "reports")]
pub const PDF: &str = "application/pdf";

impl Operation {
    /// Whether a call only reads, whatever its parameters.
    pub fn is_read(&self) -> bool {
        matches!(self.effect, Effect::Read)
    }

    /// Whether the operation is announced for removal.
    pub fn is_deprecated(&self) -> bool {
        !self.successors.is_empty()
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl fmt::Display for Successor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// The operations of one path.
#[derive(Debug)]
pub struct Route {
    /// The path, with parameters such as `{activityId}`.
    pub path: &'static str,
    /// The operations, in the order of the table; none for a page.
    pub operations: Vec<&'static Operation>,
    /// The value of `Allow`, such as `GET,HEAD,PATCH,OPTIONS`.
    pub allow: String,
    /// Where in the path the tenant stands, counted in segments from 0.
    pub tenant_segment: Option<usize>,
}

impl Route {
    fn new(path: &'static str) -> Self {
        let operations: Vec<_> = OPERATIONS.iter().filter(|operation| operation.path == path).collect();
        let mut methods: Vec<&str> = operations.iter().map(|operation| operation.method.as_str()).collect();
        if operations.is_empty() {
            methods.push(Method::GET.as_str());
        }
        if let Some(get) = methods.iter().position(|method| *method == Method::GET) {
            methods.insert(get + 1, Method::HEAD.as_str());
        }
        methods.push(Method::OPTIONS.as_str());
        let is_tenant = |part: &str| part.strip_prefix('{')?.strip_suffix('}').map(|name| name == TENANT_PARAMETER);
        let tenant_segment = path.split('/').skip(1).position(|part| is_tenant(part) == Some(true));
        Self { path, operations, allow: methods.join(","), tenant_segment }
    }

    /// The operation that a method calls. HEAD calls the operation of GET.
    pub fn operation(&self, method: &Method) -> Option<&'static Operation> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.operations.iter().find(|operation| *operation.method == *method).copied()
    }

    /// Whether the path has no operation: the document or the login page. Pages answer GET and HEAD.
    pub fn is_page(&self) -> bool {
        self.operations.is_empty()
    }
}

static ROUTES: LazyLock<matchit::Router<Route>> = LazyLock::new(|| {
    let mut router = matchit::Router::new();
    for path in OPERATIONS.iter().map(|operation| operation.path).chain([DOCUMENT, LOGIN_PAGE]) {
        // The operations of one path share its route: a second insertion is a conflict, and changes nothing.
        let _ = router.insert(path, Route::new(path));
    }
    router
});

/// The route of a path, without a sandbox's prefix and without the query.
pub fn route(path: &str) -> Option<&'static Route> {
    ROUTES.at(path).ok().map(|found| found.value)
}

/// The operation with this operationId.
pub fn by_id(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

/// The operations that have a successor.
pub fn deprecated() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(|operation| operation.is_deprecated())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[track_caller]
    fn check(method: &Method, path: &str, id: Option<&str>) {
        let found = route(path).and_then(|route| route.operation(method));
        assert_eq!(found.map(|operation| operation.id), id, "{method} {path}");
    }

    #[test]
    fn a_method_and_a_path_find_their_operation() {
        check(&Method::GET, "/banners", Some("getBanners_1"));
        check(&Method::HEAD, "/banners", Some("getBanners_1"));
        check(&Method::POST, "/banners", None);
        check(&Method::DELETE, "/assignments", Some("revokeBulkAssignment"));
        check(&Method::PATCH, "/entitlements", Some("syncEntitlements"));
        check(&Method::GET, "/activities/1", Some("getDetails"));
        check(&Method::POST, "/activities/query", Some("findActivityList"));
        check(&Method::POST, "/tenants/self/entitlements/assignments/query", Some("getSelfEntitlementAssignments"));
        check(&Method::POST, "/tenants/1/entitlements/assignments/query", Some("getEntitlementAssignments"));
        check(&Method::GET, "/banners/", None);
        check(&Method::GET, "/nothing", None);
        check(&Method::GET, "/openapi.json", None);
    }

    #[test]
    fn ids_are_unique_and_so_are_method_and_path() {
        let ids: BTreeSet<_> = OPERATIONS.iter().map(|operation| operation.id).collect();
        let calls: BTreeSet<_> = OPERATIONS.iter().map(ToString::to_string).collect();
        assert_eq!((ids.len(), calls.len()), (OPERATIONS.len(), OPERATIONS.len()));
    }

    #[test]
    fn every_successor_is_an_operation_itself_and_deprecated_no_more() {
        assert_eq!(deprecated().count(), 7);
        for successor in deprecated().flat_map(|operation| operation.successors) {
            let found = OPERATIONS.iter().find(|operation| operation.to_string() == successor.to_string());
            assert!(found.is_some_and(|operation| !operation.is_deprecated()), "{successor}");
            assert!(route(successor.link).is_some(), "{}", successor.link);
        }
    }

    #[test]
    fn allow_lists_the_methods_of_a_path() {
        assert_eq!(route("/entitlements").unwrap().allow, "GET,HEAD,PATCH,OPTIONS");
        assert_eq!(route("/entitlements/query").unwrap().allow, "POST,OPTIONS");
        assert_eq!(route("/openapi.json").unwrap().allow, "GET,HEAD,OPTIONS");
    }

    #[test]
    fn the_tenant_of_a_path_is_found_by_its_place() {
        assert_eq!(route("/oauth2/token/1").unwrap().tenant_segment, Some(2));
        assert_eq!(route("/api/tenant/1/activity/2").unwrap().tenant_segment, Some(2));
        assert_eq!(route("/tenants/self").unwrap().tenant_segment, None);
    }
}
