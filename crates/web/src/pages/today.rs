//! Today: what needs a person now, in order of which promise breaks next.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use kept_engine::views::{MessageLine, PromiseLine, Section, Today};
use serde::Deserialize;

use crate::access::Agent;
use crate::failure::Failure;
use crate::pages::errands::{ErrandRow, errand_row};
use crate::pages::frame::Frame;
use crate::pages::page;
use crate::pages::parcels::{StandstillRow, standstill_row};
use crate::pages::rows::{MessageRow, PromiseRow, message_row, promise_row};
use crate::pages::start::Standing;
use crate::pages::words::{Words, arg};
use crate::route::{Routes, Who};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "today/page.html")]
pub struct TodayPage {
    /// Frame.
    pub frame: Frame,
    /// The counts in a sentence: what is worst, strong.
    pub first: String,
    /// The rest of the sentence.
    pub rest: String,
    /// Lists of promises.
    pub promises: Vec<PromiseSection>,
    /// Lists of messages.
    pub messages: Vec<MessageSection>,
    /// Places at which many parcels stand still.
    pub standing: Vec<StandstillRow>,
    /// What is to be done in the shop.
    pub errands: Option<ErrandSection>,
    /// Not understood: how many, in a sentence.
    pub not_understood: Option<String>,
    /// Nothing at all needs a person.
    pub calm: bool,
    /// Getting started: where the house stands, as long as it is not over.
    pub start: Option<String>,
    /// Connections that do not answer, in a sentence.
    pub failing: Option<String>,
}

/// A list of promises under a heading.
#[derive(Clone, Debug)]
pub struct PromiseSection {
    /// Heading.
    pub title: String,
    /// How many in all.
    pub total: String,
    /// What the last column says.
    pub hint: String,
    /// Rows.
    pub rows: Vec<PromiseRow>,
    /// Where all are, when these are not all.
    pub more: Option<(String, String)>,
}

/// A list of messages under a heading.
#[derive(Clone, Debug)]
pub struct MessageSection {
    /// Heading.
    pub title: String,
    /// How many in all.
    pub total: String,
    /// What to do with them.
    pub hint: String,
    /// Rows.
    pub rows: Vec<MessageRow>,
    /// Where all are, when these are not all.
    pub more: Option<(String, String)>,
}

/// What is to be done in the shop, under a heading.
#[derive(Clone, Debug)]
pub struct ErrandSection {
    /// How many in all.
    pub total: String,
    /// Rows.
    pub rows: Vec<ErrandRow>,
}

/// What the steps of getting started are called.
const STEPS: [&str; 4] = ["start-connect", "start-look", "start-approve", "start-automatic"];

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/", Who::Agent, show)
}

/// The page of what needs a person.
pub fn view(frame: Frame, today: &Today) -> TodayPage {
    let words = frame.w.clone();
    let promises = [
        ("today-late", "today-late-hint", &today.late, "/promises?state=late"),
        ("today-hour", "today-due-hint", &today.next_hour, "/promises?open=yes"),
        ("today-day", "today-due-hint", &today.today, "/promises?open=yes"),
        ("today-risk", "today-due-hint", &today.at_risk, "/promises?state=at_risk"),
        ("today-disputed", "today-disputed-hint", &today.disputed, "/promises?state=disputed"),
    ];
    let messages = [
        ("today-waiting", "today-waiting-hint", &today.waiting, "/messages?state=waiting"),
        ("today-held", "today-held-hint", &today.held, "/messages?state=held"),
        ("today-unknown", "today-unknown-hint", &today.unknown, "/messages?state=unknown"),
    ];
    let promises: Vec<_> = promises
        .into_iter()
        .filter_map(|(title, hint, section, all)| promise_section(&words, title, hint, section, all))
        .collect();
    let messages: Vec<_> = messages
        .into_iter()
        .filter_map(|(title, hint, section, all)| message_section(&words, title, hint, section, all))
        .collect();
    let strange = today.quarantine + today.unmapped;
    let not_understood = (strange > 0)
        .then(|| words.say("today-not-understood", &[("codes", arg(today.unmapped)), ("payloads", arg(today.quarantine))]));
    let errands = (today.errands.total > 0).then(|| ErrandSection {
        total: words.count(today.errands.total),
        rows: today.errands.rows.iter().map(|line| errand_row(&words, line)).collect(),
    });
    let standing: Vec<_> = today.standing.iter().map(|standing| standstill_row(&words, standing)).collect();
    let calm = promises.is_empty() && messages.is_empty() && errands.is_none() && standing.is_empty();
    let (first, rest) = sentence(&words, today);
    let title = words.t("nav-today");
    TodayPage {
        frame: frame.titled(title).live(),
        first,
        rest,
        promises,
        messages,
        standing,
        errands,
        not_understood,
        calm,
        start: None,
        failing: None,
    }
}

async fn show(State(app): State<App>, Agent(session): Agent, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let guided = session.is_supervisor();
    let (frame, facts, (today, standing)) = Frame::with(&app, &session, "/", move |engine| {
        let heard = guided && engine.has_sources()?;
        Ok((engine.today()?, guided.then(|| Standing::read(engine, heard)).transpose()?))
    })
    .await?;
    let w = frame.w.clone();
    let start = standing.filter(Standing::is_to_be_shown).and_then(|standing| standing.step());
    let start = start.map(|step| {
        w.say("today-start", &[("step", arg(step)), ("what", w.t(STEPS.get(step - 1).unwrap_or(&"start-connect")).into())])
    });
    let failing = (guided && facts.failing > 0).then(|| w.say("today-failing", &[("count", arg(facts.failing))]));
    page(&TodayPage { start, failing, ..view(frame.noticed(asked.done.as_deref()), &today) })
}

#[derive(Debug, Deserialize)]
struct Asked {
    done: Option<String>,
}

/// The counts in words: the worst first, and how many learned it from us.
fn sentence(words: &Words, today: &Today) -> (String, String) {
    let soon = today.next_hour.total + today.today.total;
    let first = if today.late.total > 0 {
        words.say(
            "today-first-late",
            &[("count", arg(today.late.total)), ("said", words.capital(&words.spelled(today.late.total)).into())],
        )
    } else {
        words.t("today-first-none")
    };
    let mut rest = vec![
        words.say("today-rest-soon", &[("count", arg(soon)), ("said", words.spelled(soon).into())]),
        words.say("today-rest-risk", &[("count", arg(today.at_risk.total)), ("said", words.spelled(today.at_risk.total).into())]),
    ];
    rest.retain(|part| !part.is_empty());
    let mut text = format!(", {}.", words.list(&rest));
    let (told, of) = today.told_first;
    if of > 0 {
        text.push(' ');
        text.push_str(
            &words
                .say("today-told", &[("told", arg(told)), ("of", arg(of)), ("said", words.capital(&words.spelled(told)).into())]),
        );
    }
    if today.open > 0 {
        text.push(' ');
        text.push_str(&words.say("today-open", &[("count", arg(today.open))]));
    }
    (first, text)
}

fn promise_section(words: &Words, title: &str, hint: &str, section: &Section<PromiseLine>, all: &str) -> Option<PromiseSection> {
    (section.total > 0).then(|| PromiseSection {
        title: words.t(title),
        total: words.count(section.total),
        hint: words.t(hint),
        rows: section.rows.iter().map(|line| promise_row(words, line)).collect(),
        more: more(words, section.total, section.rows.len(), all),
    })
}

fn message_section(words: &Words, title: &str, hint: &str, section: &Section<MessageLine>, all: &str) -> Option<MessageSection> {
    (section.total > 0).then(|| MessageSection {
        title: words.t(title),
        total: words.count(section.total),
        hint: words.t(hint),
        rows: section.rows.iter().map(|line| message_row(words, line, None)).collect(),
        more: more(words, section.total, section.rows.len(), all),
    })
}

fn more(words: &Words, total: u64, shown: usize, all: &str) -> Option<(String, String)> {
    (total > u64::try_from(shown).unwrap_or(u64::MAX)).then(|| (all.to_owned(), words.say("see-all", &[("count", arg(total))])))
}
