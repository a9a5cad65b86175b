//! What a customer may choose now, and what it is called: one rule for messages and for the customer's own page.

use kept_base::{Country, Money};
use kept_domain::address::has_states;
use kept_domain::definition::FeePolicy;
use kept_domain::errand::ErrandKind;
use kept_domain::input::CancelledBy;
use kept_domain::order::Order;
use kept_domain::parcel::Parcel;
use kept_domain::promise::{Promise, PromiseState};
use kept_domain::react;

use crate::Engine;
use crate::views::{Choice, Offers};

/// What a choice is offered by.
struct Standing<'a> {
    promise: &'a Promise,
    order: Option<&'a Order>,
    parcels: &'a [Parcel],
    /// What the order's shop can be asked to do.
    kinds: &'a [ErrandKind],
    fee: FeePolicy,
}

impl Engine {
    /// What the shop of a promise's order can be asked to do, and what its customer may choose.
    pub(crate) fn offers_of(&self, promise: &Promise, order: Option<&Order>, parcels: &[Parcel]) -> Offers {
        let shop = order.map_or("", |order| order.shop.as_str());
        let kinds: Vec<ErrandKind> = ErrandKind::ALL.into_iter().filter(|kind| self.offers(shop, *kind)).collect();
        let fee = self.loaded().packs.definition("delivery").map_or(FeePolicy::None, |definition| definition.fee);
        let standing = Standing { promise, order, parcels, kinds: &kinds, fee };
        let choices = standing.choices();
        Offers { destination: standing.destination(), choices, kinds }
    }
}

impl Standing<'_> {
    /// The choices that make sense now, in the order in which they are shown; all have the same weight.
    fn choices(&self) -> Vec<Choice> {
        let Promise { state, choice, .. } = self.promise;
        let chosen = |says: &str| choice.as_deref() == Some(says);
        let delivery = self.promise.kind == "delivery";
        let plain = Choice::plain;
        let mut out = Vec::new();
        if state.is_open() && delivery {
            out.push(plain("arrived"));
            if self.parcels.iter().any(Parcel::will_not_come) && self.can(ErrandKind::Reshipment) && !chosen("reship") {
                out.push(plain("reship"));
            }
            if self.attempt_claimed() {
                out.push(plain("attempt_contested"));
            }
            if matches!(state, PromiseState::AtRisk | PromiseState::Late) && !chosen("wait") {
                out.push(plain("wait"));
            }
            out.push(plain("another_day"));
            out.extend(self.elsewhere().iter().map(|says| plain(says)));
            if !chosen("cancel") {
                out.push(self.cancel());
            }
        } else if *state == PromiseState::Broken && delivery && !chosen("reship") && !chosen("cancel") {
            out.extend(self.instead_of_what_is_gone());
        } else if matches!(state, PromiseState::Kept | PromiseState::KeptLate) && self.promise.disputed.is_none() {
            out.push(if delivery { plain("not_arrived") } else { Choice::named("not_arrived", "own-choice-not-so", None) });
        }
        if state.is_open() && !self.promise.peace {
            out.push(plain("peace"));
        }
        out
    }

    fn can(&self, kind: ErrandKind) -> bool {
        self.kinds.contains(&kind)
    }

    fn attempt_claimed(&self) -> bool {
        let exceptions = self.parcels.iter().flat_map(|parcel| &parcel.exceptions);
        exceptions.into_iter().any(|exception| exception.kind.is_failed_attempt() && !exception.contested)
    }

    /// Another address: while nothing has left, where the shop can change it; after, only where the carrier needs it, and a person passes
    /// it on. A pick-up point is an address of the shop's order: no carrier is told of one.
    fn elsewhere(&self) -> &'static [&'static str] {
        let left = self.parcels.iter().any(Parcel::has_left);
        if self.destination().is_none() {
            &[]
        } else if !left && self.can(ErrandKind::AddressChange) {
            &["new_address", "pickup_point"]
        } else if left && self.parcels.iter().any(Parcel::wants_address) {
            &["new_address"]
        } else {
            &[]
        }
    }

    /// The country an address can be given in; none where it is not known, or where an address needs more than the form asks for.
    fn destination(&self) -> Option<Country> {
        self.order.and_then(|order| order.country).filter(|country| !has_states(*country))
    }

    /// Done at once, with what is paid back, or looked at by a person first: where the shop cannot be asked, or a parcel has left already.
    fn cancel(&self) -> Choice {
        if self.parcels.iter().any(Parcel::has_left) || !self.can(ErrandKind::CancelOrder) {
            return Choice::named("cancel", "own-choice-ask-cancel", None);
        }
        let standing = |order: &&Order| order.lines.iter().filter(|line| line.cancelled.is_none()).map(|line| line.id).collect();
        let amount = self.order.and_then(|order| self.owed_for(order, standing(&order)));
        let label = if amount.is_some() { "own-choice-cancel-amount" } else { "own-choice-cancel" };
        Choice::named("cancel", label, amount)
    }

    /// What broke the promise will not come: it is sent again, or what was paid for it comes back.
    fn instead_of_what_is_gone(&self) -> Vec<Choice> {
        let Some(order) = self.order else { return Vec::new() };
        let gone = react::gone(self.promise, order);
        if gone.is_empty() {
            return Vec::new();
        }
        let reship = self.can(ErrandKind::Reshipment).then(|| Choice::plain("reship"));
        let refund = self.owed_for(order, gone).map(|amount| Choice::named("cancel", "own-choice-refund-amount", Some(amount)));
        reship.into_iter().chain(refund).collect()
    }

    fn owed_for(&self, order: &Order, lines: Vec<kept_base::LineId>) -> Option<Money> {
        react::owed_back(order, &lines, CancelledBy::Customer, self.fee).filter(|amount| amount.minor > 0)
    }
}

impl Choice {
    /// A choice whose label is that of its word.
    fn plain(says: &'static str) -> Choice {
        let label = match says {
            "arrived" => "own-choice-arrived",
            "not_arrived" => "own-choice-not-arrived",
            "attempt_contested" => "own-choice-attempt-contested",
            "wait" => "own-choice-wait",
            "another_day" => "own-choice-another-day",
            "reship" => "own-choice-reship",
            "new_address" => "own-choice-new-address",
            "pickup_point" => "own-choice-pickup-point",
            _ => "own-choice-peace",
        };
        Choice::named(says, label, None)
    }

    fn named(says: &'static str, label: &'static str, amount: Option<Money>) -> Choice {
        Choice { says, label, amount }
    }
}
