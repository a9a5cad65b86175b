//! Done by hand: a person of the team says that what was promised is done, and by what one can see it.
//!
//! It counts from the moment it is noted. There is no field for an earlier one: nobody moves a deed before its due by writing it down late.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kept_base::{Moment, PromiseId};
use kept_domain::input::{DeedNoted, Input, News};
use kept_domain::promise::Promise;
use kept_engine::RecordOptions;
use serde::Deserialize;

use crate::access::Agent;
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::words::{Words, arg};
use crate::pages::{done, promise};
use crate::route::{Routes, Who};
use crate::state::App;

/// Characters of the evidence.
const LONGEST: usize = 2000;

/// What the form says, as it came.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Entered {
    /// By what one can see it.
    #[serde(default)]
    pub evidence: String,
}

/// The form on the page of a promise.
#[derive(Clone, Debug)]
pub struct DeedForm {
    /// Where it is sent.
    pub action: String,
    /// What it will count as.
    pub counts: Vec<String>,
    /// Filled with.
    pub evidence: String,
    /// Why nothing of what was sent was noted, in the reader's words; empty where nothing was sent.
    pub wrong: String,
}

/// The routes of this form.
pub fn routes() -> Routes {
    Routes::new().post("/promises/{id}/deed", Who::Agent, note)
}

impl DeedForm {
    /// The form about a promise, for whoever is called `user`; `again`: what was sent to it, and what was wrong.
    pub fn new(w: &Words, promise: &Promise, user: &str, again: Option<(Entered, String)>) -> DeedForm {
        let (entered, wrong) = again.unwrap_or_default();
        let mut counts = vec![w.t("deed-said")];
        if promise.due.as_ref().is_some_and(|due| kept_base::millis(due.at) < w.now) {
            counts.push(w.t("deed-late"));
        }
        if promise.is_or_was_owned_by(user) {
            counts.push(w.t("deed-yourself"));
        }
        DeedForm { action: format!("/promises/{}/deed", promise.id), counts, evidence: entered.evidence, wrong }
    }
}

impl Entered {
    fn read(&self, w: &Words) -> Result<String, String> {
        let evidence = self.evidence.trim();
        let over = evidence.chars().count().saturating_sub(LONGEST);
        match (evidence.is_empty(), over) {
            (true, _) => Err(w.t("deed-wrong-empty")),
            (false, 0) => Ok(evidence.to_owned()),
            (false, _) => Err(w.say("form-too-long", &[("over", arg(over)), ("most", arg(LONGEST))])),
        }
    }
}

async fn note(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Checked(entered): Checked<Entered>,
) -> Result<Response, Failure> {
    let id: PromiseId = id.parse().map_err(|_| Failure::not_found())?;
    let (now, zone) = ask(&app.engine, |engine| Ok((engine.now(), engine.zone()))).await?;
    let w = Words::new(app.texts.clone(), session.language(), &zone, now);
    let (status, wrong) = match entered.read(&w) {
        Ok(evidence) => {
            let at = Moment::in_zone(w.instant(w.now), &w.zone);
            let news = DeedNoted { promise: id, at, noted_by: session.user.name.clone(), evidence };
            let input = Input { source: "agent".to_owned(), event_id: None, news: News::DeedNoted(news) };
            let recorded = ask(&app.engine, move |engine| engine.record(vec![input], RecordOptions::default())).await?;
            if recorded.rejected.is_empty() {
                return Ok(done(&format!("/promises/{id}"), "deed").into_response());
            }
            (StatusCode::CONFLICT, w.t("deed-wrong-closed"))
        }
        Err(wrong) => (StatusCode::UNPROCESSABLE_ENTITY, wrong),
    };
    let again = promise::Again { deed: Some((entered, wrong)), ..promise::Again::default() };
    Ok((status, promise::again(&app, &session, id, again).await?).into_response())
}
