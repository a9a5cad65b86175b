//! A server and a client in one process, each on a runtime of its own. They share the machine's cores: a figure is one beside another of
//! the same run.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use kept_engine::{Engine, Workers};
use kept_text::Texts;
use kept_web::{App, WebConfig};
use reqwest::{Client, RequestBuilder};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::{Spread, cpu_seconds};
use crate::serve::Facts;

/// The longest a request may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server on a port of its own on this machine; it ends when dropped.
pub struct Server {
    /// `http://127.0.0.1:…`
    pub url: String,
    runtime: Option<Runtime>,
    stop: Option<oneshot::Sender<()>>,
    _workers: Option<Workers>,
}

impl Server {
    /// Kept, with its workers, as `kept serve` runs it.
    pub fn kept(engine: &Engine) -> Result<Server> {
        let texts = Arc::new(Texts::embedded().context("the texts of the pages are damaged")?);
        let app = App::new(engine.clone(), texts, WebConfig::default(), Vec::new(), Arc::new(Facts));
        let workers = engine.work()?;
        Server::start(Some(workers), |listener, stopped| async move { kept_web::serve(app, listener, stopped).await })
    }

    /// A handler that takes the body and does nothing with it.
    pub fn idle() -> Result<Server> {
        let answer = async |body: Bytes| format!("{{\"accepted\":1,\"bytes\":{}}}", body.len());
        let router = Router::new().route("/api/facts", post(answer));
        Server::start(
            None,
            |listener, stopped| async move { axum::serve(listener, router).with_graceful_shutdown(stopped).await },
        )
    }

    fn start<F>(
        workers: Option<Workers>,
        serve: impl FnOnce(TcpListener, std::pin::Pin<Box<dyn Future<Output = ()> + Send>>) -> F,
    ) -> Result<Server>
    where
        F: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let url = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = Box::pin(async move {
            // Dropped or sent: either way it is over.
            let _ = stopped.await;
        });
        runtime.spawn(serve(listener, stopped));
        Ok(Server { url, runtime: Some(runtime), stop: Some(stop), _workers: workers })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

/// Whoever asks: a fixed number of connections, each with one request at a time.
pub struct Asking {
    runtime: Runtime,
    client: Client,
}

/// What many requests gave.
pub struct Asked {
    /// Requests made.
    pub requests: u64,
    /// Sum of what was read from the answers.
    pub sum: u64,
    /// How long each took.
    pub spread: Spread,
    /// Seconds from the first to the last.
    pub wall: f64,
    /// CPU seconds of the process, client and server together.
    pub cpu: f64,
}

impl Asked {
    /// Requests a second.
    pub fn a_second(&self) -> f64 {
        self.requests as f64 / self.wall.max(0.001)
    }

    /// Microseconds of CPU a request, client and server together.
    pub fn micros(&self) -> f64 {
        self.cpu * 1e6 / (self.requests as f64).max(1.0)
    }
}

impl Asking {
    /// A client.
    pub fn new() -> Result<Asking> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let client = Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .pool_max_idle_per_host(512)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Asking { runtime, client })
    }

    /// Makes requests 0 to `count` over so many connections; every answer must be a success, and `read` gives what is summed of it.
    pub fn ask(
        &self,
        connections: usize,
        count: usize,
        make: impl Fn(&Client, usize) -> RequestBuilder + Send + Sync + 'static,
        read: impl Fn(&[u8]) -> Result<u64> + Send + Sync + 'static,
    ) -> Result<Asked> {
        let (make, read, next) = (Arc::new(make), Arc::new(read), Arc::new(AtomicUsize::new(0)));
        let (cpu, wall) = (cpu_seconds()?, Instant::now());
        let results = self.runtime.block_on(async {
            let tasks: Vec<_> = (0..connections)
                .map(|_| {
                    let (make, read, next, client) =
                        (Arc::clone(&make), Arc::clone(&read), Arc::clone(&next), self.client.clone());
                    tokio::spawn(async move {
                        let (mut times, mut sum) = (Vec::new(), 0);
                        loop {
                            let index = next.fetch_add(1, Ordering::Relaxed);
                            if index >= count {
                                return anyhow::Ok((times, sum));
                            }
                            let started = Instant::now();
                            let response = make(&client, index).send().await?;
                            let status = response.status();
                            let body = response.bytes().await?;
                            times.push(started.elapsed());
                            if !status.is_success() {
                                bail!("request {index} was answered {status}: {}", String::from_utf8_lossy(&body));
                            }
                            sum += read(&body)?;
                        }
                    })
                })
                .collect();
            let mut results = Vec::new();
            for task in tasks {
                results.push(task.await??);
            }
            anyhow::Ok(results)
        })?;
        let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
        let sum = results.iter().map(|(_, sum)| sum).sum();
        let times: Vec<Duration> = results.into_iter().flat_map(|(times, _)| times).collect();
        Ok(Asked { requests: times.len() as u64, sum, spread: Spread::of(times), wall, cpu })
    }
}
