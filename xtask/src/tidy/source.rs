//! Rules about Rust files: short, honest, and with their invariant said.

use anyhow::Result;

use super::{Files, Problems};

const MOST_LINES: usize = 700;
const AIM_LINES: usize = 600;

/// What does not stand in code, with what to do instead. Comments and strings are not code.
const BANNED: &[(&str, &str)] = &[
    ("todo!", "write it, or leave it out"),
    ("unimplemented!", "write it, or leave it out"),
    ("dbg!", "take it out"),
    ("#[ignore", "a test runs or does not exist; assert today's wrong behaviour and say what is to mend"),
    ("should_panic", "test a returned error"),
];

/// No file is longer than a person reads in one go.
pub fn lengths(files: &Files, problems: &mut Problems) -> Result<()> {
    for file in files.ending(".rs") {
        let lines = file.text.lines().count();
        if lines > MOST_LINES {
            problems.error(format!("{}: {lines} lines; split it along an obvious seam (most {MOST_LINES})", file.path));
        } else if lines > AIM_LINES {
            problems.warning(format!("{}: {lines} lines; the aim is {AIM_LINES}", file.path));
        }
    }
    Ok(())
}

/// Nothing unfinished, no silenced lint, no ignored test.
pub fn banned(files: &Files, problems: &mut Problems) -> Result<()> {
    for file in files.ending(".rs") {
        let code = code_only(&file.text);
        for (number, line) in code.lines().enumerate() {
            let here = format!("{}:{}", file.path, number + 1);
            for (word, instead) in BANNED.iter().filter(|(word, _)| stands_in(line, word)) {
                problems.error(format!("{here}: {word}: {instead}"));
            }
            let attribute = line.contains("#[") || line.contains("#![") || line.contains("cfg_attr");
            if attribute && stands_in(line, "allow(") {
                problems.error(format!("{here}: a silenced lint: use #[expect(lint, reason = \"…\")] or mend it"));
            }
        }
    }
    Ok(())
}

/// The root file of every crate says what always holds in it and what is deliberately absent.
pub fn headers(files: &Files, problems: &mut Problems) -> Result<()> {
    for manifest in files.ending("Cargo.toml").filter(|file| file.path != "Cargo.toml") {
        let folder = manifest.path.trim_end_matches("Cargo.toml");
        let (library, binary) = (format!("{folder}src/lib.rs"), format!("{folder}src/main.rs"));
        let Some((path, text)) =
            files.text(&library).map(|text| (&library, text)).or_else(|| files.text(&binary).map(|text| (&binary, text)))
        else {
            problems.error(format!("{}: no src/lib.rs and no src/main.rs", manifest.path));
            continue;
        };
        let header: String =
            text.lines().take_while(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n").to_lowercase();
        for (word, what) in [("invariant", "which invariant holds"), ("absent", "what is deliberately absent")] {
            if !header.contains(word) {
                problems.error(format!("{path}: its first lines (//!) do not say {what}"));
            }
        }
    }
    Ok(())
}

/// Whether a word stands in a line, not as the end of a longer one (`reset_todo!` is not `todo!`).
fn stands_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let before = line.get(..start).and_then(|before| before.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

/// A Rust text with comments and the insides of strings blanked; lines keep their numbers.
///
/// It follows the lexical rules that matter here: nested block comments, escapes, raw strings, and quotes that begin a lifetime rather
/// than a character.
fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let previous_is_name = code.chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == '_');
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if letter == '"' {
            quoted(rest)
        } else if let Some(length) = raw_string(rest).filter(|_| !previous_is_name) {
            length
        } else if letter == '\'' {
            character(rest)
        } else {
            0
        };
        if skipped == 0 {
            code.push(letter);
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        } else {
            let (hidden, after) = rest.split_at_checked(skipped).unwrap_or((rest, ""));
            code.push(' ');
            code.extend(hidden.chars().filter(|letter| *letter == '\n'));
            rest = after;
        }
    }
    code
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Length of a raw string at the start of the text, as in `r#"…"#` or `br"…"`.
fn raw_string(text: &str) -> Option<usize> {
    let opened = ["r", "br", "cr"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let hashes = opened.chars().take_while(|letter| *letter == '#').count();
    let inside = opened.get(hashes..)?.strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let inside_length = inside.find(&close).map_or(inside.len(), |at| at + close.len());
    Some(text.len() - inside.len() + inside_length)
}

/// Length of a character at the start of the text; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        (Some((_, '\\')), Some((escaped_at, escaped))) => {
            let from = escaped_at + escaped.len_utf8();
            text.get(from..).and_then(|rest| rest.find('\'')).map_or(0, |at| from + at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::errors_of;
    use super::*;

    #[test]
    fn only_code_is_code() {
        let text = "let a = \"todo!() \\\" dbg!\"; // todo!()\nlet b = r#\"dbg!(\"x\")\"#; /* a /* b */ dbg!() */ let c: &'a str = '\\'' ;dbg!(c)";
        let code = code_only(text);
        assert_eq!(code.lines().count(), 2);
        assert!(!code.contains("todo!"), "{code}");
        assert_eq!(code.matches("dbg!").count(), 1, "{code}");
        assert!(code.contains("&'a str"), "{code}");
    }

    #[test]
    fn lines_keep_their_numbers_after_strings_of_several_lines() {
        let errors = errors_of(banned, &[("crates/base/src/a.rs", "const A: &str = \"\n\n\";\nfn b() { dbg!(1); }\n")]);
        assert_eq!(errors.len(), 1);
        assert!(errors[0].starts_with("crates/base/src/a.rs:4"), "{errors:?}");
    }

    #[test]
    fn what_is_banned_is_found() {
        for line in [
            "#[allow(dead_code)]",
            "#![allow(unused)]",
            "#[cfg_attr(test, allow(unused))]",
            "#[ignore]",
            "#[should_panic]",
            "todo!()",
        ] {
            assert_eq!(errors_of(banned, &[("a.rs", line)]).len(), 1, "{line}");
        }
        for line in ["#[expect(dead_code, reason = \"\")]", "fn allow(a: u8) {}", "x.may_allow(1)", "// todo!()"] {
            assert!(errors_of(banned, &[("a.rs", line)]).is_empty(), "{line}");
        }
    }

    #[test]
    fn long_files_are_found() {
        assert_eq!(errors_of(lengths, &[("a.rs", &"\n".repeat(701))]).len(), 1);
        assert!(errors_of(lengths, &[("a.rs", &"\n".repeat(700))]).is_empty());
    }

    #[test]
    fn a_crate_says_its_invariant_and_what_is_absent() {
        let manifest = ("crates/a/Cargo.toml", "");
        let good = ("crates/a/src/lib.rs", "//! A.\n//! Invariant: b. Deliberately absent: c.\n");
        assert!(errors_of(headers, &[manifest, good]).is_empty());
        assert_eq!(errors_of(headers, &[manifest, ("crates/a/src/main.rs", "//! A.\n")]).len(), 2);
        assert_eq!(errors_of(headers, &[manifest]).len(), 1);
    }
}
