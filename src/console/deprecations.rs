//! GET /_mock/deprecations/about: the page to which `Link: rel="deprecation"` of a deprecated operation points. Served by
//! every listener, also with `--control off`, so it links to the console only where there is one.

use std::fmt::Write as _;

use axum::{http::HeaderMap, response::Response};

use super::assets;
use crate::{catalogue, sandbox::deprecations::Sunset, sandbox::selection::SelectedSandbox};

/// The files of the console that the page uses.
pub(super) const FILES: [&str; 4] = ["style.css", "icon.svg", "guide.js", "dom.js"];

const TEMPLATE: &str = include_str!("assets/deprecations.html");
/// Rendered by `guide.js`; without JavaScript it is readable as it is.
const GUIDE: &str = include_str!("../../docs/MIGRATION.md");
const CONSOLE_LINKS: &str = "<nav aria-label=\"Pages\"><a href=\"../../#deprecations-title\">Who still calls them</a>\
                             <a href=\"../console/docs.html\">API docs</a></nav>";

/// The page as it is for a sandbox; `has_console`: whether the listener serves the console too.
pub(super) fn answer(chosen: &SelectedSandbox, headers: &HeaderMap, has_console: bool) -> Response {
    assets::page("deprecations.html", render(&chosen.sandbox.settings().sunset, has_console), headers)
}

fn render(sunset: &Sunset, has_console: bool) -> String {
    let (since, date) = (sunset.deprecated_since().date_naive(), sunset.date.date_naive());
    TEMPLATE
        .replace("{links}", if has_console { CONSOLE_LINKS } else { "" })
        .replace("{since}", &since.to_string())
        .replace("{date}", &date.to_string())
        .replace("{rows}", &rows())
        .replace("{guide}", &escaped(GUIDE))
}

fn rows() -> String {
    let mut rows = String::new();
    for operation in catalogue::deprecated() {
        let successors: Vec<_> = operation.successors.iter().map(|s| format!("<code>{s}</code>")).collect();
        let _ = writeln!(
            rows,
            "<tr id=\"{id}\" tabindex=\"-1\"><td><code>{operation}</code><span class=\"sub\">{id}</span></td><td>{}</td></tr>",
            successors.join("<br>"),
            id = operation.id
        );
    }
    rows
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
