//! `/api/playbooks`.

use axum::Json;
use axum::extract::{Path, State};
use kept_domain::message::Mode;
use kept_engine::EngineError;
use serde::Deserialize;
use utoipa::ToSchema;

use super::request::{Fields, word};
use super::shapes::PlaybookBody;
use crate::access::{AdminScope, Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::state::App;

/// How far a playbook is to be trusted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModeSet {
    /// `off`, `shadow`, `approve`, `automatic`.
    pub mode: String,
}

/// Playbooks with their switches and records.
///
/// # Errors
/// 503.
#[utoipa::path(
    get, path = "/api/playbooks", tag = "playbooks", security(("token" = ["read"])),
    responses(
        (status = 200, description = "All playbooks", body = Vec<PlaybookBody>),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn list(State(app): State<App>, _: Token<Read>) -> Result<Json<Vec<PlaybookBody>>, Failure> {
    let playbooks = ask(&app.engine, |engine| engine.playbooks()).await?;
    Ok(Json(playbooks.iter().map(PlaybookBody::of).collect()))
}

/// Switches a playbook.
///
/// # Errors
/// 404 for a name no pack has; 400 for an unknown mode.
#[utoipa::path(
    put, path = "/api/playbooks/{name}/mode", tag = "playbooks", security(("token" = ["admin"])),
    params(("name" = String, Path, description = "Its name in the packs")), request_body = ModeSet,
    responses(
        (status = 200, description = "As it stands now", body = PlaybookBody),
        (status = 400, description = "No such mode", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
        (status = 404, description = "No such playbook", body = ErrorBody),
    )
)]
pub async fn switch(
    State(app): State<App>,
    token: Token<AdminScope>,
    Path(name): Path<String>,
    Fields(ModeSet { mode }): Fields<ModeSet>,
) -> Result<Json<PlaybookBody>, Failure> {
    let mode = word("mode", &mode, Mode::from_word, &Mode::ALL.map(Mode::word))?;
    let by = token.actor();
    let playbook = ask(&app.engine, move |engine| {
        engine.switch_playbook(&name, mode, &by)?;
        let found = engine.playbooks()?.into_iter().find(|playbook| playbook.name == name);
        found.ok_or_else(|| EngineError::NotFound("playbook".to_owned()))
    })
    .await?;
    Ok(Json(PlaybookBody::of(&playbook)))
}
