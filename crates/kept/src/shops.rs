//! Shops: asked which orders changed, so that nothing a webhook lost stays lost; and the way out for what is done there.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use jiff::SignedDuration;
use kept_connect::CarrierPacks;
use kept_connect::shops::prestashop::{PrestaShopReader, PrestaShopSettings, PrestaShopShop};
use kept_connect::shops::shopify::{ShopifyAccess, ShopifyReader, ShopifySettings, ShopifyShop};
use kept_connect::shops::woocommerce::{WooCommerceReader, WooCommerceSettings, WooCommerceShop};
use kept_engine::ports::{Inbound, PollError, Shop, ShopReader};
use kept_engine::{Engine, Following};

use crate::askers::{Askers, Stop};
use crate::connections::Pauses;
use crate::setup::{Hint, inbounds};

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
    let source = reader.source();
    let history = SignedDuration::from_hours(24 * i64::from(pauses.shop_days));
    askers.keep(engine, ("read", source), pauses.shops, move || {
        let mut following = Following::new(reader, inbound, pauses.shops, history);
        move |engine, noted, stop| {
            let begun = asked_for(engine, source);
            let turn = following.turn(engine);
            noted.hear(&turn.heard);
            rest(engine, source, begun, turn.rest, stop);
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

fn wrong(error: &PollError, shop: &str) -> anyhow::Error {
    Hint::error(error.to_string(), format!("docs/connectors/{shop}.md"))
}
