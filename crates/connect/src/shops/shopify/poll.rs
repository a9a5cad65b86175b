//! Reaching Shopify, and asking which orders changed.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kept_base::Moment;
use kept_engine::ports::{PollError, ShopPage, ShopReader, Trouble};
use reqwest::Method;
use serde_json::Value;

use super::SOURCE;
use crate::reading::answer::text;
use crate::shops::call::{Body, Caller, JsonAnswer, Key, Question};

/// The version of the Admin API that is spoken. Shopify serves each for a year, then answers by the oldest it still serves.
pub const API_VERSION: &str = "2026-07";

/// Documented: at most 250 a page.
const PAGE: u32 = 100;
/// A token is fetched anew this long before it ends.
const BEFORE_END: Duration = Duration::from_secs(300);

/// How a Shopify shop is reached.
#[derive(Clone)]
pub struct ShopifySettings {
    /// `https://{shop}.myshopify.com`.
    pub base_url: String,
    /// How the app proves who it is.
    pub access: ShopifyAccess,
    /// For a whole call.
    pub timeout: Duration,
}

/// How an app proves who it is; never shown and never logged.
#[derive(Clone)]
pub enum ShopifyAccess {
    /// An access token that does not end.
    Token(String),
    /// An app of the shop's own organisation, which fetches a token for a day (client credentials grant).
    Client {
        /// Client id.
        id: String,
        /// Client secret; webhooks are signed with it as well.
        secret: String,
    },
}

impl ShopifySettings {
    /// This shop with this access; 30 seconds a call.
    #[must_use]
    pub fn new(base_url: impl Into<String>, access: ShopifyAccess) -> ShopifySettings {
        ShopifySettings { base_url: base_url.into(), access, timeout: Duration::from_secs(30) }
    }
}

impl fmt::Debug for ShopifySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShopifySettings").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// A way to the Admin API that has a token in force.
pub(super) struct Admin {
    settings: ShopifySettings,
    ready: Mutex<Option<Ready>>,
}

struct Ready {
    caller: Arc<Caller>,
    until: Option<Instant>,
}

impl Admin {
    pub(super) fn new(settings: &ShopifySettings) -> Result<Admin, PollError> {
        // What is wrong with the settings is said at the start and not in the night.
        let first = match &settings.access {
            ShopifyAccess::Token(token) => Some(Ready { caller: Arc::new(caller(settings, token)?), until: None }),
            ShopifyAccess::Client { id, secret } => {
                let empty = id.trim().is_empty() || secret.trim().is_empty();
                caller(settings, if empty { "" } else { secret })?;
                None
            }
        };
        Ok(Admin { settings: settings.clone(), ready: Mutex::new(first) })
    }

    /// A caller with a token in force.
    pub(super) fn caller(&self) -> Result<Arc<Caller>, PollError> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ready) = ready.as_ref().filter(|ready| ready.until.is_none_or(|until| until > Instant::now())) {
            return Ok(Arc::clone(&ready.caller));
        }
        let ShopifyAccess::Client { id, secret } = &self.settings.access else {
            return caller(&self.settings, "").map(Arc::new);
        };
        let asking = caller(&self.settings, secret)?;
        let body = Body::Form(vec![
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", id.trim().to_owned()),
            ("client_secret", secret.trim().to_owned()),
        ]);
        let path = "admin/oauth/access_token";
        let granted = asking.read(&Question { method: Method::POST, path, query: &[], body: Some(body) }, refusal)?.value;
        let token = granted.as_object().and_then(|granted| text(granted, "access_token"));
        let token = token
            .ok_or_else(|| asking.useless(Trouble::Rights, "no token was granted; hint: is the app installed in this shop?"))?;
        let seconds = granted.get("expires_in").and_then(Value::as_u64).unwrap_or(3600);
        let until = Instant::now() + Duration::from_secs(seconds.min(86_400)).saturating_sub(BEFORE_END);
        let fresh = Arc::new(caller(&self.settings, &token)?);
        *ready = Some(Ready { caller: Arc::clone(&fresh), until: Some(until) });
        Ok(fresh)
    }
}

fn caller(settings: &ShopifySettings, token: &str) -> Result<Caller, PollError> {
    let key = Key::Header("X-Shopify-Access-Token", token.to_owned());
    Caller::new("Shopify", &settings.base_url, key, settings.timeout)
}

/// Asks `GET /admin/api/{version}/orders.json?status=any&updated_at_min=…`: the shape of the webhooks.
pub struct ShopifyReader {
    admin: Admin,
}

impl ShopifyReader {
    /// A reader of this shop.
    ///
    /// # Errors
    /// No token, an address that is none, or no TLS on this machine.
    pub fn new(settings: &ShopifySettings) -> Result<ShopifyReader, PollError> {
        Ok(ShopifyReader { admin: Admin::new(settings)? })
    }
}

impl ShopReader for ShopifyReader {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn changed(&self, since: Timestamp, page: Option<&str>) -> Result<ShopPage, PollError> {
        let caller = self.admin.caller()?;
        let limit = ("limit", PAGE.to_string());
        // A further page takes nothing but its own name.
        let query = match page {
            Some(page) => vec![limit, ("page_info", page.to_owned())],
            None => vec![
                limit,
                ("status", "any".to_owned()),
                ("order", "updated_at asc".to_owned()),
                ("updated_at_min", since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            ],
        };
        let path = format!("admin/api/{API_VERSION}/orders.json");
        let JsonAnswer { value, headers } =
            caller.read(&Question { method: Method::GET, path: &path, query: &query, body: None }, refusal)?;
        let Some(orders) = value.get("orders").and_then(Value::as_array) else {
            return Err(caller.useless(Trouble::Form, "something that is no list of orders"));
        };
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(ShopPage {
            payloads: orders.iter().map(|order| order.to_string().into_bytes()).collect(),
            next: header("link").and_then(|link| next_page(&link)),
            read_to: orders.iter().filter_map(changed_at).max(),
            wait_seconds: header("x-shopify-shop-api-call-limit").map_or(0.5, |limit| wait(&limit)),
        })
    }
}

fn changed_at(order: &Value) -> Option<Timestamp> {
    Moment::parse_iso(&text(order.as_object()?, "updated_at")?).ok()?.instant()
}

/// `<https://…?page_info=abc&limit=100>; rel="next"`, beside one for `previous`.
fn next_page(link: &str) -> Option<String> {
    let next = link.split(',').find(|part| part.contains("rel=\"next\"") || part.contains("rel=next"))?;
    let (_, query) = next.split_once('<')?.1.split_once('>')?.0.split_once('?')?;
    let name = query.split('&').find_map(|pair| pair.strip_prefix("page_info="))?;
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=.%".contains(&byte)))
        .then(|| name.replace("%3D", "=").replace("%3d", "="))
}

/// The leaky bucket: `32/40` calls are in it, two a second leave it. A bucket that is half full is given time.
fn wait(limit: &str) -> f64 {
    let Some((used, size)) = limit.split_once('/') else { return 0.5 };
    match (used.trim().parse::<f64>(), size.trim().parse::<f64>()) {
        (Ok(used), Ok(size)) if size > 0.0 && used >= 0.0 => ((used - size / 2.0) / 2.0).clamp(0.1, 30.0),
        _ => 0.5,
    }
}

/// `{"errors": "…"}`, or an object or a list; tokens are refused with `error` and `error_description`.
pub(super) fn refusal(answer: &Value) -> Option<(String, bool)> {
    let answer = answer.as_object()?;
    let said = match answer.get("errors").or_else(|| answer.get("error_description")).or_else(|| answer.get("error"))? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some((said, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_named_by_the_link() {
        let link = "<https://s.myshopify.com/admin/api/x/orders.json?limit=1&page_info=aaa>; rel=\"previous\", \
                    <https://s.myshopify.com/admin/api/x/orders.json?page_info=bbb&limit=1>; rel=\"next\"";
        assert_eq!(next_page(link).as_deref(), Some("bbb"));
        assert_eq!(next_page("<https://s/x?page_info=aaa>; rel=\"previous\""), None);
        assert_eq!(next_page("nonsense, rel=\"next\""), None);
    }

    #[test]
    fn a_full_bucket_is_given_time() {
        assert!(wait("1/40") < 0.2);
        assert!(wait("40/40") > 9.0);
        assert!(wait("x").is_finite());
    }
}
