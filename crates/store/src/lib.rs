//! Room `store`: the only crate with SQL. Ledger, state, small tables and operational tables, on SQLite and PostgreSQL.
//!
//! Invariants: one SQL text serves both engines (`$1` parameters, BIGINT, TEXT, DOUBLE PRECISION, bytes); a fact is durable when its
//! transaction's commit returned; the ledger is only appended to; sealed rows are only deleted by an erasure that the ledger records.
//!
//! Deliberately absent: policy. Nothing here knows what a promise means; it keeps rows and gives them back.

mod accounts;
mod backup;
mod connection;
mod connections;
mod erasures;
mod error;
mod export;
mod figures;
mod heads;
mod ledger;
mod lists;
mod outbox;
mod rows;
mod schema;
mod scorecards;
mod sealed;
mod state;
mod value;
mod verifying;

pub use accounts::{TokenRow, UserRow};
pub use backup::{backup, restore};
pub use connection::{Connection, Database, Durability};
pub use connections::{HeardRow, LastErrorRow};
pub use erasures::{Erasure, ErasureList, erasures_in_export};
pub use error::StoreError;
pub use export::{Exported, SealedContents, VerifiedExport, export, verify_export};
pub use heads::{Head, HeadKey, SignedHeads, read_heads};
pub use ledger::{Block, Chain, Ledger, Lines, read_block};
pub use lists::{Cursor, Listed, STANDING, StandstillRow};
pub use outbox::OutboxRow;
pub use rows::{CodeMeaning, DeliveryRow, PendingSignal, QuarantineRow, UnmappedRow};
pub use schema::{SCHEMA_VERSION, TableClass, tables};
pub use scorecards::ScoredParcel;
pub use sealed::Sealer;
pub use value::{Row, Value};
pub use verifying::{Verification, verify, verify_with_heads};
