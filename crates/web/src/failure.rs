//! What a reader hears when something does not work: a calm page in their language, or JSON for programs.
//!
//! Which error type where: the engine gives [`EngineError`]; handlers and extractors give [`Failure`]; nothing else reaches a client. A
//! failure carries no text of the database, the file system or a library; those are logged where they are turned into one.
//!
//! A failure does not know who reads it. [`render`] does: it stands around the router and writes the page or the JSON afterwards.

use askama::Template;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use kept_base::Language;
use kept_engine::EngineError;
use serde::Serialize;

use crate::plain::Plain;
use crate::reader::{self, Noted};
use crate::state::App;

/// Why a request got no good answer.
#[derive(Clone, Debug)]
pub struct Failure(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    status: StatusCode,
    /// For programs; never changes its meaning.
    code: &'static str,
    message: String,
    hint: String,
    /// Key of the page's texts: `{key}-title`, `{key}-text`, `{key}-do`.
    key: &'static str,
    retry_after: Option<u64>,
    location: Option<String>,
    htmx: bool,
}

/// The body of every error of the API.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong, for a program and for the person who reads its log.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorDetail {
    /// A word that never changes its meaning: `not_found`, `key_reused`, `too_large` …
    pub code: String,
    /// What happened, in English.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

/// What the reader may do about it is in the texts of the page.
impl Failure {
    /// A failure with its own texts: `{key}-title`, `{key}-text` and `{key}-do` must be in both languages.
    #[must_use]
    pub fn page(status: StatusCode, key: &'static str) -> Failure {
        Failure::new(status, "refused", "this could not be done", "", key)
    }

    /// Goes elsewhere with 303.
    #[must_use]
    pub fn redirect(location: String) -> Failure {
        let mut failure = Failure::new(StatusCode::SEE_OTHER, "elsewhere", "", "", "error-internal");
        failure.0.location = Some(location);
        failure
    }

    /// 404.
    #[must_use]
    pub fn not_found() -> Failure {
        Failure::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "there is nothing here",
            "check the address or the id",
            "error-not-found",
        )
    }

    /// 400 for a request that cannot be read; the message says where.
    #[must_use]
    pub fn bad_request(message: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure::new(StatusCode::BAD_REQUEST, "unreadable", message, hint, "error-bad-request")
    }

    /// 422 for a request that can be read and makes no sense.
    #[must_use]
    pub fn invalid(message: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message, hint, "error-invalid")
    }

    /// 409.
    #[must_use]
    pub fn conflict(message: impl Into<String>) -> Failure {
        Failure::new(
            StatusCode::CONFLICT,
            "conflict",
            message,
            "read its state again; somebody may have been faster",
            "error-conflict",
        )
    }

    /// 403 for somebody signed in whose role does not reach.
    #[must_use]
    pub fn forbidden() -> Failure {
        Failure::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "your role does not allow this",
            "ask an administrator",
            "error-forbidden",
        )
    }

    /// 500. What happened must have been logged.
    #[must_use]
    pub fn internal() -> Failure {
        let (message, hint) = ("something went wrong on our side", "try again; if it stays, tell the operator the request id");
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message, hint, "error-internal")
    }

    /// 503: nothing was acknowledged.
    #[must_use]
    pub fn unavailable() -> Failure {
        let (message, hint) =
            ("nothing was stored: the database cannot be reached", "send it again later; a request key makes that safe");
        Failure::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message, hint, "error-unavailable").retry_after(10)
    }

    /// 429 with the seconds to wait.
    #[must_use]
    pub fn too_many(seconds: u64) -> Failure {
        let hint = format!("wait {seconds} s");
        Failure::new(StatusCode::TOO_MANY_REQUESTS, "too_many", "too many tries", hint, "error-too-many").retry_after(seconds)
    }

    /// 503 for work that would take the machine.
    #[must_use]
    pub fn busy() -> Failure {
        let hint = "try again in a few seconds";
        Failure::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "too much of this at once", hint, "error-busy").retry_after(5)
    }

    /// The status it will be answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }
}

/// What only this crate says.
impl Failure {
    pub(crate) fn to_sign_in(path: &str, htmx: bool) -> Failure {
        let location = if path == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", encoded(path)) };
        let mut failure = if htmx { Failure::sign_in_needed() } else { Failure::redirect(location.clone()) };
        failure.0.location = Some(location);
        failure.0.htmx = htmx;
        failure
    }

    pub(crate) fn sign_in_needed() -> Failure {
        let hint = "sign in, then send it again";
        Failure::new(StatusCode::UNAUTHORIZED, "sign_in", "you are not signed in, or no longer", hint, "error-sign-in")
    }

    pub(crate) fn token_needed() -> Failure {
        let hint = "send `Authorization: Bearer kept_…` with a token that is not revoked";
        Failure::new(StatusCode::UNAUTHORIZED, "token", "no valid API token", hint, "error-sign-in")
    }

    pub(crate) fn scope_needed(scope: &str) -> Failure {
        let message = format!("this token lacks the scope {scope}");
        Failure::new(StatusCode::FORBIDDEN, "scope", message, "make a token with this scope in the settings", "error-forbidden")
    }

    pub(crate) fn form_expired() -> Failure {
        let hint = "load the page again";
        Failure::new(StatusCode::FORBIDDEN, "csrf", "this form does not belong to your session", hint, "error-form-expired")
    }

    pub(crate) fn foreign_origin() -> Failure {
        let hint = "use the form on our own page";
        Failure::new(StatusCode::FORBIDDEN, "foreign", "this was sent by another site", hint, "error-foreign")
    }

    pub(crate) fn form_unreadable() -> Failure {
        let hint = "load the page again";
        Failure::new(StatusCode::BAD_REQUEST, "form", "this form cannot be read", hint, "error-bad-request")
    }

    pub(crate) fn method() -> Failure {
        let hint = "see the API's description";
        Failure::new(StatusCode::METHOD_NOT_ALLOWED, "method", "this cannot be done at this address", hint, "error-not-found")
    }

    pub(crate) fn too_large(limit: usize) -> Failure {
        let (message, hint) = (format!("the body is larger than {limit} bytes"), "send it in several parts");
        Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message, hint, "error-too-large")
    }

    pub(crate) fn too_slow() -> Failure {
        Failure::new(
            StatusCode::REQUEST_TIMEOUT,
            "too_slow",
            "the body did not come in time",
            "send it again",
            "error-bad-request",
        )
    }

    pub(crate) fn media_type(known: &str) -> Failure {
        let hint = format!("use Content-Type: {known}");
        Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type",
            "this kind of content is not read here",
            hint,
            "error-bad-request",
        )
    }

    pub(crate) fn signature() -> Failure {
        let hint = "check the signing secret on both sides";
        Failure::new(
            StatusCode::UNAUTHORIZED,
            "signature",
            "the signature is missing or wrong; nothing was stored",
            hint,
            "error-foreign",
        )
    }

    pub(crate) fn not_connected(source: &str) -> Failure {
        let hint = format!("an administrator sets the secret of {source} in the settings, under sources");
        Failure::new(StatusCode::FORBIDDEN, "not_connected", "this source is not connected yet", hint, "error-forbidden")
    }

    fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
        key: &'static str,
    ) -> Failure {
        let (message, hint) = (message.into(), hint.into());
        Failure(Box::new(Inner { status, code, message, hint, key, retry_after: None, location: None, htmx: false }))
    }

    fn retry_after(mut self, seconds: u64) -> Failure {
        self.0.retry_after = Some(seconds);
        self
    }

    /// What an answer without a failure of ours means: an extractor of axum, or no route at all.
    fn of_status(status: StatusCode) -> Failure {
        match status {
            StatusCode::NOT_FOUND => Failure::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Failure::method(),
            StatusCode::PAYLOAD_TOO_LARGE => Failure::too_large(crate::body::FORM_LIMIT),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Failure::media_type("application/json"),
            status if status.is_client_error() => {
                let mut failure = Failure::bad_request("the request cannot be read", "");
                failure.0.status = status;
                failure
            }
            _ => Failure::internal(),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        match error {
            EngineError::NotFound(what) => {
                let mut failure = Failure::not_found();
                failure.0.message = format!("there is no such {what}");
                failure
            }
            EngineError::Conflict(message) => Failure::conflict(message),
            EngineError::Invalid(message) => Failure::invalid(message, ""),
            EngineError::KeyReused => {
                let message = "this Idempotency-Key was already used with another body";
                let hint = "use a new key for a new body; the earlier answer stands";
                Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", message, hint, "error-invalid")
            }
            // A collision is the writer's own affair; should one get out, nothing was stored either.
            EngineError::Unavailable(reason) | EngineError::Collision(reason) => {
                tracing::error!(error = %reason, "the engine could not store or read");
                Failure::unavailable()
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.0.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.0.code == "token" {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"kept\""));
        }
        if let Some(location) = self.0.location.as_deref().and_then(|location| HeaderValue::from_str(location).ok()) {
            let name = if self.0.htmx { axum::http::HeaderName::from_static("hx-redirect") } else { LOCATION };
            headers.insert(name, location);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes what failed as a page or as JSON, in the language of whoever reads it.
pub(crate) async fn render(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let noted = Noted::default();
    request.extensions_mut().insert(noted.clone());
    let for_program = ["/api/", "/in/", "/events", "/assets/"].iter().any(|start| request.uri().path().starts_with(start));
    let fallback = reader::from_headers(request.headers());
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let failure = match response.extensions_mut().remove::<Failure>() {
        Some(failure) => failure,
        // A page of ours that shows a form again with what is wrong in it.
        None if is_written(&response) => return response,
        None => Failure::of_status(status),
    };
    let body = if for_program { failure.as_json() } else { failure.as_page(&app, noted.language().unwrap_or(fallback)) };
    let mut written = (status, body).into_response();
    for (name, value) in response.headers() {
        if name != CONTENT_TYPE && name != axum::http::header::CONTENT_LENGTH {
            written.headers_mut().insert(name.clone(), value.clone());
        }
    }
    written
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    plain: Plain,
    text: String,
    advice: String,
    status: u16,
    back: &'a str,
}

impl Failure {
    fn as_json(&self) -> Response {
        let Inner { code, message, hint, .. } = self.0.as_ref();
        let error = ErrorDetail { code: (*code).to_owned(), message: message.clone(), hint: hint.clone() };
        Json(ErrorBody { error }).into_response()
    }

    fn as_page(&self, app: &App, language: Language) -> Response {
        let key = self.0.key;
        let minutes = self.0.retry_after.map_or(1, |seconds| seconds.div_ceil(60).max(1));
        let args = [("minutes", minutes.into())];
        let say = |part: &str| app.texts.say(language, &format!("{key}-{part}"), &args);
        let page = ErrorPage {
            plain: Plain::new(app, language, say("title")),
            text: say("text"),
            advice: say("do"),
            status: self.0.status.as_u16(),
            back: if self.0.status == StatusCode::UNAUTHORIZED { "/sign-in" } else { "/" },
        };
        match page.render() {
            Ok(html) => Html(html).into_response(),
            Err(error) => {
                tracing::error!(error = %error, "the error page cannot be written");
                self.0.message.clone().into_response()
            }
        }
    }
}

fn is_written(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("text/html") || kind.starts_with("application/json")
}

/// A path with its query as the value of another query.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
