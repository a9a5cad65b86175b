//! A stranger's text in a cell of a table: it must not become a formula when a spreadsheet opens the file.
//!
//! Spreadsheets take a cell for a formula when it begins with `=`, `+`, `-`, `@`, a tab or a line's end (OWASP, *CSV Injection*), also in
//! the full-width forms. An apostrophe in front makes it text. Texts that begin with apostrophes before such a character get one more, so
//! that [`as_written`] gives back exactly what was there.

/// The text as it may stand in a cell.
#[must_use]
pub fn harmless(text: &str) -> String {
    if is_risky(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text of a cell that [`harmless`] wrote; any other stays as it is.
#[must_use]
pub fn as_written(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_risky(text)).unwrap_or(cell)
}

fn is_risky(text: &str) -> bool {
    let first = text.trim_start_matches('\'').chars().next();
    matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_a_formula_is_text_and_comes_back_as_it_was() {
        for (text, cell) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+33612345678", "'+33612345678"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("Élodie", "Élodie"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), cell);
            assert_eq!(as_written(cell), text);
        }
    }
}
