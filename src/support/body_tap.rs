//! A body that is looked at while it passes; nothing is held back for it.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};

/// Who looks at a body that passes.
pub trait Tap: Send + Unpin + 'static {
    /// Called with each piece of the body.
    fn piece(&mut self, data: &[u8]);
    /// No more comes, because all has passed or because it broke off. Not called for a body that is
    /// dropped before its end.
    fn end(&mut self, complete: bool);
}

/// The same body, looked at while it passes.
pub fn watched(body: Body, watch: impl Tap) -> Body {
    Body::new(Watched { body, watch: Some(watch) })
}

struct Watched<W> {
    body: Body,
    /// None once it has heard of the end.
    watch: Option<W>,
}

impl<W: Tap> Watched<W> {
    fn end(&mut self, complete: bool) {
        if let Some(mut watch) = self.watch.take() {
            watch.end(complete);
        }
    }
}

impl<W: Tap> HttpBody for Watched<W> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let (Some(data), Some(watch)) = (frame.data_ref(), &mut self.watch) {
                    watch.piece(data);
                }
                // Before the last piece is out, so that a client that has read it finds it recorded. A client that
                // knows the length does not wait for the end.
                if self.body.is_end_stream() {
                    self.end(true);
                }
            }
            Poll::Ready(Some(Err(_))) => self.end(false),
            Poll::Ready(None) => self.end(true),
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
