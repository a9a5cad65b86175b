//! Tables and their three classes; numbered migrations with a checksum.

use sha2::{Digest, Sha256};

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::params;

/// What a table is to the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableClass {
    /// Append-only truth.
    Ledger,
    /// Rebuilt from the ledger.
    Projection,
    /// Backed up, never rebuilt.
    Operational,
}

const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_first.sql")),
    (2, include_str!("../migrations/0002_figures.sql")),
    (3, include_str!("../migrations/0003_hands.sql")),
    (4, include_str!("../migrations/0004_errands.sql")),
    (5, include_str!("../migrations/0005_lists.sql")),
    (6, include_str!("../migrations/0006_held.sql")),
    (7, include_str!("../migrations/0007_plan.sql")),
    (8, include_str!("../migrations/0008_notices.sql")),
    (9, include_str!("../migrations/0009_order.sql")),
    (10, include_str!("../migrations/0010_filters.sql")),
    (11, include_str!("../migrations/0011_milestones.sql")),
];

/// The version this program writes.
pub const SCHEMA_VERSION: i64 = 11;

/// Every table with its class, as the migrations mark them.
pub fn tables() -> Vec<(String, TableClass)> {
    let mut tables = Vec::new();
    let mut class = None;
    for line in MIGRATIONS.iter().flat_map(|(_, text)| text.lines()) {
        if let Some(word) = line.strip_prefix("-- class: ") {
            class = match word.trim() {
                "ledger" => Some(TableClass::Ledger),
                "projection" => Some(TableClass::Projection),
                _ => Some(TableClass::Operational),
            };
        } else if let Some(rest) = line.strip_prefix("create table ") {
            let name = rest.split([' ', '(']).next().unwrap_or_default();
            tables.push((name.to_owned(), class.take().unwrap_or(TableClass::Operational)));
        }
    }
    tables
}

/// Brings the tables to this program's version; refuses a database of a newer one.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    connection.begin()?;
    let result = migrate_within(connection);
    match result {
        Ok(()) => connection.commit(),
        Err(error) => {
            connection.rollback()?;
            Err(error)
        }
    }
}

fn migrate_within(connection: &mut Connection) -> Result<(), StoreError> {
    if connection.is_postgres() {
        // Two nodes that start at once take turns.
        connection.batch("select pg_advisory_xact_lock(7311523)")?;
    }
    connection.batch("create table if not exists migration (version bigint primary key, checksum text not null)")?;
    let done = connection.query("select version, checksum from migration order by version", &[])?;
    for row in &done {
        let version = row.int(0)?;
        let Some((_, text)) = MIGRATIONS.iter().find(|(known, _)| *known == version) else {
            return Err(StoreError::Version(format!(
                "this database has schema version {version}; this program knows up to {SCHEMA_VERSION}: use a newer one"
            )));
        };
        if row.text(1)? != checksum(text) {
            return Err(StoreError::Version(format!("migration {version} of this database is not the one of this program")));
        }
    }
    let bytes = if connection.is_postgres() { "bytea" } else { "blob" };
    for (version, text) in MIGRATIONS.iter().skip(done.len()) {
        connection.batch(&text.replace("{bytes}", bytes))?;
        if *version == 1 && connection.is_postgres() {
            connection.batch("create sequence kept_ids increment 1000; create sequence kept_blocks")?;
        }
        connection.execute("insert into migration (version, checksum) values ($1, $2)", params![*version, checksum(text)])?;
    }
    Ok(())
}

fn checksum(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
