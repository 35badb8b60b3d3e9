//! Where a setting comes from, and the file of settings that is handed out.

use super::server::{BINARY, refused, run, said, text};
use std::path::Path;
use std::process::Command;

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spotter.toml");
    std::fs::write(&file, "data = \"from-file\"\nper-key = 1\nper-address = 1\nundo-ms = 100\nforwarded = true\n")
        .unwrap();
    let check = |more: &[&str]| {
        let mut command = Command::new(BINARY);
        command.args(["serve", "--check", "--config"]).arg(&file).args(more);
        command
            .env("SPOTTER_PER_KEY", "2")
            .env("SPOTTER_PER_ADDRESS", "2")
            .env("SPOTTER_WEBHOOK_ADDRESS", "10.0.0.1,::2");
        command
    };
    let printed = said(check(&["--per-key", "3"]).output().unwrap());
    for want in [
        "data = \"from-file\"  # ",
        "per-key = 3  # command line",
        "per-address = 2  # environment, SPOTTER_PER_ADDRESS",
        "undo-ms = 100  # ",
        "forwarded = true  # ",
        "webhook-address = [\"10.0.0.1\", \"::2\"]  # environment, SPOTTER_WEBHOOK_ADDRESS",
        "confirm-first = 3  # default",
        "# public-origin is not set",
    ] {
        assert!(printed.contains(want), "{want:?} is not in\n{printed}");
    }
    assert!(printed.contains("spotter.toml, line 4\n"), "{printed}");
    assert!(!folder.path().join("from-file").exists(), "a check makes nothing");
    // What a variable says is judged as on the command line.
    let bad = refused(check(&[]).env("SPOTTER_PER_KEY", "0").output().unwrap());
    assert!(bad.contains("per-key"), "{bad}");
    for (more, want) in [
        (&["--listen", "0.0.0.0:1"][..], "public-origin is needed"),
        (&["--metrics", "192.0.2.1:9"][..], "metrics must be a loopback address"),
    ] {
        assert!(refused(check(more).output().unwrap()).contains(want));
    }
    std::fs::write(&file, "per-kye = 1\n").unwrap();
    let output = check(&[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = refused(output);
    assert!(
        words.contains(
            "spotter.toml, line 1: \"per-kye\" is no setting. There are: data, database, blobs, listen, public-origin"
        ),
        "{words}"
    );
    let help = said(run(&["serve", "--help"]));
    for want in
        ["SPOTTER_PUBLIC_ORIGIN", "Limits:", "public-origin = \"https://reports.example.org\"", "docs/operations.md"]
    {
        assert!(help.contains(want), "{want} is not in the help");
    }
}

/// The file of settings that is handed out names every setting, and is right.
#[test]
fn the_settings_that_are_handed_out_are_right_and_complete() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/spotter.toml");
    let printed = said(run(&["serve", "--config", &text(&file), "--check"]));
    let handed_out = std::fs::read_to_string(&file).unwrap();
    for line in printed.lines().filter(|l| !l.starts_with("# the data folder")) {
        let name = line.trim_start_matches("# ").split(' ').next().unwrap();
        assert!(handed_out.contains(&format!("{name} = ")), "{name} is not in deploy/spotter.toml");
    }
    let defaults = said(run(&["serve", "--data", "/var/lib/wildlife-spotter", "--check"]));
    for same in [
        "per-key",
        "per-address",
        "connections-per-address",
        "head-seconds",
        "body-seconds",
        "undo-ms",
        "confirm-first",
    ] {
        let value = |text: &str| {
            text.lines().find(|l| l.starts_with(&format!("{same} ="))).unwrap().split("  #").next().unwrap().to_owned()
        };
        assert_eq!(value(&printed), value(&defaults), "{same} is handed out as something else than the default");
    }
}
