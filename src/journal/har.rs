//! Requests as an HTTP Archive (HAR 1.2), for the browser's network panel and other tools.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::{RecordedRequest, recorded_request::Message};

/// An archive of requests. Times are those of the sandbox's clock; members that begin with `_` are our own.
pub fn archive<'e>(requests: impl Iterator<Item = &'e RecordedRequest>, reason: impl Fn(u16) -> &'static str) -> Value {
    let entries: Vec<Value> = requests.map(|recorded| entry(recorded, reason(recorded.status))).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
            "entries": entries,
        }
    })
}

fn entry(recorded: &RecordedRequest, reason: &str) -> Value {
    let took = recorded.took.num_milliseconds();
    json!({
        "startedDateTime": recorded.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "time": took,
        "request": request(recorded),
        "response": response(recorded, reason),
        "cache": {},
        "timings": { "send": 0, "wait": took, "receive": 0 },
        "_seq": recorded.seq,
        "_operationId": recorded.operation_id,
        "_faults": recorded.faults,
        "_tenant": recorded.tenant,
    })
}

fn request(recorded: &RecordedRequest) -> Value {
    let message = &recorded.request;
    let query = recorded.query.as_deref().unwrap_or_default();
    let query: Vec<Value> = form_urlencoded::parse(query.as_bytes()).map(|(name, value)| pair(&name, &value)).collect();
    let mut request = json!({
        "method": recorded.method,
        "url": recorded.url(),
        "httpVersion": "HTTP/1.1",
        "cookies": cookies(message, "cookie"),
        "headers": headers(message),
        "queryString": query,
        "headersSize": -1,
        "bodySize": message.size,
    });
    if !message.body().is_empty() {
        let text = String::from_utf8_lossy(message.body());
        request["postData"] = json!({ "mimeType": message.content_type(), "text": text });
    }
    request
}

fn response(recorded: &RecordedRequest, reason: &str) -> Value {
    let message = &recorded.response;
    let mut content = json!({ "size": message.size, "mimeType": message.content_type() });
    if let Some(text) = message.text() {
        content["text"] = text.into();
    } else {
        content["text"] = STANDARD.encode(message.body()).into();
        content["encoding"] = "base64".into();
    }
    json!({
        "status": recorded.status,
        "statusText": reason,
        "httpVersion": "HTTP/1.1",
        "cookies": cookies(message, "set-cookie"),
        "headers": headers(message),
        "content": content,
        "redirectURL": message.header("location").next().unwrap_or_default(),
        "headersSize": -1,
        "bodySize": message.size,
    })
}

fn pair(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

fn headers(message: &Message) -> Vec<Value> {
    message.headers().map(|(name, value)| pair(name, value)).collect()
}

fn cookies(message: &Message, header: &str) -> Vec<Value> {
    let all = message.header(header).flat_map(|value| match header {
        "cookie" => value.split("; ").collect::<Vec<_>>(),
        _ => value.split(';').take(1).collect(),
    });
    all.filter_map(|cookie| cookie.split_once('=')).map(|(name, value)| pair(name, value)).collect()
}
