//! Settings that can never work, and the check for the operator.

use kept_mail::{MailError, Security, SmtpOutbound};

use crate::peer::{Act, Peer, Point};
use crate::sending::config;

#[test]
fn settings_that_can_never_work_are_refused_before_any_connection() {
    let address = "127.0.0.1:1".parse().unwrap();
    type Spoil = Box<dyn Fn(&mut kept_mail::SmtpConfig)>;
    let cases: Vec<(&str, Spoil)> = vec![
        ("host", Box::new(|config| config.host = "smtp.example.org\r\nX".to_owned())),
        ("host", Box::new(|config| config.host = " ".to_owned())),
        ("hello_name", Box::new(|config| config.hello_name = "kept\r\nMAIL FROM:<a@b>".to_owned())),
        ("timeout_seconds", Box::new(|config| config.timeout_seconds = 0)),
        ("from_name", Box::new(|config| config.from_name = "Maison\r\nBcc: x@example.org".to_owned())),
        ("from_address", Box::new(|config| config.from_address = "nobody".to_owned())),
        ("password", Box::new(|config| config.user = Some("u".to_owned()))),
        ("user", Box::new(|config| config.password = Some("p".to_owned()))),
        (
            "security",
            Box::new(|config| {
                config.host = "smtp.example.org".to_owned();
                config.user = Some("u".to_owned());
                config.password = Some("p".to_owned());
            }),
        ),
    ];
    for (named, spoil) in cases {
        let mut config = config(address);
        spoil(&mut config);
        match SmtpOutbound::new(config) {
            Err(MailError::Setting { setting, .. }) => assert_eq!(setting, named),
            other => panic!("{named}: {other:?}"),
        }
    }
}

#[test]
fn passwords_are_not_shown() {
    let mut config = config("127.0.0.1:1".parse().unwrap());
    config.user = Some("lumen-user".to_owned());
    config.password = Some("lumen-secret".to_owned());
    let shown = format!("{config:?}");
    assert!(!shown.contains("lumen-secret") && !shown.contains("lumen-user"), "{shown}");
}

#[test]
fn the_check_signs_in_and_sends_nothing() {
    let peer = Peer::start(None, &["AUTH PLAIN LOGIN"]);
    let mut config = config(peer.address);
    config.user = Some("u".to_owned());
    config.password = Some("p".to_owned());
    let said = SmtpOutbound::new(config).unwrap().check().unwrap();
    assert!(said.contains("answers") && said.contains("signed in"), "{said}");
    let seen = peer.seen();
    let words: Vec<&str> = seen.commands.iter().filter_map(|command| command.split(' ').next()).collect();
    assert_eq!(words, ["EHLO", "AUTH", "QUIT"]);
}

#[test]
fn the_check_speaks_the_operators_words() {
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let error = SmtpOutbound::new(config(nobody)).unwrap().check().unwrap_err();
    assert!(
        matches!(&error, MailError::Unreachable { .. }) && error.to_string().contains("hint: check host and port"),
        "{error}"
    );

    let peer = Peer::start(Some((Point::Auth, Act::Say("535 5.7.8 bad credentials"))), &["AUTH PLAIN"]);
    let mut wrong = config(peer.address);
    wrong.user = Some("u".to_owned());
    wrong.password = Some("p-secret".to_owned());
    let error = SmtpOutbound::new(wrong).unwrap().check().unwrap_err().to_string();
    assert!(error.contains("535 5.7.8 bad credentials") && error.contains("check user and password"), "{error}");
    assert!(!error.contains("p-secret"));
    drop(peer.seen());

    let peer = Peer::start(None, &[]);
    let mut wants_tls = config(peer.address);
    wants_tls.security = Security::StartTls;
    let error = SmtpOutbound::new(wants_tls).unwrap().check().unwrap_err().to_string();
    assert!(error.contains("STARTTLS"), "{error}");
    drop(peer.seen());
}
