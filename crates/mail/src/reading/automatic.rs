//! Whether anybody wrote a mail, or a machine did.

use serde::Serialize;

use super::Mail;
use super::bounce::{self, Bounce};
use super::headers::Headers;
use super::parts::{Body, Part};

/// What kind of machine wrote a mail, if one did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Automatic {
    /// A person, as far as can be seen.
    No,
    /// An answer nobody wrote: a vacation notice, an acknowledgement, a read receipt.
    AutoReply,
    /// A report of what became of a mail (RFC 3464, or a server's own words).
    Bounce,
    /// A complaint (RFC 5965).
    FeedbackReport,
    /// To many at once: a list, a newsletter.
    Bulk,
}

/// What a mail is; the first that fits.
pub fn classify(root: &Part<'_>, mail: &Mail) -> (Automatic, Option<Bounce>) {
    if is_feedback(root) {
        return (Automatic::FeedbackReport, None);
    }
    if let Some(bounce) = bounce::read(root, mail) {
        return (Automatic::Bounce, Some(bounce));
    }
    if is_complaint_by_words(root, mail) {
        return (Automatic::FeedbackReport, None);
    }
    let kind = if is_auto_reply(root, mail) {
        Automatic::AutoReply
    } else if is_bulk(&root.headers) {
        Automatic::Bulk
    } else {
        Automatic::No
    };
    (kind, None)
}

/// A report of RFC 5965, by what it calls itself or by what it holds.
fn is_feedback(root: &Part<'_>) -> bool {
    let called = root.media_type == "multipart/report" && report_type(root).is_some_and(|kind| kind == "feedback-report");
    called || root.walk().iter().any(|part| part.media_type == "message/feedback-report")
}

/// Complaints from before RFC 5965: a subject that says so, and the mail complained of.
fn is_complaint_by_words(root: &Part<'_>, mail: &Mail) -> bool {
    let subject = mail.subject.as_deref().unwrap_or_default().to_ascii_lowercase();
    let says = ["complaint about message from", "abuse report", "spam complaint"].iter().any(|words| subject.starts_with(words));
    // A mail program that unsubscribes by itself asks for what a complaint asks for: no more mailings.
    let unsubscribes = subject == "unsubscribe" && is_submitted_automatically(&root.headers);
    unsubscribes
        || says && root.walk().iter().any(|part| matches!(part.body, Body::Enclosed(..)))
        || bounce::is_complaint_notice(&mail.full_text)
}

/// The kind of report that a `multipart/report` names.
fn report_type(part: &Part<'_>) -> Option<String> {
    part.content.get("report-type").map(|kind| kind.trim().to_ascii_lowercase())
}

/// Headers that say an answer was not written by a person.
///
/// `Auto-Submitted: no` says the contrary. `X-Auto-Response-Suppress` asks us not to answer and says nothing of this mail, but an automatic
/// reply of Exchange has nothing else beside its subject.
fn is_auto_reply(root: &Part<'_>, mail: &Mail) -> bool {
    let headers = &root.headers;
    let says = |name: &str| headers.all(name).any(affirms);
    let by_header = is_submitted_automatically(headers)
        || ["x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-autoreply-from", "x-mail-autoreply"]
            .into_iter()
            .any(says)
        || headers.first("x-fc-machinegenerated").is_some_and(|value| first_word(value) == "true")
        || headers.all("precedence").any(|value| matches!(first_word(value).as_str(), "auto_reply" | "auto-reply" | "autoreply"));
    let receipt = root.walk().iter().any(|part| part.media_type.starts_with("message/disposition-notification"))
        || report_type(root).is_some_and(|kind| kind == "disposition-notification");
    by_header || receipt || is_vacation(headers, mail.subject.as_deref().unwrap_or_default())
}

fn is_submitted_automatically(headers: &Headers) -> bool {
    headers.all("auto-submitted").any(affirms)
}

fn affirms(value: &str) -> bool {
    !matches!(first_word(value).as_str(), "no" | "false" | "0" | "none" | "")
}

/// Subjects that mail programs put before their own answers, in the form in which no person writes them.
const REPLIES_OF_PROGRAMS: [&str; 18] = [
    "automatic reply:",
    "auto reply:",
    "auto-reply:",
    "autoreply:",
    "automatisch antwoord:",
    "automatische antwort:",
    "automatische abwesenheitsnotiz:",
    "abwesenheitsnotiz:",
    "réponse automatique",
    "risposta automatica:",
    "respuesta automática:",
    "resposta automática:",
    "odpowiedź automatyczna:",
    "automatiskt svar:",
    "automatisk svar:",
    "automaattinen vastaus:",
    "out of office autoreply:",
    "自動応答:",
];
/// Subjects of vacation notices that a person could have written too: only a hint.
const VACATIONS: [&str; 14] = [
    "out of office",
    "out of the office",
    "ooo:",
    "auto:",
    "autorespon",
    "auto respon",
    "auto-respon",
    "away from my mail",
    "vacation",
    "on vacation",
    "absence",
    "absent",
    "congés",
    "abwesenheit",
];

fn is_vacation(headers: &Headers, subject: &str) -> bool {
    let subject = subject.to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|words| subject.starts_with(words));
    let nobody = headers.first("return-path").is_some_and(|path| path.trim().is_empty() || path.trim() == "<>");
    let suppressed = headers.first("x-auto-response-suppress").is_some_and(|value| {
        let value = value.to_ascii_lowercase();
        ["all", "oof", "autoreply"].iter().any(|kind| value.contains(kind))
    });
    begins(&REPLIES_OF_PROGRAMS) || (begins(&VACATIONS) && (nobody || suppressed))
}

/// Lists and mailings, by the fields of RFC 2369 and 2919 and those of older list programs.
fn is_bulk(headers: &Headers) -> bool {
    const FIELDS: [&str; 11] = [
        "list-id",
        "list-unsubscribe",
        "list-post",
        "list-help",
        "list-subscribe",
        "list-archive",
        "x-loop",
        "x-mailing-list",
        "mailing-list",
        "x-beenthere",
        "x-mailman-version",
    ];
    FIELDS.into_iter().any(|name| headers.has(name))
        || headers.all("precedence").any(|value| matches!(first_word(value).as_str(), "bulk" | "list" | "junk"))
}

fn first_word(value: &str) -> String {
    value.trim().split([';', ' ', ',', '(']).next().unwrap_or_default().to_ascii_lowercase()
}
