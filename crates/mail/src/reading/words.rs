//! Encoded words of RFC 2047, as they are met: split in the middle of a character, in quotes, with line ends inside.
//!
//! The library decodes each word by itself and so loses a character that two words share; here neighbours of one charset are joined first.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::charset;
use super::transfer;

/// A field's text on one line, decoded.
pub fn decoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for piece in pieces(value) {
        match piece {
            Piece::Plain(plain) => text.push_str(plain),
            Piece::Words(words) => text.push_str(&words),
        }
    }
    one_line(&text)
}

/// The field with each run of encoded words made one word of UTF-8, for a parser that knows structure.
pub fn joined(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for piece in pieces(value) {
        match piece {
            Piece::Plain(plain) => text.push_str(plain),
            Piece::Words(words) => {
                text.push_str("=?utf-8?B?");
                text.push_str(&STANDARD.encode(one_line(&words)));
                text.push_str("?=");
            }
        }
    }
    text
}

/// No control character, line ends above all: what follows one must never become a header.
pub fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|letter| if is_break(letter) { ' ' } else { letter }).collect();
    plain.trim().to_owned()
}

fn is_break(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

enum Piece<'v> {
    Plain(&'v str),
    Words(String),
}

struct Word<'v> {
    charset: &'v str,
    bytes: Vec<u8>,
    rest: &'v str,
}

fn pieces(value: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut rest = value;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        let Some(first) = word(from) else {
            // No word begins here: the two characters stand for themselves.
            let (plain, after) = rest.split_at(start + 2);
            all.push(Piece::Plain(plain));
            rest = after;
            continue;
        };
        if !before.is_empty() {
            all.push(Piece::Plain(before));
        }
        let mut text = String::new();
        let mut run = first;
        while let Some(next) = word(run.rest.trim_start()) {
            if next.charset.eq_ignore_ascii_case(run.charset) {
                let mut bytes = run.bytes;
                bytes.extend(next.bytes);
                run = Word { charset: run.charset, bytes, rest: next.rest };
            } else {
                text.push_str(&charset::decode(&run.bytes, Some(run.charset)).text);
                run = next;
            }
        }
        text.push_str(&charset::decode(&run.bytes, Some(run.charset)).text);
        rest = run.rest;
        all.push(Piece::Words(text));
    }
    if !rest.is_empty() {
        all.push(Piece::Plain(rest));
    }
    all
}

/// The encoded word that a text begins with.
fn word(text: &str) -> Option<Word<'_>> {
    let (charset, after) = text.strip_prefix("=?")?.split_once('?')?;
    let (encoding, after) = after.split_once('?')?;
    let (content, rest) = after.split_once("?=")?;
    let charset = charset.split('*').next()?;
    if charset.is_empty() || charset.contains(char::is_whitespace) || charset.len() > 40 {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => transfer::base64(content.as_bytes()),
        "Q" | "q" => transfer::quoted_printable(content.replace('_', " ").as_bytes()),
        _ => return None,
    };
    Some(Word { charset, bytes, rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_two_words_share_is_one() {
        assert_eq!(decoded("=?UTF-8?B?w4k=?= =?UTF-8?B?dMM=?=\t =?utf-8?B?qQ==?= [K-7]"), "Été [K-7]");
        assert_eq!(decoded("a =?iso-8859-1*fr?q?=E9t=E9_?= =?utf-8?Q?=C3=A9?= b"), "a été é b");
    }

    #[test]
    fn japanese_goes_on_from_word_to_word() {
        assert_eq!(decoded("=?ISO-2022-JP?B?GyRCJCIbKEI=?= =?iso-2022-jp?B?GyRCJCIbKEI=?="), "ああ");
    }

    #[test]
    fn what_is_no_word_stands_for_itself() {
        assert_eq!(decoded("1 =? 2 =?x?= =?utf-8?Z?a?= ?="), "1 =? 2 =?x?= =?utf-8?Z?a?= ?=");
    }

    #[test]
    fn no_line_end_comes_out() {
        assert_eq!(decoded("=?utf-8?Q?a=0D=0ABcc:_x@example.org?="), "a  Bcc: x@example.org");
        assert_eq!(joined("=?utf-8?Q?a=0Db?= <a@b>"), "=?utf-8?B?YSBi?= <a@b>");
    }
}
