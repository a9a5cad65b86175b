//! The ledger, read as it grows: each block once, also those that were committed after blocks with higher numbers.

use std::collections::BTreeSet;

use kept_domain::Fact;
use kept_store::{Connection, StoreError};

/// Numbers of blocks asked for at once.
const NUMBERS: i64 = 10_000;
/// Blocks read at once.
const BLOCKS: i64 = 64;

/// How far somebody has read.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    after: i64,
    /// On PostgreSQL a block may be committed after others that were numbered later: blocks so far before the last one read are looked
    /// for again.
    overlap: i64,
    /// Numbers of the last blocks read.
    read: BTreeSet<i64>,
}

impl Reading {
    /// Reads what stands after a block.
    pub(crate) fn after(block: i64, overlap: i64) -> Reading {
        Reading { after: block, overlap, read: BTreeSet::new() }
    }

    /// Says that a block was read; whether it had not been before.
    pub(crate) fn take(&mut self, number: i64) -> bool {
        let new = number > self.after && self.read.insert(number);
        let most = usize::try_from(2 * self.overlap).unwrap_or(0).max(1);
        while self.read.len() > most {
            self.read.pop_first();
        }
        new
    }

    /// The last block read.
    pub(crate) fn last(&self) -> i64 {
        self.read.last().copied().unwrap_or(self.after)
    }

    /// Shows every block that was not read yet, with its facts. Gives how many facts there were.
    pub(crate) fn unread(&mut self, connection: &mut Connection, mut see: impl FnMut(i64, &[Fact])) -> Result<u64, StoreError> {
        let overlap = if connection.is_postgres() { self.overlap } else { 0 };
        let mut after = self.after.max(self.last() - overlap);
        let mut facts = 0;
        loop {
            let numbers = connection.block_numbers_after(after, NUMBERS)?;
            let Some(last) = numbers.last() else { return Ok(facts) };
            after = *last;
            // Most often what was not read yet stands together, at the end.
            let unread: Vec<i64> = numbers.into_iter().filter(|number| !self.read.contains(number)).collect();
            let mut unread = unread.into_iter().peekable();
            while let Some(first) = unread.next() {
                for block in connection.blocks_after(first - 1, BLOCKS)? {
                    while unread.next_if(|number| *number <= block.number).is_some() {}
                    if !self.take(block.number) {
                        continue;
                    }
                    let read = block.read()?;
                    facts += read.len() as u64;
                    see(block.number, &read);
                }
            }
        }
    }
}
