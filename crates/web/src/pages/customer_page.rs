//! The customer's own page: each promise in a sentence, how it stands, what happened, what comes next, and real choices.
//!
//! The secret in the address is all the authority there is, so the page shows a name and no more, and an answer may only be about a promise
//! that stands on it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Redirect, Response};
use kept_base::{Language, PromiseId};
use kept_domain::errand::{ErrandKind, ErrandState};
use kept_domain::input::Answer;
use kept_domain::promise::PromiseState;
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_engine::views::{Choice, CustomerPage, PromiseFile};
use serde::Deserialize;

use crate::access::CustomerLink;
use crate::ask::{ask, record_answer};
use crate::drawing::{LineSize, Markup, promise_line, state_mark, tone};
use crate::failure::Failure;
use crate::form::FromHere;
use crate::pages::address::{self, AddressForm};
use crate::pages::frame::FileAddresses;
use crate::pages::words::Words;
use crate::pages::{filled, page, sentence};
use crate::route::{Routes, Who};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "customer_page/page.html")]
pub struct CustomersOwnPage {
    /// How to say things to the customer.
    pub w: Words,
    /// The shop's name.
    pub shop: String,
    /// Good day, with the name where it is known.
    pub greeting: String,
    /// Where answers go.
    pub action: String,
    /// The page in the other language: address, tag, name.
    pub other: (String, &'static str, String),
    /// The language chosen on this page, to keep it.
    pub language: &'static str,
    /// What was answered just now, confirmed.
    pub notice: Option<String>,
    /// Promises.
    pub cards: Vec<Card>,
    /// Promises still owed, offered to "something else was promised".
    pub owed: Vec<(String, String)>,
    /// Files.
    pub files: FileAddresses,
}

/// One promise.
#[derive(Clone, Debug)]
pub struct Card {
    /// Id as shown; also the anchor.
    pub id: String,
    /// How it stands.
    pub mark: Markup,
    /// The promise in a sentence.
    pub sentence: String,
    /// What we think now, and what happened last.
    pub news: Vec<String>,
    /// Line.
    pub line: Markup,
    /// Line for a phone.
    pub line_small: Markup,
    /// What happened, oldest last: when and what.
    pub steps: Vec<(String, String)>,
    /// When we write next.
    pub next: Option<String>,
    /// Plain choices: word for the form, and label.
    pub choices: Vec<(&'static str, String)>,
    /// Another day may be wished: what opens its form.
    pub another_day: Option<String>,
    /// Forms for another address, and for a pick-up point.
    pub addresses: Vec<AddressForm>,
    /// First day that may be wished.
    pub tomorrow: String,
    /// The choice that a link in a message named, to be confirmed here: a link alone never acts, since machines follow links too.
    pub confirm: Option<(&'static str, String)>,
    /// A link named another day: its form stands open.
    pub wishes_day: bool,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/p/{secret}", Who::CustomerLink, show).post("/p/{secret}/answer", Who::CustomerLink, answer)
}

/// The page of a customer; `again`: a form that was sent to it, and what is wrong with it.
pub fn view(
    words: Words,
    shop: String,
    secret: &str,
    page: &CustomerPage,
    asked: &Asked,
    again: Option<&address::Again>,
) -> CustomersOwnPage {
    let chosen = asked.language();
    let w = words.in_zone(&page.customer.zone);
    let name = page.person.details.as_ref().and_then(|details| details.name.clone());
    let other = match w.language {
        Language::French => Language::English,
        Language::English => Language::French,
    };
    let notice_key =
        asked.said.as_deref().map(|said| format!("thanks-{}", said.replace('_', "-"))).filter(|key| w.texts.has(w.language, key));
    CustomersOwnPage {
        shop,
        greeting: match name {
            Some(name) => w.say("own-greeting", &[("name", name.into())]),
            None => w.t("own-greeting-unnamed"),
        },
        action: format!("/p/{secret}/answer"),
        other: (format!("/p/{secret}?lang={}", other.tag()), other.tag(), w.word("language-own", other.tag())),
        language: chosen.map_or("", Language::tag),
        notice: notice_key.map(|key| w.t(&key)),
        cards: page
            .promises
            .iter()
            .map(|file| Card {
                addresses: address::own_forms(&w, file, &format!("/p/{secret}/address"), asked.choice.as_deref(), again),
                ..card(&w, file, asked.choice.as_deref())
            })
            .collect(),
        owed: page
            .promises
            .iter()
            .map(|file| {
                (
                    file.line.promise.id.to_string(),
                    sentence::to_customer(&w, &file.line.promise, file.line.order_number.as_deref()),
                )
            })
            .collect(),
        files: FileAddresses::embedded(),
        w,
    }
}

/// What the address of the page asks for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// Language chosen on the page.
    pub lang: Option<String>,
    /// What was answered just now.
    pub said: Option<String>,
    /// The choice a message's link named.
    pub choice: Option<String>,
}

impl Asked {
    fn language(&self) -> Option<Language> {
        filled(self.lang.as_ref()).and_then(Language::from_tag)
    }
}

async fn show(State(app): State<App>, link: CustomerLink, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    read(&app, &link, &asked, None).await
}

/// The page with a form that was sent to it.
pub(crate) async fn again(app: &App, link: &CustomerLink, asked: &Asked, again: address::Again) -> Result<Response, Failure> {
    read(app, link, asked, Some(&again)).await
}

async fn read(app: &App, link: &CustomerLink, asked: &Asked, again: Option<&address::Again>) -> Result<Response, Failure> {
    let (now, shop, zone) = ask(&app.engine, |engine| Ok((engine.now(), engine.shop(), engine.zone()))).await?;
    let language = asked.language().unwrap_or(link.page.customer.language);
    let words = Words::new(app.texts.clone(), language, &zone, now);
    page(&view(words, shop, &link.secret, &link.page, asked, again))
}

#[derive(Debug, Deserialize)]
struct Said {
    promise: String,
    says: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    lang: String,
}

/// No letter of a customer is longer; more is cut, since a page is no place for a book.
const LONGEST_TEXT: usize = 4000;

async fn answer(State(app): State<App>, link: CustomerLink, FromHere(form): FromHere<Said>) -> Result<Redirect, Failure> {
    let promise: PromiseId = form.promise.parse().map_err(|_| Failure::form_unreadable())?;
    if !link.page.promises.iter().any(|file| file.line.promise.id == promise) {
        return Err(Failure::not_found());
    }
    let answer = match form.says.as_str() {
        "arrived" => Answer::Arrived,
        "not_arrived" => Answer::NotArrived,
        "attempt_contested" => Answer::AttemptContested,
        "wait" => Answer::Wait,
        "cancel" => Answer::Cancel,
        "reship" => Answer::Reship,
        "peace" => Answer::Peace,
        "another_day" => Answer::AnotherDay { day: form.day.parse().map_err(|_| Failure::form_unreadable())? },
        "told_otherwise" if !form.text.trim().is_empty() => {
            Answer::ToldOtherwise { text: form.text.trim().chars().take(LONGEST_TEXT).collect() }
        }
        _ => return Err(Failure::form_unreadable()),
    };
    // No carrier is asked for evidence about what no carrier brings.
    let delivery = link.page.promises.iter().any(|file| file.line.promise.id == promise && file.line.promise.kind == "delivery");
    let zone = link.page.customer.zone.clone();
    let recorded = ask(&app.engine, move |engine| record_answer(engine, &zone, "customer_page", promise, answer, None)).await?;
    let said = match form.says.as_str() {
        _ if !recorded.rejected.is_empty() => "not-taken",
        "not_arrived" if !delivery => "not-so",
        says => says,
    };
    let lang = Language::from_tag(&form.lang).map_or("", Language::tag);
    Ok(Redirect::to(&crate::pages::address(&format!("/p/{}", link.secret), &[("lang", lang), ("said", said)])))
}

/// Choices that ask for more than a press: each has a form of its own.
const ASK_MORE: [&str; 3] = ["another_day", "new_address", "pickup_point"];

fn card(w: &Words, file: &PromiseFile, named: Option<&str>) -> Card {
    let promise = &file.line.promise;
    let offered = file.offers.choices.iter();
    let label = |choice: &Choice| {
        let amount = choice.amount.map(|amount| ("amount", amount.format(w.language).into()));
        w.say(choice.label, amount.as_slice())
    };
    let choices: Vec<_> =
        offered.clone().filter(|choice| !ASK_MORE.contains(&choice.says)).map(|choice| (choice.says, label(choice))).collect();
    let another_day = offered.clone().find(|choice| choice.says == "another_day").map(label);
    let word = if promise.disputed.is_some() { "disputed" } else { promise.state.word() };
    Card {
        id: promise.id.to_string(),
        mark: state_mark(tone(promise), &w.word("customer-state", word)),
        sentence: sentence::to_customer(w, promise, file.line.order_number.as_deref()),
        news: news(w, file),
        line: promise_line(w, promise, LineSize::Wide),
        line_small: promise_line(w, promise, LineSize::Medium),
        steps: steps(w, file),
        next: next(w, file),
        confirm: choices.iter().find(|(says, _)| Some(*says) == named).cloned(),
        wishes_day: named == Some("another_day"),
        choices,
        another_day,
        addresses: Vec::new(),
        tomorrow: w.today().tomorrow().unwrap_or_else(|_| w.today()).to_string(),
    }
}

/// What we think now and what happened last, in sentences.
fn news(w: &Words, file: &PromiseFile) -> Vec<String> {
    let promise = &file.line.promise;
    let mut out = Vec::new();
    if promise.amended
        && let Some(due) = &promise.due
    {
        out.push(w.say("own-amended", &[("due", w.due(due).into())]));
    }
    if promise.state.is_open() {
        let due_day = promise.due.as_ref().map(|due| due.day.unwrap_or_else(|| due.at.to_zoned(w.zone.clone()).date()));
        if let Some(estimate) = &promise.estimate {
            let later = due_day.is_none_or(|due| estimate.day > due);
            out.push(match estimate.by_day.filter(|by| *by != estimate.day) {
                Some(by) => w.say("own-estimate-range", &[("day", w.date(estimate.day).into()), ("by", w.date(by).into())]),
                None => {
                    w.say(if later { "own-estimate" } else { "own-estimate-in-time" }, &[("day", w.date(estimate.day).into())])
                }
            });
        }
        for parcel in &file.line.parcels {
            let state = match parcel.open_exceptions().last() {
                Some(exception) => w.word("own-exception", exception.kind.word()),
                None => w.word("own-milestone", parcel.milestone.word()),
            };
            let since = parcel.last_scan().map(|scan| w.ago(scan.at)).unwrap_or_default();
            out.push(if since.is_empty() {
                state
            } else {
                w.say("own-parcel", &[("state", state.into()), ("since", since.into())])
            });
        }
        out.extend(not_in_stock(w, file));
        if promise.kind == "delivery" && file.line.parcels.is_empty() {
            out.push(w.t("own-no-parcel"));
        }
    } else if let Some(outcome) = &promise.outcome {
        out.push(
            w.say(&format!("own-ended-{}", promise.state.word().replace('_', "-")), &[("when", w.at_long(outcome.at).into())]),
        );
        if promise.kind == "delivery" && outcome.by == "carrier_claim" && promise.disputed.is_none() {
            out.push(w.t("own-carrier-claims"));
        }
        if outcome.by == "hand" && promise.disputed.is_none() {
            out.push(w.t("own-hand-claims"));
        }
    }
    if promise.disputed.is_some() {
        out.push(w.t("own-disputed"));
    }
    out.extend(errands(w, file));
    if let Some(choice) = promise.choice.as_ref().filter(|_| file.errands.is_empty()) {
        out.push(w.say("own-choice", &[("choice", w.word("choice", choice).into())]));
    }
    out
}

/// What is waited for, and until when, as far as the shop has said.
fn not_in_stock(w: &Words, file: &PromiseFile) -> Vec<String> {
    let Some(order) = file.order.as_ref().filter(|_| file.line.promise.kind == "delivery") else { return Vec::new() };
    let said = order.order.waits_for_stock().map(|(line, backorder)| {
        let title = order.title(line);
        match backorder.expected.filter(|by| *by > w.now) {
            // The moment ends the day.
            Some(by) => w.say("own-no-stock-until", &[("title", title.into()), ("day", w.date(w.day_of(by - 1)).into())]),
            None => w.say("own-no-stock", &[("title", title.into())]),
        }
    });
    said.collect()
}

/// What happened, from parcels: first scan of each milestone, newest first.
fn steps(w: &Words, file: &PromiseFile) -> Vec<(String, String)> {
    let promise = &file.line.promise;
    let mut found: Vec<(i64, String)> = vec![(promise.made_at, w.t("own-step-made"))];
    for parcel in &file.line.parcels {
        let mut seen: Vec<(Milestone, Option<ExceptionKind>)> = Vec::new();
        for scan in &parcel.scans {
            if scan.milestone == Milestone::Unknown || seen.contains(&(scan.milestone, scan.exception)) {
                continue;
            }
            seen.push((scan.milestone, scan.exception));
            let text = match scan.exception {
                Some(kind) => w.word("exception", kind.word()),
                None => w.word("milestone", scan.milestone.word()),
            };
            found.push((scan.at, text));
        }
    }
    found.extend(promise.told.iter().filter(|told| !told.bounced).map(|told| (told.at, w.t("own-step-told"))));
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    found.into_iter().map(|(at, text)| (w.at(at), text)).collect()
}

/// When we write next, or what we wait for.
fn next(w: &Words, file: &PromiseFile) -> Option<String> {
    let promise = &file.line.promise;
    if !promise.state.is_open() {
        return None;
    }
    if promise.peace {
        return Some(w.t("own-next-peace"));
    }
    match (promise.next_word_at, promise.review_at) {
        (Some(at), _) => Some(w.say("own-next-word", &[("when", w.at_long(at).into())])),
        (None, Some(at)) if promise.due.is_none() => Some(w.say("own-next-word", &[("when", w.at_long(at).into())])),
        _ if promise.state == PromiseState::Open => Some(w.t("own-next-if-late")),
        _ => Some(w.t("own-next-soon")),
    }
}

/// What became of what was asked of the shop, said to the customer: what they chose, and money that goes back to them.
fn errands(w: &Words, file: &PromiseFile) -> Vec<String> {
    let told = file.errands.iter().filter(|line| line.errand.kind != ErrandKind::Note);
    let mut said: Vec<String> = Vec::new();
    said.extend(told.filter_map(|line| {
        let how = match line.errand.state {
            ErrandState::Done => "done",
            ErrandState::Dropped => return None,
            // A playbook in shadow promises the customer nothing; what they chose themselves is being looked at.
            ErrandState::Shadow if line.errand.by != "customer" => return None,
            ErrandState::Queued | ErrandState::Retry | ErrandState::Unknown => "under-way",
            ErrandState::Shadow | ErrandState::Waiting | ErrandState::Refused => "looked-at",
        };
        Some(w.t(&format!("own-errand-{}-{how}", line.errand.kind.word().replace('_', "-"))))
    }));
    // An address that was changed twice is changed.
    said.dedup();
    said
}
