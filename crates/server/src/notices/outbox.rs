//! What goes out by itself: due notices, one company at a time and in order; and what time alone brings about: silence, and
//! the end of a hold.
//!
//! A notice stays in the outbox until its channel took it. What fails is tried again, after one minute at first and after an
//! hour at most, for ever; the company's later notices wait behind it, so that they arrive in order.

use super::render::Rendered;
use crate::app::App;
use crate::clock;
use crate::config::is_mail_address;
use crate::store::cases;
use crate::store::companies::{self, Channel, Company};
use crate::store::notices::{self, Notice};
use crate::store::rounds::{self, Round};
use crate::store::steps::{self, Actor};
use spotter_model::Event;
use time::{Duration, OffsetDateTime};

/// How long a reviewer can take a notice back.
pub const UNDO: Duration = Duration::minutes(10);
/// Notices that go to one company in one round.
const ROUND: i64 = 50;

/// How long to wait after so many tries.
#[must_use]
pub fn backoff(tries: i64) -> Duration {
    Duration::seconds(60 << tries.clamp(0, 6)).min(Duration::hours(1))
}

/// Does everything that is due now. Never two at once, in all processes: where another one is at it, nothing is done here.
///
/// # Errors
/// Where the database fails; what a channel refuses is no error but waits.
pub async fn tick(app: &App) -> sqlx::Result<()> {
    let _here = app.sending.lock().await;
    let Some(alone) = rounds::begin(&app.store, Round::Outbox).await? else { return Ok(()) };
    let now = (app.clock)();
    for id in notices::waiting_companies(app.store.read(), &clock::stamp(now)).await? {
        let Some(company) = companies::find(app.store.read(), id).await? else { continue };
        unmark(app, company.id, now).await?;
        match company.channel {
            Channel::Email | Channel::Webhook => one_by_one(app, &company, now).await?,
            Channel::Csv => weekly(app, &company, now).await?,
            // The company comes for them.
            Channel::Pull => {}
        }
    }
    silence(app, now).await?;
    end_holds(app, now).await?;
    alone.end().await
}

/// Takes the mark from what is due for a company and would go under a status that has ended since it was made. A notice says that its
/// organisation holds the status: that has to be so on the day on which it goes. The rest of it goes as it was written.
///
/// # Errors
/// Where the database fails.
pub async fn unmark(app: &App, company_id: i64, now: OffsetDateTime) -> sqlx::Result<()> {
    let stamp = clock::stamp(now);
    for notice in notices::unduly_marked(app.store.reader(), company_id, &stamp, &app.today().to_string()).await? {
        let mut tx = app.store.begin().await?;
        match notice.rendered.unmarked() {
            Some(rendered) => notices::unmark(&mut tx, &notice, &rendered, &stamp).await?,
            // Rather late than untrue.
            None => {
                let next = clock::stamp(now + backoff(notice.tries));
                let why = "it says that its organisation is a trusted flagger, which it is no more";
                notices::failed(&mut tx, notice.id, why, &next).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn one_by_one(app: &App, company: &Company, now: OffsetDateTime) -> sqlx::Result<()> {
    let stamp = clock::stamp(now);
    for notice in notices::due(app.store.reader(), company.id, &stamp, ROUND).await? {
        if notice.next_try > stamp {
            return Ok(());
        }
        let done = match company.channel {
            Channel::Webhook => {
                let (address, number, at_s) = (&company.address, &notice.number, now.unix_timestamp());
                match app.vault.unseal(&company.seal(), &company.secret) {
                    Ok(secret) => app.channels.webhook(address, &secret, number, at_s, &notice.rendered).await,
                    // An empty key would sign for everybody.
                    Err(_) if company.secret.is_empty() => {
                        Err("it has no secret yet: make some on the company's page".to_owned())
                    }
                    Err(_) => Err("its secret does not open: make new ones on the company's page".to_owned()),
                }
            }
            _ => match notice.rendered.speaker().1 {
                from if is_mail_address(from) => {
                    app.channels.mail(&notice.number, from, &company.contact, &notice.rendered)
                }
                _ => Err("its organisation has no e-mail address in it".to_owned()),
            },
        };
        if !settle(app, company, &[notice], done, now).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// What became due before this week goes into one file.
async fn weekly(app: &App, company: &Company, now: OffsetDateTime) -> sqlx::Result<()> {
    let monday = clock::week_of(now);
    let all = notices::due(app.store.reader(), company.id, &clock::stamp(monday), i64::MAX).await?;
    let Some(first) = all.first().filter(|n| n.next_try <= clock::stamp(now)) else { return Ok(()) };
    let name = format!("company-{}-{}-{}.csv", company.id, clock::day(monday), first.number);
    let rendered: Vec<Rendered> = all.iter().map(|n| n.rendered.clone()).collect();
    let done = app.channels.weekly(&name, &rendered);
    settle(app, company, &all, done, now).await.map(|_| ())
}

/// Writes down what became of notices. Returns whether the channel took them.
async fn settle(
    app: &App,
    company: &Company,
    these: &[Notice],
    done: Result<(), String>,
    now: OffsetDateTime,
) -> sqlx::Result<bool> {
    let mut tx = app.store.begin().await?;
    for notice in these {
        match &done {
            Ok(()) => {
                let due = clock::stamp(now + Duration::days(company.answer_days));
                notices::sent(&mut tx, notice, &due, &clock::stamp(now)).await?;
            }
            Err(trouble) => {
                let next = clock::stamp(now + backoff(notice.tries));
                notices::failed(&mut tx, notice.id, trouble, &next).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(done.is_ok())
}

/// A company that let its time pass.
async fn silence(app: &App, now: OffsetDateTime) -> sqlx::Result<()> {
    let now = clock::stamp(now);
    for notice in notices::unanswered(app.store.reader(), &now).await? {
        let mut tx = app.store.begin().await?;
        notices::stop_waiting(&mut tx, notice.id).await?;
        if let Some(case) = cases::find_in(&mut tx, notice.case_id).await?
            && case.state.step(Event::Silence).is_some()
        {
            steps::take(&mut tx, &case, Event::Silence, Actor::Server, None, &now).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Holds whose date has come.
async fn end_holds(app: &App, now: OffsetDateTime) -> sqlx::Result<()> {
    let now = clock::stamp(now);
    for case in cases::holds_over(app.store.reader(), &now).await? {
        let mut tx = app.store.begin().await?;
        steps::take(&mut tx, &case, Event::Release, Actor::Server, None, &now).await?;
        tx.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::backoff;
    use time::Duration;

    #[test]
    fn the_wait_grows_and_has_an_end() {
        let minutes: Vec<i64> = (0..8).map(|tries| backoff(tries).whole_minutes()).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(backoff(i64::MAX), Duration::hours(1));
    }
}
