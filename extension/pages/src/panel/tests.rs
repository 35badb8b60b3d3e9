//! Steps of the panel: what each press asks for, and what stays when an answer is bad or missing.

use super::{Effect, Msg, Panel, Tag, sheet::Sheet, view};
use crate::api::Tab;
use crate::dom::{App, Fired};
use crate::node::testing::{by_id, text_of};
use crate::words::testing::{LANGUAGES, words};
use spotter_model::messages::{
    Answer, Ask, Choices, Draft, Enrolled, Finding, Findings, OutboxItem, OutboxState, Reason, State, Thumbnail,
    ToContent, What,
};
use spotter_model::phrase::{Arg, Phrase, Role};
use spotter_model::recheck::Saw;
use spotter_model::report::{Choice, Client, Evidence, EvidenceKind, EvidenceState, Place, Report, SCHEMA, Source};
use spotter_model::{Appendix, Assessment, CueKind, Group, Level, Listing, PublicStatus, Reportable, SpotterPolicy};

const ID: &str = "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59";

fn state(enrolled: bool, outbox: Vec<OutboxItem>) -> State {
    State {
        agreed: true,
        enrolled: enrolled.then(|| Enrolled {
            organisation: "Example Network".into(),
            origin: "https://reports.example".into(),
            pseudonym: "quiet-heron".into(),
            policy: SpotterPolicy::default(),
            reports_made: 1,
        }),
        quiet: true,
        masked: false,
        sites: vec![],
        outbox,
        pack: "1".into(),
        words: None,
        share_alarms: false,
        ask_again: false,
        standing: None,
        rounds: None,
        best_words: None,
        reminder: None,
        training: None,
        surveys: vec![],
    }
}

fn item(state: OutboxState) -> OutboxItem {
    OutboxItem {
        report_id: ID.into(),
        title: "A figurine".into(),
        url: String::new(),
        created_at: "2026-11-23T22:13:54Z".into(),
        state,
        next_try_ms: Some(5_000.0),
        tries: 0,
        trouble: Some(("bg_try_offline".into(), vec!["https://reports.example".into()])),
        number: Some("WS-1".into()),
        status: Some(PublicStatus::Confirmed),
        reason: "Clear.".into(),
        joined: false,
        asked: false,
        saw: None,
        evidence: vec![],
    }
}

fn finding(key: &str, level: Level, reportable: Reportable) -> Finding {
    Finding {
        key: key.into(),
        title: format!("Title of {key}"),
        price: "1 €".into(),
        url: String::new(),
        level,
        reportable,
        what: What {
            groups: vec![Group::Elephant],
            commodities: vec!["IVC".into()],
            scientific_names: vec!["Loxodonta africana".into()],
            appendices: vec![Appendix::I, Appendix::II],
        },
        reasons: vec![
            Reason {
                kind: CueKind::Commodity,
                concept: "test".into(),
                label: "elephant ivory".into(),
                quote: "ivory".into(),
                against: false,
            },
            Reason {
                kind: CueKind::Lookalike,
                concept: "test2".into(),
                label: "resin".into(),
                quote: "resin".into(),
                against: true,
            },
        ],
        sentences: vec![
            Phrase::new(
                Role::For,
                "why_part",
                vec![Arg::Quote("ivory".into()), Arg::Term("term_ivc".into()), Arg::Term("group_elephant".into())],
            ),
            Phrase::new(Role::Claim, "claim_old", vec![Arg::Quote("antique".into())]),
            Phrase::new(Role::Against, "against_material", vec![Arg::Quote("resin".into())]),
            Phrase::new(
                Role::Listed,
                "listed_origin",
                vec![Arg::Name("I".into()), Arg::Name("II".into()), Arg::Latin(vec!["Loxodonta africana".into()])],
            ),
            Phrase::new(
                Role::Rule,
                "rule_against",
                vec![Arg::Name("eBay".into()), Arg::Day("2024-05-06".parse().expect("a day"))],
            ),
        ],
        reported: false,
    }
}

fn findings(list: Vec<Finding>) -> Findings {
    Findings {
        url: "https://market.example/s".into(),
        read: 60,
        waiting: 0,
        gave_up: false,
        marks_gave_up: false,
        findings: list,
    }
}

fn draft(confirm: bool) -> Box<Draft> {
    let url = "https://market.example/1".to_owned();
    Box::new(Draft {
        tab_id: 7,
        key: "a".into(),
        report: Report {
            schema: SCHEMA.into(),
            report_id: ID.into(),
            created_at: "2026-11-23T22:13:54Z".into(),
            matched_at: "2026-11-23T22:13:50Z".into(),
            utc_offset_minutes: 0,
            clock_skew_ms: None,
            client: Client {
                extension: "0.1.0".into(),
                browser: "firefox".into(),
                pack: "1".into(),
                locale: "en".into(),
            },
            place: Place {
                marketplace: "market.example".into(),
                listing_id: String::new(),
                url_canonical: url.clone(),
                url_at_match: url.clone(),
                url_observed: url,
            },
            source: Source::Page,
            listing: Listing {
                title: "Title of a".into(),
                description: "Words".into(),
                seller: "sample".into(),
                ..Listing::default()
            },
            card_only: true,
            missed_by_detector: true,
            assessment: Assessment::default(),
            chosen: Choice::NotAsked,
            marks: vec![],
            methods_ticked: vec![],
            note: String::new(),
            no_contact_made: true,
            evidence: vec![],
        },
        what: What::default(),
        reasons: finding("a", Level::Likely, Reportable::Check).reasons,
        screenshot: None,
        thumbnails: vec![],
        picture_origins: vec![],
        confirm,
        undo_ms: 10_000,
    })
}

/// A panel on a granted page with one finding of each kind.
fn panel(lang: &str, enrolled: bool) -> Panel {
    let mut p = Panel::new(words(lang), Some(7), 0.0);
    send(&mut p, Msg::Answered(Tag::State, Some(Answer::State(Box::new(state(enrolled, vec![]))))));
    let tab = Tab { id: Some(7), url: Some("https://market.example/s".into()) };
    send(&mut p, Msg::FoundTab(Some(tab)));
    send(&mut p, Msg::Granted("https://market.example/*".into(), true));
    let list = vec![
        finding("a", Level::Likely, Reportable::Check),
        finding("b", Level::Possible, Reportable::Yes),
        finding("c", Level::Likely, Reportable::No),
    ];
    send(&mut p, Msg::Findings(7, Some(findings(list))));
    p
}

fn send(p: &mut Panel, msg: Msg) -> Vec<Effect> {
    send_at(p, msg, p.now)
}

fn send_at(p: &mut Panel, msg: Msg, now: f64) -> Vec<Effect> {
    p.update(msg, Fired { now, ..Fired::default() })
}

fn shown(p: &Panel) -> String {
    text_of(&view::view(p))
}

fn answered(p: &mut Panel, tag: Tag, answer: Answer) -> Vec<Effect> {
    send(p, Msg::Answered(tag, Some(answer)))
}

fn refused(p: &mut Panel, tag: Tag, key: &str) -> Vec<Effect> {
    answered(p, tag, Answer::Refused { message: key.into(), args: vec!["1".into(), "2".into()] })
}

#[test]
fn findings_stand_grouped_and_the_usually_fine_one_is_folded() {
    let p = panel("en", true);
    let text = shown(&p);
    for part in [
        "60 listings read 1 likely 1 possible",
        "Likely protected wildlife (1)",
        "Possible (1)",
        "Listed, usually fine here (1)",
        "Elephant ivory : CITES I, or II depending on origin",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.to_lowercase().contains("illegal"));
}

#[test]
fn a_press_on_a_list_that_just_moved_reports_nothing() {
    let of = |keys: &[&str]| keys.iter().map(|k| finding(k, Level::Likely, Reportable::Check)).collect::<Vec<_>>();
    let other_page = Findings { url: "https://market.example/t".into(), ..findings(of(&["a", "b"])) };
    let cases: [(&str, Findings, bool); 5] = [
        ("more below", findings(of(&["a", "b", "c"])), true),
        ("the same again", findings(of(&["a", "b"])), true),
        ("one above is gone", findings(of(&["b"])), false),
        ("one came in above", findings(of(&["x", "a", "b"])), false),
        ("another page", other_page, false),
    ];
    for (what, after, taken) in cases {
        let mut p = panel("en", true);
        send(&mut p, Msg::Findings(7, Some(findings(of(&["a", "b"])))));
        send_at(&mut p, Msg::Tick, 5_000.0);
        send(&mut p, Msg::Findings(7, Some(after)));
        assert_eq!(!send_at(&mut p, Msg::Report("b".into()), 5_200.0).is_empty(), taken, "{what}, at once");
        if !taken {
            assert!(!send_at(&mut p, Msg::Report("b".into()), 5_300.0).is_empty(), "{what}, after a look");
        }
    }
}

#[test]
fn no_finding_is_shown_before_what_stands_above_it() {
    let tab = Tab { id: Some(7), url: Some("https://market.example/s".into()) };
    let steps: [&dyn Fn(&mut Panel); 4] = [
        &|p| {
            send(p, Msg::FoundTab(Some(tab.clone())));
        },
        &|p| {
            send(p, Msg::Findings(7, Some(findings(vec![finding("a", Level::Likely, Reportable::Check)]))));
        },
        &|p| {
            send(p, Msg::Granted("https://market.example/*".into(), true));
        },
        &|p| {
            answered(p, Tag::State, Answer::State(Box::new(state(true, vec![]))));
        },
    ];
    for order in [[0, 1, 2, 3], [3, 0, 1, 2], [0, 2, 3, 1], [0, 3, 1, 2]] {
        let mut p = Panel::new(words("en"), Some(7), 0.0);
        for (done, step) in order.into_iter().enumerate() {
            assert!(!shown(&p).contains("Likely protected"), "{order:?} after {done}");
            steps[step](&mut p);
        }
        assert!(shown(&p).contains("Likely protected"), "{order:?}");
    }
}

#[test]
fn before_the_background_has_answered_nobody_is_told_to_join() {
    let mut p = Panel::new(words("en"), Some(7), 0.0);
    send(&mut p, Msg::FoundTab(Some(Tab { id: Some(7), url: Some("https://market.example/s".into()) })));
    let effects = send(&mut p, Msg::Report("a".into()));
    assert!(matches!(effects[..], [Effect::Ask(Tag::Prepare(_), _)]), "{effects:?}");
    // A background that does not answer at all hides nothing.
    send(&mut p, Msg::Granted("https://market.example/*".into(), true));
    send(&mut p, Msg::Findings(7, Some(findings(vec![finding("a", Level::Likely, Reportable::Check)]))));
    send(&mut p, Msg::Answered(Tag::State, None));
    send(&mut p, Msg::CloseSheet);
    assert!(shown(&p).contains("Likely protected"));
}

#[test]
fn a_background_that_says_nothing_is_asked_once_more_and_said_to_be_silent_until_it_answers() {
    let mut p = panel("en", true);
    let silent = words("en").t("error_no_answer");
    assert_eq!(send(&mut p, Msg::StateChanged), [Effect::Ask(Tag::State, Ask::State)]);
    assert_eq!(send(&mut p, Msg::Answered(Tag::State, None)), [Effect::Ask(Tag::State, Ask::State)]);
    assert!(shown(&p).contains(&silent));
    // Not without end; and whatever changes later asks anew.
    assert_eq!(send(&mut p, Msg::Answered(Tag::State, None)), []);
    assert_eq!(send(&mut p, Msg::StateChanged), [Effect::Ask(Tag::State, Ask::State)]);
    answered(&mut p, Tag::State, Answer::State(Box::new(state(true, vec![]))));
    assert!(!shown(&p).contains(&silent));
}

#[test]
fn reasons_are_whole_sentences_in_every_language() {
    for (lang, wanted) in [
        ("en", ["“ ivory ” says what is offered: ivory carving ( Elephants ).", "rule of 6 May 2024 ."]),
        ("de", ["„ ivory “ sagt, was angeboten wird: Elfenbeinschnitzerei ( Elefanten ).", "vom 6. Mai 2024 ."]),
        ("fr", ["« ivory » dit ce qui est proposé", "du 6 mai 2024 ."]),
        ("es", ["« ivory » dice qué se ofrece: talla de marfil", "del 6 de mayo de 2024 ."]),
        ("zh_CN", ["“ ivory ”说明所售之物", "2024年5月6日"]),
        ("zh_TW", ["「 ivory 」說明所售之物", "2024年5月6日"]),
        ("ms", ["“ ivory ” menyatakan apa yang ditawarkan", "bertarikh 6 Mei 2024"]),
        ("id", ["“ ivory ” menyebut apa yang ditawarkan: ukiran gading", "tertanggal 6 Mei 2024"]),
    ] {
        let text = shown(&panel(lang, true));
        for part in wanted {
            let spaceless = |s: &str| s.split_whitespace().collect::<String>();
            assert!(spaceless(&text).contains(&spaceless(part)), "{lang}: {part} in {text}");
        }
        assert!(!text.contains(char::is_control) && !text.contains('\u{E001}'), "{lang}: {text}");
    }
}

#[test]
fn report_without_confirming_queues_at_once_and_undo_takes_it_back() {
    let mut p = panel("en", true);
    assert_eq!(
        send(&mut p, Msg::Report("a".into())),
        [Effect::Ask(Tag::Prepare("a".into()), Ask::Prepare { tab_id: 7, key: "a".into() })]
    );
    let queued = answered(&mut p, Tag::Prepare("a".into()), Answer::Draft(draft(false)));
    assert!(matches!(
        &queued[..],
        [Effect::Ask(Tag::Queue, Ask::Queue { choices: Choices { with_screenshot: true, .. }, .. })]
    ));
    answered(&mut p, Tag::Queue, Answer::Queued { report_id: ID.into(), undo_ms: 10_000 });
    assert_eq!(p.take_focus().as_deref(), Some("undo"));
    assert!(shown(&p).contains("Goes out in 10 seconds"));
    assert!(p.tick().is_some());
    send_at(&mut p, Msg::Tick, 9_100.0);
    assert!(shown(&p).contains("Goes out in 1 second"));
    assert_eq!(send(&mut p, Msg::Undo), [Effect::Ask(Tag::UndoClose, Ask::Undo { report_id: ID.into() })]);
    answered(&mut p, Tag::UndoClose, Answer::State(Box::new(state(true, vec![]))));
    assert_eq!(p.sheet, Sheet::Closed);
    assert!(shown(&p).contains("Taken back. Nothing was sent."));
    assert_eq!(p.take_focus().as_deref(), Some("report-a"));
}

#[test]
fn change_makes_the_draft_anew_and_keeps_what_was_typed() {
    let mut p = panel("en", true);
    send(&mut p, Msg::Report("a".into()));
    answered(&mut p, Tag::Prepare("a".into()), Answer::Draft(draft(true)));
    p.update(Msg::NoteTyped, Fired { value: "n".repeat(2_000), ..Fired::default() });
    assert!(shown(&p).contains("0 characters left"), "a note is cut at its limit");
    assert!(
        matches!(&send(&mut p, Msg::Send)[..], [Effect::Ask(Tag::Queue, Ask::Queue { choices, .. })] if choices.note.len() == 1_000)
    );
    answered(&mut p, Tag::Queue, Answer::Queued { report_id: ID.into(), undo_ms: 10_000 });
    send(&mut p, Msg::Change);
    let again = answered(&mut p, Tag::UndoChange, Answer::State(Box::new(state(true, vec![]))));
    let Some(Effect::Ask(Tag::PrepareAgain(form), Ask::Prepare { tab_id: 7, .. })) = again.into_iter().next_back()
    else {
        panic!("a new draft is asked for")
    };
    answered(&mut p, Tag::PrepareAgain(form), Answer::Draft(draft(false)));
    assert!(matches!(&p.sheet, Sheet::Editing { form, .. } if form.note.len() == 1_000));
}

#[test]
fn a_refused_queue_keeps_the_sheet_and_says_why() {
    let mut p = panel("en", true);
    answered(&mut p, Tag::Prepare("a".into()), Answer::Draft(draft(true)));
    p.update(Msg::NoteTyped, Fired { value: "kept".into(), ..Fired::default() });
    send(&mut p, Msg::Send);
    refused(&mut p, Tag::Queue, "bg_outbox_full");
    assert!(matches!(&p.sheet, Sheet::Editing { form, trouble: Some(_), .. } if form.note == "kept"));
    assert!(shown(&p).contains("still on the sheet"));
    send(&mut p, Msg::Send);
    send(&mut p, Msg::Answered(Tag::Queue, None));
    assert!(matches!(&p.sheet, Sheet::Editing { form, .. } if form.note == "kept"), "a dead background loses nothing");
    assert!(shown(&p).contains("does not answer"));
}

#[test]
fn what_cannot_be_reported_says_so_and_leads_back() {
    for key in ["bg_page_moved", "bg_page_gone", "bg_page_silent", "bg_from_the_future"] {
        let mut p = panel("en", true);
        send(&mut p, Msg::Report("a".into()));
        refused(&mut p, Tag::Prepare("a".into()), key);
        assert!(shown(&p).contains("This cannot be reported now"), "{key}");
        send(&mut p, Msg::CloseSheet);
        assert_eq!(p.take_focus().as_deref(), Some("report-a"));
    }
    let mut p = panel("en", true);
    refused(&mut p, Tag::TakeDraft, "bg_page_nothing");
    assert!(shown(&p).contains("There is no listing here"));
    assert!(by_id(&view::view(&p), "again").is_none(), "nothing to try again");
}

#[test]
fn after_the_undo_the_sheet_follows_the_outbox() {
    for (reached, says) in [
        (OutboxState::Sent, "WS-1"),
        (OutboxState::Waiting, "Kept, not sent yet"),
        (OutboxState::Refused, "Not accepted"),
    ] {
        let mut p = panel("en", true);
        answered(&mut p, Tag::Prepare("a".into()), Answer::Draft(draft(false)));
        answered(&mut p, Tag::Queue, Answer::Queued { report_id: ID.into(), undo_ms: 200 });
        // The event may have been missed: once the time is over, the panel asks by itself.
        let effects = send_at(&mut p, Msg::Tick, 1_100.0);
        assert!(effects.is_empty() || effects == [Effect::Ask(Tag::State, Ask::State)]);
        answered(&mut p, Tag::State, Answer::State(Box::new(state(true, vec![item(reached)]))));
        assert!(shown(&p).contains(says), "{reached:?}");
        send(&mut p, Msg::CloseSheet);
        assert_eq!(p.sheet, Sheet::Closed);
    }
}

#[test]
fn what_was_not_recognised_is_not_called_protected() {
    let unclear = "Protected wildlife, species not clear";
    for (missed, groups, clear, says_unclear) in
        [(true, vec![], false, false), (false, vec![], false, true), (true, vec![Group::Elephant], true, false)]
    {
        let mut p = panel("en", true);
        let mut draft = draft(false);
        (draft.report.missed_by_detector, draft.what) = (missed, What { groups, ..What::default() });
        answered(&mut p, Tag::Prepare("a".into()), Answer::Draft(draft));
        let sheet = shown(&p);
        assert_eq!((sheet.contains("Elephants"), sheet.contains(unclear)), (clear, says_unclear), "{sheet}");
    }
}

#[test]
fn undo_that_comes_too_late_says_so() {
    let mut p = panel("en", true);
    answered(&mut p, Tag::Prepare("a".into()), Answer::Draft(draft(false)));
    answered(&mut p, Tag::Queue, Answer::Queued { report_id: ID.into(), undo_ms: 200 });
    send(&mut p, Msg::Undo);
    refused(&mut p, Tag::UndoClose, "bg_undo_late");
    assert!(shown(&p).contains("It had gone out already"));
}

#[test]
fn a_second_draft_waits_until_the_first_sheet_is_done() {
    let mut p = panel("en", true);
    answered(&mut p, Tag::Prepare("a".into()), Answer::Draft(draft(true)));
    assert_eq!(send(&mut p, Msg::DraftReady(7)), []);
    assert_eq!(send(&mut p, Msg::DraftReady(8)), [], "another tab's draft is not ours");
    let effects = send(&mut p, Msg::Discard);
    assert!(effects.contains(&Effect::Ask(Tag::TakeDraft, Ask::TakeDraft { tab_id: 7 })));
}

#[test]
fn report_before_joining_asks_for_the_invitation_first_and_then_goes_on() {
    let mut p = panel("en", false);
    assert_eq!(send(&mut p, Msg::Report("a".into())), []);
    assert!(by_id(&view::view(&p), "join-link").is_some());
    p.join.link = format!("https://reports.example/join#{}.CODE-1234", "A".repeat(43));
    assert!(matches!(&send(&mut p, Msg::JoinSubmit)[..], [Effect::Ask(Tag::Join, Ask::Enrol { .. })]));
    assert_eq!(send(&mut p, Msg::JoinSubmit), [], "a second press asks once");
    let effects = answered(&mut p, Tag::Join, Answer::State(Box::new(state(true, vec![]))));
    assert_eq!(effects, [Effect::Ask(Tag::Prepare("a".into()), Ask::Prepare { tab_id: 7, key: "a".into() })]);
}

#[test]
fn findings_of_another_page_never_stand_under_a_new_address() {
    let mut p = panel("en", true);
    send(&mut p, Msg::FoundTab(Some(Tab { id: Some(9), url: Some("https://other.example/".into()) })));
    assert!(p.shown.findings.is_none());
    send(&mut p, Msg::Findings(7, Some(findings(vec![]))));
    assert!(p.shown.findings.is_none(), "an answer of the tab before is dropped");
}

#[test]
fn questions_are_not_piled_up() {
    let mut p = panel("en", true);
    assert_eq!(send(&mut p, Msg::FindingsChanged(Some(7))), [Effect::AskFindings(7)]);
    assert_eq!(send(&mut p, Msg::FindingsChanged(Some(7))), []);
    assert_eq!(send(&mut p, Msg::FindingsChanged(Some(8))), []);
    assert_eq!(send(&mut p, Msg::Findings(7, Some(findings(vec![])))), [Effect::AskFindings(7)], "asked once more");
    assert_eq!(send(&mut p, Msg::Findings(7, Some(findings(vec![])))), []);
    assert_eq!(send(&mut p, Msg::Show("a".into())), [Effect::Tell(7, ToContent::Show { key: "a".into() })]);
}

#[test]
fn the_permission_is_asked_for_this_site_alone() {
    let mut p = panel("en", true);
    assert_eq!(send(&mut p, Msg::Grant), [Effect::Request(vec!["https://market.example/*".into()])]);
    assert_eq!(send(&mut p, Msg::GrantAnswered(true)), [Effect::Ask(Tag::Sync, Ask::SyncSites)]);
    send(&mut p, Msg::GrantAnswered(false));
    assert!(shown(&p).contains("Nothing was changed"));
    for url in ["chrome://settings", "http://market.example/"] {
        let mut p = Panel::new(words("en"), None, 0.0);
        send(&mut p, Msg::FoundTab(Some(Tab { id: Some(1), url: Some(url.into()) })));
        assert_eq!(send(&mut p, Msg::Grant), [], "{url}");
    }
}

#[test]
fn every_state_has_words_in_every_language() {
    for lang in LANGUAGES {
        let mut views = Vec::new();
        let mut p = panel(lang, true);
        views.push(shown(&p));
        p.state = Some(state(
            true,
            [OutboxState::Undoable, OutboxState::Waiting, OutboxState::Sent, OutboxState::Refused].map(item).into(),
        ));
        p.deleting = Some(ID.into());
        views.push(shown(&p));
        answered(&mut p, Tag::Prepare("a".into()), Answer::Draft(draft(true)));
        views.push(shown(&p));
        send(&mut p, Msg::Send);
        answered(&mut p, Tag::Queue, Answer::Queued { report_id: ID.into(), undo_ms: 9_000 });
        views.push(shown(&p));
        let mut p = panel(lang, false);
        views.push(shown(&p));
        send(&mut p, Msg::Report("a".into()));
        p.join.link = "x".into();
        send(&mut p, Msg::JoinSubmit);
        views.push(shown(&p));
        for url in [Some("https://x.example/"), Some("http://x.example/"), Some("about:blank"), None] {
            let mut p = Panel::new(words(lang), None, 0.0);
            send(&mut p, Msg::FoundTab(Some(Tab { id: Some(1), url: url.map(str::to_owned) })));
            send(&mut p, Msg::Findings(1, None));
            views.push(shown(&p));
        }
        for view in views {
            assert!(!view.is_empty() && !view.contains("error_unknown"), "{lang}");
            assert!(!view.contains(['\u{E001}', '\u{E002}']), "{lang}: an unfilled placeholder in {view}");
        }
    }
}

/// The question whether a listing is still there: asked first, answered by one press, with no way but to what a browser shows.
#[test]
fn a_listing_that_is_asked_about_comes_first_and_opens_only_by_the_persons_click() {
    let links = |p: &Panel| {
        let mut found = vec![];
        crate::node::testing::walk(&view::view(p), &mut |node| {
            if let crate::node::Node::El(el) = node
                && el.get("rel") == Some("noreferrer noopener external")
            {
                found.extend(el.get("href").map(str::to_owned));
            }
        });
        found
    };
    let mut p = panel("en", true);
    let asked = |url: &str| OutboxItem {
        report_id: "asked".into(),
        url: url.into(),
        asked: true,
        title: "An old figurine".into(),
        ..item(OutboxState::Sent)
    };
    for (url, want) in [
        ("https://market.example/1", vec!["https://market.example/1".to_owned()]),
        ("javascript:alert(1)", vec![]),
        ("data:text/html,x", vec![]),
    ] {
        p.take_state(state(true, vec![item(OutboxState::Sent), asked(url)]));
        assert_eq!(links(&p), want, "{url}");
    }
    let text = shown(&p);
    assert!(text.contains("Is this listing still there?") && text.contains("Still there? 1"), "{text}");
    assert!(text.find("An old figurine") < text.find("A figurine"), "{text}");
    for saw in Saw::ALL {
        let ask = Ask::LookedAgain { report_id: "asked".into(), saw };
        assert_eq!(send(&mut p, Msg::LookedAgain("asked".into(), saw)), [Effect::Ask(Tag::Again, ask)]);
    }
    let answer = OutboxItem { asked: false, saw: Some(Saw::Ended), ..asked("https://market.example/1") };
    answered(&mut p, Tag::Again, Answer::State(Box::new(state(true, vec![answer]))));
    assert_eq!(p.said.1, "Your answer is kept.");
    let text = shown(&p);
    assert!(text.contains("You answered: Sold or ended") && !text.contains("still there"), "{text}");
    refused(&mut p, Tag::Again, "bg_storage");
    assert!(shown(&p).contains(&words("en").t("bg_storage")));
}

#[test]
fn words_that_two_reasons_rest_on_are_said_once() {
    let mut reasons = finding("a", Level::Likely, Reportable::Check).reasons;
    let first = reasons[0].clone();
    reasons.push(Reason { concept: "another".into(), ..first.clone() });
    reasons.push(Reason { quote: String::new(), ..first });
    let quotes = super::sheet::each_once(&reasons);
    assert_eq!(quotes.iter().filter(|q| **q == "ivory").count(), 1);
    assert_eq!(quotes.len(), reasons.len() - 2);
}

fn with_pictures() -> Box<Draft> {
    let missing = |state| Evidence::without(EvidenceKind::Picture, state);
    let mut d = draft(true);
    d.report.evidence = vec![
        Evidence::blob(EvidenceKind::Picture, "aa".into(), "image/jpeg", 9),
        missing(EvidenceState::NotGranted),
        missing(EvidenceState::NotGranted),
        missing(EvidenceState::TooLarge),
    ];
    d.thumbnails =
        vec![Thumbnail { sha256: "aa".into(), data: "data:image/jpeg;base64,AA==".into(), size: (1600, 1200) }];
    d.picture_origins = vec!["https://*.img.example/*".into()];
    d
}

#[test]
fn every_picture_has_a_box_and_what_is_missing_says_why() {
    let mut p = panel("en", true);
    send(&mut p, Msg::Report("a".into()));
    send(&mut p, Msg::Answered(Tag::Prepare("a".into()), Some(Answer::Draft(with_pictures()))));
    let text = shown(&p);
    for part in
        ["Picture 1", "1600 × 1200 pixels", "2 pictures are missing", "1 picture is larger than 2 MB", "img.example"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    p.update(Msg::TogglePicture("aa".into()), Fired { checked: false, ..Fired::default() });
    let asked = send(&mut p, Msg::Send);
    let [Effect::Ask(Tag::Queue, Ask::Queue { choices, .. })] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(choices.without_pictures, ["aa"]);
}

#[test]
fn allowing_pictures_reads_the_listing_again_and_keeps_what_was_typed() {
    let mut p = panel("en", true);
    send(&mut p, Msg::Report("a".into()));
    send(&mut p, Msg::Answered(Tag::Prepare("a".into()), Some(Answer::Draft(with_pictures()))));
    p.update(Msg::NoteTyped, Fired { value: "a note".into(), ..Fired::default() });
    assert_eq!(send(&mut p, Msg::AllowPictures), [Effect::RequestPictures(vec!["https://*.img.example/*".into()])]);
    send(&mut p, Msg::PicturesAnswered(false));
    assert!(shown(&p).contains("Nothing was changed"));
    let asked = send(&mut p, Msg::PicturesAnswered(true));
    let [Effect::Ask(Tag::Quietly, Ask::Undo { .. }), Effect::Ask(again @ Tag::PrepareAgain(_), Ask::Prepare { .. })] =
        &asked[..]
    else {
        panic!("{asked:?}")
    };
    send(&mut p, Msg::Answered(again.clone(), Some(Answer::Draft(with_pictures()))));
    assert!(matches!(&p.sheet, Sheet::Editing { form, .. } if form.note == "a note"));
}

#[path = "care_tests.rs"]
mod care_tests;
