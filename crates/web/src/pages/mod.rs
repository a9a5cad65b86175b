//! Pages: for the team, and for customers behind their link.
//!
//! A handler parses, asks the engine, builds a view and renders it. Views are plain values made by pure functions from the engine's views,
//! so that each page can be rendered in a test without a server. Every sentence comes from `kept_text`; no page carries inline script or
//! style.

pub mod address;
pub mod connection;
pub mod connections;
pub mod contact;
pub mod customer_page;
pub mod customers;
pub mod deed;
pub mod errands;
pub mod figures;
pub mod foresight;
pub mod frame;
pub mod happened;
pub mod imports;
pub mod language;
pub mod messages;
pub mod notices;
pub mod orders;
pub mod parcels;
pub mod playbooks;
pub mod promise;
pub mod promises;
pub mod rows;
pub mod scorecards;
pub mod search;
pub mod sentence;
pub mod settings;
pub mod start;
mod to_oneself;
pub mod today;
pub mod trial;
pub mod trials;
pub mod unmapped;
pub mod words;

use askama::Template;
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::failure::Failure;
use crate::route::Routes;

/// The routes of all pages.
pub fn routes() -> Routes {
    Routes::new()
        .merge(today::routes())
        .merge(promises::routes())
        .merge(promise::routes())
        .merge(contact::routes())
        .merge(deed::routes())
        .merge(errands::routes())
        .merge(parcels::routes())
        .merge(orders::routes())
        .merge(customers::routes())
        .merge(messages::routes())
        .merge(playbooks::routes())
        .merge(trials::routes())
        .merge(trial::routes())
        .merge(figures::routes())
        .merge(scorecards::routes())
        .merge(unmapped::routes())
        .merge(settings::routes())
        .merge(connections::routes())
        .merge(connection::routes())
        .merge(notices::routes())
        .merge(imports::routes())
        .merge(start::routes())
        .merge(search::routes())
        .merge(language::routes())
        .merge(customer_page::routes())
        .merge(address::routes())
}

/// The answer with a page.
pub(crate) fn page(template: &impl Template) -> Result<Response, Failure> {
    match template.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => {
            tracing::error!(error.message = %error, "a page could not be rendered");
            Err(Failure::internal())
        }
    }
}

/// Back to a page after an act, which says there what was done.
pub(crate) fn done(path: &str, what: &str) -> Redirect {
    let (path, anchor) = path.split_once('#').map_or((path, String::new()), |(path, anchor)| (path, format!("#{anchor}")));
    let mark = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{mark}done={what}{anchor}"))
}

/// An address with its query; empty values are left out.
pub(crate) fn address(path: &str, query: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    for (index, (name, value)) in query.iter().filter(|(_, value)| !value.is_empty()).enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        out.push_str(&encoded(value));
    }
    out
}

/// An empty field of a form is one not filled in.
pub(crate) fn filled(value: Option<&String>) -> Option<&str> {
    value.map(|value| value.trim()).filter(|value| !value.is_empty())
}

fn encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b'@' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_is_filled_and_escapes_it() {
        assert_eq!(
            address("/promises", &[("state", ""), ("search", "é&a b"), ("kind", "refund")]),
            "/promises?search=%C3%A9%26a%20b&kind=refund"
        );
    }

    #[test]
    fn what_was_done_stands_before_the_anchor() {
        assert!(format!("{:?}", done("/p/x?lang=fr#a", "said")).contains("/p/x?lang=fr&done=said#a"));
    }
}
