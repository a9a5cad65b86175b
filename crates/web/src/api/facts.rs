//! `POST /api/facts`: news from the shop's own systems.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kept_engine::ports::{Trouble, Unmapped};
use kept_engine::{Delivery, RecordOptions};
use serde::Serialize;
use utoipa::ToSchema;

use super::request::{media_type, request_key};
use crate::access::{FactsWrite, Token};
use crate::ask::ask;
use crate::auth::secret;
use crate::body::Raw;
use crate::failure::{ErrorBody, Failure};
use crate::state::{App, ParsedLine};

/// What became of a body of facts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FactsTaken {
    /// News taken; durable.
    pub accepted: u32,
    /// News that were known already.
    pub duplicates: u32,
    /// News that could not be taken. The bytes of unreadable ones are kept in quarantine.
    pub rejected: Vec<RejectedLine>,
    /// Where the ledger stands after this; absent when nothing was written.
    pub position: Option<i64>,
    /// True when this is the answer to an earlier request with the same Idempotency-Key.
    pub repeated: bool,
}

/// A piece of news that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RejectedLine {
    /// Line of the body (NDJSON) or number of the element (array), from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

/// The kinds of content read here.
const KNOWN: &str = "application/json or application/x-ndjson";

/// Records facts.
///
/// One JSON object, an array of objects, or one object a line (NDJSON). Each piece of news that is wrong is rejected by itself, the others
/// are taken in one transaction. The answer comes only when they are durable.
///
/// # Errors
/// 400 for bytes that are no JSON, 413, 415, 422 when nothing in it could be taken or the key was used with another body, 503.
#[utoipa::path(
    post, path = "/api/facts", tag = "facts", security(("token" = ["facts:write"])),
    request_body(description = "News as objects with `kind` and `at`: one, an array, or one a line.", content(
        (serde_json::Value = "application/json"),
        (String = "application/x-ndjson"),
    )),
    params(("Idempotency-Key" = Option<String>, Header, description = "At most 255 characters. The same key with the same body gives the same answer; with another body 422 `key_reused`.")),
    responses(
        (status = 200, description = "Durable, apart from what `rejected` lists", body = FactsTaken),
        (status = 400, description = "Not JSON, or not UTF-8; the message says where", body = ErrorBody),
        (status = 401, description = "No valid token", body = ErrorBody),
        (status = 403, description = "The token lacks the scope", body = ErrorBody),
        (status = 413, description = "Too large", body = ErrorBody),
        (status = 415, description = "Neither JSON nor NDJSON", body = ErrorBody),
        (status = 422, description = "Nothing could be taken (`FactsTaken`), or the key was used with another body (`ErrorBody`)", body = FactsTaken),
        (status = 503, description = "Nothing was stored; send it again", body = ErrorBody),
    )
)]
pub async fn record(
    State(app): State<App>,
    _: Token<FactsWrite>,
    headers: HeaderMap,
    Raw(raw): Raw,
) -> Result<Response, Failure> {
    let kind = media_type(&headers, KNOWN)?;
    let by_lines = matches!(kind.as_str(), "application/x-ndjson" | "application/ndjson" | "application/jsonl");
    if !by_lines && kind != "application/json" {
        return Err(Failure::media_type(KNOWN));
    }
    let text = std::str::from_utf8(&raw).map_err(|error| {
        Failure::bad_request(format!("not UTF-8 at byte {}", error.valid_up_to() + 1), "encode the body as UTF-8")
    })?;
    if !by_lines {
        is_json(text)?;
    }
    let key = request_key(&headers, &raw)?;
    let reader = std::sync::Arc::clone(&app.own_facts);
    let (status, taken) = ask(&app.engine, move |engine| {
        let (batch, options) = sort(reader.parse_lines(&raw, &kind), &raw, by_lines, key);
        let recorded = engine.record(batch.inputs, options)?;
        let mut rejected = batch.unreadable;
        rejected.extend(recorded.rejected.into_iter().map(|(index, message)| {
            let line = usize::try_from(index).ok().and_then(|index| batch.lines.get(index).copied()).unwrap_or_default();
            RejectedLine { line, message, hint: String::new() }
        }));
        rejected.sort_by_key(|rejected| rejected.line);
        let nothing_taken = recorded.accepted == 0 && recorded.duplicates == 0 && !rejected.is_empty();
        let status = if nothing_taken { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let position = recorded.position.map(|position| position.0);
        Ok((
            status,
            FactsTaken {
                accepted: recorded.accepted,
                duplicates: recorded.duplicates,
                rejected,
                position,
                repeated: recorded.repeated,
            },
        ))
    })
    .await?;
    Ok((status, Json(taken)).into_response())
}

/// A body sorted into what can be recorded and what cannot be read.
struct Batch {
    inputs: Vec<kept_domain::input::Input>,
    /// The line of each input.
    lines: Vec<usize>,
    unreadable: Vec<RejectedLine>,
}

fn sort(parsed: Vec<ParsedLine>, raw: &[u8], by_lines: bool, request_key: Option<(String, [u8; 32])>) -> (Batch, RecordOptions) {
    let mut batch = Batch { inputs: Vec::new(), lines: Vec::new(), unreadable: Vec::new() };
    let mut unmapped: Vec<Unmapped> = Vec::new();
    for ParsedLine { line, result } in parsed {
        match result {
            Ok((mut input, unread)) => {
                if input.source.is_empty() {
                    "api".clone_into(&mut input.source);
                }
                for field in unread {
                    // Counted once a body: a field that every line has is one finding.
                    if !unmapped.iter().any(|known| known.code == field) {
                        unmapped.push(Unmapped { code: field, text: String::new(), what: "field".to_owned() });
                    }
                }
                batch.inputs.push(input);
                batch.lines.push(line);
            }
            Err((message, hint)) => batch.unreadable.push(RejectedLine { line, message, hint }),
        }
    }
    let error = batch.unreadable.first().map(|first| match batch.unreadable.len() {
        1 => format!("line {}: {}", first.line, first.message),
        many => format!("line {}: {} (and {} more)", first.line, first.message, many - 1),
    });
    let delivery = (error.is_some() || !unmapped.is_empty()).then(|| {
        let raw = if error.is_none() { Vec::new() } else { unreadable_bytes(raw, by_lines, &batch.unreadable) };
        let id = hex::encode(secret::hash(&[b"api\n", raw.as_slice()].concat()));
        Delivery { source: "api".to_owned(), id, raw, error, trouble: Some(Trouble::Form), unmapped }
    });
    // Nothing is remembered under a key when nothing could be read: the sender mends the body and sends it under the same key.
    let request_key = request_key.filter(|_| !batch.inputs.is_empty());
    (batch, RecordOptions { request_key, delivery, ..RecordOptions::default() })
}

/// The bytes to keep in quarantine: the lines that could not be read; of JSON, where elements are not apart, the whole body.
fn unreadable_bytes(raw: &[u8], by_lines: bool, unreadable: &[RejectedLine]) -> Vec<u8> {
    if !by_lines {
        return raw.to_vec();
    }
    let numbered = raw.split(|byte| *byte == b'\n').zip(1_usize..);
    let wanted = numbered.filter(|(_, number)| unreadable.iter().any(|rejected| rejected.line == *number));
    wanted.flat_map(|(line, _)| line.iter().copied().chain([b'\n'])).collect()
}

fn is_json(text: &str) -> Result<(), Failure> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).map(|_| ()).map_err(|error| {
        let message = format!("not JSON at line {}, column {}", error.line(), error.column());
        Failure::bad_request(message, "for one object a line use Content-Type: application/x-ndjson")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_unreadable_lines_go_to_quarantine() {
        let rejected = |line| RejectedLine { line, message: String::new(), hint: String::new() };
        assert_eq!(unreadable_bytes(b"a\nb\nc", true, &[rejected(2)]), b"b\n");
        assert_eq!(unreadable_bytes(b"[1,2]", false, &[rejected(2)]), b"[1,2]");
    }

    #[test]
    fn nothing_is_remembered_under_a_key_when_nothing_could_be_read() {
        let bad = ParsedLine { line: 1, result: Err(("no kind".to_owned(), "add one".to_owned())) };
        let (batch, options) = sort(vec![bad], b"{}", true, Some(("k".to_owned(), [0; 32])));
        assert!(batch.inputs.is_empty());
        assert_eq!(options.request_key, None);
        assert_eq!(options.delivery.and_then(|delivery| delivery.error).as_deref(), Some("line 1: no kind"));
    }
}
