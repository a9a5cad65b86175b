//! Promises: the list with its filters, as a plain form.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use kept_domain::promise::PromiseState;
use kept_engine::views::{MOST_COUNTED, Page, PromiseFilter, PromiseLine};
use serde::Deserialize;

use crate::access::Agent;
use crate::api::shapes::Sight;
use crate::failure::Failure;
use crate::pages::frame::Frame;
use crate::pages::rows::{PromiseRow, promise_row};
use crate::pages::words::{Words, arg};
use crate::pages::{address, filled, page};
use crate::route::{Routes, Who};
use crate::sheet::{self, Dialect};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "promises/list.html")]
pub struct PromisesPage {
    /// Frame.
    pub frame: Frame,
    /// How many, said.
    pub intro: String,
    /// Choices of state.
    pub states: Vec<Choice>,
    /// Choices of kind.
    pub kinds: Vec<Choice>,
    /// Choices of owner.
    pub owners: Vec<Choice>,
    /// Choices of due.
    pub dues: Vec<Choice>,
    /// An order or tracking number.
    pub search: String,
    /// The figure whose promises are shown, and fields that keep it.
    pub figure: Option<String>,
    /// Fields that stay as they are.
    pub kept_fields: Vec<(String, String)>,
    /// Rows.
    pub rows: Vec<PromiseRow>,
    /// Address of the next page.
    pub next: Option<String>,
    /// Address of the first page, when this is not it.
    pub first: Option<String>,
    /// Address of all of it as a file.
    pub csv: String,
}

/// A choice in a select.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Value.
    pub value: String,
    /// Word.
    pub label: String,
    /// Chosen now.
    pub chosen: bool,
}

/// What the form asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct PromisesAsked {
    /// A state's word, or `disputed`.
    pub state: Option<String>,
    /// `yes`: only those still owed.
    pub open: Option<String>,
    /// Kind.
    pub kind: Option<String>,
    /// Owner.
    pub owner: Option<String>,
    /// Who gave the word.
    pub giver: Option<String>,
    /// Due within: `1`, `7`, `30` days.
    pub due: Option<String>,
    /// A number.
    pub search: Option<String>,
    /// A figure's word.
    pub figure: Option<String>,
    /// First due from, epoch milliseconds.
    pub from: Option<String>,
    /// First due before, epoch milliseconds.
    pub before: Option<String>,
    /// Start after.
    pub after: Option<String>,
}

/// The kinds a list can be narrowed to; others are found by their order.
pub const KINDS: [&str; 10] = [
    "delivery",
    "refund",
    "reply",
    "call_back",
    "repair",
    "supply",
    "restock",
    "outage_fix",
    "special_request",
    "statutory_deadline",
];

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/promises", Who::Agent, show).get("/promises.csv", Who::Agent, download)
}

/// A select's choices from words and labels, with one that means all.
pub fn choices(all: String, values: impl IntoIterator<Item = (String, String)>, chosen: Option<&str>) -> Vec<Choice> {
    let mut out = vec![Choice { value: String::new(), label: all, chosen: chosen.is_none() }];
    out.extend(values.into_iter().map(|(value, label)| Choice { chosen: chosen == Some(value.as_str()), value, label }));
    out
}

/// The page of a list.
pub fn view(frame: Frame, asked: &PromisesAsked, owners: &[String], found: &Page<PromiseLine>) -> PromisesPage {
    let w = frame.w.clone();
    let state = if asked.open.is_some() { Some("still_owed") } else { filled(asked.state.as_ref()) };
    let by_due = filter(asked, w.now).is_by_due();
    let mut states: Vec<(String, String)> = vec![("still_owed".to_owned(), w.t("filter-still-owed"))];
    states.extend(PromiseState::ALL.into_iter().map(|state| (state.word().to_owned(), w.word("state", state.word()))));
    states.push(("disputed".to_owned(), w.t("state-disputed")));
    let kinds = KINDS.iter().map(|kind| ((*kind).to_owned(), w.word("kind", kind)));
    let dues = [("1", "filter-due-1"), ("7", "filter-due-7"), ("30", "filter-due-30")];
    let kept_fields: Vec<(String, String)> =
        [("figure", &asked.figure), ("from", &asked.from), ("before", &asked.before), ("giver", &asked.giver)]
            .into_iter()
            .filter_map(|(name, value)| filled(value.as_ref()).map(|value| (name.to_owned(), value.to_owned())))
            .collect();
    PromisesPage {
        intro: match (found.total == MOST_COUNTED + 1, by_due) {
            (true, true) => w.say("promises-intro-many", &[("count", arg(MOST_COUNTED))]),
            (true, false) => w.say("promises-intro-newest-many", &[("count", arg(MOST_COUNTED))]),
            (false, true) => w.say("promises-intro", &[("count", arg(found.total))]),
            (false, false) => w.say("promises-intro-newest", &[("count", arg(found.total))]),
        },
        states: choices(w.t("filter-any-state"), states, state),
        kinds: choices(w.t("filter-any-kind"), kinds, filled(asked.kind.as_ref())),
        owners: choices(
            w.t("filter-any-owner"),
            owners.iter().map(|owner| (owner.clone(), w.word("owner", owner))),
            filled(asked.owner.as_ref()),
        ),
        dues: choices(w.t("filter-any-due"), dues.map(|(value, key)| (value.to_owned(), w.t(key))), filled(asked.due.as_ref())),
        search: asked.search.clone().unwrap_or_default(),
        figure: figure_words(&w, asked),
        kept_fields,
        rows: found.rows.iter().map(|line| promise_row(&w, line)).collect(),
        next: found.next.as_deref().map(|next| here("/promises", asked, next)),
        first: filled(asked.after.as_ref()).map(|_| here("/promises", asked, "")),
        csv: here("/promises.csv", asked, ""),
        frame: frame.titled(w.t("nav-promises")).live(),
    }
}

async fn show(State(app): State<App>, Agent(session): Agent, Query(asked): Query<PromisesAsked>) -> Result<Response, Failure> {
    let wanted = asked.clone();
    let (frame, _, (owners, found)) = Frame::with(&app, &session, "/promises", move |engine| {
        let filter = filter(&wanted, engine.now());
        Ok((engine.owners()?, engine.promises(&filter)?))
    })
    .await?;
    page(&view(frame, &asked, &owners, &found))
}

/// The whole list as it is filtered, whichever page of it was seen.
async fn download(
    State(app): State<App>,
    Agent(session): Agent,
    Query(asked): Query<PromisesAsked>,
) -> Result<Response, Failure> {
    let filter = filter(&asked, app.engine.now());
    sheet::promises(filter, Sight::Personal).answer(&app, Dialect::spreadsheet(session.language())).await
}

fn filter(asked: &PromisesAsked, now: i64) -> PromiseFilter {
    let word = |value: &Option<String>| filled(value.as_ref()).map(str::to_owned);
    let number = |value: &Option<String>| filled(value.as_ref()).and_then(|value| value.parse::<i64>().ok());
    let state = filled(asked.state.as_ref());
    PromiseFilter {
        state: state.and_then(PromiseState::from_word),
        open_only: asked.open.is_some() || state == Some("still_owed") || asked.due.as_ref().is_some_and(|due| !due.is_empty()),
        disputed: state == Some("disputed"),
        kind: word(&asked.kind),
        owner: word(&asked.owner),
        giver: word(&asked.giver),
        due_before: number(&asked.due).filter(|days| (1..=3650).contains(days)).map(|days| now + days * 86_400_000),
        first_due_from: number(&asked.from),
        first_due_before: number(&asked.before),
        figure: word(&asked.figure),
        search: word(&asked.search),
        after: word(&asked.after),
        limit: None,
    }
}

fn here(path: &str, asked: &PromisesAsked, after: &str) -> String {
    let word = |value: &Option<String>| value.clone().unwrap_or_default();
    address(
        path,
        &[
            ("state", &word(&asked.state)),
            ("open", &word(&asked.open)),
            ("kind", &word(&asked.kind)),
            ("owner", &word(&asked.owner)),
            ("giver", &word(&asked.giver)),
            ("due", &word(&asked.due)),
            ("search", &word(&asked.search)),
            ("figure", &word(&asked.figure)),
            ("from", &word(&asked.from)),
            ("before", &word(&asked.before)),
            ("after", after),
        ],
    )
}

/// Which figure, over which days.
fn figure_words(w: &Words, asked: &PromisesAsked) -> Option<String> {
    let figure = filled(asked.figure.as_ref()).map(|figure| w.word("figure", figure))?;
    let day = |value: &Option<String>, back: i64| {
        filled(value.as_ref())
            .and_then(|value| value.parse::<i64>().ok())
            .map(|at| w.date(w.day_of(at - back)))
            .unwrap_or_default()
    };
    Some(w.say(
        "promises-of-figure",
        &[("figure", figure.into()), ("from", day(&asked.from, 0).into()), ("to", day(&asked.before, 1).into())],
    ))
}
