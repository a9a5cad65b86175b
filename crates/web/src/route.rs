//! The table of routes: every route is registered here together with who may use it.
//!
//! Pages expose `pub fn routes() -> Routes`. A route that is not registered through [`Routes`] cannot reach the server, and the access
//! matrix (`tests/it/matrix.rs`) walks the same table as every kind of visitor, so a route without a row does not exist.
//!
//! [`Who`] states what the handler's extractors demand; it is the extractor that refuses, and the matrix that compares the two.
//!
//! ```text
//! pub fn routes() -> Routes {
//!     Routes::new()
//!         .get("/promises", Who::Agent, list)
//!         .post("/promises/{id}/withdrawal", Who::Supervisor, withdraw)
//! }
//! async fn withdraw(State(app): State<App>, Supervisor(session): Supervisor, Path(id): Path<String>, Checked(form): Checked<Withdrawal>)
//!     -> Result<Redirect, Failure>
//! ```
//! The extractor of [`crate::access`] stands before [`crate::form::Checked`], so that a stranger hears 401 and not 403.

use axum::Router;
use axum::handler::Handler;
use axum::routing::MethodRouter;

use crate::state::App;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// Anybody.
    Public,
    /// Anybody who is signed in.
    Agent,
    /// Supervisors and administrators.
    Supervisor,
    /// Administrators.
    Admin,
    /// Programs with an API token of this scope.
    Token(&'static str),
    /// Whoever holds the secret link of the customer.
    CustomerLink,
    /// A partner whose payload is signed.
    SignedWebhook,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RouteInfo {
    /// `GET`, `POST`, `PUT`.
    pub method: &'static str,
    /// As axum writes it: `/promises/{id}`.
    pub path: &'static str,
    /// Who may use it.
    pub who: Who,
}

/// Routes with their table.
#[derive(Debug, Default)]
pub struct Routes {
    router: Router<App>,
    table: Vec<RouteInfo>,
}

impl Routes {
    /// No routes yet.
    #[must_use]
    pub fn new() -> Routes {
        Routes::default()
    }

    /// Adds a page or resource to be read; `HEAD` comes with it.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, who: Who, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("GET", path, who, axum::routing::get(handler))
    }

    /// Adds an act.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, who: Who, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("POST", path, who, axum::routing::post(handler))
    }

    /// Adds a resource to be set.
    #[must_use]
    pub fn put<H, T>(self, path: &'static str, who: Who, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("PUT", path, who, axum::routing::put(handler))
    }

    /// Adds the routes of another room.
    #[must_use]
    pub fn merge(mut self, other: Routes) -> Routes {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self
    }

    /// The table, in the order of registration.
    #[must_use]
    pub fn table(&self) -> &[RouteInfo] {
        &self.table
    }

    /// The router, still without its state.
    pub fn into_router(self) -> Router<App> {
        self.router
    }

    fn add(mut self, method: &'static str, path: &'static str, who: Who, handler: MethodRouter<App>) -> Routes {
        self.router = self.router.route(path, handler);
        self.table.push(RouteInfo { method, path, who });
        self
    }
}
