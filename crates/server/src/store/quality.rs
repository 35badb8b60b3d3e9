//! What the published figures are made of: checks, days, decisions, notices and looks again, by platform and without persons.

use super::sql::{Db, Row};
use super::{Reader, parse_word, reporters};
use spotter_model::case::CheckOutcome;
use spotter_model::{CaseState, Event};
use spotter_survey::audited::{Answered, Checked, Data, Decided, Decision, Noticed, Outcome, Seen};
use sqlx::{Row as _, Transaction};
use std::collections::{HashMap, HashSet};

type Read = Transaction<'static, Db>;

/// So many spotters have to stand behind what is published of a marketplace: what one alone says would name whatever
/// marketplace they like, and would be theirs alone to have seen.
pub const SEVERAL: i64 = 3;

/// Everything as of one moment that several spotters stand behind.
///
/// # Errors
/// Where the database fails.
pub async fn data(pool: &Reader) -> sqlx::Result<Data> {
    let reported = reported(pool).await?;
    let mut tx = pool.pool().begin().await?;
    // Apart: three who answered checks say nothing of who reported.
    let checked =
        several(&mut tx, "SELECT marketplace FROM audits GROUP BY marketplace HAVING count(DISTINCT spotter) >= $1")
            .await?;
    let mut data = Data {
        answers: answers(&mut tx).await?,
        seen: seen(&mut tx).await?,
        decisions: decisions(&mut tx).await?,
        notices: notices(&mut tx).await?,
        checks: checks(&mut tx).await?,
    };
    data.answers.retain(|row| checked.contains(&row.platform));
    data.seen.retain(|row| checked.contains(&row.platform));
    data.decisions.retain(|row| reported.contains(&row.platform));
    data.notices.retain(|row| reported.contains(&row.platform));
    data.checks.retain(|row| reported.contains(&row.platform));
    Ok(data)
}

/// The marketplaces of which several spotters reported cases that are held. Of what was erased nothing says who reported it.
async fn reported(pool: &Reader) -> sqlx::Result<HashSet<String>> {
    let cases: Vec<(i64, String)> =
        sqlx::query_as("SELECT id, marketplace FROM cases WHERE erased_at = ''").fetch_all(pool.pool()).await?;
    let spotters = reporters::spotters(pool.pool()).await?;
    let ids: Vec<i64> = cases.iter().map(|(id, _)| *id).collect();
    let by = reporters::of_cases(pool, &ids).await?;
    let mut of: HashMap<String, HashSet<&str>> = HashMap::new();
    for (id, marketplace) in cases {
        let own = by.get(&id).into_iter().flatten().filter_map(|device| spotters.get(&**device));
        of.entry(marketplace).or_default().extend(own.map(String::as_str));
    }
    let enough = |(name, own): (String, HashSet<&str>)| (own.len() as i64 >= SEVERAL).then_some(name);
    Ok(of.into_iter().filter_map(enough).collect())
}

/// The marketplaces that this finds with [`SEVERAL`] spotters.
async fn several(tx: &mut Read, sql: &'static str) -> sqlx::Result<HashSet<String>> {
    Ok(sqlx::query_scalar(sql).bind(SEVERAL).fetch_all(&mut **tx).await?.into_iter().collect())
}

/// Out of how many, in the second column.
fn one_in(row: &Row) -> sqlx::Result<u32> {
    u32::try_from(row.try_get::<i64, _>(1)?).map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

async fn answers(tx: &mut Read) -> sqlx::Result<Vec<Answered>> {
    let rows = sqlx::query("SELECT marketplace, one_in, answer FROM audits").fetch_all(&mut **tx).await?;
    let one =
        |r: Row| Ok(Answered { platform: r.try_get(0)?, one_in: one_in(&r)?, answer: parse_word(r.try_get(2)?)? });
    rows.into_iter().map(one).collect()
}

async fn seen(tx: &mut Read) -> sqlx::Result<Vec<Seen>> {
    let rows = sqlx::query(
        "SELECT marketplace, one_in, CAST(sum(flagged) AS BIGINT), CAST(sum(unflagged) AS BIGINT), CAST(sum(offered) AS BIGINT) FROM audit_days \
         GROUP BY marketplace, one_in",
    )
    .fetch_all(&mut **tx)
    .await?;
    let one = |r: Row| {
        let count = |at: usize| Ok::<_, sqlx::Error>(u64::try_from(r.try_get::<i64, _>(at)?).unwrap_or_default());
        Ok(Seen {
            platform: r.try_get(0)?,
            one_in: one_in(&r)?,
            flagged: count(2)?,
            unflagged: count(3)?,
            offered: count(4)?,
        })
    };
    rows.into_iter().map(one).collect()
}

/// What was reported without the detector's word says nothing of the detector's precision.
async fn decisions(tx: &mut Read) -> sqlx::Result<Vec<Decided>> {
    let rows = sqlx::query("SELECT marketplace, state FROM cases WHERE missed = 0").fetch_all(&mut **tx).await?;
    let mut out = vec![];
    for row in rows {
        let decision = match parse_word::<CaseState>(row.try_get(1)?)? {
            CaseState::CannotTell => Decision::CannotTell,
            state if state.is_confirmed() => Decision::Confirmed,
            state if state.is_dismissed() => Decision::Dismissed,
            _ => continue,
        };
        out.push(Decided { platform: row.try_get(0)?, decision });
    }
    Ok(out)
}

/// What an event makes of a notice's outcome.
fn after(outcome: Outcome, event: Event) -> Outcome {
    match (outcome, event) {
        // Whoever took it back said that it was wrong, whatever came then.
        (Outcome::Corrected, _) | (_, Event::Correct) => Outcome::Corrected,
        (_, Event::NotProhibited) => Outcome::DecidedOtherwise,
        (_, Event::Refuse) => Outcome::Refused,
        (_, Event::Reinstate) => Outcome::Reinstated,
        (_, Event::Remove | Event::Restrict | Event::Confirm) => Outcome::Stands,
        (outcome, _) => outcome,
    }
}

/// The events of a case from a notice on, until the next one goes. A reviewer who found the listing up again says nothing of
/// whether the notice was right.
async fn notices(tx: &mut Read) -> sqlx::Result<Vec<Noticed>> {
    let rows = sqlx::query(
        "SELECT n.id, c.marketplace, d.decision FROM notices n JOIN cases c ON c.id = n.case_id \
         LEFT JOIN decisions d ON d.case_id = n.case_id AND d.at >= n.sent_at \
         AND NOT EXISTS (SELECT 1 FROM notices m WHERE m.case_id = n.case_id AND m.sent_seq > n.sent_seq AND m.sent_at <= d.at) \
         AND NOT (d.decision = 'reinstate' AND EXISTS \
         (SELECT 1 FROM checks k WHERE k.case_id = d.case_id AND k.at = d.at AND k.outcome = 'up')) \
         WHERE n.state = 'sent' AND n.sent_at IS NOT NULL ORDER BY n.id, d.version",
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut out: Vec<Noticed> = vec![];
    let mut last = None::<i64>;
    for row in rows {
        let id: i64 = row.try_get(0)?;
        if last != Some(id) {
            last = Some(id);
            out.push(Noticed { platform: row.try_get(1)?, outcome: Outcome::Stands });
        }
        if let (Some(event), Some(notice)) = (row.try_get::<Option<String>, _>(2)?, out.last_mut()) {
            notice.outcome = after(notice.outcome, parse_word::<Event>(event)?);
        }
    }
    Ok(out)
}

async fn checks(tx: &mut Read) -> sqlx::Result<Vec<Checked>> {
    let rows = sqlx::query(
        "SELECT c.marketplace, k.outcome FROM cases c JOIN checks k ON k.id = (SELECT max(id) FROM checks \
         WHERE case_id = c.id AND outcome IS NOT NULL) \
         WHERE EXISTS (SELECT 1 FROM notices n WHERE n.case_id = c.id AND n.state = 'sent')",
    )
    .fetch_all(&mut **tx)
    .await?;
    let one = |r: Row| Ok(Checked { platform: r.try_get(0)?, outcome: parse_word::<CheckOutcome>(r.try_get(1)?)? });
    rows.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::{Event as E, Outcome as O, after};

    #[test]
    fn a_notice_is_wrong_where_the_company_or_a_later_decision_says_so_in_the_end() {
        let table: [(&[E], O); 11] = [
            (&[], O::Stands),
            (&[E::Send, E::Acknowledge, E::Remove], O::Stands),
            (&[E::Refuse], O::Refused),
            (&[E::Refuse, E::Complain, E::Remove], O::Stands),
            (&[E::Remove, E::Reinstate], O::Reinstated),
            (&[E::Remove, E::Reinstate, E::Complain], O::Reinstated),
            (&[E::Remove, E::Reinstate, E::Complain, E::Remove], O::Stands),
            (&[E::Remove, E::Correct, E::Reopen, E::Confirm], O::Corrected),
            (&[E::Refuse, E::Reopen, E::NotProhibited], O::DecidedOtherwise),
            (&[E::Refuse, E::Reopen, E::NotProhibited, E::Reopen, E::Confirm], O::Stands),
            (&[E::Silence, E::Close], O::Stands),
        ];
        for (events, want) in table {
            assert_eq!(events.iter().fold(O::Stands, |o, e| after(o, *e)), want, "{events:?}");
        }
    }
}
