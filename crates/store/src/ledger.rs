//! The ledger on disk: one row a transaction, a *block* of facts, chained to the block before it in its writer's stream.
//!
//! A fact's position is its block's number and its place in the block, so a page finds a fact by primary key and no position is
//! stored twice. A block's body is its facts as lines of JSON, compressed with zstd: `zstdcat` reads an export.

use kept_base::Position;
use kept_domain::fact::Fact;
use sha2::{Digest, Sha256};

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::{Row, params};

/// Fast, and small enough: higher levels cost more time than the disk saves.
const ZSTD_LEVEL: i32 = 1;
/// Streams that writers take, each by an advisory lock on PostgreSQL.
pub(crate) const STREAMS: i64 = 64;

/// The head of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The stream.
    pub stream: i64,
    /// Blocks in it so far.
    pub sequence: i64,
    /// Hash of all of them.
    pub hash: [u8; 32],
}

/// A writer's hold on its stream.
#[derive(Clone, Debug)]
pub struct Ledger {
    head: Chain,
}

/// A block as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Number, which is the high part of its facts' positions.
    pub number: i64,
    /// Stream.
    pub stream: i64,
    /// Place in the stream, from 1.
    pub sequence: i64,
    /// How many facts.
    pub facts: i64,
    /// When committed, epoch milliseconds of the engine's clock.
    pub recorded: i64,
    /// Chain of the block before.
    pub previous: Vec<u8>,
    /// Hash of that chain and this block.
    pub chain: Vec<u8>,
    /// Compressed lines.
    pub body: Vec<u8>,
}

impl Ledger {
    /// Takes a stream to write on: the only one on SQLite, a free one on PostgreSQL, held as long as the connection lives.
    ///
    /// # Errors
    /// When every stream is taken, or the database fails.
    pub fn claim(connection: &mut Connection) -> Result<Ledger, StoreError> {
        let mut stream = 0;
        if connection.is_postgres() {
            let free = (0..STREAMS).find_map(|stream| {
                let locked = connection
                    .first(
                        "select case when pg_try_advisory_lock(7311524, $1::int4) then 1::int8 else 0::int8 end",
                        params![stream],
                    )
                    .and_then(|row| row.map_or(Ok(0), |row| row.int(0)));
                match locked {
                    Ok(1) => Some(Ok(stream)),
                    Ok(_) => None,
                    Err(error) => Some(Err(error)),
                }
            });
            stream = free.unwrap_or_else(|| Err(StoreError::Away("all streams of the ledger are taken".to_owned())))?;
        }
        let last = connection
            .first("select sequence, chain from block where stream = $1 order by sequence desc limit 1", params![stream])?;
        let head = match last {
            Some(row) => Chain { stream, sequence: row.int(0)?, hash: hash_of(row.blob(1)?)? },
            None => Chain { stream, sequence: 0, hash: genesis(stream) },
        };
        Ok(Ledger { head })
    }

    /// The head as last written.
    pub fn head(&self) -> &Chain {
        &self.head
    }

    /// The number of the next block; drawn after the subjects are locked, so that their facts are ordered as committed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next_block(&self, connection: &mut Connection) -> Result<i64, StoreError> {
        let row = if connection.is_postgres() {
            connection.first("select nextval('kept_blocks')", &[])?
        } else {
            connection.first("select coalesce(max(number), 0) + 1 from block", &[])?
        };
        row.ok_or_else(|| StoreError::Corrupt("no block number".to_owned()))?.int(0)
    }

    /// Appends a block; gives the head to keep once the transaction is committed.
    ///
    /// # Errors
    /// When a fact cannot be written as JSON, or the database fails.
    pub fn append(&self, connection: &mut Connection, number: i64, facts: &[Fact], recorded: i64) -> Result<Chain, StoreError> {
        let mut lines = Vec::with_capacity(facts.len() * 384);
        for fact in facts {
            fact.write_line(&mut lines)?;
            lines.push(b'\n');
        }
        let body = zstd::bulk::compress(&lines, ZSTD_LEVEL).map_err(|error| StoreError::Database(Box::new(error)))?;
        let sequence = self.head.sequence + 1;
        let count = i64::try_from(facts.len()).unwrap_or(i64::MAX);
        let chain = link(&self.head.hash, number, self.head.stream, sequence, count, recorded, &body);
        connection.execute(
            "insert into block (number, stream, sequence, facts, recorded, previous, chain, body) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![number, self.head.stream, sequence, count, recorded, self.head.hash.as_slice(), chain.as_slice(), body],
        )?;
        Ok(Chain { stream: self.head.stream, sequence, hash: chain })
    }

    /// Remembers the head of a committed append.
    pub fn committed(&mut self, head: Chain) {
        self.head = head;
    }
}

impl Block {
    pub(crate) fn from_row(row: &Row) -> Result<Block, StoreError> {
        Ok(Block {
            number: row.int(0)?,
            stream: row.int(1)?,
            sequence: row.int(2)?,
            facts: row.int(3)?,
            recorded: row.int(4)?,
            previous: row.blob(5)?.to_vec(),
            chain: row.blob(6)?.to_vec(),
            body: row.blob(7)?.to_vec(),
        })
    }

    /// Its facts.
    ///
    /// # Errors
    /// When the body cannot be read.
    pub fn read(&self) -> Result<Vec<Fact>, StoreError> {
        let lines = self.lines()?;
        let mut facts = Vec::new();
        for (index, line) in lines.split() {
            facts.push(lines.parse(index, line)?);
        }
        Ok(facts)
    }

    /// Its lines, uncompressed and not read yet: for those who want a few of its facts.
    ///
    /// # Errors
    /// When the body cannot be uncompressed.
    pub fn lines(&self) -> Result<Lines, StoreError> {
        let text = zstd::stream::decode_all(self.body.as_slice())
            .map_err(|error| StoreError::Corrupt(format!("block {}: {error}", self.number)))?;
        Ok(Lines { number: self.number, text })
    }
}

/// The lines of a block, one a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    number: i64,
    text: Vec<u8>,
}

impl Lines {
    /// The fact at an index; `None` beyond the last.
    ///
    /// # Errors
    /// When the line is not a fact.
    pub fn fact(&self, index: u32) -> Result<Option<Fact>, StoreError> {
        self.split().find(|(found, _)| *found == index).map(|(index, line)| self.parse(index, line)).transpose()
    }

    /// Each line with its index, unread.
    pub fn split(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let lines = self.text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.enumerate().map(|(index, line)| (u32::try_from(index).unwrap_or(Position::MAX_INDEX), line))
    }

    /// Reads one of the lines.
    ///
    /// # Errors
    /// When the line is not a fact.
    pub fn parse(&self, index: u32, line: &[u8]) -> Result<Fact, StoreError> {
        let position = Position::new(self.number, index);
        Fact::from_line(position, line).map_err(|error| StoreError::Corrupt(format!("fact {position}: {error}")))
    }
}

/// A block's columns, in the order that it is read.
const COLUMNS: &str = "number, stream, sequence, facts, recorded, previous, chain, body";

/// A block by number.
///
/// # Errors
/// When the database fails.
pub fn read_block(connection: &mut Connection, number: i64) -> Result<Option<Block>, StoreError> {
    let row = connection.first(&format!("select {COLUMNS} from block where number = $1"), params![number])?;
    row.as_ref().map(Block::from_row).transpose()
}

impl Connection {
    /// Up to `limit` blocks after a number, in order of number.
    ///
    /// # Errors
    /// When the database fails.
    pub fn blocks_after(&mut self, number: i64, limit: i64) -> Result<Vec<Block>, StoreError> {
        let sql = format!("select {COLUMNS} from block where number > $1 order by number limit $2");
        self.query(&sql, params![number, limit])?.iter().map(Block::from_row).collect()
    }

    /// The next blocks after a place, in order of stream and of their place in it.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn blocks_by_stream(&mut self, after: (i64, i64)) -> Result<Vec<Block>, StoreError> {
        let sql = format!("select {COLUMNS} from block where (stream, sequence) > ($1, $2) order by stream, sequence limit 64");
        self.query(&sql, params![after.0, after.1])?.iter().map(Block::from_row).collect()
    }

    /// Numbers of blocks after a number, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn block_numbers_after(&mut self, number: i64, limit: i64) -> Result<Vec<i64>, StoreError> {
        let sql = "select number from block where number > $1 order by number limit $2";
        self.query(sql, params![number, limit])?.iter().map(|row| row.int(0)).collect()
    }

    /// The number of the last block; 0: there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_block(&mut self) -> Result<i64, StoreError> {
        self.first("select coalesce(max(number), 0) from block", &[])?.map_or(Ok(0), |row| row.int(0))
    }

    /// Blocks, facts, and when the last fact was recorded.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ledger_size(&mut self) -> Result<(i64, i64, Option<i64>), StoreError> {
        self.ledger_size_between(0, i64::MAX)
    }

    /// The same of the blocks after one and up to another.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ledger_size_between(&mut self, after: i64, to: i64) -> Result<(i64, i64, Option<i64>), StoreError> {
        // PostgreSQL sums bigints into numeric.
        let sql = "select count(*), cast(coalesce(sum(facts), 0) as bigint), max(recorded) from block where number > $1 and number <= $2";
        let row = self.first(sql, params![after, to])?.ok_or_else(|| StoreError::Corrupt("no count".to_owned()))?;
        Ok((row.int(0)?, row.int(1)?, row.maybe_int(2)?))
    }
}

/// What the first block of a stream follows.
pub(crate) fn genesis(stream: i64) -> [u8; 32] {
    Sha256::digest(format!("kept ledger, stream {stream}").as_bytes()).into()
}

/// The hash of a block and of all before it.
pub(crate) fn link(
    previous: &[u8; 32],
    number: i64,
    stream: i64,
    sequence: i64,
    facts: i64,
    recorded: i64,
    body: &[u8],
) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    for part in [number, stream, sequence, facts, recorded] {
        hash.update(part.to_be_bytes());
    }
    hash.update(body);
    hash.finalize().into()
}

/// A hash as stored.
pub(crate) fn hash_of(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt("a chain hash has the wrong length".to_owned()))
}
