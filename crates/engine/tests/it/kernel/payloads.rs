//! Payloads of partners: what of one was not taken is shown, and taken when it comes again and can be.

use anyhow::Result;
use kept_domain::input::Input;
use kept_engine::ports::{Inbound, ParseError, Parsed, Trouble, Unmapped, Verification};
use kept_testkit::Installation;
use serde_json::{Value, json};

use super::{announced, assert_sound, order, ordered, record};

/// A shop whose payloads are lists of news.
struct Lists;

impl Inbound for Lists {
    fn source(&self) -> &'static str {
        "lists"
    }

    fn verify(&self, _: &dyn Fn(&str) -> Option<String>, _: &[u8], _: &str) -> Verification {
        Verification::NotDefined
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed { inputs: serde_json::from_slice::<Vec<Input>>(raw).unwrap_or_default(), ..Parsed::default() }
    }
}

fn refunded(number: &str, id: &str) -> Value {
    json!({ "kind": "refund.paid", "source": "lists", "event_id": id, "order_number": number, "at": "2026-11-02T08:00:00+01:00",
        "amount": { "minor": 500, "currency": "EUR" } })
}

#[test]
fn what_was_not_taken_is_shown_and_taken_when_it_comes_again() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let payload = json!([refunded("9001", "r1"), announced("9002", "6E00000000901")]).to_string();
        let (_, recorded) = engine.receive(&Lists, payload.as_bytes())?;
        assert_eq!((recorded.accepted, recorded.rejected.len()), (1, 1), "{kind}: {recorded:?}");
        let shown = engine.quarantine()?;
        assert_eq!(shown.len(), 1, "{kind}");
        assert!(shown[0].error.contains("not taken") && shown[0].error.contains("9001"), "{kind}: {:?}", shown[0].error);
        record(engine, vec![ordered("9001")])?;
        let (_, recorded) = engine.receive(&Lists, payload.as_bytes())?;
        assert_eq!((recorded.accepted, recorded.duplicates, recorded.rejected.len()), (1, 1, 0), "{kind}: {recorded:?}");
        assert_eq!(order(engine, "9001")?.1.refunded.map(|paid| paid.minor), Some(500), "{kind}");
        // The bytes are kept once.
        assert_eq!(engine.quarantine()?.len(), 1, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

/// A carrier that does not know a number: the only one asked for, or one among others.
struct Unknown {
    alone: bool,
}

impl Inbound for Unknown {
    fn source(&self) -> &'static str {
        "unknown"
    }

    fn verify(&self, _: &dyn Fn(&str) -> Option<String>, _: &[u8], _: &str) -> Verification {
        Verification::NotDefined
    }

    fn parse(&self, _: &[u8]) -> Parsed {
        let message = "does not know this number".to_owned();
        let error =
            ParseError { message: message.clone(), hint: None, retryable: false, not_found: true, trouble: Trouble::NotFound };
        let beside = Unmapped { code: "404".to_owned(), text: message, what: Unmapped::NUMBER.to_owned() };
        let number = "6E00000000909".to_owned();
        Parsed {
            error: self.alone.then_some(error),
            unmapped: if self.alone { Vec::new() } else { vec![beside] },
            not_found: vec![number],
            ..Parsed::default()
        }
    }
}

#[test]
fn that_a_number_is_not_known_yet_is_nothing_to_look_at() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        for alone in [true, false, true] {
            let (parsed, _) = engine.receive(&Unknown { alone }, format!("{alone}").as_bytes())?;
            assert_eq!(parsed.error.is_some(), alone, "{kind}: who asked is told");
        }
        let today = engine.today()?;
        assert_eq!((today.quarantine, today.unmapped), (0, 0), "{kind}");
        assert_eq!(engine.sources_heard()?.get("unknown").map(|heard| heard.unreadable), Some(0), "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_refund_is_known_by_its_id_in_whatever_payload_it_stands() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        record(engine, vec![ordered("9003")])?;
        for beside in 0..4 {
            let payload = json!([refunded("9003", "r1"), announced("9003", &format!("6E0000000091{beside}"))]).to_string();
            engine.receive(&Lists, payload.as_bytes())?;
        }
        engine.receive(&Lists, json!([refunded("9003", "r2")]).to_string().as_bytes())?;
        assert_eq!(order(engine, "9003")?.1.refunded.map(|paid| paid.minor), Some(1000), "{kind}");
    }
    Ok(())
}

#[test]
fn up_to_when_a_shop_was_read_never_goes_back() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        assert_eq!(engine.read_to("woocommerce")?, None, "{kind}");
        let (early, late) = ("2026-11-01T00:00:00Z".parse()?, "2026-11-02T00:00:00Z".parse()?);
        engine.save_read_to("woocommerce", late)?;
        engine.save_read_to("woocommerce", early)?;
        assert_eq!(engine.read_to("woocommerce")?, Some(late), "{kind}");
        assert_eq!(engine.read_to("shopify")?, None, "{kind}");
    }
    Ok(())
}
