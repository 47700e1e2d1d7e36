//! Replies that are kept: which, how a request gets one, and how one is made. `ETag` lets a client keep it too.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use axum::{
    body::{Body, HttpBody, to_bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};

use chrono::{DateTime, Utc};

use crate::{
    api::{
        layers::{deprecation, header_lines::lines},
        request::context::RequestContext,
        response::error::ApiError,
        service::REQUEST_ID,
    },
    model::Store,
    sandbox::kept::{Budget, Head, Key, Reply},
    support::etag,
};

/// The longest body that is kept.
const LONGEST: usize = 16 * 1024 * 1024;

/// About so many headers are added to a kept reply: the date, the id of the request, and those for pages.
const MORE_HEADERS: usize = 8;

/// Under which key the reply to a request is kept; none if it depends on more than the state, the tenant, the query and
/// the media type.
pub fn key(context: &RequestContext) -> Option<Key> {
    let operation = context.operation.filter(|operation| operation.is_kept)?;
    let reads = matches!(context.method, Method::GET | Method::HEAD) && !context.starts_refresh();
    if !reads || context.past.is_some() {
        return None;
    }
    Some(Key {
        operation: operation.id,
        tenant: context.identity.as_ref().ok()?.tenant,
        query: context.query().into(),
        media_type: context.media_type.clone().ok()?,
        prefix: Arc::clone(&context.prefix),
    })
}

/// The response of a kept reply: 304 if the client has it, and no body for HEAD.
pub fn response(reply: &Reply, method: &Method, request: &HeaderMap) -> Response {
    let is_known = reply.headers.get(header::ETAG).is_some_and(|tag| etag::is_known(request, tag));
    let mut headers = with_room(&reply.headers);
    let mut response = Response::default();
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        headers.remove(header::CONTENT_TYPE);
    } else if *method == Method::HEAD {
        headers.insert(header::CONTENT_LENGTH, reply.body.len().into());
    } else {
        *response.body_mut() = Body::from(reply.body.clone());
    }
    *response.headers_mut() = headers;
    response
}

/// The head of an answer that has a kept reply and the headers that `add` adds, with the id of some request.
pub fn head(reply: &Reply, cors: &Arc<HeaderMap>, id: &HeaderValue, add: impl FnOnce(&mut HeaderMap)) -> Head {
    let mut headers = with_room(&reply.headers);
    add(&mut headers);
    let lines = lines(&headers);
    let id = format!("{REQUEST_ID}: {}\n", id.to_str().unwrap_or_default());
    let (before, after) = lines.split_once(&id).unwrap_or((&lines, ""));
    let lines = [format!("{before}{REQUEST_ID}: ").into(), format!("\n{after}").into()];
    // The service dates each answer; the journal does not have that header.
    headers.insert(header::DATE, HeaderValue::from_static(""));
    Head { cors: Arc::clone(cors), headers, lines }
}

/// The whole answer with a head and its reply, and the lines of its headers for the journal.
pub fn whole(head: &Head, reply: &Reply, id: HeaderValue) -> (Response, String) {
    let [before, after] = &head.lines;
    let mut lines = String::with_capacity(before.len() + id.len() + after.len());
    lines.extend([before, id.to_str().unwrap_or_default(), after]);
    let mut response = Response::new(Body::from(reply.body.clone()));
    response.headers_mut().clone_from(&head.headers);
    response.headers_mut().insert(REQUEST_ID, id);
    (response, lines)
}

/// A copy of headers, with room for those that each response gets.
fn with_room(headers: &HeaderMap) -> HeaderMap {
    let mut all = HeaderMap::with_capacity(headers.len() + MORE_HEADERS);
    all.extend(headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    all
}

/// Whether a body is known to be at most [`LONGEST`].
fn is_short(body: &Body) -> bool {
    body.size_hint().upper().and_then(|size| usize::try_from(size).ok()).is_some_and(|size| size <= LONGEST)
}

/// Keeps a reply, if it is a whole answer with status 200 and not too long, and returns it to this request. `made` is the state from
/// before the handler ran: the reply is right from that moment on.
pub async fn keep(
    response: Response,
    key: Key,
    context: &RequestContext,
    request: &HeaderMap,
    made: (Arc<Store>, DateTime<Utc>),
    budget: &Arc<Budget>,
) -> Response {
    let is_error = response.status() != StatusCode::OK || response.extensions().get::<ApiError>().is_some();
    if is_error || !is_short(response.body()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // A handler's body is in memory already, so reading it does not fail.
    let Ok(body) = to_bytes(body, LONGEST).await else {
        parts.status = StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    let mut headers = parts.headers;
    headers.remove(header::CONTENT_LENGTH);
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    headers.extend(HeaderValue::try_from(format!("\"{:016x}\"", hasher.finish())).ok().map(|tag| (header::ETAG, tag)));
    deprecation::mark(&mut headers, context);
    let reply = Arc::new(Reply::new(headers, body));
    context.sandbox.keep(key, &reply, made, budget);
    self::response(&reply, &context.method, request)
}
