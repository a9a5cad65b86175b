//! Drafting: the letter a playbook would send, in the customer's language, with nothing in it that is not known.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kept_base::{CalendarKind, CustomerId, Language, Phone, from_millis, millis};
use kept_domain::errand::{ErrandKind, ErrandState};
use kept_domain::finding::Finding;
use kept_domain::input::CustomerDetails;
use kept_domain::order::{Line, Order};
use kept_domain::parcel::Parcel;
use kept_domain::playbook::{Audience, Saying};
use kept_domain::promise::{Estimate, ItemKind, ItemState, Promise, PromiseState, SignalKind};
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_domain::{Noun, Subject, watch};
use kept_text::sms::Size;
use kept_text::{Texts, said};
use serde_json::{Map, Value, json};

use crate::considering::Ways;
use crate::deciding::Situation;
use crate::ports::{Channel, Letter};
use crate::secrets::Secrets;
use crate::views::Choice;
use crate::writer::away;
use crate::{Engine, EngineError};

/// A message ready to be decided.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) customer: Option<CustomerId>,
    pub(crate) template: String,
    pub(crate) letter: Letter,
    pub(crate) estimate: Option<Estimate>,
    pub(crate) next_word_at: Option<i64>,
    /// Hash and customer of the link in it.
    pub(crate) link: Option<([u8; 32], i64)>,
}

/// The word for a text message that would be sent as more messages than one may be.
pub(crate) const TOO_LONG: &str = "sms-too-long";

impl Engine {
    /// The message by the first channel that can take it. The flag: it is too long for a text message, and there is no other way; it is
    /// not cut, and does not leave.
    pub(crate) fn draft_by(&self, situation: &Situation, saying: &Saying, ways: &Ways) -> Result<(Draft, bool), EngineError> {
        let draft = self.draft(situation, saying, ways.channel())?;
        if !self.is_too_long(&draft.letter) {
            return Ok((draft, false));
        }
        match ways.open.iter().find(|channel| **channel != Channel::Sms) {
            Some(channel) => Ok((self.draft(situation, saying, *channel)?, false)),
            None => Ok((draft, true)),
        }
    }

    /// Whether a text message would be sent as more messages than one may be.
    pub(crate) fn is_too_long(&self, letter: &Letter) -> bool {
        letter.channel == Channel::Sms && Size::of(&letter.text).segments > self.shared.settings.sms_segments
    }

    fn draft(&self, situation: &Situation, saying: &Saying, channel: Channel) -> Result<Draft, EngineError> {
        let settings = &self.shared.settings;
        let to_customer = saying.audience == Audience::Customer;
        let customer = situation.customer.as_ref().filter(|_| to_customer);
        let details = match situation.customer.as_ref().and_then(|customer| customer.details.as_ref()) {
            Some(sealed) => {
                let bytes = self.shared.database.read(|connection| connection.open_sealed(sealed.id)).map_err(away)?;
                bytes.and_then(|bytes| serde_json::from_slice::<CustomerDetails>(&bytes).ok()).unwrap_or_default()
            }
            None => CustomerDetails::default(),
        };
        let language = customer.map_or(settings.team_language, |customer| customer.language);
        let zone_name = situation.order.as_ref().map_or(settings.zone.as_str(), |order| order.zone.as_str());
        let zone = kept_base::moment::zone_named(zone_name).unwrap_or(TimeZone::UTC);
        let now = from_millis(situation.now).unwrap_or_default().to_zoned(zone.clone());
        let estimate = match saying.message.as_str() {
            "late-warning" | "late-apology" | "late-next-word" => self.estimate(situation, &zone)?,
            _ => None,
        };
        let next_word_at = next_word_at(situation.order.as_ref(), situation.now, saying, &settings.zone);
        let mut writing = Writing { situation, language, zone, today: now.date(), values: Map::new() };
        writing.fill(settings.shop.as_str(), settings.team.as_str(), &details);
        if let Some(estimate) = &estimate {
            let day = said::day_from(language, estimate.day, writing.today);
            writing.put("estimate_day", day);
        }
        if let Some(at) = next_word_at {
            writing.next_word(at);
        }
        let mut link = None;
        if let Some(customer) = customer {
            let secret = self.shared.secrets.link_secret(customer.id);
            let url = format!("{}/p/{secret}", settings.public_url);
            // What their page does not offer, no message does.
            let offers = self.offers_of(&situation.promise, situation.order.as_ref(), &situation.parcels);
            let offered = saying.choices.iter().filter_map(|says| offers.choices.iter().find(|choice| choice.says == *says));
            let choices: Vec<Value> = offered
                .map(|choice| {
                    let url = format!("{url}?choice={}#{}", choice.says, situation.promise.id);
                    json!({ "label": choice_label(language, choice), "url": url })
                })
                .collect();
            if !choices.is_empty() {
                writing.values.insert("choices".to_owned(), Value::Array(choices));
            }
            writing.put("link", url);
            link = Some((Secrets::link_hash(&secret), customer.id.get()));
        } else {
            self.fill_operations(&mut writing)?;
        }
        match situation.signal.kind {
            SignalKind::LinesWithdrawn => self.fill_withdrawn(&mut writing)?,
            SignalKind::Late if situation.promise.kind == "refund" => writing.late_refund(),
            SignalKind::Late if situation.promise.upstream.is_some() => self.fill_partner(&mut writing)?,
            SignalKind::Backordered | SignalKind::NextWordDue => self.fill_waited(&mut writing)?,
            SignalKind::ErrandDone => {
                let refund = self.refund_of(situation)?;
                writing.owed_back(refund.as_ref());
            }
            SignalKind::ErrandRefused | SignalKind::Refunded => {
                writing.owed_back(Some(&situation.promise).filter(|promise| promise.kind == "refund"));
                self.fill_refused(&mut writing)?;
            }
            _ => {}
        }
        if situation.signal.kind == SignalKind::Disputed {
            self.fill_answer_by(&mut writing)?;
        }
        let loaded = self.loaded();
        let values = Value::Object(writing.values);
        let rendered = loaded
            .messages
            .render(&saying.message, language, &values)
            .map_err(|error| EngineError::Invalid(format!("message `{}` could not be written: {error}", saying.message)))?;
        let short = match channel {
            Channel::Sms => loaded
                .messages
                .render_sms(&saying.message, language, &values)
                .map_err(|error| EngineError::Invalid(format!("message `{}` could not be written: {error}", saying.message)))?,
            Channel::Mail => None,
        };
        // A pack that was changed meanwhile may have lost its short text: then it goes by mail, or waits.
        let channel = if short.is_some() { Channel::Sms } else { Channel::Mail };
        let home = customer.and_then(|customer| customer.country);
        let (to_name, to_address) = match channel {
            _ if !to_customer => (settings.team.clone(), settings.operations_address.clone().unwrap_or_default()),
            Channel::Mail => (details.name.clone().unwrap_or_default(), details.email.clone().unwrap_or_default()),
            Channel::Sms => {
                let phone = details.phone.as_deref().and_then(|phone| Phone::mobile(phone, home).ok());
                (details.name.clone().unwrap_or_default(), phone.map(|phone| phone.to_string()).unwrap_or_default())
            }
        };
        let (text, html) = match short {
            Some(short) => (short, String::new()),
            None => (rendered.text, rendered.html),
        };
        Ok(Draft {
            customer: customer.map(|customer| customer.id),
            template: saying.message.clone(),
            letter: Letter {
                channel,
                message_id: String::new(),
                from_name: settings.shop.clone(),
                // Whom a text message comes from is its gateway's setting.
                from_address: if channel == Channel::Mail { settings.from_address.clone() } else { String::new() },
                to_name,
                to_address,
                subject: rendered.subject,
                text,
                html,
                language,
            },
            estimate,
            next_word_at,
            link,
        })
    }

    fn fill_operations(&self, writing: &mut Writing<'_>) -> Result<(), EngineError> {
        let promise = &writing.situation.promise;
        let (owner, told) = (owner_said(writing.language, &promise.owner), !promise.told.is_empty());
        writing.put("owner", owner);
        writing.values.insert("customer_told".to_owned(), Value::Bool(told));
        Ok(())
    }

    /// What comes, what does not, what is paid back and by when.
    fn fill_withdrawn(&self, writing: &mut Writing<'_>) -> Result<(), EngineError> {
        let Some(order) = writing.situation.order.clone() else { return Ok(()) };
        let refund = self.refund_of(writing.situation)?;
        // What was withdrawn and paid back before was said before.
        let since = refund.as_ref().map_or(i64::MIN, |refund| refund.made_at);
        let (mut coming, mut withdrawn) = (Vec::new(), Vec::new());
        for line in order.lines.iter().filter(|line| line.cancelled.is_none_or(|(_, at)| at >= since)) {
            let name = self.line_said(line)?;
            if line.cancelled.is_some() { withdrawn.push(Value::String(name)) } else { coming.push(Value::String(name)) }
        }
        writing.values.insert("lines_coming".to_owned(), Value::Array(coming));
        writing.values.insert("lines_withdrawn".to_owned(), Value::Array(withdrawn));
        writing.owed_back(refund.as_ref());
        Ok(())
    }

    /// What is not in stock, and when the shop expects it: the latest of the days it gave, and none where one line has none.
    fn fill_waited(&self, writing: &mut Writing<'_>) -> Result<(), EngineError> {
        let Some(order) = writing.situation.order.clone() else { return Ok(()) };
        let waiting: Vec<_> = order.waits_for_stock().collect();
        let mut lines = Vec::with_capacity(waiting.len());
        for (line, _) in &waiting {
            lines.push(Value::String(self.line_said(line)?));
        }
        if lines.is_empty() {
            return Ok(());
        }
        writing.values.insert("lines_waited".to_owned(), Value::Array(lines));
        let expected: Option<Vec<i64>> = waiting.iter().map(|(_, backorder)| backorder.expected).collect();
        // The moment ends the day; a day that is over is none to wait for.
        if let Some(by) = expected.and_then(|expected| expected.into_iter().max()).filter(|by| *by > writing.situation.now) {
            let day = writing.day(by - 1);
            writing.put("stock_day", day);
        }
        Ok(())
    }

    /// What a partner has not handed over, and what that endangers.
    fn fill_partner(&self, writing: &mut Writing<'_>) -> Result<(), EngineError> {
        let (Some(upstream), Some(order)) = (writing.situation.promise.upstream.clone(), writing.situation.order.clone()) else {
            return Ok(());
        };
        writing.put("partner", upstream.partner);
        let open = writing.situation.promise.items.iter().filter(|item| item.state == ItemState::Open);
        let open: Vec<ItemKind> = open.map(|item| item.kind).collect();
        let mut lines = Vec::new();
        for line in order.lines.iter().filter(|line| open.contains(&ItemKind::Line(line.id))) {
            lines.push(Value::String(self.line_said(line)?));
        }
        writing.values.insert("lines_waited".to_owned(), Value::Array(lines));
        let found = self.reading(|connection| connection.load(Noun::Promise, upstream.serves.into(), false))?;
        if let Some(served) = found.and_then(crate::gathering::promise_of) {
            if let Some(due) = &served.due {
                let day = said::due_day(writing.language, due, &writing.zone, writing.today);
                writing.put("customer_due", day);
            }
            writing.values.insert("customer_told".to_owned(), Value::Bool(!served.told.is_empty()));
        }
        Ok(())
    }

    /// A line as the customer knows it.
    fn line_said(&self, line: &Line) -> Result<String, EngineError> {
        let title = match &line.title {
            Some(sealed) => self.shared.database.read(|connection| connection.open_sealed(sealed.id)).map_err(away)?,
            None => None,
        };
        let title = title.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| line.sku.clone());
        Ok(if line.quantity > 1 { format!("{title} × {}", line.quantity) } else { title })
    }

    /// The promise to pay back what was paid for an order.
    fn refund_of(&self, situation: &Situation) -> Result<Option<Promise>, EngineError> {
        let Some(refund) = situation.order.as_ref().and_then(|order| order.refund) else { return Ok(None) };
        let found = self.reading(|connection| connection.load(Noun::Promise, refund.into(), false))?;
        Ok(found.and_then(crate::gathering::promise_of))
    }

    /// Why the shop did not do what it was asked last, in its own words.
    fn fill_refused(&self, writing: &mut Writing<'_>) -> Result<(), EngineError> {
        let promise = writing.situation.promise.id;
        let errands = self.reading(|connection| crate::errands::about(connection, promise))?;
        let refused = errands.into_iter().rev().find(|errand| errand.state == ErrandState::Refused);
        if let Some(said) = refused.and_then(|errand| errand.said) {
            writing.put("shop_said", said);
        }
        Ok(())
    }

    fn fill_answer_by(&self, writing: &mut Writing<'_>) -> Result<(), EngineError> {
        let Some(customer) = &writing.situation.customer else { return Ok(()) };
        for id in customer.promises.iter().rev() {
            let found = self.reading(|connection| connection.load(Noun::Promise, (*id).into(), false))?;
            if let Some(Subject::Promise(promise)) = found
                && promise.kind == "reply"
                && promise.order == writing.situation.promise.order
                && let Some(due) = &promise.due
            {
                let day = said::due_day(writing.language, due, &writing.zone, writing.today);
                writing.put("answer_by", day);
                return Ok(());
            }
        }
        Ok(())
    }
}

/// When a message promises the next word: noon of the first working day after the playbook's span.
pub(crate) fn next_word_at(order: Option<&Order>, now: i64, saying: &Saying, house_zone: &str) -> Option<i64> {
    let zone = order.map_or(house_zone, |order| order.zone.as_str());
    let day_end = watch::after(now, saying.next_word.as_ref()?, CalendarKind::WorkingDaysMonSat, zone)?;
    let noon = millis(from_millis(day_end)?) - 12 * 3_600_000;
    Some(noon.max(now + 3_600_000))
}

struct Writing<'a> {
    situation: &'a Situation,
    language: Language,
    zone: TimeZone,
    today: Date,
    values: Map<String, Value>,
}

impl Writing<'_> {
    fn put(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(name.to_owned(), Value::String(value.into()));
    }

    /// What is paid back, and by when.
    fn owed_back(&mut self, refund: Option<&Promise>) {
        let Some(refund) = refund else { return };
        if let Some(amount) = refund.amount {
            let text = amount.format(self.language);
            self.put("amount_back", text);
        }
        if let Some(due) = &refund.due {
            let day = said::due_day(self.language, due, &self.zone, self.today);
            self.put("refund_by", day);
        }
    }

    /// What the law has added to a refund that is late, and what it adds next.
    fn late_refund(&mut self) {
        let refund = &self.situation.promise;
        self.owed_back(Some(refund));
        if let Some(added) = refund.penalty.as_ref().and_then(|penalty| penalty.added) {
            let text = added.format(self.language);
            self.put("added_by_law", text);
        }
        if let Some(next) = refund.next_penalty() {
            let (adds, day) = (next.adds.format(self.language), self.day(next.at));
            self.put("adds_next", adds);
            self.put("adds_next_day", day);
        }
    }

    fn day(&self, at: i64) -> String {
        let date = from_millis(at).unwrap_or_default().to_zoned(self.zone.clone()).date();
        said::day_from(self.language, date, self.today)
    }

    fn fill(&mut self, shop: &str, team: &str, details: &CustomerDetails) {
        let situation = self.situation;
        self.put("shop", shop);
        self.put("team", team);
        self.put("order_number", situation.order.as_ref().map_or("", |order| order.number.as_str()));
        if let Some(name) = details.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
            self.put("greeting", name);
        }
        if let Some(due) = &situation.promise.due {
            let day = said::due_day(self.language, due, &self.zone, self.today);
            self.put("due_day", day);
        }
        let in_time = situation.promise.state == PromiseState::Kept;
        self.values.insert("in_time".to_owned(), Value::Bool(in_time));
        if let Some(parcel) = spoken_of(situation) {
            self.put("carrier", carrier_name(&parcel.carrier));
            self.put("tracking_number", parcel.tracking_number.clone());
            if let Some(scan) = parcel.last_scan() {
                let day = self.day(scan.at);
                self.put("last_news_day", day);
                let hours = (situation.now - scan.at).max(0) / 1000;
                let span = said::span(self.language, hours);
                self.put("silent_for", span);
            }
            if let Some((at, _)) = parcel.delivered_at() {
                let day = self.day(at);
                self.put("delivered_day", day);
            }
            self.attempt(parcel);
        }
        if let Some(reason) = reason(situation) {
            self.put("reason", reason);
        }
    }

    fn attempt(&mut self, parcel: &Parcel) {
        let failed = parcel.scans.iter().rev().find(|scan| scan.exception.is_some_and(ExceptionKind::is_failed_attempt));
        if let Some(scan) = failed {
            let day = self.day(scan.at);
            self.put("attempt_day", day);
        }
    }

    /// "lundi avant midi", "on Monday before noon".
    fn next_word(&mut self, at: i64) {
        let local = from_millis(at).unwrap_or_default().to_zoned(self.zone.clone());
        let day = said::day_from(self.language, local.date(), self.today);
        let words = match self.language {
            Language::French => format!("{day} avant midi"),
            Language::English => format!("on {day} before noon"),
        };
        self.put("next_word_day", words);
    }
}

/// The texts of pages, for what letters and errands share with them.
pub(crate) static TEXTS: LazyLock<Option<Texts>> = LazyLock::new(|| Texts::embedded().ok());

/// What a choice is called, in the words of the customer's own page.
fn choice_label(language: Language, choice: &Choice) -> String {
    let amount = choice.amount.map(|amount| ("amount", amount.format(language).into()));
    TEXTS.as_ref().map_or_else(|| choice.says.to_owned(), |texts| texts.say(language, choice.label, amount.as_slice()))
}

/// An owner as people say it: packs name teams by a code that the texts translate; anything else is a name already.
fn owner_said(language: Language, owner: &str) -> String {
    let key = format!("owner-{}", owner.replace('_', "-"));
    match TEXTS.as_ref().filter(|texts| texts.has(language, &key)) {
        Some(texts) => texts.say(language, &key, &[]),
        None => owner.to_owned(),
    }
}

/// The parcel a message speaks of: of a loss, or of its end, the one that this is about, and else the one that is least far.
fn spoken_of(situation: &Situation) -> Option<&Parcel> {
    let armed = situation.mark.armed_by;
    let about = |parcel: &&Parcel| match situation.mark.kind {
        SignalKind::DeclaredLost | SignalKind::FoundAgain => parcel.positions().any(|position| position == armed),
        SignalKind::Lost => parcel.is_missing(),
        _ => false,
    };
    situation.parcels.iter().find(about).or_else(|| slowest(&situation.parcels))
}

/// The parcel that is least far.
pub(crate) fn slowest(parcels: &[Parcel]) -> Option<&Parcel> {
    parcels.iter().min_by_key(|parcel| (parcel.milestone.rank(), parcel.id))
}

/// A reason that a text may give: only with evidence for it.
fn reason(situation: &Situation) -> Option<&'static str> {
    match situation.signal.kind {
        SignalKind::AttemptFailed | SignalKind::AddressProblem => match situation.mark.reason.as_str() {
            "attempt_failed_absent" => Some("absent"),
            "attempt_failed_closed" => Some("closed"),
            "attempt_failed_access" => Some("access"),
            "address_problem" => Some("address"),
            _ => None,
        },
        SignalKind::Unseen | SignalKind::Lost | SignalKind::PickupReminder => match Finding::of_reason(&situation.mark.reason) {
            Some(Finding::NoFirstScan) => Some("no_first_scan"),
            Some(Finding::PresumedLost) => Some("lost"),
            Some(Finding::PickupAboutToExpire) => Some("expiring"),
            _ => None,
        },
        SignalKind::DeclaredLost => Some(if situation.mark.reason == "destroyed" { "destroyed" } else { "lost" }),
        SignalKind::FoundAgain => match situation.mark.reason.as_str() {
            "reshipped" => Some("reshipment"),
            "paid_back" => Some("refund"),
            "reship_withdrawn" => Some("reship_withdrawn"),
            "returning" => Some("returning"),
            _ => None,
        },
        SignalKind::ErrandDone | SignalKind::ErrandRefused => {
            ErrandKind::ALL.into_iter().map(ErrandKind::word).find(|word| *word == situation.mark.reason)
        }
        SignalKind::Returned => {
            let kinds = situation.parcels.iter().flat_map(|parcel| &parcel.exceptions).map(|exception| exception.kind);
            kinds
                .filter_map(|kind| match kind {
                    ExceptionKind::Refused => Some("refused"),
                    ExceptionKind::Unclaimed => Some("unclaimed"),
                    ExceptionKind::AddressProblem => Some("address"),
                    ExceptionKind::Damaged => Some("damaged"),
                    _ => None,
                })
                .next()
        }
        SignalKind::Backordered => Some("not_restocked").filter(|_| situation.mark.reason == "not_restocked"),
        _ => {
            if situation.order.as_ref().is_some_and(|order| order.waits_for_stock().next().is_some()) {
                return Some("backordered");
            }
            if situation.parcels.iter().any(Parcel::is_missing) {
                return Some("lost");
            }
            let parcel = slowest(&situation.parcels);
            let not_handed_over = parcel.is_none_or(|parcel| parcel.milestone == Milestone::Announced);
            let stalled =
                parcel.is_some_and(|parcel| parcel.open_exceptions().any(|open| open.kind == ExceptionKind::StalledInNetwork));
            match situation.mark.reason.as_str() {
                _ if not_handed_over => Some("not_handed_over"),
                "silent" => Some("silent"),
                _ if stalled => Some("silent"),
                "unreachable" | "stuck_at_hub" | "out_for_delivery_not_closed" => Some("not_far_enough"),
                // The next word: to have learned nothing may be said only if nothing was heard since the last one.
                "word_promised" if heard_since_told(situation, parcel) => Some("not_far_enough"),
                _ => None,
            }
        }
    }
}

fn heard_since_told(situation: &Situation, parcel: Option<&Parcel>) -> bool {
    let told = situation.promise.told.iter().map(|told| told.at).max();
    parcel.and_then(Parcel::last_scan).is_some_and(|scan| told.is_none_or(|told| scan.at > told))
}

/// Names of carriers as customers know them.
pub(crate) fn carrier_name(carrier: &str) -> String {
    match carrier {
        "laposte" => "La Poste – Colissimo".to_owned(),
        "chronopost" => "Chronopost".to_owned(),
        "dpd" | "gls" | "dhl" | "ups" | "usps" => carrier.to_uppercase(),
        other => said::capitalised(other),
    }
}
