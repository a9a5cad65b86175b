//! Stories: what real customers lived through, as Markdown files that are both specification and test.
//!
//! Every file of `tests/stories/` is run from beginning to end on each database, on a clock set by hand that stops at everything that
//! falls due. A story is never adapted to the code; how a file is written is told in the README beside the stories.

mod book;
mod expectations;
mod facts;
mod fields;
mod figures;
mod trials;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use kept_domain::promise::Promise;
use kept_engine::views::PromiseFilter;
use kept_testkit::Installation;

use book::{Kind, Story};

macro_rules! stories {
    ($($name:ident = $file:literal;)+) => {
        const FILES: &[&str] = &[$($file,)+];
        $(
            #[test]
            fn $name() -> Result<()> {
                run($file)
            }
        )+
    };
}

stories! {
    silent_parcel = "01-silent-parcel.md";
    on_time_after_all = "02-on-time-after-all.md";
    nobody_home = "03-nobody-home.md";
    delivered_but_not = "04-delivered-but-not.md";
    pharmacy_basket = "05-pharmacy-basket.md";
    shown_as_available = "06-shown-as-available.md";
    partners_fantasy = "07-partners-fantasy.md";
    thanks = "27-thanks.md";
    four_words_one_refund = "28-four-words-one-refund.md";
    moved_by_the_customer = "29-moved-by-the-customer.md";
    closed_month = "30-closed-month.md";
    phone_and_no_mailbox = "31-phone-and-no-mailbox.md";
    lost_says_the_carrier = "32-lost-says-the-carrier.md";
}

#[test]
fn every_story_is_run() -> Result<()> {
    let mut there = Vec::new();
    for entry in std::fs::read_dir(folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") && name != "README.md" {
            there.push(name);
        }
    }
    there.sort();
    assert_eq!(there, FILES, "every file of tests/stories is named in `stories!`, in order");
    Ok(())
}

#[test]
fn a_story_that_is_written_wrong_is_refused() {
    let wrong = [
        ("# T\n```ledger\n{\"promise\":\"delivery of 1\"}\n```\n", "checks nothing"),
        ("# T\n```facts\n{\"clock\":\"2026-11-03T09:00:00+01:00\"}\n```\n", "checks nothing"),
        ("# T\n```ledger\n```\n", "empty"),
        ("# T\n```sent\n{\"template\":\"x\",\n```\n", "JSON"),
        ("# T\n```legder\n{\"none\":true}\n```\n", "legder"),
        ("# T\n```sent\n{\"none\":true}\n", "never ends"),
        ("# T\n```sent\n{\"none\":true,\"tempalte\":\"x\"}\n```\n", "tempalte"),
        ("# T\n```figures\n{\"from\":\"2026-11-01\",\"before\":\"2026-12-01\",\"keptt\":1}\n```\n", "keptt"),
        (
            "# T\n```facts\n{\"kind\":\"order.placed\",\"order_nummer\":\"1\"}\n```\n```sent\n{\"none\":true}\n```\n",
            "order_nummer",
        ),
    ];
    for (text, word) in wrong {
        let refused = tell("wrong.md", text).expect_err(text).to_string();
        assert!(refused.contains(word), "{text}\ngave: {refused}");
    }
}

#[test]
fn an_expectation_that_does_not_hold_is_found() {
    let order = "{\"kind\":\"order.placed\",\"order_number\":\"1\",\"at\":\"2026-11-02T10:00:00+01:00\",\"customer\":{\"email\":\"a@example.org\"},\"promised_day\":\"2026-11-05\"}";
    let wrong = [
        ("ledger", "{\"promise\":\"delivery of 1\",\"state\":\"kept\"}", "state: expected \"kept\", found \"open\""),
        ("ledger", "{\"promise\":\"refund of 1\",\"state\":\"open\"}", "no refund"),
        ("sent", "{\"template\":\"late-warning\"}", "was not sent"),
        ("figures", "{\"from\":\"2026-11-01\",\"before\":\"2026-12-01\",\"open\":0}", "open: expected 0, found 1"),
    ];
    for (block, line, word) in wrong {
        let text = format!("# T\n```facts\n{order}\n```\n```{block}\n{line}\n```\n");
        let found = tell("wrong.md", &text).expect_err(line).to_string();
        assert!(found.contains(word), "{line}\ngave: {found}");
    }
}

/// One story under way on one installation.
struct Telling {
    installation: Installation,
    /// Letters that a `sent` block has already looked at.
    read: usize,
    marks: BTreeMap<String, Mark>,
}

/// How everything stood at a moment, to compare with later.
struct Mark {
    promises: BTreeMap<String, Promise>,
    figures: Option<figures::Taken>,
}

impl Telling {
    fn all_promises(&self) -> Result<Vec<Promise>> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page =
                self.installation.engine.promises(&PromiseFilter { after, limit: Some(200), ..PromiseFilter::default() })?;
            all.extend(page.rows.into_iter().map(|line| line.promise));
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/stories")
}

fn run(file: &str) -> Result<()> {
    let text = std::fs::read_to_string(folder().join(file)).with_context(|| format!("tests/stories/{file}"))?;
    tell(file, &text)
}

/// Tells a story on each database; everything that does not hold is in the error.
fn tell(file: &str, text: &str) -> Result<()> {
    let story = Story::read(file, text)?;
    let mut failures = Vec::new();
    for installation in Installation::each()? {
        let database = installation.kind();
        let mut telling = Telling { installation, read: 0, marks: BTreeMap::new() };
        for failure in tell_on(&mut telling, &story)? {
            failures.push(format!("{failure} ({database})"));
        }
    }
    if failures.is_empty() { Ok(()) } else { bail!("{} of `{file}` does not hold:\n{}", story.title, failures.join("\n")) }
}

fn tell_on(telling: &mut Telling, story: &Story) -> Result<Vec<String>> {
    let mut failures = Vec::new();
    for block in &story.blocks {
        let place = |line: usize| format!("{}:{line}", story.file);
        let mut fail =
            |line: usize, what: Vec<String>| failures.extend(what.into_iter().map(|what| format!("  {}: {what}", place(line))));
        match block.kind {
            Kind::Facts => {
                for (line, value) in &block.lines {
                    facts::tell(telling, value).map_err(|error| anyhow!("{}: {error:#}", place(*line)))?;
                }
            }
            Kind::Sent => fail(
                block.line,
                expectations::sent(telling, &block.lines).map_err(|error| anyhow!("{}: {error:#}", place(block.line)))?,
            ),
            Kind::Ledger | Kind::Figures => {
                for (line, value) in &block.lines {
                    let found = if block.kind == Kind::Ledger {
                        expectations::ledger(telling, value)
                    } else {
                        figures::check(telling, value)
                    };
                    fail(*line, found.map_err(|error| anyhow!("{}: {error:#}", place(*line)))?);
                }
            }
        }
    }
    for what in the_end(telling)? {
        failures.push(format!("  {}: at the end: {what}", story.file));
    }
    Ok(failures)
}

/// What must hold at the end of every story, whatever it told.
fn the_end(telling: &Telling) -> Result<Vec<String>> {
    let engine = &telling.installation.engine;
    let mut wrong = Vec::new();
    let health = engine.health()?;
    for (what, count) in [
        ("signals wait", health.signals_pending),
        ("messages wait to leave", health.outbox_pending),
        ("promises are unwatched", health.unwatched),
    ] {
        if count != 0 {
            wrong.push(format!("{count} {what}"));
        }
    }
    for promise in telling.all_promises()?.iter().filter(|promise| promise.state.is_open()) {
        if promise.due.is_none() && promise.review_at.is_none() {
            wrong.push(format!("the open {} {} has neither due nor review", promise.kind, promise.id));
        }
    }
    let unread = telling.installation.mail.letters().len().saturating_sub(telling.read);
    if unread > 0 {
        wrong.push(format!("{unread} letters left that no `sent` block names"));
    }
    wrong.extend(trials::differences(engine)?);
    let before = engine.database().read(kept_store::Connection::dump_projections)?;
    engine.rebuild(|_| {})?;
    if before != engine.database().read(kept_store::Connection::dump_projections)? {
        wrong.push("rebuild gives other rows".to_owned());
    }
    let verified = engine.verify(|_| {})?;
    if !verified.problems.is_empty() {
        wrong.push(format!("verify: {:?}", verified.problems));
    }
    Ok(wrong)
}
