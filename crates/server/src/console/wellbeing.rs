//! What reviewers set for their own good: pictures without colour, a reminder of breaks, a word at the end of a day's work.
//!
//! Owns the page, the bounds and when a reminder stands on a page. It reminds and locks nothing; nobody else sees any of it, and no
//! figure is made of it.

use super::session::{Halt, Reviewer};
use super::{error_page, layout, words};
use crate::app::Shared;
use crate::clock;
use crate::store::wellbeing::{self, Wishes};
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

/// Where the page is.
const HERE: &str = "/console/wellbeing";
/// So long without a step is a pause.
const PAUSE: Duration = Duration::minutes(10);
/// What lies further back is over.
const LOOK_BACK: Duration = Duration::hours(12);
/// Fields with their labels and their most.
const FIELDS: [(&str, &str, i64); 3] = [
    ("break_minutes", "Remind me after so many minutes without a pause", 240),
    ("break_cases", "Remind me after the evidence of so many cases without a pause", 200),
    ("daily_cases", "Tell me when I have decided so many cases in a day", 1000),
];

/// `GET /console/wellbeing`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Response, Halt> {
    let wishes = wellbeing::of(app.store.read(), reviewer.session.reviewer_id).await?;
    Ok(show(&app, &reviewer, StatusCode::OK, wishes, None))
}

fn show(app: &Shared, reviewer: &Reviewer, status: StatusCode, wishes: Wishes, said: Option<&str>) -> Response {
    let values = [wishes.break_minutes, wishes.break_cases, wishes.daily_cases];
    let body = html! {
        section.card.narrow {
            h1 { "For your own good" }
            @if let Some(said) = said { p.alert role="alert" { (said) } }
            p { "This work shows what is hard to look at. Pictures stay blurred and without colour until you ask for each." }
            form.wellbeing method="post" action=(HERE) {
                (layout::csrf(reviewer))
                label.check { input type="checkbox" name="grey" value="1" checked[wishes.grey]; " Pictures without colour, also when I show them sharp" }
                @for ((name, label, most), value) in FIELDS.iter().zip(values) {
                    label.reason { span { (label) } input type="number" name=(name) min="0" max=(most) value=(value) required; }
                }
                p.muted { "0: never. A pause is ten minutes without opening evidence and without deciding. Nothing is locked, nobody else sees this, and nothing is counted from it." }
                p { button.primary { "Keep this" } }
            }
            @if reviewer.may("GET", "/console/gold") { p { a href="/console/gold" { "Known cases, and your answers" } } }
        }
    };
    (status, layout::page(Some(app), Some(reviewer), "For your own good", &body)).into_response()
}

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    #[serde(default)]
    grey: String,
    break_minutes: String,
    break_cases: String,
    daily_cases: String,
}

/// `POST /console/wellbeing`.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    reviewer: Reviewer,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let Ok(Form(fields)) = fields else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    reviewer.check(&fields.csrf)?;
    let id = reviewer.session.reviewer_id;
    let number = |text: &str, most: i64| text.trim().parse().ok().filter(|n| (0..=most).contains(n));
    let wishes = (|| {
        Some(Wishes {
            grey: fields.grey == "1",
            break_minutes: number(&fields.break_minutes, FIELDS[0].2)?,
            break_cases: number(&fields.break_cases, FIELDS[1].2)?,
            daily_cases: number(&fields.daily_cases, FIELDS[2].2)?,
        })
    })();
    let Some(wishes) = wishes else {
        let kept = wellbeing::of(app.store.read(), id).await?;
        let most: Vec<String> = FIELDS.iter().map(|(_, _, most)| most.to_string()).collect();
        let said = format!("Whole numbers from 0 to {}, in this order. Nothing was changed.", most.join(", "));
        return Ok(show(&app, &reviewer, StatusCode::UNPROCESSABLE_ENTITY, kept, Some(&said)));
    };
    let mut tx = app.store.begin().await?;
    wellbeing::set(&mut tx, id, wishes).await?;
    tx.commit().await?;
    Ok(layout::see(HERE).into_response())
}

/// Minutes since the last pause, and how often evidence was opened since; zeros where a pause goes on. Steps are newest first.
fn stretch(now: OffsetDateTime, steps: &[(OffsetDateTime, bool)]) -> (i64, i64) {
    let (mut from, mut opened) = (now, 0);
    for (at, evidence) in steps {
        if from - *at >= PAUSE {
            break;
        }
        (from, opened) = (*at, opened + i64::from(*evidence));
    }
    ((now - from).whole_minutes(), opened)
}

/// The reminder, where what this reviewer set has come about.
///
/// # Errors
/// Where the database fails.
pub async fn reminder(app: &Shared, reviewer: &Reviewer) -> sqlx::Result<Markup> {
    let (pool, id, now) = (app.store.read(), reviewer.session.reviewer_id, (app.clock)());
    let wishes = wellbeing::of(pool, id).await?;
    let Wishes { break_minutes, break_cases, daily_cases, .. } = wishes;
    let mut said = vec![];
    if break_minutes > 0 || break_cases > 0 {
        let steps = wellbeing::steps(pool, id, &clock::stamp(now - LOOK_BACK)).await?;
        let steps: Vec<_> = steps.iter().filter_map(|(at, evidence)| Some((clock::read(at)?, *evidence))).collect();
        let (minutes, opened) = stretch(now, &steps);
        let mut since = vec![];
        if break_minutes > 0 && minutes >= break_minutes {
            since.push(words::count(minutes as usize, "minute", "minutes"));
        }
        if break_cases > 0 && opened >= break_cases {
            since.push(format!("the evidence of {}", words::count(opened as usize, "case", "cases")));
        }
        if !since.is_empty() {
            let since = since.join(" and ");
            said.push(format!("Without a pause: {since}. Time for ten minutes away from the screen."));
        }
    }
    if daily_cases > 0 {
        let decided = wellbeing::decided(pool, id, &format!("{}T00:00:00.000Z", clock::day(now))).await?;
        if decided >= daily_cases {
            let cases = words::count(decided as usize, "case", "cases");
            said.push(format!("You have decided {cases} today, which is what you set for a day. The rest can wait."));
        }
    }
    Ok(html! { @for one in said { p.note role="status" { (one) " " a href=(HERE) { "What you set" } } } })
}

#[cfg(test)]
mod tests {
    use super::{Duration, OffsetDateTime, stretch};

    #[test]
    fn a_stretch_ends_at_the_first_pause() {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
        let ago = |minutes: &[i64]| -> Vec<_> { minutes.iter().map(|m| (now - Duration::minutes(*m), true)).collect() };
        for (steps, want) in [
            (&[][..], (0, 0)),
            (&[0], (0, 1)),
            (&[9], (9, 1)),
            (&[10], (0, 0)),
            (&[2, 8, 17, 26], (26, 4)),
            (&[2, 8, 18, 20], (8, 2)),
            (&[30, 31, 32], (0, 0)),
        ] {
            assert_eq!(stretch(now, &ago(steps)), want, "{steps:?}");
        }
        let decided = [(now - Duration::minutes(3), false), (now - Duration::minutes(4), true)];
        assert_eq!(stretch(now, &decided), (4, 1), "a decision goes on with the stretch and is no evidence");
    }
}
