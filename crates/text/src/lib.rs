//! What people read: texts in French and English, dates said, messages, and words made ready to be searched.
//!
//! Invariant: everything here is a function of its arguments. No clock is read (the present is always a parameter), nothing panics, and a
//! value given by a stranger can neither break a line of a header nor become markup. The one thing read outside is a folder of message
//! texts, by [`MessagePack::load`].
//!
//! Deliberately absent: which text is said when (the engine decides), pages (their templates are in `web`), the making of mails from their
//! parts (that is `mail`), tracking pixels, and languages other than French and English.

pub mod cell;
mod document;
mod error;
mod fold;
mod layout;
mod message;
pub mod said;
pub mod sms;
mod template;
mod texts;
mod typography;

pub use document::{Drawing, escape};
pub use error::TextError;
pub use fold::{fold, search_words};
pub use message::{MessagePack, Rendered};
pub use texts::{Arg, Texts};
pub use typography::{number, typeset};
