//! What people of the team note by hand: a contact, and that what was promised is done. Neither helps anybody unseen.

use anyhow::{Context, Result};
use kept_base::PromiseId;
use kept_domain::promise::PromiseState;
use kept_engine::RecordOptions;
use kept_engine::views::{Figures, PromiseFilter};
use kept_testkit::{Installation, at};
use serde_json::{Value, json};

use super::{assert_sound, input, ordered, promise, record};

const NOTED: &str = "2026-11-03T14:00:00+01:00";

/// A customer of two orders who was promised a call back by the end of 4 November, and a repair.
fn owed(installation: &Installation) -> Result<(PromiseId, PromiseId)> {
    let mut again = ordered("7002");
    again["customer"] = ordered("7001")["customer"].clone();
    record(&installation.engine, vec![ordered("7001"), again])?;
    let word = |kind: &str, day: &str| {
        json!({
            "kind": "word.given", "promise_kind": kind, "customer": { "reference": "C-7001" }, "at": "2026-11-02T10:00:00+01:00",
            "by": "agent", "due_day": day
        })
    };
    installation.tell(word("call_back", "2026-11-04"))?;
    installation.tell(word("repair", "2026-11-20"))?;
    Ok((of_kind(installation, "call_back")?, of_kind(installation, "repair")?))
}

fn of_kind(installation: &Installation, kind: &str) -> Result<PromiseId> {
    let filter = PromiseFilter { kind: Some(kind.to_owned()), ..PromiseFilter::default() };
    Ok(installation.engine.promises(&filter)?.rows.first().context("a promise of that kind")?.promise.id)
}

fn deed(promise: PromiseId, by: &str) -> Value {
    json!({ "kind": "deed.noted", "promise": promise.get(), "noted_by": by, "evidence": "Appelée à 13 h 50, six minutes", "at": NOTED })
}

fn figures(installation: &Installation) -> Result<Figures> {
    Ok(installation.engine.figures(at("2026-11-01T00:00:00+01:00")?, at("2026-12-01T00:00:00+01:00")?, None)?)
}

fn under(installation: &Installation, figure: &str) -> Result<u64> {
    let filter = PromiseFilter {
        first_due_from: Some(at("2026-11-01T00:00:00+01:00")?),
        first_due_before: Some(at("2026-12-01T00:00:00+01:00")?),
        figure: Some(figure.to_owned()),
        ..PromiseFilter::default()
    };
    Ok(installation.engine.promises(&filter)?.total)
}

/// Why news was not taken.
fn refused(installation: &Installation, news: Value) -> Result<String> {
    let recorded = record(&installation.engine, vec![news])?;
    Ok(recorded.rejected.first().map(|(_, why)| why.clone()).unwrap_or_default())
}

#[test]
fn a_contact_about_a_promise_chases_that_one_alone() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let (call_back, repair) = owed(&installation)?;
        let contact = |asked: bool| {
            json!({
                "kind": "customer.contacted", "promise": call_back.get(), "at": NOTED, "channel": "shop", "asked": asked,
                "text": "Quand rappelez-vous ?", "noted_by": "Ada"
            })
        };
        installation.tell(contact(false))?;
        assert_eq!(promise(engine, call_back)?.chasers.len(), 0, "{kind}: who did not ask is no chaser");
        installation.tell(contact(true))?;
        assert_eq!(promise(engine, call_back)?.chasers, [at(NOTED)?], "{kind}");
        assert_eq!(promise(engine, repair)?.chasers.len(), 0, "{kind}: nobody asked about the repair");
        let customer = promise(engine, call_back)?.customer.context("its customer")?;
        for (place, facts) in [
            ("customer", engine.customer(customer)?.context("the customer")?.facts),
            ("promise", engine.promise(call_back)?.context("the promise")?.facts),
        ] {
            let seen: Vec<_> = facts.iter().filter(|fact| fact.kind == "customer.contacted").collect();
            assert_eq!(seen.len(), 2, "{kind}: on the page of the {place}");
            assert_eq!(seen[0].said.as_deref(), Some("Quand rappelez-vous ?"), "{kind}");
            assert_eq!(seen[0].plain["noted_by"], "Ada", "{kind}");
        }
        assert_eq!(figures(&installation)?.chasers, 1, "{kind}");

        // Named by their page, all that is still owed to them is meant.
        let mut by_page = input(json!({ "kind": "customer.contacted", "at": NOTED, "channel": "phone", "asked": true }))?;
        if let kept_domain::input::News::CustomerContacted(news) = &mut by_page.news {
            news.customer.id = Some(customer);
        }
        engine.record(vec![by_page], RecordOptions::default())?;
        assert_eq!((promise(engine, call_back)?.chasers.len(), promise(engine, repair)?.chasers.len()), (2, 1), "{kind}");

        record(engine, vec![ordered("7009")])?;
        let mut strangers = contact(true);
        strangers["customer"] = json!({ "order_number": "7009" });
        assert!(refused(&installation, strangers)?.contains("somebody else"), "{kind}");
        engine.erase_customer(customer, "Ada")?;
        let facts = engine.promise(call_back)?.context("the promise")?.facts;
        assert!(facts.iter().all(|fact| fact.said.is_none()), "{kind}: what they said is erased with them");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_deed_closes_a_promise_by_hand_and_is_counted_so() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let (call_back, repair) = owed(&installation)?;
        installation.tell(deed(call_back, "Ada"))?;
        let kept = promise(engine, call_back)?;
        assert_eq!(kept.state, PromiseState::Kept, "{kind}");
        let outcome = kept.outcome.context("an outcome")?;
        assert_eq!((outcome.by.as_str(), outcome.at), ("hand", at(NOTED)?), "{kind}");
        assert!(kept.deed.is_some_and(|deed| deed.by == "Ada" && !deed.own), "{kind}: the team answers for it, not Ada");
        let facts = engine.promise(call_back)?.context("the promise")?.facts;
        let noted = facts.iter().find(|fact| fact.kind == "promise.deed_noted").context("the fact")?;
        assert_eq!(noted.said.as_deref(), Some("Appelée à 13 h 50, six minutes"), "{kind}");
        assert!(!noted.plain.to_string().contains("minutes"), "{kind}: the evidence is sealed");

        // Whoever answered for it at any time before judges their own promise, whoever answers now.
        engine.assign_promise(repair, "Bea", "Bea")?;
        engine.assign_promise(repair, "workshop", "Bea")?;
        installation.tell(deed(repair, " bea "))?;
        engine.assign_promise(repair, "somebody else", "Bea")?;
        let figures = figures(&installation)?;
        assert_eq!((figures.by_hand.count, figures.by_hand.of), (2, 2), "{kind}: {figures:?}");
        assert_eq!((figures.own_hand.count, figures.own_hand.of), (1, 2), "{kind}");
        let own: Vec<_> =
            figures.own_hand_by_owner.iter().map(|(owner, share)| (owner.as_str(), share.count, share.of)).collect();
        assert_eq!(own, [("service", 0, 1), ("somebody else", 1, 1)], "{kind}");
        assert_eq!((under(&installation, "by_hand")?, under(&installation, "own_hand")?), (2, 1), "{kind}: the figures open");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_deed_counts_when_it_is_noted_and_only_where_nothing_else_closes() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let (call_back, repair) = owed(&installation)?;
        let delivery = of_kind(&installation, "delivery")?;
        assert!(refused(&installation, deed(delivery, "Ada"))?.contains("not closed by hand"), "{kind}");
        let mut bare = deed(repair, "Ada");
        bare["evidence"] = json!("  ");
        assert!(refused(&installation, bare)?.contains("evidence"), "{kind}");

        // The due was the end of 4 November; written down two days later as done the day before it.
        installation.advance_to("2026-11-06T09:00:00+01:00")?;
        assert_eq!(refused(&installation, deed(call_back, "Ada"))?, "", "{kind}");
        assert_eq!(promise(engine, call_back)?.state, PromiseState::KeptLate, "{kind}");
        assert!(refused(&installation, deed(call_back, "Ada"))?.contains("no longer open"), "{kind}: once");
        assert_eq!(figures(&installation)?.kept.count, 0, "{kind}");
        let twice = vec![deed(repair, "Ada"), deed(repair, "Ada")];
        let mut twice: Vec<_> = twice.into_iter().map(input).collect::<Result<_>>()?;
        twice.iter_mut().for_each(|input| input.event_id = Some("d-1".to_owned()));
        let recorded = engine.record(twice, RecordOptions::default())?;
        assert_eq!((recorded.accepted, recorded.duplicates), (1, 1), "{kind}: known by its id");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_customer_disputes_what_was_closed_by_hand() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(kept_domain::message::Mode::Automatic)?;
        let (call_back, _) = owed(&installation)?;
        installation.tell(json!({
            "kind": "word.given", "promise_kind": "reply", "customer": { "reference": "C-7001" }, "at": "2026-11-02T10:00:00+01:00",
            "by": "agent", "due_day": "2026-11-10"
        }))?;
        let reply = of_kind(&installation, "reply")?;
        installation.tell(deed(call_back, "Ada"))?;
        let letters = installation.mail.letters().len();
        installation.tell(json!({
            "kind": "customer.answered", "promise": call_back.get(), "answer": { "says": "not_arrived" }, "at": "2026-11-03T18:00:00+01:00"
        }))?;
        assert!(promise(engine, call_back)?.disputed.is_some(), "{kind}");
        assert_eq!(installation.mail.letters().len(), letters, "{kind}: no letter about a delivery is sent for a call");
        let figures_then = figures(&installation)?;
        assert_eq!((figures_then.disputed, figures_then.by_hand.of), (1, 0), "{kind}: counted nowhere else");
        engine.settle_dispute(call_back, PromiseState::Broken, "Paul")?;
        assert!(promise(engine, reply)?.state.is_open(), "{kind}: another answer is still owed");
        let figures_now = figures(&installation)?;
        assert_eq!((figures_now.broken.count, figures_now.by_hand.count), (1, 0), "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}
