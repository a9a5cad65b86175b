//! Connections over HTTP: filled in, tried, refused, stored and never shown, sent to, imported, forgotten.

use axum::body::Body;
use axum::http::StatusCode;
use kept_base::Language;
use kept_engine::Delivery;
use kept_engine::ports::{PollError, Trouble};
use kept_web::auth::secret;

use crate::house::{House, Reply, form_of};

pub struct Supervisor {
    pub house: House,
    cookie: String,
}

impl Supervisor {
    pub fn new() -> Supervisor {
        let house = House::new();
        let cookie = house.session(house.user("supervisor"));
        Supervisor { house, cookie }
    }

    pub fn speak(&self, language: Language) {
        let engine = &self.house.app.engine;
        let mut user = engine.users().unwrap().into_iter().find(|user| user.role == "supervisor").unwrap();
        user.language = language;
        engine.change_user(&user).unwrap();
    }

    pub async fn open(&self, path: &str) -> Reply {
        let reply = self.house.get_as(path, &self.cookie).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
        assert!(!reply.body.contains('‹'), "{path}: a text is missing");
        reply
    }

    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut body = format!("csrf={}", secret::csrf_of(&self.cookie));
        for (name, value) in fields {
            let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            body.push_str(&format!("&{name}={value}"));
        }
        let request = form_of(path).header("cookie", format!("kept={}", self.cookie)).header("sec-fetch-site", "same-origin");
        self.house.send(request.body(Body::from(body)).unwrap()).await
    }
}

const GOOD: [(&str, &str); 3] = [("url", "https://shop.example"), ("key", "good"), ("days", "90")];

#[tokio::test]
async fn a_shop_is_connected_by_its_form_and_its_past_is_asked_for() {
    let visitor = Supervisor::new();
    let engine = visitor.house.app.engine.clone();
    let empty = visitor.open("/connections").await;
    assert!(empty.body.contains("href=\"/connections/signed\""), "it can be connected: {}", empty.body);
    let connected = visitor.send("/connections/signed", &GOOD).await;
    assert_eq!((connected.status, connected.header("location")), (StatusCode::SEE_OTHER, "/connections/signed?done=connected"));
    let saved = engine.connections().unwrap();
    assert_eq!(saved[0].given.get("key").map(String::as_str), Some("good"));
    let import = engine.import("signed").unwrap().expect("an import");
    assert_eq!(import.to - import.from, 90 * 86_400_000);
    let page = visitor.open("/connections/signed").await;
    assert!(page.body.contains("value=\"https://shop.example\""), "what is no secret can be read again");
    assert!(!page.body.contains("good\""), "a secret is never shown: {}", page.body);
    assert!(page.body.contains("import-progress") && page.header("refresh") == "3", "the import is under way");
    let tried = visitor.send("/connections/signed/trial", &[]).await;
    assert!(tried.status == StatusCode::OK && tried.body.contains("It works. 3 orders"), "{}", tried.body);
    assert!(engine.connections().unwrap()[0].given.contains_key("key"), "a try changes nothing");
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_readers_words_and_nothing_written_is_lost() {
    let visitor = Supervisor::new();
    let engine = visitor.house.app.engine.clone();
    for (language, empty, key, address) in [
        (Language::English, "This cannot stay empty", "the key was refused", "nothing of the kind is at this address"),
        (Language::French, "Ceci ne peut pas rester vide", "la clé est refusée", "rien de tel à cette adresse"),
    ] {
        visitor.speak(language);
        let missing = visitor.send("/connections/signed", &[("url", "https://typed.example"), ("key", "")]).await;
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(missing.body.contains(empty) && missing.body.contains("https://typed.example"), "{}", missing.body);
        assert!(engine.connections().unwrap().is_empty(), "nothing was stored");

        let refused = visitor.send("/connections/signed", &[("url", "https://shop.example"), ("key", "not-the-key")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(key), "{}", refused.body);
        assert!(refused.body.contains("words of the counter"), "the partner's words stand beside it");
        assert!(!refused.body.contains("not-the-key"), "what was written is no less secret");
        let mended = visitor.send("/connections/signed", &[("url", "https://shop.example"), ("key", "good")]).await;
        assert_eq!(mended.status, StatusCode::SEE_OTHER, "{mended:?}");

        let moved = visitor.send("/connections/signed", &[("url", "https://gone.example"), ("key", "")]).await;
        assert!(moved.body.contains(address) && moved.body.contains("https://gone.example"), "{}", moved.body);
        assert_eq!(engine.connections().unwrap()[0].given["url"], "https://shop.example", "what works is not exchanged");
        let kept = visitor.send("/connections/signed", &[("url", "https://shop.example"), ("key", "")]).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "a secret left empty is the one that is stored: {}", kept.body);
        let removed = visitor.send("/connections/signed/removal", &[]).await;
        assert_eq!(removed.header("location"), "/connections?done=disconnected");
        assert!(engine.connections().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_secret_is_made_shown_once_and_signs() {
    let visitor = Supervisor::new();
    let made = visitor.send("/connections/signed/secret", &[("make", "yes")]).await;
    let secret = visitor.house.app.engine.secret("inbound:signed").unwrap().expect("a secret");
    assert!(secret.len() >= 43 && made.body.contains(&secret), "{}", made.body);
    assert!(made.body.contains(&format!("http://kept.test/in/signed?token={secret}")), "with the address to paste");
    let again = visitor.open("/connections/signed").await;
    assert!(!again.body.contains(&secret), "it is shown once");
    let empty = visitor.send("/connections/signed/secret", &[("secret", "")]).await;
    assert_eq!(empty.header("location"), "/connections/signed?done=secret-empty");
    assert_eq!(visitor.house.app.engine.secret("inbound:signed").unwrap(), Some(secret));
    let unsigned = visitor.send("/connections/unsigned/secret", &[("make", "yes")]).await;
    assert_eq!(unsigned.status, StatusCode::NOT_FOUND, "it signs nothing");
}

#[tokio::test]
async fn health_is_said_in_words_with_what_to_do() {
    let visitor = Supervisor::new();
    let engine = visitor.house.app.engine.clone();
    visitor.send("/connections/signed", &GOOD).await;
    let refused = PollError {
        source_name: "Signed".to_owned(),
        message: "the key was refused (401)".to_owned(),
        retry_after_seconds: None,
        trouble: Trouble::Key,
    };
    engine.note_failed("signed", &refused, 300).unwrap();
    for (language, said, todo, today) in [
        (Language::English, "the key was refused, or is not set", "Copy the key again", "One connection does not answer"),
        (Language::French, "la clé est refusée, ou absente", "Recopiez la clé", "Une connexion ne répond pas"),
    ] {
        visitor.speak(language);
        for path in ["/connections", "/connections/signed"] {
            let page = visitor.open(path).await;
            assert!(page.body.contains(said) && page.body.contains(todo), "{path}: {}", page.body);
        }
        assert!(visitor.open("/").await.body.contains(today), "Today says it");
    }
    engine.clock().set(engine.now() + 1000);
    engine.note_answered("signed", 300).unwrap();
    assert!(visitor.open("/connections").await.body.contains("Bien"));
}

#[tokio::test]
async fn what_is_not_understood_says_why_in_the_readers_language() {
    let visitor = Supervisor::new();
    let delivery = Delivery {
        source: "signed".to_owned(),
        id: "1".to_owned(),
        raw: b"<html>".to_vec(),
        error: Some("Signed answered with a web page instead of data".to_owned()),
        trouble: Some(Trouble::NotData),
        unmapped: Vec::new(),
    };
    let options = kept_engine::RecordOptions { delivery: Some(delivery), ..kept_engine::RecordOptions::default() };
    visitor.house.app.engine.record(Vec::new(), options).unwrap();
    for (language, said) in [(Language::English, "is no data: a web page"), (Language::French, "n’est pas des données")] {
        visitor.speak(language);
        for path in ["/unmapped", "/connections"] {
            let page = visitor.open(path).await;
            assert!(page.body.contains(said), "{path}: {}", page.body);
            assert!(page.body.contains("Signed answered with a web page"), "{path}: the words as they came stand beside it");
        }
    }
}

#[test]
fn every_trouble_and_every_kind_has_its_words() {
    let texts = kept_text::Texts::embedded().unwrap();
    for language in [Language::French, Language::English] {
        for trouble in Trouble::ALL {
            let key = format!("trouble-{}", trouble.word().replace('_', "-"));
            assert!(texts.has(language, &key) && texts.has(language, &format!("{key}-do")), "{key}");
        }
    }
}

#[tokio::test]
async fn an_import_is_asked_for_again_and_only_of_what_is_connected() {
    let visitor = Supervisor::new();
    let engine = visitor.house.app.engine.clone();
    let first = visitor.send("/connections/signed/import", &[("days", "90")]).await;
    assert_eq!(first.header("location"), "/connections/signed?done=connect-first");
    visitor.send("/connections/signed", &[("url", "https://shop.example"), ("key", "good")]).await;
    assert_eq!(engine.import("signed").unwrap(), None, "nothing was asked for");
    for days in ["7", "-1", "many"] {
        let wrong = visitor.send("/connections/signed/import", &[("days", days)]).await;
        assert!(wrong.status.is_client_error(), "{days}: {wrong:?}");
    }
    let begun = visitor.send("/connections/signed/import", &[("days", "30")]).await;
    assert_eq!(begun.header("location"), "/connections/signed?done=import-begun");
    let import = engine.import("signed").unwrap().expect("an import");
    engine.note_import("signed", &import, import.from + 15 * 86_400_000, 12, false).unwrap();
    let page = visitor.open("/connections/signed").await;
    assert!(page.body.contains("12 orders read") && page.body.contains("value=\"50\""), "{}", page.body);
    engine.note_import("signed", &import, import.to, 3, true).unwrap();
    let page = visitor.open("/connections/signed").await;
    assert!(page.body.contains("15 orders since") && page.header("refresh").is_empty(), "{}", page.body);
}

const CSV: &str = "N° commande;Date;Livraison prévue;E-mail;Réf.;Quantité\nA1;2026-08-20;2026-08-24;anne@example.org;VESTA;1\nA2;the day before;2026-08-24;odile@example.org;VESTA;1\nA3;2026-08-21;2026-08-24;marc@example.org;VESTA;2\n";

#[tokio::test]
async fn orders_of_a_file_are_looked_at_then_read_and_no_line_is_lost() {
    let visitor = Supervisor::new();
    let engine = visitor.house.app.engine.clone();
    visitor.open("/imports").await;
    let looked = visitor.send("/imports", &[("csv", CSV), ("act", "look")]).await;
    assert_eq!(looked.status, StatusCode::OK);
    assert!(looked.body.contains("2 orders can be read") && looked.body.contains("Line 3"), "{}", looked.body);
    assert!(looked.body.contains("A2;the day before"), "the file is still there");
    assert_eq!(engine.health().unwrap().facts, 0, "nothing was stored");
    let chosen = [("column.order_number", "N° commande"), ("column.at", "Date"), ("column.promised_day", "Livraison prévue")];
    let mut fields = vec![("csv", CSV), ("act", "read"), ("column.customer.email", "E-mail"), ("column.line.sku", "Réf.")];
    fields.extend(chosen);
    let read = visitor.send("/imports", &fields).await;
    assert!(read.body.contains("2 orders recorded") && read.body.contains("the day before"), "{}", read.body);
    assert!(engine.find("A1").unwrap().is_some() && engine.find("A2").unwrap().is_none());
    let kept = engine.quarantine().unwrap();
    assert!(kept[0].excerpt.as_ref().unwrap().contains("A2;the day before"), "the line is kept: {kept:?}");
    assert!(!kept[0].excerpt.as_ref().unwrap().contains("A1;"), "and only that one");
    let again = visitor.send("/imports", &fields).await;
    assert!(again.body.contains("No new order") && again.body.contains("2 were known already"), "{}", again.body);
    let none = visitor.send("/imports", &[("csv", ""), ("act", "look")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
}
