//! What servers say of a failure: RFC 3463 statuses, SMTP codes, and the words beside them.

use serde::Serialize;

/// Why a mail was not delivered, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nobody has this address.
    UserUnknown,
    /// Nothing receives mail for this domain.
    HostUnknown,
    /// The mailbox has no room.
    MailboxFull,
    /// The mailbox is closed or suspended.
    MailboxInactive,
    /// The mail is too large.
    TooLarge,
    /// Too many mails or connections at once.
    RateLimited,
    /// The sender could not be proved, or may not send by this server.
    NotAuthorised,
    /// The content or the sender's reputation was refused.
    Refused,
    /// The mail goes in a circle.
    Loop,
    /// It was tried for too long.
    Expired,
    /// No connection.
    Unreachable,
}

impl Reason {
    /// The status of RFC 3463 that says the same, without its class.
    fn detail(self) -> &'static str {
        match self {
            Self::UserUnknown => "1.1",
            Self::HostUnknown => "1.2",
            Self::MailboxFull => "2.2",
            Self::MailboxInactive => "2.1",
            Self::TooLarge => "3.4",
            Self::RateLimited => "4.5",
            Self::NotAuthorised | Self::Refused => "7.1",
            Self::Loop => "4.6",
            Self::Expired => "4.7",
            Self::Unreachable => "4.1",
        }
    }
}

/// Words of many servers, the telling before the vague.
const WORDS: &[(Reason, &[&str])] = &[
    (
        Reason::MailboxFull,
        &[
            "mailbox full",
            "mailbox is full",
            "mailbox has exceeded",
            "over quota",
            "overquota",
            "quota exceeded",
            "exceeded quota",
            "exceeds allowed size",
            "exceeded storage",
            "storage allocation",
            "out of storage",
            "mailfolder is full",
            "full mailbox",
            "quota",
            "not enough storage",
            "insufficient disk",
            "inbox is full",
            "boîte pleine",
            "boite pleine",
            "mailbox size limit",
            "is full",
        ],
    ),
    (
        Reason::TooLarge,
        &[
            "message size exceeds",
            "message too large",
            "message too big",
            "too large",
            "exceeds the size limit",
            "size limit",
            "maximum message size",
            "exceeds maximum",
            "message file too big",
        ],
    ),
    (
        Reason::MailboxInactive,
        &[
            "mailbox disabled",
            "account disabled",
            "account is disabled",
            "account has been disabled",
            "is inactive",
            "inactive",
            "suspended",
            "deactivated",
            "not active",
            "mailbox unavailable or access denied",
            "no longer active",
            "no longer in use",
            "no longer available",
        ],
    ),
    (
        Reason::Loop,
        &[
            "too many hops",
            "mail loop",
            "loops back",
            "loop alert",
            "loop detected",
            "looping",
            "hop count",
            "mail forwarding loop",
        ],
    ),
    (
        Reason::HostUnknown,
        &[
            "because the domain",
            "host unknown",
            "unknown host",
            "host not found",
            "domain not found",
            "name or service not known",
            "no such domain",
            "domain name not found",
            "nxdomain",
            "couldn't find any host",
            "could not find a gateway",
            "unable to lookup dns",
            "name service error",
            "dns lookup",
            "no mx",
            "hostname lookup",
            "unrouteable mail domain",
            "all relevant mx records point to non-existent",
            "illegal host/domain",
            "domain isn't",
            "couldn't find a mail exchanger",
            "invalid domain",
            "dns error",
            "domain could not be found",
            "all hosts for",
        ],
    ),
    (
        Reason::UserUnknown,
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "no such recipient",
            "no such mailbox",
            "no such address",
            "does not exist",
            "doesn't exist",
            "no mailbox here",
            "mailbox not found",
            "unknown address",
            "invalid recipient",
            "unknown recipient",
            "recipient unknown",
            "not our customer",
            "not a valid mailbox",
            "user not found",
            "not listed in",
            "unknown local",
            "invalid address",
            "address not found",
            "recipnotfound",
            "recipient not found",
            "not a known user",
            "unknown or illegal",
            "invalid mailbox",
            "not recognized",
            "is not a registered",
            "unknown account",
            "invalid user",
            "no account",
            "doesn't have a",
            "couldn't be found",
            "could not be found",
            "wasn't found",
            "bad destination mailbox",
            "recipient email address is possibly incorrect",
            "n'existe pas",
            "inconnu",
            "destinataire invalide",
            "unbekannt",
            "unknown to",
            "existiert nicht",
            "invalid final delivery userid",
            "not a valid user",
            "mailbox unavailable",
            "user doesn't",
            "bad address",
            "addressee unknown",
            "may not exist",
            "unrouteable address",
            "no valid recipients",
            "recipient address rejected: user",
            "存在しない",
            "non-existent",
            "nonexistent",
        ],
    ),
    (
        Reason::NotAuthorised,
        &[
            "spf",
            "dmarc",
            "dkim",
            "relaying denied",
            "relay not permitted",
            "relay access denied",
            "relaying",
            "not permitted to relay",
            "authentication",
            "unauthenticated",
            "not authorized",
            "not authorised",
            "sender denied",
            "sender verify",
            "not member",
            "are not member",
            "sender address rejected",
        ],
    ),
    (
        Reason::RateLimited,
        &[
            "too many connections",
            "too many messages",
            "too many recipients",
            "rate limit",
            "too fast",
            "too quickly",
            "trop de connexions",
            "throttl",
        ],
    ),
    (
        Reason::Refused,
        &[
            "spam",
            "blacklist",
            "blocklist",
            "blocked",
            "block list",
            "listed at",
            "policy",
            "virus",
            "reputation",
            "mail rejete",
            "mail rejected",
            "rejected",
            "refused to accept",
            "access denied",
            "prohibited",
            "not accepted",
            "content rejected",
            "message content",
            "unacceptable content",
            "banned",
            "does not like",
            "refused",
        ],
    ),
    (
        Reason::Expired,
        &[
            "retry timeout",
            "expired",
            "too long in queue",
            "in the queue too long",
            "retry time not reached",
            "could not be delivered for",
            "cannot send message for",
            "delivery time",
            "aborted after",
            "given up",
            "queue too long",
            "message timed out",
        ],
    ),
    (
        Reason::Unreachable,
        &[
            "connection refused",
            "connection timed out",
            "timed out",
            "no route to host",
            "network is unreachable",
            "connection reset",
            "unable to connect",
            "cannot connect",
            "couldn't connect",
            "could not connect",
            "connection dropped",
            "establish an smtp connection",
            "not responding",
            "socket error",
            "deferred",
            "did not accept our requests",
            "lost connection",
            "connect to",
        ],
    ),
];

/// The codes that Orange, Wanadoo (`ofr_506`) and laposte.net (`LPN007_401`) put behind a text that is the same for many causes.
const FRENCH_CODES: &[(&str, Reason)] = &[
    ("101", Reason::Refused),
    ("102", Reason::RateLimited),
    ("103", Reason::Refused),
    ("104", Reason::RateLimited),
    ("105", Reason::RateLimited),
    ("108", Reason::RateLimited),
    ("109", Reason::RateLimited),
    ("201", Reason::RateLimited),
    ("305", Reason::RateLimited),
    ("401", Reason::NotAuthorised),
    ("402", Reason::NotAuthorised),
    ("403", Reason::NotAuthorised),
    ("405", Reason::NotAuthorised),
    ("415", Reason::UserUnknown),
    ("416", Reason::UserUnknown),
    ("417", Reason::MailboxFull),
    ("418", Reason::Refused),
    ("420", Reason::MailboxInactive),
];

/// Why, by the words of a server.
pub fn reason(text: &str) -> Option<Reason> {
    let small = text.to_lowercase();
    if let Some(reason) = french(&small) {
        return Some(reason);
    }
    WORDS.iter().find(|(_, words)| words.iter().any(|words| small.contains(words))).map(|(reason, _)| *reason)
}

fn french(small: &str) -> Option<Reason> {
    let place = small.find("ofr").or_else(|| small.find("lpn"))?;
    let code: String = small.get(place + 3..)?.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '_').collect();
    let (_, last) = code.rsplit_once('_')?;
    let reason = FRENCH_CODES.iter().find(|(own, _)| *own == last).map(|(_, reason)| *reason);
    // From 500 on it is the content.
    reason.or_else(|| (last.len() == 3 && last.starts_with('5')).then_some(Reason::Refused))
}

/// A status of RFC 3463 in a text: the one behind a reply code or a mark, else the first.
pub fn status(text: &str) -> Option<String> {
    let mut first = None;
    for (place, found) in statuses(text) {
        let near: Vec<char> = text.get(..place).unwrap_or_default().chars().rev().take(12).collect();
        let near: String = near.into_iter().rev().collect::<String>().to_ascii_lowercase();
        let marked = near.ends_with('#') || near.ends_with("status=") || near.ends_with("status: ");
        let before = near.trim_end_matches(['(', '[', ' ', '-', '#', '<']);
        let code = before.get(before.len().saturating_sub(3)..).unwrap_or_default();
        if marked || is_reply_code(code) {
            return Some(found);
        }
        first = first.or(Some(found));
    }
    first
}

/// All `5.1.1` of a text that are no part of an address or a version.
fn statuses(text: &str) -> Vec<(usize, String)> {
    // Some servers break it with a quoted-printable line end or a stray sign: `5.1.=1`, `#5.1.1`, `5.1.1)`.
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    for (place, byte) in bytes.iter().enumerate() {
        if !matches!(byte, b'2' | b'4' | b'5') {
            continue;
        }
        let before = place.checked_sub(1).and_then(|before| bytes.get(before));
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'@' | b'_')) {
            continue;
        }
        let Some([b'.', subject @ b'0'..=b'7', b'.']) = bytes.get(place + 1..place + 4) else { continue };
        let detail = bytes.get(place + 4..).unwrap_or_default();
        let detail = detail.strip_prefix(b"=").unwrap_or(detail);
        let number: String =
            detail.iter().take_while(|byte| byte.is_ascii_digit()).take(4).map(|byte| char::from(*byte)).collect();
        let behind = detail.get(number.len()..).unwrap_or_default();
        let goes_on = match behind {
            [b'.', digit, ..] => digit.is_ascii_digit(),
            [other, ..] => other.is_ascii_alphanumeric() || *other == b'@',
            [] => false,
        };
        if (1..=3).contains(&number.len()) && !goes_on {
            all.push((place, format!("{}.{}.{number}", char::from(*byte), char::from(*subject))));
        }
    }
    all
}

fn is_reply_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!(bytes, [b'2' | b'4' | b'5', b'0'..=b'7', b'0'..=b'9'])
}

/// Whether what stands before an address ends in a reply code, as in `550 5.1.1 <ann@example.org>`.
pub fn is_code_before(text: &str) -> bool {
    let text = text.trim_end_matches(['<', ' ', '"', '\'']);
    let word = text.rsplit([' ', ':']).next().unwrap_or_default();
    is_reply_code(word) || status(word).is_some()
}

/// The reply code of SMTP in a text, of the classes 4 and 5.
pub fn reply_code(text: &str) -> Option<u16> {
    let bytes = text.as_bytes();
    bytes.windows(3).enumerate().find_map(|(place, three)| {
        let fits = matches!(three, [b'4' | b'5', b'0' | b'1' | b'2' | b'3' | b'4' | b'5' | b'7', b'0'..=b'9']);
        let before = place.checked_sub(1).and_then(|before| bytes.get(before)).copied().unwrap_or(b' ');
        let after = bytes.get(place + 3).copied().unwrap_or(b' ');
        let alone = !before.is_ascii_alphanumeric()
            && !b"./_-@=$,".contains(&before)
            && matches!(after, b' ' | b'-' | b':' | b'\'' | b'"' | b')' | b',' | b'\n');
        (fits && alone && !counts_something(bytes.get(place + 3..).unwrap_or_default()))
            .then(|| std::str::from_utf8(three).ok()?.parse().ok())
            .flatten()
    })
}

/// Whether a unit follows: sizes, times and numbers of people are no codes.
fn counts_something(behind: &[u8]) -> bool {
    let word: Vec<u8> = behind.iter().skip_while(|byte| **byte == b' ').take(10).map(u8::to_ascii_lowercase).collect();
    ["bytes", "kb", "mb", "second", "minute", "hour", "day", "recipients", "messages"]
        .iter()
        .any(|unit| word.starts_with(unit.as_bytes()))
}

/// The status that a text says or means: a status as such, else a reply code and words, else words alone under the class of what happened.
pub fn deduced(text: &str, class: char) -> Option<String> {
    if let Some(status) = status(text).filter(|status| !status.starts_with('2') || class == '2') {
        return Some(status);
    }
    let reason = reason(text);
    match (reply_code(text), reason) {
        (Some(code), Some(reason)) => Some(format!("{}.{}", code / 100, reason.detail())),
        (Some(code), None) => Some(format!("{}.0.0", code / 100)),
        // That nobody answered passes, though this mail was given up: the address may be good.
        (None, Some(reason @ (Reason::Expired | Reason::Unreachable))) if class == '5' => Some(format!("4.{}", reason.detail())),
        (None, Some(reason)) => Some(format!("{class}.{}", reason.detail())),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_told_from_addresses() {
        assert_eq!(status("host 5.1.1.9 said: 550-5.7.26 no"), Some("5.7.26".to_owned()));
        assert_eq!(status("5.4.6 seen; <mx #5.1.1 smtp;550>"), Some("5.1.1".to_owned()));
        assert_eq!(status("Exim 4.92 at 192.0.2.5"), None);
        assert_eq!(status("(reason: 550 5.1.1 <a@b>)"), Some("5.1.1".to_owned()));
    }

    #[test]
    fn reply_codes_are_told_from_numbers() {
        assert_eq!(reply_code("host mx[192.0.2.1] said: 550 no"), Some(550));
        assert_eq!(reply_code("after 500 seconds, size 550"), Some(550));
        assert_eq!(reply_code("after 452 minutes at 192.0.2.450 in 2014-554"), None);
    }

    #[test]
    fn words_say_what_no_number_does() {
        assert_eq!(deduced("Remote host said: 550 no such user here", '5').as_deref(), Some("5.1.1"));
        assert_eq!(deduced("Their mailbox is full.", '5').as_deref(), Some("5.2.2"));
        assert_eq!(deduced("450 what", '5').as_deref(), Some("4.0.0"));
        assert_eq!(deduced("retry timeout exceeded", '5').as_deref(), Some("4.4.7"));
        assert_eq!(deduced("because the domain a.example couldn't be found", '5').as_deref(), Some("5.1.2"));
        assert_eq!(deduced("nothing", '5'), None);
        assert_eq!(reason("550 5.2.0 Mail rejete. Mail rejected. ofr_506 [506]"), Some(Reason::Refused));
        assert_eq!(reason("552 Adresse invalide. OFR204_416 [416]"), Some(Reason::UserUnknown));
    }
}
