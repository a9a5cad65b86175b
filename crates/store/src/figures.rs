//! What figures are counted from: columns of promises, grouped by the database. No figure reads the state of a promise.

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::{Row, Value};

/// The promises of a period: those that count in it, of one kind or all.
const OF_PERIOD: &str = "from promise p where p.counts_at >= $1 and p.counts_at < $2 and ($3 = '' or p.kind = $3)";
/// How a promise stands in figures at a moment ($4). Disputed and amended ones are counted apart.
const STANDS: &str = "case when p.disputed = 1 then 'disputed' when p.amended = 1 then 'amended' when p.by_first_due is not null then p.by_first_due
    when p.first_due <= $4 then 'late_open' else 'open' end";

/// Promises that are the same in everything that figures tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureGroup {
    /// Kind.
    pub kind: String,
    /// Who answers.
    pub owner: String,
    /// Who gave the word.
    pub giver: String,
    /// Quarters of an hour since 1970 of the moment it counts at, less a minute: the end of a day lies in the day.
    pub quarter: i64,
    /// `kept`, `kept_late`, `broken`, `released`, `late_open`, `open`, `disputed`, `amended`.
    pub stands: String,
    /// How many.
    pub count: u64,
    /// Moved by the customer, disputed ones too.
    pub amended: u64,
    /// Told before the due and before the customer asked; never what was given up: giving up is no way of telling first.
    pub told_first: u64,
    /// With contacts in which the customer had to ask.
    pub chased: u64,
    /// Such contacts.
    pub chasers: u64,
    /// Warned, then kept in time.
    pub needless: u64,
    /// Warned, and not given up: giving up does not make a warning right.
    pub warned: u64,
    /// Given up by the company.
    pub withdrawn: u64,
    /// Whose customer is known.
    pub reachable: u64,
    /// Kept, in time or late, on the word of a person of the team.
    pub by_hand: u64,
    /// The same, on the word of somebody who answered for it.
    pub own_hand: u64,
}

/// The period and the moment figures are asked for.
#[derive(Clone, Copy, Debug)]
pub struct FigurePeriod<'a> {
    /// From, epoch milliseconds.
    pub from: i64,
    /// Before.
    pub before: i64,
    /// Only this kind.
    pub kind: Option<&'a str>,
    /// The present.
    pub now: i64,
}

impl FigurePeriod<'_> {
    fn params(&self) -> [Value; 3] {
        [self.from.into(), self.before.into(), self.kind.unwrap_or_default().into()]
    }

    fn params_at(&self) -> [Value; 4] {
        let [from, before, kind] = self.params();
        [from, before, kind, self.now.into()]
    }
}

impl Connection {
    /// The promises of a period, grouped and counted.
    ///
    /// # Errors
    /// When the database fails.
    pub fn figure_groups(&mut self, period: FigurePeriod<'_>) -> Result<Vec<FigureGroup>, StoreError> {
        let sum = |what: &str| format!("cast(sum({what}) as bigint)");
        let sql = format!(
            "select p.kind, p.owner, coalesce(p.giver, ''), (p.counts_at - 60000) / 900000 as quarter, {STANDS} as stands, count(*), {}, {}, {}, {}, {}, {}, {}, {}, {}, {}
             {OF_PERIOD} group by 1, 2, 3, 4, 5",
            sum("p.amended"),
            sum("case when p.withdrawn = 1 then 0 else p.told_first end"),
            sum("case when p.chasers > 0 then 1 else 0 end"),
            sum("p.chasers"),
            sum("p.needless"),
            sum("case when p.withdrawn = 1 then 0 else p.warned end"),
            sum("p.withdrawn"),
            sum("case when p.customer is null then 0 else 1 end"),
            sum("p.by_hand"),
            sum("p.own_hand"),
        );
        let group = |row: &Row| {
            let count = |index: usize| row.int(index).map(i64::unsigned_abs);
            Ok(FigureGroup {
                kind: row.text(0)?,
                owner: row.text(1)?,
                giver: row.text(2)?,
                quarter: row.int(3)?,
                stands: row.text(4)?,
                count: count(5)?,
                amended: count(6)?,
                told_first: count(7)?,
                chased: count(8)?,
                chasers: count(9)?,
                needless: count(10)?,
                warned: count(11)?,
                withdrawn: count(12)?,
                reachable: count(13)?,
                by_hand: count(14)?,
                own_hand: count(15)?,
            })
        };
        self.query(&sql, &period.params_at())?.iter().map(group).collect()
    }

    /// How long the promises of a period were from given to first due: tenths of hours, with how many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn figure_lengths(&mut self, period: FigurePeriod<'_>) -> Result<Vec<(i64, u64)>, StoreError> {
        let sql = format!(
            "select (p.first_due - p.made_at) / 360000, count(*) {OF_PERIOD} and p.first_due is not null group by 1 order by 1"
        );
        self.counted(&sql, &period.params())
    }

    /// How long before the first due customers were told, where they were warned: tenths of hours, with how many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn figure_leads(&mut self, period: FigurePeriod<'_>) -> Result<Vec<(i64, u64)>, StoreError> {
        let sql = format!(
            "select (p.first_due - p.told_at) / 360000, count(*) {OF_PERIOD} and p.warned = 1 and p.amended = 0 and p.disputed = 0
             and p.first_due is not null and p.told_at is not null group by 1 order by 1"
        );
        self.counted(&sql, &period.params())
    }

    /// For how long money was held that is to be paid back: until all was, or until the moment the figures are asked for. Tenths of hours,
    /// with how many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn figure_held(&mut self, period: FigurePeriod<'_>) -> Result<Vec<(i64, u64)>, StoreError> {
        let sql = format!(
            "select (coalesce(p.ended_at, $4) - p.held_since) / 360000, count(*) {OF_PERIOD} and p.held_since is not null group by 1 order by 1"
        );
        self.counted(&sql, &period.params_at())
    }

    /// By carrier, of those that are decided: carrier, how many, and how many of them were kept.
    ///
    /// # Errors
    /// When the database fails.
    pub fn figure_carriers(&mut self, period: FigurePeriod<'_>) -> Result<Vec<(String, u64, u64)>, StoreError> {
        let sql = format!(
            "with decided as materialized (
               select (select min(q.carrier) from parcel q where q.promise = p.id) as carrier,
                 case when p.by_first_due = 'kept' then 1 else 0 end as kept
               {OF_PERIOD} and {STANDS} in ('kept', 'kept_late', 'broken', 'late_open'))
             select carrier, count(*), cast(sum(kept) as bigint) from decided where carrier is not null group by carrier order by carrier"
        );
        let rows = self.query(&sql, &period.params_at())?;
        rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?.unsigned_abs(), row.int(2)?.unsigned_abs()))).collect()
    }

    fn counted(&mut self, sql: &str, params: &[Value]) -> Result<Vec<(i64, u64)>, StoreError> {
        self.query(sql, params)?.iter().map(|row| Ok((row.int(0)?, row.int(1)?.unsigned_abs()))).collect()
    }
}
