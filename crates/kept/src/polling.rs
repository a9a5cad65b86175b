//! Carriers that are asked, each on a thread of its own; how is said in [`kept_engine::Asking`].

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use kept_connect::CarrierPacks;
use kept_connect::asking::{AskingSettings, CarrierPoller};
use kept_connect::carriers::laposte::{LaPoste, LaPostePoller, LaPosteSettings};
use kept_connect::carriers::{chronopost, dhl, dpd, fedex, gls, mondial_relay, ups, usps};
use kept_engine::ports::{Inbound, PollError, Poller};
use kept_engine::{Asking, Engine};

use crate::askers::Askers;
use crate::setup::{Hint, inbounds};

/// Keys of carriers that are asked.
#[derive(Clone, Debug, Default, Args)]
pub struct Polled {
    /// Key for La Poste's Suivi v2.
    #[arg(long, env = "KEPT_LAPOSTE_KEY", hide_env_values = true)]
    pub laposte_key: Option<String>,
    /// Where La Poste's API is, if not at its documented address.
    #[arg(long, env = "KEPT_LAPOSTE_URL")]
    pub laposte_url: Option<String>,
    /// A carrier that is asked, as often as there are carriers: `ups=CLIENT_ID:SECRET`, `dhl=KEY`, `dpd=DELIS_ID:PASSWORD`, `chronopost=`; with `@https://…` behind
    /// it, at another address than the carrier's own. In the variable they stand with spaces between them.
    #[arg(long = "ask", env = "KEPT_ASK", value_delimiter = ' ', hide_env_values = true)]
    pub ask: Vec<Asked>,
    /// Seconds from the beginning of one round of asking to the next.
    #[arg(long, env = "KEPT_POLL_SECONDS", default_value_t = 900.0)]
    pub poll_seconds: f64,
}

impl Polled {
    /// Between two rounds of asking.
    pub fn pause(&self) -> Duration {
        Duration::from_secs_f64(self.poll_seconds.max(0.1))
    }
}

/// How a carrier's client is made.
pub type Client = fn(AskingSettings) -> Result<CarrierPoller, PollError>;

/// Carriers with a client of their own beside La Poste: name, address, client.
pub const ASKABLE: [(&str, &str, Client); 8] = [
    ("chronopost", chronopost::DEFAULT_BASE_URL, chronopost::poller),
    ("dhl", dhl::DEFAULT_BASE_URL, dhl::poller),
    ("dpd", dpd::DEFAULT_BASE_URL, dpd::poller),
    ("fedex", fedex::DEFAULT_BASE_URL, fedex::poller),
    ("gls", gls::DEFAULT_BASE_URL, gls::poller),
    ("mondial_relay", mondial_relay::DEFAULT_BASE_URL, mondial_relay::poller),
    ("ups", ups::DEFAULT_BASE_URL, ups::poller),
    ("usps", usps::DEFAULT_BASE_URL, usps::poller),
];

/// A carrier that is asked, with what opens its door.
#[derive(Clone)]
pub struct Asked {
    carrier: String,
    client: Client,
    settings: AskingSettings,
}

impl Asked {
    /// Which carrier.
    pub fn carrier(&self) -> &str {
        &self.carrier
    }

    fn poller(&self) -> Result<CarrierPoller, PollError> {
        (self.client)(self.settings.clone())
    }

    fn page(&self) -> String {
        format!("docs/connectors/{}.md says what it needs", self.carrier)
    }
}

impl FromStr for Asked {
    type Err = String;

    fn from_str(written: &str) -> Result<Asked, String> {
        let known = || ASKABLE.map(|(carrier, ..)| carrier).join(", ");
        let (carrier, rest) =
            written.split_once('=').ok_or_else(|| format!("a carrier, then =, then its key; one of: {}", known()))?;
        let (_, address, client) = ASKABLE
            .into_iter()
            .find(|(name, ..)| *name == carrier)
            .ok_or_else(|| format!("`{carrier}` is not asked this way; one of: {}", known()))?;
        // A secret may hold an @; an address begins as addresses do.
        let (credentials, address) = match rest.rsplit_once("@http") {
            Some((credentials, rest)) => (credentials, format!("http{rest}")),
            None => (rest, address.to_owned()),
        };
        let (user, secret) = credentials.split_once(':').unwrap_or(("", credentials));
        Ok(Asked { carrier: carrier.to_owned(), client, settings: AskingSettings::new(address, user, secret) })
    }
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked").field("carrier", &self.carrier).field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Starts asking every carrier that has a key.
pub fn start(askers: &mut Askers, engine: &Engine, carriers: &CarrierPacks, polled: &Polled) -> Result<()> {
    let pause = polled.pause();
    if let Some(key) = &polled.laposte_key {
        let mut settings = LaPosteSettings::new(key);
        if let Some(url) = &polled.laposte_url {
            settings.base_url.clone_from(url);
        }
        let poller =
            LaPostePoller::new(settings).map_err(|error| Hint::error(error.to_string(), "docs/connectors/laposte.md"))?;
        keep(askers, engine, Arc::new(poller), Arc::new(LaPoste::new(carriers)), pause)?;
    }
    for asked in &polled.ask {
        let poller = asked.poller().map_err(|error| Hint::error(error.to_string(), asked.page()))?;
        let inbound = inbounds(carriers).into_iter().find(|inbound| inbound.source() == poller.source());
        let inbound = inbound.ok_or_else(|| Hint::error(format!("nobody here reads `{}`", asked.carrier), asked.page()))?;
        keep(askers, engine, Arc::new(poller), inbound, pause)?;
    }
    Ok(())
}

/// Starts asking a carrier, round after round.
pub fn keep(
    askers: &mut Askers,
    engine: &Engine,
    poller: Arc<dyn Poller>,
    inbound: Arc<dyn Inbound>,
    pause: Duration,
) -> Result<()> {
    let named = ("poll", poller.source());
    askers.keep(engine, named, pause, move || {
        let (mut asking, begun) = (Asking::new(poller, inbound, pause), Instant::now());
        move |engine, noted, stop| {
            let turn = asking.turn(engine, begun.elapsed());
            noted.hear(&turn.heard);
            stop.rest(turn.rest);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_read_and_its_secret_is_not_shown() {
        let asked: Asked = "ups=client:s3:cr@t@https://ups.example/".parse().expect("a carrier");
        assert_eq!((asked.settings.user.as_str(), asked.settings.secret.as_str()), ("client", "s3:cr@t"));
        assert_eq!(asked.settings.base_url, "https://ups.example/");
        assert!(!format!("{asked:?}").contains("s3:cr@t"));
        let asked: Asked = "dhl=key".parse().expect("a carrier");
        assert_eq!((asked.settings.user.as_str(), asked.settings.secret.as_str()), ("", "key"));
        assert_eq!(asked.settings.base_url, dhl::DEFAULT_BASE_URL);
        for (wrong, words) in [("dhl", "then ="), ("hermes=key", "one of: chronopost")] {
            assert!(wrong.parse::<Asked>().expect_err(wrong).contains(words));
        }
    }
}
