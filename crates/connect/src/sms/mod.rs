//! Gateways of text messages: the way out, and what comes back (receipts, STOP).
//!
//! A file a gateway, with its way out and its parser; `call` holds how a request is judged, `form` what forms are read with.
//!
//! Invariants beside those of the room: a request that may have been taken is never called untaken; what is kept of a gateway's words
//! holds no phone number, only its codes.

mod call;
mod form;

pub mod http;
pub mod ovh;
pub mod twilio;

use std::sync::Arc;

use kept_engine::ports::Inbound;

/// Who is there, to be read.
#[must_use]
pub(crate) fn inbounds() -> Vec<Arc<dyn Inbound>> {
    vec![Arc::new(ovh::OvhReceipts), Arc::new(http::HttpReceipts), Arc::new(twilio::TwilioReceipts)]
}

/// What a customer means who answers with one of these words alone, in English and French; case and accents do not matter. Gateways
/// stop numbers by their own lists; these are for those that only hand the answer on.
fn opts_out(text: &str) -> Option<bool> {
    let word = crate::reading::fold::fold(text.trim().trim_end_matches(['.', '!']));
    match word.as_str() {
        "stop" | "stopall" | "stop all" | "unsubscribe" | "end" | "quit" | "arret" | "arrete" | "arretez" | "desabonnement" => {
            Some(true)
        }
        "start" | "unstop" => Some(false),
        _ => None,
    }
}

/// An answer that is more than one of these words. It is kept, with its bytes, where people see it.
fn answered() -> kept_engine::ports::ParseError {
    kept_engine::ports::ParseError {
        message: "a customer answered a text message with words".to_owned(),
        hint: Some(
            "read them in the payload, and note the contact on the customer's page; only STOP and START are understood"
                .to_owned(),
        ),
        retryable: false,
        not_found: false,
        trouble: kept_engine::ports::Trouble::NotTaken,
    }
}
