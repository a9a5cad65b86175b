//! G3: the line to the mail server is cut at each point of the conversation, and Kept is killed there. No letter is accepted twice, and
//! what may have left is shown as unknown and not sent again.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use kept_domain::message::MessageState;
use kept_engine::views::MessageFilter;
use kept_sample::peer::SmtpPeer;
use reqwest::blocking::Client;
use serde_json::Value;

use crate::books::{holds_and_rebuilds, quiet};
use crate::client::{Draw, http};
use crate::fake_time::FakeTime;
use crate::line::{End, Fired, Line, POINTS, Point, Shot};
use crate::mailing::{BEYOND_LEASES, ZONE, at_rest, automatic, gather, orders, start, to_ten};
use crate::place::{Place, number_of, turn, until};
use crate::postfix::Postfix;
use crate::server::Server;

/// The hour after which no round begins: on PostgreSQL each kill costs the length of a lease.
const NOON: i8 = 12;
/// Lines of a letter that pass before a cut in it.
const LINES: u64 = 6;
/// Orders of which nobody is shot at: their letters show that a server had its chance to send.
const WITNESSES: usize = 2;
/// Where a server on PostgreSQL is killed in the short form: each state of a letter on its way.
const BRIEFLY: [Point; 5] = [Point::MailSent, Point::DataSent, Point::InLetter, Point::DotSent, Point::QuitSent];
/// The longest the next cut may be away; far beyond what is measured.
const PATIENCE: Duration = Duration::from_secs(180);

#[test]
fn g03_the_line_is_cut_everywhere_on_sqlite() -> Result<()> {
    let peer = Peer::Scripted(SmtpPeer::start()?);
    under_fire(&Place::sqlite()?, peer)
}

#[test]
fn g03_the_line_is_cut_everywhere_on_postgres() -> Result<()> {
    match Place::postgres()? {
        Some(place) => under_fire(&place, Peer::Scripted(SmtpPeer::start()?)),
        None => Ok(()),
    }
}

#[test]
fn g03_the_line_to_postfix_is_cut_everywhere() -> Result<()> {
    if number_of("KEPT_FIRE", 0)? == 0 {
        eprintln!("a line to Postfix that is cut is not tried without KEPT_FIRE (`cargo xtask nightly fire`)");
        return Ok(());
    }
    match Postfix::start()? {
        Some(postfix) => under_fire(&Place::sqlite()?, Peer::Postfix(postfix)),
        None => Ok(()),
    }
}

/// Who is written to.
enum Peer {
    Scripted(SmtpPeer),
    Postfix(Postfix),
}

impl Peer {
    fn name(&self) -> &'static str {
        match self {
            Peer::Scripted(_) => "a scripted mail server",
            Peer::Postfix(_) => "Postfix",
        }
    }

    fn address(&self) -> SocketAddr {
        match self {
            Peer::Scripted(peer) => peer.address(),
            Peer::Postfix(peer) => peer.address(),
        }
    }

    fn gather(&self, arrived: &mut HashMap<String, String>) -> Result<()> {
        match self {
            Peer::Scripted(peer) => gather(peer, arrived),
            Peer::Postfix(peer) => peer.gather(arrived),
        }
    }
}

/// Every point with a cut, every point with a kill, and `KEPT_FIRE` rounds of drawn points.
fn under_fire(place: &Place, peer: Peer) -> Result<()> {
    let _turn = turn();
    let Some(clock) = FakeTime::new(&place.beside("clock"), "a line that is cut")? else { return Ok(()) };
    let (rounds, seed, began) = (number_of("KEPT_FIRE", 0)?, number_of("KEPT_FIRE_SEED", 33)?, Instant::now());
    let token = place.token(&["facts:write", "read"])?;
    automatic(place)?;
    let line = Line::to(peer.address())?;
    let mut range = Range { place, clock, token, client: http()?, line, peer, arrived: HashMap::new() };
    let all = |end: End| POINTS.map(|point| Shot { point, end, lines: LINES }).to_vec();
    range.round("cut", &all(End::Cut))?;
    let everywhere = place.kind() == "sqlite" || rounds > 0;
    let kills = all(End::Kill).into_iter().filter(|shot| everywhere || BRIEFLY.contains(&shot.point));
    range.round("kill", &kills.collect::<Vec<_>>())?;
    let mut draw = Draw::new(seed);
    for round in 0..rounds {
        range.round(&format!("draw{round}"), &(0..POINTS.len()).map(|_| drawn(&mut draw)).collect::<Vec<_>>())?;
    }
    let unknown = range.unknown_stay()?;
    quiet(place)?;
    let judged = range.judge()?;
    ensure!(unknown == judged.unknown, "the API lists {unknown} unknown letters, and there are {}", judged.unknown);
    holds_and_rebuilds(place)?;
    let fired = range.line.fired();
    let kills = fired.iter().filter(|fired| fired.shot.end != End::Cut).count();
    eprintln!(
        "fire, {}: the line to {} was cut {} times at {} points of the conversation, and the server killed at {kills} of them, seed {seed}, {:.0} s; {} letters, {} of \
         them accepted by the mail server, 0 twice; {} shown as unknown and not sent again, {} of these had been accepted, and {} were killed after the 250 and \
         before it was written down; all others accepted in the end, {} of them at a later attempt",
        place.kind(),
        range.peer.name(),
        fired.len(),
        POINTS.len(),
        began.elapsed().as_secs_f64(),
        judged.letters,
        range.arrived.len(),
        judged.unknown,
        judged.unknown_accepted,
        judged.after_the_verdict,
        judged.later,
    );
    Ok(())
}

fn drawn(draw: &mut Draw) -> Shot {
    let point = POINTS[usize::try_from(draw.below(POINTS.len() as u64)).unwrap_or(0)];
    let end = match draw.below(3) {
        0 => End::Cut,
        1 => End::Kill,
        _ => End::CutThenKill(Duration::from_millis(draw.below(40))),
    };
    Shot { point, end, lines: 1 + draw.below(40) }
}

/// Where it happens.
struct Range<'a> {
    place: &'a Place,
    clock: FakeTime,
    token: String,
    client: Client,
    line: Line,
    peer: Peer,
    /// Accepted letters: the mail server's number, the letter's name.
    arrived: HashMap<String, String>,
}

/// What became of the letters.
#[derive(Debug, Default)]
struct Judged {
    letters: usize,
    /// Accepted though an attempt had failed before.
    later: usize,
    unknown: usize,
    unknown_accepted: usize,
    /// Unknown though the answer had been passed on: killed before it was written down.
    after_the_verdict: usize,
}

impl Range<'_> {
    fn serve(&self) -> Result<Server> {
        let server = start(self.place, &self.clock, self.line.address.port())?;
        self.line.aim_at(server.process());
        Ok(server)
    }

    /// Fires these shots at letters that fall due at once, and goes on until nothing waits any more.
    fn round(&mut self, mark: &str, shots: &[Shot]) -> Result<()> {
        if self.clock.now().in_tz(ZONE)?.hour() >= NOON || self.clock.now().in_tz(ZONE)?.hour() < 10 {
            to_ten(&mut self.clock)?;
        }
        let before = self.line.fired().len();
        let mut server = self.serve()?;
        self.line.load(shots.iter().copied());
        orders(&self.client, &server, &self.token, &self.clock, mark, shots.len() as u64)?;
        for number in before..before + shots.len() {
            let fired = self.line.wait_for(number, PATIENCE).with_context(|| format!("round {mark}"))?;
            if fired.shot.end == End::Cut {
                continue;
            }
            server.kill()?;
            if self.place.kind() == "postgres" {
                // Another process may live: only its leases say that it does not. The embedded database has one process.
                self.clock.jump(BEYOND_LEASES)?;
            }
            server = self.serve()?;
        }
        self.finish()?;
        server.stop()
    }

    /// Lets the clock run past every wait, with a server at work.
    fn finish(&mut self) -> Result<()> {
        let database = self.place.database()?;
        at_rest(&database, &self.clock, true)?;
        for _ in 0..3 {
            self.clock.jump(BEYOND_LEASES)?;
            at_rest(&database, &self.clock, true)?;
        }
        // The longest wait is half a day.
        to_ten(&mut self.clock)?;
        at_rest(&database, &self.clock, false)?;
        self.peer.gather(&mut self.arrived)
    }

    /// A last server, long after: it sends what falls due, and of the unknown nothing. Gives how many the API lists.
    fn unknown_stay(&mut self) -> Result<usize> {
        let arrived = self.arrived.len();
        self.clock.jump(BEYOND_LEASES)?;
        let server = self.serve()?;
        let listed = self.listed(&server, "unknown")?;
        orders(&self.client, &server, &self.token, &self.clock, "witness", WITNESSES as u64)?;
        // Rows may lag behind the ledger; only what arrives shows that the server came round to it.
        until("the letters about the last orders arrive", PATIENCE, || {
            self.peer.gather(&mut self.arrived)?;
            Ok((self.arrived.len() >= arrived + WITNESSES).then_some(()))
        })?;
        self.finish()?;
        let after = self.listed(&server, "unknown")?;
        ensure!(listed == after, "unknown letters went on by themselves: {listed:?} became {after:?}");
        for state in ["queued", "retry", "refused"] {
            let rows = self.listed(&server, state)?;
            ensure!(rows.is_empty(), "{state}: {rows:?}");
        }
        server.stop()?;
        Ok(listed.len())
    }

    /// Ids of the messages that the API lists in a state.
    fn listed(&self, server: &Server, state: &str) -> Result<Vec<String>> {
        let (mut ids, mut after) = (Vec::new(), None::<String>);
        loop {
            let mut address = format!("{}?state={state}&limit=200", server.at("/api/messages"));
            if let Some(after) = &after {
                address.push_str(&format!("&after={after}"));
            }
            let answer = self.client.get(address).bearer_auth(&self.token).send()?.error_for_status()?;
            let page: Value = answer.json()?;
            let rows = page["rows"].as_array().context("no rows")?;
            ids.extend(rows.iter().filter_map(|row| row["id"].as_str()).map(str::to_owned));
            after = page["next"].as_str().map(str::to_owned);
            if after.is_none() {
                return Ok(ids);
            }
        }
    }

    /// Compares what Kept says of every letter with what the mail server accepted and where the line was cut.
    fn judge(&self) -> Result<Judged> {
        let mut accepted: BTreeMap<&str, usize> = BTreeMap::new();
        self.arrived.values().for_each(|name| *accepted.entry(name).or_default() += 1);
        let twice: Vec<_> = accepted.iter().filter(|(_, count)| **count > 1).collect();
        ensure!(twice.is_empty(), "letters that were accepted twice: {twice:?}");
        let fired = self.line.fired();
        let engine = self.place.engine()?;
        let (mut judged, mut filter) = (Judged::default(), MessageFilter { limit: Some(200), ..MessageFilter::default() });
        loop {
            let page = engine.messages(&filter)?;
            for line in &page.rows {
                let message = &line.message;
                let file = engine.message(message.id)?.context("a message that was listed")?;
                let Some(letter) = file.letter.filter(|_| message.attempts > 0) else { continue };
                let name = format!("<{}>", letter.message_id);
                let here = accepted.remove(name.as_str()).is_some();
                let at: Vec<&Fired> = fired.iter().filter(|fired| is_of(fired, &letter.to_address, &name)).collect();
                judged.letters += 1;
                match message.state {
                    MessageState::Accepted => {
                        ensure!(here, "{name} is said to be accepted, and the mail server knows nothing of it: {at:?}");
                        judged.later += usize::from(message.attempts > 1);
                    }
                    MessageState::Unknown => {
                        let last = at.iter().rfind(|fired| leaves_a_doubt(&fired.shot));
                        let last = last.with_context(|| format!("{name} is unknown without a reason: {at:?}"))?;
                        judged.unknown += 1;
                        judged.unknown_accepted += usize::from(here);
                        judged.after_the_verdict += usize::from(last.shot.point > Point::DotSent);
                    }
                    other => anyhow::bail!("{name} ended as {other:?}: {at:?}"),
                }
            }
            filter.after = page.next;
            if filter.after.is_none() {
                break;
            }
        }
        ensure!(accepted.is_empty(), "letters that nobody in Kept knows under this name: {accepted:?}");
        Ok(judged)
    }
}

/// Whether a cut hit this letter, as far as it was known by then.
fn is_of(fired: &Fired, recipient: &str, name: &str) -> bool {
    let named = fired.name.as_deref().is_none_or(|known| known == name);
    named && fired.to.as_deref().is_some_and(|to| to.eq_ignore_ascii_case(recipient))
}

/// Where Kept may not know: between the first byte of the letter and its answer; and, when it is killed, until the answer is written
/// down, which comes before QUIT.
fn leaves_a_doubt(shot: &Shot) -> bool {
    let end = if shot.end == End::Cut { Point::DotSent } else { Point::DotAnswered };
    (Point::DataAnswered..=end).contains(&shot.point)
}
