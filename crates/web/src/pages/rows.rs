//! Rows of lists: a promise, a message; the same on every page that lists them.

use kept_base::millis;
use kept_domain::message::{Channel, MessageState};
use kept_domain::parcel::Parcel;
use kept_domain::promise::{Promise, PromiseState};
use kept_engine::views::{MessageLine, PromiseLine};
use kept_text::said;
use kept_text::sms::Size;

use crate::drawing::{LineSize, Markup, promise_line, state_mark, tone};
use crate::pages::sentence;
use crate::pages::words::{Words, arg};

/// A promise in a list.
#[derive(Clone, Debug)]
pub struct PromiseRow {
    /// Its page.
    pub href: String,
    /// Its state.
    pub mark: Markup,
    /// Its sentence.
    pub lead: String,
    /// What else to know, in one line.
    pub sub: String,
    /// Its line.
    pub line: Markup,
    /// Tone of the moment.
    pub tone: &'static str,
    /// By how much it is late, or when it is due.
    pub when: String,
    /// Who answers for it.
    pub owner: String,
    /// The one next act: where it leads and its word.
    pub act: Option<(String, String)>,
}

/// A message in a list.
#[derive(Clone, Debug)]
pub struct MessageRow {
    /// Id as shown.
    pub id: String,
    /// Its page.
    pub href: String,
    /// Can be released or dropped.
    pub pickable: bool,
    /// Its state.
    pub mark: Markup,
    /// Its subject line.
    pub lead: String,
    /// To whom, about what, and why it is held.
    pub sub: String,
    /// The playbook.
    pub playbook: String,
    /// When decided.
    pub when: String,
    /// The text as it would go, when it was fetched.
    pub text: Option<String>,
}

/// The row of a promise.
pub fn promise_row(words: &Words, line: &PromiseLine) -> PromiseRow {
    let promise = &line.promise;
    let href = format!("/promises/{}", promise.id);
    let act = match line.waiting {
        Some(message) => Some((format!("/messages/{message}"), words.t("act-read-message"))),
        None if promise.disputed.is_some() => Some((format!("{href}#settlement"), words.t("act-settle"))),
        None => None,
    };
    PromiseRow {
        mark: promise_mark(words, promise),
        lead: sentence::short(words, line),
        sub: promise_sub(words, line),
        line: promise_line(words, promise, LineSize::Row),
        tone: tone(promise),
        when: promise_when(words, promise),
        owner: words.word("owner", &promise.owner),
        act,
        href,
    }
}

/// The state of a promise with its shape and word.
pub fn promise_mark(words: &Words, promise: &Promise) -> Markup {
    let tone = tone(promise);
    let word = if promise.disputed.is_some() { words.t("state-disputed") } else { words.word("state", promise.state.word()) };
    state_mark(tone, &word)
}

/// By how much it is late, in how long or on which day it is due, or how it ended.
pub fn promise_when(words: &Words, promise: &Promise) -> String {
    if let Some(outcome) = &promise.outcome {
        return words.day_short(outcome.at);
    }
    let Some(due) = &promise.due else {
        return promise.review_at.map(|at| words.say("review-on", &[("when", words.day_short(at).into())])).unwrap_or_default();
    };
    let at = millis(due.at);
    if at <= words.now || promise.state == PromiseState::Late {
        return said::late_by(words.language, due.at, words.instant(words.now));
    }
    if at - words.now < 12 * 3_600_000 {
        return words.relative(at);
    }
    match due.day {
        Some(day) => words.date_short(day),
        None => words.at(at),
    }
}

/// One line about a promise: its parcels, who was told and who had to ask.
pub fn promise_sub(words: &Words, line: &PromiseLine) -> String {
    let promise = &line.promise;
    let mut parts: Vec<String> = line.parcels.iter().take(2).map(|parcel| parcel_words(words, parcel)).collect();
    if line.parcels.len() > 2 {
        parts.push(words.say("and-more-parcels", &[("count", arg(line.parcels.len() - 2))]));
    }
    if parts.is_empty() {
        if promise.kind == "delivery" && promise.state.is_open() {
            parts.push(words.t("no-parcel-yet"));
        } else if let Some(word) = promise.words.first() {
            parts.push(words.say(
                "word-by-on",
                &[("giver", words.word("by", word.by.word()).into()), ("when", words.day_short(word.given_at).into())],
            ));
        }
    }
    if let Some(told) = promise.told.iter().rev().find(|told| !told.bounced) {
        parts.push(words.say("told-on", &[("when", words.at(told.at).into())]));
    } else if promise.told.iter().any(|told| told.bounced) {
        parts.push(words.t("told-bounced"));
    }
    if !promise.chasers.is_empty() {
        parts.push(words.say("asked-times", &[("count", arg(promise.chasers.len()))]));
    }
    if let Some(choice) = &promise.choice {
        parts.push(words.say("choice-made", &[("choice", words.word("choice", choice).into())]));
    }
    if promise.peace {
        parts.push(words.t("peace-wanted"));
    }
    parts.join(" · ")
}

/// A parcel in a few words: carrier, number, how far, what is wrong.
pub fn parcel_words(words: &Words, parcel: &Parcel) -> String {
    let trouble = parcel.open_exceptions().last();
    let state = match trouble {
        Some(exception) => words.word("exception", exception.kind.word()),
        None => words.word("milestone", parcel.milestone.word()),
    };
    words.say(
        "parcel-said",
        &[
            ("carrier", carrier(words, &parcel.carrier).into()),
            ("number", arg(parcel.tracking_number.as_str())),
            ("state", words.uncapital(&state).into()),
        ],
    )
}

/// A carrier's name.
pub fn carrier(words: &Words, name: &str) -> String {
    words.capital(&words.word("carrier", name))
}

/// Why the guard held a message, or said nothing.
pub fn guard_reason(words: &Words, reason: &str) -> String {
    match reason.split_once(": ") {
        Some(("noticed", source)) => words.say("guard-noticed", &[("who", carrier(words, source).into())]),
        _ => words.word("guard", reason),
    }
}

/// The row of a message; `text` is its letter's, where it was fetched.
pub fn message_row(words: &Words, line: &MessageLine, text: Option<String>) -> MessageRow {
    let message = &line.message;
    let to = match message.customer {
        None => words.t("to-operations"),
        Some(_) => sentence::name(line.person.as_ref()).unwrap_or_else(|| words.t("somebody-erased")),
    };
    let mut parts = vec![words.say("to-whom", &[("name", to.into())])];
    parts.extend(sms_words(words, line));
    if let Some(number) = &line.order_number {
        parts.push(words.say("order-number", &[("number", arg(number.as_str()))]));
    }
    parts.push(words.word("signal", message.signal_kind.word()));
    parts.extend(message.reasons.iter().map(|reason| guard_reason(words, reason)));
    if let Some(until) = message.held_until.filter(|_| message.state == MessageState::Held) {
        parts.push(words.say("held-until", &[("when", words.at(until).into())]));
    }
    MessageRow {
        id: message.id.to_string(),
        href: format!("/messages/{}", message.id),
        pickable: can_be_handled(message.state),
        mark: message_mark(words, message.state),
        lead: line.subject.clone().unwrap_or_else(|| words.t("letter-erased")),
        sub: parts.join(" · "),
        playbook: words.word("playbook", &message.playbook),
        when: words.at(message.decided_at),
        text,
    }
}

/// That it is a text message, and how long; nothing of what goes by mail.
pub fn sms_words(words: &Words, line: &MessageLine) -> Option<String> {
    (line.message.channel == Channel::Sms).then(|| match line.sms {
        Some(size) => sms_size(words, size),
        None => words.capital(&words.word("by-channel", Channel::Sms.word())),
    })
}

/// What a text costs as a text message.
pub fn sms_size(words: &Words, size: Size) -> String {
    let encoding = words.word("encoding", size.encoding.word());
    words.capital(
        &words.say(
            "letter-sms-size",
            &[("segments", arg(size.segments)), ("units", arg(size.units)), ("encoding", encoding.into())],
        ),
    )
}

/// Whether a person may still release or drop it.
pub fn can_be_handled(state: MessageState) -> bool {
    matches!(state, MessageState::Shadow | MessageState::Waiting | MessageState::Held)
}

/// The state of a message with its shape and word.
pub fn message_mark(words: &Words, state: MessageState) -> Markup {
    let tone = match state {
        MessageState::Shadow => "shadow",
        MessageState::Waiting => "risk",
        MessageState::Held => "held",
        MessageState::Queued | MessageState::Retry => "leaving",
        MessageState::Accepted => "kept",
        MessageState::Refused => "late",
        MessageState::Unknown => "unknown",
        MessageState::Dropped => "released",
    };
    state_mark(tone, &words.word("sent", state.word()))
}
