//! A contact by the customer, noted by a person: from the page of a promise, and from the customer's.
//!
//! A contact in which they had to ask is a chaser. So the form asks that question without an answer ticked, and a field that is wrong loses
//! nothing of the others.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kept_base::{CustomerId, Moment, PromiseId, millis};
use kept_domain::input::{CustomerContacted, CustomerRef, Input, News};
use kept_engine::{EngineError, RecordOptions};
use serde::Deserialize;

use crate::access::{Agent, Session};
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::words::{Words, arg};
use crate::pages::{customers, done, promise};
use crate::route::{Routes, Who};
use crate::state::App;

/// Channels that a person can note a contact on.
const CHANNELS: [&str; 5] = ["phone", "mail", "chat", "letter", "shop"];
/// Characters of what they said.
const LONGEST: usize = 4000;

/// What the form says, as it came.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Entered {
    /// Channel.
    #[serde(default)]
    pub channel: String,
    /// `yes`, `no`.
    #[serde(default)]
    pub asked: String,
    /// What they said.
    #[serde(default)]
    pub text: String,
    /// When; empty: now.
    #[serde(default)]
    pub at: String,
}

/// What is wrong, field by field, in the reader's words; empty where nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrong {
    /// The channel.
    pub channel: String,
    /// Whether they had to ask.
    pub asked: String,
    /// What they said.
    pub text: String,
    /// When.
    pub at: String,
}

/// The form on a page.
#[derive(Clone, Debug)]
pub struct ContactForm {
    /// Where it is sent.
    pub action: String,
    /// What a contact counts for here.
    pub counts: String,
    /// Value, word, chosen.
    pub channels: Vec<(&'static str, String, bool)>,
    /// Value, word, chosen.
    pub answers: [(&'static str, String, bool); 2],
    /// Filled with.
    pub entered: Entered,
    /// The zone in which the moment is read.
    pub at_hint: String,
    /// It was sent, and nothing of it was noted.
    pub refused: bool,
    /// What is wrong with what was sent.
    pub wrong: Wrong,
    /// The first field that is wrong: it has the focus, wherever on the page the form stands.
    pub focus: &'static str,
}

/// A contact that can be noted.
#[derive(Clone, Debug, PartialEq)]
struct Noted {
    channel: &'static str,
    asked: bool,
    text: Option<String>,
    at: Moment,
}

/// The routes of this form.
pub fn routes() -> Routes {
    Routes::new().post("/promises/{id}/contact", Who::Agent, about_promise).post(
        "/customers/{id}/contact",
        Who::Agent,
        by_customer,
    )
}

impl ContactForm {
    /// The form under the page at `path`; `again`: what was sent to it, and what was wrong.
    pub fn new(w: &Words, path: &str, counts: &str, again: Option<(Entered, Wrong)>) -> ContactForm {
        let refused = again.is_some();
        let (entered, wrong) = again.unwrap_or_default();
        let focus = [("channel", &wrong.channel), ("asked", &wrong.asked), ("text", &wrong.text), ("at", &wrong.at)];
        let focus = focus.into_iter().find(|(_, said)| !said.is_empty()).map_or("", |(field, _)| field);
        let answer = |value: &'static str| (value, w.t(&format!("contact-asked-{value}")), entered.asked == value);
        ContactForm {
            action: format!("{path}/contact"),
            counts: w.t(counts),
            channels: CHANNELS.iter().map(|name| (*name, w.word("channel", name), entered.channel == **name)).collect(),
            answers: [answer("yes"), answer("no")],
            at_hint: w.say("contact-at-hint", &[("zone", arg(w.zone.iana_name().unwrap_or("UTC")))]),
            entered,
            refused,
            wrong,
            focus,
        }
    }
}

impl Entered {
    /// Reads the form; `not_before`: nobody can ask about a promise before it was made.
    fn read(&self, w: &Words, not_before: Option<i64>) -> Result<Noted, Wrong> {
        let channel = CHANNELS.into_iter().find(|channel| *channel == self.channel);
        let asked = match self.asked.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        let text = self.text.trim();
        let over = text.chars().count().saturating_sub(LONGEST);
        let at = self.moment(w, not_before);
        match (channel, asked, at) {
            (Some(channel), Some(asked), Ok(at)) if over == 0 => {
                Ok(Noted { channel, asked, text: Some(text.to_owned()).filter(|text| !text.is_empty()), at })
            }
            (channel, asked, at) => {
                let said = |wrong: bool, key: &str, args: &[(&str, kept_text::Arg)]| {
                    if wrong { w.say(key, args) } else { String::new() }
                };
                Err(Wrong {
                    channel: said(channel.is_none(), "contact-wrong-channel", &[]),
                    asked: said(asked.is_none(), "contact-wrong-asked", &[]),
                    text: said(over > 0, "form-too-long", &[("over", arg(over)), ("most", arg(LONGEST))]),
                    at: at.err().unwrap_or_default(),
                })
            }
        }
    }

    fn moment(&self, w: &Words, not_before: Option<i64>) -> Result<Moment, String> {
        let given = self.at.trim();
        if given.is_empty() {
            return Ok(Moment::in_zone(w.instant(w.now), &w.zone));
        }
        let read = given.parse::<jiff::civil::DateTime>().ok().and_then(|wall| wall.to_zoned(w.zone.clone()).ok());
        let at = read.ok_or_else(|| w.t("contact-wrong-at"))?.timestamp();
        if millis(at) > w.now {
            return Err(w.say("contact-wrong-future", &[("now", w.at_long(w.now).into())]));
        }
        // A form names no seconds: the minute in which the promise was made is not before it.
        match not_before.filter(|made| millis(at) + 60_000 <= *made) {
            Some(made) => Err(w.say("contact-wrong-before", &[("made", w.at_long(made).into())])),
            None => Ok(Moment::in_zone(at, &w.zone)),
        }
    }
}

async fn about_promise(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Checked(entered): Checked<Entered>,
) -> Result<Response, Failure> {
    let id: PromiseId = id.parse().map_err(|_| Failure::not_found())?;
    let (now, zone, made) = ask(&app.engine, move |engine| {
        let file = engine.promise(id)?.ok_or_else(|| EngineError::NotFound("promise".to_owned()))?;
        Ok((engine.now(), engine.zone(), file.line.promise.made_at))
    })
    .await?;
    let w = Words::new(app.texts.clone(), session.language(), &zone, now);
    match entered.read(&w, Some(made)) {
        Ok(noted) => {
            let kept = note(&app, &session, noted, CustomerRef::default(), Some(id)).await?;
            Ok(done(&format!("/promises/{id}"), kept).into_response())
        }
        Err(wrong) => {
            let again = promise::Again { contact: Some((entered, wrong)), ..promise::Again::default() };
            let page = promise::again(&app, &session, id, again).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

async fn by_customer(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Checked(entered): Checked<Entered>,
) -> Result<Response, Failure> {
    let id: CustomerId = id.parse().map_err(|_| Failure::not_found())?;
    let (now, zone) = ask(&app.engine, move |engine| {
        engine.customer(id)?.ok_or_else(|| EngineError::NotFound("customer".to_owned()))?;
        Ok((engine.now(), engine.zone()))
    })
    .await?;
    let w = Words::new(app.texts.clone(), session.language(), &zone, now);
    match entered.read(&w, None) {
        Ok(noted) => {
            let who = CustomerRef { id: Some(id), ..CustomerRef::default() };
            let kept = note(&app, &session, noted, who, None).await?;
            Ok(done(&format!("/customers/{id}"), kept).into_response())
        }
        Err(wrong) => {
            let page = customers::again(&app, &session, id, (entered, wrong)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Records it as news, with who noted it; gives what the page then says.
async fn note(
    app: &App,
    session: &Session,
    noted: Noted,
    customer: CustomerRef,
    promise: Option<PromiseId>,
) -> Result<&'static str, Failure> {
    let Noted { channel, asked, text, at } = noted;
    let noted_by = Some(session.user.name.clone());
    let news = CustomerContacted { customer, promise, at, channel: channel.to_owned(), asked, text, noted_by };
    let input = Input { source: "agent".to_owned(), event_id: None, news: News::CustomerContacted(news) };
    let recorded = ask(&app.engine, move |engine| engine.record(vec![input], RecordOptions::default())).await?;
    Ok(if recorded.rejected.is_empty() { "noted" } else { "not-taken" })
}
