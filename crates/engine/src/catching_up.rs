//! Up to when a shop's orders were read: whoever asks goes on from there after a restart.

use jiff::Timestamp;

use crate::writer::{away, collision};
use crate::{Engine, EngineError};

impl Engine {
    /// Up to when this shop was read; `None` when it never was.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read_to(&self, shop: &str) -> Result<Option<Timestamp>, EngineError> {
        let name = setting(shop);
        let written = self.shared.database.read(|connection| connection.setting(&name)).map_err(away)?;
        Ok(written.and_then(|written| written.parse().ok()))
    }

    /// Remembers up to when this shop was read; it never goes back.
    ///
    /// # Errors
    /// When the database fails.
    pub fn save_read_to(&self, shop: &str, to: Timestamp) -> Result<(), EngineError> {
        let name = setting(shop);
        self.shared.writer.write(move |tx| {
            let known = tx.connection.setting(&name).map_err(collision)?.and_then(|written| written.parse::<Timestamp>().ok());
            if known.is_some_and(|known| known >= to) {
                return Ok(());
            }
            tx.connection.save_setting(&name, &to.to_string()).map_err(collision)
        })
    }
}

fn setting(shop: &str) -> String {
    format!("shop.read_to.{shop}")
}
