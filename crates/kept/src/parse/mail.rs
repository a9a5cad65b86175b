//! `kept parse --source mail`: what a mail says, as JSON. The shapes are described in `docs/mail.md`.

use std::path::Path;

use serde_json::{Value, json};

/// The name of this source; it is no partner, so that it stands beside their list.
pub const SOURCE: &str = "mail";

/// The line of one file.
pub fn line(file: &Path) -> Value {
    let name = file.display().to_string();
    let raw = match std::fs::read(file) {
        Ok(raw) => raw,
        Err(error) => return failed(&name, format!("the file cannot be read: {error}")),
    };
    match kept_mail::read(&raw) {
        Ok(mail) => json!({ "file": name, "facts": [], "unmapped": mail.doubts, "error": null, "mail": mail }),
        Err(unreadable) => failed(&name, unreadable.to_string()),
    }
}

fn failed(name: &str, error: String) -> Value {
    json!({ "file": name, "facts": [], "unmapped": [], "error": error, "mail": null })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_has_these_fields_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.eml");
        std::fs::write(
            &file,
            "From: Ann <ann@example.org>\nSubject: Where is it?\nContent-Type: text/plain; charset=x-own\n\nH\u{e9}llo\n",
        )
        .unwrap();
        let line = line(&file);
        let mut names: Vec<&String> = line["mail"].as_object().unwrap().keys().collect();
        names.sort();
        let expected =
            "attachments automatic bounce cc date from full_text html in_reply_to message_id references reply_to subject text to";
        assert_eq!(names, expected.split(' ').collect::<Vec<_>>());
        assert_eq!(line["mail"]["from"], json!({ "name": "Ann", "address": "ann@example.org" }));
        assert_eq!(line["mail"]["automatic"], "no");
        assert_eq!(line["unmapped"], json!([{ "what": "charset", "code": "x-own" }]));
        assert_eq!(line["error"], Value::Null);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_a_hint() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.eml");
        for (bytes, said) in [(&b" \n"[..], "empty"), (b"{\"a\": 1}", "no mail")] {
            std::fs::write(&file, bytes).unwrap();
            let line = line(&file);
            let error = line["error"].as_str().unwrap();
            assert!(error.contains(said) && error.contains("; hint: "), "{error}");
            assert_eq!((&line["mail"], &line["facts"]), (&Value::Null, &json!([])));
        }
        assert!(super::line(&folder.path().join("none"))["error"].as_str().unwrap().contains("cannot be read"));
    }
}
