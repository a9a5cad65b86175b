//! The demonstration's mail server.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use kept_sample::SmtpPeer;

struct Talk {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
}

impl Talk {
    fn with(peer: &SmtpPeer) -> Talk {
        let writer = TcpStream::connect(peer.address()).unwrap();
        let mut talk = Talk { reader: BufReader::new(writer.try_clone().unwrap()), writer };
        assert!(talk.answer().starts_with("220 "));
        talk
    }

    fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line).unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    fn say(&mut self, line: &str) -> String {
        self.writer.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        self.answer()
    }
}

#[test]
fn a_letter_arrives_with_its_dots() {
    let peer = SmtpPeer::start().unwrap();
    let mut talk = Talk::with(&peer);
    assert!(talk.say("EHLO kept.example").starts_with("250 "));
    assert!(talk.say("MAIL FROM:<bonjour@lumen.example> BODY=8BITMIME").starts_with("250"));
    assert!(talk.say("RCPT TO:<zoe@example.org>").starts_with("250"));
    assert!(talk.say("DATA").starts_with("354"));
    let reply = talk.say("Subject: x\r\n\r\n..\r\n..two\r\nend\r\n.");
    assert_eq!(reply, "250 2.0.0 Ok: queued as LUM00000001");
    assert!(talk.say("QUIT").starts_with("221"));
    let letters = peer.letters();
    assert_eq!((letters.len(), peer.received()), (1, 1));
    assert_eq!(
        (letters[0].from.as_str(), letters[0].to.as_slice()),
        ("bonjour@lumen.example", &["zoe@example.org".to_owned()][..])
    );
    assert_eq!(letters[0].bytes, b"Subject: x\r\n\r\n.\r\n.two\r\nend\r\n");
}

#[test]
fn some_mailboxes_do_not_exist_and_some_are_busy_once() {
    let peer = SmtpPeer::start().unwrap();
    let mut talk = Talk::with(&peer);
    talk.say("EHLO kept.example");
    assert!(talk.say("RCPT TO:<a@example.org>").starts_with("503"));
    talk.say("MAIL FROM:<bonjour@lumen.example>");
    assert!(talk.say("DATA").starts_with("503"));
    assert!(talk.say("RCPT TO:<a@refused.example>").starts_with("550"));
    assert!(talk.say("RCPT TO:<a@busy.example>").starts_with("451"));
    assert!(talk.say("RCPT TO:<b@busy.example>").starts_with("451"));
    assert!(talk.say("RCPT TO:<a@busy.example>").starts_with("250"));
    assert!(talk.say("WHAT").starts_with("502"));
}

#[test]
fn a_letter_that_breaks_off_did_not_arrive() {
    let peer = SmtpPeer::start().unwrap();
    let mut talk = Talk::with(&peer);
    talk.say("EHLO kept.example");
    talk.say("MAIL FROM:<bonjour@lumen.example>");
    talk.say("RCPT TO:<zoe@example.org>");
    talk.say("DATA");
    talk.writer.write_all(b"Subject: x\r\n\r\nhalf").unwrap();
    talk.writer.shutdown(std::net::Shutdown::Write).unwrap();
    let mut rest = String::new();
    assert_eq!(talk.reader.read_line(&mut rest).unwrap(), 0, "{rest}");
    assert_eq!(peer.received(), 0);
}

#[test]
fn the_oldest_letters_are_forgotten() {
    let peer = SmtpPeer::start().unwrap();
    let mut talk = Talk::with(&peer);
    talk.say("EHLO kept.example");
    for _ in 0..503 {
        talk.say("MAIL FROM:<bonjour@lumen.example>");
        talk.say("RCPT TO:<zoe@example.org>");
        talk.say("DATA");
        assert!(talk.say("Subject: x\r\n\r\nx\r\n.").starts_with("250"));
    }
    assert_eq!((peer.letters().len(), peer.received()), (500, 503));
    assert_eq!(peer.letters()[0].queue_id, "LUM00000004");
}
