//! Signing in and out, and the first administrator.

pub mod password;
pub mod secret;
pub mod sign_in;
pub mod welcome;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::failure::Failure;
use crate::route::{Routes, Who};

/// Routes of signing in and out.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/sign-in", Who::Public, sign_in::show)
        .post("/sign-in", Who::Public, sign_in::enter)
        .post("/sign-out", Who::Agent, sign_in::leave)
        .get("/welcome", Who::Public, welcome::show)
        .post("/welcome", Who::Public, welcome::begin)
}

fn rendered(status: StatusCode, page: &impl Template) -> Result<Response, Failure> {
    let html = page.render().map_err(|error| {
        tracing::error!(error = %error, "a page cannot be written");
        Failure::internal()
    })?;
    Ok((status, Html(html)).into_response())
}
