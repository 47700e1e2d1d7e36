//! The corpus: secrets in every place and spelling, and what only looks like them.

use std::fmt::Write as _;

use super::*;

/// A token in the form of this server's: its head is a JSON object.
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJ0ZW5hbnRJZCI6IjEifQ.c2lnbmF0dXJl";

/// How a name and a value are sent, and how it is recorded.
type Place = (&'static str, fn(&str, &str) -> (String, String));

/// Places of a named secret: what was sent, and what is recorded of it.
const PLACES: [Place; 11] = [
    ("query", |name, secret| recorded_query(&format!("a=1&{name}={secret}&b=2"))),
    ("form", |name, secret| recorded_body(&format!("{name}={secret}&b=2"), "application/x-www-form-urlencoded", true)),
    ("json", |name, secret| recorded_body(&format!(r#"{{"a":[{{"{name}":"{secret}"}}]}}"#), "application/json", true)),
    ("escaped json", |name, secret| {
        let first = name.chars().next().map_or(0, u32::from);
        let name = format!("\\u{first:04x}{}", &name[1..]);
        recorded_body(&format!(r#"{{"{name}":"{secret}"}}"#), "application/json", true)
    }),
    ("cut json", |name, secret| {
        recorded_body(&format!(r#"{{"{name}": "{secret}", "b": [1, "#), "application/json", false)
    }),
    ("cut escaped json", |name, secret| {
        let name = format!("{}\\u{:04x}", &name[..name.len() - 1], name.bytes().last().unwrap_or_default());
        recorded_body(&format!(r#"{{"{name}":"{secret}"#), "application/json", false)
    }),
    ("json without a type", |name, secret| recorded_body(&format!(r#"{{"{name}":"{secret}"}}"#), "", true)),
    ("json in json", |name, secret| {
        recorded_body(&format!(r#"{{"text":"{{\"{name}\":\"{secret}\"}}"}}"#), "application/json", true)
    }),
    ("multipart", |name, secret| {
        let part =
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n");
        recorded_body(&format!("{part}{secret}\r\n--x--\r\n"), "multipart/form-data; boundary=x", true)
    }),
    ("text", |name, secret| recorded_body(&format!("{name}: {secret}\nnext: line"), "text/plain", true)),
    ("referer", |name, secret| {
        let value = format!("http://localhost/a?x=1&{name}={secret}#top");
        (value.clone(), header("referer", &value).into_owned())
    }),
];

fn recorded_query(text: &str) -> (String, String) {
    (text.to_owned(), query(text).into_owned())
}

fn recorded_body(text: &str, content_type: &str, whole: bool) -> (String, String) {
    let masked = body(text.as_bytes(), content_type, whole).map(|bytes| String::from_utf8(bytes).unwrap());
    (text.to_owned(), masked.unwrap_or_else(|| text.to_owned()))
}

/// Secrets that stand alone, or in a place of their own: the place, what was sent, the secret in it.
#[allow(clippy::too_many_lines, reason = "a table")]
fn others() -> Vec<(&'static str, String, &'static str)> {
    const SECRET: &str = "Zq7-Geheim.42";
    let mut all = Vec::new();
    let mut add = |place, sent: &str| {
        all.push((
            place,
            sent.replace("SECRET", SECRET).replace("JWT", JWT),
            if sent.contains("JWT") { JWT } else { SECRET },
        ));
    };
    for place in ["x-jwt", "x-something", "x-forwarded-host", "user-agent", "if-match", "accept", "link", "origin"] {
        add(place, "JWT");
        add(place, "prefix JWT, more");
    }
    for scheme in ["Bearer ", "bearer ", "Basic ", "Digest ", "Token ", ""] {
        for name in ["authorization", "proxy-authorization", "x-authorization", "x-forwarded-authorization"] {
            add(name, &format!("{scheme}SECRET"));
        }
    }
    for name in [
        "x-apikey",
        "apikey",
        "x-api-key",
        "ocp-apim-subscription-key",
        "x-session-id",
        "x-credentials",
        "x-mock-token",
        "x-auth-token",
        "login-token",
        "x-csrf-token",
        "x-client-secret",
        "x-password",
        "x-amz-security-token",
        "x-hub-signature-256",
        "x-private-key",
        "sec-websocket-protocol",
        "x-auth",
        "private-token",
        "x-goog-api-key",
    ] {
        add(name, "SECRET");
    }
    for (name, value) in [
        ("cookie", "JSESSIONID=SECRET; theme=dark"),
        ("set-cookie", "JSESSIONID=SECRET; Path=/; HttpOnly"),
        ("referer", "http://user:SECRET@localhost/a"),
        ("referer", "http://localhost/a#access_token=SECRET&x=1"),
        ("referer", "http://localhost/a?client%5Fsecret=SECRET"),
        ("location", "/back?access_token=SECRET&x=1"),
        ("origin", "https://ann:SECRET@example.test"),
        ("x-forwarded-host", "http://user:SECRET@x/"),
        ("link", "<http://localhost/a?token=SECRET>; rel=\"next\""),
        ("x-original-url", "/a?sig=SECRET"),
    ] {
        add(name, value);
    }
    for path in
        ["/reset/JWT", "/reset/JWT/done", "/a;jsessionid=SECRET", "/a;token=SECRET/b", "/cb&access_token=SECRET"]
    {
        add("path", path);
    }
    for query in [
        "t=JWT",
        "jwt=JWT",
        "JWT",
        "a=1&x=prefix.JWT&b",
        "redirect=http%3A%2F%2Fx%2F%3Ftoken%3DSECRET",
        "u=http%3A%2F%2Fann%3ASECRET%40x%2F",
        "filter=%7B%22password%22%3A%22SECRET%22%7D",
        "client%5Fsecret=SECRET",
        "auth=SECRET",
    ] {
        add("query", query);
    }
    for (content_type, text) in [
        ("application/json", r#"{"note":"it was JWT, I think"}"#),
        ("application/json", r#"["JWT"]"#),
        ("application/json", r#"{"note":"curl -H 'Authorization: Bearer SECRET' x"}"#),
        ("application/json", r#"{"url":"https://ann:SECRET@x/y"}"#),
        ("application/json", r#"{"url":"https://x/y?access_token=SECRET&a"}"#),
        ("application/json", r#"{"password":{"value":"SECRET"}}"#),
        ("application/json", r#"{"tokens":["SECRET"]}"#),
        ("application/json", r#"{"credentials":[{"user":"ann","word":"SECRET"}]}"#),
        ("application/json", r#"{"a: 1, "client_secret": "SECRET", "b": 2}"#),
        ("application/json", r"{'client_secret': 'SECRET'}"),
        ("application/xml", "<a><password>SECRET</password></a>"),
        ("application/xml", "<ns:password type='x'>SECRET</ns:password>"),
        ("application/xml", "<password><![CDATA[SECRET]]></password>"),
        ("application/xml", "<user password=\"SECRET\"/>"),
        ("application/xml", "<a>JWT</a>"),
        ("text/xml", "<clientSecret>\n  SECRET\n</clientSecret>"),
        ("text/html", "<input name=\"x\" data-token=\"SECRET\">"),
        ("text/plain", "Authorization: Bearer SECRET"),
        ("text/plain", "GET / HTTP/1.1\r\nCookie: a=SECRET; b=2\r\n"),
        ("text/plain", "password = \"SECRET\""),
        ("text/plain", "client_secret=SECRET&x=1"),
        ("text/plain", "export API_KEY='SECRET'"),
        ("application/yaml", "password: SECRET\nuser: ann"),
        ("application/toml", "[auth]\nsecret = 'SECRET'"),
        ("text/plain", "JWT"),
        ("text/plain", "Bearer SECRET"),
        ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nJWT\r\n--x--"),
        (
            "multipart/form-data; boundary=\"x\"",
            "--x\r\ncontent-disposition: form-data; name=token\r\n\r\nSECRET\r\n--x--",
        ),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.json\"\r\nContent-Type: application/json\r\n\r\n{\"secret\":\"SECRET\"}\r\n--x--",
        ),
        ("application/octet-stream", "{\"password\":\"SECRET\"}"),
        ("", "password=SECRET"),
    ] {
        add(content_type, text);
    }
    all
}

/// What is recorded of a text in a place: `path`, `query`, a content type, or else the name of a header.
fn recorded(place: &str, sent: &str) -> String {
    match place {
        "path" => path(sent).into_owned(),
        "query" => query(sent).into_owned(),
        "" => recorded_body(sent, place, true).1,
        content_type if content_type.contains('/') => recorded_body(sent, content_type, true).1,
        name => header(name, sent).into_owned(),
    }
}

#[test]
fn no_secret_of_the_corpus_is_recorded() {
    let (mut count, mut seen) = (0, String::new());
    for (place, send) in PLACES {
        for (n, name) in include_str!("corpus/names.txt").lines().enumerate() {
            let secret = format!("Zq{n}-Geheim.{}", n * 7);
            let (sent, recorded) = send(name, &secret);
            count += 1;
            if recorded.contains(&secret) || !recorded.contains(MASK) {
                let _ = writeln!(seen, "{place}: {sent} -> {recorded}");
            }
        }
    }
    for (place, sent, secret) in others() {
        let recorded = recorded(place, &sent);
        count += 1;
        if recorded.contains(secret) || !recorded.contains(MASK) {
            let _ = writeln!(seen, "{place}: {sent} -> {recorded}");
        }
    }
    assert!(seen.is_empty(), "{seen}");
    assert!(count >= 400, "{count}");
}

#[test]
fn nothing_innocent_of_the_corpus_is_masked() {
    let (mut count, mut masked) = (0, String::new());
    let mut check = |place: &str, sent: &str| {
        count += 1;
        let recorded = recorded(place, sent);
        if recorded != sent {
            let _ = writeln!(masked, "{place}: {sent} -> {recorded}");
        }
    };
    for name in include_str!("corpus/vocabulary.txt").lines() {
        check("query", &format!("{name}=some value"));
        check("application/json", &format!(r#"{{"{name}":  "some value"}}"#));
    }
    for line in include_str!("corpus/innocents.tsv").lines() {
        let (place, sent) = line.split_once('\t').unwrap();
        check(place, sent);
    }
    assert!(masked.is_empty(), "{masked}");
    assert!(count >= 400, "{count}");
}

#[test]
fn what_is_not_secret_stays_beside_what_is() {
    for (place, sent, expected) in [
        ("authorization", "Bearer abc.def.ghi", "Bearer ***"),
        ("authorization", "abc", "***"),
        ("cookie", "JSESSIONID=1; other=2", "JSESSIONID=***; other=***"),
        ("set-cookie", "JSESSIONID=1; Path=/; HttpOnly", "JSESSIONID=***; Path=/; HttpOnly"),
        ("location", "/back?access_token=abc&x=1", "/back?access_token=***&x=1"),
        ("referer", "https://ann:pw@x/y?a=1", "https://***@x/y?a=1"),
        ("query", "a=%41&client%5Fsecret=s3cret&b=", "a=%41&client%5Fsecret=***&b="),
        (
            "application/x-www-form-urlencoded",
            "grant_type=client_credentials&client_id=r1mock&client_secret=s3cret",
            "grant_type=client_credentials&client_id=r1mock&client_secret=***",
        ),
        (
            "application/json",
            r#"{"access_token": "a.b.c", "token_type": "Bearer", "expires_in": 7199}"#,
            r#"{"access_token":"***","token_type":"Bearer","expires_in":7199}"#,
        ),
        ("application/json", r#"{"a: 1, "client_secret": "x", "b": 2}"#, r#"{"a: 1, "client_secret": "***", "b": 2}"#),
        ("text/xml", "<a><password>abc</password><b>1</b></a>", "<a><password>***</password><b>1</b></a>"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"pwd\"\r\n\r\nabc\r\n--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--",
            "--x\r\nContent-Disposition: form-data; name=\"pwd\"\r\n\r\n***\r\n--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--",
        ),
    ] {
        assert_eq!(recorded(place, sent), expected, "{place}");
    }
    assert_eq!(target("/a/b", Some("token=1&x=2")), "/a/b?token=***&x=2");
}

#[test]
fn a_token_that_was_cut_is_still_one() {
    let (_, recorded) = recorded_body(&JWT[..40], "text/plain", false);
    assert_eq!(recorded, MASK);
}

/// Each would take minutes if the work were the square of the length.
#[test]
fn long_texts_cost_little() {
    for piece in ["token:", "eyJ", "a.", "\\u0077", "://a@", "Bearer ", "<password>", "password=\"", "%70", "key"] {
        let text = piece.repeat(64 * 1024 / piece.len());
        for content_type in ["text/plain", "application/json", "text/xml", "application/x-www-form-urlencoded"] {
            body(text.as_bytes(), content_type, true);
        }
    }
}
