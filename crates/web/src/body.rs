//! Reading bodies: whole, within the limit of their route, within a time.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_LENGTH;

use crate::failure::Failure;
use crate::state::App;

/// Largest body of a form or of a small JSON act, in bytes.
pub const FORM_LIMIT: usize = 256 * 1024;

/// Whoever needs longer than this to send a body is cut.
const LONGEST: Duration = Duration::from_secs(30);

/// The raw bytes of a body, as they came.
#[derive(Clone, Debug)]
pub struct Raw(pub Bytes);

impl FromRequest<App> for Raw {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        read(request, app).await.map(Raw)
    }
}

/// Reads a body. One that says it is too large is refused before a byte of it is read; one that does not say it, when it gets there.
pub(crate) async fn read(request: Request, app: &App) -> Result<Bytes, Failure> {
    let limit = limit_of(request.uri().path(), app);
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(Failure::too_large(limit));
    }
    match tokio::time::timeout(LONGEST, axum::body::to_bytes(request.into_body(), limit)).await {
        Err(_) => Err(Failure::too_slow()),
        Ok(Ok(bytes)) => Ok(bytes),
        // The client went away, or the body is longer than the limit; who went away does not hear the answer.
        Ok(Err(_)) => Err(Failure::too_large(limit)),
    }
}

fn limit_of(path: &str, app: &App) -> usize {
    if path == "/api/facts" || path == "/imports" || path.starts_with("/in/") { app.config.body_limit } else { FORM_LIMIT }
}
