//! Ids, money, languages, phone numbers and moments; calendars, opening hours, holidays and ISO durations.
//!
//! Invariant: everything here is a value. No input or output, no clock is read (the present is
//! always a parameter), nothing panics, and equal input gives equal output. The one thing consulted
//! outside is the time zone database, through `jiff`: the machine's own, else the bundled one.
//!
//! Deliberately absent: randomness and the minting of ids (the engine draws them from a database
//! sequence), hashing, texts that a person reads (only money is formatted here), and any notion of
//! promise or parcel.

pub mod calendar;
pub mod country;
pub mod duration;
pub mod holidays;
pub mod hours;
pub mod id;
pub mod language;
pub mod moment;
pub mod money;
pub mod phone;

pub use calendar::{Calendar, CalendarError, CalendarKind};
pub use country::{Country, CountryError};
pub use duration::{CalendarDuration, DurationError};
pub use holidays::HolidayRegion;
pub use hours::{OpeningHours, Slot};
pub use id::{
    BrandId, CaseId, CustomerId, DecisionId, ErrandId, IdError, ItemId, LineId, MessageId, OrderId, ParcelId, Position,
    PromiseId, SealedId, SignalId, SubjectId, TeamId, TokenId, UserId, WordId,
};
pub use language::{Language, LanguageError};
pub use moment::{Due, Moment, MomentError, Offset, from_millis, millis};
pub use money::{Currency, Money, MoneyError};
pub use phone::{Phone, PhoneError};
