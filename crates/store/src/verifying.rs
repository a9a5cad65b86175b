//! Verification: the ledger against itself, against heads kept outside, and the state's rows against the ledger's end.
//!
//! One checker serves a database and an export. What it holds for the whole run is small: a number for each block and for each sealed
//! content.

use std::collections::{BTreeMap, HashMap, HashSet};

use kept_base::Position;
use kept_domain::fact::{Body, Fact};
use kept_domain::subject::{Noun, Subject};

use crate::connection::Connection;
use crate::error::StoreError;
use crate::heads::{Head, SignedHeads};
use crate::ledger::{Block, genesis, hash_of, link};
use crate::value::params;

/// Problems kept; more would hide the first.
const MOST_PROBLEMS: usize = 20;
/// Rows of state read at once.
const ROWS: i64 = 500;

/// What `verify` found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Blocks read.
    pub blocks: u64,
    /// Facts read.
    pub facts: u64,
    /// Sealed contents whose hash was checked.
    pub sealed: u64,
    /// Sealed contents that are gone, by a recorded erasure.
    pub erased: u64,
    /// Sealed contents that an export says are there and does not hold.
    pub withheld: u64,
    /// Facts of kinds or versions that this program does not know.
    pub unknown: u64,
    /// Rows of state whose newest fact was looked for.
    pub rows: u64,
    /// Heads kept outside that were found again in their place.
    pub outside: u64,
    /// The head of each stream. Keep them outside: only that shows a tail cut off later.
    pub heads: Vec<Head>,
    /// The first broken places, in words; empty: it holds.
    pub problems: Vec<String>,
}

impl Verification {
    /// Notes a broken place.
    pub(crate) fn problem(&mut self, words: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(words.into());
        }
    }
}

/// Checks the chain of every stream, every block's facts, every sealed content's hash, and that no row of state knows of a fact that the
/// ledger does not hold.
///
/// # Errors
/// When the database fails; what is broken in the data is a problem in the answer, not an error.
pub fn verify(connection: &mut Connection, progress: impl FnMut(u64)) -> Result<Verification, StoreError> {
    verify_with_heads(connection, &[], progress)
}

/// The same, and that the ledger goes on from heads kept outside.
///
/// # Errors
/// When the database fails.
pub fn verify_with_heads(
    connection: &mut Connection,
    outside: &[SignedHeads],
    progress: impl FnMut(u64),
) -> Result<Verification, StoreError> {
    if !connection.is_postgres() {
        // One stream, in which an erasure comes after what it erased: it needs no snapshot, which would keep the log from being emptied.
        return verify_within(connection, outside, progress);
    }
    connection.begin_read()?;
    let found = verify_within(connection, outside, progress);
    connection.rollback()?;
    found
}

fn verify_within(
    connection: &mut Connection,
    outside: &[SignedHeads],
    mut progress: impl FnMut(u64),
) -> Result<Verification, StoreError> {
    let mut checker = Checker::new(outside);
    let mut unclaimed: HashSet<i64> = HashSet::new();
    for row in connection.query("select id from sealed", &[])? {
        unclaimed.insert(row.int(0)?);
    }
    let mut missing: Vec<(Position, i64)> = Vec::new();
    let mut after = (i64::MIN, 0);
    loop {
        let blocks = connection.blocks_by_stream(after)?;
        let Some(last) = blocks.last() else { break };
        after = (last.stream, last.sequence);
        for block in &blocks {
            for reference in checker.block(block) {
                unclaimed.remove(&reference.id);
                match connection.first("select salt, bytes from sealed where id = $1", params![reference.id])? {
                    None => missing.push((reference.position, reference.id)),
                    Some(row) => checker.content(&reference, row.blob(0)?, row.blob(1)?),
                }
            }
        }
        progress(checker.found.facts);
    }
    for (position, id) in missing {
        checker.gone(position, id);
    }
    let mut unclaimed: Vec<i64> = unclaimed.into_iter().collect();
    unclaimed.sort_unstable();
    for id in unclaimed {
        // It may have been erased, with the facts about it, since the ids were read.
        if connection.first("select id from sealed where id = $1", params![id])?.is_some() {
            checker.found.problem(format!("sealed content {id} belongs to no fact"));
        }
    }
    for id in checker.back_again() {
        if connection.first("select id from sealed where id = $1", params![id])?.is_some() {
            checker.found.problem(format!("sealed content {id} was erased, as the ledger records, and is there again"));
        }
    }
    check_rows(connection, &mut checker)?;
    Ok(checker.finish())
}

/// A sealed content as a fact names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The fact.
    pub position: Position,
    /// Its row.
    pub id: i64,
    /// The hash that the fact carries.
    pub hash: String,
}

/// Follows the chains, block by block in order of stream and sequence.
#[derive(Default)]
pub(crate) struct Checker {
    /// What was found so far.
    pub found: Verification,
    heads: BTreeMap<i64, (i64, [u8; 32])>,
    /// Facts in each block, by number.
    blocks: HashMap<i64, i64>,
    erased: HashSet<i64>,
    /// Contents that were there when their fact was read.
    there: HashSet<i64>,
    /// Heads kept outside that were not met yet: stream and blocks; chain and when they were written.
    outside: BTreeMap<(i64, i64), Vec<(String, String)>>,
}

impl Checker {
    pub(crate) fn new(outside: &[SignedHeads]) -> Checker {
        let mut checker = Checker::default();
        for signed in outside {
            for head in &signed.heads {
                let wanted = checker.outside.entry((head.stream, head.blocks)).or_default();
                // The same head is written again while nothing happens.
                if !wanted.iter().any(|(chain, _)| *chain == head.chain) {
                    wanted.push((head.chain.clone(), signed.at.clone()));
                }
            }
        }
        checker
    }

    /// Checks a block; gives the sealed contents that its facts name.
    pub(crate) fn block(&mut self, block: &Block) -> Vec<Reference> {
        let place = format!("block {} (stream {}, {})", block.number, block.stream, block.sequence);
        let (sequence, hash) = *self.heads.entry(block.stream).or_insert_with(|| (0, genesis(block.stream)));
        if block.sequence != sequence + 1 {
            self.found.problem(format!("{place}: block {} of this stream is missing", sequence + 1));
        } else if block.previous != hash {
            self.found.problem(format!("{place}: it does not follow the block before it"));
        }
        let previous = hash_of(&block.previous).unwrap_or(hash);
        let chain = link(&previous, block.number, block.stream, block.sequence, block.facts, block.recorded, &block.body);
        if block.chain != chain {
            self.found.problem(format!("{place}: its content is not what was committed"));
        }
        if self.blocks.insert(block.number, block.facts).is_some() {
            self.found.problem(format!("{place}: another block has its number"));
        }
        let stored = hash_of(&block.chain).unwrap_or(chain);
        self.heads.insert(block.stream, (block.sequence, stored));
        if let Some(wanted) = self.outside.remove(&(block.stream, block.sequence)) {
            for (chain, at) in wanted {
                if chain == hex::encode(stored) {
                    self.found.outside += 1;
                } else {
                    self.found.problem(format!("{place}: it is not the block that the heads of {at} name"));
                }
            }
        }
        self.found.blocks += 1;
        let facts = match block.read() {
            Ok(facts) if facts.len() as i64 == block.facts => facts,
            Ok(facts) => {
                self.found.problem(format!("{place}: it holds {} facts, not {}", facts.len(), block.facts));
                return Vec::new();
            }
            Err(error) => {
                self.found.problem(format!("{place}: {error}"));
                return Vec::new();
            }
        };
        let mut references = Vec::new();
        for fact in &facts {
            self.fact(fact, &mut references);
        }
        references
    }

    fn fact(&mut self, fact: &Fact, references: &mut Vec<Reference>) {
        self.found.facts += 1;
        match &fact.body {
            Body::Unknown(_) => self.found.unknown += 1,
            Body::CustomerErased(body) => self.erased.extend(body.sealed.iter().map(|id| id.get())),
            _ => {}
        }
        match self::references(fact) {
            Ok(named) => references.extend(named),
            Err(error) => self.found.problem(format!("fact {}: {error}", fact.position)),
        }
    }

    /// Checks a sealed content against what its fact says.
    pub(crate) fn content(&mut self, reference: &Reference, salt: &[u8], bytes: &[u8]) {
        self.found.sealed += 1;
        self.there.insert(reference.id);
        if crate::sealed::hash(salt, bytes) != reference.hash {
            self.found.problem(format!("fact {}: its sealed content {} was changed", reference.position, reference.id));
        }
    }

    /// Notes a content that is said to be there and cannot be looked at.
    pub(crate) fn withheld(&mut self, reference: &Reference) {
        self.found.withheld += 1;
        self.there.insert(reference.id);
    }

    /// A content is gone: an erasure must say so. To be asked once every block was read.
    pub(crate) fn gone(&mut self, position: Position, id: i64) {
        if self.erased.contains(&id) {
            self.found.erased += 1;
        } else {
            self.found.problem(format!("fact {position}: its sealed content {id} is gone, and no erasure says so"));
        }
    }

    /// Contents that an erasure deleted and that were there all the same.
    pub(crate) fn back_again(&self) -> Vec<i64> {
        let mut back: Vec<i64> = self.erased.intersection(&self.there).copied().collect();
        back.sort_unstable();
        back
    }

    /// Ends: heads kept outside that were never met are a tail cut off.
    pub(crate) fn finish(mut self) -> Verification {
        for ((stream, blocks), wanted) in std::mem::take(&mut self.outside) {
            let at = wanted.first().map(|(_, at)| at.clone()).unwrap_or_default();
            let have = self.heads.get(&stream).map_or(0, |(sequence, _)| *sequence);
            self.found.problem(format!(
                "stream {stream} ends at block {have}; by the heads of {at} it had {blocks}: everything after block {have} of it was cut off"
            ));
        }
        let head = |(stream, (blocks, hash)): (&i64, &(i64, [u8; 32]))| Head {
            stream: *stream,
            blocks: *blocks,
            chain: hex::encode(hash),
        };
        self.found.heads = self.heads.iter().map(head).collect();
        self.found
    }
}

/// The state's watermark: it is not ahead of the ledger, and the newest fact that a row knows of is in it.
fn check_rows(connection: &mut Connection, checker: &mut Checker) -> Result<(), StoreError> {
    // In this order: both may move on while this runs.
    let (applied, last) = (connection.applied()?, connection.last_block()?);
    if applied > last {
        checker.found.problem(format!("the rows of state are said to hold block {applied}; the ledger ends at {last}"));
    }
    for noun in Noun::ALL {
        let table = crate::state::table(noun);
        let mut after = i64::MIN;
        loop {
            let rows = connection
                .query(&format!("select id, body from {table} where id > $1 order by id limit $2"), params![after, ROWS])?;
            let Some(last) = rows.last() else { break };
            after = last.int(0)?;
            for row in &rows {
                checker.found.rows += 1;
                let id = row.int(0)?;
                let Ok(subject) = Subject::from_bytes(noun, row.blob(1)?) else {
                    checker.found.problem(format!("{table} {id}: its row cannot be read; `kept rebuild` makes it anew"));
                    continue;
                };
                let Some(newest) = subject.newest() else { continue };
                let number = newest.block();
                let facts = match checker.blocks.get(&number) {
                    Some(facts) => Some(*facts),
                    // Committed since the blocks were read.
                    None => connection
                        .first("select facts from block where number = $1", params![number])?
                        .map(|row| row.int(0))
                        .transpose()?,
                };
                if facts.is_none_or(|facts| i64::from(newest.index()) >= facts) {
                    checker
                        .found
                        .problem(format!("{table} {id}: its row knows of fact {newest}, which the ledger does not hold"));
                }
            }
        }
    }
    Ok(())
}

/// The sealed contents that a fact names.
pub(crate) fn references(fact: &Fact) -> Result<Vec<Reference>, StoreError> {
    let plain: serde_json::Value = serde_json::from_str(&fact.plain_json())?;
    let mut references = Vec::new();
    sealed_in(&plain, fact.position, &mut references);
    Ok(references)
}

/// Every `{"id": …, "hash": …}` in a plain part.
fn sealed_in(value: &serde_json::Value, position: Position, references: &mut Vec<Reference>) {
    match value {
        serde_json::Value::Object(map) => {
            if let (2, Some(id), Some(hash)) =
                (map.len(), map.get("id").and_then(serde_json::Value::as_i64), map.get("hash").and_then(|hash| hash.as_str()))
            {
                references.push(Reference { position, id, hash: hash.to_owned() });
            }
            map.values().for_each(|value| sealed_in(value, position, references));
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| sealed_in(value, position, references)),
        _ => {}
    }
}
