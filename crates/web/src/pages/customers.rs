//! Customers: who a promise is made to, with one timeline over every channel.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use kept_base::CustomerId;
use kept_engine::views::{CustomerFile, CustomerLine, Page};
use serde::Deserialize;

use crate::access::{Admin, Agent, Session};
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::contact::{self, ContactForm};
use crate::pages::frame::Frame;
use crate::pages::happened::{Entry, LedgerLine, ledger, timeline};
use crate::pages::promise::Fact;
use crate::pages::rows::{MessageRow, PromiseRow, message_row, promise_row};
use crate::pages::words::{Words, arg};
use crate::pages::{address, done, filled, page, sentence};
use crate::route::{Routes, Who};
use crate::state::App;

/// The list.
#[derive(Debug, Template)]
#[template(path = "customers/list.html")]
pub struct CustomersPage {
    /// Frame.
    pub frame: Frame,
    /// How many, said.
    pub intro: String,
    /// Address or reference asked for.
    pub search: String,
    /// Rows.
    pub rows: Vec<CustomerRow>,
    /// Next page.
    pub next: Option<String>,
}

/// A customer in a list.
#[derive(Clone, Debug)]
pub struct CustomerRow {
    /// Their page.
    pub href: String,
    /// Name.
    pub lead: String,
    /// City, language, orders.
    pub sub: String,
    /// Promises still owed to them.
    pub owed: String,
    /// Tone of that count.
    pub tone: &'static str,
    /// Times they had to ask.
    pub asked: String,
    /// Known since.
    pub since: String,
}

/// One customer.
#[derive(Debug, Template)]
#[template(path = "customers/page.html")]
pub struct CustomerPageView {
    /// Frame.
    pub frame: Frame,
    /// Id as shown.
    pub id: String,
    /// Name, or that they were erased.
    pub name: String,
    /// What we owe them, in a sentence.
    pub intro: String,
    /// Facts on the right.
    pub facts: Vec<Fact>,
    /// Promises.
    pub promises: Vec<PromiseRow>,
    /// Orders: address, number, when.
    pub orders: Vec<(String, String, String)>,
    /// Messages.
    pub messages: Vec<MessageRow>,
    /// What happened.
    pub happened: Vec<Entry>,
    /// Every fact.
    pub ledger: Vec<LedgerLine>,
    /// How many facts.
    pub ledger_count: String,
    /// Their secret page, for the team to hand on.
    pub link: Option<String>,
    /// They got in touch.
    pub contact: ContactForm,
    /// Erased already.
    pub erased: bool,
    /// The word to type before erasing.
    pub erase_word: String,
}

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new().get("/customers", Who::Agent, list).get("/customers/{id}", Who::Agent, show).post(
        "/customers/{id}/erasure",
        Who::Admin,
        erase,
    )
}

/// The page of the list.
pub fn list_view(frame: Frame, search: Option<&str>, found: &Page<CustomerLine>) -> CustomersPage {
    let w = frame.w.clone();
    CustomersPage {
        intro: w.say("customers-intro", &[("count", arg(found.total))]),
        search: search.unwrap_or_default().to_owned(),
        rows: found.rows.iter().map(|line| row(&w, line)).collect(),
        next: found.next.as_deref().map(|next| address("/customers", &[("search", search.unwrap_or_default()), ("after", next)])),
        frame: frame.titled(w.t("nav-customers")).live(),
    }
}

/// The page of a customer; `link` is the address of their own page, `again` a contact that was sent and what was wrong with it.
pub fn view(
    frame: Frame,
    file: &CustomerFile,
    link: Option<String>,
    again: Option<(contact::Entered, contact::Wrong)>,
) -> CustomerPageView {
    let w = frame.w.clone();
    let customer = &file.customer;
    let name = sentence::name(Some(&file.person)).unwrap_or_else(|| w.t("somebody-erased"));
    let owed = file.promises.iter().filter(|line| line.promise.state.is_open()).count();
    let asked = customer.contacts.iter().filter(|contact| contact.asked).count();
    CustomerPageView {
        id: customer.id.to_string(),
        intro: w.say("customer-intro", &[("owed", arg(owed)), ("asked", arg(asked)), ("contacts", arg(customer.contacts.len()))]),
        facts: facts(&w, file),
        promises: file.promises.iter().map(|line| promise_row(&w, line)).collect(),
        orders: file
            .orders
            .iter()
            .map(|order| (format!("/orders/{}", order.id), order.number.clone(), w.at(order.placed_at)))
            .collect(),
        messages: file.messages.iter().map(|line| message_row(&w, line, None)).collect(),
        happened: timeline(&w, &file.facts, &[]),
        ledger: ledger(&w, &file.facts),
        ledger_count: w.count(u64::try_from(file.facts.len()).unwrap_or(u64::MAX)),
        link: link.filter(|_| !customer.erased),
        contact: ContactForm::new(&w, &format!("/customers/{}", customer.id), "contact-counts-customer", again),
        erased: customer.erased,
        erase_word: w.t("erase-word"),
        frame: frame.titled(name.clone()).live(),
        name,
    }
}

#[derive(Debug, Deserialize)]
struct ListAsked {
    search: Option<String>,
    after: Option<String>,
}

async fn list(State(app): State<App>, Agent(session): Agent, Query(asked): Query<ListAsked>) -> Result<Response, Failure> {
    let search = filled(asked.search.as_ref()).map(str::to_owned);
    let after = filled(asked.after.as_ref()).map(str::to_owned);
    let wanted = search.clone();
    let (frame, _, found) =
        Frame::with(&app, &session, "/customers", move |engine| engine.customers(wanted.as_deref(), after.as_deref(), None))
            .await?;
    page(&list_view(frame, search.as_deref(), &found))
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
    let (frame, file, link) = read(&app, &session, parse(&id)?).await?;
    page(&view(frame.noticed(asked.done.as_deref()), &file, link, None))
}

/// The page with a contact that was sent to it. It does not fetch itself anew: its address is not the page's.
pub(crate) async fn again(
    app: &App,
    session: &Session,
    id: CustomerId,
    sent: (contact::Entered, contact::Wrong),
) -> Result<Response, Failure> {
    let (frame, file, link) = read(app, session, id).await?;
    let mut view = view(frame, &file, link, Some(sent));
    view.frame.live = false;
    page(&view)
}

async fn read(app: &App, session: &Session, id: CustomerId) -> Result<(Frame, CustomerFile, Option<String>), Failure> {
    let public = app.config.public_url.clone();
    let (frame, _, found) = Frame::with(app, session, "/customers", move |engine| {
        let Some(file) = engine.customer(id)? else { return Ok(None) };
        let link = engine.customer_secret(id).ok().map(|secret| format!("{public}/p/{secret}"));
        Ok(Some((file, link)))
    })
    .await?;
    let (file, link) = found.ok_or_else(Failure::not_found)?;
    Ok((frame, file, link))
}

#[derive(Debug, Deserialize)]
struct Erasure {
    word: String,
}

async fn erase(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<String>,
    Checked(form): Checked<Erasure>,
) -> Result<Redirect, Failure> {
    let customer = parse(&id)?;
    let expected = app.texts.say(session.language(), "erase-word", &[]);
    if !form.word.trim().eq_ignore_ascii_case(&expected) {
        return Ok(done(&format!("/customers/{customer}"), "erase-word-wrong"));
    }
    ask(&app.engine, move |engine| engine.erase_customer(customer, &session.user.name)).await?;
    Ok(done(&format!("/customers/{customer}"), "erased"))
}

fn parse(id: &str) -> Result<CustomerId, Failure> {
    id.parse().map_err(|_| Failure::not_found())
}

fn row(w: &Words, line: &CustomerLine) -> CustomerRow {
    let customer = &line.customer;
    let details = line.person.details.as_ref();
    let mut sub: Vec<String> = details.and_then(|details| details.city.clone()).into_iter().collect();
    sub.push(w.word("language", customer.language.tag()));
    sub.push(w.say("orders-count", &[("count", arg(customer.orders.len()))]));
    if customer.bounced.is_some() {
        sub.push(w.t("mail-bounced"));
    }
    let asked = customer.contacts.iter().filter(|contact| contact.asked).count();
    CustomerRow {
        href: format!("/customers/{}", customer.id),
        lead: sentence::name(Some(&line.person)).unwrap_or_else(|| w.t("somebody-erased")),
        sub: sub.join(" · "),
        owed: w.say("owed-count", &[("count", arg(line.open))]),
        tone: if line.open > 0 { "open" } else { "faint" },
        asked: if asked == 0 { String::new() } else { w.say("asked-times", &[("count", arg(asked))]) },
        since: w.say("since-day", &[("day", w.day_short(customer.since).into())]),
    }
}

fn facts(w: &Words, file: &CustomerFile) -> Vec<Fact> {
    let customer = &file.customer;
    let mut out = Vec::new();
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            out.push(Fact { name: w.t(key), value, href: String::new() });
        }
    };
    let details = file.person.details.as_ref();
    add("fact3-email", details.and_then(|details| details.email.clone()));
    add("fact3-phone", details.and_then(|details| details.phone.clone()));
    add("fact3-address", details.and_then(|details| details.address.clone().or_else(|| details.city.clone())));
    add("fact3-reference", details.and_then(|details| details.reference.clone()));
    add("fact3-language", Some(w.word("language", customer.language.tag())));
    add("fact3-consumer", Some(w.t(if customer.consumer { "consumer" } else { "firm" })));
    add("fact3-zone", Some(customer.zone.clone()));
    add("fact3-since", Some(w.day_short(customer.since)));
    add("fact3-bounced", customer.bounced.map(|at| w.at(at)));
    let phone = details.and_then(|details| details.phone.as_ref());
    add("fact3-sms", phone.map(|_| w.t(if customer.has_phone { "sms-can" } else { "sms-cannot" })));
    add("fact3-phone-bounced", customer.phone_bounced.map(|at| w.at(at)));
    add("fact3-sms-stopped", customer.sms_stopped.map(|at| w.at(at)));
    out
}
