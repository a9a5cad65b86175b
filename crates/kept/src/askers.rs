//! Threads that ask the outside world, carriers and shops: they end when this is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Result;

/// How often a sleeping thread looks whether it should stop.
const STEP: Duration = Duration::from_millis(100);

/// Threads, and the word that ends them.
#[derive(Default)]
pub struct Askers {
    stop: Stop,
    threads: Vec<JoinHandle<()>>,
}

/// Whether it is time to stop.
#[derive(Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Askers {
    /// Starts a thread of this name, which goes on until it is time to stop.
    pub fn start(&mut self, name: String, asks: impl FnOnce(&Stop) + Send + 'static) -> Result<()> {
        let stop = self.stop.clone();
        self.threads.push(std::thread::Builder::new().name(name).spawn(move || asks(&stop))?);
        Ok(())
    }
}

impl Drop for Askers {
    fn drop(&mut self) {
        self.stop.0.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Stop {
    /// Whether it is.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Waits, but no longer than until it is.
    pub fn rest(&self, pause: Duration) {
        let mut left = pause;
        while !left.is_zero() && !self.is_set() {
            let step = left.min(STEP);
            std::thread::sleep(step);
            left -= step;
        }
    }
}
