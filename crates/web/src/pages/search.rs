//! Search: a number, an id or an address leads straight to its page.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kept_engine::views::Found;
use serde::Deserialize;

use crate::access::Agent;
use crate::ask::ask;
use crate::failure::Failure;
use crate::pages::frame::Frame;
use crate::pages::{filled, page};
use crate::route::{Routes, Who};
use crate::state::App;

/// The page of a search that found nothing.
#[derive(Debug, Template)]
#[template(path = "search/page.html")]
pub struct SearchPage {
    /// Frame.
    pub frame: Frame,
    /// What was asked.
    pub asked: String,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/find", Who::Agent, find)
}

/// The page of a search that found nothing, or that asked for nothing.
pub fn view(frame: Frame, asked: String) -> SearchPage {
    let title = frame.w.t("search-title");
    SearchPage { frame: frame.titled(title), asked }
}

#[derive(Debug, Deserialize)]
struct Asked {
    q: Option<String>,
}

async fn find(State(app): State<App>, Agent(session): Agent, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let text = filled(asked.q.as_ref()).unwrap_or_default().to_owned();
    let wanted = text.clone();
    let found = if text.is_empty() { None } else { ask(&app.engine, move |engine| engine.find(&wanted)).await? };
    let place = match found {
        Some(Found::Order(id)) => format!("/orders/{id}"),
        Some(Found::Parcel(id)) => format!("/parcels/{id}"),
        Some(Found::Promise(id)) => format!("/promises/{id}"),
        Some(Found::Customer(id)) => format!("/customers/{id}"),
        None => {
            let (frame, _, ()) = Frame::with(&app, &session, "/find", |_| Ok(())).await?;
            return page(&view(frame, text));
        }
    };
    Ok(Redirect::to(&place).into_response())
}
