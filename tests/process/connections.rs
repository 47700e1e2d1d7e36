//! What one client can take of the server, over real sockets with short limits.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use r1_entitlements_mock::embed::{
    Service,
    listener::{self, ConnectionLimits},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
};

use crate::support::App;

/// A server with these limits, until the sender is dropped or says true.
fn serve(limits: ConnectionLimits) -> (SocketAddr, watch::Sender<bool>) {
    let app = App::new("default");
    let listener = listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let service = Service::builder(Arc::clone(&app.registry)).build();
    tokio::spawn(listener::serve(listener, service, limits, stopped));
    (address, stop)
}

fn short() -> ConnectionLimits {
    let time = Duration::from_millis(200);
    ConnectionLimits { head: time, body: time, write: time, ..ConnectionLimits::default() }
}

/// Everything that the server sends until it closes the connection, ten seconds at most.
async fn talk(address: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    read(&mut stream).await
}

async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes)).await;
    assert!(ended.is_ok(), "the connection is still open after {}", String::from_utf8_lossy(&bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn half_a_head_and_an_idle_connection_are_closed_in_time() {
    let (address, _stop) = serve(short());
    assert_eq!(talk(address, "GET /banners HTTP/1.1\r\nHost: x\r\n").await, "");
    assert_eq!(talk(address, "").await, "");
}

#[tokio::test]
async fn half_a_body_is_answered_and_the_connection_closed_in_time() {
    let (address, _stop) = serve(short());
    let head =
        "DELETE /assignments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n";
    let answer = talk(address, &format!("{head}[{{\"assignmentId\"")).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("ended before it was complete"), "{answer}");
}

#[tokio::test]
async fn a_connection_beyond_the_limit_waits_until_another_one_closes() {
    let limits = ConnectionLimits { connections: 1, ..ConnectionLimits::default() };
    let (address, _stop) = serve(limits);
    let first = TcpStream::connect(address).await.unwrap();
    let mut second = TcpStream::connect(address).await.unwrap();
    second.write_all(b"GET /tenants/self HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut byte = [0];
    let early = tokio::time::timeout(Duration::from_millis(300), second.read(&mut byte)).await;
    assert!(early.is_err(), "the second connection was served beside the first");
    drop(first);
    assert!(read(&mut second).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn http_1_1_needs_exactly_one_host_and_knows_one_transfer_coding() {
    let (address, _stop) = serve(ConnectionLimits::default());
    for (head, status) in [
        ("GET /banners HTTP/1.1\r\n\r\n", 400),
        ("GET /banners HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("POST /entitlements/query HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        ("GET /banners HTTP/1.0\r\n\r\n", 200),
    ] {
        let answer = talk(address, head).await;
        assert!(answer.starts_with(&format!("HTTP/1.{} {status}", i32::from(status != 200))), "{head}: {answer}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped_and_the_others_are_served() {
    let (address, _stop) = serve(short());
    let mut stuck = TcpStream::connect(address).await.unwrap();
    // In the end more than the buffers of the system hold.
    let request = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    let sending = async { while stuck.write_all(request.as_bytes()).await.is_ok() {} };
    let dropped = tokio::time::timeout(Duration::from_secs(20), sending).await;
    assert!(dropped.is_ok(), "the connection is still open");
    let answer = talk(address, "GET /tenants/self HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_server_that_stops_finishes_open_requests_and_closes_idle_connections() {
    let (address, stop) = serve(ConnectionLimits::default());
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /tenants/self HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    stop.send(true).unwrap();
    read(&mut idle).await;
}
