//! The law where a listing stands, on its case's page: what each rule asks, what the listing claims, and what would show it.
//!
//! Owns: that panel. Never: says what a listing is before the law, or shows a rule that did not pass the gate for the
//! console.

use super::text;
use crate::places;
use maud::{Markup, html};
use spotter_law::{Fit, Mentioned, Register, Standing, Subject};
use spotter_model::{Date, Report};

/// Rules that stand open; the others are one click away.
const SHOWN: usize = 2;

/// The panel for a report's site.
pub fn section(register: &Register, report: &Report, today: Date) -> Markup {
    let (country, _) = places::of_host(&report.place.marketplace);
    let subject = Subject::of(&report.assessment);
    let found = register.mentioned(country, subject, today);
    html! {
        section.law {
            h2 { "The law " (place(register, country)) }
            @if found.is_empty() {
                p.muted { (nothing(register, country)) }
            } @else {
                ul.rules { @for (rule, fit) in found.iter().take(SHOWN) { (one(*rule, *fit, &report.assessment.claims)) } }
                @if found.len() > SHOWN {
                    details {
                        summary { (found.len() - SHOWN) " more" }
                        ul.rules { @for (rule, fit) in found.iter().skip(SHOWN) { (one(*rule, *fit, &report.assessment.claims)) } }
                    }
                }
                p.muted { "By the site's country; seller and buyer may be elsewhere. What a rule asks is not what a listing is." }
            }
        }
    }
}

/// "in Germany", "in PL", "of the place".
fn place(register: &Register, country: &str) -> String {
    match register.name(country) {
        Some(name) => format!("in {name}"),
        None if country.is_empty() => "of the place".to_owned(),
        None => format!("in {country}"),
    }
}

fn nothing(register: &Register, country: &str) -> String {
    if country.is_empty() {
        return "Not known which country this site is for.".to_owned();
    }
    match register.held(country) {
        Some(_) => "No rule that is held speaks of such an offer.".to_owned(),
        None => "Not held: nobody has entered this country's rules.".to_owned(),
    }
}

fn one(rule: Mentioned<'_>, fit: Fit, claims: &[String]) -> Markup {
    let claimed = rule.exempt().iter().filter(|e| e.concepts.iter().any(|c| claims.contains(c)));
    let others: Vec<_> = rule.exempt().iter().filter(|e| !e.concepts.iter().any(|c| claims.contains(c))).collect();
    html! {
        li {
            @if rule.standing() == Standing::Check { span.tag title="It was read more than a year ago" { "check" } " " }
            @if let Some(region) = rule.region() { span.tag { (region) } " " }
            @if fit == Fit::May { span.tag title=(rule.open().unwrap_or("It depends on what the listing does not tell")) { "may apply" } " " }
            (rule.wording()) " "
            span.muted {
                (rule.citation())
                @if rule.source().excerpt { ", an excerpt" }
                @if let Some(since) = rule.in_force() { ", in force since " (since) }
                ". "
                a href=(text::href(&rule.source().address)) rel="noreferrer noopener external" target="_blank" { "Read" span aria-hidden="true" { " ↗" } }
            }
            @for exempt in claimed { p.note { b { "Claimed: " } (exempt.claim) b { " To be shown: " } (exempt.proof) } }
            @if !others.is_empty() {
                details { summary { "Exceptions that are not claimed" }
                    ul { @for exempt in others { li { (exempt.claim) " To be shown: " (exempt.proof) } } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_that_is_not_held_says_so() {
        let register = spotter_law::built_in();
        assert_eq!(place(register, "GB"), "in United Kingdom");
        assert_eq!(nothing(register, "CH"), "Not held: nobody has entered this country's rules.");
        assert!(nothing(register, "").starts_with("Not known"), "a site without a country");
        assert!(nothing(register, "PL").starts_with("No rule"), "a member state has its union's");
    }
}
