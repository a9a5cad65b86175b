//! Mondial Relay: `WSI2_TracingColisDetaille` (SOAP), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/mondial_relay.md`.

mod poll;

use kept_engine::ports::{ParseError, Trouble};
use serde_json::Value;

pub use poll::{DEFAULT_BASE_URL, poller};

use crate::partner::Partner;
use crate::reading::outline::Outline;
use crate::reading::tree::scalar;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "mondial_relay";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/mondial_relay.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Mondial Relay",
    number: &["Expedition", "NumExpedition"],
    events: &["Tracing.ret_WSI2_sub_TracingColisDetaille"],
    text: &["Libelle", "Tracing_Libelle"],
    places: &[&[&["Emplacement", "Tracing_Lieu"]]],
    country: &["Relais_Pays", "Tracing_Pays"],
    date: &["Date", "Tracing_Date"],
    time: &["Heure", "Tracing_Heure"],
    // Years of two digits are seen in answers, whatever the guide says; they come first, since `%Y` would take 26 for the year 26.
    patterns: &["%d/%m/%y", "%d/%m/%Y", "%d.%m.%Y"],
    refused,
    ..Outline::EMPTY
};

/// `STAT` 0 and 80 to 83 say how far the parcel is, and 84 to 89 are set apart for the same; everything else is a refusal with a number.
fn refused(answer: &Value) -> Option<ParseError> {
    let stat = find_stat(answer, 0)?;
    let (what, hint, trouble) = match stat.as_str() {
        "0" | "80" | "81" | "82" | "83" | "84" | "85" | "86" | "87" | "88" | "89" => return None,
        "1" | "2" | "3" | "8" | "95" | "96" | "97" => {
            ("refused the key", "check the brand code (`Enseigne`) and the key in the settings", Trouble::Key)
        }
        "24" | "94" => ("does not know this number", "it may be too early; else check it: eight digits", Trouble::NotFound),
        "99" => ("is out of order", "it is asked again later", Trouble::OutOfOrder),
        _ => ("did not accept the question", "check the tracking number and the account", Trouble::Question),
    };
    let retryable = stat == "99";
    Some(ParseError {
        message: format!("Mondial Relay {what} (STAT {stat})"),
        hint: Some(hint.to_owned()),
        retryable,
        not_found: trouble == Trouble::NotFound,
        trouble,
    })
}

fn find_stat(value: &Value, depth: usize) -> Option<String> {
    if depth > 6 {
        return None;
    }
    let fields = value.as_object()?;
    fields.get("STAT").and_then(scalar).or_else(|| fields.values().find_map(|value| find_stat(value, depth + 1)))
}
