//! Settings: the ledger's health, people, tokens. Sources and their secrets are on the page of connections.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kept_base::{Language, TokenId, UserId};
use kept_engine::views::Health;
use kept_engine::{ApiToken, User};
use serde::Deserialize;

use crate::access::{Admin, Role, SCOPES};
use crate::ask::ask;
use crate::auth::{password, secret};
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::frame::Frame;
use crate::pages::words::{Words, arg};
use crate::pages::{done, page};
use crate::route::{Routes, Who};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/page.html")]
pub struct SettingsPage {
    /// Frame.
    pub frame: Frame,
    /// Health: name, value, bad.
    pub health: Vec<(String, String, bool)>,
    /// People.
    pub people: Vec<PersonRow>,
    /// Roles: word and label.
    pub roles: Vec<(&'static str, String)>,
    /// Tokens.
    pub tokens: Vec<TokenRow>,
    /// Scopes.
    pub scopes: Vec<(&'static str, String)>,
    /// A token just made: shown once.
    pub new_token: Option<String>,
    /// Shortest password.
    pub shortest: usize,
}

/// A person of the team.
#[derive(Clone, Debug)]
pub struct PersonRow {
    /// Id as shown.
    pub id: String,
    /// Name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// Roles: word, label, chosen.
    pub roles: Vec<(&'static str, String, bool)>,
    /// May sign in.
    pub active: bool,
}

/// A token.
#[derive(Clone, Debug)]
pub struct TokenRow {
    /// Id as shown.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Scopes.
    pub scopes: String,
    /// Last used.
    pub used: String,
    /// Revoked: when.
    pub revoked: Option<String>,
}

/// What the page shows, read in one turn.
#[derive(Clone, Debug)]
pub struct SettingsFacts {
    /// People.
    pub users: Vec<User>,
    /// Tokens.
    pub tokens: Vec<ApiToken>,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new()
        .get("/settings", Who::Admin, show)
        .post("/settings/users", Who::Admin, add_user)
        .post("/settings/users/{id}", Who::Admin, change_user)
        .post("/settings/tokens", Who::Admin, add_token)
        .post("/settings/tokens/{id}/revocation", Who::Admin, revoke_token)
}

/// The page.
pub fn view(frame: Frame, health: &Health, facts: &SettingsFacts, new_token: Option<String>) -> SettingsPage {
    let w = frame.w.clone();
    let mut people: Vec<PersonRow> = facts.users.iter().map(|user| person_row(&w, user)).collect();
    people.sort_by(|left, right| right.active.cmp(&left.active).then_with(|| left.name.cmp(&right.name)));
    SettingsPage {
        health: health_rows(&w, health),
        people,
        roles: Role::ALL.into_iter().map(|role| (role.word(), w.word("role", role.word()))).collect(),
        tokens: facts.tokens.iter().map(|token| token_row(&w, token)).collect(),
        scopes: SCOPES.into_iter().map(|scope| (scope, w.word("scope", &scope.replace(':', "-")))).collect(),
        new_token,
        shortest: password::SHORTEST,
        frame: frame.titled(w.t("nav-settings")),
    }
}

#[derive(Debug, Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(State(app): State<App>, Admin(session): Admin, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    render(&app, &session, asked.done.as_deref(), None).await
}

async fn render(
    app: &App,
    session: &crate::access::Session,
    done: Option<&str>,
    new_token: Option<String>,
) -> Result<Response, Failure> {
    let (frame, facts, settings) =
        Frame::with(app, session, "/settings", |engine| Ok(SettingsFacts { users: engine.users()?, tokens: engine.tokens()? }))
            .await?;
    page(&view(frame.noticed(done), &facts.health, &settings, new_token))
}

#[derive(Debug, Deserialize)]
struct NewUser {
    name: String,
    email: String,
    role: String,
    language: String,
    password: String,
}

async fn add_user(State(app): State<App>, Admin(_): Admin, Checked(form): Checked<NewUser>) -> Result<Redirect, Failure> {
    let role = Role::from_word(&form.role).ok_or_else(Failure::form_unreadable)?;
    let language = Language::from_tag(&form.language).ok_or_else(Failure::form_unreadable)?;
    let (name, email) = (form.name.trim().to_owned(), form.email.trim().to_owned());
    if name.is_empty() || !email.contains('@') || password::check(&form.password, &email, &name).is_err() {
        return Ok(done("/settings", "user-refused"));
    }
    let hash = password::hash(&app, form.password).await?;
    ask(&app.engine, move |engine| engine.add_user(&email, &name, role.word(), language, &hash, false)).await?;
    Ok(done("/settings", "user-added"))
}

#[derive(Debug, Deserialize)]
struct ChangedUser {
    role: String,
    #[serde(default)]
    active: Option<String>,
    #[serde(default)]
    password: String,
}

async fn change_user(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<String>,
    Checked(form): Checked<ChangedUser>,
) -> Result<Redirect, Failure> {
    let id: UserId = id.parse().map_err(|_| Failure::not_found())?;
    let role = Role::from_word(&form.role).ok_or_else(Failure::form_unreadable)?;
    // Nobody locks themselves out: another administrator must do it.
    if id == session.user.id && (role != Role::Admin || form.active.is_none()) {
        return Ok(done("/settings", "user-yourself"));
    }
    let users = ask(&app.engine, |engine| engine.users()).await?;
    let mut user = users.into_iter().find(|user| user.id == id).ok_or_else(Failure::not_found)?;
    user.role = role.word().to_owned();
    user.active = form.active.is_some();
    if !form.password.is_empty() {
        if password::check(&form.password, &user.email, &user.name).is_err() {
            return Ok(done("/settings", "user-refused"));
        }
        user.password_hash = password::hash(&app, form.password).await?;
    }
    ask(&app.engine, move |engine| engine.change_user(&user)).await?;
    Ok(done("/settings", "user-changed"))
}

#[derive(Debug, Deserialize)]
struct NewToken {
    name: String,
    #[serde(default)]
    scope: Vec<String>,
}

/// Answers with the page itself, since the token is shown once and must stand in no address.
async fn add_token(State(app): State<App>, Admin(session): Admin, Checked(form): Checked<NewToken>) -> Result<Response, Failure> {
    let name = form.name.trim().to_owned();
    let scopes: Vec<String> = form.scope.into_iter().filter(|scope| SCOPES.contains(&scope.as_str())).collect();
    if name.is_empty() || scopes.is_empty() {
        return Ok(done("/settings", "token-refused").into_response());
    }
    let (token, hash) = secret::new_token()?;
    ask(&app.engine, move |engine| engine.add_token(hash, &name, &scopes)).await?;
    render(&app, &session, None, Some(token)).await
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn revoke_token(
    State(app): State<App>,
    Admin(_): Admin,
    Path(id): Path<String>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, Failure> {
    let id: TokenId = id.parse().map_err(|_| Failure::not_found())?;
    ask(&app.engine, move |engine| engine.revoke_token(id)).await?;
    Ok(done("/settings", "token-revoked"))
}

fn health_rows(w: &Words, health: &Health) -> Vec<(String, String, bool)> {
    let count = |value: u64| w.count(value);
    let verified = match health.verified {
        Some((at, true)) => (w.say("health-verified-at", &[("when", w.at(at).into())]), false),
        Some((at, false)) => (w.say("health-broken-at", &[("when", w.at(at).into())]), true),
        None => (w.t("health-never-verified"), false),
    };
    let last = health.last_fact.map_or_else(|| w.t("never"), |at| w.relative(at));
    let mut rows = vec![
        (w.t("health-chain"), verified.0, verified.1),
        (
            w.t("health-facts"),
            w.say("health-facts-blocks", &[("facts", arg(health.facts)), ("blocks", arg(health.blocks))]),
            false,
        ),
        (w.t("health-last"), last, false),
        (w.t("health-unwatched"), count(health.unwatched), health.unwatched > 0),
        (w.t("health-signals"), count(health.signals_pending), false),
        (w.t("health-outbox"), count(health.outbox_pending), false),
        (w.t("health-outbound"), w.word("outbound", &health.outbound), false),
        (w.t("health-sms"), w.word("sms-gateway", &health.sms), false),
        (w.t("health-database"), w.word("database", &health.database), false),
        (w.t("health-packs"), health.packs.clone(), false),
    ];
    if let Some(error) = &health.packs_error {
        rows.push((w.t("health-packs-error"), error.clone(), true));
    }
    rows
}

fn person_row(w: &Words, user: &User) -> PersonRow {
    PersonRow {
        id: user.id.to_string(),
        name: user.name.clone(),
        email: user.email.clone(),
        roles: Role::ALL.into_iter().map(|role| (role.word(), w.word("role", role.word()), role.word() == user.role)).collect(),
        active: user.active,
    }
}

fn token_row(w: &Words, token: &ApiToken) -> TokenRow {
    let scopes: Vec<String> = token.scopes.iter().map(|scope| w.word("scope", &scope.replace(':', "-"))).collect();
    TokenRow {
        id: token.id.to_string(),
        name: token.name.clone(),
        scopes: scopes.join(", "),
        used: token.last_used.map_or_else(|| w.t("never-used"), |at| w.say("used-at", &[("when", w.relative(at).into())])),
        revoked: token.revoked.map(|at| w.say("revoked-at", &[("when", w.day_short(at).into())])),
    }
}
