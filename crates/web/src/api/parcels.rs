//! `/api/parcels`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use kept_base::ParcelId;
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_engine::views::ParcelFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::request::{Asked, Id, rows, word};
use super::shapes::{PageBody, ParcelBody, ParcelFileBody, Sight};
use crate::access::{Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::sheet::{self, Dialect};
use crate::state::App;

/// Which parcels to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ParcelsAsked {
    /// `announced`, `handed_over`, `in_network` …
    pub milestone: Option<String>,
    /// `lost`, `damaged`, `stalled_in_network` …: only those with this exception open.
    pub exception: Option<String>,
    /// Only those with any exception open.
    #[serde(default)]
    pub in_trouble: bool,
    /// `laposte`, `chronopost` …
    pub carrier: Option<String>,
    /// Only those whose order is not known yet.
    #[serde(default)]
    pub without_order: bool,
    /// Only those under way.
    #[serde(default)]
    pub open: bool,
    /// A tracking or order number, whole.
    pub search: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows a page: 1 to 200, 50 unless said.
    pub limit: Option<u32>,
}

/// Lists parcels.
///
/// # Errors
/// 400 for a parameter that cannot be read.
#[utoipa::path(
    get, path = "/api/parcels", tag = "parcels", security(("token" = ["read"])), params(ParcelsAsked),
    responses(
        (status = 200, description = "A page", body = PageBody<ParcelBody>),
        (status = 400, description = "A parameter cannot be read", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn list(
    State(app): State<App>,
    _: Token<Read>,
    Asked(asked): Asked<ParcelsAsked>,
) -> Result<Json<PageBody<ParcelBody>>, Failure> {
    let filter = filter(asked)?;
    let page = ask(&app.engine, move |engine| engine.parcels(&filter)).await?;
    Ok(Json(PageBody::of(page, |line| ParcelBody::of(&line.parcel, line.order_number.as_deref()))))
}

/// Parcels as a CSV file: all of them, in the order of the list.
///
/// # Errors
/// 400 for a parameter that cannot be read.
#[utoipa::path(
    get, path = "/api/parcels.csv", tag = "parcels", security(("token" = ["read"])), params(ParcelsAsked),
    responses(
        (status = 200, description = "All rows, the columns in docs/csv.md; `after` and `limit` say nothing here", body = String, content_type = "text/csv"),
        (status = 400, description = "A parameter cannot be read", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn file(State(app): State<App>, _: Token<Read>, Asked(asked): Asked<ParcelsAsked>) -> Result<Response, Failure> {
    sheet::parcels(filter(asked)?).answer(&app, Dialect::PROGRAM).await
}

fn filter(asked: ParcelsAsked) -> Result<ParcelFilter, Failure> {
    let milestones = Milestone::ALL.map(Milestone::word);
    let exceptions: Vec<&str> = ExceptionKind::ALL.iter().map(|kind| kind.word()).collect();
    Ok(ParcelFilter {
        milestone: asked.milestone.map(|text| word("milestone", &text, Milestone::from_word, &milestones)).transpose()?,
        exception: asked.exception.map(|text| word("exception", &text, ExceptionKind::from_word, &exceptions)).transpose()?,
        in_trouble: asked.in_trouble,
        carrier: asked.carrier,
        standing_at: None,
        without_order: asked.without_order,
        open_only: asked.open,
        search: asked.search,
        after: asked.after,
        limit: rows(asked.limit)?,
    })
}

/// A parcel with every scan.
///
/// # Errors
/// 404.
#[utoipa::path(
    get, path = "/api/parcels/{id}", tag = "parcels", security(("token" = ["read"])),
    params(("id" = String, Path, description = "`par_…`")),
    responses(
        (status = 200, description = "The parcel with its order, promise and scans", body = ParcelFileBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
        (status = 404, description = "No such parcel", body = ErrorBody),
    )
)]
pub async fn show(State(app): State<App>, token: Token<Read>, Id(id): Id<ParcelId>) -> Result<Json<ParcelFileBody>, Failure> {
    let file = ask(&app.engine, move |engine| engine.parcel(id)).await?.ok_or_else(Failure::not_found)?;
    Ok(Json(ParcelFileBody::of(&file, Sight::of(&token))))
}
