//! Every page, rendered with made-up values in both languages: its structure holds and no text is missing.
//!
//! With `KEPT_DUMP` set to a directory the pages are also written there, with their files, to be looked at in a browser.

use std::collections::BTreeSet;

use askama::Template;
use kept_base::Language;
use kept_domain::message::MessageState;
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_engine::views::{CustomerLine, Page, ParcelFile, ParcelLine};
use kept_web::pages::promises::PromisesAsked;
use kept_web::pages::{
    contact, customer_page, customers, deed, errands, figures, messages, notices, orders, parcels, playbooks, promise, promises,
    scorecards, search, settings, today, unmapped,
};

use crate::{pages_made_up as made_up, pages_made_up_files as made_up_files, pages_made_up_house as made_up_house};

#[test]
fn every_playbook_that_comes_with_kept_is_named_as_people_say_it() {
    let packs = kept_engine::LoadedPacks::load(kept_engine::PackSource::Embedded).expect("the packs of the program");
    let texts = kept_text::Texts::embedded().expect("the texts of the program");
    for playbook in &packs.packs.playbooks {
        for language in Language::ALL {
            assert!(texts.has(language, &format!("playbook-{}", playbook.name)), "{language}: playbook-{}", playbook.name);
        }
    }
}

fn page_of<T>(rows: Vec<T>) -> Page<T> {
    let total = u64::try_from(rows.len()).expect("few");
    Page { rows, total, next: Some("p2".to_owned()) }
}

fn every_page(language: Language) -> Vec<(&'static str, String)> {
    let frame = |here: &str| made_up::frame(language, here);
    let html = |template: &dyn askama::DynTemplate| template.dyn_render().expect("renders");
    let all = made_up::today();
    let lines: Vec<_> = [&all.late, &all.next_hour, &all.today, &all.at_risk, &all.disputed]
        .into_iter()
        .flat_map(|section| section.rows.clone())
        .collect();
    let parcel_lines: Vec<ParcelLine> = lines
        .iter()
        .flat_map(|line| {
            line.parcels.iter().map(|parcel| ParcelLine {
                parcel: parcel.clone(),
                order_number: line.order_number.clone(),
                promise: Some(line.promise.clone()),
            })
        })
        .collect();
    let parcel_file = ParcelFile {
        parcel: made_up::parcel(60, "chronopost", "XY123456789FR", Milestone::InNetwork, Some(ExceptionKind::StalledInNetwork)),
        order: Some(made_up_files::order_file()),
        promise: Some(made_up_files::promise_file().line),
        facts: made_up::facts(),
    };
    let customer_line =
        CustomerLine { customer: made_up_files::customer(), person: made_up_files::customer_file().person, open: 2 };
    let waiting = messages::MessagesAsked::default();
    let (codes, payloads) = made_up_house::unmapped();
    let asked = figures::FiguresAsked::default();
    let text = Some(made_up::letter_text());
    vec![
        ("today", html(&today::view(frame("/"), &all))),
        (
            "promises",
            html(&promises::view(
                frame("/promises"),
                &PromisesAsked { state: Some("late".to_owned()), figure: Some("kept".to_owned()), ..PromisesAsked::default() },
                &["Expéditions".to_owned(), "Compta".to_owned()],
                &page_of(lines),
            )),
        ),
        (
            "promise",
            html(&promise::view(
                frame("/promises"),
                &made_up_files::promise_file(),
                promise::Beside {
                    outlook: Some(made_up_house::outlook()),
                    owners: vec!["Expéditions".to_owned(), "Compta".to_owned()],
                    by_hand: true,
                },
                promise::Again::default(),
            )),
        ),
        (
            "parcels",
            html(&parcels::list_view(
                frame("/parcels"),
                &made_up::today().standing,
                &parcels::ParcelsAsked::default(),
                &page_of(parcel_lines),
            )),
        ),
        ("parcel", html(&parcels::view(frame("/parcels"), &parcel_file))),
        ("order", html(&orders::view(frame("/orders"), &made_up_files::order_file(), &made_up::facts()))),
        ("customers", html(&customers::list_view(frame("/customers"), None, &page_of(vec![customer_line])))),
        (
            "customer",
            html(&customers::view(
                frame("/customers"),
                &made_up_files::customer_file(),
                Some("https://kept.lumen.example/p/secret".to_owned()),
                None,
            )),
        ),
        (
            "messages",
            html(&messages::list_view(
                frame("/messages"),
                &made_up::pressing(),
                &waiting,
                &page_of(vec![
                    made_up::message_line(71, MessageState::Waiting),
                    made_up::message_line(74, MessageState::Waiting),
                ]),
                vec![text.clone(), text],
            )),
        ),
        (
            "message",
            html(&messages::view(
                frame("/messages"),
                &made_up::message_file(71, MessageState::Waiting),
                "Livrer la commande 10377".to_owned(),
            )),
        ),
        (
            "message-unknown",
            html(&messages::view(
                frame("/messages"),
                &made_up::message_file(73, MessageState::Unknown),
                "Livrer la commande 10377".to_owned(),
            )),
        ),
        (
            "playbooks",
            html(&playbooks::view(
                frame("/playbooks"),
                &made_up_house::playbooks(),
                Some(&made_up_house::curve()),
                &made_up_house::tellers(),
            )),
        ),
        ("notices", html(&notices::view(frame("/notices"), &made_up_house::tellers(), &made_up_house::playbooks()))),
        (
            "figures",
            html(&figures::view(
                frame("/figures"),
                &asked,
                &made_up_house::figures(),
                made_up::at("2026-10-28T23:00:00Z"),
                made_up::at("2026-11-27T23:00:00Z"),
            )),
        ),
        (
            "scorecards",
            html(&scorecards::view(frame("/figures"), &scorecards::ScorecardsAsked::default(), &crate::scorecards::made_up())),
        ),
        (
            "scorecards-parcels",
            html(&scorecards::list_view(
                frame("/figures"),
                &scorecards::ScorecardsAsked { figure: Some("missed".to_owned()), ..scorecards::ScorecardsAsked::default() },
                &page_of(Vec::new()),
            )),
        ),
        ("unmapped", html(&unmapped::view(frame("/unmapped"), &codes, &payloads))),
        (
            "settings",
            html(&settings::view(
                frame("/settings"),
                &made_up_house::health(),
                &made_up_house::settings(),
                Some("kept_3f9c".to_owned()),
            )),
        ),
        ("search", html(&search::view(frame("/find"), "99999 <b>".to_owned()))),
        (
            "customer-page",
            customer_page::view(
                made_up::words(language),
                "Maison Lumen".to_owned(),
                "secret",
                &made_up_files::customer_page(),
                &customer_page::Asked { said: Some("wait".to_owned()), choice: Some("cancel".to_owned()), lang: None },
                None,
            )
            .render()
            .expect("renders"),
        ),
    ]
}

#[test]
fn every_page_stands_in_both_languages() {
    for language in Language::ALL {
        for (name, html) in every_page(language) {
            let what = format!("{name} in {}", language.tag());
            assert!(!html.contains('‹'), "{what}: a text is missing: {}", around(&html, "‹"));
            assert!(!html.contains("{$"), "{what}: a value is missing: {}", around(&html, "{$"));
            assert_eq!(html.matches("<h1").count(), 1, "{what}: one h1");
            assert_eq!(html.matches("<main").count(), 1, "{what}: one main");
            assert!(html.contains(&format!("<html lang=\"{}\"", language.tag())), "{what}: language");
            assert!(!html.contains("style=\""), "{what}: inline style: {}", around(&html, "style=\""));
            assert!(!html.contains("<style"), "{what}: style element");
            assert!(!html.contains("onclick"), "{what}: inline handler");
            for script in html.split("<script").skip(1) {
                assert!(script.starts_with(" src="), "{what}: inline script");
            }
            assert!(html.contains("class=\"skip\" href=\"#main\""), "{what}: skip link");
            labelled(&html, &what);
            ids_are_unique(&html, &what);
            tags_close(&html, &what);
            dump(&format!("{name}-{}.html", language.tag()), &html);
        }
    }
}

#[test]
fn what_a_stranger_wrote_is_text_and_never_markup() {
    let mut file = made_up_files::promise_file();
    let evil = "<script>alert(1)</script>\"'&";
    file.line.order_number = Some(evil.to_owned());
    file.sentences = vec![Some(evil.to_owned())];
    if let Some(details) = file.line.person.as_mut().and_then(|person| person.details.as_mut()) {
        details.name = Some(evil.to_owned());
    }
    file.line.promise.owner = evil.to_owned();
    file.line.parcels.iter_mut().for_each(|parcel| parcel.tracking_number = evil.to_owned());
    let beside = promise::Beside { owners: vec![evil.to_owned()], by_hand: true, ..promise::Beside::default() };
    let entered =
        contact::Entered { channel: evil.to_owned(), asked: evil.to_owned(), text: evil.to_owned(), at: evil.to_owned() };
    let again = promise::Again {
        contact: Some((entered, contact::Wrong::default())),
        deed: Some((deed::Entered { evidence: evil.to_owned() }, "…".to_owned())),
        errand: Some((
            errands::Entered { what: evil.to_owned(), text: evil.to_owned(), amount: evil.to_owned() },
            "…".to_owned(),
        )),
        address: None,
    };
    let html = promise::view(made_up::frame(Language::English, "/promises"), &file, beside, again).render().expect("renders");
    assert!(!html.contains("<script>alert"), "{}", around(&html, "<script>alert"));
    let page = kept_engine::views::CustomerPage { promises: vec![file], ..made_up_files::customer_page() };
    let html = customer_page::view(
        made_up::words(Language::English),
        evil.to_owned(),
        "s",
        &page,
        &customer_page::Asked { said: Some("<b>".to_owned()), choice: Some("<b>".to_owned()), lang: Some("<b>".to_owned()) },
        None,
    )
    .render()
    .expect("renders");
    assert!(!html.contains("<script>alert"), "{}", around(&html, "<script>alert"));
}

#[test]
fn the_customers_page_shows_a_name_and_no_address() {
    let mut page = made_up_files::customer_page();
    page.person = made_up_files::customer_file().person;
    for file in &mut page.promises {
        file.line.person = Some(page.person.clone());
    }
    for language in Language::ALL {
        let html = customer_page::view(
            made_up::words(language),
            "Maison Lumen".to_owned(),
            "secret",
            &page,
            &customer_page::Asked::default(),
            None,
        )
        .render()
        .expect("renders");
        assert!(html.contains("Anne Perret"));
        for personal in ["anne.perret@example.org", "+33 6 12 34 56 78", "C-2041"] {
            assert!(!html.contains(personal), "{personal} is on the page");
        }
    }
}

#[test]
fn what_stands_still_comes_before_the_promises_and_a_filter_stays_at_its_place() {
    let html = today::view(made_up::frame(Language::English, "/"), &made_up::today()).render().expect("renders");
    let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text} is not on the page"));
    let first_promise = at("/promises/prm_");
    let first_place = at("place=");
    assert!(first_place < first_promise, "one matter before the many promises it endangers");
    let asked = parcels::ParcelsAsked { place: Some("<77>".to_owned()), ..parcels::ParcelsAsked::default() };
    let none = kept_engine::views::Page { rows: Vec::new(), total: 0, next: None };
    let html = parcels::list_view(made_up::frame(Language::English, "/parcels"), &made_up::today().standing, &asked, &none);
    let html = html.render().expect("renders");
    let (_, form) = html.split_once("<form class=\"filters\"").expect("the form");
    let (form, _) = form.split_once("</form>").expect("its end");
    assert!(form.contains("name=\"place\" value=\"&#60;77&#62;\""), "{form}");
}

#[test]
fn an_erased_person_has_no_name_on_any_page() {
    let mut file = made_up_files::customer_file();
    file.person.details = None;
    file.customer.erase();
    file.promises.iter_mut().for_each(|line| line.person = Some(file.person.clone()));
    file.messages.iter_mut().for_each(|line| (line.person, line.subject) = (Some(file.person.clone()), None));
    let html = customers::view(made_up::frame(Language::French, "/customers"), &file, Some("x".to_owned()), None)
        .render()
        .expect("renders");
    assert!(!html.contains("Perret"), "{}", around(&html, "Perret"));
    assert!(!html.contains("/erasure"), "nothing is left to erase");
}

#[test]
fn a_number_that_is_not_known_is_said_in_the_reader_s_words_and_the_partner_s_stand_beside() {
    let (mut codes, payloads) = made_up_house::unmapped();
    let line = codes.first_mut().expect("a code");
    (line.what, line.code, line.text) = ("answer".to_owned(), "404".to_owned(), "La Poste does not know this number".to_owned());
    line.mapped = None;
    let frame = made_up::frame(Language::French, "/unmapped");
    let html = unmapped::view(frame, &codes, &payloads).render().expect("renders");
    let summary = html.split("fold code\"><summary>").nth(1).and_then(|rest| rest.split("</summary>").next()).expect("a summary");
    assert!(summary.contains("le numéro n’y est pas connu") && !summary.contains("does not know"), "{summary}");
    assert!(html.contains("lang=\"en\">La Poste does not know this number<"), "{html}");
}

#[test]
fn only_those_who_may_see_the_acts_of_supervisors() {
    let mut frame = made_up::frame(Language::French, "/promises");
    (frame.supervisor, frame.admin) = (false, false);
    let html =
        promise::view(frame.clone(), &made_up_files::promise_file(), promise::Beside::default(), promise::Again::default())
            .render()
            .expect("renders");
    assert!(!html.contains("/withdrawal") && html.contains("/owner") && html.contains("/amendment"));
    let html = playbooks::view(frame.clone(), &made_up_house::playbooks(), None, &[]).render().expect("renders");
    assert!(html.contains("<fieldset disabled>"));
    let html = customers::view(frame, &made_up_files::customer_file(), None, None).render().expect("renders");
    assert!(!html.contains("/erasure"));
}

/// Every field that a person fills has a label; hidden ones and buttons need none.
fn labelled(html: &str, what: &str) {
    let labels: BTreeSet<&str> = html.split("for=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for tag in ["<input", "<select", "<textarea"] {
        for (at, _) in html.match_indices(tag) {
            let field = html[at..].split('>').next().expect("a tag");
            let inside_label = html[..at].rfind("<label").is_some_and(|label| !html[label..at].contains("</label>"));
            let id = field.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next());
            let named = field.contains("type=\"hidden\"")
                || field.contains("aria-label=")
                || inside_label
                || id.is_some_and(|id| labels.contains(id));
            assert!(named, "{what}: a field without a label: {field}");
        }
    }
}

fn ids_are_unique(html: &str, what: &str) {
    let mut seen = BTreeSet::new();
    for id in html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(seen.insert(id), "{what}: id {id} stands twice");
    }
}

/// Elements that must be closed are, in their order.
fn tags_close(html: &str, what: &str) {
    const VOID: [&str; 16] = [
        "!doctype", "meta", "link", "input", "br", "circle", "line", "rect", "path", "hr", "img", "kbd", "col", "source", "area",
        "wbr",
    ];
    let mut open: Vec<String> = Vec::new();
    for piece in html.split('<').skip(1) {
        let Some((tag, _)) = piece.split_once('>') else { continue };
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '!')
            .collect::<String>()
            .to_ascii_lowercase();
        if VOID.contains(&name.as_str()) || tag.ends_with('/') {
            continue;
        }
        if tag.starts_with('/') {
            let last = open.pop();
            assert_eq!(last.as_deref(), Some(name.as_str()), "{what}: </{name}> closes something else, after {open:?}");
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{what}: not closed: {open:?}");
}

fn around(html: &str, needle: &str) -> String {
    let at = html.find(needle).unwrap_or(0);
    let start = html[..at].char_indices().rev().nth(60).map_or(0, |(index, _)| index);
    html[start..].chars().take(160).collect()
}

/// Writes a page where `KEPT_DUMP` says, with addresses of files that a browser finds on disk.
pub fn dump(name: &str, html: &str) {
    let Ok(directory) = std::env::var("KEPT_DUMP") else { return };
    let directory = std::path::Path::new(&directory);
    std::fs::create_dir_all(directory).expect("a directory");
    let assets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    for file in ["tokens.css", "kept.css", "live.js", "htmx.min.js", "favicon.svg"] {
        std::fs::copy(assets.join(file), directory.join(file)).expect("copies");
    }
    std::fs::create_dir_all(directory.join("fonts")).expect("a directory");
    for file in std::fs::read_dir(assets.join("fonts")).expect("fonts").flatten() {
        std::fs::copy(file.path(), directory.join("fonts").join(file.file_name())).expect("copies");
    }
    std::fs::write(directory.join(name), html.replace("/assets/", "")).expect("writes");
}
