//! Small drawings, the same everywhere: the line of a promise, marks of states, intervals, milestones.
//!
//! All are functions of their arguments. Colour comes from the class of the drawing, never from a `style`; each has a text equivalent.

use std::fmt;

use jiff::civil::Date;
use kept_domain::promise::{Promise, PromiseState};
use kept_domain::vocabulary::Milestone;
pub use kept_text::escape;

use crate::pages::words::Words;

/// Markup that is safe to place as it is: made here, every text in it escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

/// How large the line of a promise is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineSize {
    /// In a list, without words.
    Row,
    /// On a phone, with words.
    Medium,
    /// On a page, with words.
    Wide,
}

/// The tone of a promise: a class of colours.
pub fn tone(promise: &Promise) -> &'static str {
    if promise.disputed.is_some() {
        return "disputed";
    }
    match promise.state {
        PromiseState::Open => "open",
        PromiseState::AtRisk | PromiseState::KeptLate => "risk",
        PromiseState::Late => "late",
        PromiseState::Kept => "kept",
        PromiseState::Broken => "broken",
        PromiseState::Released => "released",
    }
}

/// A state: shape, word, and colour third.
pub fn state_mark(tone: &str, word: &str) -> Markup {
    let shape = match tone {
        "late" => r#"<path d="M7 1.4 13 12.4H1z" fill="currentColor"/>"#,
        "broken" => {
            r#"<path d="M7 1.4 13 12.4H1z" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M5 6.6l4 4M9 6.6l-4 4" stroke="currentColor" stroke-width="1.4"/>"#
        }
        "risk" => {
            r#"<circle cx="7" cy="7" r="4.9" fill="none" stroke="currentColor" stroke-width="1.7"/><path d="M7 2.1a4.9 4.9 0 0 1 0 9.8z" fill="currentColor"/>"#
        }
        "kept" => r#"<circle cx="7" cy="7" r="5.4" fill="currentColor"/>"#,
        "held" => r#"<path d="M4.6 2v10M9.4 2v10" stroke="currentColor" stroke-width="2.4"/>"#,
        "amended" => {
            r#"<path d="M11.6 7A4.6 4.6 0 1 1 9.8 3.3" fill="none" stroke="currentColor" stroke-width="1.7"/><path d="M8.4 3.6l3.2.6.4-3.2z" fill="currentColor"/>"#
        }
        "disputed" => r#"<path d="M2 5h10M2 9h10M9.6 1.6 4.4 12.4" stroke="currentColor" stroke-width="1.6"/>"#,
        "released" => {
            r#"<circle cx="7" cy="7" r="4.9" fill="none" stroke="currentColor" stroke-width="1.4" stroke-dasharray="2.6 2"/>"#
        }
        "shadow" => {
            r#"<rect x="2.2" y="2.2" width="9.6" height="9.6" rx="2" fill="none" stroke="currentColor" stroke-width="1.4" stroke-dasharray="2.4 1.8"/>"#
        }
        "leaving" => r#"<path d="M1.6 7h9M7.4 3.4 11.2 7l-3.8 3.6" fill="none" stroke="currentColor" stroke-width="1.7"/>"#,
        "unknown" => {
            r#"<path d="M4.4 5a2.6 2.6 0 1 1 3.4 2.5c-.6.2-.8.6-.8 1.3" fill="none" stroke="currentColor" stroke-width="1.6"/><circle cx="7" cy="11.4" r="1.1" fill="currentColor"/>"#
        }
        _ => r#"<circle cx="7" cy="7" r="4.9" fill="none" stroke="currentColor" stroke-width="1.7"/>"#,
    };
    let class = match tone {
        "shadow" | "leaving" => "quiet-state",
        "unknown" => "risk",
        other => other,
    };
    Markup(format!(
        r#"<span class="state {class}"><svg viewBox="0 0 14 14" aria-hidden="true" focusable="false">{shape}</svg>{}</span>"#,
        escape(word)
    ))
}

/// The line of a promise: a ring where it was given, a bar where it is due, a dotted hairline for now, a soft band for the estimate
/// with a tick at its likeliest day, an envelope where we told, and colour past the due.
pub fn promise_line(words: &Words, promise: &Promise, size: LineSize) -> Markup {
    let points = Points::of(words, promise);
    let frame = Scale::new(&points, size);
    let (middle, bottom) = (frame.middle, frame.bottom);
    let half = if size == LineSize::Row { 7.0 } else { 11.0 };
    let reach = if size == LineSize::Row { 9.0 } else { 13.0 };
    let mut out = format!(
        r#"<svg class="pl {}" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{}">"#,
        tone(promise),
        escape(&describe(words, promise)),
        w = frame.width,
        h = frame.height,
    );
    out.push_str(&format!(r#"<line class="axis" x1="6" x2="{:.1}" y1="{middle}" y2="{middle}"/>"#, frame.width - 6.0));
    if let Some((from, likeliest, to)) = points.band {
        let (x1, x2) = (frame.x(from), frame.x(to));
        out.push_str(&format!(
            r#"<rect class="band" x="{x1:.1}" width="{:.1}" y="{:.1}" height="{:.1}" rx="3"/>"#,
            (x2 - x1).max(4.0),
            middle - half,
            half * 2.0
        ));
        let x = frame.x(likeliest);
        out.push_str(&format!(
            r#"<line class="mid" x1="{x:.1}" x2="{x:.1}" y1="{:.1}" y2="{:.1}"/>"#,
            middle - half,
            middle + half
        ));
    }
    let end = points.ended.unwrap_or(points.now);
    let solid_to = points.due.map_or(end, |due| due.min(end)).max(points.given);
    out.push_str(&format!(
        r#"<line class="run" x1="{:.1}" x2="{:.1}" y1="{middle}" y2="{middle}"/>"#,
        frame.x(points.given),
        frame.x(solid_to)
    ));
    if let Some(due) = points.due.filter(|due| end > *due) {
        out.push_str(&format!(
            r#"<line class="over" x1="{:.1}" x2="{:.1}" y1="{middle}" y2="{middle}"/>"#,
            frame.x(due),
            frame.x(end)
        ));
    }
    out.push_str(&format!(r#"<circle class="given" cx="{:.1}" cy="{middle}" r="3.2"/>"#, frame.x(points.given)));
    if let Some(due) = points.due {
        let x = frame.x(due);
        out.push_str(&format!(
            r#"<line class="due" x1="{x:.1}" x2="{x:.1}" y1="{:.1}" y2="{:.1}"/>"#,
            middle - reach,
            middle + reach
        ));
    } else if let Some(review) = points.review {
        let x = frame.x(review);
        out.push_str(&format!(
            r#"<line class="review" x1="{x:.1}" x2="{x:.1}" y1="{:.1}" y2="{:.1}"/>"#,
            middle - reach,
            middle + reach
        ));
    }
    match points.ended {
        Some(ended) => out.push_str(&format!(r#"<circle class="end" cx="{:.1}" cy="{middle}" r="4.4"/>"#, frame.x(ended))),
        None => {
            let x = frame.x(points.now);
            out.push_str(&format!(r#"<line class="now" x1="{x:.1}" x2="{x:.1}" y1="0" y2="{bottom}"/>"#));
        }
    }
    for told in &promise.told {
        let class = if told.bounced { "told-back" } else { "told" };
        let x = frame.x(told.at) - 4.0;
        out.push_str(&format!(r#"<path class="{class}" d="M{x:.1} {:.1}h8v6h-8zl4 3.4 4-3.4"/>"#, middle - 3.0));
    }
    if size != LineSize::Row {
        out.push_str(&labels(words, promise, &points, &frame));
    }
    out.push_str("</svg>");
    Markup(out)
}

/// The line of a promise said in words, for those who do not see it and for lists read aloud.
pub fn describe(words: &Words, promise: &Promise) -> String {
    let mut parts = vec![words.say("line-given", &[("when", words.at_long(promise.made_at).into())])];
    match (&promise.due, promise.review_at) {
        (Some(due), _) => parts.push(words.say("line-due", &[("when", words.due(due).into())])),
        (None, Some(review)) => parts.push(words.say("line-review", &[("when", words.at_long(review).into())])),
        (None, None) => {}
    }
    if let Some(estimate) = promise.estimate.as_ref().filter(|_| promise.state.is_open()) {
        parts.push(words.say("line-estimate", &[("when", words.date(estimate.day).into())]));
    }
    if let Some(told) = promise.told.iter().rev().find(|told| !told.bounced) {
        parts.push(words.say("line-told", &[("when", words.at_long(told.at).into())]));
    }
    match &promise.outcome {
        Some(outcome) => parts.push(words.say(
            "line-ended",
            &[
                ("state", words.word("state", promise.state.word()).to_lowercase().into()),
                ("when", words.at_long(outcome.at).into()),
            ],
        )),
        None => {
            if let Some(due) = promise.due.as_ref().filter(|due| kept_base::millis(due.at) < words.now) {
                let late = kept_text::said::late_by(words.language, due.at, words.instant(words.now));
                parts.push(words.say("line-late", &[("by", late.into())]));
            }
        }
    }
    parts.join(words.t("list-mark").as_str())
}

/// A share with its Wilson interval: the interval soft, the share a mark. `low`, `share` and `high` lie between 0 and 1.
pub fn interval_bar(low: f64, share: f64, high: f64, label: &str) -> Markup {
    let (width, height) = (380.0, 18.0);
    let x = |value: f64| value.clamp(0.0, 1.0) * width;
    Markup(format!(
        r#"<svg class="wb" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="{}"><rect class="base" x="0" y="6" width="{width}" height="6" rx="3"/><rect class="range" x="{:.1}" y="3" width="{:.1}" height="12" rx="3"/><rect class="at" x="{:.1}" y="1" width="2.4" height="16" rx="1"/></svg>"#,
        escape(label),
        x(low),
        (x(high) - x(low)).max(2.0),
        (x(share) - 1.2).clamp(0.0, width - 2.4),
    ))
}

/// The milestones of a parcel: how far it is, with the troubled ones coloured by their tone (`""`, `risk`, `late`, `kept`).
///
/// `with_words` names the steps under the drawing.
pub fn milestone_strip(words: &Words, milestone: Milestone, tone: &str, with_words: bool) -> Markup {
    let steps = steps_to(milestone);
    let at =
        steps.iter().position(|step| *step == milestone || (milestone == Milestone::Customs && *step == Milestone::InNetwork));
    let (width, height, top) = if with_words { (660.0, 44.0, 12.0) } else { (240.0, 20.0, 10.0) };
    let edge = if with_words { 44.0 } else { 8.0 };
    let gap = (width - 2.0 * edge) / f64::from(u32::try_from(steps.len().saturating_sub(1)).unwrap_or(1).max(1));
    let mut x = edge;
    let places: Vec<f64> = steps
        .iter()
        .map(|_| {
            let here = x;
            x += gap;
            here
        })
        .collect();
    let label = words.say("strip-said", &[("milestone", words.word("milestone", milestone.word()).into())]);
    let mut out = format!(
        r#"<svg class="ms" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="{}"><line class="rail" x1="{edge}" x2="{:.1}" y1="{top}" y2="{top}"/>"#,
        escape(&label),
        width - edge
    );
    if let Some(here) = at.and_then(|at| places.get(at)) {
        out.push_str(&format!(r#"<line class="gone" x1="{edge}" x2="{here:.1}" y1="{top}" y2="{top}"/>"#));
    }
    for (index, (step, place)) in steps.iter().zip(&places).enumerate() {
        let is_here = at == Some(index);
        let class = match at {
            Some(_) if is_here => format!("step here {tone}"),
            Some(at) if index < at => "step past".to_owned(),
            _ => "step".to_owned(),
        };
        let radius = if is_here { 5.0 } else { 3.4 };
        out.push_str(&format!(r#"<circle class="{}" cx="{place:.1}" cy="{top}" r="{radius}"/>"#, class.trim_end()));
        if with_words {
            let word = if is_here { milestone } else { *step };
            let class = if is_here { r#" class="here-word""# } else { "" };
            out.push_str(&format!(
                r#"<text{class} x="{place:.1}" y="36" text-anchor="middle">{}</text>"#,
                escape(&words.word("step", word.word()))
            ));
        }
    }
    out.push_str("</svg>");
    Markup(out)
}

struct Points {
    given: i64,
    due: Option<i64>,
    review: Option<i64>,
    band: Option<(i64, i64, i64)>,
    now: i64,
    ended: Option<i64>,
    told: Vec<i64>,
}

impl Points {
    fn of(words: &Words, promise: &Promise) -> Points {
        let start = |date: Date| date.to_zoned(words.zone.clone()).ok().map(|start| start.timestamp().as_millisecond());
        let hours = |n: i64| n * 3_600_000;
        let band = promise.estimate.as_ref().filter(|_| promise.state.is_open()).and_then(|estimate| {
            let from = start(estimate.day)?;
            let to = start(estimate.by_day.unwrap_or(estimate.day))? + hours(24);
            // A learned day is the middle of what may be: the band reaches before it as well.
            let before = if estimate.by_day.is_some() { hours(24) } else { 0 };
            Some((from - before, from + hours(12), to))
        });
        Points {
            given: promise.made_at,
            due: promise.due.as_ref().map(|due| kept_base::millis(due.at)),
            review: promise.review_at,
            band,
            now: words.now,
            ended: promise.outcome.as_ref().map(|outcome| outcome.at),
            told: promise.told.iter().map(|told| told.at).collect(),
        }
    }
}

struct Scale {
    first: f64,
    span: f64,
    width: f64,
    height: f64,
    middle: f64,
    bottom: f64,
}

impl Scale {
    fn new(points: &Points, size: LineSize) -> Scale {
        let (width, height, middle, bottom) = match size {
            LineSize::Row => (230.0, 30.0, 15.0, 30.0),
            LineSize::Medium => (350.0, 58.0, 26.0, 42.0),
            LineSize::Wide => (640.0, 64.0, 30.0, 50.0),
        };
        let review = points.review.filter(|_| points.due.is_none());
        let last = [points.due, review, points.ended, points.band.map(|band| band.2)]
            .into_iter()
            .flatten()
            .chain(points.told.iter().copied())
            .chain(points.ended.is_none().then_some(points.now))
            .chain([points.given + 3_600_000])
            .max()
            .unwrap_or(points.now);
        let first = points.given.min(points.band.map_or(points.given, |band| band.0)).min(last);
        // Milliseconds of years stay far below 2^53.
        Scale { first: first as f64, span: ((last - first) as f64).max(1.0), width, height, middle, bottom }
    }

    fn x(&self, at: i64) -> f64 {
        let inner = self.width - 28.0;
        14.0 + ((at as f64 - self.first) / self.span * inner).clamp(0.0, inner)
    }
}

/// Words under the line, the most needed first; one that would run into another is left out, since the description says it.
fn labels(words: &Words, promise: &Promise, points: &Points, frame: &Scale) -> String {
    let short = |at: i64| words.day_short(at);
    let mut wanted: Vec<(f64, String)> = Vec::new();
    if let Some(due) = &promise.due {
        let text = match due.day {
            Some(day) => words.date_short(day),
            None => words.at(kept_base::millis(due.at)),
        };
        wanted.push((frame.x(kept_base::millis(due.at)), words.say("label-due", &[("when", text.into())])));
    } else if let Some(review) = promise.review_at {
        wanted.push((frame.x(review), words.say("label-review", &[("when", short(review).into())])));
    }
    match points.ended {
        Some(ended) => wanted.push((frame.x(ended), words.at(ended))),
        None => {
            if let Some((_, likeliest, _)) = points.band {
                wanted.push((frame.x(likeliest), short(likeliest)));
            }
        }
    }
    wanted.push((frame.x(points.given), words.say("label-given", &[("when", short(points.given).into())])));
    if points.ended.is_none() {
        wanted.push((frame.x(points.now), words.t("label-now")));
    }
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let mut out = String::new();
    for (x, text) in wanted {
        let letters = u32::try_from(text.chars().count()).unwrap_or(40);
        // Estimated on the wide side for letters of 12 px: two words must never run into each other.
        let width = f64::from(letters) * 6.9;
        let free = |from: f64| {
            let to = from + width;
            from >= 0.0 && to <= frame.width && !taken.iter().any(|(a, b)| from < b + 6.0 && to > a - 6.0)
        };
        let places = [("middle", x - width / 2.0), ("start", x), ("end", x - width)];
        let Some((anchor, from)) = places.into_iter().find(|(_, from)| free(*from)) else { continue };
        taken.push((from, from + width));
        out.push_str(&format!(
            r#"<text x="{x:.1}" y="{:.0}" text-anchor="{anchor}">{}</text>"#,
            frame.height - 2.0,
            escape(&text)
        ));
    }
    out
}

/// The steps a parcel goes through, on the way it took.
fn steps_to(milestone: Milestone) -> Vec<Milestone> {
    let mut steps = vec![
        Milestone::Announced,
        Milestone::HandedOver,
        Milestone::InNetwork,
        Milestone::AtLocalDepot,
        Milestone::OutForDelivery,
    ];
    match milestone {
        Milestone::AvailableForPickup => steps.extend([Milestone::AvailableForPickup, Milestone::Delivered]),
        Milestone::Returning | Milestone::Returned => steps.extend([Milestone::Returning, Milestone::Returned]),
        Milestone::Cancelled => steps = vec![Milestone::Announced, Milestone::Cancelled],
        _ => steps.push(Milestone::Delivered),
    }
    steps
}

impl Markup {
    /// Nothing drawn.
    pub fn none() -> Markup {
        Markup::default()
    }
    /// The markup as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Markup {}

/// A text in which a number with a hyphen stays whole: browsers end a line after the hyphen of ML-10805.
pub fn unbroken(text: &str) -> Markup {
    let whole = |word: &str| word.contains('-') && word.contains(|letter: char| letter.is_ascii_digit());
    let parts = text.split_inclusive([' ', '\u{a0}', '\u{202f}']).map(|part| {
        let word = part.trim_end();
        let blank = part.get(word.len()..).unwrap_or_default();
        if whole(word) { format!("<span class=\"whole\">{}</span>{blank}", escape(word)) } else { escape(part) }
    });
    Markup(parts.collect())
}

/// Share of warnings that came true over share of the late announced in time: a line through rules, and the one in force.
pub fn curve_line(words: &Words, label: &str, rules: &[(f64, f64)], chosen: Option<(f64, f64)>) -> Markup {
    const WIDTH: f64 = 320.0;
    const HEIGHT: f64 = 150.0;
    const LEFT: f64 = 46.0;
    const RIGHT: f64 = 24.0;
    const TOP: f64 = 8.0;
    let x = |share: f64| LEFT + share * (WIDTH - LEFT - RIGHT);
    let y = |share: f64| TOP + (1.0 - share) * (HEIGHT - TOP - 24.0);
    let mut out = format!(
        r#"<svg class="curve" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}">"#,
        escape(label)
    );
    for share in [0.0, 0.5, 1.0] {
        let (across, up, said) = (x(share), y(share), escape(&words.percent(share)));
        out.push_str(&format!(
            r#"<line class="grid" x1="{LEFT}" x2="{:.1}" y1="{up:.1}" y2="{up:.1}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{said}</text><text x="{across:.1}" y="{:.1}" text-anchor="middle">{said}</text>"#,
            WIDTH - RIGHT,
            LEFT - 6.0,
            up + 4.0,
            HEIGHT - 8.0,
        ));
    }
    let path: Vec<String> = rules.iter().map(|(across, up)| format!("{:.1},{:.1}", x(*across), y(*up))).collect();
    out.push_str(&format!(r#"<polyline class="rules" points="{}"/>"#, path.join(" ")));
    if let Some((across, up)) = chosen {
        out.push_str(&format!(r#"<circle class="chosen" cx="{:.1}" cy="{:.1}" r="5"/>"#, x(across), y(up)));
    }
    out.push_str("</svg>");
    Markup(out)
}
