//! Mutated mails: none may panic, and none may take long.
//!
//! A few thousand by default; `KEPT_FUZZ=1000000 cargo test -p kept-mail --release -- fuzz` for an evening.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use kept_mail::Unreadable;

use crate::corpora::{files, folder};

/// Numbers that are the same in every run (SplitMix64): a failure can be had again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(bound.max(1)).expect("a bound")).expect("below a bound")
    }
}

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

fn mutated(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut raw = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(8) {
        let (one, other) = (dice.below(raw.len() + 1), dice.below(raw.len() + 1));
        let (from, to) = (one.min(other), one.max(other).min(one.min(other) + 400));
        match dice.below(8) {
            0 if !raw.is_empty() => {
                let place = dice.below(raw.len());
                raw[place] = u8::try_from(dice.below(256)).expect("a byte");
            }
            1 => drop(raw.drain(from..to)),
            2 => {
                let again = raw[from..to].to_vec();
                raw.splice(to..to, again);
            }
            3 => {
                let sample = &seeds[dice.below(seeds.len())];
                let start = dice.below(sample.len());
                let end = (start + dice.below(600)).min(sample.len());
                raw.splice(from..to, sample[start..end].iter().copied());
            }
            4 if dice.below(4) == 0 => raw.truncate(from),
            _ => drop(raw.splice(from..from, THORNS[dice.below(THORNS.len())].iter().copied())),
        }
    }
    raw
}

#[test]
fn fuzz() {
    let count: usize = std::env::var("KEPT_FUZZ").ok().and_then(|count| count.parse().ok()).unwrap_or(2000);
    let seeds = seeds();
    let mut dice = Dice(1);
    for round in 0..count {
        let raw = mutated(&seeds, &mut dice);
        let began = Instant::now();
        let read = kept_mail::read(&raw);
        let took = began.elapsed();
        let shown = || String::from_utf8_lossy(&raw).into_owned();
        assert!(!matches!(read, Err(Unreadable::Broken { .. })), "round {round}: {read:?}\n{}", shown());
        assert!(took < Duration::from_secs(5), "round {round} took {took:?}\n{}", shown());
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
