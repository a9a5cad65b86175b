//! Playbooks: what turns a signal into an act, as data that a user may edit (`packs/playbooks/*.toml`).

use std::collections::BTreeMap;

use kept_base::CalendarDuration;
use kept_rules::Rule;
use serde::Deserialize;

use crate::definition::{PackError, rule};
use crate::errand::ErrandKind;
use crate::message::Channel;
use crate::notice::Notice;
use crate::promise::SignalKind;

/// One playbook.
#[derive(Debug)]
pub struct Playbook {
    /// Its name.
    pub name: String,
    /// What it does, by language tag.
    pub title: BTreeMap<String, String>,
    /// How it decides, by language tag.
    pub explanation: BTreeMap<String, String>,
    /// The signals it answers.
    pub on: Vec<SignalKind>,
    /// Under which condition, in CEL.
    pub when: Option<Rule>,
    /// What it says or does.
    pub act: PlaybookAct,
}

/// What a playbook says or does.
#[derive(Debug)]
pub enum PlaybookAct {
    /// It says something.
    Say(Saying),
    /// It has something done in the shop.
    Do(ErrandKind),
}

/// What a playbook says.
#[derive(Debug)]
pub struct Saying {
    /// To the customer, or to operations.
    pub audience: Audience,
    /// The template.
    pub message: String,
    /// By what it may go, the one that is wished for first.
    pub channels: Vec<Channel>,
    /// Says nothing when any of these was said already about the promise.
    pub unless_told: Vec<String>,
    /// Says nothing when the shop or the carrier tells the customer the same by itself.
    pub unless_noticed: bool,
    /// The choices it offers.
    pub choices: Vec<String>,
    /// When it promises the next word.
    pub next_word: Option<CalendarDuration>,
}

impl Playbook {
    /// What it says; a playbook that has something done says nothing by itself.
    pub fn saying(&self) -> Option<&Saying> {
        match &self.act {
            PlaybookAct::Say(saying) => Some(saying),
            PlaybookAct::Do(_) => None,
        }
    }

    /// What it has done in the shop.
    pub fn errand(&self) -> Option<ErrandKind> {
        match &self.act {
            PlaybookAct::Do(kind) => Some(*kind),
            PlaybookAct::Say(_) => None,
        }
    }
}

/// What follows from a promise, or from what its customer chose, without anything more being known: what else a shop can do, a person asks for.
const CAN_DECIDE: [ErrandKind; 5] =
    [ErrandKind::CancelOrder, ErrandKind::Refund, ErrandKind::Reshipment, ErrandKind::AddressChange, ErrandKind::Note];

/// To whom a playbook speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The customer.
    Customer,
    /// The shop's own people.
    Operations,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    playbook: Vec<toml::Spanned<Raw>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: String,
    title: BTreeMap<String, String>,
    explanation: BTreeMap<String, String>,
    on: Vec<SignalKind>,
    when: Option<String>,
    #[serde(rename = "do")]
    errand: Option<ErrandKind>,
    audience: Option<Audience>,
    message: Option<String>,
    channels: Option<Vec<Channel>>,
    #[serde(default)]
    unless_told: Vec<String>,
    #[serde(default)]
    unless_noticed: bool,
    #[serde(default)]
    choices: Vec<String>,
    next_word: Option<CalendarDuration>,
}

/// A message that a playbook may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// It has a short text.
    pub sms: bool,
}

/// Reads one file of playbooks.
///
/// # Errors
/// The first thing wrong, with its line and a hint.
pub fn read(file: &str, text: &str, templates: &[Known]) -> Result<Vec<Playbook>, PackError> {
    let raw: File = toml::from_str(text).map_err(|error| {
        PackError::at(file, text, error.span(), error.message())
            .hint("compare with the packs that come with Kept; docs/packs.md lists every key")
    })?;
    raw.playbook
        .into_iter()
        .map(|playbook| {
            let span = playbook.span();
            let playbook = playbook.into_inner();
            let refuse = |message: String| PackError::at(file, text, Some(span.clone()), message);
            for language in ["fr", "en"] {
                if !playbook.title.contains_key(language) || !playbook.explanation.contains_key(language) {
                    return Err(refuse(format!("playbook `{}` has no title or explanation in `{language}`", playbook.name))
                        .hint("every text is there in French and in English"));
                }
            }
            if playbook.unless_noticed && !playbook.on.iter().any(|kind| Notice::of_kind(*kind).is_some()) {
                return Err(refuse("no shop and no carrier tells customers of these signals by itself".to_owned())
                    .hint("take `unless_noticed` out"));
            }
            let says_nothing = playbook.unless_told.is_empty()
                && !playbook.unless_noticed
                && playbook.choices.is_empty()
                && playbook.next_word.is_none()
                && playbook.channels.is_none();
            let act = match (playbook.errand, playbook.audience, playbook.message) {
                (None, Some(_), Some(message)) if !templates.iter().any(|known| known.name == message) => {
                    let names: Vec<_> = templates.iter().map(|known| known.name.as_str()).collect();
                    return Err(refuse(format!("there is no message `{message}`")).hint(format!("one of: {}", names.join(", "))));
                }
                (None, Some(audience), Some(message)) => PlaybookAct::Say(Saying {
                    channels: channels(playbook.channels, audience, templates.iter().find(|known| known.name == message))
                        .map_err(|(message, hint)| refuse(message.to_owned()).hint(hint))?,
                    audience,
                    message,
                    unless_told: playbook.unless_told,
                    unless_noticed: playbook.unless_noticed,
                    choices: playbook.choices,
                    next_word: playbook.next_word,
                }),
                (Some(kind), None, None) if says_nothing && CAN_DECIDE.contains(&kind) => PlaybookAct::Do(kind),
                (Some(kind), None, None) if says_nothing => {
                    return Err(refuse(format!("no playbook can decide `{}`", kind.word()))
                        .hint("a playbook can do `cancel_order`, `refund`, `reshipment`, `address_change` and `note`; the rest a person asks for"));
                }
                _ => {
                    return Err(refuse(format!("playbook `{}` must either say or do something", playbook.name)).hint(
                        "give `audience` and `message`, or `do` alone; `channels`, `unless_told`, `unless_noticed`, `choices` and `next_word` belong to a message",
                    ));
                }
            };
            Ok(Playbook {
                when: rule(file, text, &span, playbook.when.as_deref())?,
                name: playbook.name,
                title: playbook.title,
                explanation: playbook.explanation,
                on: playbook.on,
                act,
            })
        })
        .collect()
}

/// By what a message may go; mail alone unless said.
fn channels(
    given: Option<Vec<Channel>>,
    audience: Audience,
    message: Option<&Known>,
) -> Result<Vec<Channel>, (&'static str, &'static str)> {
    let channels = given.unwrap_or_else(|| vec![Channel::Mail]);
    let twice = channels.iter().enumerate().any(|(at, channel)| channels.iter().skip(at + 1).any(|other| other == channel));
    if channels.is_empty() || twice {
        return Err(("`channels` names each channel once, and one at least", "`channels = [\"mail\", \"sms\"]`"));
    }
    if channels.contains(&Channel::Sms) && audience == Audience::Operations {
        return Err(("operations are written to by mail only", "leave `channels` out"));
    }
    if channels.contains(&Channel::Sms) && !message.is_some_and(|known| known.sms) {
        return Err((
            "this message has no short text, so it cannot go by SMS",
            "add `sms` to it under `[fr]` and `[en]`, or take `sms` out of `channels`",
        ));
    }
    Ok(channels)
}
