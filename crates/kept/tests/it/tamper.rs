//! G9: any change of recorded history is found, in a database and in an export, and nothing is found where nothing was changed.
//!
//! What is changed are the values of the tables that are history, `block` and `sealed`: a byte in a free page of a database file means
//! nothing to anybody. Of an export every byte counts. `sealed_about`, which says what an erasure of somebody deletes, is no history and
//! is not tried.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use kept_base::CustomerId;
use kept_engine::{Engine, RecordOptions};
use kept_store::{Connection, Database, Durability, SealedContents, SignedHeads, Value, verify_export, verify_with_heads};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::client::Draw;
use crate::place::{Place, number_of, turn};

/// Changes in each database kind, unless `KEPT_TAMPER` says otherwise; half as many in exports.
const CHANGES: u64 = 80;
/// Changes of one state of a ledger; before the next ones it grows, and is found clean.
const EACH: u64 = 10;
/// States of one ledger; then another is begun.
const STATES: u64 = 8;

#[test]
fn g09_every_change_is_found_on_sqlite() -> Result<()> {
    every_change_is_found(Place::sqlite()?, || Place::sqlite().map(Some))
}

#[test]
fn g09_every_change_is_found_on_postgres() -> Result<()> {
    match Place::postgres()? {
        Some(place) => every_change_is_found(place, Place::postgres),
        None => Ok(()),
    }
}

fn every_change_is_found(first: Place, another: impl Fn() -> Result<Option<Place>>) -> Result<()> {
    let _turn = turn();
    let (changes, seed) = (number_of("KEPT_TAMPER", CHANGES)?, number_of("KEPT_TAMPER_SEED", 20_261_125)?);
    let (mut draw, began) = (Draw::new(seed), Instant::now());
    let (mut place, mut history, mut states) = (first, None, 0);
    let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
    let (mut done, mut clean, mut in_exports) = (0, 0, 0);
    while done < changes {
        if states == STATES {
            history = None;
            place = another()?.context("no database")?;
            states = 0;
        }
        let history = match &mut history {
            Some(history) => history,
            none => none.insert(History::begin(&place, &mut draw)?),
        };
        states += 1;
        history.grow(&mut draw)?;
        let outside = history.heads()?;
        let alarm = history.problems(&outside)?;
        ensure!(alarm.is_empty(), "{}, seed {seed}: a false alarm: {alarm:?}", place.kind());
        clean += 1;
        history.save()?;
        for _ in 0..EACH.min(changes - done) {
            let kind = history.change(&mut draw)?;
            // Whoever makes the whole chain anew, or only leaves out its end, can be found by heads kept outside and by nothing else.
            let needs_heads = kind.starts_with("heads: ");
            let found = history.problems(if needs_heads { &outside } else { &[] })?;
            ensure!(!found.is_empty(), "{}, seed {seed}, change {done}: not found: {kind}", place.kind());
            *counts.entry(kind).or_default() += 1;
            history.restore()?;
            done += 1;
        }
        for contents in [SealedContents::Included, SealedContents::Withheld] {
            let file = history.export(contents)?;
            let alarm = problems_of(&file, &outside)?;
            ensure!(alarm.is_empty(), "{}, seed {seed}: a false alarm in an export: {alarm:?}", place.kind());
            clean += 1;
            for _ in 0..EACH / 4 {
                let (kind, changed) = change_file(&mut draw, &file)?;
                let found = problems_of(&changed, &[])?;
                ensure!(!found.is_empty(), "{}, seed {seed}: not found in an export: {kind}", place.kind());
                *counts.entry(kind).or_default() += 1;
                in_exports += 1;
            }
        }
    }
    eprintln!(
        "tamper, {}, seed {seed}: {done} changes of a database and {in_exports} of an export, all found; {clean} clean ones, no false alarm; {:.1} s",
        place.kind(),
        began.elapsed().as_secs_f64()
    );
    for (kind, count) in counts {
        eprintln!("  {count:>6} {kind}");
    }
    Ok(())
}

/// A ledger that grows, and is changed behind Kept's back.
struct History {
    engines: Vec<Engine>,
    database: Database,
    made: u64,
}

impl History {
    fn begin(place: &Place, draw: &mut Draw) -> Result<History> {
        // Two engines on PostgreSQL: two streams.
        let engines = if place.kind() == "sqlite" { vec![place.engine()?] } else { vec![place.engine()?, place.engine()?] };
        let database = Database::open(&place.url()?, Durability::Scratch)?;
        database.read(|connection| {
            connection.batch("create table block_saved as select * from block; create table sealed_saved as select * from sealed")
        })?;
        let mut history = History { engines, database, made: 0 };
        // Something must be left to change once some of it was erased.
        for _ in 0..3 {
            history.grow(draw)?;
        }
        Ok(history)
    }

    fn grow(&mut self, draw: &mut Draw) -> Result<()> {
        for _ in 0..2 + draw.below(4) {
            self.made += 1;
            let at = Timestamp::now() - SignedDuration::from_mins(5);
            let (order, tracking) = (format!("H-{}", self.made), format!("6H{:011}", self.made));
            let mut lines = vec![
                json!({ "kind": "order.placed", "order_number": order, "at": at.to_string(), "promised_at": (at + SignedDuration::from_hours(48)).to_string(),
                    "customer": { "reference": format!("R-{}", self.made), "name": "Anne Perret", "email": format!("anne.{}@example.org", self.made), "country": "FR" },
                    "lines": [{ "sku": "VESTA", "title": "Lampe Vesta" }] }),
                json!({ "kind": "parcel.announced", "order_number": order, "carrier": "laposte", "tracking_number": tracking, "at": at.to_string() }),
            ];
            if draw.below(2) == 0 {
                lines.push(json!({ "kind": "customer.contacted", "customer": { "order_number": order }, "at": at.to_string(), "channel": "mail", "asked": true, "text": "Où est ma lampe ?" }));
            }
            for scan in 0..draw.below(4) {
                lines.push(json!({ "kind": "parcel.scanned", "tracking_number": tracking, "carrier": "laposte", "code": format!("K{scan}"), "milestone": "in_network", "at": at.to_string() }));
            }
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let mut inputs = Vec::new();
            for line in kept_connect::own::parse_lines(text.as_bytes(), Some("application/x-ndjson")) {
                inputs.push(line.result.map_err(|error| anyhow::anyhow!("{}", error.message))?.0);
            }
            let engine = &self.engines[usize::try_from(draw.below(self.engines.len() as u64))?];
            let recorded = engine.record(inputs, RecordOptions::default())?;
            ensure!(recorded.rejected.is_empty(), "{recorded:?}");
        }
        if draw.below(3) == 0 {
            let rows = self.database.read(|connection| connection.query("select id from customer order by id", &[]))?;
            let row = &rows[usize::try_from(draw.below(rows.len() as u64))?];
            self.engines[0].erase_customer(CustomerId::new(row.int(0)?), "test")?;
        }
        Ok(())
    }

    fn heads(&self) -> Result<Vec<SignedHeads>> {
        Ok(vec![self.database.read(Connection::signed_heads)?])
    }

    /// What verification says; an answer that cannot even be read is a finding too.
    fn problems(&self, outside: &[SignedHeads]) -> Result<Vec<String>> {
        match self.database.read(|connection| verify_with_heads(connection, outside, |_| {})) {
            Ok(found) => Ok(found.problems),
            Err(kept_store::StoreError::Corrupt(why)) => Ok(vec![why]),
            Err(error) => bail!(error),
        }
    }

    fn save(&self) -> Result<()> {
        self.batch(
            "delete from block_saved; insert into block_saved select * from block; delete from sealed_saved; insert into sealed_saved select * from sealed",
        )
    }

    fn restore(&self) -> Result<()> {
        self.batch("delete from block; insert into block select * from block_saved; delete from sealed; insert into sealed select * from sealed_saved")
    }

    fn batch(&self, sql: &str) -> Result<()> {
        Ok(self.database.read(|connection| connection.batch(&format!("begin; {sql}; commit")))?)
    }

    fn export(&self, contents: SealedContents) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        self.database.read(|connection| kept_store::export(connection, contents, &mut file, |_| {}))?;
        Ok(file)
    }

    /// Makes one change; gives what kind it was.
    fn change(&self, draw: &mut Draw) -> Result<&'static str> {
        loop {
            let blocks = self.rows(
                "select number, stream, sequence, facts, recorded, previous, chain, body from block order by stream, sequence",
            )?;
            let sealed = self.rows("select id, salt, bytes from sealed order by id")?;
            ensure!(blocks.len() > 3 && sealed.len() > 3, "too short a history to be changed");
            if let Some(kind) = self.try_change(draw, &blocks, &sealed)? {
                return Ok(kind);
            }
        }
    }

    /// `None` where what was drawn would change nothing, or the database refuses it.
    fn try_change(&self, draw: &mut Draw, blocks: &[Vec<Value>], sealed: &[Vec<Value>]) -> Result<Option<&'static str>> {
        let (one, other) = (pick(draw, blocks), pick(draw, blocks));
        let (content, second) = (pick(draw, sealed), pick(draw, sealed));
        Ok(match draw.below(15) {
            0 => self.set(draw, "block", "number", &one[0], &[("previous", &one[5]), ("chain", &one[6]), ("body", &one[7])], "a bit of a block's bytes"),
            1 => self.set(
                draw,
                "block",
                "number",
                &one[0],
                &[("number", &one[0]), ("stream", &one[1]), ("sequence", &one[2]), ("facts", &one[3]), ("recorded", &one[4])],
                "a bit of a block's numbers",
            ),
            2 if is_last(one, blocks) => None,
            2 => self.run("delete from block where number = $1", &[one[0].clone()], "a block deleted"),
            3 if one[7] == other[7] => None,
            3 => self.swap("block", "number", &["body"], (one, 7), (other, 7), "the facts of two blocks swapped"),
            4 if one[0] == other[0] || one[1] != other[1] => None,
            4 => self.reorder(one, other)?,
            5 => self.cut_tail(draw, one, blocks)?,
            6 => self.set(draw, "sealed", "id", &content[0], &[("salt", &content[1]), ("bytes", &content[2])], "a bit of a sealed content"),
            7 => self.run("delete from sealed where id = $1", &[content[0].clone()], "a sealed content deleted"),
            8 if content[2] == second[2] => None,
            8 => self.swap("sealed", "id", &["bytes"], (content, 2), (second, 2), "two sealed contents swapped"),
            9 => self.set(draw, "sealed", "id", &content[0], &[("id", &content[0])], "a sealed content under another id"),
            10 => self.bring_back()?,
            11 => self.run(
                "insert into sealed (id, salt, bytes) values ($1, $2, $3)",
                &[Value::Int(1_000_000_000 + i64::try_from(draw.below(1000))?), content[1].clone(), content[2].clone()],
                "a sealed content added",
            ),
            12 => self.run(
                "insert into block (number, stream, sequence, facts, recorded, previous, chain, body) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                &[
                    Value::Int(int(&blocks.iter().map(|block| &block[0]).max_by_key(|number| int(number)).context("none")?.clone()) + 1),
                    one[1].clone(),
                    Value::Int(blocks.iter().filter(|block| block[1] == one[1]).map(|block| int(&block[2])).max().context("none")? + 1),
                    one[3].clone(),
                    one[4].clone(),
                    one[5].clone(),
                    one[6].clone(),
                    one[7].clone(),
                ],
                "a block repeated at the end",
            ),
            13 => {
                let Value::Blob(body) = &one[7] else { bail!("no bytes") };
                let shorter = body[..body.len() - 1 - usize::try_from(draw.below(body.len() as u64 / 2))?].to_vec();
                self.run("update block set body = $2 where number = $1", &[one[0].clone(), Value::Blob(shorter)], "a block cut short")
            }
            _ => self.rewrite(draw, one, blocks)?,
        })
    }

    /// Flips a bit in one of these columns.
    fn set(
        &self,
        draw: &mut Draw,
        table: &str,
        key: &str,
        id: &Value,
        columns: &[(&str, &Value)],
        kind: &'static str,
    ) -> Option<&'static str> {
        let (column, value) = columns[usize::try_from(draw.below(columns.len() as u64)).ok()?];
        let changed = match value {
            Value::Int(number) => Value::Int(number ^ (1 << draw.below(63))),
            Value::Blob(bytes) if !bytes.is_empty() => {
                let mut bytes = bytes.clone();
                let index = usize::try_from(draw.below(bytes.len() as u64)).ok()?;
                bytes[index] ^= 1 << draw.below(8);
                Value::Blob(bytes)
            }
            _ => return None,
        };
        self.run(&format!("update {table} set {column} = $2 where {key} = $1"), &[id.clone(), changed], kind)
    }

    fn swap(
        &self,
        table: &str,
        key: &str,
        columns: &[&str],
        (one, at): (&[Value], usize),
        (other, there): (&[Value], usize),
        kind: &'static str,
    ) -> Option<&'static str> {
        let sql = format!("update {table} set {} = $2 where {key} = $1", columns[0]);
        self.run(&sql, &[one[0].clone(), other[there].clone()], kind)?;
        self.run(&sql, &[other[0].clone(), one[at].clone()], kind)
    }

    /// Two blocks of a stream change places.
    fn reorder(&self, one: &[Value], other: &[Value]) -> Result<Option<&'static str>> {
        let kind = "two blocks in another order";
        for (number, sequence) in [(&one[0], &Value::Int(-1)), (&other[0], &one[2]), (&one[0], &other[2])] {
            self.run("update block set sequence = $2 where number = $1", &[number.clone(), sequence.clone()], kind)
                .context("no reordering")?;
        }
        Ok(Some(kind))
    }

    fn cut_tail(&self, draw: &mut Draw, one: &[Value], blocks: &[Vec<Value>]) -> Result<Option<&'static str>> {
        let last = blocks.iter().filter(|block| block[1] == one[1]).map(|block| int(&block[2])).max().context("none")?;
        let from = last - i64::try_from(draw.below(u64::try_from(last)?.min(5)))?;
        Ok(self.run(
            "delete from block where stream = $1 and sequence >= $2",
            &[one[1].clone(), Value::Int(from)],
            "heads: the tail of a stream cut off",
        ))
    }

    /// Something that was erased is put back.
    fn bring_back(&self) -> Result<Option<&'static str>> {
        for fact in crate::books::facts(&self.database)? {
            if let kept_domain::Body::CustomerErased(body) = &fact.body
                && let Some(id) = body.sealed.first()
            {
                let row = [Value::Int(id.get()), Value::Blob(vec![1; 16]), Value::Blob(b"back".to_vec())];
                return Ok(self.run(
                    "insert into sealed (id, salt, bytes) values ($1, $2, $3)",
                    &row,
                    "an erased content put back",
                ));
            }
        }
        Ok(None)
    }

    /// Somebody who knows how: a block is changed, and the chain made anew from there to the end.
    fn rewrite(&self, draw: &mut Draw, one: &[Value], blocks: &[Vec<Value>]) -> Result<Option<&'static str>> {
        let kind = "heads: a block changed and the chain made anew to its end";
        let mut previous: Option<Vec<u8>> = None;
        let changed = i64::try_from(1 + draw.below(1000))?;
        for block in blocks.iter().filter(|block| block[1] == one[1] && int(&block[2]) >= int(&one[2])) {
            let Value::Blob(stored) = &block[5] else { bail!("no bytes") };
            let before = previous.clone().unwrap_or_else(|| stored.clone());
            let recorded = if block[0] == one[0] { int(&block[4]) + changed } else { int(&block[4]) };
            let Value::Blob(body) = &block[7] else { bail!("no bytes") };
            let mut hash = Sha256::new();
            hash.update(&before);
            for part in [int(&block[0]), int(&block[1]), int(&block[2]), int(&block[3]), recorded] {
                hash.update(part.to_be_bytes());
            }
            hash.update(body);
            let chain = hash.finalize().to_vec();
            self.run(
                "update block set previous = $2, chain = $3, recorded = $4 where number = $1",
                &[block[0].clone(), Value::Blob(before), Value::Blob(chain.clone()), Value::Int(recorded)],
                kind,
            )
            .context("no rewriting")?;
            previous = Some(chain);
        }
        // It must be well made, or finding it would prove nothing about the heads.
        let alarm = self.problems(&[])?;
        ensure!(alarm.is_empty(), "the chain made anew is not sound in itself: {alarm:?}");
        Ok(Some(kind))
    }

    /// `None` when the database refuses, as for a number that is taken.
    fn run(&self, sql: &str, values: &[Value], kind: &'static str) -> Option<&'static str> {
        match self.database.read(|connection| connection.execute(sql, values)) {
            Ok(rows) if rows > 0 => Some(kind),
            _ => None,
        }
    }

    fn rows(&self, sql: &str) -> Result<Vec<Vec<Value>>> {
        Ok(self.database.read(|connection| connection.query(sql, &[]))?.into_iter().map(|row| row.0).collect())
    }
}

fn is_last(one: &[Value], blocks: &[Vec<Value>]) -> bool {
    !blocks.iter().any(|block| block[1] == one[1] && int(&block[2]) > int(&one[2]))
}

fn pick<'a>(draw: &mut Draw, rows: &'a [Vec<Value>]) -> &'a [Value] {
    &rows[usize::try_from(draw.below(rows.len() as u64)).unwrap_or(0)]
}

fn int(value: &Value) -> i64 {
    match value {
        Value::Int(number) => *number,
        _ => -1,
    }
}

fn problems_of(mut file: &[u8], outside: &[SignedHeads]) -> Result<Vec<String>> {
    Ok(verify_export(&mut file, outside, |_| {})?.found.problems)
}

/// One change of a file; every byte of it counts.
fn change_file(draw: &mut Draw, file: &[u8]) -> Result<(&'static str, Vec<u8>)> {
    let mut lines: Vec<Vec<u8>> = file.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let mut bytes = file.to_vec();
    let at = usize::try_from(draw.below(file.len() as u64))?;
    let (line, other) = (usize::try_from(draw.below(lines.len() as u64))?, usize::try_from(draw.below(lines.len() as u64))?);
    let kind = match draw.below(6) {
        0 => {
            bytes[at] ^= 1 << draw.below(8);
            return Ok(("export: a bit", bytes));
        }
        1 => {
            bytes.truncate(at);
            return Ok(("export: its tail cut off", bytes));
        }
        2 => {
            bytes.insert(at, b' ');
            return Ok(("export: a space added", bytes));
        }
        3 => {
            lines.remove(line);
            "export: a line deleted"
        }
        4 if lines[line] == lines[other] => return change_file(draw, file),
        4 => {
            lines.swap(line, other);
            "export: two lines swapped"
        }
        _ => {
            let copy = lines[line].clone();
            lines.insert(other, copy);
            "export: a line repeated"
        }
    };
    Ok((kind, lines.concat()))
}
