//! Reads `Accept` (RFC 9110, section 12.5.1): which media type the caller prefers.

use axum::http::{HeaderMap, header};

/// None of the media types on offer is acceptable. Holds what the caller sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAcceptable(pub String);

/// The media type on offer with the highest weight; of equal weights, the first. Without `Accept`, the first.
pub fn choose(headers: &HeaderMap, offered: &[&'static str]) -> Result<&'static str, NotAcceptable> {
    let values = || headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let whole;
    let accept = if values().nth(1).is_some() {
        whole = values().collect::<Vec<_>>().join(",");
        &whole
    } else {
        values().next().unwrap_or_default()
    };
    // What most clients send needs no weighing.
    if matches!(accept.trim(), "" | "*/*") {
        return offered.first().copied().ok_or_else(|| NotAcceptable(accept.to_owned()));
    }
    if let Some(only) = offered.iter().find(|media_type| media_type.eq_ignore_ascii_case(accept)) {
        return Ok(only);
    }
    let weighed = offered.iter().rev().map(|media_type| (*media_type, weight(accept, media_type)));
    let best = weighed.max_by(|(_, a), (_, b)| a.total_cmp(b)).filter(|(_, weight)| *weight > 0.0);
    best.map(|(media_type, _)| media_type).ok_or_else(|| NotAcceptable(accept.to_owned()))
}

/// Whether the caller names a media type itself, rather than by a range such as `*/*`. Browsers name `text/html`.
pub fn names(headers: &HeaderMap, media_type: &str) -> bool {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut ranges = values.flat_map(|value| value.split(',')).filter_map(|range| Range::read(range, media_type));
    ranges.any(|range| range.precision == EXACT && range.weight > 0.0)
}

const EXACT: u8 = 2;

/// A range of `Accept` that covers a media type.
struct Range {
    precision: u8,
    weight: f32,
}

impl Range {
    fn read(range: &str, media_type: &str) -> Option<Self> {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?;
        let family = media_type.split('/').next().unwrap_or_default();
        let precision = match name {
            "*/*" | "*" => 0,
            name if name.eq_ignore_ascii_case(media_type) => EXACT,
            name if name.strip_suffix("/*").is_some_and(|own| own.eq_ignore_ascii_case(family)) => 1,
            _ => return None,
        };
        let mut qualities = parts.filter_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let weight = qualities.find_map(|quality| quality.parse().ok()).unwrap_or(1.0);
        Some(Self { precision, weight })
    }
}

/// The weight of a media type: that of the most precise range that covers it, 0 if none does.
fn weight(accept: &str, media_type: &str) -> f32 {
    let ranges = accept.split(',').filter_map(|range| Range::read(range, media_type));
    ranges.max_by_key(|range| range.precision).map_or(0.0, |range| range.weight)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const PLAIN: &str = "application/json";
    const VERSIONED: &str = "application/vnd.ruckus.v1+json";

    fn headers(accept: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_str(accept).unwrap())])
    }

    #[track_caller]
    fn check(accept: &str, expected: Option<&str>) {
        assert_eq!(choose(&headers(accept), &[PLAIN, VERSIONED]).ok(), expected, "{accept}");
    }

    #[test]
    fn the_media_type_with_the_highest_weight_is_chosen() {
        check("", Some(PLAIN));
        check("*/*", Some(PLAIN));
        check("application/json", Some(PLAIN));
        check("Application/JSON", Some(PLAIN));
        check("application/json, text/plain, */*", Some(PLAIN));
        check("application/vnd.ruckus.v1+json", Some(VERSIONED));
        check("application/json;q=0.5, application/vnd.ruckus.v1+json", Some(VERSIONED));
        check("application/vnd.ruckus.v1+json;q=0.5, */*", Some(PLAIN));
        check("text/html,application/xhtml+xml,*/*;q=0.8", Some(PLAIN));
        check("application/json;q=0", None);
        check("text/html", None);
        check("text/*", None);
        check("application/*", Some(PLAIN));
    }

    #[test]
    fn several_headers_count_as_one_list() {
        let mut both = headers("text/html");
        both.append(header::ACCEPT, HeaderValue::from_static(VERSIONED));
        assert_eq!(choose(&both, &[PLAIN, VERSIONED]), Ok(VERSIONED));
    }

    #[test]
    fn only_a_caller_that_names_html_is_taken_for_a_browser() {
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("application/json, Text/HTML;q=0.2", true),
            ("text/html;q=0", false),
            ("application/json", false),
            ("*/*", false),
            ("text/*", false),
            ("", false),
        ] {
            assert_eq!(names(&headers(accept), "text/html"), expected, "{accept}");
        }
    }
}
