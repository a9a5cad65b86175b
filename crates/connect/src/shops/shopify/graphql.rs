//! Shopify's GraphQL Admin API: one question, its data, and what it says when it refuses.

use kept_engine::ports::{ErrandOutcome, PollError};
use reqwest::Method;
use serde_json::{Value, json};

use super::poll::{API_VERSION, Admin, refusal};
use crate::reading::answer::short;
use crate::shops::call::{Body, IntoOutcome, Question};
use crate::shops::errand::refused;

impl Admin {
    /// A question that only reads.
    pub(super) fn look(&self, query: &str, variables: Value) -> Result<Value, ErrandOutcome> {
        let (path, body) = asked(query, variables);
        let question = Question { method: Method::POST, path: &path, query: &[], body: Some(Body::Json(body)) };
        let answer = self.caller().and_then(|caller| caller.read(&question, no_refusal)).map_err(IntoOutcome::into_outcome)?;
        data(answer.value)
    }

    /// A mutation: its own part of the answer, when nothing in it is an error. `name` is the mutation's.
    pub(super) fn mutate(&self, name: &str, query: &str, variables: Value) -> Result<Value, ErrandOutcome> {
        let (path, body) = asked(query, variables);
        let question = Question { method: Method::POST, path: &path, query: &[], body: Some(Body::Json(body)) };
        let caller = self.caller().map_err(PollError::into_outcome)?;
        let mut answer = data(caller.act(&question, refusal)?)?;
        let part = answer.get_mut(name).map(Value::take).unwrap_or_default();
        let errors = ["userErrors", "orderCancelUserErrors"].iter().filter_map(|list| part.get(list)?.as_array()).flatten();
        let said: Vec<&str> = errors.filter_map(|error| error.get("message")?.as_str()).collect();
        if !said.is_empty() {
            return Err(refused(format!("Shopify refused: {}", short(&caller.clean(&said.join("; "))))));
        }
        if part.is_null() {
            return Err(ErrandOutcome::Unknown { reason: format!("Shopify answered without `{name}`") });
        }
        Ok(part)
    }
}

fn asked(query: &str, variables: Value) -> (String, Value) {
    (format!("admin/api/{API_VERSION}/graphql.json"), json!({ "query": query, "variables": variables }))
}

/// Errors of GraphQL come with status 200: a question too many is asked again later, one that is wrong or not allowed is not.
fn data(mut answer: Value) -> Result<Value, ErrandOutcome> {
    let errors = answer.get("errors").filter(|errors| !errors.is_null());
    if let Some(errors) = errors {
        let codes: Vec<&str> = errors
            .as_array()
            .map(|errors| errors.iter().filter_map(|error| error.get("extensions")?.get("code")?.as_str()).collect())
            .unwrap_or_default();
        let messages: Vec<&str> = errors
            .as_array()
            .map(|errors| errors.iter().filter_map(|error| error.get("message")?.as_str()).collect())
            .unwrap_or_default();
        let said = if messages.is_empty() { short(&errors.to_string()) } else { short(&messages.join("; ")) };
        return Err(match codes.first().copied() {
            Some("THROTTLED") => ErrandOutcome::Retry { reason: format!("Shopify: {said}"), after_seconds: 2 },
            // The same key is at work elsewhere, or the server broke in the midst of it.
            Some("INTERNAL_SERVER_ERROR" | "TIMEOUT" | "IDEMPOTENCY_CONCURRENT_REQUEST") => {
                ErrandOutcome::Unknown { reason: format!("Shopify: {said}") }
            }
            _ => refused(format!("Shopify refused: {said}")),
        });
    }
    match answer.get_mut("data").map(Value::take) {
        Some(data @ Value::Object(_)) => Ok(data),
        _ => Err(ErrandOutcome::Unknown { reason: "Shopify answered without data".to_owned() }),
    }
}

fn no_refusal(_: &Value) -> Option<(String, bool)> {
    None
}
