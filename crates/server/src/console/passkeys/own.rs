//! A person's own passkeys: the list on their page, adding one, removing one. Both ask for a login that is not old.

use super::super::session::{Bare, Halt, Reviewer};
use super::super::{layout, text, words};
use super::{judge_of, kept, part, put, question, sent, taken, to};
use crate::app::{App, Shared};
use crate::problem::{Answer, Refusal};
use crate::store::Tx;
use crate::store::passkeys::{self, Kept, Purpose};
use crate::{audit, random, sign};
use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::{Form, Json};
use maud::{Markup, html};
use serde::Deserialize;
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential, Uuid};

/// Most passkeys of one person.
const MOST: usize = 10;
/// Longest name of a passkey.
const NAME_CHARS: usize = 40;
/// A session that is older than this is not taken for its owner where a way in is made or removed.
const FRESH_S: i64 = 15 * 60;

fn is_fresh(app: &App, reviewer: &Reviewer) -> bool {
    app.now_s() - reviewer.session.created_s <= FRESH_S
}

/// What stands on a person's own page.
///
/// # Errors
/// Where the database fails.
pub async fn card(app: &Shared, reviewer: &Reviewer) -> sqlx::Result<Markup> {
    let all = passkeys::of(app.store.read(), reviewer.session.reviewer_id).await?;
    let fresh = is_fresh(app, reviewer);
    let button = html! {
        form data-asks="/console/passkeys/add" {
            (layout::csrf(reviewer))
            label.reason { span { "Name of the new one" } input name="name" required maxlength=(NAME_CHARS) placeholder="My phone" autocomplete="off"; }
            p { button.primary { "Add a passkey" } }
        }
    };
    Ok(html! {
        section.card.narrow {
            h2 { "Your passkeys" }
            p { "A passkey opens the console by your device's own lock: a finger, your face, a PIN. There is nothing in it to guess or to hand on by mistake. Password and code stay as they are." }
            @if !all.is_empty() { ul.passkeys { @for one in &all { (row(reviewer, one, fresh)) } } }
            @if !fresh {
                p { "Adding and removing ask for a login of the last " (FRESH_S / 60) " minutes." }
                form method="post" action="/console/logout" { (layout::csrf(reviewer)) button { "Log in again" } }
            } @else if all.len() >= MOST {
                p { "You have " (MOST) ", which is as many as one person may. Remove one to add another." }
            } @else {
                (part(app, &button))
                noscript { p.muted { "Adding one needs script in your browser." } }
            }
            p.muted { "If a device is lost, remove its passkey here; whoever leads the programme can remove all of yours." }
        }
    })
}

fn row(reviewer: &Reviewer, one: &Kept, fresh: bool) -> Markup {
    html! {
        li {
            span { b { (text::line(&one.name, NAME_CHARS)) } " "
                span.muted { "added " (words::time(&one.added_at)) ", " @if one.used_at.is_empty() { "not used yet" } @else { "last used " (words::time(&one.used_at)) } } }
            @if fresh { form.inline method="post" action={ "/console/passkeys/" (one.id) "/end" } { (layout::csrf(reviewer)) button.quiet { "Remove" span.sr { " " (text::line(&one.name, NAME_CHARS)) } } } }
        }
    }
}

fn old_login() -> Refusal {
    Refusal::forbidden(
        "Adding a passkey asks for a login of the last fifteen minutes. Nothing was changed; log in again.",
    )
}

/// Whoever asks has a page of ours open and logged in not long ago.
fn owner(app: &App, reviewer: &Reviewer, csrf: &str) -> Answer<i64> {
    if reviewer.check(csrf).is_err() {
        return Err(Refusal::forbidden(
            "This page belongs to a session that has ended, so nothing was done. Load it again.",
        ));
    }
    if is_fresh(app, reviewer) { Ok(reviewer.session.reviewer_id) } else { Err(old_login()) }
}

async fn remember(tx: &mut Tx, app: &App, id: i64, action: &str, passkey: i64) -> sqlx::Result<()> {
    let (who, detail) = (format!("reviewer:{id}"), format!("passkey:{passkey}"));
    audit::append(tx, &app.now(), audit::Entry { actor: &who, action, subject: &who, detail: &detail }).await
}

/// The name of a passkey that is to be made.
#[derive(Deserialize)]
pub struct Named {
    csrf: String,
    name: String,
}

/// `POST /console/passkeys/add/ask`.
///
/// # Errors
/// Why not.
pub async fn ask(State(app): State<Shared>, reviewer: Reviewer, named: Result<Json<Named>, JsonRejection>) -> Answer {
    let named = sent(named)?;
    let id = owner(&app, &reviewer, &named.csrf)?;
    let judge = judge_of(&app)?;
    let name = named.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(Refusal::unprocessable(format!("A passkey's name has 1 to {NAME_CHARS} characters.")).at("/name"));
    }
    let mut tx = app.store.begin().await?;
    let held = passkeys::credential_ids(&mut tx, id).await?;
    if held.len() >= MOST {
        return Err(Refusal::unprocessable(format!("One person may have {MOST} passkeys. Remove one first.")));
    }
    let handle = passkeys::handle(&mut tx, id, &sign::hex(&random::bytes::<16>())).await?;
    let handle: Uuid = handle.parse().map_err(|_| Refusal::internal(""))?;
    let who = &reviewer.session.name;
    let (asked, state) =
        judge.start_passkey_registration(handle, who, who, Some(held)).map_err(|_| Refusal::internal(""))?;
    put(&app, &mut tx, reviewer.token_hash(), (Purpose::Add, name), &state).await?;
    tx.commit().await?;
    Ok(Json(question(&asked)?).into_response())
}

/// What a browser made.
#[derive(Deserialize)]
pub struct Made {
    csrf: String,
    credential: RegisterPublicKeyCredential,
}

/// `POST /console/passkeys/add`.
///
/// # Errors
/// Why not.
pub async fn add(State(app): State<Shared>, reviewer: Reviewer, made: Result<Json<Made>, JsonRejection>) -> Answer {
    let made = sent(made)?;
    let id = owner(&app, &reviewer, &made.csrf)?;
    let (name, state): (_, PasskeyRegistration) = taken(&app, reviewer.token_hash(), Purpose::Add).await?;
    let passkey = judge_of(&app)?.finish_passkey_registration(&made.credential, &state).map_err(|_| {
        Refusal::forbidden("This passkey does not fit what was asked for. Nothing was changed; try again.")
    })?;
    let credential_id = passkey.cred_id().clone();
    let public_key = kept(passkey)?;
    let mut tx = app.store.begin().await?;
    if passkeys::credential_ids(&mut tx, id).await?.len() >= MOST {
        return Err(Refusal::unprocessable(format!("One person may have {MOST} passkeys. Remove one first.")));
    }
    let number = match passkeys::add(&mut tx, id, &name, (&credential_id, &public_key), &app.now()).await {
        Ok(number) => number,
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            return Err(Refusal::record_differs("This passkey is known already. Nothing was changed."));
        }
        Err(error) => return Err(error.into()),
    };
    remember(&mut tx, &app, id, "reviewer.passkey_added", number).await?;
    tx.commit().await?;
    Ok(to("/console/second"))
}

/// `POST /console/passkeys/{id}/end`.
///
/// # Errors
/// The page that says why not.
pub async fn end(
    State(app): State<Shared>,
    reviewer: Reviewer,
    number: Result<Path<i64>, PathRejection>,
    form: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let (number, _) = reviewer.posted(number, form)?;
    let id = reviewer.session.reviewer_id;
    if is_fresh(&app, &reviewer) {
        let mut tx = app.store.begin().await?;
        if passkeys::end(&mut tx, id, number).await? {
            remember(&mut tx, &app, id, "reviewer.passkey_removed", number).await?;
            tx.commit().await?;
        }
    }
    // The page says what it asks for, and shows what is left.
    Ok(layout::see("/console/second").into_response())
}
