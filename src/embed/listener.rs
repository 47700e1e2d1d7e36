//! Serves a service on a listener: accepts connections within a limit, gives each its timeouts, and ends all of them in an
//! orderly way.

use std::{convert::Infallible, io, pin::pin, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    http::{StatusCode, Version, header},
    response::{IntoResponse, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{Semaphore, watch},
};
use tower_http::timeout::TimeoutBody;

use super::Service;
use crate::{
    api::response::connection::{BreakableStream, ConnectionControl},
    support::{pause::pause, problem::Problem},
};

/// What one connection, and all of them together, may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// The most connections that are open at once; more wait in the backlog.
    pub connections: usize,
    /// How long a request's head may take, and how long a connection may stay idle between two requests.
    pub head: Duration,
    /// How long the next piece of a request's body may take.
    pub body: Duration,
    /// How long a client may take to make room for more of an answer.
    pub write: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        let half_a_minute = Duration::from_secs(30);
        Self { connections: 10_240, head: Duration::from_secs(75), body: half_a_minute, write: half_a_minute }
    }
}

/// How many connections the system holds until they are accepted.
const BACKLOG: u32 = 1_024;

/// How long to wait after an error of `accept`, such as that no file descriptor is left.
const RETRY: Duration = Duration::from_millis(100);

/// Listens on an address.
pub fn bind(address: std::net::SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A server that starts again shortly after its end gets its port.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop` says true, then lets open requests finish. It ends when the last connection has; connections that
/// became websockets are not waited for.
pub async fn serve(listener: TcpListener, service: Service, limits: ConnectionLimits, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    // Each open connection holds a receiver.
    let (open, _) = watch::channel(());
    let mut has_failed = false;
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = stopped(&mut stop) => break,
        };
        match accepted {
            Ok((stream, place)) => {
                has_failed = false;
                let connection = connection(stream, service.clone(), limits, stop.clone());
                let open = open.subscribe();
                tokio::spawn(async move {
                    connection.await;
                    drop((place, open));
                });
            }
            Err(error) => {
                // Once for each row of failures, because they come in thousands.
                if !has_failed {
                    tracing::warn!(%error, "cannot accept connections; trying again");
                }
                has_failed = true;
                pause(RETRY).await;
            }
        }
    }
    drop(listener);
    open.closed().await;
}

/// Resolves when the server shall stop, or when nobody is left to say so.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Ok((stream, place)),
            // The client has given up already.
            Err(error) if is_of_client(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn connection(stream: TcpStream, service: Service, limits: ConnectionLimits, mut stop: watch::Receiver<bool>) {
    // Answers are small, and clients wait for them.
    let _ = stream.set_nodelay(true);
    let (stream, control) = BreakableStream::new(stream, limits.write);
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let (service, control) = (service.clone(), control.clone());
        async move { Ok::<_, Infallible>(respond(request, &service, control, limits.body).await) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.head);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), answer).with_upgrades());
    // Errors are the client's: it left, was too slow, or sent no HTTP.
    tokio::select! {
        ended = connection.as_mut() => {
            let _ = ended;
        }
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn respond(
    request: hyper::Request<Incoming>,
    service: &Service,
    control: ConnectionControl,
    body_timeout: Duration,
) -> Response {
    if let Err(refused) = check(&request) {
        return refused.into_response();
    }
    let mut request: Request = request.map(|body| {
        if hyper::body::Body::is_end_stream(&body) {
            Body::empty()
        } else {
            Body::new(TimeoutBody::new(body_timeout, body))
        }
    });
    request.extensions_mut().insert(ConnectInfo(control));
    service.answer(request).await
}

/// What HTTP/1.1 requires and the library leaves to the server: exactly one `Host` (RFC 9112, section 3.2), and no transfer
/// coding other than chunked (section 6.1). The connection closes, because where the next request begins is unknown.
#[allow(clippy::result_large_err, reason = "a refusal is rare, and returned at once")]
fn check<B>(request: &hyper::Request<B>) -> Result<(), impl IntoResponse + use<B>> {
    let closing = |problem: Problem| ([(header::CONNECTION, "close")], problem);
    let headers = request.headers();
    let hosts = headers.get_all(header::HOST).iter().count();
    if request.version() == Version::HTTP_11 && hosts != 1 {
        return Err(closing(Problem::bad(format!("HTTP/1.1 requires exactly one Host header; {hosts} were sent"))));
    }
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    if codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"chunked")) {
        let detail = "the only transfer coding that this server supports is chunked";
        return Err(closing(Problem::new(StatusCode::NOT_IMPLEMENTED, detail)));
    }
    Ok(())
}
