//! The frame of every page, the small fixed pages, and the style and script files. Knows no case.

use super::session::{Place, Reviewer};
use super::text;
use crate::app::Shared;
use crate::sign::sha256_hex;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use std::sync::LazyLock;

/// The shared tokens first, so that the console, panel and training speak the same colours and sizes.
static CSS: LazyLock<String> = LazyLock::new(|| {
    [include_str!("../../../../extension/pages/tokens.css"), include_str!("../../assets/console.css")].join("\n")
});
static JS: &str = include_str!("../../assets/console.js");
static CSS_ADDRESS: LazyLock<String> = LazyLock::new(|| address("/console/console.css", &CSS));
static JS_ADDRESS: LazyLock<String> = LazyLock::new(|| address("/console/console.js", JS));

/// Where a file is: its address changes with the content, so a browser may keep it.
pub(super) fn address(place: &str, content: &str) -> String {
    format!("{place}?v={}", &sha256_hex(content.as_bytes())[..12])
}

/// The places of the console, with the key after `g`.
const PLACES: [(&str, &str, &str); 12] = [
    ("/console", "q", "Queue"),
    ("/console/notices", "n", "Notices"),
    ("/console/checks", "k", "Checks"),
    ("/console/referrals", "r", "Referrals"),
    ("/console/companies", "o", "Companies"),
    ("/console/terms", "t", "Terms"),
    ("/console/contacts", "c", "Contacted"),
    ("/console/privacy", "y", "Privacy"),
    ("/console/class", "l", "Class"),
    ("/console/surveys", "u", "Surveys"),
    ("/console/trends", "d", "Trends"),
    ("/console/people", "p", "People"),
];

/// A whole page.
pub fn page(app: Option<&Shared>, reviewer: Option<&Reviewer>, title: &str, body: &Markup) -> Markup {
    let keys = reviewer.is_some_and(|r| r.session.keys_on);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · Wildlife Spotter" }
                link rel="icon" type="image/svg+xml" href="/console/icon.svg";
                link rel="stylesheet" href=(CSS_ADDRESS.as_str());
                @if keys { script src=(JS_ADDRESS.as_str()) defer {} }
            }
            body {
                a.skip href="#main" { "To the content" }
                header.topbar {
                    a.brand href="/console" { (shield("filled")) span { "Wildlife Spotter" } }
                    @if let (Some(app), None) = (app, reviewer) { span.org { (app.organisation) } }
                    @if let Some(reviewer) = reviewer {
                        nav aria-label="Console" {
                            @for (place, key, name) in PLACES { @if reviewer.may("GET", place) { a href=(place) data-go=(key) { (name) } } }
                            a href="/console/keys" data-key="?" { "Keys" }
                        }
                        form.who method="post" action="/console/logout" {
                            (csrf(reviewer))
                            a href="/console/wellbeing" title="Breaks, limits and pictures without colour" { "Breaks" }
                            a.me href="/console/second" title="How you log in: second factor and passkeys" {
                                (reviewer.session.name) " " span.of title="Your organisation" { (text::line(&reviewer.session.organisation, 40)) }
                            }
                            button.quiet { "Log out" }
                        }
                    }
                }
                main #main { (body) }
            }
        }
    }
}

/// The hidden field that every form carries.
pub fn csrf(reviewer: &Reviewer) -> Markup {
    html! { input type="hidden" name="csrf" value=(reviewer.session.csrf); }
}

/// The programme's sign; always beside a word, so hidden from screen readers.
pub fn shield(kind: &str) -> Markup {
    html! {
        svg class={ "shield " (kind) } viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" {
            path d="M8 1.2 13.6 3v4.6c0 3.4-2.3 5.9-5.6 7.2C4.7 13.5 2.4 11 2.4 7.6V3z" {}
        }
    }
}

/// An error that was put into words, with the way back to the queue.
pub fn problem(status: StatusCode, title: &str, body: Markup) -> Response {
    notice(status, title, html! { (body) p { a.button href="/console" { "To the queue" } } })
}

/// An error that was put into words, with its own way back.
pub fn notice(status: StatusCode, title: &str, body: Markup) -> Response {
    let content = html! { section.card.narrow { h1 { (title) } (body) } };
    let csp = HeaderValue::from_static(super::CSP);
    (status, [(header::CONTENT_SECURITY_POLICY, csp)], page(None, None, title, &content)).into_response()
}

/// What an invitation link shows when it is opened in a browser: how to use it. The code stays in the browser.
pub async fn join(State(app): State<Shared>) -> Markup {
    let body = html! {
        section.card.narrow {
            h1 { "You are invited to spot" }
            p { "This link is for the Wildlife Spotter extension. It does nothing in the browser's address bar." }
            ol {
                li { "Copy the whole link, with everything behind the #." }
                li { "Open the extension's panel and choose Join." }
                li { "Paste the link there." }
            }
            p.muted { "Reports then go to " (app.organisation) ". The part behind the # was not sent to this server." }
        }
    };
    page(Some(&app), None, "Invitation", &body)
}

/// The map of keys, and the switch for single keys.
pub async fn keys(State(app): State<Shared>, reviewer: Reviewer) -> Markup {
    let on = reviewer.session.keys_on;
    let rows: [(&str, &str); 36] = [
        ("j  k", "next and previous row or case"),
        ("Enter", "open the case"),
        ("x  X", "choose the row; choose all that are shown"),
        ("b", "preview a decision for the chosen cases"),
        ("e", "open the evidence"),
        ("1", "confirmed"),
        ("2", "not prohibited"),
        ("3", "cannot tell"),
        ("4", "ask for a second opinion"),
        ("5", "out of scope"),
        ("6", "invalid"),
        ("7", "take the decision back"),
        ("8", "duplicate of the case whose number you wrote"),
        ("1  2  3  4", "after a notice: received, removed, restricted, refused"),
        ("5  6  8  9", "after a notice: complain or put back, take it back, close, there again"),
        ("d", "put the case off"),
        ("a", "give the case to a reviewer"),
        ("z", "undo the last decision"),
        ("n", "write the reason for the spotter; Esc leaves the field"),
        ("s  p", "write a notice, also for the case just confirmed; preview it; then send it"),
        ("h", "hold a case for an agency, or end the hold"),
        ("/", "search"),
        ("g q", "to the queue"),
        ("g t", "to the suggested terms"),
        ("g c", "to the spotters who were contacted"),
        ("g n", "to the notices"),
        ("g k", "to the checks that are due"),
        ("g r", "to the referrals"),
        ("1-7  o", "on a check: what you found; open the listing"),
        ("s  1  2  z", "on a referral: approve or hand over; received; concluded; take it back"),
        ("g o", "to the companies"),
        ("g y", "to the requests about personal data"),
        ("g l", "to what the class knows"),
        ("g u", "to the surveys"),
        ("g d", "to the trends"),
        ("g p", "to the people"),
    ];
    let body = html! {
        section.card.narrow.wide {
            h1 { "Keys" }
            div.keymap { @for half in rows.chunks(rows.len().div_ceil(2)) {
                table.keys {
                    tbody { @for (key, what) in half { tr { th scope="row" { @for k in key.split("  ") { kbd { (k) } " " } } td { (what) } } } }
                }
            } }
            p.muted { "Without single keys, and without script, the same numbers work with your browser's access-key combination." }
            form method="post" action="/console/keys" {
                (csrf(&reviewer))
                input type="hidden" name="on" value=(if on { "0" } else { "1" });
                p { "Single keys are " strong { (if on { "on" } else { "off" }) } ". " button { (if on { "Switch them off" } else { "Switch them on" }) } }
            }
        }
    };
    page(Some(&app), Some(&reviewer), "Keys", &body)
}

/// A file that a page names by its [`address`].
pub(super) fn asset(kind: &'static str, text: &'static str) -> Response {
    let cache = HeaderValue::from_static("public, max-age=31536000, immutable");
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CACHE_CONTROL, cache)], text).into_response()
}

/// Where the style is.
pub fn css_address() -> &'static str {
    &CSS_ADDRESS
}

/// The style.
pub async fn css() -> Response {
    asset("text/css; charset=utf-8", &CSS)
}

/// The script.
pub async fn js() -> Response {
    asset("text/javascript; charset=utf-8", JS)
}

/// The sign in the browser's tab.
pub async fn icon() -> Response {
    asset("image/svg+xml", include_str!("../../assets/icon.svg"))
}

/// A redirect after a form.
pub fn see(place: &str) -> Place {
    Place(place.to_owned())
}
