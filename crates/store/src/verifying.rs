//! Verification: the ledger against itself.

use kept_base::Position;
use kept_domain::fact::{Body, Fact};

use crate::connection::Connection;
use crate::error::StoreError;
use crate::ledger::{Block, COLUMNS, genesis, hash_of, link};
use crate::value::params;

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
    /// Facts of kinds or versions that this program does not know.
    pub unknown: u64,
    /// The head of each stream: stream, blocks, hash in hex. Keep them outside: only that shows a tail cut off later.
    pub heads: Vec<(i64, i64, String)>,
    /// The first broken places, in words; empty: it holds.
    pub problems: Vec<String>,
}

/// Checks the chain of every stream, every block's facts, and every sealed content's hash.
///
/// # Errors
/// When the database fails; what is broken in the data is a problem in the answer, not an error.
pub fn verify(connection: &mut Connection, mut progress: impl FnMut(u64)) -> Result<Verification, StoreError> {
    const MOST_PROBLEMS: usize = 20;
    let mut found = Verification::default();
    let mut missing: Vec<(Position, i64)> = Vec::new();
    let mut erased: std::collections::HashSet<i64> = std::collections::HashSet::new();
    let mut heads: std::collections::BTreeMap<i64, (i64, [u8; 32])> = std::collections::BTreeMap::new();
    let mut after = (i64::MIN, 0);
    loop {
        let sql = format!("select {COLUMNS} from block where (stream, sequence) > ($1, $2) order by stream, sequence limit 64");
        let rows = connection.query(&sql, params![after.0, after.1])?;
        let Some(last) = rows.last() else { break };
        after = (last.int(1)?, last.int(2)?);
        for row in &rows {
            let block = Block::from_row(row)?;
            let (sequence, hash) = *heads.entry(block.stream).or_insert_with(|| (0, genesis(block.stream)));
            let mut problem = |words: String| {
                if found.problems.len() < MOST_PROBLEMS {
                    found.problems.push(format!("block {} (stream {}, {}): {words}", block.number, block.stream, block.sequence));
                }
            };
            if block.sequence != sequence + 1 {
                problem(format!("block {} of this stream is missing", sequence + 1));
            } else if block.previous != hash {
                problem("it does not follow the block before it".to_owned());
            }
            let previous = hash_of(&block.previous).unwrap_or(hash);
            let chain = link(&previous, block.number, block.stream, block.sequence, block.facts, block.recorded, &block.body);
            if block.chain != chain {
                problem("its content is not what was committed".to_owned());
            }
            heads.insert(block.stream, (block.sequence, hash_of(&block.chain).unwrap_or(chain)));
            found.blocks += 1;
            match block.read() {
                Ok(facts) if facts.len() as i64 == block.facts => {
                    for fact in &facts {
                        check_fact(connection, fact, &mut found, &mut missing, &mut erased)?;
                    }
                }
                Ok(facts) => problem(format!("it holds {} facts, not {}", facts.len(), block.facts)),
                Err(error) => problem(error.to_string()),
            }
        }
        progress(found.facts);
    }
    for (position, sealed) in missing {
        if erased.contains(&sealed) {
            found.erased += 1;
        } else if found.problems.len() < MOST_PROBLEMS {
            found.problems.push(format!("fact {position}: its sealed content {sealed} is gone, and no erasure says so"));
        }
    }
    found.heads = heads.into_iter().map(|(stream, (sequence, hash))| (stream, sequence, hex::encode(hash))).collect();
    Ok(found)
}

fn check_fact(
    connection: &mut Connection,
    fact: &Fact,
    found: &mut Verification,
    missing: &mut Vec<(Position, i64)>,
    erased: &mut std::collections::HashSet<i64>,
) -> Result<(), StoreError> {
    found.facts += 1;
    match &fact.body {
        Body::Unknown(_) => found.unknown += 1,
        Body::CustomerErased(body) => erased.extend(body.sealed.iter().map(|id| id.get())),
        _ => {}
    }
    let plain: serde_json::Value = serde_json::from_str(&fact.plain_json())?;
    let mut references = Vec::new();
    sealed_in(&plain, &mut references);
    for (id, hash) in references {
        match connection.first("select salt, bytes from sealed where id = $1", params![id])? {
            None => missing.push((fact.position, id)),
            Some(row) => {
                found.sealed += 1;
                if crate::sealed::hash(row.blob(0)?, row.blob(1)?) != hash {
                    found.problems.push(format!("fact {}: its sealed content {id} was changed", fact.position));
                }
            }
        }
    }
    Ok(())
}

/// Every `{"id": …, "hash": …}` in a plain part.
fn sealed_in(value: &serde_json::Value, references: &mut Vec<(i64, String)>) {
    match value {
        serde_json::Value::Object(map) => {
            if let (2, Some(id), Some(hash)) =
                (map.len(), map.get("id").and_then(serde_json::Value::as_i64), map.get("hash").and_then(|hash| hash.as_str()))
            {
                references.push((id, hash.to_owned()));
            }
            map.values().for_each(|value| sealed_in(value, references));
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| sealed_in(value, references)),
        _ => {}
    }
}
