//! The outbox: messages and errands on their way out, and who has claimed them.

use kept_base::SubjectId;
use kept_domain::apply::Lane;

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::{Row, params};

/// A message or an errand on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Which.
    pub subject: SubjectId,
    /// `ready`, `claimed`, `in_doubt`.
    pub state: String,
    /// Number of the attempt under way or last made.
    pub attempt: i64,
    /// Not before, epoch milliseconds.
    pub next_at: i64,
}

impl Connection {
    /// Claims messages or errands that may leave by `now` (the engine's clock): at most `limit`, held until `until` (the machine's, like
    /// `leases`). Each claim is one more attempt. A message that was in doubt when its holder vanished is left to [`Self::doubtful`]; an
    /// errand is claimed again, since the shop is asked first what became of it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn claim_outbox(
        &mut self,
        lane: Lane,
        holder: &str,
        now: i64,
        leases: i64,
        until: i64,
        limit: i64,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let skip = if self.is_postgres() { "for update skip locked" } else { "" };
        let left = if lane == Lane::Errand { "state in ('claimed', 'in_doubt')" } else { "state = 'claimed'" };
        let sql = format!(
            "update outbox set state = 'claimed', attempt = attempt + 1, lease_until = $2, holder = $3 where subject in
               (select subject from outbox where noun = $6 and ((state = 'ready' and next_at <= $1) or ({left} and lease_until <= $5))
                order by next_at, subject limit $4 {skip}) returning subject, state, attempt, next_at"
        );
        self.query(&sql, params![now, until, holder, limit, leases, lane.word()])?.iter().map(outbox_row).collect()
    }

    /// Messages held only until a moment that has come.
    ///
    /// # Errors
    /// When the database fails.
    pub fn held_until(&mut self, now: i64) -> Result<Vec<i64>, StoreError> {
        let sql = "select id from message where state = 'held' and held_until <= $1 order by id limit 200";
        self.query(sql, params![now])?.iter().map(|row| row.int(0)).collect()
    }

    /// When the next held message wakes.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next_held(&mut self) -> Result<Option<i64>, StoreError> {
        let sql = "select min(held_until) from message where state = 'held' and held_until is not null";
        self.first(sql, &[])?.map_or(Ok(None), |row| row.maybe_int(0))
    }

    /// Marks an attempt "in doubt": from here on it may have left. Only the holder of this very attempt can.
    ///
    /// # Errors
    /// When the database fails.
    pub fn mark_in_doubt(&mut self, subject: SubjectId, attempt: i64, holder: &str) -> Result<bool, StoreError> {
        let changed = self.execute(
            "update outbox set state = 'in_doubt' where subject = $1 and attempt = $2 and holder = $3 and state = 'claimed'",
            params![subject.0, attempt, holder],
        )?;
        Ok(changed == 1)
    }

    /// Messages whose attempt was in doubt when its holder vanished.
    ///
    /// # Errors
    /// When the database fails.
    pub fn doubtful(&mut self, now: i64) -> Result<Vec<OutboxRow>, StoreError> {
        let sql = "select subject, state, attempt, next_at from outbox where noun in ('message', 'sms') and state = 'in_doubt' and lease_until <= $1
                   order by subject limit 100";
        self.query(sql, params![now])?.iter().map(outbox_row).collect()
    }

    /// The attempt under way, to be settled by its holder only.
    ///
    /// # Errors
    /// When the database fails.
    pub fn outbox_attempt(&mut self, subject: SubjectId) -> Result<Option<OutboxRow>, StoreError> {
        let lock = if self.is_postgres() { " for update" } else { "" };
        let sql = format!("select subject, state, attempt, next_at from outbox where subject = $1{lock}");
        self.first(&sql, params![subject.0])?.as_ref().map(outbox_row).transpose()
    }

    /// Whether it is being handed over right now: what becomes of it must be seen before anybody does anything else with it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn outbox_leaving(&mut self, subject: SubjectId) -> Result<bool, StoreError> {
        Ok(self.outbox_attempt(subject)?.is_some_and(|row| row.state != "ready"))
    }

    /// Puts an attempt back, to be tried again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn retry_outbox(&mut self, subject: SubjectId, next_at: i64) -> Result<(), StoreError> {
        self.execute(
            "update outbox set state = 'ready', next_at = $2, lease_until = 0 where subject = $1",
            params![subject.0, next_at],
        )?;
        Ok(())
    }

    /// Ends leases of a holder that is known to be gone, so that its claims are taken up at once.
    ///
    /// # Errors
    /// When the database fails.
    pub fn free_outbox(&mut self, holder_prefix: &str) -> Result<(), StoreError> {
        self.execute("update outbox set lease_until = 0 where holder like $1", params![format!("{holder_prefix}%")])?;
        Ok(())
    }

    /// How many messages by mail or by SMS, or errands, are on their way out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn outbox_pending(&mut self, lane: Lane) -> Result<i64, StoreError> {
        self.first("select count(*) from outbox where noun = $1", params![lane.word()])?.map_or(Ok(0), |row| row.int(0))
    }
}

fn outbox_row(row: &Row) -> Result<OutboxRow, StoreError> {
    Ok(OutboxRow { subject: SubjectId(row.int(0)?), state: row.text(1)?, attempt: row.int(2)?, next_at: row.int(3)? })
}
