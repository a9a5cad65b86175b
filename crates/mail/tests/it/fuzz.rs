//! Mutated mails: none may panic.
//!
//! A few thousand by default; `KEPT_FUZZ=1000000 cargo test -p kept-mail --release -- fuzz` for an evening.

use std::path::PathBuf;

use kept_mail::Unreadable;
use kept_testkit::fuzzing::{Dice, changed};

use crate::corpora::{files, folder};

/// What parsers of mail stumble over.
const THORNS: [&[u8]; 30] = [
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\0",
    b"--",
    b"--b",
    b"--b--\r\n",
    b"=?",
    b"=?utf-8?B?w4k?=",
    b"=?utf-8?Q?=0D=0A?=",
    b"=?iso-2022-jp?B?GyRC?=",
    b"?=",
    b"\"",
    b"(",
    b"<",
    b">",
    b"@",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=\"\"\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%; filename*1=\r\n",
    b"Final-Recipient: rfc822;\r\n",
    b"Diagnostic-Code: smtp; 550 5.1.\r\n",
    b"Date: Thu, 32 Foo 99999 99:99:99 +9999\r\n",
    b"<a@b.example>:\r\n550 5.1.1 \xe9\xff\r\n",
    b"\xef\xbb\xbf",
    b"\xf0\x9f\x93",
    b"<div><blockquote><a href=javascript:x><img src=//a>",
    b"{\"notificationType\":\"Bounce\",\"bounce\":{}}",
];

/// Mails of our own, and those of the sets where they are there.
fn seeds() -> Vec<Vec<u8>> {
    let mut all = vec![
        b"From: Ann <ann@home.example>\r\nSubject: =?utf-8?Q?=C3=A9?=\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n> quoted\r\n--b\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Hell=F4</p>\r\n--b--\r\n".to_vec(),
        b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n<ann@home.example>:\nRemote host said: 550 5.1.1 no\n\nReturn-Path: <a@b.example>\nReceived: x\nTo: ann@home.example\nMessage-ID: <1@2>\n\nHi\n".to_vec(),
        b"From: postmaster@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogYQoKYg==\n--b--\n".to_vec(),
    ];
    if let Some(folder) = folder("") {
        let small = |file: &PathBuf| std::fs::metadata(file).is_ok_and(|data| data.len() < 60_000);
        all.extend(
            files(&folder)
                .iter()
                .filter(|file| small(file))
                .filter_map(|file| std::fs::read(file).ok())
                .filter(|raw| !raw.is_empty()),
        );
    }
    all
}

/// Puts a thorn there.
fn prick(raw: &mut Vec<u8>, at: usize, dice: &mut Dice) {
    raw.splice(at..at, THORNS[dice.below(THORNS.len())].iter().copied());
}

#[test]
fn fuzz() {
    let count: usize = std::env::var("KEPT_FUZZ").ok().and_then(|count| count.parse().ok()).unwrap_or(2000);
    let seeds = seeds();
    let mut dice = Dice::new(1);
    for round in 0..count {
        let raw = changed(&seeds, &mut dice, prick);
        let read = kept_mail::read(&raw);
        let shown = || String::from_utf8_lossy(&raw).into_owned();
        assert!(!matches!(read, Err(Unreadable::Broken { .. })), "round {round}: {read:?}\n{}", shown());
        if let Ok(mail) = read {
            let names = mail.attachments.iter().filter_map(|one| one.name.as_deref());
            let lines = names
                .chain(mail.subject.as_deref())
                .chain(mail.message_id.as_deref())
                .chain(mail.references.iter().map(String::as_str));
            assert!(!lines.into_iter().any(|line| line.contains(['\r', '\n'])), "round {round}\n{}", shown());
        }
    }
}
