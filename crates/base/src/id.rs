//! Typed ids and positions.
//!
//! An id is a positive 64-bit number drawn from a database sequence. People see it with a prefix in
//! Crockford base 32 without leading zeros (`ord_7K2M9`); machines store the number. An id is not a
//! secret, not guess-proof and not a clock.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text has no `prefix_`, or another one than the type asked for.
    #[error("{text:?} is not an id of the form {expected}_…")]
    WrongPrefix {
        /// What was read.
        text: String,
        /// The prefix of the type asked for.
        expected: &'static str,
    },
    /// A character that Crockford base 32 does not have.
    #[error("{text:?} has the character {character:?}, which no id has")]
    WrongCharacter {
        /// What was read.
        text: String,
        /// The first character that does not belong.
        character: char,
    },
    /// No digits, zero, or more than 63 bits.
    #[error("{text:?} is not a number between 1 and 2^63 - 1 in base 32")]
    OutOfRange {
        /// What was read.
        text: String,
    },
}

/// Any of the typed ids, as what it is to the ledger.
///
/// Serialised as a number; displayed in bare Crockford base 32 because the noun is not known here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubjectId(pub i64);

impl SubjectId {
    /// Wraps a number from the id sequence.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(self.0))
    }
}

impl fmt::Debug for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectId({})", self.0)
    }
}

impl FromStr for SubjectId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        decode(text, text).map(Self)
    }
}

/// The place of a fact in the ledger: `block number << 20 | index in the block`.
///
/// Serialised as that one number; displayed as `block.index`. Ordered as the facts are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub i64);

impl Position {
    /// The highest index a block can hold.
    pub const MAX_INDEX: u32 = (1 << Self::INDEX_BITS) - 1;

    const INDEX_BITS: u32 = 20;

    /// The position of the fact `index` in `block`.
    ///
    /// An index above [`Position::MAX_INDEX`] is held at it, so that it never spills into the block
    /// number; a writer must close its block before that.
    #[must_use]
    pub const fn new(block: i64, index: u32) -> Self {
        let index = if index > Self::MAX_INDEX { Self::MAX_INDEX } else { index };
        Self((block << Self::INDEX_BITS) | index as i64)
    }

    /// The block number.
    #[must_use]
    pub const fn block(self) -> i64 {
        self.0 >> Self::INDEX_BITS
    }

    /// The index inside the block.
    #[must_use]
    pub const fn index(self) -> u32 {
        (self.0 & Self::MAX_INDEX as i64) as u32
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.block(), self.index())
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Position({self})")
    }
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// Serialised as a number; displayed and parsed with its prefix.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// What stands before the underscore when the id is shown.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a number from the id sequence.
            #[must_use]
            pub const fn new(number: i64) -> Self {
                Self(number)
            }

            /// The number itself.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }

            /// The same id as what it is to the ledger.
            #[must_use]
            pub const fn subject(self) -> SubjectId {
                SubjectId(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                match text.split_once('_') {
                    Some((prefix, digits)) if prefix.eq_ignore_ascii_case($prefix) => {
                        decode(digits, text).map(Self)
                    }
                    _ => Err(IdError::WrongPrefix { text: text.to_owned(), expected: $prefix }),
                }
            }
        }

        impl From<$name> for SubjectId {
            fn from(id: $name) -> SubjectId {
                SubjectId(id.0)
            }
        }

        impl From<SubjectId> for $name {
            fn from(id: SubjectId) -> $name {
                $name(id.0)
            }
        }
    )*};
}

typed_ids! {
    /// A brand: one shop front of the installation.
    BrandId, "brd";
    /// A customer.
    CustomerId, "cus";
    /// An order.
    OrderId, "ord";
    /// A line of an order.
    LineId, "lin";
    /// One physical package.
    ParcelId, "par";
    /// A promise.
    PromiseId, "prm";
    /// A part of a promise with its own outcome.
    ItemId, "itm";
    /// A statement that binds a promise.
    WordId, "wrd";
    /// What the watch noticed.
    SignalId, "sig";
    /// What a playbook decided.
    DecisionId, "dec";
    /// A message in or out.
    MessageId, "msg";
    /// Something to be done in a shop.
    ErrandId, "ern";
    /// A case.
    CaseId, "cas";
    /// A team.
    TeamId, "tea";
    /// A person who works here.
    UserId, "usr";
    /// Sealed personal content.
    SealedId, "sea";
    /// A token that opens something.
    TokenId, "tok";
}

/// Crockford's alphabet: no I, L, O or U. <https://www.crockford.com/base32.html>
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Numbers below one cannot be ids; they are shown as themselves so that a defect is visible.
fn encode(number: i64) -> String {
    if number <= 0 {
        return number.to_string();
    }
    let mut rest = number;
    let mut digits = Vec::with_capacity(13);
    while rest > 0 {
        let digit = usize::try_from(rest & 31).unwrap_or(0);
        digits.push(char::from(ALPHABET.get(digit).copied().unwrap_or(b'0')));
        rest >>= 5;
    }
    digits.into_iter().rev().collect()
}

fn decode(digits: &str, whole: &str) -> Result<i64, IdError> {
    let out_of_range = || IdError::OutOfRange { text: whole.to_owned() };
    let mut number: i64 = 0;
    for character in digits.chars() {
        let digit = digit_value(character).ok_or_else(|| IdError::WrongCharacter { text: whole.to_owned(), character })?;
        number = number.checked_mul(32).and_then(|shifted| shifted.checked_add(digit)).ok_or_else(out_of_range)?;
    }
    if number == 0 { Err(out_of_range()) } else { Ok(number) }
}

fn digit_value(character: char) -> Option<i64> {
    let upper = match character.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let place = ALPHABET.iter().position(|&letter| char::from(letter) == upper)?;
    i64::try_from(place).ok()
}
