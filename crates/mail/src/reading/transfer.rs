//! Transfer encodings undone: base64, quoted-printable, uuencode.
//!
//! All are total: what is broken stays readable as far as it goes. Libraries give up at the first bad character, and with it the attachment.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// The bytes that were encoded; an unknown encoding leaves them as they are.
pub fn decoded(bytes: &[u8], encoding: &str) -> Vec<u8> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => base64(bytes),
        "quoted-printable" => quoted_printable(bytes),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => uuencoded(bytes).unwrap_or_else(|| bytes.to_vec()),
        _ => bytes.to_vec(),
    }
}

/// Base64 with what does not belong left out; text that was only called base64 stays as it is.
pub fn base64(bytes: &[u8]) -> Vec<u8> {
    let strange = bytes.iter().filter(|byte| !is_base64(**byte) && !byte.is_ascii_whitespace() && **byte != b'=').count();
    let written = bytes.iter().filter(|byte| !byte.is_ascii_whitespace()).count();
    if strange * 8 > written {
        return bytes.to_vec();
    }
    let mut all = Vec::with_capacity(bytes.len() / 4 * 3);
    // Several encodings one after the other each end in their own padding.
    for run in bytes.split(|byte| *byte == b'=') {
        let mut clean: Vec<u8> = run.iter().copied().filter(|byte| is_base64(*byte)).collect();
        if clean.len() % 4 == 1 {
            clean.pop();
        }
        // The last character may carry bits beyond the last byte: they are cleared, not a reason to refuse.
        let spare = match clean.len() % 4 {
            2 => 4,
            3 => 2,
            _ => 0,
        };
        if let (true, Some(last)) = (spare > 0, clean.last_mut()) {
            let value = value_of(*last) >> spare << spare;
            *last = ALPHABET.get(usize::from(value)).copied().unwrap_or(b'A');
        }
        all.extend(STANDARD_NO_PAD.decode(&clean).unwrap_or_default());
    }
    all
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

fn value_of(byte: u8) -> u8 {
    ALPHABET.iter().position(|one| *one == byte).and_then(|place| u8::try_from(place).ok()).unwrap_or(0)
}

/// Quoted-printable; a sign of equality that begins nothing stands for itself.
pub fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'=' {
            all.push(byte);
            continue;
        }
        if let (Some(high), Some(low)) = (after.first().and_then(|one| hex(*one)), after.get(1).and_then(|one| hex(*one))) {
            all.push(high * 16 + low);
            rest = after.get(2..).unwrap_or_default();
            continue;
        }
        // A soft line break, blanks before it forgiven.
        let blanks = after.iter().take_while(|one| matches!(one, b' ' | b'\t' | b'\r')).count();
        match after.get(blanks) {
            Some(b'\n') => rest = after.get(blanks + 1..).unwrap_or_default(),
            None => rest = &[],
            Some(_) => all.push(b'='),
        }
    }
    all
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// What stands between `begin` and `end`.
fn uuencoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.find(|line| line.starts_with(b"begin "))?;
    for line in lines.take_while(|line| !line.starts_with(b"end")) {
        let Some((length, text)) = line.split_first() else { continue };
        let wanted = usize::from(length.wrapping_sub(b' ') & 63);
        let mut row = Vec::new();
        for four in text.chunks(4) {
            let value = |at: usize| u32::from(four.get(at).copied().unwrap_or(b' ').wrapping_sub(b' ') & 63);
            let bits = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
            row.extend(bits.to_be_bytes().into_iter().skip(1));
        }
        row.truncate(wanted);
        all.extend(row);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_character_costs_no_attachment() {
        assert_eq!(decoded(b"aGVs\r\nbG8!gd29y\nbGQ=", "BASE64"), b"hello world");
        assert_eq!(base64(b"aGVsbG8=IHdvcmxk"), b"hello world");
        assert_eq!(base64(b"This, as you see; is no base64 at all! (really: it is not...)").first(), Some(&b'T'));
        assert_eq!(base64(b"YWJjZ"), b"abc");
    }

    #[test]
    fn broken_quoted_printable_stays_readable() {
        assert_eq!(decoded(b"caf=C3=A9 a=b =\r\n=3D=", "quoted-printable"), "café a=b =".as_bytes());
        assert_eq!(quoted_printable(b"a=  \nb"), b"ab");
    }

    #[test]
    fn unknown_encodings_and_uuencode() {
        assert_eq!(decoded(b"as it is", "x-own"), b"as it is");
        assert_eq!(decoded(b"begin 644 a.txt\n#86)C\n`\nend\n", "x-uuencode"), b"abc");
    }
}
