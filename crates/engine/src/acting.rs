//! What playbooks that have something done make of a signal: the act drawn up, and whether the shop is asked or a person.

use jiff::civil::Date;
use kept_base::Money;
use kept_domain::errand::{Act, DeliveryAddress, Errand, ErrandKind, ErrandState};
use kept_domain::fact::Body;
use kept_domain::input::CancelledBy;
use kept_domain::message::Mode;
use kept_domain::order::{Line, Order};
use kept_domain::parcel::Parcel;
use kept_domain::playbook::Playbook;
use kept_domain::promise::{Promise, SignalKind};
use kept_store::Connection;
use kept_text::said;

use crate::considering::{LONG_OVER, Met, is_long_over};
use crate::deciding::Situation;
use crate::drafting::TEXTS;
use crate::gathering::{Read, fact_at};
use crate::{Engine, EngineError, errands};

/// No way out of this order's shop can do it: a person does it by hand.
pub(crate) const NO_WAY_OUT: &str = "no-way-out";
/// A parcel has left: what the shop changes now reaches no carrier, so a person tells it.
pub(crate) const LEFT_ALREADY: &str = "left-already";
/// A label was made for the old address: a person makes a new one first.
pub(crate) const LABEL_MADE: &str = "label-made";
/// The shop is being asked for another address right now: which of the two is done last, a person sees to.
pub(crate) const UNDER_WAY: &str = "under-way";

/// An errand that a playbook decided on.
#[derive(Clone, Debug)]
pub(crate) struct ErrandReady {
    pub(crate) act: Act,
    pub(crate) by: String,
    pub(crate) state: ErrandState,
    pub(crate) reason: Option<String>,
}

/// What a playbook that does something makes of a situation.
pub(crate) struct ErrandConsidered<'a> {
    pub(crate) playbook: &'a Playbook,
    pub(crate) mode: Mode,
    pub(crate) reasons: Vec<String>,
    pub(crate) errand: Option<ErrandReady>,
}

/// What is known beside the situation: what was asked for the promise before, and the address its customer gave.
struct Known {
    asked: Vec<(Errand, Option<Act>)>,
    address: Option<DeliveryAddress>,
    /// What a note on the order says of what they chose.
    note: Option<String>,
}

impl Engine {
    /// Asks the playbooks that do something. Most signals have none: then nothing more is read. What is asked meanwhile changes the
    /// promise, and the decision is prepared again.
    pub(crate) fn consider_errands<'a>(
        &self,
        situation: &Situation,
        met: Vec<Met<'a>>,
    ) -> Result<Vec<ErrandConsidered<'a>>, EngineError> {
        let does = |met: Met<'a>| met.playbook.errand().map(|kind| (met, kind));
        let met: Vec<_> = met.into_iter().filter_map(does).collect();
        if met.is_empty() {
            return Ok(Vec::new());
        }
        let known = Known { note: self.note_of(situation), ..self.reading(|connection| known(connection, situation))? };
        let shop = situation.order.as_ref().map_or("", |order| order.shop.as_str());
        Ok(consider(situation, met, &known, |kind| self.offers(shop, kind)))
    }

    /// For whoever packs the order: the day that the customer wishes, in the team's language.
    fn note_of(&self, situation: &Situation) -> Option<String> {
        let day = wished_day(situation)?;
        let language = self.shared.settings.team_language;
        Some(TEXTS.as_ref()?.say(language, "errand-day-note", &[("day", said::day(language, day).into())]))
    }
}

/// The day a customer wishes, where that is what they chose: the promise was amended to its end.
fn wished_day(situation: &Situation) -> Option<Date> {
    let chosen = situation.signal.kind == SignalKind::Chosen && situation.mark.reason == "another_day";
    situation.promise.due.as_ref().filter(|_| chosen && situation.promise.state.is_open()).and_then(|due| due.day)
}

fn known(connection: &mut Connection, situation: &Situation) -> Read<Known> {
    let mut asked = Vec::new();
    for errand in errands::about(connection, situation.promise.id)? {
        let act = connection.open_sealed(errand.content.id)?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        asked.push((errand, act));
    }
    // The answer itself armed the signal: see `react/choice.rs`.
    let answered = match situation.signal.kind {
        SignalKind::Chosen => fact_at(connection, situation.mark.armed_by)?,
        _ => None,
    };
    let address = match answered.map(|fact| fact.body) {
        Some(Body::CustomerAnswered(answered)) => match answered.text {
            Some(sealed) => connection.open_sealed(sealed.id)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()),
            None => None,
        },
        _ => None,
    };
    Ok(Known { asked, address, note: None })
}

/// What playbooks that do something make of a situation. `offers`: whether the order's shop can do it.
fn consider<'a>(
    situation: &Situation,
    met: Vec<(Met<'a>, ErrandKind)>,
    known: &Known,
    offers: impl Fn(ErrandKind) -> bool,
) -> Vec<ErrandConsidered<'a>> {
    let mut all = Vec::new();
    for (Met { playbook, mode, wrong }, kind) in met {
        let nothing = |reason: &str| ErrandConsidered { playbook, mode, reasons: vec![reason.to_owned()], errand: None };
        if let Some(reason) = wrong {
            all.push(nothing(&reason));
            continue;
        }
        if is_long_over(&situation.promise, situation.mark.true_at, situation.now) {
            all.push(nothing(LONG_OVER));
            continue;
        }
        let Some(act) = act_of(kind, mode, situation, known) else {
            let asked = kind == ErrandKind::Refund && refunds_asked(mode, known).next().is_some();
            all.push(nothing(if asked { "asked-already" } else { "nothing-to-do" }));
            continue;
        };
        if was_asked(&act, mode, known) {
            all.push(nothing("asked-already"));
            continue;
        }
        let reason = hands(&act, situation, known, &offers).map(str::to_owned);
        // A note is for the shop's own people; where the shop takes none, what it is about waits for a person anyway.
        if act.kind() == ErrandKind::Note && reason.is_some() {
            all.push(nothing(NO_WAY_OUT));
            continue;
        }
        let state = match mode {
            Mode::Off | Mode::Shadow => ErrandState::Shadow,
            Mode::Automatic if reason.is_none() => ErrandState::Queued,
            Mode::Approve | Mode::Automatic => ErrandState::Waiting,
        };
        let by = if situation.signal.kind == SignalKind::Chosen { "customer" } else { "playbook" };
        let errand = ErrandReady { act, by: by.to_owned(), state, reason: reason.clone() };
        all.push(ErrandConsidered { playbook, mode, reasons: reason.into_iter().collect(), errand: Some(errand) });
    }
    all
}

/// Whether the same was asked for and not dropped. What was only shown counts for a playbook that only shows. Another address is
/// another errand, and so is another note; the same one pressed twice is not.
fn was_asked(act: &Act, mode: Mode, known: &Known) -> bool {
    let mut before = asked_before(act.kind(), mode, known);
    match act {
        // What was asked for is taken off: it is the rest.
        Act::Refund { .. } => false,
        Act::AddressChange { .. } | Act::Note { .. } => before.next_back().is_some_and(|(_, last)| last.as_ref() == Some(act)),
        _ => before.next().is_some(),
    }
}

fn asked_before(kind: ErrandKind, mode: Mode, known: &Known) -> impl DoubleEndedIterator<Item = &(Errand, Option<Act>)> {
    let counts = move |errand: &Errand| {
        let real = mode == Mode::Shadow || errand.state != ErrandState::Shadow;
        errand.kind == kind && real && errand.state != ErrandState::Dropped
    };
    known.asked.iter().filter(move |(errand, _)| counts(errand))
}

/// Why a person does it, or looks at it first, whatever the mode.
fn hands(act: &Act, situation: &Situation, known: &Known, offers: impl Fn(ErrandKind) -> bool) -> Option<&'static str> {
    let readdresses = matches!(act, Act::AddressChange { .. });
    let under_way = |(errand, _): &(Errand, Option<Act>)| errand.kind == ErrandKind::AddressChange && errand.state.is_under_way();
    if readdresses && situation.parcels.iter().any(Parcel::has_left) {
        Some(LEFT_ALREADY)
    } else if !offers(act.kind()) {
        Some(NO_WAY_OUT)
    } else if readdresses && known.asked.iter().any(under_way) {
        Some(UNDER_WAY)
    } else if readdresses && !situation.parcels.is_empty() {
        Some(LABEL_MADE)
    } else {
        None
    }
}

/// The articles that are sent again: what is gone and was not paid back, else all that is still to come; none stands for the whole order.
/// `None`: there is nothing of either.
fn sent_again(order: &Order, parcels: &[Parcel]) -> Option<Vec<String>> {
    let again = match parcels.iter().any(Parcel::will_not_come) {
        true => order.lines_in(parcels, Parcel::will_not_come),
        false => order.lines.iter().filter(|line| line.cancelled.is_none()).collect(),
    };
    if again.is_empty() && !order.lines.is_empty() {
        return None;
    }
    let all = again.len() == order.lines.len();
    Some(again.into_iter().filter(|_| !all).map(|line| line.sku.clone()).collect())
}

/// Refunds that were asked for: how much, and for which articles.
fn refunds_asked(mode: Mode, known: &Known) -> impl Iterator<Item = (i64, &[String])> {
    asked_before(ErrandKind::Refund, mode, known).map(|(errand, act)| {
        let skus = match act {
            Some(Act::Refund { skus, .. }) => skus.as_slice(),
            _ => &[],
        };
        (errand.amount.map_or(0, |amount| amount.minor), skus)
    })
}

/// What the shop is asked to pay back: what is owed, less what it is asked for already. What the law adds to a late refund is more than was
/// paid, which no shop's interface pays back: a person does.
fn to_pay_back(promise: &Promise, mode: Mode, known: &Known) -> Option<Money> {
    let owed = promise.amount.filter(|_| promise.state.is_open())?;
    let by_law = promise.penalty.as_ref().and_then(|penalty| penalty.added).map_or(0, |added| added.minor);
    let asked: i64 = refunds_asked(mode, known).map(|(minor, _)| minor).sum();
    let minor = owed.minor - by_law - asked;
    (minor > 0).then_some(Money { minor, currency: owed.currency })
}

/// What is asked of the shop: for a refund what is owed, for another address the one that was given, for the rest the whole order.
fn act_of(kind: ErrandKind, mode: Mode, situation: &Situation, known: &Known) -> Option<Act> {
    let (promise, order) = (&situation.promise, situation.order.as_ref()?);
    let order_number = order.number.clone();
    match kind {
        ErrandKind::CancelOrder => promise.state.is_open().then(|| Act::Cancellation {
            order_number,
            skus: Vec::new(),
            by: CancelledBy::Customer,
            cause: None,
        }),
        ErrandKind::Reshipment => {
            let skus = sent_again(order, &situation.parcels)?;
            Some(Act::Reshipment { order_number, skus, reason: "it did not arrive".to_owned() })
        }
        ErrandKind::Refund => {
            let amount = to_pay_back(promise, mode, known)?;
            // What was withdrawn and paid back before, or is asked for already, is not paid back again.
            let asked: Vec<&String> = refunds_asked(mode, known).flat_map(|(_, skus)| skus).collect();
            let owed = |line: &&Line| line.cancelled.is_some_and(|(_, at)| at >= promise.made_at) && !asked.contains(&&line.sku);
            let lines: Vec<&Line> = order.lines.iter().filter(owed).collect();
            let of_lines: i64 = lines.iter().filter_map(|line| line.price).map(|price| price.minor).sum();
            Some(Act::Refund {
                order_number,
                amount,
                skus: lines.iter().map(|line| line.sku.clone()).collect(),
                delivery_fee: amount.minor > of_lines,
                reason: "owed back to the customer".to_owned(),
            })
        }
        ErrandKind::AddressChange => {
            let address = known.address.clone().filter(|_| promise.state.is_open())?;
            Some(Act::AddressChange { order_number, address })
        }
        ErrandKind::Note => known.note.clone().map(|text| Act::Note { order_number, text }),
        ErrandKind::CancelLines | ErrandKind::DeliveryDay => None,
    }
}
