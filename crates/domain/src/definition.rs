//! Definitions: which facts start which promises, as data that a user may edit (`packs/promises/*.toml`).

use std::ops::Range;

use jiff::Timestamp;
use kept_base::{Calendar, CalendarDuration, CalendarKind, Country, Due, HolidayRegion};
use kept_learn::Costs;
use kept_rules::{Facts, Rule};
use serde::Deserialize;
use serde_json::json;

use crate::finding::Finding;
use crate::input::Giver;
use crate::penalty::{Step, Terms};
use crate::vocabulary::Milestone;

/// A definition of one kind of promise.
#[derive(Debug)]
pub struct Definition {
    /// Kind: `delivery`, `refund` …
    pub kind: String,
    /// What starts it: `order.placed`, `order.lines_cancelled`, `promise.disputed`, `word.given` for those given by hand, or
    /// `order.sold_by_partner` for what a partner owes the company of an order.
    pub starts: String,
    /// Parts: the order's lines, or the whole.
    pub items: ItemsFrom,
    /// The delivery fee is a part, owed back when the service was not given.
    pub fee: FeePolicy,
    /// A person of the team may say that it is done: nothing else will, neither a carrier nor a payment.
    pub by_hand: bool,
    /// Who answers for it.
    pub owner: String,
    /// Words that bind it from the start.
    pub words: Vec<WordRule>,
    /// When to look again where no word has a due.
    pub review: CalendarDuration,
    /// After the due, how long until late becomes broken.
    pub broken_after: CalendarDuration,
    /// What the watch finds of parcels that nobody reported.
    pub find: Vec<FindRule>,
    /// How much time a parcel still needs at each milestone: less than that before the due, and the promise is at risk. Where `warn` is
    /// given, only as long as too little has been learned.
    pub reach: Vec<ReachRule>,
    /// What mistakes cost: the risk is learned, and the rule that would have cost least on the own past says when to warn.
    pub warn: Option<Costs>,
    /// What the law adds to money that is paid back late.
    pub penalty: Option<PenaltyRule>,
}

/// Where the parts of a promise come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum ItemsFrom {
    /// Each line of the order.
    #[serde(rename = "order.lines")]
    OrderLines,
    /// One part: the thing itself.
    #[serde(rename = "whole")]
    Whole,
}

/// What becomes of the delivery fee.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeePolicy {
    /// It is no part.
    #[default]
    None,
    /// The share of lines that do not come is owed back.
    Share,
    /// All of it is owed back when lines do not come or come late.
    Whole,
}

/// A word that a definition gives.
#[derive(Debug)]
pub struct WordRule {
    /// Who.
    pub by: Giver,
    /// Under which condition, in CEL; none: always.
    pub when: Option<Rule>,
    /// The due: `order.promised`, or a span.
    pub due: DueRule,
    /// Article of law, or where it stands.
    pub source: Option<String>,
}

/// How a word's due is found.
#[derive(Debug)]
pub enum DueRule {
    /// The day that was said for the delivery.
    OrderPromised,
    /// The day that was said for the hand-over to the carrier.
    OrderShipBy,
    /// A span from the start, by a calendar.
    After {
        /// How long.
        span: CalendarDuration,
        /// Which days count.
        calendar: CalendarKind,
        /// A due on a free day moves to the next working day.
        roll: bool,
    },
}

/// Where a parcel goes. These rules are plain fields, not CEL: they are looked at with every scan, before it is acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Anywhere.
    #[default]
    Any,
    /// Within the shop's own country.
    Domestic,
    /// Beyond it.
    International,
}

impl Scope {
    /// Whether a destination lies in it.
    pub fn holds(self, domestic: bool) -> bool {
        match self {
            Scope::Any => true,
            Scope::Domestic => domestic,
            Scope::International => !domestic,
        }
    }
}

/// When the watch finds something.
#[derive(Debug)]
pub struct FindRule {
    /// What. Of the rules for one finding the first that fits counts.
    pub finding: Finding,
    /// Where the parcel goes.
    pub scope: Scope,
    /// Only these carriers; empty: all.
    pub carriers: Vec<String>,
    /// At which milestones; empty: all at which it can be found.
    pub at: Vec<Milestone>,
    /// From when on.
    pub from: FoundFrom,
}

/// The moment from which something is found.
#[derive(Debug)]
pub enum FoundFrom {
    /// A span after it began; where enough is known, instead the moment by which this share has moved on.
    After {
        /// How long.
        span: CalendarDuration,
        /// Which time counts.
        calendar: CalendarKind,
        /// What is learned instead.
        learned: Option<LearnedSpan>,
    },
    /// A time of the day on which it began, where the parcel goes.
    Clock(jiff::civil::Time),
    /// A span after the day by which the shop said it would hand over; where it said none, a span after it began.
    ShipBy {
        /// Working days after that day.
        span: CalendarDuration,
        /// Where no day was said.
        otherwise: CalendarDuration,
    },
}

/// A span learned from the gaps between scans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearnedSpan {
    /// The share of gaps that are over by then.
    pub share: f64,
    /// Never sooner than this, in milliseconds.
    pub at_least: i64,
}

/// How much time is still needed.
#[derive(Debug)]
pub struct ReachRule {
    /// Where the parcel goes.
    pub scope: Scope,
    /// At which milestones; `announced` stands for "no parcel yet" too.
    pub at: Vec<Milestone>,
    /// Time still needed before the due.
    pub needs: CalendarDuration,
}

/// All packs in force, with the hash that names their version.
#[derive(Debug, Default)]
pub struct Packs {
    /// Definitions, in the order of files and of their text.
    pub definitions: Vec<Definition>,
    /// Playbooks.
    pub playbooks: Vec<crate::playbook::Playbook>,
    /// Hash of all texts.
    pub version: String,
}

impl Packs {
    /// The definition of a kind.
    pub fn definition(&self, kind: &str) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.kind == kind)
    }

    /// A playbook by name.
    pub fn playbook(&self, name: &str) -> Option<&crate::playbook::Playbook> {
        self.playbooks.iter().find(|playbook| playbook.name == name)
    }
}

/// The calendar of a kind where the house works.
pub fn calendar(kind: CalendarKind, zone: &str) -> Calendar {
    Calendar { zone: zone.to_owned(), kind, holidays: HolidayRegion::France }
}

impl WordRule {
    /// Whether it applies, and its due; a rule that cannot be evaluated does not apply and says why.
    ///
    /// # Errors
    /// The rule's or the calendar's words.
    pub fn due(&self, facts: &Facts, said: Said<'_>, start: Timestamp, zone: &str) -> Result<Option<Due>, String> {
        if let Some(rule) = &self.when
            && !rule.holds(facts).map_err(|error| error.to_string())?
        {
            return Ok(None);
        }
        match &self.due {
            DueRule::OrderPromised => Ok(said.promised.cloned()),
            DueRule::OrderShipBy => Ok(said.ship_by.cloned()),
            DueRule::After { span, calendar: kind, roll } => {
                calendar(*kind, zone).due_after(start, span, *roll).map(Some).map_err(|error| error.to_string())
            }
        }
    }
}

/// The days that were said of an order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said<'o> {
    /// For the delivery.
    pub promised: Option<&'o Due>,
    /// For the hand-over to the carrier.
    pub ship_by: Option<&'o Due>,
}

/// What conditions of words and of penalties can ask.
#[derive(Clone, Copy, Debug)]
pub struct OfWords {
    /// The shop said a day for the delivery.
    pub promised: bool,
    /// The shop said a day for the hand-over.
    pub ship_by: bool,
    /// Destination.
    pub country: Option<Country>,
    /// How many lines.
    pub lines: usize,
    /// Something was paid for delivery.
    pub express: bool,
    /// Consumers' law applies.
    pub consumer: bool,
    /// The shop withdrew something of the order.
    pub withdrawn: bool,
    /// The day by which it was to be delivered is over, and it was not.
    pub late: bool,
}

impl OfWords {
    /// As conditions name it.
    pub fn facts(self) -> Facts {
        let country = self.country.map(|country| country.to_string());
        Facts::new()
            .with(
                "order",
                json!({ "promised": self.promised, "ship_by": self.ship_by, "country": country, "lines": self.lines, "express": self.express,
                    "withdrawn": self.withdrawn, "late": self.late }),
            )
            .with("customer", json!({ "consumer": self.consumer }))
    }

    /// Every field with a value: conditions are tried on it when a pack is read.
    fn sample() -> Facts {
        OfWords {
            promised: true,
            ship_by: true,
            country: Some(Country::FR),
            lines: 1,
            express: true,
            consumer: true,
            withdrawn: true,
            late: true,
        }
        .facts()
    }
}

/// What the law adds to money that is paid back late.
#[derive(Debug)]
pub struct PenaltyRule {
    /// Under which condition, in CEL, judged when the promise is made; none: always.
    pub when: Option<Rule>,
    /// The article, and the steps.
    pub terms: Terms,
}

impl PenaltyRule {
    /// The terms, where they apply.
    ///
    /// # Errors
    /// The condition's words.
    pub fn terms(&self, facts: &Facts) -> Result<Option<Terms>, String> {
        match &self.when {
            Some(rule) if !rule.holds(facts).map_err(|error| error.to_string())? => Ok(None),
            _ => Ok(Some(self.terms.clone())),
        }
    }
}

/// Why a pack was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct PackError {
    /// File.
    pub file: String,
    /// Line, from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl PackError {
    /// An error at a place in a text.
    pub fn at(file: &str, text: &str, span: Option<Range<usize>>, message: impl Into<String>) -> PackError {
        let line = span.map(|span| text.get(..span.start).unwrap_or(text).lines().count().max(1));
        PackError { file: file.to_owned(), line, message: message.into(), hint: None }
    }

    /// The same, with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> PackError {
        self.hint = Some(hint.into());
        self
    }
}

/// The fields of [`OfWords`], for who writes a condition.
const OF_WORDS: &str =
    "order.promised, order.ship_by, order.country, order.lines, order.express, order.withdrawn, order.late, customer.consumer";

/// Names a condition of a definition may use.
const ROOTS: &[&str] = &["order", "parcel", "customer", "promise", "signal"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    promise: Vec<toml::Spanned<RawDefinition>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDefinition {
    kind: String,
    starts: String,
    #[serde(default)]
    items: Option<ItemsFrom>,
    #[serde(default)]
    fee: FeePolicy,
    #[serde(default)]
    by_hand: Option<bool>,
    owner: String,
    #[serde(default)]
    words: Vec<toml::Spanned<RawWord>>,
    review: CalendarDuration,
    broken_after: CalendarDuration,
    #[serde(default)]
    find: Vec<toml::Spanned<RawFind>>,
    #[serde(default)]
    reach: Vec<RawReach>,
    #[serde(default)]
    warn: Option<toml::Spanned<RawWarn>>,
    #[serde(default)]
    penalty: Option<toml::Spanned<RawPenalty>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPenalty {
    when: Option<String>,
    source: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWarn {
    needless: f64,
    unannounced: f64,
    notice: CalendarDuration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWord {
    by: Giver,
    when: Option<String>,
    due: Option<String>,
    after: Option<CalendarDuration>,
    calendar: Option<CalendarKind>,
    #[serde(default)]
    roll: bool,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFind {
    finding: Finding,
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    carriers: Vec<String>,
    #[serde(default)]
    at: Vec<Milestone>,
    span: Option<CalendarDuration>,
    #[serde(default = "clock_hours")]
    calendar: CalendarKind,
    learned: Option<f64>,
    at_least: Option<CalendarDuration>,
    clock: Option<jiff::civil::Time>,
    after_ship_by: Option<CalendarDuration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReach {
    #[serde(default)]
    scope: Scope,
    at: Vec<Milestone>,
    needs: CalendarDuration,
}

fn clock_hours() -> CalendarKind {
    CalendarKind::ClockHours
}

/// Reads one file of definitions.
///
/// # Errors
/// The first thing wrong, with its line and a hint; nothing of the file is taken then.
pub fn read(file: &str, text: &str) -> Result<Vec<Definition>, PackError> {
    let raw: File = toml::from_str(text).map_err(|error| {
        PackError::at(file, text, error.span(), error.message())
            .hint("compare with the packs that come with Kept; docs/packs.md lists every key")
    })?;
    raw.promise
        .into_iter()
        .map(|definition| {
            let span = definition.span();
            let definition = definition.into_inner();
            build(file, text, definition).map_err(|error| PackError {
                line: error.line.or_else(|| PackError::at(file, text, Some(span), "").line),
                ..error
            })
        })
        .collect()
}

fn build(file: &str, text: &str, raw: RawDefinition) -> Result<Definition, PackError> {
    const STARTS: &[&str] = &["order.placed", "order.sold_by_partner", "order.lines_cancelled", "promise.disputed", "word.given"];
    if !STARTS.contains(&raw.starts.as_str()) {
        return Err(PackError::at(file, text, None, format!("nothing starts at `{}`", raw.starts))
            .hint(format!("one of: {}", STARTS.join(", "))));
    }
    if raw.owner.trim().is_empty() {
        return Err(PackError::at(file, text, None, "a promise needs an owner").hint("owner = \"operations\""));
    }
    let words = raw.words.into_iter().map(|word| {
        let span = word.span();
        let word = word.into_inner();
        let due = match (word.due.as_deref(), word.after) {
            (Some("order.promised"), None) => DueRule::OrderPromised,
            (Some("order.ship_by"), None) => DueRule::OrderShipBy,
            (None, Some(after)) => {
                DueRule::After { span: after, calendar: word.calendar.unwrap_or(CalendarKind::CalendarDays), roll: word.roll }
            }
            _ => {
                return Err(PackError::at(file, text, Some(span), "a word needs either `due` or `after`")
                    .hint("due = \"order.promised\", due = \"order.ship_by\", or after = \"P14D\""));
            }
        };
        let when = rule(file, text, &span, word.when.as_deref())?;
        // Tried once at load: a field that does not exist must not stop orders later.
        if let Some(Err(error)) = when.as_ref().map(|rule| rule.holds(&OfWords::sample())) {
            return Err(PackError::at(file, text, Some(span), format!("the condition cannot be judged: {error}")).hint(OF_WORDS));
        }
        Ok(WordRule { by: word.by, when, due, source: word.source })
    });
    let find = raw.find.into_iter().map(|rule| find_rule(file, text, rule));
    let warn = raw.warn.map(|warn| costs(file, text, warn)).transpose()?;
    let penalty = raw.penalty.map(|penalty| penalty_rule(file, text, penalty)).transpose()?;
    let reach = raw.reach.into_iter().map(|reach| ReachRule { scope: reach.scope, at: reach.at, needs: reach.needs });
    Ok(Definition {
        words: words.collect::<Result<_, PackError>>()?,
        find: find.collect::<Result<_, PackError>>()?,
        reach: reach.collect(),
        warn,
        penalty,
        kind: raw.kind,
        by_hand: raw.by_hand.unwrap_or(matches!(raw.starts.as_str(), "word.given" | "promise.disputed")),
        starts: raw.starts,
        items: raw.items.unwrap_or(ItemsFrom::Whole),
        fee: raw.fee,
        owner: raw.owner,
        review: raw.review,
        broken_after: raw.broken_after,
    })
}

fn penalty_rule(file: &str, text: &str, penalty: toml::Spanned<RawPenalty>) -> Result<PenaltyRule, PackError> {
    let span = penalty.span();
    let RawPenalty { when, source, steps } = penalty.into_inner();
    let refused = |message: &str, hint: &str| PackError::at(file, text, Some(span.clone()), message).hint(hint);
    let grows = steps.windows(2).all(|pair| matches!(pair, [one, next] if one.days < next.days && one.percent < next.percent));
    if steps.is_empty() || !grows || steps.iter().any(|step| step.percent == 0 || step.percent > 1000) {
        return Err(refused(
            "the steps of a penalty follow each other, each later and higher",
            "steps = [{ days = 0, percent = 10 }, { days = 14, percent = 20 }]",
        ));
    }
    let when = rule(file, text, &span, when.as_deref())?;
    if let Some(Err(error)) = when.as_ref().map(|rule| rule.holds(&OfWords::sample())) {
        return Err(refused(&format!("the condition cannot be judged: {error}"), OF_WORDS));
    }
    Ok(PenaltyRule { when, terms: Terms { source, steps } })
}

fn find_rule(file: &str, text: &str, rule: toml::Spanned<RawFind>) -> Result<FindRule, PackError> {
    let span = rule.span();
    let refused = |message: &str, hint: &str| PackError::at(file, text, Some(span.clone()), message).hint(hint);
    let RawFind { finding, scope, carriers, at, span: after, calendar, learned, at_least, clock, after_ship_by } =
        rule.into_inner();
    let learned = match (learned, at_least) {
        (None, None) => None,
        (Some(share), Some(at_least)) if (0.5..=0.99).contains(&share) => {
            let seconds = crate::watch::seconds(&at_least)
                .ok_or_else(|| refused("`at_least` has no months or years", "at_least = \"PT24H\""))?;
            Some(LearnedSpan { share, at_least: seconds * 1000 })
        }
        _ => return Err(refused("`learned` is a share from .5 to .99, with `at_least`", "learned = 0.98, at_least = \"PT24H\"")),
    };
    if learned.is_some() && finding != Finding::StalledInNetwork {
        return Err(refused("only the gaps between scans are learned", "`learned` goes with stalled_in_network"));
    }
    let from = match (after, clock, after_ship_by) {
        (None, Some(clock), None) if learned.is_none() => FoundFrom::Clock(clock),
        (Some(otherwise), None, Some(span)) if learned.is_none() && finding == Finding::LabelNotHandedOver => {
            FoundFrom::ShipBy { span, otherwise }
        }
        (Some(span), None, None) => FoundFrom::After { span, calendar, learned },
        _ => {
            let hint = "span = \"PT72H\"; clock = \"22:00\"; or, for a label, after_ship_by = \"P1D\" and span = \"P2D\"";
            return Err(refused("a finding needs `span` or `clock`", hint));
        }
    };
    Ok(FindRule { finding, scope, carriers, at, from })
}

fn costs(file: &str, text: &str, warn: toml::Spanned<RawWarn>) -> Result<Costs, PackError> {
    let span = warn.span();
    let RawWarn { needless, unannounced, notice } = warn.into_inner();
    let refused = |message: &str, hint: &str| PackError::at(file, text, Some(span.clone()), message).hint(hint);
    if ![needless, unannounced].iter().all(|cost| cost.is_finite() && *cost > 0.0) {
        return Err(refused("costs are numbers above 0", "needless = 1.0, unannounced = 2.0"));
    }
    match crate::watch::seconds(&notice) {
        Some(seconds) if (0..=864_000).contains(&seconds) => Ok(Costs { needless, unannounced, notice: seconds * 1000 }),
        _ => Err(refused("`notice` is a span of up to ten days", "notice = \"P2D\"")),
    }
}

pub(crate) fn rule(file: &str, text: &str, span: &Range<usize>, source: Option<&str>) -> Result<Option<Rule>, PackError> {
    source
        .map(|source| {
            Rule::compile(source, ROOTS).map_err(|error| {
                PackError::at(file, text, Some(span.clone()), format!("the condition `{source}` is refused: {error}"))
                    .hint(format!("conditions are CEL over {}", ROOTS.join(", ")))
            })
        })
        .transpose()
}
