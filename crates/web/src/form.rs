//! Forms that only our own pages can send.
//!
//! [`Checked`] is for everybody who is signed in: the csrf field and the browser's own headers must agree. [`FromHere`] is for forms before
//! sign-in, and for customers behind their link, whose secret in the path is the authority: only the browser's headers are checked.
//! Both read repeated fields into a `Vec`.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum_extra::extract::Form;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::access::session_cookie;
use crate::auth::secret;
use crate::failure::Failure;
use crate::state::App;

/// A form of somebody who is signed in, sent by one of our pages with the right `csrf` field.
///
/// Stands last in a handler, after `Agent`, `Supervisor` or `Admin`. The field `csrf` need not be in `T`.
#[derive(Clone, Copy, Debug)]
pub struct Checked<T>(pub T);

/// A form sent by one of our pages, as the browser's headers say; no session is needed.
#[derive(Clone, Copy, Debug)]
pub struct FromHere<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Checked<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        sent_by_us(&parts.headers, app, Null::Refused)?;
        let cookie = session_cookie(&parts.headers, app).ok_or_else(Failure::sign_in_needed)?;
        let bytes = read(Request::from_parts(parts, body), app).await?;
        let given: Csrf = decode(bytes.clone()).await.map_err(|_| Failure::form_expired())?;
        if !secret::same(given.csrf.as_bytes(), secret::csrf_of(&cookie).as_bytes()) {
            return Err(Failure::form_expired());
        }
        decode(bytes).await.map(Checked)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for FromHere<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let behind_link = request.uri().path().starts_with("/p/");
        // Our pages send no referrer, so a browser without Sec-Fetch-Site (before 2023) says `Origin: null` on its own forms. Behind a
        // link nothing is lost by that: whoever sends the form knows the secret.
        sent_by_us(request.headers(), app, if behind_link { Null::Accepted } else { Null::Refused })?;
        decode(read(request, app).await?).await.map(FromHere)
    }
}

#[derive(Deserialize)]
struct Csrf {
    #[serde(default)]
    csrf: String,
}

/// What `Origin: null` means where the browser does not say more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Null {
    Accepted,
    Refused,
}

/// Whether the browser says that one of our own pages sent this.
///
/// `Sec-Fetch-Site` cannot be written by scripts (Fetch Metadata, W3C); `Origin` is compared with the public address and with `Host`. With
/// neither there is no browser, and the csrf value or the secret decides.
fn sent_by_us(headers: &HeaderMap, app: &App, null: Null) -> Result<(), Failure> {
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    if let Some(site) = site
        && site != b"same-origin"
        && site != b"none"
    {
        return Err(Failure::foreign_origin());
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    if origin == "null" {
        return if site.is_some() || null == Null::Accepted { Ok(()) } else { Err(Failure::foreign_origin()) };
    }
    let public = app.config.public_url.trim_end_matches('/');
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let here = origin.split_once("://").is_some_and(|(_, authority)| !host.is_empty() && authority.eq_ignore_ascii_case(host));
    if here || origin.eq_ignore_ascii_case(public) { Ok(()) } else { Err(Failure::foreign_origin()) }
}

async fn read(request: Request, app: &App) -> Result<Bytes, Failure> {
    let form = b"application/x-www-form-urlencoded";
    let is_form = request.headers().get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(form));
    if !is_form {
        return Err(Failure::form_unreadable());
    }
    crate::body::read(request, app).await
}

async fn decode<T: DeserializeOwned>(bytes: Bytes) -> Result<T, Failure> {
    let mut request = Request::new(Body::from(bytes));
    *request.method_mut() = Method::POST;
    let form = axum::http::HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(CONTENT_TYPE, form);
    let Form(read) = Form::<T>::from_request(request, &()).await.map_err(|_| Failure::form_unreadable())?;
    Ok(read)
}
