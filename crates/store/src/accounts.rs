//! Members of the team, their sessions, and API tokens: operational, never in the ledger.

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::{Row, params};

/// A member of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// Id.
    pub id: i64,
    /// Address, lower case.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role.
    pub role: String,
    /// Language tag.
    pub language: String,
    /// Argon2id hash.
    pub password_hash: String,
    /// May sign in.
    pub active: bool,
}

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Id.
    pub id: i64,
    /// What for.
    pub name: String,
    /// Scopes, separated by spaces.
    pub scopes: String,
    /// Epoch milliseconds.
    pub created: i64,
    /// Epoch milliseconds.
    pub last_used: Option<i64>,
    /// Epoch milliseconds.
    pub revoked: Option<i64>,
}

const USER: &str = "id, email, name, role, language, password_hash, active";
const TOKEN: &str = "id, name, scopes, created, last_used, revoked";

impl Connection {
    /// How many members there are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_users(&mut self) -> Result<i64, StoreError> {
        self.first("select count(*) from member", &[])?.map_or(Ok(0), |row| row.int(0))
    }

    /// Adds a member.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the address is taken.
    pub fn add_user(&mut self, user: &UserRow) -> Result<(), StoreError> {
        self.execute(
            "insert into member (id, email, name, role, language, password_hash, active) values ($1, $2, $3, $4, $5, $6, $7)",
            params![user.id, &user.email, &user.name, &user.role, &user.language, &user.password_hash, user.active],
        )?;
        Ok(())
    }

    /// Changes a member; gives false when there is none of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn change_user(&mut self, user: &UserRow) -> Result<bool, StoreError> {
        let changed = self.execute(
            "update member set name = $2, role = $3, language = $4, password_hash = $5, active = $6 where id = $1",
            params![user.id, &user.name, &user.role, &user.language, &user.password_hash, user.active],
        )?;
        Ok(changed == 1)
    }

    /// A member by address.
    ///
    /// # Errors
    /// When the database fails.
    pub fn user_by_email(&mut self, email: &str) -> Result<Option<UserRow>, StoreError> {
        self.first(&format!("select {USER} from member where email = $1"), params![email])?.as_ref().map(user_row).transpose()
    }

    /// A member by id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn user(&mut self, id: i64) -> Result<Option<UserRow>, StoreError> {
        self.first(&format!("select {USER} from member where id = $1"), params![id])?.as_ref().map(user_row).transpose()
    }

    /// All members, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn users(&mut self) -> Result<Vec<UserRow>, StoreError> {
        self.query(&format!("select {USER} from member order by name, id"), &[])?.iter().map(user_row).collect()
    }

    /// Opens a session, and drops those that ran out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open_session(&mut self, hash: &[u8], member: i64, now: i64, expires: i64) -> Result<(), StoreError> {
        self.execute("delete from session where expires <= $1", params![now])?;
        self.execute("insert into session (hash, member, expires) values ($1, $2, $3)", params![hash, member, expires])?;
        Ok(())
    }

    /// The member of a session that is still good.
    ///
    /// # Errors
    /// When the database fails.
    pub fn session(&mut self, hash: &[u8], now: i64) -> Result<Option<UserRow>, StoreError> {
        let sql = "select m.id, m.email, m.name, m.role, m.language, m.password_hash, m.active
                   from session s join member m on m.id = s.member where s.hash = $1 and s.expires > $2 and m.active = 1";
        self.first(sql, params![hash, now])?.as_ref().map(user_row).transpose()
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_session(&mut self, hash: &[u8]) -> Result<(), StoreError> {
        self.execute("delete from session where hash = $1", params![hash])?;
        Ok(())
    }

    /// Ends every session of a member.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_sessions(&mut self, member: i64) -> Result<(), StoreError> {
        self.execute("delete from session where member = $1", params![member])?;
        Ok(())
    }

    /// Adds a token.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_token(&mut self, id: i64, hash: &[u8], name: &str, scopes: &str, now: i64) -> Result<(), StoreError> {
        self.execute(
            "insert into token (id, hash, name, scopes, created) values ($1, $2, $3, $4, $5)",
            params![id, hash, name, scopes, now],
        )?;
        Ok(())
    }

    /// The token of a hash, unless revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub fn token(&mut self, hash: &[u8]) -> Result<Option<TokenRow>, StoreError> {
        let sql = format!("select {TOKEN} from token where hash = $1 and revoked is null");
        self.first(&sql, params![hash])?.as_ref().map(token_row).transpose()
    }

    /// Notes that a token was used; to the hour, so that a busy one costs no write each time.
    ///
    /// # Errors
    /// When the database fails.
    pub fn token_used(&mut self, id: i64, now: i64) -> Result<(), StoreError> {
        self.execute("update token set last_used = $2 where id = $1", params![id, now])?;
        Ok(())
    }

    /// All tokens, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tokens(&mut self) -> Result<Vec<TokenRow>, StoreError> {
        self.query(&format!("select {TOKEN} from token order by created desc, id desc"), &[])?.iter().map(token_row).collect()
    }

    /// Revokes a token; gives false when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn revoke_token(&mut self, id: i64, now: i64) -> Result<bool, StoreError> {
        Ok(self.execute("update token set revoked = coalesce(revoked, $2) where id = $1", params![id, now])? == 1)
    }
}

fn user_row(row: &Row) -> Result<UserRow, StoreError> {
    Ok(UserRow {
        id: row.int(0)?,
        email: row.text(1)?,
        name: row.text(2)?,
        role: row.text(3)?,
        language: row.text(4)?,
        password_hash: row.text(5)?,
        active: row.int(6)? == 1,
    })
}

fn token_row(row: &Row) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: row.int(0)?,
        name: row.text(1)?,
        scopes: row.text(2)?,
        created: row.int(3)?,
        last_used: row.maybe_int(4)?,
        revoked: row.maybe_int(5)?,
    })
}
