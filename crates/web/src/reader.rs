//! The language of whoever reads the answer.
//!
//! Order: the signed-in user's, or the customer's of the link; the language cookie; `Accept-Language`. The first is only known once an
//! extractor of [`crate::access`] has run, so it is noted in a cell that error pages read afterwards.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use axum_extra::extract::cookie::CookieJar;
use kept_base::Language;

use crate::state::App;

/// Name of the cookie in which somebody who is not signed in keeps their choice of language; its value is `fr` or `en`.
pub const LANGUAGE_COOKIE: &str = "kept-language";

/// The language to answer in, for pages that need nobody to be signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Language.
    pub language: Language,
}

/// Where the extractors note whose request it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noted(Arc<OnceLock<Language>>);

impl Noted {
    /// The language noted, if any.
    pub(crate) fn language(&self) -> Option<Language> {
        self.0.get().copied()
    }
}

/// Notes the language of the person found out.
pub(crate) fn note(extensions: &Extensions, language: Language) {
    if let Some(noted) = extensions.get::<Noted>() {
        // A second extractor of the same request finds the same person.
        let _ = noted.0.set(language);
    }
}

/// The language from cookie or header.
pub(crate) fn from_headers(headers: &HeaderMap) -> Language {
    let chosen = CookieJar::from_headers(headers).get(LANGUAGE_COOKIE).and_then(|cookie| Language::from_tag(cookie.value()));
    chosen.unwrap_or_else(|| {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Language::negotiate(accepted)
    })
}

impl FromRequestParts<App> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        let noted = parts.extensions.get::<Noted>().and_then(Noted::language);
        Ok(Reader { language: noted.unwrap_or_else(|| from_headers(&parts.headers)) })
    }
}
