//! `POST /in/{source}`: payloads from carriers, aggregators and shops.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::http::{HeaderMap, Uri};
use kept_engine::ports::{Inbound, Verification};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ask::ask;
use crate::auth::secret;
use crate::body::Raw;
use crate::failure::{ErrorBody, Failure};
use crate::state::App;

/// What became of a payload; its bytes are kept in any case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PayloadTaken {
    /// News taken; durable.
    pub accepted: u32,
    /// News that were known already.
    pub duplicates: u32,
    /// Codes, events and fields that nothing maps yet.
    pub unmapped: usize,
    /// Set when the payload could not be read: it waits in quarantine.
    pub unreadable: Option<String>,
    /// Where the ledger stands after this.
    pub position: Option<i64>,
}

/// The token of sources that sign nothing.
#[derive(Default, Deserialize)]
pub struct Fence {
    #[serde(default)]
    token: String,
}

/// Takes a payload of a partner.
///
/// The signature is checked on the bytes as they came, before anything reads them. A source that defines no signature is fenced by its
/// secret in `?token=`. A payload that cannot be read is answered with 200: its bytes are kept, and sending it again would not help.
///
/// # Errors
/// 401 for a wrong signature (counted, nothing stored), 403 when no secret is set, 404 for an unknown source, 413, 503.
#[utoipa::path(
    post, path = "/in/{source}", tag = "webhooks",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The payload as the partner sends it."),
    params(
        ("source" = String, Path, description = "The partner's name: `aftership`, `laposte` …"),
        ("token" = Option<String>, Query, description = "The secret, for partners that sign nothing."),
    ),
    responses(
        (status = 200, description = "Durable; when unreadable, kept in quarantine", body = PayloadTaken),
        (status = 401, description = "Signature missing or wrong; nothing was stored", body = ErrorBody),
        (status = 403, description = "No secret is set for this source", body = ErrorBody),
        (status = 404, description = "No such source", body = ErrorBody),
        (status = 413, description = "Too large", body = ErrorBody),
        (status = 503, description = "Nothing was stored; send it again", body = ErrorBody),
    )
)]
pub async fn receive(
    State(app): State<App>,
    Path(source): Path<String>,
    Query(fence): Query<Fence>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    Raw(raw): Raw,
) -> Result<Json<PayloadTaken>, Failure> {
    take(&app, &source, Asked { uri, headers, fence, raw: Some(raw) }).await
}

/// Takes what a gateway of text messages says by calling an address: the query is the payload.
///
/// # Errors
/// As [`receive`]; 404 also for a source that does not speak so.
#[utoipa::path(
    get, path = "/in/{source}", tag = "webhooks",
    params(
        ("source" = String, Path, description = "`ovh_sms` or `twilio`"),
        ("token" = Option<String>, Query, description = "The secret, for gateways that sign nothing."),
    ),
    responses(
        (status = 200, description = "Durable; when unreadable, kept in quarantine", body = PayloadTaken),
        (status = 401, description = "Signature or token missing or wrong; nothing was stored", body = ErrorBody),
        (status = 403, description = "No secret is set for this source", body = ErrorBody),
        (status = 404, description = "No such source, or one that posts", body = ErrorBody),
        (status = 503, description = "Nothing was stored; call again", body = ErrorBody),
    )
)]
pub async fn called(
    State(app): State<App>,
    Path(source): Path<String>,
    Query(fence): Query<Fence>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Json<PayloadTaken>, Failure> {
    take(&app, &source, Asked { uri, headers, fence, raw: None }).await
}

/// A payload as it was brought.
struct Asked {
    uri: Uri,
    headers: HeaderMap,
    fence: Fence,
    /// The body; `None` where the address was only called.
    raw: Option<Bytes>,
}

async fn take(app: &App, source: &str, asked: Asked) -> Result<Json<PayloadTaken>, Failure> {
    let inbound = app.inbounds.iter().find(|inbound| inbound.source() == source).cloned().ok_or_else(Failure::not_found)?;
    let name = inbound.source();
    let secret = ask(&app.engine, move |engine| engine.secret(&secret_name(name))).await?;
    let secret = secret.filter(|secret| !secret.is_empty()).ok_or_else(|| Failure::not_connected(name))?;
    let url = format!("{}{}", app.config.public_url, asked.uri.path_and_query().map_or("", |whole| whole.as_str()));
    if !is_genuine(&*inbound, &asked, &url, &secret) {
        ask(&app.engine, move |engine| engine.count_refused(name)).await?;
        return Err(Failure::signature());
    }
    let raw = match asked.raw {
        raw if inbound.by_address() => with_query(&asked.uri, raw.as_deref().unwrap_or_default()),
        Some(raw) => raw,
        None => return Err(Failure::not_found()),
    };
    let (parsed, recorded) = ask(&app.engine, move |engine| engine.receive(Arc::as_ref(&inbound), &raw)).await?;
    Ok(Json(PayloadTaken {
        accepted: recorded.accepted,
        duplicates: recorded.duplicates,
        unmapped: parsed.unmapped.len(),
        unreadable: parsed.error.map(|error| error.message),
        position: recorded.position.map(|position| position.0),
    }))
}

/// Under which name the engine keeps the signing secret of a source.
#[must_use]
pub fn secret_name(source: &str) -> String {
    format!("inbound:{source}")
}

fn is_genuine(inbound: &dyn Inbound, asked: &Asked, url: &str, secret: &str) -> bool {
    let header = |name: &str| match name {
        ":url" => Some(url.to_owned()),
        name => asked.headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned),
    };
    match inbound.verify(&header, asked.raw.as_deref().unwrap_or_default(), secret) {
        Verification::Verified => true,
        Verification::Refused => false,
        Verification::NotDefined => secret::same(asked.fence.token.as_bytes(), secret.as_bytes()),
    }
}

/// The query, without the secret of the entrance, and the body behind it: two forms are one.
fn with_query(uri: &Uri, raw: &[u8]) -> Bytes {
    let parts = uri.query().unwrap_or_default().split('&').filter(|part| !part.is_empty() && !part.starts_with("token="));
    let mut whole: Vec<u8> = parts.collect::<Vec<_>>().join("&").into_bytes();
    if !whole.is_empty() && !raw.is_empty() {
        whole.push(b'&');
    }
    whole.extend_from_slice(raw);
    whole.into()
}
