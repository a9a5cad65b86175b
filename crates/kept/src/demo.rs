//! `kept demo`: a French shop of a few hundred customers on a clock that runs fast. Its orders, carriers, customers and mail arrive through the
//! real entrances: a shop in the format of WooCommerce whose signed webhooks come in and that is asked and acted in, HTTP with a token, an
//! aggregator's signed webhook, a carrier that is asked, a mail server that letters leave to, a gateway that text messages leave to.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use kept_base::{Language, Moment, from_millis};
use kept_domain::message::Mode;
use kept_engine::{Clock, Engine};
use kept_mail::{Security, SmtpConfig, SmtpOutbound};
use kept_sample::carriers::FakeLaPoste;
use kept_sample::door::Door;
use kept_sample::driver::{DemoOptions, Driver};
use kept_sample::peer::SmtpPeer;
use kept_sample::shop::{HISTORY_DAYS, World};
use kept_sample::{SmsGateway, WooShop};
use kept_web::WebConfig;

use crate::askers::Askers;
use crate::connections::{self, Pauses};
use crate::connectors::{Set, connectors};
use crate::polling::{self, Polled};
use crate::serve::{listen, serve};
use crate::setup::{Hint, Place, Shop};
use crate::shops::{self, Shops};
use crate::sms::{Gateway, Sms};

/// The same shop each time.
const SEED: u64 = 7;
/// Three weeks pass in this many milliseconds before the clock slows down.
const HURRY: i64 = 40_000;
/// The carrier that is asked is asked so often, in seconds of the machine: in the first minute that is every three hours of the shop's time.
const POLL: f64 = 0.25;
const PASSWORD: &str = "lumen-demo-2026";
const DAY: i64 = 86_400_000;

/// Starts Kept with a sample shop.
#[derive(Debug, Args)]
pub struct Demo {
    /// Folder for the sample's data; emptied at each start.
    #[arg(long, default_value = "data/demo")]
    data: PathBuf,
    /// `postgres://…` to run the sample there, in an empty database; the embedded one unless given.
    #[arg(long)]
    database: Option<String>,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
    /// How many times faster than life the clock runs after the first minute.
    #[arg(long, default_value_t = 60.0)]
    speed: f64,
}

/// Runs until it is told to stop.
pub fn run(command: &Demo) -> Result<()> {
    if !command.speed.is_finite() || !(0.1..=100_000.0).contains(&command.speed) {
        return Err(Hint::error(format!("the speed is {}", command.speed), "60 means a minute a second; from 0.1 to 100000"));
    }
    empty(&command.data)?;
    let now = Clock::Wall.now();
    let clock = Clock::fast(now - HISTORY_DAYS * DAY, now, HURRY, command.speed);
    let place = Place { data: command.data.clone(), database: command.database.clone(), erasures: None };
    let shop = Shop {
        shop: "Maison Lumen".to_owned(),
        team: "Inès, Maison Lumen".to_owned(),
        from: "bonjour@lumen.example".to_owned(),
        operations: Some("expeditions@lumen.example".to_owned()),
        ..Shop::default()
    };
    let listener = listen(command.listen)?;
    let engine = place.engine(&shop, &format!("http://{}", listener.local_addr()?), clock)?;
    let people = accounts(&engine)?;
    let (token, token_hash) =
        kept_web::auth::secret::new_token().map_err(|_| anyhow::anyhow!("the machine gives no randomness"))?;
    let (aftership, woocommerce) = (secret()?, secret()?);
    engine.add_token(token_hash, "Maison Lumen, boutique", &["facts:write".to_owned()])?;
    engine.set_secret("inbound:aftership", &aftership)?;
    engine.set_secret("inbound:woocommerce", &woocommerce)?;

    let start = from_millis(now).context("the clock is off")?;
    let world = World::new(SEED, start);
    let peer = SmtpPeer::start().context("the sample's mail server does not start")?;
    engine.set_outbound(Arc::new(mail(&peer)?));
    let sms_secret = secret()?;
    engine.set_secret("inbound:sms_http", &sms_secret)?;
    let sms_key = secret()?;
    let texting = SmsGateway::start(&sms_key, &sms_secret, &engine.settings().public_url)
        .context("the sample's gateway of text messages does not start")?;
    let sms = Sms {
        sms_gateway: Some("http".to_owned()),
        sms_url: Some(texting.url()),
        sms_header: "Authorization".to_owned(),
        sms_secret: format!("Bearer {sms_key}"),
        sms_from: "Lumen".to_owned(),
        ..Sms::default()
    };
    engine.set_sms_gateway(sms.gateway(&engine.settings().public_url)?.map(Gateway::outbound));
    let key = secret()?;
    let laposte = FakeLaPoste::start(world.suivi(), &key).context("the sample's carrier does not start")?;
    let carriers = place.carriers()?;
    let polled =
        Polled { laposte_key: Some(key), laposte_url: Some(laposte.base_url()), poll_seconds: POLL, ..Polled::default() };
    let mut askers = Askers::default();
    polling::start(&mut askers, &engine, &carriers, &polled)?;
    let (books, entrance, asked) = boutique(engine.clock())?;
    let set =
        Set { shops: &asked, polled: &polled, sms: &sms, house_zone: &shop.zone, public_url: &engine.settings().public_url };
    let partners = connectors(&carriers, set);
    let own = Pauses { carriers: polled.pause(), shops: Duration::from_secs_f64(POLL), shop_days: u16::try_from(HISTORY_DAYS)? };
    shops::start(&mut askers, &engine, &carriers, &asked, &shop.zone, own)?;
    // The sample's shop and carriers live by its fast clock; what somebody connects here for a try lives by the real one.
    let pauses = Pauses { carriers: Duration::from_secs(900), shops: Duration::from_secs(300), shop_days: 30 };
    connections::start(&mut askers, &engine, &partners, asked.ways_out(&shop.zone)?, pauses)?;
    manager(&mut askers, &engine, now)?;

    let config = WebConfig {
        public_url: engine.settings().public_url.clone(),
        demo: true,
        sign_in_hint: Some(format!("{} · {PASSWORD}", people.first().map_or("", |person| person.0))),
        ..WebConfig::default()
    };
    let mut driver = None;
    let ours = engine.clone();
    let started = serve(engine, &carriers, partners, config, listener, |address| {
        println!("Kept, with the sample shop Maison Lumen, listens on http://{address}");
        println!(
            "Three weeks of its life pass in the first {} seconds; then a second is {} seconds.",
            HURRY / 1000,
            command.speed
        );
        println!("Sign in as:");
        for (email, role) in &people {
            println!("  {role:<11} {email}  {PASSWORD}");
        }
        let clock = ours.clock().clone();
        let options = DemoOptions {
            kept_url: format!("http://{address}"),
            api_token: token,
            aftership_secret: aftership,
            clock: Arc::new(move || from_millis(clock.now()).unwrap_or_default()),
            start,
            shop: Some((books, woocommerce)),
        };
        driver = Some(Driver::start(world, options, |_| {})?);
        Ok(())
    });
    drop(driver);
    drop(askers);
    drop(texting);
    drop(entrance);
    started
}

/// The shop's own books, its entrance in the format of WooCommerce, and how Kept asks there and acts.
fn boutique(clock: &Clock) -> Result<(WooShop, Door, Shops)> {
    let (key, secret) = (secret()?, secret()?);
    let (zone, clock) = (kept_base::moment::zone_named(&Shop::default().zone).context("the zone")?, clock.clone());
    let books = WooShop::new(&key, &secret, move || Moment::in_zone(from_millis(clock.now()).unwrap_or_default(), &zone));
    let answers = books.clone();
    let entrance = Door::open("demo-shop", move |request| answers.answer(request)).context("the sample's shop does not start")?;
    let asked = Shops {
        woocommerce_url: Some(entrance.base_url()),
        woocommerce_key: Some(key),
        woocommerce_secret: Some(secret),
        shop_seconds: POLL,
        shop_days: u16::try_from(HISTORY_DAYS)?,
        ..Shops::default()
    };
    Ok((books, entrance, asked))
}

/// Empties the sample's folder; refuses one that holds anything else.
fn empty(folder: &std::path::Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let mark = folder.join("sample-shop");
    let occupied = std::fs::read_dir(folder)?.next().is_some();
    if occupied && !mark.exists() {
        return Err(Hint::error(
            format!("{} holds something that is not the sample", folder.display()),
            "the demo empties its folder at each start; name another with --data",
        ));
    }
    for name in ["kept.db", "kept.db-wal", "kept.db-shm", "erasures.ndjson"] {
        let file = folder.join(name);
        if file.exists() {
            std::fs::remove_file(&file).with_context(|| format!("{} cannot be removed", file.display()))?;
        }
    }
    Ok(std::fs::write(mark, "This folder belongs to `kept demo`, which empties it at each start.\n")?)
}

/// People who can sign in, best first.
fn accounts(engine: &Engine) -> Result<Vec<(&'static str, &'static str)>> {
    let hash = kept_web::auth::password::hash_now(PASSWORD).context("the password could not be hashed")?;
    let people = [
        ("ines@lumen.example", "Inès Caradec", "admin", Language::French),
        ("tom@lumen.example", "Tom Okafor", "supervisor", Language::English),
        ("karim@lumen.example", "Karim Benali", "agent", Language::French),
    ];
    for (email, name, role, language) in people {
        if engine.user_by_email(email)?.is_none() {
            engine.add_user(email, name, role, language, &hash, false)?;
        }
    }
    Ok(people.iter().map(|(email, _, role, _)| (*email, *role)).collect())
}

/// The way out: real SMTP to the sample's own mail server.
fn mail(peer: &SmtpPeer) -> Result<SmtpOutbound> {
    let address = peer.address();
    Ok(SmtpOutbound::new(SmtpConfig {
        host: address.ip().to_string(),
        port: address.port(),
        security: Security::None,
        user: None,
        password: None,
        hello_name: "lumen.example".to_owned(),
        timeout_seconds: 10,
        from_name: "Maison Lumen".to_owned(),
        from_address: "bonjour@lumen.example".to_owned(),
    })?)
}

/// After four days of looking at what the playbooks would do, the sample's manager trusts some of them; with the money after two weeks more.
fn manager(askers: &mut Askers, engine: &Engine, start: i64) -> Result<()> {
    let engine = engine.clone();
    let letters = [
        ("tell-late", Mode::Automatic),
        ("apologise-late", Mode::Automatic),
        ("next-word", Mode::Automatic),
        ("close-the-loop", Mode::Automatic),
        ("not-arrived", Mode::Automatic),
        ("failed-attempt", Mode::Approve),
        ("lines-withdrawn", Mode::Approve),
        ("silent-operations", Mode::Automatic),
    ];
    let errands = [
        "carry-out-cancel",
        "send-again",
        "pay-back",
        "confirm-choice",
        "confirm-refund",
        "choice-not-possible",
        "errand-refused",
    ];
    let trusted = [
        (start - (HISTORY_DAYS - 4) * DAY, letters.to_vec()),
        (start - 3 * DAY, errands.map(|name| (name, Mode::Automatic)).to_vec()),
    ];
    askers.start("demo-manager".to_owned(), move |stop| {
        for (from, playbooks) in trusted {
            while engine.now() < from {
                stop.rest(std::time::Duration::from_millis(100));
                if stop.is_set() {
                    return;
                }
            }
            for (playbook, mode) in playbooks {
                if let Err(error) = engine.switch_playbook(playbook, mode, "Inès Caradec") {
                    tracing::warn!(error = %error, playbook, "demo.switch_failed");
                }
            }
        }
    })
}

fn secret() -> Result<String> {
    let bytes = kept_engine::random::<24>()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
