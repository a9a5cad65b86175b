//! News from and about customers: who they are, that they asked, what they answered.

use kept_base::{CustomerId, Language, Phone, PromiseId};

use super::choice::{address_wished, refund_chosen};
use super::{React, ReactError, Reaction};
use crate::customer::{Answered, Contacted, OptedOut, Registered};
use crate::desk::{Desk, ShelfError};
use crate::input::{Answer, CancelledBy, CustomerAnswered, CustomerContacted, CustomerDetails, CustomerRef, Giver, WordGiven};
use crate::message::Channel;
use crate::order::Order;
use crate::parcel::Contested;
use crate::promise::{Amended, Disputed, ItemSettled, ItemState, Promise, PromiseState, SignalKind, Touched};
use crate::subject::{KeyKind, NaturalKey};
use crate::vocabulary::{ExceptionKind, Milestone};
use crate::watch::Coming;

/// Finds the customer whom an entrance names, without believing more than that.
///
/// # Errors
/// When the store cannot say.
pub fn identify(desk: &mut Desk<'_>, reference: &CustomerRef) -> Result<Option<CustomerId>, ShelfError> {
    if let Some(id) = reference.id {
        return Ok(desk.customer(id)?.map(|customer| customer.id));
    }
    if let Some(number) = &reference.order_number {
        let key = NaturalKey { brand: desk.brand, kind: KeyKind::OrderNumber, key: number.trim().to_owned() };
        if let Some(order) = desk.find(&key)? {
            return Ok(desk.order(order.into())?.and_then(|order| order.customer));
        }
    }
    for text in person_texts(reference.reference.as_deref(), reference.email.as_deref()) {
        let key = NaturalKey { brand: desk.brand, kind: KeyKind::Person, key: desk.shelf().person_key(&text) };
        if let Some(customer) = desk.find(&key)? {
            return Ok(Some(customer.into()));
        }
    }
    Ok(None)
}

/// What a person is found by: the shop's reference first, then the address.
fn person_texts(reference: Option<&str>, email: Option<&str>) -> Vec<String> {
    let reference = reference.map(str::trim).filter(|text| !text.is_empty()).map(|text| format!("reference:{text}"));
    let email = email.map(str::trim).filter(|text| !text.is_empty()).map(|text| format!("email:{}", text.to_lowercase()));
    reference.into_iter().chain(email).collect()
}

/// How many customers can be found by one number: a family, a firm.
const MOST_SHARING: usize = 4;

/// What those who have this number are found by. A number names nobody: it is only asked who is meant by a STOP.
pub(super) fn phone_texts(phone: &Phone) -> impl Iterator<Item = String> {
    (0..MOST_SHARING).map(move |place| format!("phone:{phone}:{place}"))
}

impl React<'_, '_> {
    /// Finds or registers the customer of an order; changed details are registered again.
    pub(super) fn register(
        &mut self,
        details: &CustomerDetails,
        zone: &str,
        country: Option<kept_base::Country>,
    ) -> Result<CustomerId, ReactError> {
        let texts = person_texts(details.reference.as_deref(), details.email.as_deref());
        let mut known = None;
        for text in &texts {
            let key = NaturalKey { brand: self.desk.brand, kind: KeyKind::Person, key: self.desk.shelf().person_key(text) };
            if let Some(subject) = self.desk.find(&key)? {
                known = Some(CustomerId::from(subject));
                break;
            }
        }
        let bytes = serde_json::to_vec(details).map_err(|error| ReactError::Invalid(error.to_string()))?;
        let state = match known {
            Some(id) => self.desk.customer(id)?,
            None => None,
        };
        let home = details.country.or(country);
        let phone = details.phone.as_deref().and_then(|phone| Phone::mobile(phone, home).ok());
        if let Some(state) = state.as_ref().filter(|state| !state.erased && state.has_phone == phone.is_some())
            && let Some(sealed) = &state.details
            && self.desk.shelf().open(sealed)?.as_deref() == Some(bytes.as_slice())
        {
            return Ok(state.id);
        }
        let customer: CustomerId = match known {
            Some(id) => id,
            None => self.desk.mint()?,
        };
        let sealed = self.desk.shelf().seal(&[customer.into()], &bytes)?;
        let language = details.language.unwrap_or(match home {
            Some(country) if country != self.rules.house.country => Language::English,
            _ => Language::French,
        });
        self.desk.emit(Registered {
            customer,
            language,
            country: home,
            zone: details.zone.clone().unwrap_or_else(|| zone.to_owned()),
            consumer: details.consumer.unwrap_or(details.account.is_none()),
            has_address: details.email.as_deref().is_some_and(|email| email.contains('@')),
            has_phone: phone.is_some(),
            details: Some(sealed),
        })?;
        for text in texts {
            let key = NaturalKey { brand: self.desk.brand, kind: KeyKind::Person, key: self.desk.shelf().person_key(&text) };
            self.desk.name_person(key, customer.into())?;
        }
        if let Some(phone) = phone {
            self.give_phone(customer, &phone)?;
        }
        Ok(customer)
    }

    /// Remembers who has this number. A STOP is the number's: who comes to it later gets nothing either.
    fn give_phone(&mut self, customer: CustomerId, phone: &Phone) -> Result<(), ReactError> {
        let mut stopped = false;
        for text in phone_texts(phone) {
            let key = NaturalKey { brand: self.desk.brand, kind: KeyKind::Person, key: self.desk.shelf().person_key(&text) };
            match self.desk.find(&key)?.map(CustomerId::from) {
                None => {
                    self.desk.name_person(key, customer.into())?;
                    break;
                }
                Some(known) if known == customer => break,
                Some(other) => stopped |= self.desk.customer(other)?.is_some_and(|other| other.sms_stopped.is_some()),
            }
        }
        if stopped && self.desk.customer(customer)?.is_some_and(|customer| customer.sms_stopped.is_none()) {
            let at = self.desk.clock;
            self.desk.emit(OptedOut { customer, channel: Channel::Sms, lifted: false, at })?;
        }
        Ok(())
    }

    pub(super) fn customer_contacted(&mut self, news: &CustomerContacted) -> Result<Reaction, ReactError> {
        let (customer, promises) = self.who_and_what(news)?;
        let at = self.instant(&news.at, &self.rules.house.zone);
        let about: Vec<kept_base::SubjectId> = customer.map(Into::into).into_iter().chain(news.promise.map(Into::into)).collect();
        let text = match &news.text {
            Some(text) => Some(self.desk.shelf().seal(&about, text.as_bytes())?),
            None => None,
        };
        if news.asked {
            for promise in &promises {
                self.advance_promise(*promise, false)?;
            }
        }
        self.desk.emit(Contacted {
            customer,
            at,
            channel: news.channel.clone(),
            asked: news.asked,
            text,
            promises: promises.clone(),
            noted_by: news.noted_by.clone(),
        })?;
        if news.asked {
            for promise in promises {
                self.desk.emit(Touched { promise, how: "asked".to_owned(), at })?;
            }
        }
        Ok(Reaction::Taken)
    }

    /// Who got in touch, and the promises it is about: the one that is named, else those they can mean who asks.
    fn who_and_what(&mut self, news: &CustomerContacted) -> Result<(Option<CustomerId>, Vec<PromiseId>), ReactError> {
        let named = identify(self.desk, &news.customer)?;
        if let Some(id) = news.promise {
            let Some(owed_to) = self.desk.promise(id)?.map(|promise| promise.customer) else {
                return Err(ReactError::Invalid(format!("there is no promise {id}")));
            };
            if named.is_some() && owed_to.is_some() && named != owed_to {
                return Err(ReactError::Invalid(format!("promise {id} is made to somebody else than `customer`")));
            }
            return Ok((owed_to.or(named), vec![id]));
        }
        let promises = match named.filter(|_| news.asked) {
            Some(customer) => self.promises_asked_about(customer, news.customer.order_number.as_deref())?,
            None => Vec::new(),
        };
        Ok((named, promises))
    }

    /// The promises a customer who asks can mean: those of the order they name, else all still owed to them.
    fn promises_asked_about(&mut self, customer: CustomerId, order_number: Option<&str>) -> Result<Vec<PromiseId>, ReactError> {
        let order = match order_number {
            Some(number) => self.order_by_number(number)?,
            None => None,
        };
        if let Some(order) = order {
            return Ok(order.delivery.into_iter().chain(order.refund).collect());
        }
        let made = self.desk.customer(customer)?.map(|customer| customer.promises).unwrap_or_default();
        let mut open = Vec::new();
        for id in made {
            if self.desk.promise(id)?.is_some_and(|promise| promise.state.is_open()) {
                open.push(id);
            }
        }
        Ok(open)
    }

    pub(super) fn customer_answered(&mut self, news: &CustomerAnswered) -> Result<Reaction, ReactError> {
        let id = match (news.promise, &news.order_number) {
            (Some(id), _) => id,
            (None, Some(number)) => {
                let order = self.known_order(number)?;
                order.delivery.ok_or_else(|| ReactError::Invalid(format!("order {number} has no delivery promise")))?
            }
            (None, None) => return Err(ReactError::Invalid("name the `promise` or the `order_number`".to_owned())),
        };
        let Some(promise) = self.desk.promise(id)?.cloned() else {
            return Err(ReactError::Invalid(format!("there is no promise {id}")));
        };
        let order = match promise.order {
            Some(order) => self.desk.order(order)?,
            None => None,
        };
        let zone = order.as_ref().map_or(self.rules.house.zone.clone(), |order| order.zone.clone());
        let at = self.instant(&news.at, &zone);
        if repeats(&promise, &news.answer) {
            return Ok(Reaction::Duplicate);
        }
        let amended_due = match &news.answer {
            Answer::AnotherDay { day } => {
                if !promise.state.is_open() {
                    return Err(ReactError::Invalid("this promise is no longer open, so its day cannot be moved".to_owned()));
                }
                Some(self.end_of_day(*day, &zone, "day")?)
            }
            _ => None,
        };
        let address = address_wished(&promise, order.as_ref(), &news.answer)?;
        let refunded = refund_chosen(&promise, order.as_ref(), &news.answer)?;
        self.advance_promise(id, false)?;
        let text = match (&news.answer, promise.customer) {
            (Answer::ToldOtherwise { text }, Some(customer)) => {
                Some(self.desk.shelf().seal(&[customer.into(), id.into()], text.as_bytes())?)
            }
            _ => self.seal_address(&promise, address.as_ref())?,
        };
        let answered = self.desk.emit(Answered {
            promise: id,
            says: says(&news.answer).to_owned(),
            at,
            text: text.clone(),
            noted_by: news.noted_by.clone(),
        })?;
        match &news.answer {
            Answer::Arrived => self.arrived(&promise, at)?,
            Answer::NotArrived => self.not_arrived(&promise, order.as_ref(), at)?,
            Answer::AttemptContested => self.contest(order.as_ref(), at, ExceptionKind::is_failed_attempt)?,
            Answer::Wait | Answer::Peace => {
                self.desk.emit(Touched { promise: id, how: says(&news.answer).to_owned(), at })?;
            }
            Answer::Cancel | Answer::Reship => {
                let says = says(&news.answer);
                let position = self.desk.emit(Touched { promise: id, how: says.to_owned(), at })?;
                match (order, refunded) {
                    // What is gone needs no shop's yes to be owed back.
                    (Some(order), Some(lines)) => self.cancel_lines(&order, lines, CancelledBy::Customer, None, at)?,
                    _ => self.raise(id, None, Coming::seen(SignalKind::Chosen, position, at, says))?,
                }
            }
            Answer::NewAddress { .. } | Answer::PickupPoint { .. } => {
                self.address_chosen(&promise, says(&news.answer), answered, at)?
            }
            Answer::AnotherDay { day } => {
                if let Some(due) = amended_due {
                    self.desk.emit(Amended { promise: id, due, noted_by: news.noted_by.clone() })?;
                    self.day_chosen(&promise, order.as_ref(), *day, news.noted_by.is_some(), at)?;
                }
            }
            Answer::ToldOtherwise { .. } => {
                let word = self.desk.mint()?;
                self.desk.emit(crate::promise::WordGiven {
                    promise: id,
                    word,
                    by: Giver::Agent,
                    given_at: at,
                    due: None,
                    sentence: text,
                    source: Some("customer".to_owned()),
                    waiting: true,
                    exceeded: false,
                    adds: None,
                })?;
            }
        }
        self.rearm(id)?;
        Ok(Reaction::Taken)
    }

    /// "It arrived": the best evidence there is.
    fn arrived(&mut self, promise: &Promise, at: i64) -> Result<(), ReactError> {
        if promise.disputed.is_some() {
            let state = promise.outcome.as_ref().map_or(PromiseState::Kept, |outcome| outcome.state);
            self.desk.emit(crate::promise::Settled { promise: promise.id, state, at, by: "customer".to_owned() })?;
            self.release_replies(promise, at)?;
        } else if promise.state.is_open() {
            self.keep_whole(promise, at)?;
            self.judge_by(promise.id, "customer")?;
        }
        Ok(())
    }

    /// A customer who found it lets us off the answer.
    fn release_replies(&mut self, promise: &Promise, at: i64) -> Result<(), ReactError> {
        // Only what was disputed about an order was promised an answer.
        let (Some(customer), Some(_)) = (promise.customer, promise.order) else { return Ok(()) };
        let made = self.desk.customer(customer)?.map(|customer| customer.promises).unwrap_or_default();
        for id in made {
            let Some(reply) = self.desk.promise(id)?.cloned() else { continue };
            if reply.kind != "reply" || reply.order != promise.order || !reply.state.is_open() {
                continue;
            }
            self.advance_promise(id, false)?;
            for item in reply.items.iter().filter(|item| item.state == ItemState::Open) {
                self.desk.emit(ItemSettled { promise: id, item: item.id, state: ItemState::Released, at, cause: None })?;
            }
            self.judge_by(id, "customer")?;
            self.rearm(id)?;
        }
        Ok(())
    }

    /// "It did not": against a carrier's claim the outcome is disputed, and a dated answer is owed.
    fn not_arrived(&mut self, promise: &Promise, order: Option<&Order>, at: i64) -> Result<(), ReactError> {
        if !matches!(promise.state, PromiseState::Kept | PromiseState::KeptLate) {
            self.desk.emit(Touched { promise: promise.id, how: "asked".to_owned(), at })?;
            return Ok(());
        }
        let parcels = match order {
            Some(order) => self.desk.parcels(&order.parcels)?,
            None => Vec::new(),
        };
        for parcel in parcels.iter().filter(|parcel| parcel.milestone == Milestone::Delivered) {
            self.desk.emit(Contested { parcel: parcel.id, exception: ExceptionKind::DeliveredDisputed, at })?;
        }
        let position = self.desk.emit(Disputed { promise: promise.id, at })?;
        if let (Some(order), Some(customer)) = (order, promise.customer) {
            self.start_promise("promise.disputed", Some(order), customer, None, at)?;
        }
        self.raise(
            promise.id,
            parcels.first().map(|parcel| parcel.id),
            Coming::seen(SignalKind::Disputed, position, at, "not_arrived"),
        )?;
        Ok(())
    }

    fn contest(&mut self, order: Option<&Order>, at: i64, which: fn(ExceptionKind) -> bool) -> Result<(), ReactError> {
        let Some(order) = order else { return Ok(()) };
        for parcel in self.desk.parcels(&order.parcels)? {
            let claims = parcel.exceptions.iter().filter(|exception| !exception.contested && which(exception.kind));
            let mut kinds: Vec<ExceptionKind> = claims.map(|exception| exception.kind).collect();
            kinds.dedup();
            for exception in kinds {
                self.desk.emit(Contested { parcel: parcel.id, exception, at })?;
            }
        }
        Ok(())
    }

    pub(super) fn word_given(&mut self, news: &WordGiven) -> Result<Reaction, ReactError> {
        let kind = news.promise_kind.trim();
        if self.rules.packs.definition(kind).is_none() {
            let known: Vec<&str> = self.rules.packs.definitions.iter().map(|definition| definition.kind.as_str()).collect();
            return Err(ReactError::Invalid(format!("no pack defines promises of kind `{kind}`; known: {}", known.join(", "))));
        }
        let Some(customer) = identify(self.desk, &news.customer)? else {
            return Err(ReactError::Invalid("nobody known has this reference, address or order".to_owned()));
        };
        let order = match &news.customer.order_number {
            Some(number) => self.order_by_number(number)?,
            None => None,
        };
        let zone = self.desk.customer(customer)?.map_or(self.rules.house.zone.clone(), |customer| customer.zone);
        let given_at = self.instant(&news.at, &zone);
        let due = self.due_of_word(news, given_at, &zone)?;
        let standing = self.standing(kind, order.as_ref(), customer)?;
        let promise = match standing {
            Some(promise) => {
                self.advance_promise(promise, false)?;
                promise
            }
            None => match self.make(kind, order.as_ref(), customer, news.amount, given_at)? {
                Some(promise) => promise,
                None => return Err(ReactError::Invalid(format!("promises of kind `{kind}` cannot be made here"))),
            },
        };
        // A condition is free text as well: both are sealed together.
        let said: Vec<&str> = news.sentence.as_deref().into_iter().chain(news.condition.as_deref()).collect();
        let sentence = match said.join(" · ") {
            text if text.is_empty() => None,
            text => Some(self.desk.shelf().seal(&[customer.into(), promise.into()], text.as_bytes())?),
        };
        let word = self.desk.mint()?;
        let waiting = news.condition.is_some();
        self.desk.emit(crate::promise::WordGiven {
            promise,
            word,
            by: news.by,
            given_at,
            due: if waiting { None } else { due },
            sentence,
            source: None,
            waiting,
            exceeded: news.exceeds_authority,
            adds: None,
        })?;
        self.rearm(promise)?;
        Ok(Reaction::Taken)
    }

    fn due_of_word(&mut self, news: &WordGiven, given_at: i64, zone: &str) -> Result<Option<kept_base::Due>, ReactError> {
        if let Some(at) = &news.due_at {
            let due = kept_base::Due::at(kept_base::from_millis(self.instant(at, zone)).unwrap_or_default());
            self.sane(&due, "due_at")?;
            return Ok(Some(due));
        }
        if let Some(day) = news.due_day {
            return self.end_of_day(day, zone, "due_day").map(Some);
        }
        let Some(within) = &news.within else { return Ok(None) };
        let start = kept_base::from_millis(given_at).unwrap_or_default();
        let due = crate::definition::calendar(kept_base::CalendarKind::CalendarDays, zone)
            .due_after(start, within, false)
            .map_err(|error| ReactError::Invalid(format!("`within`: {error}")))?;
        self.sane(&due, "within")?;
        Ok(Some(due))
    }

    /// The promise of a kind that stands already: one thing owed is one promise, however many words were given.
    fn standing(&mut self, kind: &str, order: Option<&Order>, customer: CustomerId) -> Result<Option<PromiseId>, ReactError> {
        match (kind, order) {
            ("delivery", Some(order)) => return Ok(order.delivery),
            ("refund", Some(order)) => return self.open_refund(order),
            _ => {}
        }
        let made = self.desk.customer(customer)?.map(|customer| customer.promises).unwrap_or_default();
        let mut open = Vec::new();
        for id in made {
            let Some(promise) = self.desk.promise(id)?.filter(|promise| promise.kind == kind && promise.state.is_open()) else {
                continue;
            };
            if promise.order == order.map(|order| order.id) {
                return Ok(Some(id));
            }
            open.push(id);
        }
        // A word that names no order is about the one thing of its kind that is owed; where several are, it stands by itself.
        Ok(open.first().copied().filter(|_| order.is_none() && open.len() == 1))
    }
}

fn says(answer: &Answer) -> &'static str {
    match answer {
        Answer::Arrived => "arrived",
        Answer::NotArrived => "not_arrived",
        Answer::AttemptContested => "attempt_contested",
        Answer::Wait => "wait",
        Answer::AnotherDay { .. } => "another_day",
        Answer::Cancel => "cancel",
        Answer::Reship => "reship",
        Answer::NewAddress { .. } => "new_address",
        Answer::PickupPoint { .. } => "pickup_point",
        Answer::Peace => "peace",
        Answer::ToldOtherwise { .. } => "told_otherwise",
    }
}

/// A button pressed twice says nothing new.
fn repeats(promise: &Promise, answer: &Answer) -> bool {
    match answer {
        Answer::NotArrived => promise.disputed.is_some(),
        Answer::Peace => promise.peace,
        Answer::Wait | Answer::Cancel | Answer::Reship => promise.choice.as_deref() == Some(says(answer)),
        Answer::Arrived => promise.disputed.is_none() && promise.outcome.as_ref().is_some_and(|outcome| outcome.by == "customer"),
        // Another day, or another address, is another wish.
        Answer::AttemptContested
        | Answer::AnotherDay { .. }
        | Answer::NewAddress { .. }
        | Answer::PickupPoint { .. }
        | Answer::ToldOtherwise { .. } => false,
    }
}
