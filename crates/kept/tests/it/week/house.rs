//! Kept as it runs: engine, pages and webhooks over HTTP, carriers and shop asked, letters by SMTP; on a clock set by hand, and with what its
//! threads do done by whoever turns the crank. It can be taken down and started again on the same data.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;
use kept_connect::CarrierPacks;
use kept_connect::asking::AskingSettings;
use kept_connect::carriers::chronopost;
use kept_connect::carriers::laposte::{LaPostePoller, LaPosteSettings};
use kept_connect::shops::woocommerce::{WooCommerceReader, WooCommerceSettings, WooCommerceShop};
use kept_engine::ports::{Inbound, Poller};
use kept_engine::{Asking, Engine, Following, LoadedPacks, PackSource, Settings};
use kept_mail::{Security, SmtpConfig, SmtpOutbound};
use kept_store::Durability;
use kept_text::Texts;
use kept_web::{App, OwnFacts, ParsedLine, WebConfig};
use tokio::sync::oneshot;

use super::time::Time;
use crate::place::Place;

/// Between the beginnings of two rounds of asking carriers, and between two of asking the shop. `kept serve` asks twice as often unless told
/// otherwise; what is proved of one interval holds of another, and the machine's time goes into calls.
pub const POLL: Duration = Duration::from_secs(1800);
pub const SHOP: Duration = Duration::from_secs(600);

/// Where partners are found.
#[derive(Clone)]
pub struct Addresses {
    pub laposte: String,
    pub chronopost: String,
    pub shop: String,
    pub mail: SocketAddr,
}

/// Kept, running.
pub struct House {
    pub engine: Engine,
    pub address: SocketAddr,
    pub carriers: Vec<Asking>,
    pub shop: Following,
    stop: Option<oneshot::Sender<()>>,
    served: Option<tokio::task::JoinHandle<std::io::Result<()>>>,
}

/// No facts come in Kept's own form here.
struct NoFacts;

impl OwnFacts for NoFacts {
    fn parse_lines(&self, _raw: &[u8], _content_type: &str) -> Vec<ParsedLine> {
        Vec::new()
    }
}

impl House {
    pub fn start(place: &Place, time: &Time, partners: &Addresses, runtime: &tokio::runtime::Runtime) -> Result<House> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let packs = LoadedPacks::load(PackSource::Embedded)?;
        let settings = Settings {
            shop: "Maison Lumen".to_owned(),
            from_address: "service@lumen.example".to_owned(),
            operations_address: Some("expeditions@lumen.example".to_owned()),
            public_url: format!("http://{address}"),
            writers: 2,
            // A day passes within seconds of the machine's clock: no flood.
            most_a_minute: usize::MAX,
            ..Settings::default()
        };
        let engine = Engine::open(&place.url()?, Durability::Full, settings, time.clock.clone(), packs)?;
        engine.set_outbound(Arc::new(SmtpOutbound::new(SmtpConfig {
            host: partners.mail.ip().to_string(),
            port: partners.mail.port(),
            security: Security::None,
            user: None,
            password: None,
            hello_name: "lumen.example".to_owned(),
            timeout_seconds: 10,
            from_name: "Maison Lumen".to_owned(),
            from_address: "service@lumen.example".to_owned(),
        })?));
        let woocommerce = WooCommerceSettings::new(&partners.shop, "ck_week", "cs_week");
        engine.set_shops(vec![Arc::new(WooCommerceShop::new(&woocommerce)?)]);

        let carrier_packs = CarrierPacks::embedded()?;
        let inbounds = kept_connect::inbounds(&carrier_packs);
        let reads = |source: &str| -> Result<Arc<dyn Inbound>> {
            inbounds.iter().find(|inbound| inbound.source() == source).cloned().context("a source")
        };
        let laposte =
            LaPosteSettings { base_url: partners.laposte.clone(), calls_per_second: 2.0, ..LaPosteSettings::new("okapi") };
        let pollers: [Arc<dyn Poller>; 2] = [
            Arc::new(LaPostePoller::new(laposte)?),
            Arc::new(chronopost::poller(AskingSettings::new(&partners.chronopost, "", ""))?),
        ];
        let asking = |poller: Arc<dyn Poller>| Ok(Asking::new(Arc::clone(&poller), reads(poller.source())?, POLL));
        let carriers = pollers.into_iter().map(asking).collect::<Result<Vec<_>>>()?;
        let reader = Arc::new(WooCommerceReader::new(&woocommerce)?);
        let shop = Following::new(reader, reads("woocommerce")?, SHOP, SignedDuration::from_hours(24));

        let texts = Arc::new(Texts::embedded().context("the texts")?);
        let config = WebConfig { public_url: format!("http://{address}"), ..WebConfig::default() };
        let app = App::new(engine.clone(), texts, config, inbounds, Arc::new(NoFacts));
        let (stop, stopped) = oneshot::channel();
        let served = runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            kept_web::serve(app, listener, async move { drop(stopped.await) }).await
        });
        Ok(House { engine, address, carriers, shop, stop: Some(stop), served: Some(served) })
    }

    /// Everything that is due is done: what the threads of a running Kept do.
    pub fn settle(&self) -> Result<()> {
        for _ in 0..100 {
            let engine = &self.engine;
            let done = engine.watch()?.facts + engine.decide()? + engine.send()? + engine.run_errands()?;
            if done == 0 {
                return Ok(());
            }
        }
        ensure!(false, "the engine never came to rest");
        Ok(())
    }

    /// Stops as a process does: whatever waits in the database waits there.
    pub fn stop(mut self, runtime: &tokio::runtime::Runtime) -> Result<()> {
        drop(self.stop.take());
        if let Some(served) = self.served.take() {
            runtime.block_on(async { tokio::time::timeout(Duration::from_secs(30), served).await })???;
        }
        Ok(())
    }
}
