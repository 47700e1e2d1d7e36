//! The journal as HAR and as curl lines.

use serde_json::{Value, json};

use crate::{
    journal::{app, revoke},
    support::{App, MSP},
};

#[tokio::test]
async fn the_archive_is_as_har_says() {
    let app = app();
    app.call("GET", "/entitlements?type=AP&refresh=false").header("host", "here:8080").send().await;
    revoke(&app, 999).await;
    let answer = app.fetch("/_mock/requests/har?limit=2").await;
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"requests.har\"");
    let log = &answer.json()["log"];
    assert_eq!(log["version"], "1.2");
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    // What HAR 1.2 says must be there.
    for entry in entries {
        for (pointer, kind) in [
            ("/startedDateTime", "text"),
            ("/time", "number"),
            ("/request/method", "text"),
            ("/request/url", "text"),
            ("/request/httpVersion", "text"),
            ("/request/cookies", "list"),
            ("/request/headers", "list"),
            ("/request/queryString", "list"),
            ("/request/headersSize", "number"),
            ("/request/bodySize", "number"),
            ("/response/status", "number"),
            ("/response/statusText", "text"),
            ("/response/httpVersion", "text"),
            ("/response/cookies", "list"),
            ("/response/headers", "list"),
            ("/response/content/size", "number"),
            ("/response/content/mimeType", "text"),
            ("/response/redirectURL", "text"),
            ("/response/headersSize", "number"),
            ("/response/bodySize", "number"),
            ("/cache", "object"),
            ("/timings/send", "number"),
            ("/timings/wait", "number"),
            ("/timings/receive", "number"),
        ] {
            let found = match entry.pointer(pointer) {
                Some(Value::String(_)) => "text",
                Some(Value::Number(_)) => "number",
                Some(Value::Array(_)) => "list",
                Some(Value::Object(_)) => "object",
                _ => "nothing",
            };
            assert_eq!(found, kind, "{pointer}");
        }
    }
    assert_eq!(entries[0]["request"]["url"], "http://here:8080/entitlements?type=AP&refresh=false");
    assert_eq!(entries[0]["request"]["queryString"][0], json!({ "name": "type", "value": "AP" }));
    assert_eq!(entries[0]["startedDateTime"], "2026-01-31T12:00:00.000Z");
    assert_eq!(entries[1]["request"]["postData"]["text"], "[{\"assignmentId\":999}]");
}

/// Takes the line apart as a shell would, and does what curl would do.
#[tokio::test]
async fn a_curl_line_does_the_same_again() {
    let app = app();
    let body = "{\"assignmentId\": 999, \"note\": \"it's $HOME\"}";
    app.post("/_mock/sandboxes", json!({ "name": "one" })).await;
    let headers = [("host", "here:8080"), ("content-type", "application/json"), ("x-rks-tenantid", MSP)];
    app.send("DELETE", "/sandboxes/one/assignments?x=a%20b", &headers, body).await;
    let line = app.fetch("/sandboxes/one/_mock/requests/1/curl").await;
    assert_eq!(
        line.text(),
        format!(
            "curl -sS -g --path-as-is -X DELETE -H 'content-type: application/json' -H 'x-rks-tenantid: {MSP}' \
             --data-raw '{}' 'http://here:8080/sandboxes/one/assignments?x=a%20b'\n",
            body.replace('\'', "'\\''")
        )
    );
    // The shell's own idea of the words, where there is a shell.
    let shell = std::process::Command::new("sh")
        .arg("-c")
        .arg(line.text().replacen("curl", "printf '%s\\n'", 1))
        .output()
        .unwrap();
    let words = String::from_utf8(shell.stdout).unwrap();
    let words: Vec<&str> = words.lines().collect();
    let mut headers: Vec<_> = [words[6], words[8]].iter().map(|header| header.split_once(": ").unwrap()).collect();
    headers.push(("host", "here:8080"));
    let path = words[11].strip_prefix("http://here:8080").unwrap();
    app.send(words[4], path, &headers, words[10].to_owned()).await;
    let [first, second] = [1, 2].map(|seq| recorded(&app, seq));
    assert_eq!(first, second);
}

/// What makes two requests of the sandbox `one` the same.
fn recorded(app: &App, seq: u64) -> (String, String, Vec<u8>, u16) {
    let recorded = app.registry.sandbox("one").unwrap().journal.numbered(seq).unwrap();
    let mut headers: Vec<String> = recorded.request.headers().map(|(name, value)| format!("{name}: {value}")).collect();
    headers.sort();
    (recorded.url(), headers.join("\n"), recorded.request.body().to_vec(), recorded.status)
}
