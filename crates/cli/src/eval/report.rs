//! The error analysis as a page: what fails, where, and why as far as the assessments say.
//!
//! Never quotes a row, a word of one, or a path: files are named by their last two parts.

use super::Report;
use super::figures::{Figures, Set, Share, Slice};
use std::collections::BTreeMap;
use std::fmt::Write as _;

fn with(value: Option<f64>, interval: Option<(f64, f64)>) -> String {
    match (value, interval) {
        (Some(v), Some((low, high))) => format!("{v:.3} ({low:.3} to {high:.3})"),
        (Some(v), None) => format!("{v:.3}"),
        _ => "-".into(),
    }
}

fn percent(s: &Share) -> String {
    match (s.share, s.interval_95) {
        (Some(v), Some((low, high))) => {
            format!("{} of {}: {:.1} % ({:.1} to {:.1})", s.part, s.whole, v * 100.0, low * 100.0, high * 100.0)
        }
        _ => "-".into(),
    }
}

/// `challenge/dev.jsonl`, wherever the file lies.
fn short(path: &str) -> String {
    let parts: Vec<&str> = path.rsplit(['/', '\\']).take(2).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}

/// The page.
pub fn page(r: &Report) -> String {
    let mut t = String::from(HEAD);
    let p = &r.provenance;
    let _ = writeln!(
        t,
        "Pack {}, as of {}. The weights were fitted on {} rows of the project's own corpus ({} more are held back; corpus \
         {}), at a prior of {:.0} % offers. `possible` begins at {}, `likely` at {}; {}. Intervals are 95 %: Wilson's for \
         shares, for precision at a prevalence from the ends of those, a seeded bootstrap for all else.\n",
        r.pack,
        r.as_of,
        p.rows,
        p.held_back,
        p.corpus.get(..12).unwrap_or(&p.corpus),
        p.prior * 100.0,
        r.thresholds.possible,
        r.thresholds.likely,
        p.levels
    );
    for set in &r.by_file {
        section(&mut t, &short(&set.name), set);
    }
    if r.by_file.len() > 1 {
        pooled(&mut t, &r.all);
    }
    t.push_str(TAIL);
    t
}

const HEAD: &str = "# How right the detector is, and where it fails\n\n\
    This page is made by `spotter eval --labels FILES --report docs/detection.md`; do not edit it by hand.\n\n\
    Read it with three things in mind. **Native speakers have not yet read the texts**: neither the lexicon's words, nor the \
    project's corpus, nor the challenge listings. The challenge and the corpus are synthetic, and some of their code words are \
    plausible rather than attested. And development files were looked at in totals while the model was being improved, so \
    figures on listings that nobody tuned on will be lower. Nothing on this page quotes a row.\n\n";

const TAIL: &str = "\n## What the reasons mean\n\n\
    - *no name, part or code word found*: the lexicon lacks the word, or the seller hid it in a way that is not undone.\n\
    - *only a look-alike found, or it took the word away*: a rule of the lexicon reads the word as a colour, brand, toy.\n\
    - *look-alikes outweigh the words*: both were found; the model believes the look-alike.\n\
    - *the words found are too weak*: they are ambiguous, and nothing stands beside them.\n\
    - *alarm: the words alone*: a word means something else here, and the lexicon has no look-alike for it.\n\
    - *alarm: with signs of an offer*: the same, beside words that sellers of animals use.\n\
    - *alarm: look-alikes found, but outweighed*: the model believes the word.\n";

fn section(t: &mut String, name: &str, set: &Set) {
    let _ = writeln!(t, "## {name} ({} rows)\n", set.rows);
    for (what, figures) in
        [("offers of listed taxa (`label`)", &set.label), ("any wild specimen (`label_wildlife`)", &set.label_wildlife)]
    {
        if let Some(f) = figures {
            table(t, what, f);
        }
    }
    let mut lines = vec![];
    if set.code_words.whole > 0 {
        lines.push(format!("- code words found: {}", percent(&set.code_words)));
    }
    if set.disguise.whole > 0 {
        lines.push(format!("- disguised words found: {}", percent(&set.disguise)));
    }
    if set.alarmed_possible.whole > 0 {
        lines.push(format!("- innocents alarmed at possible: {}", percent(&set.alarmed_possible)));
        lines.push(format!("- innocents alarmed at likely: {}", percent(&set.alarmed_likely)));
    }
    if set.right_group_share.whole > 0 {
        lines.push(format!("- right group among the hits: {}", percent(&set.right_group_share)));
    }
    let _ = writeln!(t, "{}\n", lines.join("\n"));
    for (what, slices) in [("trap", &set.by_trap), ("language", &set.by_lang), ("group", &set.by_group)] {
        by(t, what, slices);
    }
    reasons(t, &set.by_trap, &set.by_lang);
}

fn table(t: &mut String, what: &str, f: &Figures) {
    let _ = writeln!(t, "{what}: {} rows, {} yes, {} without label\n", f.rows, f.positives, f.skipped);
    let _ = writeln!(t, "| level | precision | recall | F1 | false alarms of 1,000 innocents |\n|---|---|---|---|---|");
    for (level, at) in [("possible", &f.possible), ("likely", &f.likely)] {
        let per_1000 = match (at.false_alarms_per_1000, at.false_alarms_per_1000_interval_95) {
            (Some(v), Some((low, high))) => format!("{v:.1} ({low:.1} to {high:.1})"),
            _ => "-".into(),
        };
        let _ = writeln!(
            t,
            "| {level} | {} | {} | {} | {per_1000} |",
            with(at.precision, at.precision_interval_95),
            with(at.recall, at.recall_interval_95),
            with(at.f1, at.f1_interval_95)
        );
    }
    if f.possible.precision_at_prevalence.iter().any(|p| p.precision.is_some()) {
        let _ = writeln!(t, "\n| where offers are | precision at possible | precision at likely |\n|---|---|---|");
        for (p, l) in f.possible.precision_at_prevalence.iter().zip(&f.likely.precision_at_prevalence) {
            let _ = writeln!(
                t,
                "| {:.0} % | {} | {} |",
                p.prevalence * 100.0,
                with(p.precision, p.interval_95),
                with(l.precision, l.interval_95)
            );
        }
    }
    let _ = writeln!(
        t,
        "\nROC AUC {}, average precision {}, Brier score {}, calibration error {}.\n",
        with(f.roc_auc, f.roc_auc_interval_95),
        with(f.average_precision, f.average_precision_interval_95),
        with(f.brier, f.brier_interval_95),
        with(f.calibration_error, f.calibration_interval_95)
    );
}

fn by(t: &mut String, what: &str, slices: &[Slice]) {
    if slices.len() < 2 {
        return;
    }
    let _ = writeln!(t, "| {what} | rows | wrong | offers found | innocents alarmed |\n|---|---|---|---|---|");
    for s in slices {
        let _ = writeln!(
            t,
            "| {} | {} | {} | {} | {} |",
            s.name,
            s.rows,
            s.wrong.part,
            percent(&s.found),
            percent(&s.alarmed)
        );
    }
    t.push('\n');
}

/// Why rows are wrong, in all and where most of each reason lie.
fn reasons(t: &mut String, by_trap: &[Slice], by_lang: &[Slice]) {
    let slices = if by_trap.is_empty() { by_lang } else { by_trap };
    // Of each reason: how many rows, and how many in which slice.
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    let mut places: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
    for s in slices {
        for (reason, &count) in &s.why {
            *totals.entry(reason).or_default() += count;
            places.entry(reason).or_default().push((count, &s.name));
        }
    }
    if totals.is_empty() {
        return;
    }
    let _ = writeln!(t, "| why | rows | mostly |\n|---|---|---|");
    for (reason, total) in totals {
        let mut places = places.remove(reason).unwrap_or_default();
        places.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let mostly: Vec<String> = places.iter().take(4).map(|(n, name)| format!("{name} {n}")).collect();
        let _ = writeln!(t, "| {reason} | {total} | {} |", mostly.join(", "));
    }
    t.push('\n');
}

fn pooled(t: &mut String, all: &Set) {
    let Some(f) = &all.label else { return };
    let _ = writeln!(
        t,
        "## All files together ({} rows)\n\nBrier score {}, calibration error {} (ten bins of equal mass).",
        all.rows,
        with(f.brier, f.brier_interval_95),
        with(f.calibration_error, f.calibration_interval_95)
    );
}
