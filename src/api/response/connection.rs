//! Connections that can be broken from inside: what a listener accepts is wrapped, and a request that
//! came over it carries the handle.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// The handle of a connection: with the request as `ConnectInfo<ConnectionControl>`.
#[derive(Clone, Debug, Default)]
pub struct ConnectionControl(Arc<Teardown>);

#[derive(Debug, Default)]
struct Teardown {
    word: AtomicU8,
    /// What is sent instead of the next reply.
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

/// A connection that can be broken, and that fails if its client makes no room for more for too long.
#[derive(Debug)]
pub struct BreakableStream {
    stream: TcpStream,
    control: ConnectionControl,
    /// How much was sent instead of a reply.
    sent: usize,
    /// How long a client may take to make room.
    write_timeout: Duration,
    /// Runs while the client makes no room.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl BreakableStream {
    /// A connection, and its handle.
    pub fn new(stream: TcpStream, write_timeout: Duration) -> (Self, ConnectionControl) {
        let control = ConnectionControl::default();
        (Self { stream, control: control.clone(), sent: 0, write_timeout, waiting: None }, control)
    }

    /// The outcome of a write, or an error once the client has made no room for too long.
    #[allow(clippy::disallowed_methods, reason = "a client that does not read is a matter of real time")]
    fn in_time<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let timeout = self.write_timeout;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(timeout)));
        std::task::ready!(waiting.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read")))
    }

    /// Breaks the connection, if a request decided so.
    fn poll_break(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.control.0.word.load(Ordering::Acquire) {
            WHOLE => Poll::Ready(Ok(())),
            RESET => {
                // Closing with nothing to linger for is a reset.
                let _ = self.stream.set_zero_linger();
                Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionReset, "reset on purpose")))
            }
            _ => {
                let instead = self.control.0.instead.get().map_or(&[][..], Vec::as_slice);
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
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.in_time(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        std::task::ready!(self.poll_break(cx))?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.in_time(written, cx)
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
