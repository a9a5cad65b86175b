//! What shops, carriers and aggregators tell customers by themselves: who could, what they usually do, and what a person said of each.

use std::collections::BTreeMap;

use kept_domain::errand::Act;
use kept_domain::notice::{Notice, NoticesSaid, Teller};
use kept_domain::playbook::Playbook;

use crate::writer::{BRAND, away};
use crate::{Engine, EngineError};

/// A source that may write to customers by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TellerLine {
    /// Source or carrier.
    pub source: String,
    /// What it is.
    pub teller: Teller,
    /// What it usually tells, as its maker's documents say; empty where nothing is known of it.
    pub usual: Vec<Notice>,
    /// Where that is switched, by language tag.
    pub switched: BTreeMap<String, String>,
    /// What a person said; `None`: nobody has.
    pub said: Option<NoticesSaid>,
}

/// What a playbook leaves to others, where a person said that they tell it.
pub(crate) fn left_by(playbook: &Playbook) -> Vec<Notice> {
    let yields = playbook.saying().is_some_and(|saying| saying.unless_noticed);
    let mut left: Vec<Notice> = playbook.on.iter().filter(|_| yields).filter_map(|kind| Notice::of_kind(*kind)).collect();
    left.sort_unstable();
    left.dedup();
    left
}

impl Engine {
    /// Everybody who may write to the shop's customers by itself: of `connected` (name and what it is), the carriers of parcels under way,
    /// and those of whom somebody said something.
    ///
    /// # Errors
    /// Database errors.
    pub fn tellers(&self, connected: &[(String, Teller)]) -> Result<Vec<TellerLine>, EngineError> {
        let loaded = self.loaded();
        self.reading(|connection| {
            let notices = connection.notices(BRAND)?;
            let mut kinds: BTreeMap<String, Teller> = BTreeMap::new();
            for carrier in connection.carriers_under_way()? {
                kinds.insert(carrier, Teller::Carrier);
            }
            kinds.extend(connected.iter().cloned());
            kinds.extend(notices.0.iter().map(|said| (said.source.clone(), said.teller)));
            let line = |(source, teller): (String, Teller)| {
                let usual = loaded.usual.iter().find(|usual| usual.name == source);
                TellerLine {
                    teller,
                    usual: usual.map(|usual| usual.usual.clone()).unwrap_or_default(),
                    switched: usual.map(|usual| usual.switched.clone()).unwrap_or_default(),
                    said: notices.said(&source).cloned(),
                    source,
                }
            };
            let mut lines: Vec<TellerLine> = kinds.into_iter().map(line).collect();
            lines.sort_by(|one, other| (one.teller, &one.source).cmp(&(other.teller, &other.source)));
            Ok(lines)
        })
    }

    /// A person says what a source tells customers by itself, all of it: Kept leaves that to it from now on.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for no name, or for what such a source does not tell; database errors.
    pub fn say_notices(&self, source: &str, teller: Teller, notices: &[Notice], by: &str) -> Result<(), EngineError> {
        let source = source.trim();
        if source.is_empty() || source.chars().count() > 60 {
            return Err(EngineError::Invalid("a source has a name of 1 to 60 characters".to_owned()));
        }
        if let Some(strange) = notices.iter().find(|notice| !teller.notices().contains(notice)) {
            return Err(EngineError::Invalid(format!("a {} does not tell `{}` by itself", teller.word(), strange.word())));
        }
        let notices = teller.notices().iter().copied().filter(|notice| notices.contains(notice)).collect();
        self.write_down(NoticesSaid { source: source.to_owned(), teller, notices, by: by.to_owned() })
    }

    /// Whether the shop shall tell its customer itself of what it is asked to do: a person said that it does, so Kept will not.
    pub(crate) fn shop_tells(&self, shop: &str, act: &Act) -> Result<bool, EngineError> {
        let notice = match act {
            Act::Cancellation { skus, .. } if skus.is_empty() => Notice::Cancelled,
            Act::Refund { .. } => Notice::Refunded,
            _ => return Ok(false),
        };
        let notices = self.shared.database.read(|connection| connection.notices(BRAND)).map_err(away)?;
        Ok(notices.said(shop).is_some_and(|said| said.notices.contains(&notice)))
    }
}
