//! Lists of subjects: conditions, order, pages by key.

use kept_domain::subject::{Noun, Subject};

use crate::connection::Connection;
use crate::error::StoreError;
use crate::state::table;
use crate::value::{Row, Value, params};

/// Parcels that stand still where they were scanned last, as an index has it.
pub const STANDING: &str =
    "trouble in ('stalled_in_network', 'stuck_at_hub', 'out_for_delivery_not_closed', 'presumed_lost') and place <> 0";

/// Parcels of one carrier that stand still at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandstillRow {
    /// The carrier.
    pub carrier: String,
    /// The place, as scans are compared by it.
    pub place: i64,
    /// How many.
    pub parcels: i64,
    /// Since when the first of them was not heard of, epoch milliseconds.
    pub since: i64,
    /// One of them.
    pub one: i64,
}

/// Owners that a page offers.
const MOST_OWNERS: usize = 500;

/// Where a page of a list ends, and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The value ordered by.
    pub key: i64,
    /// The id of the last row.
    pub id: i64,
}

impl Cursor {
    /// As it stands in an address.
    pub fn text(self) -> String {
        format!("{}.{}", self.key, self.id)
    }

    /// From an address.
    pub fn parse(text: &str) -> Option<Cursor> {
        let (key, id) = text.split_once('.')?;
        Some(Cursor { key: key.parse().ok()?, id: id.parse().ok()? })
    }
}

/// A list to be asked for.
#[derive(Clone, Debug)]
pub struct Listed {
    noun: Noun,
    conditions: Vec<String>,
    params: Vec<Value>,
    order: &'static str,
    descending: bool,
}

impl Listed {
    /// All subjects of a noun, ordered by a column expression.
    pub fn of(noun: Noun, order: &'static str, descending: bool) -> Listed {
        Listed { noun, conditions: Vec::new(), params: Vec::new(), order, descending }
    }

    /// Adds a condition in which `?` stands for the value. Conditions are the program's own texts, values are always bound.
    #[must_use]
    pub fn with(mut self, condition: &'static str, value: impl Into<Value>) -> Listed {
        self.params.push(value.into());
        self.conditions.push(condition.replace('?', &format!("${}", self.params.len())));
        self
    }

    /// Adds a condition without a value.
    #[must_use]
    pub fn only(mut self, condition: &'static str) -> Listed {
        self.conditions.push(condition.to_owned());
        self
    }

    /// How many there are, counted no further than one more than `most`: nobody waits for the last of millions.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_up_to(&self, connection: &mut Connection, most: i64) -> Result<u64, StoreError> {
        let sql = format!(
            "select count(*) from (select 1 from {}{} limit {}) as counted",
            table(self.noun),
            self.wheres(&self.conditions),
            most + 1
        );
        let row = connection.first(&sql, &self.params)?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs())
    }

    /// How many there are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count(&self, connection: &mut Connection) -> Result<u64, StoreError> {
        let sql = format!("select count(*) from {}{}", table(self.noun), self.wheres(&self.conditions));
        let row = connection.first(&sql, &self.params)?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs())
    }

    /// A page of them, with where the next begins.
    ///
    /// # Errors
    /// When the database fails.
    pub fn page(
        &self,
        connection: &mut Connection,
        after: Option<Cursor>,
        limit: i64,
    ) -> Result<(Vec<Subject>, Option<Cursor>), StoreError> {
        let mut conditions = self.conditions.clone();
        let mut params = self.params.clone();
        let direction = if self.descending { "desc" } else { "asc" };
        if let Some(cursor) = after {
            let compare = if self.descending { "<" } else { ">" };
            conditions.push(format!("({}, id) {compare} (${}, ${})", self.order, params.len() + 1, params.len() + 2));
            params.extend([Value::Int(cursor.key), Value::Int(cursor.id)]);
        }
        params.push(Value::Int(limit + 1));
        let sql = format!(
            "select id, {order}, body from {}{} order by {order} {direction}, id {direction} limit ${}",
            table(self.noun),
            self.wheres(&conditions),
            params.len(),
            order = self.order,
        );
        let rows = connection.query(&sql, &params)?;
        let more = rows.len() as i64 > limit;
        let shown = rows.get(..rows.len().min(usize::try_from(limit).unwrap_or(0))).unwrap_or_default();
        let next = match shown.last().filter(|_| more) {
            Some(row) => Some(Cursor { key: row.int(1)?, id: row.int(0)? }),
            None => None,
        };
        let subjects =
            shown.iter().map(|row| Ok(Subject::from_bytes(self.noun, row.blob(2)?)?)).collect::<Result<_, StoreError>>()?;
        Ok((subjects, next))
    }

    fn wheres(&self, conditions: &[String]) -> String {
        if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) }
    }
}

impl Connection {
    /// What became of the promises a playbook spoke about: its messages' states and the promises' states, counted.
    ///
    /// # Errors
    /// When the database fails.
    pub fn playbook_record(&mut self, playbook: &str) -> Result<Vec<(String, String, i64)>, StoreError> {
        let sql = "select m.state, coalesce(p.by_first_due, case when p.state = 'late' then 'late' else 'open' end), count(*)
                   from message m join promise p on p.id = m.promise where m.playbook = $1 group by 1, 2";
        self.query(sql, params![playbook])?.iter().map(|row| Ok((row.text(0)?, row.text(1)?, row.int(2)?))).collect()
    }

    /// Times from hand-over to delivery of a carrier's last delivered parcels that were known by `now`, in milliseconds.
    ///
    /// # Errors
    /// When the database fails.
    pub fn transits(&mut self, carrier: &str, now: i64, limit: i64) -> Result<Vec<i64>, StoreError> {
        let sql = "select transit from parcel where carrier = $1 and delivered_at <= $2 and transit is not null
                   order by delivered_at desc limit $3";
        self.query(sql, params![carrier, now, limit])?.iter().map(|row| row.int(0)).collect()
    }

    /// When messages to a customer were decided since a moment that left, wait, or would have left.
    ///
    /// # Errors
    /// When the database fails.
    pub fn decided_to(&mut self, customer: i64, since: i64) -> Result<Vec<i64>, StoreError> {
        let sql = "select decided_at from message where customer = $1 and decided_at >= $2 and state in ('accepted', 'queued', 'retry', 'waiting', 'unknown')";
        self.query(sql, params![customer, since])?.iter().map(|row| row.int(0)).collect()
    }

    /// The carriers of parcels under way. It steps along an index from one carrier to the next, however many parcels there are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn carriers_under_way(&mut self) -> Result<Vec<String>, StoreError> {
        let sql = "with recursive step(carrier) as (
                       select min(carrier) from parcel where open = 1
                       union all select (select min(q.carrier) from parcel q where q.open = 1 and q.carrier > step.carrier)
                       from step where step.carrier is not null)
                   select carrier from step where carrier is not null and carrier <> '' limit 200";
        self.query(sql, &[])?.iter().map(|row| row.text(0)).collect()
    }

    /// A carrier's parcels under way, those first whose promise is due next: when it is, and the id. An index holds exactly this.
    ///
    /// # Errors
    /// When the database fails.
    pub fn parcels_under_way(&mut self, carrier: &str) -> Result<Vec<(i64, i64)>, StoreError> {
        let sql = "select due, id from parcel where carrier = $1 and open = 1 order by due, id";
        let mut places = Vec::new();
        self.each(sql, params![carrier], |row| {
            places.push((row.int(0)?, row.int(1)?));
            Ok(())
        })?;
        Ok(places)
    }

    /// Places at which at least so many parcels of one carrier stand still, most first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn standing(&mut self, least: i64, limit: i64) -> Result<Vec<StandstillRow>, StoreError> {
        let sql = format!(
            "select carrier, place, count(*), min(last_at), max(id) from parcel where {STANDING}
             group by carrier, place having count(*) >= $1 order by 3 desc, 1, 2 limit $2"
        );
        let row = |row: &Row| {
            Ok(StandstillRow {
                carrier: row.text(0)?,
                place: row.int(1)?,
                parcels: row.int(2)?,
                since: row.int(3)?,
                one: row.int(4)?,
            })
        };
        self.query(&sql, params![least, limit])?.iter().map(row).collect()
    }

    /// Owners in use.
    ///
    /// # Errors
    /// When the database fails.
    pub fn owners(&mut self) -> Result<Vec<String>, StoreError> {
        // From one to the next by the index: a `distinct` reads every promise.
        let mut owners: Vec<String> = Vec::new();
        while owners.len() < MOST_OWNERS {
            let last = owners.last().map_or("", String::as_str);
            let next = self.first("select min(owner) from promise where owner > $1", params![last])?;
            match next.map(|row| row.maybe_text(0)).transpose()?.flatten() {
                Some(owner) => owners.push(owner),
                None => break,
            }
        }
        Ok(owners)
    }

    /// The message about a promise that waits for a person's yes.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting_message(&mut self, promise: i64) -> Result<Option<i64>, StoreError> {
        let sql = "select id from message where promise = $1 and state = 'waiting' order by decided_at desc, id desc limit 1";
        self.first(sql, params![promise])?.map(|row| row.int(0)).transpose()
    }
}
