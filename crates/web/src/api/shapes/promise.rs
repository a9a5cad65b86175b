//! Promises as the API shows them.

use kept_domain::promise::{Item, ItemKind, Promise};
use kept_engine::Outlook;
use kept_engine::views::{PromiseFile, PromiseLine};
use serde::Serialize;
use utoipa::ToSchema;

use super::{DueBody, FactBody, MessageBody, MoneyBody, OrderBody, PersonBody, Sight, iso, person};

/// A promise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PromiseBody {
    /// `prm_…`
    pub id: String,
    /// `delivery`, `refund`, `reply` … as in the packs.
    pub kind: String,
    /// `open`, `at_risk`, `late`, `kept`, `kept_late`, `broken`, `released`.
    pub state: String,
    /// Who answers for it now.
    pub owner: String,
    /// `cus_…`
    pub customer: Option<String>,
    /// Only with the scope `personal`.
    pub person: Option<PersonBody>,
    /// `ord_…`
    pub order: Option<String>,
    /// The shop's number of the order.
    pub order_number: Option<String>,
    /// When it was made.
    pub made_at: String,
    /// The due in force.
    pub due: Option<DueBody>,
    /// The due by which figures judge.
    pub first_due: Option<DueBody>,
    /// Where there is no due: when it is looked at again.
    pub review_at: Option<String>,
    /// The customer's own wish moved the due.
    pub amended: bool,
    /// Since when the customer disputes the outcome; not settled yet.
    pub disputed_since: Option<String>,
    /// How it was judged.
    pub outcome: Option<OutcomeBody>,
    /// The word of a person of the team that it is done.
    pub deed: Option<DeedBody>,
    /// What is now believed.
    pub estimate: Option<EstimateBody>,
    /// The amount owed.
    pub amount: Option<MoneyBody>,
    /// Parts, each with its own outcome.
    pub items: Vec<ItemBody>,
    /// Words given, oldest first.
    pub words: Vec<WordBody>,
    /// What the customer was told.
    pub told: Vec<ToldBody>,
    /// When the customer had to ask.
    pub chasers: Vec<String>,
    /// The customer wants no more messages about it.
    pub peace: bool,
    /// `wait`, `cancel`, `reship`, `another_day`, `new_address`, `pickup_point`.
    pub choice: Option<String>,
    /// What was noticed, oldest first.
    pub signals: Vec<SignalBody>,
    /// Parcels: `par_…`
    pub parcels: Vec<String>,
    /// A message about it that waits for a person's yes: `msg_…`
    pub waiting: Option<String>,
}

/// How a promise was judged.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutcomeBody {
    /// `kept`, `kept_late`, `broken`, `released`.
    pub state: String,
    /// The same against the first due.
    pub by_first_due: String,
    /// When it was fulfilled or given up.
    pub at: String,
    /// False: probably so; a guessed clock leaves a doubt.
    pub certain: bool,
    /// `carrier_claim`, `customer`, `rule`, `hand` (the word of a person of the team: see `deed`), or a person.
    pub by: String,
    /// Why, for a broken one.
    pub cause: Option<String>,
}

/// A person of the team says that it is done. The evidence they gave is shown to the team only.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeedBody {
    /// Who says so.
    pub by: String,
    /// When it was noted; from then on it counts.
    pub at: String,
    /// They answer for it themselves, or did before.
    pub own: bool,
}

/// What is believed, and on what ground.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EstimateBody {
    /// The likeliest day.
    pub day: String,
    /// The day by which it comes nine times in ten.
    pub by_day: Option<String>,
    /// `carrier` or `past`.
    pub basis: String,
    /// Past parcels it was learned from.
    pub n: u32,
}

/// A part of a promise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemBody {
    /// `itm_…`
    pub id: String,
    /// `line`, `parcel`, `fee`, `whole`.
    pub kind: String,
    /// The line (`lin_…`) or parcel (`par_…`).
    pub of: Option<String>,
    /// `open`, `kept`, `kept_late`, `broken`, `released`.
    #[schema(value_type = String)]
    pub state: kept_domain::promise::ItemState,
    /// When it was settled.
    pub settled_at: Option<String>,
    /// Why it was broken.
    pub cause: Option<String>,
}

/// A word given.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WordBody {
    /// `wrd_…`
    pub id: String,
    /// `shop`, `agent`, `system`, `partner`, `law`, `customer`.
    #[schema(value_type = String)]
    pub by: kept_domain::input::Giver,
    /// When.
    pub given_at: String,
    /// Its due.
    pub due: Option<DueBody>,
    /// The article of law or rule it comes from.
    pub source: Option<String>,
    /// Waits for a condition.
    pub waiting: bool,
    /// Given beyond authority.
    pub exceeded: bool,
    /// As the customer would say it; only with the scope `personal`, and only on the promise's own address.
    pub sentence: Option<String>,
}

/// What the customer was told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToldBody {
    /// `msg_…`
    pub message: String,
    /// Its template.
    pub template: String,
    /// By what: `mail` or `sms`.
    pub channel: String,
    /// When it was accepted for delivery.
    pub at: String,
    /// It came back: they were not told.
    pub bounced: bool,
}

/// What was noticed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignalBody {
    /// `at_risk`, `silent`, `late` …
    pub kind: String,
    /// When it became true.
    pub at: String,
    /// Why, as a word.
    pub reason: String,
    /// Where a delay was foreseen: the chance of coming late, from 0 to 1, as it stood.
    pub chance: Option<f64>,
}

/// What is believed now of an open delivery promise, and what it was learned from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutlookBody {
    /// The chance that it comes late, from 0 to 1; none while too little is known.
    pub late: Option<f64>,
    /// The moment that ends the day by which half of such promises have arrived.
    pub likely_by: Option<String>,
    /// The same for nine of ten.
    pub nearly_sure_by: Option<String>,
    /// How fine the group is that it was learned from: `all`, `carrier`, `service`, `lane`, `band` (of the promise's length).
    pub level: Option<String>,
    /// Cases counted there.
    pub n: Option<u32>,
    /// Since when.
    pub since: Option<String>,
}

/// Everything about one promise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PromiseFileBody {
    /// The promise.
    pub promise: PromiseBody,
    /// Its order.
    pub order: Option<OrderBody>,
    /// Messages about it, oldest first.
    pub messages: Vec<MessageBody>,
    /// Other promises of the same order: `prm_…`
    pub related: Vec<String>,
    /// Facts about it, its order and its parcels, newest first.
    pub facts: Vec<FactBody>,
    /// When the watch looks at it next.
    pub watch_at: Option<String>,
    /// What is believed now; only of an open delivery promise.
    pub outlook: Option<OutlookBody>,
}

impl OutlookBody {
    fn of(outlook: &Outlook) -> OutlookBody {
        let late = outlook.late.ok();
        OutlookBody {
            late: late.map(|late| late.probability),
            likely_by: outlook.likely.map(|arrival| iso(arrival.by)),
            nearly_sure_by: outlook.nearly_sure.map(|arrival| iso(arrival.by)),
            level: late.map(|late| late.basis.level.word().to_owned()),
            n: late.map(|late| late.basis.n),
            since: late.map(|late| iso(late.basis.since)),
        }
    }
}

impl PromiseBody {
    /// A promise of a list.
    #[must_use]
    pub fn of(line: &PromiseLine, sight: Sight) -> PromiseBody {
        let promise = &line.promise;
        PromiseBody {
            id: promise.id.to_string(),
            kind: promise.kind.clone(),
            state: promise.state.word().to_owned(),
            owner: promise.owner.clone(),
            customer: promise.customer.map(|id| id.to_string()),
            person: person(line.person.as_ref(), sight),
            order: promise.order.map(|id| id.to_string()),
            order_number: line.order_number.clone(),
            made_at: iso(promise.made_at),
            due: promise.due.as_ref().map(DueBody::of),
            first_due: promise.first_due.as_ref().map(DueBody::of),
            review_at: promise.review_at.map(iso),
            amended: promise.amended,
            disputed_since: promise.disputed.map(iso),
            outcome: outcome(promise),
            deed: promise.deed.as_ref().map(|deed| DeedBody { by: deed.by.clone(), at: iso(deed.at), own: deed.own }),
            estimate: estimate(promise),
            amount: promise.amount.map(MoneyBody::of),
            items: promise.items.iter().map(ItemBody::of).collect(),
            words: words(promise),
            told: told(promise),
            chasers: promise.chasers.iter().copied().map(iso).collect(),
            peace: promise.peace,
            choice: promise.choice.clone(),
            signals: signals(promise),
            parcels: line.parcels.iter().map(|parcel| parcel.id.to_string()).collect(),
            waiting: line.waiting.map(|id| id.to_string()),
        }
    }
}

impl PromiseFileBody {
    /// Everything about a promise.
    #[must_use]
    pub fn of(file: &PromiseFile, sight: Sight, outlook: Option<&Outlook>) -> PromiseFileBody {
        let mut promise = PromiseBody::of(&file.line, sight);
        for (word, sentence) in promise.words.iter_mut().zip(&file.sentences) {
            word.sentence = sight.of_personal(|| sentence.clone());
        }
        PromiseFileBody {
            promise,
            order: file.order.as_ref().map(|order| OrderBody::of(order, sight)),
            messages: file.messages.iter().map(|message| MessageBody::of(&message.line, sight)).collect(),
            related: file.related.iter().map(|related| related.id.to_string()).collect(),
            facts: file.facts.iter().map(FactBody::of).collect(),
            watch_at: file.watch_at.map(iso),
            outlook: outlook.map(OutlookBody::of),
        }
    }
}

impl ItemBody {
    fn of(item: &Item) -> ItemBody {
        let (kind, of) = match item.kind {
            ItemKind::Line(line) => ("line", Some(line.to_string())),
            ItemKind::Parcel(parcel) => ("parcel", Some(parcel.to_string())),
            ItemKind::Fee => ("fee", None),
            ItemKind::Whole => ("whole", None),
        };
        ItemBody {
            id: item.id.to_string(),
            kind: kind.to_owned(),
            of,
            state: item.state,
            settled_at: item.settled_at.map(iso),
            cause: item.cause.clone(),
        }
    }
}

fn outcome(promise: &Promise) -> Option<OutcomeBody> {
    promise.outcome.as_ref().map(|outcome| OutcomeBody {
        state: outcome.state.word().to_owned(),
        by_first_due: outcome.by_first_due.word().to_owned(),
        at: iso(outcome.at),
        certain: outcome.certain,
        by: outcome.by.clone(),
        cause: outcome.cause.clone(),
    })
}

fn estimate(promise: &Promise) -> Option<EstimateBody> {
    promise.estimate.as_ref().map(|estimate| EstimateBody {
        day: estimate.day.to_string(),
        by_day: estimate.by_day.map(|day| day.to_string()),
        basis: estimate.basis.clone(),
        n: estimate.n,
    })
}

fn words(promise: &Promise) -> Vec<WordBody> {
    let word = |word: &kept_domain::promise::Word| WordBody {
        id: word.id.to_string(),
        by: word.by,
        given_at: iso(word.given_at),
        due: word.due.as_ref().map(DueBody::of),
        source: word.source.clone(),
        waiting: word.waiting,
        exceeded: word.exceeded,
        sentence: None,
    };
    promise.words.iter().map(word).collect()
}

fn told(promise: &Promise) -> Vec<ToldBody> {
    let told = |told: &kept_domain::promise::Told| ToldBody {
        message: told.message.to_string(),
        template: told.template.clone(),
        channel: told.channel.word().to_owned(),
        at: iso(told.at),
        bounced: told.bounced,
    };
    promise.told.iter().map(told).collect()
}

fn signals(promise: &Promise) -> Vec<SignalBody> {
    let signal = |mark: &kept_domain::promise::SignalMark| SignalBody {
        kind: mark.kind.word().to_owned(),
        at: iso(mark.true_at),
        reason: mark.reason.clone(),
        chance: mark.foreseen.map(|foreseen| f64::from(foreseen.permille) / 1000.0),
    };
    promise.signals.iter().map(signal).collect()
}
