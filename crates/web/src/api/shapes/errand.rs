//! Errands as the API shows them.

use kept_base::{Country, Currency, Money};
use kept_domain::errand::DeliveryAddress;
use kept_engine::views::ErrandLine;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{MoneyBody, PersonBody, Sight, iso, person};
use crate::failure::Failure;

/// Something to be done in a shop, or by hand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrandBody {
    /// `ern_…`
    pub id: String,
    /// `note`, `cancel_order`, `cancel_lines`, `refund`, `reshipment`, `address_change`, `delivery_day`.
    pub kind: String,
    /// `shadow`, `waiting`, `queued`, `retry`, `unknown`, `done`, `refused`, `dropped`.
    pub state: String,
    /// The source its order came from.
    pub shop: String,
    /// The promise it serves: `prm_…`
    pub promise: String,
    /// The order: `ord_…`
    pub order: String,
    /// The shop's number of the order.
    pub order_number: Option<String>,
    /// For whom: `cus_…`
    pub customer: Option<String>,
    /// Only with the scope `personal`.
    pub person: Option<PersonBody>,
    /// How much money moves.
    pub amount: Option<MoneyBody>,
    /// Exactly what is asked; only with the scope `personal`, and null once erased.
    #[schema(value_type = Option<Object>)]
    pub act: Option<serde_json::Value>,
    /// The playbook that asked; empty where a person did.
    pub playbook: String,
    /// Who asked: `customer`, `playbook`, or a name.
    pub by: String,
    /// Why a person does it, or looks at it first: `no-way-out`, `left-already`, `label-made`, `under-way`.
    pub reason: Option<String>,
    /// It can be released: the shop is asked then.
    pub can_release: bool,
    /// When it was asked for.
    pub asked_at: String,
    /// Who released, dropped or did it by hand.
    pub handled_by: Option<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// The shop's id of what was made, why it was not, or by what one sees that it was done by hand.
    pub said: Option<String>,
    /// When it was done, refused or dropped.
    pub settled_at: Option<String>,
}

/// Where to deliver.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressBody {
    /// First name, where it is known apart.
    pub first_name: Option<String>,
    /// Last name, or the whole name.
    pub last_name: String,
    /// Firm, or the name of a pick-up point.
    pub company: Option<String>,
    /// Street and number.
    pub street: String,
    /// Second line.
    pub more: Option<String>,
    /// Postal code.
    pub postal: String,
    /// City.
    pub city: String,
    /// State or province, by its code; needed where addresses have one.
    pub state: Option<String>,
    /// ISO 3166-1, two letters: the country the order goes to.
    pub country: String,
    /// Phone.
    pub phone: Option<String>,
}

impl ErrandBody {
    /// An errand.
    #[must_use]
    pub fn of(line: &ErrandLine, sight: Sight) -> ErrandBody {
        let errand = &line.errand;
        ErrandBody {
            id: errand.id.to_string(),
            kind: errand.kind.word().to_owned(),
            state: errand.state.word().to_owned(),
            shop: errand.shop.clone(),
            promise: errand.promise.to_string(),
            order: errand.order.to_string(),
            order_number: line.order_number.clone(),
            customer: errand.customer.map(|id| id.to_string()),
            person: person(line.person.as_ref(), sight),
            amount: errand.amount.map(MoneyBody::of),
            act: sight.of_personal(|| line.act.as_ref().and_then(|act| serde_json::to_value(act).ok())),
            playbook: errand.playbook.clone(),
            by: errand.by.clone(),
            reason: errand.reason.clone(),
            can_release: errand.state.waits() && line.offered,
            asked_at: iso(errand.asked_at),
            handled_by: errand.handled_by.clone(),
            attempts: errand.attempts,
            said: errand.said.clone(),
            settled_at: errand.settled_at.map(iso),
        }
    }
}

impl AddressBody {
    /// The address, without spaces around its parts.
    ///
    /// # Errors
    /// 422 for what is no country.
    pub fn read(self) -> Result<DeliveryAddress, Failure> {
        let country: Country = self
            .country
            .trim()
            .parse()
            .map_err(|_| Failure::invalid("`address.country` is not a country code of two letters", "such as FR"))?;
        let AddressBody { first_name, last_name, company, street, more, postal, city, state, phone, country: _ } = self;
        let address = DeliveryAddress { first_name, last_name, company, street, more, postal, city, state, country, phone };
        Ok(address.trimmed())
    }
}

impl MoneyBody {
    /// An amount above nothing.
    ///
    /// # Errors
    /// 422 for nothing, and for what is no currency.
    pub fn read(&self) -> Result<Money, Failure> {
        let currency: Currency = self
            .currency
            .parse()
            .map_err(|_| Failure::invalid("`amount.currency` is not a currency", "three letters, such as EUR"))?;
        if self.minor <= 0 {
            return Err(Failure::invalid("`amount.minor` is not above nothing", "whole minor units: 1230 for 12.30 EUR"));
        }
        Ok(Money { minor: self.minor, currency })
    }
}
