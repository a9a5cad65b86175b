//! Small tables beside the subjects: pending signals, switches, meanings of codes, payloads, request keys, settings.

use kept_base::{BrandId, Position, PromiseId, SealedId, SignalId};
use kept_domain::apply::Effect;
use kept_domain::message::Mode;
use kept_domain::notice::{Notice, Notices, NoticesSaid, Teller};
use kept_domain::promise::SignalKind;
use kept_domain::vocabulary::{ExceptionKind, Milestone};

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::{Row, params};

/// A signal that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingSignal {
    /// Id.
    pub signal: SignalId,
    /// About which promise.
    pub promise: PromiseId,
    /// Kind.
    pub kind: SignalKind,
    /// Its fact.
    pub position: Position,
    /// When raised, epoch milliseconds.
    pub raised: i64,
}

/// A meaning a person gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeMeaning {
    /// Source.
    pub source: String,
    /// Code.
    pub code: String,
    /// Meaning.
    pub milestone: Milestone,
    /// What is wrong.
    pub exception: Option<ExceptionKind>,
}

/// Something nothing maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmappedRow {
    /// Source.
    pub source: String,
    /// `code`, `event`, `field`.
    pub what: String,
    /// Code or name.
    pub code: String,
    /// Words as last seen.
    pub words: String,
    /// How often.
    pub seen: i64,
    /// First, epoch milliseconds.
    pub first_at: i64,
    /// Last, epoch milliseconds.
    pub last_at: i64,
}

/// A payload received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its fact.
    pub position: Position,
    /// Hash or id.
    pub delivery: String,
    /// Set when it could not be read, or not all of it was taken.
    pub error: Option<String>,
}

/// A payload that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Its fact.
    pub position: Position,
    /// Source.
    pub source: String,
    /// Bytes.
    pub size: i64,
    /// Where they are.
    pub sealed: SealedId,
    /// When, epoch milliseconds.
    pub at: i64,
    /// What was wrong.
    pub error: String,
}

impl Connection {
    /// Carries out what a fact does beside its subjects. `live`: the outbox too, which is operational and not rebuilt.
    ///
    /// # Errors
    /// When the database fails.
    pub fn carry_out(
        &mut self,
        brand: BrandId,
        position: Position,
        recorded: i64,
        effect: &Effect,
        live: bool,
    ) -> Result<(), StoreError> {
        match effect {
            Effect::Named(key, subject) => self.save_key(key, *subject)?,
            Effect::SignalRaised { signal, promise, kind } => {
                self.execute(
                    "insert into signal (id, promise, kind, position, raised) values ($1, $2, $3, $4, $5) on conflict do nothing",
                    params![signal.get(), promise.get(), kind.word(), position.0, recorded],
                )?;
            }
            Effect::SignalDecided(signal) => {
                self.execute("delete from signal where id = $1", params![signal.get()])?;
            }
            Effect::Outgoing(lane, subject) if live => {
                self.execute(
                    "insert into outbox (subject, noun, state, attempt, next_at, lease_until) values ($1, $2, 'ready', 0, $3, 0)
                     on conflict (subject) do update set state = 'ready', next_at = excluded.next_at",
                    params![subject.0, lane.word(), recorded],
                )?;
            }
            Effect::NotOutgoing(subject) if live => {
                self.execute("delete from outbox where subject = $1", params![subject.0])?;
            }
            Effect::Outgoing(..) | Effect::NotOutgoing(_) => {}
            Effect::Switched(fact) => {
                self.in_order(position, live)?;
                self.execute(
                    "insert into playbook (brand, name, mode) values ($1, $2, $3) on conflict (brand, name) do update set mode = excluded.mode",
                    params![brand.get(), &fact.playbook, fact.mode.word()],
                )?;
            }
            Effect::Noticed(fact) => {
                self.in_order(position, live)?;
                let notices: Vec<&str> = fact.notices.iter().map(|notice| notice.word()).collect();
                self.execute(
                    "insert into notice (brand, source, teller, notices, said_by) values ($1, $2, $3, $4, $5)
                     on conflict (brand, source) do update set teller = excluded.teller, notices = excluded.notices, said_by = excluded.said_by",
                    params![brand.get(), &fact.source, fact.teller.word(), notices.join(" "), &fact.by],
                )?;
            }
            Effect::Mapped(fact) => {
                self.in_order(position, live)?;
                self.execute(
                    "insert into code_meaning (brand, source, code, milestone, exception) values ($1, $2, $3, $4, $5)
                     on conflict (brand, source, code) do update set milestone = excluded.milestone, exception = excluded.exception",
                    params![brand.get(), &fact.source, &fact.code, fact.milestone.word(), fact.exception.map(ExceptionKind::word)],
                )?;
            }
            Effect::Unmapped(fact) => {
                // Two writers count one code in any order: the words kept do not depend on it.
                self.execute(
                    "insert into unmapped (brand, source, what, code, words, seen, first_at, last_at) values ($1, $2, $3, $4, $5, 1, $6, $6)
                     on conflict (brand, source, what, code) do update set seen = unmapped.seen + 1,
                       words = case when excluded.last_at > unmapped.last_at or (excluded.last_at = unmapped.last_at and excluded.words > unmapped.words)
                         then excluded.words else unmapped.words end,
                       first_at = case when unmapped.first_at < excluded.first_at then unmapped.first_at else excluded.first_at end,
                       last_at = case when unmapped.last_at > excluded.last_at then unmapped.last_at else excluded.last_at end",
                    params![brand.get(), &fact.source, &fact.what, &fact.code, &fact.text, recorded],
                )?;
            }
            Effect::Payload { source, delivery, size, sealed, error } => {
                self.execute(
                    "insert into payload (position, brand, source, delivery, size, sealed, at, error) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                    params![position.0, brand.get(), source, delivery, *size as i64, sealed.get(), recorded, error.as_ref()],
                )?;
            }
        }
        Ok(())
    }

    /// Facts about the house have no subject whose lock orders them: on PostgreSQL a writer that was overtaken by a later one runs again.
    fn in_order(&mut self, position: Position, live: bool) -> Result<(), StoreError> {
        if !live || !self.is_postgres() {
            return Ok(());
        }
        self.batch("select pg_advisory_xact_lock(7311525)")?;
        let last: i64 = self.setting("house_block")?.and_then(|block| block.parse().ok()).unwrap_or(0);
        if last > position.block() {
            return Err(StoreError::Retry("a later block was committed first".into()));
        }
        self.save_setting("house_block", &position.block().to_string())
    }

    /// Claims signals that nobody holds: at most `limit`, held until `until`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn claim_signals(&mut self, holder: &str, now: i64, until: i64, limit: i64) -> Result<Vec<PendingSignal>, StoreError> {
        let skip = if self.is_postgres() { "for update skip locked" } else { "" };
        let sql = format!(
            "update signal set lease_until = $2, holder = $3 where id in
               (select id from signal where lease_until <= $1 order by id limit $4 {skip}) returning id, promise, kind, position, raised"
        );
        let mut claimed = Vec::new();
        for row in self.query(&sql, params![now, until, holder, limit])? {
            let Some(kind) = SignalKind::from_word(&row.text(2)?) else { continue };
            claimed.push(PendingSignal {
                signal: SignalId::new(row.int(0)?),
                promise: PromiseId::new(row.int(1)?),
                kind,
                position: Position(row.int(3)?),
                raised: row.int(4)?,
            });
        }
        claimed.sort_by_key(|signal| signal.position);
        Ok(claimed)
    }

    /// Gives back the claim on a signal.
    ///
    /// # Errors
    /// When the database fails.
    pub fn free_signal(&mut self, signal: SignalId) -> Result<(), StoreError> {
        self.execute("update signal set lease_until = 0 where id = $1", params![signal.get()])?;
        Ok(())
    }

    /// Whether a signal still waits.
    ///
    /// # Errors
    /// When the database fails.
    pub fn signal_pending(&mut self, signal: SignalId) -> Result<bool, StoreError> {
        let lock = if self.is_postgres() { " for update" } else { "" };
        Ok(self.first(&format!("select id from signal where id = $1{lock}"), params![signal.get()])?.is_some())
    }

    /// How many signals wait for a decision.
    ///
    /// # Errors
    /// When the database fails.
    pub fn signals_pending(&mut self) -> Result<i64, StoreError> {
        self.first("select count(*) from signal", &[])?.map_or(Ok(0), |row| row.int(0))
    }

    /// Drops every lease on signals, at the start of the only process.
    ///
    /// # Errors
    /// When the database fails.
    pub fn free_leases(&mut self, holder_prefix: &str) -> Result<(), StoreError> {
        self.execute("update signal set lease_until = 0 where holder like $1", params![format!("{holder_prefix}%")])?;
        Ok(())
    }

    /// Modes of playbooks, as far as they were ever switched.
    ///
    /// # Errors
    /// When the database fails.
    pub fn playbook_modes(&mut self, brand: BrandId) -> Result<Vec<(String, Mode)>, StoreError> {
        let rows = self.query("select name, mode from playbook where brand = $1", params![brand.get()])?;
        rows.iter().map(|row| Ok((row.text(0)?, Mode::from_word(&row.text(1)?).unwrap_or_default()))).collect()
    }

    /// What persons said shops and carriers tell customers by themselves.
    ///
    /// # Errors
    /// When the database fails.
    pub fn notices(&mut self, brand: BrandId) -> Result<Notices, StoreError> {
        let rows = self.query(
            "select source, teller, notices, said_by from notice where brand = $1 order by source",
            params![brand.get()],
        )?;
        let said = rows.iter().map(|row| {
            Ok(NoticesSaid {
                source: row.text(0)?,
                teller: Teller::from_word(&row.text(1)?).unwrap_or(Teller::Carrier),
                notices: row.text(2)?.split(' ').filter_map(Notice::from_word).collect(),
                by: row.text(3)?,
            })
        });
        said.collect::<Result<_, StoreError>>().map(Notices)
    }

    /// Meanings that persons gave to codes.
    ///
    /// # Errors
    /// When the database fails.
    pub fn code_meanings(&mut self, brand: BrandId) -> Result<Vec<CodeMeaning>, StoreError> {
        let rows =
            self.query("select source, code, milestone, exception from code_meaning where brand = $1", params![brand.get()])?;
        rows.iter()
            .map(|row| {
                Ok(CodeMeaning {
                    source: row.text(0)?,
                    code: row.text(1)?,
                    milestone: Milestone::from_word(&row.text(2)?).unwrap_or(Milestone::Unknown),
                    exception: row.maybe_text(3)?.as_deref().and_then(ExceptionKind::from_word),
                })
            })
            .collect()
    }

    /// What nothing maps, most often seen first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unmapped(&mut self, brand: BrandId) -> Result<Vec<UnmappedRow>, StoreError> {
        let rows = self.query(
            "select source, what, code, words, seen, first_at, last_at from unmapped where brand = $1 order by seen desc, source, code limit 500",
            params![brand.get()],
        )?;
        rows.iter()
            .map(|row| {
                Ok(UnmappedRow {
                    source: row.text(0)?,
                    what: row.text(1)?,
                    code: row.text(2)?,
                    words: row.text(3)?,
                    seen: row.int(4)?,
                    first_at: row.int(5)?,
                    last_at: row.int(6)?,
                })
            })
            .collect()
    }

    /// How much nothing maps.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unmapped_count(&mut self, brand: BrandId) -> Result<i64, StoreError> {
        self.first("select count(*) from unmapped where brand = $1", params![brand.get()])?.map_or(Ok(0), |row| row.int(0))
    }

    /// The payload of a delivery, if it was received.
    ///
    /// # Errors
    /// When the database fails.
    pub fn delivery(&mut self, brand: BrandId, source: &str, delivery: &str) -> Result<Option<DeliveryRow>, StoreError> {
        let row = self.first(
            "select position, error from payload where brand = $1 and source = $2 and delivery = $3",
            params![brand.get(), source, delivery],
        )?;
        row.map(|row| {
            Ok(DeliveryRow { position: Position(row.int(0)?), delivery: delivery.to_owned(), error: row.maybe_text(1)? })
        })
        .transpose()
    }

    /// Payloads that could not be read, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn quarantine(&mut self, brand: BrandId, limit: i64) -> Result<Vec<QuarantineRow>, StoreError> {
        let rows = self.query(
            "select position, source, size, sealed, at, error from payload where brand = $1 and error is not null order by at desc, position desc limit $2",
            params![brand.get(), limit],
        )?;
        let read = |row: &Row| {
            Ok(QuarantineRow {
                position: Position(row.int(0)?),
                source: row.text(1)?,
                size: row.int(2)?,
                sealed: SealedId::new(row.int(3)?),
                at: row.int(4)?,
                error: row.text(5)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// How many payloads could not be read.
    ///
    /// # Errors
    /// When the database fails.
    pub fn quarantined(&mut self) -> Result<i64, StoreError> {
        self.first("select count(*) from payload where error is not null", &[])?.map_or(Ok(0), |row| row.int(0))
    }

    /// What came of each source after one position and up to another: source, deliveries, when the last came.
    ///
    /// # Errors
    /// When the database fails.
    pub fn deliveries_between(&mut self, after: Position, to: Position) -> Result<Vec<(String, i64, Option<i64>)>, StoreError> {
        let sql = "select source, count(*), max(at) from payload where position > $1 and position <= $2 group by source";
        self.query(sql, params![after.0, to.0])?.iter().map(|row| Ok((row.text(0)?, row.int(1)?, row.maybe_int(2)?))).collect()
    }

    /// Deliveries that were refused for their signature, and those that could not be read, by source.
    ///
    /// # Errors
    /// When the database fails.
    pub fn source_troubles(&mut self) -> Result<Vec<(String, i64, i64)>, StoreError> {
        let sql = "select source, refused, 0 from refused
                   union all select source, 0, count(*) from payload where error is not null group by source";
        self.query(sql, &[])?.iter().map(|row| Ok((row.text(0)?, row.int(1)?, row.int(2)?))).collect()
    }

    /// Counts a delivery refused for its signature.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_refused(&mut self, source: &str) -> Result<(), StoreError> {
        self.execute(
            "insert into refused (source, refused) values ($1, 1) on conflict (source) do update set refused = refused.refused + 1",
            params![source],
        )?;
        Ok(())
    }

    /// The stored answer to a request key, with the hash of the body it was used with.
    ///
    /// # Errors
    /// When the database fails.
    pub fn request_key(&mut self, key: &str) -> Result<Option<(Vec<u8>, String)>, StoreError> {
        let row = self.first("select body, answer from request_key where name = $1", params![key])?;
        row.map(|row| Ok((row.blob(0)?.to_vec(), row.text(1)?))).transpose()
    }

    /// Stores the answer to a request key.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when another request was faster.
    pub fn save_request_key(&mut self, key: &str, body: &[u8], answer: &str, at: i64) -> Result<(), StoreError> {
        self.execute("insert into request_key (name, body, answer, at) values ($1, $2, $3, $4)", params![key, body, answer, at])?;
        Ok(())
    }

    /// Forgets request keys older than a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_request_keys(&mut self, before: i64) -> Result<u64, StoreError> {
        self.execute("delete from request_key where at < $1", params![before])
    }

    /// A setting.
    ///
    /// # Errors
    /// When the database fails.
    pub fn setting(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        self.first("select value from setting where name = $1", params![name])?.map(|row| row.text(0)).transpose()
    }

    /// Stores a setting.
    ///
    /// # Errors
    /// When the database fails.
    pub fn save_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        self.execute(
            "insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
            params![name, value],
        )?;
        Ok(())
    }

    /// A secret.
    ///
    /// # Errors
    /// When the database fails.
    pub fn secret(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        self.first("select value from secret where name = $1", params![name])?.map(|row| row.text(0)).transpose()
    }

    /// Stores a secret; gives the one that stands, which is an earlier one when `keep`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn save_secret(&mut self, name: &str, value: &str, keep: bool) -> Result<(), StoreError> {
        let sql = if keep {
            "insert into secret (name, value) values ($1, $2) on conflict (name) do nothing"
        } else {
            "insert into secret (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value"
        };
        self.execute(sql, params![name, value])?;
        Ok(())
    }

    /// Remembers the hash of a customer's link.
    ///
    /// # Errors
    /// When the database fails.
    pub fn save_link(&mut self, hash: &[u8], customer: i64) -> Result<(), StoreError> {
        self.execute(
            "insert into customer_link (hash, customer) values ($1, $2) on conflict do nothing",
            params![hash, customer],
        )?;
        Ok(())
    }

    /// The customer of a link.
    ///
    /// # Errors
    /// When the database fails.
    pub fn link(&mut self, hash: &[u8]) -> Result<Option<i64>, StoreError> {
        self.first("select customer from customer_link where hash = $1", params![hash])?.map(|row| row.int(0)).transpose()
    }
}
