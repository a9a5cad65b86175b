//! Notices: what a shop, a carrier or an aggregator writes to customers by itself, as a person of the team says. Kept does not say it too.
//!
//! Only what a person said counts. That a shop usually sends something is no reason to be silent: a customer who hears it twice is better
//! off than one who hears it from nobody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::definition::PackError;
use crate::errand::ErrandKind;
use crate::order::Order;
use crate::signal::SignalKind;

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The whole order is cancelled.
    Cancelled,
    /// Money was paid back.
    Refunded,
    /// Something is not in stock.
    Backordered,
    /// A delivery was tried and failed.
    AttemptFailed,
    /// A parcel waits to be picked up.
    PickupWaiting,
    /// It still waits.
    PickupReminder,
    /// It goes back to the sender.
    Returned,
    /// It was delivered.
    Delivered,
}

impl Notice {
    /// All of them.
    pub const ALL: [Notice; 8] = [
        Notice::Cancelled,
        Notice::Refunded,
        Notice::Backordered,
        Notice::AttemptFailed,
        Notice::PickupWaiting,
        Notice::PickupReminder,
        Notice::Returned,
        Notice::Delivered,
    ];

    /// The word in facts, packs and keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            Notice::Cancelled => "cancelled",
            Notice::Refunded => "refunded",
            Notice::Backordered => "backordered",
            Notice::AttemptFailed => "attempt_failed",
            Notice::PickupWaiting => "pickup_waiting",
            Notice::PickupReminder => "pickup_reminder",
            Notice::Returned => "returned",
            Notice::Delivered => "delivered",
        }
    }

    /// The notice of a word.
    pub fn from_word(word: &str) -> Option<Notice> {
        Notice::ALL.into_iter().find(|notice| notice.word() == word)
    }

    /// The notices that may be about what a signal is about.
    pub fn of_kind(kind: SignalKind) -> Option<Notice> {
        match kind {
            SignalKind::ErrandDone | SignalKind::LinesWithdrawn => Some(Notice::Cancelled),
            SignalKind::Refunded => Some(Notice::Refunded),
            SignalKind::Backordered => Some(Notice::Backordered),
            SignalKind::AttemptFailed => Some(Notice::AttemptFailed),
            SignalKind::PickupWaiting => Some(Notice::PickupWaiting),
            SignalKind::PickupReminder => Some(Notice::PickupReminder),
            SignalKind::Returned => Some(Notice::Returned),
            SignalKind::DeliveredAfterWarning => Some(Notice::Delivered),
            // What is foreseen or noticed here, nobody else says.
            _ => None,
        }
    }

    /// The notice that tells the same as this signal, raised for `reason`.
    pub fn of(kind: SignalKind, reason: &str, order: Option<&Order>) -> Option<Notice> {
        let same = match kind {
            SignalKind::ErrandDone => reason == ErrandKind::CancelOrder.word(),
            // Of an order that only became smaller shops say nothing.
            SignalKind::LinesWithdrawn => {
                order.is_some_and(|order| !order.lines.is_empty() && order.lines.iter().all(|line| line.cancelled.is_some()))
            }
            // That the day on which it was expected went by is noticed here.
            SignalKind::Backordered => reason != "not_restocked",
            _ => true,
        };
        Notice::of_kind(kind).filter(|_| same)
    }
}

/// What tells customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Teller {
    /// The shop that an order came from.
    Shop,
    /// The carrier of a parcel.
    Carrier,
    /// A service that watches every parcel of the shop.
    Aggregator,
}

impl Teller {
    /// All of them.
    pub const ALL: [Teller; 3] = [Teller::Shop, Teller::Carrier, Teller::Aggregator];

    /// The word in facts and rows.
    pub fn word(self) -> &'static str {
        match self {
            Teller::Shop => "shop",
            Teller::Carrier => "carrier",
            Teller::Aggregator => "aggregator",
        }
    }

    /// The one of a word.
    pub fn from_word(word: &str) -> Option<Teller> {
        Teller::ALL.into_iter().find(|teller| teller.word() == word)
    }

    /// What it could tell.
    pub fn notices(self) -> &'static [Notice] {
        match self {
            Teller::Shop => &[Notice::Cancelled, Notice::Refunded, Notice::Backordered, Notice::Delivered],
            Teller::Carrier | Teller::Aggregator => {
                &[Notice::AttemptFailed, Notice::PickupWaiting, Notice::PickupReminder, Notice::Returned, Notice::Delivered]
            }
        }
    }
}

/// A person says what a source tells its customers by itself: all of it, also nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticesSaid {
    /// Source or carrier.
    pub source: String,
    /// What it is.
    pub teller: Teller,
    /// What it tells.
    pub notices: Vec<Notice>,
    /// Who says so.
    pub by: String,
}

/// What was said of each source, the last word about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices(pub Vec<NoticesSaid>);

impl Notices {
    /// What was said of a source; `None`: nobody has said.
    pub fn said(&self, source: &str) -> Option<&NoticesSaid> {
        self.0.iter().find(|said| said.source == source)
    }

    /// Whether anybody other than the shop of an order may tell it: then its parcels are looked at.
    pub fn asks_parcels(&self, notice: Notice) -> bool {
        self.0.iter().any(|said| said.teller != Teller::Shop && said.notices.contains(&notice))
    }

    /// Who tells the customer of an order from `shop` whose parcels `carriers` bring: the shop, a service that watches all parcels, or the
    /// carriers, where each of them does.
    pub fn teller(&self, notice: Notice, shop: &str, carriers: &[&str]) -> Option<&str> {
        let tells = |said: &&NoticesSaid| said.notices.contains(&notice);
        let by_shop = || self.said(shop).filter(tells);
        let by_aggregator = || self.0.iter().filter(tells).find(|said| said.teller == Teller::Aggregator);
        let by_carrier = || {
            let all = carriers.iter().all(|carrier| self.said(carrier).is_some_and(|said| tells(&said)));
            carriers.first().filter(|_| all).and_then(|first| self.said(first))
        };
        let aggregated = || if carriers.is_empty() { None } else { by_aggregator() };
        by_shop().or_else(aggregated).or_else(by_carrier).map(|said| said.source.as_str())
    }
}

/// What a source usually tells, as its maker's documents say: beside the question what really is so.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usual {
    /// Source or carrier.
    pub name: String,
    /// What it is.
    pub teller: Teller,
    /// What it usually tells.
    pub usual: Vec<Notice>,
    /// Where that is switched, by language tag.
    #[serde(rename = "where")]
    pub switched: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Vec<toml::Spanned<Usual>>,
}

/// Reads the file of usual notices.
///
/// # Errors
/// The first thing wrong, with its line and a hint.
pub fn read(file: &str, text: &str) -> Result<Vec<Usual>, PackError> {
    let raw: File = toml::from_str(text).map_err(|error| {
        PackError::at(file, text, error.span(), error.message())
            .hint("compare with the packs that come with Kept; docs/packs.md lists every key")
    })?;
    let mut all: Vec<Usual> = Vec::new();
    for source in raw.source {
        let span = source.span();
        let source = source.into_inner();
        let refuse = |message: String| PackError::at(file, text, Some(span.clone()), message);
        if all.iter().any(|known| known.name == source.name) {
            return Err(refuse(format!("`{}` is there twice", source.name)).hint("one entry a source"));
        }
        if let Some(strange) = source.usual.iter().find(|notice| !source.teller.notices().contains(notice)) {
            let (teller, strange) = (source.teller.word(), strange.word());
            let known: Vec<_> = source.teller.notices().iter().map(|notice| notice.word()).collect();
            return Err(refuse(format!("a {teller} does not tell `{strange}`")).hint(format!("one of: {}", known.join(", "))));
        }
        if ["fr", "en"].iter().any(|language| !source.switched.contains_key(*language)) {
            return Err(refuse(format!("`where` of `{}` is not there in `fr` and `en`", source.name))
                .hint("every text is there in French and in English"));
        }
        all.push(source);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(source: &str, teller: Teller, notices: &[Notice]) -> NoticesSaid {
        NoticesSaid { source: source.to_owned(), teller, notices: notices.to_vec(), by: "Inès".to_owned() }
    }

    #[test]
    fn carriers_are_silent_for_us_only_where_each_of_them_tells() {
        let notices = Notices(vec![
            said("laposte", Teller::Carrier, &[Notice::PickupWaiting]),
            said("dpd", Teller::Carrier, &[]),
            said("woocommerce", Teller::Shop, &[Notice::Refunded]),
        ]);
        let waiting = |carriers: &[&str]| notices.teller(Notice::PickupWaiting, "woocommerce", carriers).map(str::to_owned);
        assert_eq!(waiting(&["laposte"]).as_deref(), Some("laposte"));
        assert_eq!(waiting(&["laposte", "dpd"]), None);
        assert_eq!(waiting(&["laposte", "gls"]), None);
        assert_eq!(waiting(&[]), None);
        assert_eq!(notices.teller(Notice::Refunded, "woocommerce", &[]), Some("woocommerce"));
        assert_eq!(notices.teller(Notice::Refunded, "shopify", &["laposte"]), None);
    }

    #[test]
    fn an_aggregator_tells_of_every_parcel_and_of_no_order_without_one() {
        let notices = Notices(vec![said("aftership", Teller::Aggregator, &[Notice::Delivered])]);
        assert_eq!(notices.teller(Notice::Delivered, "", &["gls", "dpd"]), Some("aftership"));
        assert_eq!(notices.teller(Notice::Delivered, "", &[]), None);
    }

    #[test]
    fn only_what_tells_the_same_counts() {
        assert_eq!(Notice::of(SignalKind::ErrandDone, "cancel_order", None), Some(Notice::Cancelled));
        assert_eq!(Notice::of(SignalKind::ErrandDone, "reshipment", None), None);
        assert_eq!(Notice::of(SignalKind::Backordered, "not_restocked", None), None);
        assert_eq!(Notice::of(SignalKind::AtRisk, "unreachable", None), None);
        assert_eq!(Notice::of(SignalKind::LinesWithdrawn, "", None), None);
    }
}
