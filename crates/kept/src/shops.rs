//! Shops: asked which orders changed, so that nothing a webhook lost stays lost; and the way out for what is done there.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use kept_base::{from_millis, millis};
use kept_connect::CarrierPacks;
use kept_connect::shops::prestashop::{PrestaShopReader, PrestaShopSettings, PrestaShopShop};
use kept_connect::shops::shopify::{ShopifyAccess, ShopifyReader, ShopifySettings, ShopifyShop};
use kept_connect::shops::woocommerce::{WooCommerceReader, WooCommerceSettings, WooCommerceShop};
use kept_engine::ports::{Inbound, PollError, Shop, ShopReader};
use kept_engine::{Engine, EngineError};

use crate::askers::{Askers, Noted, Stop};
use crate::connections::Pauses;
use crate::setup::{Hint, inbounds};

/// Read again with each round: a shop's clock may be behind, and what is written within a second may be seen after it.
const OVERLAP: SignedDuration = SignedDuration::from_secs(120);
/// Pages after which the moment is kept, if the end has not come before.
const MOST_PAGES: usize = 10_000;

/// Addresses and keys of shops.
#[derive(Clone, Default, Args)]
pub struct Shops {
    /// Address of a WooCommerce site.
    #[arg(long, env = "KEPT_WOOCOMMERCE_URL")]
    pub woocommerce_url: Option<String>,
    /// Its consumer key.
    #[arg(long, env = "KEPT_WOOCOMMERCE_KEY", hide_env_values = true)]
    pub woocommerce_key: Option<String>,
    /// Its consumer secret.
    #[arg(long, env = "KEPT_WOOCOMMERCE_SECRET", hide_env_values = true)]
    pub woocommerce_secret: Option<String>,
    /// Address of a Shopify shop: `https://{shop}.myshopify.com`.
    #[arg(long, env = "KEPT_SHOPIFY_URL")]
    pub shopify_url: Option<String>,
    /// An access token of the Admin API that does not end.
    #[arg(long, env = "KEPT_SHOPIFY_TOKEN", hide_env_values = true)]
    pub shopify_token: Option<String>,
    /// Or the client id of an app of the shop's own organisation.
    #[arg(long, env = "KEPT_SHOPIFY_CLIENT_ID")]
    pub shopify_client_id: Option<String>,
    /// And its client secret.
    #[arg(long, env = "KEPT_SHOPIFY_CLIENT_SECRET", hide_env_values = true)]
    pub shopify_client_secret: Option<String>,
    /// Address of a PrestaShop shop.
    #[arg(long, env = "KEPT_PRESTASHOP_URL")]
    pub prestashop_url: Option<String>,
    /// Its webservice key.
    #[arg(long, env = "KEPT_PRESTASHOP_KEY", hide_env_values = true)]
    pub prestashop_key: Option<String>,
    /// Its time zone, if not Kept's own.
    #[arg(long, env = "KEPT_PRESTASHOP_ZONE")]
    pub prestashop_zone: Option<String>,
    /// Seconds between two rounds of asking shops what changed.
    #[arg(long, env = "KEPT_SHOP_SECONDS", default_value_t = 300.0)]
    pub shop_seconds: f64,
    /// Days to read back when a shop is asked for the first time.
    #[arg(long, env = "KEPT_SHOP_DAYS", default_value_t = 30)]
    pub shop_days: u16,
}

impl std::fmt::Debug for Shops {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shops")
            .field("woocommerce_url", &self.woocommerce_url)
            .field("shopify_url", &self.shopify_url)
            .field("prestashop_url", &self.prestashop_url)
            .finish_non_exhaustive()
    }
}

impl Shops {
    /// Every shop that is set up, to be asked what changed.
    pub fn readers(&self, house_zone: &str) -> Result<Vec<Arc<dyn ShopReader>>> {
        let mut readers: Vec<Arc<dyn ShopReader>> = Vec::new();
        if let Some(settings) = self.woocommerce()? {
            readers.push(Arc::new(WooCommerceReader::new(&settings).map_err(|error| wrong(&error, "woocommerce"))?));
        }
        if let Some(settings) = self.shopify()? {
            readers.push(Arc::new(ShopifyReader::new(&settings).map_err(|error| wrong(&error, "shopify"))?));
        }
        if let Some(settings) = self.prestashop(house_zone)? {
            readers.push(Arc::new(PrestaShopReader::new(&settings).map_err(|error| wrong(&error, "prestashop"))?));
        }
        Ok(readers)
    }

    /// Every shop that is set up, to act in.
    pub fn ways_out(&self, house_zone: &str) -> Result<Vec<Arc<dyn Shop>>> {
        let mut shops: Vec<Arc<dyn Shop>> = Vec::new();
        if let Some(settings) = self.woocommerce()? {
            shops.push(Arc::new(WooCommerceShop::new(&settings).map_err(|error| wrong(&error, "woocommerce"))?));
        }
        if let Some(settings) = self.shopify()? {
            shops.push(Arc::new(ShopifyShop::new(&settings).map_err(|error| wrong(&error, "shopify"))?));
        }
        if let Some(settings) = self.prestashop(house_zone)? {
            shops.push(Arc::new(PrestaShopShop::new(&settings).map_err(|error| wrong(&error, "prestashop"))?));
        }
        Ok(shops)
    }

    fn woocommerce(&self) -> Result<Option<WooCommerceSettings>> {
        match (&self.woocommerce_url, &self.woocommerce_key, &self.woocommerce_secret) {
            (Some(url), Some(key), Some(secret)) => Ok(Some(WooCommerceSettings::new(url, key, secret))),
            (None, _, _) => Ok(None),
            _ => Err(Hint::error(
                "WooCommerce has an address, and no key",
                "set KEPT_WOOCOMMERCE_KEY and KEPT_WOOCOMMERCE_SECRET; docs/connectors/woocommerce.md says where they come from",
            )),
        }
    }

    fn shopify(&self) -> Result<Option<ShopifySettings>> {
        let Some(url) = &self.shopify_url else { return Ok(None) };
        let access = match (&self.shopify_token, &self.shopify_client_id, &self.shopify_client_secret) {
            (Some(token), _, _) => ShopifyAccess::Token(token.clone()),
            (None, Some(id), Some(secret)) => ShopifyAccess::Client { id: id.clone(), secret: secret.clone() },
            _ => {
                return Err(Hint::error(
                    "Shopify has an address, and no access",
                    "set KEPT_SHOPIFY_TOKEN, or KEPT_SHOPIFY_CLIENT_ID and KEPT_SHOPIFY_CLIENT_SECRET; see docs/connectors/shopify.md",
                ));
            }
        };
        Ok(Some(ShopifySettings::new(url, access)))
    }

    fn prestashop(&self, house_zone: &str) -> Result<Option<PrestaShopSettings>> {
        match (&self.prestashop_url, &self.prestashop_key) {
            (Some(url), Some(key)) => {
                let zone = self.prestashop_zone.as_deref().unwrap_or(house_zone);
                Ok(Some(PrestaShopSettings::new(url, key, zone)))
            }
            (None, _) => Ok(None),
            (Some(_), None) => Err(Hint::error(
                "PrestaShop has an address, and no key",
                "set KEPT_PRESTASHOP_KEY; see docs/connectors/prestashop.md",
            )),
        }
    }
}

/// Starts asking every shop that was given at the start.
pub fn start(
    askers: &mut Askers,
    engine: &Engine,
    packs: &CarrierPacks,
    shops: &Shops,
    house_zone: &str,
    pauses: Pauses,
) -> Result<()> {
    let inbounds = inbounds(packs);
    for reader in shops.readers(house_zone)? {
        let Some(inbound) = inbounds.iter().find(|inbound| inbound.source() == reader.source()).cloned() else { continue };
        keep(askers, engine, reader, inbound, pauses)?;
    }
    Ok(())
}

/// Starts asking a shop what changed, round after round.
pub fn keep(
    askers: &mut Askers,
    engine: &Engine,
    reader: Arc<dyn ShopReader>,
    inbound: Arc<dyn Inbound>,
    pauses: Pauses,
) -> Result<()> {
    let engine = engine.clone();
    askers.start(format!("read-{}", reader.source()), move |stop| {
        let mut noted = Noted::new(&engine, reader.source(), pauses.shops);
        while !stop.is_set() {
            let begun = asked_for(&engine, reader.source());
            let mut round =
                Round { engine: &engine, reader: reader.as_ref(), inbound: inbound.as_ref(), noted: &mut noted, stop };
            let wait = match round.run(SignedDuration::from_hours(24 * i64::from(pauses.shop_days))) {
                Ok(()) => pauses.shops,
                Err(wait) => wait.max(pauses.shops),
            };
            rest(&engine, reader.source(), begun, wait, stop);
        }
    })
}

/// The import that was asked for last.
fn asked_for(engine: &Engine, source: &str) -> Option<(i64, i64)> {
    engine.import(source).ok().flatten().map(|import| (import.from, import.to))
}

/// Waits, but no longer than until somebody asks for another import than the one that `begun`.
fn rest(engine: &Engine, source: &str, begun: Option<(i64, i64)>, wait: Duration, stop: &Stop) {
    let mut left = wait;
    while !left.is_zero() && !stop.is_set() {
        let step = left.min(Duration::from_secs(2));
        stop.rest(step);
        left -= step;
        if asked_for(engine, source) != begun {
            return;
        }
    }
}

/// One round of asking a shop. What is read is durable before the moment moves on; what could not be read is read again. Errors say how
/// long to wait.
struct Round<'a, 'n> {
    engine: &'a Engine,
    reader: &'a dyn ShopReader,
    inbound: &'a dyn Inbound,
    noted: &'a mut Noted<'n>,
    stop: &'a Stop,
}

impl Round<'_, '_> {
    fn run(&mut self, history: SignedDuration) -> Result<(), Duration> {
        let (engine, source) = (self.engine, self.reader.source());
        if !self.noted.is_ours() {
            return Ok(());
        }
        if let Some(import) =
            engine.import(source).map_err(|error| self.not_stored(&error))?.filter(|import| import.done_at.is_none())
        {
            let note = |at: i64, orders: u64, over: bool| engine.note_import(source, &import, at, orders, over);
            let from = from_millis(import.at).unwrap_or_default();
            let whole = self.walk(from, |read_to, orders| note(read_to.map_or(import.at, millis), orders, false))?;
            if !whole {
                return Ok(());
            }
            // What changed since the import was asked for is read by the round that follows.
            engine
                .save_read_to(source, from_millis(import.to).unwrap_or_default())
                .and_then(|()| note(import.to, 0, true))
                .map_err(|error| self.not_stored(&error))?;
        }
        let known = engine.read_to(source).map_err(|error| self.not_stored(&error))?;
        let now = Timestamp::now();
        let since = known.map_or_else(|| now.checked_sub(history), |known| known.checked_sub(OVERLAP)).unwrap_or(now);
        self.walk(since, |read_to, _| read_to.map_or(Ok(()), |read_to| engine.save_read_to(source, read_to)))?;
        Ok(())
    }

    /// Reads page by page to the end; `note` hears up to where, and how many orders a page had. False when it was stopped before.
    fn walk(
        &mut self,
        since: Timestamp,
        mut note: impl FnMut(Option<Timestamp>, u64) -> Result<(), EngineError>,
    ) -> Result<bool, Duration> {
        let mut next: Option<String> = None;
        for _ in 0..MOST_PAGES {
            if self.stop.is_set() || !self.noted.is_ours() {
                return Ok(false);
            }
            let page = match self.reader.changed(since, next.as_deref()) {
                Ok(page) => page,
                Err(error) => {
                    tracing::warn!(error = %error, source = self.reader.source(), "shop.refused");
                    self.noted.failed(&error);
                    return Err(error.retry_after_seconds.map_or(Duration::from_secs(600), Duration::from_secs));
                }
            };
            self.noted.answered();
            for payload in &page.payloads {
                self.engine.receive(self.inbound, payload).map_err(|error| self.not_stored(&error))?;
            }
            // Oldest change first: what is older than the newest change of a page was read.
            note(page.read_to, page.payloads.len() as u64).map_err(|error| self.not_stored(&error))?;
            next = page.next;
            if next.is_none() {
                return Ok(true);
            }
            self.stop.rest(Duration::try_from_secs_f64(page.wait_seconds).unwrap_or_default());
        }
        Ok(true)
    }

    fn not_stored(&self, error: &EngineError) -> Duration {
        tracing::warn!(error = %error, source = self.reader.source(), "shop.not_stored");
        Duration::from_secs(10)
    }
}

fn wrong(error: &PollError, shop: &str) -> anyhow::Error {
    Hint::error(error.to_string(), format!("docs/connectors/{shop}.md"))
}
