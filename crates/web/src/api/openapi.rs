//! The description of the API, made from its handlers.

use axum::Json;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{
    errands, facts, figures, health, inbound, messages, notices, orders, parcels, playbooks, promises, scorecards, unmapped,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kept",
        description = "Facts in, promises out. Moments are RFC 3339 in UTC, days are dates where the customer lives, ids are texts with a prefix \
                       (`prm_7K2M9`), amounts are whole minor units. New fields may appear in answers at any time; unknown fields in requests are \
                       refused, except in facts, where they are kept and counted.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        facts::record, inbound::receive, inbound::called,
        promises::list, promises::file, promises::show, promises::withdraw,
        parcels::list, parcels::file, parcels::show,
        orders::show, orders::file,
        messages::list, messages::release,
        errands::list, errands::show, errands::ask_for, errands::handle,
        playbooks::list, playbooks::switch,
        notices::list, notices::say,
        figures::show, figures::file, scorecards::show, scorecards::file, unmapped::list,
        health::alive, health::show, document,
    ),
    modifiers(&TokenScheme, &Named),
)]
struct Api;

struct TokenScheme;

impl Modify for TokenScheme {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("kept_…")
            .description(Some(
                "A token made in the settings. Scopes: `facts:write`, `read`, `personal` (names, addresses and texts in what `read` shows), `admin`.",
            ))
            .build();
        document.components.get_or_insert_with(Default::default).add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// Gives every operation a name of its own, and keeps what only readers of the source need out of its description.
struct Named;

impl Modify for Named {
    fn modify(&self, document: &mut Document) {
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in [("get", &mut item.get), ("post", &mut item.post), ("put", &mut item.put)] {
                let Some(operation) = operation else { continue };
                let words: Vec<&str> = path.split(['/', '.', '{', '}']).filter(|word| !word.is_empty()).collect();
                operation.operation_id = Some(format!("{method}_{}", words.join("_")));
                operation.description = operation.description.take().and_then(|text| {
                    let shown = text.split("# Errors").next().unwrap_or_default().trim().replace('\n', " ");
                    (!shown.is_empty()).then_some(shown)
                });
            }
        }
    }
}

/// The description as a value.
#[must_use]
pub fn description() -> Document {
    Api::openapi()
}

/// This description.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "description",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value))
)]
pub async fn document() -> Json<Document> {
    Json(description())
}
