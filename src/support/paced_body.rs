//! Bodies that drip, pause or break off.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use http_body::Frame;

use super::pause::pause;

/// A body that is sent in pieces, and may break off at its end, and with it the connection.
pub struct PacedBody {
    rest: Bytes,
    piece: usize,
    pause: Duration,
    breaks_off: bool,
    /// Between two pieces: what was sent so far shall go out first.
    waiting: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl PacedBody {
    /// Sends these bytes; in pieces with pauses, if `pace` says so.
    pub fn new(bytes: Bytes, pace: Option<(usize, Duration)>) -> Self {
        let (piece, pause) = pace.unwrap_or((bytes.len(), Duration::ZERO));
        Self { rest: bytes, piece: piece.max(1), pause, breaks_off: false, waiting: None }
    }

    /// Then breaks off.
    pub fn break_off(self) -> Self {
        // What was sent so far goes out before the end, even if nothing was.
        Self { breaks_off: true, waiting: Some(Box::pin(tokio::task::yield_now())), ..self }
    }

    /// As the body of a response.
    pub fn into_body(self) -> Body {
        Body::new(self)
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(waiting) = &mut self.waiting {
            std::task::ready!(waiting.as_mut().poll(cx));
            self.waiting = None;
        }
        if self.rest.is_empty() {
            let cut = io::Error::new(io::ErrorKind::ConnectionReset, "cut on purpose");
            return Poll::Ready(self.breaks_off.then_some(Err(cut)));
        }
        let end = self.piece.min(self.rest.len());
        let piece = self.rest.split_to(end);
        let time = self.pause;
        if !self.rest.is_empty() && !time.is_zero() {
            self.waiting = Some(Box::pin(pause(time)));
        } else if !self.rest.is_empty() || self.breaks_off {
            self.waiting = Some(Box::pin(tokio::task::yield_now()));
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && !self.breaks_off
    }
}
