//! What the training asks of the background: the detector's word on practice listings, and that the test was passed.
//! Never: a draft or a report of a practice listing; nothing of them is kept.

use super::app::{App, tell_pages};
use super::{now, rounds, store};
use crate::logic::outbox::Entry;
use crate::logic::sentence::Sentence;
use crate::logic::time;
use spotter_model::limits;
use spotter_model::messages::{Answer, Event};
use spotter_model::training::{Told, TrainingPass, pass_mark, still_asked};
use spotter_model::{Field, Listing};

/// What the detector says of these.
pub fn practise(app: &App, listings: Vec<Listing>) -> Result<Answer, Sentence> {
    let fits = |l: &Listing| Field::ALL.iter().all(|f| l.text(*f).len() <= Listing::limit(*f));
    if listings.len() > limits::BATCH_LISTINGS || !listings.iter().all(fits) {
        return Err(Sentence::new("bg_internal"));
    }
    let marks = app.assessor().map(|a| a.marks(&listings, time::utc_date(now()))).unwrap_or_default();
    Ok(Answer::Practised { marks })
}

/// Refuses where a round that runs asks for a test that was not passed yet.
pub async fn check(entries: &[Entry]) -> Result<(), Sentence> {
    let today = rounds::today(entries, None).await?;
    let pass = store::training().await?;
    match still_asked(today.as_ref().map_or(&[][..], |r| &r.now), pass.as_ref()) {
        Some((round, mark)) => Err(Sentence::with("bg_training_first", &[&round.name, &mark.to_string()])),
        None => Ok(()),
    }
}

/// The test was done: kept where that is a pass.
pub async fn trained(score: u32, deck: &str) -> Result<(), Sentence> {
    let today = rounds::today(&store::entries().await?, None).await?;
    let (mark, round) = pass_mark(today.as_ref().map_or(&[][..], |r| &r.now));
    if score < mark || score > 100 {
        return Err(Sentence::with("bg_training_below", &[&mark.to_string()]));
    }
    let pass = TrainingPass {
        passed_on: time::rfc3339(now()),
        score,
        deck: limits::cut(deck, limits::SHORT_BYTES).to_owned(),
        round: round.map(|r| r.id.clone()).unwrap_or_default(),
        told: Told::Nobody,
    };
    store::set_training(&pass).await?;
    tell_pages(&Event::StateChanged).await;
    Ok(())
}
