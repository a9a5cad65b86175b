//! Rows of subjects: a few columns to find them by, and the state as bytes ([`Subject::to_bytes`]).

use kept_base::{SubjectId, millis};
use kept_domain::Extent;
use kept_domain::parcel::Parcel;
use kept_domain::promise::Promise;
use kept_domain::subject::{KeyKind, NaturalKey, Noun, Subject};
use kept_domain::vocabulary::ExceptionKind;

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::{Value, params};

/// When something is due that nobody has promised, as indexes have it.
const FAR_AWAY: i64 = 9_000_000_000_000_000;

/// The table of a noun. An order's is `purchase`, since `order` is a word of SQL.
pub(crate) fn table(noun: Noun) -> &'static str {
    match noun {
        Noun::Customer => "customer",
        Noun::Order => "purchase",
        Noun::Parcel => "parcel",
        Noun::Promise => "promise",
        Noun::Message => "message",
        Noun::Errand => "errand",
    }
}

impl Connection {
    /// The state of a subject; on PostgreSQL locked for this transaction when `lock`.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn load(&mut self, noun: Noun, id: SubjectId, lock: bool) -> Result<Option<Subject>, StoreError> {
        let sql = match (noun, lock && self.is_postgres()) {
            (Noun::Customer, false) => "select body from customer where id = $1",
            (Noun::Order, false) => "select body from purchase where id = $1",
            (Noun::Parcel, false) => "select body from parcel where id = $1",
            (Noun::Promise, false) => "select body from promise where id = $1",
            (Noun::Message, false) => "select body from message where id = $1",
            (Noun::Errand, false) => "select body from errand where id = $1",
            (Noun::Customer, true) => "select body from customer where id = $1 for update",
            (Noun::Order, true) => "select body from purchase where id = $1 for update",
            (Noun::Parcel, true) => "select body from parcel where id = $1 for update",
            (Noun::Promise, true) => "select body from promise where id = $1 for update",
            (Noun::Message, true) => "select body from message where id = $1 for update",
            (Noun::Errand, true) => "select body from errand where id = $1 for update",
        };
        match self.first(sql, params![id.0])? {
            Some(row) => Ok(Some(Subject::from_bytes(noun, row.blob(0)?)?)),
            None => Ok(None),
        }
    }

    /// Writes a subject's row, or of a row that is there as much as has changed. `watch`: when to look at it again, if that changed. A
    /// parcel's row holds when its promise is due, whichever of the two is written first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn save(&mut self, subject: &Subject, watch: Option<Option<i64>>, extent: Extent) -> Result<(), StoreError> {
        let written = match subject {
            Subject::Parcel(parcel) if extent != Extent::Whole => {
                self.save_standing_parcel(parcel, subject.to_bytes()?, extent)?
            }
            Subject::Promise(promise) if extent != Extent::Whole => self.save_standing_promise(promise, subject.to_bytes()?)?,
            _ => return self.save_whole(subject, watch),
        };
        if written == 0 {
            // Nothing may depend on a row being there.
            return self.save_whole(subject, watch);
        }
        watch.map_or(Ok(()), |at| self.save_watch(subject.noun(), subject.id(), at))
    }

    fn save_standing_parcel(&mut self, parcel: &Parcel, body: Vec<u8>, extent: Extent) -> Result<u64, StoreError> {
        let (id, last_at, place) = (parcel.id.get(), last_at(parcel), place(parcel));
        if extent == Extent::Body {
            return self.execute(
                "update parcel set last_at = $2, place = $3, body = $4 where id = $1",
                params![id, last_at, place, body],
            );
        }
        self.execute(
            "update parcel set milestone = $2, trouble = $3, last_at = $4, place = $5, body = $6 where id = $1",
            params![id, parcel.milestone.word(), trouble(parcel), last_at, place, body],
        )
    }

    fn save_standing_promise(&mut self, promise: &Promise, body: Vec<u8>) -> Result<u64, StoreError> {
        let mut values = vec![Value::from(promise.id.get()), Value::from(body)];
        values.extend(standing(promise));
        self.execute(
            "update promise set body = $2, state = $3, open = $4, disputed = $5, amended = $6, ended_at = $7, by_first_due = $8, told_first = $9,
               told_at = $10, chasers = $11, needless = $12, warned = $13, withdrawn = $14, counts_at = $15, by_hand = $16, own_hand = $17,
               held_since = $18 where id = $1",
            &values,
        )
    }

    fn save_whole(&mut self, subject: &Subject, watch: Option<Option<i64>>) -> Result<(), StoreError> {
        let id = subject.id().0;
        let brand = subject.brand().get();
        let body = subject.to_bytes()?;
        let (watches, watch_at) = (watch.is_some(), watch.flatten());
        match subject {
            Subject::Customer(customer) => self.execute(
                "insert into customer (id, brand, since, open_promises, body) values ($1, $2, $3, $4, $5)
                 on conflict (id) do update set open_promises = excluded.open_promises, body = excluded.body",
                params![id, brand, customer.since, customer.promises.len() as i64, body],
            )?,
            Subject::Order(order) => self.execute(
                "insert into purchase (id, brand, number, customer, placed_at, body) values ($1, $2, $3, $4, $5, $6)
                 on conflict (id) do update set customer = excluded.customer, placed_at = excluded.placed_at, body = excluded.body",
                params![id, brand, &order.number, order.customer.map(|id| id.get()), order.placed_at, body],
            )?,
            Subject::Parcel(parcel) => {
                let open = !parcel.milestone.is_final();
                let delivered = parcel.delivered_at().map(|(at, _)| at).filter(|_| !open);
                let transit = delivered.zip(parcel.handed_over_at()).map(|(at, from)| at - from);
                self.execute(
                    "insert into parcel (id, brand, carrier, milestone, trouble, purchase, promise, open, last_at, transit, delivered_at, watch_at, body, place, first_seen, due)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, $14, $15, $16, coalesce((select p.due from promise p where p.id = $7), 9000000000000000))
                     on conflict (id) do update set milestone = excluded.milestone, trouble = excluded.trouble, purchase = excluded.purchase,
                       promise = excluded.promise, open = excluded.open, last_at = excluded.last_at, transit = excluded.transit,
                       delivered_at = excluded.delivered_at, watch_at = case when $12 = 1 then excluded.watch_at else parcel.watch_at end, body = excluded.body, place = excluded.place, due = excluded.due",
                    params![
                        id, brand, &parcel.carrier, parcel.milestone.word(), trouble(parcel),
                        parcel.order.map(|id| id.get()), parcel.promise.map(|id| id.get()), open,
                        last_at(parcel), transit, delivered, watches, watch_at, body, place(parcel),
                        parcel.first_seen
                    ],
                )?
            }
            Subject::Promise(promise) => {
                let mut values = Vec::from([
                    Value::from(id), Value::from(brand), Value::from(&promise.kind), Value::from(&promise.owner),
                    Value::from(promise.customer.map(|id| id.get())), Value::from(promise.order.map(|id| id.get())), Value::from(promise.made_at),
                    Value::from(promise.due.as_ref().map(|due| millis(due.at))), Value::from(promise.first_due.as_ref().map(|due| millis(due.at))),
                    Value::from(promise.giver().map(kept_domain::input::Giver::word)), Value::from(watches), Value::from(watch_at), Value::from(body),
                ]);
                values.extend(standing(promise));
                self.execute(
                    "insert into promise (id, brand, kind, owner, customer, purchase, made_at, due, first_due, giver, watch_at, body, state, open, disputed, amended, ended_at, by_first_due, told_first, told_at, chasers, needless, warned, withdrawn, counts_at, by_hand, own_hand, held_since)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
                     on conflict (id) do update set state = excluded.state, open = excluded.open, disputed = excluded.disputed, amended = excluded.amended,
                       owner = excluded.owner, customer = excluded.customer, due = excluded.due, first_due = excluded.first_due, ended_at = excluded.ended_at,
                       by_first_due = excluded.by_first_due, told_first = excluded.told_first, told_at = excluded.told_at, chasers = excluded.chasers,
                       needless = excluded.needless, warned = excluded.warned, giver = excluded.giver, withdrawn = excluded.withdrawn, counts_at = excluded.counts_at, by_hand = excluded.by_hand, own_hand = excluded.own_hand, held_since = excluded.held_since,
                       watch_at = case when $11 = 1 then excluded.watch_at else promise.watch_at end, body = excluded.body",
                    &values,
                )?;
                self.move_parcels(promise)?
            }
            Subject::Message(message) => self.execute(
                "insert into message (id, brand, state, playbook, promise, customer, decided_at, held_until, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                 on conflict (id) do update set state = excluded.state, held_until = excluded.held_until, body = excluded.body",
                params![
                    id, brand, message.state.word(), &message.playbook, message.promise.get(), message.customer.map(|id| id.get()),
                    message.decided_at, message.held_until, body
                ],
            )?,
            Subject::Errand(errand) => self.execute(
                "insert into errand (id, brand, state, kind, purchase, promise, asked_at, body) values ($1, $2, $3, $4, $5, $6, $7, $8)
                 on conflict (id) do update set state = excluded.state, body = excluded.body",
                params![
                    id, brand, errand.state.word(), errand.kind.word(), errand.order.get(), errand.promise.get(), errand.asked_at, body
                ],
            )?,
        };
        Ok(())
    }

    /// The rows of its parcels hold when a promise is due.
    fn move_parcels(&mut self, promise: &Promise) -> Result<u64, StoreError> {
        let due = promise.due.as_ref().map_or(FAR_AWAY, |due| millis(due.at));
        self.execute("update parcel set due = $2 where promise = $1 and due <> $2", params![promise.id.get(), due])
    }

    /// Sets when a subject is to be looked at, without touching the rest of its row.
    ///
    /// # Errors
    /// When the database fails.
    pub fn save_watch(&mut self, noun: Noun, id: SubjectId, at: Option<i64>) -> Result<(), StoreError> {
        let sql = match noun {
            Noun::Parcel => "update parcel set watch_at = $2 where id = $1",
            Noun::Promise => "update promise set watch_at = $2 where id = $1",
            _ => return Ok(()),
        };
        self.execute(sql, params![id.0, at])?;
        Ok(())
    }

    /// When a promise is looked at next.
    ///
    /// # Errors
    /// When the database fails.
    pub fn watch_of(&mut self, id: SubjectId) -> Result<Option<i64>, StoreError> {
        self.first("select watch_at from promise where id = $1", params![id.0])?.map_or(Ok(None), |row| row.maybe_int(0))
    }

    /// Subjects to be looked at by `now`, earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn due_watches(&mut self, noun: Noun, now: i64, limit: i64) -> Result<Vec<SubjectId>, StoreError> {
        let sql = match noun {
            Noun::Parcel => "select id from parcel where watch_at <= $1 order by watch_at, id limit $2",
            _ => "select id from promise where watch_at <= $1 order by watch_at, id limit $2",
        };
        self.query(sql, params![now, limit])?.iter().map(|row| row.int(0).map(SubjectId)).collect()
    }

    /// The next moment at which anything is to be looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next_watch(&mut self) -> Result<Option<i64>, StoreError> {
        let mut next: Option<i64> = None;
        for sql in [
            "select min(watch_at) from promise where watch_at is not null",
            "select min(watch_at) from parcel where watch_at is not null",
        ] {
            let found = self.first(sql, &[])?.map_or(Ok(None), |row| row.maybe_int(0))?;
            next = [next, found].into_iter().flatten().min();
        }
        Ok(next)
    }

    /// Open promises that nobody would look at again, or that nobody answers for: must be none, ever.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unwatched(&mut self) -> Result<i64, StoreError> {
        let row = self.first("select count(*) from promise where open = 1 and (watch_at is null or owner = '')", &[])?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// Everything open is looked at once: after a rebuild, whose facts hold no such moments.
    ///
    /// # Errors
    /// When the database fails.
    pub fn watch_everything(&mut self) -> Result<(), StoreError> {
        self.batch("update promise set watch_at = case when open = 1 then 0 end; update parcel set watch_at = case when open = 1 and promise is not null then 0 end")
    }

    /// The subject of a name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_key(&mut self, key: &NaturalKey) -> Result<Option<SubjectId>, StoreError> {
        let row = match key.kind {
            KeyKind::Person => {
                self.first("select subject from person_key where brand = $1 and name = $2", params![key.brand.get(), &key.key])?
            }
            kind => self.first(
                "select subject from natural_key where brand = $1 and kind = $2 and name = $3",
                params![key.brand.get(), kind.word(), &key.key],
            )?,
        };
        row.map(|row| row.int(0).map(SubjectId)).transpose()
    }

    /// Waits until no other writer is making the subject of this name (PostgreSQL).
    ///
    /// # Errors
    /// When the database fails.
    pub fn lock_name(&mut self, key: &NaturalKey) -> Result<(), StoreError> {
        let name = format!("{}:{}:{}", key.brand.get(), key.kind.word(), key.key);
        self.query("select 1::int8 from (select pg_advisory_xact_lock(hashtextextended($1, 0))) as held", params![name])?;
        Ok(())
    }

    /// Remembers a name; the first subject of a name keeps it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn save_key(&mut self, key: &NaturalKey, subject: SubjectId) -> Result<(), StoreError> {
        match key.kind {
            KeyKind::Person => self.execute(
                "insert into person_key (brand, name, subject) values ($1, $2, $3) on conflict (brand, name) do update set subject = excluded.subject",
                params![key.brand.get(), &key.key, subject.0],
            )?,
            kind => self.execute(
                "insert into natural_key (brand, kind, name, subject) values ($1, $2, $3, $4) on conflict do nothing",
                params![key.brand.get(), kind.word(), &key.key, subject.0],
            )?,
        };
        Ok(())
    }

    /// Forgets every name and link of a person.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_person(&mut self, subject: SubjectId) -> Result<(), StoreError> {
        self.execute("delete from person_key where subject = $1", params![subject.0])?;
        self.execute("delete from customer_link where customer = $1", params![subject.0])?;
        Ok(())
    }

    /// The last block whose facts are folded into the rows of subjects: on the embedded database they may be a moment behind.
    ///
    /// # Errors
    /// When the database fails.
    pub fn applied(&mut self) -> Result<i64, StoreError> {
        self.first("select next from counter where name = 'applied'", &[])?.map_or(Ok(0), |row| row.int(0))
    }

    /// Says up to which block the rows of subjects are written.
    ///
    /// # Errors
    /// When the database fails.
    pub fn save_applied(&mut self, block: i64) -> Result<(), StoreError> {
        self.execute(
            "insert into counter (name, next) values ('applied', $1) on conflict (name) do update set next = excluded.next",
            params![block],
        )?;
        Ok(())
    }

    /// Empties every projection, for a rebuild.
    ///
    /// # Errors
    /// When the database fails.
    pub fn clear_projections(&mut self) -> Result<(), StoreError> {
        for (name, class) in crate::schema::tables() {
            if class == crate::schema::TableClass::Projection {
                self.batch(&format!("delete from {name}"))?;
            }
        }
        Ok(())
    }

    /// Every row of every projection as text, to compare two states. Moments to look again and leases are left out: they are
    /// operational.
    ///
    /// # Errors
    /// When the database fails.
    pub fn dump_projections(&mut self) -> Result<Vec<String>, StoreError> {
        let mut lines = Vec::new();
        for (name, class) in crate::schema::tables() {
            if class != crate::schema::TableClass::Projection {
                continue;
            }
            let columns = self.projection_columns(&name)?;
            for row in self.query(&format!("select {columns} from {name}"), &[])? {
                let cells: Vec<String> = row.0.iter().map(cell).collect();
                lines.push(format!("{name} | {}", cells.join(" | ")));
            }
        }
        lines.sort();
        Ok(lines)
    }

    fn projection_columns(&mut self, table: &str) -> Result<String, StoreError> {
        let sql = if self.is_postgres() {
            "select column_name::text from information_schema.columns where table_name = $1 and table_schema = current_schema() order by ordinal_position"
        } else {
            "select name from pragma_table_info($1) order by cid"
        };
        let mut names = Vec::new();
        for row in self.query(sql, params![table])? {
            let name = row.text(0)?;
            if !matches!(name.as_str(), "watch_at" | "lease_until" | "holder") {
                names.push(name);
            }
        }
        Ok(names.join(", "))
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Int(value) => value.to_string(),
        Value::Real(value) => value.to_string(),
        Value::Text(value) => value.clone(),
        // Loses nothing, and leaves words readable.
        Value::Blob(value) => value.escape_ascii().to_string(),
    }
}

/// How a promise stands, in the order in which its statements name these columns: `state` to `held_since`.
fn standing(promise: &Promise) -> [Value; 16] {
    let outcome = promise.outcome.as_ref();
    [
        promise.state.word().into(),
        promise.state.is_open().into(),
        promise.disputed.is_some().into(),
        promise.is_neutral().into(),
        outcome.map(|outcome| outcome.at).into(),
        outcome.map(|outcome| outcome.by_first_due.word()).into(),
        promise.told_first().into(),
        promise.first_told_at().into(),
        (promise.chasers.len() as i64).into(),
        promise.needless_alarm().into(),
        promise.was_told(&["late-warning"]).into(),
        promise.is_withdrawn().into(),
        promise.counts_at().into(),
        promise.kept_by_hand().into(),
        promise.kept_by_own_hand().into(),
        promise.held_since.into(),
    ]
}

/// When it was heard of last.
fn last_at(parcel: &Parcel) -> i64 {
    parcel.last_scan().map_or(parcel.first_seen, |scan| scan.at)
}

/// Where it was scanned last; 0 where nobody said.
fn place(parcel: &Parcel) -> i64 {
    parcel.last_scan().map_or(0, |scan| i64::from(scan.place))
}

/// The exception a list shows.
fn trouble(parcel: &Parcel) -> Option<&'static str> {
    parcel.trouble().map(ExceptionKind::word)
}

impl Connection {
    /// Begins a transaction that may write to the ledger; on PostgreSQL it waits for a rebuild to end, and a rebuild for it. Without
    /// that a writer could miss rows that a rebuild is just putting back.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_write(&mut self) -> Result<(), StoreError> {
        if self.is_postgres() {
            // A scan locks its parcel and then the promise, the watch the other way round: they can stand in each other's way. The
            // server looks for that only after a second, during which neither gets on; giving up and running again is quicker.
            self.batch("begin; lock table block in row exclusive mode; set local lock_timeout = '150ms'")
        } else {
            self.begin()
        }
    }

    /// Keeps every other writer out until the transaction ends (PostgreSQL; the embedded database has only one).
    ///
    /// # Errors
    /// When the database fails.
    pub fn lock_ledger(&mut self) -> Result<(), StoreError> {
        if self.is_postgres() { self.batch("lock table block in exclusive mode") } else { Ok(()) }
    }

    /// Empties the write-ahead log of the embedded database, so that what was deleted is nowhere any more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_log(&mut self) -> Result<(), StoreError> {
        if self.is_postgres() {
            for table in ["sealed", "sealed_about", "person_key", "customer_link", "customer", "message", "errand"] {
                self.batch(&format!("vacuum {table}"))?;
            }
            Ok(())
        } else {
            self.query("pragma wal_checkpoint(truncate)", &[]).map(|_| ())
        }
    }

    /// Messages to a customer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn messages_of(&mut self, brand: kept_base::BrandId, customer: i64) -> Result<Vec<i64>, StoreError> {
        let rows =
            self.query("select id from message where brand = $1 and customer = $2 order by id", params![brand.get(), customer])?;
        rows.iter().map(|row| row.int(0)).collect()
    }
}
