//! Connections made on a page: their keys, how asking stands, who asks; and what was heard of each source lately.

use kept_base::Position;

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::params;

/// What was heard of a source lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeardRow {
    /// Source.
    pub source: String,
    /// Deliveries since the first moment that was asked about.
    pub long: i64,
    /// Since the second.
    pub week: i64,
    /// Since the third.
    pub day: i64,
    /// The longest time between two of them, in milliseconds; `None` where there are not two.
    pub longest_gap: Option<i64>,
    /// The last one, epoch milliseconds.
    pub last: Option<i64>,
}

/// The last payload of a source that could not be read, or not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastErrorRow {
    /// Source.
    pub source: String,
    /// Its fact.
    pub position: Position,
    /// When, epoch milliseconds.
    pub at: i64,
    /// What was wrong.
    pub error: String,
}

impl Connection {
    /// Secrets whose name begins so, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn secrets_under(&mut self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "select name, value from secret where substr(name, 1, length(cast($1 as text))) = $1 order by name";
        self.query(sql, params![prefix])?.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
    }

    /// Settings whose name begins so, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn settings_under(&mut self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "select name, value from setting where substr(name, 1, length(cast($1 as text))) = $1 order by name";
        self.query(sql, params![prefix])?.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
    }

    /// The first setting whose name begins so, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn first_setting_under(&mut self, prefix: &str) -> Result<Option<(String, String)>, StoreError> {
        let sql = "select name, value from setting where substr(name, 1, length(cast($1 as text))) = $1 order by name limit 1";
        self.first(sql, params![prefix])?.map(|row| Ok((row.text(0)?, row.text(1)?))).transpose()
    }

    /// Forgets a secret.
    ///
    /// # Errors
    /// When the database fails.
    pub fn delete_secret(&mut self, name: &str) -> Result<bool, StoreError> {
        Ok(self.execute("delete from secret where name = $1", params![name])? > 0)
    }

    /// Forgets a setting.
    ///
    /// # Errors
    /// When the database fails.
    pub fn delete_setting(&mut self, name: &str) -> Result<bool, StoreError> {
        Ok(self.execute("delete from setting where name = $1", params![name])? > 0)
    }

    /// Takes or renews a lease under this name: true when `holder` has it until then. Machine's clock, milliseconds.
    ///
    /// # Errors
    /// When the database fails.
    pub fn hold(&mut self, name: &str, holder: &str, now: i64, until: i64) -> Result<bool, StoreError> {
        // The moment stands in front with all its digits, so that texts compare as moments do.
        let sql = "insert into setting (name, value) values ($1, $2)
                   on conflict (name) do update set value = excluded.value where setting.value < $3 or substr(setting.value, 22) = $4";
        let changed = self.execute(sql, params![name, format!("{until:020} {holder}"), format!("{now:020}"), holder])?;
        Ok(changed > 0)
    }

    /// The last block recorded before a moment; 0 where there is none. Blocks are written in time, so that it is found by halving.
    ///
    /// # Errors
    /// When the database fails.
    pub fn block_before(&mut self, moment: i64) -> Result<i64, StoreError> {
        let (mut low, mut high) = (0, self.last_block()?);
        while low < high {
            let middle = low + (high - low + 1) / 2;
            let sql = "select number, recorded from block where number >= $1 order by number limit 1";
            let Some(row) = self.first(sql, params![middle])? else {
                high = middle - 1;
                continue;
            };
            if row.int(1)? < moment {
                low = row.int(0)?;
            } else {
                high = middle - 1;
            }
        }
        Ok(low)
    }

    /// What was heard of each source since the first of three moments, and since the later two.
    ///
    /// # Errors
    /// When the database fails.
    pub fn heard_lately(&mut self, long: i64, week: i64, day: i64) -> Result<Vec<HeardRow>, StoreError> {
        let after = Position::new(self.block_before(long)?, Position::MAX_INDEX);
        let sql = "select source, count(*), sum(case when at >= $3 then 1 else 0 end), sum(case when at >= $4 then 1 else 0 end), max(gap), max(at)
                   from (select source, at, at - lag(at) over (partition by source order by at) as gap from payload
                         where position > $1 and at >= $2) as heard
                   group by source order by source";
        let rows = self.query(sql, params![after.0, long, week, day])?;
        let read = |row: &crate::value::Row| {
            Ok(HeardRow {
                source: row.text(0)?,
                long: row.int(1)?,
                week: row.int(2)?,
                day: row.int(3)?,
                longest_gap: row.maybe_int(4)?,
                last: row.maybe_int(5)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The last payload of each source that could not be read, or not be taken.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_errors(&mut self) -> Result<Vec<LastErrorRow>, StoreError> {
        let sql = "select payload.source, payload.position, payload.at, payload.error from payload
                   join (select max(position) as last from payload where error is not null group by brand, source) as newest
                   on payload.position = newest.last order by payload.source";
        let rows = self.query(sql, &[])?;
        let read = |row: &crate::value::Row| {
            Ok(LastErrorRow { source: row.text(0)?, position: Position(row.int(1)?), at: row.int(2)?, error: row.text(3)? })
        };
        rows.iter().map(read).collect()
    }
}
