//! What a company's file says is written down: on the notice, and as the company's decision where the case still waits for
//! one. All of a file or nothing; whoever only wants to see drops the transaction.

use super::notices::{self, Notice};
use super::sql::Truth;
use super::steps::{self, Actor};
use super::{Tx, cases, word};
use crate::audit;
use crate::notices::returned::{Fault, Line};
use sha2::{Digest as _, Sha256};
use spotter_model::Event;
use spotter_model::case::Who;
use sqlx::Row as _;

/// Who brings a file.
#[derive(Clone, Copy, Debug)]
pub enum Bringer {
    /// A lead, for a company.
    Lead {
        /// The lead.
        reviewer_id: i64,
        /// The company.
        company_id: i64,
    },
    /// Somebody with the notices' answer links: each line carries its own.
    Company,
}

/// What a line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It was written down before.
    AsBefore,
    /// It is written down.
    Noted,
    /// It is written down, and is the company's decision: the case takes a step.
    Decided(Event),
}

/// A line with what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The line.
    pub line: Line,
    /// What it does.
    pub effect: Effect,
}

/// Writes everything down, or says of each line why not. Nothing is kept unless the transaction is.
///
/// # Errors
/// Where the database fails.
pub async fn apply(
    tx: &mut Tx,
    bringer: Bringer,
    lines: &[Line],
    now: &str,
) -> sqlx::Result<Result<Vec<Done>, Vec<Fault>>> {
    let (mut done, mut faults) = (vec![], vec![]);
    for line in lines {
        match notice(tx, bringer, line).await? {
            Ok((notice, before)) => {
                let effect = if before == Some(line.wrong) {
                    Effect::AsBefore
                } else {
                    write(tx, bringer, &notice, line.wrong, now).await?
                };
                done.push(Done { line: line.clone(), effect });
            }
            Err(why) => faults.push(Fault::of(line.line, why)),
        }
        if faults.len() >= crate::notices::returned::FAULTS {
            break;
        }
    }
    Ok(if faults.is_empty() { Ok(done) } else { Err(faults) })
}

/// The notice that a line is of, and what was written down of it before. A number that is another company's reads like none.
async fn notice(
    tx: &mut Tx,
    bringer: Bringer,
    line: &Line,
) -> sqlx::Result<Result<(Notice, Option<bool>), &'static str>> {
    let Some(found) = notices::by_number(tx, &line.number).await? else {
        return Ok(Err(unknown(bringer)));
    };
    let row = sqlx::query("SELECT answer_hash, false_positive FROM notices WHERE id = $1")
        .bind(found.id)
        .fetch_one(&mut **tx)
        .await?;
    let hash: Vec<u8> = row.try_get(0)?;
    let theirs = match bringer {
        Bringer::Lead { company_id, .. } => found.company_id == company_id,
        Bringer::Company => hash == <[u8; 32]>::from(Sha256::digest(line.secret.as_bytes())),
    };
    if !theirs || found.sent_seq.is_none() {
        return Ok(Err(unknown(bringer)));
    }
    Ok(Ok((found, row.try_get::<Option<Truth>, _>(1)?.map(|wrong| wrong.0))))
}

const fn unknown(bringer: Bringer) -> &'static str {
    match bringer {
        Bringer::Lead { .. } => "No notice with this number went to this company.",
        Bringer::Company => {
            "The number and the link in answer_link belong to no notice. Both have to be as they were sent."
        }
    }
}

async fn write(tx: &mut Tx, bringer: Bringer, notice: &Notice, wrong: bool, now: &str) -> sqlx::Result<Effect> {
    let (actor, who) = match bringer {
        Bringer::Lead { reviewer_id, .. } => (Actor::Reviewer(reviewer_id), Who::Reviewer),
        Bringer::Company => (Actor::Company(notice.company_id), Who::Company),
    };
    sqlx::query("UPDATE notices SET false_positive = $1, action_at = CASE WHEN action_at = '' THEN $2 ELSE action_at END WHERE id = $3")
        .bind(Truth(wrong))
        .bind(now)
        .bind(notice.id)
        .execute(&mut **tx)
        .await?;
    let (by, about) = (actor.name(), format!("notice:{}", notice.id));
    let detail = if wrong { "yes" } else { "no" };
    audit::append(tx, now, audit::Entry { actor: &by, action: "notice.false_positive", subject: &about, detail })
        .await?;
    // Only the newest notice of a case speaks for what happens to it now.
    let newest: Option<i64> = sqlx::query_scalar("SELECT max(sent_seq) FROM notices WHERE case_id = $1")
        .bind(notice.case_id)
        .fetch_one(&mut **tx)
        .await?;
    let event = if wrong { Event::Refuse } else { Event::Acknowledge };
    let case = cases::find_in(tx, notice.case_id).await?;
    // Nothing is sealed for a case that was erased, and nobody decides on it. That the notice was wrong still counts.
    let Some(case) = case.filter(|case| newest == notice.sent_seq && case.erased_at.is_empty()) else {
        return Ok(Effect::Noted);
    };
    if case.state.step_by(event, who).is_none() {
        return Ok(Effect::Noted);
    }
    let said = format!("In the file that came back: false_positive {detail}.");
    notices::answered(tx, notice, event, &said, now).await?;
    steps::take(tx, &case, event, actor, None, now).await?;
    Ok(Effect::Decided(event))
}

/// One link in the chain for the whole file: its hash, and how many lines it had.
///
/// # Errors
/// Where the database fails.
pub async fn remember(tx: &mut Tx, bringer: Bringer, sha256: &str, done: &[Done], now: &str) -> sqlx::Result<()> {
    let (actor, about) = match bringer {
        Bringer::Lead { reviewer_id, company_id } => {
            (Actor::Reviewer(reviewer_id).name(), format!("company:{company_id}"))
        }
        Bringer::Company => ("answer-links".to_owned(), "companies".to_owned()),
    };
    let decided = |event: Event| done.iter().filter(|d| d.effect == Effect::Decided(event)).count();
    let (refuse, acknowledge) = (Event::Refuse, Event::Acknowledge);
    let detail = format!(
        "sha256 {sha256}, {} lines, {} {}, {} {}",
        done.len(),
        word(&refuse),
        decided(refuse),
        word(&acknowledge),
        decided(acknowledge)
    );
    audit::append(
        tx,
        now,
        audit::Entry { actor: &actor, action: "company.file_returned", subject: &about, detail: &detail },
    )
    .await
}
