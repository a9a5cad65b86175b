//! A customer: who a promise is made to. Contact data are sealed; here is only what rules need.

use kept_base::{BrandId, Country, CustomerId, Language, MessageId, OrderId, Position, PromiseId, SealedId};
use serde::{Deserialize, Serialize};

use crate::fact::SealedRef;
use crate::message::Channel;

/// The state of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Id.
    pub id: CustomerId,
    /// Whose customer.
    pub brand: BrandId,
    /// When first seen, epoch milliseconds.
    pub since: i64,
    /// Language they are written to.
    pub language: Language,
    /// Where they live.
    pub country: Option<Country>,
    /// IANA zone in which their days end.
    pub zone: String,
    /// False for a firm.
    pub consumer: bool,
    /// True when a mail address is known.
    pub has_address: bool,
    /// True when a phone number is known that a text message can reach.
    pub has_phone: bool,
    /// Sealed [`crate::input::CustomerDetails`] as JSON.
    pub details: Option<SealedRef>,
    /// Orders, oldest first.
    pub orders: Vec<OrderId>,
    /// Promises made to them, oldest first.
    pub promises: Vec<PromiseId>,
    /// Contacts seen: moment (epoch milliseconds) and whether they had to ask.
    pub contacts: Vec<Contact>,
    /// Their mail came back since.
    pub bounced: Option<i64>,
    /// Their number was said to be unreachable for good, since.
    pub phone_bounced: Option<i64>,
    /// They answered STOP, since.
    pub sms_stopped: Option<i64>,
    /// Erased.
    pub erased: bool,
    /// Facts about them.
    pub facts: Vec<Position>,
}

/// A contact by the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Epoch milliseconds.
    pub at: i64,
    /// `mail`, `phone`, `page` …
    pub channel: String,
    /// They had to ask: a chaser.
    pub asked: bool,
    /// What they wrote.
    pub text: Option<SealedRef>,
}

/// A customer was seen for the first time, or their details changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Who.
    pub customer: CustomerId,
    /// Language.
    pub language: Language,
    /// Country.
    pub country: Option<Country>,
    /// Zone.
    pub zone: String,
    /// Consumer or firm.
    pub consumer: bool,
    /// A mail address is known.
    pub has_address: bool,
    /// A phone number is known that a text message can reach.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_phone: bool,
    /// Sealed details.
    pub details: Option<SealedRef>,
}

/// A customer got in touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacted {
    /// Who; `None` when nobody known could be found.
    pub customer: Option<CustomerId>,
    /// Epoch milliseconds.
    pub at: i64,
    /// Channel.
    pub channel: String,
    /// They had to ask.
    pub asked: bool,
    /// What they wrote or said.
    pub text: Option<SealedRef>,
    /// The promises it is about: those asked about, or the one that was named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<PromiseId>,
    /// Who noted it, where a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noted_by: Option<String>,
}

/// A customer said how it went, or chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// About which promise.
    pub promise: PromiseId,
    /// `arrived`, `not_arrived`, `attempt_contested`, `wait`, `another_day`, `cancel`, `reship`, `new_address`, `pickup_point`, `peace`,
    /// `told_otherwise`.
    pub says: String,
    /// Epoch milliseconds.
    pub at: i64,
    /// Their words; of `new_address` and `pickup_point` the address as JSON.
    pub text: Option<SealedRef>,
    /// Who noted it, if not the customer on their page.
    pub noted_by: Option<String>,
}

/// A person was erased: what was sealed about them is gone, and this says which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Who.
    pub customer: CustomerId,
    /// What was deleted.
    pub sealed: Vec<SealedId>,
    /// Who asked.
    pub by: String,
}

/// A customer wants no text messages, or wants them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptedOut {
    /// Who.
    pub customer: CustomerId,
    /// Of what.
    pub channel: Channel,
    /// They took it back: START.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lifted: bool,
    /// Epoch milliseconds.
    pub at: i64,
}

/// Mail to a customer came back, or their number cannot be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounced {
    /// Who.
    pub customer: CustomerId,
    /// The message that came back.
    pub message: Option<MessageId>,
    /// By what it went.
    #[serde(default, skip_serializing_if = "Channel::is_mail")]
    pub channel: Channel,
    /// Epoch milliseconds.
    pub at: i64,
}

impl Customer {
    /// A customer as first registered.
    pub fn new(brand: BrandId, fact: &Registered, recorded: i64) -> Customer {
        Customer {
            id: fact.customer,
            brand,
            since: recorded,
            language: fact.language,
            country: fact.country,
            zone: fact.zone.clone(),
            consumer: fact.consumer,
            has_address: fact.has_address,
            has_phone: fact.has_phone,
            details: fact.details.clone(),
            orders: Vec::new(),
            promises: Vec::new(),
            contacts: Vec::new(),
            bounced: None,
            phone_bounced: None,
            sms_stopped: None,
            erased: false,
            facts: Vec::new(),
        }
    }

    /// Folds a change of details.
    pub fn register(&mut self, fact: &Registered) {
        self.language = fact.language;
        self.country = fact.country;
        self.zone.clone_from(&fact.zone);
        self.consumer = fact.consumer;
        self.has_address = fact.has_address;
        self.has_phone = fact.has_phone;
        self.details.clone_from(&fact.details);
        self.bounced = None;
        self.phone_bounced = None;
        self.erased = false;
    }

    /// Folds a contact; kept in order of time whatever order they arrive in.
    pub fn contact(&mut self, fact: &Contacted) {
        let contact = Contact { at: fact.at, channel: fact.channel.clone(), asked: fact.asked, text: fact.text.clone() };
        let index = self.contacts.partition_point(|other| other.at <= contact.at);
        self.contacts.insert(index, contact);
    }

    /// Folds that something came back.
    pub fn bounce(&mut self, fact: &Bounced) {
        match fact.channel {
            Channel::Mail => self.bounced = Some(fact.at),
            Channel::Sms => self.phone_bounced = Some(fact.at),
        }
    }

    /// Folds a STOP or a START. Details that change do not lift it: the person has not changed their mind.
    pub fn opt_out(&mut self, fact: &OptedOut) {
        if fact.channel == Channel::Sms {
            self.sms_stopped = (!fact.lifted).then_some(fact.at);
        }
    }

    /// Folds the erasure: nothing personal stays.
    pub fn erase(&mut self) {
        self.details = None;
        self.has_address = false;
        self.has_phone = false;
        self.erased = true;
        for contact in &mut self.contacts {
            contact.text = None;
        }
    }
}
