//! The thinnest path through all rooms.

use anyhow::Result;
use kept_domain::message::Mode;
use kept_domain::promise::PromiseState;
use kept_testkit::Installation;
use serde_json::json;

#[test]
fn an_order_is_promised_warned_of_and_kept_late() -> Result<()> {
    for installation in Installation::each()? {
        let kind = installation.kind();
        let engine = &installation.engine;
        installation.switch_all(Mode::Automatic)?;
        let (_, promise, parcel, customer, secret) = installation.sample_order()?;
        let scan = |code: &str, milestone: &str, at: &str, location: &str| {
            json!({ "kind": "parcel.scanned", "tracking_number": engine.parcel(parcel).ok().flatten().map(|file| file.parcel.tracking_number),
                "carrier": "laposte", "code": code, "text": "…", "location": location, "at": at, "milestone": milestone, "source": "laposte" })
        };
        installation.tell(scan("PC1", "handed_over", "2026-11-02T18:00:00+01:00", "Lyon"))?;
        installation.advance_to("2026-11-05T18:30:00+01:00")?;
        let file = engine.promise(promise)?.expect("the promise");
        assert_eq!(file.line.promise.state, PromiseState::AtRisk, "{kind}");
        assert_eq!(installation.mail.letters().len(), 1, "{kind}: {:?}", file.messages);
        installation.advance_to("2026-11-06T12:30:00+01:00")?;
        installation.tell(scan("DI1", "delivered", "2026-11-07T10:00:00+01:00", "Brest"))?;
        let file = engine.promise(promise)?.expect("the promise");
        assert_eq!(file.line.promise.state, PromiseState::KeptLate, "{kind}");
        assert!(file.line.promise.told_first(), "{kind}");
        let subjects: Vec<String> = installation.mail.letters().iter().map(|letter| letter.subject.clone()).collect();
        assert_eq!(subjects.len(), 3, "{kind}: {subjects:?}");
        assert!(engine.customer_page(&secret)?.is_some(), "{kind}");
        let before = engine.database().read(kept_store::Connection::dump_projections)?;
        engine.rebuild(|_| {})?;
        let after = engine.database().read(kept_store::Connection::dump_projections)?;
        assert_eq!(before, after, "{kind}: rebuild gives the same rows");
        let verified = engine.verify(|_| {})?;
        assert!(verified.problems.is_empty(), "{kind}: {:?}", verified.problems);
        assert!(engine.erase_customer(customer, "test")? > 0, "{kind}");
        let verified = engine.verify(|_| {})?;
        assert!(verified.problems.is_empty(), "{kind}: {:?}", verified.problems);
        assert!(verified.erased > 0, "{kind}");
        assert!(engine.customer_page(&secret)?.is_none(), "{kind}");
        assert_eq!(engine.health()?.unwatched, 0, "{kind}");
    }
    Ok(())
}
