//! Bytes of a spreadsheet's export as text.

use std::borrow::Cow;

use super::RowError;

/// Text, and what it was written in.
#[derive(Debug)]
pub(super) struct Decoded<'b> {
    /// The text without a byte order mark.
    pub text: Cow<'b, str>,
    /// `utf-8` or `windows-1252`.
    pub encoding: &'static str,
}

/// UTF-8 with or without a byte order mark; what is not valid UTF-8 is taken as windows-1252, which French spreadsheets write.
///
/// UTF-16, the other thing spreadsheets write, is refused with a way out.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, RowError> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(RowError::of_file("the file is in UTF-16", "save it as \"CSV UTF-8\""));
    }
    if bytes.contains(&0) {
        return Err(RowError::of_file("this is not a text file", "export the sheet as CSV, not as a workbook"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Decoded { text: Cow::Borrowed(text), encoding: "utf-8" }),
        Err(_) => Ok(Decoded { text: Cow::Owned(bytes.iter().copied().map(windows_1252).collect()), encoding: "windows-1252" }),
    }
}

/// Bytes 0x80 to 0x9F; the WHATWG encoding standard gives the five unassigned ones their own control character.
const HIGH_CONTROLS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”',
    '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Outside that block windows-1252 is Latin-1, whose bytes are Unicode's first 256 characters.
fn windows_1252(byte: u8) -> char {
    byte.checked_sub(0x80).and_then(|place| HIGH_CONTROLS.get(usize::from(place)).copied()).unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_character() {
        let all: Vec<u8> = (1..=255).collect();
        let decoded = decode(&all).unwrap();
        assert_eq!(decoded.encoding, "windows-1252");
        let characters: Vec<char> = decoded.text.chars().collect();
        assert_eq!(characters.len(), 255);
        for (byte, expected) in
            [(0x80, '€'), (0x9c, 'œ'), (0x92, '’'), (0xe9, 'é'), (0x41, 'A'), (0xff, 'ÿ'), (0x9f, 'Ÿ'), (0xa0, '\u{a0}')]
        {
            assert_eq!(characters[byte - 1], expected);
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_column() {
        assert_eq!(decode(b"\xef\xbb\xbfDate").unwrap().text, "Date");
    }

    #[test]
    fn utf_16_and_workbooks_are_refused_with_a_way_out() {
        for bytes in [&b"\xff\xfeD\0a\0"[..], b"\xfe\xff\0D", b"PK\x03\x04\x00\x00"] {
            assert!(decode(bytes).unwrap_err().hint.is_some());
        }
    }
}
