//! Notices in JSON: Amazon SES by SNS, whose form others have taken over.

use serde_json::Value;

use super::{Action, BouncedRecipient, status};

/// What a notice tells.
pub struct Notice {
    pub recipients: Vec<BouncedRecipient>,
    pub message_id: Option<String>,
    complaint: bool,
}

/// The notice that a text is; complaints are none here.
pub fn read(text: &str) -> Option<Notice> {
    parsed(text).filter(|notice| !notice.complaint)
}

/// Whether a text is a notice of a complaint.
pub fn is_complaint(text: &str) -> bool {
    parsed(text).is_some_and(|notice| notice.complaint)
}

fn parsed(text: &str) -> Option<Notice> {
    let text = text.trim_start();
    if !text.starts_with('{') || text.len() > 1024 * 1024 {
        return None;
    }
    // Long lines are broken on the way, within strings too; between values a line end means nothing.
    let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
    // A footer may follow the notice: the first value is what counts.
    let outer: Value = serde_json::Deserializer::from_str(&text).into_iter::<Value>().next()?.ok()?;
    let inner = outer.get("Message").and_then(Value::as_str).and_then(|message| serde_json::from_str(message).ok());
    let notice: Value = inner.unwrap_or(outer);
    let kind = notice.get("notificationType").or_else(|| notice.get("eventType"))?.as_str()?.to_ascii_lowercase();
    let message_id = notice.pointer("/mail/commonHeaders/messageId").or_else(|| notice.pointer("/mail/messageId"));
    let message_id = message_id.and_then(Value::as_str).map(|id| id.trim_matches(['<', '>']).to_owned());
    let recipients = match kind.as_str() {
        "bounce" => bounced(&notice),
        "delivery" => delivered(&notice),
        "complaint" => Vec::new(),
        _ => return None,
    };
    Some(Notice { recipients, message_id, complaint: kind == "complaint" })
}

fn bounced(notice: &Value) -> Vec<BouncedRecipient> {
    let transient = notice.pointer("/bounce/bounceType").and_then(Value::as_str) == Some("Transient");
    let list = notice.pointer("/bounce/bouncedRecipients").and_then(Value::as_array);
    let one = |recipient: &Value| {
        let field = |name: &str| recipient.get(name).and_then(Value::as_str).map(str::to_owned);
        let diagnostic = field("diagnosticCode");
        let words = diagnostic.as_deref().unwrap_or_default();
        let class = if transient { '4' } else { '5' };
        BouncedRecipient {
            address: field("emailAddress").map(|address| address.trim_matches(['<', '>']).to_owned()),
            action: field("action").as_deref().and_then(Action::named).unwrap_or(Action::Failed),
            status: field("status")
                .as_deref()
                .and_then(status::status)
                .or_else(|| status::deduced(words, class))
                .or(Some(format!("{class}.0.0"))),
            diagnostic,
        }
    };
    list.into_iter().flatten().map(one).collect()
}

fn delivered(notice: &Value) -> Vec<BouncedRecipient> {
    let said = notice.pointer("/delivery/smtpResponse").and_then(Value::as_str).map(str::to_owned);
    let status = said.as_deref().and_then(status::status).or(Some("2.0.0".to_owned()));
    let list = notice.pointer("/delivery/recipients").and_then(Value::as_array);
    let addresses = list.into_iter().flatten().filter_map(Value::as_str);
    addresses
        .map(|address| BouncedRecipient {
            address: Some(address.to_owned()),
            action: Action::Delivered,
            status: status.clone(),
            diagnostic: said.clone(),
        })
        .collect()
}
