//! Joining and leaving. The key is made and kept before the code is spent, so that an answer which was lost on
//! its way can be asked for again; the server is believed only if the link's fingerprint says so.

use super::app::App;
use super::store::{self, Identity};
use super::{delivery, http, keys, packs, rounds, surveys, training};
use crate::logic::answers;
use crate::logic::rounds::trusted;
use crate::logic::sentence::Sentence;
use crate::logic::signed::{self, base64, unbase64};
use spotter_model::dsse::{ENROLMENT_TYPE, Envelope, REQUEST_TYPE};
use spotter_model::enrolment::BadInvitation;
use spotter_model::messages::{Enrolled, OutboxState};
use spotter_model::{EnrolmentRequest, EnrolmentResponse, Invitation};

type Said<T> = Result<T, Sentence>;

/// Joins with an invitation link.
pub async fn enrol(app: &App, link: &str) -> Said<()> {
    let invitation: Invitation = link.parse().map_err(|bad| {
        Sentence::new(match bad {
            BadInvitation::Shape => "join_error_shape",
            BadInvitation::NotSecure => "join_error_not_secure",
            BadInvitation::Damaged => "join_error_damaged",
        })
    })?;
    if store::agreed_at().await?.is_none() {
        return Err(Sentence::new("bg_agree_first"));
    }
    if app.joining.replace(true) {
        return Err(Sentence::new("bg_enrol_busy"));
    }
    let done = join(app, &invitation).await;
    app.joining.set(false);
    done
}

async fn unsent() -> Said<usize> {
    let reports = store::entries().await?.iter().filter(|e| e.state != OutboxState::Sent).count();
    Ok(reports + surveys::unsent().await?)
}

async fn join(app: &App, invitation: &Invitation) -> Said<()> {
    let origin = &invitation.origin;
    if let Some((now, _)) = store::identity().await?
        && now.enrolled.origin != *origin
    {
        let unsent = unsent().await?;
        if unsent > 0 {
            return Err(Sentence::with("bg_enrol_pending", &[&unsent.to_string(), &now.enrolled.origin]));
        }
    }
    let internal = |_| Sentence::new("bg_internal");
    let (private, public) = match store::candidate(&invitation.code).await? {
        Some(made_before) => made_before,
        None => {
            let (private, public) = keys::generate().await.map_err(internal)?;
            store::set_candidate(&invitation.code, &private, &public).await?;
            (private, public)
        }
    };
    let proof = keys::sign(&private, REQUEST_TYPE, format!("enrol {}", invitation.code).as_bytes()).await;
    let request = EnrolmentRequest {
        code: invitation.code.clone(),
        public_key: base64(&public),
        proof: base64(&proof.map_err(internal)?),
    };
    let body = serde_json::to_vec(&request).map_err(|_| Sentence::new("bg_internal"))?;
    let url = format!("{origin}/v1/enrolments");
    let Some(answered) = http::send("POST", &url, &[("Content-Type", "application/json")], Some(&body)).await else {
        return Err(Sentence::with("bg_enrol_offline", &[origin]));
    };
    if !matches!(answered.reply.status, 200 | 201) {
        return Err(answers::enrolment_refusal(&answered.reply, origin));
    }
    let unreadable = || Sentence::with("bg_enrol_answer", &[origin]);
    let wrong_server = || Sentence::with("bg_enrol_fingerprint", &[origin]);
    let envelope: Envelope = answered.reply.json().ok_or_else(unreadable)?;
    let opened = signed::open(&envelope, ENROLMENT_TYPE).ok_or_else(unreadable)?;
    let response: EnrolmentResponse = spotter_model::json::read(&opened.payload).map_err(|_| unreadable())?;
    let server = unbase64(&response.server_key).filter(|k| k.len() == 32).ok_or_else(unreadable)?;
    if signed::fingerprint(&server) != invitation.fingerprint
        || !keys::verified(&opened, &server, &invitation.fingerprint).await
    {
        return Err(wrong_server());
    }
    if response.key_id.is_empty() || !response.key_id.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(unreadable());
    }
    let bounded = |text: String| text.chars().take(200).collect();
    let mut policy = response.policy;
    let programme = policy.programme.take();
    let identity = Identity {
        enrolled: Enrolled {
            organisation: bounded(response.organisation),
            origin: origin.clone(),
            pseudonym: bounded(response.pseudonym),
            policy,
            reports_made: 0,
        },
        key_id: response.key_id,
        server_key: response.server_key,
        cohort: bounded(response.cohort),
        pack_keys: trusted(&invitation.pack_keys, &response.pack_keys),
    };
    store::set_identity(&identity, &private, &public).await?;
    training::joined_anew(origin).await?;
    if let Some(skew) = answered.skew_ms {
        store::set_skew_ms(skew).await?;
    }
    rounds::offered(&identity, programme.as_ref()).await?;
    packs::trust_only(app, &identity).await?;
    delivery::ask_soon();
    Ok(())
}

/// Forgets the enrolment and the key, and all reports. Those that are not delivered keep the spotter in, unless they
/// were named to the person before.
pub async fn leave(app: &App, with_unsent: bool) -> Said<()> {
    let unsent = unsent().await?;
    if unsent > 0 && !with_unsent {
        return Err(Sentence::with("bg_leave_outbox", &[&unsent.to_string()]));
    }
    // That the rules were agreed to stays true.
    let agreed = store::agreed_at().await?;
    store::forget().await?;
    packs::forgotten(app);
    packs::none_held().await;
    if let Some(at) = agreed {
        store::set_agreed_at(&at).await?;
    }
    Ok(())
}
