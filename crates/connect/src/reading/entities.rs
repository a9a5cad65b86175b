//! The entities of web pages, which some partners leave in the words of their JSON.

/// Text with its entities read (`aujourd&#39;hui`, `J&amp;J`, `livr&eacute;`), once; what is none stays as it came.
pub(crate) fn read_entities(text: String) -> String {
    if !text.contains('&') {
        return text;
    }
    let mut read = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('&') {
        read.push_str(before);
        let entity = after.split_once(';').and_then(|(name, behind)| Some((character(name)?, behind)));
        match entity {
            Some((character, behind)) => {
                read.push(character);
                rest = behind;
            }
            None => {
                read.push('&');
                rest = after;
            }
        }
    }
    read.push_str(rest);
    read
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|character| !character.is_control());
    }
    let at = NAMED.iter().find(|(known, _)| *known == name)?;
    Some(at.1)
}

/// HTML 4, as far as the languages of carriers need it.
const NAMED: [(&str, char); 36] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("rsquo", '’'),
    ("lsquo", '‘'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("reg", '®'),
    ("trade", '™'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("auml", 'ä'),
    ("Auml", 'Ä'),
    ("ccedil", 'ç'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("Eacute", 'É'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("iacute", 'í'),
    ("icirc", 'î'),
    ("ntilde", 'ñ'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("ouml", 'ö'),
    ("Ouml", 'Ö'),
    ("szlig", 'ß'),
    ("ugrave", 'ù'),
    ("uacute", 'ú'),
    ("ucirc", 'û'),
    ("uuml", 'ü'),
    ("Uuml", 'Ü'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_read_once_and_the_rest_stays() {
        for (written, expected) in [
            ("En cours de livraison aujourd&#39;hui", "En cours de livraison aujourd'hui"),
            ("Livr&eacute; &amp; sign&#xE9;", "Livré & signé"),
            ("R&D; P&amp;amp;O", "R&D; P&amp;O"),
            ("A & B; &#0; &#x110000; &;", "A & B; &#0; &#x110000; &;"),
            ("plain", "plain"),
            ("&", "&"),
        ] {
            assert_eq!(read_entities(written.to_owned()), expected, "{written}");
        }
    }
}
