//! Orders of a file, recorded a part at a time: what waits is in the database, so that a stop in the middle loses nothing and doubles nothing.
//!
//! A part is recorded under a request key of its own, and leaves the waiting ones in the transaction that counts it: whoever comes after a
//! crash gets the answer that was given, and counts it once. How far it is stands where imports from shops have it.

use kept_domain::input::{Input, News};
use sha2::{Digest, Sha256};

use crate::connections::{FileRead, IMPORT, Import, setting, written};
use crate::ports::Trouble;
use crate::recording::{Delivery, RecordOptions, delivery_hash};
use crate::secrets::random;
use crate::writer::{away, collision};
use crate::{Engine, EngineError};

const WAITING: &str = "waiting:";
/// Orders of a part: one transaction.
const PART: usize = 500;
/// Words that are kept of what was not taken.
const SAID: usize = 20;

impl Engine {
    /// Stores the orders of a file to be recorded under a source; `wrong` of its lines could not be read.
    ///
    /// # Errors
    /// [`EngineError::Conflict`] while another file of this source is being recorded; database errors.
    pub fn begin_file(&self, source: &str, orders: &[Input], wrong: u64) -> Result<(), EngineError> {
        let (now, name) = (self.now(), format!("{IMPORT}{source}"));
        let file = FileRead { of: orders.len() as u64, accepted: 0, known: 0, wrong };
        let done_at = orders.is_empty().then_some(now);
        let import = written(&Import { from: now, to: now, at: now, orders: 0, done_at, file: Some(file) })?;
        let run = hex::encode(random::<8>()?);
        let mut parts = Vec::new();
        for (number, part) in orders.chunks(PART).enumerate() {
            parts.push((format!("{WAITING}{source}:{run}:{number:06}"), written(&part)?));
        }
        let prefix = format!("{WAITING}{source}:");
        self.shared.writer.write(move |tx| {
            if tx.connection.first_setting_under(&prefix).map_err(collision)?.is_some() {
                return Err(EngineError::Conflict("a file is being recorded".to_owned()));
            }
            for (name, part) in &parts {
                tx.connection.save_setting(name, part).map_err(collision)?;
            }
            tx.connection.save_setting(&name, &import).map_err(collision)
        })
    }

    /// Records the next part that waits, of any file; false when none does. Of several nodes one does.
    ///
    /// # Errors
    /// Database errors.
    pub fn import_waiting(&self) -> Result<bool, EngineError> {
        let first = self.shared.database.read(|connection| connection.first_setting_under(WAITING)).map_err(away)?;
        let Some((name, part)) = first else { return Ok(false) };
        if !self.asks("file", 30)? {
            return Ok(false);
        }
        let source = name.split(':').nth(1).unwrap_or_default().to_owned();
        let (orders, mut wrong) = orders_of(&part);
        let all = orders.len() + wrong.len();
        let key = (format!("import:{name}"), Sha256::digest(part.as_bytes()).into());
        let recorded = self.record(orders.clone(), RecordOptions { request_key: Some(key), ..RecordOptions::default() })?;
        wrong.extend(rejected(&orders, &recorded.rejected)?);
        if !wrong.is_empty() {
            self.keep_wrong(&source, &wrong)?;
        }
        let (now, counted) = (self.now(), format!("{IMPORT}{source}"));
        let prefix = format!("{WAITING}{source}:");
        self.shared.writer.write(move |tx| {
            // Somebody else has counted it.
            if !tx.connection.delete_setting(&name).map_err(collision)? {
                return Ok(());
            }
            let Some(mut import) = setting::<Import>(tx.connection, &counted).map_err(collision)? else { return Ok(()) };
            import.orders += all as u64;
            if let Some(file) = &mut import.file {
                file.accepted += u64::from(recorded.accepted);
                file.known += u64::from(recorded.duplicates);
                file.wrong += wrong.len() as u64;
            }
            if tx.connection.first_setting_under(&prefix).map_err(collision)?.is_none() {
                import.done_at = Some(now);
            }
            tx.connection.save_setting(&counted, &written(&import)?).map_err(collision)
        })?;
        Ok(true)
    }

    /// Keeps orders that could not be taken, beside what is wrong with them, where people see it.
    fn keep_wrong(&self, source: &str, wrong: &[(String, String)]) -> Result<(), EngineError> {
        let raw: Vec<u8> = wrong.iter().flat_map(|(order, _)| [order.as_str(), "\n"]).collect::<String>().into_bytes();
        let said: Vec<&str> = wrong.iter().take(SAID).map(|(_, why)| why.as_str()).collect();
        let delivery = Delivery {
            source: source.to_owned(),
            id: delivery_hash(source, &raw),
            raw,
            error: Some(said.join("\n")),
            trouble: Some(Trouble::NotTaken),
            unmapped: Vec::new(),
        };
        self.record(Vec::new(), RecordOptions { delivery: Some(delivery), ..RecordOptions::default() })?;
        Ok(())
    }
}

/// Those of the orders that were rejected, each with why.
fn rejected(orders: &[Input], rejected: &[(u32, String)]) -> Result<Vec<(String, String)>, EngineError> {
    let mut wrong = Vec::with_capacity(rejected.len());
    for (index, why) in rejected {
        let Some(order) = usize::try_from(*index).ok().and_then(|index| orders.get(index)) else { continue };
        let number = match &order.news {
            News::OrderPlaced(order) => order.order_number.as_str(),
            _ => "",
        };
        wrong.push((written(order)?, format!("order {number}: {why}")));
    }
    Ok(wrong)
}

/// The orders of a part, and those that cannot be read any more, each with why: written by an older program, or damaged.
fn orders_of(part: &str) -> (Vec<Input>, Vec<(String, String)>) {
    let all: Vec<serde_json::Value> = match serde_json::from_str(part) {
        Ok(all) => all,
        Err(error) => return (Vec::new(), vec![(part.to_owned(), error.to_string())]),
    };
    let (mut orders, mut unreadable) = (Vec::new(), Vec::new());
    for order in all {
        match serde_json::from_value(order.clone()) {
            Ok(read) => orders.push(read),
            Err(error) => unreadable.push((order.to_string(), error.to_string())),
        }
    }
    (orders, unreadable)
}
