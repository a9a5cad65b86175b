//! Words made comparable: without case, accents or endings.

use kept_base::Language;
use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest word that is kept for searching, in characters; longer ones are cut, so that what was pasted cannot bloat an index.
const MOST_WORD_CHARACTERS: usize = 64;

/// The text in lower case, without accents and ligatures: `Œuvre À` becomes `oeuvre a`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.nfkd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase) {
        match character {
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            'ß' => out.push_str("ss"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'þ' => out.push_str("th"),
            'ı' => out.push('i'),
            '’' | 'ʼ' => out.push('\''),
            // Lower-casing a capital with a dot above (İ) leaves a mark of its own.
            mark if is_combining_mark(mark) => {}
            other => out.push(other),
        }
    }
    out
}

/// The words of a text as they are indexed and looked for: folded, then cut to their stem.
///
/// Both sides of a search must be made with the same language. Accents go before the stemmer sees the word, so that what is typed
/// without accents finds what was written with them. A word with a digit (an order number, a reference) is kept whole; a single letter,
/// as `l` of `l’adresse`, is dropped.
#[must_use]
pub fn search_words(text: &str, language: Language) -> Vec<String> {
    let stemmer = Stemmer::create(match language {
        Language::French => Algorithm::French,
        Language::English => Algorithm::English,
    });
    fold(text)
        .split(|character: char| !character.is_alphanumeric())
        .filter_map(|word| {
            let word: String = word.chars().take(MOST_WORD_CHARACTERS).collect();
            if word.chars().any(char::is_numeric) {
                Some(word)
            } else if word.chars().nth(1).is_some() {
                Some(stemmer.stem(&word).into_owned())
            } else {
                None
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_ligatures_and_case_go() {
        assert_eq!(fold("Œuvre À Łódź, Straße, NAÏVE, ﬁn, İzmir, N’Guyen"), "oeuvre a lodz, strasse, naive, fin, izmir, n'guyen");
    }

    #[test]
    fn what_is_typed_without_accents_finds_what_was_written_with_them() {
        let pairs = [
            ("livraisons retardées", "livraison retardee"),
            ("Réclamation", "reclamations"),
            ("l’adresse erronée", "adresse erronee"),
        ];
        for (written, typed) in pairs {
            assert_eq!(search_words(written, Language::French), search_words(typed, Language::French), "{written}");
        }
        assert_eq!(search_words("delayed parcels", Language::English), search_words("Delays, parcel", Language::English));
        assert_eq!(search_words("n° 6A-1129 à Brest", Language::French), ["6a", "1129", "brest"]);
    }
}
