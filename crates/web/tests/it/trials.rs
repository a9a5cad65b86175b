//! Trials over HTTP: the question, its mistakes, the run, what it found, the letter.

use axum::body::Body;
use axum::http::StatusCode;
use kept_base::Language;
use kept_engine::trial::{RunState, TrialId, TrialOutcome};
use kept_web::auth::secret;

use crate::house::{House, Reply, form_of};

const DRAFT: &str = "[[playbook]]\nname = \"mine\"\ntitle = { fr = \"a\", en = \"a\" }\nexplanation = { fr = \"a\", en = \"a\" }\non = [\"at_risk\"]\naudience = \"customer\"\nmessage = \"late-warning\"\nnext_word = \"P1D\"\n";

struct Supervisor {
    house: House,
    cookie: String,
}

impl Supervisor {
    fn new() -> Supervisor {
        let house = House::new();
        let cookie = house.session(house.user("supervisor"));
        Supervisor { house, cookie }
    }

    async fn open(&self, path: &str) -> Reply {
        let reply = self.house.get_as(path, &self.cookie).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
        assert!(!reply.body.contains('‹'), "{path}: a text is missing");
        reply
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut body = format!("csrf={}", secret::csrf_of(&self.cookie));
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", encoded(value)));
        }
        let request = form_of(path).header("cookie", format!("kept={}", self.cookie)).header("sec-fetch-site", "same-origin");
        self.house.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Starts a trial and waits for its end; gives its address.
    async fn tried(&self, fields: &[(&str, &str)]) -> String {
        let reply = self.send("/trials", fields).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
        let address = reply.header("location").to_owned();
        let id = TrialId::new(address.trim_start_matches("/trials/"));
        let runs = self.house.app.trials.clone();
        tokio::task::spawn_blocking(move || runs.wait(&id)).await.unwrap();
        address
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn period() -> [(&'static str, &'static str); 3] {
    [("from", "2026-11-01"), ("to", "2026-11-30"), ("mode", "automatic")]
}

#[tokio::test]
async fn a_trial_is_asked_for_run_and_read_in_both_languages() {
    let visitor = Supervisor::new();
    visitor.house.sample();
    visitor.house.installation.live_until("2026-11-10T12:00:00+01:00").unwrap();
    let before = visitor.house.app.engine.health().map(|health| health.facts).unwrap();
    for language in [Language::French, Language::English] {
        let engine = &visitor.house.app.engine;
        let mut user = engine.users().unwrap().into_iter().find(|user| user.role == "supervisor").unwrap();
        user.language = language;
        engine.change_user(&user).unwrap();
        let form = visitor.open("/trials?playbook=tell-late").await;
        assert!(form.body.contains("value=\"tell-late\" checked"), "the playbook it was reached from is chosen");
        let mut fields = vec![("playbook", "tell-late"), ("playbook", "next-word")];
        fields.extend(period());
        let address = visitor.tried(&fields).await;
        let result = visitor.open(&address).await;
        assert!(result.body.contains(&format!("{address}/messages/0")), "{}", result.body);
        let told = if language == Language::French { "Prévenu" } else { "Told first" };
        assert!(result.body.contains(told), "outcomes are said in the reader's language: {}", result.body);
        assert!(!result.body.contains("Anne Perret"), "nothing personal is opened for the list");
        let letter = visitor.open(&format!("{address}/messages/0")).await;
        assert!(letter.body.contains("Anne Perret"), "the letter is as it would have gone");
        visitor.open(&format!("{address}?outcome=told_first")).await;
        assert!(visitor.open("/trials").await.body.contains(&address), "it is in the list of runs");
    }
    let after = visitor.house.app.engine.health().map(|health| health.facts).unwrap();
    assert_eq!(before, after, "nothing was written");
}

#[test]
fn every_outcome_has_its_words() {
    let texts = kept_text::Texts::embedded().unwrap();
    for language in [Language::French, Language::English] {
        for outcome in TrialOutcome::ALL {
            let key = format!("trial-outcome-{}", outcome.word().replace('_', "-"));
            assert!(texts.has(language, &key), "{key}");
        }
    }
}

#[tokio::test]
async fn a_draft_is_checked_and_tried_and_saved_nowhere() {
    let visitor = Supervisor::new();
    visitor.house.sample();
    visitor.house.installation.live_until("2026-11-10T12:00:00+01:00").unwrap();
    let begun = visitor.open("/trials?draft=tell-late").await;
    assert!(
        begun.body.contains("name = &#34;tell-late&#34;") || begun.body.contains("name = &quot;tell-late&quot;"),
        "{}",
        begun.body
    );
    let good = visitor.send("/trials/draft", &[("draft", DRAFT)]).await;
    assert!(good.body.contains("mine") && good.body.contains("notice good"), "{}", good.body);
    let wrong = visitor.send("/trials/draft", &[("draft", &DRAFT.replace("\"at_risk\"", "\"at_rsik\""))]).await;
    assert!(wrong.body.contains("notice bad") && wrong.body.contains("at_rsik") && wrong.body.contains(" 5: "), "{}", wrong.body);
    let mut fields = vec![("draft", DRAFT)];
    fields.extend(period());
    let address = visitor.tried(&fields).await;
    assert!(visitor.open(&address).await.body.contains(&format!("{address}/messages/0")));
    visitor.open(&format!("{address}/messages/0")).await;
    assert!(visitor.house.app.engine.playbooks().unwrap().iter().all(|line| line.name != "mine"));
}

#[tokio::test]
async fn a_question_that_cannot_be_asked_says_why_and_keeps_what_was_written() {
    let visitor = Supervisor::new();
    let wrong = [
        vec![("from", "2026-11-01"), ("to", "2026-11-30")],
        vec![("playbook", "tell-late"), ("from", "tomorrow"), ("to", "2026-11-30")],
        vec![("playbook", "tell-late"), ("from", "2026-11-30"), ("to", "2026-11-01")],
        vec![("draft", "not toml"), ("from", "2026-11-01"), ("to", "2026-11-30")],
    ];
    for fields in wrong {
        let reply = visitor.send("/trials", &fields).await;
        assert_eq!(reply.status, StatusCode::OK, "{fields:?}");
        assert!(reply.body.contains("role=\"alert\""), "{fields:?}");
        assert!(visitor.house.app.trials.all().is_empty(), "{fields:?}: nothing was started");
        if let Some((_, draft)) = fields.iter().find(|(name, _)| *name == "draft") {
            assert!(reply.body.contains(draft), "the draft is still there");
        }
    }
    assert_eq!(visitor.house.get_as("/trials/0000", &visitor.cookie).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_trial_can_be_stopped_and_asked_for_again() {
    let visitor = Supervisor::new();
    let mut fields = vec![("playbook", "tell-late")];
    fields.extend(period());
    let address = visitor.tried(&fields).await;
    let stopped = visitor.send(&format!("{address}/stop"), &[]).await;
    assert_eq!((stopped.status, stopped.header("location")), (StatusCode::SEE_OTHER, address.as_str()));
    // It was over before: stopping changes nothing.
    let id = TrialId::new(address.trim_start_matches("/trials/"));
    assert!(matches!(visitor.house.app.trials.find(&id).unwrap().state, RunState::Done(_)));
    assert_ne!(visitor.tried(&fields).await, address, "asked for again it is another run");
}
