//! A person erased in the middle of everything.

use anyhow::{Context, Result};
use kept_domain::message::Mode;
use kept_testkit::Installation;
use serde_json::json;

use super::{announced, assert_sound, facts, order, ordered, promise, record, rows};

/// Words that stand nowhere but in what is personal.
const PLANTED: [&str; 4] = ["Zyxquillon", "zyxquillon", "ruelle Wobbenhoek", "parapluie mauve"];

#[test]
fn of_an_erased_person_no_word_is_left_and_history_stands() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        let mut about = ordered("6001");
        about["customer"] = json!({
            "reference": "C-6001", "name": "Hermine Zyxquillon", "email": "hermine@zyxquillon.example", "phone": "+33612345678",
            "address": "7 ruelle Wobbenhoek", "city": "Brest", "language": "fr", "country": "FR"
        });
        record(engine, vec![about, announced("6001", "6F00000000001"), ordered("6002"), announced("6002", "6F00000000002")])?;
        installation.tell(json!({
            "kind": "customer.contacted", "customer": { "order_number": "6001" }, "at": "2026-11-03T10:00:00+01:00", "channel": "mail",
            "asked": true, "text": "Où est mon parapluie mauve ? H. Zyxquillon"
        }))?;
        installation.advance_to("2026-11-06T12:00:00+01:00")?;
        assert!(!installation.mail.letters().is_empty(), "{kind}: letters with her name were drafted and sent");
        let planted = |what: &str| -> Result<Vec<String>> {
            let mut found = Vec::new();
            let mut places: Vec<(String, Vec<u8>)> = vec![("rows".to_owned(), rows(engine)?.join("\n").into_bytes())];
            for fact in facts(engine)? {
                places.push((format!("fact {}", fact.position), fact.to_line()?));
            }
            for table in ["sealed", "person_key", "outbox", "request_key", "setting"] {
                let rows = engine.database().read(|connection| connection.query(&format!("select * from {table}"), &[]))?;
                for row in rows {
                    for value in row.0 {
                        let bytes = match value {
                            kept_store::Value::Text(text) => text.into_bytes(),
                            kept_store::Value::Blob(bytes) => bytes,
                            _ => continue,
                        };
                        places.push((table.to_owned(), bytes));
                    }
                }
            }
            for entry in installation.folder().map(std::fs::read_dir).transpose()?.into_iter().flatten() {
                let path = entry?.path();
                places.push((path.display().to_string(), std::fs::read(&path)?));
            }
            for (place, bytes) in places {
                for word in PLANTED {
                    if bytes.windows(word.len()).any(|window| window == word.as_bytes()) {
                        found.push(format!("{what}: `{word}` in {place}"));
                    }
                }
            }
            Ok(found)
        };
        assert!(!planted("before")?.is_empty(), "{kind}: the search finds what is there");

        let (_, hers) = order(engine, "6001")?;
        let delivery = hers.delivery.context("the promise")?;
        let (customer, before) = (hers.customer.context("the customer")?, promise(engine, delivery)?);
        let figures = engine.figures(0, kept_testkit::at("2027-01-01T00:00:00+01:00")?, None)?;
        assert!(engine.erase_customer(customer, "test")? > 0, "{kind}");
        assert_eq!(planted("after")?, Vec::<String>::new(), "{kind}");
        let after = promise(engine, delivery)?;
        assert_eq!(
            (before.state, before.due, before.told.len()),
            (after.state, after.due, after.told.len()),
            "{kind}: the promise stands as it did"
        );
        assert_eq!(
            figures,
            engine.figures(0, kept_testkit::at("2027-01-01T00:00:00+01:00")?, None)?,
            "{kind}: figures do not change"
        );
        assert!(engine.find("6002")?.is_some(), "{kind}: nobody else was touched");
        assert_sound(engine, kind)?;
        assert_eq!(planted("rebuilt")?, Vec::<String>::new(), "{kind}");

        // News goes on arriving about the parcel of somebody who is no longer known.
        let letters = installation.mail.letters().len();
        installation.tell(super::scanned("6F00000000001", "2026-11-07T10:00:00+01:00", "delivered"))?;
        installation.advance_to("2026-11-09T12:00:00+01:00")?;
        let hers =
            installation.mail.letters()[letters..].iter().filter(|letter| letter.to_address.contains("zyxquillon")).count();
        assert_eq!(hers, 0, "{kind}: nobody writes to her any more");
        assert!(!promise(engine, delivery)?.state.is_open(), "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}
