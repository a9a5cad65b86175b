//! Facts about the installation itself: switches, meanings of codes, payloads.

use serde::{Deserialize, Serialize};

use crate::fact::SealedRef;
use crate::message::Mode;
use crate::vocabulary::{ExceptionKind, Milestone};

/// A playbook was switched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaybookSwitched {
    /// Its name in the packs.
    pub playbook: String,
    /// From now on.
    pub mode: Mode,
    /// Who.
    pub by: String,
}

/// A person gave a code its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeMapped {
    /// Source.
    pub source: String,
    /// Code, as it comes.
    pub code: String,
    /// Meaning.
    pub milestone: Milestone,
    /// What is wrong, if so.
    pub exception: Option<ExceptionKind>,
    /// Who.
    pub by: String,
}

/// A payload arrived; its bytes are sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayloadReceived {
    /// Source.
    pub source: String,
    /// The source's id of the delivery, or the hash of its bytes.
    pub delivery: String,
    /// Size in bytes.
    pub size: u64,
    /// The bytes.
    pub bytes: SealedRef,
    /// Set when it could not be read: what was wrong. Such a payload is in quarantine.
    pub error: Option<String>,
    /// What kind of trouble that is, as a word: said to readers in their language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// Something arrived that nothing here understands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmappedSeen {
    /// Source.
    pub source: String,
    /// `code`, `event` or `field`.
    pub what: String,
    /// The code or field name.
    pub code: String,
    /// Its words; those of carriers are no personal data.
    pub text: String,
}
