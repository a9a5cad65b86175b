//! Spaces that do not break, and numbers as each language writes them.

use kept_base::Language;

/// Narrow no-break space: before `: ; ! ?`, inside « » and between thousands in French (Imprimerie nationale, *Lexique*).
pub(crate) const NARROW: char = '\u{202f}';
/// No-break space, between a number and its unit.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// The text with the spaces its language wants around punctuation; English is left as it is.
///
/// An ordinary space before `: ; ! ? »` or after `«` becomes a narrow one that does not break. Meant for texts of our own, before any
/// value is put in.
#[must_use]
pub fn typeset(language: Language, text: &str) -> String {
    if language != Language::French {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    let mut before = '\n';
    while let Some(character) = characters.next() {
        let replaced = character == ' '
            && match characters.peek() {
                Some('»') => true,
                Some(':' | ';' | '!' | '?') => {
                    let mut ahead = characters.clone();
                    ahead.next();
                    // `!=` in a template is an operator, not a cry.
                    !before.is_whitespace() && ahead.peek().is_none_or(|next| *next != '=')
                }
                _ => before == '«',
            };
        out.push(if replaced { NARROW } else { character });
        before = character;
    }
    out
}

/// A whole number with its thousands apart: `10 377` (narrow no-break space) or `10,377`.
#[must_use]
pub fn number(language: Language, value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::new();
    if value < 0 {
        out.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(separator(language));
        }
        out.push(digit);
    }
    out
}

/// A number with at most three decimals, and its language's decimal sign.
pub(crate) fn decimal(language: Language, value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 9.0e15 {
        // Exact: whole and within the integers that a double holds.
        return number(language, value as i64);
    }
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let sign = if whole.starts_with('-') { "−" } else { "" };
    let whole = match whole.trim_start_matches('-').parse::<i64>() {
        Ok(whole) => number(language, whole),
        Err(_) => whole.to_owned(),
    };
    let mark = match language {
        Language::French => ',',
        Language::English => '.',
    };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{mark}{fraction}") }
}

fn separator(language: Language) -> char {
    match language {
        Language::French => NARROW,
        Language::English => ',',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_and_decimals_follow_the_language() {
        assert_eq!(number(Language::French, 10_377), "10\u{202f}377");
        assert_eq!(number(Language::English, -1_234_567), "−1,234,567");
        assert_eq!(number(Language::French, 999), "999");
        assert_eq!(number(Language::French, i64::MIN), "−9\u{202f}223\u{202f}372\u{202f}036\u{202f}854\u{202f}775\u{202f}808");
        assert_eq!(decimal(Language::French, 93.1), "93,1");
        assert_eq!(decimal(Language::English, 1234.5), "1,234.5");
        assert_eq!(decimal(Language::French, -0.25), "−0,25");
        assert_eq!(decimal(Language::French, f64::NAN), "NaN");
    }

    #[test]
    fn french_punctuation_keeps_its_space() {
        assert_eq!(typeset(Language::French, "Prêt : « oui » ?"), "Prêt\u{202f}: «\u{202f}oui\u{202f}»\u{202f}?");
        assert_eq!(typeset(Language::French, "{% if a != b %}"), "{% if a != b %}");
        assert_eq!(typeset(Language::English, "Ready : « yes » ?"), "Ready : « yes » ?");
    }
}
