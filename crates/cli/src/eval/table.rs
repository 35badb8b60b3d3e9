//! The figures as a table in the terminal.

use super::Report;
use super::figures::{At, Set, Share, Slice};
use std::fmt::Write as _;

fn number(value: Option<f64>) -> String {
    value.map_or("-".into(), |v| format!("{v:.3}"))
}

/// A figure with its interval.
fn with(value: Option<f64>, interval: Option<(f64, f64)>) -> String {
    match (value, interval) {
        (Some(v), Some((low, high))) => format!("{v:.3} ({low:.3} to {high:.3})"),
        (value, _) => number(value),
    }
}

fn share(s: &Share) -> String {
    format!("{} of {}, {}", s.part, s.whole, with(s.share, s.interval_95))
}

/// Everything, for a person.
pub fn table(r: &Report) -> String {
    let mut t = String::new();
    let _ = writeln!(
        t,
        "{} rows in {:.2} s ({:.0} a second), {} bad lines, pack {}, as of {}; possible from {}, likely from {}, wildlife from {}",
        r.all.rows,
        r.seconds,
        r.all.rows as f64 / r.seconds.max(1e-9),
        r.bad_lines,
        r.pack,
        r.as_of,
        r.thresholds.possible,
        r.thresholds.likely,
        r.thresholds.wildlife
    );
    if r.by_file.len() > 1 {
        for set in &r.by_file {
            summary(&mut t, set);
        }
    }
    summary(&mut t, &r.all);
    for (what, slices) in [("group", &r.all.by_group), ("language", &r.all.by_lang), ("trap", &r.all.by_trap)] {
        by(&mut t, what, slices);
    }
    for (what, examples) in [("misses", &r.worst_misses), ("false alarms", &r.worst_false_alarms)] {
        if examples.is_empty() {
            continue;
        }
        let _ = writeln!(t, "\nworst {what}");
        for e in examples {
            let _ = writeln!(t, "{:.3} {} [{} {} {}] {}", e.score, e.id, e.lang, e.group, e.trap, e.title);
            for cue in &e.cues {
                let _ = writeln!(t, "      {cue}");
            }
        }
    }
    t
}

fn summary(t: &mut String, set: &Set) {
    let _ = writeln!(t, "\n{} ({} rows)", set.name, set.rows);
    let _ = writeln!(
        t,
        "{:<15} {:<9} {:>6} {:>5} {:>6}  {:<24} {:<24} {:<24} {:<24}",
        "label", "flagged", "rows", "yes", "alarms", "precision", "recall", "F1", "alarms of 1,000"
    );
    for (name, figures) in [("label", &set.label), ("label_wildlife", &set.label_wildlife)] {
        let Some(f) = figures else { continue };
        let row = |t: &mut String, level: &str, at: &At| {
            let per_1000 =
                at.false_alarms_per_1000_interval_95.map_or(String::new(), |(l, h)| format!(" ({l:.1} to {h:.1})"));
            let _ = writeln!(
                t,
                "{name:<15} {level:<9} {:>6} {:>5} {:>6}  {:<24} {:<24} {:<24} {}{per_1000}",
                f.rows,
                f.positives,
                at.false_alarms,
                with(at.precision, at.precision_interval_95),
                with(at.recall, at.recall_interval_95),
                with(at.f1, at.f1_interval_95),
                at.false_alarms_per_1000.map_or("-".into(), |v| format!("{v:.1}"))
            );
        };
        row(t, "possible", &f.possible);
        row(t, "likely", &f.likely);
        for (level, at) in [("possible", &f.possible), ("likely", &f.likely)] {
            let told: Vec<String> = at
                .precision_at_prevalence
                .iter()
                .filter(|p| p.precision.is_some())
                .map(|p| format!("{:.0} %: {}", p.prevalence * 100.0, with(p.precision, p.interval_95)))
                .collect();
            if !told.is_empty() {
                let _ = writeln!(t, "{:<15} precision at {level} where offers are {}", "", told.join(", "));
            }
        }
        let _ = writeln!(
            t,
            "{:<15} ROC AUC {}  average precision {}\n{:<15} Brier {}  calibration error {}  {} without label",
            "",
            with(f.roc_auc, f.roc_auc_interval_95),
            with(f.average_precision, f.average_precision_interval_95),
            "",
            with(f.brier, f.brier_interval_95),
            with(f.calibration_error, f.calibration_interval_95),
            f.skipped
        );
    }
    let _ = writeln!(
        t,
        "right group among the hits {}, as the first {}",
        share(&set.right_group_share),
        number(set.right_group_first)
    );
    if set.code_words.whole + set.disguise.whole > 0 {
        let _ = writeln!(t, "code words found {}; disguised found {}", share(&set.code_words), share(&set.disguise));
    }
    let _ = writeln!(
        t,
        "innocents alarmed at possible {}; at likely {}",
        share(&set.alarmed_possible),
        share(&set.alarmed_likely)
    );
}

fn by(t: &mut String, what: &str, slices: &[Slice]) {
    if slices.is_empty() {
        return;
    }
    let _ = writeln!(
        t,
        "\n{:<36} {:>5} {:>5} {:>5} | {:>5} {:<24} {:>6} | {:>5} {:<24}",
        format!("by {what}"),
        "rows",
        "yes",
        "wrong",
        "found",
        "share",
        "likely",
        "alarm",
        "share"
    );
    for s in slices {
        let _ = writeln!(
            t,
            "{:<36} {:>5} {:>5} {:>5} | {:>5} {:<24} {:>6} | {:>5} {:<24}",
            s.name,
            s.rows,
            s.positives,
            s.wrong.part,
            s.found.part,
            with(s.found.share, s.found.interval_95),
            s.found_likely.part,
            s.alarmed.part,
            with(s.alarmed.share, s.alarmed.interval_95)
        );
    }
}
