//! Bytes to text: the declared charset where it is known and fits, what can be read otherwise.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;

/// Text, and whether it had to be guessed.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// The charset that was declared, where it is unknown or does not fit; empty where none was declared.
    pub doubt: Option<String>,
}

/// Text of bytes with the charset that is declared of them.
///
/// Plain ASCII and valid UTF-8 are never in doubt, whatever single-byte charset is declared by habit: a text of another charset is hardly
/// ever valid UTF-8 by chance.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    let label =
        declared.map(|label| label.trim().trim_matches(['"', '\'']).to_ascii_lowercase()).filter(|label| !label.is_empty());
    let Some(label) = label else { return undeclared(bytes, None) };
    if label.contains("utf-7") || label == "utf7" {
        return match charset_decoder(b"utf-7") {
            Some(decoder) => sure(decoder(bytes)),
            None => undeclared(bytes, Some(label)),
        };
    }
    let Some(encoding) = Encoding::for_label(label.as_bytes()).or_else(|| by_habit(&label)) else {
        return undeclared(bytes, Some(label));
    };
    if encoding == UTF_8 || encoding == WINDOWS_1252 {
        if let Ok(text) = std::str::from_utf8(bytes)
            && !(encoding == WINDOWS_1252 && has_escapes(bytes))
        {
            return sure(text.to_owned());
        }
        if encoding == WINDOWS_1252 && !has_escapes(bytes) {
            let ascii = matches!(label.as_str(), "us-ascii" | "ascii" | "ansi_x3.4-1968");
            let text = encoding.decode_without_bom_handling(bytes).0.into_owned();
            return Decoded { text, doubt: ascii.then_some(label) };
        }
        return undeclared(bytes, Some(label));
    }
    let bytes = if encoding == ISO_2022_JP { &without_idle_escapes(bytes) } else { bytes };
    let (text, _, wrong) = encoding.decode(bytes);
    if !wrong {
        return sure(text.into_owned());
    }
    match std::str::from_utf8(bytes) {
        Ok(other) if !bytes.is_ascii() => Decoded { text: other.to_owned(), doubt: Some(label) },
        _ => Decoded { text: text.into_owned(), doubt: Some(label) },
    }
}

fn sure(text: String) -> Decoded {
    Decoded { text, doubt: None }
}

/// Spellings of charsets that the standard's list of labels leaves out.
fn by_habit(label: &str) -> Option<&'static Encoding> {
    let plain: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
    let known: &[u8] = match plain.as_str() {
        "utf8" | "unicode11utf8" | "utf8mb4" => b"utf-8",
        "latin1" | "iso88591" | "88591" | "ansi" | "cp1252" | "windows1252" | "usascii" | "ascii7" => b"windows-1252",
        "latin9" | "iso885915" | "885915" => b"iso-8859-15",
        "shiftjis" | "cp932" | "windows31j" | "ms932" => b"shift_jis",
        "iso2022jp1" | "iso2022jp2" | "iso2022jp3" | "cp50220" | "cp50221" => b"iso-2022-jp",
        "cp936" | "ms936" | "gb2312" => b"gbk",
        "cp949" | "ms949" | "uhc" => b"euc-kr",
        "cp950" | "ms950" => b"big5",
        "cp1251" | "win1251" => b"windows-1251",
        "cp1250" | "win1250" => b"windows-1250",
        "cp1253" => b"windows-1253",
        "cp1254" => b"windows-1254",
        "macroman" | "xmacroman" => b"macintosh",
        _ => return None,
    };
    Encoding::for_label(known)
}

/// UTF-8 where it is, Japanese by its escapes, else the charset of western Windows, in which nothing is lost.
fn undeclared(bytes: &[u8], label: Option<String>) -> Decoded {
    if has_escapes(bytes) && bytes.is_ascii() {
        let bytes = without_idle_escapes(bytes);
        let (text, _, wrong) = ISO_2022_JP.decode(&bytes);
        if !wrong {
            return Decoded { text: text.into_owned(), doubt: None };
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let doubt = label.filter(|_| !bytes.is_ascii());
        return Decoded { text: text.to_owned(), doubt };
    }
    let doubt = Some(label.unwrap_or_default());
    let mended = String::from_utf8_lossy(bytes);
    let broken = mended.chars().filter(|letter| *letter == char::REPLACEMENT_CHARACTER).count();
    let foreign = mended.chars().filter(|letter| !letter.is_ascii()).count();
    if broken * 5 <= foreign {
        return Decoded { text: mended.into_owned(), doubt };
    }
    Decoded { text: WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), doubt }
}

/// An escape to ASCII straight before one to Japanese says nothing, and the standard's decoder marks it as a fault; it stands wherever
/// encoded words were put together.
fn without_idle_escapes(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        if let [0x1b, b'(', b'B', 0x1b, b'$', ..] = rest {
            rest = rest.get(3..).unwrap_or_default();
            continue;
        }
        all.push(*byte);
        rest = after;
    }
    all
}

/// The escapes by which ISO-2022-JP begins Japanese.
fn has_escapes(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|three| matches!(three, [0x1b, b'$', b'B' | b'@'] | [0x1b, b'(', b'J' | b'I']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_and_fits_is_taken() {
        assert_eq!(decode(b"caf\xe9", Some("ISO-8859-1")), sure("café".to_owned()));
        assert_eq!(decode(b"\x82\xa0", Some("cp932")), sure("あ".to_owned()));
        assert_eq!(decode(b"+AOk-t+AOk-", Some("UTF-7")), sure("été".to_owned()));
        assert_eq!(decode("café".as_bytes(), Some("iso-8859-1")), sure("café".to_owned()));
    }

    #[test]
    fn what_is_wrong_is_readable_and_marked() {
        assert_eq!(decode(b"caf\xe9", Some("utf-8")), Decoded { text: "café".to_owned(), doubt: Some("utf-8".to_owned()) });
        assert_eq!(
            decode(b"caf\xe9", Some("x-klingon")),
            Decoded { text: "café".to_owned(), doubt: Some("x-klingon".to_owned()) }
        );
        assert_eq!(decode(b"caf\xe9", None), Decoded { text: "café".to_owned(), doubt: Some(String::new()) });
        assert_eq!(decode("café".as_bytes(), Some("x-klingon")).text, "café");
        assert_eq!(decode(b"plain", Some("x-klingon")), sure("plain".to_owned()));
        assert_eq!(decode(b"\x1b$B$\"\x1b(B", None), sure("あ".to_owned()));
    }
}
