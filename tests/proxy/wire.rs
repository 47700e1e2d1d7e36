//! Time, framing and headers on the way to the upstream and back.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, Bytes},
    http::{StatusCode, Version},
    response::{AppendHeaders, IntoResponse},
};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use r1_entitlements_mock::proxy::Config;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
    time::timeout,
};

use crate::{
    proxy::helpers::{call, config, get, mock, raw, real, respond, serve},
    support::App,
};

const PATIENCE: Duration = Duration::from_millis(100);

#[tokio::test]
async fn the_upstreams_time_runs_only_while_it_is_its_turn() {
    let mock = mock(Config { timeout: PATIENCE, ..config(&real().await) });
    let (send, receive) = mpsc::unbounded_channel::<Result<Frame<Bytes>, std::io::Error>>();
    let parts = futures_util::stream::unfold(receive, |mut receive| async { Some((receive.recv().await?, receive)) });
    let upload = Body::new(StreamBody::new(parts));
    let mut answer = Box::pin(respond(&mock, "POST", "/upload", &[("host", "localhost")], upload));
    for _ in 0..3 {
        // The caller takes longer than the upstream may.
        timeout(PATIENCE * 2, &mut answer).await.expect_err("the upload has not ended");
        send.send(Ok(Frame::data(Bytes::from("piece")))).unwrap();
    }
    drop(send);
    assert_eq!(answer.await.status(), StatusCode::IM_A_TEAPOT);

    let body = Body::new(StreamBody::new(futures_util::stream::iter([Ok::<_, std::io::Error>(Frame::data(
        Bytes::from("all"),
    ))])));
    assert_eq!(
        respond(&mock, "GET", "/never", &[("host", "localhost")], body).await.status(),
        StatusCode::GATEWAY_TIMEOUT
    );
}

async fn text(mock: &App, path: &str) -> (axum::http::response::Parts, String) {
    let (parts, body) = respond(mock, "GET", path, &[("host", "localhost:8080")], Body::empty()).await.into_parts();
    (parts, String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap())
}

#[tokio::test]
async fn a_body_in_chunks_is_whole_whatever_length_is_said_beside_it() {
    let real = raw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    let mock = mock(config(&real.await));
    let (parts, body) = text(&mock, "/venues").await;
    assert_eq!((parts.headers.get("content-length"), body.as_str()), (None, "hello"));
}

#[tokio::test]
async fn answers_have_the_version_of_this_server() {
    let mock = mock(config(&raw("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok").await));
    let (parts, body) = text(&mock, "/venues").await;
    assert_eq!((parts.version, body.as_str()), (Version::HTTP_11, "ok"));
}

#[tokio::test]
async fn what_the_upstream_allows_is_its_own_business() {
    let app = Router::new().fallback(|| async { "ok" });
    let mock = mock(config(&format!("http://{}", serve(app).await)));
    let (status, headers, _) = call(&mock, "PATCH", "/banners", &[("host", "localhost")]).await;
    assert_eq!((status, headers.get("allow")), (200, None));
    let refusing = Router::new().fallback(|| async { (StatusCode::METHOD_NOT_ALLOWED, [("allow", "PURGE")]) });
    let mock = self::mock(config(&format!("http://{}", serve(refusing).await)));
    for method in ["PATCH", "OPTIONS"] {
        let (_, headers, _) = call(&mock, method, "/venues", &[("host", "localhost")]).await;
        assert_eq!(headers["allow"], "PURGE", "{method}");
    }
}

#[tokio::test]
async fn places_and_cookies_under_a_base_become_this_servers() {
    let app = Router::new().fallback(|| async {
        let cookies = ["a=1; Path=/base", "b=2; Path=/base/venues", "c=3; Path=/", "d=4; Path=/based"];
        (AppendHeaders(cookies.map(|cookie| ("set-cookie", cookie))), [("location", "/base/y")], StatusCode::FOUND)
            .into_response()
    });
    let mock = mock(config(&format!("http://{}/base/", serve(app).await)));
    let cookies = |path: &'static str| async {
        let (_, headers, _) = get(&mock, path).await;
        let cookies: Vec<_> = headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap().to_owned()).collect();
        (headers["location"].to_str().unwrap().to_owned(), cookies)
    };
    let (location, own) = cookies("/x").await;
    assert_eq!(location, "http://localhost:8080/y");
    assert_eq!(own, ["a=1; Path=/", "b=2; Path=/venues", "c=3; Path=/", "d=4; Path=/based"]);
    mock.registry.create("one", None, None).unwrap();
    let (location, own) = cookies("/sandboxes/one/x").await;
    assert_eq!(location, "http://localhost:8080/sandboxes/one/y");
    assert_eq!(
        own,
        ["a=1; Path=/sandboxes/one", "b=2; Path=/sandboxes/one/venues", "c=3; Path=/sandboxes/one", "d=4; Path=/based"]
    );
}

#[tokio::test]
async fn nobody_is_connected_through() {
    let mock = mock(config(&real().await));
    let address = serve(mock.router).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere:443\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    while !answer.contains("RCG-10001") {
        let mut part = [0; 1024];
        let length = timeout(Duration::from_secs(5), stream.read(&mut part)).await.expect("more").unwrap();
        assert_ne!(length, 0, "{answer}");
        answer.push_str(&String::from_utf8_lossy(&part[..length]));
    }
    assert!(answer.starts_with("HTTP/1.1 501"), "{answer}");
}

#[tokio::test]
async fn a_connection_that_the_upstream_closes_at_the_wrong_moment_breaks_nothing() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mock = mock(config(&format!("http://{}", listener.local_addr().unwrap())));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                head(&mut stream).await;
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
                // Keeps the connection until it is used.
                head(&mut stream).await;
            });
        }
    });
    for method in ["GET", "GET", "POST", "GET", "POST", "POST"] {
        assert_eq!(call(&mock, method, "/venues", &[("host", "localhost")]).await.0, 200, "{method}");
    }
}

async fn head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
}

#[tokio::test]
async fn a_page_reads_the_headers_that_the_upstream_lets_it() {
    let app = Router::new().fallback(|| async { ([("access-control-expose-headers", "x-total")], "ok") });
    let mock = mock(config(&format!("http://{}", serve(app).await)));
    let (_, headers, _) =
        call(&mock, "GET", "/venues", &[("host", "localhost"), ("origin", "http://localhost:3000")]).await;
    let exposed: Vec<_> =
        headers.get_all("access-control-expose-headers").iter().map(|v| v.to_str().unwrap()).collect();
    assert!(exposed.contains(&"x-total") && exposed.iter().any(|names| names.contains("x-request-id")), "{exposed:?}");
}
