//! How long to wait for the upstream: its time runs only while it is its turn, and begins anew with each
//! piece of the request. While the caller keeps the next piece to itself, nobody can blame the upstream.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::Notify;

/// Whose turn it is.
#[derive(Debug, Default)]
struct Turn {
    callers: AtomicBool,
    changed: Notify,
}

impl Turn {
    fn is(&self, callers: bool) {
        self.callers.store(callers, Ordering::Release);
        self.changed.notify_one();
    }
}

/// The time of one request.
#[derive(Debug)]
pub struct RequestTimeout {
    turn: Arc<Turn>,
    timeout: Duration,
}

/// It took longer than it may.
pub struct Elapsed;

impl RequestTimeout {
    /// So long from each piece of the body on; and the body, to be sent.
    pub fn with(timeout: Duration, body: Body) -> (Self, Body) {
        let turn = Arc::<Turn>::default();
        let timed = Body::new(Timed { body, turn: Arc::clone(&turn) });
        (Self { turn, timeout }, timed)
    }

    /// What comes of the request, if it comes in time.
    pub async fn wait_for<T>(&self, answer: impl Future<Output = T>) -> Result<T, Elapsed> {
        let mut answer = std::pin::pin!(answer);
        loop {
            let waits = async {
                if self.turn.callers.load(Ordering::Acquire) {
                    self.turn.changed.notified().await;
                    return true;
                }
                tokio::time::timeout(self.timeout, self.turn.changed.notified()).await.is_ok()
            };
            tokio::select! {
                biased;
                answer = &mut answer => return Ok(answer),
                goes_on = waits => if !goes_on { return Err(Elapsed) },
            }
        }
    }
}

/// The body of a request, which says whose turn it is.
struct Timed {
    body: Body,
    turn: Arc<Turn>,
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.turn.is(polled.is_pending());
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        self.turn.is(false);
    }
}
