//! Scorecards in both languages and as JSON: verdicts where there are enough, none where there are too few, and doors to the parcels.

use askama::Template;
use axum::http::{Method, StatusCode};
use kept_base::Language;
use kept_engine::scorecards::{Apart, Drift, Lasting, Partner, Scorecard, Scorecards, Standing, Warehouse};
use kept_engine::views::{Page, Share};
use kept_learn::{Against, change};
use kept_web::pages::scorecards::{ScorecardsAsked, list_view, view};

use crate::house::House;
use crate::pages_made_up as made_up;

fn share(count: u64, of: u64) -> Share {
    let wilson = kept_learn::Share::wilson(count, of);
    let (low, high) = wilson.map_or((0.0, 1.0), |share| (share.lower, share.upper));
    Share { count, of, low, high }
}

fn drift(now: Share, before: Share, standing: Standing) -> Drift {
    let wilson = |share: Share| kept_learn::Share::wilson(share.count, share.of);
    Drift { now, before, change: wilson(now).zip(wilson(before)).and_then(|(now, before)| change(now, before)), standing }
}

fn card(name: &str, kept: Share, against: Option<Against>, standing: Standing, rank: Option<u32>) -> Scorecard {
    Scorecard {
        name: name.to_owned(),
        parcels: kept.of + 6,
        handed_over: kept.of + 4,
        kept,
        against,
        standing,
        rank,
        transit: Lasting { n: kept.of, ended: kept.of - 2, median_hours: Some(44), p90_hours: None },
        silent: share(2, kept.of),
        first_attempt: share(kept.of - 2, kept.of - 1),
        disputed: share(1, kept.of),
        contested: share(1, kept.of),
        claims: vec![("carrier", share(2, kept.of)), ("recipient", share(1, kept.of)), ("customs", share(0, kept.of))],
        apart: Apart { in_dispute: 1, moved: 2, let_off: 3, handed_too_late: 4 },
        drift: drift(share(12, 40), share(100, 120), Standing::Worse),
    }
}

fn against(comparable: u64, enough: bool) -> Option<Against> {
    Some(Against { n: 210, comparable, observed: 180, expected: 171.25, lower: -3.5, upper: 21.0, enough })
}

/// Scorecards with every verdict.
pub fn made_up() -> Scorecards {
    let group = |name: &str, kept: Share| card(name, kept, None, Standing::NotCompared, None);
    let carriers = vec![
        card("laposte", share(201, 211), against(190, true), Standing::Better, Some(1)),
        card("gls", share(90, 100), against(90, true), Standing::NoDifference, Some(2)),
        card("dpd", share(50, 88), against(80, true), Standing::Worse, Some(3)),
        card("bpost", share(7, 9), against(4, false), Standing::TooFew, None),
        card("correos", share(4, 4), against(0, false), Standing::Alone, None),
    ];
    Scorecards {
        from: made_up::at("2026-10-28T23:00:00Z"),
        before: made_up::at("2026-11-27T23:00:00Z"),
        all: group("", share(352, 412)),
        carriers,
        lanes: vec![group("FR", share(300, 350)), group("", share(52, 62))],
        classes: vec![group("3", share(200, 220)), group("more", share(4, 4)), group("", share(2, 4))],
        warehouse: Warehouse {
            parcels: 430,
            in_time: share(390, 420),
            never_handed: share(3, 430),
            preparing: Lasting { n: 430, ended: 427, median_hours: Some(20), p90_hours: Some(50) },
            drift: drift(share(90, 100), share(300, 320), Standing::NoDifference),
        },
        partners: vec![Partner {
            name: "Atelier Ida".to_owned(),
            kept: share(40, 61),
            against: Against { n: 61, comparable: 61, observed: 40, expected: 54.5, lower: -20.0, upper: -9.0, enough: true },
            standing: Standing::Worse,
            claimed: share(3, 60),
            hands_over: Warehouse {
                parcels: 64,
                in_time: share(30, 64),
                never_handed: share(2, 64),
                preparing: Lasting { n: 64, ended: 62, median_hours: Some(70), p90_hours: Some(190) },
                drift: drift(share(4, 20), share(26, 44), Standing::Worse),
            },
        }],
        waiting: 12,
    }
}

fn page(language: Language) -> String {
    let asked = ScorecardsAsked { days: Some("30".to_owned()), ..ScorecardsAsked::default() };
    view(made_up::frame(language, "/figures"), &asked, &made_up()).render().expect("renders")
}

#[test]
fn each_verdict_is_said_and_too_few_have_no_place() {
    let said = [
        (
            Language::English,
            ["Keeps more", "No clear difference", "Keeps fewer", "Too few to compare", "Alone on its lanes"],
            ">place ",
        ),
        (
            Language::French,
            ["En tient plus", "Pas de différence nette", "En tient moins", "Trop peu pour comparer", "Seul sur ses destinations"],
            ">place ",
        ),
    ];
    for (language, verdicts, place) in said {
        let html = page(language);
        for verdict in verdicts {
            assert!(html.contains(verdict), "{language:?}: {verdict}");
        }
        assert_eq!(html.matches(place).count(), 3, "{language:?}: three of five carriers have a place");
        let few =
            html.split("bpost").find(|piece| piece.contains(verdicts[3])).expect("its row").split("</tr>").next().expect("a row");
        assert!(!few.contains(place) && few.contains('4'), "{language:?}: how many there are, and no place: {few}");
    }
}

#[test]
fn each_count_opens_its_parcels_and_what_is_claimed_stays_a_claim() {
    let html = page(Language::English);
    for door in [
        "figure=missed&amp;carrier=dpd",
        "figure=silent&amp;carrier=dpd",
        "figure=failed_attempt&amp;carrier=dpd",
        "figure=disputed&amp;carrier=dpd",
        "figure=claimed_recipient&amp;carrier=dpd",
        "figure=contested&amp;carrier=dpd",
        "figure=missed&amp;lane=FR",
        "figure=missed&amp;class=3",
        "figure=ship_late",
        "figure=never_handed",
        "figure=handed_too_late",
    ] {
        let door = door.replace("&amp;", "&#38;");
        assert!(html.contains(&format!("/scorecards/parcels?days=30&#38;{door}\"")), "{door}");
    }
    assert!(!html.contains("claimed_customs"), "a cause that nobody names takes no column");
    assert!(!html.contains("lane=\"") && html.contains("Destination not known"), "what is not known opens no list");
    assert!(html.contains("12 things in the ledger are still to be counted"));
    assert!(html.contains("neither sellers nor"), "what is not known here is said");
}

#[test]
fn a_list_says_whose_it_is_and_how_it_is_computed() {
    for (language, title, method) in [
        (Language::English, "Attempts contested", "never the recipient"),
        (Language::French, "Passages contestés", "jamais celle du destinataire"),
    ] {
        let asked = ScorecardsAsked {
            days: Some("90".to_owned()),
            figure: Some("contested".to_owned()),
            carrier: Some("dpd".to_owned()),
            ..ScorecardsAsked::default()
        };
        let found = Page { rows: Vec::new(), total: 0, next: None };
        let html = list_view(made_up::frame(language, "/figures"), &asked, &found).render().expect("renders");
        assert!(html.contains(title) && html.contains(method) && html.contains("DPD"), "{language:?}: {html}");
    }
}

#[tokio::test]
async fn programs_read_them_and_a_period_beyond_a_year_is_refused() {
    let house = House::new();
    house.sample();
    house.installation.engine.learn().expect("the ledger can be read");
    let token = house.token(&["read"]);
    let cards = house.api(Method::GET, "/api/scorecards?days=365", &token, "").await;
    assert_eq!(cards.status, StatusCode::OK, "{cards:?}");
    let cards = cards.json();
    for field in ["all", "carriers", "lanes", "classes", "warehouse", "waiting", "from", "before"] {
        assert!(!cards[field].is_null(), "{field}: {cards}");
    }
    assert_eq!(cards["waiting"], 0);
    for wrong in ["/api/scorecards?days=366", "/api/scorecards?days=0", "/api/scorecards?days=x", "/api/scorecards?months=3"] {
        let reply = house.api(Method::GET, wrong, &token, "").await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_word_that_is_no_figure_has_no_list() {
    let house = House::new();
    house.sample();
    let cookie = house.session(house.user("agent"));
    for (path, status) in [
        ("/scorecards?days=30", StatusCode::OK),
        ("/scorecards/parcels?figure=missed&carrier=laposte", StatusCode::OK),
        ("/scorecards/parcels?figure=guilty", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(house.get_as(path, &cookie).await.status, status, "{path}");
    }
}
