//! A request as a command line that makes it again.

use std::fmt::Write as _;

use super::RecordedRequest;
use crate::support::secrets::MASK;

/// Headers that curl makes itself, or that would make its output unreadable.
const OWN: [&str; 6] = ["host", "content-length", "connection", "transfer-encoding", "accept-encoding", "expect"];

/// A line for a POSIX shell. A secret becomes a variable of its name, such as `$CLIENT_SECRET`, and that of
/// `authorization` becomes `$TOKEN`; anyone who runs the line has to set it.
pub fn line(recorded: &RecordedRequest) -> String {
    let request = &recorded.request;
    let mut words = vec!["curl -sS -g --path-as-is".to_owned()];
    match &*recorded.method {
        "GET" if request.body().is_empty() => {}
        "HEAD" => words.push("-I".into()),
        method => words.push(format!("-X {}", quoted(method))),
    }
    for (name, value) in request.headers().filter(|(name, _)| !OWN.contains(name)) {
        words.push(format!("-H {}", header(name, value)));
    }
    let mut before = String::new();
    if !request.body().is_empty() {
        if request.header("content-type").next().is_none() {
            // Else curl says that it is a form.
            words.push("-H 'content-type:'".into());
        }
        match request.text() {
            Some(text) if !text.contains('\0') => words.push(format!("--data-raw {}", with_variables(text))),
            _ => {
                before = format!("printf '{}' | ", octal(request.body()));
                words.push("--data-binary @-".into());
            }
        }
    }
    words.push(with_variables(&recorded.url()));
    if request.cut {
        words.push(format!("# the body was cut: {} bytes were sent", request.size));
    }
    before + &words.join(" ")
}

fn header(name: &str, value: &str) -> String {
    if value.is_empty() {
        return quoted(&format!("{name};"));
    }
    match value.strip_suffix(MASK) {
        Some(scheme) if name == "authorization" => format!("{}\"$TOKEN\"", quoted(&format!("{name}: {scheme}"))),
        _ => with_variables(&format!("{name}: {value}")),
    }
}

/// A word for a shell in which secrets are variables, called like what stands before them.
fn with_variables(text: &str) -> String {
    let mut parts: Vec<&str> = text.split(MASK).collect();
    let last = parts.pop().unwrap_or_default();
    let mut word = String::new();
    for part in parts {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let name = part.trim_end_matches(|c| !is_word(c));
        let name = name.rsplit(|c| !is_word(c)).next().unwrap_or_default().replace('-', "_").to_ascii_uppercase();
        let name = if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { "SECRET".into() };
        let _ = write!(word, "{}\"${name}\"", quoted(part));
    }
    if word.is_empty() || !last.is_empty() {
        word.push_str(&quoted(last));
    }
    word
}

fn octal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(4 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "\\{byte:03o}");
        text
    })
}

/// A word that a POSIX shell takes as it is.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/:._-=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::{super::recorded_request::Message, *};

    fn recorded(method: &'static str, headers: &str, body: &[u8]) -> RecordedRequest {
        let mut request = Message::new(headers.to_owned());
        request.set_body(body.to_vec(), body.len() as u64);
        let query = Some("x=[1]&y=2".into());
        RecordedRequest { method: method.into(), path: "/a'b".into(), query, request, ..RecordedRequest::default() }
    }

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        let headers = "host: here:1\nx-odd: it's $HOME\nauthorization: Bearer ***\n";
        assert_eq!(
            line(&recorded("DELETE", headers, b"{\"a\":\"it's\"}")),
            r#"curl -sS -g --path-as-is -X DELETE -H 'x-odd: it'\''s $HOME' -H 'authorization: Bearer '"$TOKEN" -H 'content-type:' --data-raw '{"a":"it'\''s"}' 'http://here:1/a'\''b?x=[1]&y=2'"#
        );
    }

    #[test]
    fn secrets_are_written_as_variables() {
        let form = "host: h\ncontent-type: application/x-www-form-urlencoded\nx-api-key: ***\n";
        let text = line(&recorded("POST", form, b"client_id=it's&client_secret=s3cret&grant_type=x"));
        assert_eq!(
            text,
            r#"curl -sS -g --path-as-is -X POST -H 'content-type: application/x-www-form-urlencoded' -H 'x-api-key: '"$X_API_KEY" --data-raw 'client_id=it'\''s&client_secret='"$CLIENT_SECRET"'&grant_type=x' 'http://h/a'\''b?x=[1]&y=2'"#
        );
    }

    #[test]
    fn a_name_in_any_language_is_a_variable() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJ0ZW5hbnRJZCI6IjEifQ.c2lnbmF0dXJl";
        let body = format!("{{\"schlüssel\":\"{token}\",\"ü\":\"{token}\"}}");
        let text = line(&recorded("POST", "host: h\ncontent-type: application/json\n", body.as_bytes()));
        assert!(text.contains("$SSEL") && text.contains("$SECRET"), "{text}");
    }

    #[test]
    fn a_body_that_is_no_text_is_piped() {
        let text = line(&recorded("POST", "host: h\ncontent-type: x/y\n", &[0, 0xff, b'a']));
        assert_eq!(
            text,
            r"printf '\000\377\141' | curl -sS -g --path-as-is -X POST -H 'content-type: x/y' --data-binary @- 'http://h/a'\''b?x=[1]&y=2'"
        );
    }
}
