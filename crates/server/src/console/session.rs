//! Who is at the console: login, sessions, and the guards of every form. Knows no case.

use super::{layout, passkeys, second};
use crate::app::{App, Peer, Shared};
use crate::audit;
use crate::faults::{self, Fault};
use crate::intake::limits::{Gauge, network};
use crate::keys::Shut;
use crate::random;
use crate::roles::Role;
use crate::store::reviewers::{self, Session};
use crate::store::{Tx, people};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Extension, FromRequestParts, MatchedPath, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use governor::Quota;
use maud::html;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::LazyLock;
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

/// A session ends this long after it began, whatever happens.
const LONGEST_S: i64 = 12 * 3600;
/// A session ends this long after it was last used: thinking takes as long as it takes.
const IDLE_S: i64 = 2 * 3600;
/// One sentence for all, so that nobody learns which part was right.
const WRONG: &str = "Name, password or code is wrong.";
/// The login's route.
const LOGIN: &str = "/console/login";
/// Shortest password for a reviewer.
const PASSWORD_CHARS: usize = 12;

/// The times before which a session's beginning and last use are too old.
#[must_use]
pub fn oldest(now_s: i64) -> (i64, i64) {
    (now_s - LONGEST_S, now_s - IDLE_S)
}

/// Why a password is not taken.
#[derive(Debug, thiserror::Error)]
pub enum BadPassword {
    /// Too short or too long.
    #[error("a password has {PASSWORD_CHARS} to 256 characters")]
    Length,
    /// The hash could not be made.
    #[error("the password could not be hashed")]
    Hash,
}

/// argon2id with a fresh salt, as a PHC string.
///
/// # Errors
/// See [`BadPassword`].
pub fn hash_password(password: &str) -> Result<String, BadPassword> {
    if !(PASSWORD_CHARS..=256).contains(&password.chars().count()) {
        return Err(BadPassword::Length);
    }
    Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string()).map_err(|_| BadPassword::Hash)
}

fn fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Hashed where the name is unknown, so that an unknown name takes as long as a wrong password.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_password(&random::token()).unwrap_or_default());

/// The same, in turn: each takes 19 MiB for a moment.
///
/// # Errors
/// See [`BadPassword`].
pub async fn hash_in_turn(app: &Shared, password: String) -> Result<String, BadPassword> {
    let _place = app.logins.hashing.acquire().await.map_err(|_| BadPassword::Hash)?;
    tokio::task::spawn_blocking(move || hash_password(&password)).await.map_err(|_| BadPassword::Hash)?
}

/// How often a login may be tried.
pub struct LoginGuard {
    addresses: Gauge<IpAddr>,
    pub(super) names: Gauge<String>,
    /// Hashing takes 19 MiB each.
    hashing: Semaphore,
}

impl Default for LoginGuard {
    fn default() -> Self {
        let quota = |burst| {
            let slow = Quota::with_period(Duration::from_secs(30)).unwrap_or(Quota::per_minute(NonZeroU32::MIN));
            slow.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
        };
        Self { addresses: Gauge::new(quota(30)), names: Gauge::new(quota(10)), hashing: Semaphore::new(2) }
    }
}

impl LoginGuard {
    /// One more try, from this address and as this name: in how many seconds it may be made, where not now.
    pub(super) fn wait(&self, address: Option<IpAddr>, name: Option<&str>) -> Option<u64> {
        let waits = [
            address.and_then(|ip| self.addresses.take(&network(ip)).err()),
            name.and_then(|name| self.names.take(&name.to_lowercase()).err()),
        ];
        waits.into_iter().flatten().max()
    }

    /// How much is remembered.
    #[must_use]
    pub fn sizes(&self) -> [(&'static str, usize); 2] {
        [("login addresses", self.addresses.len()), ("login names", self.names.len())]
    }

    /// Forgets whoever has not been heard of for long.
    pub fn shrink(&self) {
        self.addresses.shrink();
        self.names.shrink();
    }
}

/// A redirect after a form.
pub struct Place(pub String);

impl IntoResponse for Place {
    fn into_response(self) -> Response {
        Redirect::to(&self.0).into_response()
    }
}

/// A page that ends the handling of a request.
pub struct Halt(Box<Response>);

impl From<Response> for Halt {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl From<sqlx::Error> for Halt {
    fn from(error: sqlx::Error) -> Self {
        database(error).into()
    }
}

impl IntoResponse for Halt {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// A reviewer with a living session. As a handler's argument: whoever has none is sent to the login.
pub struct Reviewer {
    /// The session.
    pub session: Session,
    token_hash: Vec<u8>,
}

impl FromRequestParts<Shared> for Reviewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let to_login = || Redirect::to("/console/login").into_response();
        let token = cookie(&parts.headers, session_cookie(app)).ok_or_else(to_login)?;
        let token_hash = Sha256::digest(token.as_bytes()).to_vec();
        let session =
            reviewers::session(app.store.read(), &token_hash).await.map_err(database)?.ok_or_else(to_login)?;
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        let now = app.now_s();
        let (created, seen) = oldest(now);
        if session.created_s < created || session.seen_s < seen {
            return Err(to_login());
        }
        // The login page asks who is there; it is nobody's to be refused.
        if route != LOGIN && !session.role.may(parts.method.as_str(), route) {
            return Err(not_for(session.role));
        }
        if now - session.seen_s > 60 {
            let touch = async {
                let mut tx = app.store.begin().await?;
                reviewers::touch(&mut tx, &token_hash, now).await?;
                tx.commit().await
            };
            touch.await.map_err(database)?;
        }
        Ok(Self { session, token_hash })
    }
}

impl Reviewer {
    /// What the session's cookie is known by.
    pub(super) fn token_hash(&self) -> &[u8] {
        &self.token_hash
    }

    /// Whether pages offer this route to this reviewer.
    #[must_use]
    pub fn may(&self, method: &str, route: &str) -> bool {
        self.session.role.may(method, route)
    }

    /// Whether this reviewer decides cases.
    #[must_use]
    pub fn decides(&self) -> bool {
        self.may("POST", "/console/cases/{id}/decide")
    }

    /// Whether a form carries this session's token.
    ///
    /// # Errors
    /// The page that says so.
    pub fn check(&self, csrf: &str) -> Result<(), Halt> {
        if bool::from(csrf.as_bytes().ct_eq(self.session.csrf.as_bytes())) { Ok(()) } else { Err(old_form().into()) }
    }

    /// What a form was posted about and what it holds, once it is known to come from one of our own pages.
    ///
    /// # Errors
    /// The page that says what is wrong with it.
    pub fn posted<K, F: Posted>(
        &self,
        about: Result<Path<K>, PathRejection>,
        form: Result<Form<F>, FormRejection>,
    ) -> Result<(K, F), Halt> {
        let (Ok(Path(about)), Ok(Form(form))) = (about, form) else {
            return Err(super::error_page(StatusCode::UNPROCESSABLE_ENTITY).into());
        };
        self.check(form.csrf())?;
        Ok((about, form))
    }
}

/// A form of a page behind the login.
pub trait Posted {
    /// What shows that it came from one of our own pages.
    fn csrf(&self) -> &str;
}

fn not_for(role: Role) -> Response {
    let (name, _) = super::words::role(role);
    let body = html! {
        p { "Your role (" (name) ") does not have this. Nothing was changed. Whoever leads the programme can change your role." }
        p { a.button href=(role.home()) { "To where you begin" } }
    };
    layout::notice(StatusCode::FORBIDDEN, "Not for your role", body)
}

fn old_form() -> Response {
    layout::problem(
        StatusCode::FORBIDDEN,
        "An old form",
        html! { p { "This form belongs to a session that has ended, so nothing was done. Open the page again and repeat it there." } },
    )
}

/// The page for a database that fails.
pub fn database(error: sqlx::Error) -> Response {
    if let sqlx::Error::Decode(inner) = &error
        && matches!(inner.downcast_ref(), Some(Shut::Gone))
    {
        let body = html! { p { "What this case said was erased, so nothing is written to it any more. Nothing was changed." } };
        return layout::problem(StatusCode::CONFLICT, "Erased", body);
    }
    if faults::is_of_the_request(&error) {
        let body =
            html! { p { "It has a character that no text holds, or a word that is too long. Nothing was changed." } };
        return layout::problem(StatusCode::UNPROCESSABLE_ENTITY, "Not like this", body);
    }
    let fault = Fault::from(&error);
    tracing::error!(fault = fault.word(), %error, "the database failed a request");
    let mut page = layout::problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "Not now",
        html! { p { "The database does not answer. Nothing was changed. Try again in a moment." } },
    );
    page.headers_mut().insert(header::RETRY_AFTER, fault.retry_after().into());
    page.extensions_mut().insert(fault);
    page
}

/// A `__Host-` cookie never leaves this host and never travels in the clear; plain http, on loopback alone, cannot have one.
fn session_cookie(app: &App) -> &'static str {
    if app.origin.is_https() { "__Host-spotter-session" } else { "spotter-session" }
}

fn login_cookie(app: &App) -> &'static str {
    if app.origin.is_https() { "__Host-spotter-login" } else { "spotter-login" }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value)
}

fn set_cookie(app: &App, name: &str, value: &str, seconds: i64) -> (header::HeaderName, HeaderValue) {
    let secure = if app.origin.is_https() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    (header::SET_COOKIE, HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("")))
}

fn login_form(app: &Shared, status: StatusCode, name: &str, message: Option<&str>) -> Response {
    let token = random::token();
    let body = html! {
        section.card.login {
            h1 { "Log in to review" }
            @if let Some(message) = message { p.alert role="alert" { (message) } }
            form method="post" action="/console/login" {
                input type="hidden" name="csrf" value=(token);
                label { "Name" input name="name" value=(name) autocomplete="username" required autofocus[name.is_empty()] maxlength="64" autocapitalize="none" spellcheck="false"; }
                label { "Password" input name="password" type="password" autocomplete="current-password" required autofocus[!name.is_empty()] maxlength="256"; }
                label { "Code, if you have a second factor" input name="code" maxlength="12" inputmode="numeric" autocomplete="one-time-code"; }
                button.primary { "Log in" }
            }
            (passkeys::enter::card(app, &token))
            p.muted { "Accounts come by invitation from whoever leads the programme. A session ends two hours after its last use." }
        }
    };
    let page = layout::page(Some(app), None, "Log in", &body);
    passkeys::may_ask((status, [set_cookie(app, login_cookie(app), &token, 3600)], page).into_response())
}

/// `GET /console/login`.
pub async fn login_page(State(app): State<Shared>, reviewer: Result<Reviewer, Response>) -> Response {
    if let Ok(reviewer) = reviewer {
        layout::see(reviewer.session.role.home()).into_response()
    } else {
        login_form(&app, StatusCode::OK, "", None)
    }
}

/// The login's form.
#[derive(Deserialize)]
pub struct Login {
    csrf: String,
    name: String,
    password: String,
    #[serde(default)]
    code: String,
}

/// `POST /console/login`.
pub async fn login(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    headers: HeaderMap,
    form: Result<Form<Login>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return login_form(&app, StatusCode::BAD_REQUEST, "", Some("The form did not arrive whole. Try again."));
    };
    let name: String = form.name.trim().chars().take(64).collect();
    let again = |status, message: &str| login_form(&app, status, &name, Some(message));
    if login_page_of(&app, &headers, &form.csrf).is_none() {
        return again(StatusCode::FORBIDDEN, "This form was too old. Nothing was done; try again with this one.");
    }
    if let Some(seconds) = app.logins.wait(Some(ip), Some(&name)) {
        let message = format!("Too many tries. Wait {seconds} s, then try again.");
        let mut response = again(StatusCode::TOO_MANY_REQUESTS, &message);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        return response;
    }
    let known = match reviewers::password_of(app.store.read(), &name).await {
        Ok(known) => known,
        Err(error) => return database(error),
    };
    let Ok(place) = app.logins.hashing.acquire().await else {
        return super::error_page(StatusCode::SERVICE_UNAVAILABLE);
    };
    let (id, hash) = known.map_or((None, NOBODY.clone()), |(id, hash)| (Some(id), hash));
    let password = form.password;
    let fits =
        password.len() <= 1024 && tokio::task::spawn_blocking(move || fits(&password, &hash)).await.unwrap_or(false);
    drop(place);
    let Some(id) = id.filter(|_| fits) else {
        return again(StatusCode::UNAUTHORIZED, WRONG);
    };
    let come_in = async {
        let mut tx = app.store.begin().await?;
        if !second::passes(&app, &mut tx, id, &form.code).await? {
            return Ok(None);
        }
        let begun = begin(&app, &mut tx, id, "").await?;
        tx.commit().await?;
        sqlx::Result::Ok(Some(begun))
    };
    match come_in.await {
        Ok(Some((token, home))) => opened(&app, &token, layout::see(home).into_response()),
        Ok(None) => again(StatusCode::UNAUTHORIZED, WRONG),
        Err(error) => database(error),
    }
}

/// Which login page a form or a script speaks for, by its cookie; absent: none that is open in this browser.
pub(super) fn login_page_of(app: &App, headers: &HeaderMap, csrf: &str) -> Option<Vec<u8>> {
    let expected = cookie(headers, login_cookie(app)).filter(|c| !c.is_empty())?;
    bool::from(expected.as_bytes().ct_eq(csrf.as_bytes())).then(|| Sha256::digest(expected.as_bytes()).to_vec())
}

/// Begins a session of somebody who showed who they are, and how, beside a password. Its token, and where they begin.
pub(super) async fn begin(app: &App, tx: &mut Tx, id: i64, how: &str) -> sqlx::Result<(String, &'static str)> {
    let token = random::token();
    reviewers::begin_session(tx, &Sha256::digest(token.as_bytes()), id, &random::token(), app.now_s()).await?;
    let actor = format!("reviewer:{id}");
    let entry = audit::Entry { actor: &actor, action: "reviewer.logged_in", subject: "", detail: how };
    audit::append(tx, &app.now(), entry).await?;
    Ok((token, people::role_of(tx, id).await?.map_or("/console", Role::home)))
}

/// An answer that brings a session's cookie.
pub(super) fn opened(app: &App, token: &str, mut response: Response) -> Response {
    for (name, value) in
        [set_cookie(app, session_cookie(app), token, LONGEST_S), set_cookie(app, login_cookie(app), "", 0)]
    {
        response.headers_mut().append(name, value);
    }
    response
}

/// A form with nothing but its token.
#[derive(Deserialize)]
pub struct Bare {
    /// Whether it came from one of our own pages.
    pub(super) csrf: String,
}

impl Posted for Bare {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/logout`.
///
/// # Errors
/// The page that says why not.
pub async fn logout(
    State(app): State<Shared>,
    reviewer: Reviewer,
    form: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let Form(form) = form.map_err(|_| old_form())?;
    reviewer.check(&form.csrf)?;
    let end = async {
        let mut tx = app.store.begin().await?;
        reviewers::end_session(&mut tx, &reviewer.token_hash).await?;
        tx.commit().await
    };
    end.await.map_err(database)?;
    let mut response = layout::see("/console/login").into_response();
    let (name, value) = set_cookie(&app, session_cookie(&app), "", 0);
    response.headers_mut().append(name, value);
    Ok(response)
}

/// The switch for single keys.
#[derive(Deserialize)]
pub struct Keys {
    csrf: String,
    on: u8,
}

/// `POST /console/keys`.
///
/// # Errors
/// The page that says why not.
pub async fn set_keys(
    State(app): State<Shared>,
    reviewer: Reviewer,
    form: Result<Form<Keys>, FormRejection>,
) -> Result<Place, Halt> {
    let Form(form) = form.map_err(|_| old_form())?;
    reviewer.check(&form.csrf)?;
    let set = async {
        let mut tx = app.store.begin().await?;
        reviewers::set_keys(&mut tx, reviewer.session.reviewer_id, form.on == 1).await?;
        tx.commit().await
    };
    set.await.map_err(database)?;
    Ok(layout::see("/console/keys"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_salted_and_bounded() {
        let hash = hash_password("a long enough one").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert_ne!(hash, hash_password("a long enough one").unwrap());
        assert!(fits("a long enough one", &hash) && !fits("a long enough two", &hash) && !fits("x", "not a hash"));
        assert!(hash_password("short").is_err() && hash_password(&"x".repeat(257)).is_err());
    }

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; spotter-session=abc; b=2"));
        assert_eq!(cookie(&headers, "spotter-session"), Some("abc"));
        assert_eq!(cookie(&headers, "session"), None);
    }
}
