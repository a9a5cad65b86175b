//! What is to be done in the shop: shown beside the promise it serves, asked for, released, done by hand, given up.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kept_base::{Currency, ErrandId, Money, PromiseId};
use kept_domain::errand::{Act, DeliveryAddress, ErrandKind, ErrandState};
use kept_domain::input::CancelledBy;
use kept_domain::order::Order;
use kept_engine::EngineError;
use kept_engine::views::{ErrandLine, PromiseFile};
use serde::Deserialize;

use crate::access::Agent;
use crate::ask::ask;
use crate::drawing::{Markup, state_mark};
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::words::{Words, arg};
use crate::pages::{done, promise, sentence};
use crate::route::{Routes, Who};
use crate::state::App;

/// Characters of a note, of a reason, and of what one sees it by.
const LONGEST: usize = 1000;
/// What a person may ask for here, in this order. Another address is the customer's wish, and has a form of its own.
const ASKED_HERE: [ErrandKind; 4] = [ErrandKind::Note, ErrandKind::CancelOrder, ErrandKind::Refund, ErrandKind::Reshipment];

/// An errand in a list, and beside its promise.
#[derive(Clone, Debug)]
pub struct ErrandRow {
    /// Where its promise is.
    pub href: String,
    /// Where its forms go.
    pub action: String,
    /// What is to be done.
    pub lead: String,
    /// For whom, who asked, why it waits, what the shop said.
    pub sub: String,
    /// How it stands.
    pub mark: Markup,
    /// When it was asked for.
    pub when: String,
    /// It can be released: the shop is asked, or asked again; the words of the button.
    pub release: Option<String>,
    /// It can be given up, or done by hand.
    pub can_handle: bool,
}

/// What is asked of the shop for a promise, and the form that asks for more.
#[derive(Clone, Debug)]
pub struct Errands {
    /// What was asked, newest first.
    pub rows: Vec<ErrandRow>,
    /// Where the form goes; none: the shop can be asked nothing.
    pub form: Option<AskForm>,
}

/// The form that asks the shop for something.
#[derive(Clone, Debug)]
pub struct AskForm {
    /// Where it is sent.
    pub action: String,
    /// Value, word, chosen.
    pub kinds: Vec<(&'static str, String, bool)>,
    /// Filled with.
    pub entered: Entered,
    /// What is wrong with it, in the reader's words; empty where nothing was sent.
    pub wrong: String,
}

/// What the form says, as it came.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Entered {
    /// Word of the kind.
    #[serde(default)]
    pub what: String,
    /// A note, or why.
    #[serde(default)]
    pub text: String,
    /// An amount, for a refund.
    #[serde(default)]
    pub amount: String,
}

/// The routes of errands.
pub fn routes() -> Routes {
    Routes::new()
        .post("/promises/{id}/errand", Who::Agent, ask_for)
        .post("/errands/{id}/release", Who::Agent, release)
        .post("/errands/{id}/drop", Who::Agent, drop)
        .post("/errands/{id}/done", Who::Agent, done_by_hand)
}

impl Errands {
    /// Those of a promise; `again`: what was sent to the form, and what was wrong.
    pub fn new(w: &Words, file: &PromiseFile, again: Option<(Entered, String)>) -> Errands {
        let kinds: Vec<ErrandKind> = ASKED_HERE.into_iter().filter(|kind| file.offers.kinds.contains(kind)).collect();
        let offered = file.order.is_some() && !kinds.is_empty();
        let (entered, wrong) = again.clone().unwrap_or_default();
        let form = (offered || again.is_some()).then(|| AskForm {
            action: format!("/promises/{}/errand", file.line.promise.id),
            kinds: kinds
                .into_iter()
                .map(|kind| (kind.word(), w.word("errand", kind.word()), entered.what == kind.word()))
                .collect(),
            entered,
            wrong,
        });
        Errands { rows: file.errands.iter().rev().map(|line| errand_row(w, line)).collect(), form }
    }
}

/// The row of an errand.
pub fn errand_row(w: &Words, line: &ErrandLine) -> ErrandRow {
    let errand = &line.errand;
    let mut lead = w.word("errand", errand.kind.word());
    if let Some(amount) = errand.amount {
        lead = w.say("errand-amount", &[("what", lead.into()), ("amount", amount.format(w.language).into())]);
    }
    let mut parts = Vec::new();
    if let Some(number) = &line.order_number {
        parts.push(w.say("order-number", &[("number", arg(number.as_str()))]));
    }
    parts.extend(sentence::name(line.person.as_ref()));
    parts.push(match errand.by.as_str() {
        "customer" => w.t("errand-by-customer"),
        "playbook" => w.say("by-playbook", &[("playbook", w.word("playbook", &errand.playbook).into())]),
        person => w.say("by-whom", &[("name", arg(person))]),
    });
    match &line.act {
        Some(Act::Note { text, .. }) => parts.push(w.say("quoted", &[("text", arg(text.as_str()))])),
        Some(Act::AddressChange { address, .. }) => parts.push(written(address)),
        Some(Act::DeliveryDay { day, .. }) => parts.push(w.date(*day)),
        _ => {}
    }
    match errand.reason.as_deref() {
        _ if errand.state.is_over() => {}
        Some(reason @ ("left-already" | "label-made" | "under-way")) => parts.push(w.word("errand-held", reason)),
        _ if errand.kind == ErrandKind::DeliveryDay => parts.push(w.t("errand-no-carrier")),
        _ if !line.offered => parts.push(w.t("errand-no-way")),
        _ => {}
    }
    match errand.handled_by.as_deref() {
        Some("customer") => parts.push(w.t("errand-replaced")),
        Some("rule") => parts.push(w.t("errand-over")),
        Some(by) => parts.push(w.say("errand-handled", &[("name", arg(by))])),
        None => {}
    }
    if let Some(said) = errand.said.as_deref().filter(|said| !said.is_empty() && errand.state != ErrandState::Done) {
        parts.push(w.say("errand-said", &[("text", arg(said))]));
    }
    ErrandRow {
        href: format!("/promises/{}", errand.promise),
        action: format!("/errands/{}", errand.id),
        lead,
        sub: parts.join(" · "),
        mark: errand_mark(w, errand.state),
        when: w.at(errand.asked_at),
        release: (errand.state.waits() && line.offered)
            .then(|| w.t(if errand.state == ErrandState::Refused { "errand-release-again" } else { "errand-release" })),
        can_handle: !errand.state.is_over(),
    }
}

/// An address on one line, as it would stand on a label.
fn written(address: &DeliveryAddress) -> String {
    let town = format!("{} {}", address.postal, address.city);
    let parts = [
        address.first_name.as_deref(),
        Some(address.last_name.as_str()),
        address.company.as_deref(),
        Some(address.street.as_str()),
        address.more.as_deref(),
        Some(town.as_str()),
        address.state.as_deref(),
        Some(address.country.code()),
        address.phone.as_deref(),
    ];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The state of an errand with its shape and word.
fn errand_mark(w: &Words, state: ErrandState) -> Markup {
    let tone = match state {
        ErrandState::Shadow => "shadow",
        ErrandState::Waiting => "risk",
        ErrandState::Queued | ErrandState::Retry => "leaving",
        ErrandState::Unknown => "unknown",
        ErrandState::Done => "kept",
        ErrandState::Refused => "late",
        ErrandState::Dropped => "released",
    };
    state_mark(tone, &w.word("errand-state", state.word()))
}

impl Entered {
    /// What is asked of the shop of this order.
    fn read(&self, w: &Words, order: &Order) -> Result<Act, String> {
        let text = self.text.trim();
        let over = text.chars().count().saturating_sub(LONGEST);
        if over > 0 {
            return Err(w.say("form-too-long", &[("over", arg(over)), ("most", arg(LONGEST))]));
        }
        let order_number = order.number.clone();
        let reason = if text.is_empty() { w.t("errand-reason") } else { text.to_owned() };
        match ASKED_HERE.into_iter().find(|kind| kind.word() == self.what) {
            Some(ErrandKind::Note) if text.is_empty() => Err(w.t("errand-wrong-note")),
            Some(ErrandKind::Note) => Ok(Act::Note { order_number, text: text.to_owned() }),
            Some(ErrandKind::CancelOrder) => {
                Ok(Act::Cancellation { order_number, skus: Vec::new(), by: CancelledBy::Customer, cause: None })
            }
            Some(ErrandKind::Reshipment) => Ok(Act::Reshipment { order_number, skus: Vec::new(), reason }),
            Some(ErrandKind::Refund) => {
                let amount = Money::parse(&self.amount.trim().replace(',', "."), currency_of(order));
                match amount.ok().filter(|amount| amount.minor > 0) {
                    Some(amount) => Ok(Act::Refund { order_number, amount, skus: Vec::new(), delivery_fee: false, reason }),
                    None => Err(w.say("errand-wrong-amount", &[("currency", arg(currency_of(order).code()))])),
                }
            }
            _ => Err(w.t("errand-wrong-what")),
        }
    }
}

/// The currency an order was paid in.
fn currency_of(order: &Order) -> Currency {
    let amounts = order.lines.iter().filter_map(|line| line.price).chain(order.fee);
    amounts.map(|amount| amount.currency).next().unwrap_or(Currency::EUR)
}

async fn ask_for(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Checked(entered): Checked<Entered>,
) -> Result<Response, Failure> {
    let id: PromiseId = id.parse().map_err(|_| Failure::not_found())?;
    let (now, zone, file) = ask(&app.engine, move |engine| Ok((engine.now(), engine.zone(), engine.promise(id)?))).await?;
    let order = file.ok_or_else(Failure::not_found)?.order.ok_or_else(Failure::not_found)?.order;
    let w = Words::new(app.texts.clone(), session.language(), &zone, now);
    let (status, wrong) = match entered.read(&w, &order) {
        Ok(act) => {
            let by = session.user.name.clone();
            let asked = ask(&app.engine, move |engine| match engine.ask_errand(id, &act, &by, None) {
                Ok(_) => Ok(None),
                Err(EngineError::Conflict(_)) => Ok(Some("errand-wrong-twice")),
                Err(EngineError::Invalid(_)) => Ok(Some("errand-no-way")),
                Err(other) => Err(other),
            });
            match asked.await? {
                None => return Ok(done(&format!("/promises/{id}"), "errand-asked").into_response()),
                Some(wrong) => (StatusCode::CONFLICT, w.t(wrong)),
            }
        }
        Err(wrong) => (StatusCode::UNPROCESSABLE_ENTITY, wrong),
    };
    let again = promise::Again { errand: Some((entered, wrong)), ..promise::Again::default() };
    Ok((status, promise::again(&app, &session, id, again).await?).into_response())
}

#[derive(Debug, Deserialize)]
struct Why {
    #[serde(default)]
    reason: String,
}

async fn release(state: State<App>, agent: Agent, id: Path<String>, Checked(_): Checked<Why>) -> Result<Redirect, Failure> {
    handle(state, agent, id, ErrandState::Queued, String::new()).await
}

async fn drop(state: State<App>, agent: Agent, id: Path<String>, Checked(form): Checked<Why>) -> Result<Redirect, Failure> {
    handle(state, agent, id, ErrandState::Dropped, form.reason).await
}

async fn done_by_hand(
    state: State<App>,
    agent: Agent,
    id: Path<String>,
    Checked(form): Checked<Why>,
) -> Result<Redirect, Failure> {
    handle(state, agent, id, ErrandState::Done, form.reason).await
}

async fn handle(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    to: ErrandState,
    reason: String,
) -> Result<Redirect, Failure> {
    let id: ErrandId = id.parse().map_err(|_| Failure::not_found())?;
    let reason: String = reason.trim().chars().take(LONGEST).collect();
    let (promise, taken) = ask(&app.engine, move |engine| {
        let promise = engine.errand(id)?.map(|line| line.errand.promise);
        match engine.handle_errand(id, to, &session.user.name, &reason, None) {
            Ok(()) => Ok((promise, true)),
            Err(EngineError::Conflict(_) | EngineError::Invalid(_)) => Ok((promise, false)),
            Err(other) => Err(other),
        }
    })
    .await?;
    let promise = promise.ok_or_else(Failure::not_found)?;
    let said = match (taken, to) {
        (false, _) => "not-taken",
        (true, ErrandState::Queued) => "errand-asked",
        (true, ErrandState::Dropped) => "errand-dropped",
        (true, _) => "errand-done",
    };
    Ok(done(&format!("/promises/{promise}"), said))
}
