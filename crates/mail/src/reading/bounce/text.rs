//! What servers write for people: whom it is about, and what was said of each.

use super::status;

/// As much of a text as is looked at; reports are short, and what follows is the original.
const MOST_LINES: usize = 300;
/// The longest line that is looked at, in characters.
const MOST_LINE: usize = 2000;
/// As much of what a server said as is kept.
const MOST_SAID: usize = 500;

/// The words of a report, by lines.
#[derive(Debug)]
pub struct Explained {
    before: Vec<String>,
    after: Vec<String>,
    /// Some servers put the original's header first, and go on behind it: what they say stands there.
    says_after: bool,
}

/// An address in a line, and how surely it is one that failed.
#[derive(Debug)]
struct Candidate {
    address: String,
    weight: u8,
}

/// From here on the line itself says that this is a recipient.
const SURE: u8 = 8;

impl Explained {
    /// The text before the original, and what stands behind the original's header.
    pub fn new(before: &str, after: &str) -> Self {
        let lines =
            |text: &str| text.lines().take(MOST_LINES).map(|line| line.trim_end().chars().take(MOST_LINE).collect()).collect();
        let (before, after): (Vec<String>, Vec<String>) = (lines(before), lines(after));
        let says_after = !after.is_empty() && !tells(&before);
        Self { before, after, says_after }
    }

    /// The lines that say what happened: those before the original, unless they say nothing and more follows.
    fn lines(&self) -> &[String] {
        if self.says_after { &self.after } else { &self.before }
    }

    /// All that says what happened.
    pub fn all(&self) -> String {
        self.lines().join("\n")
    }

    /// The recipients that are told of, the surest; none of `not_these` (in small letters) unless nobody else is named.
    pub fn recipients(&self, not_these: &[String], sent_to: &[String]) -> Vec<String> {
        for lines in [&self.before, &self.after] {
            let all: Vec<Candidate> = lines.iter().flat_map(|line| candidates(line)).collect();
            let chosen = chosen(&all, not_these, sent_to);
            if !chosen.is_empty() {
                return chosen;
            }
        }
        Vec::new()
    }

    /// What was said of an address: behind it in its line, and in the lines that follow, up to the next address or gap.
    pub fn said_of(&self, address: &str) -> Option<String> {
        let small = address.to_lowercase();
        let mut best: Option<String> = None;
        let lines = self.lines();
        for (place, line) in lines.iter().enumerate() {
            if !line.to_lowercase().contains(&small) {
                continue;
            }
            let said = paragraph(lines, place, &small);
            let tells = status::status(&said).is_some() || status::reply_code(&said).is_some();
            if tells {
                return Some(said);
            }
            if best.is_none() && status::reason(&said).is_some() {
                best = Some(said);
            }
        }
        best
    }

    /// The line that holds a server's answer, or the reason in words.
    pub fn said(&self) -> Option<String> {
        let by = |test: &dyn Fn(&str) -> bool| self.lines().iter().find(|line| test(line)).map(|line| shortened(line.trim()));
        by(&|line| status::status(line).is_some())
            .or_else(|| by(&|line| status::reply_code(line).is_some()))
            .or_else(|| by(&|line| status::reason(line).is_some()))
    }
}

/// Whether any of it could be a report: an address, a code, a reason.
fn tells(lines: &[String]) -> bool {
    let coded = |line: &str| status::reply_code(line).is_some() || status::status(line).is_some();
    lines.iter().any(|line| !addresses_in(line).is_empty() || coded(line)) || status::reason(&lines.join("\n")).is_some()
}

fn paragraph(lines: &[String], place: usize, address: &str) -> String {
    let mut said = String::new();
    for (distance, line) in lines.iter().skip(place).enumerate() {
        let line = line.trim();
        let other = addresses_in(line).iter().any(|(_, found)| found.to_lowercase() != address);
        let gap = line.is_empty() && distance > 1;
        if distance > 8 || gap || (distance > 0 && other && begins_with_address(line)) {
            break;
        }
        if !line.is_empty() {
            said.push_str(line);
            said.push(' ');
        }
    }
    shortened(said.trim())
}

fn begins_with_address(line: &str) -> bool {
    addresses_in(line)
        .first()
        .is_some_and(|(place, _)| line.get(..*place).is_some_and(|before| !before.chars().any(char::is_alphanumeric)))
}

fn shortened(text: &str) -> String {
    text.chars().take(MOST_SAID).collect()
}

fn chosen(all: &[Candidate], not_these: &[String], sent_to: &[String]) -> Vec<String> {
    let is_in = |list: &[String], address: &str| list.iter().any(|other| other.eq_ignore_ascii_case(address));
    // Whom the report was sent to failed only where the mail was for oneself.
    let (own, other): (Vec<&Candidate>, Vec<&Candidate>) =
        all.iter().partition(|one| is_in(not_these, &one.address) && !is_in(sent_to, &one.address));
    let weight = |one: &Candidate| one.weight + if is_in(sent_to, &one.address) { 2 } else { 0 };
    let best = other.iter().map(|one| weight(one)).max().unwrap_or(0);
    let sure =
        |list: &[&Candidate]| list.iter().filter(|one| weight(one) >= SURE).map(|one| one.address.clone()).collect::<Vec<_>>();
    if best >= SURE {
        return sure(&other);
    }
    if own.iter().any(|one| one.weight > SURE) {
        return sure(&own);
    }
    let one = other.iter().find(|one| weight(one) == best && best > 1).map(|one| one.address.clone());
    one.into_iter().collect()
}

/// Lines that name others than recipients.
const OTHERS: [&str; 22] = [
    "mail from",
    "message-id",
    "from:",
    "sender:",
    "reply-to",
    "return-path",
    "reporting-mta",
    "generating server",
    "helo",
    "envelope-from",
    "http:",
    "https:",
    "contact",
    "write to",
    "support",
    "assistance",
    "received:",
    "reply to",
    "questions",
    "original sender",
    "message from",
    "f=[",
];
/// Words that name the recipient before the address.
const BEFORE: [&str; 27] = [
    "rcpt to",
    "recipient address",
    "recipient:",
    "recipient(s)",
    "recipients:",
    "recipient <",
    "to:",
    "user:",
    "userid:",
    "undeliverable to",
    "deliver message to",
    "deliver to",
    "delivered to",
    "delivery to",
    "deliver your message to",
    "message to",
    "mail to",
    "address:",
    "addresses:",
    "addresses failed",
    "errors:",
    "following address",
    "rejected recipient",
    "gateway for",
    "did not reach",
    "orig-to",
    "original-recipient",
];

fn candidates(line: &str) -> Vec<Candidate> {
    let found = addresses_in(line);
    let mut all = Vec::new();
    for (place, address) in found {
        let before = line.get(..place).unwrap_or_default();
        let small = before.to_lowercase();
        let others = OTHERS.iter().any(|words| small.contains(words)) || address.to_lowercase().starts_with("postmaster@");
        let behind = line.get(place + address.len()..).unwrap_or_default();
        let lead = before.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
        // An address in brackets behind the same address, as mail programs link it.
        if lead.ends_with("mailto") {
            continue;
        }
        let alone = lead.is_empty() && !behind.chars().any(char::is_alphanumeric);
        let named = BEFORE.iter().any(|words| small.contains(words));
        let follows = behind.trim_start_matches(['>', '"', '\'', ']', ')']);
        let first = lead.is_empty()
            && (follows.starts_with([':', ',', ';', '.', '-'])
                || follows.starts_with([' ', '\t', '<', '(', '['])
                || follows.is_empty());
        let code = status::is_code_before(before);
        let failing = status::reason(line).is_some();
        let weight = if others && !named {
            1
        } else if alone {
            10
        } else if first || named {
            9
        } else if code || failing {
            SURE
        } else {
            3
        };
        all.push(Candidate { address, weight });
    }
    all
}

/// Addresses in a text, each with the place where it begins.
pub fn addresses_in(text: &str) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    for (sign, _) in text.match_indices('@') {
        let (before, behind) = text.split_at(sign);
        let behind = behind.get(1..).unwrap_or_default();
        let local = match before.strip_suffix('"').and_then(|quoted| quoted.rfind('"').map(|open| (open, quoted))) {
            // A quoted local part: "ann smith"@example.org.
            Some((open, quoted)) if quoted.len() - open < 66 => before.get(open..).unwrap_or_default(),
            _ => {
                let start = before
                    .char_indices()
                    .rev()
                    .take_while(|(_, letter)| is_local(*letter))
                    .last()
                    .map_or(before.len(), |(place, _)| place);
                before.get(start..).unwrap_or_default()
            }
        };
        let local = bare_local(local);
        let end = behind.find(|letter: char| !is_domain(letter)).unwrap_or(behind.len());
        let domain = behind.get(..end).unwrap_or_default().trim_end_matches(['.', '-', '_']);
        if !local.is_empty() && !domain.is_empty() && local.len() <= 256 && domain.len() <= 255 {
            all.push((sign - local.len(), format!("{local}@{domain}")));
        }
    }
    all
}

fn is_local(letter: char) -> bool {
    letter.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(letter)
}

fn is_domain(letter: char) -> bool {
    letter.is_alphanumeric() || ".-_".contains(letter)
}

/// What stands before a local part by the grammar and is none of it: `to=ann`, `'ann`, `...ann`.
fn bare_local(local: &str) -> &str {
    // An encoded word in place of a local part, as some servers print it.
    if local.starts_with("=?") {
        return local;
    }
    let local = local.trim_start_matches(['.', '\'', '`', '*', '|', '~', '/', '?', '&', '#', '!', '-', '=']);
    match local.split_once('=') {
        Some((name, rest))
            if ["to", "from", "rcpt", "for", "t", "f", "sender", "recipient", "address"]
                .contains(&name.to_ascii_lowercase().as_str()) =>
        {
            rest
        }
        _ => local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        Explained::new(text, "").recipients(&["me@example.org".to_owned()], &[])
    }

    #[test]
    fn addresses_are_found_in_text() {
        let found = |text: &str| addresses_in(text).into_iter().map(|(_, address)| address).collect::<Vec<_>>();
        assert_eq!(found("to=<ann@example.org>, 'bob@example.org': x"), ["ann@example.org", "bob@example.org"]);
        assert_eq!(found("to=ann@example.org. \"a b\"@example.org @ a@"), ["ann@example.org", "\"a b\"@example.org"]);
        assert_eq!(found("b+ann=example.org@list.example"), ["b+ann=example.org@list.example"]);
    }

    #[test]
    fn the_failed_are_told_from_the_others() {
        let text = "Hi me@example.org, for help contact help@example.com.\n\n<ann@example.net>:\n550 no such user\n\n<bob@example.net>:\nhost down";
        assert_eq!(told(text), ["ann@example.net", "bob@example.net"]);
        assert_eq!(told("It was for ann@example.net."), ["ann@example.net"]);
        assert_eq!(told("Nobody. Please write to help@example.com"), [""; 0]);
    }

    #[test]
    fn what_was_said_stands_behind() {
        let text = "<ann@example.net>:\nRemote host said: 550 no such user\n\n<bob@example.net>:\n452 4.2.2 full";
        let explained = Explained::new(text, "");
        assert_eq!(
            explained.said_of("ann@example.net").as_deref(),
            Some("<ann@example.net>: Remote host said: 550 no such user")
        );
        assert_eq!(explained.said_of("BOB@example.net").as_deref(), Some("<bob@example.net>: 452 4.2.2 full"));
    }
}
