//! Scorecards: how carriers, lanes, classes and the own warehouse did; each count opens the parcels under it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use kept_domain::scorecard::Under;
use kept_engine::scorecards::{Drift, Lasting, Partner, Scorecard, Scorecards, Standing, Warehouse, marks_of};
use kept_engine::views::{Page, ParcelLine, Share};
use serde::Deserialize;

use crate::access::Agent;
use crate::failure::Failure;
use crate::pages::figures::{Figure, figure};
use crate::pages::frame::Frame;
use crate::pages::parcels::{ParcelRow, parcel_row};
use crate::pages::promises::Choice;
use crate::pages::rows::carrier;
use crate::pages::words::{Words, arg};
use crate::pages::{address, filled, page};
use crate::route::{Routes, Who};
use crate::sheet::{self, Dialect};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "scorecards/page.html")]
pub struct ScorecardsPage {
    /// Frame.
    pub frame: Frame,
    /// The whole in a sentence: strong, and the rest.
    pub first: String,
    /// The rest of the sentence.
    pub rest: String,
    /// How far the counts lie behind, where they do.
    pub behind: Option<String>,
    /// Choices of period.
    pub periods: Vec<Choice>,
    /// Kept, carrier by carrier.
    pub carriers: Vec<Figure>,
    /// Kept, lane by lane and class by class: heading and rows.
    pub groups: Vec<(String, Vec<Figure>)>,
    /// Like with like, the way, the last weeks, what carriers say was wrong.
    pub tables: Vec<Table>,
    /// The own warehouse: shares.
    pub warehouse: Vec<Figure>,
    /// And in sentences.
    pub warehouse_said: Vec<String>,
    /// Partners who sell and send themselves.
    pub partners: Option<Table>,
    /// Counted apart: word, count, address.
    pub apart: Vec<(String, String, String)>,
    /// How each is computed: word and sentence.
    pub method: Vec<(String, String)>,
    /// Address of all of it as a file.
    pub csv: String,
}

/// A table with a row for each carrier.
#[derive(Clone, Debug)]
pub struct Table {
    /// Heading.
    pub title: String,
    /// What to know of it.
    pub hint: String,
    /// Whose rows they are.
    pub who: String,
    /// Columns after the name.
    pub columns: Vec<String>,
    /// Rows: name, and a cell for each column.
    pub rows: Vec<(String, Vec<Cell>)>,
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// What it says.
    pub value: String,
    /// What it rests on.
    pub sub: String,
    /// Parcels under it; empty when there is no such list.
    pub href: String,
}

/// The parcels under a figure.
#[derive(Debug, Template)]
#[template(path = "scorecards/parcels.html")]
pub struct UnderPage {
    /// Frame.
    pub frame: Frame,
    /// Back to the figure.
    pub back: String,
    /// Whose, and how many.
    pub intro: String,
    /// How the figure is computed.
    pub method: String,
    /// Rows.
    pub rows: Vec<ParcelRow>,
    /// Next page.
    pub next: Option<String>,
    /// First page.
    pub first: Option<String>,
}

/// What the pages are asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ScorecardsAsked {
    /// Days back; 90 unless said.
    pub days: Option<String>,
    /// A figure's word, on the list.
    pub figure: Option<String>,
    /// Only of this carrier.
    pub carrier: Option<String>,
    /// Only to this country.
    pub lane: Option<String>,
    /// Only of this class.
    pub class: Option<String>,
    /// Only sold by this partner.
    pub seller: Option<String>,
    /// Start after so many rows.
    pub after: Option<String>,
}

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new().get("/scorecards", Who::Agent, show).get("/scorecards.csv", Who::Agent, download).get(
        "/scorecards/parcels",
        Who::Agent,
        list,
    )
}

const PERIODS: [(&str, i64); 3] = [("30", 30), ("90", 90), ("365", 365)];
const CHOSEN: (&str, i64) = ("90", 90);

async fn show(State(app): State<App>, Agent(session): Agent, Query(asked): Query<ScorecardsAsked>) -> Result<Response, Failure> {
    let (_, days) = days(&asked);
    let (frame, _, cards) = Frame::with(&app, &session, "/figures", move |engine| engine.scorecards(days)).await?;
    page(&view(frame, &asked, &cards))
}

/// The tables of the page.
async fn download(
    State(app): State<App>,
    Agent(session): Agent,
    Query(asked): Query<ScorecardsAsked>,
) -> Result<Response, Failure> {
    sheet::scorecards(days(&asked).1).answer(&app, Dialect::spreadsheet(session.language())).await
}

async fn list(State(app): State<App>, Agent(session): Agent, Query(asked): Query<ScorecardsAsked>) -> Result<Response, Failure> {
    let figure = filled(asked.figure.as_ref()).unwrap_or("parcels");
    let (with, without) = marks_of(figure).ok_or_else(Failure::not_found)?;
    let word = |value: &Option<String>| filled(value.as_ref()).map(str::to_owned);
    let under = Under {
        carrier: word(&asked.carrier),
        lane: word(&asked.lane),
        class: word(&asked.class),
        seller: word(&asked.seller),
        with,
        without,
    };
    let after = filled(asked.after.as_ref()).and_then(|after| after.parse().ok()).unwrap_or(0);
    let (_, days) = days(&asked);
    let (frame, _, found) =
        Frame::with(&app, &session, "/figures", move |engine| engine.scorecard_parcels(days, &under, after)).await?;
    page(&list_view(frame, &asked, &found))
}

fn days(asked: &ScorecardsAsked) -> (&'static str, i64) {
    let chosen = filled(asked.days.as_ref());
    PERIODS.into_iter().find(|(word, _)| Some(*word) == chosen).unwrap_or(CHOSEN)
}

/// The page of scorecards.
pub fn view(frame: Frame, asked: &ScorecardsAsked, cards: &Scorecards) -> ScorecardsPage {
    let w = frame.w.clone();
    let (days, _) = days(asked);
    let opens = |figure: &str, kind: &str, name: &str| opens(days, figure, kind, name);
    let kept = |kind: &'static str, named: fn(&Words, &str) -> String, cards: &[Scorecard]| {
        let row = |card: &Scorecard| {
            // What is not known is the name of no list.
            let href = if card.name.is_empty() { String::new() } else { opens("missed", kind, &card.name) };
            figure(&w, named(&w, &card.name), card.kept, href)
        };
        cards.iter().map(row).collect::<Vec<Figure>>()
    };
    let warehouse = &cards.warehouse;
    let all = &cards.all.apart;
    let apart = [
        ("in_dispute", all.in_dispute),
        ("moved", all.moved),
        ("let_off", all.let_off),
        ("handed_too_late", all.handed_too_late),
    ];
    let (first, rest) = sentence(&w, cards);
    ScorecardsPage {
        first,
        rest,
        behind: Some(cards.waiting)
            .filter(|waiting| *waiting > 0)
            .map(|waiting| w.say("scorecards-behind", &[("count", arg(waiting))])),
        periods: PERIODS
            .into_iter()
            .map(|(value, _)| Choice { value: value.to_owned(), label: w.t(&format!("period-{value}")), chosen: value == days })
            .collect(),
        carriers: kept("carrier", carrier, &cards.carriers),
        groups: [
            (w.t("scorecards-lanes"), kept("lane", lane, &cards.lanes)),
            (w.t("scorecards-classes"), kept("class", class, &cards.classes)),
        ]
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .collect(),
        tables: tables(&w, days, &cards.carriers),
        warehouse: vec![
            figure(&w, w.word("scorecard", "ship_in_time"), warehouse.in_time, opens("ship_late", "", "")),
            figure(&w, w.word("scorecard", "never_handed"), warehouse.never_handed, opens("never_handed", "", "")),
        ],
        warehouse_said: warehouse_said(&w, warehouse),
        partners: Some(partners(&w, days, &cards.partners)).filter(|table| !table.rows.is_empty()),
        apart: apart.into_iter().map(|(name, count)| (w.word("scorecard", name), w.count(count), opens(name, "", ""))).collect(),
        method: METHOD.into_iter().map(|name| (w.word("scorecard", name), w.word("scorecard-method", name))).collect(),
        csv: address("/scorecards.csv", &[("days", days)]),
        frame: frame.titled(w.t("scorecards-title")),
    }
}

/// The page of the parcels under a figure.
pub fn list_view(frame: Frame, asked: &ScorecardsAsked, found: &Page<ParcelLine>) -> UnderPage {
    let w = frame.w.clone();
    let (days, _) = days(asked);
    let name = filled(asked.figure.as_ref()).unwrap_or("parcels");
    let whose = [
        filled(asked.carrier.as_ref()).map(|name| carrier(&w, name)),
        filled(asked.lane.as_ref()).map(|name| lane(&w, name)),
        filled(asked.class.as_ref()).map(|name| class(&w, name)),
        filled(asked.seller.as_ref()).map(str::to_owned),
    ];
    let mut said: Vec<String> = whose.into_iter().flatten().collect();
    said.push(w.t(&format!("period-{days}")));
    said.push(w.say("scorecards-found", &[("count", arg(found.total))]));
    let word = |value: &Option<String>| value.clone().unwrap_or_default();
    let here = |after: &str| {
        let query = [
            ("days", days),
            ("figure", name),
            ("carrier", &word(&asked.carrier)),
            ("lane", &word(&asked.lane)),
            ("class", &word(&asked.class)),
            ("seller", &word(&asked.seller)),
            ("after", after),
        ];
        address("/scorecards/parcels", &query)
    };
    UnderPage {
        back: address("/scorecards", &[("days", days)]),
        intro: said.join(" · "),
        method: w.word("scorecard-method", computed_by(name)),
        rows: found
            .rows
            .iter()
            .map(|line| parcel_row(&w, &line.parcel, line.order_number.as_deref(), line.promise.as_ref()))
            .collect(),
        next: found.next.as_deref().map(here),
        first: filled(asked.after.as_ref()).map(|_| here("")),
        frame: frame.titled(w.word("scorecard", name)),
    }
}

/// Figures in the order in which the page says how they are computed.
const METHOD: [&str; 16] = [
    "parcels",
    "kept",
    "like",
    "transit",
    "silent",
    "first_attempt",
    "disputed",
    "claims",
    "contested",
    "drift",
    "moved",
    "handed_too_late",
    "ship_in_time",
    "never_handed",
    "class",
    "unknown",
];

/// The sentence that says how a list's figure is computed.
fn computed_by(figure: &str) -> &str {
    match figure {
        "missed" => "kept",
        "failed_attempt" => "first_attempt",
        "in_dispute" => "disputed",
        "let_off" => "moved",
        "ship_late" => "ship_in_time",
        claimed if claimed.starts_with("claimed_") => "claims",
        other => other,
    }
}

fn opens(days: &str, figure: &str, kind: &str, name: &str) -> String {
    let mut query = vec![("days", days), ("figure", figure)];
    if !kind.is_empty() {
        query.push((kind, name));
    }
    address("/scorecards/parcels", &query)
}

fn tables(w: &Words, days: &str, carriers: &[Scorecard]) -> Vec<Table> {
    if carriers.is_empty() {
        return Vec::new();
    }
    let t = |key: &str| w.t(&format!("scorecards-{key}"));
    let table = |name: &str, columns: Vec<String>, cells: &dyn Fn(&Scorecard) -> Vec<Cell>| Table {
        title: t(name),
        hint: t(&format!("{name}-hint")),
        who: t("col-carrier"),
        columns,
        rows: carriers.iter().map(|card| (carrier(w, &card.name), cells(card))).collect(),
    };
    let under = |figure: &str, card: &Scorecard| opens(days, figure, "carrier", &card.name);
    let causes: Vec<&str> = carriers.iter().flat_map(|card| card.claims.iter().map(|(cause, _)| *cause)).collect();
    // A cause that no carrier names takes no column.
    let named =
        |cause: &&str| carriers.iter().any(|card| card.claims.iter().any(|(other, share)| other == cause && share.count > 0));
    let mut columns: Vec<&str> = Vec::new();
    for cause in causes.into_iter().filter(named) {
        if !columns.contains(&cause) {
            columns.push(cause);
        }
    }
    let mut claim_columns: Vec<String> = columns.iter().map(|cause| w.word("cause", cause)).collect();
    claim_columns.push(w.word("scorecard", "contested"));
    vec![
        table("like", vec![t("col-standing"), t("col-against"), t("col-comparable")], &|card| like(w, card)),
        table(
            "way",
            ["transit", "silent", "first_attempt", "disputed"].map(|name| w.word("scorecard", name)).to_vec(),
            &|card| {
                vec![
                    lasting(w, &card.transit),
                    cell(w, card.silent, under("silent", card)),
                    cell(w, card.first_attempt, under("failed_attempt", card)),
                    cell(w, card.disputed, under("disputed", card)),
                ]
            },
        ),
        table("claims", claim_columns, &|card| {
            let share =
                |cause: &&str| card.claims.iter().find(|(other, _)| other == cause).map_or(Share::default(), |claim| claim.1);
            let claims = columns.iter().map(|cause| cell(w, share(cause), under(&format!("claimed_{cause}"), card)));
            claims.chain([cell(w, card.contested, under("contested", card))]).collect()
        }),
        table("drift", vec![t("col-standing"), t("col-lately"), t("col-before")], &|card| {
            let whole = |share: Share| cell(w, share, String::new());
            let Drift { now, before, change, standing } = card.drift;
            let by = change.filter(|_| standing != Standing::TooFew).map(|change| {
                let points = |share: f64| signed(w, share * 100.0);
                let args = [("low", points(change.lower).into()), ("high", points(change.upper).into())];
                w.say("scorecards-points", &args)
            });
            let says = Cell { value: standing_word(w, "drift", standing), sub: by.unwrap_or_default(), href: String::new() };
            vec![says, whole(now), whole(before)]
        }),
    ]
}

/// Partners: what became of our promises for their goods, and how they hand over.
fn partners(w: &Words, days: &str, partners: &[Partner]) -> Table {
    let t = |key: &str| w.t(&format!("scorecards-{key}"));
    let under = |figure: &str, name: &str| opens(days, figure, "seller", name);
    let row = |partner: &Partner| {
        let (name, hands_over) = (partner.name.as_str(), &partner.hands_over);
        let cells = vec![
            Cell { value: standing_word(w, "like", partner.standing), sub: String::new(), href: String::new() },
            cell(w, partner.kept, under("missed", name)),
            cell(w, hands_over.in_time, under("ship_late", name)),
            cell(w, hands_over.never_handed, under("never_handed", name)),
            lasting(w, &hands_over.preparing),
            Cell { value: standing_word(w, "drift", hands_over.drift.standing), sub: String::new(), href: String::new() },
        ];
        (name.to_owned(), cells)
    };
    Table {
        title: t("partners"),
        hint: t("partners-hint"),
        who: t("col-partner"),
        columns: vec![
            t("col-standing"),
            w.word("scorecard", "kept"),
            w.word("scorecard", "ship_in_time"),
            w.word("scorecard", "never_handed"),
            t("col-preparing"),
            t("col-drift"),
        ],
        rows: partners.iter().map(row).collect(),
    }
}

/// What the comparison with everybody on the same lanes says of a carrier.
fn like(w: &Words, card: &Scorecard) -> Vec<Cell> {
    let plain = |value: String, sub: String| Cell { value, sub, href: String::new() };
    let rank = card.rank.map(|rank| w.say("scorecards-rank", &[("rank", arg(u64::from(rank)))]));
    let standing = plain(standing_word(w, "like", card.standing), rank.unwrap_or_default());
    let Some(against) = card.against.filter(|against| against.comparable > 0) else {
        let n = card.against.map_or(0, |against| against.n);
        return vec![
            standing,
            plain("–".to_owned(), String::new()),
            plain(w.count(0), w.say("scorecards-of", &[("count", arg(n))])),
        ];
    };
    let observed =
        w.say("scorecards-observed", &[("count", arg(against.observed)), ("expected", w.decimal(against.expected).into())]);
    let beyond =
        w.say("scorecards-beyond", &[("low", signed(w, against.lower).into()), ("high", signed(w, against.upper).into())]);
    let beyond = if against.enough { beyond } else { String::new() };
    vec![
        standing,
        plain(observed, beyond),
        plain(w.count(against.comparable), w.say("scorecards-of", &[("count", arg(against.n))])),
    ]
}

fn standing_word(w: &Words, of: &str, standing: Standing) -> String {
    let word = match standing {
        Standing::NotCompared => return "–".to_owned(),
        Standing::Alone => "alone",
        Standing::TooFew => "too_few",
        Standing::NoDifference => "no_difference",
        Standing::Better => "better",
        Standing::Worse => "worse",
    };
    w.word(&format!("scorecards-{of}"), word)
}

/// A share with its count and its interval; opens the parcels under it where there are any.
fn cell(w: &Words, share: Share, href: String) -> Cell {
    let figure = figure(w, String::new(), share, href);
    let sub = if share.of == 0 { figure.count } else { format!("{}, {}", figure.count, figure.range) };
    Cell { value: figure.value, sub, href: figure.href }
}

/// Median and ninth decile, with how many there are and how many of them have not ended.
fn lasting(w: &Words, lasting: &Lasting) -> Cell {
    let hours = |hours: Option<i64>| hours.map_or_else(|| "–".to_owned(), |hours| w.hours(hours as f64));
    if lasting.n == 0 {
        return Cell { value: "–".to_owned(), sub: w.t("nothing-to-count"), href: String::new() };
    }
    let value =
        w.say("scorecards-lasting", &[("median", hours(lasting.median_hours).into()), ("p90", hours(lasting.p90_hours).into())]);
    let sub = w.say("scorecards-lasting-n", &[("count", arg(lasting.n)), ("open", arg(lasting.n - lasting.ended))]);
    Cell { value, sub, href: String::new() }
}

fn warehouse_said(w: &Words, warehouse: &Warehouse) -> Vec<String> {
    let mut said = Vec::new();
    if warehouse.preparing.n > 0 {
        let preparing = lasting(w, &warehouse.preparing);
        said.push(w.say("scorecards-preparing", &[("hours", preparing.value.into()), ("rests", preparing.sub.into())]));
    }
    if warehouse.in_time.of == 0 {
        said.push(w.t("scorecards-no-ship-by"));
    } else {
        let drift = &warehouse.drift;
        let whole = |share: Share| if share.of == 0 { "–".to_owned() } else { w.percent(share.count as f64 / share.of as f64) };
        said.push(w.say(
            "scorecards-warehouse-drift",
            &[
                ("now", whole(drift.now).into()),
                ("before", whole(drift.before).into()),
                ("says", standing_word(w, "drift", drift.standing).to_lowercase().into()),
            ],
        ));
    }
    said
}

fn sentence(w: &Words, cards: &Scorecards) -> (String, String) {
    let dates = [("from", w.date(w.day_of(cards.from)).into()), ("to", w.date(w.day_of(cards.before - 1)).into())];
    let kept = cards.all.kept;
    if kept.of == 0 {
        return (w.t("scorecards-none"), w.say("scorecards-none-rest", &dates));
    }
    let [from, to] = dates;
    let first = w.say("scorecards-first", &[("percent", w.percent(kept.count as f64 / kept.of as f64).into())]);
    let rest = w.say("scorecards-rest", &[from, to, ("count", arg(kept.of)), ("parcels", arg(cards.all.parcels))]);
    (first, rest)
}

/// A difference, with the sign that a figure has.
fn signed(w: &Words, value: f64) -> String {
    let said = w.decimal(value.abs());
    match value {
        _ if said == "0" => said,
        value if value < 0.0 => format!("\u{2212}{said}"),
        _ => format!("+{said}"),
    }
}

fn lane(w: &Words, country: &str) -> String {
    if country.is_empty() { w.t("scorecards-lane-unknown") } else { country.to_owned() }
}

fn class(w: &Words, band: &str) -> String {
    match (band, band.parse::<u64>()) {
        ("", _) => w.t("scorecards-class-none"),
        (_, Ok(days)) => w.say("scorecards-class-days", &[("days", arg(days))]),
        (_, Err(_)) => w.t("scorecards-class-longer"),
    }
}
