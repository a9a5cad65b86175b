//! What happened, said: facts become lines of a timeline, the carrier's raw words beside the meaning.

use kept_base::{Due, Language, Moment, Money};
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_engine::ports::Letter;
use kept_engine::views::{FactLine, MessageFile};
use serde_json::Value;

use crate::pages::rows::{can_be_handled, carrier, guard_reason, sms_words};
use crate::pages::words::{Words, arg};

/// One line of a timeline.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When, said.
    pub when: String,
    /// When, for machines; empty when the offset is not known.
    pub machine: String,
    /// Tone of its dot.
    pub tone: &'static str,
    /// The news, strong.
    pub lead: String,
    /// The rest of the sentence.
    pub text: String,
    /// The source's own words, smaller.
    pub raw: String,
    /// It no longer stands: struck through, and said in words.
    pub withdrawn: bool,
    /// A message that was made.
    pub letter: Option<LetterView>,
}

/// A message with its text, inside a timeline.
#[derive(Clone, Debug)]
pub struct LetterView {
    /// Its page.
    pub href: String,
    /// Id as shown.
    pub id: String,
    /// Playbook, mode, state, language.
    pub meta: String,
    /// Subject line.
    pub subject: String,
    /// Text as it goes; `None` once erased.
    pub text: Option<String>,
    /// Can still be released or dropped.
    pub pickable: bool,
}

/// A fact as the ledger has it.
#[derive(Clone, Debug)]
pub struct LedgerLine {
    /// Position.
    pub position: i64,
    /// Kind.
    pub kind: String,
    /// When recorded.
    pub recorded: String,
    /// Source.
    pub source: String,
    /// Plain part.
    pub plain: String,
}

/// The timeline of these facts, in their order; facts that say nothing to a reader are left to the ledger's list.
pub fn timeline(words: &Words, facts: &[FactLine], messages: &[MessageFile]) -> Vec<Entry> {
    let key = |fact: &FactLine| fact.plain.get("key").and_then(Value::as_u64);
    let withdrawn: Vec<u64> = facts.iter().filter(|fact| fact.kind == "parcel.scan_withdrawn").filter_map(key).collect();
    let told = facts.iter().filter_map(|fact| {
        let struck = fact.kind == "parcel.scanned" && key(fact).is_some_and(|key| withdrawn.contains(&key));
        entry(words, fact, messages).map(|entry| Entry { withdrawn: struck, ..entry })
    });
    told.collect()
}

/// Every fact as it stands.
pub fn ledger(words: &Words, facts: &[FactLine]) -> Vec<LedgerLine> {
    facts
        .iter()
        .map(|fact| LedgerLine {
            position: fact.position.0,
            kind: fact.kind.clone(),
            recorded: words.at(fact.recorded),
            source: fact.source.clone(),
            plain: serde_json::to_string_pretty(&fact.plain).unwrap_or_default(),
        })
        .collect()
}

/// A message with its text.
pub fn letter_view(words: &Words, file: &MessageFile) -> LetterView {
    let message = &file.line.message;
    let language = match message.language {
        Language::French => words.t("in-french"),
        Language::English => words.t("in-english"),
    };
    let size = sms_words(words, &file.line);
    let meta = words.say(
        "letter-meta",
        &[
            ("state", words.word("sent", message.state.word()).into()),
            ("playbook", words.word("playbook", &message.playbook).into()),
            ("mode", words.word("mode", message.mode.word()).to_lowercase().into()),
            ("language", language.into()),
        ],
    );
    LetterView {
        href: format!("/messages/{}", message.id),
        id: message.id.to_string(),
        meta: size.map_or_else(|| meta.clone(), |size| format!("{meta} · {size}")),
        subject: file.letter.as_ref().map(|letter: &Letter| letter.subject.clone()).unwrap_or_default(),
        text: file.letter.as_ref().map(|letter| letter.text.clone()),
        pickable: can_be_handled(message.state),
    }
}

/// Why a signal was raised: a reason of the watch's own, or the trouble, state or milestone it saw.
pub fn reason_words(words: &Words, reason: &str) -> String {
    let known = |prefix: &&str| words.texts.has(words.language, &format!("{prefix}-{}", reason.replace('_', "-")));
    match ["reason", "exception", "state", "milestone"].into_iter().find(known) {
        Some("reason") | None => words.word("reason", reason),
        Some(prefix) => words.uncapital(&words.word(prefix, reason)),
    }
}

/// One line for one fact.
fn entry(words: &Words, fact: &FactLine, messages: &[MessageFile]) -> Option<Entry> {
    let plain = &fact.plain;
    let word = |name: &str| text_of(plain, name);
    let said = |lead: &str, text: String| (words.t(lead), text, "", String::new());
    let (lead, text, tone, raw) = match fact.kind.as_str() {
        "customer.registered" => said("fact-registered", String::new()),
        "customer.contacted" => {
            let asked = plain.get("asked").and_then(Value::as_bool).unwrap_or(false);
            let channel = words.word("channel", word("channel"));
            let key = if asked { "fact-asked" } else { "fact-contacted" };
            let by = word("noted_by");
            let noted = if by.is_empty() { String::new() } else { words.say("noted-by", &[("name", arg(by))]) };
            (words.t(key), joined(&[channel, noted]), if asked { "risk" } else { "" }, quoted(words, fact.said.as_deref()))
        }
        "customer.answered" => {
            let by = word("noted_by");
            let text = if by.is_empty() { String::new() } else { words.say("noted-by", &[("name", arg(by))]) };
            (words.say("fact-answered", &[("says", words.word("says", word("says")).into())]), text, "amended", String::new())
        }
        "customer.erased" => said("fact-erased", words.say("by-whom", &[("name", arg(word("by")))])),
        "customer.bounced" if word("channel") == "sms" => said("fact-phone-unreachable", String::new()),
        "customer.bounced" => (words.t("fact-bounced"), String::new(), "late", String::new()),
        "customer.opted_out" => {
            let lifted = plain.get("lifted").and_then(Value::as_bool).unwrap_or(false);
            said(if lifted { "fact-opted-in" } else { "fact-opted-out" }, String::new())
        }
        "order.placed" => {
            let lines = plain.get("lines").and_then(Value::as_array).map_or(0, Vec::len);
            (words.t("fact-placed"), words.say("lines-count", &[("count", arg(lines))]), "birth", String::new())
        }
        "order.named" => said("fact-named", String::new()),
        "order.lines_cancelled" => {
            let lines = plain.get("lines").and_then(Value::as_array).map_or(0, Vec::len);
            let key = if word("by") == "customer" { "fact-cancelled-customer" } else { "fact-cancelled-shop" };
            let cause = word("cause");
            let text = if cause.is_empty() { String::new() } else { words.word("why", cause) };
            (words.say(key, &[("count", arg(lines))]), text, if word("by") == "customer" { "" } else { "late" }, String::new())
        }
        "order.lines_added" => {
            let lines = plain.get("lines").and_then(Value::as_array).map_or(0, Vec::len);
            (words.say("fact-lines-added", &[("count", arg(lines))]), String::new(), "", String::new())
        }
        "order.line_split" => said("fact-line-split", String::new()),
        "order.lines_backordered" => {
            let lines = plain.get("lines").and_then(Value::as_array).map_or(0, Vec::len);
            // The moment ends the day.
            let expected = plain.get("expected").and_then(Value::as_i64).map(|by| words.date(words.day_of(by - 1)));
            let text = match expected {
                Some(day) => words.say("fact-stock-expected", &[("day", day.into())]),
                None => words.t("fact-stock-unknown"),
            };
            (words.say("fact-backordered", &[("count", arg(lines))]), text, "risk", String::new())
        }
        "order.lines_available" => {
            let lines = plain.get("lines").and_then(Value::as_array).map_or(0, Vec::len);
            (words.say("fact-available", &[("count", arg(lines))]), String::new(), "", String::new())
        }
        "refund.paid" => {
            let amount = plain.get("amount").and_then(|amount| serde_json::from_value::<Money>(amount.clone()).ok());
            let amount = amount.map(|amount| amount.format(words.language)).unwrap_or_default();
            (words.say("fact-refunded", &[("amount", amount.into())]), String::new(), "kept", String::new())
        }
        "parcel.announced" => (
            words.t("fact-announced"),
            format!("{} {}", carrier(words, word("carrier")), word("tracking_number")),
            "",
            String::new(),
        ),
        "parcel.linked" => said("fact-linked", String::new()),
        "parcel.scanned" => scan(words, fact),
        "parcel.scan_withdrawn" => {
            let moment = fact.happened.or_else(|| serde_json::from_value(plain.clone()).ok());
            let raw = raw_words(words, &fact.source, word("code"), word("reason"), moment.as_ref());
            (words.t("fact-scan-withdrawn"), word("location").to_owned(), "risk", raw)
        }
        "parcel.estimated" => {
            let day = word("day").parse().map(|day| words.date(day)).unwrap_or_default();
            (words.say("fact-estimated", &[("day", day.into())]), String::new(), "", String::new())
        }
        "parcel.contested" => (words.t("fact-contested"), words.word("exception", word("exception")), "disputed", String::new()),
        "promise.made" => (words.t("fact-made"), words.word("kind", word("kind")), "birth", String::new()),
        "promise.adopted" => said("fact-adopted", String::new()),
        "promise.word_given" => {
            let due = plain.get("due").and_then(|due| serde_json::from_value::<Due>(due.clone()).ok());
            let due = due.map(|due| words.due_short(&due)).unwrap_or_default();
            let giver = words.word("by", word("by"));
            let key = if due.is_empty() { "fact-word-undated" } else { "fact-word" };
            (words.say(key, &[("giver", giver.into()), ("due", due.into())]), String::new(), "", word("source").to_owned())
        }
        "promise.items_added" => {
            let items = plain.get("items").and_then(Value::as_array).map_or(0, Vec::len);
            (words.say("fact-items-added", &[("count", arg(items))]), String::new(), "", String::new())
        }
        "promise.penalty_ran" => {
            let adds = plain.get("adds").and_then(|adds| serde_json::from_value::<Money>(adds.clone()).ok());
            let adds = adds.map(|adds| adds.format(words.language)).unwrap_or_default();
            let percent = plain.get("percent").and_then(Value::as_u64).unwrap_or_default();
            let text = words.say("fact-penalty-percent", &[("percent", arg(percent))]);
            (words.say("fact-penalty", &[("amount", adds.into())]), text, "late", String::new())
        }
        "promise.item_settled" => {
            let cause = word("cause");
            let cause = if cause.is_empty() { String::new() } else { words.word("why", cause) };
            (
                words.say("fact-item", &[("state", words.word("state", word("state")).to_lowercase().into())]),
                cause,
                "",
                String::new(),
            )
        }
        "promise.assessed" | "promise.settled" => {
            let state = word("state");
            let tone = match state {
                "kept" => "kept",
                "kept_late" => "risk",
                "broken" => "late",
                _ => "",
            };
            let key = if fact.kind == "promise.settled" { "fact-settled" } else { "fact-assessed" };
            let by = words.say("judged-by", &[("name", words.word("judge", word("by")).into())]);
            (words.say(key, &[("state", words.word("state", state).to_lowercase().into())]), by, tone, String::new())
        }
        "promise.reopened" => said("fact-reopened", String::new()),
        "promise.deed_noted" => {
            let own = plain.get("own").and_then(Value::as_bool).unwrap_or(false);
            let text = if own { words.t("deed-own") } else { String::new() };
            (words.say("fact-deed", &[("name", arg(word("by")))]), text, "", quoted(words, fact.said.as_deref()))
        }
        "promise.amended" => {
            let due = plain.get("due").and_then(|due| serde_json::from_value::<Due>(due.clone()).ok());
            let due = due.map(|due| words.due(&due)).unwrap_or_default();
            (words.say("fact-amended", &[("due", due.into())]), String::new(), "amended", String::new())
        }
        "promise.disputed" => (words.t("fact-disputed"), String::new(), "disputed", String::new()),
        "promise.assigned" => (
            words.say("fact-assigned", &[("owner", words.word("owner", word("owner")).into())]),
            words.say("by-whom", &[("name", arg(word("by")))]),
            "",
            String::new(),
        ),
        "signal.raised" => {
            let kind = word("signal_kind");
            let tone = match kind {
                "late" | "declared_lost" | "returned" | "lines_withdrawn" | "backordered" => "late",
                "delivered_after_warning" | "found_again" | "refunded" | "errand_done" => "kept",
                "chosen" => "",
                "disputed" => "disputed",
                _ => "risk",
            };
            let lead = words.say("fact-signal", &[("signal", words.word("signal", kind).to_lowercase().into())]);
            (lead, signal_reason(words, plain), tone, String::new())
        }
        "decision.made" => return Some(decision(words, fact, messages)),
        "message.handled" => {
            let key = match word("to") {
                "queued" => "fact-released",
                "dropped" => "fact-dropped",
                _ => "fact-resolved",
            };
            let by = words.say("by-whom", &[("name", handled_by(words, word("by")).into())]);
            (words.t(key), by, "", word("reason").to_owned())
        }
        "message.outcome" => {
            // A message to operations names no customer.
            let to_customer = plain.get("customer").is_some_and(|customer| !customer.is_null());
            let (key, tone) = match word("state") {
                "accepted" if to_customer => ("fact-told", "kept"),
                "accepted" => ("fact-told-team", "kept"),
                "refused" if to_customer => ("fact-refused", "late"),
                "refused" => ("fact-refused-team", "late"),
                "retry" => ("fact-retry", ""),
                _ => ("fact-unknown", "risk"),
            };
            (words.t(key), String::new(), tone, word("reply").to_owned())
        }
        "message.receipt" => {
            let delivered = plain.get("delivered").and_then(Value::as_bool).unwrap_or(false);
            let (key, tone) = if delivered { ("fact-delivered", "kept") } else { ("fact-undelivered", "late") };
            (words.t(key), String::new(), tone, word("code").to_owned())
        }
        "errand.asked" => {
            let amount = plain.get("amount").and_then(|amount| serde_json::from_value::<Money>(amount.clone()).ok());
            let amount = amount.map(|amount| amount.format(words.language)).unwrap_or_default();
            let key = match (word("state"), word("reason")) {
                ("queued", _) => "fact-errand-asked",
                (_, "no-way-out" | "left-already") => "fact-errand-by-person",
                _ => "fact-errand-proposed",
            };
            let what = words.uncapital(&words.word("errand", word("errand_kind")));
            let by = match word("by") {
                "customer" => words.t("errand-by-customer"),
                "playbook" => words.say("by-playbook", &[("playbook", words.word("playbook", word("playbook")).into())]),
                person => words.say("by-whom", &[("name", arg(person))]),
            };
            (words.say(key, &[("what", what.into())]), joined(&[amount, by]), "", String::new())
        }
        "errand.handled" if word("by") == "customer" => said("fact-errand-replaced", String::new()),
        "errand.handled" if word("by") == "rule" => said("fact-errand-over", String::new()),
        "errand.handled" => {
            let (key, tone) = match word("to") {
                "queued" => ("fact-errand-released", ""),
                "dropped" => ("fact-errand-dropped", ""),
                _ => ("fact-errand-by-hand", "kept"),
            };
            (words.t(key), words.say("by-whom", &[("name", arg(word("by")))]), tone, word("reason").to_owned())
        }
        "errand.outcome" => {
            let (key, tone) = match word("state") {
                "done" => ("fact-errand-done", "kept"),
                "refused" => ("fact-errand-refused", "late"),
                "retry" => ("fact-errand-retry", ""),
                _ => ("fact-errand-unknown", "risk"),
            };
            (words.t(key), String::new(), tone, word("said").to_owned())
        }
        "promise.touched" | "order.seen" | "playbook.switched" | "code.mapped" | "notices.said" | "payload.received"
        | "unmapped.seen" => {
            return None;
        }
        other => (other.to_owned(), words.t("fact-not-known"), "", String::new()),
    };
    let (when, machine) = when(words, fact);
    Some(Entry { when, machine, tone, lead, text, raw, withdrawn: false, letter: None })
}

/// Who handled a message: a person, or the guard, since what it held goes on by itself once the reason is over.
pub(crate) fn handled_by(words: &Words, by: &str) -> String {
    if by == "guard" { words.t("the-guard") } else { by.to_owned() }
}

/// What somebody said or wrote, between marks.
fn quoted(words: &Words, said: Option<&str>) -> String {
    said.map_or_else(String::new, |said| words.say("quoted", &[("text", arg(said))]))
}

fn joined(parts: &[String]) -> String {
    let filled: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    filled.join(", ")
}

/// When it happened: in the reader's zone where the instant is known, as given where it is not.
fn when(words: &Words, fact: &FactLine) -> (String, String) {
    match fact.happened.as_ref().map(|moment| (moment, moment.instant())) {
        Some((moment, None)) => (
            format!("{} {}", words.date_short(moment.wall.date()), kept_text::said::time(words.language, moment.wall.time())),
            String::new(),
        ),
        Some((_, Some(at))) => (words.at(kept_base::millis(at)), at.to_string()),
        None => (words.at(fact.recorded), words.machine(fact.recorded)),
    }
}

/// Reads field by field, so that a scan of an older or newer shape still shows what it has.
fn scan(words: &Words, fact: &FactLine) -> (String, String, &'static str, String) {
    let field = |name: &str| text_of(&fact.plain, name);
    let milestone = Milestone::from_word(field("milestone")).unwrap_or(Milestone::Unknown);
    let (lead, tone) = match ExceptionKind::from_word(field("exception")) {
        Some(kind) => (words.word("exception", kind.word()), "risk"),
        None if milestone == Milestone::Unknown => (words.t("fact-unmapped"), ""),
        None => (words.word("milestone", milestone.word()), if milestone == Milestone::Delivered { "kept" } else { "" }),
    };
    let moment = fact.happened.or_else(|| serde_json::from_value(fact.plain.clone()).ok());
    (lead, field("location").to_owned(), tone, raw_words(words, &fact.source, field("code"), field("text"), moment.as_ref()))
}

/// What the source itself said: name, code, words, wall clock with what is known of its offset.
fn raw_words(words: &Words, source: &str, code: &str, text: &str, moment: Option<&Moment>) -> String {
    let quoted = if text.is_empty() { String::new() } else { words.say("quoted", &[("text", arg(text))]) };
    let wall = moment.map(|moment| words.wall(moment)).unwrap_or_default();
    let source = carrier(words, source);
    [source.as_str(), code, quoted.as_str(), wall.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn signal_reason(words: &Words, plain: &Value) -> String {
    let reason = text_of(plain, "reason");
    let threshold = plain.get("threshold").and_then(Value::as_i64);
    let mut parts = Vec::new();
    if !reason.is_empty() {
        parts.push(reason_words(words, reason));
    }
    if let Some(seconds) = threshold {
        parts.push(words.say("reason-threshold", &[("span", kept_text::said::span(words.language, seconds).into())]));
    }
    if let Some(late) = plain.get("lateness").and_then(Value::as_i64).filter(|late| *late > 900) {
        parts.push(words.say("noticed-late", &[("span", kept_text::said::span(words.language, late).into())]));
    }
    parts.join(", ")
}

fn decision(words: &Words, fact: &FactLine, messages: &[MessageFile]) -> Entry {
    let plain = &fact.plain;
    let id = plain.get("message").and_then(|message| message.get("message")).cloned();
    let file =
        id.and_then(|id| serde_json::from_value(id).ok()).and_then(|id| messages.iter().find(|file| file.line.message.id == id));
    let reasons: Vec<String> = plain
        .get("reasons")
        .and_then(Value::as_array)
        .map(|reasons| reasons.iter().filter_map(Value::as_str).map(|reason| guard_reason(words, reason)).collect())
        .unwrap_or_default();
    let playbook = text_of(plain, "playbook");
    let lead = words.t(match text_of(plain, "verdict") {
        "say" => "fact-decided",
        "do" => "fact-decided-do",
        _ => "fact-decided-nothing",
    });
    let mut parts = Vec::new();
    if !playbook.is_empty() {
        parts.push(words.say("by-playbook", &[("playbook", words.word("playbook", playbook).into())]));
    }
    parts.extend(reasons);
    let (when, machine) = when(words, fact);
    Entry {
        when,
        machine,
        tone: if file.is_some_and(|file| file.line.message.state == kept_domain::message::MessageState::Held) {
            "held"
        } else {
            ""
        },
        lead,
        text: parts.join(" · "),
        raw: String::new(),
        withdrawn: false,
        letter: file.map(|file| letter_view(words, file)),
    }
}

fn text_of<'a>(plain: &'a Value, name: &str) -> &'a str {
    plain.get(name).and_then(Value::as_str).unwrap_or_default()
}
