//! A promise: its sentence, its line, its words, what happened, and what may be done about it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use kept_base::PromiseId;
use kept_domain::input::Answer;
use kept_domain::promise::{ItemKind, ItemState, Promise, PromiseState, SignalKind, SignalMark, Word};
use kept_engine::Outlook;
use kept_engine::views::PromiseFile;
use serde::Deserialize;

use crate::access::{Agent, Session, Supervisor};
use crate::ask::{ask, record_answer};
use crate::drawing::{LineSize, Markup, promise_line, state_mark};
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::address::{self, AddressForm};
use crate::pages::contact::{self, ContactForm};
use crate::pages::deed::{self, DeedForm};
use crate::pages::errands::{self, Errands};
use crate::pages::foresight;
use crate::pages::frame::Frame;
use crate::pages::happened::{Entry, LedgerLine, LetterView, ledger, letter_view, reason_words, timeline};
use crate::pages::rows::{carrier, parcel_words, promise_mark};
use crate::pages::words::{Words, arg};
use crate::pages::{done, page, sentence};
use crate::route::{Routes, Who};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "promises/page.html")]
pub struct PromisePage {
    /// Frame.
    pub frame: Frame,
    /// Id as shown.
    pub id: String,
    /// Kind, said.
    pub kind: String,
    /// State.
    pub mark: Markup,
    /// The big sentence.
    pub sentence: String,
    /// Line for a wide page.
    pub line: Markup,
    /// Line for a phone.
    pub line_small: Markup,
    /// A doubt or a dispute to say beside the state.
    pub remarks: Vec<String>,
    /// Facts on the right.
    pub facts: Vec<Fact>,
    /// The message that waits.
    pub waiting: Option<LetterView>,
    /// Words given.
    pub words: Vec<WordRow>,
    /// What happened.
    pub happened: Vec<Entry>,
    /// Messages about it.
    pub letters: Vec<LetterView>,
    /// What is believed now, and what it was learned from.
    pub outlook: Vec<String>,
    /// Where the estimate comes from.
    pub estimate: Vec<String>,
    /// Parts.
    pub items: Vec<ItemRow>,
    /// Other promises of the order.
    pub related: Vec<(String, String, Markup)>,
    /// Every fact.
    pub ledger: Vec<LedgerLine>,
    /// How many facts.
    pub ledger_count: String,
    /// Owners in use.
    pub owners: Vec<String>,
    /// Who answers now.
    pub owner: String,
    /// Still owed.
    pub open: bool,
    /// Disputed and not settled.
    pub disputed: bool,
    /// Today's date, for the choice of a day.
    pub today: String,
    /// The customer got in touch.
    pub contact: ContactForm,
    /// Done by hand, where nothing else closes it.
    pub deed: Option<DeedForm>,
    /// What is to be done in the shop.
    pub errands: Errands,
    /// The customer wants it elsewhere.
    pub addresses: Vec<AddressForm>,
}

/// What the page shows beside the promise itself.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// What is believed now.
    pub outlook: Option<Outlook>,
    /// Owners in use.
    pub owners: Vec<String>,
    /// A person may say that it is done.
    pub by_hand: bool,
}

/// Forms of the page that were sent and are shown again, with what was wrong: nothing that was written is lost.
#[derive(Clone, Debug, Default)]
pub struct Again {
    /// A contact.
    pub contact: Option<(contact::Entered, contact::Wrong)>,
    /// A deed.
    pub deed: Option<(deed::Entered, String)>,
    /// Something for the shop.
    pub errand: Option<(errands::Entered, String)>,
    /// Another address.
    pub address: Option<address::Again>,
}

/// A fact beside the sentence.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What.
    pub name: String,
    /// Value.
    pub value: String,
    /// Where it leads; empty when nowhere.
    pub href: String,
}

/// A word given.
#[derive(Clone, Debug)]
pub struct WordRow {
    /// Who.
    pub giver: String,
    /// What was said.
    pub said: String,
    /// Due.
    pub due: String,
    /// Whether it governs.
    pub standing: String,
    /// It governs.
    pub governs: bool,
}

/// A part.
#[derive(Clone, Debug)]
pub struct ItemRow {
    /// What.
    pub title: String,
    /// How it stands.
    pub state: Markup,
    /// When, and why.
    pub note: String,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new()
        .get("/promises/{id}", Who::Agent, show)
        .post("/promises/{id}/owner", Who::Agent, assign)
        .post("/promises/{id}/amendment", Who::Agent, amend)
        .post("/promises/{id}/withdrawal", Who::Supervisor, withdraw)
        .post("/promises/{id}/settlement", Who::Supervisor, settle)
}

/// The page of a promise.
pub fn view(frame: Frame, file: &PromiseFile, beside: Beside, again: Again) -> PromisePage {
    let w = frame.w.clone();
    let promise = &file.line.promise;
    let Beside { outlook, owners, by_hand } = beside;
    let path = format!("/promises/{}", promise.id);
    // What was refused is shown again even where nothing more can be noted.
    let offers_deed = again.deed.is_some() || (by_hand && promise.state.is_open());
    let waiting = file.line.waiting.and_then(|id| file.messages.iter().find(|message| message.line.message.id == id));
    let sentence = sentence::full(&w, &file.line);
    PromisePage {
        id: promise.id.to_string(),
        kind: w.word("kind", &promise.kind),
        mark: promise_mark(&w, promise),
        line: promise_line(&w, promise, LineSize::Wide),
        line_small: promise_line(&w, promise, LineSize::Medium),
        remarks: remarks(&w, promise),
        facts: facts(&w, file),
        waiting: waiting.map(|file| letter_view(&w, file)),
        words: promise
            .words
            .iter()
            .zip(file.sentences.iter().map(Option::as_deref).chain(std::iter::repeat(None)))
            .map(|(word, said)| word_row(&w, promise, word, said))
            .collect(),
        happened: without_letter(timeline(&w, &file.facts, &file.messages), file.line.waiting),
        letters: file.messages.iter().rev().map(|file| letter_view(&w, file)).collect(),
        outlook: foresight::outlook(&w, outlook.as_ref()),
        estimate: estimate(&w, promise),
        items: items(&w, file),
        related: file.related.iter().map(|other| related(&w, other, file)).collect(),
        ledger: ledger(&w, &file.facts),
        ledger_count: w.count(u64::try_from(file.facts.len()).unwrap_or(u64::MAX)),
        owners,
        owner: promise.owner.clone(),
        open: promise.state.is_open(),
        disputed: promise.disputed.is_some(),
        today: w.today().to_string(),
        contact: ContactForm::new(&w, &path, "contact-counts-promise", again.contact),
        errands: Errands::new(&w, file, again.errand),
        addresses: address::team_forms(&w, file, again.address.as_ref()),
        deed: offers_deed.then(|| DeedForm::new(&w, promise, &frame.user, again.deed)),
        frame: frame.titled(sentence.clone()).live(),
        sentence,
    }
}

#[derive(Debug, Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (frame, file, beside) = read(&app, &session, parse(&id)?).await?;
    page(&view(frame.noticed(asked.done.as_deref()), &file, beside, Again::default()))
}

/// The page with forms that were sent to it. It does not fetch itself anew: its address is not the page's.
pub(crate) async fn again(app: &App, session: &Session, id: PromiseId, again: Again) -> Result<Response, Failure> {
    let (frame, file, beside) = read(app, session, id).await?;
    let mut view = view(frame, &file, beside, again);
    view.frame.live = false;
    page(&view)
}

async fn read(app: &App, session: &Session, id: PromiseId) -> Result<(Frame, PromiseFile, Beside), Failure> {
    let (frame, _, found) = Frame::with(app, session, "/promises", move |engine| {
        let Some(file) = engine.promise(id)? else { return Ok(None) };
        let by_hand = engine.closes_by_hand(&file.line.promise.kind);
        Ok(Some((Beside { outlook: engine.outlook(&file), owners: engine.owners()?, by_hand }, file)))
    })
    .await?;
    let (beside, file) = found.ok_or_else(Failure::not_found)?;
    Ok((frame, file, beside))
}

#[derive(Debug, Deserialize)]
struct Assignment {
    owner: String,
}

async fn assign(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Checked(form): Checked<Assignment>,
) -> Result<Redirect, Failure> {
    let promise = parse(&id)?;
    ask(&app.engine, move |engine| engine.assign_promise(promise, form.owner.trim(), &session.user.name)).await?;
    Ok(done(&format!("/promises/{promise}"), "assigned"))
}

#[derive(Debug, Deserialize)]
struct Amendment {
    day: String,
}

/// The customer's wish, told to a person and noted by them.
async fn amend(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Checked(form): Checked<Amendment>,
) -> Result<Redirect, Failure> {
    let promise = parse(&id)?;
    let day = form.day.parse().map_err(|_| Failure::form_unreadable())?;
    let by = session.user.name;
    let recorded = ask(&app.engine, move |engine| {
        record_answer(engine, &engine.zone(), "agent", promise, Answer::AnotherDay { day }, Some(by))
    })
    .await?;
    Ok(done(&format!("/promises/{promise}"), if recorded.rejected.is_empty() { "amended" } else { "not-taken" }))
}

#[derive(Debug, Deserialize)]
struct Withdrawal {
    cause: String,
}

async fn withdraw(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Path(id): Path<String>,
    Checked(form): Checked<Withdrawal>,
) -> Result<Redirect, Failure> {
    let promise = parse(&id)?;
    ask(&app.engine, move |engine| engine.withdraw_promise(promise, form.cause.trim(), &session.user.name)).await?;
    Ok(done(&format!("/promises/{promise}"), "withdrawn"))
}

#[derive(Debug, Deserialize)]
struct Settlement {
    state: String,
}

async fn settle(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Path(id): Path<String>,
    Checked(form): Checked<Settlement>,
) -> Result<Redirect, Failure> {
    let promise = parse(&id)?;
    let state = PromiseState::from_word(&form.state).ok_or_else(Failure::form_unreadable)?;
    ask(&app.engine, move |engine| engine.settle_dispute(promise, state, &session.user.name)).await?;
    Ok(done(&format!("/promises/{promise}"), "settled"))
}

/// The message that waits is read at the top of the page; once is enough.
fn without_letter(mut happened: Vec<Entry>, waiting: Option<kept_base::MessageId>) -> Vec<Entry> {
    let waiting = waiting.map(|id| id.to_string());
    for entry in &mut happened {
        entry.letter.take_if(|letter| Some(&letter.id) == waiting.as_ref());
    }
    happened
}

fn parse(id: &str) -> Result<PromiseId, Failure> {
    id.parse().map_err(|_| Failure::not_found())
}

fn remarks(w: &Words, promise: &Promise) -> Vec<String> {
    let mut out = Vec::new();
    if promise.amended {
        out.push(w.t("remark-amended"));
    }
    if let Some(outcome) = &promise.outcome {
        if !outcome.certain {
            out.push(w.t("remark-uncertain"));
        }
        out.push(match promise.deed.as_ref().filter(|_| outcome.by == "hand") {
            Some(deed) if deed.own => w.say("judged-by-own-hand", &[("name", arg(deed.by.as_str()))]),
            Some(deed) => w.say("judged-by-hand", &[("name", arg(deed.by.as_str()))]),
            None => w.say("judged-by", &[("name", w.word("judge", &outcome.by).into())]),
        });
        if let Some(cause) = &outcome.cause {
            out.push(w.word("why", cause));
        }
        if outcome.by_first_due != outcome.state {
            out.push(w.say("remark-first-due", &[("state", w.word("state", outcome.by_first_due.word()).to_lowercase().into())]));
        }
    }
    // What was chosen, and what the shop did about it, stands beside: it says nothing of how the promise is.
    let of_the_promise = |signal: &&SignalMark| {
        !matches!(
            signal.kind,
            SignalKind::Chosen
                | SignalKind::RefundOwed
                | SignalKind::Refunded
                | SignalKind::ErrandDone
                | SignalKind::ErrandRefused
        )
    };
    if let Some(signal) = promise.signals.iter().rfind(of_the_promise).filter(|_| promise.state.is_open()) {
        out.push(match signal.foreseen {
            Some(foreseen) => w.say(
                "reason-foreseen-said",
                &[
                    ("percent", w.percent(f64::from(foreseen.permille) / 1000.0).into()),
                    ("threshold", w.percent(f64::from(foreseen.threshold) / 1000.0).into()),
                ],
            ),
            None => reason_words(w, &signal.reason),
        });
    }
    if let Some(first) = out.first_mut() {
        *first = w.capital(first);
    }
    out
}

fn facts(w: &Words, file: &PromiseFile) -> Vec<Fact> {
    let promise = &file.line.promise;
    let mut out = Vec::new();
    let mut add = |key: &str, value: String, href: String| out.push(Fact { name: w.t(key), value, href });
    add("fact3-owner", w.word("owner", &promise.owner), String::new());
    if let Some(upstream) = &promise.upstream {
        add("fact3-partner", upstream.partner.clone(), String::new());
        add("fact3-serves", w.t("fact3-serves-what"), format!("/promises/{}", upstream.serves));
    }
    if let Some(customer) = promise.customer {
        let name = sentence::name(file.line.person.as_ref()).unwrap_or_else(|| w.t("somebody-erased"));
        let city = file.line.person.as_ref().and_then(|person| person.details.as_ref()).and_then(|details| details.city.clone());
        add("fact3-to", city.map_or(name.clone(), |city| format!("{name}, {city}")), format!("/customers/{customer}"));
    }
    if let (Some(order), Some(number)) = (promise.order, &file.line.order_number) {
        add("fact3-order", number.clone(), format!("/orders/{order}"));
    }
    for parcel in &file.line.parcels {
        add(
            "fact3-parcel",
            format!("{} {}", carrier(w, &parcel.carrier), parcel.tracking_number),
            format!("/parcels/{}", parcel.id),
        );
    }
    if let Some(first) = promise.first_due.as_ref().filter(|first| promise.due.as_ref() != Some(*first)) {
        add("fact3-first-due", w.due_short(first), String::new());
    }
    if let Some(penalty) = promise.penalty.as_ref().filter(|penalty| penalty.percent > 0) {
        let added = penalty.added.map(|added| added.format(w.language)).unwrap_or_default();
        add(
            "fact3-penalty",
            w.say("fact3-penalty-so-far", &[("amount", added.into()), ("percent", arg(u64::from(penalty.percent)))]),
            String::new(),
        );
    }
    if let Some(next) = promise.next_penalty() {
        let args = [("amount", next.adds.format(w.language).into()), ("when", w.at(next.at).into())];
        add("fact3-penalty-next", w.say("fact3-penalty-then", &args), String::new());
    }
    if let Some(since) = promise.held_since {
        const DAY: i64 = 86_400_000;
        let until = promise.outcome.as_ref().map_or(w.now, |outcome| outcome.at);
        add("fact3-held", w.say("fact3-held-days", &[("count", arg((until - since).max(0) / DAY))]), String::new());
    }
    if promise.due.is_none()
        && let Some(review) = promise.review_at
    {
        add("fact3-review", w.at(review), String::new());
    }
    if let Some(next) = promise.next_word_at {
        add("fact3-next-word", w.at(next), String::new());
    }
    if let Some(watch) = file.watch_at.filter(|_| promise.state.is_open()) {
        add("fact3-watch", w.at(watch), String::new());
    }
    let told = promise.told.iter().rev().find(|told| !told.bounced);
    add("fact3-told", told.map_or_else(|| w.t("never"), |told| w.at(told.at)), String::new());
    let asked = promise.chasers.len();
    add("fact3-asked", if asked == 0 { w.t("never") } else { w.say("times", &[("count", arg(asked))]) }, String::new());
    if let Some(choice) = &promise.choice {
        add("fact3-choice", w.word("choice", choice), String::new());
    }
    if promise.peace {
        add("fact3-peace", w.t("yes"), String::new());
    }
    out
}

fn word_row(w: &Words, promise: &Promise, word: &Word, said: Option<&str>) -> WordRow {
    let governs = !word.waiting && word.due.is_some() && word.due == promise.due;
    let standing = if word.waiting {
        w.t("word-waiting")
    } else if word.exceeded {
        w.t("word-exceeded")
    } else if governs {
        w.t("word-governs")
    } else {
        w.t("word-in-force")
    };
    let said = match (said, word.source.as_deref()) {
        (Some(said), Some(source)) => format!("{}, {}", w.say("quoted", &[("text", arg(said))]), w.word("source", source)),
        (Some(said), None) => w.say("quoted", &[("text", arg(said))]),
        (None, Some(source)) => w.word("source", source),
        (None, None) if word.by == kept_domain::input::Giver::Shop && promise.kind == "delivery" => w.t("word-announced"),
        (None, None) => w.t("word-not-said"),
    };
    WordRow {
        giver: w.word("giver", word.by.word()),
        said,
        due: word.due.as_ref().map(|due| w.due_short(due)).unwrap_or_else(|| w.t("no-due")),
        standing,
        governs,
    }
}

fn estimate(w: &Words, promise: &Promise) -> Vec<String> {
    let Some(estimate) = &promise.estimate else { return Vec::new() };
    let mut out = vec![match estimate.by_day {
        Some(by) => w.say("estimate-range", &[("day", w.date(estimate.day).into()), ("by", w.date(by).into())]),
        None => w.say("estimate-day", &[("day", w.date(estimate.day).into())]),
    }];
    out.push(if estimate.basis == "carrier" {
        w.say("estimate-carrier", &[("when", w.at_long(estimate.at).into())])
    } else {
        w.say("estimate-past", &[("count", arg(estimate.n)), ("when", w.at_long(estimate.at).into())])
    });
    out.push(w.t("estimate-not-due"));
    out
}

fn items(w: &Words, file: &PromiseFile) -> Vec<ItemRow> {
    let title = |kind: ItemKind| match kind {
        ItemKind::Line(line) => file.order.as_ref().and_then(|order| {
            let ordered = order.order.lines.iter().find(|other| other.id == line)?;
            let title = order.title(ordered);
            Some(if ordered.quantity > 1 { format!("{title} × {}", ordered.quantity) } else { title })
        }),
        ItemKind::Parcel(id) => file.line.parcels.iter().find(|parcel| parcel.id == id).map(|parcel| parcel_words(w, parcel)),
        ItemKind::Fee => {
            let fee = file.order.as_ref().and_then(|order| order.order.fee).map(|fee| fee.format(w.language));
            Some(fee.map_or_else(|| w.t("item-fee"), |fee| w.say("item-fee-of", &[("amount", fee.into())])))
        }
        ItemKind::Whole => Some(w.t("item-whole")),
    };
    file.line
        .promise
        .items
        .iter()
        .map(|item| {
            let (tone, word) = match item.state {
                ItemState::Open => ("open", "owed"),
                ItemState::Kept => ("kept", "kept"),
                ItemState::KeptLate => ("risk", "kept_late"),
                ItemState::Broken => ("broken", "broken"),
                ItemState::Released => ("released", "released"),
            };
            let mut note = item.settled_at.map(|at| w.at(at)).into_iter().collect::<Vec<_>>();
            note.extend(item.cause.as_ref().map(|cause| w.word("why", cause)));
            note.extend(line_notes(w, file, item.kind, item.state));
            ItemRow {
                title: title(item.kind).unwrap_or_else(|| item.id.to_string()),
                state: state_mark(tone, &w.word("item", word)),
                note: note.join(" · "),
            }
        })
        .collect()
}

/// What is to be known of a line: who sells it, and that it is waited for.
fn line_notes(w: &Words, file: &PromiseFile, kind: ItemKind, state: ItemState) -> Vec<String> {
    let ItemKind::Line(line) = kind else { return Vec::new() };
    let Some(file) = &file.order else { return Vec::new() };
    let mut out = Vec::new();
    if let Some(seller) = file.order.lines.iter().find(|other| other.id == line).and_then(|line| line.seller.as_deref()) {
        out.push(w.say("item-sold-by", &[("name", arg(seller))]));
    }
    if state == ItemState::Open
        && let Some((_, backorder)) = file.order.waits_for_stock().find(|(other, _)| other.id == line)
    {
        out.push(match backorder.expected {
            // The moment ends the day.
            Some(by) => w.say("item-no-stock-until", &[("day", w.date(w.day_of(by - 1)).into())]),
            None => w.t("item-no-stock"),
        });
    }
    out
}

fn related(w: &Words, other: &Promise, file: &PromiseFile) -> (String, String, Markup) {
    let name = sentence::name(file.line.person.as_ref());
    let text = sentence::about(w, other, name.as_deref(), file.line.order_number.as_deref());
    (format!("/promises/{}", other.id), text, promise_mark(w, other))
}
