//! `/api/scorecards`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::request::Asked;
use super::shapes::ScorecardsBody;
use crate::access::{Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::sheet::{self, Dialect};
use crate::state::App;

/// The period, by day of first due.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ScorecardsAsked {
    /// The last so many days, today included: from 1 to 365; 90 unless said.
    #[param(minimum = 1, maximum = 365)]
    pub days: Option<i64>,
}

/// How carriers, lanes, classes of service and the own warehouse did.
///
/// # Errors
/// 400 for a period that cannot be counted.
#[utoipa::path(
    get, path = "/api/scorecards", tag = "figures", security(("token" = ["read"])), params(ScorecardsAsked),
    responses(
        (status = 200, description = "The scorecards of the period", body = ScorecardsBody),
        (status = 400, description = "A parameter cannot be read", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn show(
    State(app): State<App>,
    _: Token<Read>,
    Asked(asked): Asked<ScorecardsAsked>,
) -> Result<Json<ScorecardsBody>, Failure> {
    let days = days(&asked)?;
    let cards = ask(&app.engine, move |engine| engine.scorecards(days)).await?;
    Ok(Json(ScorecardsBody::of(cards)))
}

/// The scorecards as a CSV file: a row for each.
///
/// # Errors
/// 400 for a period that cannot be counted.
#[utoipa::path(
    get, path = "/api/scorecards.csv", tag = "figures", security(("token" = ["read"])), params(ScorecardsAsked),
    responses(
        (status = 200, description = "The scorecards of the period, the columns in docs/csv.md", body = String, content_type = "text/csv"),
        (status = 400, description = "A parameter cannot be read", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn file(State(app): State<App>, _: Token<Read>, Asked(asked): Asked<ScorecardsAsked>) -> Result<Response, Failure> {
    sheet::scorecards(days(&asked)?).answer(&app, Dialect::PROGRAM).await
}

fn days(asked: &ScorecardsAsked) -> Result<i64, Failure> {
    let days = asked.days.unwrap_or(90);
    if !(1..=kept_engine::scorecards::LONGEST).contains(&days) {
        return Err(Failure::bad_request("the period cannot be counted", "`days` lies from 1 to 365"));
    }
    Ok(days)
}
