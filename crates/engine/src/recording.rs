//! Record: news becomes facts, durable before anything is acknowledged.

use std::collections::HashMap;

use kept_base::Position;
use kept_domain::house::{PayloadReceived, UnmappedSeen};
use kept_domain::input::{Input, News};
use kept_domain::react::{self, ReactError, Reaction};
use kept_domain::vocabulary::Milestone;
use sha2::{Digest, Sha256};

use crate::ports::{Inbound, Parsed, Trouble, Unmapped};
use crate::writer::{BRAND, Tx, away, collision, shelved, touched};
use crate::{Engine, EngineError};

/// A client's Idempotency-Key with the hash of what it asked under it: the same again gives the same answer, anything else is an error.
pub type RequestKey = (String, [u8; 32]);

/// How one batch is to be recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordOptions {
    /// The key it came under.
    pub request_key: Option<RequestKey>,
    /// The source's id of the delivery with the raw bytes to keep.
    pub delivery: Option<Delivery>,
    /// Record each piece of news at the moment it happened, not by the engine's clock: for replays of history.
    pub as_it_happened: bool,
}

/// A payload as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Source.
    pub source: String,
    /// The source's id, or the hash of source and bytes.
    pub id: String,
    /// The bytes.
    pub raw: Vec<u8>,
    /// What was wrong with it, when it could not be read.
    pub error: Option<String>,
    /// What kind of trouble that is.
    pub trouble: Option<Trouble>,
    /// What in it nothing maps.
    pub unmapped: Vec<Unmapped>,
}

/// What was recorded; durable when this is returned.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recorded {
    /// Inputs taken.
    pub accepted: u32,
    /// Inputs that were known already.
    pub duplicates: u32,
    /// Facts written because of them, signals included.
    pub facts: u32,
    /// Inputs that could not be taken: index in the batch and why, in the user's words.
    pub rejected: Vec<(u32, String)>,
    /// Last position written.
    pub position: Option<Position>,
    /// True when this is the stored answer to an earlier request with the same key.
    pub repeated: bool,
}

impl Engine {
    /// Records a batch of news; each input that is wrong is rejected by itself, the others are taken.
    ///
    /// # Errors
    /// When nothing could be made durable, or the request key was used with another body.
    pub fn record(&self, mut inputs: Vec<Input>, options: RecordOptions) -> Result<Recorded, EngineError> {
        self.give_meanings(&mut inputs);
        if let Some(answer) = self.answered(&options)? {
            return Ok(answer);
        }
        let engine = self.clone();
        // What was found wrong only after some of its facts were written is left out when the group runs again.
        let mut wrong: HashMap<usize, String> = HashMap::new();
        self.shared.writer.write_news(move |tx| engine.record_within(tx, &inputs, &options, &mut wrong))
    }

    /// Takes a payload from a partner: parses, keeps the bytes, records. The signature is checked before, by the caller.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn receive(&self, inbound: &dyn Inbound, raw: &[u8]) -> Result<(Parsed, Recorded), EngineError> {
        let parsed = inbound.parse(raw);
        let id = parsed.delivery_id.clone().unwrap_or_else(|| delivery_hash(inbound.source(), raw));
        // That a number is not known yet is understood: nothing of it waits for a person to look at what came.
        let failure = parsed.error.as_ref().filter(|error| !error.not_found);
        let error = failure.map(|error| match &error.hint {
            Some(hint) => format!("{error}; hint: {hint}"),
            None => error.to_string(),
        });
        let delivery = Delivery {
            source: inbound.source().to_owned(),
            id,
            raw: raw.to_vec(),
            error,
            trouble: failure.map(|error| error.trouble),
            unmapped: parsed.unmapped.iter().filter(|unmapped| unmapped.what != Unmapped::NUMBER).cloned().collect(),
        };
        let options = RecordOptions { delivery: Some(delivery), ..RecordOptions::default() };
        let inputs = self.without_tests(inbound.source(), parsed.inputs.clone())?;
        let recorded = self.record(inputs, options)?;
        Ok((parsed, recorded))
    }

    /// Counts a delivery refused for its signature; nothing of it is stored.
    ///
    /// # Errors
    /// When the count could not be written.
    pub fn count_refused(&self, source: &str) -> Result<(), EngineError> {
        let source = source.to_owned();
        self.shared.writer.write(move |tx| tx.connection.count_refused(&source).map_err(collision))
    }

    /// The answer of an earlier request with the same key.
    fn answered(&self, options: &RecordOptions) -> Result<Option<Recorded>, EngineError> {
        let Some((key, body)) = &options.request_key else { return Ok(None) };
        let known = self.shared.database.read(|connection| connection.request_key(key)).map_err(away)?;
        known.map(|(hash, answer)| repeat(&hash, body, &answer)).transpose()
    }

    fn record_within(
        &self,
        tx: &mut Tx<'_>,
        inputs: &[Input],
        options: &RecordOptions,
        wrong: &mut HashMap<usize, String>,
    ) -> Result<Recorded, EngineError> {
        if let Some((key, body)) = &options.request_key
            && let Some((hash, answer)) = tx.connection.request_key(key).map_err(collision)?
        {
            return repeat(&hash, body, &answer);
        }
        let mut clock = self.now();
        let first = tx.facts().len();
        let mut recorded = Recorded::default();
        let known_delivery = match &options.delivery {
            Some(delivery) => tx.connection.delivery(BRAND, &delivery.source, &delivery.id).map_err(collision)?,
            None => None,
        };
        // What came whole from a partner says the same again. A body of facts is kept only for its bad lines: the same mistake may stand
        // beside other news, and a body without bytes is only a list of fields that nobody knows.
        let whole = options.delivery.as_ref().is_some_and(|delivery| delivery.error.is_none() && !delivery.raw.is_empty());
        // One that was not taken whole is tried again: what was missing (an order that comes after its parcel) may be there now.
        if whole && known_delivery.as_ref().is_some_and(|known| known.error.is_none()) {
            recorded.duplicates = u32::try_from(inputs.len()).unwrap_or(u32::MAX);
            return Ok(recorded);
        }
        let in_force = self.in_force();
        for (index, input) in inputs.iter().enumerate() {
            if let Some(why) = wrong.get(&index) {
                recorded.rejected.push((u32::try_from(index).unwrap_or(u32::MAX), why.clone()));
                continue;
            }
            if options.as_it_happened {
                clock = react::moment(&input.news).map_or(clock, |moment| moment.sort_key_millis());
            }
            let before = tx.facts().len();
            let reaction = tx.desk(clock, |desk| react::react(desk, &in_force.rules(), input));
            match reaction {
                Ok(Reaction::Taken) => recorded.accepted += 1,
                Ok(Reaction::Duplicate) => recorded.duplicates += 1,
                Err(ReactError::Shelf(error)) => return Err(shelved(error)),
                Err(ReactError::Invalid(why)) if tx.facts().len() == before => {
                    recorded.rejected.push((u32::try_from(index).unwrap_or(u32::MAX), why));
                }
                Err(ReactError::Invalid(why)) => {
                    wrong.insert(index, why.clone());
                    return Err(EngineError::Collision(why));
                }
            }
        }
        if let Some(delivery) = &options.delivery {
            let error = delivery.error.clone().or_else(|| not_taken(&recorded.rejected).filter(|_| whole));
            // What is only tried again was counted when it came first.
            let seen = if whole && known_delivery.is_some() { &[] } else { delivery.unmapped.as_slice() };
            let held = known_delivery.is_some() || delivery.raw.is_empty();
            self.keep_payload(tx, &Kept { delivery, error, held, unmapped: seen }, clock, first)?;
        }
        let facts = tx.facts().get(first..).unwrap_or_default();
        recorded.facts = u32::try_from(facts.len()).unwrap_or(u32::MAX);
        recorded.position = facts.last().map(|fact| fact.position);
        if let Some((key, body)) = &options.request_key {
            let answer = serde_json::to_string(&recorded).map_err(|error| EngineError::Unavailable(error.to_string()))?;
            tx.connection.save_request_key(key, body, &answer, clock).map_err(collision)?;
        }
        Ok(recorded)
    }

    /// Keeps a payload's bytes, sealed, about every subject its news touched, unless they are held already or there are none; and
    /// counts what nothing maps.
    fn keep_payload(&self, tx: &mut Tx<'_>, kept: &Kept<'_>, clock: i64, first: usize) -> Result<(), EngineError> {
        let about = touched(tx.facts().get(first..).unwrap_or_default());
        let delivery = kept.delivery;
        tx.desk(clock, |desk| {
            desk.source.clone_from(&delivery.source);
            if !kept.held {
                let bytes = desk.shelf().seal(&about, &delivery.raw)?;
                desk.emit(PayloadReceived {
                    source: delivery.source.clone(),
                    delivery: delivery.id.clone(),
                    size: delivery.raw.len() as u64,
                    bytes,
                    error: kept.error.clone(),
                    trouble: kept.error.as_ref().map(|_| delivery.trouble.unwrap_or(Trouble::NotTaken).word().to_owned()),
                })?;
            }
            // Codes are counted with their scans; here is what gave no scan.
            for unmapped in kept.unmapped.iter().filter(|unmapped| unmapped.what != "code") {
                desk.emit(UnmappedSeen {
                    source: delivery.source.clone(),
                    what: unmapped.what.clone(),
                    code: unmapped.code.clone(),
                    text: unmapped.text.clone(),
                })?;
            }
            Ok(())
        })
        .map_err(shelved)
    }

    /// Scans whose code a person gave a meaning carry it.
    fn give_meanings(&self, inputs: &mut [Input]) {
        let meanings = self.shared.meanings.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if meanings.is_empty() {
            return;
        }
        for input in inputs {
            let News::ParcelScanned(scan) = &mut input.news else { continue };
            if scan.milestone == Milestone::Unknown
                && let Some(meaning) = meanings.iter().find(|meaning| meaning.source == input.source && meaning.code == scan.code)
            {
                scan.milestone = meaning.milestone;
                scan.exception = meaning.exception;
            }
        }
    }

    pub(crate) fn refresh_meanings(&self) -> Result<(), EngineError> {
        let meanings = self.shared.database.read(|connection| connection.code_meanings(BRAND)).map_err(away)?;
        *self.shared.meanings.write().unwrap_or_else(std::sync::PoisonError::into_inner) = meanings;
        Ok(())
    }
}

/// The id of a delivery whose source gives none.
pub fn delivery_hash(source: &str, raw: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(source.as_bytes());
    hash.update([0]);
    hash.update(raw);
    hex::encode(hash.finalize())
}

/// What is kept of a payload.
struct Kept<'d> {
    delivery: &'d Delivery,
    /// What was wrong with it.
    error: Option<String>,
    /// Its bytes are there already, or there are none.
    held: bool,
    /// What in it nothing maps, to be counted.
    unmapped: &'d [Unmapped],
}

/// Why news of a partner was not taken: shown with its payload, since a partner does not read our answer.
fn not_taken(rejected: &[(u32, String)]) -> Option<String> {
    let (_, first) = rejected.first()?;
    Some(match rejected.len() {
        1 => format!("not taken: {first}"),
        others => format!("not taken: {first}; and {} more", others - 1),
    })
}

fn repeat(known: &[u8], body: &[u8; 32], answer: &str) -> Result<Recorded, EngineError> {
    if known != body {
        return Err(EngineError::KeyReused);
    }
    let recorded: Recorded = serde_json::from_str(answer).map_err(|error| EngineError::Unavailable(error.to_string()))?;
    Ok(Recorded { repeated: true, ..recorded })
}
