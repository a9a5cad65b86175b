//! `/sign-in` and `/sign-out`.

use askama::Template;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use kept_base::{Language, UserId};
use serde::Deserialize;

use super::{password, secret};
use crate::access::{Agent, find_session, session_cookie};
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::{Checked, FromHere};
use crate::gate;
use crate::plain::Plain;
use crate::reader::Reader;
use crate::state::App;

/// A session lasts twelve hours: a long day, not a night more.
pub const SESSION_SECONDS: i64 = 12 * 60 * 60;

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// What is entered to sign in.
#[derive(Deserialize)]
pub struct Entered {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// Nothing beside the csrf field.
#[derive(Debug, Deserialize)]
pub struct Nothing {}

/// The client's address, for counting tries.
#[derive(Debug)]
pub struct Client(String);

/// The sign-in page; whoever is signed in goes on, and a new installation greets its first administrator.
///
/// # Errors
/// 503 when the database is away.
pub async fn show(
    State(app): State<App>,
    Reader { language }: Reader,
    Query(Next { next }): Query<Next>,
    request: Request,
) -> Result<Response, Failure> {
    if ask(&app.engine, |engine| engine.has_no_users()).await? {
        return Ok(Redirect::to("/welcome").into_response());
    }
    if let Some(cookie) = session_cookie(request.headers(), &app)
        && find_session(&app, &cookie).await?.is_some()
    {
        return Ok(Redirect::to(local(&next)).into_response());
    }
    page(&app, language, StatusCode::OK, &next, "", "")
}

/// Signs in: a new session in a new cookie.
///
/// # Errors
/// 429 after too many tries, 503 when the database is away.
pub async fn enter(
    State(app): State<App>,
    Reader { language }: Reader,
    Client(address): Client,
    jar: CookieJar,
    FromHere(entered): FromHere<Entered>,
) -> Result<Response, Failure> {
    let Entered { email, password, next } = entered;
    let email = email.trim().to_owned();
    app.gate.sign_in_tried(&email, &address).map_err(Failure::too_many)?;
    let sought = email.clone();
    let user = ask(&app.engine, move |engine| engine.user_by_email(&sought)).await?.filter(|user| user.active);
    let fits = password::fits(&app, password, user.as_ref().map(|user| user.password_hash.clone())).await?;
    let Some(user) = user.filter(|_| fits) else {
        return page(&app, language, StatusCode::UNPROCESSABLE_ENTITY, &next, &email, "sign-in-wrong");
    };
    app.gate.signed_in(&email, &address);
    let jar = open_session(&app, jar, user.id).await?;
    Ok((jar, Redirect::to(local(&next))).into_response())
}

/// Signs out: the session ends for the server, not only for the browser.
///
/// # Errors
/// 503 when the database is away.
pub async fn leave(
    State(app): State<App>,
    Agent(_): Agent,
    jar: CookieJar,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, Failure> {
    let name = secret::cookie_name(app.config.secure_cookies);
    if let Some(cookie) = jar.get(name) {
        let hash = secret::hash(cookie.value().as_bytes());
        ask(&app.engine, move |engine| engine.end_session(hash)).await?;
    }
    let jar = jar.add(removal(&app));
    Ok((jar, Redirect::to("/sign-in")).into_response())
}

/// Opens a session in a new cookie; the one that was there before ends, so that a planted cookie never becomes a session.
pub(super) async fn open_session(app: &App, jar: CookieJar, user: UserId) -> Result<CookieJar, Failure> {
    let before = jar.get(secret::cookie_name(app.config.secure_cookies)).map(|cookie| secret::hash(cookie.value().as_bytes()));
    let value = secret::random()?;
    let hash = secret::hash(value.as_bytes());
    ask(&app.engine, move |engine| {
        if let Some(before) = before {
            engine.end_session(before)?;
        }
        // Sessions run on the machine's clock, whatever time a demonstration keeps.
        engine.open_session(hash, user, jiff::Timestamp::now().as_millisecond().saturating_add(SESSION_SECONDS * 1000))
    })
    .await?;
    Ok(jar.add(cookie(app, value)))
}

/// A path on this server and nothing else: an address given by a stranger must not lead away after signing in.
fn local(next: &str) -> &str {
    let mut characters = next.chars();
    let starts_here = characters.next() == Some('/') && !matches!(characters.next(), Some('/' | '\\'));
    let plain = next.chars().all(|character| character.is_ascii_graphic() && character != '\\');
    if starts_here && plain { next } else { "/" }
}

fn cookie(app: &App, value: String) -> Cookie<'static> {
    let secure = app.config.secure_cookies;
    Cookie::build((secret::cookie_name(secure), value)).path("/").http_only(true).secure(secure).same_site(SameSite::Lax).build()
}

/// A cookie that deletes itself; with all attributes, since browsers refuse a `__Host-` cookie without them even then.
fn removal(app: &App) -> Cookie<'static> {
    let mut cookie = cookie(app, String::new());
    cookie.make_removal();
    cookie
}

#[derive(Template)]
#[template(path = "auth/sign_in.html")]
struct Page<'a> {
    plain: Plain,
    next: &'a str,
    email: &'a str,
    wrong: &'a str,
    hint: Option<&'a str>,
}

fn page(app: &App, language: Language, status: StatusCode, next: &str, email: &str, wrong: &str) -> Result<Response, Failure> {
    let title = app.texts.say(language, "sign-in-title", &[]);
    let plain = Plain::new(app, language, title);
    let page = Page { plain, next: local(next), email, wrong, hint: app.config.sign_in_hint.as_deref() };
    super::rendered(status, &page)
}

impl FromRequestParts<App> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Client(gate::client_address(parts, &app.config)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_one_stays_here() {
        for away in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nb",
            "promises",
            "/\t/x",
        ] {
            assert_eq!(local(away), "/", "{away:?}");
        }
        assert_eq!(local("/promises?state=late"), "/promises?state=late");
    }
}
