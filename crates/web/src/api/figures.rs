//! `/api/figures`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::request::{Asked, moment};
use super::shapes::FiguresBody;
use crate::access::{Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::state::App;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// The period, by first due.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FiguresAsked {
    /// First due from this moment (RFC 3339); unless said, 90 days before `before`.
    pub from: Option<String>,
    /// First due before this moment (RFC 3339); now unless said.
    pub before: Option<String>,
    /// Only this kind of promise.
    pub kind: Option<String>,
}

/// Figures that nobody can improve by clicking.
///
/// # Errors
/// 400 for a period that cannot be read or is empty.
#[utoipa::path(
    get, path = "/api/figures", tag = "figures", security(("token" = ["read"])), params(FiguresAsked),
    responses(
        (status = 200, description = "The figures of the period", body = FiguresBody),
        (status = 400, description = "A parameter cannot be read", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn show(
    State(app): State<App>,
    _: Token<Read>,
    Asked(asked): Asked<FiguresAsked>,
) -> Result<Json<FiguresBody>, Failure> {
    let before = asked.before.map(|text| moment("before", &text)).transpose()?.unwrap_or_else(|| app.engine.now());
    let from = asked.from.map(|text| moment("from", &text)).transpose()?.unwrap_or_else(|| before.saturating_sub(90 * DAY));
    if from >= before {
        return Err(Failure::bad_request("the period is empty", "`from` lies before `before`"));
    }
    let figures = ask(&app.engine, move |engine| engine.figures(from, before, asked.kind.as_deref())).await?;
    Ok(Json(FiguresBody::of(&figures, from, before)))
}
