//! What scorecards are counted from: a parcel with its order and its promise.

use kept_base::{OrderId, ParcelId, PromiseId};
use kept_domain::order::Order;
use kept_domain::parcel::Parcel;
use kept_domain::promise::Promise;
use kept_domain::subject::{Noun, Subject};

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::{Value, params};

/// A parcel as its rows stand now.
#[derive(Debug)]
pub struct ScoredParcel {
    /// The parcel.
    pub parcel: Box<Parcel>,
    /// Its order, once known.
    pub order: Option<Box<Order>>,
    /// The promise to deliver it, once there is one.
    pub promise: Option<Box<Promise>>,
}

impl Connection {
    /// A parcel with its order and its promise.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn scored_parcel(&mut self, id: ParcelId) -> Result<Option<ScoredParcel>, StoreError> {
        let sql = "select q.body, o.body, p.body from parcel q left join purchase o on o.id = q.purchase
                   left join promise p on p.id = q.promise where q.id = $1";
        let Some(row) = self.first(sql, params![id.get()])? else { return Ok(None) };
        let Subject::Parcel(parcel) = Subject::from_bytes(Noun::Parcel, row.blob(0)?)? else { return Ok(None) };
        let order = match maybe(Noun::Order, row.value(1))? {
            Some(Subject::Order(order)) => Some(order),
            _ => None,
        };
        let promise = match maybe(Noun::Promise, row.value(2))? {
            Some(Subject::Promise(promise)) => Some(promise),
            _ => None,
        };
        Ok(Some(ScoredParcel { parcel, order, promise }))
    }

    /// The parcels that serve a promise.
    ///
    /// # Errors
    /// When the database fails.
    pub fn parcels_of_promise(&mut self, promise: PromiseId) -> Result<Vec<ParcelId>, StoreError> {
        let rows = self.query("select id from parcel where promise = $1", params![promise.get()])?;
        rows.iter().map(|row| row.int(0).map(ParcelId::new)).collect()
    }

    /// The parcels of an order.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn parcels_of_order(&mut self, order: OrderId) -> Result<Vec<ParcelId>, StoreError> {
        match self.load(Noun::Order, order.into(), false)? {
            Some(Subject::Order(order)) => Ok(order.parcels),
            _ => Ok(Vec::new()),
        }
    }
}

fn maybe(noun: Noun, body: &Value) -> Result<Option<Subject>, StoreError> {
    match body {
        Value::Blob(body) => Ok(Some(Subject::from_bytes(noun, body)?)),
        _ => Ok(None),
    }
}
