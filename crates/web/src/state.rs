//! What every handler can reach.

use std::collections::BTreeMap;
use std::sync::Arc;

use kept_domain::input::Input;
use kept_engine::Engine;
use kept_engine::ports::{Connector, Inbound};
use kept_engine::trial::TrialRuns;
use kept_text::Texts;

use crate::gate::Gate;

/// The application: cheap to clone, shared by all requests.
#[derive(Clone)]
pub struct App {
    /// The engine.
    pub engine: Engine,
    /// Texts of pages.
    pub texts: Arc<Texts>,
    /// What the operator set.
    pub config: Arc<WebConfig>,
    /// Partners that may post to `/in/{source}`.
    pub inbounds: Arc<Vec<Arc<dyn Inbound>>>,
    /// Partners that can be connected from a page.
    pub connectors: Arc<Vec<Arc<dyn Connector>>>,
    /// Reads orders from a shop's export.
    pub order_files: Option<Arc<dyn OrderFiles>>,
    /// Reads the bodies of `POST /api/facts`.
    pub own_facts: Arc<dyn OwnFacts>,
    /// What is counted in memory: tries to sign in, password work, live connections.
    pub gate: Arc<Gate>,
    /// Trials under way and over; in memory, since they can be asked for again.
    pub trials: TrialRuns,
}

/// What the operator set for pages and API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebConfig {
    /// Address under which customers and the team reach this server, without a slash at its end: `https://kept.shop.example`.
    pub public_url: String,
    /// Cookies only over HTTPS, with the `__Host-` prefix.
    pub secure_cookies: bool,
    /// This is a demonstration: sign-in shows how to get in.
    pub demo: bool,
    /// Largest body of `POST /api/facts` and `POST /in/{source}`, in bytes.
    pub body_limit: usize,
    /// A line shown on the sign-in page.
    pub sign_in_hint: Option<String>,
    /// A reverse proxy of ours stands in front and appends the client's address to `X-Forwarded-For`.
    ///
    /// False: the header is ignored, since any client may write it.
    pub behind_proxy: bool,
}

impl Default for WebConfig {
    fn default() -> Self {
        WebConfig {
            public_url: "http://localhost:8420".to_owned(),
            secure_cookies: false,
            demo: false,
            body_limit: 8 * 1024 * 1024,
            sign_in_hint: None,
            behind_proxy: false,
        }
    }
}

/// Reads facts in the project's own form; the binary hands in the implementation, since `web` and its source do not know each other.
pub trait OwnFacts: Send + Sync {
    /// Reads a body line by line (NDJSON), element by element (JSON array) or whole (JSON object).
    ///
    /// Pure: the same bytes give the same lines, whatever they are.
    fn parse_lines(&self, raw: &[u8], content_type: &str) -> Vec<ParsedLine>;
}

/// Reads orders from a shop's export (CSV); the binary hands in the implementation.
pub trait OrderFiles: Send + Sync {
    /// Fields that a column can fill; the first two are needed.
    fn fields(&self) -> Vec<&'static str>;
    /// The file's columns, and which is probably what: field and column.
    ///
    /// # Errors
    /// What is wrong with the whole file.
    fn columns(&self, csv: &[u8]) -> Result<(Vec<String>, BTreeMap<String, String>), FileError>;
    /// Reads the orders, in the order of their first line.
    ///
    /// # Errors
    /// What is wrong with the mapping.
    fn read(&self, csv: &[u8], mapping: &OrderMapping) -> Result<Vec<Result<Input, FileError>>, FileError>;
}

/// Which column is what, and how dates and amounts are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderMapping {
    /// Field and column.
    pub columns: BTreeMap<String, String>,
    /// The zone of times without an offset.
    pub zone: String,
    /// The currency, where no column has it.
    pub currency: Option<String>,
    /// The form of dates (strftime), where they are not ISO 8601.
    pub date_format: Option<String>,
    /// `1.024,90` and not `1,024.90`.
    pub decimal_comma: Option<bool>,
}

/// Why a line, or a whole file, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The line, from 1; 0 for the file as a whole.
    pub line: u64,
    /// The column, as it is called in the file.
    pub column: Option<String>,
    /// What is wrong, and what to do.
    pub said: String,
}

/// One piece of news in a body, or why it is none.
#[derive(Clone, Debug, PartialEq)]
pub struct ParsedLine {
    /// Line of the body, or number of the element, from 1.
    pub line: usize,
    /// The news with the names of fields nobody knows; or what is wrong, and what to do.
    pub result: Result<(Input, Vec<String>), (String, String)>,
}

impl App {
    /// An application over an engine.
    #[must_use]
    pub fn new(
        engine: Engine,
        texts: Arc<Texts>,
        config: WebConfig,
        inbounds: Vec<Arc<dyn Inbound>>,
        own_facts: Arc<dyn OwnFacts>,
    ) -> App {
        App {
            engine,
            texts,
            config: Arc::new(config),
            inbounds: Arc::new(inbounds),
            connectors: Arc::default(),
            order_files: None,
            own_facts,
            gate: Arc::new(Gate::new()),
            trials: TrialRuns::default(),
        }
    }

    /// The same, with a reader of exports.
    #[must_use]
    pub fn reading_files(self, order_files: Arc<dyn OrderFiles>) -> App {
        App { order_files: Some(order_files), ..self }
    }

    /// The same, with partners that can be connected from a page.
    #[must_use]
    pub fn connecting(self, connectors: Vec<Arc<dyn Connector>>) -> App {
        App { connectors: Arc::new(connectors), ..self }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("config", &self.config).finish_non_exhaustive()
    }
}
