//! Pages, API and sign-in over the engine.
//!
//! Invariants, each with a test in `tests/it`:
//! - A handler that may not be used by everybody takes a value of [`access`] that only a checked cookie, token or link can make.
//! - Every route stands in the table of [`route::Routes`] with who may use it; the matrix walks the table as every kind of visitor.
//! - A 2xx to a fact or a webhook is sent only after the engine said that it is durable.
//! - The signature of a webhook is checked on the raw bytes before anything reads them; of a refused one nothing is stored.
//! - No engine call runs on an async task ([`ask::ask`]).
//! - No text of a database, a library or a file path reaches a client ([`failure`]); no address, token or secret reaches a log.
//!
//! Deliberately absent: SQL, business decisions, mail, and any knowledge of a particular carrier or shop; partners come in through the port
//! [`kept_engine::ports::Inbound`], the project's own facts through [`state::OwnFacts`].

pub mod access;
pub mod api;
pub mod ask;
pub mod assets;
pub mod auth;
pub mod body;
pub mod drawing;
pub mod failure;
pub mod form;
pub mod gate;
pub mod live;
pub mod pages;
pub mod plain;
pub mod reader;
pub mod route;
pub mod security;
pub mod sheet;
pub mod state;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;

use crate::failure::Failure;
use crate::route::Routes;
pub use crate::state::{App, FileError, OrderFiles, OrderMapping, OwnFacts, ParsedLine, WebConfig};

/// Every route of the server with who may use it.
#[must_use]
pub fn routes() -> Routes {
    api::routes().merge(auth::routes()).merge(live::routes()).merge(pages::routes()).merge(assets::routes())
}

/// The server's router: all routes, with errors, headers and the log line of each request around them.
pub fn router(app: App) -> Router {
    routes()
        .into_router()
        .fallback(async || Failure::not_found())
        .method_not_allowed_fallback(async || Failure::method())
        .layer(CatchPanicLayer::custom(security::panicked))
        .layer(from_fn_with_state(app.clone(), failure::render))
        .layer(from_fn_with_state(app.clone(), security::headers))
        .layer(axum::middleware::from_fn(security::traced))
        .with_state(app)
}

/// Serves until `shutdown` comes true, then lets running requests end.
///
/// # Errors
/// When the listener fails.
pub async fn serve(app: App, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let gate = Arc::clone(&app.gate);
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let ending = async move {
        shutdown.await;
        // Live connections never end by themselves.
        gate.close();
    };
    axum::serve(listener, service).with_graceful_shutdown(ending).await
}
