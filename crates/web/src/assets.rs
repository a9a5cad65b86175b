//! Files of the pages: styles, fonts, the one script, each with its content's hash in the address.
//!
//! An address with the right hash may be kept for a year; without it, the file is asked for again.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::extract::{Path, RawQuery};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::failure::Failure;
use crate::route::{Routes, Who};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// The routes of files.
pub fn routes() -> Routes {
    Routes::new().get("/assets/{*path}", Who::Public, file)
}

/// The address of a file, with the hash of its content.
pub fn href(path: &str) -> String {
    match hashes().get(path) {
        Some(hash) => format!("/assets/{path}?v={hash}"),
        None => format!("/assets/{path}"),
    }
}

async fn file(Path(path): Path<String>, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let found = Files::get(&path).ok_or_else(Failure::not_found)?;
    let fresh = query.as_deref().and_then(|query| query.strip_prefix("v=")) == hashes().get(&path).map(String::as_str);
    let cache = if fresh { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    Ok(([(CONTENT_TYPE, content_type(&path)), (CACHE_CONTROL, cache)], found.data).into_response())
}

fn hashes() -> &'static BTreeMap<String, String> {
    static HASHES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    HASHES.get_or_init(|| {
        let hash =
            |path: &str| Files::get(path).map(|file| hex::encode(file.metadata.sha256_hash().get(..6).unwrap_or_default()));
        Files::iter().filter_map(|path| hash(&path).map(|hash| (path.into_owned(), hash))).collect()
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
