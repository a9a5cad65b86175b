//! Parcels: every one on its milestones, and each with what its carrier claims, word for word.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use kept_base::{Offset, ParcelId};
use kept_domain::parcel::{Exception, Parcel};
use kept_domain::vocabulary::{ExceptionKind, Milestone, OpenedBy};
use kept_engine::Engine;
use kept_engine::views::{MOST_COUNTED, Page, ParcelFile, ParcelFilter, ParcelLine, Standstill};
use serde::Deserialize;

use crate::access::Agent;
use crate::drawing::{Markup, milestone_strip, tone};
use crate::failure::Failure;
use crate::pages::frame::Frame;
use crate::pages::happened::{Entry, LedgerLine, ledger, timeline};
use crate::pages::promise::Fact;
use crate::pages::promises::{Choice, choices};
use crate::pages::rows::{PromiseRow, carrier, promise_row, promise_when};
use crate::pages::words::{Words, arg};
use crate::pages::{address, filled, page, sentence};
use crate::route::{Routes, Who};
use crate::sheet::{self, Dialect};
use crate::state::App;

/// The list.
#[derive(Debug, Template)]
#[template(path = "parcels/list.html")]
pub struct ParcelsPage {
    /// Frame.
    pub frame: Frame,
    /// How many, said.
    pub intro: String,
    /// Choices of milestone.
    pub milestones: Vec<Choice>,
    /// Choices of exception.
    pub exceptions: Vec<Choice>,
    /// Carrier asked for.
    pub carrier: String,
    /// Number asked for.
    pub search: String,
    /// Only under way.
    pub open_only: bool,
    /// Only still without an order.
    pub without_order: bool,
    /// Places at which many stand still.
    pub standing: Vec<StandstillRow>,
    /// The one place they are shown of.
    pub here_only: Option<String>,
    /// That place, as the form keeps it.
    pub place: String,
    /// Rows.
    pub rows: Vec<ParcelRow>,
    /// Next page.
    pub next: Option<String>,
    /// First page.
    pub first: Option<String>,
    /// Address of all of it as a file.
    pub csv: String,
}

/// Many parcels at one place.
#[derive(Clone, Debug)]
pub struct StandstillRow {
    /// Which they are.
    pub href: String,
    /// How many, whose, where.
    pub lead: String,
    /// Since when.
    pub sub: String,
}

/// A parcel in a list.
#[derive(Clone, Debug)]
pub struct ParcelRow {
    /// Its page.
    pub href: String,
    /// Carrier and number.
    pub lead: String,
    /// Order, and last news.
    pub sub: String,
    /// Milestones.
    pub strip: Markup,
    /// How far, or what is wrong.
    pub state: String,
    /// Tone of the state.
    pub tone: &'static str,
    /// When its promise is due.
    pub when: String,
    /// Tone of that.
    pub when_tone: &'static str,
}

/// One parcel.
#[derive(Debug, Template)]
#[template(path = "parcels/page.html")]
pub struct ParcelPage {
    /// Frame.
    pub frame: Frame,
    /// Carrier and number.
    pub title: String,
    /// How far, in a sentence.
    pub sentence: String,
    /// Milestones, wide.
    pub strip: Markup,
    /// Milestones, small.
    pub strip_small: Markup,
    /// Facts on the right.
    pub facts: Vec<Fact>,
    /// What is or was wrong.
    pub troubles: Vec<Trouble>,
    /// Its promise.
    pub promises: Vec<PromiseRow>,
    /// What happened.
    pub happened: Vec<Entry>,
    /// How many scans have a certain, guessed or unknown clock, in a sentence.
    pub clocks: String,
    /// Every fact.
    pub ledger: Vec<LedgerLine>,
    /// How many facts.
    pub ledger_count: String,
}

/// What is or was wrong with it.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What.
    pub what: String,
    /// Whose cause, as claimed by whom.
    pub cause: String,
    /// Since when, until when.
    pub when: String,
    /// The customer says that it is not so.
    pub contested: bool,
    /// Still so.
    pub open: bool,
}

/// What the form asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ParcelsAsked {
    /// A milestone's word.
    pub milestone: Option<String>,
    /// An exception's word, or `any`.
    pub exception: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
    /// Where those that stand still were scanned last, as a link of ours has it.
    pub place: Option<String>,
    /// `yes`: only those under way.
    pub open: Option<String>,
    /// `yes`: only those without an order.
    pub without_order: Option<String>,
    /// A number.
    pub search: Option<String>,
    /// Start after.
    pub after: Option<String>,
}

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new().get("/parcels", Who::Agent, list).get("/parcels.csv", Who::Agent, download).get(
        "/parcels/{id}",
        Who::Agent,
        show,
    )
}

/// The page of a list.
pub fn list_view(frame: Frame, standing: &[Standstill], asked: &ParcelsAsked, found: &Page<ParcelLine>) -> ParcelsPage {
    let w = frame.w.clone();
    let here_only = filled(asked.place.as_ref()).map(|place| {
        let known = standing.iter().find(|standing| standing.key.to_string() == place);
        known.map_or_else(|| w.t("standing-over"), |standing| standstill_row(&w, standing).lead)
    });
    let milestones =
        Milestone::ALL.into_iter().map(|milestone| (milestone.word().to_owned(), w.word("milestone", milestone.word())));
    let mut exceptions = vec![("any".to_owned(), w.t("filter-any-trouble"))];
    exceptions.extend(ExceptionKind::ALL.iter().map(|kind| (kind.word().to_owned(), w.word("exception", kind.word()))));
    ParcelsPage {
        intro: if found.total > MOST_COUNTED {
            w.say("parcels-intro-many", &[("count", arg(MOST_COUNTED))])
        } else {
            w.say("parcels-intro", &[("count", arg(found.total))])
        },
        milestones: choices(w.t("filter-any-milestone"), milestones, filled(asked.milestone.as_ref())),
        exceptions: choices(w.t("filter-no-matter"), exceptions, filled(asked.exception.as_ref())),
        carrier: asked.carrier.clone().unwrap_or_default(),
        search: asked.search.clone().unwrap_or_default(),
        open_only: asked.open.is_some(),
        without_order: asked.without_order.is_some(),
        standing: standing.iter().filter(|_| here_only.is_none()).map(|standing| standstill_row(&w, standing)).collect(),
        here_only,
        place: filled(asked.place.as_ref()).unwrap_or_default().to_owned(),
        rows: found
            .rows
            .iter()
            .map(|line| parcel_row(&w, &line.parcel, line.order_number.as_deref(), line.promise.as_ref()))
            .collect(),
        next: found.next.as_deref().map(|next| here("/parcels", asked, next)),
        first: filled(asked.after.as_ref()).map(|_| here("/parcels", asked, "")),
        csv: here("/parcels.csv", asked, ""),
        frame: frame.titled(w.t("nav-parcels")).live(),
    }
}

/// The page of a parcel.
pub fn view(frame: Frame, file: &ParcelFile) -> ParcelPage {
    let w = frame.w.clone();
    let parcel = &file.parcel;
    let title = format!("{} {}", carrier(&w, &parcel.carrier), parcel.tracking_number);
    let state = state_of(&w, parcel);
    let sentence = match parcel.last_scan() {
        Some(scan) => w.say("parcel-sentence", &[("state", state.into()), ("when", w.ago(scan.at).into())]),
        None => w.say("parcel-sentence-silent", &[("when", w.ago(parcel.first_seen).into())]),
    };
    ParcelPage {
        strip: milestone_strip(&w, parcel.milestone, tone_of(parcel), true),
        strip_small: milestone_strip(&w, parcel.milestone, tone_of(parcel), false),
        facts: facts(&w, file),
        troubles: parcel.exceptions.iter().rev().map(|exception| trouble(&w, exception)).collect(),
        promises: file.promise.iter().map(|line| promise_row(&w, line)).collect(),
        happened: timeline(&w, &file.facts, &[]),
        clocks: clocks(&w, file),
        ledger: ledger(&w, &file.facts),
        ledger_count: w.count(u64::try_from(file.facts.len()).unwrap_or(u64::MAX)),
        frame: frame.titled(title.clone()).live(),
        title,
        sentence,
    }
}

/// The row of a place at which many stand still.
pub fn standstill_row(w: &Words, standing: &Standstill) -> StandstillRow {
    let carrier_name = carrier(w, &standing.carrier);
    StandstillRow {
        href: address("/parcels", &[("carrier", &standing.carrier), ("place", &standing.key.to_string())]),
        lead: w.say(
            "standing",
            &[("count", arg(standing.parcels)), ("carrier", carrier_name.into()), ("place", arg(standing.place.as_str()))],
        ),
        sub: w.say("standing-since", &[("when", w.ago(standing.since).into())]),
    }
}

/// The row of a parcel.
pub fn parcel_row(w: &Words, parcel: &Parcel, order: Option<&str>, promise: Option<&kept_domain::promise::Promise>) -> ParcelRow {
    let mut sub: Vec<String> = vec![match order {
        Some(number) => w.say("order-number", &[("number", arg(number))]),
        None => w.t("parcel-without-order"),
    }];
    sub.push(match parcel.last_scan() {
        Some(scan) => w.say("last-news", &[("when", w.ago(scan.at).into())]),
        None => w.t("no-news-yet"),
    });
    ParcelRow {
        href: format!("/parcels/{}", parcel.id),
        lead: format!("{} {}", carrier(w, &parcel.carrier), parcel.tracking_number),
        sub: sub.join(" · "),
        strip: milestone_strip(w, parcel.milestone, tone_of(parcel), false),
        state: state_of(w, parcel),
        tone: tone_of(parcel),
        when: promise.map(|promise| promise_when(w, promise)).unwrap_or_default(),
        when_tone: promise.map(tone).unwrap_or_default(),
    }
}

async fn list(State(app): State<App>, Agent(session): Agent, Query(asked): Query<ParcelsAsked>) -> Result<Response, Failure> {
    let filter = filter(&asked);
    let read = move |engine: &Engine| Ok((engine.standing()?, engine.parcels(&filter)?));
    let (frame, _, (standing, found)) = Frame::with(&app, &session, "/parcels", read).await?;
    page(&list_view(frame, &standing, &asked, &found))
}

async fn show(State(app): State<App>, Agent(session): Agent, Path(id): Path<String>) -> Result<Response, Failure> {
    let id: ParcelId = id.parse().map_err(|_| Failure::not_found())?;
    let (frame, _, file) = Frame::with(&app, &session, "/parcels", move |engine| engine.parcel(id)).await?;
    page(&view(frame, &file.ok_or_else(Failure::not_found)?))
}

/// The whole list as it is filtered, whichever page of it was seen.
async fn download(State(app): State<App>, Agent(session): Agent, Query(asked): Query<ParcelsAsked>) -> Result<Response, Failure> {
    sheet::parcels(filter(&asked)).answer(&app, Dialect::spreadsheet(session.language())).await
}

fn filter(asked: &ParcelsAsked) -> ParcelFilter {
    let exception = filled(asked.exception.as_ref());
    ParcelFilter {
        milestone: filled(asked.milestone.as_ref()).and_then(Milestone::from_word),
        exception: exception.and_then(ExceptionKind::from_word),
        in_trouble: exception == Some("any"),
        carrier: filled(asked.carrier.as_ref()).map(str::to_owned),
        standing_at: filled(asked.place.as_ref()).and_then(|place| place.parse().ok()),
        without_order: asked.without_order.is_some(),
        open_only: asked.open.is_some(),
        search: filled(asked.search.as_ref()).map(str::to_owned),
        after: filled(asked.after.as_ref()).map(str::to_owned),
        limit: None,
    }
}

fn here(path: &str, asked: &ParcelsAsked, after: &str) -> String {
    let word = |value: &Option<String>| value.clone().unwrap_or_default();
    address(
        path,
        &[
            ("milestone", &word(&asked.milestone)),
            ("exception", &word(&asked.exception)),
            ("carrier", &word(&asked.carrier)),
            ("place", &word(&asked.place)),
            ("open", &word(&asked.open)),
            ("without_order", &word(&asked.without_order)),
            ("search", &word(&asked.search)),
            ("after", after),
        ],
    )
}

fn state_of(w: &Words, parcel: &Parcel) -> String {
    match parcel.open_exceptions().last() {
        Some(exception) => w.word("exception", exception.kind.word()),
        None => w.word("milestone", parcel.milestone.word()),
    }
}

fn tone_of(parcel: &Parcel) -> &'static str {
    let worst = parcel.open_exceptions().map(|exception| exception.kind).find(|kind| {
        matches!(
            kind,
            ExceptionKind::Lost
                | ExceptionKind::Destroyed
                | ExceptionKind::Damaged
                | ExceptionKind::DeliveredDisputed
                | ExceptionKind::ReturnedToSender
        )
    });
    match (worst, parcel.open_exceptions().next(), parcel.milestone) {
        (Some(_), _, _) => "late",
        (None, Some(_), _) => "risk",
        (None, None, Milestone::Delivered) => "kept",
        _ => "",
    }
}

fn trouble(w: &Words, exception: &Exception) -> Trouble {
    let opened_by = match exception.opened_by {
        OpenedBy::CarrierEvent => "carrier_event",
        OpenedBy::Silence => "silence",
        OpenedBy::Promise => "promise",
        OpenedBy::Customer => "customer",
    };
    let cause = exception.cause.word();
    let when = match exception.resolved_at {
        Some(until) => w.say("trouble-from-to", &[("from", w.at(exception.opened_at).into()), ("to", w.at(until).into())]),
        None => w.say("trouble-since", &[("from", w.at(exception.opened_at).into())]),
    };
    Trouble {
        what: w.word("exception", exception.kind.word()),
        cause: w.say(
            "trouble-cause",
            &[("cause", w.word("cause", cause).into()), ("opened", w.word("opened-by", opened_by).to_lowercase().into())],
        ),
        when,
        contested: exception.contested,
        open: exception.resolved_at.is_none(),
    }
}

fn facts(w: &Words, file: &ParcelFile) -> Vec<Fact> {
    let parcel = &file.parcel;
    let mut out = Vec::new();
    let mut add = |key: &str, value: String, href: String| out.push(Fact { name: w.t(key), value, href });
    add("fact3-carrier", carrier(w, &parcel.carrier), format!("/parcels?carrier={}", parcel.carrier));
    if let Some(order) = &file.order {
        add("fact3-order", order.order.number.clone(), format!("/orders/{}", order.order.id));
        if let Some(person) = &order.person {
            add(
                "fact3-to",
                sentence::name(Some(person)).unwrap_or_else(|| w.t("somebody-erased")),
                format!("/customers/{}", person.id),
            );
        }
    } else {
        add("fact3-order", w.t("parcel-without-order"), String::new());
    }
    if let Some((day, said_at)) = parcel.carrier_estimate {
        add(
            "fact3-carrier-day",
            w.say("carrier-day-said", &[("day", w.date_short(day).into()), ("when", w.at(said_at).into())]),
            String::new(),
        );
    }
    add("fact3-scans", w.count(u64::try_from(parcel.scans.len()).unwrap_or(0)), String::new());
    add("fact3-first-seen", w.at(parcel.first_seen), String::new());
    out
}

/// A claimed time is worth what is known of its clock: say it.
fn clocks(w: &Words, file: &ParcelFile) -> String {
    let offsets: Vec<Offset> = file
        .facts
        .iter()
        .filter(|fact| fact.kind == "parcel.scanned")
        .filter_map(|fact| fact.happened.map(|moment| moment.offset))
        .collect();
    let count = |wanted: fn(&Offset) -> bool| offsets.iter().filter(|offset| wanted(offset)).count();
    if offsets.is_empty() {
        return String::new();
    }
    w.say(
        "clocks-said",
        &[
            ("known", arg(count(|offset| matches!(offset, Offset::Known(_))))),
            ("guessed", arg(count(|offset| matches!(offset, Offset::Guessed(_))))),
            ("unknown", arg(count(|offset| matches!(offset, Offset::Unknown)))),
        ],
    )
}
