//! Connections at work: those given at the start, and those made on a page, which are picked up while Kept runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use kept_engine::Engine;
use kept_engine::ports::{Connector, ConnectorKind, Given, Outbound, Shop};

use crate::askers::{Askers, Stop};
use crate::connectors::{Asks, Partner};
use crate::polling;
use crate::shops;

/// How often it is looked whether a page changed something.
const LOOK: Duration = Duration::from_secs(1);

/// How often partners are asked.
#[derive(Clone, Copy, Debug)]
pub struct Pauses {
    /// Between two rounds of asking carriers.
    pub carriers: Duration,
    /// Between two rounds of asking shops.
    pub shops: Duration,
    /// Days read back when a shop is asked for the first time.
    pub shop_days: u16,
}

/// A connection made on a page, at work.
struct AtWork {
    given: Given,
    /// The way out, where it is a shop.
    shop: Option<Arc<dyn Shop>>,
    /// The way out, where it is a gateway.
    gateway: Option<Arc<dyn Outbound>>,
    _askers: Askers,
}

/// Keeps what asks in step with what pages say, until it is time to stop. `at_start`: ways out to shops given at the start.
pub fn start(
    askers: &mut Askers,
    engine: &Engine,
    partners: &[Arc<Partner>],
    at_start: Vec<Arc<dyn Shop>>,
    pauses: Pauses,
) -> Result<()> {
    let (engine, partners) = (engine.clone(), partners.to_vec());
    engine.set_shops(at_start.clone());
    askers.start("connections".to_owned(), move |stop| keep_in_step(&engine, &partners, &at_start, pauses, stop))
}

fn keep_in_step(engine: &Engine, partners: &[Arc<Partner>], at_start: &[Arc<dyn Shop>], pauses: Pauses, stop: &Stop) {
    let mut at_work: BTreeMap<String, AtWork> = BTreeMap::new();
    while !stop.is_set() {
        match engine.connections() {
            Err(error) => tracing::warn!(error = %error, "connections.unread"),
            Ok(saved) => {
                let wanted: BTreeMap<String, Given> =
                    saved.into_iter().map(|connection| (connection.source, connection.given)).collect();
                if step(engine, partners, &mut at_work, &wanted, pauses) {
                    let ways = at_start.iter().cloned().chain(at_work.values().filter_map(|work| work.shop.clone()));
                    engine.set_shops(ways.collect());
                    // One that was set at the start stays: no page sets another then.
                    if !partners.iter().any(|partner| partner.kind() == ConnectorKind::Gateway && partner.set_at_start()) {
                        engine.set_sms_gateway(at_work.values().find_map(|work| work.gateway.clone()));
                    }
                }
            }
        }
        stop.rest(LOOK);
    }
}

/// Ends what is no longer wanted so, and begins what is; whether anything changed.
fn step(
    engine: &Engine,
    partners: &[Arc<Partner>],
    at_work: &mut BTreeMap<String, AtWork>,
    wanted: &BTreeMap<String, Given>,
    pauses: Pauses,
) -> bool {
    let before = at_work.len();
    at_work.retain(|source, work| wanted.get(source) == Some(&work.given));
    let mut changed = at_work.len() != before;
    for (source, given) in wanted {
        let partner =
            partners.iter().find(|partner| partner.source() == source && !partner.set_at_start() && partner.fields().is_some());
        let Some(partner) = partner.filter(|_| !at_work.contains_key(source)) else { continue };
        let begun = begin(engine, partner, given, pauses);
        changed = true;
        at_work.insert(source.clone(), begun);
    }
    changed
}

fn begin(engine: &Engine, partner: &Arc<Partner>, given: &Given, pauses: Pauses) -> AtWork {
    let mut askers = Askers::default();
    let (mut shop, mut gateway) = (None, None);
    let started = match partner.open(given) {
        Err(error) => {
            let noted = engine.note_failed(partner.source(), &error, pauses.carriers.as_secs());
            noted.map_err(anyhow::Error::from)
        }
        Ok(Asks::Gateway(opened)) => {
            gateway = Some(opened.outbound());
            Ok(())
        }
        Ok(Asks::Carrier(poller)) => polling::keep(&mut askers, engine, poller, partner.inbound(), pauses.carriers),
        Ok(Asks::Shop(reader, way_out)) => {
            shop = Some(way_out);
            shops::keep(&mut askers, engine, reader, partner.inbound(), pauses)
        }
    };
    if let Err(error) = started {
        tracing::warn!(error = %error, source = partner.source(), "connection.not_started");
    }
    AtWork { given: given.clone(), shop, gateway, _askers: askers }
}
