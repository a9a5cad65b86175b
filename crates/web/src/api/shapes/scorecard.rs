//! Scorecards as JSON.

use kept_engine::scorecards::{Drift, Lasting, Partner, Scorecard, Scorecards, Standing, Warehouse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{NamedShare, ShareBody, iso};

/// How carriers, lanes, classes and the own warehouse did, by day of first due. Parcels without a promise are in none of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScorecardsBody {
    /// First due from.
    pub from: String,
    /// First due before.
    pub before: String,
    /// All carriers together.
    pub all: ScorecardBody,
    /// Carriers: ranked ones first, in their order.
    pub carriers: Vec<ScorecardBody>,
    /// Destination countries.
    pub lanes: Vec<ScorecardBody>,
    /// Lengths of promises in bands of days (the name is the longest, `more` beyond 35): what stands for classes of service.
    pub classes: Vec<ScorecardBody>,
    /// The own warehouse.
    pub warehouse: WarehouseBody,
    /// Partners who sell and send goods themselves, by parcels.
    pub partners: Vec<PartnerBody>,
    /// Orders, parcels and promises still to be looked at: the counts lie so far behind.
    pub waiting: u64,
}

/// How one did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScorecardBody {
    /// Carrier, country or band; empty where it is not known, and for all together.
    pub name: String,
    /// Parcels.
    pub parcels: u64,
    /// Parcels that were handed over.
    pub handed_over: u64,
    /// Delivered by the first due, of those handed over before it and judged.
    pub kept: ShareBody,
    /// Against everybody on the same lanes, in the same classes; carriers only.
    pub against: Option<AgainstBody>,
    /// `not_compared`, `alone`, `too_few`, `no_difference`, `better`, `worse`.
    #[schema(value_type = String)]
    pub standing: Standing,
    /// Place among the carriers that can be compared; null where every difference may be chance.
    pub rank: Option<u32>,
    /// From hand-over to delivery, those still under way included.
    pub transit: LastingBody,
    /// Fell silent, of those handed over.
    pub silent: ShareBody,
    /// Delivered at the first attempt, of those brought to the door.
    pub first_attempt: ShareBody,
    /// The customer said that it did not arrive, of those said to be delivered.
    pub disputed: ShareBody,
    /// Failed attempts that the customer contests, of those handed over: no claimed cause counts.
    pub contested: ShareBody,
    /// What carriers say was wrong, by whose cause they say it was, of those handed over.
    pub claims: Vec<NamedShare>,
    /// In dispute: in no share of those kept.
    pub in_dispute: u64,
    /// Moved by the customer, likewise.
    pub moved: u64,
    /// Let off by the customer, likewise.
    pub let_off: u64,
    /// Handed over when the due had passed, likewise.
    pub handed_too_late: u64,
    /// The last four weeks against the twelve before, whatever the period.
    pub drift: DriftBody,
}

/// What was observed against what everybody's shares on the same lanes would have given.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct AgainstBody {
    /// Parcels that are judged.
    pub of: u64,
    /// Of them, where another carrier has parcels too: only these are compared.
    pub comparable: u64,
    /// Kept among them.
    pub observed: u64,
    /// How many would have been.
    pub expected: f64,
    /// Observed less expected: lower end of the 95 % interval, in parcels.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether there are enough to compare.
    pub enough: bool,
}

/// How long something took (Kaplan–Meier: what has not ended counts as still lasting, what was lost as never ending).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct LastingBody {
    /// How many.
    pub n: u64,
    /// How many have ended.
    pub ended: u64,
    /// By then half had ended, in hours; null where that cannot be said yet.
    pub median_hours: Option<i64>,
    /// By then nine of ten had ended.
    pub p90_hours: Option<i64>,
}

/// The last weeks against those before.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct DriftBody {
    /// The last four weeks.
    pub now: ShareBody,
    /// The twelve before.
    pub before: ShareBody,
    /// The difference, from -1 to 1: lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// `too_few`, `no_difference`, `better`, `worse`.
    #[schema(value_type = String)]
    pub standing: Standing,
}

/// How a partner who sells and sends goods itself did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartnerBody {
    /// The name under which it sells.
    pub name: String,
    /// What became of the company's promises for its goods, by their first due.
    pub kept: ShareBody,
    /// Against everybody to the same countries with promises as long.
    pub against: AgainstBody,
    /// `alone`, `too_few`, `no_difference`, `better`, `worse`.
    #[schema(value_type = String)]
    pub standing: Standing,
    /// Exceptions whose cause the carrier says is the sender's, of those handed over.
    pub claimed: ShareBody,
    /// How it hands over.
    pub hands_over: WarehouseBody,
}

/// How the own warehouse did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WarehouseBody {
    /// Labels.
    pub parcels: u64,
    /// First scanned by the carrier by the day that the shop had said, of those with such a day.
    pub in_time: ShareBody,
    /// Labels that were never handed over.
    pub never_handed: ShareBody,
    /// From order to hand-over.
    pub preparing: LastingBody,
    /// Handed over in time: the last weeks against those before.
    pub drift: DriftBody,
}

impl ScorecardsBody {
    /// The scorecards of a period.
    #[must_use]
    pub fn of(cards: Scorecards) -> ScorecardsBody {
        let all = |cards: &[Scorecard]| cards.iter().map(ScorecardBody::of).collect();
        ScorecardsBody {
            from: iso(cards.from),
            before: iso(cards.before),
            all: ScorecardBody::of(&cards.all),
            carriers: all(&cards.carriers),
            lanes: all(&cards.lanes),
            classes: all(&cards.classes),
            warehouse: WarehouseBody::of(&cards.warehouse),
            partners: cards.partners.iter().map(PartnerBody::of).collect(),
            waiting: cards.waiting,
        }
    }
}

impl ScorecardBody {
    fn of(card: &Scorecard) -> ScorecardBody {
        ScorecardBody {
            name: card.name.clone(),
            parcels: card.parcels,
            handed_over: card.handed_over,
            kept: ShareBody::of(card.kept),
            against: card.against.map(AgainstBody::of),
            standing: card.standing,
            rank: card.rank,
            transit: LastingBody::of(card.transit),
            silent: ShareBody::of(card.silent),
            first_attempt: ShareBody::of(card.first_attempt),
            disputed: ShareBody::of(card.disputed),
            contested: ShareBody::of(card.contested),
            claims: card.claims.iter().map(|(cause, share)| NamedShare::of((*cause).to_owned(), *share)).collect(),
            in_dispute: card.apart.in_dispute,
            moved: card.apart.moved,
            let_off: card.apart.let_off,
            handed_too_late: card.apart.handed_too_late,
            drift: DriftBody::of(card.drift),
        }
    }
}

impl AgainstBody {
    fn of(against: kept_learn::Against) -> AgainstBody {
        AgainstBody {
            of: against.n,
            comparable: against.comparable,
            observed: against.observed,
            expected: against.expected,
            low: against.lower,
            high: against.upper,
            enough: against.enough,
        }
    }
}

impl PartnerBody {
    fn of(partner: &Partner) -> PartnerBody {
        PartnerBody {
            name: partner.name.clone(),
            kept: ShareBody::of(partner.kept),
            against: AgainstBody::of(partner.against),
            standing: partner.standing,
            claimed: ShareBody::of(partner.claimed),
            hands_over: WarehouseBody::of(&partner.hands_over),
        }
    }
}

impl WarehouseBody {
    fn of(warehouse: &Warehouse) -> WarehouseBody {
        WarehouseBody {
            parcels: warehouse.parcels,
            in_time: ShareBody::of(warehouse.in_time),
            never_handed: ShareBody::of(warehouse.never_handed),
            preparing: LastingBody::of(warehouse.preparing),
            drift: DriftBody::of(warehouse.drift),
        }
    }
}

impl LastingBody {
    fn of(lasting: Lasting) -> LastingBody {
        LastingBody { n: lasting.n, ended: lasting.ended, median_hours: lasting.median_hours, p90_hours: lasting.p90_hours }
    }
}

impl DriftBody {
    fn of(drift: Drift) -> DriftBody {
        DriftBody {
            now: ShareBody::of(drift.now),
            before: ShareBody::of(drift.before),
            low: drift.change.map(|change| change.lower),
            high: drift.change.map(|change| change.upper),
            standing: drift.standing,
        }
    }
}
