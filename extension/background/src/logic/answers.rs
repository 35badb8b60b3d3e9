//! What an endpoint's answer means for a report: it has it, try again, or never. Sends nothing.

use super::sentence::Sentence;
use serde::de::DeserializeOwned;
use spotter_model::{Problem, limits};

/// The problem of a report whose spotter's result of the training has not come yet.
const TRAINING_NEEDED: &str = "training-needed";
/// What is said of such a report, which waits.
pub const WAITS_FOR_TRAINING: &str = "bg_try_training";

/// Longest answer that is read.
pub const ANSWER_BYTES: usize = 4 * limits::REPORT_BYTES;

/// An HTTP answer, within bounds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Body, cut to [`ANSWER_BYTES`].
    pub body: Vec<u8>,
    /// What `Retry-After` asks for, in milliseconds.
    pub retry_after_ms: Option<f64>,
}

impl Reply {
    /// The body as JSON of this type.
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        spotter_model::json::read(&self.body).ok()
    }

    /// What the problem+json says for people: the key of a sentence where this version has one (`problem_...`, which pages
    /// say in the reader's language), then the endpoint's own words. One that it does not know is told in those alone.
    #[must_use]
    pub fn said(&self) -> [String; 2] {
        let Some(problem) = self.json::<Problem>() else { return Default::default() };
        let key = problem.key();
        let own = if problem.detail.is_empty() && key.is_none() { problem.title } else { problem.detail };
        match key {
            Some(key) => [key, own],
            None => [own, String::new()],
        }
    }

    /// The name of intake's problem, else nothing.
    fn problem(&self) -> Option<String> {
        self.json::<Problem>()?.name().map(str::to_owned)
    }

    /// Whether intake itself said this: whatever stands in its place (a proxy, a filter, a network's login page)
    /// has other words.
    fn is_intakes(&self) -> bool {
        self.problem().is_some()
    }
}

/// What to do after an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The endpoint took it.
    Taken,
    /// Keep it and try again.
    Again(Sentence, Option<f64>),
    /// The endpoint refuses it for good; keep it and show why.
    Never(Sentence),
}

/// No answer at all: no network, no TLS, no such host, a redirect, a timeout. Browsers don't say which.
#[must_use]
pub fn silence(origin: &str) -> Verdict {
    Verdict::Again(Sentence::with("bg_try_offline", &[origin]), None)
}

/// What the answer to a `PUT` of a report or a blob means.
#[must_use]
pub fn verdict(reply: &Reply) -> Verdict {
    let status = reply.status.to_string();
    let never = |key: &str, first: &[&str]| {
        let [said, own] = reply.said();
        Verdict::Never(Sentence::with(key, &[first, &[said.as_str(), own.as_str()]].concat()))
    };
    match reply.status {
        200 | 201 | 204 => Verdict::Taken,
        408 | 425 | 429 => Verdict::Again(Sentence::new("bg_try_busy"), reply.retry_after_ms),
        500..=599 => Verdict::Again(Sentence::with("bg_try_server", &[&status]), reply.retry_after_ms),
        // A report is not given up because somebody stood between it and the endpoint for an hour.
        400..=499 if !reply.is_intakes() => Verdict::Again(Sentence::new("bg_try_answer"), reply.retry_after_ms),
        403 if reply.problem().is_some_and(|name| name == TRAINING_NEEDED) => {
            Verdict::Again(Sentence::new(WAITS_FOR_TRAINING), reply.retry_after_ms)
        }
        401 | 403 => never("bg_refused_key", &[]),
        409 => Verdict::Never(Sentence::new("bg_refused_conflict")),
        400 | 413 | 415 | 422 => never("bg_refused_body", &[]),
        402..=499 => never("bg_refused_other", &[&status]),
        _ => Verdict::Again(Sentence::with("bg_try_server", &[&status]), None),
    }
}

/// What is said of a report that arrived without a picture, which was refused by `why`.
#[must_use]
pub fn without_picture(why: Sentence) -> Sentence {
    // That sentence begins with a status.
    let from = usize::from(why.0 == "bg_refused_other");
    Sentence("bg_sent_no_picture".into(), why.1.into_iter().skip(from).collect())
}

/// Why an enrolment was not taken.
#[must_use]
pub fn enrolment_refusal(reply: &Reply, origin: &str) -> Sentence {
    match reply.status {
        400 | 401 | 403 | 404 | 409 | 410 | 422 if reply.is_intakes() => {
            let [said, own] = reply.said();
            Sentence::with("bg_enrol_code", &[&said, &own])
        }
        429 => Sentence::new("bg_enrol_busy"),
        _ => Sentence::with("bg_enrol_server", &[origin, &reply.status.to_string()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, problem: &str) -> Reply {
        let body = if problem.is_empty() {
            b"<html>".to_vec()
        } else {
            format!(r#"{{"type":"urn:wildlife-spotter:problem:{problem}","title":"T","status":{status},"detail":"D"}}"#)
                .into_bytes()
        };
        Reply { status, body, retry_after_ms: Some(7.0) }
    }

    #[test]
    fn table() {
        for (status, problem, key) in [
            (200, "", ""),
            (201, "", ""),
            (302, "", "again bg_try_server"),
            (400, "bad", "never bg_refused_body"),
            (401, "key", "never bg_refused_key"),
            (403, "key", "never bg_refused_key"),
            (403, "training-needed", "again bg_try_training"),
            (400, "", "again bg_try_answer"),
            (401, "", "again bg_try_answer"),
            (403, "", "again bg_try_answer"),
            (404, "", "again bg_try_answer"),
            (405, "", "again bg_try_answer"),
            (407, "", "again bg_try_answer"),
            (404, "gone", "never bg_refused_other"),
            (408, "", "again bg_try_busy"),
            (409, "conflict", "never bg_refused_conflict"),
            (413, "large", "never bg_refused_body"),
            (413, "", "again bg_try_answer"),
            (418, "tea", "never bg_refused_other"),
            (422, "bad", "never bg_refused_body"),
            (425, "", "again bg_try_busy"),
            (429, "slow", "again bg_try_busy"),
            (500, "", "again bg_try_server"),
            (503, "draining", "again bg_try_server"),
            (507, "", "again bg_try_server"),
            (599, "", "again bg_try_server"),
        ] {
            let got = match verdict(&reply(status, problem)) {
                Verdict::Taken => String::new(),
                Verdict::Again(s, _) => format!("again {}", s.0),
                Verdict::Never(s) => format!("never {}", s.0),
            };
            assert_eq!(got, key, "{status} {problem}");
        }
    }

    #[test]
    fn somebody_elses_problem_is_not_intakes() {
        for kind in ["about:blank", "https://proxy.example/denied", "urn:wildlife-spotter:problem:"] {
            let body = format!(r#"{{"type":"{kind}","title":"T","status":403,"detail":"D"}}"#).into_bytes();
            let verdict = verdict(&Reply { status: 403, body, retry_after_ms: None });
            assert_eq!(verdict, Verdict::Again(Sentence::new("bg_try_answer"), None), "{kind}");
        }
    }

    #[test]
    fn retry_after_is_carried_and_problems_are_quoted() {
        assert_eq!(verdict(&reply(503, "")), Verdict::Again(Sentence::with("bg_try_server", &["503"]), Some(7.0)));
        assert_eq!(verdict(&reply(422, "bad")), Verdict::Never(Sentence::with("bg_refused_body", &["D", ""])));
        assert_eq!(enrolment_refusal(&reply(409, "used"), "o"), Sentence::with("bg_enrol_code", &["D", ""]));
        assert_eq!(enrolment_refusal(&reply(404, ""), "o"), Sentence::with("bg_enrol_server", &["o", "404"]));
        assert_eq!(enrolment_refusal(&reply(429, ""), "o").0, "bg_enrol_busy");
    }

    #[test]
    fn a_known_problem_is_told_by_its_key_and_keeps_the_endpoints_own_words() {
        let told = |status, problem| match verdict(&reply(status, problem)) {
            Verdict::Never(Sentence(key, args)) => (key, args.join("|")),
            other => panic!("{other:?}"),
        };
        assert_eq!(told(413, "too-large"), ("bg_refused_body".into(), "problem_too_large|D".into()));
        assert_eq!(told(401, "not-signed"), ("bg_refused_key".into(), "problem_not_signed|D".into()));
        assert_eq!(told(404, "not-found"), ("bg_refused_other".into(), "404|problem_not_found|D".into()));
        assert_eq!(told(418, "tea"), ("bg_refused_other".into(), "418|D|".into()));
        for (status, problem) in [(404, "not-found"), (413, "too-large")] {
            let Verdict::Never(why) = verdict(&reply(status, problem)) else { panic!("{status}") };
            let without = without_picture(why);
            assert_eq!(without.0, "bg_sent_no_picture");
            assert!(without.1[0].starts_with("problem_"), "{:?}", without.1);
        }
    }
}
