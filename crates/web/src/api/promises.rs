//! `/api/promises`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use kept_base::PromiseId;
use kept_domain::promise::PromiseState;
use kept_engine::EngineError;
use kept_engine::views::PromiseFilter;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::request::{Asked, Fields, Id, moment, rows, word};
use super::shapes::{PageBody, PromiseBody, PromiseFileBody, Sight};
use crate::access::{AdminScope, Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::sheet::{self, Dialect};
use crate::state::App;

/// Which promises to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PromisesAsked {
    /// `open`, `at_risk`, `late`, `kept`, `kept_late`, `broken`, `released`.
    pub state: Option<String>,
    /// Only those still owed.
    #[serde(default)]
    pub open: bool,
    /// Only those whose outcome the customer disputes.
    #[serde(default)]
    pub disputed: bool,
    /// `delivery`, `refund`, `reply` … as in the packs.
    pub kind: Option<String>,
    /// Only this owner.
    pub owner: Option<String>,
    /// Only those due before this moment (RFC 3339).
    pub due_before: Option<String>,
    /// An order or tracking number, whole.
    pub search: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows a page: 1 to 200, 50 unless said.
    pub limit: Option<u32>,
}

/// Why the company gives a promise up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// A word or short sentence: `unavailable`, `closed` …
    pub cause: String,
}

/// Lists promises, those due first at the top.
///
/// # Errors
/// 400 for a parameter that cannot be read.
#[utoipa::path(
    get, path = "/api/promises", tag = "promises", security(("token" = ["read"])), params(PromisesAsked),
    responses(
        (status = 200, description = "A page", body = PageBody<PromiseBody>),
        (status = 400, description = "A parameter cannot be read", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn list(
    State(app): State<App>,
    token: Token<Read>,
    Asked(asked): Asked<PromisesAsked>,
) -> Result<Json<PageBody<PromiseBody>>, Failure> {
    let filter = filter(asked)?;
    let sight = Sight::of(&token);
    let page = ask(&app.engine, move |engine| engine.promises(&filter)).await?;
    Ok(Json(PageBody::of(page, |line| PromiseBody::of(&line, sight))))
}

/// Promises as a CSV file: all of them, in the order of the list.
///
/// # Errors
/// 400 for a parameter that cannot be read.
#[utoipa::path(
    get, path = "/api/promises.csv", tag = "promises", security(("token" = ["read"])), params(PromisesAsked),
    responses(
        (status = 200, description = "All rows, the columns in docs/csv.md; `after` and `limit` say nothing here", body = String, content_type = "text/csv"),
        (status = 400, description = "A parameter cannot be read", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn file(State(app): State<App>, token: Token<Read>, Asked(asked): Asked<PromisesAsked>) -> Result<Response, Failure> {
    sheet::promises(filter(asked)?, Sight::of(&token)).answer(&app, Dialect::PROGRAM).await
}

fn filter(asked: PromisesAsked) -> Result<PromiseFilter, Failure> {
    let known = PromiseState::ALL.map(PromiseState::word);
    Ok(PromiseFilter {
        state: asked.state.map(|text| word("state", &text, PromiseState::from_word, &known)).transpose()?,
        open_only: asked.open,
        disputed: asked.disputed,
        kind: asked.kind,
        owner: asked.owner,
        due_before: asked.due_before.map(|text| moment("due_before", &text)).transpose()?,
        search: asked.search,
        after: asked.after,
        limit: rows(asked.limit)?,
        ..PromiseFilter::default()
    })
}

/// Everything about one promise.
///
/// # Errors
/// 404.
#[utoipa::path(
    get, path = "/api/promises/{id}", tag = "promises", security(("token" = ["read"])),
    params(("id" = String, Path, description = "`prm_…`")),
    responses(
        (status = 200, description = "The promise with its order, messages and facts", body = PromiseFileBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
        (status = 404, description = "No such promise", body = ErrorBody),
    )
)]
pub async fn show(State(app): State<App>, token: Token<Read>, Id(id): Id<PromiseId>) -> Result<Json<PromiseFileBody>, Failure> {
    let found = ask(&app.engine, move |engine| Ok(engine.promise(id)?.map(|file| (engine.outlook(&file), file))));
    let (outlook, file) = found.await?.ok_or_else(Failure::not_found)?;
    Ok(Json(PromiseFileBody::of(&file, Sight::of(&token), outlook.as_ref())))
}

/// The company gives a promise up: it is broken, with who did it and why.
///
/// # Errors
/// 404; 409 when it is not open.
#[utoipa::path(
    post, path = "/api/promises/{id}/withdrawal", tag = "promises", security(("token" = ["admin"])),
    params(("id" = String, Path, description = "`prm_…`")), request_body = Withdrawal,
    responses(
        (status = 200, description = "As it stands now", body = PromiseBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
        (status = 404, description = "No such promise", body = ErrorBody),
        (status = 409, description = "It is not open", body = ErrorBody),
        (status = 422, description = "No cause", body = ErrorBody),
    )
)]
pub async fn withdraw(
    State(app): State<App>,
    token: Token<AdminScope>,
    Id(id): Id<PromiseId>,
    Fields(Withdrawal { cause }): Fields<Withdrawal>,
) -> Result<Json<PromiseBody>, Failure> {
    let cause = cause.trim().to_owned();
    if cause.is_empty() || cause.chars().count() > 200 {
        return Err(Failure::invalid("a withdrawal has a cause of 1 to 200 characters", "say why the promise is given up"));
    }
    let by = token.actor();
    let file = ask(&app.engine, move |engine| {
        engine.withdraw_promise(id, &cause, &by)?;
        engine.promise(id)?.ok_or_else(|| EngineError::NotFound("promise".to_owned()))
    })
    .await?;
    Ok(Json(PromiseBody::of(&file.line, Sight::of(&token))))
}
