//! The spine from end to end: a device joins, reports, a reviewer decides, the device hears of it.

mod common;

use common::{Device, Running, opened, report};
use spotter_model::dsse::{ENROLMENT_TYPE, RECEIPT_TYPE};

#[tokio::test]
async fn a_report_becomes_a_case_and_its_status_comes_back() {
    let server = Running::start().await;
    let device = Device::new();
    let code = server.invitation(1).await;
    let joined = server.http.post(server.url("/v1/enrolments")).json(&device.enrolment(&code)).send().await.unwrap();
    assert_eq!(joined.status(), 201);
    let joined = opened(&server.app, &joined.json().await.unwrap(), ENROLMENT_TYPE);
    assert_eq!(joined["key_id"], device.key_id);
    assert_eq!(joined["organisation"], "Test programme");
    assert_eq!(joined["policy"]["undo_ms"], 200);

    let sent = report("1001");
    let accepted = device.send(&server, &sent).await;
    assert_eq!(accepted["missing_blobs"], serde_json::json!([]));
    let receipt = opened(&server.app, &accepted["receipt"], RECEIPT_TYPE);
    assert_eq!(receipt["report_id"], sent["report_id"]);
    assert!(receipt["number"].as_str().unwrap().ends_with("-000001"));
    assert_eq!(device.status(&server).await["items"][0]["status"], "received");

    let mut reviewer = server.reviewer("Reviewer One").await;
    let queue = reviewer.get("/console").await;
    assert_eq!(queue.status, 200);
    assert!(queue.text.contains("/console/cases/1") && queue.text.contains("Carved ivory netsuke"));
    let case = reviewer.get("/console/cases/1").await;
    assert!(case.text.contains("<mark class=\"strong\" title=\"elephant ivory\">ivory</mark>"));
    assert!(case.text.contains("CITES I or II, depends on origin"));
    assert_eq!(reviewer.get("/console/cases/1/evidence").await.status, 200);
    let decided = reviewer.decide(1, "confirm", "Elephant ivory, carved.").await;
    assert_eq!((decided.status, decided.location()), (303, "/console?done=1"));

    let status = device.status(&server).await;
    assert_eq!(status["items"][0]["status"], "confirmed");
    assert_eq!(status["items"][0]["reason"], "Elephant ivory, carved.");
    // The organisation of the settings is in the chain as well.
    assert_eq!(spotter_server::audit::verify(server.app.store.read()).await.unwrap(), 7);
}
