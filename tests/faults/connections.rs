//! What a caller sees of a broken connection, over a real socket. Each test waits for the end of the
//! connection, at the most ten seconds.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use r1_entitlements_mock::embed::{
    Service,
    listener::{self, ConnectionLimits},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{
    faults::helpers::{app, with},
    support::App,
};

async fn serve(app: &App) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = Service::builder(Arc::clone(&app.registry)).build();
    tokio::spawn(async move {
        let (_never, stop) = watch::channel(false);
        listener::serve(listener, service, ConnectionLimits::default(), stop).await;
    });
    address
}

/// All bytes that came back, and how the connection ended.
async fn call(address: SocketAddr, method: &str, path: &str, wish: &str, body: &str) -> (Vec<u8>, io::Result<()>) {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let wish = if wish.is_empty() { String::new() } else { format!("x-mock-outcome: {wish}\r\n") };
        let length = body.len();
        let text = format!(
            "{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n{wish}content-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        let ended = loop {
            match stream.read_buf(&mut bytes).await {
                Ok(0) => break Ok(()),
                Ok(_) => {}
                Err(error) => break Err(error),
            }
        };
        (bytes, ended)
    };
    tokio::time::timeout(Duration::from_secs(10), exchange).await.expect("the connection ends")
}

fn parts(bytes: &[u8]) -> (String, Vec<u8>) {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
    (String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase(), bytes[end + 4..].to_vec())
}

fn length(head: &str) -> usize {
    let line = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    line.parse().unwrap()
}

#[track_caller]
fn assert_reset(ended: io::Result<()>) {
    assert_eq!(ended.map_err(|error| error.kind()), Err(ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn a_cut_connection_is_reset_without_a_byte_and_nothing_is_done() {
    let app = app();
    let address = serve(&app).await;
    let (bytes, ended) = call(address, "DELETE", "/assignments", "cut", r#"[{"assignmentId": 130468}]"#).await;
    assert!(bytes.is_empty());
    assert_reset(ended);
    let (bytes, ended) = call(address, "DELETE", "/assignments", "", r#"[{"assignmentId": 130468}]"#).await;
    assert!(ended.is_ok() && parts(&bytes).0.starts_with("http/1.1 204"));
}

#[tokio::test]
async fn a_lost_reply_resets_the_connection_and_the_work_is_done() {
    let app = app();
    let address = serve(&app).await;
    let (bytes, ended) = call(address, "DELETE", "/assignments", "lost", r#"[{"assignmentId": 130468}]"#).await;
    assert!(bytes.is_empty());
    assert_reset(ended);
    let (bytes, _) = call(address, "DELETE", "/assignments", "", r#"[{"assignmentId": 130468}]"#).await;
    assert!(parts(&bytes).0.starts_with("http/1.1 409"));
}

#[tokio::test]
async fn an_empty_reply_is_a_connection_that_closes_in_order() {
    let app = app();
    let (bytes, ended) = call(serve(&app).await, "POST", "/assignments", "empty", "[]").await;
    assert!(bytes.is_empty() && ended.is_ok(), "{ended:?}");
}

#[tokio::test]
async fn garbage_on_the_wire_is_no_http_and_the_same_for_the_same_seed() {
    let garbage = async |seed: u32| {
        let rule = format!(r#"{{"seed": {seed}, "effects": [{{"garbage": {{"where": "wire", "bytes": 500}}}}]}}"#);
        let app = with(&rule).await;
        let (bytes, ended) = call(serve(&app).await, "GET", "/banners", "", "").await;
        assert!(ended.is_ok(), "{ended:?}");
        bytes
    };
    let first = garbage(1).await;
    assert_eq!(first.len(), 500);
    assert!(!first.starts_with(b"HTTP/"));
    assert_eq!(garbage(1).await, first);
    assert_ne!(garbage(2).await, first);
}

#[tokio::test]
async fn a_body_is_cut_where_the_rule_says_and_shorter_than_promised() {
    let app = with(r#"{"effects": [{"cut": {"at": "body", "afterBytes": 10}}]}"#).await;
    let (bytes, _) = call(serve(&app).await, "GET", "/mspEntitlements", "", "").await;
    let (head, body) = parts(&bytes);
    assert!(head.starts_with("http/1.1 200") && length(&head) > 10, "{head}");
    assert_eq!(body.len(), 10);
}

#[tokio::test]
async fn a_slow_body_arrives_whole_and_takes_its_time() {
    let app = with(r#"{"effects": [{"slowBody": {"bytesPerSecond": 20000, "chunk": 200}}]}"#).await;
    let begun = tokio::time::Instant::now();
    let (bytes, ended) = call(serve(&app).await, "GET", "/mspEntitlements", "", "").await;
    let (head, body) = parts(&bytes);
    assert!(ended.is_ok());
    assert_eq!(length(&head), body.len());
    // One pause of 10 ms after each piece but the last.
    let pauses = body.len().div_ceil(200) - 1;
    assert!(pauses > 1 && begun.elapsed() >= Duration::from_millis(10) * u32::try_from(pauses).unwrap());
}

#[tokio::test]
async fn a_request_that_hangs_gets_no_answer_and_then_no_connection() {
    let app = with(r#"{"effects": [{"hang": {"for": "20ms"}}]}"#).await;
    let (bytes, ended) = call(serve(&app).await, "GET", "/banners", "", "").await;
    assert!(bytes.is_empty());
    assert_reset(ended);
}

#[tokio::test]
async fn a_connection_that_nothing_strikes_serves_several_requests() {
    let app = app();
    let mut stream = TcpStream::connect(serve(&app).await).await.unwrap();
    let one = "GET /_mock/health HTTP/1.1\r\nhost: test\r\n\r\n";
    let last = "GET /_mock/health HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
    stream.write_all(format!("{one}{one}{last}").as_bytes()).await.unwrap();
    let mut text = String::new();
    let read = stream.read_to_string(&mut text);
    tokio::time::timeout(Duration::from_secs(10), read).await.expect("the connection ends").unwrap();
    assert_eq!(text.matches("HTTP/1.1 200").count(), 3);
}
