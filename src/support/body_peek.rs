//! Looks at the beginning of a body without taking it from its reader.

use std::{
    collections::VecDeque,
    future::poll_fn,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};

/// The beginning of a body.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Beginning {
    /// The first bytes, at most as many as were asked for.
    pub bytes: Vec<u8>,
    /// Whether that is all of it.
    pub is_whole: bool,
}

/// Reads a body up to a number of bytes, and leaves one that still has all of them.
pub async fn peek(body: &mut Body, most: usize) -> Beginning {
    let mut read = Replay { frames: VecDeque::new(), rest: mem::take(body) };
    let mut beginning = Beginning::default();
    while beginning.bytes.len() <= most {
        let Some(frame) = poll_fn(|context| Pin::new(&mut read.rest).poll_frame(context)).await else {
            beginning.is_whole = true;
            break;
        };
        let is_broken = frame.is_err();
        if let Some(data) = frame.as_ref().ok().and_then(Frame::data_ref) {
            beginning.bytes.extend_from_slice(data);
        }
        read.frames.push_back(frame);
        if is_broken {
            break;
        }
    }
    beginning.is_whole &= beginning.bytes.len() <= most;
    beginning.bytes.truncate(most);
    *body = Body::new(read);
    beginning
}

/// A body of which some frames have been read already.
struct Replay {
    frames: VecDeque<Result<Frame<Bytes>, axum::Error>>,
    rest: Body,
}

impl HttpBody for Replay {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.frames.pop_front() {
            Some(frame) => Poll::Ready(Some(frame)),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.frames.is_empty() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let data = self.frames.iter().filter_map(|frame| frame.as_ref().ok().and_then(Frame::data_ref));
        let read: u64 = data.map(|data| data.len() as u64).sum();
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(read + rest.lower());
        if let Some(upper) = rest.upper() {
            hint.set_upper(read + upper);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn a_body_that_was_looked_at_still_has_all_of_it() {
        for (most, bytes, is_whole) in [(0, "", false), (2, "ab", false), (5, "abcde", true), (9, "abcde", true)] {
            let mut body = Body::from("abcde");
            let beginning = peek(&mut body, most).await;
            assert_eq!(beginning, Beginning { bytes: bytes.into(), is_whole }, "{most}");
            assert_eq!(body.size_hint().exact(), Some(5));
            assert_eq!(to_bytes(body, 9).await.unwrap(), "abcde");
        }
        let mut body = Body::empty();
        assert_eq!(peek(&mut body, 9).await, Beginning { bytes: Vec::new(), is_whole: true });
    }
}
