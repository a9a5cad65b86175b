//! Text made comparable: case, accents, apostrophes and spaces folded; and the name that a misspelt one probably meant.

/// Lower case, without French and other Latin accents, straight apostrophes, single spaces; for matching only, never shown.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut after_space = true;
    for character in text.chars().flat_map(char::to_lowercase) {
        let plain: &str = match character {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' | 'ă' => "a",
            'ç' | 'ć' | 'č' => "c",
            'ď' => "d",
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => "e",
            'ł' => "l",
            'ř' => "r",
            'ś' | 'š' | 'ș' | 'ş' => "s",
            'ť' | 'ț' => "t",
            'ź' | 'ż' | 'ž' => "z",
            'ì' | 'í' | 'î' | 'ï' => "i",
            'ñ' | 'ń' | 'ň' => "n",
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => "o",
            'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' => "u",
            'ý' | 'ÿ' => "y",
            'œ' => "oe",
            'æ' => "ae",
            'ß' => "ss",
            '’' | '‘' | 'ʼ' | '`' | '´' => "'",
            // Combining marks: the letter before them is already plain.
            '\u{300}'..='\u{36f}' => "",
            other => {
                if other.is_whitespace() {
                    if !after_space {
                        folded.push(' ');
                        after_space = true;
                    }
                } else {
                    folded.push(other);
                    after_space = false;
                }
                continue;
            }
        };
        if !plain.is_empty() {
            after_space = false;
        }
        folded.push_str(plain);
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The candidate nearest to a name, if it is near enough to be what was meant.
pub(crate) fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = letters(name);
    let longest = wanted.chars().count();
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = letters(candidate);
            let limit = 1 + longest.max(other.chars().count()) / 3;
            let contains = wanted.len() >= 4 && other.len() >= 4 && (other.contains(&wanted) || wanted.contains(&other));
            let distance = if contains { 1 } else { distance(&wanted, &other) };
            (distance <= limit && !other.is_empty()).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn letters(name: &str) -> String {
    fold(name).chars().filter(|character| character.is_alphanumeric()).collect()
}

/// Levenshtein's distance in characters.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (place, one) in left.chars().enumerate() {
        let mut diagonal = place;
        let mut before = place + 1;
        let mut next = vec![before];
        for (other, above) in right.chars().zip(row.iter().copied().skip(1)) {
            let replaced = diagonal + usize::from(one != other);
            before = replaced.min(before + 1).min(above + 1);
            next.push(before);
            diagonal = above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_accents_apostrophes_and_spaces() {
        assert_eq!(fold("  N’a PAS\u{a0} pu\têtre  Livré "), "n'a pas pu etre livre");
        assert_eq!(fold("e\u{301}te\u{301}"), "ete");
        assert_eq!(fold("Œuvre"), "oeuvre");
        assert_eq!(fold("Przesyłka doręczona"), "przesylka doreczona");
    }

    #[test]
    fn distances() {
        for (left, right, expected) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("date", "data", 1)]
        {
            assert_eq!(distance(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn the_nearest_name_is_near() {
        let columns = ["Numéro de commande", "Date", "E-mail"];
        assert_eq!(nearest("Numero commande", columns), Some("Numéro de commande"));
        assert_eq!(nearest("Email", columns), Some("E-mail"));
        assert_eq!(nearest("Prix", columns), None);
        assert_eq!(nearest("", columns), None);
    }
}
