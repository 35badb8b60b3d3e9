//! The reminder, "I was contacted", the week, and reports that are completed from their listing's own page.

use super::*;
use spotter_model::messages::{Reminder, Standing};
use spotter_model::rounds::Rounds;
use spotter_model::{Accuracy, Week, WeekCount};

fn with(change: impl FnOnce(&mut State), lang: &str) -> Panel {
    let mut p = panel(lang, true);
    let mut now = state(true, vec![item(OutboxState::Sent)]);
    change(&mut now);
    answered(&mut p, Tag::State, Answer::State(Box::new(now)));
    p
}

#[test]
fn the_reminder_comes_when_it_was_asked_for_and_not_before() {
    assert!(!shown(&with(|_| {}, "en")).contains("short break"));
    let mut p = with(|s| s.reminder = Some(Reminder { minutes: 45, at_ms: 2_700_000.0 }), "en");
    assert!(shown(&p).contains("The reminder comes at @2700000"));
    send_at(&mut p, Msg::StateChanged, 2_699_999.0);
    assert!(by_id(&view::view(&p), "break-again").is_none());
    send_at(&mut p, Msg::StateChanged, 2_700_000.0);
    assert!(shown(&p).contains("You have been looking for 45 minutes."));
    let remind = |minutes| vec![Effect::Ask(Tag::Small, Ask::Remind { minutes })];
    assert_eq!(send(&mut p, Msg::Remind(45)), remind(45));
    assert_eq!(send(&mut p, Msg::Remind(0)), remind(0));
    let chosen =
        |p: &mut Panel, value: &str| p.update(Msg::ChoseReminder, Fired { value: value.into(), ..Fired::default() });
    assert_eq!(chosen(&mut p, "30"), remind(30));
    assert_eq!(chosen(&mut p, "0"), remind(0));
}

#[test]
fn the_lead_is_told_in_the_spotters_words_which_stay_until_they_are_kept() {
    let mut p = with(|_| {}, "en");
    send(&mut p, Msg::Contacted);
    assert!(shown(&p).contains("under your name there, quiet-heron"), "{}", shown(&p));
    assert_eq!(send(&mut p, Msg::ContactedSubmit), vec![], "nothing was written");
    assert!(shown(&p).contains("Nothing was sent yet"));
    p.update(Msg::ContactedTyped, Fired { value: "é".repeat(1_200), ..Fired::default() });
    let asked = send(&mut p, Msg::ContactedSubmit);
    assert_eq!(asked, vec![Effect::AskAllowed(Tag::Contacted, Ask::Contacted { text: "é".repeat(1_000) })]);
    assert_eq!(send(&mut p, Msg::ContactedSubmit), vec![], "once");
    refused(&mut p, Tag::Contacted, "bg_storage");
    assert!(shown(&p).contains(&words("en").t("bg_storage")));
    assert_eq!(send(&mut p, Msg::ContactedSubmit).len(), 1, "what was written is still there");
    answered(&mut p, Tag::Contacted, Answer::State(Box::new(state(true, vec![]))));
    assert_eq!(p.sheet, Sheet::Closed);
    assert!(shown(&p).contains("Your message goes to the lead."));
}

#[test]
fn whom_to_reach_is_what_the_programme_says_and_nothing_else() {
    let links = |lead: &str, debrief: &str| {
        let p =
            with(|s| s.rounds = Some(Rounds { lead: lead.into(), debrief: debrief.into(), ..Rounds::default() }), "en");
        let mut found = vec![];
        crate::node::testing::walk(&view::view(&p), &mut |node| {
            if let crate::node::Node::El(el) = node
                && let Some(href) = el.get("href")
                // The extension's own page, whatever the programme says.
                && el.get("id") != Some("training")
            {
                found.push(href.to_owned());
            }
        });
        found
    };
    let both = ["mailto:lead@programme.example", "https://programme.example/talk"];
    assert_eq!(links(both[0], both[1]), both);
    assert_eq!(links("", ""), Vec::<String>::new());
    assert_eq!(links("javascript:1", "data:text/html,x"), Vec::<String>::new());
}

#[test]
fn the_week_says_what_became_of_it() {
    for lang in LANGUAGES {
        let p = with(
            |s| {
                let decided = vec![WeekCount { status: PublicStatus::Confirmed, reports: 2 }];
                s.standing = Some(Standing {
                    week: Week { from: String::new(), reports: 5, decided },
                    accuracy: Accuracy { confirmed: 8, decided: 9 },
                });
                s.best_words = Some(("ox bone".into(), 4));
            },
            lang,
        );
        let (text, w) = (shown(&p), words(lang));
        for part in [w.t("outbox_week_title"), w.count("outbox_week", 5), "ox bone".into(), w.t("status_confirmed")] {
            assert!(text.contains(&part), "{lang}: {part} in {text}");
        }
    }
    assert!(!shown(&with(|_| {}, "en")).contains("Your week"), "nothing to say, nothing said");
}

const WHOLE: &str = "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a60";

fn whole(url: &str) -> Box<Draft> {
    let mut whole = draft(true);
    whole.tab_id = 9;
    whole.report.report_id = WHOLE.into();
    whole.report.card_only = false;
    whole.report.place.url_canonical = url.into();
    whole.report.listing.description = "All of it".into();
    whole
}

/// A sheet of a card on a page of results.
fn card() -> Box<Draft> {
    let mut card = draft(true);
    card.report.place.url_at_match = "https://market.example/all".into();
    card.report.place.url_observed = "https://market.example/all".into();
    card
}

/// A sheet of a card, with a note, whose listing was opened in tab 9.
fn opened() -> Panel {
    let mut p = panel("en", true);
    answered(&mut p, Tag::Prepare("a".into()), Answer::Draft(card()));
    p.update(Msg::NoteTyped, Fired { value: "Seen twice".into(), ..Fired::default() });
    assert_eq!(send(&mut p, Msg::OpenListing), vec![Effect::OpenListing("https://market.example/1".into())]);
    assert_eq!(send(&mut p, Msg::ListingOpened(Some(9))), vec![Effect::AskFindings(9)]);
    assert!(shown(&p).contains("Your report waits here"));
    p
}

fn read(url: &str, waiting: u32) -> Msg {
    let mut one = finding("x", Level::Likely, Reportable::Check);
    one.url = url.into();
    Msg::Findings(9, Some(Findings { waiting, ..findings(vec![one]) }))
}

#[test]
fn a_card_is_completed_once_its_listing_has_been_read() {
    let mut p = opened();
    assert_eq!(send(&mut p, Msg::Findings(9, None)), vec![], "not loaded yet");
    assert_eq!(send(&mut p, read("https://market.example/1", 3)), vec![], "not read yet");
    assert_eq!(send(&mut p, Msg::FindingsChanged(Some(9))), vec![Effect::AskFindings(9)]);
    let by_key = Ask::Prepare { tab_id: 9, key: "x".into() };
    assert_eq!(send(&mut p, read("https://market.example/1?from=list", 0)), vec![Effect::Ask(Tag::Complete, by_key)]);
    assert_eq!(send(&mut p, read("https://market.example/1", 0)), vec![], "asked once");
    let dropped = answered(&mut p, Tag::Complete, Answer::Draft(whole("https://market.example/1")));
    assert_eq!(dropped, vec![Effect::Ask(Tag::Quietly, Ask::Undo { report_id: ID.into() })], "the card's draft goes");
    let Sheet::Editing { draft, form, .. } = &p.sheet else { panic!("{:?}", p.sheet) };
    assert_eq!((draft.report.report_id.as_str(), form.note.as_str()), (WHOLE, "Seen twice"));
    assert!(shown(&p).contains("Completed from the listing's own page."));
    assert!(by_id(&view::view(&p), "open-first").is_none());
}

#[test]
fn a_card_without_an_address_of_its_own_has_no_page_to_be_opened() {
    let mut p = panel("en", true);
    let mut shared = card();
    shared.report.place.url_canonical = "https://market.example/all".into();
    answered(&mut p, Tag::Prepare("a".into()), Answer::Draft(shared));
    assert!(by_id(&view::view(&p), "open-first").is_none());
    answered(&mut p, Tag::Prepare("a".into()), Answer::Draft(card()));
    assert!(by_id(&view::view(&p), "open-first").is_some());
}

#[test]
fn a_card_is_never_completed_from_another_listing() {
    let mut p = opened();
    let current = Ask::PrepareCurrent { tab_id: 9 };
    assert_eq!(send(&mut p, read("https://market.example/2", 0)), vec![Effect::Ask(Tag::Complete, current.clone())]);
    let dropped = answered(&mut p, Tag::Complete, Answer::Draft(whole("https://market.example/2")));
    assert_eq!(dropped, vec![Effect::Ask(Tag::Quietly, Ask::Undo { report_id: WHOLE.into() })]);
    let Sheet::Editing { draft, .. } = &p.sheet else { panic!("{:?}", p.sheet) };
    assert_eq!(draft.report.report_id, ID);
    assert!(shown(&p).contains("That page is about another listing."));

    let mut p = opened();
    assert_eq!(send(&mut p, Msg::Complete), vec![Effect::Ask(Tag::Complete, current)], "by hand");
    refused(&mut p, Tag::Complete, "bg_page_silent");
    assert!(by_id(&view::view(&p), "open-first").is_some() && shown(&p).contains(&words("en").t("bg_page_silent")));
    let mut p = opened();
    send(&mut p, Msg::Discard);
    let late = answered(&mut p, Tag::Complete, Answer::Draft(whole("https://market.example/1")));
    assert_eq!(late, vec![Effect::Ask(Tag::Quietly, Ask::Undo { report_id: WHOLE.into() })], "nobody waits for it");
    assert_eq!(p.sheet, Sheet::Closed);
}
