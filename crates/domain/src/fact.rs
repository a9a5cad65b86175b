//! Facts: what happened, immutable, in the one order of the ledger.
//!
//! A fact's *plain* part holds only what `apply` needs: codes, ids, amounts, moments, states. Names, addresses and texts are *sealed*
//! elsewhere; the fact carries their salted hash.

use kept_base::{BrandId, Moment, Position, SealedId, SubjectId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{customer, deed, errand, house, message, notice, order, parcel, penalty, promise};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Where it stands in the ledger.
    pub position: Position,
    /// The subjects whose state it changes, each once.
    pub subjects: Vec<SubjectId>,
    /// Whose it is.
    pub brand: BrandId,
    /// When it happened, where that differs from when it was recorded.
    pub happened: Option<Moment>,
    /// When it was recorded: epoch milliseconds of the engine's clock.
    pub recorded: i64,
    /// The entrance it came by.
    pub source: String,
    /// The source's own id of this piece of news, where nothing else makes it the same when told twice.
    pub event: Option<String>,
    /// What happened.
    pub body: Body,
}

/// Personal content kept apart from the ledger: its id and the hash of salt and bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SealedRef {
    /// Row in the sealed table.
    pub id: SealedId,
    /// Hex of SHA-256 over salt and bytes, first 16 bytes.
    pub hash: String,
}

/// A fact of a kind or version that this program does not know: kept and shown as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownBody {
    /// Its kind.
    pub kind: String,
    /// Its version.
    pub version: u16,
    /// Its plain part, as JSON.
    pub plain: String,
}

macro_rules! catalogue {
    ($($(#[$doc:meta])* $variant:ident($body:ty) = $kind:literal, $version:literal;)+) => {
        /// The catalogue of facts: one variant a kind.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Body {
            $($(#[$doc])* $variant($body),)+
            /// A kind or version from elsewhere.
            Unknown(UnknownBody),
        }

        $(impl From<$body> for Body {
            fn from(body: $body) -> Body { Body::$variant(body) }
        })+

        impl Body {
            /// Every kind this program writes.
            pub const KINDS: &'static [&'static str] = &[$($kind,)+];

            /// The name in the ledger.
            pub fn kind(&self) -> &str {
                match self { $(Body::$variant(_) => $kind,)+ Body::Unknown(unknown) => &unknown.kind }
            }

            /// The version of its shape.
            pub fn version(&self) -> u16 {
                match self { $(Body::$variant(_) => $version,)+ Body::Unknown(unknown) => unknown.version }
            }

            fn write(&self, line: &mut Vec<u8>) -> Result<(), serde_json::Error> {
                match self {
                    $(Body::$variant(body) => serde_json::to_writer(line, body),)+
                    Body::Unknown(unknown) => {
                        line.extend_from_slice(unknown.plain.as_bytes());
                        Ok(())
                    }
                }
            }

            fn read(kind: &str, version: u16, plain: &RawValue) -> Body {
                let known = match (kind, version) {
                    $(($kind, $version) => serde_json::from_str::<$body>(plain.get()).ok().map(Body::$variant),)+
                    _ => None,
                };
                known.unwrap_or_else(|| Body::Unknown(UnknownBody {
                    kind: kind.to_owned(), version, plain: plain.get().to_owned(),
                }))
            }
        }
    };
}

catalogue! {
    /// A customer was seen for the first time, or their details changed.
    CustomerRegistered(customer::Registered) = "customer.registered", 1;
    /// A customer got in touch.
    CustomerContacted(customer::Contacted) = "customer.contacted", 1;
    /// A customer said how it went, or chose.
    CustomerAnswered(customer::Answered) = "customer.answered", 1;
    /// A person was erased.
    CustomerErased(customer::Erased) = "customer.erased", 1;
    /// Mail to a customer came back, or their number cannot be reached.
    CustomerBounced(customer::Bounced) = "customer.bounced", 1;
    /// A customer wants no text messages, or wants them again.
    CustomerOptedOut(customer::OptedOut) = "customer.opted_out", 1;
    /// A customer ordered.
    OrderPlaced(order::Placed) = "order.placed", 1;
    /// An order was named before it was placed, by a parcel.
    OrderNamed(order::Named) = "order.named", 1;
    /// Lines will not come.
    OrderLinesCancelled(order::LinesCancelled) = "order.lines_cancelled", 1;
    /// The shop's state of an order was seen, with nothing new in it.
    OrderSeen(order::Seen) = "order.seen", 1;
    /// An order was edited: lines came to it.
    OrderLinesAdded(order::LinesAdded) = "order.lines_added", 1;
    /// Pieces of a line have a fate of their own.
    OrderLineSplit(order::LineSplit) = "order.line_split", 1;
    /// Lines are not in stock.
    OrderLinesBackordered(order::LinesBackordered) = "order.lines_backordered", 1;
    /// Lines are in stock again.
    OrderLinesAvailable(order::LinesAvailable) = "order.lines_available", 1;
    /// Money went back.
    RefundPaid(order::RefundPaid) = "refund.paid", 1;
    /// A parcel was seen for the first time.
    ParcelAnnounced(parcel::Announced) = "parcel.announced", 1;
    /// A parcel found its order.
    ParcelLinked(parcel::Linked) = "parcel.linked", 1;
    /// A carrier said something about a parcel.
    ParcelScanned(parcel::Scanned) = "parcel.scanned", 1;
    /// The shop says that it handed a parcel over.
    ParcelManifested(parcel::Manifested) = "parcel.manifested", 1;
    /// A carrier does not know a parcel's number.
    ParcelNotFound(parcel::NotFound) = "parcel.not_found", 1;
    /// A source took back a scan.
    ParcelScanWithdrawn(parcel::ScanWithdrawn) = "parcel.scan_withdrawn", 1;
    /// A carrier gave the day it expects.
    ParcelEstimated(parcel::Estimated) = "parcel.estimated", 1;
    /// The customer contests what the carrier claims.
    ParcelContested(parcel::Contested) = "parcel.contested", 1;
    /// A promise stands.
    PromiseMade(promise::Made) = "promise.made", 1;
    /// A promise found its customer.
    PromiseAdopted(promise::Adopted) = "promise.adopted", 1;
    /// A word binds a promise.
    WordGiven(promise::WordGiven) = "promise.word_given", 1;
    /// Parts came to a promise.
    ItemsAdded(promise::ItemsAdded) = "promise.items_added", 1;
    /// What is owed late grew by law.
    PenaltyRan(penalty::Ran) = "promise.penalty_ran", 1;
    /// A part of a promise was settled.
    ItemSettled(promise::ItemSettled) = "promise.item_settled", 1;
    /// A promise was judged.
    PromiseAssessed(promise::Assessed) = "promise.assessed", 1;
    /// What a promise was judged by was withdrawn: it is open again.
    PromiseReopened(promise::Reopened) = "promise.reopened", 1;
    /// The customer's own wish moved the due.
    PromiseAmended(promise::Amended) = "promise.amended", 1;
    /// The customer says that it is not so.
    PromiseDisputed(promise::Disputed) = "promise.disputed", 1;
    /// A dispute was settled.
    PromiseSettled(promise::Settled) = "promise.settled", 1;
    /// A person says that it is done.
    DeedNoted(deed::Noted) = "promise.deed_noted", 1;
    /// Somebody else answers for it.
    PromiseAssigned(promise::Assigned) = "promise.assigned", 1;
    /// The customer had to ask, or wants peace: counted on the promise.
    PromiseTouched(promise::Touched) = "promise.touched", 1;
    /// The watch noticed something.
    SignalRaised(promise::SignalRaised) = "signal.raised", 1;
    /// A playbook decided, or the guard did.
    DecisionMade(message::DecisionMade) = "decision.made", 1;
    /// A person released, discarded or looked after a message.
    MessageHandled(message::Handled) = "message.handled", 1;
    /// What became of a message.
    MessageOutcome(message::OutcomeSeen) = "message.outcome", 1;
    /// The network says whether a message arrived.
    MessageReceipt(message::ReceiptSeen) = "message.receipt", 1;
    /// Something is to be done in the shop.
    ErrandAsked(errand::Asked) = "errand.asked", 1;
    /// A person released, dropped or did it.
    ErrandHandled(errand::Handled) = "errand.handled", 1;
    /// What became of an attempt.
    ErrandOutcome(errand::OutcomeSeen) = "errand.outcome", 1;
    /// A playbook was switched.
    PlaybookSwitched(house::PlaybookSwitched) = "playbook.switched", 1;
    /// A person gave a code its meaning.
    CodeMapped(house::CodeMapped) = "code.mapped", 1;
    /// A person said what a shop or a carrier tells customers by itself.
    NoticesSaid(notice::NoticesSaid) = "notices.said", 1;
    /// A payload arrived; its bytes are sealed.
    PayloadReceived(house::PayloadReceived) = "payload.received", 1;
    /// Something arrived that nothing here understands.
    UnmappedSeen(house::UnmappedSeen) = "unmapped.seen", 1;
}

/// A line without its plain part, which is written behind it as it is.
#[derive(Serialize)]
struct Head<'a> {
    kind: &'a str,
    v: u16,
    subjects: &'a [SubjectId],
    brand: BrandId,
    #[serde(skip_serializing_if = "Option::is_none")]
    happened: Option<Moment>,
    recorded: i64,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    kind: std::borrow::Cow<'a, str>,
    v: u16,
    subjects: Vec<SubjectId>,
    brand: BrandId,
    #[serde(default)]
    happened: Option<Moment>,
    recorded: i64,
    #[serde(borrow)]
    source: std::borrow::Cow<'a, str>,
    #[serde(default)]
    event: Option<String>,
    #[serde(borrow)]
    plain: &'a RawValue,
}

/// A line of a block read no further than needed to see whether it matters: nothing of it is copied.
#[derive(Debug, Deserialize)]
pub struct FactSketch<'a> {
    /// Kind.
    pub kind: &'a str,
    /// Version of its shape.
    pub v: u16,
    /// The first of its subjects.
    #[serde(rename = "subjects", deserialize_with = "first")]
    pub subject: Option<SubjectId>,
    /// Whose it is.
    pub brand: BrandId,
    /// When it was recorded, epoch milliseconds.
    pub recorded: i64,
    /// The plain part, unread.
    #[serde(borrow)]
    pub plain: &'a RawValue,
}

impl<'a> FactSketch<'a> {
    /// Reads a line of a block.
    ///
    /// # Errors
    /// When the line is not a fact.
    pub fn from_line(line: &'a [u8]) -> Result<FactSketch<'a>, serde_json::Error> {
        serde_json::from_slice(line)
    }

    /// The fact, as far as `apply` needs it: without its source, and without what makes it the same when told twice.
    pub fn fact(&self, position: Position) -> Fact {
        Fact {
            position,
            subjects: Vec::new(),
            brand: self.brand,
            happened: None,
            recorded: self.recorded,
            source: String::new(),
            event: None,
            body: Body::read(self.kind, self.v, self.plain),
        }
    }
}

/// Kind and moment of recording of a line, found without reading the rest of it; `None` for a line that [`Fact::write_line`] did not
/// write: then [`FactSketch::from_line`] says what it is.
pub fn head_of(line: &[u8]) -> Option<(&str, i64)> {
    let rest = std::str::from_utf8(line).ok()?.strip_prefix("{\"kind\":\"")?;
    let (kind, rest) = rest.split_once('"')?;
    // No key of this name stands before it in a head, and within a text a quote is escaped.
    let (_, rest) = rest.split_once(",\"recorded\":")?;
    let (recorded, _) = rest.split_once(',')?;
    Some((kind, recorded.parse().ok()?))
}

/// The first of a list; the rest is passed over.
fn first<'de, D: serde::Deserializer<'de>>(list: D) -> Result<Option<SubjectId>, D::Error> {
    struct First;
    impl<'de> serde::de::Visitor<'de> for First {
        type Value = Option<SubjectId>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list of subjects")
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Option<SubjectId>, A::Error> {
            let first = list.next_element()?;
            while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            Ok(first)
        }
    }
    list.deserialize_seq(First)
}

impl Fact {
    /// The fact as one line of JSON, as it stands in a block. The position is the block's number and the line's index, not in the line.
    ///
    /// # Errors
    /// Only if a body cannot be written as JSON.
    pub fn to_line(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut line = Vec::with_capacity(512);
        self.write_line(&mut line)?;
        Ok(line)
    }

    /// Appends that line, without an end of line, to others.
    ///
    /// # Errors
    /// Only if a body cannot be written as JSON; then what was appended is no line.
    pub fn write_line(&self, lines: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        let head = Head {
            kind: self.body.kind(),
            v: self.body.version(),
            subjects: &self.subjects,
            brand: self.brand,
            happened: self.happened,
            recorded: self.recorded,
            source: &self.source,
            event: self.event.as_deref(),
        };
        serde_json::to_writer(&mut *lines, &head)?;
        // The closing brace makes room for one more field.
        lines.pop();
        lines.extend_from_slice(b",\"plain\":");
        self.body.write(lines)?;
        lines.push(b'}');
        Ok(())
    }

    /// Reads a line of a block. A kind or version that is not known gives [`Body::Unknown`], never an error.
    ///
    /// # Errors
    /// When the line is not a fact at all.
    pub fn from_line(position: Position, line: &[u8]) -> Result<Fact, serde_json::Error> {
        let wire: Wire<'_> = serde_json::from_slice(line)?;
        Ok(Fact {
            position,
            body: Body::read(&wire.kind, wire.v, wire.plain),
            subjects: wire.subjects,
            brand: wire.brand,
            happened: wire.happened,
            recorded: wire.recorded,
            source: wire.source.into_owned(),
            event: wire.event,
        })
    }

    /// The plain part as JSON, for pages and the API.
    pub fn plain_json(&self) -> String {
        let mut plain = Vec::new();
        match self.body.write(&mut plain) {
            Ok(()) => String::from_utf8(plain).unwrap_or_default(),
            Err(_) => String::new(),
        }
    }
}
