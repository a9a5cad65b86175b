//! `/api/orders`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use kept_base::OrderId;

use super::request::Id;
use super::shapes::{OrderFileBody, Sight};
use crate::access::{Read, Token};
use crate::ask::ask;
use crate::failure::{ErrorBody, Failure};
use crate::sheet::{self, Dialect};
use crate::state::App;

/// An order with its parcels, promises and facts.
///
/// # Errors
/// 404.
#[utoipa::path(
    get, path = "/api/orders/{id}", tag = "orders", security(("token" = ["read"])),
    params(("id" = String, Path, description = "`ord_…`")),
    responses(
        (status = 200, description = "The order", body = OrderFileBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
        (status = 404, description = "No such order", body = ErrorBody),
    )
)]
pub async fn show(State(app): State<App>, token: Token<Read>, Id(id): Id<OrderId>) -> Result<Json<OrderFileBody>, Failure> {
    let (file, facts) = ask(&app.engine, move |engine| engine.order(id)).await?.ok_or_else(Failure::not_found)?;
    Ok(Json(OrderFileBody::of(&file, facts, Sight::of(&token))))
}

/// Every order that was placed as a CSV file, a row for each line, in the words that reading orders from a file knows. Names, addresses and
/// titles are there only with the scope `personal`.
///
/// # Errors
/// What the engine answered.
#[utoipa::path(
    get, path = "/api/orders.csv", tag = "orders", security(("token" = ["read"])),
    responses(
        (status = 200, description = "All orders, oldest first, the columns in docs/csv.md", body = String, content_type = "text/csv"),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
    )
)]
pub async fn file(State(app): State<App>, token: Token<Read>) -> Result<Response, Failure> {
    sheet::orders(Sight::of(&token)).answer(&app, Dialect::PROGRAM).await
}
