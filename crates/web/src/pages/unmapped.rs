//! What arrived and nothing here understands: codes to be given a meaning, payloads in quarantine.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Redirect, Response};
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_engine::ports::Trouble;
use kept_engine::views::{QuarantineLine, UnmappedLine};
use serde::Deserialize;

use crate::access::{Agent, Supervisor};
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::connections::{todo, trouble};
use crate::pages::frame::Frame;
use crate::pages::rows::carrier;
use crate::pages::words::{Words, arg};
use crate::pages::{done, page};
use crate::route::{Routes, Who};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "unmapped/page.html")]
pub struct UnmappedPage {
    /// Frame.
    pub frame: Frame,
    /// How many, said.
    pub intro: String,
    /// Codes.
    pub codes: Vec<CodeRow>,
    /// Payloads.
    pub payloads: Vec<PayloadRow>,
    /// Milestones to choose from: word and label.
    pub milestones: Vec<(&'static str, String)>,
    /// Exceptions to choose from.
    pub exceptions: Vec<(&'static str, String)>,
}

/// A code, event or field.
#[derive(Clone, Debug)]
pub struct CodeRow {
    /// Unique in the page.
    pub key: usize,
    /// Source as named in forms.
    pub source: String,
    /// Source, said.
    pub source_said: String,
    /// What it is.
    pub what: String,
    /// Code or name.
    pub code: String,
    /// Its words, or what they come to in the reader's.
    pub text: String,
    /// The words as they came, where others stand for them.
    pub detail: String,
    /// How often, and when last.
    pub seen: String,
    /// Its meaning, since it has one.
    pub meaning: Option<String>,
    /// A meaning can be given: it is a code.
    pub mappable: bool,
}

/// A payload.
#[derive(Clone, Debug)]
pub struct PayloadRow {
    /// Source, size and when.
    pub lead: String,
    /// What kind of trouble it was, in the reader's words.
    pub trouble: String,
    /// What to do about it.
    pub todo: String,
    /// What was wrong, in the program's words and the partner's, for whoever must look closer.
    pub error: String,
    /// First bytes.
    pub excerpt: String,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/unmapped", Who::Agent, show).post("/unmapped/mapping", Who::Supervisor, map)
}

/// The page.
pub fn view(frame: Frame, codes: &[UnmappedLine], payloads: &[QuarantineLine]) -> UnmappedPage {
    let w = frame.w.clone();
    let open = codes.iter().filter(|line| line.mapped.is_none()).count();
    UnmappedPage {
        intro: w.say("unmapped-intro", &[("codes", arg(open)), ("payloads", arg(payloads.len()))]),
        codes: codes.iter().enumerate().map(|(key, line)| code_row(&w, key, line)).collect(),
        payloads: payloads.iter().map(|line| payload_row(&w, line)).collect(),
        milestones: Milestone::ALL
            .into_iter()
            .filter(|milestone| *milestone != Milestone::Unknown)
            .map(|milestone| (milestone.word(), w.word("milestone", milestone.word())))
            .collect(),
        exceptions: ExceptionKind::ALL.iter().map(|kind| (kind.word(), w.word("exception", kind.word()))).collect(),
        frame: frame.titled(w.t("nav-unmapped")).live(),
    }
}

#[derive(Debug, Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(State(app): State<App>, Agent(session): Agent, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let (frame, _, (codes, payloads)) =
        Frame::with(&app, &session, "/unmapped", |engine| Ok((engine.unmapped()?, engine.quarantine()?))).await?;
    page(&view(frame.noticed(asked.done.as_deref()), &codes, &payloads))
}

#[derive(Debug, Deserialize)]
struct Mapping {
    source: String,
    code: String,
    milestone: String,
    #[serde(default)]
    exception: String,
}

async fn map(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Checked(form): Checked<Mapping>,
) -> Result<Redirect, Failure> {
    let milestone = Milestone::from_word(&form.milestone).ok_or_else(Failure::form_unreadable)?;
    let exception = match form.exception.as_str() {
        "" => None,
        word => Some(ExceptionKind::from_word(word).ok_or_else(Failure::form_unreadable)?),
    };
    ask(&app.engine, move |engine| engine.map_code(&form.source, &form.code, milestone, exception, &session.user.name)).await?;
    Ok(done("/unmapped", "mapped"))
}

fn code_row(w: &Words, key: usize, line: &UnmappedLine) -> CodeRow {
    let meaning = line.mapped.map(|(milestone, exception)| {
        let mut parts = vec![w.word("milestone", milestone.word())];
        parts.extend(exception.map(|kind| w.word("exception", kind.word())));
        parts.join(" · ")
    });
    // An answer's words are the program's or the partner's own; that a number is not known is said in the reader's.
    let not_found = line.what == "answer" && line.code == "404";
    let (text, detail) = match not_found {
        true => (trouble(w, Some(Trouble::NotFound)), line.text.clone()),
        false => (line.text.clone(), String::new()),
    };
    CodeRow {
        key,
        source_said: carrier(w, &line.source),
        source: line.source.clone(),
        what: w.word("unmapped", &line.what),
        code: line.code.clone(),
        text,
        detail,
        seen: w.say("seen-times", &[("count", arg(line.count)), ("when", w.at(line.last).into())]),
        mappable: line.what == "code" && meaning.is_none(),
        meaning,
    }
}

fn payload_row(w: &Words, line: &QuarantineLine) -> PayloadRow {
    PayloadRow {
        lead: w.say(
            "payload-lead",
            &[("source", carrier(w, &line.source).into()), ("size", arg(line.size)), ("when", w.at(line.at).into())],
        ),
        trouble: trouble(w, line.trouble),
        todo: advice(w, line.trouble),
        error: line.error.clone(),
        excerpt: line.excerpt.clone().unwrap_or_else(|| w.t("payload-erased")),
    }
}

/// What to do, unless it is to look here.
fn advice(w: &Words, trouble: Option<Trouble>) -> String {
    match trouble {
        None | Some(Trouble::Form | Trouble::NotTaken | Trouble::Other) => String::new(),
        Some(trouble) => todo(w, trouble),
    }
}
