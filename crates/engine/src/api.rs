//! The engine as the entrances see it. (Contract first; bodies follow.)

use kept_base::{CustomerId, Language, MessageId, OrderId, ParcelId, Position, PromiseId, TokenId, UserId};
use kept_domain::input::Input;
use kept_domain::message::{MessageState, Mode};
use kept_domain::promise::PromiseState;
use kept_domain::vocabulary::{ExceptionKind, Milestone};

use crate::error::EngineError;
use crate::ports::{Inbound, Parsed};
use crate::views::*;
use crate::Engine;

type Result<T> = std::result::Result<T, EngineError>;

/// How one batch is to be recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordOptions {
    /// The client's Idempotency-Key with the hash of the body: the same key gives the same answer, with another body an error.
    pub request_key: Option<(String, [u8; 32])>,
    /// The source's id of the delivery with the raw bytes to keep.
    pub delivery: Option<Delivery>,
}

/// A payload as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Source.
    pub source: String,
    /// The source's id, or the hash of source and bytes.
    pub id: String,
    /// The bytes.
    pub raw: Vec<u8>,
    /// What was wrong with it, when it could not be read.
    pub error: Option<String>,
    /// What in it nothing maps.
    pub unmapped: Vec<crate::ports::Unmapped>,
}

/// What was recorded; durable when this is returned.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recorded {
    /// Inputs taken.
    pub accepted: u32,
    /// Inputs that were known already.
    pub duplicates: u32,
    /// Facts written because of them, signals included.
    pub facts: u32,
    /// Inputs that could not be taken: index in the batch and why, in the user's words.
    pub rejected: Vec<(u32, String)>,
    /// Last position written.
    pub position: Option<Position>,
    /// True when this is the stored answer to an earlier request with the same key.
    pub repeated: bool,
}

/// A signed-in user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Mail address used to sign in.
    pub email: String,
    /// Name shown.
    pub name: String,
    /// `agent`, `supervisor`, `admin`.
    pub role: String,
    /// Language of their pages.
    pub language: Language,
    /// Argon2id hash in PHC form.
    pub password_hash: String,
    /// False: may not sign in.
    pub active: bool,
}

/// An API token without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// `facts:write`, `read`, `admin`.
    pub scopes: Vec<String>,
    /// Epoch milliseconds.
    pub created: i64,
    /// Last used, epoch milliseconds.
    pub last_used: Option<i64>,
    /// Revoked, epoch milliseconds.
    pub revoked: Option<i64>,
}

/// Something changed: pages that show it may fetch anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Position of the last fact.
    pub position: Position,
}

macro_rules! unfinished { ($($arg:ident),*) => {{ $(let _ = &$arg;)* Err(EngineError::Unavailable("not built yet".to_owned())) }} }

/// Writing. Every call returns only when what it says is durable.
impl Engine {
    /// Records a batch of news; each input that is wrong is rejected by itself, the others are taken.
    ///
    /// # Errors
    /// When nothing could be made durable, or the request key was used with another body.
    pub fn record(&self, inputs: Vec<Input>, options: RecordOptions) -> Result<Recorded> { unfinished!(inputs, options) }
    /// Takes a payload from a partner: parses, keeps the bytes, records. The signature is checked before by the caller.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn receive(&self, inbound: &dyn Inbound, raw: &[u8]) -> Result<(Parsed, Recorded)> { let _ = inbound; unfinished!(raw) }
    /// Counts a delivery refused for its signature; nothing of it is stored.
    ///
    /// # Errors
    /// When the count could not be written.
    pub fn count_refused(&self, source: &str) -> Result<()> { unfinished!(source) }
    /// Switches a playbook.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for a name no pack has.
    pub fn switch_playbook(&self, name: &str, mode: Mode, by: &str) -> Result<()> { unfinished!(name, mode, by) }
    /// Releases shadowed, waiting or held messages: they leave. Gives how many; those in another state are skipped.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn release_messages(&self, messages: &[MessageId], by: &str) -> Result<u32> { unfinished!(messages, by) }
    /// Drops messages: nothing will be said. Gives how many.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn drop_messages(&self, messages: &[MessageId], by: &str, reason: &str) -> Result<u32> { unfinished!(messages, by, reason) }
    /// Says what became of a message whose fate was unknown: accepted, or queued to send it again knowingly.
    ///
    /// # Errors
    /// [`EngineError::Conflict`] when it is not unknown.
    pub fn resolve_unknown(&self, message: MessageId, to: MessageState, by: &str) -> Result<()> { unfinished!(message, to, by) }
    /// Gives a code its meaning; scans to come and those already kept are read by it.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn map_code(&self, source: &str, code: &str, milestone: Milestone, exception: Option<ExceptionKind>, by: &str) -> Result<()> { unfinished!(source, code, milestone, exception, by) }
    /// Gives a promise another owner.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Invalid`] for an empty owner.
    pub fn assign_promise(&self, promise: PromiseId, owner: &str, by: &str) -> Result<()> { unfinished!(promise, owner, by) }
    /// The company gives a promise up: it is broken, with who did it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Conflict`] when it is not open.
    pub fn withdraw_promise(&self, promise: PromiseId, cause: &str, by: &str) -> Result<()> { unfinished!(promise, cause, by) }
    /// Settles a dispute by a person, on evidence.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Conflict`] when it is not disputed.
    pub fn settle_dispute(&self, promise: PromiseId, state: PromiseState, by: &str) -> Result<()> { unfinished!(promise, state, by) }
    /// Erases a person: what is sealed about them is deleted everywhere, and history still verifies.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn erase_customer(&self, customer: CustomerId, by: &str) -> Result<u32> { unfinished!(customer, by) }
}

/// Reading. Blocking: call from a thread that may wait, never from an async task.
impl Engine {
    /// The engine's clock, epoch milliseconds.
    pub fn now(&self) -> i64 { 0 }
    /// The shop's name.
    pub fn shop(&self) -> String { String::new() }
    /// The shop's zone (IANA), in which the team's days end.
    pub fn zone(&self) -> String { "Europe/Paris".to_owned() }
    /// What needs a person now.
    ///
    /// # Errors
    /// Database errors, as for all reads.
    pub fn today(&self) -> Result<Today> { unfinished!() }
    /// A page of promises.
    ///
    /// # Errors
    /// Database errors.
    pub fn promises(&self, filter: &PromiseFilter) -> Result<Page<PromiseLine>> { unfinished!(filter) }
    /// A promise.
    ///
    /// # Errors
    /// Database errors.
    pub fn promise(&self, id: PromiseId) -> Result<Option<PromiseFile>> { unfinished!(id) }
    /// A page of parcels.
    ///
    /// # Errors
    /// Database errors.
    pub fn parcels(&self, filter: &ParcelFilter) -> Result<Page<ParcelLine>> { unfinished!(filter) }
    /// A parcel.
    ///
    /// # Errors
    /// Database errors.
    pub fn parcel(&self, id: ParcelId) -> Result<Option<ParcelFile>> { unfinished!(id) }
    /// An order.
    ///
    /// # Errors
    /// Database errors.
    pub fn order(&self, id: OrderId) -> Result<Option<(OrderFile, Vec<FactLine>)>> { unfinished!(id) }
    /// Customers, newest first; `search` is a whole mail address or reference.
    ///
    /// # Errors
    /// Database errors.
    pub fn customers(&self, search: Option<&str>, after: Option<&str>, limit: Option<u32>) -> Result<Page<CustomerLine>> { unfinished!(search, after, limit) }
    /// A customer.
    ///
    /// # Errors
    /// Database errors.
    pub fn customer(&self, id: CustomerId) -> Result<Option<CustomerFile>> { unfinished!(id) }
    /// A page of messages, newest first.
    ///
    /// # Errors
    /// Database errors.
    pub fn messages(&self, filter: &MessageFilter) -> Result<Page<MessageLine>> { unfinished!(filter) }
    /// A message with its letter.
    ///
    /// # Errors
    /// Database errors.
    pub fn message(&self, id: MessageId) -> Result<Option<MessageFile>> { unfinished!(id) }
    /// Playbooks with their switches and records.
    ///
    /// # Errors
    /// Database errors.
    pub fn playbooks(&self) -> Result<Vec<PlaybookLine>> { unfinished!() }
    /// Figures of promises whose first due lies in `from..before` (epoch milliseconds), of one kind or all.
    ///
    /// # Errors
    /// Database errors.
    pub fn figures(&self, from: i64, before: i64, kind: Option<&str>) -> Result<Figures> { unfinished!(from, before, kind) }
    /// What nothing maps.
    ///
    /// # Errors
    /// Database errors.
    pub fn unmapped(&self) -> Result<Vec<UnmappedLine>> { unfinished!() }
    /// Payloads that could not be read, newest first.
    ///
    /// # Errors
    /// Database errors.
    pub fn quarantine(&self) -> Result<Vec<QuarantineLine>> { unfinished!() }
    /// How the installation is.
    ///
    /// # Errors
    /// Database errors.
    pub fn health(&self) -> Result<Health> { unfinished!() }
    /// Where an order number, tracking number, id (`prm_…`) or mail address leads.
    ///
    /// # Errors
    /// Database errors.
    pub fn find(&self, text: &str) -> Result<Option<Found>> { unfinished!(text) }
    /// What a customer sees behind their secret link; `None` for a wrong one. Opening it is not a contact.
    ///
    /// # Errors
    /// Database errors.
    pub fn customer_page(&self, secret: &str) -> Result<Option<CustomerPage>> { unfinished!(secret) }
    /// The secret of a customer's link, for the team to hand on.
    ///
    /// # Errors
    /// Database errors; [`EngineError::NotFound`].
    pub fn customer_secret(&self, customer: CustomerId) -> Result<String> { unfinished!(customer) }
    /// Names of owners in use.
    ///
    /// # Errors
    /// Database errors.
    pub fn owners(&self) -> Result<Vec<String>> { unfinished!() }
    /// Says whenever facts were written.
    pub fn changes(&self) -> tokio::sync::broadcast::Receiver<Change> { tokio::sync::broadcast::channel(1).1 }
}

/// Accounts: operational, never in the ledger.
impl Engine {
    /// True while nobody can sign in.
    ///
    /// # Errors
    /// Database errors.
    pub fn has_no_users(&self) -> Result<bool> { unfinished!() }
    /// Adds a user. The first one must be made with `only_if_first`, which fails when somebody was faster.
    ///
    /// # Errors
    /// [`EngineError::Conflict`] when the address is taken, or not the first.
    pub fn add_user(&self, email: &str, name: &str, role: &str, language: Language, password_hash: &str, only_if_first: bool) -> Result<UserId> { unfinished!(email, name, role, language, password_hash, only_if_first) }
    /// A user by address (any case).
    ///
    /// # Errors
    /// Database errors.
    pub fn user_by_email(&self, email: &str) -> Result<Option<User>> { unfinished!(email) }
    /// All users.
    ///
    /// # Errors
    /// Database errors.
    pub fn users(&self) -> Result<Vec<User>> { unfinished!() }
    /// Changes role, language, password or activity; every session of theirs ends when role, password or activity changes.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn change_user(&self, user: &User) -> Result<()> { unfinished!(user) }
    /// Opens a session: `hash` is SHA-256 of the cookie.
    ///
    /// # Errors
    /// Database errors.
    pub fn open_session(&self, hash: [u8; 32], user: UserId, expires: i64) -> Result<()> { unfinished!(hash, user, expires) }
    /// The user of a session that is still good.
    ///
    /// # Errors
    /// Database errors.
    pub fn session(&self, hash: [u8; 32]) -> Result<Option<User>> { unfinished!(hash) }
    /// Ends a session.
    ///
    /// # Errors
    /// Database errors.
    pub fn end_session(&self, hash: [u8; 32]) -> Result<()> { unfinished!(hash) }
    /// Adds an API token: `hash` is SHA-256 of its 256 random bits.
    ///
    /// # Errors
    /// Database errors.
    pub fn add_token(&self, hash: [u8; 32], name: &str, scopes: &[String]) -> Result<TokenId> { unfinished!(hash, name, scopes) }
    /// The token of a hash, unless revoked.
    ///
    /// # Errors
    /// Database errors.
    pub fn token(&self, hash: [u8; 32]) -> Result<Option<ApiToken>> { unfinished!(hash) }
    /// All tokens.
    ///
    /// # Errors
    /// Database errors.
    pub fn tokens(&self) -> Result<Vec<ApiToken>> { unfinished!() }
    /// Revokes a token.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn revoke_token(&self, token: TokenId) -> Result<()> { unfinished!(token) }
    /// Sets or reads a named secret (webhook signing secrets, carriers' keys).
    ///
    /// # Errors
    /// Database errors.
    pub fn secret(&self, name: &str) -> Result<Option<String>> { unfinished!(name) }
    /// Stores a named secret.
    ///
    /// # Errors
    /// Database errors.
    pub fn set_secret(&self, name: &str, value: &str) -> Result<()> { unfinished!(name, value) }
}
