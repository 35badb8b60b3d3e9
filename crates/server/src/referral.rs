//! A referral in words: the letter to an agency, the draft by which that agency may ask a company to keep what it has, and
//! the same for machines. Owns: what an agency gets, and that nothing in it judges.
//!
//! The seller stands in it, for an agency has to find the offer again; no spotter and no reviewer does.

use crate::notices::render::{line, lines};
use crate::store::cases::Case;
use crate::store::organisations::NAME_CHARS;
use crate::store::referrals::Referral;
use crate::store::word;
use serde_json::{Value, json};
use spotter_model::Report;
use spotter_model::referral::{REPEAT_CASES, Trigger, VOLUME_CASES, VOLUME_DAYS};

/// What stands in place of what only the agency can fill in.
const BLANK: &str = "[…]";

/// What a referral is written from.
pub struct Facts<'a> {
    /// The referral.
    pub referral: &'a Referral,
    /// Its case.
    pub case: &'a Case,
    /// The newest of the reports that its writer had.
    pub report: &'a Report,
    /// The organisation, and how it is reached.
    pub organisation: (&'a str, &'a str),
    /// The time now, as it is stored. The letter is of the day on which it was written.
    pub now: &'a str,
}

/// A trigger in words.
#[must_use]
pub fn trigger(trigger: Trigger) -> String {
    match trigger {
        Trigger::LiveGreatApe => "a living great ape is offered".to_owned(),
        Trigger::RhinoHorn => "rhino horn is offered".to_owned(),
        Trigger::Volume => format!(
            "{VOLUME_CASES} or more confirmed cases of this group on this marketplace within {VOLUME_DAYS} days"
        ),
        Trigger::RepeatSeller => format!("{REPEAT_CASES} or more confirmed cases of this seller on this marketplace"),
    }
}

fn species(report: &Report) -> String {
    let all: Vec<String> = report.assessment.taxa.iter().take(8).map(|t| line(&t.scientific_name, 80)).collect();
    if all.is_empty() { "not determined".to_owned() } else { all.join("; ") }
}

/// The letter.
#[must_use]
pub fn letter(facts: &Facts<'_>) -> String {
    let (r, l) = (facts.report, &facts.report.listing);
    let (organisation, contact) = (line(facts.organisation.0, NAME_CHARS), line(facts.organisation.1, 254));
    let rows = [
        ("Marketplace", line(&r.place.marketplace, 253)),
        ("Address", line(&r.place.url_canonical, 2_048)),
        ("Listing's id", line(&r.place.listing_id, 128)),
        ("Title", line(&l.title, 300)),
        ("Price", line(&l.price, 120)),
        ("Seller's public name", line(&l.seller, 200)),
        ("Place named", line(&l.location, 200)),
        ("Seen", crate::clock::plain(&line(&r.matched_at, 32))),
        ("Group", r.assessment.groups.iter().map(word).collect::<Vec<_>>().join(", ")),
        ("Likely species", species(r)),
        ("Trade terms", line(&r.assessment.commodities.join(", "), 120)),
        ("Reports", facts.referral.reports.join(", ")),
    ];
    let known: Vec<String> = rows.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| format!("{k}: {v}")).collect();
    let why: Vec<String> = facts.referral.triggers.iter().map(|t| format!("- {}", trigger(*t))).collect();
    let why = if why.is_empty() {
        "- the organisation's reviewers found it worth an agency's look".to_owned()
    } else {
        why.join("\n")
    };
    format!(
        "Referral {number} of {day}\nFrom {organisation}{contact}\nTo {agency}\n\n\
         This tells you of an offer that likely concerns protected wildlife. A volunteer saw it on an open page, reviewers confirmed it, \
         and two of them, beside its writer, approve this referral. It judges nobody: whether anything unlawful was done is yours to find.\n\n\
         Why you are told:\n{why}\n\nWhat was seen:\n{known}\n\nWhat the organisation states:\n{stated}\n\n\
         With it come the evidence packages of the reports named above; anybody checks them offline with `spotter verify`. \
         Whoever saw it states that they contacted nobody and bought nothing. If you want the company not to be told yet, say until when: a hold ends by itself on that day.\n",
        number = facts.referral.number,
        day = &facts.referral.written_at[..10],
        contact = if contact.is_empty() { String::new() } else { format!(" ({contact})") },
        agency = line(&facts.referral.agency, 120),
        known = known.join("\n"),
        stated = lines(&facts.referral.facts),
    )
}

/// A draft for the agency to issue. It asks a company to keep what it has, and is nothing until an agency made it its own.
#[must_use]
pub fn preservation(facts: &Facts<'_>) -> String {
    let (r, seller) = (facts.report, line(&facts.report.listing.seller, 200));
    format!(
        "DRAFT. It has no effect unless the agency named below fills it in, signs it and sends it itself.\n\n\
         From {agency}\nTo the company that runs {marketplace}\nReference {BLANK}\nDate {BLANK}\n\n\
         Request to preserve data\n\n\
         Legal basis: {BLANK}\nOfficer, and how to reach them: {BLANK}\n\n\
         Please keep, unchanged, for {BLANK} days from receipt, without telling the account's holder where the law allows that:\n\
         1. the listing at {address} (id {item}) with its texts, pictures and their upload data, and its earlier versions;\n\
         2. the account that offered it{seller}: registration, contact and payment data, and the times and addresses of its logins;\n\
         3. other listings of that account, also those that ended, from {BLANK} to {BLANK};\n\
         4. messages and transactions about the listing in 1.\n\n\
         This asks for nothing to be handed over. A request for that follows by the way that the law gives.\n\n\
         Signature {BLANK}\n",
        agency = line(&facts.referral.agency, 120),
        marketplace = line(&r.place.marketplace, 253),
        address = line(&r.place.url_canonical, 2_048),
        item = if r.place.listing_id.is_empty() { "none".to_owned() } else { line(&r.place.listing_id, 128) },
        seller = if seller.is_empty() { String::new() } else { format!(" (\"{seller}\")") },
    )
}

/// The same for machines.
#[must_use]
pub fn machine(facts: &Facts<'_>) -> Value {
    let r = facts.report;
    json!({
        "schema": "wildlife-referral/1",
        "number": facts.referral.number,
        "made_at": facts.now,
        "organisation": { "name": line(facts.organisation.0, NAME_CHARS), "contact": line(facts.organisation.1, 254) },
        "agency": line(&facts.referral.agency, 120),
        "triggers": facts.referral.triggers,
        "stated": lines(&facts.referral.facts),
        "written_at": facts.referral.written_at,
        "case": { "number": facts.case.id, "opened_at": facts.case.opened_at },
        "groups": r.assessment.groups,
        "listing": {
            "marketplace": line(&r.place.marketplace, 253), "address": line(&r.place.url_canonical, 2_048),
            "id": line(&r.place.listing_id, 128), "title": line(&r.listing.title, 300), "price": line(&r.listing.price, 120),
            "seller": line(&r.listing.seller, 200), "location": line(&r.listing.location, 200), "seen_at": line(&r.matched_at, 32),
        },
        "taxa": r.assessment.taxa.iter().map(|t| line(&t.scientific_name, 80)).collect::<Vec<_>>(),
        "commodities": r.assessment.commodities.iter().map(|c| line(c, 16)).collect::<Vec<_>>(),
        "reports": facts.referral.reports,
    })
}
