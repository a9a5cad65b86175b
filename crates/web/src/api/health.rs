//! `/health` for load balancers, `/api/health` for whoever runs the installation.

use axum::Json;
use axum::extract::State;

use super::shapes::HealthBody;
use crate::access::{Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::state::App;

/// `ok` while the server can read its database, else 503. Says nothing else: anybody may ask.
///
/// # Errors
/// 503.
#[utoipa::path(
    get, path = "/health", tag = "health",
    responses((status = 200, description = "`ok`", body = String, content_type = "text/plain"), (status = 503, description = "The database is away"))
)]
pub async fn alive(State(app): State<App>) -> Result<&'static str, Failure> {
    ask(&app.engine, |engine| engine.has_no_users()).await?;
    Ok("ok")
}

/// How the installation is.
///
/// # Errors
/// 503.
#[utoipa::path(
    get, path = "/api/health", tag = "health", security(("token" = ["read"])),
    responses(
        (status = 200, description = "Ledger, queues and sources", body = HealthBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn show(State(app): State<App>, _: Token<Read>) -> Result<Json<HealthBody>, Failure> {
    let health = ask(&app.engine, |engine| engine.health()).await?;
    Ok(Json(HealthBody::of(health)))
}
