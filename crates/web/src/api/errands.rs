//! `/api/errands`: what is to be done in a shop, or by hand.

use axum::Json;
use axum::extract::State;
use kept_base::{ErrandId, PromiseId};
use kept_domain::errand::{Act, ErrandKind, ErrandState};
use kept_domain::input::CancelledBy;
use kept_domain::order::Order;
use kept_engine::EngineError;
use kept_engine::views::ErrandFilter;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::request::{Asked, Id, Keyed, rows, word};
use super::shapes::{AddressBody, ErrandBody, MoneyBody, PageBody, Sight};
use crate::access::{AdminScope, Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::state::App;

/// Characters of a note, of a reason, and of what one sees it by.
const LONGEST: usize = 1000;

/// Which errands to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ErrandsAsked {
    /// Only those for this promise: `prm_…`
    pub promise: Option<String>,
    /// `shadow`, `waiting`, `queued`, `retry`, `unknown`, `done`, `refused`, `dropped`.
    pub state: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows a page: 1 to 200, 50 unless said.
    pub limit: Option<u32>,
}

/// Something to be done in the shop of a promise's order. Which fields an act needs stands with each.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrandAsked {
    /// `note` (with `text`), `cancel_order` and `cancel_lines` (with `by`, the latter with `skus`), `refund` (with `amount`), `reshipment`,
    /// `address_change` (with `address`).
    pub act: String,
    /// What a note says; 1 to 1000 characters.
    pub text: Option<String>,
    /// Whose wish a cancellation is: `customer` or `shop`. Only the customer's own releases a promise.
    pub by: Option<String>,
    /// Article numbers; of a refund or a reshipment none means all, or none in particular.
    #[serde(default)]
    pub skus: Vec<String>,
    /// How much is paid back.
    pub amount: Option<MoneyBody>,
    /// The refund pays the delivery fee back, in whole or in part.
    #[serde(default)]
    pub delivery_fee: bool,
    /// Why, for the shop's own record; at most 1000 characters.
    pub reason: Option<String>,
    /// The new address, whole.
    pub address: Option<AddressBody>,
}

/// What becomes of an errand that waits.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Handling {
    /// `queued` (released: the shop is asked), `dropped`, or `done` (by hand).
    pub to: String,
    /// Why, or by what one sees that it is done; needed for `done`, at most 1000 characters.
    pub reason: Option<String>,
}

/// Lists errands, newest first.
///
/// # Errors
/// 400 for a parameter that cannot be read.
#[utoipa::path(
    get, path = "/api/errands", tag = "errands", security(("token" = ["read"])), params(ErrandsAsked),
    responses(
        (status = 200, description = "A page", body = PageBody<ErrandBody>),
        (status = 400, description = "A parameter cannot be read", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn list(
    State(app): State<App>,
    token: Token<Read>,
    Asked(asked): Asked<ErrandsAsked>,
) -> Result<Json<PageBody<ErrandBody>>, Failure> {
    let known = ErrandState::ALL.map(ErrandState::word);
    let unreadable = || Failure::bad_request("promise is not the id of a promise", "ids look like `prm_7K2M9`");
    let filter = ErrandFilter {
        promise: asked.promise.map(|text| text.parse::<PromiseId>().map_err(|_| unreadable())).transpose()?,
        state: asked.state.map(|text| word("state", &text, ErrandState::from_word, &known)).transpose()?,
        after: asked.after,
        limit: rows(asked.limit)?,
    };
    let sight = Sight::of(&token);
    let page = ask(&app.engine, move |engine| engine.errands(&filter)).await?;
    Ok(Json(PageBody::of(page, |line| ErrandBody::of(&line, sight))))
}

/// One errand.
///
/// # Errors
/// 404.
#[utoipa::path(
    get, path = "/api/errands/{id}", tag = "errands", security(("token" = ["read"])),
    params(("id" = String, Path, description = "`ern_…`")),
    responses(
        (status = 200, description = "As it stands", body = ErrandBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
        (status = 404, description = "No such errand", body = ErrorBody),
    )
)]
pub async fn show(State(app): State<App>, token: Token<Read>, Id(id): Id<ErrandId>) -> Result<Json<ErrandBody>, Failure> {
    let line = ask(&app.engine, move |engine| engine.errand(id)).await?.ok_or_else(Failure::not_found)?;
    Ok(Json(ErrandBody::of(&line, Sight::of(&token))))
}

/// Asks the shop of a promise's order for something: it is asked at once, and only once for a key.
///
/// # Errors
/// 404 for a promise or an order that is not there; 409 when the same is asked for already; 422 for an act that lacks something, or that the
/// shop cannot be asked for.
#[utoipa::path(
    post, path = "/api/promises/{id}/errands", tag = "errands", security(("token" = ["admin"])),
    params(
        ("id" = String, Path, description = "`prm_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "At most 255 characters. The same key with the same body gives the same errand; with another body 422 `key_reused`."),
    ),
    request_body = ErrandAsked,
    responses(
        (status = 200, description = "As it stands now", body = ErrandBody),
        (status = 400, description = "Not JSON, or a key that cannot be used", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
        (status = 404, description = "No such promise, or one without an order", body = ErrorBody),
        (status = 409, description = "The same is asked for already", body = ErrorBody),
        (status = 422, description = "It lacks something, or the shop cannot be asked for it; or the key was used with another body", body = ErrorBody),
    )
)]
pub async fn ask_for(
    State(app): State<App>,
    token: Token<AdminScope>,
    Id(id): Id<PromiseId>,
    Keyed { fields, key }: Keyed<ErrandAsked>,
) -> Result<Json<ErrandBody>, Failure> {
    let file = ask(&app.engine, move |engine| engine.promise(id)).await?.ok_or_else(Failure::not_found)?;
    let order = file.order.ok_or_else(Failure::not_found)?.order;
    let act = act_of(fields, &order)?;
    let by = token.actor();
    let line = ask(&app.engine, move |engine| {
        let errand = engine.ask_errand(id, &act, &by, key.as_ref())?;
        engine.errand(errand)?.ok_or_else(|| EngineError::NotFound("errand".to_owned()))
    })
    .await?;
    Ok(Json(ErrandBody::of(&line, Sight::of(&token))))
}

/// Releases an errand that waits, drops it, or notes that it was done by hand.
///
/// # Errors
/// 400 for an unknown word; 404; 409 when it is in a state that does not allow it; 422 where no interface can do it, and for `done` without
/// a reason.
#[utoipa::path(
    post, path = "/api/errands/{id}/handling", tag = "errands", security(("token" = ["admin"])),
    params(
        ("id" = String, Path, description = "`ern_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "At most 255 characters. The same key with the same body is answered with the errand as it stands; with another body 422 `key_reused`."),
    ),
    request_body = Handling,
    responses(
        (status = 200, description = "As it stands now", body = ErrandBody),
        (status = 400, description = "No such word, not JSON, or a key that cannot be used", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
        (status = 404, description = "No such errand", body = ErrorBody),
        (status = 409, description = "It is done, dropped or being done", body = ErrorBody),
        (status = 422, description = "No interface can do it, or no reason for `done`; or the key was used with another body", body = ErrorBody),
    )
)]
pub async fn handle(
    State(app): State<App>,
    token: Token<AdminScope>,
    Id(id): Id<ErrandId>,
    Keyed { fields: Handling { to, reason }, key }: Keyed<Handling>,
) -> Result<Json<ErrandBody>, Failure> {
    const MAY: [ErrandState; 3] = [ErrandState::Queued, ErrandState::Dropped, ErrandState::Done];
    let read = |text: &str| ErrandState::from_word(text).filter(|state| MAY.contains(state));
    let to = word("to", &to, read, &MAY.map(ErrandState::word))?;
    let reason = short("reason", reason)?.unwrap_or_default();
    if to == ErrandState::Done && reason.is_empty() {
        return Err(Failure::invalid(
            "what is done by hand has a `reason`",
            "say by what one sees it: a number, a date, who was told",
        ));
    }
    let by = token.actor();
    let line = ask(&app.engine, move |engine| {
        engine.handle_errand(id, to, &by, &reason, key.as_ref())?;
        engine.errand(id)?.ok_or_else(|| EngineError::NotFound("errand".to_owned()))
    })
    .await?;
    Ok(Json(ErrandBody::of(&line, Sight::of(&token))))
}

/// What is asked of the shop of this order.
fn act_of(asked: ErrandAsked, order: &Order) -> Result<Act, Failure> {
    let known = ErrandKind::ALL.into_iter().filter(|kind| can_be_asked(*kind));
    let words: Vec<&str> = known.map(ErrandKind::word).collect();
    let read = |text: &str| ErrandKind::ALL.into_iter().find(|kind| kind.word() == text && can_be_asked(*kind));
    let kind = word("act", &asked.act, read, &words)?;
    let needs = |name: &str| Failure::invalid(format!("`{name}` is missing"), format!("`{}` needs it", kind.word()));
    let order_number = order.number.clone();
    let reason = short("reason", asked.reason)?.unwrap_or_else(|| "asked for by the team".to_owned());
    Ok(match kind {
        ErrandKind::Note => Act::Note { order_number, text: short("text", asked.text)?.ok_or_else(|| needs("text"))? },
        ErrandKind::CancelOrder | ErrandKind::CancelLines => {
            let by = match asked.by.as_deref() {
                Some("customer") => CancelledBy::Customer,
                Some("shop") => CancelledBy::Shop,
                _ => return Err(Failure::invalid("`by` says whose wish it is", "one of customer, shop")),
            };
            let lines = kind == ErrandKind::CancelLines;
            if lines == asked.skus.is_empty() {
                return Err(Failure::invalid(
                    "`skus` belong to `cancel_lines` alone",
                    "name the lines there, and none for the whole order",
                ));
            }
            Act::Cancellation { order_number, skus: asked.skus, by, cause: None }
        }
        ErrandKind::Refund => {
            let amount = asked.amount.ok_or_else(|| needs("amount"))?.read()?;
            Act::Refund { order_number, amount, skus: asked.skus, delivery_fee: asked.delivery_fee, reason }
        }
        ErrandKind::Reshipment => Act::Reshipment { order_number, skus: asked.skus, reason },
        ErrandKind::AddressChange => {
            let address = asked.address.ok_or_else(|| needs("address"))?.read()?;
            if let Some(fault) = address.fault(order.country) {
                return Err(Failure::invalid(fault.to_string(), ""));
            }
            Act::AddressChange { order_number, address }
        }
        // Not among the words that are read: see `can_be_asked`.
        ErrandKind::DeliveryDay => return Err(Failure::invalid("no shop can be asked for this", "")),
    })
}

/// What a shop can be asked for; the rest is for people.
fn can_be_asked(kind: ErrandKind) -> bool {
    kind != ErrandKind::DeliveryDay
}

/// A text of at most [`LONGEST`] characters; an empty one is none.
fn short(name: &str, text: Option<String>) -> Result<Option<String>, Failure> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match &text {
        Some(long) if long.chars().count() > LONGEST => {
            Err(Failure::invalid(format!("`{name}` is too long"), format!("at most {LONGEST} characters")))
        }
        _ => Ok(text),
    }
}
