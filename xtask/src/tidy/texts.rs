//! Rules about what people read: templates without inline script or style, and every text in both languages.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{File, Files, Problems};

const TEMPLATES: &str = "crates/web/templates/";
const LOCALES: &str = "crates/text/locales/";

/// Pages work under a policy that refuses inline script and style; a template that holds one would fail silently in browsers.
pub fn templates(files: &Files, problems: &mut Problems) -> Result<()> {
    for file in files.ending(".html").filter(|file| file.path.starts_with(TEMPLATES)) {
        for (number, line) in file.text.lines().enumerate() {
            for what in inline_in(&line.to_lowercase()) {
                problems.error(format!("{}:{}: {what}; move it to crates/web/assets", file.path, number + 1));
            }
        }
    }
    Ok(())
}

/// French and English have the same files with the same keys, each key once in its language.
pub fn keys(files: &Files, problems: &mut Problems) -> Result<()> {
    let (french, english) = (language(files, "fr", problems), language(files, "en", problems));
    for (mine, theirs, other) in [(&french, &english, "en"), (&english, &french, "fr")] {
        for (key, place) in mine {
            match theirs.get(key) {
                None => problems.error(format!("{}: {key} is missing in {other}", place.file)),
                Some(found) if found.file_name() != place.file_name() => {
                    problems.error(format!("{}: {key} is in {} in {other}", place.file, found.file_name()));
                }
                Some(_) => {}
            }
        }
    }
    Ok(())
}

/// Where a key was written.
struct Place {
    file: String,
}

impl Place {
    fn file_name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or(&self.file)
    }
}

fn language(files: &Files, tag: &str, problems: &mut Problems) -> BTreeMap<String, Place> {
    let mut found = BTreeMap::new();
    let folder = format!("{LOCALES}{tag}/");
    for file in files.ending(".ftl").filter(|file| file.path.starts_with(&folder)) {
        for key in keys_of(file) {
            if found.insert(key.clone(), Place { file: file.path.clone() }).is_some() {
                problems.error(format!("{}: {key} is written twice in {tag}", file.path));
            }
        }
    }
    found
}

/// Messages, terms (`-name`) and attributes (`name.attribute`) of a Fluent file.
fn keys_of(file: &File) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut message = String::new();
    for line in file.text.lines() {
        let Some((name, _)) = line.split_once('=') else { continue };
        let name = name.trim_end();
        let is_name =
            |name: &str| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
        if is_name(name) {
            message = name.to_owned();
            keys.push(message.clone());
        } else if let Some(attribute) = name.trim_start().strip_prefix('.').filter(|attribute| is_name(attribute)) {
            keys.push(format!("{message}.{attribute}"));
        }
    }
    keys
}

/// What of a (lower case) line of HTML is inline script or style.
fn inline_in(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (start, _) in line.match_indices("<script") {
        let tag = line.get(start..).and_then(|rest| rest.split('>').next()).unwrap_or_default();
        if !tag.contains("src=") {
            found.push("an inline <script>".to_owned());
        }
    }
    if line.contains("<style") {
        found.push("an inline <style>".to_owned());
    }
    if line.contains("javascript:") {
        found.push("a javascript: address".to_owned());
    }
    for attribute in attributes(line) {
        let handler = attribute
            .strip_prefix("on")
            .is_some_and(|event| event.len() > 2 && event.chars().all(|letter| letter.is_ascii_alphabetic()));
        if attribute == "style" || handler || attribute.starts_with("hx-on") {
            found.push(format!("an inline {attribute}=\"…\""));
        }
    }
    found
}

/// Names before `=` that follow a space or the start of the line.
fn attributes(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices('=').filter_map(|(at, _)| {
        let name = line.get(..at)?.rsplit(|letter: char| letter.is_whitespace() || letter == '"' || letter == '\'').next()?;
        (!name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::super::errors_of;
    use super::*;

    #[test]
    fn inline_script_and_style_are_found() {
        for line in [
            "<script>alert(1)</script>",
            "<p style=\"color: red\">",
            "<style>p{}</style>",
            "<button onclick=\"go()\">",
            "<a href=\"javascript:go()\">",
            "<div hx-on:click=\"go()\">",
        ] {
            assert_eq!(errors_of(templates, &[("crates/web/templates/a.html", line)]).len(), 1, "{line}");
        }
        for line in [
            "<script src=\"/assets/a.js\" defer></script>",
            "<link rel=\"stylesheet\" href=\"a\">",
            "{% if one == 1 %}",
            "<p data-style=\"x\">",
        ] {
            assert!(errors_of(templates, &[("crates/web/templates/a.html", line)]).is_empty(), "{line}");
        }
    }

    #[test]
    fn keys_must_be_in_both_languages() {
        let french = (
            "crates/text/locales/fr/a.ftl",
            "a = A\n# c = no\nb = { $n ->\n    [one] x\n   *[other] y\n}\n    .title = T\n-term = t\n",
        );
        let english = ("crates/text/locales/en/a.ftl", "a = A\na = B\nb = b\n");
        let errors = errors_of(keys, &[french, english]);
        assert_eq!(errors.len(), 3, "{errors:?}");
    }
}
