//! The ledger's blocks, uncompressed and read on a thread of their own, as far as a trial needs them.

use std::ops::Range;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, bounded};
use kept_base::{ParcelId, Position, SignalId};
use kept_domain::fact::{Body, Fact, FactSketch, head_of};
use kept_store::{Block, Database, StoreError};

use crate::EngineError;
use crate::writer::{BRAND, away};

/// Blocks asked for at once.
const AT_ONCE: i64 = 16;
/// Blocks read ahead of the fold.
const AHEAD: usize = 32;

/// Kinds that are of no matter, not even for what time it is.
const OF_NO_MATTER: [&str; 4] = ["payload.received", "unmapped.seen", "code.mapped", "playbook.switched"];
/// Kinds that change nothing a decision looks at, nor what a message is judged by: with them time passes, and no more. A scan that tells
/// of something wrong is the exception.
const ONLY_TIME: [&str; 8] = [
    SCANNED,
    "parcel.estimated",
    "parcel.manifested",
    "parcel.not_found",
    "parcel.contested",
    "promise.item_settled",
    "customer.contacted",
    "customer.answered",
];
const SCANNED: &str = "parcel.scanned";

/// A block as a trial needs it.
#[derive(Debug)]
pub(super) struct Bundle {
    pub(super) number: i64,
    /// Facts in it, those left unread too.
    pub(super) facts: u64,
    pub(super) lines: Vec<Line>,
    /// What carriers said of troubles in it, one after the other: in one piece, since most of it is thrown away unread.
    pub(super) texts: Arc<str>,
    /// Signals that were decided in it, and when by the engine's clock.
    pub(super) decided: Vec<(SignalId, i64)>,
}

/// A fact, or what a carrier said, which is read only if somebody asks about its parcel.
#[derive(Debug)]
pub(super) enum Line {
    Fact(Box<Fact>),
    Trouble {
        parcel: ParcelId,
        recorded: i64,
        said: Unread,
    },
    /// Nothing that a decision looks at; but time passes.
    Passed {
        recorded: i64,
        position: Position,
    },
}

/// A scan that tells of something wrong, not read yet: it changes nothing but the parcel, in whatever order it is folded.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) position: Position,
    /// Where its plain part stands in the texts of its bundle.
    place: Range<u32>,
}

impl Unread {
    pub(super) fn read(&self, texts: &str) -> Result<Fact, StoreError> {
        let plain = texts.get(self.place.start as usize..self.place.end as usize).unwrap_or_default();
        Ok(Fact {
            position: self.position,
            subjects: Vec::new(),
            brand: BRAND,
            happened: None,
            recorded: 0,
            source: String::new(),
            event: None,
            body: Body::ParcelScanned(serde_json::from_str(plain)?),
        })
    }
}

impl Line {
    pub(super) fn recorded(&self) -> i64 {
        match self {
            Line::Fact(fact) => fact.recorded,
            Line::Trouble { recorded, .. } | Line::Passed { recorded, .. } => *recorded,
        }
    }

    /// Whether time passing up to `recorded` is said with it: what comes behind it, if not a fact, has nothing to add.
    fn reaches(&self, recorded: i64) -> bool {
        !matches!(self, Line::Fact(_)) && recorded <= self.recorded()
    }
}

/// Where bundles come out, and the thread they come from.
pub(super) type Reading = (Receiver<Result<Bundle, StoreError>>, JoinHandle<()>);

/// What a trial looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looks {
    /// Facts recorded from then on are read only if they are about promises: nothing is decided there, and what became of a promise
    /// stands in its own facts.
    pub(super) before: i64,
    /// Somebody may ask what went wrong with a parcel on its way.
    pub(super) at_troubles: bool,
}

/// Starts reading up to the block that is the last one now.
pub(super) fn start(database: &Database, last: i64, looks: Looks) -> Result<Reading, EngineError> {
    let mut connection = database.connect().map_err(away)?;
    let (send, receive) = bounded(AHEAD);
    let thread = std::thread::Builder::new().name("trial-read".to_owned()).spawn(move || {
        let mut after = 0;
        while after < last {
            let blocks = match connection.blocks_after(after, AT_ONCE) {
                Ok(blocks) => blocks,
                Err(error) => {
                    // A fold that has gone away misses nothing.
                    let _ = send.send(Err(error));
                    return;
                }
            };
            let Some(end) = blocks.last().map(|block| block.number) else { return };
            after = end;
            for block in blocks.iter().filter(|block| block.number <= last) {
                if send.send(bundle(block, looks)).is_err() {
                    return;
                }
            }
        }
    });
    let thread = thread.map_err(|error| EngineError::Unavailable(error.to_string()))?;
    Ok((receive, thread))
}

fn bundle(block: &Block, looks: Looks) -> Result<Bundle, StoreError> {
    let lines = block.lines()?;
    let mut bundle = Bundle { number: block.number, facts: 0, lines: Vec::new(), texts: Arc::default(), decided: Vec::new() };
    let mut texts = String::new();
    for (index, line) in lines.split() {
        bundle.facts += 1;
        let position = Position::new(block.number, index);
        // Most lines are read no further than this.
        let (kind, recorded) = match head_of(line) {
            Some(head) => head,
            None => match FactSketch::from_line(line) {
                Ok(sketch) => (sketch.kind, sketch.recorded),
                Err(_) => continue,
            },
        };
        let over = recorded >= looks.before;
        if OF_NO_MATTER.contains(&kind) || (over && !matters_afterwards(kind)) {
            continue;
        }
        let trouble = looks.at_troubles && kind == SCANNED && tells_of_trouble(line);
        if !trouble && ONLY_TIME.contains(&kind) {
            if !bundle.lines.last().is_some_and(|before| before.reaches(recorded)) {
                bundle.lines.push(Line::Passed { recorded, position });
            }
            continue;
        }
        let Ok(sketch) = FactSketch::from_line(line) else { continue };
        // A scan of another version than this program writes is unknown to it, and changes nothing.
        if let (true, 1, Some(parcel)) = (trouble, sketch.v, sketch.subject) {
            // A block is far smaller than what 32 bits count.
            let start = u32::try_from(texts.len()).unwrap_or(u32::MAX);
            texts.push_str(sketch.plain.get());
            let said = Unread { position, place: start..u32::try_from(texts.len()).unwrap_or(u32::MAX) };
            bundle.lines.push(Line::Trouble { parcel: parcel.into(), recorded, said });
            continue;
        }
        let fact = sketch.fact(position);
        if let Body::DecisionMade(body) = &fact.body {
            bundle.decided.push((body.signal, body.at));
        }
        bundle.lines.push(Line::Fact(Box::new(fact)));
    }
    bundle.texts = texts.into();
    Ok(bundle)
}

/// Whether a scan tells of something wrong. Within a text quotes are escaped, so that the key stands in no other.
fn tells_of_trouble(line: &[u8]) -> bool {
    std::str::from_utf8(line).is_ok_and(|line| line.contains("\"exception\":"))
}

/// Facts after the period that say what became of a promise, or of a message of the period.
fn matters_afterwards(kind: &str) -> bool {
    kind.starts_with("promise.") || matches!(kind, "signal.raised" | "decision.made")
}
