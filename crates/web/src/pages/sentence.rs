//! The sentence of a promise: to the team about the customer, to the customer about themselves.

use kept_domain::promise::Promise;
use kept_engine::views::{Person, PromiseLine};

use crate::pages::words::{Words, arg};

/// The name of a person as shown to the team; erased or unknown people have none.
pub fn name(person: Option<&Person>) -> Option<String> {
    let details = person?.details.as_ref()?;
    details.name.clone().or_else(|| details.email.clone()).filter(|name| !name.trim().is_empty())
}

/// What is promised to whom, without its due: `Livrer la commande 10 377 à Mme Perret`.
pub fn short(words: &Words, line: &PromiseLine) -> String {
    about(words, &line.promise, name(line.person.as_ref()).as_deref(), line.order_number.as_deref())
}

/// The same from its parts.
pub fn about(words: &Words, promise: &Promise, name: Option<&str>, order_number: Option<&str>) -> String {
    let kind = promise.kind.replace('_', "-");
    // Whoever made it to us is named, not the customer for whose sake.
    let name = promise.upstream.as_ref().map(|upstream| upstream.partner.as_str()).or(name);
    let amount = promise.amount.map(|amount| amount.format(words.language));
    let to = if name.is_some() { "named" } else { "unnamed" };
    let known = |key: &str| words.texts.has(words.language, key);
    let args = [
        ("name", arg(name.unwrap_or_default())),
        ("number", arg(order_number.unwrap_or_default())),
        ("amount", arg(amount.clone().unwrap_or_default())),
        ("kind", arg(words.word("kind", &promise.kind))),
    ];
    let with_amount = format!("sentence-{kind}-amount-{to}");
    let with_order = format!("sentence-{kind}-order-{to}");
    let plain = format!("sentence-{kind}-{to}");
    if amount.is_some() && known(&with_amount) {
        return words.say(&with_amount, &args);
    }
    if order_number.is_some() && known(&with_order) {
        return words.say(&with_order, &args);
    }
    if known(&plain) {
        return words.say(&plain, &args);
    }
    words.say(&format!("sentence-other-{to}"), &args)
}

/// The big sentence: with its due, or with the day on which we look again.
pub fn full(words: &Words, line: &PromiseLine) -> String {
    with_due(words, &line.promise, short(words, line))
}

/// What is promised to the reader themselves: `Livrer votre commande 10 377`.
pub fn to_customer(words: &Words, promise: &Promise, order_number: Option<&str>) -> String {
    let kind = promise.kind.replace('_', "-");
    let known = |key: &str| words.texts.has(words.language, key);
    let args = [
        ("number", arg(order_number.unwrap_or_default())),
        ("amount", arg(promise.amount.map(|amount| amount.format(words.language)).unwrap_or_default())),
        ("kind", arg(words.word("kind", &promise.kind))),
    ];
    let with_amount = format!("you-{kind}-amount");
    let with_order = format!("you-{kind}-order");
    let plain = format!("you-{kind}");
    let sentence = if promise.amount.is_some() && known(&with_amount) {
        words.say(&with_amount, &args)
    } else if order_number.is_some() && known(&with_order) {
        words.say(&with_order, &args)
    } else if known(&plain) {
        words.say(&plain, &args)
    } else {
        words.say("you-other", &args)
    };
    with_due(words, promise, sentence)
}

fn with_due(words: &Words, promise: &Promise, sentence: String) -> String {
    match &promise.due {
        Some(due) => words.say("sentence-by", &[("sentence", sentence.into()), ("due", words.due(due).into())]),
        None => sentence,
    }
}
