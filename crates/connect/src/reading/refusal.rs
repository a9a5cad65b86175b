//! What a partner's refusal means, in the user's words; and what becomes of the parcels of an answer that could not be read.

use kept_engine::ports::{ParseError, Parsed, Trouble};

use crate::reading::answer::{not_found, not_read, short};
use crate::reading::fold::fold;

/// Why a partner did not answer the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The question was not understood: a number of the wrong form, a field that is missing.
    Question,
    /// The key or the password was refused.
    Key,
    /// The number is not known.
    NotFound,
    /// Asked too often.
    TooOften,
    /// Out of order.
    OutOfOrder,
    /// Something that nothing here describes.
    Other,
}

/// Looked for in what a partner says, in this order: *invalid credentials* are about the key, and *not found, try again later* is
/// about the number.
const WORDS: [(Refusal, &[&str]); 5] = [
    (Refusal::TooOften, &["too many", "rate limit", "quota", "throttl", "limit exceeded", "spike arrest"]),
    (
        Refusal::Key,
        &[
            "unauthor",
            "authori",
            "authenti",
            "forbidden",
            "access denied",
            "credential",
            "api key",
            "apikey",
            "token",
            "login",
            "password",
            "mot de passe",
            "access license",
            "permission",
            "acces refuse",
            "passwort",
            "autoryz",
        ],
    ),
    (
        Refusal::NotFound,
        &[
            "not found",
            "notfound",
            "not_found",
            "no result",
            "no information",
            "no tracking",
            "no record",
            "no data",
            "not locate",
            "not yet available",
            "does not exist",
            "unknown parcel",
            "unknown tracking",
            "nicht gefunden",
            "introuvable",
            "inconnu",
            "aucun",
            "nothing found",
            "no shipment",
            "no history",
            "no pin",
            "not exist",
            "doesn't exist",
            "unknown number",
            "inexistant",
            "keine daten",
            "keine sendung",
            "unbekannt",
            "nie znaleziono",
            "not yet been scanned",
            "could not be found",
            "cannot be found",
            "could not find",
            "cannot find",
            "unable to find",
            "no parcel",
            // Royal Mail: "barcode reference isn't recognised".
            "e1142",
        ],
    ),
    (
        Refusal::OutOfOrder,
        &["internal", "unavailable", "again later", "timeout", "timed out", "temporar", "system", "technical", "indisponible"],
    ),
    (Refusal::Question, &["invalid", "incorrect", "missing", "required", "must be", "please provide", "format", "bad request"]),
];

impl Refusal {
    /// The same as readers of pages are told.
    pub(crate) fn trouble(self) -> Trouble {
        match self {
            Refusal::Question => Trouble::Question,
            Refusal::Key => Trouble::Key,
            Refusal::NotFound => Trouble::NotFound,
            Refusal::TooOften => Trouble::TooOften,
            Refusal::OutOfOrder => Trouble::OutOfOrder,
            Refusal::Other => Trouble::Other,
        }
    }

    /// By an HTTP status, wherever it stands.
    pub(crate) fn of_status(status: i64) -> Refusal {
        match status {
            400 | 405 | 406 | 415 | 422 => Refusal::Question,
            401 | 403 => Refusal::Key,
            404 | 410 => Refusal::NotFound,
            429 => Refusal::TooOften,
            500..=599 => Refusal::OutOfOrder,
            _ => Refusal::Other,
        }
    }

    /// By what is said, else by the code where it is an HTTP status.
    pub(crate) fn of(code: &str, said: &str) -> Refusal {
        let words = fold(&format!("{code} {said}"));
        let by_words = WORDS.iter().find(|(_, patterns)| patterns.iter().any(|pattern| words.contains(pattern)));
        match by_words {
            Some((refusal, _)) => *refusal,
            None => Refusal::of_status(code.trim().parse().unwrap_or_default()),
        }
    }
}

/// The error of a refusal. `code` and `said` are the partner's own, and shown.
pub(crate) fn refused(partner: &str, refusal: Refusal, code: &str, said: &str) -> ParseError {
    let (what, hint) = match refusal {
        Refusal::Question => ("did not accept the question", "check the tracking number"),
        Refusal::Key => ("refused the key", "check the key or the password in the settings"),
        Refusal::NotFound => ("does not know this number", ""),
        Refusal::TooOften => ("was asked too often", "it is asked again later"),
        Refusal::OutOfOrder => ("is out of order", "it is asked again later"),
        Refusal::Other => ("answered with an error", "look at the answer as it came"),
    };
    let code = if code.trim().is_empty() { String::new() } else { format!(" ({})", short(code.trim())) };
    let said = if said.trim().is_empty() { String::new() } else { format!(": {}", short(said.trim())) };
    let message = format!("{partner} {what}{code}{said}");
    if refusal == Refusal::NotFound {
        return not_found(message);
    }
    let retryable = matches!(refusal, Refusal::TooOften | Refusal::OutOfOrder);
    ParseError { message, hint: Some(hint.to_owned()), retryable, not_found: false, trouble: refusal.trouble() }
}

/// The parcels of one answer: how many were read, and why the others were not.
#[derive(Default)]
pub(crate) struct Outcome {
    read: usize,
    failures: Vec<Failure>,
}

/// A parcel that was not read.
struct Failure {
    /// The code to count it under.
    code: Option<String>,
    number: Option<String>,
    error: ParseError,
}

impl Outcome {
    /// Counts a parcel. `number` is its tracking number, where the answer says it.
    pub(crate) fn note(&mut self, number: Option<String>, result: Result<(), ParseError>) {
        self.note_as(None, number, result);
    }

    /// The same with the partner's own code of what went wrong.
    pub(crate) fn note_as(&mut self, code: Option<String>, number: Option<String>, result: Result<(), ParseError>) {
        match result {
            Ok(()) => self.read += 1,
            Err(error) => self.failures.push(Failure { code, number, error }),
        }
    }

    /// Whether nothing at all was noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.read == 0 && self.failures.is_empty()
    }

    /// One number that is not known must not hide the parcels beside it: it is `unmapped`. Only when no parcel was read is it an
    /// error, and then the answer has no facts.
    pub(crate) fn tell(self, parsed: &mut Parsed) {
        let unknown = self.failures.iter().filter(|failure| failure.error.not_found);
        parsed.not_found.extend(unknown.filter_map(|failure| failure.number.clone()));
        if self.read == 0 {
            parsed.error = self.failures.into_iter().map(|failure| failure.error).reduce(worse);
            return;
        }
        for Failure { code, number, error } in self.failures {
            let code = code.unwrap_or_else(|| if error.not_found { "404" } else { "answer" }.to_owned());
            parsed.unmapped.push(not_read(code, number.as_deref(), &error));
        }
    }
}

/// Of several errors the one to show: what trying again may heal comes first, *not found* only when all say so.
fn worse(one: ParseError, other: ParseError) -> ParseError {
    let prefer_other = (other.retryable && !one.retryable) || (one.not_found && !other.not_found);
    if prefer_other { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_before_numbers() {
        for (code, said, expected) in [
            ("TRACKING.TRACKINGNUMBER.NOTFOUND", "Tracking number cannot be found.", Refusal::NotFound),
            ("250002", "Invalid Authentication Information.", Refusal::Key),
            ("", "The tracking information could not be located; not locate, try again later", Refusal::NotFound),
            ("429", "", Refusal::TooOften),
            ("503", "", Refusal::OutOfOrder),
            ("", "The parcel number format is incorrect", Refusal::Question),
            ("7", "", Refusal::Other),
            ("COMMON_7", "No parcel found for the given parcel label number", Refusal::NotFound),
            ("InvalidTrackingNumber", "Could not find shipment matching tracking number", Refusal::NotFound),
            ("100", "Błąd autoryzacji", Refusal::Key),
        ] {
            assert_eq!(Refusal::of(code, said), expected, "{code} {said}");
        }
    }
}
