//! The API: JSON, tokens, one file a noun. Its description is `docs/openapi.json`, made from these handlers.

pub mod errands;
pub mod facts;
pub mod figures;
pub mod health;
pub mod inbound;
pub mod messages;
pub mod notices;
pub mod openapi;
pub mod orders;
pub mod parcels;
pub mod playbooks;
pub mod promises;
pub mod request;
pub mod scorecards;
pub mod shapes;
pub mod unmapped;

use crate::access::{AdminScope, FactsWrite, Read, Scope};
use crate::route::{Routes, Who};

/// Routes of the API and of partners' webhooks.
#[must_use]
pub fn routes() -> Routes {
    const READ: Who = Who::Token(Read::NAME);
    const ADMIN: Who = Who::Token(AdminScope::NAME);
    Routes::new()
        .get("/health", Who::Public, health::alive)
        .get("/api/openapi.json", Who::Public, openapi::document)
        .post("/api/facts", Who::Token(FactsWrite::NAME), facts::record)
        .post("/in/{source}", Who::SignedWebhook, inbound::receive)
        .get("/in/{source}", Who::SignedWebhook, inbound::called)
        .get("/api/promises", READ, promises::list)
        .get("/api/promises.csv", READ, promises::file)
        .get("/api/promises/{id}", READ, promises::show)
        .post("/api/promises/{id}/withdrawal", ADMIN, promises::withdraw)
        .get("/api/parcels", READ, parcels::list)
        .get("/api/parcels.csv", READ, parcels::file)
        .get("/api/parcels/{id}", READ, parcels::show)
        .get("/api/orders.csv", READ, orders::file)
        .get("/api/orders/{id}", READ, orders::show)
        .get("/api/messages", READ, messages::list)
        .post("/api/messages/{id}/release", ADMIN, messages::release)
        .get("/api/errands", READ, errands::list)
        .get("/api/errands/{id}", READ, errands::show)
        .post("/api/errands/{id}/handling", ADMIN, errands::handle)
        .post("/api/promises/{id}/errands", ADMIN, errands::ask_for)
        .get("/api/playbooks", READ, playbooks::list)
        .put("/api/playbooks/{name}/mode", ADMIN, playbooks::switch)
        .get("/api/notices", READ, notices::list)
        .put("/api/notices/{source}", ADMIN, notices::say)
        .get("/api/figures", READ, figures::show)
        .get("/api/figures.csv", READ, figures::file)
        .get("/api/scorecards", READ, scorecards::show)
        .get("/api/scorecards.csv", READ, scorecards::file)
        .get("/api/unmapped", READ, unmapped::list)
        .get("/api/health", READ, health::show)
}
