//! Authorisation is a value that a handler must hold: these extractors are the only way to get one.
//!
//! A handler that takes none of them is public and says so in its row of the table of routes ([`crate::route`]).

use std::fmt;
use std::marker::PhantomData;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum_extra::extract::cookie::CookieJar;
use kept_base::Language;
use kept_engine::views::CustomerPage;
use kept_engine::{ApiToken, User};

use crate::ask::ask;
use crate::auth::secret;
use crate::failure::Failure;
use crate::gate;
use crate::reader;
use crate::state::App;

/// Anybody who is signed in: agent, supervisor or administrator.
#[derive(Clone, Debug)]
pub struct Agent(pub Session);

/// A supervisor or an administrator.
#[derive(Clone, Debug)]
pub struct Supervisor(pub Session);

/// An administrator.
#[derive(Clone, Debug)]
pub struct Admin(pub Session);

/// Somebody's session.
#[derive(Clone)]
pub struct Session {
    /// Who.
    pub user: User,
    /// The value that every form of theirs carries in its field `csrf`.
    pub csrf: String,
}

/// How far a user may go; each rank may what the one before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Looks after customers.
    Agent,
    /// Answers for what is said: playbooks, withdrawals, disputes, meanings of codes.
    Supervisor,
    /// Runs the installation: people, tokens, secrets, erasure.
    Admin,
}

/// A program with an API token of scope `S`.
#[derive(Clone)]
pub struct Token<S> {
    /// The token.
    pub token: ApiToken,
    scope: PhantomData<fn() -> S>,
}

/// What an API token may do.
pub trait Scope: Send + Sync + 'static {
    /// Its word in the list of scopes of a token.
    const NAME: &'static str;
}

/// Scope `facts:write`: hand in facts.
#[derive(Clone, Copy, Debug)]
pub struct FactsWrite;

/// Scope `read`: read states, without personal details.
#[derive(Clone, Copy, Debug)]
pub struct Read;

/// Scope `admin`: switch playbooks, release messages, withdraw promises.
#[derive(Clone, Copy, Debug)]
pub struct AdminScope;

/// Scope that adds names, addresses and texts to what `read` shows; it opens no route by itself.
pub const PERSONAL: &str = "personal";

/// Every scope a token can have.
pub const SCOPES: [&str; 4] = [FactsWrite::NAME, Read::NAME, PERSONAL, AdminScope::NAME];

/// A customer behind their secret link `/p/{secret}`.
#[derive(Clone)]
pub struct CustomerLink {
    /// The secret in the path.
    pub secret: String,
    /// What they may see.
    pub page: CustomerPage,
}

impl Session {
    /// The language of their pages.
    #[must_use]
    pub fn language(&self) -> Language {
        self.user.language
    }

    /// How far they may go.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::from_word(&self.user.role).unwrap_or(Role::Agent)
    }

    /// Whether they may do what supervisors do; pages show no button that would refuse.
    #[must_use]
    pub fn is_supervisor(&self) -> bool {
        self.role() >= Role::Supervisor
    }

    /// Whether they may do what administrators do.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.role() >= Role::Admin
    }
}

impl Role {
    /// Every role, the narrowest first.
    pub const ALL: [Role; 3] = [Role::Agent, Role::Supervisor, Role::Admin];

    /// The word in accounts, forms and keys of texts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Role::Agent => "agent",
            Role::Supervisor => "supervisor",
            Role::Admin => "admin",
        }
    }

    /// The role of a word; an unknown word is none, and so opens nothing.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }
}

impl<S> Token<S> {
    /// Whether personal details may be shown to it.
    #[must_use]
    pub fn may_see_persons(&self) -> bool {
        self.token.scopes.iter().any(|scope| scope == PERSONAL)
    }

    /// Who acts, as facts say it: `token:` and the name given when it was made.
    #[must_use]
    pub fn actor(&self) -> String {
        format!("token:{}", self.token.name)
    }
}

impl Scope for FactsWrite {
    const NAME: &'static str = "facts:write";
}

impl Scope for Read {
    const NAME: &'static str = "read";
}

impl Scope for AdminScope {
    const NAME: &'static str = "admin";
}

impl FromRequestParts<App> for Agent {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        session_of(parts, app, Role::Agent).await.map(Agent)
    }
}

impl FromRequestParts<App> for Supervisor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        session_of(parts, app, Role::Supervisor).await.map(Supervisor)
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        session_of(parts, app, Role::Admin).await.map(Admin)
    }
}

impl<S: Scope> FromRequestParts<App> for Token<S> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let hash = bearer(&parts.headers).and_then(secret::token_hash).ok_or_else(Failure::token_needed)?;
        let token = ask(&app.engine, move |engine| engine.token(hash)).await?.ok_or_else(Failure::token_needed)?;
        if token.revoked.is_some() {
            return Err(Failure::token_needed());
        }
        if !token.scopes.iter().any(|scope| scope == S::NAME) {
            return Err(Failure::scope_needed(S::NAME));
        }
        Ok(Token { token, scope: PhantomData })
    }
}

impl FromRequestParts<App> for CustomerLink {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let params = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Failure::not_found())?;
        let secret = params.iter().find(|(name, _)| *name == "secret").map(|(_, value)| value.to_owned()).unwrap_or_default();
        if secret.is_empty() || secret.len() > LONGEST_LINK {
            return Err(Failure::not_found());
        }
        let asked = secret.clone();
        let page = ask(&app.engine, move |engine| engine.customer_page(&asked)).await?;
        let Some(page) = page else {
            // Only misses are counted, so that guessing from a shared address never closes the page to its owner.
            let address = gate::client_address(parts, &app.config);
            return Err(app.gate.link_missed(&address).map_or_else(Failure::too_many, |()| Failure::not_found()));
        };
        reader::note(&parts.extensions, page.customer.language);
        Ok(CustomerLink { secret, page })
    }
}

/// No link of ours is longer; anything longer is not worth a query.
const LONGEST_LINK: usize = 200;

/// The value of the session cookie.
pub(crate) fn session_cookie(headers: &HeaderMap, app: &App) -> Option<String> {
    if !headers.contains_key(COOKIE) {
        return None;
    }
    let jar = CookieJar::from_headers(headers);
    jar.get(secret::cookie_name(app.config.secure_cookies))
        .map(|cookie| cookie.value().to_owned())
        .filter(|value| !value.is_empty())
}

async fn session_of(parts: &mut Parts, app: &App, least: Role) -> Result<Session, Failure> {
    let session = match session_cookie(&parts.headers, app) {
        None => None,
        Some(cookie) => find_session(app, &cookie).await?,
    };
    let Some(session) = session else {
        return Err(sign_in_first(parts, app).await);
    };
    reader::note(&parts.extensions, session.user.language);
    match Role::from_word(&session.user.role) {
        Some(role) if role >= least => Ok(session),
        _ => Err(Failure::forbidden()),
    }
}

/// The session of a cookie, if it is still good.
pub(crate) async fn find_session(app: &App, cookie: &str) -> Result<Option<Session>, Failure> {
    let hash = secret::hash(cookie.as_bytes());
    let user = ask(&app.engine, move |engine| engine.session(hash)).await?;
    Ok(user.filter(|user| user.active).map(|user| Session { user, csrf: secret::csrf_of(cookie) }))
}

/// A page sends its reader to the sign-in and back; anything else gets 401.
async fn sign_in_first(parts: &Parts, app: &App) -> Failure {
    let wants_page = parts.method == Method::GET && !wants_events(parts);
    if !wants_page {
        return Failure::sign_in_needed();
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    match ask(&app.engine, |engine| engine.has_no_users()).await {
        Ok(true) => Failure::redirect("/welcome".to_owned()),
        Ok(false) => Failure::to_sign_in(path, parts.headers.contains_key("hx-request")),
        Err(failure) => failure,
    }
}

fn wants_events(parts: &Parts) -> bool {
    parts.uri.path() == "/events"
        || parts
            .headers
            .get("accept")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|accept| accept.starts_with("text/event-stream"))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Neither the hash of the password nor the csrf value may reach a log.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("user", &self.user.id).field("role", &self.user.role).finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for Token<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("id", &self.token.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for CustomerLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerLink").field("customer", &self.page.customer.id).finish_non_exhaustive()
    }
}
