//! Totals of the ledger and of its sources, counted once: what a block or a payload adds is added, and nothing is counted again.
//!
//! Every page says how many facts there are; at millions of blocks a `count(*)` would be most of the page.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use kept_base::Position;
use kept_store::{Connection, StoreError};

use crate::Engine;

/// On PostgreSQL a block may be committed after blocks with higher numbers, by so many at most: a transaction that stands still for ten
/// seconds is given up. Blocks nearer to the end are counted anew each time.
pub(crate) const UNSETTLED: i64 = 10_000;

/// What was counted up to a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    to: i64,
    /// Blocks.
    pub(crate) blocks: i64,
    /// Facts.
    pub(crate) facts: i64,
    /// When the last fact was recorded, epoch milliseconds.
    pub(crate) last_fact: Option<i64>,
    /// Deliveries of each source, and when the last came.
    pub(crate) sources: BTreeMap<String, (i64, Option<i64>)>,
}

impl Totals {
    fn add(&mut self, connection: &mut Connection, to: i64) -> Result<(), StoreError> {
        let (blocks, facts, last) = connection.ledger_size_between(self.to, to)?;
        self.blocks += blocks;
        self.facts += facts;
        self.last_fact = self.last_fact.max(last);
        let place = |block: i64| Position::new(block, Position::MAX_INDEX);
        for (source, deliveries, last) in connection.deliveries_between(place(self.to), place(to))? {
            let known = self.sources.entry(source).or_default();
            known.0 += deliveries;
            known.1 = known.1.max(last);
        }
        self.to = to;
        Ok(())
    }
}

impl Engine {
    /// The totals as they are now.
    pub(crate) fn totals(&self, connection: &mut Connection) -> Result<Totals, StoreError> {
        let last = connection.last_block()?;
        let settled = if connection.is_postgres() { last - UNSETTLED } else { last };
        // Counted outside the lock: a first count of a long past must not hold up those who come meanwhile.
        let mut counted = self.shared.totals.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if counted.to > last {
            // Another ledger stands there than the one that was counted.
            counted = Totals::default();
        }
        if settled > counted.to {
            counted.add(connection, settled)?;
            let mut held = self.shared.totals.lock().unwrap_or_else(PoisonError::into_inner);
            if held.to < counted.to || held.to > last {
                *held = counted.clone();
            }
        }
        counted.add(connection, last)?;
        Ok(counted)
    }
}
