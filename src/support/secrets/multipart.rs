//! Multipart forms: the content of parts with secret names goes as a whole.

use memchr::memmem;

use super::{
    MASK,
    names::{self, Name},
};

/// The line that separates the parts, if the content type is a multipart one.
pub(super) fn boundary(content_type: &str) -> Option<Vec<u8>> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().to_ascii_lowercase().starts_with("multipart/") {
        return None;
    }
    let boundary = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    })?;
    Some(format!("--{boundary}").into_bytes())
}

/// The parts without their secrets; `None` if there are none.
pub(super) fn without_secrets(bytes: &[u8], boundary: &[u8]) -> Option<Vec<u8>> {
    let mut masked = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memmem::find(rest, boundary) {
        masked.extend_from_slice(&part(&rest[..at]));
        masked.extend_from_slice(boundary);
        rest = &rest[at + boundary.len()..];
    }
    masked.extend_from_slice(&part(rest));
    (masked != bytes).then_some(masked)
}

/// A part: its headers, an empty line, its content.
fn part(part: &[u8]) -> Vec<u8> {
    let Some(blank) = memmem::find(part, b"\r\n\r\n") else { return part.to_vec() };
    let (head, content) = part.split_at(blank + 4);
    let end = if content.ends_with(b"\r\n") { content.len() - 2 } else { content.len() };
    let (content, end) = content.split_at(end);
    let headers = String::from_utf8_lossy(head);
    let is_plain = std::str::from_utf8(content).is_ok_and(names::is_plain_value);
    let content = if !is_plain && name(&headers).is_some_and(|name| Name::of(name).is_secret()) {
        MASK.into()
    } else {
        super::body(content, content_type(&headers), true).unwrap_or_else(|| content.to_vec())
    };
    [head, &content, end].concat()
}

/// The name in `Content-Disposition: form-data; name="..."`.
fn name(headers: &str) -> Option<&str> {
    let after = headers.split("name=").nth(1)?;
    Some(after.trim_start_matches('"').split(['"', ';', '\r']).next().unwrap_or_default())
}

fn content_type(headers: &str) -> &str {
    fn of_line(line: &str) -> Option<&str> {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type").then(|| value.trim())
    }
    headers.lines().find_map(of_line).unwrap_or_default()
}
