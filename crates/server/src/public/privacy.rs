//! What sellers are told about data on them (Article 14 of Regulation (EU) 2016/679): who is responsible, what is kept, why and how
//! long, who gets it, and how to ask. Names, contacts and days are those of this server; nothing here knows a case.

use crate::app::Shared;
use crate::console::{layout, text};
use crate::problem::Refusal;
use crate::retention::Class;
use crate::store::organisations::{self, NAME_CHARS, Organisation};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

/// Where the page is.
pub const HERE: &str = "/privacy";

/// `GET /privacy`.
///
/// # Errors
/// 503 where the database fails.
pub async fn page(State(app): State<Shared>) -> Result<Response, Refusal> {
    let controllers = organisations::controllers(app.store.read()).await?;
    let body = html! {
        div.public {
            h1 { "If you sell online: what we keep about offers" }
            p { "Volunteers report offers on open pages of marketplaces that likely concern protected wildlife. Reviewers decide about each. This page says what is kept of it about the person who made the offer." }
            h2 { "Who is responsible" }
            @if let [only] = controllers.as_slice() { p { (text::line(&only.name, NAME_CHARS)) (reached(only)) } (says(only)) } @else {
                p { "These organisations share what is kept. For an offer, the one whose volunteer reported it first answers. If you do not know which one that is, write to any of them: it finds out and sees to it." }
                @for one in &controllers { h3 { (text::line(&one.name, NAME_CHARS)) (reached(one)) } (says(one)) }
            }
            h2 { "What is kept, and where it comes from" }
            p { "What anybody could read on the offer's page: its address, texts, price, pictures, the place named, and your public name there. And what was done about it: what the detector and the reviewers said, notices to the marketplace and its answers, referrals to agencies." }
            p { "It comes from the open page, by a volunteer who saw it. Nobody contacts you, buys from you or reads messages. Offers of one name are counted within one marketplace, and never followed to another." }
            h2 { "What for, and on which ground" }
            p { "To tell marketplaces, and where there is reason the agencies in charge, of offers that likely concern protected wildlife. The ground is the legitimate interest in protecting wild animals and plants from unlawful trade (Article 6(1)(f)). No decision about you is made by a machine alone." }
            h2 { "Who gets it" }
            p { "The marketplace on which the offer stood. An agency, only after three people agreed. Nobody else." }
            h2 { "How long" }
            (times(&app))
            p { "Longer only for a ground that is named in the case, such as a court's file, until the day that stands beside it. Then it is erased: the key that opens it is destroyed, so that no backup opens it either." }
            h2 { "What you can ask for" }
            p { "To see what is kept about you, to have it put right or erased, to have it used no further while that is looked at; and you may object at any time, for reasons of your own situation. Write to the address of the one who is responsible, above, and name the marketplace and the offer or your name there, so that it can be found. You get an answer within one month. You can complain to the data protection authority where you live." }
        }
    };
    let page = layout::page(Some(&app), None, "What we keep about offers", &body);
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=600"))], page).into_response())
}

/// Behind a name: where it is, and how it is reached.
fn reached(one: &Organisation) -> Markup {
    html! {
        @if !one.country.is_empty() { " (" (one.country) ")" }
        @if one.contact.is_empty() { ". It has given no address here; ask where you found this page." }
        @else { ", " a href={ "mailto:" (one.contact) } { (one.contact) } }
    }
}

/// What it says of itself, a paragraph for each line.
fn says(one: &Organisation) -> Markup {
    html! { @for said in one.controller.lines().filter(|line| !line.trim().is_empty()) { p dir="auto" { (text::inert(said)) } } }
}

fn times(app: &Shared) -> Markup {
    html! {
        ul { @for one in Class::ALL { li { (one.words()) ": " (app.keep.days(one)) " days after the last step" } } }
    }
}
