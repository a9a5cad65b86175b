//! Connections to either engine behind one small face: execute, query, begin, commit.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rustc_hash::FxHashMap;

use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::error::StoreError;
use crate::schema;
use crate::value::{Row, Value};

/// The oldest SQLite that is safe with two connections: older ones can lose commits in a race of the write-ahead log.
const OLDEST_SQLITE: i32 = 3_051_003;
/// A transaction in which nothing happens for so long is given up by PostgreSQL.
const ABANDONED: &str = "10s";
/// Readers kept open.
const READERS: usize = 8;

/// Where the data live, and connections to it.
#[derive(Clone, Debug)]
pub struct Database {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    place: Place,
    durability: Durability,
    readers: Mutex<Vec<Connection>>,
    failed_sync: Arc<FailedSync>,
}

/// What is done when the embedded database could not sync: nothing, unless somebody said so.
#[derive(Default)]
struct FailedSync(OnceLock<Told>);

/// Who is told what the database said.
type Told = Box<dyn Fn(&str) + Send + Sync>;

impl std::fmt::Debug for FailedSync {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FailedSync")
    }
}

#[derive(Clone, Debug)]
enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

/// How durable a commit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// On disk before it is acknowledged. The only choice for anything that matters.
    Full,
    /// For replays and trials that are thrown away.
    Scratch,
}

impl Database {
    /// Opens a database by URL: `sqlite:PATH` or `postgres://…`; makes or upgrades its tables.
    ///
    /// # Errors
    /// When it cannot be reached, or is of a newer program.
    pub fn open(url: &str, durability: Durability) -> Result<Database, StoreError> {
        let place = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Place::Postgres(url.to_owned())
        } else if let Some(path) = url.strip_prefix("sqlite:") {
            Place::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
        } else {
            return Err(StoreError::Version(format!("`{url}` is neither sqlite:PATH nor postgres://…")));
        };
        let database = Database {
            inner: Arc::new(Inner { place, durability, readers: Mutex::new(Vec::new()), failed_sync: Arc::default() }),
        };
        let mut connection = database.connect()?;
        schema::migrate(&mut connection)?;
        Ok(database)
    }

    /// Runs one statement on a PostgreSQL server, outside any transaction and without making tables: to create databases for tests.
    ///
    /// # Errors
    /// What the server says.
    pub fn administer(url: &str, sql: &str) -> Result<(), StoreError> {
        let mut client = postgres::Client::connect(url, postgres::NoTls)?;
        Ok(client.batch_execute(sql)?)
    }

    /// `sqlite` or `postgres`.
    pub fn engine(&self) -> &'static str {
        match self.inner.place {
            Place::Sqlite(_) => "sqlite",
            Place::Postgres(_) => "postgres",
        }
    }

    /// The file of an embedded database.
    pub fn file(&self) -> Option<&Path> {
        match &self.inner.place {
            Place::Sqlite(path) => Some(path),
            Place::Postgres(_) => None,
        }
    }

    /// A new connection.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn connect(&self) -> Result<Connection, StoreError> {
        match &self.inner.place {
            Place::Sqlite(path) => {
                Ok(Connection(Kind::Sqlite(open_sqlite(path, self.inner.durability, &self.inner.failed_sync)?)))
            }
            Place::Postgres(url) => {
                let mut config: postgres::Config =
                    url.parse().map_err(|error: postgres::Error| StoreError::Away(error.to_string()))?;
                config.connect_timeout(Duration::from_secs(10));
                if config.get_application_name().is_none() {
                    config.application_name("kept");
                }
                let client = config.connect(postgres::NoTls)?;
                let mut connection = Connection(Kind::Postgres(Box::new(Postgres { client, statements: FxHashMap::default() })));
                // An acknowledgement means durable, whatever the server's default is.
                let level = if self.inner.durability == Durability::Full { "on" } else { "off" };
                connection.batch(&format!("set synchronous_commit to {level}; set client_min_messages to warning"))?;
                // A node that was paused or cut off in the midst of a write would keep its rows locked for everybody else.
                connection.batch(&format!("set idle_in_transaction_session_timeout to '{ABANDONED}'"))?;
                Ok(connection)
            }
        }
    }

    /// Says what to do when the embedded database could not sync to the disk; the first one given stands. After a failed sync nobody
    /// knows what the system still holds of what was written: trying again may say yes to what never reached the disk. A program that
    /// acknowledges must end, and begin anew with [`Database::settle`]. PostgreSQL ends by itself.
    pub fn after_failed_sync(&self, act: impl Fn(&str) + Send + Sync + 'static) {
        let _ = self.inner.failed_sync.0.set(Box::new(act));
    }

    /// Carries the embedded database's log over into its file and syncs both, so that nothing acknowledged from now on rests on parts of
    /// the log whose sync once failed.
    ///
    /// # Errors
    /// When the disk fails; then nothing may be served.
    pub fn settle(&self) -> Result<(), StoreError> {
        match self.inner.place {
            // A reader in the way is none of this: what it keeps from being carried over was synced by a commit that did not fail.
            Place::Sqlite(_) => self.connect()?.query("pragma wal_checkpoint(truncate)", &[]).map(|_| ()),
            Place::Postgres(_) => Ok(()),
        }
    }

    /// Whether losing the database's server loses acknowledged facts: PostgreSQL without a synchronous standby.
    ///
    /// # Errors
    /// When the database fails.
    pub fn stands_alone(&self) -> Result<bool, StoreError> {
        if self.engine() == "sqlite" {
            return Ok(false);
        }
        let row = self.read(|connection| connection.first("select current_setting('synchronous_standby_names')", &[]))?;
        Ok(row.map_or(Ok(String::new()), |row| row.text(0))?.trim().is_empty())
    }

    /// Runs a read on a connection of its own, with a deadline on PostgreSQL.
    ///
    /// # Errors
    /// What the read gives, or when no connection could be had.
    pub fn read<T>(&self, read: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let kept = self.readers().pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let result = read(&mut connection);
        let broken = matches!(result, Err(StoreError::Away(_) | StoreError::Database(_)));
        let mut readers = self.readers();
        if !broken && readers.len() < READERS {
            readers.push(connection);
        }
        result
    }

    fn readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection.
pub struct Connection(Kind);

enum Kind {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

struct Sqlite {
    client: rusqlite::Connection,
    rewritten: FxHashMap<String, String>,
    failed_sync: Arc<FailedSync>,
}

struct Postgres {
    client: postgres::Client,
    statements: FxHashMap<String, postgres::Statement>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_postgres() { "Connection(postgres)" } else { "Connection(sqlite)" })
    }
}

impl Connection {
    /// Whether many writers may be at work.
    pub fn is_postgres(&self) -> bool {
        matches!(self.0, Kind::Postgres(_))
    }

    /// Runs a statement; gives how many rows it changed.
    ///
    /// # Errors
    /// What the database says.
    pub fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
        match &mut self.0 {
            Kind::Sqlite(sqlite) => {
                let text = rewritten(&mut sqlite.rewritten, sql);
                let mut statement = sqlite.client.prepare_cached(text)?;
                Ok(sqlite.failed_sync.told(statement.execute(rusqlite::params_from_iter(params.iter())))? as u64)
            }
            Kind::Postgres(postgres) => {
                let statement = postgres.prepare(sql)?;
                let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
                Ok(postgres.client.execute(&statement, &params)?)
            }
        }
    }

    /// Runs a query.
    ///
    /// # Errors
    /// What the database says.
    pub fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        self.each(sql, params, |row| {
            rows.push(Row(std::mem::take(&mut row.0)));
            Ok(())
        })?;
        Ok(rows)
    }

    /// Runs a query and shows each row, one after the other: for those of which a few bytes are kept. What is left in the row is
    /// thrown away.
    ///
    /// # Errors
    /// What the database says, or `see`.
    pub fn each(
        &mut self,
        sql: &str,
        params: &[Value],
        mut see: impl FnMut(&mut Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut shown = Row(Vec::new());
        match &mut self.0 {
            Kind::Sqlite(sqlite) => {
                let text = rewritten(&mut sqlite.rewritten, sql);
                let mut statement = sqlite.client.prepare_cached(text)?;
                let columns = statement.column_count();
                let mut found = statement.query(rusqlite::params_from_iter(params.iter()))?;
                while let Some(row) = sqlite.failed_sync.told(found.next())? {
                    shown.0.clear();
                    shown.0.reserve_exact(columns);
                    for column in 0..columns {
                        shown.0.push(match row.get_ref(column)? {
                            rusqlite::types::ValueRef::Null => Value::Null,
                            rusqlite::types::ValueRef::Integer(value) => Value::Int(value),
                            rusqlite::types::ValueRef::Real(value) => Value::Real(value),
                            rusqlite::types::ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
                            rusqlite::types::ValueRef::Blob(value) => Value::Blob(value.to_vec()),
                        });
                    }
                    see(&mut shown)?;
                }
                Ok(())
            }
            Kind::Postgres(postgres) => {
                let statement = postgres.prepare(sql)?;
                let mut found = postgres.client.query_raw(&statement, params)?;
                while let Some(row) = found.next()? {
                    shown.0.clear();
                    read_postgres(&row, &mut shown)?;
                    see(&mut shown)?;
                }
                Ok(())
            }
        }
    }

    /// The first row of a query.
    ///
    /// # Errors
    /// What the database says.
    pub fn first(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, params)?.into_iter().next())
    }

    /// Several statements without parameters.
    ///
    /// # Errors
    /// What the database says.
    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        match &mut self.0 {
            Kind::Sqlite(sqlite) => Ok(sqlite.failed_sync.told(sqlite.client.execute_batch(sql))?),
            Kind::Postgres(postgres) => Ok(postgres.client.batch_execute(sql)?),
        }
    }

    /// Begins a transaction. On SQLite it is a writing one from the start, so that it never has to give way half-way.
    ///
    /// # Errors
    /// What the database says.
    pub fn begin(&mut self) -> Result<(), StoreError> {
        if self.is_postgres() { self.batch("begin") } else { self.batch("begin immediate") }
    }

    /// Begins a transaction that only reads, and sees one state.
    ///
    /// # Errors
    /// What the database says.
    pub fn begin_read(&mut self) -> Result<(), StoreError> {
        if self.is_postgres() {
            self.batch("begin isolation level repeatable read read only; set local idle_in_transaction_session_timeout to 0")
        } else {
            self.batch("begin")
        }
    }

    /// Lets the transaction under way rest as long as it likes: for those that read much and think long.
    ///
    /// # Errors
    /// What the database says.
    pub fn take_time(&mut self) -> Result<(), StoreError> {
        if self.is_postgres() { self.batch("set local idle_in_transaction_session_timeout to 0") } else { Ok(()) }
    }

    /// Makes it durable.
    ///
    /// # Errors
    /// What the database says; then nothing may be acknowledged.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        self.batch("commit")
    }

    /// Throws the transaction away.
    ///
    /// # Errors
    /// What the database says.
    pub fn rollback(&mut self) -> Result<(), StoreError> {
        match &self.0 {
            Kind::Sqlite(sqlite) if sqlite.client.is_autocommit() => Ok(()),
            _ => self.batch("rollback"),
        }
    }

    /// The embedded database's own connection, for backups.
    pub(crate) fn sqlite(&mut self) -> Option<&mut rusqlite::Connection> {
        match &mut self.0 {
            Kind::Sqlite(sqlite) => Some(&mut sqlite.client),
            Kind::Postgres(_) => None,
        }
    }
}

impl FailedSync {
    /// Passes a result on, and acts when it is a sync that failed.
    fn told<T>(&self, result: rusqlite::Result<T>) -> rusqlite::Result<T> {
        if let Err(rusqlite::Error::SqliteFailure(error, _)) = &result
            && matches!(error.extended_code, rusqlite::ffi::SQLITE_IOERR_FSYNC | rusqlite::ffi::SQLITE_IOERR_DIR_FSYNC)
            && let Some(act) = self.0.get()
        {
            act(&error.to_string());
        }
        result
    }
}

impl Postgres {
    fn prepare(&mut self, sql: &str) -> Result<postgres::Statement, StoreError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// SQLite numbers `$1` by first appearance; `?1` is the number itself.
fn rewritten<'a>(cache: &'a mut FxHashMap<String, String>, sql: &str) -> &'a str {
    if !cache.contains_key(sql) {
        cache.insert(sql.to_owned(), sql.replace('$', "?"));
    }
    cache.get(sql).map_or("", String::as_str)
}

fn open_sqlite(path: &Path, durability: Durability, failed_sync: &Arc<FailedSync>) -> Result<Sqlite, StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::Version(format!("SQLite {} can lose commits; 3.51.3 or newer is needed", rusqlite::version())));
    }
    let client = rusqlite::Connection::open(path)?;
    client.busy_timeout(Duration::from_secs(10))?;
    client.set_prepared_statement_cache_capacity(256);
    let synchronous = if durability == Durability::Full { "full" } else { "off" };
    client.execute_batch(&format!(
        "pragma journal_mode = wal; pragma synchronous = {synchronous}; pragma secure_delete = on;
         pragma cache_size = -65536; pragma wal_autocheckpoint = 16384; pragma temp_store = memory;"
    ))?;
    Ok(Sqlite { client, rewritten: FxHashMap::default(), failed_sync: Arc::clone(failed_sync) })
}

fn read_postgres(row: &postgres::Row, into: &mut Row) -> Result<(), StoreError> {
    into.0.reserve_exact(row.len());
    for (index, column) in row.columns().iter().enumerate() {
        let kind = column.type_();
        let value = if *kind == Type::INT8 {
            row.try_get::<_, Option<i64>>(index)?.into()
        } else if *kind == Type::INT4 {
            row.try_get::<_, Option<i32>>(index)?.map(i64::from).into()
        } else if *kind == Type::FLOAT8 {
            row.try_get::<_, Option<f64>>(index)?.into()
        } else if *kind == Type::BYTEA {
            row.try_get::<_, Option<Vec<u8>>>(index)?.into()
        } else if *kind == Type::TEXT || *kind == Type::VARCHAR || *kind == Type::NAME {
            row.try_get::<_, Option<String>>(index)?.into()
        } else {
            return Err(StoreError::Corrupt(format!("column {} has type {kind}", column.name())));
        };
        into.0.push(value);
    }
    Ok(())
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Real(value) => ValueRef::Real(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) if *kind == Type::INT4 => i32::try_from(*value)?.to_sql(kind, out),
            Value::Int(value) => value.to_sql(kind, out),
            Value::Real(value) => value.to_sql(kind, out),
            Value::Text(value) => value.to_sql(kind, out),
            Value::Blob(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
