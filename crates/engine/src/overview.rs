//! What stands around every page: how much needs a person now, and how the installation is. Read with each page, so nothing of it may
//! grow with the past: counts come from indexes and end somewhere, totals are kept. And what needs a person, whole, for the page of today.

use std::collections::BTreeMap;

use kept_base::ParcelId;
use kept_domain::Noun;
use kept_domain::apply::Lane;
use kept_domain::message::MessageState;
use kept_store::{Connection, Listed};

use crate::gathering::*;
use crate::views::*;
use crate::writer::BRAND;
use crate::{Engine, EngineError};

/// How promises stand by when they are due; those without a due come last. An index holds exactly this.
pub(crate) const BY_DUE: &str = "coalesce(due, 9000000000000000)";
const BY: &str = "coalesce(due, 9000000000000000) <= ?";
const AFTER: &str = "coalesce(due, 9000000000000000) > ?";
/// Late or at risk, as an index has it.
pub(crate) const ENDANGERED: &str = "state <> 'open'";

/// Promises by how much they press, read at one moment.
struct Presses {
    late: Listed,
    next_hour: Listed,
    today: Listed,
    at_risk: Listed,
}

fn open() -> Listed {
    Listed::of(Noun::Promise, BY_DUE, false).only("open = 1")
}

fn endangered() -> Listed {
    open().only(ENDANGERED)
}

impl Engine {
    /// How much needs a person now.
    ///
    /// # Errors
    /// Database errors, as for all reads.
    pub fn pressing(&self) -> Result<Pressing, EngineError> {
        let presses = self.presses(self.now());
        self.reading(|connection| {
            let mut count = |list: &Listed| list.count_up_to(connection, MOST_COUNTED.cast_signed());
            Ok(Pressing {
                late: count(&presses.late)?,
                next_hour: count(&presses.next_hour)?,
                today: count(&presses.today)?,
                at_risk: count(&presses.at_risk)?,
                waiting: count(&messages_in(MessageState::Waiting))?,
                held: count(&messages_in(MessageState::Held))?,
                unknown: count(&messages_in(MessageState::Unknown))?,
                quarantine: connection.quarantined()?.unsigned_abs(),
                unmapped: connection.unmapped_count(BRAND)?.unsigned_abs(),
            })
        })
    }

    /// What needs a person now.
    ///
    /// # Errors
    /// Database errors, as for all reads.
    pub fn today(&self) -> Result<Today, EngineError> {
        let presses = self.presses(self.now());
        let mut today = self.reading(|connection| {
            // Not `is not null`, for which the planner would go through every customer.
            let told = endangered().only("coalesce(customer, 0) <> 0");
            Ok(Today {
                late: promise_section(connection, &presses.late)?,
                next_hour: promise_section(connection, &presses.next_hour)?,
                today: promise_section(connection, &presses.today)?,
                at_risk: promise_section(connection, &presses.at_risk)?,
                waiting: message_section(connection, MessageState::Waiting)?,
                held: message_section(connection, MessageState::Held)?,
                unknown: message_section(connection, MessageState::Unknown)?,
                errands: errand_section(connection)?,
                standing: standing(connection)?,
                disputed: promise_section(connection, &Listed::of(Noun::Promise, "made_at", true).only("disputed = 1"))?,
                quarantine: connection.quarantined()?.unsigned_abs(),
                unmapped: connection.unmapped_count(BRAND)?.unsigned_abs(),
                told_first: (told.clone().only("told_first = 1").count(connection)?, told.count(connection)?),
                open: open().count(connection)?,
            })
        })?;
        today.errands.rows.iter_mut().for_each(|line| line.offered = self.can_release(&line.errand));
        Ok(today)
    }

    fn presses(&self, now: i64) -> Presses {
        let hour = now + 3_600_000;
        let evening = self.end_of_today(now);
        let between = |from: i64, to: i64| open().with(AFTER, from).with(BY, to);
        Presses {
            late: open().with(BY, now),
            next_hour: between(now, hour),
            today: between(hour, evening),
            at_risk: endangered().with("state = ?", "at_risk").with(AFTER, evening.max(hour)),
        }
    }

    /// Places at which many parcels stand still, most first.
    ///
    /// # Errors
    /// Database errors.
    pub fn standing(&self) -> Result<Vec<Standstill>, EngineError> {
        self.reading(standing)
    }

    fn end_of_today(&self, now: i64) -> i64 {
        let zone = kept_base::moment::zone_named(&self.shared.settings.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let today = kept_base::from_millis(now).unwrap_or_default().to_zoned(zone).date();
        kept_base::Due::end_of_day(today, &self.shared.settings.zone).map_or(now, |due| kept_base::millis(due.at))
    }

    /// How the installation is.
    ///
    /// # Errors
    /// Database errors.
    pub fn health(&self) -> Result<Health, EngineError> {
        let packs_error = self.shared.packs_error.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let packs = self.loaded().packs.version.clone();
        let sms = self.sms_gateway_name().unwrap_or("none").to_owned();
        let (database, outbound) = (self.shared.database.engine().to_owned(), self.outbound().name().to_owned());
        self.reading(|connection| {
            let totals = self.totals(connection)?;
            let verified = connection.setting("verified")?.and_then(|text| {
                let (at, held) = text.split_once(' ')?;
                Some((at.parse().ok()?, held == "1"))
            });
            let mut sources: BTreeMap<String, SourceHealth> = BTreeMap::new();
            for (source, (deliveries, last)) in totals.sources {
                let health = SourceHealth {
                    source: source.clone(),
                    deliveries: deliveries.unsigned_abs(),
                    last,
                    ..SourceHealth::default()
                };
                sources.insert(source, health);
            }
            for (source, refused, unreadable) in connection.source_troubles()? {
                let health = sources.entry(source.clone()).or_insert_with(|| SourceHealth { source, ..SourceHealth::default() });
                health.refused += refused.unsigned_abs();
                health.unreadable += unreadable.unsigned_abs();
            }
            Ok(Health {
                database,
                facts: totals.facts.unsigned_abs(),
                blocks: totals.blocks.unsigned_abs(),
                last_fact: totals.last_fact,
                verified,
                signals_pending: connection.signals_pending()?.unsigned_abs(),
                outbox_pending: connection.outbox_pending(Lane::Mail)?.unsigned_abs()
                    + connection.outbox_pending(Lane::Sms)?.unsigned_abs(),
                unwatched: connection.unwatched()?.unsigned_abs(),
                sources: sources.into_values().collect(),
                outbound,
                sms,
                packs,
                packs_error,
            })
        })
    }
}

/// Parcels that must stand still at one place before they are one matter; fewer may be chance.
const MANY: i64 = 10;
/// Places that are shown.
const PLACES: i64 = 5;

/// Places at which many parcels stand still, named in the words of the last scan of one of them.
fn standing(connection: &mut Connection) -> Read<Vec<Standstill>> {
    let mut all = Vec::new();
    for row in connection.standing(MANY, PLACES)? {
        let scan = parcel(connection, ParcelId::new(row.one))?.and_then(|parcel| parcel.last_scan().map(|scan| scan.position));
        let fact = facts_at(connection, scan.into_iter().collect())?.pop();
        let place = fact.as_ref().and_then(|fact| fact.plain.get("location")).and_then(serde_json::Value::as_str);
        all.push(Standstill {
            carrier: row.carrier,
            place: place.unwrap_or_default().to_owned(),
            key: row.place,
            parcels: row.parcels.unsigned_abs(),
            since: row.since,
        });
    }
    Ok(all)
}
