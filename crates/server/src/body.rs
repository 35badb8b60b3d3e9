//! A request's body that has to arrive in time, all of it, whoever reads it: the bound against senders who drip.
//!
//! Owns: the one deadline for bodies. It runs from the moment the request's head was read.

use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// The body did not arrive in time.
#[derive(Debug, thiserror::Error)]
#[error("the body took too long to arrive")]
pub struct TooSlow;

/// A body with its deadline.
pub struct InTime<B> {
    inner: B,
    deadline: Pin<Box<Sleep>>,
}

impl<B> InTime<B> {
    /// From now on, `within` is what is left.
    #[must_use]
    pub fn new(inner: B, within: Duration) -> Self {
        Self { inner, deadline: Box::pin(sleep(within)) }
    }
}

impl<B> Body for InTime<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        // What has arrived is taken before the clock is looked at.
        match Pin::new(&mut self.inner).poll_frame(context) {
            Poll::Ready(frame) => Poll::Ready(frame.map(|f| f.map_err(Into::into))),
            Poll::Pending => self.deadline.as_mut().poll(context).map(|()| Some(Err(TooSlow.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
