//! The language of somebody's pages: `POST /language`.

use axum::extract::State;
use axum::response::Redirect;
use kept_base::Language;
use serde::Deserialize;

use crate::access::Agent;
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::Checked;
use crate::route::{Routes, Who};
use crate::state::App;

/// The route of this act.
pub fn routes() -> Routes {
    Routes::new().post("/language", Who::Agent, choose)
}

#[derive(Debug, Deserialize)]
struct Chosen {
    language: String,
}

async fn choose(State(app): State<App>, Agent(session): Agent, Checked(form): Checked<Chosen>) -> Result<Redirect, Failure> {
    let language = Language::from_tag(&form.language).ok_or_else(Failure::form_unreadable)?;
    let mut user = session.user;
    user.language = language;
    ask(&app.engine, move |engine| engine.change_user(&user)).await?;
    Ok(Redirect::to("/"))
}
