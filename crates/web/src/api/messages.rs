//! `/api/messages`.

use axum::Json;
use axum::extract::State;
use kept_base::MessageId;
use kept_domain::message::MessageState;
use kept_engine::EngineError;
use kept_engine::views::MessageFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::request::{Asked, Id, rows, word};
use super::shapes::{MessageBody, PageBody, Sight};
use crate::access::{AdminScope, Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::state::App;

/// Which messages to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MessagesAsked {
    /// `shadow`, `waiting`, `held`, `queued`, `retry`, `accepted`, `refused`, `unknown`, `dropped`.
    pub state: Option<String>,
    /// Only of this playbook.
    pub playbook: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows a page: 1 to 200, 50 unless said.
    pub limit: Option<u32>,
}

/// Lists messages, newest first.
///
/// # Errors
/// 400 for a parameter that cannot be read.
#[utoipa::path(
    get, path = "/api/messages", tag = "messages", security(("token" = ["read"])), params(MessagesAsked),
    responses(
        (status = 200, description = "A page", body = PageBody<MessageBody>),
        (status = 400, description = "A parameter cannot be read", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn list(
    State(app): State<App>,
    token: Token<Read>,
    Asked(asked): Asked<MessagesAsked>,
) -> Result<Json<PageBody<MessageBody>>, Failure> {
    let known = MessageState::ALL.map(MessageState::word);
    let filter = MessageFilter {
        state: asked.state.map(|text| word("state", &text, MessageState::from_word, &known)).transpose()?,
        playbook: asked.playbook,
        after: asked.after,
        limit: rows(asked.limit)?,
    };
    let sight = Sight::of(&token);
    let page = ask(&app.engine, move |engine| engine.messages(&filter)).await?;
    Ok(Json(PageBody::of(page, |line| MessageBody::of(&line, sight))))
}

/// Releases a shadowed, waiting or held message: it leaves.
///
/// # Errors
/// 404; 409 when it is in another state.
#[utoipa::path(
    post, path = "/api/messages/{id}/release", tag = "messages", security(("token" = ["admin"])),
    params(("id" = String, Path, description = "`msg_…`")),
    responses(
        (status = 200, description = "As it stands now", body = MessageBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
        (status = 404, description = "No such message", body = ErrorBody),
        (status = 409, description = "It does not wait for a release", body = ErrorBody),
    )
)]
pub async fn release(
    State(app): State<App>,
    token: Token<AdminScope>,
    Id(id): Id<MessageId>,
) -> Result<Json<MessageBody>, Failure> {
    let by = token.actor();
    let missing = || EngineError::NotFound("message".to_owned());
    let file = ask(&app.engine, move |engine| {
        engine.message(id)?.ok_or_else(missing)?;
        if engine.release_messages(&[id], &by)? == 0 {
            return Err(EngineError::Conflict("this message does not wait for a release".to_owned()));
        }
        engine.message(id)?.ok_or_else(missing)
    })
    .await?;
    Ok(Json(MessageBody::of(&file.line, Sight::of(&token))))
}
