//! A parcel: one physical package, and what its carrier claims about it.
//!
//! Its state is a function of the *set* of its scans: any order and any repetition of them gives the same parcel.

use kept_base::{BrandId, LineId, Moment, OrderId, ParcelId, Position, PromiseId};
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::subject::tracking_key;
use crate::vocabulary::{Cause, ExceptionKind, Milestone, OpenedBy};

/// The state of a parcel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    /// Id.
    pub id: ParcelId,
    /// Whose shop.
    pub brand: BrandId,
    /// Carrier.
    pub carrier: String,
    /// The carrier's number.
    pub tracking_number: String,
    /// Its order, once known.
    pub order: Option<OrderId>,
    /// The delivery promise it serves, once known.
    pub promise: Option<PromiseId>,
    /// Lines inside; empty: all that travel in no other parcel.
    pub lines: Vec<LineId>,
    /// When first heard of, epoch milliseconds.
    pub first_seen: i64,
    /// Every scan that stands, in order of event time.
    pub scans: Vec<Scan>,
    /// Scans that their source withdrew, those too that have not come yet: nothing is derived from them.
    pub withdrawn: Vec<Withdrawn>,
    /// How far it is, as the scans have it.
    pub milestone: Milestone,
    /// What is wrong, open ones first by time.
    pub exceptions: Vec<Exception>,
    /// The day its carrier expects to deliver, as last said, and when it said so.
    pub carrier_estimate: Option<(jiff::civil::Date, i64)>,
    /// Since when its carrier says that it does not know the number, and the fact of it; none once it was scanned.
    pub not_found: Option<(i64, Position)>,
    /// When the shop says that it was handed over, and the fact of it.
    pub manifested: Option<(i64, Position)>,
    /// What the watch found already, and what armed it.
    pub fired: Vec<(Finding, Position)>,
    /// Facts about it that are not scans.
    pub facts: Vec<Position>,
}

/// A scan, as far as rules need it. Written as a list of its fields: a parcel's row holds a dozen of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "ScanList", into = "ScanList")]
pub struct Scan {
    /// Instant, or the wall clock as if UTC when the offset is unknown; epoch milliseconds.
    pub at: i64,
    /// True when `at` is an instant that the source itself made certain.
    pub certain: bool,
    /// What makes it the same scan: a hash of source-independent number, wall clock, code and place.
    pub key: u64,
    /// A hash of its place, folded; 0 where it gave none.
    pub place: u32,
    /// Meaning.
    pub milestone: Milestone,
    /// What is wrong.
    pub exception: Option<ExceptionKind>,
    /// Where its fact stands.
    pub position: Position,
}

/// Moment, certain, key, place, milestone, exception, position.
type ScanList = (i64, u8, u64, u32, Milestone, Option<ExceptionKind>, Position);

impl From<ScanList> for Scan {
    fn from((at, certain, key, place, milestone, exception, position): ScanList) -> Scan {
        Scan { at, certain: certain == 1, key, place, milestone, exception, position }
    }
}

impl From<Scan> for ScanList {
    fn from(scan: Scan) -> ScanList {
        (scan.at, u8::from(scan.certain), scan.key, scan.place, scan.milestone, scan.exception, scan.position)
    }
}

/// A scan that its source withdrew. The withdrawal may come first: it waits for its scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// What makes it the same scan.
    pub key: u64,
    /// The scan, once it has come.
    pub scan: Option<Scan>,
}

/// What is, or was, wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Kind.
    pub kind: ExceptionKind,
    /// Whose cause, as claimed.
    pub cause: Cause,
    /// Who opened it.
    pub opened_by: OpenedBy,
    /// Epoch milliseconds.
    pub opened_at: i64,
    /// Over since.
    pub resolved_at: Option<i64>,
    /// The customer says that it is not so: the claimed cause counts in no figure.
    pub contested: bool,
}

/// A parcel was seen for the first time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Id.
    pub parcel: ParcelId,
    /// Carrier.
    pub carrier: String,
    /// Number.
    pub tracking_number: String,
    /// Its order, if known.
    pub order: Option<OrderId>,
    /// The delivery promise it serves.
    pub promise: Option<PromiseId>,
    /// Lines inside.
    pub lines: Vec<LineId>,
    /// Epoch milliseconds.
    pub at: i64,
}

/// A parcel found its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// Which.
    pub parcel: ParcelId,
    /// Its order.
    pub order: OrderId,
    /// The delivery promise.
    pub promise: Option<PromiseId>,
    /// Lines inside.
    pub lines: Vec<LineId>,
}

/// A carrier said something about a parcel. The wall clock and what is known of its offset stand in the fact's `happened`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scanned {
    /// Which.
    pub parcel: ParcelId,
    /// When.
    #[serde(flatten)]
    pub at: Moment,
    /// What makes it the same scan.
    pub key: u64,
    /// The source's code.
    pub code: String,
    /// The source's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Meaning.
    pub milestone: Milestone,
    /// What is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<ExceptionKind>,
}

/// The shop says that it handed the parcel over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifested {
    /// Which.
    pub parcel: ParcelId,
    /// When, epoch milliseconds.
    pub at: i64,
}

/// The carrier says that it does not know the number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotFound {
    /// Which.
    pub parcel: ParcelId,
    /// When it said so first, epoch milliseconds.
    pub at: i64,
}

/// A source took back a scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanWithdrawn {
    /// Which parcel.
    pub parcel: ParcelId,
    /// The scan's moment.
    #[serde(flatten)]
    pub at: Moment,
    /// What makes it the same scan.
    pub key: u64,
    /// The scan's code.
    pub code: String,
    /// Where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Why, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A carrier gave the day it expects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimated {
    /// Which.
    pub parcel: ParcelId,
    /// The day.
    pub day: jiff::civil::Date,
    /// When it said so, epoch milliseconds.
    pub at: i64,
}

/// The customer contests what the carrier claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contested {
    /// Which.
    pub parcel: ParcelId,
    /// The claim: a failed attempt, or the delivery itself.
    pub exception: ExceptionKind,
    /// Epoch milliseconds.
    pub at: i64,
}

impl Parcel {
    /// It comes back to the sender, is lost, or must be taken for lost: it will not arrive by itself.
    pub fn will_not_come(&self) -> bool {
        matches!(self.milestone, Milestone::Returning | Milestone::Returned) || self.is_missing()
    }

    /// It will not come by itself, and what it brings is owed all the same. Of one that is lost for good what it brings is broken, and
    /// says nothing of the other parcels of its order.
    pub fn is_awaited_in_vain(&self) -> bool {
        self.will_not_come() && !self.is_lost()
    }

    /// Nobody knows where it is: its carrier says that it is lost, or it must be taken for lost.
    pub fn is_missing(&self) -> bool {
        let missing = |kind: ExceptionKind| kind.is_loss() || kind == ExceptionKind::PresumedLost;
        self.milestone != Milestone::Delivered && self.open_exceptions().any(|open| missing(open.kind))
    }

    /// A parcel as first heard of.
    pub fn new(brand: BrandId, fact: &Announced) -> Parcel {
        Parcel {
            id: fact.parcel,
            brand,
            carrier: fact.carrier.clone(),
            tracking_number: fact.tracking_number.clone(),
            order: fact.order,
            promise: fact.promise,
            lines: fact.lines.clone(),
            first_seen: fact.at,
            scans: Vec::new(),
            withdrawn: Vec::new(),
            milestone: Milestone::Announced,
            exceptions: Vec::new(),
            carrier_estimate: None,
            not_found: None,
            manifested: None,
            fired: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// Whether a scan with this key has come.
    pub fn knows(&self, key: u64) -> bool {
        self.scans.iter().any(|scan| scan.key == key) || self.withdrawn.iter().any(|one| one.key == key && one.scan.is_some())
    }

    /// Whether the scan with this key is withdrawn, come or not.
    pub fn is_withdrawn(&self, key: u64) -> bool {
        self.withdrawn.iter().any(|one| one.key == key)
    }

    /// Where all facts about it stand, in no order.
    pub fn positions(&self) -> impl Iterator<Item = Position> {
        self.facts.iter().copied().chain(self.scan_positions())
    }

    /// Where the facts of all its scans stand, of the withdrawn ones too.
    pub fn scan_positions(&self) -> impl Iterator<Item = Position> {
        let withdrawn = self.withdrawn.iter().filter_map(|one| one.scan.as_ref());
        self.scans.iter().chain(withdrawn).map(|scan| scan.position)
    }

    /// The latest scan by event time.
    pub fn last_scan(&self) -> Option<&Scan> {
        self.scans.last()
    }

    /// When the carrier says it was delivered: the first such scan, and whether its instant is certain.
    pub fn delivered_at(&self) -> Option<(i64, bool)> {
        self.scans.iter().find(|scan| scan.milestone == Milestone::Delivered).map(|scan| (scan.at, scan.certain))
    }

    /// When it was handed over: the first scan that shows the carrier has it.
    pub fn handed_over_at(&self) -> Option<i64> {
        self.scans.iter().find(|scan| (2..=7).contains(&scan.milestone.rank())).map(|scan| scan.at)
    }

    /// It is no longer with the shop: the carrier has scanned it, or the shop says that it handed it over.
    pub fn has_left(&self) -> bool {
        self.handed_over_at().is_some() || self.manifested.is_some() || self.milestone.is_final()
    }

    /// The carrier cannot find who it is for: it says so, or has failed twice to hand it over.
    pub fn wants_address(&self) -> bool {
        let failed = |scan: &&Scan| scan.exception.is_some_and(ExceptionKind::is_failed_attempt);
        let twice = self.scans.iter().filter(failed).count() > 1;
        let open = |kind: ExceptionKind| kind == ExceptionKind::AddressProblem || (twice && kind.is_failed_attempt());
        !self.milestone.is_final() && self.open_exceptions().any(|exception| open(exception.kind))
    }

    /// Whether it will not come any more.
    pub fn is_lost(&self) -> bool {
        self.milestone == Milestone::Returned
            || (self.milestone != Milestone::Delivered && self.open_exceptions().any(|exception| exception.kind.is_loss()))
    }

    /// Open exceptions.
    pub fn open_exceptions(&self) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter().filter(|exception| exception.resolved_at.is_none())
    }

    /// The weightiest of them: what a list shows.
    pub fn trouble(&self) -> Option<ExceptionKind> {
        self.open_exceptions().map(|exception| exception.kind).max_by_key(|kind| kind.weight())
    }

    /// Folds a scan into its place by event time, then derives the two axes anew.
    pub fn scan(&mut self, fact: &Scanned, position: Position) {
        if self.knows(fact.key) {
            return;
        }
        let scan = Scan {
            at: fact.at.sort_key_millis(),
            certain: matches!(fact.at.offset, kept_base::Offset::Known(_)),
            key: fact.key,
            place: fact.location.as_deref().map_or(0, place_key),
            milestone: fact.milestone,
            exception: fact.exception,
            position,
        };
        if let Some(one) = self.withdrawn.iter_mut().find(|one| one.key == fact.key) {
            one.scan = Some(scan);
            return;
        }
        let order = |scan: &Scan| (scan.at, scan.milestone.rank(), scan.key);
        let index = self.scans.partition_point(|other| order(other) < order(&scan));
        self.scans.insert(index, scan);
        self.not_found = None;
        self.derive();
    }

    /// Folds a withdrawal: the scan no longer counts, and what it had resolved is judged anew.
    pub fn withdraw(&mut self, fact: &ScanWithdrawn) {
        if self.is_withdrawn(fact.key) {
            return;
        }
        let scan = self.scans.iter().position(|scan| scan.key == fact.key).map(|index| self.scans.remove(index));
        self.withdrawn.push(Withdrawn { key: fact.key, scan });
        self.withdrawn.sort_by_key(|one| one.key);
        for exception in self.exceptions.iter_mut().filter(|exception| exception.opened_by == OpenedBy::Silence) {
            exception.resolved_at = None;
        }
        self.derive();
    }

    /// Folds the customer's word against the carrier's.
    pub fn contest(&mut self, fact: &Contested) {
        if fact.exception == ExceptionKind::DeliveredDisputed {
            self.open(ExceptionKind::DeliveredDisputed, OpenedBy::Customer, fact.at, None);
            return;
        }
        for exception in self.exceptions.iter_mut().filter(|exception| exception.kind == fact.exception) {
            exception.contested = true;
            exception.cause = Cause::Unknown;
        }
    }

    /// Folds what the watch found.
    pub fn find(&mut self, finding: Finding, at: i64, armed_by: Position) {
        if let Some(kind) = finding.exception() {
            self.open(kind, OpenedBy::Silence, at, None);
        }
        self.fired.push((finding, armed_by));
    }

    fn open(&mut self, kind: ExceptionKind, opened_by: OpenedBy, opened_at: i64, resolved_at: Option<i64>) {
        self.exceptions.push(Exception {
            kind,
            cause: kind.default_cause(),
            opened_by,
            opened_at,
            resolved_at,
            contested: false,
        });
        self.exceptions.sort_by_key(|exception| (exception.opened_at, exception.kind));
    }

    /// Whether what the watch found is still as it was when it was found.
    fn still_stands(&self, kind: ExceptionKind) -> bool {
        let mut findings = Finding::ALL.into_iter().filter(|finding| finding.exception() == Some(kind));
        findings.any(|finding| finding.since(self).is_some_and(|(_, armed_by)| finding.has_fired(self, armed_by)))
    }

    /// Both axes from the set of scans; what silence and the customer opened is carried over and closed by later news.
    fn derive(&mut self) {
        let mut furthest = Milestone::Announced;
        let mut reported: Vec<Exception> = Vec::new();
        for scan in &self.scans {
            if let Some(kind) = scan.exception {
                reported.push(Exception {
                    kind,
                    cause: kind.default_cause(),
                    opened_by: OpenedBy::CarrierEvent,
                    opened_at: scan.at,
                    resolved_at: None,
                    contested: false,
                });
            }
            if scan.milestone == Milestone::Unknown {
                continue;
            }
            let resolves = scan.exception.is_none()
                && (scan.milestone.rank() >= Milestone::AtLocalDepot.rank() || scan.milestone.rank() > furthest.rank());
            // Whoever scans it at a place has it, though it be no further than before.
            let seen = scan.exception.is_none() && scan.place != 0 && (2..=7).contains(&scan.milestone.rank());
            for exception in reported.iter_mut().filter(|exception| exception.resolved_at.is_none()) {
                if resolves || (seen && exception.kind.is_loss() && scan.at > exception.opened_at) {
                    exception.resolved_at = Some(scan.at);
                }
            }
            if scan.milestone.rank() >= furthest.rank() {
                furthest = scan.milestone;
            } else if scan.exception.is_none() && furthest.is_final() {
                reported.push(Exception {
                    kind: ExceptionKind::EventRegression,
                    cause: Cause::Carrier,
                    opened_by: OpenedBy::CarrierEvent,
                    opened_at: scan.at,
                    resolved_at: None,
                    contested: false,
                });
            }
            let attempted = scan.exception.is_some_and(ExceptionKind::is_failed_attempt);
            if attempted && (Milestone::AtLocalDepot.rank()..Milestone::Delivered.rank()).contains(&furthest.rank()) {
                // After a failed attempt the parcel is back at the last site: what follows counts up from there.
                furthest = Milestone::AtLocalDepot;
            }
        }
        self.milestone = furthest;
        let contested: Vec<ExceptionKind> =
            self.exceptions.iter().filter(|exception| exception.contested).map(|exception| exception.kind).collect();
        for exception in &mut reported {
            if contested.contains(&exception.kind) {
                exception.contested = true;
                exception.cause = Cause::Unknown;
            }
        }
        let latest = self.scans.last().map_or(i64::MIN, |scan| scan.at);
        let mut noticed: Vec<Exception> =
            self.exceptions.iter().filter(|exception| exception.opened_by != OpenedBy::CarrierEvent).cloned().collect();
        for exception in noticed.iter_mut().filter(|exception| exception.opened_by == OpenedBy::Silence) {
            if exception.resolved_at.is_some() {
                continue;
            }
            if latest >= exception.opened_at {
                exception.resolved_at = Some(latest);
            } else if !self.still_stands(exception.kind) {
                // Heard late of what had happened in time: it never was so.
                exception.resolved_at = Some(exception.opened_at);
            }
        }
        reported.append(&mut noticed);
        reported.sort_by_key(|exception| (exception.opened_at, exception.kind));
        self.exceptions = reported;
    }
}

/// The parcels that carry a line: those that name it, else those that name none. A parcel that names no lines has all that travel in no
/// other.
pub fn carrying<'p>(line: LineId, parcels: impl Iterator<Item = &'p Parcel> + Clone) -> impl Iterator<Item = &'p Parcel> {
    let names = move |parcel: &Parcel| parcel.lines.contains(&line);
    let named = parcels.clone().any(names);
    parcels.filter(move |parcel| if named { names(parcel) } else { parcel.lines.is_empty() })
}

/// What makes a scan the same scan, whatever source tells it: number, wall clock, code and place (64 bits; a clash within one parcel's few
/// dozen scans is out of reach).
pub fn scan_key(number: &str, at: &Moment, code: &str, location: Option<&str>) -> u64 {
    let (number, wall) = (tracking_key(number), at.wall);
    let year = wall.year().to_le_bytes();
    let hour = [wall.month(), wall.day(), wall.hour()].map(i8::unsigned_abs);
    let second = [wall.minute(), wall.second()].map(i8::unsigned_abs);
    let parts: [&[u8]; 6] = [number.as_bytes(), &year, &hour, &second, code.as_bytes(), location.unwrap_or_default().as_bytes()];
    fnv1a(parts.iter().flat_map(|part| part.iter().copied().chain([0xff])).map(u64::from))
}

/// A place as scans are compared by it: case and spaces do not matter. Folded to 32 bits; never 0.
pub fn place_key(place: &str) -> u32 {
    let letters = place.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase);
    let hash = fnv1a(letters.map(|letter| u64::from(u32::from(letter))));
    #[expect(clippy::cast_possible_truncation, reason = "folded on purpose")]
    let folded = (hash ^ (hash >> 32)) as u32;
    folded.max(1)
}

fn fnv1a(values: impl Iterator<Item = u64>) -> u64 {
    values.fold(0xcbf2_9ce4_8422_2325, |hash, value| (hash ^ value).wrapping_mul(0x0100_0000_01b3))
}
