//! An order: lines, parcels, promises, what happened.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use kept_base::OrderId;
use kept_domain::input::CancelledBy;
use kept_engine::views::{FactLine, OrderFile, PromiseLine};

use crate::access::{Agent, Supervisor};
use crate::api::shapes::Sight;
use crate::drawing::Markup;
use crate::failure::Failure;
use crate::pages::frame::Frame;
use crate::pages::happened::{Entry, LedgerLine, ledger, timeline};
use crate::pages::parcels::{ParcelRow, parcel_row};
use crate::pages::promise::Fact;
use crate::pages::rows::{PromiseRow, promise_row};
use crate::pages::words::{Words, arg};
use crate::pages::{page, sentence};
use crate::route::{Routes, Who};
use crate::sheet::{self, Dialect};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "orders/page.html")]
pub struct OrderPage {
    /// Frame.
    pub frame: Frame,
    /// The order in a sentence.
    pub sentence: String,
    /// Facts on the right.
    pub facts: Vec<Fact>,
    /// Lines.
    pub lines: Vec<LineRow>,
    /// Promises.
    pub promises: Vec<PromiseRow>,
    /// Parcels.
    pub parcels: Vec<ParcelRow>,
    /// What happened.
    pub happened: Vec<Entry>,
    /// Every fact.
    pub ledger: Vec<LedgerLine>,
    /// How many facts.
    pub ledger_count: String,
}

/// A line of the order.
#[derive(Clone, Debug)]
pub struct LineRow {
    /// Article number.
    pub sku: String,
    /// What it is called.
    pub title: String,
    /// How many.
    pub quantity: String,
    /// Price.
    pub price: String,
    /// Cancelled: by whom and when.
    pub cancelled: Option<Markup>,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/orders/{id}", Who::Agent, show).get("/orders.csv", Who::Supervisor, download)
}

/// The page of an order.
pub fn view(frame: Frame, file: &OrderFile, facts: &[FactLine]) -> OrderPage {
    let w = frame.w.clone();
    let order = &file.order;
    let name = sentence::name(file.person.as_ref());
    let args = [
        ("number", arg(order.number.as_str())),
        ("name", arg(name.clone().unwrap_or_default())),
        ("when", w.at_long(order.placed_at).into()),
    ];
    let sentence = w.say(if name.is_some() { "order-sentence" } else { "order-sentence-unnamed" }, &args);
    let line_of = |promise: &kept_domain::promise::Promise| PromiseLine {
        promise: promise.clone(),
        person: file.person.clone(),
        order_number: Some(order.number.clone()),
        parcels: file.parcels.iter().filter(|parcel| parcel.promise == Some(promise.id)).cloned().collect(),
        waiting: None,
    };
    let delivery = file.promises.iter().find(|promise| Some(promise.id) == order.delivery);
    OrderPage {
        facts: beside(&w, file),
        lines: order
            .lines
            .iter()
            .map(|line| LineRow {
                sku: line.sku.clone(),
                title: file.title(line),
                quantity: w.count(u64::from(line.quantity)),
                price: line.price.map(|price| price.format(w.language)).unwrap_or_default(),
                cancelled: line.cancelled.map(|(by, at)| cancelled(&w, by, at)),
            })
            .collect(),
        promises: file.promises.iter().map(|promise| promise_row(&w, &line_of(promise))).collect(),
        parcels: file.parcels.iter().map(|parcel| parcel_row(&w, parcel, Some(&order.number), delivery)).collect(),
        happened: timeline(&w, facts, &[]),
        ledger: ledger(&w, facts),
        ledger_count: w.count(u64::try_from(facts.len()).unwrap_or(u64::MAX)),
        frame: frame.titled(w.say("order-number", &[("number", arg(order.number.as_str()))])).live(),
        sentence,
    }
}

/// All orders in the words of reading orders from a file: for who reads them in, too.
async fn download(State(app): State<App>, Supervisor(session): Supervisor) -> Result<Response, Failure> {
    sheet::orders(Sight::Personal).answer(&app, Dialect::spreadsheet(session.language())).await
}

async fn show(State(app): State<App>, Agent(session): Agent, Path(id): Path<String>) -> Result<Response, Failure> {
    let id: OrderId = id.parse().map_err(|_| Failure::not_found())?;
    let (frame, _, found) = Frame::with(&app, &session, "/orders", move |engine| engine.order(id)).await?;
    let (file, facts) = found.ok_or_else(Failure::not_found)?;
    page(&view(frame, &file, &facts))
}

fn cancelled(w: &Words, by: CancelledBy, at: i64) -> Markup {
    let (tone, key) = match by {
        CancelledBy::Shop => ("broken", "cancelled-by-shop"),
        CancelledBy::Customer => ("released", "cancelled-by-customer"),
    };
    crate::drawing::state_mark(tone, &w.say(key, &[("when", w.at(at).into())]))
}

fn beside(w: &Words, file: &OrderFile) -> Vec<Fact> {
    let order = &file.order;
    let mut out = Vec::new();
    let mut add = |key: &str, value: String, href: String| out.push(Fact { name: w.t(key), value, href });
    if let Some(customer) = order.customer {
        add(
            "fact3-to",
            sentence::name(file.person.as_ref()).unwrap_or_else(|| w.t("somebody-erased")),
            format!("/customers/{customer}"),
        );
    }
    add("fact3-placed", w.at(order.placed_at), String::new());
    if let Some(promised) = &order.promised {
        add("fact3-promised", w.due_short(promised), String::new());
    }
    if let Some(ship_by) = &order.ship_by {
        add("fact3-ship-by", w.due_short(ship_by), String::new());
    }
    if let Some(fee) = order.fee {
        add("fact3-fee", fee.format(w.language), String::new());
    }
    if let Some(refunded) = order.refunded {
        add("fact3-refunded", refunded.format(w.language), String::new());
    }
    if let Some(country) = order.country {
        add("fact3-country", country.code().to_owned(), String::new());
    }
    out
}
