//! Who a customer is, and what they, or the network on their behalf, say.

use kept_base::{Country, Language, Moment};
use serde::{Deserialize, Serialize};

use crate::errand::DeliveryAddress;

/// Who a customer is, as the shop knows them. Everything here but language, country and `consumer` is sealed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomerDetails {
    /// The shop's own reference; without it the address decides who it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Name as written to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Postal address in lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// City, used in sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The language they are written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Country they live in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// IANA time zone, where the shop knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// False for a firm; consumers' law applies to the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer: Option<bool>,
    /// The account (firm) this contact belongs to, by the shop's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// How a customer is named by an entrance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomerRef {
    /// Who, where a page of ours knows it; no text from outside names it.
    #[serde(skip)]
    pub id: Option<kept_base::CustomerId>,
    /// The shop's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Mail address: a claim, good enough to count a contact, never to show anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// An order of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
}

/// A customer got in touch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerContacted {
    /// Who; may be left out where `promise` says it.
    #[serde(default)]
    pub customer: CustomerRef,
    /// The promise it is about, as shown (`prm_…`); else those of the order named, else all still owed to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<kept_base::PromiseId>,
    /// When.
    #[serde(flatten)]
    pub at: Moment,
    /// `mail`, `phone`, `chat`, `page`, `letter`, `shop` …
    pub channel: String,
    /// True when they had to ask how something promised stands; such a contact is a chaser.
    pub asked: bool,
    /// What they wrote or said; sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The person who noted it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noted_by: Option<String>,
}

/// A customer says how a delivery really went, or chooses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerAnswered {
    /// The promise it is about, as shown (`prm_…`); or else the open delivery of `order_number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<kept_base::PromiseId>,
    /// The order whose delivery it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
    /// When.
    #[serde(flatten)]
    pub at: Moment,
    /// What they said.
    pub answer: Answer,
    /// Who wrote it down, when it was said to a person on the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noted_by: Option<String>,
}

/// What a customer can say about a promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "says", rename_all = "snake_case")]
pub enum Answer {
    /// "It arrived."
    Arrived,
    /// "It did not": against a carrier's word that it was delivered.
    NotArrived,
    /// "I was in": against a carrier's word that nobody was.
    AttemptContested,
    /// "I will wait."
    Wait,
    /// "Deliver on another day": amends the promise by the customer's wish.
    AnotherDay {
        /// The day they wish.
        day: jiff::civil::Date,
    },
    /// "Cancel it": the shop is asked, and once it has, a refund becomes due.
    Cancel,
    /// "Send it again": the shop is asked.
    Reship,
    /// "Deliver it elsewhere": the shop is asked, or a person. What was promised stands.
    NewAddress {
        /// Where, whole; sealed.
        address: DeliveryAddress,
    },
    /// "Deliver it to a pick-up point": an address like another, with the point's name where a firm's would stand.
    PickupPoint {
        /// The point's name.
        name: String,
        /// Where it is, and for whom; sealed.
        address: DeliveryAddress,
    },
    /// "Leave me in peace about this."
    Peace,
    /// "Your agent told me …": a word, to be confirmed.
    ToldOtherwise {
        /// In their words; sealed.
        text: String,
    },
}

/// A customer answered STOP to a text message, or START; or said so otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerOptedOut {
    /// Who, where it is not the number that says it.
    #[serde(default, skip_serializing_if = "is_nobody")]
    pub customer: CustomerRef,
    /// The number that said it, with its calling code: everybody who has it is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// When; left out where the source does not say: then it is when it was recorded.
    #[serde(flatten)]
    pub at: Option<Moment>,
    /// They take it back.
    #[serde(default)]
    pub lifted: bool,
}

/// A gateway or the network says whether a message arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageReceipt {
    /// Which, as shown (`msg_…`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<kept_base::MessageId>,
    /// Or by the gateway's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// When; left out where the source does not say: then it is when it was recorded.
    #[serde(flatten)]
    pub at: Option<Moment>,
    /// It reached the phone; else it will not.
    pub delivered: bool,
    /// It did not, and nothing ever will: the number is wrong, or no mobile's.
    #[serde(default)]
    pub unreachable: bool,
    /// The gateway's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

fn is_nobody(reference: &CustomerRef) -> bool {
    *reference == CustomerRef::default()
}
