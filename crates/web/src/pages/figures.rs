//! Figures that nobody can improve by clicking, each with its count and its interval, each a door to the promises under it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use kept_engine::views::{Figures, Quantiles, Share};
use serde::Deserialize;

use crate::access::Agent;
use crate::drawing::{Markup, interval_bar};
use crate::failure::Failure;
use crate::pages::frame::Frame;
use crate::pages::promises::{Choice, KINDS, choices};
use crate::pages::rows::carrier;
use crate::pages::words::{Words, arg};
use crate::pages::{address, filled, page};
use crate::route::{Routes, Who};
use crate::sheet::{self, Dialect};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "figures/page.html")]
pub struct FiguresPage {
    /// Frame.
    pub frame: Frame,
    /// The whole in a sentence: strong, and the rest.
    pub first: String,
    /// The rest of the sentence.
    pub rest: String,
    /// Choices of period.
    pub periods: Vec<Choice>,
    /// Choices of kind.
    pub kinds: Vec<Choice>,
    /// Shares.
    pub shares: Vec<Figure>,
    /// Plain counts: word, count, address.
    pub counts: Vec<(String, String, String)>,
    /// Medians: word, value, note.
    pub spans: Vec<(String, String, String)>,
    /// Kept by first due, by carrier, kind and week: heading and rows.
    pub tables: Vec<(String, Vec<Figure>)>,
    /// How each is computed: word and sentence.
    pub method: Vec<(String, String)>,
    /// Address of all of it as a file.
    pub csv: String,
}

/// A share.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What.
    pub name: String,
    /// Percent, or a dash.
    pub value: String,
    /// Count and of how many.
    pub count: String,
    /// Interval, drawn.
    pub bar: Markup,
    /// Interval, said.
    pub range: String,
    /// Promises under it; empty when there is no such list.
    pub href: String,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/figures", Who::Agent, show).get("/figures.csv", Who::Agent, download)
}

/// What the page is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct FiguresAsked {
    /// Days back; 30 unless said.
    pub days: Option<String>,
    /// Kind.
    pub kind: Option<String>,
}

/// The page of figures over `from..before`, epoch milliseconds.
pub fn view(frame: Frame, asked: &FiguresAsked, figures: &Figures, from: i64, before: i64) -> FiguresPage {
    let w = frame.w.clone();
    let kind = filled(asked.kind.as_ref()).unwrap_or_default();
    let (from_text, before_text) = (from.to_string(), before.to_string());
    let under = |figure: &str| {
        address("/promises", &[("figure", figure), ("from", &from_text), ("before", &before_text), ("kind", kind)])
    };
    let shares = [
        ("kept", figures.kept, under("kept")),
        ("kept_late", figures.kept_late, under("kept_late")),
        ("broken", figures.broken, under("broken")),
        ("withdrawn", figures.withdrawn, under("withdrawn")),
        ("told_first", figures.told_first, under("told_first")),
        ("coverage", figures.coverage, String::new()),
        ("chased", figures.chased, under("chased")),
        ("needless", figures.needless, under("needless")),
        ("by_hand", figures.by_hand, under("by_hand")),
        ("own_hand", figures.own_hand, under("own_hand")),
    ];
    let counts = [
        ("late_open", figures.late_open, under("late_open")),
        ("open", figures.open, under("open")),
        ("released", figures.released, under("released")),
        ("amended", figures.amended, under("amended")),
        ("disputed", figures.disputed, under("disputed")),
        ("chasers", figures.chasers, under("chased")),
    ];
    // What a group's share is counted over: its promises that are decided.
    let of_figure = |figure: &str, name: &str, value: &str, from: &str, before: &str| {
        let kind = if name == "kind" { value } else { kind };
        let mut query = vec![("figure", figure), ("from", from), ("before", before), ("kind", kind)];
        if !name.is_empty() && name != "kind" {
            query.push((name, value));
        }
        address("/promises", &query)
    };
    let of_group = |name: &str, value: &str, from: &str, before: &str| of_figure("decided", name, value, from, before);
    let of = |name: &str, value: &str| of_group(name, value, &from_text, &before_text);
    let days = |first: jiff::civil::Date, next: Option<jiff::civil::Date>| {
        // The first and the last may lie half outside.
        let start = w.start_of(first).max(from).to_string();
        let end = next.map_or(before, |next| w.start_of(next).min(before)).to_string();
        of_group("", "", &start, &end)
    };
    let long = before - from > MANY_WEEKS;
    let by_time = if long {
        let months = figures.by_month.iter().map(|(first, share)| {
            let next = first.checked_add(jiff::Span::new().months(1)).ok();
            figure(&w, w.month(*first), *share, days(*first, next))
        });
        (w.t("figures-by-month"), months.collect())
    } else {
        let weeks = figures.by_week.iter().map(|(monday, share)| {
            let next = monday.checked_add(jiff::Span::new().weeks(1)).ok();
            figure(&w, w.say("week-of", &[("day", w.date_short(*monday).into())]), *share, days(*monday, next))
        });
        (w.t("figures-by-week"), weeks.collect())
    };
    let group = |title: &str, prefix: &str, name: &str, groups: &[(String, Share)]| {
        let rows = groups.iter().map(|(value, share)| figure(&w, w.word(prefix, value), *share, of(name, value)));
        (w.t(title), rows.collect())
    };
    // Of the kept ones of each owner: opens those that rest on somebody's word.
    let hands = |title: &str, name: &str, groups: &[(String, Share)]| {
        let opens = |owner: &str| of_figure(name, "owner", owner, &from_text, &before_text);
        let rows = groups.iter().map(|(owner, share)| figure(&w, w.word("owner", owner), *share, opens(owner)));
        (w.t(title), rows.collect())
    };
    let tables = vec![
        by_time,
        (
            w.t("figures-by-carrier"),
            figures.by_carrier.iter().map(|(name, share)| figure(&w, carrier(&w, name), *share, String::new())).collect(),
        ),
        group("figures-by-kind", "kind", "kind", &figures.by_kind),
        group("figures-by-giver", "giver", "giver", &figures.by_giver),
        group("figures-by-owner", "owner", "owner", &figures.by_owner),
        hands("figures-by-hand", "by_hand", &figures.by_hand_by_owner),
        hands("figures-own-hand", "own_hand", &figures.own_hand_by_owner),
    ];
    let method = [
        "kept",
        "kept_late",
        "broken",
        "withdrawn",
        "released",
        "amended",
        "disputed",
        "told_first",
        "coverage",
        "chased",
        "needless",
        "by_hand",
        "own_hand",
        "length",
        "lead",
        "held",
        "groups",
        "interval",
    ];
    let (first, rest) = sentence(&w, figures, from, before);
    FiguresPage {
        first,
        rest,
        periods: periods(&w, filled(asked.days.as_ref())),
        kinds: choices(
            w.t("filter-any-kind"),
            KINDS.iter().map(|kind| ((*kind).to_owned(), w.word("kind", kind))),
            filled(asked.kind.as_ref()),
        ),
        shares: shares.into_iter().map(|(name, share, href)| figure(&w, w.word("figure", name), share, href)).collect(),
        counts: counts.into_iter().map(|(name, count, href)| (w.word("figure", name), w.count(count), href)).collect(),
        spans: vec![
            span(&w, "length", figures.length_hours),
            span(&w, "lead", figures.lead_hours),
            span(&w, "held", figures.held_hours),
        ],
        tables: tables.into_iter().filter(|(_, rows): &(String, Vec<Figure>)| !rows.is_empty()).collect(),
        method: method.into_iter().map(|name| (w.word("figure", name), w.word("method", name))).collect(),
        csv: address("/figures.csv", &[("days", filled(asked.days.as_ref()).unwrap_or_default()), ("kind", kind)]),
        frame: frame.titled(w.t("nav-figures")),
    }
}

/// A longer period is shown month by month.
const MANY_WEEKS: i64 = 100 * 86_400_000;

const PERIODS: [(&str, i64); 5] = [("7", 7), ("30", 30), ("90", 90), ("365", 365), ("1826", 1826)];

async fn show(State(app): State<App>, Agent(session): Agent, Query(asked): Query<FiguresAsked>) -> Result<Response, Failure> {
    let (days, kind) = period(&asked);
    let (frame, _, (figures, from, before)) = Frame::with(&app, &session, "/figures", move |engine| {
        let (from, before) = bounds(&engine.zone(), engine.now(), days);
        Ok((engine.figures(from, before, kind.as_deref())?, from, before))
    })
    .await?;
    page(&view(frame, &asked, &figures, from, before))
}

/// The tables of the page.
async fn download(State(app): State<App>, Agent(session): Agent, Query(asked): Query<FiguresAsked>) -> Result<Response, Failure> {
    let (days, kind) = period(&asked);
    let (from, before) = bounds(&app.engine.zone(), app.engine.now(), days);
    sheet::figures(from, before, kind).answer(&app, Dialect::spreadsheet(session.language())).await
}

/// Days back, and the kind.
fn period(asked: &FiguresAsked) -> (i64, Option<String>) {
    let chosen = filled(asked.days.as_ref());
    let days = PERIODS.iter().find(|(word, _)| Some(*word) == chosen).map_or(30, |(_, days)| *days);
    (days, filled(asked.kind.as_ref()).map(str::to_owned))
}

/// Whole days of the shop's zone, today included.
fn bounds(zone: &str, now: i64, days: i64) -> (i64, i64) {
    let zone = kept_base::moment::zone_named(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let today = kept_base::from_millis(now).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(zone.clone()).date();
    let first = today.saturating_sub(jiff::Span::new().days(days - 1));
    let start = first.to_zoned(zone.clone()).map_or(now - days * 86_400_000, |start| start.timestamp().as_millisecond());
    let end = kept_base::moment::end_of_day(today, &zone).map_or(now, kept_base::millis);
    (start, end)
}

fn periods(w: &Words, chosen: Option<&str>) -> Vec<Choice> {
    let chosen = chosen.unwrap_or("30");
    PERIODS
        .into_iter()
        .map(|(value, _)| Choice { value: value.to_owned(), label: w.t(&format!("period-{value}")), chosen: value == chosen })
        .collect()
}

fn sentence(w: &Words, figures: &Figures, from: i64, before: i64) -> (String, String) {
    let dates =
        [("from", w.date(w.day_of(from)).into()), ("to", w.date(w.day_of(before - 1)).into()), ("count", arg(figures.due))];
    if figures.kept.of == 0 {
        return (w.t("figures-none"), w.say("figures-none-rest", &dates));
    }
    let first = w.say("figures-first", &[("percent", percent(w, figures.kept).into())]);
    let mut rest = if figures.kept.of == figures.due {
        w.say("figures-rest", &dates)
    } else {
        let [from, to, count] = dates;
        w.say("figures-rest-among", &[from, to, count, ("counted", arg(figures.kept.of))])
    };
    if figures.told_first.of > 0 {
        rest.push(' ');
        rest.push_str(&w.say(
            "figures-told",
            &[
                ("told", arg(figures.told_first.count)),
                ("of", arg(figures.told_first.of)),
                ("coverage", percent(w, figures.coverage).into()),
            ],
        ));
    }
    (first, rest)
}

fn percent(w: &Words, share: Share) -> String {
    // Counts stay far below 2^53.
    if share.of == 0 { "–".to_owned() } else { w.percent(share.count as f64 / share.of as f64) }
}

pub(crate) fn figure(w: &Words, name: String, share: Share, href: String) -> Figure {
    let count = w.say("count-of", &[("count", arg(share.count)), ("of", arg(share.of))]);
    if share.of == 0 {
        return Figure {
            name,
            value: "–".to_owned(),
            count: w.t("nothing-to-count"),
            bar: Markup::none(),
            range: String::new(),
            href: String::new(),
        };
    }
    let range = w.say("between", &[("low", w.percent(share.low).into()), ("high", w.percent(share.high).into())]);
    let value = percent(w, share);
    let label = w.say(
        "interval-said",
        &[
            ("name", name.as_str().into()),
            ("value", value.as_str().into()),
            ("range", range.as_str().into()),
            ("count", count.as_str().into()),
        ],
    );
    Figure {
        bar: interval_bar(share.low, share.count as f64 / share.of as f64, share.high, &label),
        name,
        value,
        count,
        range,
        href,
    }
}

fn span(w: &Words, name: &str, quantiles: Quantiles) -> (String, String, String) {
    let value = quantiles.median.map_or_else(|| "–".to_owned(), |hours| w.hours(hours));
    let note = match quantiles.p90 {
        Some(p90) => w.say("median-note", &[("p90", w.hours(p90).into()), ("count", arg(quantiles.n))]),
        None => w.t("nothing-to-count"),
    };
    (w.word("figure", name), value, note)
}
