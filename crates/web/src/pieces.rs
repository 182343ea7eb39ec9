//! Bodies in pieces: content that comes in and goes out without being held.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

pub(crate) use axum::body::Bytes;
use axum::body::{Body, HttpBody};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use desk::Refusal;
use desk::attach::{CutShort, Incoming, Reading};
use http_body::{Frame, SizeHint};
use model::Clear;
use tokio::sync::mpsc;

/// Nothing in a file that is shown by itself may run, load or be framed.
const CLOSED: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; sandbox";

/// The next piece of a body; `None` at its end.
pub(crate) async fn next_piece(body: &mut Body) -> Option<Result<Bytes, axum::Error>> {
    loop {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await?;
        match frame.map(Frame::into_data) {
            Ok(Ok(piece)) => return Some(Ok(piece)),
            // Trailers say nothing here.
            Ok(Err(_)) => {}
            Err(error) => return Some(Err(error)),
        }
    }
}

/// A body that is nothing but the content.
pub(crate) struct Raw(pub(crate) Body);

impl Raw {
    /// Reads what is left and forgets it: a browser that is still sending would not see the answer.
    pub(crate) async fn drain(&mut self) {
        while let Some(Ok(_)) = next_piece(&mut self.0).await {}
    }
}

#[async_trait::async_trait]
impl Incoming for Raw {
    async fn next(&mut self) -> Result<Option<Clear<Vec<u8>>>, CutShort> {
        let piece = next_piece(&mut self.0).await.transpose().map_err(|_| CutShort)?;
        Ok(piece.map(|piece| Clear::new(piece.into())))
    }
}

/// Where content is put that goes out as fast as it is taken.
pub(crate) struct Outlet(mpsc::Sender<Result<Bytes, axum::Error>>);

/// Whoever took it has gone.
pub(crate) struct Gone;

impl Outlet {
    /// Puts the next piece in, once the last one was taken.
    pub(crate) async fn send(&self, piece: Bytes) -> Result<(), Gone> {
        self.0.send(Ok(piece)).await.map_err(|_| Gone)
    }

    /// Breaks off, so that nobody takes for whole what is not.
    pub(crate) async fn broken(&self, refusal: Refusal) {
        // Whoever has gone needs not be told.
        drop(self.0.send(Err(axum::Error::new(refusal))).await);
    }
}

/// A body of which nobody knows beforehand how long it is.
pub(crate) fn outlet() -> (Outlet, Outgoing) {
    let (sender, pieces) = mpsc::channel(1);
    (Outlet(sender), Outgoing { pieces, left: None })
}

/// Content on its way out, as fast as it is taken.
pub(crate) struct Outgoing {
    pieces: mpsc::Receiver<Result<Bytes, axum::Error>>,
    /// How much is to come, where it is known.
    left: Option<u64>,
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.pieces.poll_recv(context).map(|piece| {
            piece.map(|piece| {
                let piece = piece?;
                self.left = self.left.map(|left| left.saturating_sub(piece.len() as u64));
                Ok(Frame::data(piece))
            })
        })
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map(SizeHint::with_exact).unwrap_or_default()
    }
}

/// An attachment as an answer. One whose object was changed breaks off: its length does not come out.
pub(crate) fn content(mut reading: Reading) -> Response {
    let (item, kind, size, leaf) = (reading.item.clone(), reading.kind, reading.size, reading.leaf);
    let (outlet, body) = outlet();
    tokio::spawn(async move {
        loop {
            match reading.next().await {
                Ok(None) => break,
                Ok(Some(piece)) => {
                    if outlet.send(piece.into()).await.is_err() {
                        break;
                    }
                }
                Err(refusal) => {
                    tracing::error!(leaf = reading.leaf, %refusal, "an attachment does not open to its end");
                    return outlet.broken(refusal).await;
                }
            }
        }
    });
    let how = if kind.is_picture() { "inline" } else { "attachment" };
    let name = format!("{how}; filename=\"{item}.{}\"", kind.extension());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CLOSED)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::HeaderName::from_static("leaf"), HeaderValue::from(leaf)),
    ];
    (headers, Body::new(Outgoing { left: Some(size), ..body })).into_response()
}
