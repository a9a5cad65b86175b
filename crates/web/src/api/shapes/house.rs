//! Playbooks, what others tell, figures, what nothing maps, and health, as the API shows them.

use std::collections::BTreeMap;

use kept_domain::notice::Notice;
use kept_engine::TellerLine;
use kept_engine::views::{Figures, Health, PlaybookLine, PlaybookRecord, Quantiles, Share, UnmappedLine};
use serde::Serialize;
use utoipa::ToSchema;

use super::iso;

/// A playbook.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaybookBody {
    /// Its name in the packs.
    pub name: String,
    /// What it does, by language.
    pub title: BTreeMap<String, String>,
    /// How it decides, by language.
    pub explanation: BTreeMap<String, String>,
    /// Signals it answers.
    pub on: Vec<String>,
    /// True: it writes to customers; false: to operations, or it says nothing and has something done.
    pub to_customer: bool,
    /// By what it may speak, the first that reaches the customer: `mail`, `sms`; empty for one that says nothing.
    pub channels: Vec<String>,
    /// What it has done in the shop: `cancel_order`, `refund`, `reshipment`, `address_change`, `note`; null for one that says something.
    pub errand: Option<String>,
    /// `off`, `shadow`, `approve`, `automatic`.
    pub mode: String,
    /// What it did, or would have done.
    pub record: RecordBody,
}

/// Somebody who may write to customers by itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TellerBody {
    /// Source or carrier.
    pub source: String,
    /// `shop`, `carrier`, `aggregator`.
    pub teller: String,
    /// What it usually tells, as its maker's documents say; of no effect.
    pub usual: Vec<String>,
    /// What somebody said that it tells, which Kept leaves to it; null while nobody has said, and Kept writes.
    pub said: Option<Vec<String>>,
    /// Who said so; null while nobody has.
    pub by: Option<String>,
}

/// What a playbook did, or in shadow would have done, against what happened.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct RecordBody {
    /// Messages decided.
    pub decided: u64,
    /// Shown only.
    pub shadow: u64,
    /// Waiting for a yes.
    pub waiting: u64,
    /// Held by the guard.
    pub held: u64,
    /// Accepted for delivery.
    pub accepted: u64,
    /// Refused, or unknown.
    pub failed: u64,
    /// About promises then kept in time.
    pub then_kept: u64,
    /// About promises then late or broken.
    pub then_late: u64,
    /// About promises still open.
    pub still_open: u64,
}

/// Figures by first due.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FiguresBody {
    /// First due from.
    pub from: String,
    /// First due before.
    pub before: String,
    /// Promises of the period.
    pub due: u64,
    /// Kept by first due.
    pub kept: ShareBody,
    /// Kept after it.
    pub kept_late: ShareBody,
    /// Broken, withdrawals included.
    pub broken: ShareBody,
    /// Of all decided, those that the company gave up; they are among the broken.
    pub withdrawn: ShareBody,
    /// Let off by the customer before the first due: neutral.
    pub released: u64,
    /// Past due and still open.
    pub late_open: u64,
    /// Still open and not yet due.
    pub open: u64,
    /// Moved by the customer: neutral.
    pub amended: u64,
    /// Disputed and not settled: counted nowhere else.
    pub disputed: u64,
    /// Of those not kept in time: told before the due and before they asked.
    pub told_first: ShareBody,
    /// Promises whose customers we can reach.
    pub coverage: ShareBody,
    /// Promises about which the customer had to ask.
    pub chased: ShareBody,
    /// Contacts in which they had to ask.
    pub chasers: u64,
    /// Warned, then kept in time.
    pub needless: ShareBody,
    /// Of those kept, in time or late: on the word of a person of the team.
    pub by_hand: ShareBody,
    /// The same, where that person answered for it, then or before.
    pub own_hand: ShareBody,
    /// By who answers, those with something closed by hand: on a person's word.
    pub by_hand_by_owner: Vec<NamedShare>,
    /// The same owners: on their own word.
    pub own_hand_by_owner: Vec<NamedShare>,
    /// Length of promises in hours.
    pub length_hours: QuantilesBody,
    /// Notice given by warnings, in hours.
    pub lead_hours: QuantilesBody,
    /// For how long money was held that is to be paid back, in hours: from the order until all was paid back, or until now.
    pub held_hours: QuantilesBody,
    /// Kept by first due, by carrier.
    pub by_carrier: Vec<NamedShare>,
    /// By kind of promise.
    pub by_kind: Vec<NamedShare>,
    /// By who gave the word.
    pub by_giver: Vec<NamedShare>,
    /// By who answers.
    pub by_owner: Vec<NamedShare>,
    /// By week: the name is Monday's date.
    pub by_week: Vec<NamedShare>,
    /// By month: the name is its first day.
    pub by_month: Vec<NamedShare>,
}

/// A share with its count and Wilson 95 % interval.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ShareBody {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// Lower end, 0 to 1.
    pub low: f64,
    /// Upper end, 0 to 1.
    pub high: f64,
}

/// A share of a group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NamedShare {
    /// The group.
    pub name: String,
    /// Its share.
    pub share: ShareBody,
}

/// Median and 90th percentile.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct QuantilesBody {
    /// How many values.
    pub n: u64,
    /// Median.
    pub median: Option<f64>,
    /// 90th percentile.
    pub p90: Option<f64>,
}

/// Something nothing maps.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnmappedBody {
    /// Source.
    pub source: String,
    /// `code`, `event`, `field`.
    pub what: String,
    /// Code or name.
    pub code: String,
    /// Words, as last seen.
    pub text: String,
    /// How often.
    pub count: u64,
    /// First seen.
    pub first: String,
    /// Last seen.
    pub last: String,
    /// The milestone a person gave it.
    pub milestone: Option<String>,
    /// The exception a person gave it.
    pub exception: Option<String>,
}

/// How the installation is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HealthBody {
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Facts in the ledger.
    pub facts: u64,
    /// Blocks in the ledger.
    pub blocks: u64,
    /// Last fact.
    pub last_fact: Option<String>,
    /// When the chain was last verified.
    pub verified_at: Option<String>,
    /// Whether it held.
    pub verified: Option<bool>,
    /// Signals waiting for a decision.
    pub signals_pending: u64,
    /// Messages waiting to leave.
    pub outbox_pending: u64,
    /// Promises without owner, due or review, or watch: must be 0.
    pub unwatched: u64,
    /// Sources.
    pub sources: Vec<SourceBody>,
    /// `smtp` or `drawer`.
    pub outbound: String,
    /// The gateway of text messages: `twilio`, `ovh_sms`, `sms_http` or `none`.
    pub sms: String,
    /// Packs in force.
    pub packs: String,
    /// Why the newest packs were refused.
    pub packs_error: Option<String>,
}

/// A source's health.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceBody {
    /// Source.
    pub source: String,
    /// Deliveries read.
    pub deliveries: u64,
    /// Last heard.
    pub last: Option<String>,
    /// Refused for their signature.
    pub refused: u64,
    /// Could not be read.
    pub unreadable: u64,
}

impl PlaybookBody {
    /// A playbook.
    #[must_use]
    pub fn of(line: &PlaybookLine) -> PlaybookBody {
        let PlaybookRecord { decided, shadow, waiting, held, accepted, failed, then_kept, then_late, still_open } = line.record;
        PlaybookBody {
            name: line.name.clone(),
            title: line.title.clone(),
            explanation: line.explanation.clone(),
            on: line.on.iter().map(|kind| kind.word().to_owned()).collect(),
            to_customer: line.to_customer,
            channels: line.channels.iter().map(|channel| channel.word().to_owned()).collect(),
            errand: line.errand.map(|kind| kind.word().to_owned()),
            mode: line.mode.word().to_owned(),
            record: RecordBody { decided, shadow, waiting, held, accepted, failed, then_kept, then_late, still_open },
        }
    }
}

impl TellerBody {
    /// Somebody who may write.
    #[must_use]
    pub fn of(line: &TellerLine) -> TellerBody {
        let words = |notices: &[Notice]| notices.iter().map(|notice| notice.word().to_owned()).collect();
        TellerBody {
            source: line.source.clone(),
            teller: line.teller.word().to_owned(),
            usual: words(&line.usual),
            said: line.said.as_ref().map(|said| words(&said.notices)),
            by: line.said.as_ref().map(|said| said.by.clone()),
        }
    }
}

impl FiguresBody {
    /// The figures of a period.
    #[must_use]
    pub fn of(figures: &Figures, from: i64, before: i64) -> FiguresBody {
        let named =
            |groups: &[(String, Share)]| groups.iter().map(|(name, share)| NamedShare::of(name.clone(), *share)).collect();
        FiguresBody {
            from: iso(from),
            before: iso(before),
            due: figures.due,
            kept: ShareBody::of(figures.kept),
            kept_late: ShareBody::of(figures.kept_late),
            broken: ShareBody::of(figures.broken),
            withdrawn: ShareBody::of(figures.withdrawn),
            released: figures.released,
            late_open: figures.late_open,
            open: figures.open,
            amended: figures.amended,
            disputed: figures.disputed,
            told_first: ShareBody::of(figures.told_first),
            coverage: ShareBody::of(figures.coverage),
            chased: ShareBody::of(figures.chased),
            chasers: figures.chasers,
            needless: ShareBody::of(figures.needless),
            by_hand: ShareBody::of(figures.by_hand),
            own_hand: ShareBody::of(figures.own_hand),
            by_hand_by_owner: named(&figures.by_hand_by_owner),
            own_hand_by_owner: named(&figures.own_hand_by_owner),
            length_hours: QuantilesBody::of(figures.length_hours),
            lead_hours: QuantilesBody::of(figures.lead_hours),
            held_hours: QuantilesBody::of(figures.held_hours),
            by_carrier: named(&figures.by_carrier),
            by_kind: named(&figures.by_kind),
            by_giver: named(&figures.by_giver),
            by_owner: named(&figures.by_owner),
            by_week: figures.by_week.iter().map(|(monday, share)| NamedShare::of(monday.to_string(), *share)).collect(),
            by_month: figures.by_month.iter().map(|(monday, share)| NamedShare::of(monday.to_string(), *share)).collect(),
        }
    }
}

impl UnmappedBody {
    /// Something nothing maps.
    #[must_use]
    pub fn of(line: &UnmappedLine) -> UnmappedBody {
        UnmappedBody {
            source: line.source.clone(),
            what: line.what.clone(),
            code: line.code.clone(),
            text: line.text.clone(),
            count: line.count,
            first: iso(line.first),
            last: iso(line.last),
            milestone: line.mapped.map(|(milestone, _)| milestone.word().to_owned()),
            exception: line.mapped.and_then(|(_, exception)| exception).map(|kind| kind.word().to_owned()),
        }
    }
}

impl HealthBody {
    /// How the installation is.
    #[must_use]
    pub fn of(health: Health) -> HealthBody {
        let sources = health.sources.into_iter().map(|source| SourceBody {
            source: source.source,
            deliveries: source.deliveries,
            last: source.last.map(iso),
            refused: source.refused,
            unreadable: source.unreadable,
        });
        HealthBody {
            database: health.database,
            facts: health.facts,
            blocks: health.blocks,
            last_fact: health.last_fact.map(iso),
            verified_at: health.verified.map(|(at, _)| iso(at)),
            verified: health.verified.map(|(_, held)| held),
            signals_pending: health.signals_pending,
            outbox_pending: health.outbox_pending,
            unwatched: health.unwatched,
            sources: sources.collect(),
            outbound: health.outbound,
            sms: health.sms,
            packs: health.packs,
            packs_error: health.packs_error,
        }
    }
}

impl ShareBody {
    pub(super) fn of(share: Share) -> ShareBody {
        ShareBody { count: share.count, of: share.of, low: share.low, high: share.high }
    }
}

impl NamedShare {
    pub(super) fn of(name: String, share: Share) -> NamedShare {
        NamedShare { name, share: ShareBody::of(share) }
    }
}

impl QuantilesBody {
    fn of(quantiles: Quantiles) -> QuantilesBody {
        QuantilesBody { n: quantiles.n, median: quantiles.median, p90: quantiles.p90 }
    }
}
