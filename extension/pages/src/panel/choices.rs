//! What the spotter may tick on the sheet: what it is taken for, what can be seen on it, how the seller goes about it.
//!
//! Owns the lists and what was ticked. Ticking is optional; experts decide.

use super::Msg;
use crate::node::{El, On, el};
use crate::words::Words;
use spotter_model::limits;
use spotter_model::marks::{self, MARKS};
use spotter_model::messages::Draft;

/// Most taxa that are suggested.
const SUGGESTED: usize = 5;

/// Concept ids of sellers' methods, and their sentence.
const METHODS: [(&str, &str); 8] = [
    ("method.chat", "report_method_chat"),
    ("method.comments", "report_method_comments"),
    ("method.placeholder-price", "report_method_price"),
    ("method.text-in-picture", "report_method_picture_text"),
    ("method.pictures-on-request", "report_method_on_request"),
    ("method.wrong-category", "report_method_category"),
    ("method.discreet", "report_method_discreet"),
    ("method.untraced-payment", "report_method_payment"),
];

/// A list that is ticked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Taxa, by the register's id.
    Taxa,
    /// Identification marks.
    Marks,
    /// Sellers' methods.
    Methods,
}

/// What was ticked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Taxa, in the order they were chosen.
    pub taxa: Vec<String>,
    /// "Not sure".
    pub not_sure: bool,
    /// Identification marks.
    pub marks: Vec<String>,
    /// Sellers' methods.
    pub methods: Vec<String>,
}

impl Ticked {
    fn list(&mut self, list: List) -> (&mut Vec<String>, usize) {
        match list {
            List::Taxa => (&mut self.taxa, limits::CHOSEN_TAXA),
            List::Marks => (&mut self.marks, limits::MARKS),
            List::Methods => (&mut self.methods, limits::METHODS),
        }
    }

    /// Ticks or unticks; a taxon takes "not sure" away.
    pub fn tick(&mut self, list: List, id: &str, on: bool) {
        let (ids, most) = self.list(list);
        ids.retain(|i| i != id);
        if on && ids.len() < most {
            ids.push(id.to_owned());
        }
        if on && list == List::Taxa {
            self.not_sure = false;
        }
    }

    /// "Not sure" takes the taxa away.
    pub fn set_not_sure(&mut self, on: bool) {
        self.not_sure = on;
        if on {
            self.taxa.clear();
        }
    }
}

/// The chips: what the detector takes it for, and "not sure"; nothing where it suggests nothing.
pub fn taxa(w: &Words, draft: &Draft, ticked: &Ticked) -> Option<El<Msg>> {
    let suggested: Vec<_> = draft.report.assessment.taxa.iter().take(SUGGESTED).collect();
    if suggested.is_empty() {
        return None;
    }
    let chip = |id: String, on: bool, act: Msg, label: El<Msg>| {
        let tick = el("input").id(id).attr("type", "checkbox").checked(on).on(On::Change, act);
        el("label").class(if on { "chip-choice on" } else { "chip-choice" }).kid(tick).kid(label)
    };
    let chips = suggested.iter().enumerate().map(|(i, taxon)| {
        let name = el("i").attr("lang", "la").attr("dir", "ltr").text(taxon.scientific_name.clone());
        let on = ticked.taxa.contains(&taxon.id);
        chip(format!("taxon-{i}"), on, Msg::Choose(List::Taxa, taxon.id.clone()), name)
    });
    let unsure = el("span").text(w.t("report_taxa_not_sure"));
    Some(
        el("fieldset").class("choices").kid(el("legend").text(w.t("report_taxa"))).kid(
            el("div").class("chips").kids(chips).kid(chip("not-sure".into(), ticked.not_sure, Msg::NotSure, unsure)),
        ),
    )
}

/// What can be seen on it, for what it probably is; and how the seller goes about it.
pub fn boxes(w: &Words, draft: &Draft, ticked: &Ticked) -> Vec<El<Msg>> {
    let groups = &draft.what.groups;
    let marks = marks::of(groups).map(|m| (m.id, m.key));
    let seen = fold(w, List::Marks, "report_marks", marks.collect(), &ticked.marks);
    let how = fold(w, List::Methods, "report_methods", METHODS.to_vec(), &ticked.methods);
    seen.into_iter().chain(how).collect()
}

fn fold(w: &Words, list: List, title: &str, of: Vec<(&str, &str)>, ticked: &[String]) -> Option<El<Msg>> {
    if of.is_empty() {
        return None;
    }
    let rows = of.into_iter().map(|(id, key)| {
        let tick = el("input")
            .id(format!("tick-{}", id.replace('.', "-")))
            .attr("type", "checkbox")
            .checked(ticked.iter().any(|t| t == id))
            .on(On::Change, Msg::Choose(list, id.to_owned()));
        el("li").kid(el("label").kid(tick).kid(el("span").text(w.t(key))))
    });
    let count = u32::try_from(ticked.len()).unwrap_or(u32::MAX);
    let said = if count == 0 { String::new() } else { format!(" ({})", w.number(count)) };
    Some(
        el("details")
            .key(title.to_owned())
            .class("learn-fold choices")
            .kid(el("summary").text(format!("{}{said}", w.t(title))))
            .kid(el("ul").class("ticks").kids(rows)),
    )
}

/// What was ticked, as it goes.
pub fn summary(w: &Words, draft: &Draft, ticked: &Ticked) -> Vec<(&'static str, String)> {
    let names = |keys: Vec<&str>| keys.into_iter().map(|k| w.t(k)).collect::<Vec<_>>().join(&w.t("list_comma"));
    let taxa = draft.report.assessment.taxa.iter().filter(|t| ticked.taxa.contains(&t.id));
    let taxa = taxa.map(|t| t.scientific_name.clone()).collect::<Vec<_>>().join(&w.t("list_comma"));
    let taken = if ticked.not_sure { w.t("report_taxa_not_sure") } else { taxa };
    let marks = MARKS.iter().filter(|m| ticked.marks.iter().any(|t| t == m.id)).map(|m| m.key).collect();
    let methods = METHODS.iter().filter(|(id, _)| ticked.methods.iter().any(|t| t == id)).map(|m| m.1).collect();
    [("report_taxa", taken), ("report_marks", names(marks)), ("report_methods", names(methods))]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::testing::{LANGUAGES, words};

    #[test]
    fn not_sure_and_taxa_exclude_each_other_and_lists_are_bounded() {
        let mut t = Ticked::default();
        for id in ["a", "b", "c", "d", "e", "f"] {
            t.tick(List::Taxa, id, true);
        }
        assert_eq!(t.taxa, ["a", "b", "c", "d", "e"]);
        t.tick(List::Taxa, "b", false);
        t.set_not_sure(true);
        assert!(t.not_sure && t.taxa.is_empty());
        t.tick(List::Taxa, "a", true);
        assert!(!t.not_sure);
        t.tick(List::Methods, "method.chat", true);
        t.tick(List::Methods, "method.chat", true);
        assert_eq!(t.methods, ["method.chat"]);
    }

    #[test]
    fn every_mark_and_method_is_an_id_with_a_sentence_in_every_language() {
        for lang in LANGUAGES {
            let w = words(lang);
            let all = MARKS.iter().map(|m| (m.id, m.key)).chain(METHODS);
            for (id, key) in all {
                assert!(w.has(key), "{lang} {key}");
                assert!(spotter_model::report::is_id(id), "{id}");
            }
        }
    }
}
