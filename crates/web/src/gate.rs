//! What is counted in memory: tries to sign in, password work under way, live connections, links guessed.
//!
//! Nothing here survives a restart, and nothing needs to: each count only slows somebody down for minutes.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::state::WebConfig;

/// Pages kept open on live updates at once, over all users.
pub const LIVE_CONNECTIONS: usize = 256;

/// Counts shared by all requests.
#[derive(Debug)]
pub struct Gate {
    pair: Buckets,
    account: Buckets,
    address: Buckets,
    links: Buckets,
    messages: Buckets,
    password_work: Arc<Semaphore>,
    password_queue: AtomicUsize,
    live: Arc<Semaphore>,
    closing: watch::Sender<bool>,
}

/// A place in the queue for password work; held while it runs.
#[derive(Debug)]
pub(crate) struct PasswordTurn<'a> {
    queue: &'a AtomicUsize,
    _permit: OwnedSemaphorePermit,
}

impl Gate {
    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Gate {
        let ten_minutes = Duration::from_secs(600);
        Gate {
            pair: Buckets::new(10, ten_minutes),
            // Wider than the pair: nobody can lock a colleague out by guessing, and an office behind one address is not one person.
            account: Buckets::new(60, ten_minutes),
            address: Buckets::new(60, ten_minutes),
            links: Buckets::new(30, ten_minutes),
            messages: Buckets::new(10, ten_minutes),
            password_work: Arc::new(Semaphore::new(2)),
            password_queue: AtomicUsize::new(0),
            live: Arc::new(Semaphore::new(LIVE_CONNECTIONS)),
            closing: watch::Sender::new(false),
        }
    }

    /// Takes one try to sign in; the error is the seconds to wait.
    ///
    /// Known and unknown accounts are counted alike, so that the answer tells nothing.
    pub(crate) fn sign_in_tried(&self, account: &str, address: &str) -> Result<(), u64> {
        let account = account.trim().to_lowercase();
        let now = Instant::now();
        self.pair.take(&format!("{account}\n{address}"), now)?;
        self.account.take(&account, now)?;
        self.address.take(address, now)
    }

    /// Gives the tries back: they were the right person's.
    pub(crate) fn signed_in(&self, account: &str, address: &str) {
        let account = account.trim().to_lowercase();
        self.pair.forget(&format!("{account}\n{address}"));
        self.account.give_back(&account);
        self.address.give_back(address);
    }

    /// Counts a secret link that opens nothing; the error is the seconds to wait.
    pub(crate) fn link_missed(&self, address: &str) -> Result<(), u64> {
        let counted = self.links.take(address, Instant::now());
        if counted.is_err() {
            tracing::warn!("many secret links that open nothing were asked for from one address");
        }
        counted
    }

    /// Takes one message to oneself, of a house: each costs money. The error is the seconds to wait.
    pub(crate) fn message_tried(&self) -> Result<(), u64> {
        self.messages.take("", Instant::now())
    }

    /// Waits for a turn at password work; `None` when too many wait already.
    ///
    /// Argon2id takes 19 MiB and tens of milliseconds: without a limit a flood of sign-ins would take the machine.
    pub(crate) async fn password_turn(&self) -> Option<PasswordTurn<'_>> {
        const LONGEST_QUEUE: usize = 32;
        if self.password_queue.fetch_add(1, Ordering::AcqRel) >= LONGEST_QUEUE {
            self.password_queue.fetch_sub(1, Ordering::AcqRel);
            return None;
        }
        match Arc::clone(&self.password_work).acquire_owned().await {
            Ok(permit) => Some(PasswordTurn { queue: &self.password_queue, _permit: permit }),
            Err(_) => {
                self.password_queue.fetch_sub(1, Ordering::AcqRel);
                None
            }
        }
    }

    /// A place for a live connection; `None` when all are taken.
    pub(crate) fn live_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.live).try_acquire_owned().ok()
    }

    /// Says that the server stops, so that live connections end.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Becomes true when the server stops.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }
}

impl Default for Gate {
    fn default() -> Self {
        Gate::new()
    }
}

impl Drop for PasswordTurn<'_> {
    fn drop(&mut self) {
        self.queue.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The client's address as a key of counts: IPv6 by its /64, which one household or machine has to itself.
///
/// Behind our own proxy it is the last entry of `X-Forwarded-For`, which the proxy wrote; the others are the client's own claim.
pub(crate) fn client_address(parts: &Parts, config: &WebConfig) -> String {
    if config.behind_proxy {
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
        if let Some(last) = forwarded.and_then(|list| list.rsplit(',').next()).and_then(|text| text.trim().parse().ok()) {
            return network(last);
        }
    }
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or_else(|| "local".to_owned(), |ConnectInfo(peer)| network(peer.ip()))
}

fn network(address: std::net::IpAddr) -> String {
    match address.to_canonical() {
        std::net::IpAddr::V4(v4) => v4.to_string(),
        std::net::IpAddr::V6(v6) => std::net::Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX)).to_string(),
    }
}

/// Token buckets by key, each full at `size` and refilled over `period`.
#[derive(Debug)]
struct Buckets {
    size: f64,
    per_second: f64,
    held: Mutex<HashMap<String, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Buckets {
    /// More keys than this are not held: the fullest buckets are forgotten first, since they restrain nobody.
    const MOST_KEYS: usize = 20_000;

    fn new(size: u32, period: Duration) -> Buckets {
        let size = f64::from(size);
        Buckets { size, per_second: size / period.as_secs_f64(), held: Mutex::new(HashMap::new()) }
    }

    fn take(&self, key: &str, now: Instant) -> Result<(), u64> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= Self::MOST_KEYS && !held.contains_key(key) {
            self.make_room(&mut held, now);
        }
        let bucket = held.entry(key.to_owned()).or_insert(Bucket { tokens: self.size, at: now });
        bucket.tokens = self.level(bucket, now);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let wait = ((1.0 - bucket.tokens) / self.per_second).ceil();
        // Between 1 and the period, which is far inside u64.
        Err(wait.max(1.0) as u64)
    }

    fn give_back(&self, key: &str) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = held.get_mut(key) {
            bucket.tokens = (bucket.tokens + 1.0).min(self.size);
        }
    }

    fn forget(&self, key: &str) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    fn level(&self, bucket: &Bucket, now: Instant) -> f64 {
        let elapsed = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.tokens + elapsed * self.per_second).min(self.size)
    }

    fn make_room(&self, held: &mut HashMap<String, Bucket>, now: Instant) {
        held.retain(|_, bucket| self.level(bucket, now) < self.size);
        if held.len() >= Self::MOST_KEYS {
            let mut levels: Vec<f64> = held.values().map(|bucket| self.level(bucket, now)).collect();
            levels.sort_by(f64::total_cmp);
            let middle = levels.get(levels.len() / 2).copied().unwrap_or(self.size);
            held.retain(|_, bucket| self.level(bucket, now) < middle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_then_a_wait_then_one_more() {
        let buckets = Buckets::new(10, Duration::from_secs(600));
        let start = Instant::now();
        for _ in 0..10 {
            assert_eq!(buckets.take("a", start), Ok(()));
        }
        assert_eq!(buckets.take("a", start), Err(60));
        assert_eq!(buckets.take("b", start), Ok(()), "another key has its own bucket");
        assert_eq!(buckets.take("a", start + Duration::from_secs(61)), Ok(()));
        assert!(buckets.take("a", start + Duration::from_secs(61)).is_err());
    }

    #[test]
    fn a_flood_of_keys_does_not_grow_without_end_nor_free_the_restrained() {
        let buckets = Buckets::new(2, Duration::from_secs(600));
        let now = Instant::now();
        assert_eq!(buckets.take("guesser", now), Ok(()));
        assert_eq!(buckets.take("guesser", now), Ok(()));
        for number in 0..Buckets::MOST_KEYS * 2 {
            let _ = buckets.take(&number.to_string(), now);
        }
        assert!(buckets.held.lock().unwrap().len() <= Buckets::MOST_KEYS);
        assert!(buckets.take("guesser", now).is_err(), "the emptiest bucket is the last to be forgotten");
    }

    #[test]
    fn an_address_that_the_client_itself_claims_counts_for_nothing() {
        let (mut parts, ()) =
            axum::http::Request::builder().header("x-forwarded-for", "203.0.113.7").body(()).unwrap().into_parts();
        parts.headers.append("x-forwarded-for", "198.51.100.1, 192.0.2.9".parse().unwrap());
        parts.extensions.insert(ConnectInfo::<SocketAddr>("192.0.2.1:5000".parse().unwrap()));
        let direct = WebConfig::default();
        assert_eq!(client_address(&parts, &direct), "192.0.2.1");
        assert_eq!(
            client_address(&parts, &WebConfig { behind_proxy: true, ..direct }),
            "192.0.2.9",
            "what our own proxy appended"
        );
    }

    #[test]
    fn neighbours_of_one_ipv6_network_are_one_address() {
        assert_eq!(network("2001:db8:1:2:aaaa::1".parse().unwrap()), network("2001:db8:1:2:bbbb::9".parse().unwrap()));
        assert_ne!(network("2001:db8:1:2::1".parse().unwrap()), network("2001:db8:1:3::1".parse().unwrap()));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
    }
}
