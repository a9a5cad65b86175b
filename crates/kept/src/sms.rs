//! The way out for text messages.

use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use kept_connect::sms::http::{Fields, Http, HttpSettings};
use kept_connect::sms::ovh::{Ovh, OvhSettings};
use kept_connect::sms::twilio::{Twilio, TwilioSettings};
use kept_engine::ports::{Given, Outbound, PollError};

use crate::setup::Hint;

/// A gateway; without one no text message is decided.
#[derive(Clone, Default, Args)]
pub struct Sms {
    /// `twilio`, `ovh`, or `http` (any gateway that takes JSON by POST).
    #[arg(long, env = "KEPT_SMS_GATEWAY")]
    pub sms_gateway: Option<String>,
    /// The sender: a name or a number that the gateway knows; at Twilio also a messaging service (`MG…`).
    #[arg(long, env = "KEPT_SMS_FROM", default_value = "")]
    pub sms_from: String,
    /// The account: Twilio's account SID, OVHcloud's SMS account (`sms-…`).
    #[arg(long, env = "KEPT_SMS_ACCOUNT", default_value = "")]
    pub sms_account: String,
    /// OVHcloud's application key.
    #[arg(long, env = "KEPT_SMS_KEY", hide_env_values = true, default_value = "")]
    pub sms_key: String,
    /// Twilio's auth token, OVHcloud's application secret, or the value of the key's header.
    #[arg(long, env = "KEPT_SMS_SECRET", hide_env_values = true, default_value = "")]
    pub sms_secret: String,
    /// OVHcloud's consumer key.
    #[arg(long, env = "KEPT_SMS_CONSUMER_KEY", hide_env_values = true, default_value = "")]
    pub sms_consumer_key: String,
    /// Where messages are posted (`http`), or another address of the same API.
    #[arg(long, env = "KEPT_SMS_URL")]
    pub sms_url: Option<String>,
    /// The header that carries the key (`http`).
    #[arg(long, env = "KEPT_SMS_HEADER", default_value = "Authorization")]
    pub sms_header: String,
    /// What the fields are called (`http`): `to=recipient text=content`.
    #[arg(long, env = "KEPT_SMS_FIELDS", default_value = "")]
    pub sms_fields: String,
}

impl std::fmt::Debug for Sms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sms").field("sms_gateway", &self.sms_gateway).field("sms_from", &self.sms_from).finish_non_exhaustive()
    }
}

/// Gateways, as Kept calls the source of their receipts, and as the setting names them.
pub const GATEWAYS: [(&str, &str); 3] = [("twilio", "twilio"), ("ovh_sms", "ovh"), ("sms_http", "http")];

/// A gateway that is set up.
pub enum Gateway {
    /// Twilio.
    Twilio(Twilio),
    /// OVHcloud.
    Ovh(Ovh),
    /// Any other.
    Http(Http),
}

impl Gateway {
    /// Asks the gateway who we are; sends nothing. `None`: nothing can be asked of it without sending.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<Option<String>, PollError> {
        match self {
            Gateway::Twilio(gateway) => gateway.check().map(Some),
            Gateway::Ovh(gateway) => gateway.check().map(Some),
            Gateway::Http(_) => Ok(None),
        }
    }

    /// As the engine's way out.
    pub fn outbound(self) -> Arc<dyn Outbound> {
        match self {
            Gateway::Twilio(gateway) => Arc::new(gateway),
            Gateway::Ovh(gateway) => Arc::new(gateway),
            Gateway::Http(gateway) => Arc::new(gateway),
        }
    }
}

impl Sms {
    /// What was filled in on a page, for the gateway that Kept calls so.
    pub fn filled_in(source: &str, given: &Given) -> Sms {
        let of = |name: &str| given.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let maybe = |name: &str| Some(of(name)).filter(|value| !value.is_empty());
        let name = GATEWAYS.iter().find(|(known, _)| *known == source).map(|(_, name)| (*name).to_owned());
        Sms {
            sms_gateway: name,
            sms_from: of("from"),
            sms_account: of("account"),
            sms_key: of("key"),
            sms_secret: of("secret"),
            sms_consumer_key: of("consumer_key"),
            sms_url: maybe("url").or_else(|| maybe("address")),
            sms_header: maybe("header").unwrap_or_else(|| "Authorization".to_owned()),
            sms_fields: of("fields"),
        }
    }

    /// Whether this gateway is the one set up where Kept was started.
    pub fn is(&self, source: &str) -> bool {
        GATEWAYS.iter().any(|(known, name)| *known == source && self.sms_gateway.as_deref() == Some(*name))
    }

    /// The gateway, if one is set up; `public_url` is where the world reaches Kept.
    pub fn gateway(&self, public_url: &str) -> Result<Option<Gateway>> {
        let Some(name) = &self.sms_gateway else { return Ok(None) };
        let wrong = |message: String| Hint::error(message, "docs/operating.md explains the settings of text messages");
        let (from, url) = (self.sms_from.clone(), self.sms_url.clone());
        let gateway = match name.as_str() {
            "twilio" => Gateway::Twilio(
                Twilio::new(TwilioSettings {
                    account: self.sms_account.clone(),
                    token: self.sms_secret.clone(),
                    from,
                    public_url: public_url.to_owned(),
                    url,
                    timeout: None,
                })
                .map_err(wrong)?,
            ),
            "ovh" => Gateway::Ovh(
                Ovh::new(OvhSettings {
                    service: self.sms_account.clone(),
                    application_key: self.sms_key.clone(),
                    application_secret: self.sms_secret.clone(),
                    consumer_key: self.sms_consumer_key.clone(),
                    from,
                    url,
                    timeout: None,
                })
                .map_err(wrong)?,
            ),
            "http" => Gateway::Http(
                Http::new(HttpSettings {
                    url: url.ok_or_else(|| wrong("the gateway has no address".to_owned()))?,
                    header: self.sms_header.clone(),
                    secret: self.sms_secret.clone(),
                    from,
                    fields: Fields::read(&self.sms_fields).map_err(wrong)?,
                    timeout: None,
                })
                .map_err(wrong)?,
            ),
            other => return Err(Hint::error(format!("`{other}` is no gateway of text messages"), "twilio, ovh or http")),
        };
        Ok(Some(gateway))
    }
}
