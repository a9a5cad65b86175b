//! What figures are counted from: columns of promises, in an index that holds all of them. No figure reads the state of a promise.

use kept_base::PromiseId;
use kept_domain::figures::{Counted, Group};
use kept_domain::promise::PromiseState;

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::{Row, params};

/// What counts of a promise, but for the money that is held.
const COLUMNS: &str =
    "p.id, p.counts_at, p.kind, p.owner, coalesce(p.giver, ''), (select min(q.carrier) from parcel q where q.promise = p.id),
    p.by_first_due, p.disputed, p.amended, p.told_first, p.chasers, p.needless, p.warned, p.withdrawn,
    case when p.customer is null then 0 else 1 end, p.by_hand, p.own_hand, p.first_due - p.made_at, p.first_due - p.told_at";

impl Connection {
    /// Shows what counts of each promise that counts in `from..before` (epoch milliseconds), but for the money that is held.
    ///
    /// # Errors
    /// When the database fails.
    pub fn counted_between(
        &mut self,
        from: i64,
        before: i64,
        mut see: impl FnMut(PromiseId, &Counted),
    ) -> Result<(), StoreError> {
        let sql = format!("select {COLUMNS} from promise p where p.counts_at >= $1 and p.counts_at < $2");
        self.each(&sql, params![from, before], |row| {
            let (id, counted) = counted(row)?;
            see(id, &counted);
            Ok(())
        })
    }

    /// Promises that count in `from..before` and of which money is held that is to be paid back: since when, and until when.
    ///
    /// # Errors
    /// When the database fails.
    pub fn held_between(&mut self, from: i64, before: i64) -> Result<Vec<(PromiseId, i64, Option<i64>)>, StoreError> {
        let sql =
            "select id, held_since, ended_at from promise where counts_at >= $1 and counts_at < $2 and held_since is not null";
        let rows = self.query(sql, params![from, before])?;
        rows.iter().map(|row| Ok((PromiseId::new(row.int(0)?), row.int(1)?, row.maybe_int(2)?))).collect()
    }

    /// What counts of a promise; none while nobody can say in which period it counts.
    ///
    /// # Errors
    /// When the database fails.
    pub fn counted(&mut self, id: PromiseId) -> Result<Option<Counted>, StoreError> {
        let sql =
            format!("select {COLUMNS}, p.held_since, p.ended_at from promise p where p.id = $1 and p.counts_at is not null");
        let Some(row) = self.first(&sql, params![id.get()])? else { return Ok(None) };
        let (_, mut counted) = counted(&row)?;
        counted.held = row.maybe_int(19)?.zip(Some(row.maybe_int(20)?));
        Ok(Some(counted))
    }

    /// The promises of an order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn promises_of_order(&mut self, order: kept_base::OrderId) -> Result<Vec<PromiseId>, StoreError> {
        let rows = self.query("select id from promise where purchase = $1", params![order.get()])?;
        rows.iter().map(|row| row.int(0).map(PromiseId::new)).collect()
    }
}

fn counted(row: &Row) -> Result<(PromiseId, Counted), StoreError> {
    let is = |index: usize| row.int(index).map(|value| value != 0);
    let group = Group { kind: row.text(2)?, owner: row.text(3)?, giver: row.text(4)?, carrier: row.maybe_text(5)? };
    let counted = Counted {
        at: row.int(1)?,
        group,
        by_first_due: row.maybe_text(6)?.as_deref().and_then(PromiseState::from_word),
        disputed: is(7)?,
        amended: is(8)?,
        told_first: is(9)?,
        chasers: u32::try_from(row.int(10)?).unwrap_or(u32::MAX),
        needless: is(11)?,
        warned: is(12)?,
        withdrawn: is(13)?,
        reachable: is(14)?,
        by_hand: is(15)?,
        own_hand: is(16)?,
        length: row.maybe_int(17)?,
        lead: row.maybe_int(18)?,
        held: None,
    };
    Ok((PromiseId::new(row.int(0)?), counted))
}
