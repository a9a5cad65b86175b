//! Guarantee G3: each way a conversation can end has one outcome, and *in doubt* is said exactly when it is.

use std::net::SocketAddr;
use std::time::Duration;

use kept_base::Language;
use kept_engine::ports::{Channel, Letter, Outbound, SendOutcome};
use kept_mail::{Security, SmtpConfig, SmtpOutbound};

use crate::peer::{Act, Peer, Point, Seen};

pub fn config(address: SocketAddr) -> SmtpConfig {
    SmtpConfig {
        host: address.ip().to_string(),
        port: address.port(),
        security: Security::None,
        user: None,
        password: None,
        hello_name: "kept.example".to_owned(),
        timeout_seconds: 1,
        from_name: "Maison Lumen".to_owned(),
        from_address: "bonjour@lumen.example".to_owned(),
    }
}

fn letter() -> Letter {
    Letter {
        channel: Channel::Mail,
        message_id: "dec.42.1@lumen.example".to_owned(),
        from_name: "Maison Lumen, l'équipe".to_owned(),
        from_address: "bonjour@lumen.example".to_owned(),
        to_name: "Zoé \"Zaza\" Dùpin".to_owned(),
        to_address: "zoe@example.org".to_owned(),
        subject: "Votre commande arrivera jeudi — pas mardi".to_owned(),
        text: "Bonjour,\n.\nvotre colis est en retard.\n".to_owned(),
        html: "<p>Bonjour,</p>\n<p>votre colis est en retard.</p>".to_owned(),
        language: Language::French,
    }
}

struct Run {
    outcome: SendOutcome,
    doubts: u32,
    seen: Seen,
}

fn run(script: Option<(Point, Act)>, letter: &Letter) -> Run {
    let peer = Peer::start(script, &["AUTH PLAIN", "STARTTLS"]);
    let out = SmtpOutbound::new(config(peer.address)).unwrap().with_verdict_timeout(Duration::from_millis(700));
    let mut doubts = 0;
    let outcome = out.send(letter, &mut || {
        doubts += 1;
        Ok(())
    });
    out.part();
    Run { outcome, doubts, seen: peer.seen() }
}

fn word(outcome: &SendOutcome) -> &'static str {
    match outcome {
        SendOutcome::Accepted { .. } => "accepted",
        SendOutcome::Refused { .. } => "refused",
        SendOutcome::Retry { .. } => "retry",
        SendOutcome::Barred { .. } => "barred",
        SendOutcome::Unknown { .. } => "unknown",
    }
}

#[test]
fn g03_every_point_and_every_break_has_one_outcome() {
    let before = [Point::Greeting, Point::Ehlo, Point::Mail, Point::Rcpt, Point::Data];
    let mut cases = Vec::new();
    for point in before {
        cases.push((point, Act::Cut, "retry", 0, false));
        cases.push((point, Act::Silence, "retry", 0, false));
        cases.push((point, Act::Say("451 4.3.0 later"), "retry", 0, false));
        cases.push((point, Act::Say("421 4.3.2 closing"), "retry", 0, false));
        cases.push((point, Act::Say("550 5.1.1 no such user"), "refused", 0, false));
        cases.push((point, Act::SayAndCut("554 5.7.1 go away"), "refused", 0, false));
        cases.push((point, Act::Say("hello there"), "retry", 0, false));
        cases.push((point, Act::SayAndCut("45"), "retry", 0, false));
    }
    // A positive answer of the wrong kind.
    cases.push((Point::Mail, Act::Say("354 too early"), "retry", 0, false));
    cases.push((Point::Rcpt, Act::Say("354 too early"), "retry", 0, false));
    cases.push((Point::Data, Act::Say("250 not the 354"), "retry", 0, false));
    // After the final dot.
    cases.push((Point::Dot, Act::Cut, "unknown", 1, true));
    cases.push((Point::Dot, Act::Silence, "unknown", 1, true));
    cases.push((Point::Dot, Act::Say("451 4.3.0 later"), "retry", 1, true));
    cases.push((Point::Dot, Act::Say("554 5.7.1 content refused"), "refused", 1, true));
    cases.push((Point::Dot, Act::Say("what?"), "unknown", 1, true));
    cases.push((Point::Dot, Act::Say("354 go on"), "unknown", 1, true));
    cases.push((Point::Dot, Act::SayAndCut("25"), "unknown", 1, true));
    cases.push((Point::Dot, Act::SayAndCut("250 queued"), "accepted", 1, true));
    // The verdict has been given: good-bye changes nothing.
    cases.push((Point::Quit, Act::Cut, "accepted", 1, true));
    cases.push((Point::Quit, Act::Silence, "accepted", 1, true));
    cases.push((Point::Quit, Act::Say("421 too late"), "accepted", 1, true));
    cases.push((Point::Quit, Act::Say("550 too late"), "accepted", 1, true));
    let runs: Vec<_> =
        cases.into_iter().map(|case| (case, std::thread::spawn(move || run(Some((case.0, case.1)), &letter())))).collect();
    assert_eq!(runs.len(), 55);
    for (case, run) in runs {
        let (_, _, expected, doubts, whole) = case;
        let run = run.join().unwrap();
        assert_eq!(word(&run.outcome), expected, "{case:?}: {:?}", run.outcome);
        assert_eq!(run.doubts, doubts, "{case:?}: {:?}", run.outcome);
        if case.1 == Act::Silence && expected != "accepted" {
            assert!(format!("{:?}", run.outcome).contains("no answer in time"), "{case:?}: {:?}", run.outcome);
        }
        assert_eq!(run.seen.whole, whole, "{case:?}");
        if doubts == 0 {
            assert!(run.seen.data.is_empty(), "{case:?}: {:?}", String::from_utf8_lossy(&run.seen.data));
        }
        if whole {
            assert_eq!(run.seen.commands.iter().filter(|command| command.starts_with("DATA")).count(), 1, "{case:?}");
        }
    }
}

#[test]
fn g03_nobody_listens() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut doubts = 0;
    let outcome = SmtpOutbound::new(config(address)).unwrap().send(&letter(), &mut || {
        doubts += 1;
        Ok(())
    });
    assert_eq!((word(&outcome), doubts), ("retry", 0), "{outcome:?}");
}

#[test]
fn g03_a_cut_while_the_message_is_still_being_written_is_not_unknown() {
    // Larger than any buffer between the two, so that the write itself must fail before the final dot.
    let mut long = letter();
    long.text = "one line of fifty characters, repeated many times.\n".repeat(400_000);
    let run = run(Some((Point::Body, Act::Cut)), &long);
    assert_eq!((word(&run.outcome), run.doubts, run.seen.whole), ("retry", 1, false), "{:?}", run.outcome);
}

#[test]
fn g03_nothing_is_written_after_354_when_in_doubt_could_not_be_noted() {
    let peer = Peer::start(None, &[]);
    let out = SmtpOutbound::new(config(peer.address)).unwrap();
    let outcome = out.send(&letter(), &mut || Err("the disk is full".to_owned()));
    assert!(matches!(&outcome, SendOutcome::Retry { reason } if reason.contains("the disk is full")), "{outcome:?}");
    let seen = peer.seen();
    assert_eq!(seen.commands.last().map(String::as_str), Some("DATA"));
    assert_eq!(seen.data, b"");
}

#[test]
fn an_accepted_letter_arrives_as_it_was_written() {
    let run = run(None, &letter());
    assert_eq!(run.outcome, SendOutcome::Accepted { reply: "250 2.0.0 Ok: queued as 4F1C2".to_owned(), reference: None });
    assert_eq!(run.doubts, 1);
    let commands: Vec<&str> = run.seen.commands.iter().map(String::as_str).collect();
    assert_eq!(commands, ["EHLO kept.example", "MAIL FROM:<bonjour@lumen.example>", "RCPT TO:<zoe@example.org>", "DATA", "QUIT"]);
    let text = String::from_utf8(run.seen.data).unwrap();
    for header in [
        "Message-ID: <dec.42.1@lumen.example>\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "Content-Language: fr\r\n",
        "MIME-Version: 1.0\r\n",
        "Content-Type: multipart/alternative;",
        "\r\nDate: ",
        "\r\nSubject: ",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "Content-Type: text/html; charset=utf-8\r\n",
    ] {
        assert!(text.contains(header), "{header} in\n{text}");
    }
    // The lone dot of the text is stuffed, so only the last one ends the message.
    assert!(text.contains("\r\n..\r\nvotre colis"), "{text}");
    assert_eq!(text.matches("\r\n.\r\n").count(), 1);
    assert!(text.is_ascii());
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a lone carriage return or line feed");
    assert!(text.find("text/plain").unwrap() < text.find("text/html").unwrap());
}

#[test]
fn the_message_id_is_the_same_at_every_attempt() {
    for _ in 0..2 {
        let run = run(Some((Point::Dot, Act::Say("451 later"))), &letter());
        assert!(String::from_utf8_lossy(&run.seen.data).contains("Message-ID: <dec.42.1@lumen.example>"));
    }
}

#[test]
fn g13_no_field_can_open_another_header_and_nobody_is_called() {
    let evil = ["x\r\nBcc: victim@example.org", "x\nBcc: victim@example.org", "x\rBcc: v", "x\0y", "x\u{2028}y", "\u{85}x"];
    type Field = fn(&mut Letter) -> &mut String;
    let fields: [(&str, Field); 6] = [
        ("message id", |letter| &mut letter.message_id),
        ("sender's name", |letter| &mut letter.from_name),
        ("sender's address", |letter| &mut letter.from_address),
        ("recipient's name", |letter| &mut letter.to_name),
        ("recipient's address", |letter| &mut letter.to_address),
        ("subject", |letter| &mut letter.subject),
    ];
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let out = SmtpOutbound::new(config(listener.local_addr().unwrap())).unwrap();
    for (name, field) in fields {
        for value in evil {
            let mut letter = letter();
            *field(&mut letter) = value.to_owned();
            let outcome = out.send(&letter, &mut || panic!("never in doubt"));
            assert!(matches!(&outcome, SendOutcome::Refused { reply } if reply.contains(name)), "{name} {value:?}: {outcome:?}");
        }
    }
    assert!(listener.accept().is_err(), "somebody was called");
}

#[test]
fn an_address_that_cannot_be_read_is_refused_with_a_reason() {
    let out = SmtpOutbound::new(config("127.0.0.1:1".parse().unwrap())).unwrap();
    for address in
        ["", "zoe", "zoe@", "@example.org", "zoe@exa mple.org", "zoe@example.org, eve@example.org", "<zoe@example.org>", "a@b@c"]
    {
        let mut letter = letter();
        letter.to_address = address.to_owned();
        let outcome = out.send(&letter, &mut || panic!("never in doubt"));
        assert!(
            matches!(&outcome, SendOutcome::Refused { reply } if reply.contains("recipient's address")),
            "{address}: {outcome:?}"
        );
    }
}

#[test]
fn an_address_beyond_ascii_needs_a_server_that_can() {
    let mut beyond = letter();
    beyond.to_address = "zoé@example.org".to_owned();
    let run = run(None, &beyond);
    assert_eq!((word(&run.outcome), run.doubts), ("refused", 0), "{:?}", run.outcome);
    assert_eq!(run.seen.commands, ["EHLO kept.example"]);
}

#[test]
fn a_sign_in_that_fails_and_one_that_is_not_offered() {
    for (offers, script, expected) in [
        (&["AUTH PLAIN"][..], Some((Point::Auth, Act::Say("535 5.7.8 no"))), "refused"),
        (&["AUTH PLAIN"][..], Some((Point::Auth, Act::Say("454 4.7.0 later"))), "retry"),
        (&["AUTH PLAIN"][..], Some((Point::Auth, Act::Cut)), "retry"),
        (&[][..], None, "retry"),
    ] {
        let peer = Peer::start(script, offers);
        let mut config = config(peer.address);
        config.user = Some("u".to_owned());
        config.password = Some("p".to_owned());
        let outcome = SmtpOutbound::new(config).unwrap().send(&letter(), &mut || panic!("never in doubt"));
        assert_eq!(word(&outcome), expected, "{script:?}: {outcome:?}");
        assert!(peer.seen().commands.iter().all(|command| !command.starts_with("MAIL")));
    }
}

#[test]
fn nothing_leaves_unprotected_when_protection_was_asked_for() {
    for (offers, script) in [
        (&[][..], None),
        (&["STARTTLS"][..], Some((Point::StartTls, Act::Say("454 4.7.0 not now")))),
        (&["STARTTLS"][..], Some((Point::StartTls, Act::SayAndCut("220 go ahead")))),
    ] {
        let peer = Peer::start(script, offers);
        let mut config = config(peer.address);
        config.security = Security::StartTls;
        let outcome = SmtpOutbound::new(config).unwrap().send(&letter(), &mut || panic!("never in doubt"));
        assert_eq!(word(&outcome), "retry", "{outcome:?}");
        assert!(peer.seen().commands.iter().all(|command| !command.starts_with("MAIL")));
    }
}
