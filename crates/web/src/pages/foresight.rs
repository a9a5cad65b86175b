//! What is foreseen, said: a chance with what it was learned from, and the curve beside the switch.

use kept_engine::{Outlook, WarningCurve};
use kept_learn::{Basis, DAY, HOUR, NotReady, Point};

use crate::drawing::{Markup, curve_line};
use crate::pages::words::{Words, arg};

/// The curve beside the switch of a playbook that warns.
#[derive(Clone, Debug)]
pub struct CurveView {
    /// Precision over recall of every rule that begins as early as the chosen one.
    pub drawing: Markup,
    /// What is chosen and why, or why nothing is.
    pub said: Vec<String>,
    /// A few rules: what, warned, true, late announced in time, notice; whether it is the chosen one.
    pub rows: Vec<CurveRow>,
}

/// One rule of the table.
#[derive(Clone, Debug)]
pub struct CurveRow {
    /// From which chance on.
    pub threshold: String,
    /// Warnings for a hundred orders.
    pub alarms: String,
    /// Share of warnings that came true.
    pub precision: String,
    /// Share of the late announced with the notice wanted.
    pub recall: String,
    /// Median notice.
    pub notice: String,
    /// In force.
    pub chosen: bool,
}

/// What is believed of an open promise, in sentences; none when nothing can be said at all.
pub fn outlook(w: &Words, outlook: Option<&Outlook>) -> Vec<String> {
    let Some(outlook) = outlook else { return Vec::new() };
    let forecast = match outlook.late {
        Ok(forecast) => forecast,
        Err(why) => return vec![w.t("outlook-none"), not_ready(w, why)],
    };
    let mut out = vec![w.say("outlook-late", &[("percent", w.percent(forecast.probability).into())])];
    // The moment ends the day.
    let day = |by: i64| w.date(w.day_of(by - 1));
    match (outlook.likely, outlook.nearly_sure) {
        (Some(likely), Some(sure)) => {
            out.push(w.say("outlook-days", &[("day", day(likely.by).into()), ("by", day(sure.by).into())]));
        }
        (Some(likely), None) => out.push(w.say("outlook-day", &[("day", day(likely.by).into())])),
        (None, _) => {}
    }
    out.push(basis(w, &forecast.basis));
    if forecast.pace.has_drifted() {
        out.push(w.t(if forecast.pace.factor < 1.0 { "outlook-slower" } else { "outlook-faster" }));
    }
    out
}

fn basis(w: &Words, basis: &Basis) -> String {
    w.say(
        &format!("learned-from-{}", basis.level.word()),
        &[("count", arg(basis.n)), ("since", w.date(w.day_of(basis.since)).into())],
    )
}

fn not_ready(w: &Words, why: NotReady) -> String {
    match why {
        NotReady::TooFew { n, needed } => w.say("outlook-too-few", &[("count", arg(n)), ("needed", arg(needed))]),
        NotReady::NotKept { kept, n } => {
            w.say("outlook-not-kept", &[("kept", w.count(kept).into()), ("count", w.count(n).into())])
        }
        NotReady::TooFar | NotReady::NoSuchShare => w.t("outlook-too-far"),
    }
}

/// The curve, drawn and in a table.
pub fn curve(w: &Words, curve: &WarningCurve) -> CurveView {
    let chosen = match &curve.chosen {
        Ok(point) => point,
        Err(why) => {
            let said = vec![w.t("curve-not-ready"), not_ready(w, *why)];
            return CurveView { drawing: Markup::default(), said, rows: Vec::new() };
        }
    };
    let notice = curve.costs.notice;
    let alike: Vec<&Point> = curve.points.iter().filter(|point| point.policy.notice == chosen.policy.notice).collect();
    let said = vec![
        w.say(
            "curve-chosen",
            &[("percent", w.percent(chosen.policy.threshold).into()), ("notice", span(w, chosen.policy.notice).into())],
        ),
        w.say(
            "curve-why",
            &[
                ("needless", w.decimal(curve.costs.needless).into()),
                ("unannounced", w.decimal(curve.costs.unannounced).into()),
                ("notice", span(w, notice).into()),
            ],
        ),
        w.say("curve-counted", &[("count", w.count(whole(chosen.cases)).into()), ("late", w.count(whole(chosen.late)).into())]),
    ];
    let share = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| w.percent(value));
    let rows = alike
        .iter()
        .filter(|point| shown(point, chosen))
        .map(|point| CurveRow {
            threshold: w.percent(point.policy.threshold),
            alarms: point.alarms_per_hundred().map_or_else(|| "–".to_owned(), |alarms| w.decimal(alarms)),
            precision: share(point.precision()),
            recall: share(point.recall(notice)),
            notice: point.median_notice().map_or_else(|| "–".to_owned(), |notice| span(w, notice)),
            chosen: point.policy == chosen.policy,
        })
        .collect();
    CurveView { drawing: drawn(w, &alike, chosen, notice), said, rows }
}

/// Every second rule is enough to read, and the chosen one.
fn shown(point: &Point, chosen: &Point) -> bool {
    point.policy == chosen.policy || (1..=9).any(|tenth| (point.policy.threshold - f64::from(tenth) / 10.0).abs() < 0.001)
}

fn span(w: &Words, span: i64) -> String {
    let (days, hours) = (span / DAY, span % DAY / HOUR);
    match (days, hours) {
        (0, hours) => w.say("notice-span-hours", &[("hours", arg(hours))]),
        (days, 0) => w.say("notice-span-days", &[("days", arg(days))]),
        (days, hours) => w.say("notice-span-days-hours", &[("days", arg(days)), ("hours", arg(hours))]),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of cases")]
fn whole(count: f64) -> u64 {
    count.max(0.0).round() as u64
}

fn drawn(w: &Words, points: &[&Point], chosen: &Point, notice: i64) -> Markup {
    let place = |point: &Point| Some((point.recall(notice)?, point.precision()?));
    let label = w.say(
        "curve-drawn",
        &[
            ("precision", w.percent(chosen.precision().unwrap_or(0.0)).into()),
            ("recall", w.percent(chosen.recall(notice).unwrap_or(0.0)).into()),
        ],
    );
    let rules: Vec<(f64, f64)> = points.iter().filter_map(|point| place(point)).collect();
    curve_line(w, &label, &rules, place(chosen))
}
