//! `kept serve`: the engine at work, pages and API, carriers asked, letters sent.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use kept_connect::CarrierPacks;
use kept_connect::orders_csv::{self, Mapping, RowError};
use kept_domain::input::Input;
use kept_engine::ports::Connector;
use kept_engine::{Clock, Engine};
use kept_mail::{Security, SmtpConfig, SmtpOutbound};
use kept_text::Texts;
use kept_web::{App, FileError, OrderFiles, OrderMapping, OwnFacts, ParsedLine, WebConfig};
use tokio::net::TcpListener;

use crate::askers::Askers;
use crate::connections::{self, Pauses};
use crate::connectors::{Partner, Set, connectors};
use crate::heads::HeadsKept;
use crate::polling::{self, Polled};
use crate::setup::{Hint, Place, Shop, inbounds};
use crate::shops::{self, Shops};
use crate::sms::Sms;

/// The exit code after a sync that failed (EX_IOERR of sysexits.h): a supervisor may start Kept again.
const FAILED_SYNC: i32 = 74;

/// Starts Kept.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    shop: Shop,
    #[command(flatten)]
    smtp: Smtp,
    #[command(flatten)]
    sms: Sms,
    #[command(flatten)]
    polled: Polled,
    #[command(flatten)]
    shops: Shops,
    #[command(flatten)]
    heads: HeadsKept,
    /// Where to listen.
    #[arg(long, env = "KEPT_LISTEN", default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
    /// A reverse proxy of yours stands in front and sets X-Forwarded-For.
    #[arg(long, env = "KEPT_BEHIND_PROXY")]
    behind_proxy: bool,
}

/// The way out for letters; without a host they stay in the drawer.
#[derive(Clone, Debug, Default, Args)]
pub struct Smtp {
    /// Mail server.
    #[arg(long, env = "KEPT_SMTP_HOST")]
    pub smtp_host: Option<String>,
    /// Its port.
    #[arg(long, env = "KEPT_SMTP_PORT", default_value_t = 587)]
    pub smtp_port: u16,
    /// `starttls`, `tls`, or `none` (for a relay on this machine).
    #[arg(long, env = "KEPT_SMTP_SECURITY", default_value = "starttls")]
    pub smtp_security: String,
    /// User name.
    #[arg(long, env = "KEPT_SMTP_USER")]
    pub smtp_user: Option<String>,
    /// Password; give it by the environment, not on the command line.
    #[arg(long, env = "KEPT_SMTP_PASSWORD", hide_env_values = true)]
    pub smtp_password: Option<String>,
}

impl Smtp {
    /// The way out, if one is set up.
    pub fn outbound(&self, shop: &Shop) -> Result<Option<SmtpOutbound>> {
        let Some(host) = &self.smtp_host else { return Ok(None) };
        let security = match self.smtp_security.as_str() {
            "none" => Security::None,
            "starttls" => Security::StartTls,
            "tls" => Security::Tls,
            other => return Err(Hint::error(format!("`{other}` is no way to protect mail"), "starttls, tls or none")),
        };
        let config = SmtpConfig {
            host: host.clone(),
            port: self.smtp_port,
            security,
            user: self.smtp_user.clone(),
            password: self.smtp_password.clone(),
            hello_name: String::new(),
            timeout_seconds: 30,
            from_name: shop.shop.clone(),
            from_address: shop.from.clone(),
        };
        SmtpOutbound::new(config)
            .map(Some)
            .map_err(|error| Hint::error(error.to_string(), "docs/operating.md explains the mail settings"))
    }
}

/// Facts in Kept's own form, as `connect` reads them.
pub struct Facts;

impl OwnFacts for Facts {
    fn parse_lines(&self, raw: &[u8], content_type: &str) -> Vec<ParsedLine> {
        kept_connect::own::parse_lines(raw, Some(content_type))
            .into_iter()
            .map(|line| ParsedLine {
                line: line.line,
                result: line.result.map_err(|error| (error.message, error.hint.unwrap_or_default())),
            })
            .collect()
    }
}

/// Orders from a shop's export, as `connect` reads them.
pub struct Exports;

impl OrderFiles for Exports {
    fn fields(&self) -> Vec<&'static str> {
        orders_csv::fields()
    }

    fn columns(&self, csv: &[u8]) -> Result<(Vec<String>, BTreeMap<String, String>), FileError> {
        let columns = orders_csv::columns(csv).map_err(wrong_row)?;
        let guessed = orders_csv::guess(&columns);
        Ok((columns, guessed))
    }

    fn read(&self, csv: &[u8], mapping: &OrderMapping) -> Result<Vec<Result<Input, FileError>>, FileError> {
        let (currency, format) = (mapping.currency.as_deref(), mapping.date_format.as_deref());
        let mapping = Mapping::filled_in(&mapping.columns, &mapping.zone, currency, format, mapping.decimal_comma)
            .map_err(|error| FileError { line: 0, column: None, said: error.to_string() })?;
        Ok(orders_csv::read(csv, &mapping).map(|order| order.map(|order| order.input).map_err(wrong_row)).collect())
    }
}

fn wrong_row(error: RowError) -> FileError {
    let hint = error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
    FileError { line: error.line, column: error.column, said: format!("{}{hint}", error.message) }
}

/// Runs until it is told to stop.
pub fn run(command: Serve) -> Result<()> {
    let listener = listen(command.listen)?;
    let public_url = format!("http://{}", listener.local_addr()?);
    let engine = command.place.engine(&command.shop, &public_url, Clock::Wall)?;
    let database = engine.database();
    database.after_failed_sync(|why| {
        eprintln!("error: the disk could not sync ({why}): nothing more is acknowledged\nhint: look at the disk, then start Kept again; what it acknowledged is there");
        std::process::exit(FAILED_SYNC);
    });
    database
        .settle()
        .map_err(|error| Hint::error(error.to_string(), "the disk does not take what is written; look at it first"))?;
    if database.stands_alone()? {
        eprintln!("This PostgreSQL has no synchronous standby: losing its server loses what was acknowledged last.");
    }
    if let Some(again) = engine.erased_again().filter(|again| again.again > 0) {
        println!("{} of {} erasures in the list were not in this database and were done again.", again.again, again.listed);
    }
    match command.smtp.outbound(&command.shop)? {
        Some(outbound) => engine.set_outbound(Arc::new(outbound)),
        None => eprintln!("No mail server is set up: letters stay in the drawer (Messages), and nobody is told."),
    }
    if let Some(gateway) = command.sms.gateway(&engine.settings().public_url)? {
        engine.set_sms_gateway(Some(gateway.outbound()));
    }
    let carriers = command.place.carriers()?;
    let set = Set {
        shops: &command.shops,
        polled: &command.polled,
        sms: &command.sms,
        house_zone: &command.shop.zone,
        public_url: &engine.settings().public_url,
    };
    let partners = connectors(&carriers, set);
    let pauses = Pauses {
        carriers: command.polled.pause(),
        shops: Duration::from_secs_f64(command.shops.shop_seconds.max(0.1)),
        shop_days: command.shops.shop_days,
    };
    let mut askers = Askers::default();
    polling::start(&mut askers, &engine, &carriers, &command.polled)?;
    shops::start(&mut askers, &engine, &carriers, &command.shops, &command.shop.zone, pauses)?;
    connections::start(&mut askers, &engine, &partners, command.shops.ways_out(&command.shop.zone)?, pauses)?;
    let _heads = command.heads.start(engine.database())?;
    let config = WebConfig {
        public_url: engine.settings().public_url.clone(),
        secure_cookies: engine.settings().public_url.starts_with("https://"),
        behind_proxy: command.behind_proxy,
        ..WebConfig::default()
    };
    let first = engine.has_no_users()?;
    serve(engine, &carriers, partners, config, listener, move |address| {
        println!("Kept listens on http://{address}");
        if first {
            println!("Nobody can sign in yet: open http://{address}/welcome to make the first administrator.");
        }
        Ok(())
    })
}

/// Takes the port, before anything names it: with port 0 the system chooses one, and links in letters must carry that one.
pub fn listen(address: SocketAddr) -> Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address).map_err(|error| {
        Hint::error(format!("cannot listen on {address}: {error}"), "another program may use the port; choose one with --listen")
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves pages and API with the engine at work, and calls `ready` just before connections are taken.
pub fn serve(
    engine: Engine,
    carriers: &CarrierPacks,
    partners: Vec<Arc<Partner>>,
    config: WebConfig,
    listener: std::net::TcpListener,
    ready: impl FnOnce(SocketAddr) -> Result<()>,
) -> Result<()> {
    let texts = Arc::new(Texts::embedded().context("the texts of the pages are damaged")?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let workers = engine.work()?;
    let stopping = engine.clone();
    let partners = partners.into_iter().map(|partner| partner as Arc<dyn Connector>).collect();
    let app = App::new(engine, texts, config, inbounds(carriers), Arc::new(Facts))
        .connecting(partners)
        .reading_files(Arc::new(Exports));
    // Outside the runtime: whatever is started here may use clients that block. Connections wait in the listener's queue meanwhile.
    ready(listener.local_addr()?)?;
    runtime.block_on(async move {
        let listener = TcpListener::from_std(listener)?;
        kept_web::serve(app, listener, stopped()).await.context("the server failed")
    })?;
    drop(workers);
    // Nothing would be lost: the next start makes up for rows that lag. It starts quicker so.
    Ok(stopping.flush()?)
}

/// Comes true when the process is asked to stop.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}
