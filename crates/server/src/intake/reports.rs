//! `PUT /v1/reports/{uuid}`: a report is verified, stored as it came, joined to its case, and acknowledged.
//!
//! 201 is written only after the commit was synced. The same bytes under the same id get the same receipt.

use super::{gather, sellers};
use crate::app::{Peer, Shared};
use crate::problem::{Answer, Refusal};
use crate::ranking::{self, Find};
use crate::sign::sha256_hex;
use crate::store::referrals::triggers;
use crate::store::{attestations, cases, devices, reports, standing, trends, word};
use crate::{audit, places, random};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use spotter_model::dsse::{Envelope, RECEIPT_TYPE, REPORT_TYPE};
use spotter_model::limits::REPORT_BYTES;
use spotter_model::report::Report;
use spotter_model::{Receipt, ReportAccepted, referral};

/// The handler.
///
/// # Errors
/// See the OpenAPI document.
pub async fn put(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let put = gather::put(&app, ip, id, &headers, body, REPORT_TYPE, REPORT_BYTES).await?;
    let report: Report = gather::json(&put.bytes)?;
    report.check().map_err(|bad| Refusal::unprocessable(bad.detail).at(bad.pointer))?;
    gather::same_id(&report.report_id, &put, "/report_id")?;
    let gather::Put { id, device, signature, bytes } = put;

    let body_sha256 = sha256_hex(&bytes);
    let named = report.blobs().collect::<Vec<_>>();
    let mut tx = app.store.begin().await?;
    if let Some(stored) = reports::find(&mut tx, &id).await? {
        if stored.receipt.is_empty() || stored.key_id.is_empty() {
            return Err(Refusal::conflict("This report was erased here, and is not taken again."));
        }
        if stored.key_id != device.key_id || stored.body_mark != reports::body_mark(tx.keys(), &body_sha256) {
            return Err(Refusal::conflict("The stored report stays as it is. A new report needs a new id."));
        }
        let missing_blobs = reports::missing_blobs(&mut tx, &named).await?;
        return Ok((StatusCode::OK, Json(accepted(&stored.receipt, missing_blobs)?)).into_response());
    }

    let now = app.now();
    let today = now[..10].parse().map_err(|_| unwritten())?;
    if let Some((round, mark)) = app.rounds.test_asked(&app.store, today, &device.cohort).await?
        && !attestations::reaches(&mut tx, &device.spotter, mark).await?
    {
        return Err(Refusal::training_needed(format!(
            "The round \"{round}\" takes reports once a result of at least {mark} percent in the training's test has \
             come from this spotter. Nothing was stored. Keep the report and send it again after that."
        )));
    }
    let (country, only_language) = places::of_host(&report.place.marketplace);
    let said = places::language(&report.listing.lang);
    let language = if said.is_empty() { only_language } else { said.as_str() };
    let find = Find {
        groups: &report.assessment.groups,
        language,
        marketplace: &report.place.marketplace,
        cohort: &device.cohort,
    };
    let focus = app.rounds.look_for(&app.store, today, &find).await?;
    let (confirmed, decided) = standing::of(&mut tx, &device.spotter).await?;
    let text_sha256 = crate::cases::text_hash(&report.listing);
    let subject = cases::Subject {
        marketplace: &report.place.marketplace,
        listing_key: &report.key(),
        title: &report.listing.title,
        price: &report.listing.price,
        level: report.assessment.level,
        score: if report.assessment.score.is_finite() { report.assessment.score } else { 0.0 },
        main_group: &report.assessment.groups.first().map(word).unwrap_or_default(),
        missed: report.missed_by_detector,
        claims: report.assessment.claims.len() as i64,
        country,
        language,
        focus,
        accurate: ranking::is_accurate(confirmed, decided),
        cohort: &device.cohort,
        organisation_id: devices::organisation_of(&mut tx, &device).await?,
        text_sha256: &text_sha256,
    };
    let (case_id, joined) = cases::open_or_join(&mut tx, &subject, &now).await?;
    let methods = report.assessment.methods.iter().chain(&report.methods_ticked);
    trends::kept::facts(&mut tx, case_id, report.assessment.commodities.iter(), methods).await?;
    let seller = sellers::mark(tx.keys(), &report.place.marketplace, &report.listing.seller);
    triggers::mark(&mut tx, case_id, &referral::of_report(&report), seller.as_ref()).await?;
    let seq = reports::next_seq(&mut tx).await?;
    let number = format!("WS-{}-{seq:06}", &now[..4]);
    let receipt = Receipt {
        report_id: id.clone(),
        body_sha256: body_sha256.clone(),
        received_at: now.clone(),
        number: number.clone(),
        joined,
    };
    let payload = serde_json::to_vec(&receipt).map_err(|_| unwritten())?;
    let receipt = serde_json::to_string(&app.key.envelope(RECEIPT_TYPE, &payload)).map_err(|_| unwritten())?;
    let salt = random::bytes::<16>();
    let new = reports::NewReport {
        seq,
        report_id: &id,
        key_id: &device.key_id,
        case_id,
        body: &bytes,
        body_sha256: &body_sha256,
        signature: &signature,
        text_sha256: &text_sha256,
        salt: &salt,
        received_at: &now,
        number: &number,
        receipt: &receipt,
        joined,
    };
    reports::insert(&mut tx, &new, &named).await?;
    // Not which device: the chain outlives the case. The signature that says so is sealed with it.
    let about = format!("report:{id}");
    let detail = format!("case {case_id} commitment {}", audit::commitment(&salt, &bytes));
    audit::append(
        &mut tx,
        &now,
        audit::Entry { actor: "device", action: "report.received", subject: &about, detail: &detail },
    )
    .await?;
    let missing_blobs = reports::missing_blobs(&mut tx, &named).await?;
    let answer = accepted(&receipt, missing_blobs)?;
    tx.commit().await?;
    app.pictures_came.notify_one();
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

fn unwritten() -> Refusal {
    Refusal::internal("The receipt could not be written. Nothing was stored.")
}

fn accepted(receipt: &str, missing_blobs: Vec<String>) -> Answer<ReportAccepted> {
    let receipt: Envelope =
        serde_json::from_str(receipt).map_err(|_| Refusal::internal("The stored receipt cannot be read."))?;
    Ok(ReportAccepted { receipt, missing_blobs })
}
