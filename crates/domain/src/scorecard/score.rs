//! What counts of one parcel.

use jiff::tz::TimeZone;
use kept_base::{from_millis, millis};

use super::{Group, Mark, Marks, Part, Stay};
use crate::foresight::{band, lane};
use crate::order::Order;
use crate::parcel::{Exception, Parcel, Scan};
use crate::promise::{Promise, PromiseState};
use crate::vocabulary::{ExceptionKind, Milestone, OpenedBy};

/// What counts of a parcel, and what time alone will add to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// The day of the promise's first due, or of its end where it has none: days since 1970 where the house works.
    pub day: i32,
    /// What it is held together with.
    pub group: Group,
    /// What counts whatever the moment.
    pub part: Part,
    /// What the moment adds; none once it was delivered.
    pub open: Option<Open>,
}

/// What the present adds to a parcel that was not delivered: moments, epoch milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// From then on it was not kept.
    pub missed_from: Option<i64>,
    /// Under way since.
    pub under_way_since: Option<i64>,
    /// From then on it was not handed over in time.
    pub unshipped_from: Option<i64>,
    /// From then on it is a label that was never handed over.
    pub never_handed_from: Option<i64>,
    /// Being prepared since.
    pub preparing_since: Option<i64>,
}

impl Open {
    /// A part as of a moment.
    pub fn at(&self, part: &Part, now: i64) -> Part {
        let mut part = *part;
        let dated = [
            (self.missed_from, Mark::Judged),
            (self.unshipped_from, Mark::ShipJudged),
            (self.never_handed_from, Mark::NeverHanded),
        ];
        for (_, mark) in dated.into_iter().filter(|(from, _)| from.is_some_and(|from| from <= now)) {
            part.marks.set(mark);
        }
        if let Some(since) = self.under_way_since {
            part.transit = Stay::seen(since, now);
        }
        if let Some(since) = self.preparing_since {
            part.preparing = Stay::seen(since, now);
        }
        part
    }
}

/// What counts of a parcel of a promise; none while nobody can say in which period it counts.
pub fn score(parcel: &Parcel, order: Option<&Order>, promise: &Promise, zone: &TimeZone) -> Option<Score> {
    // The end of a day is the first instant of the next, and belongs to the day that was promised.
    let counts_at = from_millis(promise.counts_at()? - 1)?.to_zoned(zone.clone()).date();
    let day = i32::try_from(counts_at.duration_since(jiff::civil::Date::constant(1970, 1, 1)).as_hours() / 24).ok()?;
    let due = promise.first_due.as_ref().map(|due| millis(due.at));
    let handed = parcel.handed_over_at();
    let ship_by = order.and_then(|order| order.ship_by.as_ref()).map(|due| millis(due.at));
    let let_off = promise.outcome.as_ref().is_some_and(|outcome| outcome.by_first_due == PromiseState::Released);
    let dispute = Dispute::of(parcel, promise);

    let (mut marks, mut open) = (Marks::default(), Open::default());
    let mut set = |mark: Mark, so: bool| {
        if so {
            marks.set(mark);
        }
    };
    set(Mark::Handed, handed.is_some());
    set(Mark::Silent, handed.is_some() && parcel.exceptions.iter().any(fell_silent));
    set(Mark::Delivered, parcel.milestone == Milestone::Delivered);
    set(Mark::Disputed, matches!(dispute, Dispute::Standing | Dispute::Settled(_)));

    let too_late = handed.zip(due).is_some_and(|(handed, due)| handed > due);
    match (judgement(parcel, promise, due, dispute, let_off), handed) {
        (Judgement::Apart(mark), _) => set(mark, true),
        (_, Some(_)) if too_late => set(Mark::HandedTooLate, true),
        (Judgement::Judged(kept), Some(_)) => {
            set(Mark::Judged, true);
            set(Mark::Kept, kept);
        }
        (Judgement::Waiting, Some(_)) => open.missed_from = due,
        // Nobody carried it: that is the warehouse's part.
        (Judgement::Judged(_) | Judgement::Waiting, None) => {}
    }

    if let Some(at_once) = first_attempt(parcel, dispute) {
        set(Mark::Attempted, true);
        set(Mark::FirstTry, at_once);
    }
    for claim in parcel.exceptions.iter().filter(|exception| is_claim(exception)) {
        set(if claim.contested { Mark::Contested } else { Mark::claimed(claim.cause) }, true);
    }

    let transit = transit(parcel, dispute, &mut open);
    let preparing = match handed {
        Some(handed) => {
            set(Mark::ShipJudged, ship_by.is_some());
            set(Mark::ShipInTime, ship_by.is_some_and(|ship_by| handed <= ship_by));
            Stay::ended(placed_at(order, promise), handed)
        }
        None if let_off || parcel.milestone == Milestone::Cancelled => Stay::None,
        None => {
            open.unshipped_from = ship_by;
            let found = parcel.open_exceptions().find(|exception| exception.kind == ExceptionKind::LabelNotHandedOver);
            open.never_handed_from = found.map(|exception| exception.opened_at).or(due);
            open.preparing_since = Some(placed_at(order, promise));
            Stay::None
        }
    };
    let group = Group {
        carrier: parcel.carrier.clone(),
        lane: lane(order.and_then(|order| order.country)),
        class: due.map(|due| band(due - promise.made_at)).unwrap_or_default(),
        handed_late: handed.zip(ship_by).is_some_and(|(handed, ship_by)| handed > ship_by),
        seller: order.and_then(|order| seller(parcel, order)).unwrap_or_default().to_owned(),
    };
    Some(Score { day, group, part: Part { marks, transit, preparing }, open: Some(open).filter(|open| *open != Open::default()) })
}

/// The partner whose goods are in a parcel; none where they are the shop's own, or of several.
fn seller<'o>(parcel: &Parcel, order: &'o Order) -> Option<&'o str> {
    let inside = order.lines.iter().filter(|line| parcel.lines.is_empty() || parcel.lines.contains(&line.id));
    let mut sellers = inside.map(|line| line.seller.as_deref());
    let first = sellers.next()??;
    sellers.all(|seller| seller == Some(first)).then_some(first)
}

/// What the customer's "it did not arrive" has come to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dispute {
    /// Nobody says so; or it was found after all.
    None,
    /// Not settled yet.
    Standing,
    /// Settled: whether it was kept by its first due, none where it was not delivered at all.
    Settled(Option<bool>),
}

impl Dispute {
    fn of(parcel: &Parcel, promise: &Promise) -> Dispute {
        if !parcel.exceptions.iter().any(|exception| exception.kind == ExceptionKind::DeliveredDisputed) {
            return Dispute::None;
        }
        if promise.disputed.is_some() {
            return Dispute::Standing;
        }
        match &promise.outcome {
            // The customer found it.
            Some(outcome) if outcome.by == "customer" && outcome.state != PromiseState::Broken => Dispute::None,
            Some(outcome) => Dispute::Settled(match outcome.by_first_due {
                PromiseState::Kept => Some(true),
                PromiseState::KeptLate => Some(false),
                _ => None,
            }),
            // Judged anew, since a scan was taken back.
            None => Dispute::Settled(None),
        }
    }
}

enum Judgement {
    /// In no share.
    Apart(Mark),
    /// Kept by the first due, or not.
    Judged(bool),
    /// Not kept, once its due has passed.
    Waiting,
}

/// As figures judge a promise, for the part of one parcel: another parcel that came late is no fault of this one's carrier.
fn judgement(parcel: &Parcel, promise: &Promise, due: Option<i64>, dispute: Dispute, let_off: bool) -> Judgement {
    if dispute == Dispute::Standing {
        return Judgement::Apart(Mark::InDispute);
    }
    if promise.is_neutral() {
        return Judgement::Apart(Mark::Moved);
    }
    if let_off {
        return Judgement::Apart(Mark::LetOff);
    }
    if let Dispute::Settled(kept) = dispute {
        return Judgement::Judged(kept == Some(true));
    }
    let delivered = parcel.delivered_at().filter(|_| parcel.milestone == Milestone::Delivered);
    match (delivered, &promise.outcome) {
        (Some((at, _)), _) => Judgement::Judged(due.is_none_or(|due| at <= due)),
        // No scan says so, and the customer or a person does.
        (None, Some(outcome)) if !matches!(outcome.by.as_str(), "carrier_claim" | "rule") && !parcel.is_lost() => {
            Judgement::Judged(outcome.by_first_due == PromiseState::Kept)
        }
        (None, Some(_)) if due.is_none() => Judgement::Judged(false),
        (None, _) => Judgement::Waiting,
    }
}

/// Silence while its carrier had it. What was told late of what had happened in time never was a silence.
fn fell_silent(exception: &Exception) -> bool {
    let silence = matches!(
        exception.kind,
        ExceptionKind::StalledInNetwork | ExceptionKind::OutForDeliveryNotClosed | ExceptionKind::PresumedLost
    );
    silence && exception.opened_by == OpenedBy::Silence && exception.resolved_at != Some(exception.opened_at)
}

/// What its carrier itself reported as wrong.
fn is_claim(exception: &Exception) -> bool {
    exception.opened_by == OpenedBy::CarrierEvent && exception.kind != ExceptionKind::EventRegression
}

/// Whether the first attempt at the door succeeded; none where there was none, where the recipient refused, or where nobody knows. A
/// failed attempt is one whoever's cause it was.
fn first_attempt(parcel: &Parcel, dispute: Dispute) -> Option<bool> {
    for scan in &parcel.scans {
        match (scan.exception, scan.milestone) {
            (Some(kind), _) if kind.is_failed_attempt() => return Some(false),
            (Some(ExceptionKind::Refused), _) | (_, Milestone::AvailableForPickup) => return None,
            (_, Milestone::Delivered) => return Some(true).filter(|_| dispute == Dispute::None),
            _ => {}
        }
    }
    None
}

/// From hand-over to delivery. What is returned or lost never ends; a delivery in dispute was seen as long as nobody says otherwise.
fn transit(parcel: &Parcel, dispute: Dispute, open: &mut Open) -> Stay {
    // A delivery that is the only scan says nothing about when it began; the shop's own word may.
    let on_the_way = |scan: &&Scan| (2..Milestone::Delivered.rank()).contains(&scan.milestone.rank());
    let scanned = parcel.scans.iter().find(on_the_way).map(|scan| scan.at);
    let delivered = parcel.delivered_at().filter(|_| parcel.milestone == Milestone::Delivered).map(|(at, _)| at);
    let manifested = || parcel.manifested.map(|(at, _)| at).filter(|at| delivered.is_some_and(|delivered| *at <= delivered));
    let Some(since) = scanned.or_else(manifested) else { return Stay::None };
    match (delivered, dispute) {
        (Some(at), Dispute::Standing) => Stay::seen(since, at),
        (Some(at), Dispute::None | Dispute::Settled(Some(_))) => Stay::ended(since, at),
        (Some(_), Dispute::Settled(None)) => Stay::Never,
        (None, _) if parcel.is_lost() || parcel.milestone.rank() > Milestone::Delivered.rank() => Stay::Never,
        (None, _) => {
            open.under_way_since = Some(since);
            Stay::None
        }
    }
}

fn placed_at(order: Option<&Order>, promise: &Promise) -> i64 {
    order.map_or(promise.made_at, |order| order.placed_at.min(promise.made_at))
}
