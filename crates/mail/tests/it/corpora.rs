//! Reading measured against mails that may not be redistributed: left out, and said so, where they are absent.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kept_mail::reading::{Action, Automatic, Mail, Unreadable};

/// The folder of the sets, or `None` with a printed message.
pub fn folder(name: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/mail").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: the shared mails {name} are not there");
    None
}

/// Every file below a folder, in order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all.sort();
    all
}

fn is_mail(file: &Path) -> bool {
    let name = file.file_name().unwrap().to_string_lossy();
    let kind = file.extension().map(|extension| extension.to_string_lossy().into_owned()).unwrap_or_default();
    !matches!(kind.as_str(), "md" | "json" | "jsonl") && name != "LICENSE" && name != "COPYING"
}

fn read(file: &Path) -> Result<Mail, Unreadable> {
    kept_mail::read(&std::fs::read(file).unwrap())
}

/// What the set says of a kind.
fn named(kind: &str) -> Option<Automatic> {
    match kind {
        "bounce" => Some(Automatic::Bounce),
        "feedback_report" => Some(Automatic::FeedbackReport),
        "auto_reply" => Some(Automatic::AutoReply),
        "no" => Some(Automatic::No),
        _ => None,
    }
}

#[test]
fn kinds_statuses_and_recipients_of_bounces() {
    let Some(folder) = folder("sisimai") else { return };
    let (mut judged, mut right, mut bounces, mut told) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for row in std::fs::read_to_string(folder.join("expected.jsonl")).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let name = row["file"].as_str().unwrap();
        let read = read(&folder.join(name));
        let Some(expected) = named(row["automatic"].as_str().unwrap()) else { continue };
        judged += 1;
        let mail = match read {
            Ok(mail) => mail,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        if mail.automatic == expected {
            right += 1;
        } else {
            wrong.push(format!("{name}: {:?}, not {expected:?}; {:?}", mail.automatic, mail.subject));
        }
        assert!(expected != Automatic::AutoReply || mail.automatic == expected, "{name} is an automatic answer");
        assert!(expected != Automatic::No || mail.automatic == expected, "{name} was written by a person");
        if expected == Automatic::Bounce {
            bounces += 1;
            let bounce = mail.bounce.as_ref();
            let recipient = bounce.and_then(|bounce| bounce.recipient.as_deref()).filter(|address| address.contains('@'));
            let status = bounce.and_then(|bounce| bounce.status.as_deref());
            match (recipient, status) {
                (Some(_), Some(_)) => told += 1,
                _ => wrong.push(format!("{name}: {recipient:?} {status:?}")),
            }
        }
    }
    println!("kinds: {right} of {judged}; status and recipient: {told} of {bounces}\n{}", wrong.join("\n"));
    assert!(right * 1000 >= judged * 995, "kinds: {right} of {judged}");
    assert!(told * 10 >= bounces * 9, "status and recipient: {told} of {bounces}");
}

#[test]
fn nobody_who_writes_is_taken_for_a_machine() {
    for set in ["spamassassin-ham", "talon", "mikel-mail", "enmime/mail", "enmime/parts", "enmime/low-quality"] {
        let Some(folder) = folder(set) else { continue };
        let mut bulk = 0;
        let mut wrong = Vec::new();
        for file in files(&folder).iter().filter(|file| is_mail(file)) {
            let Ok(mail) = read(file) else { continue };
            bulk += usize::from(mail.automatic == Automatic::Bulk);
            // Among the quirks are reports that call themselves reports.
            let raw = String::from_utf8_lossy(&std::fs::read(file).unwrap()).to_ascii_lowercase();
            let report = ["report-type=", "multipart/report", "message/delivery-status"].iter().any(|mark| raw.contains(mark));
            if !matches!(mail.automatic, Automatic::Bulk | Automatic::No) && !report {
                wrong.push(format!("{}: {:?} {:?}", file.display(), mail.automatic, mail.subject));
            }
        }
        println!("{set}: {bulk} bulk");
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn reports_of_other_sets() {
    if let Some(folder) = folder("enmime/dsn") {
        for file in files(&folder) {
            let bounce = read(&file).unwrap().bounce.expect("a bounce");
            assert!(bounce.recipient.is_some() && bounce.status.is_some(), "{}: {bounce:?}", file.display());
            if file.ends_with("delayed_dsn.raw") {
                assert_eq!(bounce.action, Action::Delayed);
            }
        }
    }
    if let Some(folder) = folder("flanker/bounce") {
        for file in files(&folder) {
            let bounce = read(&file).unwrap().bounce;
            let bounce = bounce.unwrap_or_else(|| panic!("{} is a bounce", file.display()));
            if file.ends_with("no-mx.eml") {
                assert_eq!(bounce.action, Action::Delayed);
            }
        }
    }
    if let Some(folder) = folder("flanker/complaints") {
        for file in files(&folder) {
            assert_eq!(read(&file).unwrap().automatic, Automatic::FeedbackReport, "{}", file.display());
        }
    }
}

#[test]
fn every_mail_is_read_or_refused() {
    let Some(folder) = folder("") else { return };
    let (mut count, mut refused, mut worst) = (0, Vec::new(), (Duration::ZERO, PathBuf::new()));
    for file in files(&folder)
        .into_iter()
        .filter(|file| is_mail(file) && !file.starts_with(folder.join("html")) && !file.starts_with(folder.join("crisp-replies")))
    {
        let bytes = std::fs::read(&file).unwrap();
        let began = Instant::now();
        let read = kept_mail::read(&bytes);
        let took = began.elapsed();
        count += 1;
        worst = worst.max((took, file.clone()));
        if let Ok(mail) = &read {
            let one_line = |text: &Option<String>| !text.as_deref().unwrap_or_default().contains(['\r', '\n']);
            assert!(one_line(&mail.subject), "{}", file.display());
            assert!(mail.attachments.iter().all(|attachment| one_line(&attachment.name)), "{}", file.display());
        }
        if let Err(error) = read {
            assert!(!matches!(error, Unreadable::Broken { .. }), "{}: {error}", file.display());
            refused.push(format!("{}: {error}", file.display()));
        }
    }
    println!("{count} files, {} refused, the slowest {:?}\n{}", refused.len(), worst, refused.join("\n"));
}
