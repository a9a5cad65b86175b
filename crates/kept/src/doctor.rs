//! `kept doctor`: looks at everything that could be wrong and says what to do.

use anyhow::Result;
use clap::Args;
use kept_engine::Clock;

use crate::serve::Smtp;
use crate::setup::{Hint, Place, Shop};
use crate::sms::Sms;

/// Looks at everything.
#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    shop: Shop,
    #[command(flatten)]
    smtp: Smtp,
    #[command(flatten)]
    sms: Sms,
}

/// Prints a line for each thing looked at; fails when one is wrong.
pub fn run(command: &Doctor) -> Result<()> {
    let mut wrong = 0;
    let mut say = |name: &str, result: Result<String>| match result {
        Ok(words) => println!("ok     {name}: {words}"),
        Err(error) => {
            wrong += 1;
            println!("wrong  {name}: {error:#}");
            if let Some(hint) = error.downcast_ref::<Hint>() {
                println!("       hint: {}", hint.hint);
            }
        }
    };
    say(
        "packs",
        command
            .place
            .packs()
            .map(|packs| format!("{} definitions, {} playbooks", packs.packs.definitions.len(), packs.packs.playbooks.len())),
    );
    say("carriers", command.place.carriers().map(|_| "mappings read".to_owned()));
    match command.place.must_exist().and_then(|()| command.place.engine(&command.shop, "http://localhost:8420", Clock::Wall)) {
        Err(error) => say("database", Err(error)),
        Ok(engine) => {
            let health = engine.health()?;
            say("database", Ok(format!("{}, {} facts in {} blocks", health.database, health.facts, health.blocks)));
            say(
                "promises",
                match health.unwatched {
                    0 => Ok("every open promise has an owner and a moment to look at it".to_owned()),
                    count => Err(Hint::error(
                        format!("{count} open promises are not watched"),
                        "`kept rebuild` looks at every one anew",
                    )),
                },
            );
            let chain = engine.verify(|_| {})?;
            say(
                "ledger",
                match chain.problems.first() {
                    None => Ok(format!("{} facts verified", chain.facts)),
                    Some(problem) => Err(Hint::error(problem.clone(), "restore a backup taken before")),
                },
            );
            say(
                "backlog",
                Ok(format!(
                    "{} signals wait for a decision, {} messages to leave",
                    health.signals_pending, health.outbox_pending
                )),
            );
            for source in health.sources {
                let refused =
                    if source.refused > 0 { format!(", {} refused for their signature", source.refused) } else { String::new() };
                say(
                    &format!("source {}", source.source),
                    Ok(format!("{} deliveries, {} unreadable{refused}", source.deliveries, source.unreadable)),
                );
            }
        }
    }
    match command.smtp.outbound(&command.shop) {
        Ok(None) => say("mail", Ok("no mail server is set up: letters stay in the drawer".to_owned())),
        Ok(Some(outbound)) => say(
            "mail",
            outbound.check().map_err(|error| Hint::error(error.to_string(), "docs/operating.md explains the mail settings")),
        ),
        Err(error) => say("mail", Err(error)),
    }
    match command.sms.gateway(command.shop.public_url.as_deref().unwrap_or_default()) {
        Ok(None) => say("sms", Ok("no gateway is set up: messages go by mail only".to_owned())),
        Ok(Some(gateway)) => say(
            "sms",
            gateway
                .check()
                .map(|said| said.unwrap_or_else(|| "a gateway is set up; nothing can be asked of it without sending".to_owned()))
                .map_err(|error| Hint::error(error.to_string(), "docs/operating.md explains the settings of text messages")),
        ),
        Err(error) => say("sms", Err(error)),
    }
    if wrong == 0 { Ok(()) } else { Err(Hint::error(format!("{wrong} things are wrong"), "each has its own hint above")) }
}
