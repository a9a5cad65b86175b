//! A server over a new installation, and visitors of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use kept_base::{CustomerId, Language, OrderId, ParcelId, PromiseId, UserId};
use kept_domain::input::{Input, News, ParcelScanned};
use kept_engine::ports::{
    Connector, ConnectorField, ConnectorKind, Given, Inbound, ParseError, Parsed, PollError, SecretOf, Tried, Trouble,
    Verification,
};
use kept_testkit::Installation;
use kept_text::Texts;
use kept_web::auth::secret;
use kept_web::{App, FileError, OrderFiles, OrderMapping, OwnFacts, ParsedLine, WebConfig};
use tower::ServiceExt;

/// Where the tests' server is reached.
pub const HERE: &str = "http://kept.test";

/// A server with its installation.
pub struct House {
    pub installation: Installation,
    pub app: App,
    pub router: Router,
}

/// An answer read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// Ids of the sample order.
#[derive(Clone, Debug)]
pub struct Sample {
    pub order: OrderId,
    pub promise: PromiseId,
    pub parcel: ParcelId,
    pub customer: CustomerId,
    pub secret: String,
}

impl House {
    /// A server over an empty installation.
    pub fn new() -> House {
        House::with(WebConfig { public_url: HERE.to_owned(), ..WebConfig::default() })
    }

    /// The same with other settings.
    pub fn with(config: WebConfig) -> House {
        let installation = Installation::sqlite().expect("an installation in a temporary folder");
        let texts = Arc::new(Texts::embedded().expect("the embedded texts"));
        let inbounds: Vec<Arc<dyn Inbound>> = vec![Arc::new(Signed), Arc::new(Unsigned), Arc::new(Called)];
        let app = App::new(installation.engine.clone(), texts, config, inbounds, Arc::new(PlainFacts));
        let app = app.connecting(vec![Arc::new(Counter)]).reading_files(Arc::new(PlainFiles));
        House { router: kept_web::router(app.clone()), installation, app }
    }

    pub fn sample(&self) -> Sample {
        let (order, promise, parcel, customer, secret) = self.installation.sample_order().expect("the sample order");
        Sample { order, promise, parcel, customer, secret }
    }

    /// A user without a usable password; their sessions are opened by [`House::session`].
    pub fn user(&self, role: &str) -> UserId {
        let email = format!("{role}-{}@shop.example", secret::random().unwrap());
        let first = self.app.engine.has_no_users().unwrap();
        self.app.engine.add_user(&email, "Ada", role, Language::English, "no password", first).unwrap()
    }

    /// A cookie with a new session.
    pub fn session(&self, user: UserId) -> String {
        let value = secret::random().unwrap();
        let expires = jiff::Timestamp::now().as_millisecond() + 3_600_000;
        self.app.engine.open_session(secret::hash(value.as_bytes()), user, expires).unwrap();
        value
    }

    /// A token with these scopes.
    pub fn token(&self, scopes: &[&str]) -> String {
        let (token, hash) = secret::new_token().unwrap();
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.app.engine.add_token(hash, "test", &scopes).unwrap();
        token
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let described = format!("{} {}", request.method(), request.uri());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 64 * 1024 * 1024).await.unwrap();
        let reply = Reply { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() };
        assert!(!reply.status.is_server_error() || reply.status == StatusCode::SERVICE_UNAVAILABLE, "{described}: {reply:?}");
        reply
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(ask(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub async fn get_as(&self, path: &str, cookie: &str) -> Reply {
        self.send(ask(Method::GET, path).header(COOKIE, format!("kept={cookie}")).body(Body::empty()).unwrap()).await
    }

    /// Posts a form as one of our own pages does.
    pub async fn post(&self, path: &str, form: &str) -> Reply {
        self.send(form_of(path).header("sec-fetch-site", "same-origin").body(Body::from(form.to_owned())).unwrap()).await
    }

    pub async fn api(&self, method: Method, path: &str, token: &str, body: &str) -> Reply {
        let request = ask(method, path).header(AUTHORIZATION, format!("Bearer {token}")).header(CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The value of the session cookie set.
    pub fn cookie(&self) -> Option<String> {
        let set = self.headers.get_all(SET_COOKIE).iter().find_map(|value| value.to_str().unwrap().strip_prefix("kept="))?;
        Some(set.split(';').next().unwrap().to_owned())
    }
}

pub fn ask(method: Method, path: &str) -> Builder {
    Request::builder().method(method).uri(path).header("host", "kept.test").header("accept-language", "en")
}

pub fn form_of(path: &str) -> Builder {
    ask(Method::POST, path).header(CONTENT_TYPE, "application/x-www-form-urlencoded")
}

/// A scan as the own form writes it.
pub fn scan(tracking: &str, code: &str) -> String {
    let scan = serde_json::json!({
        "kind": "parcel.scanned", "at": "2026-11-20T10:00:00+01:00", "offset": "known",
        "tracking_number": tracking, "carrier": "laposte", "code": code, "milestone": "in_network",
    });
    scan.to_string()
}

/// The value of a signature of [`Signed`].
pub fn signature(secret: &str, raw: &[u8]) -> String {
    hex::encode(secret::hash(&[secret.as_bytes(), raw].concat()))
}

/// Reads the engine's own JSON, and names a field `extra` as one nobody knows.
struct PlainFacts;

impl OwnFacts for PlainFacts {
    fn parse_lines(&self, raw: &[u8], content_type: &str) -> Vec<ParsedLine> {
        let read = |value: Result<serde_json::Value, serde_json::Error>| {
            let value = value.map_err(|error| (error.to_string(), "write JSON".to_owned()))?;
            let unread = value.get("extra").map(|_| "extra".to_owned()).into_iter().collect();
            let input: Input =
                serde_json::from_value(value).map_err(|error| (error.to_string(), "see the list of kinds".to_owned()))?;
            Ok((input, unread))
        };
        if content_type == "application/json" {
            let elements = match serde_json::from_slice(raw) {
                Ok(serde_json::Value::Array(elements)) => elements,
                Ok(value) => vec![value],
                Err(error) => return vec![ParsedLine { line: 1, result: read(Err(error)) }],
            };
            return elements.into_iter().zip(1..).map(|(value, line)| ParsedLine { line, result: read(Ok(value)) }).collect();
        }
        let lines = raw.split(|byte| *byte == b'\n').zip(1..).filter(|(line, _)| !line.is_empty());
        lines.map(|(line, number)| ParsedLine { line: number, result: read(serde_json::from_slice(line)) }).collect()
    }
}

/// A partner that signs with SHA-256 over secret and bytes.
struct Signed;

impl Inbound for Signed {
    fn source(&self) -> &'static str {
        "signed"
    }

    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        match header("x-signature") {
            Some(given) if given == signature(secret, raw) => Verification::Verified,
            _ => Verification::Refused,
        }
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        match serde_json::from_slice::<ParcelScanned>(raw) {
            Ok(scanned) => {
                let input = Input { source: "signed".to_owned(), event_id: None, news: News::ParcelScanned(scanned) };
                Parsed { inputs: vec![input], ..Parsed::default() }
            }
            Err(error) => {
                let error = ParseError {
                    message: error.to_string(),
                    hint: None,
                    retryable: false,
                    not_found: false,
                    trouble: Trouble::Form,
                };
                Parsed { error: Some(error), ..Parsed::default() }
            }
        }
    }
}

/// Reads files whose cells stand between semicolons, and whose second column is a day.
struct PlainFiles;

impl OrderFiles for PlainFiles {
    fn fields(&self) -> Vec<&'static str> {
        vec!["order_number", "at", "promised_day", "customer.email", "line.sku"]
    }

    fn columns(&self, csv: &[u8]) -> Result<(Vec<String>, BTreeMap<String, String>), FileError> {
        let text = String::from_utf8_lossy(csv);
        let columns: Vec<String> = text.lines().next().unwrap_or_default().split(';').map(str::to_owned).collect();
        if columns.len() < 2 {
            return Err(FileError { line: 0, column: None, said: "the file is empty".to_owned() });
        }
        let guessed = [("order_number", columns[0].clone()), ("at", columns[1].clone())];
        Ok((columns, guessed.into_iter().map(|(field, column)| (field.to_owned(), column)).collect()))
    }

    fn read(&self, csv: &[u8], _: &OrderMapping) -> Result<Vec<Result<Input, FileError>>, FileError> {
        let text = String::from_utf8_lossy(csv).into_owned();
        let order = |(line, row): (u64, &str)| {
            let cells: Vec<&str> = row.split(';').collect();
            let wrong = |said: String| FileError { line, column: Some("Date".to_owned()), said };
            let day: jiff::civil::Date = cells[1].parse().map_err(|_| wrong(format!("{} is no day", cells[1])))?;
            let news = serde_json::json!({
                "source": "csv", "kind": "order.placed", "order_number": cells[0], "at": format!("{day}T09:00:00+02:00"),
                "customer": { "email": cells[3] }, "lines": [{ "sku": cells[4], "quantity": 1 }]
            });
            serde_json::from_value(news).map_err(|error| wrong(error.to_string()))
        };
        Ok((2..).zip(text.lines().skip(1)).map(order).collect())
    }
}

/// The shop that is called `signed`: lets in whoever has the key `good`.
struct Counter;

impl Connector for Counter {
    fn source(&self) -> &'static str {
        "signed"
    }

    fn kind(&self) -> ConnectorKind {
        ConnectorKind::Shop
    }

    fn fields(&self) -> Option<&'static [ConnectorField]> {
        const FIELDS: [ConnectorField; 2] = [
            ConnectorField { name: "url", secret: false, needed: true },
            ConnectorField { name: "key", secret: true, needed: true },
        ];
        Some(&FIELDS)
    }

    fn sends(&self) -> Option<SecretOf> {
        Some(SecretOf::Ours)
    }

    fn token_in_address(&self) -> bool {
        true
    }

    fn set_at_start(&self) -> bool {
        false
    }

    fn try_it(&self, given: &Given, _: Option<&str>) -> Result<Tried, PollError> {
        let refused = |trouble| PollError {
            source_name: "Signed".to_owned(),
            message: "words of the counter".to_owned(),
            retry_after_seconds: None,
            trouble,
        };
        match (given["url"].as_str(), given["key"].as_str()) {
            ("https://shop.example", "good") => Ok(Tried::Orders(3)),
            ("https://shop.example", _) => Err(refused(Trouble::Key)),
            _ => Err(refused(Trouble::Address)),
        }
    }
}

/// A gateway that calls an address and signs it as the world knows it; its query names a parcel that was delivered.
struct Called;

impl Inbound for Called {
    fn source(&self) -> &'static str {
        "called"
    }

    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        let url = header(":url").unwrap_or_default();
        match header("x-signature") {
            Some(given) if given == signature(secret, &[url.as_bytes(), raw].concat()) => Verification::Verified,
            _ => Verification::Refused,
        }
    }

    fn by_address(&self) -> bool {
        true
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        let text = String::from_utf8_lossy(raw);
        let named = text.split('&').find_map(|part| part.strip_prefix("parcel="));
        Signed.parse(named.map_or(String::new(), |named| scan(named, "x")).as_bytes())
    }
}

/// A partner that signs nothing.
struct Unsigned;

impl Inbound for Unsigned {
    fn source(&self) -> &'static str {
        "unsigned"
    }

    fn verify(&self, _: &dyn Fn(&str) -> Option<String>, _: &[u8], _: &str) -> Verification {
        Verification::NotDefined
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Signed.parse(raw)
    }
}
