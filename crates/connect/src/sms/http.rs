//! Any gateway that takes a message as JSON by POST: a modem of one's own, or a vendor that has no file here.
//!
//! The request's fields have the names that are set; the answer counts by its status. Receipts and STOP come in a form of Kept's own,
//! which whoever runs the gateway writes: docs/connectors/sms_http.md.

use std::fmt;
use std::time::Duration;

use kept_base::Moment;
use kept_domain::input::{CustomerOptedOut, CustomerRef, Input, MessageReceipt, News};
use kept_engine::ports::{Inbound, Letter, Outbound, Parsed, SendOutcome, Unmapped, Verification};
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Map, Value};

use super::call::{self, Line, code_of};
use super::{answered, opts_out};
use crate::reading::answer::{read_json, text, wrong_shape};
use crate::reading::signature::hmac_hex;

const SOURCE: &str = "sms_http";
/// The header of the signature.
pub const SIGNATURE_HEADER: &str = "x-kept-signature";

/// Names of fields in the request and in its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The recipient's number, in E.164.
    pub to: String,
    /// The text.
    pub text: String,
    /// The sender; left out of the request where none is set.
    pub from: String,
    /// The message's id, the same in every attempt: a gateway that knows it must not send it twice.
    pub id: String,
    /// In the answer: the gateway's own id, where it has one.
    pub reference: String,
}

impl Default for Fields {
    fn default() -> Fields {
        let name = str::to_owned;
        Fields { to: name("to"), text: name("text"), from: name("from"), id: name("id"), reference: name("id") }
    }
}

impl Fields {
    /// Reads `to=recipient text=content reference=message_id`; what is not named keeps its name.
    ///
    /// # Errors
    /// A field that is none, in words.
    pub fn read(text: &str) -> Result<Fields, String> {
        let mut fields = Fields::default();
        for pair in text.split_whitespace() {
            let (field, name) = pair.split_once('=').ok_or_else(|| format!("`{pair}` is not FIELD=NAME"))?;
            let place = match field {
                "to" => &mut fields.to,
                "text" => &mut fields.text,
                "from" => &mut fields.from,
                "id" => &mut fields.id,
                "reference" => &mut fields.reference,
                other => return Err(format!("`{other}` is none of to, text, from, id, reference")),
            };
            name.clone_into(place);
        }
        Ok(fields)
    }
}

/// A gateway.
#[derive(Clone)]
pub struct HttpSettings {
    /// Where messages are posted.
    pub url: String,
    /// The header that carries the key: `Authorization`, `X-Api-Key` …
    pub header: String,
    /// Its value, whole: `Bearer …`; empty: no header.
    pub secret: String,
    /// The sender; empty: the gateway's own.
    pub from: String,
    /// What the fields are called.
    pub fields: Fields,
    /// Longest wait for an answer.
    pub timeout: Option<Duration>,
}

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSettings").field("from", &self.from).field("fields", &self.fields).finish_non_exhaustive()
    }
}

/// The way out by such a gateway. Blocks.
pub struct Http {
    settings: HttpSettings,
    line: Line,
    key: Option<(HeaderName, HeaderValue)>,
}

impl Http {
    /// A way out.
    ///
    /// # Errors
    /// A setting that can never work, in words.
    pub fn new(settings: HttpSettings) -> Result<Http, String> {
        let line = Line::open(&settings.url, settings.timeout)?;
        let key = match settings.secret.trim() {
            "" => None,
            secret => {
                let name =
                    HeaderName::try_from(settings.header.trim()).map_err(|_| "the key's header has no fit name".to_owned())?;
                let mut value = HeaderValue::try_from(secret).map_err(|_| "the key does not fit into a header".to_owned())?;
                value.set_sensitive(true);
                Some((name, value))
            }
        };
        Ok(Http { settings, line, key })
    }
}

impl Outbound for Http {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn send(&self, letter: &Letter, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> SendOutcome {
        let Fields { to, text, from, id, reference } = &self.settings.fields;
        let mut body = Map::new();
        body.insert(to.clone(), Value::from(letter.to_address.as_str()));
        body.insert(text.clone(), Value::from(letter.text.as_str()));
        body.insert(id.clone(), Value::from(letter.message_id.as_str()));
        if !self.settings.from.trim().is_empty() {
            body.insert(from.clone(), Value::from(self.settings.from.trim()));
        }
        let mut request = self.line.client.post(&self.line.base).json(&Value::Object(body));
        if let Some((name, value)) = &self.key {
            request = request.header(name, value);
        }
        let answer = match call::act(request, in_doubt) {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        match answer.status {
            status @ 200..=299 => {
                let id = answer
                    .json
                    .as_ref()
                    .and_then(Value::as_object)
                    .and_then(|object| crate::reading::answer::text(object, reference));
                let id = id.filter(|id| id.len() <= 100);
                SendOutcome::Accepted { reply: status.to_string(), reference: id }
            }
            _ => call::refusal(&answer, &code_of(answer.json.as_ref().and_then(|json| json.get("code"))), false),
        }
    }
}

/// What comes back from such a gateway.
pub struct HttpReceipts;

impl Inbound for HttpReceipts {
    fn source(&self) -> &'static str {
        SOURCE
    }

    /// `X-Kept-Signature`: hexadecimal HMAC-SHA256 of the raw body, with or without `sha256=` in front.
    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        let given = header(SIGNATURE_HEADER).unwrap_or_default();
        hmac_hex(secret.as_bytes(), &[raw], given.trim().trim_start_matches("sha256="))
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| {
            let hint = "docs/connectors/sms_http.md shows what this address takes";
            let Value::Object(object) = read_json("the gateway", raw)? else {
                return Err(wrong_shape("this is not an object", hint));
            };
            let at = text(&object, "at").map(|at| Moment::parse_iso(&at)).transpose();
            let at = at.map_err(|error| wrong_shape(format!("`at`: {error}"), hint))?;
            let (message, reference) = (text(&object, "message"), text(&object, "reference"));
            let input = |event_id, news| Input { source: SOURCE.to_owned(), event_id, news };
            if let Some(from) = text(&object, "from") {
                let said = object.get("text").and_then(Value::as_str).unwrap_or_default();
                let Some(out) = opts_out(said) else { return Err(answered()) };
                let news = CustomerOptedOut { customer: CustomerRef::default(), phone: Some(from), at, lifted: !out };
                parsed.inputs.push(input(text(&object, "id"), News::CustomerOptedOut(news)));
                return Ok(());
            }
            let Some(status) = text(&object, "status").filter(|_| message.is_some() || reference.is_some()) else {
                return Err(wrong_shape(
                    "neither a receipt (`status` with `message` or `reference`) nor an answer (`from`)",
                    hint,
                ));
            };
            let message = match message.map(|id| id.parse()) {
                Some(Ok(id)) => Some(id),
                Some(Err(_)) => return Err(wrong_shape("`message` is no id as Kept gave it", hint)),
                None => None,
            };
            let (delivered, unreachable) = match status.as_str() {
                "delivered" => (true, false),
                "failed" => (false, false),
                "unreachable" => (false, true),
                other => {
                    parsed.unmapped.push(Unmapped { code: other.to_owned(), text: String::new(), what: "event".to_owned() });
                    return Ok(());
                }
            };
            let code = Some(code_of(object.get("code"))).filter(|code| !code.is_empty());
            let news = MessageReceipt { message, reference, at, delivered, unreachable, code };
            parsed.inputs.push(input(None, News::MessageReceipt(news)));
            Ok(())
        })
    }
}
