//! Orders as the API shows them.

use kept_domain::order::{Line, Order};
use kept_engine::views::{FactLine, OrderFile};
use serde::Serialize;
use utoipa::ToSchema;

use super::{DueBody, FactBody, MoneyBody, ParcelBody, PersonBody, Sight, iso, person};

/// An order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderBody {
    /// `ord_…`
    pub id: String,
    /// The shop's number.
    pub number: String,
    /// `cus_…`
    pub customer: Option<String>,
    /// Only with the scope `personal`.
    pub person: Option<PersonBody>,
    /// When placed.
    pub placed_at: String,
    /// Lines.
    pub lines: Vec<LineBody>,
    /// Paid for delivery.
    pub fee: Option<MoneyBody>,
    /// What the shop said.
    pub promised: Option<DueBody>,
    /// Hand-over to the carrier that the shop said.
    pub ship_by: Option<DueBody>,
    /// Destination, ISO 3166.
    pub country: Option<String>,
    /// IANA zone of the destination.
    pub zone: String,
    /// `par_…`
    pub parcels: Vec<String>,
    /// The promise to deliver it: `prm_…`
    pub delivery: Option<String>,
    /// The promise to pay back: `prm_…`
    pub refund: Option<String>,
    /// Paid back so far.
    pub refunded: Option<MoneyBody>,
}

/// A line of an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineBody {
    /// `lin_…`
    pub id: String,
    /// Article number.
    pub sku: String,
    /// Only with the scope `personal`: what people buy can be personal.
    pub title: Option<String>,
    /// How many.
    pub quantity: u32,
    /// Price of the line.
    pub price: Option<MoneyBody>,
    /// Will not come, since.
    pub cancelled_at: Option<String>,
    /// `shop` or `customer`.
    #[schema(value_type = Option<String>)]
    pub cancelled_by: Option<kept_domain::input::CancelledBy>,
}

/// Everything about one order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderFileBody {
    /// The order.
    pub order: OrderBody,
    /// Its parcels.
    pub parcels: Vec<ParcelBody>,
    /// Promises about it: `prm_…`
    pub promises: Vec<String>,
    /// Facts about it, newest first.
    pub facts: Vec<FactBody>,
}

impl OrderBody {
    /// An order.
    #[must_use]
    pub fn of(file: &OrderFile, sight: Sight) -> OrderBody {
        let Order {
            id,
            number,
            customer,
            placed_at,
            fee,
            promised,
            ship_by,
            country,
            zone,
            parcels,
            delivery,
            refund,
            refunded,
            ..
        } = &file.order;
        let titles = file.titles.iter().cloned().chain(std::iter::repeat(None));
        OrderBody {
            id: id.to_string(),
            number: number.clone(),
            customer: customer.map(|id| id.to_string()),
            person: person(file.person.as_ref(), sight),
            placed_at: iso(*placed_at),
            lines: file
                .order
                .lines
                .iter()
                .zip(titles)
                .map(|(line, title)| LineBody::of(line, sight.of_personal(|| title)))
                .collect(),
            fee: fee.map(MoneyBody::of),
            promised: promised.as_ref().map(DueBody::of),
            ship_by: ship_by.as_ref().map(DueBody::of),
            country: country.map(|country| country.to_string()),
            zone: zone.clone(),
            parcels: parcels.iter().map(ToString::to_string).collect(),
            delivery: delivery.map(|id| id.to_string()),
            refund: refund.map(|id| id.to_string()),
            refunded: refunded.map(MoneyBody::of),
        }
    }
}

impl OrderFileBody {
    /// Everything about an order.
    #[must_use]
    pub fn of(file: &OrderFile, facts: Vec<FactLine>, sight: Sight) -> OrderFileBody {
        OrderFileBody {
            order: OrderBody::of(file, sight),
            parcels: file.parcels.iter().map(|parcel| ParcelBody::of(parcel, Some(&file.order.number))).collect(),
            promises: file.promises.iter().map(|promise| promise.id.to_string()).collect(),
            facts: facts.iter().map(FactBody::of).collect(),
        }
    }
}

impl LineBody {
    fn of(line: &Line, title: Option<String>) -> LineBody {
        LineBody {
            id: line.id.to_string(),
            sku: line.sku.clone(),
            title,
            quantity: line.quantity,
            price: line.price.map(MoneyBody::of),
            cancelled_at: line.cancelled.map(|(_, at)| iso(at)),
            cancelled_by: line.cancelled.map(|(by, _)| by),
        }
    }
}
