//! Figures counted by the database, from the columns of promises: what the counts at hand must agree with, whatever has happened.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::tz::TimeZone;
use kept_base::from_millis;
use kept_engine::Engine;
use kept_engine::views::{Figures, Quantiles, Share};
use kept_store::{Connection, Row, StoreError, Value};

/// The promises of a period: those that count in it, of one kind or all.
const OF_PERIOD: &str = "from promise p where p.counts_at >= $1 and p.counts_at < $2 and ($3 = '' or p.kind = $3)";
/// How a promise stands in figures at a moment ($4). Disputed and amended ones are counted apart.
const STANDS: &str = "case when p.disputed = 1 then 'disputed' when p.amended = 1 then 'amended' when p.by_first_due is not null then p.by_first_due
    when p.first_due <= $4 then 'late_open' else 'open' end";

/// Promises that are the same in everything that figures tell apart.
struct FigureGroup {
    kind: String,
    owner: String,
    giver: String,
    quarter: i64,
    stands: String,
    count: u64,
    amended: u64,
    told_first: u64,
    chased: u64,
    chasers: u64,
    needless: u64,
    warned: u64,
    withdrawn: u64,
    reachable: u64,
    by_hand: u64,
    own_hand: u64,
}

struct Period<'a> {
    from: i64,
    before: i64,
    kind: &'a str,
    now: i64,
}

/// The figures of a period, counted anew.
pub(super) fn counted(engine: &Engine, from: i64, before: i64, kind: Option<&str>) -> Result<Figures> {
    // The end of a day is the first instant of the next, and lies in the day.
    let period = Period { from: from + 1, before: before + 1, kind: kind.unwrap_or_default(), now: engine.now() };
    let zone = kept_base::moment::zone_named(&engine.zone()).unwrap_or(TimeZone::UTC);
    Ok(engine.database().read(|connection| {
        let groups = period.groups(connection)?;
        let of =
            |what: &str, only: &str| format!("select ({what}) / 360000, count(*) {OF_PERIOD} and {only} group by 1 order by 1");
        let lengths = period.durations(connection, &of("p.first_due - p.made_at", "p.first_due is not null"))?;
        let leads = "p.warned = 1 and p.amended = 0 and p.disputed = 0 and p.first_due is not null and p.told_at is not null";
        let leads = period.durations(connection, &of("p.first_due - p.told_at", leads))?;
        let held = of("coalesce(p.ended_at, $4) - p.held_since", "p.held_since is not null");
        let held: Vec<(i64, u64)> = pairs(&connection.query(&held, &period.params(true))?)?;
        let carriers = period.carriers(connection)?;
        Ok(Figures { held_hours: tenths(&held), ..compute(&groups, &lengths, &leads, carriers, &zone) })
    })?)
}

fn pairs(rows: &[Row]) -> Result<Vec<(i64, u64)>, StoreError> {
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?.unsigned_abs()))).collect()
}

impl Period<'_> {
    fn params(&self, now: bool) -> Vec<Value> {
        let params = [self.from.into(), self.before.into(), self.kind.into()];
        params.into_iter().chain(now.then(|| self.now.into())).collect()
    }

    fn durations(&self, connection: &mut Connection, sql: &str) -> Result<Vec<(i64, u64)>, StoreError> {
        pairs(&connection.query(sql, &self.params(false))?)
    }

    fn groups(&self, connection: &mut Connection) -> Result<Vec<FigureGroup>, StoreError> {
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
        connection.query(&sql, &self.params(true))?.iter().map(group).collect()
    }

    fn carriers(&self, connection: &mut Connection) -> Result<Vec<(String, u64, u64)>, StoreError> {
        let sql = format!(
            "with decided as materialized (
               select (select min(q.carrier) from parcel q where q.promise = p.id) as carrier,
                 case when p.by_first_due = 'kept' then 1 else 0 end as kept
               {OF_PERIOD} and {STANDS} in ('kept', 'kept_late', 'broken', 'late_open'))
             select carrier, count(*), cast(sum(kept) as bigint) from decided where carrier is not null group by carrier order by carrier"
        );
        let rows = connection.query(&sql, &self.params(true))?;
        rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?.unsigned_abs(), row.int(2)?.unsigned_abs()))).collect()
    }
}

/// How promises stand that are kept.
const KEPT: [&str; 2] = ["kept", "kept_late"];
/// How promises that a share can be counted over stand: judged, or past their first due.
const DECIDED: [&str; 4] = ["kept", "kept_late", "broken", "late_open"];

fn compute(
    groups: &[FigureGroup],
    lengths: &[(i64, u64)],
    leads: &[(i64, u64)],
    carriers: Vec<(String, u64, u64)>,
    zone: &TimeZone,
) -> Figures {
    // What the customer moved is neutral, what is disputed is not settled: both are counted apart.
    let decided: Vec<&FigureGroup> = groups.iter().filter(|group| DECIDED.contains(&group.stands.as_str())).collect();
    let all = |of: &dyn Fn(&FigureGroup) -> u64| groups.iter().map(of).sum::<u64>();
    let standing = |stands: &str| all(&|group| if group.stands == stands { group.count } else { 0 });
    let over_decided = |of: &dyn Fn(&FigureGroup) -> u64| decided.iter().map(|group| of(group)).sum::<u64>();
    let kept_ones: Vec<&FigureGroup> = groups.iter().filter(|group| KEPT.contains(&group.stands.as_str())).collect();
    let over_kept = |of: &dyn Fn(&FigureGroup) -> u64| {
        share(kept_ones.iter().map(|group| of(group)).sum(), kept_ones.iter().map(|group| group.count).sum())
    };
    let due = all(&|group| group.count);
    let of = over_decided(&|group| group.count);
    let kept = standing("kept");
    let told = over_decided(&|group| if group.stands == "kept" { 0 } else { group.told_first });
    let withdrawn = over_decided(&|group| group.withdrawn);
    let moment = |group: &FigureGroup| group.quarter.checked_mul(900_000);
    Figures {
        due,
        kept: share(kept, of),
        kept_late: share(standing("kept_late"), of),
        broken: share(standing("broken"), of),
        withdrawn: share(withdrawn, of),
        released: standing("released"),
        late_open: standing("late_open"),
        open: standing("open"),
        amended: all(&|group| group.amended),
        disputed: standing("disputed"),
        told_first: share(told, of - kept),
        coverage: share(all(&|group| group.reachable), due),
        chased: share(all(&|group| group.chased), due),
        chasers: all(&|group| group.chasers),
        needless: share(over_decided(&|group| group.needless), over_decided(&|group| group.warned)),
        by_hand: over_kept(&|group| group.by_hand),
        own_hand: over_kept(&|group| group.own_hand),
        by_hand_by_owner: hands(&kept_ones, |group| group.by_hand),
        own_hand_by_owner: hands(&kept_ones, |group| group.own_hand),
        length_hours: tenths(lengths),
        lead_hours: tenths(leads),
        held_hours: Quantiles::default(),
        by_carrier: carriers.into_iter().map(|(carrier, of, kept)| (carrier, share(kept, of))).collect(),
        by_kind: grouped(&decided, |group| Some(group.kind.clone())),
        by_giver: grouped(&decided, |group| Some(group.giver.clone()).filter(|giver| !giver.is_empty())),
        by_owner: grouped(&decided, |group| Some(group.owner.clone())),
        by_week: grouped(&decided, |group| week(moment(group)?, zone)),
        by_month: grouped(&decided, |group| Some(day(moment(group)?, zone)?.first_of_month())),
    }
}

/// Kept by first due, group by group, in order of the groups.
fn grouped<K: Ord>(decided: &[&FigureGroup], group: impl Fn(&FigureGroup) -> Option<K>) -> Vec<(K, Share)> {
    summed(decided, group, |counted| if counted.stands == "kept" { counted.count } else { 0 })
}

/// On whose word it was kept, owner by owner; those with nothing that was closed by hand are left out.
fn hands(kept: &[&FigureGroup], count: impl Fn(&FigureGroup) -> u64) -> Vec<(String, Share)> {
    let with_hands: BTreeSet<&str> = kept.iter().filter(|group| group.by_hand > 0).map(|group| group.owner.as_str()).collect();
    summed(kept, |group| Some(group.owner.clone()).filter(|owner| with_hands.contains(owner.as_str())), count)
}

fn summed<K: Ord>(
    over: &[&FigureGroup],
    group: impl Fn(&FigureGroup) -> Option<K>,
    count: impl Fn(&FigureGroup) -> u64,
) -> Vec<(K, Share)> {
    let mut groups: BTreeMap<K, (u64, u64)> = BTreeMap::new();
    for counted in over {
        let Some(key) = group(counted) else { continue };
        let (counts, of) = groups.entry(key).or_default();
        *counts += count(counted);
        *of += counted.count;
    }
    groups.into_iter().map(|(key, (counts, of))| (key, share(counts, of))).collect()
}

/// The day of a moment where the house works. The end of a day is the first instant of the next, yet lies in the day that was promised:
/// the database takes a minute off.
fn day(at: i64, zone: &TimeZone) -> Option<jiff::civil::Date> {
    Some(from_millis(at)?.to_zoned(zone.clone()).date())
}

/// The Monday of a moment's week.
fn week(at: i64, zone: &TimeZone) -> Option<jiff::civil::Date> {
    let day = day(at, zone)?;
    day.checked_sub(jiff::Span::new().days(i64::from(day.weekday().to_monday_zero_offset()))).ok()
}

/// Median and 90th percentile of counted tenths of hours, in order.
fn tenths(counted: &[(i64, u64)]) -> Quantiles {
    let n: u64 = counted.iter().map(|(_, count)| count).sum();
    let at = |share: u64| {
        let rank = (n * share).div_ceil(100).max(1);
        let mut passed = 0;
        let found = counted.iter().find(|(_, count)| {
            passed += count;
            passed >= rank
        });
        found.map(|(tenths, _)| *tenths as f64 / 10.0)
    };
    Quantiles { n, median: at(50), p90: at(90) }
}

fn share(count: u64, of: u64) -> Share {
    let (low, high) = kept_learn::Share::wilson(count, of).map_or((0.0, 1.0), |share| (share.lower, share.upper));
    Share { count, of, low, high }
}
