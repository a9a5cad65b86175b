//! The ledger's blocks, uncompressed and read on a thread of their own, as far as a trial needs them.

use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, bounded};
use kept_base::{ParcelId, Position, SignalId};
use kept_domain::fact::{Body, Fact, FactSketch};
use kept_store::{Block, Database, StoreError};

use crate::EngineError;
use crate::writer::away;

/// Blocks asked for at once.
const AT_ONCE: i64 = 16;
/// Blocks read ahead of the fold.
const AHEAD: usize = 32;

/// Kinds that change nothing a decision looks at.
const OF_NO_MATTER: [&str; 4] = ["payload.received", "unmapped.seen", "code.mapped", "playbook.switched"];

/// A block as a trial needs it.
#[derive(Debug, Default)]
pub(super) struct Bundle {
    pub(super) number: i64,
    /// Facts in it, those left unread too.
    pub(super) facts: u64,
    pub(super) lines: Vec<Line>,
    /// Signals that were decided in it, and when by the engine's clock.
    pub(super) decided: Vec<(SignalId, i64)>,
}

/// A fact, or a scan that is read only if somebody asks about its parcel.
#[derive(Debug)]
pub(super) enum Line {
    Fact(Box<Fact>),
    Scan { parcel: ParcelId, position: Position, recorded: i64, line: Box<[u8]> },
}

impl Line {
    pub(super) fn recorded(&self) -> i64 {
        match self {
            Line::Fact(fact) => fact.recorded,
            Line::Scan { recorded, .. } => *recorded,
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
    let mut bundle = Bundle { number: block.number, ..Bundle::default() };
    for (index, line) in lines.split() {
        bundle.facts += 1;
        let Ok(sketch) = FactSketch::from_line(line) else { continue };
        if OF_NO_MATTER.contains(&sketch.kind) {
            continue;
        }
        let over = sketch.recorded >= before;
        if sketch.kind == "parcel.scanned" {
            if let (false, Some(parcel)) = (over, sketch.subjects.first()) {
                let parcel = ParcelId::from(*parcel);
                let position = Position::new(block.number, index);
                bundle.lines.push(Line::Scan { parcel, position, recorded: sketch.recorded, line: line.into() });
            }
            continue;
        }
        if over && !matters_afterwards(sketch.kind) {
            continue;
        }
        let fact = lines.parse(index, line)?;
        if let Body::DecisionMade(body) = &fact.body {
            bundle.decided.push((body.signal, body.at));
        }
        bundle.lines.push(Line::Fact(Box::new(fact)));
    }
    Ok(bundle)
}

/// Facts after the period that say what became of a promise, or of a message of the period.
fn matters_afterwards(kind: &str) -> bool {
    kind.starts_with("promise.") || matches!(kind, "signal.raised" | "decision.made")
}
