//! `POST /in/{source}`: payloads from carriers, aggregators and shops.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
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
    Query(Fence { token }): Query<Fence>,
    headers: HeaderMap,
    Raw(raw): Raw,
) -> Result<Json<PayloadTaken>, Failure> {
    let inbound = app.inbounds.iter().find(|inbound| inbound.source() == source).cloned().ok_or_else(Failure::not_found)?;
    let name = inbound.source();
    let secret = ask(&app.engine, move |engine| engine.secret(&secret_name(name))).await?;
    let secret = secret.filter(|secret| !secret.is_empty()).ok_or_else(|| Failure::not_connected(name))?;
    if !is_genuine(&*inbound, &headers, &raw, &secret, &token) {
        ask(&app.engine, move |engine| engine.count_refused(name)).await?;
        return Err(Failure::signature());
    }
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

fn is_genuine(inbound: &dyn Inbound, headers: &HeaderMap, raw: &[u8], secret: &str, token: &str) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    match inbound.verify(&header, raw, secret) {
        Verification::Verified => true,
        Verification::Refused => false,
        Verification::NotDefined => secret::same(token.as_bytes(), secret.as_bytes()),
    }
}
