//! A promise: one thing owed, about one subject, to a customer, with one outcome to judge.

use kept_base::{
    BrandId, CustomerId, Due, ErrandId, ItemId, LineId, MessageId, Money, OrderId, ParcelId, Position, PromiseId, WordId,
};
use serde::{Deserialize, Serialize};

mod facts;

use crate::deed::Deed;
use crate::fact::SealedRef;
use crate::input::Giver;
use crate::parcel::{Parcel, carrying};
use crate::penalty::{self, Penalty};

pub use crate::signal::{SignalKind, SignalMark, SignalRaised};
pub use facts::{
    Adopted, Amended, Assessed, Assigned, Disputed, ItemSettled, ItemsAdded, Made, Reopened, Settled, Touched, WordGiven,
};

/// The state of a promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// Id.
    pub id: PromiseId,
    /// Whose.
    pub brand: BrandId,
    /// Kind of its definition: `delivery`, `refund`, `reply` …
    pub kind: String,
    /// Version of the definition it was made under: a hash of the pack.
    pub definition: String,
    /// To whom.
    pub customer: Option<CustomerId>,
    /// About which order.
    pub order: Option<OrderId>,
    /// Who answers for it: a team's name.
    pub owner: String,
    /// Everybody who answered for it before, in order.
    pub owners_before: Vec<String>,
    /// When it was made, epoch milliseconds.
    pub made_at: i64,
    /// When Kept first heard of it, epoch milliseconds: long after it was made, where a shop's past was imported.
    pub heard_at: i64,
    /// Every word given, oldest first.
    pub words: Vec<Word>,
    /// The governing due: of the words in force, the earliest, unless the customer amended it.
    pub due: Option<Due>,
    /// The due by which figures judge: the first that governed.
    pub first_due: Option<Due>,
    /// Where there is no due: when we look again and say something.
    pub review_at: Option<i64>,
    /// Parts, each with its own outcome.
    pub items: Vec<Item>,
    /// The amount owed, for promises of money: what was paid in vain, and what the law adds while it is late.
    pub amount: Option<Money>,
    /// What the law adds while it is late.
    pub penalty: Option<Penalty>,
    /// Since when the money is held that is to be paid back, epoch milliseconds.
    pub held_since: Option<i64>,
    /// Made to the company by a partner, for the sake of a promise to a customer.
    pub upstream: Option<Upstream>,
    /// How it stands.
    pub state: PromiseState,
    /// The customer's own wish moved the due: neutral in every figure.
    pub amended: bool,
    /// The customer says the outcome is not so; not settled yet.
    pub disputed: Option<i64>,
    /// How it was judged.
    pub outcome: Option<Outcome>,
    /// The word of a person of the team that it is done.
    pub deed: Option<Deed>,
    /// What we now believe.
    pub estimate: Option<Estimate>,
    /// Since when it is known that what brings it will not come by itself: days believed in before are no longer.
    pub in_vain_since: Option<i64>,
    /// What the customer was told about it.
    pub told: Vec<Told>,
    /// How often the customer had to ask: moments, epoch milliseconds.
    pub chasers: Vec<i64>,
    /// The customer wants no more messages about it.
    pub peace: bool,
    /// The choice the customer made: `wait`, `cancel`, `reship`, `another_day`, `new_address`, `pickup_point`.
    pub choice: Option<String>,
    /// When the next word is due that a message promised.
    pub next_word_at: Option<i64>,
    /// What was noticed, oldest first.
    pub signals: Vec<SignalMark>,
    /// What was asked of the shop, or of a person, for it, oldest first.
    pub errands: Vec<ErrandId>,
    /// Position of the fact that armed the due: what makes "late" fire once a due.
    pub armed_by: Position,
    /// Facts about it.
    pub facts: Vec<Position>,
}

/// Whose promise it is, where a partner made it to the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upstream {
    /// The promise to the customer that it serves.
    pub serves: PromiseId,
    /// The partner: the name under which they sell.
    pub partner: String,
}

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseState {
    /// Stands, nothing noticed.
    Open,
    /// Something says that it may not be kept.
    AtRisk,
    /// The due has passed.
    Late,
    /// Kept by its due.
    Kept,
    /// Kept after its due.
    KeptLate,
    /// Not kept.
    Broken,
    /// The customer let us off.
    Released,
}

impl PromiseState {
    /// All states.
    pub const ALL: [PromiseState; 7] = [
        PromiseState::Open,
        PromiseState::AtRisk,
        PromiseState::Late,
        PromiseState::Kept,
        PromiseState::KeptLate,
        PromiseState::Broken,
        PromiseState::Released,
    ];

    /// The word in rows, in the API and in keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            PromiseState::Open => "open",
            PromiseState::AtRisk => "at_risk",
            PromiseState::Late => "late",
            PromiseState::Kept => "kept",
            PromiseState::KeptLate => "kept_late",
            PromiseState::Broken => "broken",
            PromiseState::Released => "released",
        }
    }

    /// The state of a word.
    pub fn from_word(word: &str) -> Option<PromiseState> {
        PromiseState::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Still owed.
    pub fn is_open(self) -> bool {
        matches!(self, PromiseState::Open | PromiseState::AtRisk | PromiseState::Late)
    }
}

/// A word given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Id.
    pub id: WordId,
    /// Who gave it.
    pub by: Giver,
    /// When, epoch milliseconds.
    pub given_at: i64,
    /// Its due, if it has one.
    pub due: Option<Due>,
    /// The sentence, sealed.
    pub sentence: Option<SealedRef>,
    /// The article of law or the definition's rule it comes from.
    pub source: Option<String>,
    /// Waits for a condition: no due until it is met.
    pub waiting: bool,
    /// Given beyond the giver's authority; honoured or made good, never deleted.
    pub exceeded: bool,
    /// The fact that proves it.
    pub proof: Position,
}

/// A part of a promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Id.
    pub id: ItemId,
    /// What it is.
    pub kind: ItemKind,
    /// How it stands.
    pub state: ItemState,
    /// When settled, epoch milliseconds.
    pub settled_at: Option<i64>,
    /// Why it was broken: `unavailable`, `lost`, `service_not_given` …
    pub cause: Option<String>,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A line of the order.
    Line(LineId),
    /// A whole parcel, where lines are not known.
    Parcel(ParcelId),
    /// The delivery fee: the service paid for.
    Fee,
    /// The thing itself, where it has no parts.
    Whole,
}

/// How a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Owed.
    Open,
    /// Given by the due.
    Kept,
    /// Given after it.
    KeptLate,
    /// Will not be given.
    Broken,
    /// The customer let us off.
    Released,
}

/// How a promise was judged: an assessment with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Kept, kept late, broken or released.
    pub state: PromiseState,
    /// Against the first due.
    pub by_first_due: PromiseState,
    /// When it was fulfilled or given up, epoch milliseconds.
    pub at: i64,
    /// False when a guessed clock near the due leaves a doubt: pages say "probably".
    pub certain: bool,
    /// Who judged: `carrier_claim`, `customer`, `rule`, `hand` (the word of a person of the team: see [`Deed`]), or a person.
    pub by: String,
    /// Why, for a broken one.
    pub cause: Option<String>,
    /// The fact that is the evidence.
    pub evidence: Position,
}

/// What we believe, with where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The day we think likeliest.
    pub day: jiff::civil::Date,
    /// The day by which it comes nine times in ten; `None` when a carrier said the day.
    pub by_day: Option<jiff::civil::Date>,
    /// `carrier` (its own word) or `past` (learned).
    pub basis: String,
    /// How many past parcels it was learned from.
    pub n: u32,
    /// When it was made, epoch milliseconds.
    pub at: i64,
}

/// What the customer was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The message.
    pub message: MessageId,
    /// Its template.
    pub template: String,
    /// By what it went.
    pub channel: crate::message::Channel,
    /// When it was accepted for delivery, epoch milliseconds.
    pub at: i64,
    /// It came back: they were not told.
    pub bounced: bool,
}

impl Promise {
    /// A promise as made.
    pub fn new(brand: BrandId, fact: &Made, position: Position, heard_at: i64) -> Promise {
        Promise {
            id: fact.promise,
            brand,
            kind: fact.kind.clone(),
            definition: fact.definition.clone(),
            customer: fact.customer,
            order: fact.order,
            owner: fact.owner.clone(),
            owners_before: Vec::new(),
            made_at: fact.made_at,
            heard_at,
            words: Vec::new(),
            due: None,
            first_due: None,
            review_at: fact.review_at,
            items: fact.items.clone(),
            amount: fact.amount,
            penalty: fact.penalty.clone().map(Penalty::new),
            held_since: fact.held_since,
            upstream: fact.upstream.clone(),
            state: PromiseState::Open,
            amended: false,
            disputed: None,
            outcome: None,
            deed: None,
            estimate: None,
            in_vain_since: None,
            told: Vec::new(),
            chasers: Vec::new(),
            peace: false,
            choice: None,
            next_word_at: None,
            signals: Vec::new(),
            errands: Vec::new(),
            armed_by: position,
            facts: Vec::new(),
        }
    }

    /// Whether a line that is owed is in no parcel yet. A parcel that names no lines has all that travel in no other.
    pub fn lacks_parcel(&self, parcels: &[&Parcel]) -> bool {
        let carried = |line| carrying(line, parcels.iter().copied()).next().is_some();
        let mut owed = self.items.iter().filter(|item| item.state == ItemState::Open);
        owed.any(|item| matches!(item.kind, ItemKind::Line(line) if !carried(line)))
    }

    /// Whether a signal of this kind, armed by this fact, was raised already.
    pub fn has_fired(&self, kind: SignalKind, armed_by: Position) -> bool {
        self.signals.iter().any(|mark| mark.kind == kind && mark.armed_by == armed_by)
    }

    /// Whether the customer was told something of this template, and it did not come back.
    pub fn was_told(&self, templates: &[&str]) -> bool {
        self.told.iter().any(|told| !told.bounced && templates.contains(&told.template.as_str()))
    }

    /// When the customer was first told that it may be late, if before `limit`.
    pub fn first_told_at(&self) -> Option<i64> {
        self.told.iter().filter(|told| !told.bounced).map(|told| told.at).min()
    }

    /// Folds a word: the earliest valid due governs, unless the customer amended it.
    pub fn give_word(&mut self, fact: &WordGiven, position: Position) {
        self.words.push(Word {
            id: fact.word,
            by: fact.by,
            given_at: fact.given_at,
            due: fact.due.clone(),
            sentence: fact.sentence.clone(),
            source: fact.source.clone(),
            waiting: fact.waiting,
            exceeded: fact.exceeded,
            proof: position,
        });
        if let Some(adds) = fact.adds {
            self.amount = Some(self.amount.and_then(|amount| amount.checked_add(adds).ok()).unwrap_or(adds));
        }
        if self.amended {
            return;
        }
        let governing = self.words.iter().filter(|word| !word.waiting).filter_map(|word| word.due.clone()).min();
        if governing != self.due {
            self.due = governing;
            self.armed_by = position;
            // The first due is what the customer was told at the start: an earlier word sharpens it, nothing loosens it.
            self.first_due = match (self.first_due.take(), self.due.clone()) {
                // A day that was over when it was given is no promise of it: the promise stays in the period it was made for.
                (Some(first), Some(due)) if kept_base::millis(due.at) > fact.given_at => Some(first.min(due)),
                (first, due) => first.or(due),
            };
        }
    }

    /// Folds the outcome of a part; a part settled twice keeps its last assessment.
    pub fn settle_item(&mut self, fact: &ItemSettled) {
        for item in self.items.iter_mut().filter(|item| item.id == fact.item) {
            item.state = fact.state;
            item.settled_at = Some(fact.at);
            item.cause.clone_from(&fact.cause);
        }
    }

    /// Folds parts that came to it.
    pub fn add_items(&mut self, fact: &ItemsAdded) {
        self.items.extend(fact.items.iter().cloned());
    }

    /// Folds what the law added.
    pub fn run_penalty(&mut self, fact: &penalty::Ran) {
        self.amount = Some(self.amount.and_then(|amount| amount.checked_add(fact.adds).ok()).unwrap_or(fact.adds));
        if let Some(penalty) = &mut self.penalty {
            penalty.run(fact);
        }
    }

    /// Folds an assessment.
    pub fn assess(&mut self, fact: &Assessed, position: Position) {
        self.state = fact.state;
        self.next_word_at = None;
        self.outcome = Some(Outcome {
            state: fact.state,
            by_first_due: fact.by_first_due,
            at: fact.at,
            certain: fact.certain,
            by: fact.by.clone(),
            cause: fact.cause.clone(),
            evidence: position,
        });
    }

    /// Folds that what it was judged by no longer stands.
    pub fn reopen(&mut self, fact: &Reopened) {
        for item in self.items.iter_mut().filter(|item| fact.items.contains(&item.id)) {
            item.state = ItemState::Open;
            item.settled_at = None;
            item.cause = None;
        }
        self.state = fact.state;
        self.outcome = None;
        // That it be sent again was wished because it was gone.
        self.choice.take_if(|choice| choice == "reship");
    }

    /// Folds the customer's wish.
    pub fn amend(&mut self, fact: &Amended, position: Position) {
        self.amended = true;
        self.due = Some(fact.due.clone());
        self.armed_by = position;
        if self.state.is_open() {
            self.state = PromiseState::Open;
        }
    }

    /// Folds a dispute.
    pub fn dispute(&mut self, fact: &Disputed) {
        self.disputed = Some(fact.at);
    }

    /// Folds the end of a dispute.
    pub fn settle(&mut self, fact: &Settled, position: Position) {
        self.disputed = None;
        self.state = fact.state;
        self.outcome = Some(Outcome {
            state: fact.state,
            by_first_due: fact.state,
            at: fact.at,
            certain: true,
            by: fact.by.clone(),
            cause: None,
            evidence: position,
        });
    }

    /// Folds a change of who answers.
    pub fn assign(&mut self, fact: &Assigned) {
        let before = std::mem::replace(&mut self.owner, fact.owner.clone());
        if before != self.owner && !self.owners_before.contains(&before) {
            self.owners_before.push(before);
        }
    }

    /// Folds a touch by the customer.
    pub fn touch(&mut self, fact: &Touched) {
        match fact.how.as_str() {
            "asked" => {
                let index = self.chasers.partition_point(|at| *at <= fact.at);
                self.chasers.insert(index, fact.at);
            }
            "peace" => self.peace = true,
            choice => self.choice = Some(choice.to_owned()),
        }
    }

    /// Folds a signal.
    pub fn signal(&mut self, fact: &SignalRaised) {
        self.signals.push(SignalMark {
            signal: fact.signal,
            kind: fact.signal_kind,
            armed_by: fact.armed_by,
            true_at: fact.true_at,
            reason: fact.reason.clone(),
            foreseen: fact.foreseen,
        });
        if matches!(fact.signal_kind, SignalKind::Lost | SignalKind::DeclaredLost | SignalKind::Returned) {
            // What will not come by itself is expected on no day, whatever was told before, or is on its way to the customer.
            self.estimate = None;
            self.in_vain_since = Some(fact.true_at.saturating_add(fact.lateness.saturating_mul(1000)));
        }
        match fact.signal_kind {
            SignalKind::Late if self.state.is_open() => self.state = PromiseState::Late,
            SignalKind::AtRisk | SignalKind::Silent | SignalKind::Lost | SignalKind::DeclaredLost | SignalKind::Backordered
                if self.state == PromiseState::Open =>
            {
                self.state = PromiseState::AtRisk
            }
            SignalKind::NextWordDue => self.next_word_at = None,
            // Where no date was given, a look is followed by the next one.
            SignalKind::ReviewDue => self.review_at = fact.threshold.map(|seconds| fact.true_at + seconds * 1000),
            _ => {}
        }
    }

    /// Folds a message about it that was accepted for delivery: only then is the customer told.
    pub fn tell(&mut self, message: &crate::message::Message, at: i64) {
        match self.told.iter_mut().find(|told| told.message == message.id) {
            // It was said to have come back, and has arrived after all.
            Some(told) => told.bounced = false,
            None => self.told.push(Told {
                message: message.id,
                template: message.template.clone(),
                channel: message.channel,
                at,
                bounced: false,
            }),
        }
        if self.state.is_open() {
            self.next_word_at = message.next_word_at;
        }
        if let Some(estimate) = &message.estimate
            && self.in_vain_since.is_none_or(|since| estimate.at > since)
        {
            self.estimate = Some(estimate.clone());
        }
    }

    /// Folds a bounce: a message that came back told nobody anything.
    pub fn bounce(&mut self, message: MessageId) {
        for told in self.told.iter_mut().filter(|told| told.message == message) {
            told.bounced = true;
        }
    }
}
