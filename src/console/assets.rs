//! The files of the pages, embedded as they are.
//!
//! | files | what |
//! |---|---|
//! | `index.html`, `console.css`, `panels.css` | the console |
//! | `docs.html`, `docs.css`, `docs*.js` | the OpenAPI documents as a page, with forms to try the operations |
//! | `deprecations.html`, `guide.js` | the page about deprecated operations, with the migration guide |
//! | `style.css`, `icon.svg` | shared by all pages |
//! | `dom.js`, `server.js`, `format.js`, `notices.js`, `actions.js`, `dialog.js` | elements, calls, texts, notices, buttons, forms |
//! | `app.js`, `reading.js`, `live.js` | reads what has changed and has the panels drawn |
//! | the other modules | one panel or form each |

use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash, Hasher},
};

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::support::{etag, problem::Problem};

/// A file of the pages.
struct Asset {
    name: &'static str,
    text: &'static str,
}

macro_rules! assets {
    ($($name:literal),+ $(,)?) => {
        [$(Asset { name: $name, text: include_str!(concat!("assets/", $name)) }),+]
    };
}

const ASSETS: &[Asset] = &assets![
    "index.html",
    "docs.html",
    "icon.svg",
    "style.css",
    "console.css",
    "panels.css",
    "docs.css",
    "actions.js",
    "activities.js",
    "app.js",
    "assign.js",
    "assignments.js",
    "clock.js",
    "deprecations.js",
    "devices.js",
    "dialog.js",
    "docs.js",
    "docs-login.js",
    "docs-schema.js",
    "docs-try.js",
    "dom.js",
    "fault-rule.js",
    "faults.js",
    "format.js",
    "guide.js",
    "journal.js",
    "live.js",
    "notices.js",
    "purchases.js",
    "reading.js",
    "sandboxes.js",
    "scenario.js",
    "server.js",
    "settings.js",
    "snapshots.js",
    "tenant.js",
    "tenants.js",
    "timeline.js",
    "use.js",
    "words.js",
];

/// Pages may load only what this server sends, and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file, 304 for a browser that has it, or 404.
pub(super) fn answer(name: &str, headers: &HeaderMap) -> Response {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => page(name, asset.text, headers),
        None => Problem::unknown(format!("the console has no file {name}")).into_response(),
    }
}

/// A text as a file of the pages with this name, or 304 for a browser that has it.
pub(super) fn page(name: &str, text: impl Into<Cow<'static, str>>, headers: &HeaderMap) -> Response {
    let text = text.into();
    let tag = HeaderValue::from_str(&tag(&text)).ok();
    let mut response = match &tag {
        Some(tag) if etag::is_known(headers, tag) => StatusCode::NOT_MODIFIED.into_response(),
        _ => ([(header::CONTENT_TYPE, content_type(name))], text).into_response(),
    };
    let own = response.headers_mut();
    own.extend(tag.map(|tag| (header::ETAG, tag)));
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    own.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    own.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    own.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/html; charset=utf-8",
    }
}

fn tag(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
