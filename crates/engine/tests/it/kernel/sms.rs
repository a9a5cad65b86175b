//! Text messages: who gets one, what keeps one from leaving, and what is known of it afterwards.

use std::sync::Arc;

use anyhow::{Context, Result};
use kept_base::{CustomerId, MessageId, PromiseId};
use kept_domain::Body;
use kept_domain::customer::Customer;
use kept_domain::message::{Message, MessageState, Mode};
use kept_engine::ports::{Barred, Channel, Letter, Outbound, SendOutcome};
use kept_engine::views::MessageFilter;
use kept_engine::{Engine, LoadedPacks, PackSource, Settings};
use kept_store::Durability;
use kept_testkit::{Installation, Mailbox, at};
use serde_json::{Value, json};

use super::fencing::{Paused, leases_run_out, locked};
use super::{assert_sound, count, facts, input, order, ordered, promise, record, scanned};

const NUMBER: &str = "06 12 34 56 78";
const E164: &str = "+33612345678";

/// An order that is late in the afternoon of 5 November, by somebody with this mail address and this phone.
fn late(installation: &Installation, number: &str, email: Option<&str>, phone: Option<&str>) -> Result<(PromiseId, CustomerId)> {
    let mut news = ordered(number);
    let person = json!({ "reference": format!("C-{number}"), "name": "Rose Lantier", "email": email, "phone": phone, "language": "fr", "country": "FR" });
    news["customer"] = person;
    let tracking = format!("6A0{number}000001");
    let announced = super::announced(number, &tracking);
    record(&installation.engine, vec![news, announced, scanned(&tracking, "2026-11-02T18:00:00+01:00", "handed_over")])?;
    let (_, order) = order(&installation.engine, number)?;
    Ok((order.delivery.context("a promise")?, order.customer.context("a customer")?))
}

/// It becomes late, and what that brings is decided; nothing is sent yet.
fn decided(engine: &Engine) -> Result<()> {
    engine.clock().set(at("2026-11-05T15:00:00+01:00")?);
    engine.watch()?;
    engine.decide()?;
    Ok(())
}

fn messages(engine: &Engine) -> Result<Vec<Message>> {
    let all = engine.messages(&MessageFilter { limit: Some(200), ..MessageFilter::default() })?;
    Ok(all.rows.into_iter().map(|line| line.message).filter(|message| message.customer.is_some()).collect())
}

fn only(engine: &Engine) -> Result<Message> {
    let mut all = messages(engine)?;
    assert_eq!(all.len(), 1, "{all:?}");
    all.pop().context("a message")
}

fn message(engine: &Engine, id: MessageId) -> Result<Message> {
    Ok(engine.message(id)?.context("the message")?.line.message)
}

fn customer(engine: &Engine, id: CustomerId) -> Result<Customer> {
    Ok(engine.customer(id)?.context("the customer")?.customer)
}

/// News of a gateway, by the clock as it stands; gives what was refused.
fn gateway_says(engine: &Engine, mut news: Value) -> Result<Vec<String>> {
    news["source"] = json!("mailbox");
    let recorded = engine.record(vec![input(news)?], kept_engine::RecordOptions::default())?;
    Ok(recorded.rejected.into_iter().map(|(_, why)| why).collect())
}

fn told(engine: &Engine, id: PromiseId) -> Result<Vec<(Channel, bool)>> {
    Ok(promise(engine, id)?.told.iter().map(|told| (told.channel, told.bounced)).collect())
}

/// The packs with one playbook's channels in another order.
fn packs(channels: &str) -> Result<LoadedPacks> {
    let text = include_str!("../../../../../packs/playbooks/delivery.toml");
    let text = text.replace(r#"channels = ["mail", "sms"]"#, &format!("channels = {channels}"));
    let of = LoadedPacks::load(PackSource::Embedded)?;
    let promises = include_str!("../../../../../packs/promises/delivery.toml");
    let money = include_str!("../../../../../packs/promises/money-and-answers.toml");
    Ok(LoadedPacks::from_texts(
        &[("delivery.toml".to_owned(), promises.to_owned()), ("money.toml".to_owned(), money.to_owned())],
        &[("delivery.toml".to_owned(), text)],
        of.messages,
        PackSource::Embedded,
    )?)
}

#[test]
fn the_first_channel_that_reaches_the_customer_is_taken() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        installation.open_gateway();
        late(&installation, "7001", Some("rose@example.org"), Some(NUMBER))?;
        let (by_phone, _) = late(&installation, "7002", None, Some(NUMBER))?;
        late(&installation, "7003", None, Some("02 98 12 34 56"))?;
        late(&installation, "7004", Some("rose@example.org"), None)?;
        decided(engine)?;
        let all = engine.messages(&MessageFilter::default())?.rows.into_iter().filter(|line| line.message.customer.is_some());
        let mut all: Vec<_> = all.collect();
        all.sort_by(|one, other| one.order_number.cmp(&other.order_number));
        let found: Vec<_> =
            all.into_iter().map(|line| (line.message.channel, line.message.state, line.message.reasons)).collect();
        let none = Vec::<String>::new();
        assert_eq!(
            found,
            [
                (Channel::Mail, MessageState::Queued, none.clone()),
                (Channel::Sms, MessageState::Queued, none.clone()),
                (Channel::Mail, MessageState::Held, vec!["no-address".to_owned(), "no-phone".to_owned()]),
                (Channel::Mail, MessageState::Queued, none),
            ],
            "{kind}"
        );
        installation.settle()?;
        let texts: Vec<Letter> =
            installation.mail.letters().into_iter().filter(|letter| letter.channel == Channel::Sms).collect();
        assert_eq!(texts.len(), 1, "{kind}");
        assert_eq!(
            (texts[0].to_address.as_str(), texts[0].html.as_str(), texts[0].from_address.as_str()),
            (E164, "", ""),
            "{kind}"
        );
        assert!(texts[0].text.contains("/p/") && !texts[0].text.contains('\n'), "{kind}: {}", texts[0].text);
        assert_eq!(told(engine, by_phone)?, [(Channel::Sms, false)], "{kind}: the customer is told");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn what_facts_say_that_name_no_channel_is_mail() -> Result<()> {
    for installation in Installation::each()? {
        installation.switch_all(Mode::Automatic)?;
        late(&installation, "7010", Some("rose@example.org"), None)?;
        decided(&installation.engine)?;
        let fact = facts(&installation.engine)?
            .into_iter()
            .find(|fact| matches!(&fact.body, Body::DecisionMade(body) if body.message.is_some()));
        let fact = fact.context("a decision")?;
        let line = String::from_utf8(fact.to_line()?)?;
        assert!(!line.contains("channel"), "what goes by mail is written as it always was: {line}");
        assert_eq!(kept_domain::Fact::from_line(fact.position, line.as_bytes())?, fact);
    }
    Ok(())
}

#[test]
fn without_a_gateway_nothing_goes_by_sms_and_without_mail_nothing_of_mail_is_tried() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        late(&installation, "7020", None, Some(NUMBER))?;
        decided(engine)?;
        let held = only(engine)?;
        assert_eq!(
            (held.channel, held.state, held.reasons),
            (Channel::Mail, MessageState::Held, vec!["no-address".to_owned()]),
            "{kind}"
        );

        // Now the other way round: a gateway, and mail that stays in the drawer.
        engine.set_outbound(Arc::new(kept_engine::Drawer));
        let gateway = Arc::new(Mailbox::default());
        engine.set_sms_gateway(Some(Arc::clone(&gateway) as Arc<dyn Outbound>));
        late(&installation, "7021", Some("rose@example.org"), None)?;
        late(&installation, "7022", None, Some(NUMBER))?;
        engine.clock().set(at("2026-11-05T15:30:00+01:00")?);
        engine.watch()?;
        engine.decide()?;
        assert_eq!(engine.send()?, 1, "{kind}: one attempt, by SMS");
        assert_eq!(gateway.letters().len(), 1, "{kind}");
        assert_eq!(count(engine, "select count(*) from outbox")?, 1, "{kind}: the letter waits");
        let waiting =
            messages(engine)?.into_iter().find(|message| message.state == MessageState::Queued).context("a queued one")?;
        assert_eq!((waiting.channel, waiting.attempts), (Channel::Mail, 0), "{kind}: it was not tried");
    }
    Ok(())
}

#[test]
fn who_answered_stop_gets_none_and_mail_takes_its_place() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        installation.open_gateway();
        let (_, first) = late(&installation, "7030", None, Some(NUMBER))?;
        // Two of one household.
        let (_, second) = late(&installation, "7031", Some("leon@example.org"), Some("+33 6 12 34 56 78"))?;
        let stop = json!({ "kind": "customer.opted_out", "event_id": "A-1", "phone": E164 });
        assert_eq!(gateway_says(engine, stop.clone())?, Vec::<String>::new(), "{kind}");
        assert_eq!(gateway_says(engine, stop)?, Vec::<String>::new(), "{kind}: told twice");
        assert!(customer(engine, first)?.sms_stopped.is_some() && customer(engine, second)?.sms_stopped.is_some(), "{kind}");
        assert_eq!(facts(engine)?.iter().filter(|fact| matches!(fact.body, Body::CustomerOptedOut(_))).count(), 2, "{kind}");
        // Whoever comes to this number later.
        let (_, third) = late(&installation, "7032", None, Some(NUMBER))?;
        assert!(customer(engine, third)?.sms_stopped.is_some(), "{kind}");
        let nobody = json!({ "kind": "customer.opted_out", "phone": "+33699999999" });
        assert_eq!(gateway_says(engine, nobody)?, ["no customer has this number"], "{kind}");
        decided(engine)?;
        for message in messages(engine)? {
            let expected = if message.customer == Some(second) { MessageState::Queued } else { MessageState::Held };
            assert_eq!((message.channel, message.state), (Channel::Mail, expected), "{kind}");
        }
        gateway_says(engine, json!({ "kind": "customer.opted_out", "event_id": "A-2", "phone": E164, "lifted": true }))?;
        assert_eq!(customer(engine, first)?.sms_stopped, None, "{kind}: START");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_stop_that_comes_after_the_decision_still_counts() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        installation.open_gateway();
        late(&installation, "7040", None, Some(NUMBER))?;
        decided(engine)?;
        gateway_says(engine, json!({ "kind": "customer.opted_out", "phone": E164 }))?;
        installation.settle()?;
        assert!(installation.mail.letters().is_empty(), "{kind}");
        let dropped = only(engine)?;
        assert_eq!((dropped.state, dropped.reasons), (MessageState::Dropped, vec!["sms-stopped".to_owned()]), "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_number_that_the_gateway_bars_is_not_tried_with_the_next_message() -> Result<()> {
    for (why, expected) in [(Barred::OptedOut, "sms-stopped"), (Barred::Unreachable, "phone-unreachable")] {
        for installation in Installation::each()? {
            let (kind, engine) = (installation.kind(), &installation.engine);
            installation.switch_all(Mode::Automatic)?;
            installation.open_gateway();
            let (id, person) = late(&installation, "7050", None, Some(NUMBER))?;
            decided(engine)?;
            installation.mail.answer_with(Some(SendOutcome::Barred { why, reply: "400 21610".to_owned() }));
            installation.settle()?;
            let refused = only(engine)?;
            assert_eq!((refused.state, refused.reply.as_deref()), (MessageState::Refused, Some("400 21610")), "{kind}");
            assert!(told(engine, id)?.is_empty(), "{kind}: nobody was told");
            let known = customer(engine, person)?;
            assert_eq!(
                (known.sms_stopped.is_some(), known.phone_bounced.is_some()),
                (why == Barred::OptedOut, why == Barred::Unreachable)
            );
            installation.mail.answer_with(None);
            installation.advance_to("2026-11-06T12:00:00+01:00")?;
            let next = messages(engine)?.into_iter().find(|message| message.id != refused.id).context("the next message")?;
            assert_eq!(next.state, MessageState::Held, "{kind}");
            assert_eq!(next.reasons, ["no-address", expected], "{kind}");
            assert!(installation.mail.letters().is_empty(), "{kind}");
            assert_sound(engine, kind)?;
        }
    }
    Ok(())
}

#[test]
fn what_may_have_left_is_never_sent_again_and_the_network_can_say_that_it_arrived() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        installation.open_gateway();
        let (id, _) = late(&installation, "7060", None, Some(NUMBER))?;
        decided(engine)?;
        installation.mail.answer_with(Some(SendOutcome::Unknown { reason: "no answer in time".to_owned() }));
        assert_eq!(engine.send()?, 1, "{kind}");
        let unknown = only(engine)?;
        assert_eq!((unknown.state, unknown.channel), (MessageState::Unknown, Channel::Sms), "{kind}: shown as unknown");
        installation.mail.answer_with(None);
        for later in ["2026-11-05T16:00:00+01:00", "2026-11-05T20:00:00+01:00"] {
            engine.clock().set(at(later)?);
            assert_eq!(engine.send()?, 0, "{kind}: nothing sends it again");
        }
        assert!(told(engine, id)?.is_empty(), "{kind}: nobody knows, so nobody was told");
        let receipt = json!({ "kind": "message.receipt", "message": unknown.id, "delivered": true, "code": "0" });
        assert_eq!(gateway_says(engine, receipt)?, Vec::<String>::new(), "{kind}");
        assert_eq!(message(engine, unknown.id)?.state, MessageState::Accepted, "{kind}");
        assert_eq!(told(engine, id)?, [(Channel::Sms, false)], "{kind}");
        assert!(installation.mail.letters().is_empty(), "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_holder_that_was_paused_after_the_request_leaves_an_unknown() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, slow) = (installation.kind(), installation.engine.clone());
        installation.switch_all(Mode::Automatic)?;
        let (paused, reached, go) = Paused::new(true);
        slow.set_sms_gateway(Some(Arc::clone(&paused) as Arc<dyn Outbound>));
        late(&installation, "7065", None, Some(NUMBER))?;
        decided(&slow)?;
        let quick = super::second(&installation)?;
        let other = Arc::new(Mailbox::default());
        quick.set_sms_gateway(Some(Arc::clone(&other) as Arc<dyn Outbound>));
        std::thread::scope(|scope| -> Result<()> {
            let sending = scope.spawn(|| slow.send());
            reached.recv()?;
            leases_run_out(&quick)?;
            assert_eq!(quick.send()?, 0, "{kind}: what may have left is not sent by another");
            assert_eq!(only(&quick)?.state, MessageState::Unknown, "{kind}");
            go.send(())?;
            sending.join().expect("the paused sender")?;
            Ok(())
        })?;
        assert_eq!((locked(&paused.left).len(), other.letters().len()), (1, 0), "{kind}");
        assert_eq!(only(&quick)?.state, MessageState::Unknown, "{kind}");
        assert_eq!(count(&quick, "select count(*) from outbox")?, 0, "{kind}");
        assert_sound(&quick, kind)?;
    }
    Ok(())
}

#[test]
fn receipts_come_twice_late_and_before_the_gateways_own_answer() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        installation.open_gateway();
        let (id, person) = late(&installation, "7070", None, Some(NUMBER))?;
        decided(engine)?;
        let waiting = only(engine)?;
        let failed =
            json!({ "kind": "message.receipt", "message": waiting.id, "delivered": false, "unreachable": true, "code": "23" });
        // The network is quicker than the gateway: its word is not lost, and the message does not count as told when the answer comes.
        gateway_says(engine, failed.clone())?;
        assert_eq!(message(engine, waiting.id)?.state, MessageState::Queued, "{kind}");
        installation.settle()?;
        assert_eq!(message(engine, waiting.id)?.state, MessageState::Refused, "{kind}");
        assert!(told(engine, id)?.iter().all(|(_, bounced)| *bounced), "{kind}");
        assert!(customer(engine, person)?.phone_bounced.is_some(), "{kind}");
        let before = facts(engine)?.len();
        assert_eq!(gateway_says(engine, failed)?, Vec::<String>::new(), "{kind}");
        assert_eq!(facts(engine)?.len(), before, "{kind}: told twice is told once");
        // It arrived after all, by the gateway's own name for it; that is not taken back.
        let by_name = |delivered: bool| json!({ "kind": "message.receipt", "reference": "G-1", "delivered": delivered });
        gateway_says(engine, by_name(true))?;
        assert_eq!(message(engine, waiting.id)?.state, MessageState::Accepted, "{kind}");
        assert_eq!(told(engine, id)?, [(Channel::Sms, false)], "{kind}");
        gateway_says(engine, by_name(false))?;
        assert_eq!(message(engine, waiting.id)?.state, MessageState::Accepted, "{kind}");
        for wrong in [json!({ "reference": "G-2" }), json!({ "message": 999_999 }), json!({})] {
            let mut news = wrong;
            news["kind"] = json!("message.receipt");
            news["delivered"] = json!(true);
            assert_eq!(gateway_says(engine, news)?.len(), 1, "{kind}: nothing is guessed");
        }
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn one_that_is_too_long_is_not_cut_and_does_not_leave() -> Result<()> {
    for channels in [r#"["mail", "sms"]"#, r#"["sms", "mail"]"#] {
        for installation in Installation::each()? {
            let kind = installation.kind();
            let settings = Settings { sms_segments: 1, ..installation.engine.settings().clone() };
            let engine = Engine::open(
                &installation.url,
                Durability::Full,
                settings,
                installation.engine.clock().clone(),
                packs(channels)?,
            )?;
            let gateway = Arc::new(Mailbox::default());
            engine.set_sms_gateway(Some(Arc::clone(&gateway) as Arc<dyn Outbound>));
            engine.set_outbound(Arc::clone(&gateway) as Arc<dyn Outbound>);
            installation.switch_all(Mode::Automatic)?;
            let (_, person) = late(&installation, "7080", None, Some(NUMBER))?;
            late(&installation, "7081", Some("rose@example.org"), Some(NUMBER))?;
            decided(&engine)?;
            let all = messages(&engine)?;
            let by_mail = all.iter().find(|message| message.customer != Some(person)).context("the one with mail")?;
            assert_eq!(
                (by_mail.channel, by_mail.state),
                (Channel::Mail, MessageState::Queued),
                "{kind} {channels}: mail takes it"
            );
            let held = all.iter().find(|message| message.customer == Some(person)).context("the one without")?;
            assert_eq!((held.channel, held.state), (Channel::Sms, MessageState::Held), "{kind} {channels}");
            assert_eq!(held.reasons, ["sms-too-long"], "{kind} {channels}");
            assert_eq!(held.held_until, None, "{kind}: no hour makes it shorter");
            engine.release_messages(&[held.id], "test")?;
            engine.send()?;
            assert_eq!(message(&engine, held.id)?.state, MessageState::Refused, "{kind}: not even by hand");
            assert!(gateway.letters().iter().all(|letter| letter.channel == Channel::Mail), "{kind}");
        }
    }
    Ok(())
}

#[test]
fn nobody_is_woken() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        installation.open_gateway();
        late(&installation, "7090", None, Some(NUMBER))?;
        installation.tell(scanned("6A07090000001", "2026-11-04T22:30:00+01:00", "available_for_pickup"))?;
        let held = messages(engine)?.into_iter().find(|message| message.template == "pickup-waiting").context("a message")?;
        assert_eq!((held.channel, held.state), (Channel::Sms, MessageState::Held), "{kind}");
        assert!(installation.mail.letters().is_empty(), "{kind}");
        installation.live_until("2026-11-05T08:00:00+01:00")?;
        let sent: Vec<Letter> = installation.mail.letters();
        assert_eq!(sent.len(), 1, "{kind}: in the morning");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn of_an_erased_person_nothing_leaves_and_no_number_is_left() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        installation.open_gateway();
        let (_, person) = late(&installation, "7100", None, Some(NUMBER))?;
        late(&installation, "7101", None, Some("06 98 76 54 32"))?;
        decided(engine)?;
        assert!(count(engine, "select count(*) from person_key")? > 2, "{kind}: both can be found by their numbers");
        engine.erase_customer(person, "test")?;
        installation.settle()?;
        let to: Vec<String> = installation.mail.letters().into_iter().map(|letter| letter.to_address).collect();
        assert_eq!(to, ["+33698765432"], "{kind}: the other's left");
        assert_eq!(count(engine, &format!("select count(*) from person_key where subject = {}", person.get()))?, 0, "{kind}");
        let stop = json!({ "kind": "customer.opted_out", "phone": E164 });
        assert_eq!(gateway_says(engine, stop)?, ["no customer has this number"], "{kind}");
        for fact in facts(engine)? {
            let line = String::from_utf8(fact.to_line()?)?;
            assert!(!line.contains("612345678") && !line.contains("12 34 56"), "{kind}: {line}");
        }
        for entry in installation.folder().map(std::fs::read_dir).transpose()?.into_iter().flatten() {
            let path = entry?.path();
            let bytes = std::fs::read(&path)?;
            for word in [NUMBER, E164] {
                assert!(
                    !bytes.windows(word.len()).any(|window| window == word.as_bytes()),
                    "{kind}: {word} in {}",
                    path.display()
                );
            }
        }
        assert_sound(engine, kind)?;
    }
    Ok(())
}
