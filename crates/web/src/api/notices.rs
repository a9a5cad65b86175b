//! `/api/notices`: what shops, carriers and aggregators write to customers by themselves, and what Kept therefore leaves to them.

use axum::Json;
use axum::extract::{Path, State};
use kept_domain::notice::{Notice, Teller};
use kept_engine::EngineError;
use serde::Deserialize;
use utoipa::ToSchema;

use super::request::{Fields, word};
use super::shapes::TellerBody;
use crate::access::{AdminScope, Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::pages::connections::known;
use crate::pages::notices::tellers;
use crate::state::App;

/// What a source tells customers by itself.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticesSet {
    /// What it is: `shop`, `carrier`, `aggregator`.
    pub teller: String,
    /// All that it tells; empty where it tells nothing. A shop: `cancelled`, `refunded`, `backordered`, `delivered`. The others:
    /// `attempt_failed`, `pickup_waiting`, `pickup_reminder`, `returned`, `delivered`.
    pub notices: Vec<String>,
}

/// Everybody who may write to customers by itself, with what was said of each.
///
/// # Errors
/// 503.
#[utoipa::path(
    get, path = "/api/notices", tag = "notices", security(("token" = ["read"])),
    responses(
        (status = 200, description = "Shops, carriers and aggregators", body = Vec<TellerBody>),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn list(State(app): State<App>, _: Token<Read>) -> Result<Json<Vec<TellerBody>>, Failure> {
    let known = known(&app);
    let lines = ask(&app.engine, move |engine| tellers(engine, &known)).await?;
    Ok(Json(lines.iter().map(TellerBody::of).collect()))
}

/// Says what a source tells customers by itself, all of it: Kept leaves that to it from now on.
///
/// # Errors
/// 400 for an unknown word; 422 for what such a source does not tell.
#[utoipa::path(
    put, path = "/api/notices/{source}", tag = "notices", security(("token" = ["admin"])),
    params(("source" = String, Path, description = "Shop, carrier or aggregator")), request_body = NoticesSet,
    responses(
        (status = 200, description = "As it stands now", body = TellerBody),
        (status = 400, description = "No such word", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
        (status = 422, description = "Such a source does not tell that", body = ErrorBody),
    )
)]
pub async fn say(
    State(app): State<App>,
    token: Token<AdminScope>,
    Path(source): Path<String>,
    Fields(NoticesSet { teller, notices }): Fields<NoticesSet>,
) -> Result<Json<TellerBody>, Failure> {
    let teller = word("teller", &teller, Teller::from_word, &Teller::ALL.map(Teller::word))?;
    let notices: Vec<Notice> = notices
        .iter()
        .map(|notice| word("notices", notice, Notice::from_word, &Notice::ALL.map(Notice::word)))
        .collect::<Result<_, _>>()?;
    let (known, by) = (known(&app), token.actor());
    let line = ask(&app.engine, move |engine| {
        engine.say_notices(&source, teller, &notices, &by)?;
        let found = tellers(engine, &known)?.into_iter().find(|line| line.source == source.trim());
        found.ok_or_else(|| EngineError::NotFound("source".to_owned()))
    })
    .await?;
    Ok(Json(TellerBody::of(&line)))
}
