//! The export: the whole ledger in one file of JSON lines that is checked without any database.
//!
//! First a line that opens, then every block in order of stream and sequence, every sealed content (or only that it is there), the signed
//! heads, and a last line with the hash of all lines before it and its signature. docs/ledger-export.md describes each.

use std::collections::HashMap;
use std::io::{BufRead, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::connection::Connection;
use crate::error::StoreError;
use crate::heads::{HeadKey, SignedHeads, no_key, signature_fits};
use crate::ledger::Block;
use crate::value::params;
use crate::verifying::{Checker, Reference, Verification};

/// The version of the format.
const FORMAT: u32 = 1;

/// Whether an export holds what is personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealedContents {
    /// Salt and bytes of every one.
    Included,
    /// Only that it is there: everything else can still be checked.
    Withheld,
}

/// A line of an export.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Kept(Opening),
    Block(BlockLine),
    Sealed(SealedLine),
    Heads(SignedHeads),
    End(Ending),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    export: u32,
    at: String,
    sealed: SealedContents,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockLine {
    number: i64,
    stream: i64,
    sequence: i64,
    facts: i64,
    recorded: i64,
    previous: String,
    chain: String,
    body: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedLine {
    id: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ending {
    lines: u64,
    sha256: String,
    key: String,
    signature: String,
}

impl Ending {
    fn statement(lines: u64, sha256: &str) -> String {
        format!("kept-export {FORMAT}\nlines {lines}\nsha256 {sha256}\n")
    }
}

/// What an export holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Blocks written.
    pub blocks: u64,
    /// Sealed contents written, or named.
    pub sealed: u64,
}

/// Writes the ledger as it stands at one moment.
///
/// # Errors
/// When the database fails, there is no key yet, or nothing can be written.
pub fn export(
    connection: &mut Connection,
    contents: SealedContents,
    out: &mut dyn Write,
    progress: impl FnMut(u64),
) -> Result<Exported, StoreError> {
    connection.begin_read()?;
    let written = export_within(connection, contents, out, progress);
    connection.rollback()?;
    written
}

fn export_within(
    connection: &mut Connection,
    contents: SealedContents,
    out: &mut dyn Write,
    mut progress: impl FnMut(u64),
) -> Result<Exported, StoreError> {
    let key = HeadKey::load(connection)?.ok_or_else(no_key)?;
    let mut file = Hashed { out, hash: Sha256::new(), lines: 0 };
    let mut exported = Exported::default();
    let now = jiff::Timestamp::now();
    file.line(&Line::Kept(Opening { export: FORMAT, at: now.to_string(), sealed: contents }))?;
    let mut after = (i64::MIN, 0);
    loop {
        let blocks = connection.blocks_by_stream(after)?;
        let Some(last) = blocks.last() else { break };
        after = (last.stream, last.sequence);
        for block in &blocks {
            file.line(&Line::Block(BlockLine::of(block)))?;
            exported.blocks += 1;
        }
        progress(exported.blocks);
    }
    let mut after = i64::MIN;
    loop {
        let rows = connection.query("select id, salt, bytes from sealed where id > $1 order by id limit 64", params![after])?;
        let Some(last) = rows.last() else { break };
        after = last.int(0)?;
        for row in &rows {
            let mut line = SealedLine { id: row.int(0)?, salt: None, bytes: None };
            if contents == SealedContents::Included {
                line.salt = Some(hex::encode(row.blob(1)?));
                line.bytes = Some(STANDARD.encode(row.blob(2)?));
            }
            file.line(&Line::Sealed(line))?;
            exported.sealed += 1;
        }
    }
    file.line(&Line::Heads(key.sign(now, connection.heads()?)))?;
    file.end(&key)?;
    Ok(exported)
}

/// Lines on their way out, counted and hashed.
struct Hashed<'a> {
    out: &'a mut dyn Write,
    hash: Sha256,
    lines: u64,
}

impl Hashed<'_> {
    fn line(&mut self, line: &Line) -> Result<(), StoreError> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.hash.update(&bytes);
        self.lines += 1;
        self.write(&bytes)
    }

    fn end(mut self, key: &HeadKey) -> Result<(), StoreError> {
        let sha256 = hex::encode(std::mem::take(&mut self.hash).finalize());
        let signature = key.sign_text(&Ending::statement(self.lines, &sha256));
        let mut bytes = serde_json::to_vec(&Line::End(Ending { lines: self.lines, sha256, key: key.public(), signature }))?;
        bytes.push(b'\n');
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.out.write_all(bytes).map_err(|source| StoreError::File { path: "the export".to_owned(), source })
    }
}

impl BlockLine {
    fn of(block: &Block) -> BlockLine {
        BlockLine {
            number: block.number,
            stream: block.stream,
            sequence: block.sequence,
            facts: block.facts,
            recorded: block.recorded,
            previous: hex::encode(&block.previous),
            chain: hex::encode(&block.chain),
            body: STANDARD.encode(&block.body),
        }
    }

    fn block(self) -> Result<Block, StoreError> {
        let bytes = |text: &str| hex::decode(text).map_err(|error| StoreError::Corrupt(error.to_string()));
        Ok(Block {
            number: self.number,
            stream: self.stream,
            sequence: self.sequence,
            facts: self.facts,
            recorded: self.recorded,
            previous: bytes(&self.previous)?,
            chain: bytes(&self.chain)?,
            body: STANDARD.decode(&self.body).map_err(|error| StoreError::Corrupt(error.to_string()))?,
        })
    }
}

/// The blocks of an export, in its order; nothing is checked but that they can be read.
pub(crate) fn blocks(file: &mut dyn BufRead) -> impl Iterator<Item = Result<Block, StoreError>> {
    file.lines().filter_map(|line| {
        let line = match line {
            Ok(line) => line,
            Err(source) => return Some(Err(StoreError::File { path: "the export".to_owned(), source })),
        };
        match serde_json::from_str::<Line>(&line) {
            Ok(Line::Block(block)) => Some(block.block()),
            Ok(_) => None,
            Err(error) => Some(Err(error.into())),
        }
    })
}

/// An export as it was found to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifiedExport {
    /// What stands in it.
    pub found: Verification,
    /// Its last line's public key: whose it claims to be.
    pub key: Option<String>,
    /// Its own signed heads.
    pub heads: Option<SignedHeads>,
}

/// Checks an export, line by line and as a whole, without a database.
///
/// # Errors
/// When the file cannot be read; what is broken in it is a problem in the answer.
pub fn verify_export(
    file: &mut dyn BufRead,
    outside: &[SignedHeads],
    mut progress: impl FnMut(u64),
) -> Result<VerifiedExport, StoreError> {
    let mut reading = Reading { checker: Checker::new(outside), ..Reading::default() };
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        file.read_until(b'\n', &mut bytes).map_err(|source| StoreError::File { path: "the export".to_owned(), source })?;
        if bytes.is_empty() {
            break;
        }
        reading.line(&bytes);
        progress(reading.checker.found.facts);
    }
    Ok(reading.finish())
}

#[derive(Default)]
struct Reading {
    checker: Checker,
    hash: Sha256,
    lines: u64,
    opened: Option<SealedContents>,
    ended: bool,
    /// What facts name and was not met yet, by id.
    wanted: HashMap<i64, Reference>,
    heads: Option<SignedHeads>,
    key: Option<String>,
}

impl Reading {
    fn line(&mut self, bytes: &[u8]) {
        let number = self.lines + 1;
        if self.ended {
            self.checker.found.problem(format!("line {number}: it stands after the end"));
        }
        let line = match serde_json::from_slice::<Line>(bytes) {
            Ok(line) => line,
            Err(error) => {
                self.checker.found.problem(format!("line {number} cannot be read: {error}"));
                self.passed(bytes);
                return;
            }
        };
        if self.opened.is_none() && !matches!(line, Line::Kept(_)) {
            self.checker.found.problem("line 1: it does not open an export");
            self.opened = Some(SealedContents::Included);
        }
        match line {
            Line::Kept(opening) => self.open(&opening, number),
            Line::Block(line) => match line.block() {
                Ok(block) => {
                    for reference in self.checker.block(&block) {
                        let (id, hash) = (reference.id, reference.hash.clone());
                        if self.wanted.insert(id, reference).is_some_and(|other| other.hash != hash) {
                            self.checker
                                .found
                                .problem(format!("line {number}: two facts name sealed content {id} with two hashes"));
                        }
                    }
                }
                Err(error) => self.checker.found.problem(format!("line {number}: {error}")),
            },
            Line::Sealed(line) => self.sealed(&line, number),
            Line::Heads(heads) => {
                if self.heads.replace(heads).is_some() {
                    self.checker.found.problem(format!("line {number}: there are heads already"));
                }
            }
            Line::End(ending) => {
                self.end(&ending, bytes);
                return;
            }
        }
        self.passed(bytes);
    }

    fn passed(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.lines += 1;
    }

    fn open(&mut self, opening: &Opening, number: u64) {
        if self.opened.replace(opening.sealed).is_some() {
            self.checker.found.problem(format!("line {number}: the export was opened already"));
        }
        if opening.export != FORMAT {
            self.checker.found.problem(format!("its format is {}; this program reads {FORMAT}", opening.export));
        }
    }

    fn sealed(&mut self, line: &SealedLine, number: u64) {
        let Some(reference) = self.wanted.remove(&line.id) else {
            self.checker.found.problem(format!("line {number}: sealed content {} belongs to no fact", line.id));
            return;
        };
        match (&line.salt, &line.bytes, self.opened) {
            (Some(salt), Some(bytes), Some(SealedContents::Included)) => match (hex::decode(salt), STANDARD.decode(bytes)) {
                (Ok(salt), Ok(bytes)) => self.checker.content(&reference, &salt, &bytes),
                _ => self.checker.found.problem(format!("line {number}: sealed content {} cannot be read", line.id)),
            },
            (None, None, Some(SealedContents::Withheld)) => self.checker.withheld(&reference),
            _ => self.checker.found.problem(format!("line {number}: sealed content {} is not as the first line says", line.id)),
        }
    }

    fn end(&mut self, ending: &Ending, bytes: &[u8]) {
        self.ended = true;
        let sha256 = hex::encode(std::mem::take(&mut self.hash).finalize());
        let found = &mut self.checker.found;
        if ending.lines != self.lines || ending.sha256 != sha256 {
            found.problem("the file is not the one that was written: the hash in its last line does not fit");
        }
        if !signature_fits(&ending.key, &ending.signature, &Ending::statement(ending.lines, &ending.sha256)) {
            found.problem("the signature in the last line does not fit");
        }
        // The last line is not in its own hash: it must be written exactly as this program writes it.
        let again = Ending {
            lines: ending.lines,
            sha256: ending.sha256.clone(),
            key: ending.key.clone(),
            signature: ending.signature.clone(),
        };
        let exact = serde_json::to_vec(&Line::End(again)).map(|mut line| {
            line.push(b'\n');
            line
        });
        let lower = |text: &str| !text.bytes().any(|byte| byte.is_ascii_uppercase());
        if exact.ok().as_deref() != Some(bytes) || !lower(&ending.signature) || !lower(&ending.key) {
            found.problem("the last line is not written as Kept writes it");
        }
        self.key = Some(ending.key.clone());
    }

    fn finish(mut self) -> VerifiedExport {
        if !self.ended {
            self.checker.found.problem("the file has no end: its tail was cut off");
        }
        let mut left: Vec<Reference> = std::mem::take(&mut self.wanted).into_values().collect();
        left.sort_by_key(|reference| (reference.position, reference.id));
        for reference in left {
            self.checker.gone(reference.position, reference.id);
        }
        for id in self.checker.back_again() {
            self.checker.found.problem(format!("sealed content {id} was erased, as the ledger records, and is there again"));
        }
        let mut found = self.checker.finish();
        match &self.heads {
            None => found.problem("it holds no heads"),
            Some(heads) => {
                if !signature_fits(&heads.key, &heads.signature, &heads.statement()) {
                    found.problem("the signature of its heads does not fit");
                }
                if heads.heads != found.heads {
                    found.problem("its heads are not those of its blocks");
                }
                if self.key.as_ref().is_some_and(|key| *key != heads.key) {
                    found.problem("its heads and its end are signed with two keys");
                }
            }
        }
        VerifiedExport { found, key: self.key, heads: self.heads }
    }
}
