//! What carrying out an errand has in common, whatever the shop.

use kept_engine::ports::ErrandOutcome;

/// A shop changes its own orders; whoever delivers them is told by people.
pub(super) const NO_CARRIER: &str = "no shop tells its carrier on which day to deliver: tell the carrier";

/// The mark that an errand leaves in notes, so that it is found again.
pub(super) fn mark(key: &str) -> String {
    format!("[kept:{key}]")
}

/// A text with its mark.
pub(super) fn marked(text: &str, key: &str) -> String {
    format!("{} {}", text.trim(), mark(key)).trim_start().to_owned()
}

/// Keys go into addresses, notes and queries: only what means nothing anywhere is taken.
pub(super) fn check_key(key: &str) -> Result<(), ErrandOutcome> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if key.is_empty() || key.len() > 100 || !key.bytes().all(is_plain) {
        return Err(refused("the errand's key is not made of letters, digits, - and _"));
    }
    Ok(())
}

/// The last thing before the request that acts.
pub(super) fn doubt(in_doubt: &mut dyn FnMut() -> Result<(), String>) -> Result<(), ErrandOutcome> {
    in_doubt().map_err(|reason| ErrandOutcome::Retry { reason, after_seconds: 10 })
}

pub(super) fn refused(reason: impl Into<String>) -> ErrandOutcome {
    ErrandOutcome::Refused { reason: reason.into() }
}

pub(super) fn done(reference: impl Into<String>) -> ErrandOutcome {
    ErrandOutcome::Done { reference: reference.into() }
}

/// What an act gave, done or not.
pub(super) fn outcome(result: Result<ErrandOutcome, ErrandOutcome>) -> ErrandOutcome {
    match result {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

/// A step that changes nothing that counts: whatever became of it, it may be taken again.
pub(super) fn harmless(outcome: ErrandOutcome) -> ErrandOutcome {
    match outcome {
        ErrandOutcome::Unknown { reason } => ErrandOutcome::Retry { reason, after_seconds: 60 },
        other => other,
    }
}
