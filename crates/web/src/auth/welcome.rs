//! `/welcome`: the first administrator, at the first start only.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use kept_base::Language;
use kept_engine::EngineError;
use serde::Deserialize;

use super::{password, sign_in};
use crate::access::Role;
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::FromHere;
use crate::plain::Plain;
use crate::reader::Reader;
use crate::state::App;

/// What the first administrator enters. The role is not among it.
#[derive(Deserialize)]
pub struct Entered {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    language: String,
}

/// The page; 404 once somebody can sign in.
///
/// # Errors
/// 404, or 503 when the database is away.
pub async fn show(State(app): State<App>, Reader { language }: Reader) -> Result<Response, Failure> {
    first_start(&app).await?;
    page(&app, language, StatusCode::OK, &Entered::empty(language), "")
}

/// Makes the first administrator and signs them in.
///
/// # Errors
/// 404 once somebody can sign in, also for the slower of two; 503 when the database is away.
pub async fn begin(
    State(app): State<App>,
    Reader { language }: Reader,
    jar: CookieJar,
    FromHere(entered): FromHere<Entered>,
) -> Result<Response, Failure> {
    first_start(&app).await?;
    let (name, email) = (entered.name.trim().to_owned(), entered.email.trim().to_owned());
    let wrong = if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        Some("welcome-name-missing")
    } else if !is_address(&email) {
        Some("welcome-address-wrong")
    } else {
        password::check(&entered.password, &email, &name).err().map(password::Refused::key)
    };
    if let Some(wrong) = wrong {
        return page(&app, language, StatusCode::UNPROCESSABLE_ENTITY, &entered, wrong);
    }
    let chosen = Language::from_tag(&entered.language).unwrap_or(language);
    let hash = password::hash(&app, entered.password).await?;
    let made = ask(&app.engine, move |engine| match engine.add_user(&email, &name, Role::Admin.word(), chosen, &hash, true) {
        Ok(user) => Ok(Some(user)),
        Err(EngineError::Conflict(_)) => Ok(None),
        Err(error) => Err(error),
    });
    let user = made.await?.ok_or_else(Failure::not_found)?;
    let jar = sign_in::open_session(&app, jar, user).await?;
    Ok((jar, Redirect::to("/")).into_response())
}

/// Enough of a mail address to sign in with: something, an @, a domain with a dot or `localhost`; no spaces, no control characters.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let plain = text.len() <= 254 && !text.chars().any(|character| character.is_whitespace() || character.is_control());
    let parts = text.split_once('@');
    plain
        && parts.is_some_and(|(local, domain)| {
            let named = domain == "localhost" || (domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.'));
            !local.is_empty() && named && !domain.contains('@')
        })
}

async fn first_start(app: &App) -> Result<(), Failure> {
    if ask(&app.engine, |engine| engine.has_no_users()).await? { Ok(()) } else { Err(Failure::not_found()) }
}

#[derive(Template)]
#[template(path = "auth/welcome.html")]
struct Page<'a> {
    plain: Plain,
    name: &'a str,
    email: &'a str,
    french: bool,
    wrong: &'a str,
    shortest: usize,
}

fn page(app: &App, language: Language, status: StatusCode, entered: &Entered, wrong: &str) -> Result<Response, Failure> {
    let plain = Plain::new(app, language, app.texts.say(language, "welcome-title", &[]));
    let french = Language::from_tag(&entered.language).unwrap_or(language) == Language::French;
    let page = Page { plain, name: &entered.name, email: &entered.email, french, wrong, shortest: password::SHORTEST };
    super::rendered(status, &page)
}

impl Entered {
    fn empty(language: Language) -> Entered {
        Entered { name: String::new(), email: String::new(), password: String::new(), language: language.tag().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        for good in ["ada@shop.example", "ada+kept@shop.example", "root@localhost"] {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["", "ada", "@shop.example", "ada@", "ada@shop", "a b@shop.example", "ada@shop.example\r\nBcc: x", "a@b@c.example"]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
