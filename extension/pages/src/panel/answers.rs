//! What the background answers, and what becomes of the sheet's report by it.
//!
//! Owns: each answer's consequence, and drafts from the first to the completed one. Never: asks unbidden.

use super::sheet::{Form, Sheet};
use super::step::{Effect, Tag};
use super::{Panel, suggest};
use crate::join::Join;
use crate::words::{Sentence, sentence, sentence_of};
use spotter_model::messages::{Answer, Ask, Draft, Findings, OutboxState, State};

impl Panel {
    pub(super) fn open_draft(&mut self, draft: Box<Draft>) -> Vec<Effect> {
        self.focus("sheet-title");
        self.notice = None;
        self.opened = None;
        // The draft tells more of its listing than the card did; and everything that was pasted has one key.
        self.laws.remove(&draft.key);
        let form = Form::default();
        if draft.confirm {
            self.sheet = Sheet::Editing { draft, form, blurred: true, trouble: None };
            return Vec::new();
        }
        let ask = form.queue(&draft.report.report_id);
        self.sheet = Sheet::Queueing { draft, form };
        vec![Effect::Ask(Tag::Queue, ask)]
    }

    pub(super) fn take_state(&mut self, state: State) {
        self.silent = false;
        self.state = Some(state);
        // A report whose undo is over shows how it went, as soon as the outbox says so.
        if let Sheet::Running { draft, .. } = &self.sheet {
            let id = &draft.report.report_id;
            let item = self.state.as_ref().and_then(|s| s.outbox.iter().find(|i| i.report_id == *id));
            if item.is_some_and(|i| i.state != OutboxState::Undoable) {
                self.sheet = Sheet::After { key: draft.key.clone(), report_id: id.clone() };
                self.focus("sheet-title");
            }
        }
    }

    pub(super) fn answered(&mut self, tag: Tag, answer: Option<Answer>) -> Vec<Effect> {
        if tag == Tag::State {
            self.asking_state = false;
        }
        if let Tag::Survey(asked, tries) = tag {
            return self.survey_answered(*asked, tries, answer);
        }
        if let Tag::Audit(asked, tries) = tag {
            return self.audit_answered(asked, tries, answer);
        }
        let mut effects = Vec::new();
        let refused = match &answer {
            Some(Answer::Refused { message, args }) => Some(Sentence { key: message.clone(), args: args.clone() }),
            None => Some(sentence("error_no_answer")),
            _ => None,
        };
        if answer.is_none() {
            // Once more, of itself: what the browser ended in the moment of the question wakes up by the next one.
            self.state_dirty |= tag == Tag::State && !self.silent;
            self.silent = true;
        }
        if let Some(Answer::State(state)) = &answer {
            self.take_state((**state).clone());
            effects.extend(self.look_for_checks());
        }
        match (tag, answer) {
            (Tag::Join, answer) => {
                self.join.working = false;
                if let Some(why) = refused {
                    self.join.error = Some(why);
                    self.focus("join-link");
                } else if let Some(Answer::State(state)) = answer
                    && let Some(enrolled) = &state.enrolled
                {
                    self.join = Join::default();
                    self.notice = Some(sentence_of("join_done", &[&enrolled.organisation]));
                    match std::mem::replace(&mut self.sheet, Sheet::Closed) {
                        Sheet::JoinFirst { key: Some(key) } => effects.extend(self.prepare(key)),
                        Sheet::JoinFirst { key: None } | Sheet::Closed => self.focus("findings"),
                        other => self.sheet = other,
                    }
                }
            }
            (Tag::Prepare(_) | Tag::TakeDraft | Tag::Paste, Some(Answer::Draft(draft))) => {
                effects.extend(self.open_draft(draft));
            }
            (Tag::TakeDraft, Some(Answer::Suggestion { text, seen_at })) => {
                if self.not_joined() {
                    self.sheet = Sheet::JoinFirst { key: None };
                    self.focus("sheet-title");
                } else {
                    self.sheet = Sheet::Suggesting(suggest::Suggest { text, seen_at, ..suggest::Suggest::default() });
                    self.focus("suggest-meaning");
                }
            }
            (Tag::Law(key), Some(Answer::Law(here))) => {
                self.laws.insert(key, *here);
            }
            (Tag::Suggest, Some(Answer::State(_))) => {
                self.notice = Some(sentence("report_suggest_done"));
                effects.extend(self.close_sheet());
            }
            (Tag::Suggest, _) => {
                if let Sheet::Suggesting(suggest) = &mut self.sheet {
                    suggest.working = false;
                    suggest.error = refused;
                    self.focus("suggest-text");
                }
            }
            (Tag::Contacted, Some(Answer::State(_))) => {
                self.notice = Some(sentence("care_contacted_done"));
                effects.extend(self.close_sheet());
            }
            (Tag::Contacted, _) => {
                if let Sheet::Contacted(contacted) = &mut self.sheet {
                    contacted.working = false;
                    contacted.error = refused;
                    self.focus("contacted-text");
                }
            }
            (Tag::Complete, Some(Answer::Draft(whole))) => effects.extend(self.completed(whole)),
            (Tag::Complete, _) => {
                if let Sheet::Editing { trouble, .. } = &mut self.sheet {
                    *trouble = refused;
                }
            }
            (Tag::Paste, _) => {
                if let Sheet::Pasting(paste) = &mut self.sheet {
                    paste.working = false;
                    paste.error = refused;
                    self.focus("paste-link");
                }
            }
            (Tag::AddPicture, answer) => {
                if let Sheet::Editing { draft, trouble, .. } = &mut self.sheet {
                    match answer {
                        Some(Answer::Draft(more)) if more.report.report_id == draft.report.report_id => *draft = more,
                        _ => *trouble = refused,
                    }
                }
            }
            (Tag::PrepareAgain(form), Some(Answer::Draft(draft))) => {
                self.sheet = Sheet::Editing { draft, form: *form, blurred: true, trouble: None };
                self.focus("sheet-title");
            }
            (Tag::Prepare(key), _) => {
                self.fail_sheet(Some(key), refused.unwrap_or_else(|| sentence_of("error_unknown", &["prepare"])));
            }
            (Tag::PrepareAgain(_), _) => {
                let key = self.sheet.key().map(str::to_owned);
                self.fail_sheet(key, refused.unwrap_or_else(|| sentence_of("error_unknown", &["prepare"])));
            }
            // A gesture on the page asked for a report, and there can be none: say why.
            (Tag::TakeDraft, Some(Answer::Refused { .. })) if matches!(self.sheet, Sheet::Closed) => {
                if self.not_joined() {
                    self.sheet = Sheet::JoinFirst { key: None };
                    self.focus("sheet-title");
                } else {
                    self.fail_sheet(None, refused.unwrap_or_else(|| sentence_of("error_unknown", &["draft"])));
                }
            }
            (Tag::Queue, Some(Answer::Queued { undo_ms, .. })) => {
                if let Sheet::Queueing { draft, form } = std::mem::replace(&mut self.sheet, Sheet::Closed) {
                    let until = self.now + f64::from(undo_ms);
                    self.say(self.words.say("report_running_said", &[&self.words.number(undo_ms.div_ceil(1000))]));
                    self.sheet = Sheet::Running { draft, form, until, undo_ms };
                    self.focus("undo");
                }
                effects.extend(self.ask_state());
            }
            (Tag::Queue, _) => {
                let why = refused.unwrap_or_else(|| sentence_of("error_unknown", &["queue"]));
                if let Sheet::Queueing { draft, form } = std::mem::replace(&mut self.sheet, Sheet::Closed) {
                    if why.key == "bg_draft_gone" {
                        self.fail_sheet(Some(draft.key), why);
                    } else {
                        // What was typed is kept, and Send can be pressed again.
                        self.sheet = Sheet::Editing { draft, form, blurred: true, trouble: Some(why) };
                        self.focus("send");
                    }
                }
            }
            (Tag::UndoClose, Some(Answer::State(_))) => {
                self.notice = Some(sentence("report_undone"));
                effects.extend(self.close_sheet());
            }
            (Tag::UndoChange, Some(Answer::State(_))) => {
                // The draft went with the outbox entry: a new one is made, of the listing as it is now.
                if let Sheet::Running { draft, form, .. } = std::mem::replace(&mut self.sheet, Sheet::Closed) {
                    let (tab_id, key) = (draft.tab_id, draft.key);
                    self.sheet = Sheet::Preparing { key: key.clone() };
                    self.focus("sheet-title");
                    effects.push(Effect::Ask(Tag::PrepareAgain(Box::new(form)), Ask::Prepare { tab_id, key }));
                }
            }
            (Tag::Sync, _) => effects.push(Effect::FindTab(self.fixed)),
            (Tag::UndoClose | Tag::UndoChange, _) => {
                self.notice = Some(sentence("report_too_late"));
                effects.extend(self.ask_state());
            }
            (Tag::Export, Some(Answer::Exported { name, bytes })) => effects.push(Effect::Save(name, bytes)),
            (Tag::Again, Some(Answer::State(_))) => self.say(self.words.t("audit_kept")),
            (Tag::Small | Tag::Export | Tag::Again, _) if refused.is_some() => {
                self.notice = refused;
                effects.extend(self.ask_state());
            }
            _ => {}
        }
        if !self.asking_state && std::mem::take(&mut self.state_dirty) {
            effects.extend(self.ask_state());
        }
        effects
    }

    pub(super) fn prepare(&mut self, key: String) -> Vec<Effect> {
        let Some(tab_id) = self.shown.tab else { return Vec::new() };
        self.sheet = Sheet::Preparing { key: key.clone() };
        self.focus("sheet-title");
        vec![Effect::Ask(Tag::Prepare(key.clone()), Ask::Prepare { tab_id, key })]
    }

    /// The listing's own page was read: its report is asked for, by the finding where there is one.
    pub(super) fn complete(&mut self, findings: &Findings) -> Vec<Effect> {
        let (Some(tab_id), Sheet::Editing { draft, .. }) = (self.opened, &self.sheet) else { return Vec::new() };
        let place = &draft.report.place;
        let same = |url: &str| url.split(['?', '#']).next() == place.url_canonical.split(['?', '#']).next();
        let key = findings.findings.iter().find(|f| same(&f.url)).map(|f| f.key.clone());
        self.opened = None;
        vec![Effect::Ask(Tag::Complete, key.map_or(Ask::PrepareCurrent { tab_id }, |key| Ask::Prepare { tab_id, key }))]
    }

    /// The report as its listing's own page gives it takes the card's place, if it is of the same listing.
    pub(super) fn completed(&mut self, whole: Box<Draft>) -> Vec<Effect> {
        let drop = |report_id: String| vec![Effect::Ask(Tag::Quietly, Ask::Undo { report_id })];
        let Sheet::Editing { draft, trouble, .. } = &mut self.sheet else { return drop(whole.report.report_id) };
        let (was, is) = (&draft.report, &whole.report);
        if was.place.marketplace != is.place.marketplace || was.key() != is.key() {
            *trouble = Some(sentence("report_open_other"));
            return drop(whole.report.report_id);
        }
        *trouble = None;
        let card = std::mem::replace(draft, whole);
        self.notice = Some(sentence("report_open_done"));
        self.focus("sheet-title");
        drop(card.report.report_id)
    }
}
