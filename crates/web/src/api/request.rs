//! What the API reads from requests, with errors that say what is wrong.

use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use jiff::Timestamp;
use kept_engine::RequestKey;
use serde::de::DeserializeOwned;

use crate::auth::secret;
use crate::failure::Failure;
use crate::state::App;

/// Rows of a page unless said.
pub const ROWS: u32 = 50;

/// Most rows of a page.
pub const MOST_ROWS: u32 = 200;

/// Longest Idempotency-Key, in characters.
const LONGEST_KEY: usize = 255;

/// A JSON body with exactly the fields of `T`.
#[derive(Clone, Copy, Debug)]
pub struct Fields<T>(pub T);

/// A JSON body with exactly the fields of `T`, and the Idempotency-Key it came with.
#[derive(Clone, Debug)]
pub struct Keyed<T> {
    /// The body.
    pub fields: T,
    /// The key with the hash of address and body: the same body at another address is another request.
    pub key: Option<RequestKey>,
}

/// The query with exactly the fields of `T`.
#[derive(Clone, Copy, Debug)]
pub struct Asked<T>(pub T);

/// The id in the path; one that cannot be read is one that is not there.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

/// The media type of a request, in lower case and without parameters.
///
/// # Errors
/// 415 for a charset other than UTF-8.
pub fn media_type(headers: &HeaderMap, known: &str) -> Result<String, Failure> {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let mut parts = given.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_owned();
    let charset = parts.find_map(|part| part.strip_prefix("charset=")).map(|charset| charset.trim_matches('"'));
    if charset.is_some_and(|charset| charset != "utf-8" && charset != "utf8") {
        return Err(Failure::media_type(known));
    }
    Ok(name)
}

/// The Idempotency-Key of a request, with the hash of what is asked under it.
///
/// # Errors
/// 400 for a key that cannot be used.
pub fn request_key(headers: &HeaderMap, asked: &[u8]) -> Result<Option<RequestKey>, Failure> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.chars().count() > LONGEST_KEY {
        return Err(Failure::bad_request(
            "the Idempotency-Key cannot be used",
            "1 to 255 visible ASCII characters, such as a UUID",
        ));
    }
    Ok(Some((key.to_owned(), secret::hash(asked))))
}

/// A moment of a query in epoch milliseconds: RFC 3339 with an offset.
///
/// # Errors
/// 400.
pub fn moment(name: &str, text: &str) -> Result<i64, Failure> {
    let at = Timestamp::from_str(text).map_err(|_| {
        Failure::bad_request(
            format!("{name} is not a moment"),
            "write it as 2026-11-28T18:00:00+01:00; + is written %2B in an address",
        )
    })?;
    Ok(kept_base::millis(at))
}

/// A word of a closed list.
///
/// # Errors
/// 400 with the words that are known.
pub fn word<T>(name: &str, text: &str, read: impl Fn(&str) -> Option<T>, known: &[&str]) -> Result<T, Failure> {
    read(text).ok_or_else(|| {
        Failure::bad_request(format!("{name} has a word that is not known"), format!("one of {}", known.join(", ")))
    })
}

/// Rows a page may have.
///
/// # Errors
/// 400 for none or more than [`MOST_ROWS`].
pub fn rows(limit: Option<u32>) -> Result<Option<u32>, Failure> {
    match limit {
        None => Ok(Some(ROWS)),
        Some(limit @ 1..=MOST_ROWS) => Ok(Some(limit)),
        Some(_) => Err(Failure::bad_request("limit is out of range", format!("1 to {MOST_ROWS}"))),
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Fields<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        if media_type(request.headers(), "application/json")? != "application/json" {
            return Err(Failure::media_type("application/json"));
        }
        let bytes = crate::body::read(request, app).await?;
        fields(&bytes).map(Fields)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Keyed<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (headers, path) = (request.headers().clone(), request.uri().path().to_owned());
        if media_type(&headers, "application/json")? != "application/json" {
            return Err(Failure::media_type("application/json"));
        }
        let bytes = crate::body::read(request, app).await?;
        let key = request_key(&headers, &[path.as_bytes(), b"\n", &bytes].concat())?;
        Ok(Keyed { fields: fields(&bytes)?, key })
    }
}

fn fields<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| {
        // The message of serde names fields and places of the sender's own body, nothing of ours.
        let hint = "see the description of the API for the fields of this body";
        if error.is_data() { Failure::invalid(error.to_string(), hint) } else { Failure::bad_request(error.to_string(), hint) }
    })
}

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        let hint = "see the description of the API for the parameters of this address";
        Query::<T>::try_from_uri(&parts.uri)
            .map(|Query(query)| Asked(query))
            .map_err(|error| Failure::bad_request(error.body_text(), hint))
    }
}

impl<T: FromStr + Send> FromRequestParts<App> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Path(text) = Path::<String>::from_request_parts(parts, app).await.map_err(|_| Failure::not_found())?;
        text.parse().map(Id).map_err(|_| Failure::not_found())
    }
}
