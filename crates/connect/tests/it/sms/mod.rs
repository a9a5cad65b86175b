//! Gateways of text messages against servers of our own on the loopback, and what comes back from them.

mod http;
mod ovh;
mod twilio;

use std::io::Read;
use std::net::TcpListener;
use std::time::Duration;

use kept_base::Language;
use kept_domain::input::{CustomerOptedOut, MessageReceipt, News};
use kept_engine::ports::{Channel, Inbound, Letter, Outbound, Parsed, SendOutcome, Verification};

use crate::shared::source;

pub const NUMBER: &str = "+33612345678";
pub const TIMEOUT: Duration = Duration::from_millis(400);

pub fn letter() -> Letter {
    Letter {
        channel: Channel::Sms,
        message_id: "msg_C1".to_owned(),
        from_name: "Maison Lumen".to_owned(),
        from_address: String::new(),
        to_name: "Anne Perret".to_owned(),
        to_address: NUMBER.to_owned(),
        subject: "Votre commande".to_owned(),
        text: "Maison Lumen : votre commande 10377 arrivera plus tard & ailleurs. https://kept.example/p/A".to_owned(),
        html: String::new(),
        language: Language::French,
    }
}

/// Sends; gives the outcome and how often doubt was noted.
pub fn sent(gateway: &dyn Outbound) -> (SendOutcome, u32) {
    let mut doubts = 0;
    let outcome = gateway.send(&letter(), &mut || {
        doubts += 1;
        Ok(())
    });
    assert_no_number(&outcome);
    (outcome, doubts)
}

/// What is kept of a gateway's words is kept in clear: no number in it.
fn assert_no_number(outcome: &SendOutcome) {
    let kept = format!("{outcome:?}");
    assert!(!kept.contains("612345678"), "{kept}");
}

/// A gateway that takes the request and says nothing: is the outcome known?
pub fn silent(gateway: impl FnOnce(String) -> Box<dyn Outbound>) -> SendOutcome {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = std::thread::spawn(move || {
        // Whatever is asked is read and never answered, until the one who asks gives up.
        while let Ok((mut stream, _)) = listener.accept() {
            let mut bytes = [0; 4096];
            let mut seen = Vec::new();
            while let Ok(read) = stream.read(&mut bytes) {
                if read == 0 {
                    break;
                }
                seen.extend_from_slice(&bytes[..read]);
            }
            if !seen.is_empty() {
                return;
            }
        }
    });
    let outcome = sent(gateway(format!("http://{address}")).as_ref()).0;
    server.join().expect("the silent server");
    outcome
}

/// A gateway that is not there: nothing left.
pub fn absent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

/// One that another attempt overtook sends nothing.
pub fn overtaken(gateway: &dyn Outbound) {
    let outcome = gateway.send(&letter(), &mut || Err("another attempt took over".to_owned()));
    assert_eq!(outcome, SendOutcome::Retry { reason: "another attempt took over".to_owned() });
}

pub fn read(name: &str, raw: &str) -> Parsed {
    source(name).parse(raw.as_bytes())
}

pub fn receipt(parsed: &Parsed) -> &MessageReceipt {
    assert_eq!(parsed.error, None);
    match &parsed.inputs[..] {
        [input] => match &input.news {
            News::MessageReceipt(receipt) => receipt,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

pub fn opted_out(parsed: &Parsed) -> &CustomerOptedOut {
    assert_eq!(parsed.error, None);
    match &parsed.inputs[..] {
        [input] => match &input.news {
            News::CustomerOptedOut(news) => news,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

pub fn nothing(parsed: &Parsed) {
    assert!(parsed.error.is_none() && parsed.inputs.is_empty() && parsed.unmapped.is_empty(), "{parsed:?}");
}

pub fn verify(inbound: &dyn Inbound, headers: &[(&str, &str)], raw: &str, secret: &str) -> Verification {
    let header = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    inbound.verify(&header, raw.as_bytes(), secret)
}
