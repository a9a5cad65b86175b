//! Cutting measured against public sets that may not be copied: left out, and said so, where they are absent.

use std::path::Path;

use kept_mail::cutting::cut;
use serde_json::Value;

use crate::corpora::{files, folder};

/// How much longer than the wanted text ours may be where only its beginning is given, in characters; so the set's README has it.
const LONGER: usize = 40;

#[test]
fn replies_in_many_languages() {
    let Some(folder) = folder("crisp-replies") else { return };
    let rows = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
    let (mut beginnings, mut right, mut whole, mut whole_right) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        let file = row["file"].as_str().unwrap();
        let body = std::fs::read_to_string(folder.join(file)).unwrap();
        let found = simple(&cut(Some(&body), None).text);
        if let Some(wanted) = row["first_fragment_trimmed"].as_str().map(simple) {
            beginnings += 1;
            if found.starts_with(&wanted) && found.chars().count() <= wanted.chars().count() + LONGER {
                right += 1;
            } else {
                assert!(
                    !file.contains("french") && !file.contains("_fr"),
                    "{file}: every French one has to be right, found {found:?}"
                );
                wrong.push(format!("{file}: {found:?}"));
            }
        }
        if let Some(wanted) = row["visible_text"].as_str().map(simple) {
            whole += 1;
            if found == wanted {
                whole_right += 1;
            } else {
                wrong.push(format!("{file}: {found:?} instead of {wanted:?}"));
            }
        }
    }
    println!("crisp-replies: {right} of {beginnings} beginnings, {whole_right} of {whole} whole texts");
    assert!(right + 2 >= beginnings && whole_right == whole, "{}", wrong.join("\n"));
}

#[test]
fn replies_of_mail_programs() {
    let Some(folder) = folder("talon") else { return };
    let mut wrong = Vec::new();
    let (mut count, mut with_signature) = (0, 0);
    for file in files(&folder.join("standard_replies")).iter().filter(|file| has_ending(file, "eml")) {
        count += 1;
        let mail = kept_mail::read(&std::fs::read(file).unwrap()).unwrap();
        let found = simple(&mail.text);
        // The set keeps signatures, which it cuts in a step of its own; here they are cut, as everywhere.
        let wanted = std::fs::read_to_string(file.with_extension("").to_string_lossy().into_owned() + "_reply_text")
            .map(|text| simple(&text));
        with_signature += usize::from(wanted.as_ref().is_ok_and(|wanted| *wanted != found));
        if found != "Hello" && wanted.ok().as_deref() != Some(&found) {
            wrong.push(format!("{}: {found:?}", file.display()));
        }
    }
    println!(
        "talon, standard replies: {} of {count}, {with_signature} of them without the signature that the set keeps",
        count - wrong.len()
    );
    let html = files(&folder.join("html_replies"));
    let html_right = html.iter().filter(|file| words_of_html(file) == "Hi. I am fine. Thanks, Alex").count();
    println!("talon, HTML replies: {html_right} of {}", html.len());
    assert!(wrong.is_empty() && html_right == html.len(), "{}", wrong.join("\n"));
    assert_eq!(words_of_html(&folder.join("reply-separated-by-hr.html")), "Hi there Bob");
    assert_eq!(words_of_html(&folder.join("OLK_SRC_BODY_SECTION.html")), "Reply");
    let shared = kept_mail::read(&std::fs::read(folder.join("reply-quotations-share-block.eml")).unwrap()).unwrap();
    assert!(!shared.text.contains("wrote:") && shared.text.contains("dietry"), "{}", shared.text);
}

/// What is signed without "-- " or a device's line is kept on purpose: a closing and a name are the sender's words. So this only tells.
#[test]
fn signatures() {
    let Some(folder) = folder("talon") else { return };
    let (mut right, mut count) = (0, 0);
    for file in files(&folder.join("signature/emails/stripped")) {
        let Some(name) = file.to_string_lossy().strip_suffix("_body").map(str::to_owned) else { continue };
        count += 1;
        let body = std::fs::read_to_string(&file).unwrap();
        let signature = simple(&std::fs::read_to_string(name + "_signature").unwrap_or_default());
        let found = simple(&cut(Some(&body), None).text);
        let wanted = simple(&body);
        right += usize::from(wanted.strip_suffix(&signature).map(str::trim) == Some(&found));
        assert!(wanted.starts_with(&found), "nothing but an end is cut");
    }
    println!("talon, signatures: {right} of {count}");
    assert!(right >= 2);
}

/// Mails of real life: whatever is cut, it is part of what there was.
#[test]
fn nothing_is_lost_of_real_mails() {
    for set in ["spamassassin-ham", "flanker", "mikel-mail", "enmime", "sisimai"] {
        let Some(folder) = folder(set) else { continue };
        let (mut count, mut cut_count) = (0, 0);
        for file in files(&folder) {
            let Ok(mail) = kept_mail::read(&std::fs::read(&file).unwrap()) else { continue };
            count += 1;
            let mut all = mail.full_text.split_whitespace();
            assert!(mail.text.split_whitespace().all(|word| all.any(|other| other == word)), "{}", file.display());
            assert_eq!(mail.text.trim().is_empty(), mail.full_text.trim().is_empty(), "{}", file.display());
            cut_count += usize::from(mail.text != mail.full_text);
        }
        println!("{set}: {cut_count} of {count} mails are shorter without what they quote and sign");
    }
}

fn words_of_html(file: &Path) -> String {
    simple(&cut(None, Some(&String::from_utf8_lossy(&std::fs::read(file).unwrap()))).text)
}

fn has_ending(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|found| found == ending)
}

fn simple(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
