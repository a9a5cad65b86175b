//! Reports of what became of a mail: told from other mail, and read.
//!
//! A report by RFC 3464 is read by its fields ([`report`]), one in JSON by its own ([`notice`]); what neither says is taken from the
//! text that servers write for people ([`text`]), with the numbers and words that they use ([`status`]).

mod notice;
mod original;
mod report;
mod signs;
mod status;
mod text;

use serde::Serialize;

pub use notice::is_complaint as is_complaint_notice;
pub use status::Reason;

use self::original::Original;
use self::text::Explained;
use super::Mail;
use super::charset;
use super::parts::{Body, Part};

/// What became of a mail for one recipient (RFC 3464, 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Given up.
    Failed,
    /// Still tried.
    Delayed,
    /// In the mailbox.
    Delivered,
    /// Handed to a server that reports nothing.
    Relayed,
    /// Handed on to several addresses.
    Expanded,
    /// Not said.
    Unknown,
}

impl Action {
    /// The action that a report names; servers decorate it: `failed (permanently)`, `Delay`.
    pub fn named(value: &str) -> Option<Self> {
        let small = value.trim().to_ascii_lowercase();
        let begins = |words: &[&str]| words.iter().any(|word| small.starts_with(word));
        if begins(&["fail", "error", "undeliver", "bounce"]) {
            Some(Self::Failed)
        } else if begins(&["delay", "defer", "transient"]) {
            Some(Self::Delayed)
        } else if begins(&["deliver", "success"]) {
            Some(Self::Delivered)
        } else if begins(&["relay"]) {
            Some(Self::Relayed)
        } else if begins(&["expand"]) {
            Some(Self::Expanded)
        } else {
            None
        }
    }
}

/// One recipient of whom a report tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BouncedRecipient {
    /// The address, where one could be read.
    pub address: Option<String>,
    /// What became of the mail.
    pub action: Action,
    /// The status of RFC 3463, `5.1.1`: as it was said, else what a reply code and words mean.
    pub status: Option<String>,
    /// What the server said.
    pub diagnostic: Option<String>,
}

/// A report of what became of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bounce {
    /// The worst of what is told: a mail that failed for one is failed.
    pub kind: Action,
    /// What became of it for the first recipient.
    pub action: Action,
    /// The first recipient's status.
    pub status: Option<String>,
    /// The first recipient's address.
    pub recipient: Option<String>,
    /// What the server said of the first recipient.
    pub diagnostic: Option<String>,
    /// Why, as far as words tell.
    pub reason: Option<Reason>,
    /// The id of the mail that is reported of, without angle brackets.
    pub message_id: Option<String>,
    /// Everybody of whom the report tells.
    pub recipients: Vec<BouncedRecipient>,
}

/// The report that a mail is; `None` for all other mail.
pub fn read(root: &Part<'_>, mail: &Mail) -> Option<Bounce> {
    if let Some(notice) = notice::read(&mail.full_text) {
        return Some(bounce(notice.recipients, notice.message_id, ""));
    }
    let mut fields = fields_of(root);
    let original = original::find(root, &mail.full_text);
    let explained = Explained::new(&original.before, &original.after);
    if fields.is_none() && !root.is_report_of("delivery-status") && !signs::is_report(root, mail, &original) {
        return None;
    }
    if fields.is_none() && report::is_in(&mail.full_text) {
        fields = Some(mail.full_text.clone());
    }
    let groups = fields.as_deref().map(report::groups).unwrap_or_default();
    let telling: Vec<report::Group> =
        groups.into_iter().filter(|group| group.address.is_some() || group.action.is_some() || group.status.is_some()).collect();
    let said = explained.all();
    let delayed = signs::is_delay(mail.subject.as_deref().unwrap_or_default(), &said);
    let known = Known { root, mail, original: &original, explained: &explained };
    let recipients = if telling.is_empty() { known.by_words(delayed) } else { known.by_fields(telling, delayed) };
    Some(bounce(recipients, original.message_id(), &said))
}

/// The text of parts that are reports, outside enclosed mails.
fn fields_of(root: &Part<'_>) -> Option<String> {
    let mut all = String::new();
    for part in root.walk() {
        if let (true, Body::Leaf(bytes)) =
            (matches!(part.media_type.as_str(), "message/delivery-status" | "message/global-delivery-status"), &part.body)
        {
            all.push_str(&charset::decode(bytes, None).text.replace("\r\n", "\n").replace('\r', "\n"));
            all.push_str("\n\n");
        }
    }
    let lines_doubled =
        all.contains("\n\n") && all.lines().filter(|line| line.trim().is_empty()).count() * 2 >= all.lines().count();
    if lines_doubled {
        // Line ends were doubled on the way: then no empty line parts anything.
        all = all.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n");
    }
    (!all.trim().is_empty()).then_some(all)
}

/// All that is known of a report beside its fields.
struct Known<'k> {
    root: &'k Part<'k>,
    mail: &'k Mail,
    original: &'k Original,
    explained: &'k Explained,
}

impl Known<'_> {
    /// Recipients by the fields of a report; what is missing is looked for in the words.
    fn by_fields(&self, groups: Vec<report::Group>, delayed: bool) -> Vec<BouncedRecipient> {
        let single = groups.len() == 1;
        let one = |group: report::Group| {
            let whole = group.address.as_deref().is_some_and(|address| address.contains('@'));
            let found = (!whole && single).then(|| self.addresses().into_iter().next()).flatten();
            let address = found.or(group.address);
            let action = group.action.unwrap_or_else(|| action_by(group.status.as_deref(), delayed));
            let class = class_of(action);
            let own = group.diagnostic.as_deref().and_then(|said| status::deduced(said, class));
            let near = address.as_deref().and_then(|address| self.explained.said_of(address));
            let status = group.status.or(own).or_else(|| near.as_deref().and_then(|said| status::deduced(said, class)));
            let status = status.or_else(|| self.status_by_words(class));
            BouncedRecipient { address, action, status, diagnostic: group.diagnostic.or(near) }
        };
        groups.into_iter().map(one).collect()
    }

    /// Recipients by what servers write for people.
    fn by_words(&self, delayed: bool) -> Vec<BouncedRecipient> {
        let subject = self.mail.subject.as_deref().unwrap_or_default();
        let small = subject.to_lowercase();
        let action = if delayed {
            Action::Delayed
        } else if small.contains("(success)") || small.starts_with("delivered:") {
            Action::Delivered
        } else if small.contains("(relay)") || small.starts_with("relayed:") {
            Action::Relayed
        } else {
            Action::Failed
        };
        let class = class_of(action);
        let mut addresses: Vec<Option<String>> = self.addresses().into_iter().map(Some).collect();
        if addresses.is_empty() {
            addresses.push(None);
        }
        let one = |address: Option<String>| {
            let near = address.as_deref().and_then(|address| self.explained.said_of(address));
            let status = near.as_deref().and_then(|said| status::deduced(said, class)).or_else(|| self.status_by_words(class));
            BouncedRecipient { address, action, status, diagnostic: near.or_else(|| self.explained.said()) }
        };
        addresses.into_iter().map(one).collect()
    }

    /// Whom the mail was for, by header, then by words, then by the original itself.
    fn addresses(&self) -> Vec<String> {
        let failed: Vec<String> =
            self.root.headers.all("x-failed-recipients").flat_map(text::addresses_in).map(|(_, address)| address).collect();
        if !failed.is_empty() {
            return unique(failed);
        }
        let not_these: Vec<String> = self.reported_to();
        let told = self.explained.recipients(&not_these, &self.original.recipients());
        if !told.is_empty() {
            return unique(told);
        }
        let subject = self.mail.subject.as_deref().map(text::addresses_in).unwrap_or_default();
        let subject =
            subject.into_iter().map(|(_, address)| address).filter(|address| !not_these.contains(&address.to_lowercase()));
        let mut all: Vec<String> = self.original.recipients();
        if all.is_empty() {
            all.extend(subject);
        }
        all.truncate(1);
        all
    }

    /// To whom the report was sent, and by whom: hardly those of whom it tells.
    fn reported_to(&self) -> Vec<String> {
        let to = self.mail.to.iter().filter_map(|one| one.address.as_deref());
        let from = self.mail.from.iter().filter_map(|one| one.address.as_deref());
        to.chain(from).map(str::to_lowercase).chain(self.original.senders()).collect()
    }

    /// The status by the words of the whole report, and by its subject; at last what happened, of unknown kind.
    fn status_by_words(&self, class: char) -> Option<String> {
        let subject = self.mail.subject.as_deref().unwrap_or_default();
        status::deduced(&self.explained.all(), class)
            .or_else(|| status::deduced(subject, class))
            .or_else(|| Some(format!("{class}.0.0")))
    }
}

fn unique(all: Vec<String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for address in all {
        if !seen.iter().any(|other| other.eq_ignore_ascii_case(&address)) && seen.len() < super::limits::MOST_PARTS {
            seen.push(address);
        }
    }
    seen
}

fn class_of(action: Action) -> char {
    match action {
        Action::Delayed => '4',
        Action::Failed | Action::Unknown => '5',
        Action::Delivered | Action::Relayed | Action::Expanded => '2',
    }
}

fn action_by(status: Option<&str>, delayed: bool) -> Action {
    match status.and_then(|status| status.chars().next()) {
        Some('2') => Action::Delivered,
        Some('4') if delayed => Action::Delayed,
        Some('4' | '5') => Action::Failed,
        _ if delayed => Action::Delayed,
        _ => Action::Failed,
    }
}

fn bounce(recipients: Vec<BouncedRecipient>, message_id: Option<String>, said: &str) -> Bounce {
    let has = |action: Action| recipients.iter().any(|one| one.action == action);
    let order = [Action::Failed, Action::Delayed, Action::Relayed, Action::Expanded, Action::Delivered];
    let first = recipients.first().cloned();
    let words = first.as_ref().and_then(|one| one.diagnostic.as_deref()).and_then(status::reason);
    let kind = order.into_iter().find(|action| has(*action)).unwrap_or(Action::Unknown);
    let happened = matches!(kind, Action::Failed | Action::Delayed);
    Bounce {
        kind,
        action: first.as_ref().map_or(Action::Unknown, |one| one.action),
        status: first.as_ref().and_then(|one| one.status.clone()),
        recipient: first.as_ref().and_then(|one| one.address.clone()),
        diagnostic: first.and_then(|one| one.diagnostic),
        reason: words.or_else(|| status::reason(said)).filter(|_| happened),
        message_id,
        recipients,
    }
}
