//! The languages people are answered in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use crate::country::Country;

/// A language that Kept speaks.
///
/// Serialised as its tag, `"fr"` or `"en"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// French.
    #[default]
    #[serde(rename = "fr")]
    French,
    /// English.
    #[serde(rename = "en")]
    English,
}

/// A tag of a language that Kept does not speak.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a language spoken here (fr, en)")]
pub struct LanguageError {
    /// What was read.
    pub text: String,
}

impl Language {
    /// Every language, the default one first.
    pub const ALL: [Language; 2] = [Language::French, Language::English];

    /// The language of a BCP 47 tag (`fr`, `fr-FR`, also `fr_FR`), whatever its region.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The BCP 47 tag: `fr` or `en`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Language::French => "fr",
            Language::English => "en",
        }
    }

    /// The language to answer a reader in, from their `Accept-Language` header (RFC 9110, 12.5.4).
    ///
    /// The highest quality wins, then the order given. Without a header, or with a wildcard only,
    /// the default; a reader who names only languages not spoken here gets English.
    #[must_use]
    pub fn negotiate(accept_language: &str) -> Self {
        let mut best: Option<(u16, Language)> = None;
        let mut named_another = false;
        for range in accept_language.split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let thousandths = parts.find_map(quality_thousandths).unwrap_or(1000);
            if tag.is_empty() || tag == "*" || thousandths == 0 {
                continue;
            }
            match Self::from_tag(tag) {
                Some(language) if best.is_none_or(|(held, _)| thousandths > held) => {
                    best = Some((thousandths, language));
                }
                Some(_) => {}
                None if is_tag(tag) => named_another = true,
                None => {}
            }
        }
        match best {
            Some((_, language)) => language,
            None if named_another => Language::English,
            None => Language::default(),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, LanguageError> {
        Self::from_tag(text).ok_or_else(|| LanguageError { text: text.to_owned() })
    }
}

fn is_tag(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Reads `q=0.8`; a malformed weight counts as none given.
fn quality_thousandths(parameter: &str) -> Option<u16> {
    let value = parameter.trim().strip_prefix(['q', 'Q'])?.trim_start().strip_prefix('=')?.trim();
    let quality: f32 = value.parse().ok()?;
    if !(0.0..=1.0).contains(&quality) {
        return None;
    }
    Some((quality * 1000.0).round() as u16)
}
