//! Connections that can be broken from inside: what a listener accepts is wrapped, and a request that
//! came over it carries the handle.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// The handle of a connection: with the request as `ConnectInfo<ConnectionControl>`.
#[derive(Clone, Debug, Default)]
pub struct ConnectionControl(Arc<Teardown>);

#[derive(Debug, Default)]
struct Teardown {
    word: AtomicU8,
    /// What is sent in the place of the next reply.
    instead: OnceLock<Vec<u8>>,
}

const WHOLE: u8 = 0;
const RESET: u8 = 1;
const CLOSED: u8 = 2;

impl ConnectionControl {
    /// The next write resets the connection (RST).
    pub fn reset(&self) {
        self.0.word.store(RESET, Ordering::Release);
    }

    /// The next write closes the connection (FIN), after these bytes if there are any.
    pub fn close_after(&self, bytes: Vec<u8>) {
        // A connection ends once; what came first stands.
        let _ = self.0.instead.set(bytes);
        self.0.word.store(CLOSED, Ordering::Release);
    }
}

impl Connected<IncomingStream<'_, BreakableListener>> for ConnectionControl {
    fn connect_info(stream: IncomingStream<'_, BreakableListener>) -> Self {
        stream.io().line.clone()
    }
}

/// A listener whose connections can be broken. Serve it with
/// `axum::serve(BreakableListener(listener), app.into_make_service_with_connect_info::<ConnectionControl>())`.
#[derive(Debug)]
pub struct BreakableListener(pub TcpListener);

impl Listener for BreakableListener {
    type Io = BreakableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (BreakableStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (BreakableStream { stream, line: ConnectionControl::default(), sent: 0 }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection that can be broken.
#[derive(Debug)]
pub struct BreakableStream {
    stream: TcpStream,
    line: ConnectionControl,
    /// How much was sent in the place of a reply.
    sent: usize,
}

impl BreakableStream {
    /// Breaks it, if that is its fate.
    fn poll_break(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.line.0.word.load(Ordering::Acquire) {
            WHOLE => Poll::Ready(Ok(())),
            RESET => {
                // Closing with nothing to linger for is a reset.
                let _ = self.stream.set_zero_linger();
                Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionReset, "reset on purpose")))
            }
            _ => {
                let instead = self.line.0.instead.get().map_or(&[][..], Vec::as_slice);
                while self.sent < instead.len() {
                    self.sent += std::task::ready!(Pin::new(&mut self.stream).poll_write(cx, &instead[self.sent..]))?;
                }
                Poll::Ready(Err(io::Error::new(io::ErrorKind::BrokenPipe, "closed on purpose")))
            }
        }
    }
}

impl AsyncRead for BreakableStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for BreakableStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        std::task::ready!(self.poll_break(cx))?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        std::task::ready!(self.poll_break(cx))?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
