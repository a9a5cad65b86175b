//! Signs by which a report is known that does not say that it is one.

use super::original::Original;
use super::status;
use crate::reading::Mail;
use crate::reading::parts::Part;

/// Names of programs that write nothing but reports, without signs between letters.
const DAEMONS: [&str; 9] = [
    "mailerdaemon",
    "maildaemon",
    "maildelivery",
    "maildeliver",
    "deliverysubsystem",
    "deliverysystem",
    "messagedelivery",
    "mailsystem",
    "interscan",
];
/// Names under which people write as well.
const OFFICES: [&str; 4] = ["postmaster", "systemadministrator", "mailadministrator", "mailserver"];

/// What subjects of reports say.
const SUBJECTS: &[&str] = &[
    "undeliver",
    "delivery fail",
    "delivery status",
    "delivery notification",
    "delivery has failed",
    "delivery report",
    "delivery error",
    "delivery problem",
    "failure notice",
    "failed delivery",
    "failure delivery",
    "returned mail",
    "returned to sender",
    "returning to sender",
    "returning message",
    "returned message",
    "mail delivery",
    "message delivery",
    "could not be delivered",
    "not be delivered",
    "not delivered",
    "mail failed",
    "mail failure",
    "mail error",
    "mail system error",
    "mail could not",
    "non-delivery",
    "non delivery",
    "nondeliver",
    "bounce",
    "could not send",
    "cannot send",
    "error sending",
    "error delivering",
    "rejected",
    "delayed mail",
    "(delay)",
    "(failure)",
    "user unknown",
    "unknown user",
    "address not found",
    "unzustellbar",
    "nicht zugestellt",
    "non remis",
    "non distribu",
    "non délivr",
    "échec de",
    "echec de",
    "remise impossible",
    "entregar",
    "entrega",
    "non recapit",
    "mancato recapito",
    "onbestelbaar",
    "メールエラー",
    "送信エラー",
    "не доставлен",
    "недоставлен",
];

/// What their texts say.
const TEXTS: &[&str] = &[
    "not be delivered",
    "n't be delivered",
    "not delivered",
    "not been delivered",
    "cannot be delivered",
    "not deliver",
    "unable to deliver",
    "able to deliver",
    "undeliver",
    "delivery failed",
    "delivery failure",
    "delivery has failed",
    "failed to deliver",
    "delivery to the following",
    "delevery to",
    "did not reach",
    "failed permanently",
    "permanent error",
    "permanent failure",
    "fatal errors",
    "transcript of session",
    "delivery problems",
    "delivery errors",
    "been delayed",
    "delivery delayed",
    "not yet been delivered",
    "returned mail",
    "returned message",
    "attempting to deliver",
    "trying to deliver",
    "trouble delivering",
    "remote host said",
    "address rejected",
    "smtp error",
    "failure reasons",
    "failed addresses",
    "not be sent",
    "rejected recipient",
    "no valid recipients",
    "user unknown",
    "unknown user",
    "invalid user",
    "no such user",
    "does not exist",
    "doesn't exist",
    "may not exist",
    "mailbox full",
    "mailbox is full",
    "invalid final delivery",
    "non remis",
    "n'a pas pu être",
    "n'a pu être",
    "zugestellt werden",
    "no se pudo entregar",
    "non è stato possibile",
    "できませんでした",
    "не может быть доставлено",
    "было доставлено",
    "host unknown",
    "unknown host",
];

/// As much of a text as is looked at: reports are short.
const MOST_TEXT: usize = 32 * 1024;
/// As much behind a copied header: there some servers go on.
const MOST_AFTER: usize = 2000;

/// Marks of an answer or of a mail handed on: a person, who may quote a report.
const ANSWERS: [&str; 12] = ["re:", "fw:", "fwd:", "tr:", "aw:", "wg:", "sv:", "vs:", "rv:", "r:", "re :", "fwd :"];

/// Whether a mail that does not call itself a report is one.
pub fn is_report(root: &Part<'_>, mail: &Mail, original: &Original) -> bool {
    let headers = &root.headers;
    if headers.has("x-failed-recipients") {
        return true;
    }
    let subject = mail.subject.as_deref().unwrap_or_default().to_lowercase();
    let before = front(&original.before, MOST_TEXT);
    let text = before.to_lowercase() + "\n" + &front(&original.after, MOST_AFTER).to_lowercase();
    let subject_says = SUBJECTS.iter().any(|words| subject.contains(words));
    let text_says = TEXTS.iter().any(|words| text.contains(words));
    let copy = original.headers.is_some();
    let has_status = status::status(before).is_some();
    let senders: Vec<String> =
        ["from", "sender", "return-path"].into_iter().flat_map(|name| headers.all(name).take(1)).map(letters).collect();
    let is_one_of = |names: &[&str]| senders.iter().any(|sender| names.iter().any(|name| sender.contains(name)));
    if is_one_of(&DAEMONS) {
        return subject_says || text_says || has_status;
    }
    let has_code = has_status || before.lines().any(is_reply);
    if is_one_of(&OFFICES) {
        return (text_says && (copy || has_code || subject_says)) || (subject_says && (copy || has_code));
    }
    if ANSWERS.iter().any(|mark| subject.starts_with(mark)) {
        return false;
    }
    let nobody = headers.first("return-path").is_some_and(|path| matches!(path.trim(), "" | "<>"));
    let automatic = headers.first("auto-submitted").is_some_and(|value| !value.trim().to_ascii_lowercase().starts_with("no"));
    let no_answer = mail.from.iter().filter_map(|from| from.address.as_deref()).any(|address| {
        let local = letters(address.split('@').next().unwrap_or_default());
        ["noreply", "donotreply", "bounce"].iter().any(|name| local.starts_with(name))
    });
    if nobody || automatic || no_answer {
        return (text_says && copy) || (subject_says && has_status && (copy || text_says));
    }
    // Programs that lead lists refuse under the name of a person, and say where the refused mail begins.
    if LISTS.iter().any(|words| subject.contains(words)) && text.contains("original mail as follows") {
        return true;
    }
    // What is left may be a person who writes about a report, to a list above all.
    let answers =
        ["in-reply-to", "references", "list-id", "precedence"].iter().any(|name| headers.has(name)) || subject.contains("re: ");
    !answers && subject_says && text_says && copy
}

/// Whether a line is the answer of a mail server: a code with a reason or an address behind it, and no number of a street.
fn is_reply(line: &str) -> bool {
    status::reply_code(line).is_some() && (status::reason(line).is_some() || line.contains('@'))
}

/// Subjects of programs that lead lists (fml).
const LISTS: [&str; 8] = [
    "loop alert",
    "loop back warning",
    "unix from loop",
    "not member",
    "reject mail",
    "system error",
    "security alert",
    "is rejected",
];

/// Whether a report says that the mail is still tried.
pub fn is_delay(subject: &str, text: &str) -> bool {
    const DELAYED: [&str; 16] = [
        "delayed",
        "warning message only",
        "still trying",
        "will be retried",
        "not yet been delivered",
        "not yet delivered",
        "could not yet be delivered",
        "will continue to try",
        "will keep trying",
        "delivery attempts will continue",
        "no action is required",
        "do not need to resend",
        "delays in delivering",
        "temporary failure",
        "retardé",
        "verzögert",
    ];
    const OVER: [&str; 9] = [
        "given up",
        "permanent error",
        "permanent failure",
        "permanent fatal",
        "failed permanently",
        "giving up",
        "will be deleted",
        "not going to try again",
        "no further",
    ];
    let (subject, text) = (subject.to_lowercase(), text.to_lowercase());
    if OVER.iter().any(|words| text.contains(words)) || subject.contains("(failure)") {
        return false;
    }
    subject.contains("delay") || DELAYED.iter().any(|words| text.contains(words))
}

/// Letters of a text, small.
fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// As many bytes of a text, at most.
fn front(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}
