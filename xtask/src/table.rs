//! What ran and what came of it: one row a kind, the sum at the end.

use std::time::{Duration, Instant};

/// Counts of one kind of check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Counts {
    /// A check that is one thing: it holds or not.
    pub fn one(holds: bool) -> Self {
        Self { passed: holds.into(), failed: (!holds).into(), skipped: 0 }
    }
}

/// One row.
struct Row {
    kind: String,
    counts: Counts,
    took: Duration,
}

/// The table, filled while things run.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Runs one kind of check. An error counts as one failure and is printed; what follows still runs.
    pub fn run(&mut self, kind: &str, check: impl FnOnce() -> anyhow::Result<Counts>) -> bool {
        println!("\n== {kind}");
        let start = Instant::now();
        let counts = check().unwrap_or_else(|error| {
            println!("{kind}: {error:#}");
            Counts { failed: 1, ..Counts::default() }
        });
        self.rows.push(Row { kind: kind.to_owned(), counts, took: start.elapsed() });
        counts.failed == 0
    }

    /// Prints the rows and the sum; true where nothing failed and something ran.
    pub fn finish(&self) -> bool {
        let (text, sum) = (self.text(), self.sum());
        print!("{text}");
        println!("{} passed, {} failed", sum.passed, sum.failed);
        sum.failed == 0 && sum.passed > 0
    }

    fn sum(&self) -> Counts {
        self.rows.iter().fold(Counts::default(), |a, row| Counts {
            passed: a.passed + row.counts.passed,
            failed: a.failed + row.counts.failed,
            skipped: a.skipped + row.counts.skipped,
        })
    }

    fn text(&self) -> String {
        let width = self.rows.iter().map(|r| r.kind.len()).max().unwrap_or(0).max(4);
        let mut text = format!("\n{:width$}  passed  failed  skipped  seconds\n", "kind");
        for Row { kind, counts, took } in &self.rows {
            text += &format!(
                "{kind:width$}  {:6}  {:6}  {:7}  {:7.1}\n",
                counts.passed,
                counts.failed,
                counts.skipped,
                took.as_secs_f64()
            );
        }
        let took: f64 = self.rows.iter().map(|r| r.took.as_secs_f64()).sum();
        let sum = self.sum();
        text + &format!("{:width$}  {:6}  {:6}  {:7}  {took:7.1}\n", "all", sum.passed, sum.failed, sum.skipped)
    }
}

/// Sums the `test result:` lines that cargo's test harness prints.
pub fn from_cargo(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines().filter_map(|l| l.trim().strip_prefix("test result: ")) {
        let words: Vec<&str> = line.split([' ', ';', '.']).filter(|w| !w.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u64>() else { continue };
            match pair[1] {
                "passed" => counts.passed += number,
                "failed" => counts.failed += number,
                "ignored" => counts.skipped += number,
                _ => {}
            }
        }
    }
    counts
}

/// Sums what node's test runner says at the end of its TAP output.
pub fn from_tap(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines() {
        let mut words = line.split_whitespace();
        if let (Some("#"), Some(word), Some(Ok(number)), None) =
            (words.next(), words.next(), words.next().map(str::parse::<u64>), words.next())
        {
            match word {
                "pass" => counts.passed += number,
                "fail" | "cancelled" => counts.failed += number,
                "skipped" | "todo" => counts.skipped += number,
                _ => {}
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::{Counts, Table, from_cargo, from_tap};

    #[test]
    fn cargo_output_is_summed() {
        let output = "running 3 tests\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
                      test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.00s\n";
        assert_eq!(from_cargo(output), Counts { passed: 15, failed: 2, skipped: 1 });
        assert_eq!(from_cargo("12 passed; 1 failed"), Counts::default());
    }

    #[test]
    fn tap_output_is_summed() {
        let output = "ok 1 - a\n# tests 5\n# suites 1\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 2\n# todo 0\n# duration_ms 12.5\n# pass 9 of ten\n";
        assert_eq!(from_tap(output), Counts { passed: 3, failed: 2, skipped: 2 });
    }

    #[test]
    fn an_error_is_a_failure_and_nothing_run_is_no_success() {
        let mut table = Table::default();
        assert!(!table.finish());
        assert!(table.run("good", || Ok(Counts::one(true))));
        assert!(table.finish());
        assert!(!table.run("bad", || anyhow::bail!("no")));
        assert!(!table.finish());
        assert!(table.text().contains("bad"));
    }
}
