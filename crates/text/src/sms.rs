//! Short texts: what of a text the GSM alphabet can hold, and how many messages it makes.
//!
//! The alphabet and the sizes are those of 3GPP TS 23.038, 6.2.1, and TS 23.040, 9.2.3.24.1: 140 octets a message, seven bits a
//! character, or two octets of UCS-2 where one character is outside the alphabet; a text that needs several gives up six octets of each.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The characters of one septet, but for the escape itself.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Those behind the escape: two septets.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How the characters of a text message are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// GSM 03.38, seven bits a character.
    Gsm7,
    /// UCS-2, sixteen bits: one character outside the alphabet makes all of them so.
    Ucs2,
}

impl Encoding {
    /// The name in texts and in the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Encoding::Gsm7 => "gsm7",
            Encoding::Ucs2 => "ucs2",
        }
    }
}

/// What a text costs as a text message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How it is written.
    pub encoding: Encoding,
    /// Septets or sixteen-bit units.
    pub units: usize,
    /// Messages it is sent as, and paid for.
    pub segments: usize,
}

impl Size {
    /// The size of a text, as it is.
    #[must_use]
    pub fn of(text: &str) -> Size {
        let septets: Option<Vec<usize>> = text.chars().map(septets).collect();
        match septets {
            Some(each) => measured(Encoding::Gsm7, &each, 160, 153),
            None => measured(Encoding::Ucs2, &text.chars().map(char::len_utf16).collect::<Vec<_>>(), 70, 67),
        }
    }
}

/// A character is never divided between two messages: neither an escape from what it escapes, nor one half of a pair from the other.
fn measured(encoding: Encoding, each: &[usize], alone: usize, joined: usize) -> Size {
    let units: usize = each.iter().sum();
    if units <= alone {
        return Size { encoding, units, segments: 1 };
    }
    let (mut segments, mut used) = (1, 0);
    for length in each {
        if used + length > joined {
            segments += 1;
            used = 0;
        }
        used += length;
    }
    Size { encoding, units, segments }
}

fn septets(character: char) -> Option<usize> {
    if BASIC.contains(character) {
        Some(1)
    } else if EXTENDED.contains(character) {
        Some(2)
    } else {
        None
    }
}

/// The text with the alphabet's own signs in place of typography (`’`, `–`, `…`, spaces that do not break), and, where the whole text
/// then fits the alphabet, with letters it does not have without their accents (`août` becomes `aout`, `ç` becomes `c`): a text
/// three times as dear for one circumflex serves nobody. A text that does not fit either way keeps its letters.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut signs = String::with_capacity(text.len());
    // The space that French sets within « » means nothing beside straight quotes.
    let mut opened = false;
    for character in text.chars() {
        let space = matches!(character, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\t');
        if space && opened {
            continue;
        }
        opened = character == '«';
        match character {
            _ if space => signs.push(' '),
            '’' | '‘' | 'ʼ' | '′' => signs.push('\''),
            '“' | '”' | '„' | '«' | '″' => signs.push('"'),
            '»' => {
                signs.truncate(signs.trim_end_matches(' ').len());
                signs.push('"');
            }
            '–' | '—' | '‐' | '\u{2011}' | '−' => signs.push('-'),
            '…' => signs.push_str("..."),
            '·' | '•' => signs.push('-'),
            '×' => signs.push('x'),
            '\u{ad}' => {}
            other => signs.push(other),
        }
    }
    let mut folded = String::with_capacity(signs.len());
    for character in signs.chars() {
        match character {
            'œ' => folded.push_str("oe"),
            'Œ' => folded.push_str("OE"),
            'ᵉ' => folded.push('e'),
            'ʳ' => folded.push('r'),
            'ł' => folded.push('l'),
            'Ł' => folded.push('L'),
            known if septets(known).is_some() => folded.push(known),
            other => folded.extend(std::iter::once(other).nfkd().filter(|part| !is_combining_mark(*part))),
        }
    }
    if folded.chars().all(|character| septets(character).is_some()) { folded } else { signs }
}
