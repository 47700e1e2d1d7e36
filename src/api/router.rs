//! Table of contents of the vendor's surface, grouped by who calls it.

#![allow(deprecated, reason = "the deprecated operations are what this server is for")]

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    handler::Handler,
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{Next, from_fn, from_fn_with_state, map_response},
    response::{IntoResponse, Response},
    routing::get,
};
use tower::ServiceExt;
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowHeaders, AllowOrigin, CorsLayer},
};

use super::{
    handlers::{
        activities, assignments, banners, entitlement_queries as queries, entitlements, entitlements_reports,
        msp_banners, msp_customers, msp_entitlements, oauth2, tenants,
    },
    layers::{
        deprecation, faults, journal,
        proxy::{self, Passed},
    },
    openapi,
    request::{
        caller,
        context::{self, REQUEST_ID, RequestContext},
    },
    response::error::ApiError,
};
use crate::support::origin;
use crate::{route, support::routes::Routes};

/// Every route of the vendor's surface, with its place in the OpenAPI document.
pub fn routes() -> Routes {
    Routes::new()
        .merge(answering_in(context::V1, deprecated().merge(successors()).merge(companions())))
        .merge(answering_in(context::V1_1, successors_of_two_versions()))
        .merge(reports())
        // Tokens.
        .routes(route!(oauth2::create_tenant_token))
        .routes(route!(oauth2::create_token))
        .route("/oauth2/authorization/idm", get(oauth2::show_login))
        .route("/openapi.json", get(openapi::show_document))
}

/// Operations that answer in these media types, unless the scenario pins an answer.
fn answering_in(offered: context::MediaTypes, operations: Routes) -> Routes {
    operations.layer(from_fn(context::pinned)).layer(from_fn_with_state(offered, context::negotiate))
}

/// The deprecated operations: what this server is for.
fn deprecated() -> Routes {
    Routes::new()
        .routes(route!(entitlements::list_entitlements, entitlements::sync_entitlements))
        .routes(route!(entitlements::summarise_entitlements))
        .routes(route!(banners::list_banners))
        .routes(route!(msp_entitlements::list_msp_entitlements))
        .routes(route!(msp_entitlements::summarise_msp_entitlements))
        .routes(route!(assignments::summarise_assignments))
        // DELETE is one of them; the others are what the vendor's UI calls beside it.
        .routes(route!(
            assignments::list_assignments,
            assignments::create_assignments,
            assignments::update_assignments,
            assignments::revoke_assignments
        ))
        .routes(route!(msp_banners::list_msp_banners))
}

/// What takes their place (PATCH /entitlements stands beside the GET), and what became of a refresh.
fn successors() -> Routes {
    Routes::new()
        .routes(route!(queries::query_compliances))
        .routes(route!(queries::query_notes))
        .routes(route!(tenants::create_assignment))
        .routes(route!(tenants::update_assignment, tenants::revoke_assignment))
        .routes(route!(tenants::query_own_assignments))
        .routes(route!(tenants::query_assignments))
        .routes(route!(activities::get_activity))
        .routes(route!(activities::get_tenant_activity))
        .routes(route!(activities::query_activities))
        .routes(route!(activities::query_activity_devices))
        .routes(route!(activities::update_notification))
}

/// Those of which there is a v1.1.
fn successors_of_two_versions() -> Routes {
    Routes::new()
        .routes(route!(queries::query_entitlements))
        .routes(route!(queries::query_banners))
        .routes(route!(queries::query_utilizations))
}

/// Reports; those outside offer media types of their own.
fn reports() -> Routes {
    let mileage = Routes::new().routes(route!(entitlements_reports::query_mileage));
    answering_in(context::V1, mileage)
        .routes(route!(entitlements_reports::report_usage))
        .routes(route!(entitlements_reports::query_availability))
}

/// What clients call before they get that far.
fn companions() -> Routes {
    Routes::new()
        .routes(route!(tenants::get_tenant))
        .routes(route!(msp_customers::list_msp_customers))
        .routes(route!(msp_customers::query_msp_ecs))
        .routes(route!(entitlements::list_settings))
        .routes(route!(queries::query_orders))
}

/// The vendor's surface, ready to serve requests that come with the sandbox that they mean. `origins`
/// may call it with credentials, besides pages served on this machine.
pub fn router(origins: Vec<HeaderValue>) -> Router {
    let routes = routes();
    openapi::read_operations(&routes);
    let routes = routes.into_router();
    let plain = routes
        .fallback(unknown_path.layer(from_fn(context::pinned)))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(caller::BODY_LIMIT))
        .layer(from_fn(proxy::pass_through))
        .layer(from_fn(faults::apply))
        .layer(CatchPanicLayer::custom(|_| ApiError::Internal.into_response()))
        .layer(from_fn(deprecation::announce))
        .layer(from_fn(proxy::decide))
        .layer(from_fn(context::around));
    let for_browsers = plain.clone().layer(cors(origins));
    let routed = for_browsers
        .layer(from_fn_with_state(plain, plain_options))
        // Outermost, so that it records what callers get, and what they ask of nobody.
        .layer(from_fn(journal::record));
    // The routes add `Allow` to what they give back, and the CORS layer takes the place of what was said
    // before: only around them it can be mended.
    Router::new().fallback_service(routed).layer(map_response(mend))
}

/// `Allow` tells what the one who answers allows: of the upstream what it says itself; here OPTIONS as well,
/// which answers for every path. Pages may read what the upstream lets them, too.
async fn mend(mut response: Response) -> Response {
    let added = response.headers_mut().remove(header::ALLOW);
    let Some(Passed { allow, expose }) = response.extensions_mut().remove() else {
        let is_refusal = response.status() == StatusCode::METHOD_NOT_ALLOWED;
        let is_told = response.extensions().get::<OptionsTold>().is_some();
        let own = added.and_then(|added| if is_refusal { with_options(&added) } else { is_told.then_some(added) });
        response.headers_mut().extend(own.map(|allow| (header::ALLOW, allow)));
        return response;
    };
    response.headers_mut().extend(allow.map(|allow| (header::ALLOW, allow)));
    for names in expose {
        response.headers_mut().append(header::ACCESS_CONTROL_EXPOSE_HEADERS, names);
    }
    response
}

/// Marks answers to OPTIONS.
#[derive(Clone, Copy, Debug)]
struct OptionsTold;

fn with_options(allow: &HeaderValue) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{},OPTIONS", allow.to_str().ok()?)).ok()
}

/// Only preflights are for the CORS layer; any other OPTIONS asks what can be done with a path.
async fn plain_options(State(plain): State<Router>, request: Request, next: Next) -> Response {
    let is_preflight = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() != Method::OPTIONS || is_preflight {
        return next.run(request).await;
    }
    let refused = plain.oneshot(request).await.unwrap_or_else(|never| match never {});
    if refused.extensions().get::<Passed>().is_some() {
        return refused;
    }
    let Some(allow) = refused.headers().get(header::ALLOW).and_then(with_options) else { return refused };
    let id = refused.headers().get(REQUEST_ID).map(|id| (REQUEST_ID, id.clone()));
    let mut response = (StatusCode::NO_CONTENT, [(header::ALLOW, allow)]).into_response();
    response.headers_mut().extend(id);
    response.extensions_mut().insert(OptionsTold);
    response
}

async fn unknown_path(exchange: RequestContext) -> ApiError {
    if exchange.method == Method::CONNECT { ApiError::NoTunnel } else { ApiError::UnknownPath }
}

async fn method_not_allowed(exchange: RequestContext) -> ApiError {
    ApiError::MethodNotAllowed { method: exchange.method }
}

/// Right for credentials (observed: the UI sends cookies and reads `login-token`): the exact origin is
/// echoed, for pages served on this machine and for configured origins.
pub(crate) fn cors(origins: Vec<HeaderValue>) -> CorsLayer {
    let is_local = |origin: &HeaderValue| origin.to_str().is_ok_and(origin::is_local_origin);
    let allowed = move |origin: &HeaderValue, _: &Parts| origins.contains(origin) || is_local(origin);
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_credentials(true)
        .allow_private_network(true)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([
            HeaderName::from_static("login-token"),
            header::LOCATION,
            header::RETRY_AFTER,
            REQUEST_ID,
            faults::STRUCK_BY,
            deprecation::DEPRECATION,
            deprecation::SUNSET,
            header::LINK,
        ])
        .max_age(Duration::from_mins(10))
}
