//! The ledger's blocks, uncompressed and read on a thread of their own, as far as a trial needs them.

use std::ops::Range;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, bounded};
use kept_base::{ParcelId, Position, SignalId};
use kept_domain::fact::{Body, Fact, FactSketch};
use kept_store::{Block, Database, StoreError};

use crate::EngineError;
use crate::writer::{BRAND, away};

/// Blocks asked for at once.
const AT_ONCE: i64 = 16;
/// Blocks read ahead of the fold.
const AHEAD: usize = 32;

/// Kinds that change nothing a decision looks at.
const OF_NO_MATTER: [&str; 4] = ["payload.received", "unmapped.seen", "code.mapped", "playbook.switched"];

/// A block as a trial needs it.
#[derive(Debug)]
pub(super) struct Bundle {
    pub(super) number: i64,
    /// Facts in it, those left unread too.
    pub(super) facts: u64,
    pub(super) lines: Vec<Line>,
    /// What carriers said in it, one after the other: in one piece, since most of it is thrown away unread.
    pub(super) texts: Arc<str>,
    /// Signals that were decided in it, and when by the engine's clock.
    pub(super) decided: Vec<(SignalId, i64)>,
}

/// A fact, or what a carrier said, which is read only if somebody asks about its parcel.
#[derive(Debug)]
pub(super) enum Line {
    Fact(Box<Fact>),
    Carrier { parcel: ParcelId, recorded: i64, said: Unread },
}

/// What a carrier said of a parcel, not read yet: it changes nothing but the parcel, in whatever order it is folded.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) position: Position,
    scan: bool,
    /// Where its plain part stands in the texts of its bundle.
    place: Range<u32>,
}

impl Unread {
    pub(super) fn read(&self, texts: &str) -> Result<Fact, StoreError> {
        let plain = texts.get(self.place.start as usize..self.place.end as usize).unwrap_or_default();
        let body = if self.scan {
            Body::ParcelScanned(serde_json::from_str(plain)?)
        } else {
            Body::ParcelEstimated(serde_json::from_str(plain)?)
        };
        Ok(Fact {
            position: self.position,
            subjects: Vec::new(),
            brand: BRAND,
            happened: None,
            recorded: 0,
            source: String::new(),
            event: None,
            body,
        })
    }
}

impl Line {
    pub(super) fn recorded(&self) -> i64 {
        match self {
            Line::Fact(fact) => fact.recorded,
            Line::Carrier { recorded, .. } => *recorded,
        }
    }
}

/// Where bundles come out, and the thread they come from.
pub(super) type Reading = (Receiver<Result<Bundle, StoreError>>, JoinHandle<()>);

/// Starts reading up to the block that is the last one now. Facts recorded from `before` on are read only if they are about promises:
/// nothing is decided there, and what became of a promise stands in its own facts.
pub(super) fn start(database: &Database, last: i64, before: i64) -> Result<Reading, EngineError> {
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
                if send.send(bundle(block, before)).is_err() {
                    return;
                }
            }
        }
    });
    let thread = thread.map_err(|error| EngineError::Unavailable(error.to_string()))?;
    Ok((receive, thread))
}

fn bundle(block: &Block, before: i64) -> Result<Bundle, StoreError> {
    let lines = block.lines()?;
    let mut bundle = Bundle { number: block.number, facts: 0, lines: Vec::new(), texts: Arc::default(), decided: Vec::new() };
    let mut texts = String::new();
    for (index, line) in lines.split() {
        bundle.facts += 1;
        let Ok(sketch) = FactSketch::from_line(line) else { continue };
        if OF_NO_MATTER.contains(&sketch.kind) {
            continue;
        }
        let over = sketch.recorded >= before;
        let position = Position::new(block.number, index);
        let scan = sketch.kind == "parcel.scanned";
        // Of another version than this program writes it may be anything: then it is read at once.
        if (scan || sketch.kind == "parcel.estimated") && sketch.v == 1 {
            if let (false, Some(parcel)) = (over, sketch.subject) {
                // A block is far smaller than what 32 bits count.
                let start = u32::try_from(texts.len()).unwrap_or(u32::MAX);
                texts.push_str(sketch.plain.get());
                let said = Unread { position, scan, place: start..u32::try_from(texts.len()).unwrap_or(u32::MAX) };
                bundle.lines.push(Line::Carrier { parcel: parcel.into(), recorded: sketch.recorded, said });
            }
            continue;
        }
        if over && !matters_afterwards(sketch.kind) {
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

/// Facts after the period that say what became of a promise, or of a message of the period.
fn matters_afterwards(kind: &str) -> bool {
    kind.starts_with("promise.") || matches!(kind, "signal.raised" | "decision.made")
}
