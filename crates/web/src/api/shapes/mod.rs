//! What the API answers: states as JSON, stable whatever the engine's own types become.
//!
//! Personal details (names, addresses, sentences, titles, subjects) are there only when the token has the scope `personal`; otherwise the
//! fields are null.

mod errand;
mod house;
mod message;
mod order;
mod parcel;
mod promise;
mod scorecard;

pub use errand::{AddressBody, ErrandBody};
pub use house::{
    FiguresBody, HealthBody, NamedShare, PlaybookBody, QuantilesBody, RecordBody, ShareBody, SourceBody, TellerBody, UnmappedBody,
};
pub use message::MessageBody;
pub use order::{LineBody, OrderBody, OrderFileBody};
pub use parcel::{ExceptionBody, ParcelBody, ParcelFileBody};
pub use promise::{
    DeedBody, EstimateBody, ItemBody, OutcomeBody, OutlookBody, PromiseBody, PromiseFileBody, SignalBody, ToldBody, WordBody,
};
pub use scorecard::{AgainstBody, DriftBody, LastingBody, ScorecardBody, ScorecardsBody, WarehouseBody};

use kept_base::{Due, Money, from_millis};
use kept_engine::views::{FactLine, Page, Person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Token;

/// Whether personal details may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Codes, states, amounts and moments only.
    Plain,
    /// Names, addresses and texts as well.
    Personal,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageBody<T> {
    /// What is on it.
    pub rows: Vec<T>,
    /// How many there are in all; of parcels and promises more than 10,000 are given as 10,001.
    pub total: u64,
    /// Give it back as `after` for the next page; null on the last.
    pub next: Option<String>,
}

/// When something is due.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DueBody {
    /// The instant from which it is late (RFC 3339).
    pub at: String,
    /// The day whose end it is, if it was given as a day.
    pub day: Option<String>,
    /// The IANA zone of that day.
    pub zone: Option<String>,
}

/// An amount.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyBody {
    /// Whole minor units: cents for EUR.
    pub minor: i64,
    /// ISO 4217.
    pub currency: String,
}

/// A person; only with the scope `personal`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonBody {
    /// The shop's reference.
    pub reference: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Language they are written to.
    pub language: Option<String>,
}

/// A fact of the ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FactBody {
    /// Where it stands.
    pub position: i64,
    /// Kind.
    pub kind: String,
    /// When recorded.
    pub recorded: String,
    /// When it happened, as the source gave it, where that differs: wall clock with its offset, if there was one.
    pub happened: Option<String>,
    /// `known`, `guessed` or `unknown`.
    pub happened_offset: Option<String>,
    /// Source.
    pub source: String,
    /// Its plain part: codes, ids, amounts, moments. Ids in it are numbers.
    #[schema(value_type = Object)]
    pub plain: serde_json::Value,
}

impl Sight {
    /// What a token may see.
    pub fn of<S>(token: &Token<S>) -> Sight {
        if token.may_see_persons() { Sight::Personal } else { Sight::Plain }
    }

    fn of_personal<T>(self, value: impl FnOnce() -> Option<T>) -> Option<T> {
        match self {
            Sight::Plain => None,
            Sight::Personal => value(),
        }
    }
}

impl<T> PageBody<T> {
    /// A page with its rows made ready.
    pub fn of<U>(page: Page<U>, row: impl Fn(U) -> T) -> PageBody<T> {
        PageBody { rows: page.rows.into_iter().map(row).collect(), total: page.total, next: page.next }
    }
}

impl FactBody {
    /// A fact.
    #[must_use]
    pub fn of(fact: &FactLine) -> FactBody {
        FactBody {
            position: fact.position.0,
            kind: fact.kind.clone(),
            recorded: iso(fact.recorded),
            happened: fact.happened.as_ref().map(kept_base::Moment::at_text),
            happened_offset: fact.happened.as_ref().map(|moment| moment.offset_word().to_owned()),
            source: fact.source.clone(),
            plain: fact.plain.clone(),
        }
    }
}

impl DueBody {
    fn of(due: &Due) -> DueBody {
        DueBody { at: due.at.to_string(), day: due.day.map(|day| day.to_string()), zone: due.zone.clone() }
    }
}

impl MoneyBody {
    fn of(money: Money) -> MoneyBody {
        MoneyBody { minor: money.minor, currency: money.currency.code().to_owned() }
    }
}

fn person(person: Option<&Person>, sight: Sight) -> Option<PersonBody> {
    sight.of_personal(|| {
        let details = person?.details.as_ref()?;
        Some(PersonBody {
            reference: details.reference.clone(),
            name: details.name.clone(),
            email: details.email.clone(),
            phone: details.phone.clone(),
            city: details.city.clone(),
            language: details.language.map(|language| language.tag().to_owned()),
        })
    })
}

/// Epoch milliseconds as RFC 3339 in UTC; what lies outside the calendar is shown as its number.
fn iso(millis: i64) -> String {
    from_millis(millis).map_or_else(|| millis.to_string(), |at| at.to_string())
}
