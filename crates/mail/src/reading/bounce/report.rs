//! Reports by RFC 3464: fields, a group for each recipient.

use super::text::addresses_in;
use super::{Action, status};

/// What a report says of one recipient.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Group {
    pub address: Option<String>,
    pub action: Option<Action>,
    pub status: Option<String>,
    pub diagnostic: Option<String>,
}

/// Fields that only a report has; a text that holds two of them holds a report.
const FIELDS: [&str; 12] = [
    "final-recipient",
    "original-recipient",
    "x-actual-recipient",
    "action",
    "status",
    "diagnostic-code",
    "remote-mta",
    "reporting-mta",
    "received-from-mta",
    "last-attempt-date",
    "arrival-date",
    "will-retry-until",
];

/// The groups of a report's text.
pub fn groups(text: &str) -> Vec<Group> {
    let mut all: Vec<Vec<(String, String)>> = vec![Vec::new()];
    let mut in_field = false;
    for line in text.lines() {
        let trimmed = line.trim_end();
        if trimmed.trim().is_empty() {
            all.push(Vec::new());
            in_field = false;
            continue;
        }
        let folded = line.starts_with([' ', '\t']);
        let field = trimmed.split_once(':').map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        let known = field.filter(|(name, _)| FIELDS.contains(&name.as_str()));
        let Some(group) = all.last_mut() else { continue };
        match (known, group.last_mut()) {
            (Some((name, value)), _) => {
                // A second recipient without an empty line before it.
                let begins = ["final-recipient", "original-recipient", "action", "status"].contains(&name.as_str());
                if begins && group.iter().any(|(own, _)| *own == name) {
                    all.push(vec![(name, value)]);
                } else {
                    group.push((name, value));
                }
                in_field = true;
            }
            (None, Some((_, value))) if folded && in_field => {
                value.push(' ');
                value.push_str(trimmed.trim());
            }
            _ => in_field = false,
        }
    }
    let groups: Vec<Group> = all.iter().map(|fields| group(fields)).filter(|group| *group != Group::default()).collect();
    merged(groups)
}

/// Whether a text holds a report though no part says so: two fields of a recipient.
pub fn is_in(text: &str) -> bool {
    let named = |name: &str| text.lines().any(|line| line.trim_start().to_ascii_lowercase().starts_with(name));
    named("final-recipient:") && (named("action:") || named("status:") || named("diagnostic-code:"))
}

fn group(fields: &[(String, String)]) -> Group {
    let first = |name: &str| fields.iter().find(|(own, value)| own == name && !value.is_empty()).map(|(_, value)| value.as_str());
    let recipients = ["final-recipient", "original-recipient", "x-actual-recipient"].map(first);
    let with_domain = recipients.iter().flatten().find_map(|value| address_of(value));
    let bare = recipients.iter().flatten().map(|value| typed(value)).find(|value| !value.is_empty() && !value.contains(' '));
    let diagnostic = first("diagnostic-code").map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "));
    Group {
        address: with_domain.or_else(|| bare.map(str::to_owned)),
        action: first("action").and_then(Action::named),
        status: first("status").and_then(status::status),
        diagnostic: diagnostic.map(|value| typed(&value).to_owned()),
    }
}

/// A value behind its type: `rfc822; ann@example.org`.
fn typed(value: &str) -> &str {
    let bare = match value.split_once(';') {
        Some((kind, value)) if !kind.contains([' ', '@', '<']) => value,
        _ => value,
    };
    bare.trim().trim_matches(['<', '>']).trim()
}

fn address_of(value: &str) -> Option<String> {
    addresses_in(typed(value)).into_iter().next().map(|(_, address)| address)
}

/// Fields of one recipient that an empty line tore apart are put together.
fn merged(groups: Vec<Group>) -> Vec<Group> {
    let mut all: Vec<Group> = Vec::new();
    for group in groups {
        match all.last_mut() {
            Some(last)
                if (last.address.is_none() || group.address.is_none()) && (last.status.is_none() || group.status.is_none()) =>
            {
                last.address = last.address.take().or(group.address);
                last.action = last.action.take().or(group.action);
                last.status = last.status.take().or(group.status);
                last.diagnostic = last.diagnostic.take().or(group.diagnostic);
            }
            _ => all.push(group),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_recipient_is_a_group() {
        let text = "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: RFC822; <ann@example.org>\nAction: failed\nStatus: 5.1.1 (no)\n\
            Diagnostic-Code: smtp; 550 5.1.1\n   unknown\n\nFinal-recipient: rfc822;bob@example.org\nAction: delayed\nStatus: 4.4.1\n";
        let groups = groups(text);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].address.as_deref(), Some("ann@example.org"));
        assert_eq!(groups[0].diagnostic.as_deref(), Some("550 5.1.1 unknown"));
        assert_eq!((groups[0].status.as_deref(), groups[0].action), (Some("5.1.1"), Some(Action::Failed)));
        assert_eq!((groups[1].action, groups[1].status.as_deref()), (Some(Action::Delayed), Some("4.4.1")));
    }

    #[test]
    fn an_address_that_is_none_gives_way_to_the_original() {
        let text = "Original-Recipient: rfc822;ann@example.org\nFinal-Recipient: x400; /S=ann/O=example\nAction: failed\n";
        assert_eq!(groups(text)[0].address.as_deref(), Some("ann@example.org"));
    }
}
