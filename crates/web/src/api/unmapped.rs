//! `/api/unmapped`.

use axum::Json;
use axum::extract::State;

use super::shapes::UnmappedBody;
use crate::access::{Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::state::App;

/// Codes, events and fields that nothing maps yet: kept, counted, shown.
///
/// # Errors
/// 503.
#[utoipa::path(
    get, path = "/api/unmapped", tag = "unmapped", security(("token" = ["read"])),
    responses(
        (status = 200, description = "All of them", body = Vec<UnmappedBody>),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn list(State(app): State<App>, _: Token<Read>) -> Result<Json<Vec<UnmappedBody>>, Failure> {
    let lines = ask(&app.engine, |engine| engine.unmapped()).await?;
    Ok(Json(lines.iter().map(UnmappedBody::of).collect()))
}
