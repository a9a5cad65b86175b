//! `/api/figures`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::request::{Asked, moment};
use super::shapes::FiguresBody;
use crate::access::{Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::sheet::{self, Dialect};
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
    let (from, before) = period(&app, &asked)?;
    let figures = ask(&app.engine, move |engine| engine.figures(from, before, asked.kind.as_deref())).await?;
    Ok(Json(FiguresBody::of(&figures, from, before)))
}

/// The figures as a CSV file: a row for each, and for each group.
///
/// # Errors
/// 400 for a period that cannot be read or is empty.
#[utoipa::path(
    get, path = "/api/figures.csv", tag = "figures", security(("token" = ["read"])), params(FiguresAsked),
    responses(
        (status = 200, description = "The figures of the period, the columns in docs/csv.md", body = String, content_type = "text/csv"),
        (status = 400, description = "A parameter cannot be read", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn file(State(app): State<App>, _: Token<Read>, Asked(asked): Asked<FiguresAsked>) -> Result<Response, Failure> {
    let (from, before) = period(&app, &asked)?;
    sheet::figures(from, before, asked.kind).answer(&app, Dialect::PROGRAM).await
}

fn period(app: &App, asked: &FiguresAsked) -> Result<(i64, i64), Failure> {
    let before = asked.before.as_ref().map(|text| moment("before", text)).transpose()?.unwrap_or_else(|| app.engine.now());
    let from =
        asked.from.as_ref().map(|text| moment("from", text)).transpose()?.unwrap_or_else(|| before.saturating_sub(90 * DAY));
    if from >= before {
        return Err(Failure::bad_request("the period is empty", "`from` lies before `before`"));
    }
    Ok((from, before))
}
