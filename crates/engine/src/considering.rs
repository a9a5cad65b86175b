//! Considering: what playbooks and the guard make of a signal. Pure: live decisions and trials on the past are both this.

use kept_domain::customer::Customer;
use kept_domain::message::{Channel, LOSSES, MessageState, Mode};
use kept_domain::notice::{Notice, Notices};
use kept_domain::order::Order;
use kept_domain::parcel::Parcel;
use kept_domain::playbook::{Audience, Playbook, Saying};
use kept_domain::promise::{Promise, SignalKind};
use kept_domain::vocabulary::ExceptionKind;
use kept_rules::Facts;
use serde_json::{Map, Value};

/// Messages to one customer within a day, beyond which the next is held.
const MOST_A_DAY: usize = 3;
/// What had become true so long before, when its promise was first heard of, is told to nobody, and nothing is done about it by itself: an
/// imported past. After an outage, however long, whoever was waiting is told. Milliseconds.
const LONGEST_UNTOLD: i64 = 7 * 86_400_000;
/// The guard's word for it.
pub(crate) const LONG_OVER: &str = "long-over";
/// The guard's word where somebody else tells it; who does stands behind it.
pub(crate) const NOTICED: &str = "noticed";

/// Whether what became true of a promise then is long over.
pub(crate) fn is_long_over(promise: &Promise, true_at: i64, now: i64) -> bool {
    promise.heard_at > true_at && now - true_at > LONGEST_UNTOLD
}

/// Who can be reached at all, as the installation is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Operations have an address.
    pub(crate) operations: bool,
    /// There is a gateway for text messages.
    pub(crate) sms: bool,
}

/// What a decision is made among: who can be reached, and what others say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around<'a> {
    pub(crate) reach: Reach,
    pub(crate) notices: &'a Notices,
}

/// By what a message can go to its customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ways {
    /// The channels that can reach them, the one that is wished for first.
    pub(crate) open: Vec<Channel>,
    /// Where none can: why not, as words, and what it would have gone by.
    against: Vec<&'static str>,
    wished: Channel,
}

impl Ways {
    /// What a playbook's channels come to with this customer.
    pub(crate) fn of(saying: &Saying, customer: Option<&Customer>, reach: Reach) -> Ways {
        let wished = saying.channels.first().copied().unwrap_or_default();
        if saying.audience == Audience::Operations {
            let (open, against) =
                if reach.operations { (vec![Channel::Mail], Vec::new()) } else { (Vec::new(), vec!["no-address"]) };
            return Ways { open, against, wished: Channel::Mail };
        }
        let Some(customer) = customer else { return Ways { open: Vec::new(), against: vec!["no-address"], wished } };
        let (mut open, mut against) = (Vec::new(), Vec::new());
        for channel in saying.channels.iter().copied() {
            // What is not set up is no way at all, unless there is no other.
            if channel == Channel::Sms && !reach.sms && saying.channels.len() > 1 {
                continue;
            }
            let reasons = reasons_against(channel, customer, reach);
            if reasons.is_empty() { open.push(channel) } else { against.extend(reasons) }
        }
        Ways { open, against, wished }
    }

    /// By what it goes.
    pub(crate) fn channel(&self) -> Channel {
        self.open.first().copied().unwrap_or(self.wished)
    }

    /// Why nobody is reached.
    fn against(&self) -> &[&'static str] {
        if self.open.is_empty() { &self.against } else { &[] }
    }
}

/// Why a channel cannot reach a customer.
fn reasons_against(channel: Channel, customer: &Customer, reach: Reach) -> Vec<&'static str> {
    let found = match channel {
        Channel::Mail => vec![(!customer.has_address, "no-address"), (customer.bounced.is_some(), "bounced")],
        Channel::Sms => vec![
            (!reach.sms, "no-gateway"),
            (!customer.has_phone, "no-phone"),
            (customer.phone_bounced.is_some(), "phone-unreachable"),
            (customer.sms_stopped.is_some(), "sms-stopped"),
        ],
    };
    found.into_iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason).collect()
}

/// What a decision looks at, where it lies: nothing is copied.
pub(crate) struct Sight<'a> {
    pub(crate) signal: SignalKind,
    /// Why it was raised, as a word.
    pub(crate) reason: &'a str,
    /// When it became true, epoch milliseconds.
    pub(crate) true_at: i64,
    pub(crate) promise: &'a Promise,
    pub(crate) order: Option<&'a Order>,
    pub(crate) customer: Option<&'a Customer>,
    pub(crate) parcels: Parcels<'a>,
    /// How many messages to this customer were decided within a day.
    pub(crate) recent: usize,
    /// What was decided to be said about this promise, and not dropped or refused since: template, and whether it was only shown.
    pub(crate) said: Vec<(&'a str, bool)>,
    pub(crate) now: i64,
}

/// What conditions and the guard can ask about the parcels of an order.
#[derive(Default)]
pub(crate) struct Parcels<'a> {
    pub(crate) count: usize,
    /// Each carrier once, that of the first parcel first.
    pub(crate) carriers: Vec<&'a str>,
    pub(crate) failed_attempts: usize,
}

impl<'a> Parcels<'a> {
    pub(crate) fn of(parcels: impl IntoIterator<Item = &'a Parcel>) -> Parcels<'a> {
        let mut all = Parcels::default();
        for parcel in parcels {
            if !all.carriers.contains(&parcel.carrier.as_str()) {
                all.carriers.push(&parcel.carrier);
            }
            all.count += 1;
            let failed = |exception: ExceptionKind| exception.is_failed_attempt();
            all.failed_attempts += parcel.scans.iter().filter(|scan| scan.exception.is_some_and(failed)).count();
        }
        all
    }
}

/// A fact that conditions can ask about.
struct Asked {
    root: &'static str,
    field: &'static str,
    value: fn(&Sight<'_>) -> Value,
}

const fn asked(root: &'static str, field: &'static str, value: fn(&Sight<'_>) -> Value) -> Asked {
    Asked { root, field, value }
}

/// All of them, those of one root together.
const ASKED: [Asked; 23] = [
    asked("promise", "kind", |sight| sight.promise.kind.as_str().into()),
    asked("promise", "state", |sight| sight.promise.state.word().into()),
    asked("promise", "open", |sight| sight.promise.state.is_open().into()),
    asked("promise", "past_due", |sight| {
        sight.promise.due.as_ref().is_some_and(|due| kept_base::millis(due.at) <= sight.now).into()
    }),
    asked("promise", "amended", |sight| sight.promise.amended.into()),
    asked("promise", "disputed", |sight| sight.promise.disputed.is_some().into()),
    asked("promise", "told", |sight| sight.promise.told.len().into()),
    asked("promise", "told_lost", |sight| sight.promise.was_told(&LOSSES).into()),
    asked("promise", "choice", |sight| sight.promise.choice.as_deref().unwrap_or_default().into()),
    asked("promise", "chasers", |sight| sight.promise.chasers.len().into()),
    asked("promise", "amount_minor", |sight| sight.promise.amount.map_or(0, |amount| amount.minor).into()),
    asked("promise", "owner", |sight| sight.promise.owner.as_str().into()),
    asked("order", "lines", |sight| sight.order.map_or(0, |order| order.lines.len()).into()),
    asked("order", "country", |sight| sight.order.and_then(|order| order.country).map(|country| country.to_string()).into()),
    asked("order", "backordered", |sight| sight.order.is_some_and(|order| order.waits_for_stock().next().is_some()).into()),
    asked("order", "parcels", |sight| sight.parcels.count.into()),
    asked("customer", "known", |sight| sight.customer.is_some().into()),
    asked("customer", "consumer", |sight| sight.customer.is_none_or(|customer| customer.consumer).into()),
    asked("customer", "language", |sight| sight.customer.map(|customer| customer.language.tag()).into()),
    asked("parcel", "carrier", |sight| sight.parcels.carriers.first().copied().into()),
    asked("signal", "kind", |sight| sight.signal.word().into()),
    asked("signal", "reason", |sight| sight.reason.into()),
    asked("signal", "attempts", |sight| sight.parcels.failed_attempts.into()),
];

/// The playbooks that answer a kind of signal, and what their conditions ask: nothing else is gathered.
pub(crate) struct Answering<'a> {
    playbooks: Vec<(&'a Playbook, Mode)>,
    asked: Vec<&'static Asked>,
    roots: Vec<&'static str>,
    /// A condition asks about the parcels of the order.
    pub(crate) asks_parcels: bool,
    /// A condition asks how often delivery was tried.
    pub(crate) asks_attempts: bool,
}

impl<'a> Answering<'a> {
    /// Of these playbooks, those that answer. Where others may tell the same (`notices`), the guard asks about parcels too.
    pub(crate) fn new(
        kind: SignalKind,
        playbooks: impl IntoIterator<Item = (&'a Playbook, Mode)>,
        notices: &Notices,
    ) -> Answering<'a> {
        let playbooks: Vec<_> =
            playbooks.into_iter().filter(|(playbook, mode)| *mode != Mode::Off && playbook.on.contains(&kind)).collect();
        let reads =
            |path: &[&str]| playbooks.iter().filter_map(|(playbook, _)| playbook.when.as_ref()).any(|rule| rule.reads_part(path));
        let asked = ASKED.iter().filter(|asked| reads(&[asked.root, asked.field])).collect();
        let mut roots: Vec<_> = ASKED.iter().map(|asked| asked.root).filter(|root| reads(&[root])).collect();
        roots.dedup();
        let asks_attempts = reads(&["signal", "attempts"]);
        let yields = playbooks.iter().filter_map(|(playbook, _)| playbook.saying()).any(|saying| saying.unless_noticed);
        let noticed = yields && Notice::of_kind(kind).is_some_and(|notice| notices.asks_parcels(notice));
        let asks_parcels = asks_attempts || noticed || reads(&["order", "parcels"]) || reads(&["parcel"]);
        Answering { asked, roots, asks_parcels, asks_attempts, playbooks }
    }

    /// Asks each playbook that says something, and the guard.
    pub(crate) fn consider(&self, sight: &Sight<'_>, around: Around<'_>) -> Vec<Considered<'a>> {
        let says = |Met { playbook, mode, wrong }| {
            let said = (playbook, playbook.saying()?);
            Some(match wrong {
                Some(reason) => nothing(said, mode, vec![reason]),
                None => weigh(sight, said, mode, around),
            })
        };
        self.met(sight).into_iter().filter_map(says).collect()
    }

    /// The playbooks whose condition holds, and those whose condition cannot be judged: these say and do nothing; the reason is on the record.
    pub(crate) fn met(&self, sight: &Sight<'_>) -> Vec<Met<'a>> {
        let facts = self.facts(sight);
        let judged = |(playbook, mode): (&'a Playbook, Mode)| {
            let wrong = match playbook.when.as_ref().map(|rule| rule.holds(&facts)) {
                Some(Ok(false)) => return None,
                Some(Err(error)) => Some(format!("condition: {error}")),
                None | Some(Ok(true)) => None,
            };
            Some(Met { playbook, mode, wrong })
        };
        self.playbooks.iter().copied().filter_map(judged).collect()
    }

    fn facts(&self, sight: &Sight<'_>) -> Facts {
        self.roots.iter().fold(Facts::new(), |facts, root| {
            let fields = self.asked.iter().filter(|asked| asked.root == *root);
            let fields: Map<String, Value> = fields.map(|asked| (asked.field.to_owned(), (asked.value)(sight))).collect();
            facts.with(root, Value::Object(fields))
        })
    }
}

/// A playbook that answers.
pub(crate) struct Met<'a> {
    pub(crate) playbook: &'a Playbook,
    pub(crate) mode: Mode,
    /// Why its condition cannot be judged.
    pub(crate) wrong: Option<String>,
}

/// What a playbook makes of a situation, before anything is drafted.
pub(crate) struct Considered<'a> {
    pub(crate) playbook: &'a Playbook,
    pub(crate) saying: &'a Saying,
    pub(crate) mode: Mode,
    /// By what it can go.
    pub(crate) ways: Ways,
    /// Something is to be said.
    pub(crate) says: bool,
    /// Why it is held, or not said at all, as words.
    pub(crate) reasons: Vec<String>,
    pub(crate) state: MessageState,
    pub(crate) held_until: Option<i64>,
    /// The end of the quiet hours it falls in, when nothing else holds it: whatever the mode, nobody is written to before.
    pub(crate) quiet_until: Option<i64>,
}

/// What the guard says of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Guarded {
    /// Reasons to hold it, as words.
    holds: Vec<String>,
    /// Reasons not to say it at all.
    drops: Vec<String>,
    /// Held only until then.
    until: Option<i64>,
}

fn weigh<'a>(
    sight: &Sight<'_>,
    (playbook, saying): (&'a Playbook, &'a Saying),
    mode: Mode,
    around: Around<'_>,
) -> Considered<'a> {
    let ways = Ways::of(saying, sight.customer, around.reach);
    let guarded = guard(sight, saying, mode, &ways, around.notices);
    if !guarded.drops.is_empty() {
        return nothing((playbook, saying), mode, guarded.drops);
    }
    let reasons = guarded.holds;
    let quiet_until = guarded.until.filter(|_| reasons.len() == 1);
    let state = match mode {
        Mode::Off | Mode::Shadow => MessageState::Shadow,
        _ if reasons.iter().any(|reason| reason != "quiet-hours") => MessageState::Held,
        Mode::Approve => MessageState::Waiting,
        Mode::Automatic if !reasons.is_empty() => MessageState::Held,
        Mode::Automatic => MessageState::Queued,
    };
    let held_until = quiet_until.filter(|_| state == MessageState::Held);
    Considered { playbook, saying, mode, ways, says: true, reasons, state, held_until, quiet_until }
}

fn nothing<'a>((playbook, saying): (&'a Playbook, &'a Saying), mode: Mode, reasons: Vec<String>) -> Considered<'a> {
    let state = MessageState::Dropped;
    let ways = Ways { open: Vec::new(), against: Vec::new(), wished: Channel::Mail };
    Considered { playbook, saying, mode, ways, says: false, reasons, state, held_until: None, quiet_until: None }
}

/// The guard: what every message passes before it leaves.
fn guard(sight: &Sight<'_>, saying: &Saying, mode: Mode, ways: &Ways, notices: &Notices) -> Guarded {
    let mut guarded = Guarded::default();
    let promise = sight.promise;
    if is_long_over(promise, sight.true_at, sight.now) {
        guarded.drops.push(LONG_OVER.to_owned());
    }
    if is_about_lateness(&saying.message) && !promise.state.is_open() {
        guarded.drops.push("outcome-known".to_owned());
    }
    // Said, or on its way to be said: the same news twice is none.
    // What was only shown tells nobody: it counts for a playbook that only shows.
    let said = |template: &String| sight.said.iter().any(|(said, shown)| said == template && (!shown || mode == Mode::Shadow));
    if saying.unless_told.iter().any(said) {
        guarded.drops.push("told-already".to_owned());
    }
    if let Some(teller) = noticed(sight, saying, notices) {
        guarded.drops.push(format!("{NOTICED}: {teller}"));
    }
    guarded.holds.extend(ways.against().iter().map(|reason| (*reason).to_owned()));
    if saying.audience == Audience::Operations {
        return guarded;
    }
    if promise.peace {
        guarded.drops.push("peace".to_owned());
    }
    match sight.customer {
        None => {}
        Some(customer) if customer.erased => guarded.drops.push("erased".to_owned()),
        Some(customer) => {
            if sight.recent >= MOST_A_DAY {
                guarded.holds.push("too-many".to_owned());
            }
            if let Some(until) = quiet_until(sight.now, &customer.zone) {
                guarded.holds.push("quiet-hours".to_owned());
                guarded.until = Some(until);
                // In the morning it would speak of a day that is over; then an apology is due, not a warning.
                if saying.message == "late-warning" && promise.due.as_ref().is_some_and(|due| kept_base::millis(due.at) <= until)
                {
                    guarded.drops.push("due-before-morning".to_owned());
                }
            }
        }
    }
    guarded
}

/// Who tells the customer the same by itself, as a person of the team said.
fn noticed<'n>(sight: &Sight<'_>, saying: &Saying, notices: &'n Notices) -> Option<&'n str> {
    let notice = Notice::of(sight.signal, sight.reason, sight.order).filter(|_| saying.unless_noticed)?;
    notices.teller(notice, sight.order.map_or("", |order| order.shop.as_str()), &sight.parcels.carriers)
}

/// Messages that make sense only while the promise is open.
pub(crate) fn is_about_lateness(template: &str) -> bool {
    matches!(
        template,
        "late-warning"
            | "late-apology"
            | "late-next-word"
            | "backordered"
            | "silent-operations"
            | "pickup-waiting"
            | "pickup-reminder"
            | "presumed-lost"
            | "carrier-enquiry"
            | "attempt-failed"
            | "address-problem"
    )
}

/// In quiet hours (21:00 to 08:00 where the customer lives): until when.
fn quiet_until(now: i64, zone: &str) -> Option<i64> {
    let zone = kept_base::moment::zone_named(zone).ok()?;
    let local = kept_base::from_millis(now)?.to_zoned(zone.clone());
    let day = match local.hour() {
        0..8 => local.date(),
        21.. => local.date().tomorrow().ok()?,
        _ => return None,
    };
    let morning = day.at(8, 0, 0, 0).to_zoned(zone).ok()?;
    Some(kept_base::millis(morning.timestamp()))
}
