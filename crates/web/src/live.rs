//! Live updates: `GET /events` says that something changed, and pages that show it fetch anew.
//!
//! Only positions travel, never content: what somebody may see is decided when their page fetches it.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use kept_base::Position;
use kept_engine::Change;
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::access::Agent;
use crate::ask::ask;
use crate::failure::Failure;
use crate::route::{Routes, Who};
use crate::state::App;

/// A connection ends after this; the browser opens the next one by itself, and its session is checked again.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Routes of live updates.
#[must_use]
pub fn routes() -> Routes {
    Routes::new().get("/events", Who::Agent, events)
}

/// What a client has seen.
#[derive(Debug, Deserialize)]
struct Seen {
    /// The position its page was read at.
    since: Option<i64>,
}

/// Server-sent events named `change`; their id and data are the position of the last fact.
///
/// Where the client says what it has seen (`since`, and `Last-Event-ID` when it comes back), what happened in between is told at once:
/// a page is read before its stream is open, and a stream that ended misses what comes before the next one.
async fn events(
    State(app): State<App>,
    Agent(_): Agent,
    Query(seen): Query<Seen>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Failure> {
    let place = app.gate.live_place().ok_or_else(Failure::busy)?;
    let (sender, receiver) = mpsc::channel(4);
    // Listened to before the ledger is asked: what is written between the two is told twice rather than never.
    let changes = app.engine.changes();
    let heard = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let missed = match seen.since.max(heard) {
        Some(since) => {
            let now = ask(&app.engine, kept_engine::Engine::position).await?;
            (now.block() > Position(since).block()).then_some(now)
        }
        None => None,
    };
    let mut closing = app.gate.closing();
    tokio::spawn(async move {
        let _place = place;
        tokio::select! {
            () = forward(missed, changes, &sender) => {}
            () = sender.closed() => {}
            () = tokio::time::sleep(LONGEST) => {}
            _ = closing.wait_for(|closing| *closing) => {}
        }
    });
    Ok(Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))))
}

/// Many changes while the client is slow become one: only the last position matters.
async fn forward(missed: Option<Position>, mut changes: Receiver<Change>, sender: &mpsc::Sender<Result<Event, Infallible>>) {
    if missed.is_some() && sender.send(Ok(event(missed))).await.is_err() {
        return;
    }
    loop {
        let Some(mut position) = next(&mut changes).await else { return };
        let Ok(permit) = sender.reserve().await else { return };
        while let Ok(change) = changes.try_recv() {
            position = Some(change.position);
        }
        permit.send(Ok(event(position)));
    }
}

/// The next change; the inner `None` when so many came that some were missed.
async fn next(changes: &mut Receiver<Change>) -> Option<Option<Position>> {
    match changes.recv().await {
        Ok(change) => Some(Some(change.position)),
        Err(RecvError::Lagged(_)) => Some(None),
        Err(RecvError::Closed) => None,
    }
}

fn event(position: Option<Position>) -> Event {
    let event = Event::default().event("change");
    match position {
        Some(Position(number)) => event.id(number.to_string()).data(number.to_string()),
        None => event.data("many"),
    }
}
