//! Partners that can be connected from a page: what each has to be given, and how it is tried and asked.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kept_connect::CarrierPacks;
use kept_connect::asking::AskingSettings;
use kept_connect::carriers::laposte::{LaPostePoller, LaPosteSettings};
use kept_connect::shops::prestashop::{PrestaShopReader, PrestaShopSettings, PrestaShopShop};
use kept_connect::shops::shopify::{ShopifyAccess, ShopifyReader, ShopifySettings, ShopifyShop};
use kept_connect::shops::woocommerce::{WooCommerceReader, WooCommerceSettings, WooCommerceShop};
use kept_engine::ports::{
    Connector, ConnectorField, ConnectorKind, Given, Inbound, PollError, Poller, SecretOf, Shop, ShopReader, Tried, Trouble,
};

use crate::polling::{ASKABLE, Polled};
use crate::setup::inbounds;
use crate::shops::Shops;
use crate::sms::{Gateway, Sms};

/// A number that no carrier has: an answer about it shows that the key is good.
const NO_NUMBER: &str = "000000000000";

const fn field(name: &'static str, secret: bool, needed: bool) -> ConnectorField {
    ConnectorField { name, secret, needed }
}

/// Another address than the carrier's own: a sandbox.
const ADDRESS: ConnectorField = field("address", false, false);
const WOOCOMMERCE: [ConnectorField; 3] = [field("url", false, true), field("key", true, true), field("secret", true, true)];
const SHOPIFY: [ConnectorField; 4] = [
    field("url", false, true),
    field("client_id", false, false),
    field("client_secret", true, false),
    field("token", true, false),
];
const PRESTASHOP: [ConnectorField; 3] = [field("url", false, true), field("key", true, true), field("zone", false, false)];
const BY_KEY: [ConnectorField; 2] = [field("key", true, true), ADDRESS];
const BY_PASSWORD: [ConnectorField; 3] = [field("user", false, true), field("password", true, true), ADDRESS];
const BY_CLIENT: [ConnectorField; 3] = [field("client_id", false, true), field("client_secret", true, true), ADDRESS];
const BY_NOTHING: [ConnectorField; 1] = [ADDRESS];

const TWILIO: [ConnectorField; 4] =
    [field("account", false, true), field("secret", true, true), field("from", false, true), ADDRESS];
const OVH: [ConnectorField; 6] = [
    field("account", false, true),
    field("key", true, true),
    field("secret", true, true),
    field("consumer_key", true, true),
    field("from", false, false),
    ADDRESS,
];
const SMS_HTTP: [ConnectorField; 5] = [
    field("url", false, true),
    field("header", false, false),
    field("secret", true, false),
    field("from", false, false),
    field("fields", false, false),
];

/// A partner that can be connected.
pub struct Partner {
    source: &'static str,
    kind: ConnectorKind,
    fields: Option<&'static [ConnectorField]>,
    sends: Option<SecretOf>,
    set_at_start: bool,
    house_zone: String,
    /// Where the world reaches Kept.
    public_url: String,
    inbound: Arc<dyn Inbound>,
}

/// What asks a partner.
pub enum Asks {
    /// A shop: which orders changed, and the way out for what is done there.
    Shop(Arc<dyn ShopReader>, Arc<dyn Shop>),
    /// A carrier: what became of parcels.
    Carrier(Arc<dyn Poller>),
    /// A gateway: the way out for text messages.
    Gateway(Box<Gateway>),
}

/// What was set up where Kept was started, as far as partners go.
#[derive(Clone, Copy)]
pub struct Set<'s> {
    /// Shops.
    pub shops: &'s Shops,
    /// Carriers that are asked.
    pub polled: &'s Polled,
    /// The gateway of text messages.
    pub sms: &'s Sms,
    /// The shop's zone.
    pub house_zone: &'s str,
    /// Where the world reaches Kept.
    pub public_url: &'s str,
}

/// Every partner that can be connected, in the order of pages.
pub fn connectors(packs: &CarrierPacks, set: Set<'_>) -> Vec<Arc<Partner>> {
    let Set { shops, polled, sms, house_zone, public_url } = set;
    let known = inbounds(packs);
    let partner = |source: &'static str, kind, fields, sends, set_at_start| {
        let inbound = known.iter().find(|inbound| inbound.source() == source)?.clone();
        let (house_zone, public_url) = (house_zone.to_owned(), public_url.to_owned());
        Some(Arc::new(Partner { source, kind, fields, sends, set_at_start, house_zone, public_url, inbound }))
    };
    use ConnectorKind::{Aggregator, Carrier, Gateway, Shop};
    use SecretOf::{Ours, Theirs};
    let mut all = vec![
        partner("woocommerce", Shop, Some(&WOOCOMMERCE[..]), Some(Ours), shops.woocommerce_url.is_some()),
        partner("shopify", Shop, Some(&SHOPIFY[..]), Some(Theirs), shops.shopify_url.is_some()),
        partner("prestashop", Shop, Some(&PRESTASHOP[..]), None, shops.prestashop_url.is_some()),
        partner("laposte", Carrier, Some(&BY_KEY[..]), None, polled.laposte_key.is_some()),
    ];
    for (source, ..) in ASKABLE {
        let fields: &'static [ConnectorField] = match source {
            "dhl" => &BY_KEY,
            "gls" => &BY_PASSWORD,
            "chronopost" => &BY_NOTHING,
            _ => &BY_CLIENT,
        };
        // Both let the subscriber choose what they send with each notice.
        let sends = matches!(source, "ups" | "dhl").then_some(Ours);
        let set_at_start = polled.ask.iter().any(|asked| asked.carrier() == source);
        all.push(partner(source, Carrier, Some(fields), sends, set_at_start));
    }
    for (source, secret) in
        [("aftership", Theirs), ("easypost", Ours), ("shippo", Theirs), ("sendcloud", Theirs), ("seventeentrack", Theirs)]
    {
        all.push(partner(source, Aggregator, None, Some(secret), false));
    }
    for (source, fields, sends) in
        [("twilio", &TWILIO[..], Theirs), ("ovh_sms", &OVH[..], Ours), ("sms_http", &SMS_HTTP[..], Ours)]
    {
        // One gateway is in force: where it is set at the start, no page sets another.
        let fields = Some(fields).filter(|_| sms.sms_gateway.is_none() || sms.is(source));
        all.push(partner(source, Gateway, fields, Some(sends), sms.is(source)));
    }
    all.into_iter().flatten().collect()
}

impl Partner {
    /// What asks it, with what was given.
    ///
    /// # Errors
    /// What is wrong with what was given.
    pub fn open(&self, given: &Given) -> Result<Asks, PollError> {
        let of = |name: &str| given.get(name).map(|value| value.trim()).unwrap_or_default();
        match self.source {
            "woocommerce" => {
                let settings = WooCommerceSettings::new(of("url"), of("key"), of("secret"));
                Ok(Asks::Shop(Arc::new(WooCommerceReader::new(&settings)?), Arc::new(WooCommerceShop::new(&settings)?)))
            }
            "shopify" => {
                let access = match of("token") {
                    "" => ShopifyAccess::Client { id: of("client_id").to_owned(), secret: of("client_secret").to_owned() },
                    token => ShopifyAccess::Token(token.to_owned()),
                };
                let settings = ShopifySettings::new(of("url"), access);
                Ok(Asks::Shop(Arc::new(ShopifyReader::new(&settings)?), Arc::new(ShopifyShop::new(&settings)?)))
            }
            "prestashop" => {
                let zone = Some(of("zone")).filter(|zone| !zone.is_empty()).unwrap_or(&self.house_zone);
                let settings = PrestaShopSettings::new(of("url"), of("key"), zone);
                Ok(Asks::Shop(Arc::new(PrestaShopReader::new(&settings)?), Arc::new(PrestaShopShop::new(&settings)?)))
            }
            gateway if self.kind == ConnectorKind::Gateway => {
                let wrong = |error: anyhow::Error| PollError {
                    source_name: gateway.to_owned(),
                    message: error.to_string(),
                    retry_after_seconds: None,
                    trouble: Trouble::Question,
                };
                let opened = Sms::filled_in(gateway, given).gateway(&self.public_url).map_err(wrong)?;
                opened.map(|gateway| Asks::Gateway(Box::new(gateway))).ok_or_else(|| wrong(anyhow::anyhow!("it is no gateway")))
            }
            "laposte" => {
                let mut settings = LaPosteSettings::new(of("key"));
                if !of("address").is_empty() {
                    of("address").clone_into(&mut settings.base_url);
                }
                Ok(Asks::Carrier(Arc::new(LaPostePoller::new(settings)?)))
            }
            carrier => {
                let Some((_, own, client)) = ASKABLE.into_iter().find(|(name, ..)| *name == carrier) else {
                    return Err(PollError {
                        source_name: carrier.to_owned(),
                        message: "it is not asked, it sends".to_owned(),
                        retry_after_seconds: None,
                        trouble: Trouble::Question,
                    });
                };
                let first = |names: [&str; 2]| names.into_iter().map(of).find(|value| !value.is_empty()).unwrap_or_default();
                let address = Some(of("address")).filter(|address| !address.is_empty()).unwrap_or(own);
                let (user, secret) = (first(["client_id", "user"]), first(["client_secret", "password"]));
                let secret = if secret.is_empty() { of("key") } else { secret };
                Ok(Asks::Carrier(Arc::new(client(AskingSettings::new(address, user, secret))?)))
            }
        }
    }

    /// Who reads what it says.
    pub fn inbound(&self) -> Arc<dyn Inbound> {
        Arc::clone(&self.inbound)
    }
}

impl Connector for Partner {
    fn source(&self) -> &'static str {
        self.source
    }

    fn kind(&self) -> ConnectorKind {
        self.kind
    }

    fn fields(&self) -> Option<&'static [ConnectorField]> {
        self.fields
    }

    fn sends(&self) -> Option<SecretOf> {
        self.sends
    }

    fn token_in_address(&self) -> bool {
        matches!(self.source, "woocommerce" | "ovh_sms")
    }

    fn signing_field(&self) -> Option<&'static str> {
        (self.source == "twilio").then_some("secret")
    }

    fn set_at_start(&self) -> bool {
        self.set_at_start
    }

    fn try_it(&self, given: &Given, number: Option<&str>) -> Result<Tried, PollError> {
        match self.open(given)? {
            Asks::Shop(reader, _) => {
                let now = Timestamp::now();
                let page = reader.changed(now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now), None)?;
                Ok(Tried::Orders(page.payloads.len()))
            }
            Asks::Gateway(gateway) => Ok(gateway.check()?.map_or(Tried::Unasked, |_| Tried::Account)),
            Asks::Carrier(poller) => {
                let number = number.map(str::trim).filter(|number| !number.is_empty()).unwrap_or(NO_NUMBER).to_owned();
                let parsed = self.inbound.parse(&poller.ask(std::slice::from_ref(&number))?);
                match parsed.error {
                    Some(error) if !error.not_found && error.trouble != Trouble::Question => Err(PollError {
                        source_name: poller.source().to_owned(),
                        message: error.message,
                        retry_after_seconds: None,
                        trouble: error.trouble,
                    }),
                    Some(_) => Ok(Tried::NumberUnknown(number)),
                    None if parsed.inputs.is_empty() => Ok(Tried::NumberUnknown(number)),
                    None => Ok(Tried::Parcel { number, scans: parsed.inputs.len() }),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Arc<Partner>> {
        let (shops, polled, sms) = (Shops::default(), Polled::default(), Sms::default());
        let set =
            Set { shops: &shops, polled: &polled, sms: &sms, house_zone: "Europe/Paris", public_url: "https://kept.example" };
        connectors(&CarrierPacks::embedded().expect("packs"), set)
    }

    #[test]
    fn every_partner_that_is_asked_is_opened_by_what_it_says_it_needs() {
        for partner in all() {
            let Some(fields) = partner.fields() else { continue };
            let given: Given = fields
                .iter()
                .map(|field| {
                    let value = match field.name {
                        "url" | "address" => "https://shop.example",
                        "fields" => "to=recipient",
                        "header" => "X-Key",
                        _ => "Europe/Paris",
                    };
                    (field.name.to_owned(), value.to_owned())
                })
                .collect();
            assert!(partner.open(&given).is_ok(), "{} with everything", partner.source());
            let needs = fields.iter().any(|field| field.needed);
            assert_eq!(partner.open(&Given::new()).is_err(), needs, "{} with nothing", partner.source());
        }
    }

    #[test]
    fn a_wrong_address_is_said_to_be_one_and_shows_no_secret() {
        let partner = all().into_iter().find(|partner| partner.source() == "woocommerce").expect("it is there");
        let given = [("url", "shop.example"), ("key", "ck_secret"), ("secret", "cs_secret")];
        let given = given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let error = partner.try_it(&given, None).expect_err("no address");
        assert_eq!(error.trouble, Trouble::Address);
        assert!(!format!("{error:?}").contains("_secret"));
    }
}
