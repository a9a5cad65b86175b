//! Accounts: who may sign in, their sessions, API tokens, named secrets. Operational, never in the ledger.

use kept_base::{CustomerId, Language, TokenId, UserId};
use kept_store::{TokenRow, UserRow};

use crate::writer::{away, collision};
use crate::{Engine, EngineError};

/// Uses of a token are noted at most this often, in milliseconds.
const NOTE_USE: i64 = 3_600_000;

/// A signed-in user.
#[derive(Clone, PartialEq, Eq)]
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

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "User({}, {})", self.id, self.role)
    }
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

impl Engine {
    /// Sessions and tokens run on the machine's clock, whatever time a demo keeps.
    fn account_now() -> i64 {
        crate::deciding::machine_now()
    }

    /// True while nobody can sign in.
    ///
    /// # Errors
    /// Database errors, as for all reads.
    pub fn has_no_users(&self) -> Result<bool, EngineError> {
        Ok(self.shared.database.read(kept_store::Connection::count_users).map_err(away)? == 0)
    }

    /// Adds a user. The first one must be made with `only_if_first`, which fails when somebody was faster.
    ///
    /// # Errors
    /// [`EngineError::Conflict`] when the address is taken, or it is not the first.
    pub fn add_user(
        &self,
        email: &str,
        name: &str,
        role: &str,
        language: Language,
        password_hash: &str,
        only_if_first: bool,
    ) -> Result<UserId, EngineError> {
        if !matches!(role, "agent" | "supervisor" | "admin") {
            return Err(EngineError::Invalid(format!("there is no role `{role}`")));
        }
        let row = UserRow {
            id: 0,
            email: email.trim().to_lowercase(),
            name: name.trim().to_owned(),
            role: role.to_owned(),
            language: language.tag().to_owned(),
            password_hash: password_hash.to_owned(),
            active: true,
        };
        self.shared.writer.write(move |tx| {
            if only_if_first {
                tx.connection.lock_ledger().map_err(collision)?;
                if tx.connection.count_users().map_err(collision)? > 0 {
                    return Err(EngineError::Conflict("there is an administrator already".to_owned()));
                }
            }
            if tx.connection.user_by_email(&row.email).map_err(collision)?.is_some() {
                return Err(EngineError::Conflict("somebody has this address already".to_owned()));
            }
            let id = tx.mint()?;
            tx.connection.add_user(&UserRow { id, ..row.clone() }).map_err(collision)?;
            Ok(UserId::new(id))
        })
    }

    /// A user by address (any case).
    ///
    /// # Errors
    /// Database errors.
    pub fn user_by_email(&self, email: &str) -> Result<Option<User>, EngineError> {
        let email = email.trim().to_lowercase();
        Ok(self.shared.database.read(|connection| connection.user_by_email(&email)).map_err(away)?.map(user))
    }

    /// All users.
    ///
    /// # Errors
    /// Database errors.
    pub fn users(&self) -> Result<Vec<User>, EngineError> {
        Ok(self.shared.database.read(kept_store::Connection::users).map_err(away)?.into_iter().map(user).collect())
    }

    /// Changes role, language, password or activity; every session of theirs ends when role, password or activity changes.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn change_user(&self, changed: &User) -> Result<(), EngineError> {
        let changed = changed.clone();
        self.shared.writer.write(move |tx| {
            let missing = || EngineError::NotFound("user".to_owned());
            let known = tx.connection.user(changed.id.get()).map_err(collision)?.ok_or_else(missing)?;
            let row = UserRow {
                id: known.id,
                email: known.email,
                name: changed.name.clone(),
                role: changed.role.clone(),
                language: changed.language.tag().to_owned(),
                password_hash: changed.password_hash.clone(),
                active: changed.active,
            };
            tx.connection.change_user(&row).map_err(collision)?;
            if known.role != row.role || known.password_hash != row.password_hash || known.active != row.active {
                tx.connection.end_sessions(row.id).map_err(collision)?;
            }
            Ok(())
        })
    }

    /// Opens a session: `hash` is SHA-256 of the cookie, `expires` is on the machine's clock.
    ///
    /// # Errors
    /// Database errors.
    pub fn open_session(&self, hash: [u8; 32], user: UserId, expires: i64) -> Result<(), EngineError> {
        self.shared
            .writer
            .write(move |tx| tx.connection.open_session(&hash, user.get(), Self::account_now(), expires).map_err(collision))
    }

    /// The user of a session that is still good.
    ///
    /// # Errors
    /// Database errors.
    pub fn session(&self, hash: [u8; 32]) -> Result<Option<User>, EngineError> {
        Ok(self.shared.database.read(|connection| connection.session(&hash, Self::account_now())).map_err(away)?.map(user))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Database errors.
    pub fn end_session(&self, hash: [u8; 32]) -> Result<(), EngineError> {
        self.shared.writer.write(move |tx| tx.connection.end_session(&hash).map_err(collision))
    }

    /// Adds an API token: `hash` is SHA-256 of its 256 random bits.
    ///
    /// # Errors
    /// Database errors.
    pub fn add_token(&self, hash: [u8; 32], name: &str, scopes: &[String]) -> Result<TokenId, EngineError> {
        let (name, scopes) = (name.trim().to_owned(), scopes.join(" "));
        self.shared.writer.write(move |tx| {
            let id = tx.mint()?;
            tx.connection.add_token(id, &hash, &name, &scopes, Self::account_now()).map_err(collision)?;
            Ok(TokenId::new(id))
        })
    }

    /// The token of a hash, unless revoked.
    ///
    /// # Errors
    /// Database errors.
    pub fn token(&self, hash: [u8; 32]) -> Result<Option<ApiToken>, EngineError> {
        let Some(row) = self.shared.database.read(|connection| connection.token(&hash)).map_err(away)? else { return Ok(None) };
        let now = Self::account_now();
        if row.last_used.is_none_or(|used| now - used > NOTE_USE) {
            let id = row.id;
            self.shared.writer.write(move |tx| tx.connection.token_used(id, now).map_err(collision))?;
        }
        Ok(Some(token(row)))
    }

    /// All tokens.
    ///
    /// # Errors
    /// Database errors.
    pub fn tokens(&self) -> Result<Vec<ApiToken>, EngineError> {
        Ok(self.shared.database.read(kept_store::Connection::tokens).map_err(away)?.into_iter().map(token).collect())
    }

    /// Revokes a token.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn revoke_token(&self, id: TokenId) -> Result<(), EngineError> {
        let revoked =
            self.shared.writer.write(move |tx| tx.connection.revoke_token(id.get(), Self::account_now()).map_err(collision))?;
        if revoked { Ok(()) } else { Err(EngineError::NotFound("token".to_owned())) }
    }

    /// A named secret (webhook signing secrets, carriers' keys).
    ///
    /// # Errors
    /// Database errors.
    pub fn secret(&self, name: &str) -> Result<Option<String>, EngineError> {
        self.shared.database.read(|connection| connection.secret(name)).map_err(away)
    }

    /// Names of the stored secrets that begin so.
    ///
    /// # Errors
    /// Database errors.
    pub fn secret_names(&self, prefix: &str) -> Result<Vec<String>, EngineError> {
        let found = self.shared.database.read(|connection| connection.secrets_under(prefix)).map_err(away)?;
        Ok(found.into_iter().map(|(name, _)| name).collect())
    }

    /// Stores a named secret.
    ///
    /// # Errors
    /// Database errors; [`EngineError::Invalid`] for the installation's own keys.
    pub fn set_secret(&self, name: &str, value: &str) -> Result<(), EngineError> {
        if name.starts_with("key.") {
            return Err(EngineError::Invalid("the installation's own keys are not set by hand".to_owned()));
        }
        let (name, value) = (name.to_owned(), value.to_owned());
        self.shared.writer.write(move |tx| tx.connection.save_secret(&name, &value, false).map_err(collision))
    }

    /// The secret of a customer's link, for the team to hand on.
    ///
    /// # Errors
    /// Database errors; [`EngineError::NotFound`].
    pub fn customer_secret(&self, customer: CustomerId) -> Result<String, EngineError> {
        let known = self.reading(|connection| connection.load(kept_domain::Noun::Customer, customer.into(), false))?;
        if known.is_none() {
            return Err(EngineError::NotFound("customer".to_owned()));
        }
        let secret = self.shared.secrets.link_secret(customer);
        let hash = crate::secrets::Secrets::link_hash(&secret);
        self.shared.writer.write(move |tx| tx.connection.save_link(&hash, customer.get()).map_err(collision))?;
        Ok(secret)
    }
}

fn user(row: UserRow) -> User {
    User {
        id: UserId::new(row.id),
        email: row.email,
        name: row.name,
        role: row.role,
        language: Language::from_tag(&row.language).unwrap_or(Language::French),
        password_hash: row.password_hash,
        active: row.active,
    }
}

fn token(row: TokenRow) -> ApiToken {
    ApiToken {
        id: TokenId::new(row.id),
        name: row.name,
        scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
        created: row.created,
        last_used: row.last_used,
        revoked: row.revoked,
    }
}
